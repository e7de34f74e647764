#include "same_cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/cells.h"
#include "loaded_drop.h"

/* --- which burst is which ------------------------------------------------------------------- */

/* Which burst of a row is the series', in a drop that is read with these settings. */
static uint32_t burst_of(const struct dk_input_settings *settings, const struct dk_series *series)
{
    if (settings->columns == DK_COLUMNS_SAMPLES)
        return 0;
    int number = settings->columns == DK_COLUMNS_WELLS ? series->well.number : series->cohort;
    return number >= 1 && number <= settings->cohorts ? (uint32_t)number - 1 : 0;
}

/* --- the comparison ------------------------------------------------------------------------- */

struct checking {
    struct dk_pipeline *pipeline;
    const struct dk_intake *intake;
    bool replace;
    struct dk_loaded *loaded;    /* [series_count] */
    struct dk_cells_pair *pairs; /* [series_count]: room for those of one loaded drop */
    bool *other_cells;
};

/* "PS1.txt:3:47: 1.3, and was 1.2" */
static void difference_text(const struct dk_drop *drop,
                            const struct dk_cells_difference *difference, char *text, size_t cap)
{
    const char *name = drop->files[difference->file].name;
    if (difference->line == 0)
        snprintf(text, cap, "the file of %s is in one of them only",
                 dk_sensors[difference->file].name);
    else if (difference->column == 0)
        snprintf(text, cap, "%s:%llu: %s, and was %s", name, (unsigned long long)difference->line,
                 difference->left, difference->right);
    else
        snprintf(text, cap, "%s:%llu:%llu: '%s', and was '%s'", name,
                 (unsigned long long)difference->line, (unsigned long long)difference->column,
                 difference->left, difference->right);
}

static enum dk_status refuse_cells(const struct checking *checking,
                                   const struct dk_ledger_drop *row,
                                   const struct dk_cells_difference *difference,
                                   struct dk_error *err)
{
    const struct dk_intake *intake = checking->intake;
    const struct dk_series *series = &intake->readings.series[0];
    char text[512];
    char dates[DK_SERIES_DATES_MAX];
    difference_text(&intake->drop, difference, text, sizeof(text));
    dk_error_set(err, DK_ERR_REFUSED,
                 "'%s' has the values that run %lld loaded, but a cell differs: %s",
                 intake->drop.path, (long long)row->run_id, text);
    if (!dk_columns_are_one_cohort(intake->input.columns)) {
        dk_error_hint(err, "nothing was changed; compare the two deliveries, and read 'When a drop "
                           "contradicts what is loaded' in docs/store.md");
        return DK_ERR_REFUSED;
    }
    dk_series_dates(series, intake->readings.rows, dates);
    dk_error_hint(err,
                  "if this drop corrects cohort %d (%s), replace that cohort: --cohort %d "
                  "--replace",
                  series->cohort, dates, series->cohort);
    return DK_ERR_REFUSED;
}

/* Lists the bursts of the series that this drop loaded with equal values. */
static size_t list_pairs(struct checking *checking, const struct dk_ledger_drop *row,
                         const struct dk_input_settings *loaded)
{
    const struct dk_input_settings *input = &checking->intake->input;
    const struct dk_readings *readings = &checking->intake->readings;
    size_t count = 0;
    for (size_t i = 0; i < readings->series_count; i++)
        if (checking->loaded[i].equal && checking->loaded[i].drop_id == row->drop_id)
            checking->pairs[count++] =
                (struct dk_cells_pair){.left = burst_of(input, &readings->series[i]),
                                       .right = burst_of(loaded, &readings->series[i])};
    return count;
}

