/* The burst sink: every sample of a drop, once, sensor after sensor, for any number of threads; and
 * the readings are what they are without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drop_folder.h"

#define ROWS 50
#define COHORTS 3
#define COLUMNS_MAX (COHORTS * 100)

/* What came, by sensor, row and column. */
struct seen {
    atomic_int now; /* the sensor between begin and end; -1: none */
    bool begun[DK_SENSORS], ended[DK_SENSORS];
    atomic_size_t bursts;
    size_t samples[DK_SENSORS];
    dk_decimal values[DK_SENSORS][ROWS][COLUMNS_MAX];
};

static enum dk_status begin(void *context, int sensor, size_t series, size_t samples,
                            size_t readings_max, struct dk_error *err)
{
    struct seen *seen = context;
    (void)err;
    assert_int_equal(atomic_load(&seen->now), -1);
    assert_false(seen->begun[sensor]);
    assert_true(series == COHORTS && readings_max >= ROWS);
    atomic_store(&seen->now, sensor);
    seen->begun[sensor] = true;
    seen->samples[sensor] = samples;
    return DK_OK;
}

static void burst(void *context, int sensor, size_t series, size_t reading,
                  const dk_decimal *samples, size_t count)
{
    struct seen *seen = context;
    assert_int_equal(atomic_load(&seen->now), sensor);
    assert_true(series < COHORTS && reading < ROWS && count == seen->samples[sensor]);
    memcpy(&seen->values[sensor][reading][series * count], samples, count * sizeof(*samples));
    atomic_fetch_add(&seen->bursts, 1);
}

static enum dk_status end(void *context, int sensor, size_t readings, struct dk_error *err)
{
    struct seen *seen = context;
    (void)err;
    assert_int_equal(atomic_load(&seen->now), sensor);
    assert_int_equal(readings, ROWS);
    seen->ended[sensor] = true;
    atomic_store(&seen->now, -1);
    return DK_OK;
}

static struct seen seen;

static struct dk_input_settings settings_of(enum dk_sample sample, unsigned threads,
                                            const struct dk_burst_sink *sink)
{
    struct dk_input_settings settings;
    dk_input_settings_init(&settings);
    settings.columns = DK_COLUMNS_COHORTS;
    settings.cohorts = COHORTS;
    settings.sample = sample;
    settings.threads = threads;
    settings.quarantine = true;
    settings.sink = sink;
    return settings;
}

/* Reads the drop with and without a sink, and compares the readings. */
static void read_both(const struct drop_folder *folder, enum dk_sample sample, unsigned threads)
{
    const struct dk_burst_sink sink = {
        .context = &seen, .begin = begin, .burst = burst, .end = end};
    struct drop_result with;
    struct drop_result without;
    memset(&seen, 0, sizeof(seen));
    atomic_store(&seen.now, -1);
    const struct dk_input_settings settings = settings_of(sample, threads, &sink);
    const struct dk_input_settings plain = settings_of(sample, threads, NULL);
    drop_result_read(&with, folder->path, &settings, true);
    drop_result_read(&without, folder->path, &plain, true);
    assert_int_equal(with.status, DK_OK);
    assert_int_equal(without.status, DK_OK);
    assert_string_equal(with.drop.content_hash, without.drop.content_hash);
    assert_int_equal(with.report.missing_total, without.report.missing_total);
    for (size_t s = 0; s < DK_SENSORS; s++) {
        assert_true(seen.begun[s] && seen.ended[s]);
        for (size_t c = 0; c < COHORTS; c++)
            assert_memory_equal(dk_readings_column(&with.readings, s, c),
                                dk_readings_column(&without.readings, s, c),
                                ROWS * sizeof(dk_decimal));
    }
    assert_int_equal(atomic_load(&seen.bursts), DK_SENSORS * ROWS * COHORTS);
    drop_result_reset(&with);
    drop_result_reset(&without);
}

