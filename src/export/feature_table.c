#include "export/feature_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/team.h"
#include "feature_values.h"
#include "rig/condition_block.h"

/* What a sensor's features may take in memory; more is in a file. */
#define PLAIN_BYTES_MAX ((size_t)4 << 20)
#define DICTIONARY_BYTES_MAX ((size_t)16 << 20)

struct dk_feature_table {
    char *folder; /* owned */
    struct dk_burst_range wanted;
    unsigned threads;
    size_t readings; /* of each sensor, once they are complete */
    struct dk_sensor_features sensors[DK_SENSORS];
};

static enum dk_status no_memory(struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_NOMEM, "out of memory for features");
}

enum dk_status dk_feature_table_open(struct dk_feature_table **out, const char *folder,
                                     const struct dk_burst_range *wanted, unsigned threads,
                                     struct dk_error *err)
{
    struct dk_feature_table *table = calloc(1, sizeof(*table));
    if (!table)
        return no_memory(err);
    table->wanted = *wanted;
    table->threads = threads ? threads : dk_team_threads_default();
    table->folder = strdup(folder);
    if (table->folder) {
        *out = table;
        return DK_OK;
    }
    dk_feature_table_close(table);
    return no_memory(err);
}

void dk_feature_table_close(struct dk_feature_table *table)
{
    if (!table)
        return;
    for (int i = 0; i < DK_SENSORS; i++)
        dk_gather_reset(&table->sensors[i].gather);
    free(table->folder);
    free(table);
}

/* --- the sink --------------------------------------------------------------------------------- */

enum dk_status dk_feature_table_begin(void *context, int sensor, size_t series, size_t samples,
                                      size_t readings_max, struct dk_error *err)
{
    struct dk_feature_table *table = context;
    struct dk_sensor_features *kept = &table->sensors[sensor];
    kept->samples = samples;
    kept->features = dk_features_count(samples);
    kept->series = dk_burst_range_count(&table->wanted, series);
    kept->present = true;
    const size_t tiles = (readings_max + DK_FEATURE_TILE - 1) / DK_FEATURE_TILE;
    return dk_gather_init(&kept->gather,
                          tiles * DK_FEATURE_TILE * kept->series * kept->features * sizeof(double),
                          PLAIN_BYTES_MAX, table->folder, err);
}

void dk_feature_table_burst(void *context, int sensor, size_t series, size_t reading,
                            const dk_decimal *values, size_t count)
{
    struct dk_feature_table *table = context;
    struct dk_sensor_features *kept = &table->sensors[sensor];
    double features[DK_FEATURES_MAX];
    const size_t place = series - table->wanted.first;
    if (series < table->wanted.first || place >= table->wanted.count)
        return;
    dk_features_compute(values, count, dk_sensors[sensor].rate_hz, features);
    double *out = dk_feature_place(kept, place, reading);
    if (!dk_gather_reserve(&kept->gather, out,
                           ((kept->features - 1) * DK_FEATURE_TILE + 1) * sizeof(*out)))
        return; /* dk_feature_table_end reports it */
    for (size_t i = 0; i < kept->features; i++)
        out[i * DK_FEATURE_TILE] = features[i];
    dk_gather_touch(&kept->gather, kept->features * sizeof(double));
}

enum dk_status dk_feature_table_end(void *context, int sensor, size_t readings,
                                    struct dk_error *err)
{
    struct dk_feature_table *table = context;
    dk_gather_give_back(&table->sensors[sensor].gather);
    DK_RETURN_IF_ERROR(dk_gather_check(&table->sensors[sensor].gather, table->folder, err));
    /* Where sensors differ, dk_drop_read finds an error at the end. */
    table->readings = readings;
    return DK_OK;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Bursts of absent sensors would last as many seconds as those that are there. */
static enum dk_status make_columns(const struct dk_feature_table *table,
                                   struct dk_feature_columns *columns, struct dk_error *err)
{
    size_t samples[DK_SENSORS];
    size_t seconds = 1;
    for (int i = 0; i < DK_SENSORS; i++)
        if (table->sensors[i].present)
            seconds = table->sensors[i].samples / (size_t)dk_sensors[i].rate_hz;
    for (int i = 0; i < DK_SENSORS; i++)
        samples[i] = table->sensors[i].present ? table->sensors[i].samples
                                               : seconds * (size_t)dk_sensors[i].rate_hz;
    return dk_feature_columns_init(columns, samples, err);
}

enum dk_status dk_feature_table_write(struct dk_feature_table *table,
                                      const struct dk_feature_rows *rows, struct dk_sink sink,
                                      uint64_t *count, struct dk_error *err)
{
    const size_t profile_rows = rows->profile->rows;
    struct dk_feature_columns columns = {0};
    atomic_size_t touched = 0;
    struct dk_feature_output output = {
        .rows = rows,
        .columns = &columns,
        .sensors = table->sensors,
        .first_column = rows->no_keys ? DK_FEATURE_KEY_READING : 0,
        .readings = rows->readings ? rows->reading_count : profile_rows,
        .threads = table->threads,
        .touched = &touched,
        .blocks = malloc((profile_rows + 1) * sizeof(int32_t)),
        .combinations = malloc((profile_rows + 1) * sizeof(int32_t)),
    };
    enum dk_status status =
        output.blocks && output.combinations ? make_columns(table, &columns, err) : no_memory(err);
    if (status == DK_OK) {
        dk_condition_blocks(rows->profile, output.blocks, output.combinations);
        status = rows->csv ? dk_feature_csv_write(&output, sink, err)
                           : dk_feature_parquet_write(&output, sink, err);
    }
    for (int i = 0; i < DK_SENSORS; i++) /* the table may be written again, bit by bit */
        dk_gather_give_back(&table->sensors[i].gather);
    *count = (uint64_t)rows->count * output.readings;
    dk_feature_columns_reset(&columns);
    free(output.blocks);
    free(output.combinations);
    return status;
}

enum dk_status dk_feature_table_dictionary(const struct dk_feature_table *table, bool no_keys,
                                           struct dk_sink sink, struct dk_error *err)
{
    struct dk_feature_columns columns = {0};
    struct dk_buffer text;
    dk_buffer_init(&text, DICTIONARY_BYTES_MAX);
    enum dk_status status = make_columns(table, &columns, err);
    if (status == DK_OK)
        status = dk_feature_columns_csv(&columns, no_keys ? DK_FEATURE_KEY_READING : 0, &text, err);
    if (status == DK_OK)
        status = sink.write(&sink, text.data, text.size, err);
    dk_feature_columns_reset(&columns);
    dk_buffer_reset(&text);
    return status;
}
