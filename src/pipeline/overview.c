#include "pipeline/overview.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lock.h"
#include "pipeline/deliveries.h"
#include "upload.h"

/* --- what is loaded, and what is next --------------------------------------------------------- */

static void list_rigs(struct dk_overview *overview, size_t series_count)
{
    struct dk_rig_overview *rig = NULL;
    for (size_t i = 0; i < series_count; i++) {
        const struct dk_store_series *series = &overview->series[i];
        if (!rig || dk_well_compare(&series->series.well, &rig->series->series.well) != 0) {
            rig = &overview->rigs[overview->rig_count++];
            *rig = (struct dk_rig_overview){.series = series};
            dk_well_rig_name(&series->series.well, rig->name);
        }
        rig->newest_cohort = series->series.cohort;
        rig->count++;
        rig->readings += series->rows;
    }
}

static bool are_neighbours(const struct dk_rig_overview *left, const struct dk_rig_overview *right)
{
    const struct dk_well *wells[2] = {&left->series->series.well, &right->series->series.well};
    return strcmp(wells[0]->site, wells[1]->site) == 0 && wells[1]->number == wells[0]->number + 1;
}

/* How many rigs from `first` on are neighbours at one site with the same newest cohort. */
static size_t count_even(const struct dk_overview *overview, size_t first)
{
    const struct dk_rig_overview *rigs = overview->rigs;
    size_t count = 1;
    while (first + count < overview->rig_count &&
           are_neighbours(&rigs[first + count - 1], &rigs[first + count]) &&
           rigs[first + count].newest_cohort == rigs[first].newest_cohort)
        count++;
    return count;
}

static bool are_alike(const struct dk_rig_overview *left, const struct dk_rig_overview *right)
{
    if (!are_neighbours(left, right) || left->count != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++)
        if (left->series[i].series.cohort != right->series[i].series.cohort ||
            left->series[i].rows != right->series[i].rows)
            return false;
    return true;
}

size_t dk_overview_alike(const struct dk_overview *overview, size_t first)
{
    size_t count = 1;
    while (first + count < overview->rig_count &&
           are_alike(&overview->rigs[first + count - 1], &overview->rigs[first + count]))
        count++;
    return count;
}

void dk_overview_name(const struct dk_overview *overview, size_t first, size_t count, char *text,
                      size_t size)
{
    if (count == 1)
        dk_text_format(text, size, "%s", overview->rigs[first].name);
    else
        dk_text_format(text, size, "%s to %s", overview->rigs[first].name,
                       overview->rigs[first + count - 1].name);
}

/* Of `count` rigs from `first` on; 0: of all. */
static void expect(struct dk_overview *overview, const struct dk_settings *settings, size_t first,
                   size_t count, int cohort)
{
    const struct dk_calendar *calendar = &settings->input.calendar;
    struct dk_expected *next = &overview->expected[overview->expected_count];
    *next = (struct dk_expected){
        .cohort = cohort, .first = first, .rig_count = count > 0 ? count : overview->rig_count};
    if (count > 0) {
        dk_overview_name(overview, first, count, next->name, sizeof(next->name));
        next->rig = next->name;
    }
    if (dk_calendar_cohort_start(calendar, cohort, &next->start_minute, NULL) != DK_OK)
        return;
    next->end_minute = next->start_minute + calendar->cohort_days * DK_DAY_MINUTES;
    next->days_left = (next->end_minute - settings->now_minute) / DK_DAY_MINUTES;
    next->is_over = next->end_minute <= settings->now_minute;
    overview->expected_count++;
}

/* One for all rigs that have got as far, else one for each site or rig. */
static void expect_all(struct dk_overview *overview, const struct dk_settings *settings)
{
    int newest = overview->rig_count > 0 ? overview->rigs[0].newest_cohort : 0;
    bool even = true;
    for (size_t i = 0; i < overview->rig_count; i++)
        even = even && overview->rigs[i].newest_cohort == newest;
    if (even)
        expect(overview, settings, 0, 0, newest + 1);
    for (size_t i = 0, count = 0; !even && i < overview->rig_count; i += count) {
        count = count_even(overview, i);
        expect(overview, settings, i, count, overview->rigs[i].newest_cohort + 1);
    }
}

