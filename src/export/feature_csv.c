/* Features as CSV: numbers in the shortest text that reads back as the same number. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/put.h"
#include "clock.h"
#include "double_text.h"
#include "feature_values.h"
#include "ordered.h"

#define BLOCK_BYTES ((size_t)512 * 1024)
#define THREADS_MAX 16
#define KEY_BYTES_MAX (DK_RIG_NAME_MAX + 12 * DK_FEATURE_KEYS + DK_DATE_TIME_SIZE)
#define HEADER_BYTES_MAX ((size_t)1 << 20)

struct slot {
    char *data; /* owned */
    size_t size;
};

struct csv {
    const struct dk_feature_output *output;
    struct dk_sink sink;
    size_t row_bytes_max;
    size_t block_rows;
    size_t blocks_per_series;
    struct slot *slots; /* owned */
    size_t slot_count;
};

static char *put_number(char *at, int64_t value)
{
    if (value < 0)
        *at++ = '-';
    return dk_put_count(at, (uint64_t)(value < 0 ? -value : value));
}

static char *put_row(const struct csv *csv, const struct dk_burst_series *series, size_t reading,
                     char *at)
{
    const struct dk_feature_output *output = csv->output;
    const struct dk_feature_columns *columns = output->columns;
    if (output->first_column == 0) {
        char rig[DK_RIG_NAME_MAX];
        dk_well_rig_name(&series->series.well, rig);
        const size_t size = strlen(rig);
        memcpy(at, rig, size);
        at += size;
        *at++ = ',';
        at = put_number(at, series->series.cohort);
        *at++ = ',';
    }
    at = put_number(at, (int64_t)reading + 1);
    *at++ = ',';
    const struct dk_clock clock = dk_clock_at(&series->series, reading);
    at = dk_clock_put(&clock, at);
    for (size_t key = DK_FEATURE_KEY_FIRST_CODE; key < DK_FEATURE_KEYS; key++) {
        *at++ = ',';
        at = put_number(at, dk_feature_key_value(output, key, reading));
    }
    for (size_t i = DK_FEATURE_KEYS; i < columns->count; i++) {
        const double value = dk_feature_value(output, &columns->columns[i], series->place, reading);
        *at++ = ',';
        if (!isnan(value))
            at = dk_double_put(at, value);
    }
    *at++ = '\n';
    return at;
}

static enum dk_status make_block(void *context, size_t block, size_t slot, struct dk_error *err)
{
    const struct csv *csv = context;
    const struct dk_feature_output *output = csv->output;
    const struct dk_burst_series *series = &output->rows->list[block / csv->blocks_per_series];
    const size_t first = block % csv->blocks_per_series * csv->block_rows;
    const size_t left = output->readings - first;
    const size_t rows = left < csv->block_rows ? left : csv->block_rows;
    char *at = csv->slots[slot].data;
    (void)err;
    for (size_t i = first; i < first + rows; i++)
        at = put_row(csv, series, dk_feature_reading(output, i), at);
    csv->slots[slot].size = (size_t)(at - csv->slots[slot].data);
    dk_feature_output_touch(output, rows);
    return DK_OK;
}

static enum dk_status write_block(void *context, size_t block, size_t slot, struct dk_error *err)
{
    struct csv *csv = context;
    (void)block;
    return csv->sink.write(&csv->sink, csv->slots[slot].data, csv->slots[slot].size, err);
}

static enum dk_status write_header(struct csv *csv, struct dk_error *err)
{
    const struct dk_feature_columns *columns = csv->output->columns;
    struct dk_buffer text;
    dk_buffer_init(&text, HEADER_BYTES_MAX);
    for (size_t i = csv->output->first_column; i < columns->count; i++)
        dk_buffer_putf(&text, "%s%s", i > csv->output->first_column ? "," : "",
                       columns->columns[i].name);
    dk_buffer_put(&text, "\n");
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = csv->sink.write(&csv->sink, text.data, text.size, err);
    dk_buffer_reset(&text);
    return status;
}

static enum dk_status make_slots(struct csv *csv, unsigned threads, struct dk_error *err)
{
    csv->slot_count = threads + 2;
    csv->slots = calloc(csv->slot_count, sizeof(*csv->slots));
    for (size_t i = 0; csv->slots && i < csv->slot_count; i++)
        csv->slots[i].data = malloc(csv->block_rows * csv->row_bytes_max + DK_PUT_SLACK);
    for (size_t i = 0; csv->slots && i < csv->slot_count; i++)
        if (!csv->slots[i].data)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for features");
    return csv->slots ? DK_OK : dk_error_set(err, DK_ERR_NOMEM, "out of memory for features");
}

enum dk_status dk_feature_csv_write(const struct dk_feature_output *output, struct dk_sink sink,
                                    struct dk_error *err)
{
    const unsigned threads = output->threads > THREADS_MAX ? THREADS_MAX : output->threads;
    struct csv csv = {.output = output, .sink = sink};
    csv.row_bytes_max = KEY_BYTES_MAX + output->columns->count * (DK_DOUBLE_TEXT_MAX + 1);
    csv.block_rows = BLOCK_BYTES / csv.row_bytes_max + 1;
    csv.blocks_per_series = (output->readings + csv.block_rows - 1) / csv.block_rows;
    enum dk_status status = make_slots(&csv, threads, err);
    if (status == DK_OK)
        status = write_header(&csv, err);
    const struct dk_ordered ordered = {.blocks = output->rows->count * csv.blocks_per_series,
                                       .slots = csv.slot_count,
                                       .make = make_block,
                                       .stage_count = 1,
                                       .stages = {write_block},
                                       .context = &csv};
    if (status == DK_OK)
        status = dk_ordered_run(&ordered, threads, err);
    for (size_t i = 0; csv.slots && i < csv.slot_count; i++)
        free(csv.slots[i].data);
    free(csv.slots);
    return status;
}