/* Compares with the files of one loaded drop, which were opened. */
static enum dk_status compare_drop(struct checking *checking, const struct dk_ledger_drop *row,
                                   const struct dk_cells_side *loaded, struct dk_error *err)
{
    const struct dk_readings *readings = &checking->intake->readings;
    const struct dk_cells_request request = {
        .left = {.drop = &checking->intake->drop, .settings = &checking->intake->input},
        .right = *loaded,
        .pairs = checking->pairs,
        .pair_count = list_pairs(checking, row, loaded->settings)};
    struct dk_cells_difference difference;
    enum dk_status status = dk_cells_compare(&request, &difference, err);
    if (status != DK_OK || !difference.found)
        return status;
    if (!checking->replace)
        return refuse_cells(checking, row, &difference, err);
    for (size_t i = 0; i < readings->series_count; i++)
        if (checking->loaded[i].drop_id == row->drop_id)
            checking->other_cells[i] = checking->loaded[i].equal;
    return DK_OK;
}

static enum dk_status check_drop(struct checking *checking, int64_t drop_id, struct dk_error *err)
{
    struct dk_ledger_drop row;
    struct dk_drop drop = {0};
    struct dk_input_settings settings;
    const struct dk_cells_side loaded = {.drop = &drop, .settings = &settings};
    bool found = false;
    dk_input_settings_init(&settings);
    enum dk_status status = dk_ledger_drop_get(checking->pipeline->store, drop_id, &row, err);
    if (status == DK_OK)
        status = dk_loaded_drop_open(checking->pipeline, &row, -1, &drop, &found, err);
    if (status == DK_OK && found)
        status = dk_input_settings_parse(row.settings, &settings, err);
    if (status == DK_OK && found)
        status = compare_drop(checking, &row, &loaded, err);
    else if (status == DK_OK)
        dk_observer_notice(checking->pipeline->observer, DK_LEVEL_NOTICE,
                           "the files that run %lld loaded can't be read any more, so only the "
                           "loaded values of '%s' are compared",
                           (long long)row.run_id, checking->intake->drop.path);
    dk_drop_reset(&drop);
    return status;
}

/* Whether an earlier series was loaded by the same drop, with equal values. */
static bool was_checked(const struct checking *checking, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (checking->loaded[i].equal &&
            checking->loaded[i].drop_id == checking->loaded[index].drop_id)
            return true;
    return false;
}

static enum dk_status check_all(struct checking *checking, struct dk_error *err)
{
    const struct dk_readings *readings = &checking->intake->readings;
    enum dk_status status =
        dk_store_loaded(checking->pipeline->store, readings, checking->loaded, err);
    for (size_t i = 0; status == DK_OK && i < readings->series_count; i++)
        if (checking->loaded[i].equal && !was_checked(checking, i))
            status = check_drop(checking, checking->loaded[i].drop_id, err);
    return status;
}

/* Whether the text of every file is that of a drop that was loaded for this rig. */
static enum dk_status has_text(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                               bool *known, struct dk_error *err)
{
    const struct dk_ledger_scope scope = dk_ledger_scope_of(&intake->readings);
    struct dk_ledger_drop drop;
    return dk_ledger_drop_find(pipeline->store, intake->drop.content_hash, &scope, &drop, known,
                               err);
}

enum dk_status dk_same_cells_check(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                   bool replace, struct dk_same_cells *same_cells,
                                   struct dk_error *err)
{
    struct checking checking = {.pipeline = pipeline, .intake = intake, .replace = replace};
    size_t count = intake->readings.series_count;
    bool known = false;
    *same_cells = (struct dk_same_cells){0};
    enum dk_status status = has_text(pipeline, intake, &known, err);
    if (status != DK_OK || known)
        return status;
    checking.loaded = calloc(count + 1, sizeof(*checking.loaded));
    checking.pairs = calloc(count + 1, sizeof(*checking.pairs));
    checking.other_cells = calloc(count + 1, sizeof(*checking.other_cells));
    if (checking.loaded && checking.pairs && checking.other_cells)
        status = check_all(&checking, err);
    else
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu series", count);
    same_cells->other_cells = checking.other_cells;
    free(checking.pairs);
    free(checking.loaded);
    return status;
}

void dk_same_cells_reset(struct dk_same_cells *same_cells)
{
    free(same_cells->other_cells);
    *same_cells = (struct dk_same_cells){0};
}
