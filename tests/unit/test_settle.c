/* Which deliveries have settled, by a clock of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/settle.h"
#include "drop_folder.h"

#define SETTLE_S 60
#define SECOND 1000

struct stage {
    struct drop_folder folder;
    struct dk_settings settings;
    struct dk_settling settling;
    int64_t now_ms;
    char notices[1024];
    struct dk_observer observer;
};

static void note(void *context, enum dk_level level, const char *message)
{
    struct stage *stage = context;
    (void)level;
    size_t used = strlen(stage->notices);
    dk_text_format(stage->notices + used, sizeof(stage->notices) - used, "%s\n", message);
}

static void set(struct stage *stage, enum dk_columns columns)
{
    *stage = (struct stage){.observer = {.context = stage, .notice = note}};
    drop_folder_make(&stage->folder);
    assert_int_equal(chdir(stage->folder.path), 0);
    dk_settings_init(&stage->settings);
    stage->settings.input.columns = columns;
    dk_settling_init(&stage->settling, &stage->settings, SETTLE_S);
}

static void strike(struct stage *stage)
{
    dk_settling_reset(&stage->settling);
    assert_int_equal(chdir("/"), 0);
    drop_folder_remove(&stage->folder);
}

/* Looks `seconds` later. Returns what runs then, of these deliveries: "alpha beta ". */
static const char *runs_after(struct stage *stage, int seconds)
{
    static const char *const paths[] = {"logs", "logs/alpha", "logs/beta", "logs/texas"};
    static char text[64];
    struct dk_waiting_drop drop = {0};
    text[0] = '\0';
    stage->now_ms += seconds * SECOND;
    assert_int_equal(dk_settling_look(&stage->settling, stage->now_ms, NULL), DK_OK);
    bool any = dk_settling_begin(&stage->settling, stage->now_ms);
    for (size_t i = 0; i < DK_COUNT_OF(paths); i++) {
        dk_text_format(drop.path, sizeof(drop.path), "%s", paths[i]);
        if (access(paths[i], F_OK) != 0 || !dk_settling_is_running(&stage->settling, &drop))
            continue;
        dk_text_format(text + strlen(text), sizeof(text) - strlen(text), "%s ", paths[i]);
    }
    assert_int_equal(any, text[0] != '\0');
    return text;
}

/* The run ends: that site's delivery with a status, all others with another. */
static void end(struct stage *stage, const char *path, enum dk_status status, enum dk_status rest)
{
    struct dk_waiting_drop drop = {0};
    dk_text_format(drop.path, sizeof(drop.path), "%s", path);
    stage->notices[0] = '\0';
    dk_settling_ended(&stage->settling, &drop, status);
    dk_settling_end(&stage->settling, rest, stage->now_ms, &stage->observer);
}

static void a_slow_copy_holds_up_no_other_site(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, DK_COLUMNS_WELLS);
    drop_folder_put(&stage.folder, "logs/profile.txt", "p");
    drop_folder_put(&stage.folder, "logs/alpha/PS1.txt", "1");
    drop_folder_put(&stage.folder, "logs/beta/PS1.txt", "1");
    assert_string_equal(runs_after(&stage, 0), "");
    for (int i = 0; i < 3; i++) {
        drop_folder_put(&stage.folder, "logs/beta/PS2.txt", i == 0 ? "1" : i == 1 ? "12" : "123");
        assert_string_equal(runs_after(&stage, SETTLE_S / 3), i < 2 ? "" : "logs/alpha ");
    }
    end(&stage, "logs/alpha", DK_OK, DK_OK);
    assert_string_equal(runs_after(&stage, SETTLE_S - 1), "");
    assert_string_equal(runs_after(&stage, 1), "logs/beta ");
    end(&stage, "logs/beta", DK_OK, DK_OK);
    assert_string_equal(runs_after(&stage, SETTLE_S), "");
    strike(&stage);
}

