/* Hints without what their reader can't use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/decimal.h"
#include "base/text.h"
#include "cli/hint.h"

struct row {
    const char *before;
    const char *after;
};

static void what_whoever_delivered_can_do(void **state)
{
    static const struct row rows[] = {
        {"", ""},
        {"copy it again from the rig", "copy it again from the rig"},
        {"fix the file, or use --quarantine to mark the value as missing", "fix the file"},
        {"export them with a point. If no comma separates thousands, and you mean it, set "
         "input.decimal = "
         "comma (--decimal comma) instead",
         "export them with a point"},
        {"copy it again; if it is complete there, add a newline, or use --open-end allow",
         "copy it again; if it is complete there, add a newline"},
        {"use --open-end allow, or copy it again", "copy it again"},
        {"copy it; if a cohort is longer, set calendar.cohort_days", "copy it"},
        {"the columns of all files fit --cohorts 3", ""},
        {"'derrick status' shows it; copy it again", "copy it again"},
        {"nothing was changed; compare them, and read 'x' in docs/store.md", "nothing was changed"},
        {"use those settings again", ""},
        {"rename 'my.input.txt' to PS1.txt", "rename 'my.input.txt' to PS1.txt"},
        {"move 'logs/report.html' away", "move 'logs/report.html' away"},
        {"set s3.url", ""},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(rows); i++) {
        char text[512];
        dk_hint_for_deliverer(rows[i].before, text, sizeof(text));
        assert_string_equal(text, rows[i].after);
    }
}

/* Every reason of a bad cell leaves something to do, and no option. */
static void hints_of_bad_cells(void **state)
{
    (void)state;
    for (int i = DK_DECIMAL_GOOD + 1; i < DK_DECIMAL_REASON_COUNT; i++) {
        char text[512];
        dk_hint_for_deliverer(dk_decimal_reason_hint((enum dk_decimal_reason)i), text,
                              sizeof(text));
        assert_true(strlen(text) > 10);
        assert_null(strstr(text, "--"));
        assert_null(strstr(text, "input."));
    }
}

static void without_a_word(void **state)
{
    char text[512];
    (void)state;
    dk_hint_without("no value: fix the file, or use --quarantine to mark it", "--quarantine", text,
                    sizeof(text));
    assert_string_equal(text, "no value: fix the file");
    dk_hint_without("use --quarantine", "--quarantine", text, sizeof(text));
    assert_string_equal(text, "");
    dk_hint_without("copy it, or use --allow-missing", "--quarantine", text, sizeof(text));
    assert_string_equal(text, "copy it, or use --allow-missing");
    dk_hint_without("fix it", "--quarantine", text, 4);
    assert_string_equal(text, "fix");
}

static void messages_without_settings(void **state)
{
    static const struct row rows[] = {
        {"takes at most 18 (input.quarantine_max)", "takes at most 18"},
        {"cohort 3 (2023-05-07 to 2023-08-06) is late (--late 3), and (so) on",
         "cohort 3 (2023-05-07 to 2023-08-06) is late, and (so) on"},
        {"a (b", "a (b"},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(rows); i++) {
        char text[512];
        dk_message_for_deliverer(rows[i].before, text, sizeof(text));
        assert_string_equal(text, rows[i].after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_whoever_delivered_can_do),
        cmocka_unit_test(hints_of_bad_cells),
        cmocka_unit_test(without_a_word),
        cmocka_unit_test(messages_without_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
