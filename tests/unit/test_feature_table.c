/* The table of features: which rows and columns it writes, the same bytes for any number of
 * threads, and a sink that fails at any write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "export/feature_table.h"

#define ROWS 5
#define SERIES 3
#define FIRST 1 /* of the series that are kept */

/* What to write: both kept series, and a profile whose conditions change with each reading. */
struct table {
    struct dk_feature_table *features;
    struct dk_profile profile;
    struct dk_burst_series list[SERIES - FIRST];
    struct dk_feature_rows rows;
};

static void table_init(struct table *table, unsigned threads)
{
    const struct dk_burst_range wanted = {FIRST, SERIES - FIRST};
    *table = (struct table){0};
    assert_int_equal(dk_feature_table_open(&table->features, ".", &wanted, threads, NULL), DK_OK);
    /* TS1 alone, one sample a burst: 1000 * series + reading. */
    const int sensor = dk_sensor_find("TS1", 3);
    assert_int_equal(dk_feature_table_begin(table->features, sensor, SERIES, 1, ROWS, NULL), DK_OK);
    for (size_t reading = 0; reading < ROWS; reading++)
        for (size_t series = 0; series < SERIES; series++) {
            dk_decimal value = 0;
            assert_true(dk_decimal_make((int64_t)(1000 * series + reading), 1, &value));
            if (series == 2 && reading == 3)
                value = DK_DECIMAL_MISSING;
            dk_feature_table_burst(table->features, sensor, series, reading, &value, 1);
        }
    assert_int_equal(dk_feature_table_end(table->features, sensor, ROWS, NULL), DK_OK);
    assert_int_equal(dk_profile_init(&table->profile, ROWS, NULL), DK_OK);
    for (size_t row = 0; row < ROWS; row++)
        table->profile.codes[row][1] = row % 2;
    for (size_t i = 0; i < SERIES - FIRST; i++)
        table->list[i] = (struct dk_burst_series){.series = {.well = {"texas", 1},
                                                             .cohort = FIRST + 1 + (int)i,
                                                             .start_minute = 0,
                                                             .interval_minutes = 60},
                                                  .place = i};
    table->rows = (struct dk_feature_rows){
        .list = table->list, .count = SERIES - FIRST, .profile = &table->profile, .csv = true};
}

static void table_reset(struct table *table)
{
    dk_feature_table_close(table->features);
    dk_profile_reset(&table->profile);
}

static void write_table(struct table *table, struct dk_buffer *text, uint64_t rows_expected)
{
    uint64_t rows = 0;
    dk_buffer_init(text, 1 << 22);
    assert_int_equal(
        dk_feature_table_write(table->features, &table->rows, dk_sink_buffer(text), &rows, NULL),
        DK_OK);
    assert_int_equal(rows, rows_expected);
    assert_int_equal(dk_buffer_terminate(text, NULL), DK_OK);
}

/* Line `number` (from 0) with the empty cells of absent sensors left out. */
static void check_line(const struct dk_buffer *text, int number, const char *keys,
                       const char *value)
{
    const char *at = text->data;
    for (int i = 0; i < number; i++)
        at = strchr(at, '\n') + 1;
    const size_t size = strcspn(at, "\n");
    assert_memory_equal(at, keys, strlen(keys));
    char found[32] = "";
    size_t length = 0;
    for (size_t i = strlen(keys); i < size && length + 1 < sizeof(found); i++)
        if (at[i] != ',')
            found[length++] = at[i];
    found[length] = '\0';
    assert_string_equal(found, value);
}

static void rows_are_those_of_the_kept_series(void **state)
{
    (void)state;
    struct table table;
    struct dk_buffer text;
    table_init(&table, 2);
    write_table(&table, &text, 2 * ROWS);
    check_line(&text, 1, "texas-1,2,1,1970-01-01 00:00:00,3,73,0,90,0,1,1", "100");
    check_line(&text, 2, "texas-1,2,2,1970-01-01 01:00:00,3,80,0,90,0,2,2", "100.1");
    check_line(&text, 5, "texas-1,2,5,1970-01-01 04:00:00,3,73,0,90,0,5,1", "100.4");
    check_line(&text, 6, "texas-1,3,1,1970-01-01 00:00:00,3,73,0,90,0,1,1", "200");
    check_line(&text, 9, "texas-1,3,4,1970-01-01 03:00:00,3,80,0,90,0,4,2", "");
    dk_buffer_reset(&text);
    table_reset(&table);
}

static void readings_can_be_picked_and_keys_left_out(void **state)
{
    (void)state;
    static const uint32_t picked[] = {1, 4};
    struct table table;
    struct dk_buffer text;
    table_init(&table, 1);
    table.rows.readings = picked;
    table.rows.reading_count = 2;
    table.rows.no_keys = true;
    write_table(&table, &text, 4);
    assert_memory_equal(text.data, "reading,date_time,cooler_condition,", 35);
    check_line(&text, 1, "2,1970-01-01 01:00:00,3,80,0,90,0,2,2", "100.1");
    check_line(&text, 2, "5,1970-01-01 04:00:00,3,73,0,90,0,5,1", "100.4");
    check_line(&text, 4, "5,1970-01-01 04:00:00,3,73,0,90,0,5,1", "200.4");
    dk_buffer_reset(&text);
    table.rows.reading_count = 0;
    write_table(&table, &text, 0);
    assert_true(strchr(text.data, '\n') == text.data + text.size - 1);
    dk_buffer_reset(&text);
    table_reset(&table);
}

static void any_number_of_threads_gives_the_same_bytes(void **state)
{
    (void)state;
    for (int csv = 0; csv < 2; csv++) {
        struct dk_buffer texts[2];
        for (unsigned i = 0; i < 2; i++) {
            struct table table;
            table_init(&table, 1 + 2 * i);
            table.rows.csv = csv;
            write_table(&table, &texts[i], 2 * ROWS);
            table_reset(&table);
        }
        assert_int_equal(texts[0].size, texts[1].size);
        assert_memory_equal(texts[0].data, texts[1].data, texts[0].size);
        dk_buffer_reset(&texts[0]);
        dk_buffer_reset(&texts[1]);
    }
}

/* A sink that fails at write `left`. */
static enum dk_status fail_at_last(struct dk_sink *sink, const void *data, size_t size,
                                   struct dk_error *err)
{
    int *left = sink->context;
    (void)data;
    (void)size;
    return (*left)-- > 0 ? DK_OK : dk_error_set(err, DK_ERR_IO, "the disk is full");
}

static void a_write_that_fails_is_an_error(void **state)
{
    (void)state;
    for (int csv = 0; csv < 2; csv++) {
        struct table table;
        enum dk_status status = DK_ERR_IO;
        int writes = 0;
        table_init(&table, 2);
        table.rows.csv = csv;
        for (; status != DK_OK; writes++) {
            int left = writes;
            uint64_t rows = 0;
            struct dk_error err = {0};
            const struct dk_sink sink = {.write = fail_at_last, .context = &left};
            status = dk_feature_table_write(table.features, &table.rows, sink, &rows, &err);
            assert_true(status == DK_OK || status == DK_ERR_IO);
            assert_true(status == DK_OK || strcmp(err.message, "the disk is full") == 0);
        }
        assert_true(writes > 2);
        table_reset(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_those_of_the_kept_series),
        cmocka_unit_test(readings_can_be_picked_and_keys_left_out),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bytes),
        cmocka_unit_test(a_write_that_fails_is_an_error),
    };
    return cmocka_run_group_tests_name("feature table", tests, NULL, NULL);
}
