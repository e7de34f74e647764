/* The decisions of the pipeline: numbers of cohorts, what is done already, a database that lost
 * what was loaded, what waits and what is expected next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "pipeline/init.h"
#include "pipeline/numbering.h"
#include "pipeline/overview.h"
#include "small_workspace.h"

#define DAY DK_DAY_MINUTES

/* --- numbering -------------------------------------------------------------------------------- */

static void a_drop_of_one_cohort_needs_a_number(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum dk_columns set, resolved;
        int first, last; /* of --cohort; 0: not given */
        int newest;
        enum dk_intake_use use;
        enum dk_status status;
    } cases[] = {
        {"a history", DK_COLUMNS_AUTO, DK_COLUMNS_COHORTS, 0, 0, 0, DK_INTAKE_LOAD, DK_OK},
        {"nothing to follow", DK_COLUMNS_AUTO, DK_COLUMNS_SAMPLES, 0, 0, 0, DK_INTAKE_LOAD,
         DK_ERR_USAGE},
        {"the next one", DK_COLUMNS_AUTO, DK_COLUMNS_SAMPLES, 0, 0, 7, DK_INTAKE_LOAD, DK_OK},
        {"convert knows no database", DK_COLUMNS_AUTO, DK_COLUMNS_SAMPLES, 0, 0, 7,
         DK_INTAKE_CONVERT, DK_ERR_USAGE},
        {"check needs no number", DK_COLUMNS_AUTO, DK_COLUMNS_SAMPLES, 0, 0, 0, DK_INTAKE_CHECK,
         DK_OK},
        {"columns that the user named", DK_COLUMNS_SAMPLES, DK_COLUMNS_SAMPLES, 0, 0, 0,
         DK_INTAKE_LOAD, DK_OK},
        {"a number", DK_COLUMNS_AUTO, DK_COLUMNS_SAMPLES, 3, 3, 0, DK_INTAKE_CONVERT, DK_OK},
        {"a range for one cohort", DK_COLUMNS_AUTO, DK_COLUMNS_SAMPLES, 3, 4, 0, DK_INTAKE_LOAD,
         DK_ERR_USAGE},
        {"a range of a history", DK_COLUMNS_AUTO, DK_COLUMNS_COHORTS, 3, 4, 0, DK_INTAKE_LOAD,
         DK_OK},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_settings settings;
        struct dk_pipeline pipeline = {.settings = &settings};
        struct dk_intake intake = {.rig.newest = cases[i].newest};
        struct dk_error err = {0};
        dk_settings_init(&settings);
        settings.input.columns = cases[i].set;
        settings.cohort_given = cases[i].first > 0;
        settings.cohort_first = cases[i].first;
        settings.cohort_last = cases[i].last;
        intake.input = settings.input;
        intake.input.columns = cases[i].resolved;
        if (dk_numbering_check(&pipeline, &intake, cases[i].use, &err) != cases[i].status)
            fail_msg("%s: %s", cases[i].name, err.message);
        if (cases[i].status != DK_OK)
            assert_non_null(strstr(err.hint, "--cohort N"));
    }
}

/* --- run -------------------------------------------------------------------------------------- */

static void a_run_does_only_what_is_not_done(void **state)
{
    (void)state;
    struct small_workspace small;
    struct dk_run_result result;
    small_workspace_open(&small, 3);
    assert_int_equal(small_workspace_run(&small, &result), DK_OK);
    assert_false(result.found || result.worked);
    small_workspace_drop(&small, 5, 3);
    assert_int_equal(small_workspace_run(&small, &result), DK_OK);
    assert_true(result.found && result.read && result.exported && result.worked);
    assert_int_equal(result.load.series_loaded, 3);
    assert_int_equal(result.export.rows, 15);
    assert_int_equal(result.archived.drops, 1);
    assert_false(result.s3);
    assert_int_equal(small_workspace_run(&small, &result), DK_OK);
    assert_false(result.found || result.exported || result.worked);
    /* The same drop again: a duplicate, which leaves logs/ and changes nothing. */
    small_workspace_drop(&small, 5, 3);
    assert_int_equal(small_workspace_run(&small, &result), DK_OK);
    assert_int_equal(result.load.outcome, DK_LOAD_ALREADY);
    assert_false(result.exported);
    assert_int_equal(result.archived.drops, 1);
    assert_false(dk_path_exists("logs/TS1.txt"));
    small_workspace_close(&small);
}

