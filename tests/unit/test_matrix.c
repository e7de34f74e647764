/* Whole drops: every value in its position, the same result for any number of threads and any
 * window borders, and a message for every trap for a careless reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "drop_folder.h"
#include "input/window.h"

#define COHORTS 2

static struct dk_input_settings small_settings(void)
{
    struct dk_input_settings settings;
    dk_input_settings_init(&settings);
    settings.cohorts = COHORTS;
    settings.threads = 2;
    return settings;
}

static void check_values(const struct dk_readings *readings, size_t rows)
{
    assert_int_equal(readings->rows, rows);
    assert_int_equal(readings->profile.rows, rows);
    assert_int_equal(readings->series_count, COHORTS);
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
        assert_true(readings->present[sensor]);
        for (size_t series = 0; series < COHORTS; series++)
            for (size_t row = 0; row < rows; row++)
                assert_true(
                    dk_readings_column(readings, sensor, series)[row] ==
                    drop_folder_value(sensor, row, series * (size_t)dk_sensors[sensor].rate_hz));
    }
}

/* --- good drops ----------------------------------------------------------------------------- */

static void every_value_in_its_place(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 500, COHORTS);
    drop_result_read(&result, folder.path, &settings, true);
    assert_int_equal(result.status, DK_OK);
    check_values(&result.readings, 500);
    assert_string_equal(result.notices, "");
    assert_int_equal(result.report.problems_total, 0);
    assert_int_equal(result.report.cells,
                     (size_t)500 * (COHORTS * (7 * 100 + 2 * 10 + 8) + DK_CONDITIONS));
    uint64_t bytes = 0;
    for (int i = 0; i < DK_DROP_FILES; i++) {
        char hash[DK_HASH_HEX_MAX];
        uint64_t size = 0;
        const struct dk_drop_file *file = &result.drop.files[i];
        assert_int_equal(dk_hash_file(file->path, hash, &size, NULL), DK_OK);
        assert_string_equal(file->hash, hash);
        assert_int_equal(file->size_bytes, size);
        assert_int_equal(file->rows, 500);
        assert_true(file->inode != 0 && file->mtime_ns != 0 && file->ctime_ns != 0);
        bytes += size;
    }
    assert_int_equal(result.report.bytes, bytes);
    assert_int_equal(result.drop.files[0].columns, COHORTS * 100);
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

static void series_are_named(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 4, COHORTS);
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_OK);
    assert_int_equal(result.readings.series[1].cohort, 2);
    assert_int_equal(result.readings.series[1].well.number, 1);
    assert_int_equal(
        result.readings.series[1].start_minute - result.readings.series[0].start_minute, 92 * 1440);
    assert_string_equal(result.drop.files[0].hash, "");
    drop_result_reset(&result);
    settings.columns = DK_COLUMNS_WELLS;
    settings.cohort = 7;
    settings.well.number = 31;
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_OK);
    assert_int_equal(result.readings.series[0].well.number, 1);
    assert_int_equal(result.readings.series[1].well.number, 2);
    assert_int_equal(result.readings.series[1].cohort, 7);
    drop_result_reset(&result);
    settings.columns = DK_COLUMNS_SAMPLES;
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_OK);
    assert_int_equal(result.readings.series_count, 1);
    assert_int_equal(result.readings.series[0].cohort, 7);
    assert_int_equal(result.readings.series[0].well.number, 31);
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

/* The content is the catalogue's names and the files' hashes: names and dates of files don't
 * matter. */
