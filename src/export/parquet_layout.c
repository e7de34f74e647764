/*
 * The historical columns as a Parquet file: numbers as numbers, date-times as timestamps.
 *
 * Rows are gathered as they come until a row group is full, and encoded by column. A row group
 * holds whole series where it can, so that its statistics tell rigs and cohorts apart; where it
 * ends depends on the series alone, not on how they were appended.
 */
#include <stdlib.h>
#include <string.h>

#include "export/historical.h"
#include "layout.h"
#include "parquet/group.h"

#define GROUP_ROWS DK_PARQUET_GROUP_ROWS_MAX
#define SERIES_PER_GROUP                                                                           \
    4096 /* of one reading each, there might be more: then a group is shorter */
#define MINUTE_MICROS INT64_C(60000000)

/* Columns of the file, by place. */
enum { RIG_NAME, COHORT, DATE_TIME, CUMULATIVE_MINUTES };
#define FIRST_CONDITION DK_HISTORICAL_KEYS
#define FIRST_SENSOR (DK_HISTORICAL_KEYS + 2 * DK_CONDITIONS)

/* Consecutive readings of one series, in a row group. */
struct stretch {
    struct dk_series series;
    size_t first; /* index of the first reading */
    size_t rows;
};

struct state {
    struct dk_parquet_field fields[DK_HISTORICAL_COLUMNS];
    size_t skipped; /* columns that are left out, at the beginning */
    struct dk_parquet_team team;
    struct dk_parquet_writer *writer; /* owned; NULL until the output is there */
    char *dictionary;                 /* owned; JSON */
    /* The row group that is being gathered. */
    size_t rows;
    struct stretch *stretches; /* owned; [SERIES_PER_GROUP] */
    size_t stretch_count;
    dk_decimal *values;              /* owned; [DK_SENSORS][GROUP_ROWS] */
    uint8_t (*codes)[DK_CONDITIONS]; /* owned; [GROUP_ROWS] */
    char (*rigs)[DK_RIG_NAME_MAX];   /* owned; of each stretch */
    const char **rig_names;          /* owned; the same */
};

/* --- columns ---------------------------------------------------------------------------------- */

static void fill_cohorts(const struct state *state, int32_t *out)
{
    for (size_t i = 0; i < state->stretch_count; i++)
        for (size_t row = 0; row < state->stretches[i].rows; row++)
            *out++ = state->stretches[i].series.cohort;
}

static void fill_rigs(const struct state *state, uint32_t *out)
{
    for (size_t i = 0; i < state->stretch_count; i++)
        for (size_t row = 0; row < state->stretches[i].rows; row++)
            *out++ = (uint32_t)i;
}

static void fill_date_times(const struct state *state, int64_t *out)
{
    for (size_t i = 0; i < state->stretch_count; i++) {
        const struct stretch *stretch = &state->stretches[i];
        for (size_t row = stretch->first; row < stretch->first + stretch->rows; row++)
            *out++ =
                (stretch->series.start_minute + (int64_t)row * stretch->series.interval_minutes) *
                MINUTE_MICROS;
    }
}

static void fill_minutes(const struct state *state, int32_t *out)
{
    for (size_t i = 0; i < state->stretch_count; i++) {
        const struct stretch *stretch = &state->stretches[i];
        for (size_t row = stretch->first; row < stretch->first + stretch->rows; row++)
            *out++ = (int32_t)((int64_t)row * stretch->series.interval_minutes);
    }
}

static void fill_fractions(const struct state *state, size_t condition, dk_decimal *out)
{
    dk_decimal fractions[DK_CONDITION_CODES_MAX] = {0};
    const struct dk_condition *row = &dk_conditions[condition];
    for (size_t i = 0; i < row->code_count; i++)
        if (dk_decimal_parse(row->codes[i].fraction, strlen(row->codes[i].fraction),
                             &fractions[i]) != DK_DECIMAL_GOOD)
            fractions[i] = DK_DECIMAL_MISSING;
    for (size_t i = 0; i < state->rows; i++)
        out[i] = fractions[state->codes[i][condition]];
}

static void fill_codes(const struct state *state, size_t condition, int32_t *out)
{
    for (size_t i = 0; i < state->rows; i++)
        out[i] = dk_conditions[condition].codes[state->codes[i][condition]].code;
}

static void condition_values(const struct state *state, size_t condition, void *scratch,
                             struct dk_parquet_values *values)
{
    if (dk_conditions[condition].fraction_column) {
        values->source = DK_PARQUET_FROM_DECIMALS;
        fill_fractions(state, condition, scratch);
        return;
    }
    values->source = DK_PARQUET_FROM_INT32;
    fill_codes(state, condition, scratch);
}

