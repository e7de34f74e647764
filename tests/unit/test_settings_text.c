/* Settings texts of two drops, compared key by key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "small_store.h"

#define DROP DK_SETTINGS_OF_DROP
#define READING DK_SETTINGS_OF_READING
#define COHORT DK_SETTINGS_OF_COHORT

static const struct {
    const char *was, *is;
    enum dk_settings_scope scope;
    const char *text; /* "": nothing differs */
} cases[] = {
    {"", "", DROP, ""},
    {"sample=first", "sample=first", DROP, ""},
    {"sample=first", "sample=mean", DROP, "sample was first, is mean"},
    {"sample=first", "sample=firs", DROP, "sample was first, is firs"},
    {"sample=first", "sample=firsts", DROP, "sample was first, is firsts"},
    {"a=1 b=2", "b=2 a=1", DROP, ""},
    {"a=1  b=2 ", " a=1 b=2", DROP, ""},
    {"a=1 b=2", "a=3 b=4", DROP, "a was 1, is 3; b was 2, is 4"},
    {"a=1", "", DROP, "a was 1, is none"},
    {"", "a=1", DROP, "a was none, is 1"},
    {"ab=1", "a=1", DROP, "ab was 1, is none; a was none, is 1"},
    {"a", "a=", DROP, ""},
    /* The rig never counts; the number of the cohort and the columns only where they matter. */
    {"rig=texas-1", "rig=texas-2", DROP, ""},
    {"cohort=1", "cohort=2", DROP, "cohort was 1, is 2"},
    {"cohort=1", "cohort=2", READING, ""},
    {"cohort=1", "cohort=2", COHORT, ""},
    {"columns=cohorts", "columns=wells", READING, "columns was cohorts, is wells"},
    {"columns=cohorts cohorts=60", "columns=wells cohorts=8", COHORT, ""},
    {"columns=cohorts sample=first", "columns=wells sample=mean", COHORT,
     "sample was first, is mean"},
    {"a=1", "a=1 decimal=comma", DROP, "decimal was point, is comma"},
    {"a=1 decimal=comma", "a=1", READING, "decimal was comma, is point"},
    {"a=1 decimal=comma", "a=1", COHORT, ""},
};

static void each_difference_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[256];
        bool differ = cases[i].text[0] != '\0';
        print_message("'%s' and '%s'\n", cases[i].was, cases[i].is);
        assert_int_equal(
            dk_settings_differences(cases[i].was, cases[i].is, cases[i].scope, text, sizeof(text)),
            differ);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(dk_settings_differ(cases[i].was, cases[i].is, cases[i].scope), differ);
    }
}

static void a_long_text_is_cut(void **state)
{
    (void)state;
    char text[16];
    assert_true(dk_settings_differences("a=1 b=2 c=3", "a=4 b=5 c=6", DROP, text, sizeof(text)));
    assert_string_equal(text, "a was 1, is 4; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_difference_is_named),
        cmocka_unit_test(a_long_text_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