static void content_hash_is_of_contents(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result first;
    struct drop_result second;
    struct dk_input_settings settings = small_settings();
    char from[512];
    char to[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 3, COHORTS);
    drop_result_read(&first, folder.path, &settings, true);
    assert_int_equal(rename(drop_folder_path(&folder, "PS1.txt", from),
                            drop_folder_path(&folder, "ps1-2023-06-01.TSV", to)),
                     0);
    drop_result_read(&second, folder.path, &settings, true);
    assert_int_equal(first.status, DK_OK);
    assert_int_equal(second.status, DK_OK);
    assert_int_equal(strlen(first.drop.content_hash), DK_HASH_HEX_MAX - 1);
    assert_string_equal(first.drop.content_hash, second.drop.content_hash);
    assert_string_equal(second.drop.files[0].name, "ps1-2023-06-01.TSV");
    struct dk_buffer text;
    char hash[DK_HASH_HEX_MAX];
    dk_buffer_init(&text, 8192);
    for (int i = 0; i < DK_DROP_FILES; i++)
        assert_int_equal(dk_buffer_printf(&text, NULL, "%s %s\n",
                                          i < DK_SENSORS ? dk_sensors[i].name : "profile",
                                          first.drop.files[i].hash),
                         DK_OK);
    assert_int_equal(dk_hash_bytes(text.data, text.size, hash, NULL), DK_OK);
    assert_string_equal(first.drop.content_hash, hash);
    dk_buffer_reset(&text);
    drop_result_reset(&first);
    drop_result_reset(&second);
    drop_folder_remove(&folder);
}

/* --- windows -------------------------------------------------------------------------------- */

/* A one-column file with rows of random lengths, with window borders at any of their bytes. */
static void windows_cut_anywhere(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_buffer text;
    uint64_t random = 5;
    drop_folder_make(&folder);
    dk_buffer_init(&text, 64u << 20);
    size_t rows = 0;
    while (text.size < 3 * DK_WINDOW_BYTES + 1000) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        assert_int_equal(dk_buffer_printf(&text, NULL, "%llu%s\n",
                                          (unsigned long long)(random >> (16 + random % 32)),
                                          random >> 63 ? "\t1\t2" : ""),
                         DK_OK);
        rows++;
    }
    drop_folder_put_bytes(&folder, "a", text.data, text.size);
    char path[512];
    struct dk_drop_file file = {0};
    struct dk_source source = {.fd = -1};
    struct dk_lines lines;
    struct dk_window window = {0};
    size_t seen = 0;
    size_t windows = 0;
    bool too_long = false;
    dk_lines_init(&lines);
    assert_int_equal(dk_source_open(&source, drop_folder_path(&folder, "a", path), &file, NULL),
                     DK_OK);
    while (!lines.ended) {
        assert_int_equal(dk_window_read(&window, &lines, &source, NULL, &too_long, NULL), DK_OK);
        assert_false(too_long);
        for (size_t i = 0; i < window.rows; i++, seen++) {
            struct dk_row row = dk_window_row(&window, i);
            assert_int_equal(row.line, seen + 1);
            assert_memory_equal(row.text, text.data + row.offset, row.size);
            assert_int_equal(text.data[row.offset + row.size], '\n');
        }
        windows++;
    }
    assert_int_equal(seen, rows);
    assert_true(windows >= 4);
    assert_int_equal(lines.offset, text.size);
    dk_window_reset(&window);
    dk_lines_reset(&lines);
    dk_source_close(&source);
    dk_buffer_reset(&text);
    drop_folder_remove(&folder);
}

/* 20,000 columns of one sensor: rows much longer than a window. */
static void rows_longer_than_a_window(void **state)
{
    (void)state;
    enum { SECONDS = 1500, ROWS = 3 };
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    struct dk_buffer text;
    settings.columns = DK_COLUMNS_SAMPLES;
    settings.sample = DK_SAMPLE_MAX;
    settings.allow_missing = true;
    drop_folder_make(&folder);
    dk_buffer_init(&text, 64u << 20);
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < SECONDS * 100; column++)
            assert_int_equal(dk_buffer_printf(&text, NULL, "%d.%03d%c", row, column % 1000,
                                              column + 1 < SECONDS * 100 ? '\t' : '\n'),
                             DK_OK);
    assert_true(text.size / ROWS > 2 * DK_WINDOW_BYTES);
    drop_folder_put_bytes(&folder, "PS1.txt", text.data, text.size);
    drop_folder_put(&folder, "profile.txt",
                    "3\t100\t0\t130\t1\n3\t100\t0\t130\t1\n3\t100\t0\t130\t1\n");
    drop_result_read(&result, folder.path, &settings, true);
    assert_int_equal(result.status, DK_OK);
    for (int row = 0; row < ROWS; row++)
        assert_true(dk_readings_column(&result.readings, 0, 0)[row] ==
                    dk_decimal_pack(row * 1000 + 999, 3));
    drop_result_reset(&result);
    dk_buffer_reset(&text);
    drop_folder_remove(&folder);
}

