/* The readings table: its layout, its sums, and a hash that every part of a series changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig/readings.h"

enum { SERIES = 3, ROWS = 5, ROOM = 8 };

static dk_decimal value_at(size_t sensor, size_t series, size_t row)
{
    dk_decimal value = 0;
    int64_t mantissa = (int64_t)(sensor * 1000 + series * 100 + row) * 7 - 5000;
    assert_true(dk_decimal_make(mantissa, (int)(sensor % 4), &value));
    return value;
}

/* SERIES x ROWS values, all different, and a profile; `room` is the stride. */
static struct dk_readings table_of(size_t room)
{
    struct dk_readings table;
    assert_int_equal(dk_readings_init(&table, SERIES, room, NULL), DK_OK);
    table.rows = ROWS;
    for (size_t series = 0; series < SERIES; series++) {
        table.series[series] =
            (struct dk_series){.cohort = (int)series + 1,
                               .start_minute = 20000000 + (int64_t)series * 132480,
                               .interval_minutes = 60};
        for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
            for (size_t row = 0; row < ROWS; row++)
                dk_readings_column(&table, sensor, series)[row] = value_at(sensor, series, row);
    }
    assert_int_equal(dk_profile_init(&table.profile, ROWS, NULL), DK_OK);
    assert_int_equal(dk_profile_seal(&table.profile, NULL), DK_OK);
    return table;
}

static void hash_of(const struct dk_readings *table, size_t series, char hex[DK_HASH_HEX_MAX])
{
    assert_int_equal(dk_readings_series_hash(table, series, hex, NULL), DK_OK);
    assert_int_equal(strlen(hex), DK_HASH_HEX_MAX - 1);
}

static void places_are_ordered_sensor_series_reading(void **state)
{
    (void)state;
    struct dk_readings table = table_of(ROOM);
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
        for (size_t series = 0; series < SERIES; series++) {
            assert_ptr_equal(dk_readings_column(&table, sensor, series),
                             table.values + (sensor * SERIES + series) * ROOM);
            for (size_t row = 0; row < ROWS; row++)
                assert_int_equal(table.values[(sensor * SERIES + series) * ROOM + row],
                                 value_at(sensor, series, row));
        }
    dk_readings_reset(&table);
    assert_true(!table.values && !table.series && !table.profile.codes && table.rows == 0);
    dk_readings_reset(&table);
}

static void the_last_place_is_in_memory(void **state)
{
    (void)state;
    struct dk_readings table;
    assert_int_equal(dk_readings_init(&table, 60, 2208, NULL), DK_OK);
    dk_readings_column(&table, DK_SENSORS - 1, 59)[2207] = 17;
    assert_int_equal(table.values[(size_t)DK_SENSORS * 60 * 2208 - 1], 17);
    assert_int_equal(table.rows, 0);
    dk_readings_reset(&table);
}

static void a_table_may_be_empty(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{0, 0}, {0, 8}, {2, 0}};
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        struct dk_readings table;
        assert_int_equal(dk_readings_init(&table, shapes[i][0], shapes[i][1], NULL), DK_OK);
        struct dk_decimal_sum sum = dk_readings_sum(&table, 3, 0, shapes[i][0]);
        assert_true(sum.count == 0 && sum.scaled == 0);
        for (size_t series = 0; series < shapes[i][0]; series++) {
            char hex[DK_HASH_HEX_MAX];
            hash_of(&table, series, hex);
        }
        dk_readings_reset(&table);
    }
}

static void what_memory_cant_hold_is_refused(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {
        {1, SIZE_MAX},      {1, SIZE_MAX / 8 / DK_SENSORS},     {60, (size_t)1 << 50},
        {SIZE_MAX / 64, 1}, {SIZE_MAX / 8 / DK_SENSORS + 1, 1}, {(size_t)1 << 61, 1},
    };
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        struct dk_readings table;
        struct dk_error err = {0};
        assert_int_equal(dk_readings_init(&table, shapes[i][0], shapes[i][1], &err), DK_ERR_NOMEM);
        assert_int_equal(err.status, DK_ERR_NOMEM);
        assert_true(!table.values && !table.series && table.series_count == 0);
        dk_readings_reset(&table);
    }
}

