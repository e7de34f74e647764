/* The scientists' example: their header to the letter, then the merged profile unless it is left
 * out. */
#include <stdlib.h>

#include "clock.h"
#include "condition_text.h"
#include "csv.h"
#include "layout.h"

#define TEMPLATE_COLUMNS_MAX (3 + DK_SENSORS + 2 * DK_CONDITIONS)

struct template_state {
    size_t order[DK_SENSORS]; /* the sensor at each position */
    struct dk_condition_text texts;
};

static enum dk_status template_header(const struct dk_plan *plan, size_t output,
                                      struct dk_buffer *text, struct dk_error *err)
{
    (void)output;
    const struct template_state *state = plan->state;
    const char *columns[TEMPLATE_COLUMNS_MAX];
    size_t count = 0;
    columns[count++] = ""; /* the index of a data frame has no name */
    columns[count++] = "Time";
    for (size_t i = 0; i < DK_SENSORS; i++)
        columns[count++] = dk_sensors[state->order[i]].title;
    columns[count++] = "Date";
    for (size_t i = 0; i < DK_CONDITIONS && !plan->settings.no_profile; i++) {
        columns[count++] = dk_conditions[i].title;
        columns[count++] = dk_conditions[i].description_title;
    }
    return dk_csv_line(text, columns, count, err);
}

static enum dk_status template_open(struct dk_plan *plan, struct dk_error *err)
{
    struct template_state *state = calloc(1, sizeof(*state));
    if (!state)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
    enum dk_status status =
        dk_condition_text_init(&state->texts, DK_CONDITION_CODE, ",", "\n", err);
    if (status != DK_OK) {
        free(state);
        return status;
    }
    for (size_t i = 0; i < DK_SENSORS; i++)
        state->order[dk_sensors[i].template_position] = i;
    plan->state = state;
    plan->reads_profile = !plan->settings.no_profile;
    plan->row_bytes_max = 2 * (DK_LAYOUT_COUNT_MAX + 1) + DK_LAYOUT_VALUES_MAX + DK_DATE_TIME_SIZE +
                          state->texts.size_max;
    return DK_OK;
}

static void template_close(struct dk_plan *plan)
{
    struct template_state *state = plan->state;
    dk_condition_text_reset(&state->texts);
    free(state);
}

static char *template_rows(const struct dk_plan *plan, const struct dk_piece *piece, char *at)
{
    const struct template_state *state = plan->state;
    const dk_decimal *columns[DK_SENSORS];
    dk_layout_columns(piece, state->order, columns);
    struct dk_clock clock = dk_clock_at(&piece->readings->series[piece->series], piece->first);

    for (size_t row = piece->first; row < piece->first + piece->count; row++) {
        at = dk_put_count(at, (uint64_t)clock.cumulative);
        *at++ = ',';
        at = dk_put_count(at, (uint64_t)clock.cumulative);
        *at++ = ',';
        at = dk_layout_values(columns, row, at);
        at = dk_clock_put(&clock, at);
        if (plan->settings.no_profile)
            *at++ = '\n';
        else
            at = dk_condition_text_put(&state->texts, piece->readings->profile.codes[row], at);
        dk_clock_advance(&clock);
    }
    return at;
}

const struct dk_layout dk_layout_template = {
    .word = "template",
    .file_name = "oil-well-data-template.csv",
    .bodies = 1,
    .outputs = 1,
    .open = template_open,
    .close = template_close,
    .header = template_header,
    .rows = template_rows,
};