static void a_row_of_17_mib_is_refused(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    char text[512];
    size_t size = (size_t)17 << 20;
    char *row = malloc(size);
    assert_non_null(row);
    for (size_t i = 0; i < size; i++)
        row[i] = i % 8 == 7 ? '\t' : '1';
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, COHORTS);
    drop_folder_put_bytes(&folder, "PS2.txt", row, size);
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_int_equal(result.report.problems_total, 1);
    assert_string_equal(drop_result_problem(&result, 0, text),
                        "PS2.txt, line 1: the row is longer than 16 MiB (byte 0)");
    drop_result_reset(&result);
    free(row);
    drop_folder_remove(&folder);
}

/* --- any number of threads ------------------------------------------------------------------ */

/* Damages a drop in many ways that quarantine can handle. */
static void damage(const struct drop_folder *folder, size_t rows)
{
    static const char *const cells[] = {"x", "", "1,5", "nan", "1;2", "12345678901234567"};
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor += 2) {
        char name[32];
        struct dk_buffer text;
        size_t columns = COHORTS * (size_t)dk_sensors[sensor].rate_hz;
        dk_buffer_init(&text, 64u << 20);
        for (size_t row = 0; row < rows; row++) {
            if (row % 17 == 5 && row != 5) {
                assert_int_equal(dk_buffer_printf(&text, NULL, "\n"), DK_OK);
                continue;
            }
            size_t cut = row % 23 == 7 ? columns - 1 : columns;
            for (size_t column = 0; column < cut; column++)
                assert_int_equal(dk_buffer_printf(&text, NULL, "%s%s", column ? "\t" : "",
                                                  (row * 31 + column) % 29 == 3
                                                      ? cells[(row + column) % 6]
                                                      : "4.25"),
                                 DK_OK);
            assert_int_equal(dk_buffer_printf(&text, NULL, "\n"), DK_OK);
        }
        snprintf(name, sizeof(name), "%s.txt", dk_sensors[sensor].name);
        drop_folder_put_bytes(folder, name, text.data, text.size);
        dk_buffer_reset(&text);
    }
}

static void compare_results(const struct drop_result *a, const struct drop_result *b)
{
    assert_int_equal(a->status, b->status);
    assert_string_equal(a->error.message, b->error.message);
    assert_string_equal(a->notices, b->notices);
    assert_string_equal(a->drop.content_hash, b->drop.content_hash);
    assert_int_equal(a->report.problems_total, b->report.problems_total);
    assert_int_equal(a->report.missing_total, b->report.missing_total);
    assert_int_equal(a->report.cells, b->report.cells);
    assert_int_equal(a->report.bytes, b->report.bytes);
    assert_int_equal(a->report.problems_count, b->report.problems_count);
    for (size_t i = 0; i < a->report.problems_count; i++) {
        const struct dk_problem *left = &a->report.problems[i];
        const struct dk_problem *right = &b->report.problems[i];
        assert_true(left->file == right->file && left->kind == right->kind &&
                    left->reason == right->reason && left->line == right->line &&
                    left->column == right->column && left->offset == right->offset &&
                    left->got == right->got && left->expected == right->expected);
        assert_string_equal(left->text, right->text);
    }
    assert_int_equal(a->readings.rows, b->readings.rows);
    for (size_t sensor = 0; sensor < DK_SENSORS && a->readings.rows > 0; sensor++)
        for (size_t series = 0; series < COHORTS; series++)
            assert_memory_equal(dk_readings_column(&a->readings, sensor, series),
                                dk_readings_column(&b->readings, sensor, series),
                                a->readings.rows * sizeof(dk_decimal));
}

