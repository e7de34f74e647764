/*
 * Features as Parquet. A row group holds whole series where it can, so that its statistics tell
 * them apart, and few enough rows that its columns fit into memory.
 */
#include <stdlib.h>
#include <string.h>

#include "feature_values.h"
#include "parquet/group.h"

#define CELLS_PER_GROUP ((size_t)1 << 22) /* 32 MB */
#define MINUTE_MICROS INT64_C(60000000)

/* A row group: the written readings [first, first + count) of each of the series [from, to). */
struct group {
    const struct dk_feature_output *output;
    size_t from, to;
    size_t first, count;
    char (*rigs)[DK_RIG_NAME_MAX]; /* owned; of each series of the list */
    const char **rig_names;        /* owned; the same */
};

static void fill_key(const struct group *group, size_t key, void *scratch,
                     struct dk_parquet_values *values)
{
    const struct dk_feature_output *output = group->output;
    int32_t *numbers = scratch;
    int64_t *times = scratch;
    size_t row = 0;
    values->source = key == DK_FEATURE_KEY_DATE_TIME ? DK_PARQUET_FROM_INT64
                     : key == DK_FEATURE_KEY_RIG     ? DK_PARQUET_FROM_TEXTS
                                                     : DK_PARQUET_FROM_INT32;
    values->texts = group->rig_names + group->from;
    values->text_count = group->to - group->from;
    for (size_t i = group->from; i < group->to; i++) {
        const struct dk_series *series = &output->rows->list[i].series;
        for (size_t at = group->first; at < group->first + group->count; at++, row++) {
            const size_t reading = dk_feature_reading(output, at);
            if (key == DK_FEATURE_KEY_DATE_TIME)
                times[row] = (series->start_minute + (int64_t)reading * series->interval_minutes) *
                             MINUTE_MICROS;
            else if (key == DK_FEATURE_KEY_RIG)
                numbers[row] = (int32_t)(i - group->from);
            else if (key == DK_FEATURE_KEY_COHORT)
                numbers[row] = series->cohort;
            else
                numbers[row] = dk_feature_key_value(output, key, reading);
        }
    }
}

static void fill_feature(const struct group *group, const struct dk_feature_column *column,
                         double *out)
{
    const struct dk_feature_output *output = group->output;
    for (size_t i = group->from; i < group->to; i++)
        for (size_t at = group->first; at < group->first + group->count; at++)
            *out++ = dk_feature_value(output, column, output->rows->list[i].place,
                                      dk_feature_reading(output, at));
}

static void column_values(const void *context, size_t index, void *scratch,
                          struct dk_parquet_values *values)
{
    const struct group *group = context;
    const struct dk_feature_column *column =
        &group->output->columns->columns[index + group->output->first_column];
    values->values = scratch;
    if (column->sensor < 0) {
        fill_key(group, column->feature, scratch, values);
        return;
    }
    values->source = DK_PARQUET_FROM_DOUBLES;
    fill_feature(group, column, scratch);
}

static enum dk_status write_group(struct group *group, struct dk_parquet_team *team,
                                  struct dk_parquet_writer *writer, struct dk_error *err)
{
    const struct dk_feature_output *output = group->output;
    const size_t rows = (group->to - group->from) * group->count;
    if (rows == 0)
        return DK_OK;
    const struct dk_parquet_group made = {.fields = output->columns->fields + output->first_column,
                                          .rows = rows,
                                          .values = column_values,
                                          .context = group};
    DK_RETURN_IF_ERROR(dk_parquet_group_append(team, writer, &made, err));
    dk_feature_output_touch(output, rows);
    return DK_OK;
}

static enum dk_status write_groups(struct group *group, struct dk_parquet_team *team,
                                   struct dk_parquet_writer *writer, struct dk_error *err)
{
    const struct dk_feature_output *output = group->output;
    const size_t each = output->readings;
    size_t rows_max = CELLS_PER_GROUP / output->columns->count;
    if (rows_max > DK_PARQUET_GROUP_ROWS_MAX)
        rows_max = DK_PARQUET_GROUP_ROWS_MAX;
    const size_t series_max = each > 0 && rows_max > each ? rows_max / each : 1;
    for (size_t from = 0; from < output->rows->count; from += series_max) {
        const size_t left = output->rows->count - from;
        group->from = from;
        group->to = from + (left < series_max ? left : series_max);
        for (size_t first = 0; first < each; first += rows_max) {
            group->first = first;
            group->count = each - first < rows_max ? each - first : rows_max;
            DK_RETURN_IF_ERROR(write_group(group, team, writer, err));
        }
    }
    return DK_OK;
}

static enum dk_status write_file(struct group *group, struct dk_parquet_team *team,
                                 struct dk_parquet_writer *writer, struct dk_error *err)
{
    const struct dk_feature_output *output = group->output;
    char *dictionary = NULL;
    DK_RETURN_IF_ERROR(write_groups(group, team, writer, err));
    DK_RETURN_IF_ERROR(
        dk_feature_columns_json(output->columns, output->first_column, &dictionary, err));
    const struct dk_parquet_pair pairs[] = {{"derrick.dictionary", dictionary}};
    enum dk_status status = dk_parquet_finish(writer, pairs, DK_COUNT_OF(pairs), err);
    free(dictionary);
    return status;
}

static enum dk_status name_rigs(struct group *group, struct dk_error *err)
{
    const struct dk_feature_rows *rows = group->output->rows;
    group->rigs = calloc(rows->count + 1, sizeof(*group->rigs));
    group->rig_names = calloc(rows->count + 1, sizeof(*group->rig_names));
    if (!group->rigs || !group->rig_names)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for features");
    for (size_t i = 0; i < rows->count; i++) {
        dk_well_rig_name(&rows->list[i].series.well, group->rigs[i]);
        group->rig_names[i] = group->rigs[i];
    }
    return DK_OK;
}

enum dk_status dk_feature_parquet_write(const struct dk_feature_output *output, struct dk_sink sink,
                                        struct dk_error *err)
{
    const size_t count = output->columns->count - output->first_column;
    struct group group = {.output = output};
    struct dk_parquet_team team = {0};
    struct dk_parquet_writer *writer = NULL;
    enum dk_status status = name_rigs(&group, err);
    if (status == DK_OK)
        status = dk_parquet_team_init(&team, output->threads, count, err);
    if (status == DK_OK)
        status = dk_parquet_open(&writer, output->columns->fields + output->first_column, count,
                                 sink, err);
    if (status == DK_OK)
        status = write_file(&group, &team, writer, err);
    dk_parquet_close(writer);
    dk_parquet_team_reset(&team);
    free(group.rigs);
    free(group.rig_names);
    return status;
}
