/* Quality, against a plain recomputation: sort, count, add. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig/quality.h"

enum { SERIES = 3, ROWS_MAX = 400 };

static uint64_t seed = 88172645463325252u;

/* xorshift64 (G. Marsaglia, 2003). */
static uint64_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* The kinds of columns: measured values, few different ones, far apart, wide, mostly missing. */
static dk_decimal draw_value(int kind)
{
    dk_decimal value = DK_DECIMAL_MISSING;
    int64_t mantissa = (int64_t)(draw() % 100000) - 20000;
    if (kind == 4 && draw() % 5 > 0)
        return value;
    if (kind != 3 && draw() % 10 == 0)
        return value;
    if (kind == 1)
        mantissa = (int64_t)(draw() % 3);
    if (kind == 2)
        mantissa = (int64_t)(draw() % 2 ? draw() % 1000 : 90000000000000 + draw() % 1000);
    if (kind == 3)
        mantissa = (int64_t)(draw() % 999999999999999) - 400000000000000;
    assert_true(
        dk_decimal_make(mantissa, kind == 3 ? (int)(draw() % 13) : (int)(draw() % 4), &value));
    return value;
}

static int compare(const void *a, const void *b)
{
    return dk_decimal_compare(*(const dk_decimal *)a, *(const dk_decimal *)b);
}

static struct dk_quality plain(const struct dk_readings *table, size_t sensor, size_t first,
                               size_t count, const struct dk_limits *limits)
{
    struct dk_quality quality = {
        .minimum = DK_DECIMAL_MISSING, .median = DK_DECIMAL_MISSING, .maximum = DK_DECIMAL_MISSING};
    dk_decimal *values = calloc(count * table->rows + 1, sizeof(*values));
    assert_non_null(values);
    size_t used = 0;
    for (size_t series = first; series < first + count; series++) {
        const dk_decimal *column = dk_readings_column(table, sensor, series);
        for (size_t row = 0; row < table->rows; row++) {
            if (column[row] == DK_DECIMAL_MISSING) {
                quality.missing_count++;
                continue;
            }
            values[used++] = column[row];
            quality.outside_count += dk_decimal_compare(column[row], limits->low) < 0 ||
                                     dk_decimal_compare(column[row], limits->high) > 0;
            size_t end = row;
            while (end < table->rows && column[end] == column[row])
                end++;
            if (end - row > quality.longest_constant)
                quality.longest_constant = end - row;
        }
    }
    quality.quarantined_count = table->present[sensor] ? quality.missing_count : 0;
    quality.sum = dk_readings_sum(table, sensor, first, count);
    qsort(values, used, sizeof(*values), compare);
    if (used > 0) {
        struct dk_decimal_sum middle = {0};
        dk_decimal_sum_add(&middle, values[(used - 1) / 2]);
        if (used % 2 == 0)
            dk_decimal_sum_add(&middle, values[used / 2]);
        quality.minimum = values[0];
        quality.maximum = values[used - 1];
        quality.median = used % 2 ? values[used / 2] : dk_decimal_sum_mean(&middle);
    }
    free(values);
    return quality;
}

static void assert_same(const struct dk_quality *is, const struct dk_quality *want)
{
    assert_int_equal(is->sum.count, want->sum.count);
    assert_true(is->sum.scaled == want->sum.scaled);
    assert_int_equal(is->missing_count, want->missing_count);
    assert_int_equal(is->quarantined_count, want->quarantined_count);
    assert_int_equal(is->outside_count, want->outside_count);
    assert_int_equal(is->longest_constant, want->longest_constant);
    assert_int_equal(is->minimum, want->minimum);
    assert_int_equal(is->median, want->median);
    assert_int_equal(is->maximum, want->maximum);
}

static struct dk_readings table_of(size_t rows)
{
    struct dk_readings table;
    assert_int_equal(dk_readings_init(&table, SERIES, ROWS_MAX, NULL), DK_OK);
    table.rows = rows;
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
        table.present[sensor] = sensor % 4 != 1;
        for (size_t series = 0; series < SERIES; series++)
            for (size_t row = 0; row < rows; row++)
                dk_readings_column(&table, sensor, series)[row] = draw_value((int)sensor % 5);
    }
    return table;
}