static void the_same_for_any_number_of_threads(void **state)
{
    (void)state;
    static const unsigned threads[] = {1, 2, 7};
    enum { ROWS = 600 };
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", ROWS, COHORTS);
    damage(&folder, ROWS);
    for (int quarantine = 0; quarantine < 2; quarantine++)
        for (int sample = DK_SAMPLE_FIRST; sample <= DK_SAMPLE_LAST; sample++) {
            struct drop_result first;
            struct dk_input_settings settings = small_settings();
            settings.quarantine = quarantine;
            settings.sample = (enum dk_sample)sample;
            settings.threads = threads[0];
            drop_result_read(&first, folder.path, &settings, true);
            assert_int_equal(first.status, quarantine ? DK_OK : DK_ERR_DATA);
            assert_true(first.report.problems_total > 5000);
            assert_int_equal(first.report.missing_total > 0, quarantine);
            for (size_t i = 1; i < sizeof(threads) / sizeof(threads[0]); i++) {
                struct drop_result other;
                settings.threads = threads[i];
                drop_result_read(&other, folder.path, &settings, true);
                compare_results(&first, &other);
                drop_result_reset(&other);
            }
            drop_result_reset(&first);
        }
    drop_folder_remove(&folder);
}

/* --- quarantine ----------------------------------------------------------------------------- */

static void quarantine_loses_what_is_bad(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    settings.quarantine = true;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 5, COHORTS);
    drop_folder_put(&folder, "TS1.txt", "1\t2\nx\t4\n5\n\n9\t10\n");
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_OK);
    assert_int_equal(result.report.problems_total, 3);
    assert_int_equal(result.report.missing_total, 5);
    assert_false(result.report.fatal);
    static const dk_decimal lost = DK_DECIMAL_MISSING;
    const dk_decimal first[] = {dk_decimal_pack(1, 0), lost, lost, lost, dk_decimal_pack(9, 0)};
    const dk_decimal second[] = {dk_decimal_pack(2, 0), dk_decimal_pack(4, 0), lost, lost,
                                 dk_decimal_pack(10, 0)};
    assert_memory_equal(dk_readings_column(&result.readings, 9, 0), first, sizeof(first));
    assert_memory_equal(dk_readings_column(&result.readings, 9, 1), second, sizeof(second));
    drop_result_reset(&result);
    /* A bad cell that no value uses is reported, but makes no value missing. */
    drop_folder_put(&folder, "TS1.txt", "1\t2\n3\t4\n5\t6\n7\t8\n9\t10\n");
    drop_folder_put(&folder, "FS1.txt",
                    "1\t2\t3\t4\t5\t6\t7\t8\t9\t?\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\n"
                    "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\n"
                    "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\n"
                    "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\n"
                    "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\n");
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_OK);
    assert_int_equal(result.report.problems_total, 1);
    assert_int_equal(result.report.missing_total, 0);
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

static void quarantine_has_a_ceiling(void **state)
{
    (void)state;
    enum { ROWS = 2200 };
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    struct dk_buffer text;
    char name[32];
    settings.quarantine = true;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", ROWS, COHORTS);
    dk_buffer_init(&text, 64u << 20);
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COHORTS * 100; column++)
            assert_int_equal(dk_buffer_append(&text, row + column == 0 ? "1" : "x", 1, NULL) ==
                                     DK_OK
                                 ? dk_buffer_append(&text, column + 1 < 200 ? "\t" : "\n", 1, NULL)
                                 : DK_ERR_NOMEM,
                             DK_OK);
    for (int i = 1; i <= 3; i++) {
        snprintf(name, sizeof(name), "PS%d.txt", i);
        drop_folder_put_bytes(&folder, name, text.data, text.size);
    }
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_true(result.report.fatal);
    assert_int_equal(result.report.problems_total, 3 * (ROWS * COHORTS * 100 - 1));
    assert_int_equal(result.report.problems_count, DK_PROBLEMS_SHOWN);
    assert_string_equal(result.error.message, "1,319,997 bad cells are too many for quarantine");
    assert_null(result.readings.values);
    drop_result_reset(&result);
    dk_buffer_reset(&text);
    drop_folder_remove(&folder);
}

