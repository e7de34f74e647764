#include "rig/readings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A table without room is one byte large, so that its columns have an address. */
static bool values_bytes(size_t series_count, size_t rows_max, size_t *bytes)
{
    bool fits = !__builtin_mul_overflow(series_count, DK_SENSORS * sizeof(dk_decimal), bytes) &&
                !__builtin_mul_overflow(*bytes, rows_max, bytes);
    if (*bytes == 0)
        *bytes = 1;
    return fits;
}

enum dk_status dk_readings_init(struct dk_readings *readings, size_t series_count, size_t rows_max,
                                struct dk_error *err)
{
    *readings = (struct dk_readings){0};
    size_t bytes = 0;
    if (!values_bytes(series_count, rows_max, &bytes))
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu x %zu readings", series_count,
                            rows_max);
    readings->series = calloc(series_count ? series_count : 1, sizeof(*readings->series));
    if (!readings->series)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu series", series_count);
    /* Mapped, not allocated: pages that stay untouched take no memory, and all go at once. */
    void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED) {
        dk_readings_reset(readings);
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu x %zu readings", series_count,
                            rows_max);
    }
    readings->values = map;
    readings->series_count = series_count;
    readings->rows_max = rows_max;
    return DK_OK;
}

void dk_readings_reset(struct dk_readings *readings)
{
    size_t bytes = 0;
    if (readings->values && values_bytes(readings->series_count, readings->rows_max, &bytes))
        munmap(readings->values, bytes);
    free(readings->series);
    dk_profile_reset(&readings->profile);
    *readings = (struct dk_readings){0};
}

void dk_series_dates(const struct dk_series *series, size_t rows, char text[DK_SERIES_DATES_MAX])
{
    char from[DK_DATE_TIME_SIZE];
    char to[DK_DATE_TIME_SIZE];
    int64_t last = rows > 0 ? (int64_t)(rows - 1) * series->interval_minutes : 0;
    dk_date_time_format(series->start_minute, from);
    dk_date_time_format(series->start_minute + last, to);
    if (memcmp(from, to, 10) == 0)
        snprintf(text, DK_SERIES_DATES_MAX, "%.10s", from);
    else
        snprintf(text, DK_SERIES_DATES_MAX, "%.10s to %.10s", from, to);
}

/* The series are fewer now. */
static void shrink(struct dk_readings *readings, size_t count)
{
    size_t before = 0;
    size_t after = 0;
    /* The map was made of the first of these sizes, and is unmapped by the second. */
    if (values_bytes(readings->series_count, readings->rows_max, &before) &&
        values_bytes(count, readings->rows_max, &after) && after < before)
        (void)mremap(readings->values, before, after, 0);
    readings->series_count = count;
}

void dk_readings_select(struct dk_readings *readings, size_t first, size_t count)
{
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
        memmove(readings->values + sensor * count * readings->rows_max,
                dk_readings_column(readings, sensor, first),
                count * readings->rows_max * sizeof(dk_decimal));
    memmove(readings->series, readings->series + first, count * sizeof(*readings->series));
    shrink(readings, count);
}

void dk_readings_keep(struct dk_readings *readings, const bool *keep)
{
    size_t columns = 0;
    size_t count = 0;
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
        for (size_t series = 0; series < readings->series_count; series++)
            if (keep[series])
                memmove(readings->values + columns++ * readings->rows_max,
                        dk_readings_column(readings, sensor, series),
                        readings->rows_max * sizeof(dk_decimal));
    for (size_t series = 0; series < readings->series_count; series++)
        if (keep[series])
            readings->series[count++] = readings->series[series];
    shrink(readings, count);
}

struct dk_decimal_sum dk_readings_sum(const struct dk_readings *readings, size_t sensor,
                                      size_t first, size_t count)
{
    struct dk_decimal_sum sum = {0};
    for (size_t series = first; series < first + count; series++) {
        const dk_decimal *column = dk_readings_column(readings, sensor, series);
        for (size_t row = 0; row < readings->rows; row++)
            if (column[row] != DK_DECIMAL_MISSING)
                dk_decimal_sum_add(&sum, column[row]);
    }
    return sum;
}

/* The part of a series' hash that is not values. */
static enum dk_status hash_head(struct dk_hash *hash, const struct dk_readings *readings,
                                const struct dk_series *series, struct dk_error *err)
{
    int64_t head[] = {series->start_minute, series->interval_minutes, (int64_t)readings->rows};
    DK_RETURN_IF_ERROR(dk_hash_update(hash, head, sizeof(head), err));
    return dk_hash_update(hash, readings->profile.hash, DK_HASH_HEX_MAX - 1, err);
}

enum dk_status dk_readings_series_hash(const struct dk_readings *readings, size_t series,
                                       char hex[DK_HASH_HEX_MAX], struct dk_error *err)
{
    struct dk_hash hash;
    DK_RETURN_IF_ERROR(dk_hash_init(&hash, err));
    enum dk_status status = hash_head(&hash, readings, &readings->series[series], err);
    for (size_t sensor = 0; status == DK_OK && sensor < DK_SENSORS; sensor++)
        status = dk_hash_update(&hash, dk_readings_column(readings, sensor, series),
                                readings->rows * sizeof(dk_decimal), err);
    if (status == DK_OK)
        status = dk_hash_finish(&hash, hex, err);
    dk_hash_reset(&hash);
    return status;
}
