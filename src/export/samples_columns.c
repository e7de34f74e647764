#include "samples_columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "rig/condition_block.h"

#define CHUNK_BYTES_MAX ((size_t)64 << 20)
#define MINUTE_MICROS INT64_C(60000000)

enum { READING = 0, SAMPLE = 1, FIRST_CODE = 3, BLOCK = 3 + DK_CONDITIONS };

size_t dk_sample_rate_index(int rate_hz)
{
    return rate_hz == 100 ? 0 : rate_hz == 10 ? 1 : 2;
}

static enum dk_status no_memory(struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
}

/* --- fields and dictionary -------------------------------------------------------------------- */

static void set_fields(struct dk_sample_columns *columns)
{
    size_t count = 0;
    columns->fields[count++] = (struct dk_parquet_field){"reading", DK_PARQUET_INT32, false};
    columns->fields[count++] = (struct dk_parquet_field){"sample", DK_PARQUET_INT32, false};
    columns->fields[count++] = (struct dk_parquet_field){"date_time", DK_PARQUET_TIMESTAMP, false};
    for (size_t i = 0; i < DK_CONDITIONS; i++)
        columns->fields[count++] =
            (struct dk_parquet_field){dk_conditions[i].name, DK_PARQUET_INT32, false};
    columns->fields[count++] =
        (struct dk_parquet_field){"condition_block", DK_PARQUET_INT32, false};
    for (size_t i = 0; i < DK_SENSORS; i++) {
        char *name = columns->names[i];
        if (dk_sensors[i].rate_hz != columns->rate_hz)
            continue;
        for (size_t at = 0; dk_sensors[i].name[at]; at++)
            name[at] = (char)tolower((unsigned char)dk_sensors[i].name[at]);
        columns->fields[count++] = (struct dk_parquet_field){name, DK_PARQUET_DOUBLE, true};
    }
    columns->field_count = count;
}

static json_t *entry(const char *column, const char *type, const char *unit, const char *meaning,
                     const char *sensor)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s}", "column", column, "type", type, "unit", unit,
                     "meaning", meaning, "sensor", sensor);
}

static const char *condition_meaning(size_t condition)
{
    return condition + 1 == DK_CONDITIONS ? "whether conditions were stable, a code"
                                          : "a condition of the reading, a code of the profile";
}

static enum dk_status make_dictionary(struct dk_sample_columns *columns, struct dk_error *err)
{
    json_t *list = json_array();
    int failed = 0;
    failed |= json_array_append_new(
        list, entry("reading", "integer", "", "number of the reading in its cohort, from 1", ""));
    failed |= json_array_append_new(
        list, entry("sample", "integer", "", "index of the sample in its burst, from 0", ""));
    failed |= json_array_append_new(
        list,
        entry("date_time", "datetime", "",
              "when the reading began, local time of the rig without a time zone; a sample was "
              "taken sample / rate seconds later",
              ""));
    for (size_t i = 0; i < DK_CONDITIONS; i++)
        failed |= json_array_append_new(
            list, entry(dk_conditions[i].name, "integer", "", condition_meaning(i), ""));
    failed |= json_array_append_new(
        list, entry("condition_block", "integer", "",
                    "number of the stretch of readings with equal conditions; it determines the "
                    "labels, so it is for grouping and never a feature",
                    ""));
    for (size_t i = 0; i < DK_SENSORS; i++)
        if (dk_sensors[i].rate_hz == columns->rate_hz)
            failed |=
                json_array_append_new(list, entry(columns->names[i], "number", dk_sensors[i].unit,
                                                  dk_sensors[i].quantity, dk_sensors[i].name));
    columns->dictionary = failed ? NULL : json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return columns->dictionary ? DK_OK : no_memory(err);
}

/* --- chunks ----------------------------------------------------------------------------------- */

/* The readings of a row group. */
struct stretch {
    size_t first, count;
};

static struct stretch stretch_of(const struct dk_sample_shape *shape, size_t group)
{
    size_t first = group * shape->group_readings;
    size_t left = shape->readings - first;
    return (struct stretch){first, left < shape->group_readings ? left : shape->group_readings};
}

static void fill_samples(int32_t *out, size_t readings, size_t burst)
{
    for (size_t i = 0; i < readings; i++)
        for (size_t sample = 0; sample < burst; sample++)
            *out++ = (int32_t)sample;
}

/* One value per reading, repeated for each of its samples. */
static void repeat(int32_t *out, const int32_t *values, size_t readings, size_t burst)
{
    for (size_t i = 0; i < readings; i++)
        for (size_t sample = 0; sample < burst; sample++)
            *out++ = values[i];
}

/* The values of key `column` for the readings of a stretch, one each. */
static void read_key(int32_t *values, size_t column, struct stretch stretch,
                     const struct dk_profile *profile, const int32_t *blocks)
{
    for (size_t i = 0; i < stretch.count; i++) {
        size_t reading = stretch.first + i;
        if (column == READING)
            values[i] = (int32_t)reading + 1;
        else if (column == BLOCK)
            values[i] = blocks[reading];
        else
            values[i] = dk_conditions[column - FIRST_CODE]
                            .codes[profile->codes[reading][column - FIRST_CODE]]
                            .code;
    }
}

/* What the chunks are made from, and memory for it. */
struct making {
    const struct dk_profile *profile;
    struct dk_parquet_encoder *encoder;
    int32_t *by_reading, *blocks, *rows;
    dk_decimal *missing;
};