enum dk_status dk_pipeline_overview(struct dk_pipeline *pipeline, struct dk_overview *overview,
                                    struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    size_t count = 0;
    *overview = (struct dk_overview){0};
    DK_RETURN_IF_ERROR(dk_store_list(pipeline->store, &all, &overview->series, &count, err));
    overview->rigs = calloc(count + 1, sizeof(*overview->rigs));
    overview->expected = calloc(count + 1, sizeof(*overview->expected));
    if (!overview->rigs || !overview->expected) {
        dk_overview_reset(overview);
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu cohorts", count);
    }
    list_rigs(overview, count);
    expect_all(overview, pipeline->settings);
    return DK_OK;
}

void dk_overview_reset(struct dk_overview *overview)
{
    free(overview->series);
    free(overview->rigs);
    free(overview->expected);
    *overview = (struct dk_overview){0};
}

/* --- runs ------------------------------------------------------------------------------------- */

enum dk_status dk_pipeline_runs(struct dk_pipeline *pipeline, size_t limit,
                                struct dk_ledger_run **list, size_t *count, struct dk_error *err)
{
    const struct dk_workspace *workspace = &pipeline->workspace;
    /* The lock before the ledger: a run that ends in between is recorded as ended. */
    bool is_running = workspace->lock_fd >= 0 || dk_lock_is_held(DK_WORKSPACE_LOCK);
    DK_RETURN_IF_ERROR(dk_ledger_runs(pipeline->store, limit, list, count, err));
    for (size_t i = 0; !is_running && i < *count; i++) {
        struct dk_ledger_run *run = &(*list)[i];
        if (run->state != DK_RUN_RUNNING || strcmp(run->workspace_id, workspace->id) != 0)
            continue;
        run->state = DK_RUN_INTERRUPTED;
        run->exit_code = dk_status_exit_code(DK_ERR_FAILED);
    }
    return DK_OK;
}

static bool reads_a_drop(const char *command)
{
    return strcmp(command, "run") == 0 || strcmp(command, "load") == 0 ||
           strcmp(command, "watch") == 0;
}

/* The newest run here that read the delivery at `path`; NULL: none. One that is alone may have been
 * read as logs/. */
static const struct dk_ledger_run *find_reader(const struct dk_pipeline *pipeline,
                                               const struct dk_ledger_run *runs, size_t count,
                                               const char *path, bool alone)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(runs[i].workspace_id, pipeline->workspace.id) == 0 &&
            reads_a_drop(runs[i].command) &&
            (strcmp(runs[i].source, path) == 0 ||
             (alone && strcmp(runs[i].source, DK_WORKSPACE_LOGS) == 0)))
            return &runs[i];
    return NULL;
}

static enum dk_status list_refused(struct dk_pipeline *pipeline,
                                   const struct dk_waiting_drop *drops, size_t drop_count,
                                   struct dk_ledger_run **list, size_t *count, struct dk_error *err)
{
    struct dk_ledger_run *runs = NULL;
    size_t run_count = 0;
    *list = calloc(drop_count + 1, sizeof(**list));
    if (!*list)
        return dk_error_nomem(err, "list", DK_WORKSPACE_LOGS);
    DK_RETURN_IF_ERROR(dk_pipeline_runs(pipeline, DK_RUNS_SEARCHED, &runs, &run_count, err));
    for (size_t i = 0; i < drop_count; i++) {
        const struct dk_ledger_run *run =
            find_reader(pipeline, runs, run_count, drops[i].path, drop_count == 1);
        if (!run || run->state != DK_RUN_FAILED ||
            run->exit_code != dk_status_exit_code(DK_ERR_DATA))
            continue;
        struct dk_ledger_run *refused = &(*list)[(*count)++];
        *refused = *run;
        dk_text_format(refused->source, sizeof(refused->source), "%s", drops[i].path);
    }
    free(runs);
    return DK_OK;
}