/* Row `row` of PS1 is another line. */
static void replace_row(const struct drop_folder *folder, size_t row, const char *line)
{
    char text[512];
    FILE *file = fopen(drop_folder_path(folder, "PS1.txt", text), "rb");
    assert_non_null(file);
    char *all = calloc(1, 1 << 20);
    assert_non_null(all);
    size_t size = fread(all, 1, (1 << 20) - 1, file);
    (void)fclose(file);
    char *at = all;
    for (size_t i = 0; i < row; i++)
        at = strchr(at, '\n') + 1;
    char *after = strchr(at, '\n');
    char *changed = calloc(1, 1 << 20);
    assert_non_null(changed);
    size_t before = (size_t)(at - all);
    memcpy(changed, all, before);
    memcpy(changed + before, line, strlen(line));
    memcpy(changed + before + strlen(line), after, size - (size_t)(after - all));
    drop_folder_put_bytes(folder, "PS1.txt", changed,
                          before + strlen(line) + size - (size_t)(after - all));
    free(all);
    free(changed);
}

static void every_sample_comes_once(void **state)
{
    (void)state;
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", ROWS, COHORTS);
    for (unsigned threads = 1; threads <= 5; threads += 2)
        for (int sample = DK_SAMPLE_FIRST; sample <= DK_SAMPLE_LAST; sample++) {
            read_both(&folder, (enum dk_sample)sample, threads);
            for (size_t s = 0; s < DK_SENSORS; s++)
                for (size_t row = 0; row < ROWS; row++)
                    for (size_t c = 0; c < seen.samples[s] * COHORTS; c++)
                        assert_true(seen.values[s][row][c] == drop_folder_value(s, row, c));
        }
    drop_folder_remove(&folder);
}

/* Rows that are given up come as missing samples: of the wrong length, blank, and of the row before
 * the blank one nothing is left behind. */
static void rows_in_quarantine_are_missing(void **state)
{
    (void)state;
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", ROWS, COHORTS);
    replace_row(&folder, 4, "1\t2");
    replace_row(&folder, 9, "");
    replace_row(&folder, 10, "");
    read_both(&folder, DK_SAMPLE_MEAN, 3);
    for (size_t row = 0; row < ROWS; row++)
        for (size_t c = 0; c < COLUMNS_MAX; c++) {
            bool missing = row == 4 || row == 9 || row == 10;
            assert_true(seen.values[0][row][c] ==
                        (missing ? DK_DECIMAL_MISSING : drop_folder_value(0, row, c)));
        }
    drop_folder_remove(&folder);
}

static enum dk_status refuse_begin(void *context, int sensor, size_t series, size_t samples,
                                   size_t readings_max, struct dk_error *err)
{
    (void)context, (void)sensor, (void)series, (void)samples, (void)readings_max;
    return dk_error_set(err, DK_ERR_NOMEM, "no room for this");
}

static enum dk_status refuse_end(void *context, int sensor, size_t readings, struct dk_error *err)
{
    (void)context, (void)sensor, (void)readings;
    return dk_error_set(err, DK_ERR_IO, "the disk is full");
}

static void what_the_sink_refuses_ends_the_reading(void **state)
{
    (void)state;
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", ROWS, COHORTS);
    struct dk_burst_sink sink = {
        .context = &seen, .begin = refuse_begin, .burst = burst, .end = end};
    struct drop_result result;
    struct dk_input_settings settings = settings_of(DK_SAMPLE_FIRST, 4, &sink);
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_ERR_NOMEM);
    assert_string_equal(result.error.message, "no room for this");
    drop_result_reset(&result);
    memset(&seen, 0, sizeof(seen));
    atomic_store(&seen.now, -1);
    sink.begin = begin;
    sink.end = refuse_end;
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_ERR_IO);
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_comes_once),
        cmocka_unit_test(rows_in_quarantine_are_missing),
        cmocka_unit_test(what_the_sink_refuses_ends_the_reading),
    };
    return cmocka_run_group_tests_name("burst sink", tests, NULL, NULL);
}
