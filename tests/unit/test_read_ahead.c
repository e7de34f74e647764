/* What is read ahead of a drop is used at its turn, or not; the turn ends in the same way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/read_ahead.h"
#include "small_workspace.h"

#define ROWS 50
#define WELLS 2
#define SITE "logs/alpha"
#define USED "was read while"

/* All that a turn leaves. */
struct turn {
    struct dk_intake intake;
    struct dk_error err;
    enum dk_status status;
    bool used;          /* what was read ahead */
    char notices[4096]; /* the others, one per line */
};

static void keep(void *context, enum dk_level level, const char *text)
{
    struct turn *turn = context;
    size_t used = strlen(turn->notices);
    (void)level;
    if (strstr(text, USED))
        turn->used = true;
    else
        dk_text_format(turn->notices + used, sizeof(turn->notices) - used, "%s\n", text);
}

static void begin(struct small_workspace *small)
{
    small_workspace_open(small, WELLS);
    small->settings.input.columns = DK_COLUMNS_WELLS;
    small->settings.input.threads = 2;
    drop_folder_fill(&small->folder, SITE "/", ROWS, WELLS);
    drop_folder_fill(&small->folder, "logs/beta/", ROWS, WELLS);
    small_workspace_shell("mv logs/beta/profile.txt profile/; sed -i 's/$/\\r/' " SITE "/TS1.txt");
    assert_int_equal(dk_pipeline_begin(&small->pipeline, "run", &small->err), DK_OK);
}

static void take_turn(struct small_workspace *small, const char *path, struct turn *turn)
{
    const struct dk_observer observer = {.context = turn, .notice = keep};
    bool found = false;
    *turn = (struct turn){0};
    small->pipeline.observer = &observer;
    turn->status = dk_intake_open(&small->pipeline, path, &turn->intake, &found, &turn->err);
    if (turn->status == DK_OK)
        turn->status =
            dk_intake_read(&small->pipeline, &turn->intake, DK_INTAKE_LOAD, NULL, &turn->err);
    small->pipeline.observer = &small->observer;
}

static void assert_same(const struct turn *a, const struct turn *b)
{
    assert_int_equal(a->status, b->status);
    assert_string_equal(a->err.message, b->err.message);
    assert_string_equal(a->notices, b->notices);
    assert_string_equal(a->intake.drop.content_hash, b->intake.drop.content_hash);
    assert_int_equal(a->intake.report.cells, b->intake.report.cells);
    assert_int_equal(a->intake.report.bytes, b->intake.report.bytes);
    assert_int_equal(a->intake.report.problems_total, b->intake.report.problems_total);
    assert_int_equal(a->intake.readings.rows, b->intake.readings.rows);
    for (size_t i = 0; i < DK_DROP_FILES; i++) {
        const struct dk_drop_file *file = &a->intake.drop.files[i];
        const struct dk_drop_file *other = &b->intake.drop.files[i];
        assert_string_equal(file->hash, other->hash);
        assert_string_equal(file->text_hash, other->text_hash);
        assert_int_equal(file->rows, other->rows);
        assert_int_equal(file->columns, other->columns);
        assert_int_equal(file->inode, other->inode);
        assert_int_equal(file->ctime_ns, other->ctime_ns);
    }
    for (size_t series = 0; a->status == DK_OK && series < WELLS; series++) {
        char hashes[2][DK_HASH_HEX_MAX];
        assert_int_equal(dk_readings_series_hash(&a->intake.readings, series, hashes[0], NULL),
                         DK_OK);
        assert_int_equal(dk_readings_series_hash(&b->intake.readings, series, hashes[1], NULL),
                         DK_OK);
        assert_string_equal(hashes[0], hashes[1]);
    }
}

/* Reads SITE ahead, changes something, takes the turn of `path`, and takes it again with nothing
 * read ahead. */
static void check(struct small_workspace *small, const char *change, const char *path, bool used)
{
    struct turn turn;
    struct turn plain;
    small->pipeline.next = SITE;
    dk_read_ahead_begin(&small->pipeline);
    dk_read_ahead_wait(&small->pipeline);
    small->pipeline.next = NULL;
    small_workspace_shell(change);
    take_turn(small, path, &turn);
    if (turn.used != used)
        fail_msg("after '%s': used %d", change, turn.used);
    dk_read_ahead_end(&small->pipeline);
    take_turn(small, path, &plain);
    assert_false(plain.used);
    assert_same(&turn, &plain);
    dk_intake_reset(&turn.intake);
    dk_intake_reset(&plain.intake);
}

