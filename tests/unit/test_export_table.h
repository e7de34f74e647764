/* Tables of readings for the tests of export, and the text that an export produces from them. */
#ifndef DK_TEST_EXPORT_TABLE_H
#define DK_TEST_EXPORT_TABLE_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "export/export.h"

#define TEXT_CEILING_BYTES ((size_t)1 << 30)

/* Needs a `struct dk_error err` that the call fills. */
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        if ((call) != DK_OK)                                                                       \
            fail_msg("%s: %s", #call, err.message);                                                \
    } while (0)

/* A value from its text; "" is a missing value. */
static inline dk_decimal value_of(const char *text)
{
    dk_decimal value = DK_DECIMAL_MISSING;
    if (text[0])
        assert_int_equal(dk_decimal_parse(text, strlen(text), &value), DK_DECIMAL_GOOD);
    return value;
}

/* A table of series_count series of texas-1, cohorts 1.., an hour apart. Value (s, c, r) is
 * s + 1 + c / 10 + r / 100; the profile takes one combination of codes after another. */
static inline void table_init(struct dk_readings *readings, size_t series_count, size_t rows)
{
    struct dk_error err;
    assert_ok(dk_readings_init(readings, series_count, rows, &err));
    assert_ok(dk_profile_init(&readings->profile, rows, &err));
    readings->rows = rows;
    const struct dk_calendar calendar = dk_calendar_default();
    for (size_t c = 0; c < series_count; c++) {
        struct dk_series *series = &readings->series[c];
        assert_ok(dk_well_init(&series->well, "texas", 1, &err));
        series->cohort = (int)c + 1;
        series->interval_minutes = 60;
        assert_ok(dk_calendar_cohort_start(&calendar, series->cohort, &series->start_minute, &err));
    }
    for (size_t s = 0; s < DK_SENSORS; s++) {
        readings->present[s] = true;
        for (size_t c = 0; c < series_count; c++) {
            for (size_t r = 0; r < rows; r++) {
                int64_t mantissa = (int64_t)((s + 1) * 100 + c * 10 + r);
                assert_true(dk_decimal_make(mantissa, 2, &dk_readings_column(readings, s, c)[r]));
            }
        }
    }
    for (size_t r = 0; r < rows; r++) {
        size_t rest = r;
        for (size_t i = 0; i < DK_CONDITIONS; i++) {
            readings->profile.codes[r][i] = (uint8_t)(rest % dk_conditions[i].code_count);
            rest /= dk_conditions[i].code_count;
        }
    }
    assert_ok(dk_profile_seal(&readings->profile, &err));
}

static inline void table_set(struct dk_readings *readings, const char *sensor, size_t series,
                             size_t row, const char *text)
{
    int index = dk_sensor_find(sensor, strlen(sensor));
    assert_true(index >= 0);
    dk_readings_column(readings, (size_t)index, series)[row] = value_of(text);
}

/* Sets row `row` of the profile by codes, and seals it. */
static inline void table_set_profile(struct dk_readings *readings, size_t row,
                                     const int codes[DK_CONDITIONS])
{
    struct dk_error err;
    for (int i = 0; i < DK_CONDITIONS; i++) {
        int index = dk_condition_code_find(i, codes[i]);
        assert_true(index >= 0);
        readings->profile.codes[row][i] = (uint8_t)index;
    }
    assert_ok(dk_profile_seal(&readings->profile, &err));
}

/* The result of an export of all series in one append; the caller frees it. */
static inline char *table_text(const struct dk_readings *readings,
                               const struct dk_export_settings *settings)
{
    struct dk_error err;
    struct dk_buffer text;
    struct dk_export *export = NULL;
    dk_buffer_init(&text, TEXT_CEILING_BYTES);
    assert_ok(dk_export_open_sink(&export, settings, dk_sink_buffer(&text), &err));
    assert_ok(dk_export_append(export, readings, 0, readings->series_count, &err));
    assert_ok(dk_export_commit(export, NULL, &err));
    dk_export_close(export);
    assert_ok(dk_buffer_terminate(&text, &err));
    return text.data;
}

/* A private folder of the test, under $TMPDIR or /tmp. */
struct folder {
    char path[256];
};

static inline struct folder folder_make(void)
{
    struct folder folder;
    const char *root = getenv("TMPDIR");
    int size =
        snprintf(folder.path, sizeof(folder.path), "%s/derrick-XXXXXX", root ? root : "/tmp");
    assert_true(size > 0 && (size_t)size < sizeof(folder.path));
    assert_non_null(mkdtemp(folder.path));
    return folder;
}

/* The number of files in the folder, including hidden ones; removes them on request. */
static inline size_t folder_walk(const struct folder *folder, bool remove_them)
{
    size_t count = 0;
    DIR *stream = opendir(folder->path);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (remove_them)
            assert_int_equal(unlinkat(dirfd(stream), entry->d_name, 0), 0);
    }
    closedir(stream);
    return count;
}

/* Removes the folder with the files in it; returns how many there were. */
static inline size_t folder_remove(const struct folder *folder)
{
    size_t count = folder_walk(folder, true);
    assert_int_equal(rmdir(folder->path), 0);
    return count;
}

#endif
