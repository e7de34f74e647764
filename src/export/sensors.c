/*
 * A folder of long files: <NAME>.csv for each sensor, one row per value, and profile.csv.
 *
 * `target_condition` is the row (1-based) of profile.csv that belongs to the reading. Usually all
 * cohorts share one profile, and it is the number of the reading; where an export holds cohorts
 * with different profiles, the later ones follow the first in profile.csv and their rows count on,
 * as in the database.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "csv.h"
#include "layout.h"
#include "series_text.h"

#define PROFILES_MAX 9999 /* a profile a cohort */
#define PROFILE_OUTPUT DK_SENSORS

struct known_profile {
    char hash[DK_HASH_HEX_MAX];
    uint64_t rows_before; /* rows of profile.csv above its first */
};

struct sensors_state {
    struct known_profile *profiles; /* owned; in the order in which they came */
    size_t profile_count;
    size_t profile_room;
    uint64_t profile_rows;
    uint64_t rows_before; /* of the profile of the table that is being written */
};

static enum dk_status sensors_open(struct dk_plan *plan, struct dk_error *err)
{
    plan->state = calloc(1, sizeof(struct sensors_state));
    if (!plan->state)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
    plan->reads_profile = true;
    plan->row_bytes_max = DK_DECIMAL_TEXT_MAX + DK_SERIES_TEXT_MAX + DK_DATE_TIME_SIZE +
                          2 * (DK_LAYOUT_COUNT_MAX + 1) + 1;
    return DK_OK;
}

static void sensors_close(struct dk_plan *plan)
{
    struct sensors_state *state = plan->state;
    free(state->profiles);
    free(state);
}

static enum dk_status sensors_name(size_t output, struct dk_buffer *text, struct dk_error *err)
{
    return dk_buffer_printf(text, err, "%s.csv",
                            output == PROFILE_OUTPUT ? "profile" : dk_sensors[output].name);
}

static enum dk_status sensors_header(const struct dk_plan *plan, size_t output,
                                     struct dk_buffer *text, struct dk_error *err)
{
    (void)plan;
    static const char *const columns[] = {"sensor_value", "sensor_name",        "cohort",
                                          "date_time",    "cumulative_minutes", "target_condition"};
    if (output != PROFILE_OUTPUT)
        return dk_csv_line(text, columns, DK_COUNT_OF(columns), err);
    const char *conditions[DK_CONDITIONS];
    for (size_t i = 0; i < DK_CONDITIONS; i++)
        conditions[i] = dk_conditions[i].name;
    return dk_csv_line(text, conditions, DK_CONDITIONS, err);
}

static enum dk_status append_profile(const struct dk_profile *profile, struct dk_buffer *text,
                                     struct dk_error *err)
{
    for (size_t row = 0; row < profile->rows; row++) {
        for (size_t i = 0; i < DK_CONDITIONS; i++) {
            DK_RETURN_IF_ERROR(dk_buffer_printf(text, err, "%d%c",
                                                dk_conditions[i].codes[profile->codes[row][i]].code,
                                                i + 1 < DK_CONDITIONS ? ',' : '\n'));
        }
    }
    return DK_OK;
}

static enum dk_status remember_profile(struct sensors_state *state,
                                       const struct dk_profile *profile, struct dk_error *err)
{
    if (state->profile_count == PROFILES_MAX)
        return dk_error_set(err, DK_ERR_FAILED, "an export can't hold more than %d profiles",
                            PROFILES_MAX);
    if (state->profile_count == state->profile_room) {
        size_t room = state->profile_room ? 2 * state->profile_room : 4;
        struct known_profile *profiles = realloc(state->profiles, room * sizeof(*profiles));
        if (!profiles)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
        state->profiles = profiles;
        state->profile_room = room;
    }
    struct known_profile *known = &state->profiles[state->profile_count++];
    memcpy(known->hash, profile->hash, sizeof(known->hash));
    known->rows_before = state->profile_rows;
    state->profile_rows += profile->rows;
    return DK_OK;
}

/* Finds the table's profile among those written, or adds it to profile.csv. */
static enum dk_status sensors_table(struct dk_plan *plan, const struct dk_readings *readings,
                                    struct dk_buffer *side, struct dk_error *err)
{
    struct sensors_state *state = plan->state;
    const struct dk_profile *profile = &readings->profile;
    for (size_t i = 0; i < state->profile_count; i++) {
        if (strcmp(state->profiles[i].hash, profile->hash) == 0) {
            state->rows_before = state->profiles[i].rows_before;
            return DK_OK;
        }
    }
    enum dk_status status = append_profile(profile, side, err);
    state->rows_before = state->profile_rows;
    return status == DK_OK ? remember_profile(state, profile, err) : status;
}

static char *sensors_rows(const struct dk_plan *plan, const struct dk_piece *piece, char *at)
{
    const struct sensors_state *state = plan->state;
    const struct dk_series *series = &piece->readings->series[piece->series];
    const size_t sensor = piece->output;
    const dk_decimal *column = dk_readings_column(piece->readings, sensor, piece->series);
    struct dk_series_text key = dk_series_text_sensor(series, sensor);
    struct dk_clock clock = dk_clock_at(series, piece->first);

    for (size_t row = piece->first; row < piece->first + piece->count; row++) {
        at = dk_put_decimal(at, column[row]);
        at = dk_put_text(at, key.text, key.size);
        at = dk_clock_put(&clock, at);
        *at++ = ',';
        at = dk_put_count(at, (uint64_t)clock.cumulative);
        *at++ = ',';
        at = dk_put_count(at, state->rows_before + row + 1);
        *at++ = '\n';
        dk_clock_advance(&clock);
    }
    return at;
}

const struct dk_layout dk_layout_sensors = {
    .word = "sensors",
    .file_name = NULL,
    .bodies = DK_SENSORS,
    .outputs = DK_SENSORS + 1,
    .open = sensors_open,
    .close = sensors_close,
    .name = sensors_name,
    .header = sensors_header,
    .table = sensors_table,
    .rows = sensors_rows,
};
