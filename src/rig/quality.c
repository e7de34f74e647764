/*
 * A series is measured over keys: its values as whole numbers at one common scale, so that sums,
 * comparisons and the selection of the median are integer work. Where the values of a series are so
 * different that 64 bits can't hold them at one scale, keys are 128 bits wide; the results are the
 * same.
 */
#include "rig/quality.h"

#include <stdlib.h>
#include <string.h>

#include "base/team.h"

#define BUCKETS 256
#define FEW 24 /* keys that are sorted by insertion */

/* One sensor over consecutive series. */
struct measuring {
    const struct dk_readings *readings;
    const struct dk_limits *limits; /* [DK_SENSORS] */
    struct dk_quality *table;
    bool by_series;
};

/* --- the median ----------------------------------------------------------------------------- */

static void sort_few(int64_t *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        int64_t key = keys[i];
        size_t at = i;
        for (; at > 0 && keys[at - 1] > key; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

/* Keeps the keys that share a bucket of the span with the one of rank *rank, in place; *rank is
 * then their own. */
static size_t narrow(int64_t *keys, size_t count, int64_t low, uint64_t span, size_t *rank)
{
    uint32_t counts[BUCKETS] = {0};
    int shift = 0;
    while (span >> shift >= BUCKETS)
        shift++;
    for (size_t i = 0; i < count; i++)
        counts[((uint64_t)keys[i] - (uint64_t)low) >> shift]++;
    uint64_t bucket = 0;
    while (*rank >= counts[bucket])
        *rank -= counts[bucket++];
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t key = keys[i];
        keys[kept] = key;
        kept += ((uint64_t)key - (uint64_t)low) >> shift == bucket;
    }
    return kept;
}

/* The key of rank `rank` (0-based, ascending) of count > rank keys, which are overwritten. */
static int64_t select_key(int64_t *keys, size_t count, size_t rank)
{
    while (count > FEW) {
        int64_t low = keys[0];
        int64_t high = keys[0];
        for (size_t i = 1; i < count; i++) {
            low = keys[i] < low ? keys[i] : low;
            high = keys[i] > high ? keys[i] : high;
        }
        if (low == high)
            return low;
        count = narrow(keys, count, low, (uint64_t)high - (uint64_t)low, &rank);
    }
    sort_few(keys, count);
    return keys[rank];
}

static dk_decimal middle_of(dk_decimal low, dk_decimal high)
{
    struct dk_decimal_sum sum = {0};
    dk_decimal_sum_add(&sum, low);
    dk_decimal_sum_add(&sum, high);
    return dk_decimal_sum_mean(&sum);
}

/* --- a series at a time --------------------------------------------------------------------- */

/* What has to be known of the values before they can have one scale. */
struct extent {
    uint64_t values;
    int scale;          /* the largest */
    uint64_t magnitude; /* of a mantissa, the largest */
};

static struct extent find_extent(const struct dk_readings *readings, size_t sensor, size_t first,
                                 size_t count)
{
    struct extent extent = {0};
    for (size_t series = first; series < first + count; series++) {
        const dk_decimal *column = dk_readings_column(readings, sensor, series);
        for (size_t row = 0; row < readings->rows; row++) {
            if (column[row] == DK_DECIMAL_MISSING)
                continue;
            int64_t mantissa = dk_decimal_mantissa(column[row]);
            uint64_t magnitude = mantissa < 0 ? (uint64_t)-mantissa : (uint64_t)mantissa;
            int scale = dk_decimal_scale(column[row]);
            extent.values++;
            extent.scale = scale > extent.scale ? scale : extent.scale;
            extent.magnitude = magnitude > extent.magnitude ? magnitude : extent.magnitude;
        }
    }
    return extent;
}

/* Counts, run lengths and values outside, which need no common scale. */
static void count_series(const struct dk_readings *readings, size_t sensor, size_t series,
                         const struct dk_limits_test *test, struct dk_quality *quality)
{
    const dk_decimal *column = dk_readings_column(readings, sensor, series);
    uint64_t run = 0;
    for (size_t row = 0; row < readings->rows; row++) {
        dk_decimal value = column[row];
        if (value == DK_DECIMAL_MISSING) {
            quality->missing_count++;
            run = 0;
            continue;
        }
        quality->outside_count += !dk_limits_inside(test, value);
        run = run > 0 && value == column[row - 1] ? run + 1 : 1;
        if (run > quality->longest_constant)
            quality->longest_constant = run;
    }
    if (readings->present[sensor])
        quality->quarantined_count = quality->missing_count;
}

static size_t fill_keys(const struct dk_readings *readings, size_t sensor, size_t series, int scale,
                        int64_t *keys)
{
    const dk_decimal *column = dk_readings_column(readings, sensor, series);
    size_t count = 0;
    for (size_t row = 0; row < readings->rows; row++)
        if (column[row] != DK_DECIMAL_MISSING)
            keys[count++] = dk_decimal_mantissa(column[row]) *
                            dk_powers_of_ten[scale - dk_decimal_scale(column[row])];
    return count;
}

static dk_decimal decimal_of(int64_t key, int scale)
{
    dk_decimal value = DK_DECIMAL_MISSING;
    /* It was made from a value: there is a decimal for it. */
    (void)!dk_decimal_make(key, scale, &value);
    return value;
}

/* Sum and extremes of count > 0 keys. */
static void measure_keys(const int64_t *keys, size_t count, int scale, struct dk_quality *quality)
{
    __int128 sum = 0;
    int64_t low = keys[0];
    int64_t high = keys[0];
    for (size_t i = 0; i < count; i++) {
        sum += keys[i];
        low = keys[i] < low ? keys[i] : low;
        high = keys[i] > high ? keys[i] : high;
    }
    quality->sum.count = count;
    quality->sum.scaled = sum * dk_powers_of_ten[DK_DECIMAL_SCALE_MAX - scale];
    quality->minimum = decimal_of(low, scale);
    quality->maximum = decimal_of(high, scale);
}

static int compare_values(const void *left, const void *right)
{
    return dk_decimal_compare(*(const dk_decimal *)left, *(const dk_decimal *)right);
}

/* The same where 64 bits are too narrow for one scale. */
static void measure_wide(const struct dk_readings *readings, size_t sensor, size_t first,
                         size_t count, dk_decimal *values, struct dk_quality *quality)
{
    size_t used = 0;
    for (size_t series = first; series < first + count; series++) {
        const dk_decimal *column = dk_readings_column(readings, sensor, series);
        for (size_t row = 0; row < readings->rows; row++)
            if (column[row] != DK_DECIMAL_MISSING)
                values[used++] = column[row];
    }
    qsort(values, used, sizeof(*values), compare_values);
    quality->sum = dk_readings_sum(readings, sensor, first, count);
    quality->minimum = values[0];
    quality->maximum = values[used - 1];
    quality->median =
        used % 2 ? values[used / 2] : middle_of(values[used / 2 - 1], values[used / 2]);
}

/* The least key above `lower`, or `lower` again where more than rank + 1 keys are not above it. */
static int64_t next_key(const int64_t *keys, size_t count, size_t rank, int64_t lower)
{
    size_t not_above = 0;
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        if (keys[i] <= lower)
            not_above++;
        else if (keys[i] < next)
            next = keys[i];
    }
    return not_above > rank + 1 ? lower : next;
}

