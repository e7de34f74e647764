/* A load beside what is loaded: what is skipped, refused with the difference, replaced, and
 * announced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "input/input.h"
#include "small_store.h"

#define ROWS 4

enum change {
    NO_CHANGE,
    ONE_VALUE,
    A_VALUE_LESS,
    OTHER_DATES,
    OTHER_PROFILE,
    AS_COHORT_1,
    OTHER_RULE
};

/* A second load, after cohorts 1 to 3 of texas-1 with seed 1 as the drop "base". */
struct second {
    const char *name, *site;
    int first_cohort;
    size_t cohorts, rows;
    unsigned seed;
    enum change change;
    const char *contents;
    bool replace;
    enum dk_status status;
    size_t loaded, skipped, replaced; /* series */
    const char *says;                 /* a notice, or of a refusal its message or hint */
};

static const struct second cases[] = {
    {"the same drop", "texas", 1, 3, ROWS, 1, NO_CHANGE, "base", false, DK_OK, 0, 3, 0, ""},
    {"the same drop, to replace", "texas", 1, 3, ROWS, 1, NO_CHANGE, "base", true, DK_OK, 0, 3, 0,
     ""},
    {"the same values in other files", "texas", 1, 3, ROWS, 1, NO_CHANGE, "other", false, DK_OK, 0,
     3, 0, ""},
    {"a part of them", "texas", 2, 1, ROWS, 1, NO_CHANGE, "other", false, DK_OK, 0, 1, 0, ""},
    {"one cohort more", "texas", 1, 4, ROWS, 1, NO_CHANGE, "other", false, DK_OK, 1, 3, 0,
     "3 of 4 cohorts are already loaded with the same values"},
    {"one value", "texas", 2, 1, ROWS, 1, ONE_VALUE, "other", false, DK_ERR_REFUSED, 0, 0, 0,
     "different values: PS2, reading 3 is 1020.52 in the database, 7 here"},
    {"a value less", "texas", 2, 1, ROWS, 1, A_VALUE_LESS, "other", false, DK_ERR_REFUSED, 0, 0, 0,
     "different values: PS2, reading 3 is 1020.52 in the database, missing here"},
    {"fewer readings", "texas", 1, 1, ROWS - 1, 1, NO_CHANGE, "other", false, DK_ERR_REFUSED, 0, 0,
     0, "different values: 4 readings in the database, 3 here"},
    {"other dates", "texas", 1, 1, ROWS, 1, OTHER_DATES, "other", false, DK_ERR_REFUSED, 0, 0, 0,
     "different values: its readings have different dates"},
    {"another profile", "texas", 1, 1, ROWS, 1, OTHER_PROFILE, "other", false, DK_ERR_REFUSED, 0, 0,
     0, "different values: the profile is different"},
    {"another sample rule", "texas", 1, 3, ROWS, 2, OTHER_RULE, "other", false, DK_ERR_REFUSED, 0,
     0, 0, "different settings: "},
    {"the values of another cohort", "texas", 2, 1, ROWS, 1, AS_COHORT_1, "other", false,
     DK_ERR_REFUSED, 0, 0, 0, "all its values equal those of cohort 2"},
    {"a copy, to replace", "texas", 2, 1, ROWS, 1, AS_COHORT_1, "other", true, DK_ERR_REFUSED, 0, 0,
     0, "cohort 2"},
    {"one cohort, to replace", "texas", 2, 1, ROWS, 2, NO_CHANGE, "other", true, DK_OK, 1, 0, 1,
     "replacing cohort 2 of texas-1, "},
    {"all of them, to replace", "texas", 1, 3, ROWS, 2, NO_CHANGE, "other", true, DK_OK, 3, 0, 3,
     "replacing 3 cohorts of texas-1, from cohort 1 ("},
    {"another rig", "utah", 1, 3, ROWS, 2, NO_CHANGE, "other", false, DK_OK, 3, 0, 0,
     "new rig 'utah-1'; this database has: texas-1"},
    {"the same values of another rig", "utah", 1, 3, ROWS, 1, NO_CHANGE, "base", false, DK_OK, 3, 0,
     0, "the same values are already loaded for texas-1 (run 1)"},
    {"another rig, to replace", "utah", 1, 3, ROWS, 2, NO_CHANGE, "other", true, DK_OK, 3, 0, 0,
     "new rig"},
};

static void apply(struct dk_readings *readings, enum change change)
{
    const size_t ps2 = 1;
    const size_t reading = 2;
    dk_decimal *value = &dk_readings_column(readings, ps2, 0)[reading];
    struct dk_calendar calendar = dk_calendar_default();
    switch (change) {
    case ONE_VALUE:
        assert_true(dk_decimal_make(7, 0, value));
        break;
    case A_VALUE_LESS:
        *value = DK_DECIMAL_MISSING;
        break;
    case OTHER_DATES:
        readings->series[0].start_minute += 60;
        break;
    case OTHER_PROFILE:
        readings->profile.codes[1][0] = 2;
        readings->profile.codes[2][0] = 0;
        assert_int_equal(dk_profile_seal(&readings->profile, NULL), DK_OK);
        break;
    case AS_COHORT_1:
        readings->series[0].cohort = 1;
        assert_int_equal(
            dk_calendar_cohort_start(&calendar, 1, &readings->series[0].start_minute, NULL), DK_OK);
        break;
    default:
        break;
    }
}

static void judge(const struct second *second)
{
    struct small_store small;
    struct dk_readings readings;
    struct dk_load_result result = {0};
    struct dk_input_settings settings;
    char first[DK_SETTINGS_TEXT_MAX];
    char mean[DK_SETTINGS_TEXT_MAX];
    dk_input_settings_init(&settings);
    dk_input_settings_text(&settings, first);
    settings.sample = DK_SAMPLE_MEAN;
    dk_input_settings_text(&settings, mean);
    small_store_open(&small);
    small_store_fill(&readings, "texas", 1, 3, ROWS, 1);
    assert_int_equal(small_store_load(&small, &readings, "base", first, false, NULL), DK_OK);
    dk_readings_reset(&readings);
    small.notices[0] = '\0';
    small_store_fill(&readings, second->site, second->first_cohort, second->cohorts, second->rows,
                     second->seed);
    apply(&readings, second->change);
    enum dk_status status =
        small_store_load(&small, &readings, second->contents,
                         second->change == OTHER_RULE ? mean : first, second->replace, &result);
    print_message("%s: %s\n%s", second->name, small.err.message, small.notices);
    assert_int_equal(status, second->status);
    assert_int_equal(result.series_loaded, second->loaded);
    assert_int_equal(result.series_skipped, second->skipped);
    assert_int_equal(result.series_replaced, second->replaced);
    assert_true(strstr(small.notices, second->says) || strstr(small.err.message, second->says) ||
                strstr(small.err.hint, second->says));
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM cohorts"),
                     3 + second->loaded - second->replaced);
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM well_reading"),
                     (3 + second->loaded - second->replaced) * ROWS);
    dk_readings_reset(&readings);
    small_store_close(&small);
}

static void a_second_load(void **state)
{
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++)
        judge(&cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
