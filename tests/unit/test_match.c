/* What a drop of one cohort is to the cohorts that are loaded for its rig. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "small_store.h"

#define ROWS 60u

/* Cohorts 1 to 3 of texas-1, loaded by run 1. */
static void open_loaded(struct small_store *small)
{
    struct dk_readings readings;
    small_store_open(small);
    small_store_fill(&readings, "texas", 1, 3, ROWS, 1);
    assert_int_equal(small_store_load(small, &readings, "history", "x=1", false, NULL), DK_OK);
    dk_readings_reset(&readings);
}

/* The values of cohort `cohort`, as a drop whose `changed` first values of each sensor differ. */
static void fill_drop(struct dk_readings *drop, const char *site, int cohort, size_t changed)
{
    small_store_fill(drop, site, cohort, 1, ROWS, 1);
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
        for (size_t row = 0; row < changed; row++)
            assert_true(dk_decimal_make(-1, 0, &dk_readings_column(drop, sensor, 0)[row]));
}

static void match(struct small_store *small, const struct dk_readings *drop, const char *contents,
                  int cohort, struct dk_match *found)
{
    char hash[DK_HASH_HEX_MAX] = "";
    if (contents)
        assert_int_equal(dk_hash_bytes(contents, strlen(contents), hash, NULL), DK_OK);
    const struct dk_match_request request = {
        .content_hash = hash, .readings = drop, .well = drop->series[0].well, .cohort = cohort};
    assert_int_equal(dk_store_match(small->store, &request, found, &small->err), DK_OK);
}

static void a_drop_is_new_the_same_or_corrected(void **state)
{
    static const struct {
        const char *site;
        int values_of;  /* whose values it has */
        size_t changed; /* readings of 60 whose values differ */
        int given;      /* --cohort */
        enum dk_match_kind kind;
        int cohort;
    } cases[] = {
        {"texas", 2, 0, 0, DK_MATCH_SAME, 2},
        {"texas", 2, 0, 4, DK_MATCH_SAME, 2}, /* under another number */
        {"texas", 3, 0, 3, DK_MATCH_SAME, 3},
        {"texas", 1, 1, 0, DK_MATCH_CORRECTED, 1},
        {"texas", 1, 6, 2, DK_MATCH_CORRECTED, 1}, /* 90 % are equal */
        {"texas", 1, 7, 0, DK_MATCH_NEW, 0},       /* fewer are */
        {"texas", 1, ROWS, 1, DK_MATCH_NEW, 0},
        {"texas", 9, 0, 0, DK_MATCH_NEW, 0},
        {"ohio", 2, 0, 0, DK_MATCH_NEW, 0}, /* another rig's values never count */
    };
    (void)state;
    struct small_store small;
    open_loaded(&small);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_readings drop;
        struct dk_match found;
        fill_drop(&drop, cases[i].site, cases[i].values_of, cases[i].changed);
        match(&small, &drop, NULL, cases[i].given, &found);
        print_message("case %zu\n", i);
        assert_int_equal(found.kind, cases[i].kind);
        assert_int_equal(found.cohort, cases[i].cohort);
        assert_int_equal(found.newest, strcmp(cases[i].site, "texas") == 0 ? 3 : 0);
        assert_false(found.by_text);
        if (found.kind != DK_MATCH_NEW) {
            assert_int_equal(found.run_id, 1);
            assert_int_equal(found.readings, ROWS);
            assert_int_equal(found.compared, ROWS * DK_SENSORS);
            assert_int_equal(found.equal, (ROWS - cases[i].changed) * DK_SENSORS);
        }
        dk_readings_reset(&drop);
    }
    small_store_close(&small);
}

/* Parts of the series are compared first, and must not hide a correction of others: of both ends,
 * or of one run of readings anywhere. */
static void a_correction_is_found_anywhere(void **state)
{
    enum { LONG_ROWS = 200, CHANGED = 18, HALF = CHANGED / 2 };
    (void)state;
    struct small_store small;
    struct dk_readings readings;
    small_store_open(&small);
    small_store_fill(&readings, "texas", 1, 3, LONG_ROWS, 1);
    assert_int_equal(small_store_load(&small, &readings, "history", "x=1", false, NULL), DK_OK);
    dk_readings_reset(&readings);
    for (size_t first = 0; first <= LONG_ROWS - CHANGED; first++) {
        struct dk_readings drop;
        struct dk_match found;
        small_store_fill(&drop, "texas", 2, 1, LONG_ROWS, 1);
        for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
            for (size_t i = 0; i < CHANGED; i++) {
                size_t row = first > 0 || i < HALF ? first + i : LONG_ROWS - CHANGED + i;
                assert_true(dk_decimal_make(-1, 0, &dk_readings_column(&drop, sensor, 0)[row]));
            }
        match(&small, &drop, NULL, 0, &found);
        assert_int_equal(found.kind, DK_MATCH_CORRECTED);
        assert_int_equal(found.cohort, 2);
        dk_readings_reset(&drop);
    }
    small_store_close(&small);
}

static void equal_text_settles_it(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_readings drop;
    struct dk_match found;
    open_loaded(&small);
    fill_drop(&drop, "texas", 9, 0); /* the values do not matter then */
    match(&small, &drop, "history", 2, &found);
    assert_int_equal(found.kind, DK_MATCH_SAME);
    assert_true(found.by_text);
    assert_int_equal(found.cohort, 2); /* the given one first */
    small_store_duplicate(&small, 1, "as a zip");
    match(&small, &drop, "as a zip", 0, &found);
    assert_true(found.by_text && found.kind == DK_MATCH_SAME);
    match(&small, &drop, "other", 2, &found);
    assert_int_equal(found.kind, DK_MATCH_NEW);
    dk_readings_reset(&drop);
    small_store_close(&small);
}

static void a_sensor_on_one_side_only_is_a_correction(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_readings drop;
    struct dk_match found;
    open_loaded(&small);
    fill_drop(&drop, "texas", 2, 0);
    for (size_t row = 0; row < ROWS; row++)
        dk_readings_column(&drop, 4, 0)[row] = DK_DECIMAL_MISSING;
    match(&small, &drop, NULL, 2, &found);
    assert_int_equal(found.kind, DK_MATCH_CORRECTED);
    assert_int_equal(found.compared, ROWS * (DK_SENSORS - 1));
    assert_int_equal(found.equal, found.compared);
    dk_readings_reset(&drop);
    small_store_close(&small);
}

static void rows_that_changed_are_an_error(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_readings drop;
    struct dk_match found;
    const struct dk_match_request request = {
        .content_hash = "", .readings = &drop, .well = {.site = "texas", .number = 1}};
    open_loaded(&small);
    fill_drop(&drop, "texas", 2, 0);
    small_store_execute(&small, "DELETE FROM well_reading WHERE cohort = 3 AND reading = 10");
    assert_int_equal(dk_store_match(small.store, &request, &found, &small.err), DK_ERR_STORE);
    assert_int_equal(found.kind, DK_MATCH_NEW);
    dk_readings_reset(&drop);
    small_store_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drop_is_new_the_same_or_corrected),
        cmocka_unit_test(a_correction_is_found_anywhere),
        cmocka_unit_test(equal_text_settles_it),
        cmocka_unit_test(a_sensor_on_one_side_only_is_a_correction),
        cmocka_unit_test(rows_that_changed_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
