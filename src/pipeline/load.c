/* load: readings into the database, and what the ledger knows of the drop. */
#include <unistd.h>

#include "base/monotonic.h"
#include "input/bad_cells.h"
#include "pipeline/pipeline.h"
#include "run_notes.h"
#include "same_cells.h"
#include "store/quarantine.h"

/* The list of a drop that was surely not loaded: its cells are in no quarantine. */
static void drop_quarantine(struct dk_intake *intake)
{
    if (intake->quarantine[0])
        (void)unlink(intake->quarantine);
    intake->quarantine[0] = '\0';
}

/* Which cohort a drop of one cohort replaces is for the user to name, never for us to work out.
 * Without a number, --replace may do no more than find the drop loaded already. */
static bool names_no_cohort(const struct dk_pipeline *pipeline, const struct dk_intake *intake)
{
    return dk_columns_are_one_cohort(intake->input.columns) && !pipeline->settings->cohort_given;
}

static enum dk_status check_replace(const struct dk_pipeline *pipeline,
                                    const struct dk_intake *intake, struct dk_error *err)
{
    if (!pipeline->settings->replace || !names_no_cohort(pipeline, intake) ||
        intake->match.kind == DK_MATCH_SAME)
        return DK_OK;
    dk_error_set(err, DK_ERR_USAGE, "--replace needs --cohort: '%s' is one cohort",
                 intake->drop.path);
    dk_error_hint(err, "without --replace, derrick recognises a cohort that is loaded");
    return DK_ERR_USAGE;
}

/* --- cells in quarantine -------------------------------------------------------------------- */

struct bad_cells {
    const struct dk_intake *intake;
    struct dk_bad_cells cells;
    char reason[DK_PROBLEM_REASON_MAX];
};

static void rewind_cells(void *context)
{
    struct bad_cells *bad = context;
    dk_bad_cells_begin(&bad->cells, &bad->intake->report, &bad->intake->drop, &bad->intake->input);
}

/* Which burst of a row the first series of the readings is: the user may have chosen cohorts. */
static size_t first_burst(const struct dk_intake *intake)
{
    const struct dk_series *first = &intake->readings.series[0];
    if (intake->input.columns == DK_COLUMNS_SAMPLES)
        return 0;
    return (size_t)(intake->input.columns == DK_COLUMNS_WELLS ? first->well.number
                                                              : first->cohort) -
           1;
}

static bool next_cell(void *context, struct dk_quarantine_cell *out)
{
    struct bad_cells *bad = context;
    const struct dk_readings *readings = &bad->intake->readings;
    size_t first = first_burst(bad->intake);
    struct dk_bad_cell cell;
    while (dk_bad_cells_next(&bad->cells, &cell)) {
        if (cell.series < first || cell.series - first >= readings->series_count ||
            cell.line > readings->rows)
            continue;
        dk_problem_reason(cell.problem, &bad->intake->drop, bad->reason);
        *out = (struct dk_quarantine_cell){.series = cell.series - first,
                                           .file = cell.file,
                                           .line = cell.line,
                                           .column = cell.column,
                                           .sample = cell.sample,
                                           .samples = cell.samples,
                                           .reading = (size_t)cell.line - 1,
                                           .text = cell.problem->text,
                                           .reason = bad->reason};
        return true;
    }
    return false;
}

/* --- the load ------------------------------------------------------------------------------- */

/* All that the store needs to know of a drop that was read. */
static struct dk_load describe(const struct dk_pipeline *pipeline, const struct dk_intake *intake,
                               const struct dk_same_cells *same_cells,
                               const struct dk_quarantine_source *quarantine)
{
    int file = 0;
    bool replace = pipeline->settings->replace && !names_no_cohort(pipeline, intake);
    return (struct dk_load){
        .run_id = pipeline->run_id,
        .drop = &intake->drop,
        .readings = &intake->readings,
        .settings = intake->settings,
        .burst_seconds = dk_drop_burst_seconds(&intake->drop, &intake->input, &file),
        .replace = replace,
        .quarantined = intake->report.problems_total,
        .quarantine = intake->report.problems_total > 0 ? quarantine : NULL,
        .match = dk_columns_are_one_cohort(intake->input.columns) ? &intake->match : NULL,
        .limits = pipeline->settings->limits,
        .other_cells = same_cells->other_cells,
    };
}

/* What is compared before the store decides. */
static enum dk_status compare(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                              struct dk_same_cells *same_cells, struct dk_error *err)
{
    bool replace = pipeline->settings->replace && !names_no_cohort(pipeline, intake);
    DK_RETURN_IF_ERROR(check_replace(pipeline, intake, err));
    return dk_same_cells_check(pipeline, intake, replace, same_cells, err);
}

enum dk_status dk_pipeline_load_preview(struct dk_pipeline *pipeline,
                                        const struct dk_intake *intake,
                                        struct dk_load_preview *preview, struct dk_error *err)
{
    struct dk_same_cells same_cells = {0};
    enum dk_status status = compare(pipeline, intake, &same_cells, err);
    const struct dk_load load = describe(pipeline, intake, &same_cells, NULL);
    if (status == DK_OK)
        status = dk_store_load_preview(pipeline->store, &load, preview, err);
    dk_same_cells_reset(&same_cells);
    return status;
}

static enum dk_status load_drop(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                struct dk_load_result *result, struct dk_error *err)
{
    struct dk_same_cells same_cells = {0};
    *result = (struct dk_load_result){0};
    enum dk_status status = compare(pipeline, intake, &same_cells, err);
    struct bad_cells bad = {.intake = intake};
    const struct dk_quarantine_source quarantine = {
        .context = &bad, .rewind = rewind_cells, .next = next_cell};
    const struct dk_load load = describe(pipeline, intake, &same_cells, &quarantine);
    bool refused = status == DK_ERR_REFUSED || status == DK_ERR_USAGE;
    if (status == DK_OK) {
        status = dk_store_load(pipeline->store, &load, result, err);
        refused = status == DK_ERR_REFUSED;
    }
    dk_same_cells_reset(&same_cells);
    /* After another failure it is not sure: the answer to a commit may have been lost. */
    if (refused || (status == DK_OK && result->outcome == DK_LOAD_ALREADY))
        drop_quarantine(intake);
    return status;
}

enum dk_status dk_pipeline_load(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                struct dk_load_result *result, struct dk_error *err)
{
    int64_t started_ms = dk_monotonic_ms();
    enum dk_status status = load_drop(pipeline, intake, result, err);
    dk_notes_step(pipeline, DK_STEP_LOAD, started_ms);
    pipeline->notes.readings = (int64_t)result->rows;
    return status;
}