/* --- traps ---------------------------------------------------------------------------------- */

/* A file that replaces TS1.txt (two 1 Hz columns and three rows are expected). */
struct trap {
    const char *bytes;
    size_t size; /* 0: strlen */
    const char *text;
    bool fatal;
};

static const struct trap traps[] = {
    {"1\t2\n1,5\t4\n5\t6\n", 0,
     "TS1.txt, line 2, column 1: '1,5' has a decimal comma; expected 1.5 (byte 4)", false},
    {"1\t2\n3\tNaN\n5\t6\n", 0, "TS1.txt, line 2, column 2: 'NaN' is not a number (byte 6)", false},
    {"1\t2\n3\toff\n5\t6\n", 0, "TS1.txt, line 2, column 2: 'off' is not a number (byte 6)", false},
    {"1\t2\n3\t\n5\t6\n", 0, "TS1.txt, line 2, column 2: the cell is empty (byte 6)", false},
    {"1\t2\n3\t \n5\t6\n", 0, "TS1.txt, line 2, column 2: the cell is empty (byte 6)", false},
    {"1\t2\n3;4\t9\n5\t6\n", 0, "TS1.txt, line 2, column 1: '3;4' contains a semicolon (byte 4)",
     false},
    {"1\t2\n3\t4\xb0\n5\t6\n", 0,
     "TS1.txt, line 2, column 2: '4\\xb0' contains a byte that is not ASCII (byte 6)", false},
    {"1\t2\n3\t4\0\n5\t6\n", 13, "TS1.txt, line 2, column 2: '4\\x00' contains a NUL byte (byte 6)",
     false},
    {"1\t2\n3\t1.2.3\n5\t6\n", 0,
     "TS1.txt, line 2, column 2: '1.2.3' is not a valid number (byte 6)", false},
    {"1\t2\n3\n5\t6\n", 0, "TS1.txt, line 2: '3' is not a reading; expected 2 columns (byte 4)",
     false},
    {"1\t2\n3\t4\t5\n5\t6\n", 0, "TS1.txt, line 2: 3 columns; expected 2 (byte 4)", false},
    {"1\t2\n\n5\t6\n", 0, "TS1.txt, line 2: 1 blank line between readings (byte 4)", false},
    {"\n3\t4\n5\t6\n", 0, "TS1.txt, line 1: 1 blank line between readings (byte 0)", false},
    {"\n \r\n5\t6\n", 0, "TS1.txt, line 1: 2 blank lines between readings (byte 0)", false},
    {"c1\tc2\n1\t2\n3\t4\n", 0,
     "TS1.txt, line 1: 'c1' looks like a header; expected numbers (byte 0)", true},
    {"\xef\xbb\xbf"
     "Time\tTS1\n1\t2\n3\t4\n",
     0, "TS1.txt, line 1: 'Time' looks like a header; expected numbers (byte 3)", true},
    {"1.5;2.5\n3;4\n5;6\n", 0,
     "TS1.txt, line 1: cells are separated by ';'; expected tabs (byte 0)", true},
    {"1,5;2,5\n3;4\n5;6\n", 0,
     "TS1.txt, line 1: cells are separated by ';'; expected tabs (byte 0)", true},
    {"1.5,2.5\n3,4\n5,6\n", 0,
     "TS1.txt, line 1: cells are separated by ','; expected tabs (byte 0)", true},
    {"1.5  2.5\n3 4\n5 6\n", 0,
     "TS1.txt, line 1: cells are separated by ' '; expected tabs (byte 0)", true},
    {"1|2\n3|4\n5|6\n", 0, "TS1.txt, line 1: cells are separated by '|'; expected tabs (byte 0)",
     true},
    {"1\t2\r3\t4\r5\t6\r", 0, "TS1.txt, line 1: lines end in CR; expected LF or CR LF (byte 0)",
     true},
    {"1\t2\r\r\n3\t4\r\r\n", 0,
     "TS1.txt, line 1: lines end in CR CR LF; expected LF or CR LF (byte 0)", true},
    {"1\t2\n\0\n5\t6\n", 10, "TS1.txt, line 2, column 1: '\\x00' contains a NUL byte (byte 4)",
     false},
    {"1\t2\n3\t4\n5\t6\t\0\n", 14,
     "TS1.txt, line 3, column 3: '\\x00' contains a NUL byte (byte 12)", false},
    {"\xff\xfe"
     "1\0\t\0"
     "2\0\n\0",
     10, "TS1.txt: the file is UTF-16; expected UTF-8 or ASCII", true},
    {"\xfe\xff\0"
     "1\0\t\0"
     "2\0\n",
     10, "TS1.txt: the file is UTF-16; expected UTF-8 or ASCII", true},
    {"1\0\t\0"
     "2\0\n\0",
     8, "TS1.txt: the file is UTF-16; expected UTF-8 or ASCII", true},
    {"\0"
     "1\0\t\0"
     "2\0\n",
     8, "TS1.txt: the file is UTF-16; expected UTF-8 or ASCII", true},
    {"1\0\0\0\t\0\0\0"
     "2\0\0\0\n\0\0\0",
     16, "TS1.txt: the file is UTF-32; expected UTF-8 or ASCII", true},
    {"\0\0\0\0\0\0\0\0\0\0\0\0", 12, "TS1.txt: the file is NUL bytes; expected text", true},
    {"PK\x03\x04 whatever follows\n", 0, "TS1.txt: the file is a zip or Excel file; expected text",
     true},
    {"", 0, "TS1.txt: the file is empty", true},
    {"\n\n \n", 0, "TS1.txt: the file is empty", true},
    {"\xef\xbb\xbf", 0, "TS1.txt: the file is empty", true},
    {",Time,Cooling efficiency\n0,0,47.2\n", 0,
     "TS1.txt, line 1: this is a CSV that the old scripts made, not a sensor's log (byte 0)", true},
    {"sensor_value,sensor_name,cohort\n35.1,TS1,1\n", 0,
     "TS1.txt, line 1: this is a CSV that the old scripts made, not a sensor's log (byte 0)", true},
    {"rig_name,cohort,date_time\ntexas-1,1,2008-03-26\n", 0,
     "TS1.txt, line 1: this is a CSV that the old scripts made, not a sensor's log (byte 0)", true},
    {"1\t2\t3\n4\t5\t6\n7\t8\t9\n", 0, "TS1.txt, line 1: 3 columns; expected 2 (byte 0)", true},
    {"1\n4\n7\n", 0, "TS1.txt, line 1: 1 column; expected 2 (byte 0)", true},
    {"1\t2\n3\t4\n", 0, "TS1.txt: 2 rows; the other files have 3", true},
    {"1\t2\n3\t4\n5\t6\n7\t8\n", 0, "TS1.txt: 4 rows; the other files have 3", true},
};

