/*
 * The features that a sink has computed, and the rows that they are written as. Private to
 * src/export/.
 */
#ifndef DK_EXPORT_FEATURE_VALUES_H
#define DK_EXPORT_FEATURE_VALUES_H

#include <math.h>

#include "export/feature_table.h"
#include "feature_columns.h"
#include "gather.h"

/* Readings of a tile: what is written together is close together, so that a column is read in
 * stretches and a row touches few pages. */
#define DK_FEATURE_TILE 64

/* The features of one sensor: [tile][series][features][DK_FEATURE_TILE]. */
struct dk_sensor_features {
    bool present;
    size_t samples;
    size_t features;
    size_t series;
    struct dk_gather gather;
};

/* Rows to be written: for each series of the list, its readings. */
struct dk_feature_output {
    const struct dk_feature_rows *rows;
    const struct dk_feature_columns *columns;
    struct dk_sensor_features *sensors; /* [DK_SENSORS] */
    size_t first_column;
    size_t readings; /* written, of each series */
    unsigned threads;
    atomic_size_t *touched;         /* bytes, since pages were given back */
    int32_t *blocks, *combinations; /* of each row of the profile */
};

/* The index of a reading, of the i-th that is written. */
static inline size_t dk_feature_reading(const struct dk_feature_output *output, size_t i)
{
    return output->rows->readings ? output->rows->readings[i] : i;
}

/* Where the first feature of a burst is; the next one is DK_FEATURE_TILE further. */
static inline double *dk_feature_place(const struct dk_sensor_features *sensor, size_t place,
                                       size_t reading)
{
    const size_t tile = reading / DK_FEATURE_TILE * sensor->series + place;
    return (double *)sensor->gather.memory + tile * sensor->features * DK_FEATURE_TILE +
           reading % DK_FEATURE_TILE;
}

/* A feature of a burst; NaN: it has no value, or the sensor is absent. */
static inline double dk_feature_value(const struct dk_feature_output *output,
                                      const struct dk_feature_column *column, size_t place,
                                      size_t reading)
{
    const struct dk_sensor_features *sensor = &output->sensors[column->sensor];
    return sensor->present
               ? dk_feature_place(sensor, place, reading)[column->feature * DK_FEATURE_TILE]
               : (double)NAN;
}

/* Notes that this many rows of all sensors were read. From any thread. */
void dk_feature_output_touch(const struct dk_feature_output *output, size_t rows);

/* The value of a condition or of a group, an integer, for a reading. */
int32_t dk_feature_key_value(const struct dk_feature_output *output, size_t key, size_t reading);

enum dk_status dk_feature_parquet_write(const struct dk_feature_output *output, struct dk_sink sink,
                                        struct dk_error *err) DK_CHECK;
enum dk_status dk_feature_csv_write(const struct dk_feature_output *output, struct dk_sink sink,
                                    struct dk_error *err) DK_CHECK;

#endif