static void it_is_used_if_nothing_has_changed(void **state)
{
    (void)state;
    static const struct {
        const char *change, *path;
        bool used;
    } cases[] = {
        {"true", SITE, true},
        {"touch logs/alpha/PS1.txt", SITE, false},
        {"printf '1\\t2\\r\\n' >>logs/alpha/TS1.txt", SITE, false},
        {"cp logs/alpha/CE.txt x; mv x logs/alpha/CE.txt", SITE, false},
        {"mv logs/alpha/TS2.txt logs/alpha/ts2.txt", SITE, false},
        {"rm logs/alpha/TS2.txt", SITE, false},
        {"touch logs/alpha/VS1.txt.part", SITE, false},
        {"mv logs/alpha/profile.txt x", SITE, false}, /* that of profile/ is used */
        {"touch profile/profile.txt", SITE, true},
        {"true", "logs/beta", false},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct small_workspace small;
        begin(&small);
        check(&small, cases[i].change, cases[i].path, cases[i].used);
        small_workspace_close(&small);
    }
}

static void it_is_not_used_under_other_settings(void **state)
{
    (void)state;
    struct small_workspace small;
    struct turn turn;
    begin(&small);
    small.pipeline.next = SITE;
    dk_read_ahead_begin(&small.pipeline);
    small.settings.input.sample = DK_SAMPLE_LAST;
    take_turn(&small, SITE, &turn);
    assert_int_equal(turn.status, DK_OK);
    assert_false(turn.used);
    dk_intake_reset(&turn.intake);
    small_workspace_close(&small);
}

static void it_is_not_used_while_somebody_writes(void **state)
{
    (void)state;
    struct small_workspace small;
    struct turn turn;
    begin(&small);
    small.pipeline.next = SITE;
    dk_read_ahead_begin(&small.pipeline);
    dk_read_ahead_wait(&small.pipeline);
    FILE *file = fopen(SITE "/PS1.txt", "a"); /* which changes neither size nor time */
    assert_non_null(file);
    take_turn(&small, SITE, &turn);
    assert_false(turn.used);
    assert_int_equal(turn.status, DK_ERR_DATA);
    assert_int_equal(fclose(file), 0);
    dk_intake_reset(&turn.intake);
    small_workspace_close(&small);
}

static void a_refused_drop_is_read_at_its_turn(void **state)
{
    (void)state;
    struct small_workspace small;
    begin(&small);
    small_workspace_shell("sed -i '1s/^[^\\t]*/x/' " SITE "/TS3.txt");
    check(&small, "true", SITE, false);
    small_workspace_close(&small);
}

static void quarantined(struct dk_settings *settings)
{
    settings->input.quarantine = true;
}

static void on_one_thread(struct dk_settings *settings)
{
    settings->input.threads = 1;
}

static void with_samples(struct dk_settings *settings)
{
    settings->export_samples = true;
}

static void with_features(struct dk_settings *settings)
{
    settings->export_features = true;
}

static void of_many_wells(struct dk_settings *settings)
{
    settings->input.cohorts = 200;
}

static void of_cohorts(struct dk_settings *settings)
{
    settings->input.columns = DK_COLUMNS_COHORTS;
}

static void what_might_need_too_much_is_not_read_ahead(void **state)
{
    (void)state;
    static void (*const changes[])(struct dk_settings *) = {
        quarantined, on_one_thread, with_samples, with_features, of_many_wells, of_cohorts};
    for (size_t i = 0; i < DK_COUNT_OF(changes); i++) {
        struct small_workspace small;
        begin(&small);
        changes[i](&small.settings);
        small.pipeline.next = SITE;
        dk_read_ahead_begin(&small.pipeline);
        if (small.pipeline.ahead)
            fail_msg("case %zu", i);
        small_workspace_close(&small);
    }
}

static void it_can_be_ended_at_any_time(void **state)
{
    (void)state;
    struct small_workspace small;
    begin(&small);
    for (int i = 0; i < 20; i++) {
        small.pipeline.next = i % 2 ? SITE : "logs/beta";
        dk_read_ahead_begin(&small.pipeline); /* ends the one before */
        assert_non_null(small.pipeline.ahead);
        usleep((useconds_t)i * 50);
    }
    dk_read_ahead_end(&small.pipeline);
    dk_read_ahead_end(&small.pipeline);
    small.pipeline.next = "logs/gone";
    dk_read_ahead_begin(&small.pipeline);
    assert_null(small.pipeline.ahead);
    small_workspace_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_used_if_nothing_has_changed),
        cmocka_unit_test(it_is_not_used_under_other_settings),
        cmocka_unit_test(it_is_not_used_while_somebody_writes),
        cmocka_unit_test(a_refused_drop_is_read_at_its_turn),
        cmocka_unit_test(what_might_need_too_much_is_not_read_ahead),
        cmocka_unit_test(it_can_be_ended_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
