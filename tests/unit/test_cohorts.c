/* Which cohorts of a rig are loaded, missing and incomplete, in words and as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cli/cohorts.h"

#define LIST_MAX 400

static struct dk_store_series list[LIST_MAX];

/* Fills the list with cohorts that are whole; 0 ends the numbers. Returns how many. */
static size_t fill(const int *cohorts)
{
    size_t count = 0;
    for (; cohorts[count]; count++)
        list[count] = (struct dk_store_series){
            .series = {.cohort = cohorts[count], .interval_minutes = 60}, .rows = 2205};
    return count;
}

static void test_missing(void **state)
{
    (void)state;
    static const struct {
        int cohorts[8];
        const char *expected, *json;
    } cases[] = {
        {{1, 2, 3}, "1 to 3", "[]"},
        {{7}, "7 to 7", "[]"},
        {{1, 2, 4}, "1 to 2 and 4; 3 is missing", "[3]"},
        {{1, 5}, "1 and 5; 2 to 4 are missing", "[2, 3, 4]"},
        {{1, 3, 4, 7, 8}, "1, 3 to 4 and 7 to 8; 2 and 5 to 6 are missing", "[2, 5, 6]"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        char text[DK_COHORTS_TEXT_MAX];
        size_t count = fill(cases[i].cohorts);
        dk_cohorts_text(list, count, text);
        assert_string_equal(text, cases[i].expected);
        json_t *missing = dk_cohorts_missing_json(list, count);
        char *json = json_dumps(missing, 0);
        assert_string_equal(json, cases[i].json);
        free(json);
        json_decref(missing);
    }
}

static void test_incomplete(void **state)
{
    (void)state;
    static const int cohorts[] = {1, 2, 3, 5, 6, 0};
    struct dk_calendar calendar;
    char text[DK_COHORTS_TEXT_MAX];
    size_t count = fill(cohorts);
    assert_int_equal(dk_calendar_init(&calendar, "2008-03-26", 92, 60, NULL), DK_OK);
    dk_cohorts_incomplete_text(list, count, &calendar, text);
    assert_string_equal(text, "");
    list[1].rows = list[2].rows = list[3].rows = 24;
    list[4].rows = 2204;
    dk_cohorts_incomplete_text(list, count, &calendar, text);
    assert_string_equal(text, "2 to 3 (24 of 2,205 readings), 5 (24 of 2,205 readings), "
                              "6 (2,204 of 2,205 readings)");
    json_t *incomplete = dk_cohorts_incomplete_json(list, count, &calendar);
    assert_int_equal(json_array_size(incomplete), 4);
    json_t *first = json_array_get(incomplete, 0);
    assert_int_equal(json_integer_value(json_object_get(first, "cohort")), 2);
    assert_int_equal(json_integer_value(json_object_get(first, "readings")), 24);
    assert_int_equal(json_integer_value(json_object_get(first, "of")), 2205);
    json_decref(incomplete);
    /* A cohort whose own interval is two hours is whole with half as many. */
    list[4].series.interval_minutes = 120;
    list[4].rows = 1103;
    dk_cohorts_incomplete_text(&list[4], 1, &calendar, text);
    assert_string_equal(text, "");
}

/* A long list is cut, not overrun. */
static void test_long(void **state)
{
    (void)state;
    char text[DK_COHORTS_TEXT_MAX + 1];
    text[DK_COHORTS_TEXT_MAX] = 'x';
    int cohorts[LIST_MAX + 1] = {0};
    for (int i = 0; i < LIST_MAX; i++)
        cohorts[i] = 2 * i + 1;
    dk_cohorts_text(list, fill(cohorts), text);
    assert_int_equal(text[DK_COHORTS_TEXT_MAX], 'x');
    assert_true(strlen(text) < DK_COHORTS_TEXT_MAX);
    assert_memory_equal(text, "1, 3, 5, ", 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_missing),
                                       cmocka_unit_test(test_incomplete),
                                       cmocka_unit_test(test_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
