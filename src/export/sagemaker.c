/*
 * What SageMaker's built-in algorithms take: no header, the label first, numbers only. The codes of
 * the label's condition, ascending, become the classes 0..k-1; the other conditions stay out,
 * because they would leak the answer. (Amazon SageMaker developer guide, "Common data formats for
 * training".)
 */
#include "layout.h"

static enum dk_status sagemaker_open(struct dk_plan *plan, struct dk_error *err)
{
    if (plan->settings.label < 0 || plan->settings.label >= DK_CONDITIONS) {
        dk_error_set(err, DK_ERR_USAGE, "no condition has the index %d", plan->settings.label);
        dk_error_hint(err, "choose the label: cooler, valve, pump, accumulator or stable");
        return DK_ERR_USAGE;
    }
    plan->reads_profile = true;
    plan->row_bytes_max = DK_LAYOUT_COUNT_MAX + 1 + DK_LAYOUT_VALUES_MAX;
    return DK_OK;
}

static void sagemaker_close(struct dk_plan *plan)
{
    (void)plan;
}

static char *sagemaker_rows(const struct dk_plan *plan, const struct dk_piece *piece, char *at)
{
    const dk_decimal *columns[DK_SENSORS];
    dk_layout_columns(piece, NULL, columns);
    const size_t label = (size_t)plan->settings.label;

    for (size_t row = piece->first; row < piece->first + piece->count; row++) {
        /* The catalogue's codes ascend, so a code's index is its class. */
        at = dk_put_count(at, piece->readings->profile.codes[row][label]);
        *at++ = ',';
        at = dk_layout_values(columns, row, at);
        at[-1] = '\n';
    }
    return at;
}

const struct dk_layout dk_layout_sagemaker = {
    .word = "sagemaker",
    .file_name = "oil-well-data-sagemaker.csv",
    .bodies = 1,
    .outputs = 1,
    .open = sagemaker_open,
    .close = sagemaker_close,
    .rows = sagemaker_rows,
};

#define DICTIONARY_BYTES_MAX ((size_t)64 << 10)

enum dk_status dk_sagemaker_dictionary_write(int label, struct dk_sink *sink, struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, DICTIONARY_BYTES_MAX);
    dk_buffer_put(&text, "position,column,sensor,unit,meaning\n0,label,,,");
    dk_buffer_putf(&text, "%s as a class:", dk_conditions[label].name);
    for (size_t i = 0; i < dk_conditions[label].code_count; i++)
        dk_buffer_putf(&text, " %zu is %d;", i, dk_conditions[label].codes[i].code);
    text.size -= !text.failed; /* the last semicolon */
    for (size_t i = 0; i < DK_SENSORS; i++)
        dk_buffer_putf(&text, "\n%zu,%s,%s,%s,%s", i + 1, dk_sensors[i].column, dk_sensors[i].name,
                       dk_sensors[i].unit, dk_sensors[i].quantity);
    dk_buffer_put(&text, "\n");
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = sink->write(sink, text.data, text.size, err);
    dk_buffer_reset(&text);
    return status;
}