static void measures_are_those_of_a_plain_recomputation(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 23, 24, 25, 48, 100, 255, 399, 400};
    struct dk_limits limits[DK_SENSORS];
    dk_limits_default(limits);
    for (size_t i = 0; i < DK_COUNT_OF(sizes); i++) {
        struct dk_readings table = table_of(sizes[i]);
        struct dk_quality each[DK_SENSORS * SERIES];
        struct dk_quality all[DK_SENSORS];
        for (unsigned threads = 1; threads < 4; threads += 2) {
            assert_int_equal(dk_quality_measure(&table, limits, true, threads, each, NULL), DK_OK);
            assert_int_equal(dk_quality_measure(&table, limits, false, threads, all, NULL), DK_OK);
            for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
                struct dk_quality_counts counts;
                struct dk_quality want = plain(&table, sensor, 0, SERIES, &limits[sensor]);
                assert_same(&all[sensor], &want);
                dk_quality_count(&table, sensor, &limits[sensor], &counts);
                assert_int_equal(counts.values, want.sum.count);
                assert_int_equal(counts.missing, want.missing_count);
                assert_int_equal(counts.outside, want.outside_count);
                for (size_t series = 0; series < SERIES; series++) {
                    want = plain(&table, sensor, series, 1, &limits[sensor]);
                    assert_same(&each[sensor * SERIES + series], &want);
                }
            }
        }
        dk_readings_reset(&table);
    }
}

static void a_missing_value_ends_a_run_and_a_series_does_too(void **state)
{
    (void)state;
    static const char pattern[] = "aaa.aabbbb.b|bbb.........|............";
    struct dk_readings table;
    struct dk_limits limits[DK_SENSORS];
    struct dk_quality all[DK_SENSORS];
    assert_int_equal(dk_readings_init(&table, SERIES, 12, NULL), DK_OK);
    table.rows = 12;
    table.present[0] = true;
    for (size_t i = 0; i < DK_SENSORS * SERIES * 12; i++)
        table.values[i] = DK_DECIMAL_MISSING;
    for (size_t series = 0; series < SERIES; series++)
        for (size_t row = 0; row < 12; row++) {
            char c = pattern[series * 13 + row];
            if (c != '.')
                dk_readings_column(&table, 0, series)[row] = dk_decimal_pack(c, 0);
        }
    dk_limits_default(limits);
    assert_int_equal(dk_quality_measure(&table, limits, false, 1, all, NULL), DK_OK);
    assert_int_equal(all[0].longest_constant, 4);
    assert_int_equal(all[0].sum.count, 13);
    assert_int_equal(all[0].quarantined_count, 23);
    assert_int_equal(all[1].missing_count, 36);
    assert_int_equal(all[1].quarantined_count, 0);
    assert_int_equal(all[1].longest_constant, 0);
    assert_int_equal(all[1].median, DK_DECIMAL_MISSING);
    dk_readings_reset(&table);
}

static void sums_are_written_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *values; /* each once for every letter */
        int times;
        const char *text;
    } cases[] = {
        {"0", 1, "0"},
        {"0.1", 10, "1"},
        {"-0.1", 3, "-0.3"},
        {"0.000000000001", 7, "0.000000000007"},
        {"100000000000000000", 1000, "100000000000000000000"},
        {"123456789012.345", 3, "370370367037.035"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_decimal_sum sum = {0};
        dk_decimal value;
        char text[DK_QUALITY_SUM_MAX];
        assert_int_equal(dk_decimal_parse(cases[i].values, strlen(cases[i].values), &value),
                         DK_DECIMAL_GOOD);
        for (int n = 0; n < cases[i].times; n++)
            dk_decimal_sum_add(&sum, value);
        dk_quality_sum_format(&sum, text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_those_of_a_plain_recomputation),
        cmocka_unit_test(a_missing_value_ends_a_run_and_a_series_does_too),
        cmocka_unit_test(sums_are_written_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