static const char *const *descriptions_of(size_t condition, const char **texts)
{
    for (size_t i = 0; i < dk_conditions[condition].code_count; i++)
        texts[i] = dk_conditions[condition].codes[i].description;
    return texts;
}

/* The texts of a condition go behind the places, in the scratch memory. */
static void description_values(const struct state *state, size_t condition, void *scratch,
                               struct dk_parquet_values *values)
{
    const char **texts = scratch;
    uint32_t *places = (uint32_t *)(texts + DK_CONDITION_CODES_MAX);
    values->source = DK_PARQUET_FROM_TEXTS;
    values->texts = descriptions_of(condition, texts);
    values->text_count = dk_conditions[condition].code_count;
    for (size_t i = 0; i < state->rows; i++)
        places[i] = state->codes[i][condition];
    values->values = places;
}

static void column_values(const void *context, size_t column, void *scratch,
                          struct dk_parquet_values *values)
{
    const struct state *state = context;
    column += state->skipped;
    values->values = scratch;
    if (column >= FIRST_SENSOR) {
        values->source = DK_PARQUET_FROM_DECIMALS;
        values->values = state->values + (column - FIRST_SENSOR) * GROUP_ROWS;
    } else if (column >= FIRST_CONDITION) {
        size_t condition = (column - FIRST_CONDITION) / 2;
        if ((column - FIRST_CONDITION) % 2 == 0)
            condition_values(state, condition, scratch, values);
        else
            description_values(state, condition, scratch, values);
    } else if (column == RIG_NAME) {
        values->source = DK_PARQUET_FROM_TEXTS;
        values->texts = state->rig_names;
        values->text_count = state->stretch_count;
        fill_rigs(state, scratch);
    } else if (column == DATE_TIME) {
        values->source = DK_PARQUET_FROM_INT64;
        fill_date_times(state, scratch);
    } else {
        values->source = DK_PARQUET_FROM_INT32;
        if (column == COHORT)
            fill_cohorts(state, scratch);
        else
            fill_minutes(state, scratch);
    }
}