/* --- a database that lost what was loaded --------------------------------------------------- */

static void a_lost_database_is_noticed(void **state)
{
    (void)state;
    struct small_workspace small;
    bool made = false;
    small_workspace_open(&small, 2);
    /* Nothing was loaded: a missing database is not a lost one. */
    assert_int_equal(dk_pipeline_check_database(&small.pipeline, &small.err), DK_OK);
    small_workspace_drop(&small, 3, 2);
    assert_int_equal(small_workspace_run(&small, NULL), DK_OK);
    assert_int_equal(dk_pipeline_check_database(&small.pipeline, &small.err), DK_OK);
    assert_int_equal(unlink("energymobile.db"), 0);
    assert_int_equal(dk_pipeline_check_database(&small.pipeline, &small.err), DK_ERR_STORE);
    assert_non_null(strstr(small.err.hint, "derrick init --rebuild"));
    assert_int_equal(small_workspace_run(&small, NULL), DK_ERR_STORE);
    assert_false(dk_path_exists("energymobile.db"));
    /* An empty one on purpose: what was archived and exported is kept. */
    assert_int_equal(
        dk_pipeline_init_database(&small.pipeline, DK_INIT_NEW_DATABASE, false, &made, &small.err),
        DK_OK);
    assert_true(made);
    assert_int_equal(dk_pipeline_set_aside(&small.pipeline, &small.err), DK_OK);
    assert_non_null(strstr(small.notices, "the previous archive is kept in 'archive/before-"));
    assert_non_null(strstr(small.notices, "is kept in 'aws_s3/before-"));
    assert_int_equal(dk_pipeline_check_database(&small.pipeline, &small.err), DK_OK);
    small_workspace_close(&small);
}

static void a_new_database_has_no_cohorts(void **state)
{
    (void)state;
    struct small_workspace small;
    bool made = false;
    small_workspace_open(&small, 2);
    small_workspace_drop(&small, 3, 2);
    assert_int_equal(small_workspace_run(&small, NULL), DK_OK);
    assert_int_equal(
        dk_pipeline_init_database(&small.pipeline, DK_INIT_NEW_DATABASE, false, &made, &small.err),
        DK_ERR_REFUSED);
    small_workspace_close(&small);
}

/* --- the overview --------------------------------------------------------------------------- */

static void the_next_cohort_follows_the_calendar(void **state)
{
    (void)state;
    struct small_workspace small;
    struct dk_overview overview;
    small_workspace_open(&small, 2);
    small_workspace_drop(&small, 3, 2);
    assert_int_equal(small_workspace_run(&small, NULL), DK_OK);
    assert_int_equal(dk_pipeline_open(&small.pipeline, &small.err), DK_OK);
    const int64_t end = (small.settings.input.calendar.start_day + 3 * 92) * DAY;
    static const struct {
        int64_t after_end; /* minutes */
        int64_t days_left;
        bool is_over;
    } cases[] = {{-2 * DAY, 2, false},
                 {-1, 0, false},
                 {0, 0, true},
                 {DAY - 1, 0, true},
                 {10 * DAY, -10, true}};
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        small.settings.now_minute = end + cases[i].after_end;
        assert_int_equal(dk_pipeline_overview(&small.pipeline, &overview, &small.err), DK_OK);
        assert_int_equal(overview.rig_count, 1);
        assert_string_equal(overview.rigs[0].name, "texas-1");
        assert_int_equal(overview.rigs[0].readings, 6);
        assert_int_equal(overview.expected_count, 1);
        assert_null(overview.expected[0].rig);
        assert_int_equal(overview.expected[0].cohort, 3);
        assert_true(overview.expected[0].end_minute == end);
        assert_true(overview.expected[0].days_left == cases[i].days_left);
        assert_true(overview.expected[0].is_over == cases[i].is_over);
        dk_overview_reset(&overview);
    }
    small_workspace_close(&small);
}