static void sums_are_exact_over_any_run_of_series(void **state)
{
    (void)state;
    struct dk_readings table = table_of(ROOM);
    /* Room that is not in use must not count, and missing values neither. */
    for (size_t i = 0; i < (size_t)DK_SENSORS * SERIES; i++)
        table.values[i * ROOM + ROWS] = dk_decimal_pack(1, 0);
    dk_readings_column(&table, 2, 1)[3] = DK_DECIMAL_MISSING;
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
        for (size_t first = 0; first < SERIES; first++)
            for (size_t count = 0; first + count <= SERIES; count++) {
                /* Whole numbers of 10^-3: no value here has more decimals. */
                int64_t thousandths = 0;
                uint64_t values = 0;
                for (size_t series = first; series < first + count; series++)
                    for (size_t row = 0; row < ROWS; row++) {
                        if (sensor == 2 && series == 1 && row == 3)
                            continue;
                        int64_t scaled = (int64_t)(sensor * 1000 + series * 100 + row) * 7 - 5000;
                        for (size_t power = sensor % 4; power < 3; power++)
                            scaled *= 10;
                        thousandths += scaled;
                        values++;
                    }
                struct dk_decimal_sum sum = dk_readings_sum(&table, sensor, first, count);
                assert_int_equal(sum.count, values);
                assert_true(sum.scaled == (__int128)thousandths * 1000000000);
            }
    dk_readings_reset(&table);
}

static void equal_series_have_equal_hashes(void **state)
{
    (void)state;
    struct dk_readings a = table_of(ROOM);
    struct dk_readings b = table_of(ROWS);
    /* Other room, garbage in room that is not in use, another cohort number and well: all the
     * same. */
    for (size_t i = 0; i < (size_t)DK_SENSORS * SERIES; i++)
        a.values[i * ROOM + ROWS] = DK_DECIMAL_MISSING;
    b.series[1].cohort = 99;
    assert_int_equal(dk_well_init(&b.series[1].well, "texas", 2, NULL), DK_OK);
    char hashes[SERIES][DK_HASH_HEX_MAX];
    for (size_t series = 0; series < SERIES; series++) {
        char hex[DK_HASH_HEX_MAX];
        hash_of(&a, series, hashes[series]);
        hash_of(&b, series, hex);
        assert_string_equal(hex, hashes[series]);
        for (size_t other = 0; other < series; other++)
            assert_string_not_equal(hex, hashes[other]);
    }
    dk_readings_reset(&a);
    dk_readings_reset(&b);
}

static void every_value_changes_its_series_hash_only(void **state)
{
    (void)state;
    struct dk_readings table = table_of(ROOM);
    char before[DK_HASH_HEX_MAX];
    char other[DK_HASH_HEX_MAX];
    hash_of(&table, 1, before);
    hash_of(&table, 2, other);
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
        for (size_t row = 0; row < ROWS; row++) {
            dk_decimal *value = &dk_readings_column(&table, sensor, 1)[row];
            const dk_decimal changes[] = {DK_DECIMAL_MISSING, *value + 16};
            dk_decimal kept = *value;
            for (size_t i = 0; i < 2; i++) {
                char hex[DK_HASH_HEX_MAX];
                *value = changes[i];
                hash_of(&table, 1, hex);
                assert_string_not_equal(hex, before);
                hash_of(&table, 2, hex);
                assert_string_equal(hex, other);
            }
            *value = kept;
        }
    dk_readings_reset(&table);
}

static void clock_rows_and_profile_change_the_hash(void **state)
{
    (void)state;
    struct dk_readings table = table_of(ROOM);
    char before[DK_HASH_HEX_MAX];
    char hex[DK_HASH_HEX_MAX];
    hash_of(&table, 0, before);
    table.series[0].start_minute++;
    hash_of(&table, 0, hex);
    assert_string_not_equal(hex, before);
    table.series[0].start_minute--;
    table.series[0].interval_minutes++;
    hash_of(&table, 0, hex);
    assert_string_not_equal(hex, before);
    table.series[0].interval_minutes--;
    table.rows--;
    hash_of(&table, 0, hex);
    assert_string_not_equal(hex, before);
    table.rows++;
    table.profile.codes[ROWS - 1][0] = 1;
    assert_int_equal(dk_profile_seal(&table.profile, NULL), DK_OK);
    hash_of(&table, 0, hex);
    assert_string_not_equal(hex, before);
    table.profile.codes[ROWS - 1][0] = 0;
    assert_int_equal(dk_profile_seal(&table.profile, NULL), DK_OK);
    hash_of(&table, 0, hex);
    assert_string_equal(hex, before);
    dk_readings_reset(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_ordered_sensor_series_reading),
        cmocka_unit_test(the_last_place_is_in_memory),
        cmocka_unit_test(a_table_may_be_empty),
        cmocka_unit_test(what_memory_cant_hold_is_refused),
        cmocka_unit_test(sums_are_exact_over_any_run_of_series),
        cmocka_unit_test(equal_series_have_equal_hashes),
        cmocka_unit_test(every_value_changes_its_series_hash_only),
        cmocka_unit_test(clock_rows_and_profile_change_the_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