static enum dk_status flush(struct state *state, struct dk_error *err)
{
    if (state->rows == 0)
        return DK_OK;
    const struct dk_parquet_group group = {.fields = state->fields + state->skipped,
                                           .rows = state->rows,
                                           .values = column_values,
                                           .context = state};
    DK_RETURN_IF_ERROR(dk_parquet_group_append(&state->team, state->writer, &group, err));
    state->rows = 0;
    state->stretch_count = 0;
    return DK_OK;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void take(struct state *state, const struct dk_readings *readings, size_t series,
                 size_t first, size_t rows)
{
    const size_t place = state->stretch_count++;
    state->stretches[place] = (struct stretch){readings->series[series], first, rows};
    dk_well_rig_name(&readings->series[series].well, state->rigs[place]);
    for (size_t i = 0; i < DK_SENSORS; i++)
        memcpy(state->values + i * GROUP_ROWS + state->rows,
               dk_readings_column(readings, i, series) + first, rows * sizeof(dk_decimal));
    memcpy(state->codes + state->rows, readings->profile.codes + first,
           rows * sizeof(*state->codes));
    state->rows += rows;
}

/* Consecutive readings; they begin a row group if they do not fit the one that is being
 * gathered. */
static enum dk_status append_stretch(struct state *state, const struct dk_readings *readings,
                                     size_t series, size_t first, size_t count,
                                     struct dk_error *err)
{
    for (size_t done = 0; done < count; done += GROUP_ROWS) {
        const size_t left = count - done;
        const size_t rows = left < GROUP_ROWS ? left : GROUP_ROWS;
        if (state->stretch_count == SERIES_PER_GROUP || rows > GROUP_ROWS - state->rows)
            DK_RETURN_IF_ERROR(flush(state, err));
        take(state, readings, series, first + done, rows);
    }
    return DK_OK;
}

static enum dk_status append_series(struct dk_plan *plan, const struct dk_readings *readings,
                                    size_t series, struct dk_error *err)
{
    struct state *state = plan->state;
    const size_t rows = dk_plan_rows(plan, readings);
    if (rows > GROUP_ROWS - state->rows)
        DK_RETURN_IF_ERROR(flush(state, err));
    size_t count = 0;
    for (size_t i = 0; i < rows; i += count) {
        const size_t first = dk_plan_stretch(plan, i, rows, &count);
        DK_RETURN_IF_ERROR(append_stretch(state, readings, series, first, count, err));
    }
    return DK_OK;
}

static enum dk_status parquet_append(struct dk_plan *plan, const struct dk_readings *readings,
                                     size_t first, size_t count, struct dk_error *err)
{
    for (size_t i = first; i < first + count; i++)
        DK_RETURN_IF_ERROR(append_series(plan, readings, i, err));
    return DK_OK;
}

/* --- begin and end ---------------------------------------------------------------------------- */

static void set_fields(struct state *state)
{
    const char *columns[DK_HISTORICAL_COLUMNS];
    dk_historical_columns(columns);
    for (size_t i = 0; i < DK_HISTORICAL_COLUMNS; i++) {
        struct dk_parquet_field *field = &state->fields[i];
        *field = (struct dk_parquet_field){.name = columns[i], .type = DK_PARQUET_INT32};
        if (i >= FIRST_SENSOR)
            *field = (struct dk_parquet_field){columns[i], DK_PARQUET_DOUBLE, true};
        else if (i >= FIRST_CONDITION && (i - FIRST_CONDITION) % 2 == 1)
            field->type = DK_PARQUET_STRING;
        else if (i >= FIRST_CONDITION && dk_conditions[(i - FIRST_CONDITION) / 2].fraction_column)
            field->type = DK_PARQUET_DOUBLE;
    }
    state->fields[RIG_NAME].type = DK_PARQUET_STRING;
    state->fields[DATE_TIME].type = DK_PARQUET_TIMESTAMP;
}

static void parquet_close(struct dk_plan *plan)
{
    struct state *state = plan->state;
    dk_parquet_team_reset(&state->team);
    dk_parquet_close(state->writer);
    free(state->dictionary);
    free(state->stretches);
    free(state->values);
    free(state->codes);
    free(state->rigs);
    free(state->rig_names);
    free(state);
}

static enum dk_status state_init(struct state *state, const struct dk_export_settings *settings,
                                 struct dk_error *err)
{
    set_fields(state);
    state->skipped = settings->no_keys ? DATE_TIME : 0;
    state->stretches = malloc(SERIES_PER_GROUP * sizeof(*state->stretches));
    state->rigs = malloc(SERIES_PER_GROUP * sizeof(*state->rigs));
    state->rig_names = malloc(SERIES_PER_GROUP * sizeof(*state->rig_names));
    state->codes = malloc(GROUP_ROWS * sizeof(*state->codes));
    state->values = malloc((size_t)DK_SENSORS * GROUP_ROWS * sizeof(*state->values));
    if (!state->stretches || !state->rigs || !state->rig_names || !state->codes || !state->values)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
    for (size_t i = 0; i < SERIES_PER_GROUP; i++)
        state->rig_names[i] = state->rigs[i];
    DK_RETURN_IF_ERROR(
        dk_dictionary_json(settings->sample ? settings->sample : "", &state->dictionary, err));
    return dk_parquet_team_init(&state->team, settings->threads,
                                DK_HISTORICAL_COLUMNS - state->skipped, err);
}

static enum dk_status parquet_open(struct dk_plan *plan, struct dk_error *err)
{
    struct state *state = calloc(1, sizeof(*state));
    if (!state)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
    plan->state = state;
    plan->reads_profile = true;
    enum dk_status status = state_init(state, &plan->settings, err);
    if (status != DK_OK)
        parquet_close(plan);
    return status;
}

static enum dk_status parquet_begin(struct dk_plan *plan, struct dk_sink sink, struct dk_error *err)
{
    struct state *state = plan->state;
    return dk_parquet_open(&state->writer, state->fields + state->skipped,
                           DK_HISTORICAL_COLUMNS - state->skipped, sink, err);
}

static enum dk_status parquet_finish(struct dk_plan *plan, struct dk_error *err)
{
    struct state *state = plan->state;
    const char *sample = plan->settings.sample ? plan->settings.sample : "";
    const struct dk_parquet_pair pairs[] = {{"derrick.dictionary", state->dictionary},
                                            {"derrick.sample_rule", sample}};
    DK_RETURN_IF_ERROR(flush(state, err));
    return dk_parquet_finish(state->writer, pairs, DK_COUNT_OF(pairs), err);
}

const struct dk_layout dk_layout_parquet = {
    .word = "parquet",
    .file_name = DK_HISTORICAL_PARQUET_FILE,
    .bodies = 1,
    .outputs = 1,
    .open = parquet_open,
    .close = parquet_close,
    .begin = parquet_begin,
    .append = parquet_append,
    .finish = parquet_finish,
};