static void check_trap(const struct drop_folder *folder, const struct trap *trap)
{
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    char text[512];
    struct dk_problem_words words;
    drop_folder_put_bytes(folder, "TS1.txt", trap->bytes,
                          trap->size ? trap->size : strlen(trap->bytes));
    drop_result_read(&result, folder->path, &settings, true);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_string_equal(drop_result_problem(&result, 0, text), trap->text);
    assert_int_equal(result.report.problems_total, 1);
    assert_int_equal(result.report.problems_count, 1);
    dk_problem_format(&result.report.problems[0], &result.drop, &words);
    assert_true(strlen(words.hint) > 10);
    assert_string_equal(result.error.message, words.text);
    assert_string_equal(result.error.hint, words.hint);
    assert_non_null(strstr(result.error.path, "/TS1.txt"));
    assert_int_equal(result.report.fatal, trap->fatal);
    assert_null(result.readings.values);
    drop_result_reset(&result);
    settings.quarantine = true;
    drop_result_read(&result, folder->path, &settings, true);
    assert_int_equal(result.status, trap->fatal ? DK_ERR_DATA : DK_OK);
    assert_int_equal(result.report.problems_total, 1);
    assert_string_equal(drop_result_problem(&result, 0, text), trap->text);
    drop_result_reset(&result);
}

