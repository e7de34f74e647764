/*
 * The columns of a samples file: its fields, its dictionary, and the chunks that all series have in
 * common, encoded once. Read-only once they are made, for any number of threads. Private to
 * src/export/.
 */
#ifndef DK_EXPORT_SAMPLES_COLUMNS_H
#define DK_EXPORT_SAMPLES_COLUMNS_H

#include "parquet/parquet.h"
#include "rig/readings.h"

/* The columns before those of the sensors: reading, sample, date_time, the codes of the conditions,
 * condition_block. */
#define DK_SAMPLE_KEYS (3 + DK_CONDITIONS + 1)
#define DK_SAMPLE_DATE_TIME 2

struct dk_sample_chunk {
    struct dk_buffer bytes; /* owned */
    struct dk_parquet_chunk chunk;
};

struct dk_sample_group {
    struct dk_sample_chunk keys[DK_SAMPLE_KEYS]; /* except for date_time, which is a series' own */
    struct dk_sample_chunk empty;                /* of a sensor that is absent */
};

/* How many samples there are. */
struct dk_sample_shape {
    int rate_hz;
    size_t burst; /* samples */
    size_t readings;
    size_t group_readings; /* of a row group, at most */
};

struct dk_sample_columns {
    int rate_hz;
    struct dk_sample_shape shape;
    struct dk_parquet_field fields[DK_SAMPLE_KEYS + DK_SENSORS];
    size_t field_count;
    char names[DK_SENSORS][8];
    char *dictionary; /* owned; JSON */
    size_t group_count;
    struct dk_sample_group *groups; /* owned */
};

/* 0 to DK_SAMPLE_RATES - 1. */
size_t dk_sample_rate_index(int rate_hz);

/* After DK_OK the caller frees. */
enum dk_status dk_sample_columns_new(struct dk_sample_columns **out,
                                     const struct dk_sample_shape *shape,
                                     const struct dk_profile *profile,
                                     struct dk_parquet_encoder *encoder, struct dk_error *err)
    DK_CHECK;
/* NULL is legal. */
void dk_sample_columns_free(struct dk_sample_columns *columns);

/* The readings of a row group of one series. */
struct dk_sample_readings {
    const struct dk_sample_columns *columns;
    size_t group;
    const struct dk_series *series;
};

/* Appends the chunk of date_time: the time of the reading, for each of its samples. */
enum dk_status dk_sample_date_times(const struct dk_sample_readings *readings,
                                    struct dk_parquet_encoder *encoder, struct dk_buffer *bytes,
                                    struct dk_parquet_chunk *chunk, struct dk_error *err) DK_CHECK;

#endif
