/*
 * Whole row groups, their columns encoded by several threads at a time and written in order. The
 * bytes are the same for any number of threads.
 */
#ifndef DK_PARQUET_GROUP_H
#define DK_PARQUET_GROUP_H

#include "parquet/parquet.h"

/* More find nothing to do, and each holds about 15 MB. */
#define DK_PARQUET_THREADS_MAX 4

/* Encoders for the threads, and the chunks that they make. The same team is used for many row
 * groups, and belongs to one thread at a time. */
struct dk_parquet_team {
    unsigned threads;
    struct dk_parquet_worker *workers; /* owned; [threads] */
    struct dk_parquet_slot *slots;     /* owned; [column_count] */
    size_t column_count;
};

/* A team for row groups of this many columns; `threads` 0: one per processor. After DK_OK the
 * caller resets. */
enum dk_status dk_parquet_team_init(struct dk_parquet_team *team, unsigned threads,
                                    size_t column_count, struct dk_error *err) DK_CHECK;
/* Legal on a zeroed team. */
void dk_parquet_team_reset(struct dk_parquet_team *team);

/* Names or makes the values of a column; `scratch` has room for 8 bytes a row. Called from several
 * threads. */
typedef void (*dk_parquet_values_fn)(const void *context, size_t column, void *scratch,
                                     struct dk_parquet_values *values);

/* A row group. */
struct dk_parquet_group {
    const struct dk_parquet_field *fields; /* one a column of the team */
    size_t rows;
    dk_parquet_values_fn values;
    const void *context; /* of `values` */
};

/* Encodes a row group, and appends it to the writer's file. */
enum dk_status dk_parquet_group_append(struct dk_parquet_team *team,
                                       struct dk_parquet_writer *writer,
                                       const struct dk_parquet_group *group, struct dk_error *err)
    DK_CHECK;

#endif