enum dk_status dk_pipeline_refused(struct dk_pipeline *pipeline, struct dk_ledger_run **list,
                                   size_t *count, struct dk_error *err)
{
    struct dk_waiting_drop *drops = NULL;
    size_t drop_count = 0;
    *list = NULL;
    *count = 0;
    /* A folder that is not there, or can't be listed, is another problem. */
    if (dk_pipeline_deliveries(pipeline, &drops, &drop_count, NULL) != DK_OK || drop_count == 0) {
        free(drops);
        return DK_OK;
    }
    enum dk_status status = list_refused(pipeline, drops, drop_count, list, count, err);
    free(drops);
    if (status == DK_OK)
        return DK_OK;
    free(*list);
    *list = NULL;
    return status;
}

/* --- logs/ and S3 ----------------------------------------------------------------------------- */

/* Whether a run loads several drops in logs/, one after the other, or those of sites. */
static bool are_several(struct dk_pipeline *pipeline)
{
    struct dk_waiting_drop *list = NULL;
    size_t count = 0;
    bool wells = pipeline->settings->input.columns == DK_COLUMNS_WELLS;
    enum dk_status status = dk_pipeline_deliveries(pipeline, &list, &count, NULL);
    free(list);
    return status == DK_OK && count > (wells ? 0 : 1);
}

static void check_waiting(struct dk_pipeline *pipeline, const struct dk_delivery *found,
                          struct dk_error *problem)
{
    const struct dk_drop_search search = {.path = DK_WORKSPACE_LOGS,
                                          .profile_folder = DK_WORKSPACE_PROFILE,
                                          .ignore = pipeline->settings->input.ignore};
    struct dk_drop drop = {0};
    if (found->unread > 0 || found->readable == 0)
        dk_error_set(problem, DK_ERR_DATA, "'%s' %s", found->first,
                     dk_delivery_reason(found->kind));
    else if (found->kind == DK_DELIVERY_SENSOR && !are_several(pipeline))
        problem->status = dk_drop_find(&drop, &search, problem);
    dk_drop_reset(&drop);
}

enum dk_status dk_pipeline_waiting_check(struct dk_pipeline *pipeline, struct dk_delivery *found,
                                         struct dk_error *problem, struct dk_error *err)
{
    *found = (struct dk_delivery){0};
    *problem = (struct dk_error){0};
    if (!dk_path_exists(DK_WORKSPACE_LOGS))
        return DK_OK;
    enum dk_status status = dk_pipeline_waiting(pipeline, found, problem);
    if (status == DK_ERR_IO)
        return DK_OK;
    if (status == DK_OK && found->count > 0)
        check_waiting(pipeline, found, problem);
    else if (status != DK_OK && err)
        *err = *problem;
    return status;
}

/* Whether all that derrick published there is removed, for a database that holds no cohort. */
static enum dk_status find_none_left(struct dk_pipeline *pipeline, bool *none, struct dk_error *err)
{
    struct dk_ledger_publication *rows = NULL;
    char start[DK_S3_TEXT_MAX];
    size_t count = 0;
    *none = true; /* settings that name no place are a problem of their own */
    if (dk_s3_start_find(&pipeline->settings->s3, pipeline->environment, start, NULL) != DK_OK)
        return DK_OK;
    DK_RETURN_IF_ERROR(
        dk_ledger_publications(pipeline->store, DK_PUBLICATION_UPLOAD, &rows, &count, err));
    for (size_t i = 0; i < count; i++)
        if (strncmp(rows[i].target, start, strlen(start)) == 0 && rows[i].hash[0] != '\0' &&
            strcmp(rows[i].layout, DK_LAYOUT_FILE) != 0)
            *none = false;
    free(rows);
    return DK_OK;
}

enum dk_status dk_pipeline_s3_overview(struct dk_pipeline *pipeline, struct dk_s3_overview *s3,
                                       struct dk_error *err)
{
    *s3 = (struct dk_s3_overview){.configured = dk_pipeline_s3_configured(pipeline)};
    if (!s3->configured)
        return DK_OK;
    s3->problem.status = dk_s3_source_find(pipeline->environment, s3->credentials, &s3->problem);
    if (s3->problem.status == DK_OK)
        s3->problem.status =
            dk_s3_settings_try(&pipeline->settings->s3, pipeline->environment, &s3->problem);
    bool empty = false;
    DK_RETURN_IF_ERROR(dk_store_is_empty(pipeline->store, &empty, err));
    return empty ? find_none_left(pipeline, &s3->current, err)
                 : dk_pipeline_upload_current(pipeline, &s3->current, err);
}