static void quarters_of_a_rig_settle_together(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, DK_COLUMNS_AUTO);
    drop_folder_put(&stage.folder, "logs/alpha/PS1.txt", "1");
    assert_int_equal(dk_settling_look(&stage.settling, 0, NULL), DK_OK);
    drop_folder_put(&stage.folder, "logs/beta/PS1.txt", "1");
    assert_int_equal(dk_settling_look(&stage.settling, SETTLE_S * SECOND, NULL), DK_OK);
    assert_false(dk_settling_begin(&stage.settling, SETTLE_S * SECOND));
    assert_true(dk_settling_begin(&stage.settling, 2 * SETTLE_S * SECOND));
    dk_settling_end(&stage.settling, DK_ERR_DATA, 0, &stage.observer);
    assert_string_equal(stage.notices, "not trying the drop in 'logs' again until it changes\n");
    assert_false(dk_settling_begin(&stage.settling, 9 * SETTLE_S * SECOND));
    strike(&stage);
}

static void a_failed_site_waits_until_it_or_its_profile_changes(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, DK_COLUMNS_WELLS);
    drop_folder_put(&stage.folder, "logs/alpha/PS1.txt", "1");
    drop_folder_put(&stage.folder, "logs/beta/PS1.txt", "1");
    assert_string_equal(runs_after(&stage, 0), "");
    assert_string_equal(runs_after(&stage, SETTLE_S), "logs/alpha logs/beta ");
    end(&stage, "logs/alpha", DK_ERR_DATA, DK_OK);
    assert_string_equal(stage.notices,
                        "not trying site 'alpha' again until its files in 'logs' change\n");
    drop_folder_put(&stage.folder, "profile/beta/profile.txt", "p");
    drop_folder_put(&stage.folder, "logs/alpha/notes", "not part of a delivery");
    assert_string_equal(runs_after(&stage, 0), "");
    assert_string_equal(runs_after(&stage, SETTLE_S), "logs/beta ");
    end(&stage, "logs/beta", DK_OK, DK_OK);
    drop_folder_put(&stage.folder, "logs/profile.txt", "p");
    assert_string_equal(runs_after(&stage, 0), "");
    assert_string_equal(runs_after(&stage, SETTLE_S), "logs/alpha logs/beta ");
    strike(&stage);
}

static void what_may_pass_is_tried_again_after_growing_pauses(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, DK_COLUMNS_WELLS);
    drop_folder_put(&stage.folder, "logs/alpha/PS1.txt", "1");
    drop_folder_put(&stage.folder, "logs/beta/PS1.txt", "1");
    assert_string_equal(runs_after(&stage, 0), "");
    assert_string_equal(runs_after(&stage, SETTLE_S), "logs/alpha logs/beta ");
    end(&stage, "logs/alpha", DK_ERR_REMOTE, DK_OK);
    assert_string_equal(stage.notices, "trying again in 60 s\n");
    assert_string_equal(runs_after(&stage, 59), "");
    assert_string_equal(runs_after(&stage, 1), "logs/alpha ");
    end(&stage, "logs/alpha", DK_ERR_REMOTE, DK_OK);
    assert_string_equal(stage.notices, "trying again in 120 s\n");
    /* Nor is it read while somebody copies to it again. */
    drop_folder_put(&stage.folder, "logs/alpha/PS2.txt", "1");
    assert_string_equal(runs_after(&stage, 120), "");
    assert_string_equal(runs_after(&stage, SETTLE_S), "logs/alpha ");
    strike(&stage);
}

static void what_is_in_logs_itself_is_of_the_site_that_is_set(void **state)
{
    (void)state;
    struct stage stage;
    set(&stage, DK_COLUMNS_WELLS);
    drop_folder_put(&stage.folder, "logs/PS1.txt", "1");
    drop_folder_put(&stage.folder, "logs/texas/PS1.txt", "1");
    drop_folder_put(&stage.folder, "logs/alpha/profile.txt", "no delivery by itself");
    assert_string_equal(runs_after(&stage, 0), "");
    assert_string_equal(runs_after(&stage, SETTLE_S), "logs logs/texas ");
    strike(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_copy_holds_up_no_other_site),
        cmocka_unit_test(quarters_of_a_rig_settle_together),
        cmocka_unit_test(a_failed_site_waits_until_it_or_its_profile_changes),
        cmocka_unit_test(what_may_pass_is_tried_again_after_growing_pauses),
        cmocka_unit_test(what_is_in_logs_itself_is_of_the_site_that_is_set),
    };
    return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