static void each_trap_has_its_message(void **state)
{
    (void)state;
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 3, COHORTS);
    for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
        check_trap(&folder, &traps[i]);
    drop_folder_remove(&folder);
}

/* A header of column numbers, as spreadsheets and scripts write it; too few columns prove
 * nothing. */
static void a_line_that_counts_is_a_header(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    char text[512];
    settings.cohorts = 6;
    settings.allow_missing = true;
    drop_folder_make(&folder);
    drop_folder_put(&folder, "profile.txt", "3\t100\t0\t130\t1\n3\t100\t0\t130\t1\n");
    drop_folder_put(&folder, "TS1.txt", "0\t1\t2\t3\t4\t5\n36\t36.1\t36.2\t36\t36\t36\n");
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_string_equal(drop_result_problem(&result, 0, text),
                        "TS1.txt, line 1: '0' looks like a header; expected numbers (byte 0)");
    drop_result_reset(&result);
    drop_folder_put(&folder, "TS1.txt", "0\t1\t2\t3\t4\t5.1\n36\t36.1\t36.2\t36\t36\t36\n");
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_OK);
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

/* --- harmless habits ------------------------------------------------------------------------ */

struct habit {
    const char *bytes;
    const char *notice;
};

static void habits_are_accepted_and_reported_once(void **state)
{
    (void)state;
    static const struct habit habits[] = {
        {"\xef\xbb\xbf"
         "9\t1.0\n-9\t1\n9.1\t1\n",
         "'TS1.txt' begins with a byte order mark: accepted\n"},
        {"9\t1\r\n-9\t1\r\n9.1\t1\r\n", "'TS1.txt' ends its lines in CR LF: accepted\n"},
        {"9\t1\t\n-9\t1\t\n9.1\t1\t\n", "'TS1.txt' has a tab at the end of its rows: accepted\n"},
        {"9\t1\n-9\t1\n9.1\t1", "'TS1.txt' has no newline at its end: accepted\n"},
        {"9\t1\n-9\t1\n9.1\t1\n\n \r\n\n", "'TS1.txt' has blank lines at its end: accepted\n"},
        {" 9\t1 \n-9\t 1\n 9.1 \t1\n", "'TS1.txt' has blanks around its cells: accepted\n"},
        {"+9\t1e0\n-9\t10E-1\n9.1\t01.000\n", ""},
    };
    static const char *const expected[] = {"9", "-9", "9.1"};
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 3, COHORTS);
    for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
        struct drop_result result;
        struct dk_input_settings settings = small_settings();
        settings.allow_open_end = true;
        drop_folder_put(&folder, "TS1.txt", habits[i].bytes);
        drop_result_read(&result, folder.path, &settings, true);
        assert_int_equal(result.status, DK_OK);
        assert_string_equal(result.notices, habits[i].notice);
        assert_int_equal(result.readings.rows, 3);
        for (size_t row = 0; row < 3; row++) {
            dk_decimal value;
            assert_int_equal(dk_decimal_parse(expected[row], strlen(expected[row]), &value),
                             DK_DECIMAL_GOOD);
            assert_true(dk_readings_column(&result.readings, 9, 0)[row] == value);
            assert_true(dk_readings_column(&result.readings, 9, 1)[row] == dk_decimal_pack(1, 0));
        }
        drop_result_reset(&result);
    }
    drop_folder_remove(&folder);
}

/* --- what files have in common -------------------------------------------------------------- */

static void readings_past_the_cohort(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    char text[512];
    assert_int_equal(dk_calendar_init(&settings.calendar, "2008-03-26", 1, 60, NULL), DK_OK);
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 24, COHORTS);
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_OK);
    check_values(&result.readings, 24);
    drop_result_reset(&result);
    drop_folder_fill(&folder, "", 25, COHORTS);
    settings.quarantine = true;
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_int_equal(result.report.problems_total, 1);
    assert_string_equal(drop_result_problem(&result, 0, text),
                        "PS1.txt, line 25: one line too many, as in 17 other files; a cohort has "
                        "room for 24 readings (byte 20837)");
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