/* `copy` has room for the keys, which the selection overwrites. */
static dk_decimal find_median(const int64_t *keys, size_t count, int scale, int64_t *copy)
{
    size_t rank = (count - 1) / 2;
    memcpy(copy, keys, count * sizeof(*keys));
    int64_t lower = select_key(copy, count, rank);
    if (count % 2)
        return decimal_of(lower, scale);
    int64_t upper = next_key(keys, count, rank, lower);
    return middle_of(decimal_of(lower, scale), decimal_of(upper, scale));
}

/* Measures one sensor over series [first, first + count). `scratch` has room for two numbers per
 * reading. */
static void measure(const struct measuring *work, size_t sensor, size_t first, size_t count,
                    int64_t *scratch, struct dk_quality *quality)
{
    const struct dk_readings *readings = work->readings;
    struct dk_limits_test test;
    *quality = (struct dk_quality){
        .minimum = DK_DECIMAL_MISSING, .median = DK_DECIMAL_MISSING, .maximum = DK_DECIMAL_MISSING};
    dk_limits_test_init(&test, &work->limits[sensor]);
    for (size_t series = first; series < first + count; series++)
        count_series(readings, sensor, series, &test, quality);
    struct extent extent = find_extent(readings, sensor, first, count);
    if (extent.values == 0)
        return;
    if (extent.magnitude > (uint64_t)(INT64_MAX / dk_powers_of_ten[extent.scale])) {
        measure_wide(readings, sensor, first, count, scratch, quality);
        return;
    }
    size_t used = 0;
    for (size_t series = first; series < first + count; series++)
        used += fill_keys(readings, sensor, series, extent.scale, scratch + used);
    measure_keys(scratch, used, extent.scale, quality);
    quality->median = find_median(scratch, used, extent.scale, scratch + used);
}