static enum dk_status encode(const struct making *making, const struct dk_parquet_field *field,
                             const struct dk_parquet_values *values, struct dk_sample_chunk *out,
                             struct dk_error *err)
{
    dk_buffer_init(&out->bytes, CHUNK_BYTES_MAX);
    return dk_parquet_encode(making->encoder, field, values, &out->bytes, &out->chunk, err);
}

static enum dk_status make_group(struct dk_sample_columns *columns, size_t group,
                                 const struct making *making, struct dk_error *err)
{
    static const struct dk_parquet_field sensor = {"sensor", DK_PARQUET_DOUBLE, true};
    const size_t burst = columns->shape.burst;
    struct stretch stretch = stretch_of(&columns->shape, group);
    struct dk_sample_group *made = &columns->groups[group];
    const struct dk_parquet_values key = {
        .source = DK_PARQUET_FROM_INT32, .values = making->rows, .rows = stretch.count * burst};
    const struct dk_parquet_values missing = {
        .source = DK_PARQUET_FROM_DECIMALS, .values = making->missing, .rows = key.rows};
    for (size_t i = 0; i < DK_SAMPLE_KEYS; i++) {
        if (i == DK_SAMPLE_DATE_TIME)
            continue;
        if (i == SAMPLE) {
            fill_samples(making->rows, stretch.count, burst);
        } else {
            read_key(making->by_reading, i, stretch, making->profile, making->blocks);
            repeat(making->rows, making->by_reading, stretch.count, burst);
        }
        DK_RETURN_IF_ERROR(encode(making, &columns->fields[i], &key, &made->keys[i], err));
    }
    return encode(making, &sensor, &missing, &made->empty, err);
}

static enum dk_status make_groups(struct dk_sample_columns *columns,
                                  const struct dk_profile *profile,
                                  struct dk_parquet_encoder *encoder, struct dk_error *err)
{
    const size_t rows_max = DK_PARQUET_GROUP_ROWS_MAX;
    struct making making = {.profile = profile,
                            .encoder = encoder,
                            .by_reading = malloc(rows_max * sizeof(int32_t)),
                            .blocks = malloc((profile->rows + 1) * sizeof(int32_t)),
                            .rows = malloc(rows_max * sizeof(int32_t)),
                            .missing = malloc(rows_max * sizeof(dk_decimal))};
    enum dk_status status = DK_OK;
    if (!making.by_reading || !making.blocks || !making.rows || !making.missing) {
        status = no_memory(err);
    } else {
        dk_condition_blocks(profile, making.blocks, NULL);
        for (size_t i = 0; i < rows_max; i++)
            making.missing[i] = DK_DECIMAL_MISSING;
    }
    for (size_t i = 0; status == DK_OK && i < columns->group_count; i++)
        status = make_group(columns, i, &making, err);
    free(making.by_reading);
    free(making.blocks);
    free(making.rows);
    free(making.missing);
    return status;
}

enum dk_status dk_sample_columns_new(struct dk_sample_columns **out,
                                     const struct dk_sample_shape *shape,
                                     const struct dk_profile *profile,
                                     struct dk_parquet_encoder *encoder, struct dk_error *err)
{
    struct dk_sample_columns *columns = calloc(1, sizeof(*columns));
    if (!columns)
        return no_memory(err);
    columns->rate_hz = shape->rate_hz;
    columns->shape = *shape;
    set_fields(columns);
    columns->group_count = (shape->readings + shape->group_readings - 1) / shape->group_readings;
    columns->groups = calloc(columns->group_count + 1, sizeof(*columns->groups));
    enum dk_status status = columns->groups ? make_dictionary(columns, err) : no_memory(err);
    if (status == DK_OK)
        status = make_groups(columns, profile, encoder, err);
    if (status == DK_OK)
        *out = columns;
    else
        dk_sample_columns_free(columns);
    return status;
}

void dk_sample_columns_free(struct dk_sample_columns *columns)
{
    if (!columns)
        return;
    for (size_t i = 0; columns->groups && i < columns->group_count; i++) {
        for (size_t key = 0; key < DK_SAMPLE_KEYS; key++)
            dk_buffer_reset(&columns->groups[i].keys[key].bytes);
        dk_buffer_reset(&columns->groups[i].empty.bytes);
    }
    free(columns->groups);
    free(columns->dictionary);
    free(columns);
}

enum dk_status dk_sample_date_times(const struct dk_sample_readings *readings,
                                    struct dk_parquet_encoder *encoder, struct dk_buffer *bytes,
                                    struct dk_parquet_chunk *chunk, struct dk_error *err)
{
    const struct dk_sample_columns *columns = readings->columns;
    const struct dk_series *series = readings->series;
    struct stretch stretch = stretch_of(&columns->shape, readings->group);
    const size_t rows = stretch.count * columns->shape.burst;
    int64_t *values = malloc(rows * sizeof(*values) + 1);
    if (!values)
        return no_memory(err);
    int64_t *at = values;
    for (size_t i = 0; i < stretch.count; i++) {
        int64_t minute =
            series->start_minute + (int64_t)(stretch.first + i) * series->interval_minutes;
        for (size_t sample = 0; sample < columns->shape.burst; sample++)
            *at++ = minute * MINUTE_MICROS;
    }
    const struct dk_parquet_values column = {
        .source = DK_PARQUET_FROM_INT64, .values = values, .rows = rows};
    enum dk_status status = dk_parquet_encode(encoder, &columns->fields[DK_SAMPLE_DATE_TIME],
                                              &column, bytes, chunk, err);
    free(values);
    return status;
}