static enum dk_run_state newest_state(struct small_workspace *small)
{
    struct dk_ledger_run *runs = NULL;
    size_t count = 0;
    assert_int_equal(dk_pipeline_open(&small->pipeline, &small->err), DK_OK);
    assert_int_equal(dk_pipeline_runs(&small->pipeline, 1, &runs, &count, &small->err), DK_OK);
    assert_int_equal(count, 1);
    enum dk_run_state found = runs[0].state;
    free(runs);
    dk_pipeline_reset(&small->pipeline);
    return found;
}

static void a_run_without_its_lock_was_interrupted(void **state)
{
    (void)state;
    struct small_workspace small;
    small_workspace_open(&small, 2);
    assert_int_equal(dk_pipeline_begin(&small.pipeline, "run", &small.err), DK_OK);
    dk_pipeline_reset(&small.pipeline); /* as if the process had ended here */
    assert_int_equal(newest_state(&small), DK_RUN_INTERRUPTED);
    FILE *lock = fopen(DK_WORKSPACE_LOCK, "r");
    assert_non_null(lock);
    assert_int_equal(flock(fileno(lock), LOCK_EX | LOCK_NB), 0);
    assert_int_equal(newest_state(&small), DK_RUN_RUNNING);
    assert_int_equal(fclose(lock), 0);
    assert_int_equal(small_workspace_run(&small, NULL), DK_OK);
    assert_int_equal(newest_state(&small), DK_RUN_DONE);
    small_workspace_close(&small);
}

static void what_waits_is_judged_without_reading_it(void **state)
{
    (void)state;
    static const struct {
        const char *name; /* of a file in logs/ */
        size_t count;
        enum dk_status problem, unread;
        const char *message;
    } cases[] = {
        {"notes.txt", 0, DK_OK, DK_OK, NULL},
        {"TS1.txt.part", 1, DK_ERR_DATA, DK_ERR_DATA, "TS1.txt.part"},
        {"delivery.7z", 1, DK_ERR_DATA, DK_ERR_DATA, "delivery.7z"},
        {"one/two/TS1.txt", 1, DK_ERR_DATA, DK_ERR_DATA, "one/two/TS1.txt"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct small_workspace small;
        struct dk_delivery found;
        struct dk_error problem;
        char path[64];
        small_workspace_open(&small, 2);
        assert_int_equal(small_workspace_run(&small, NULL), DK_OK);
        snprintf(path, sizeof(path), "logs/%s", cases[i].name);
        drop_folder_put(&small.folder, path, "1\t2\n");
        assert_int_equal(dk_pipeline_open(&small.pipeline, &small.err), DK_OK);
        assert_int_equal(dk_pipeline_waiting_check(&small.pipeline, &found, &problem, &small.err),
                         DK_OK);
        assert_int_equal(found.count, cases[i].count);
        assert_int_equal(problem.status, cases[i].problem);
        assert_int_equal(dk_pipeline_check_unread(&small.pipeline, false, &small.err),
                         cases[i].unread);
        if (cases[i].message) {
            assert_non_null(strstr(problem.message, cases[i].message));
            assert_non_null(strstr(small.err.message, cases[i].message));
        } else {
            assert_non_null(strstr(small.notices, "1 file in 'logs' is not part of a drop"));
        }
        small_workspace_close(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drop_of_one_cohort_needs_a_number),
        cmocka_unit_test(a_run_does_only_what_is_not_done),
        cmocka_unit_test(a_lost_database_is_noticed),
        cmocka_unit_test(a_new_database_has_no_cohorts),
        cmocka_unit_test(the_next_cohort_follows_the_calendar),
        cmocka_unit_test(a_run_without_its_lock_was_interrupted),
        cmocka_unit_test(what_waits_is_judged_without_reading_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