/* --- all of a table ------------------------------------------------------------------------- */

static enum dk_status worker(struct dk_team *team, unsigned index, void *context,
                             struct dk_error *err)
{
    (void)index;
    struct measuring *work = context;
    size_t series_count = work->readings->series_count;
    size_t together = work->by_series ? 1 : series_count;
    int64_t *scratch = calloc(2 * together * work->readings->rows + 1, sizeof(*scratch));
    if (!scratch)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory to measure %zu x %zu readings",
                            together, work->readings->rows);
    size_t sensor;
    while (dk_team_take(team, DK_SENSORS, &sensor)) {
        size_t places = work->by_series ? series_count : 1;
        for (size_t i = 0; i < places; i++)
            measure(work, sensor, i, together, scratch, &work->table[sensor * places + i]);
    }
    free(scratch);
    return DK_OK;
}

enum dk_status dk_quality_measure(const struct dk_readings *readings,
                                  const struct dk_limits limits[DK_SENSORS], bool by_series,
                                  unsigned threads, struct dk_quality *table, struct dk_error *err)
{
    struct measuring work = {
        .readings = readings, .limits = limits, .table = table, .by_series = by_series};
    if (threads == 0)
        threads = dk_team_threads_default();
    if (threads > DK_SENSORS)
        threads = DK_SENSORS;
    return dk_team_run(threads, worker, &work, err);
}

void dk_quality_count(const struct dk_readings *readings, size_t sensor,
                      const struct dk_limits *limits, struct dk_quality_counts *counts)
{
    struct dk_limits_test test;
    dk_limits_test_init(&test, limits);
    *counts = (struct dk_quality_counts){0};
    for (size_t series = 0; series < readings->series_count; series++) {
        const dk_decimal *column = dk_readings_column(readings, sensor, series);
        for (size_t row = 0; row < readings->rows; row++) {
            bool missing = column[row] == DK_DECIMAL_MISSING;
            counts->missing += missing;
            counts->outside += !missing && !dk_limits_inside(&test, column[row]);
        }
    }
    counts->values = (uint64_t)readings->series_count * readings->rows - counts->missing;
}

void dk_quality_sum_format(const struct dk_decimal_sum *sum, char text[DK_QUALITY_SUM_MAX])
{
    char digits[DK_QUALITY_SUM_MAX] = "";
    unsigned __int128 rest =
        sum->scaled < 0 ? -(unsigned __int128)sum->scaled : (unsigned __int128)sum->scaled;
    int scale = DK_DECIMAL_SCALE_MAX;
    size_t count = 0;
    size_t used = 0;
    for (; scale > 0 && rest % 10 == 0; scale--)
        rest /= 10;
    for (; rest > 0 || count <= (size_t)scale; rest /= 10)
        digits[count++] = (char)('0' + (int)(rest % 10));
    if (sum->scaled < 0)
        text[used++] = '-';
    while (count > 0) {
        if (scale > 0 && count == (size_t)scale)
            text[used++] = '.';
        text[used++] = digits[--count];
    }
    text[used] = '\0';
}