static void absent_sensors(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    char text[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 3, COHORTS);
    drop_folder_delete(&folder, "PS4.txt");
    drop_folder_delete(&folder, "SE.txt");
    drop_result_read(&result, folder.path, &settings, true);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_int_equal(result.report.problems_total, 1);
    assert_string_equal(drop_result_problem(&result, 0, text),
                        "2 files are missing: PS4.txt, SE.txt");
    drop_result_reset(&result);
    settings.allow_missing = true;
    drop_result_read(&result, folder.path, &settings, true);
    assert_int_equal(result.status, DK_OK);
    assert_int_equal(result.report.missing_total, 0);
    assert_false(result.readings.present[3]);
    assert_true(result.readings.present[4]);
    for (size_t series = 0; series < COHORTS; series++)
        for (size_t row = 0; row < 3; row++)
            assert_true(dk_readings_column(&result.readings, 3, series)[row] == DK_DECIMAL_MISSING);
    drop_result_reset(&result);
    /* The profile is not covered by --allow-missing. */
    drop_folder_delete(&folder, "profile.txt");
    drop_result_read(&result, folder.path, &settings, true);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_string_equal(drop_result_problem(&result, 0, text), "profile.txt is missing");
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

static void nothing_to_read(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    settings.allow_missing = true;
    drop_folder_make(&folder);
    drop_folder_put(&folder, "profile.txt", "3\t100\t0\t130\t1\n");
    drop_result_read(&result, folder.path, &settings, true);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_int_equal(dk_drop_sensor_count(&result.drop), 0);
    assert_non_null(strstr(result.error.message, "no sensor file in"));
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

static void bursts_last_as_long(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = small_settings();
    char text[512];
    settings.columns = DK_COLUMNS_SAMPLES;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 3);
    drop_folder_put(&folder, "FS2.txt",
                    "1\t2\t3\t4\t5\t6\t7\t8\t9\t9\n1\t2\t3\t4\t5\t6\t7\t8\t9\t9\n");
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_int_equal(result.report.problems_total, 1);
    assert_string_equal(drop_result_problem(&result, 0, text), "FS2.txt: 10 columns; expected 30");
    assert_string_equal(result.error.hint, "the bursts of the other sensors last 3 s");
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

static void a_wrong_number_of_cohorts_is_guessed(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    char text[512];
    struct dk_input_settings settings = small_settings();
    settings.columns = DK_COLUMNS_COHORTS;
    settings.cohorts = 60;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 7);
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_int_equal(result.report.problems_total, DK_SENSORS);
    assert_string_equal(drop_result_problem(&result, 0, text),
                        "PS1.txt, line 1: 700 columns; expected 6,000 (byte 0)");
    assert_string_equal(result.error.hint, "the columns of all files fit --cohorts 7");
    drop_result_reset(&result);
    settings.cohorts = 0;
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_ERR_CONFIG);
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_in_its_place),
        cmocka_unit_test(series_are_named),
        cmocka_unit_test(content_hash_is_of_contents),
        cmocka_unit_test(windows_cut_anywhere),
        cmocka_unit_test(rows_longer_than_a_window),
        cmocka_unit_test(a_row_of_17_mib_is_refused),
        cmocka_unit_test(the_same_for_any_number_of_threads),
        cmocka_unit_test(quarantine_loses_what_is_bad),
        cmocka_unit_test(quarantine_has_a_ceiling),
        cmocka_unit_test(each_trap_has_its_message),
        cmocka_unit_test(a_line_that_counts_is_a_header),
        cmocka_unit_test(habits_are_accepted_and_reported_once),
        cmocka_unit_test(readings_past_the_cohort),
        cmocka_unit_test(absent_sensors),
        cmocka_unit_test(nothing_to_read),
        cmocka_unit_test(bursts_last_as_long),
        cmocka_unit_test(a_wrong_number_of_cohorts_is_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
