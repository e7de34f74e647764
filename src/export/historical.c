/* The layout that the data scientists work with: one row per reading, conditions in words. */
#include "export/historical.h"

#include <stdlib.h>

#include "clock.h"
#include "condition_text.h"
#include "csv.h"
#include "layout.h"
#include "series_text.h"

void dk_historical_columns(const char *columns[DK_HISTORICAL_COLUMNS])
{
    static const char *const keys[DK_HISTORICAL_KEYS] = {"rig_name", "cohort", "date_time",
                                                         "cumulative_minutes"};
    size_t count = 0;
    for (size_t i = 0; i < DK_HISTORICAL_KEYS; i++)
        columns[count++] = keys[i];
    for (size_t i = 0; i < DK_CONDITIONS; i++) {
        columns[count++] = dk_conditions[i].export_column;
        columns[count++] = dk_conditions[i].description_column;
    }
    for (size_t i = 0; i < DK_SENSORS; i++)
        columns[count++] = dk_sensors[i].column;
}

static enum dk_status historical_header(const struct dk_plan *plan, size_t output,
                                        struct dk_buffer *text, struct dk_error *err)
{
    (void)plan;
    (void)output;
    const char *columns[DK_HISTORICAL_COLUMNS];
    dk_historical_columns(columns);
    return dk_csv_line(text, columns, DK_HISTORICAL_COLUMNS, err);
}

static enum dk_status historical_open(struct dk_plan *plan, struct dk_error *err)
{
    struct dk_condition_text *texts = malloc(sizeof(*texts));
    if (!texts)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
    enum dk_status status = dk_condition_text_init(texts, DK_CONDITION_FRACTION, ",", ",", err);
    if (status != DK_OK) {
        free(texts);
        return status;
    }
    plan->state = texts;
    plan->reads_profile = true;
    plan->row_bytes_max = DK_SERIES_TEXT_MAX + DK_DATE_TIME_SIZE + 1 + DK_LAYOUT_COUNT_MAX +
                          texts->size_max + DK_LAYOUT_VALUES_MAX;
    return DK_OK;
}

static void historical_close(struct dk_plan *plan)
{
    struct dk_condition_text *texts = plan->state;
    dk_condition_text_reset(texts);
    free(texts);
}

static char *historical_rows(const struct dk_plan *plan, const struct dk_piece *piece, char *at)
{
    const struct dk_condition_text *texts = plan->state;
    const struct dk_series *series = &piece->readings->series[piece->series];
    const dk_decimal *columns[DK_SENSORS];
    dk_layout_columns(piece, NULL, columns);
    struct dk_series_text key = dk_series_text_rig(series);
    struct dk_clock clock = dk_clock_at(series, piece->first);

    for (size_t row = piece->first; row < piece->first + piece->count; row++) {
        at = dk_put_text(at, key.text, key.size);
        at = dk_clock_put(&clock, at);
        *at++ = ',';
        at = dk_put_count(at, (uint64_t)clock.cumulative);
        at = dk_condition_text_put(texts, piece->readings->profile.codes[row], at);
        at = dk_layout_values(columns, row, at);
        at[-1] = '\n';
        dk_clock_advance(&clock);
    }
    return at;
}

const struct dk_layout dk_layout_historical = {
    .word = "historical",
    .file_name = DK_HISTORICAL_FILE,
    .bodies = 1,
    .outputs = 1,
    .open = historical_open,
    .close = historical_close,
    .header = historical_header,
    .rows = historical_rows,
};
