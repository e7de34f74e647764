#include "pipeline/unload.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "exported_file.h"
#include "store/unloaded.h"
#include "unload_notes.h"

/* --- the plan ------------------------------------------------------------------------------- */

/* Keeps the series that the run loaded. */
static void keep_run(struct dk_unload_plan *plan, int64_t run_id)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->count; i++)
        if (run_id == 0 || plan->list[i].run_id == run_id)
            plan->list[kept++] = plan->list[i];
    plan->count = kept;
}

static enum dk_status refuse_workspace(struct dk_pipeline *pipeline,
                                       const struct dk_store_series *series,
                                       const struct dk_ledger_drop *drop, struct dk_error *err)
{
    struct dk_ledger_workspace other;
    bool found = false;
    DK_RETURN_IF_ERROR(
        dk_ledger_workspace_get(pipeline->store, drop->workspace_id, &other, &found, err));
    dk_error_set(err, DK_ERR_REFUSED, "another workspace loaded cohort %d: '%s'%s%s",
                 series->series.cohort, found ? other.path : drop->workspace_id,
                 found ? " on " : "", found ? other.host : "");
    dk_error_hint(err, "nothing was unloaded; run 'derrick unload' in that workspace, which has "
                       "its archive and its export");
    return DK_ERR_REFUSED;
}

static enum dk_status describe(struct dk_pipeline *pipeline, struct dk_unload_plan *plan,
                               size_t index, struct dk_error *err)
{
    const struct dk_store_series *series = &plan->list[index];
    struct dk_unload_cohort *cohort = &plan->cohorts[index];
    struct dk_ledger_drop drop;
    plan->readings += series->rows;
    if (index > 0 && plan->list[index - 1].drop_id == series->drop_id) {
        *cohort = plan->cohorts[index - 1];
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(dk_ledger_drop_get(pipeline->store, series->drop_id, &drop, err));
    if (drop.workspace_id[0] != '\0' && strcmp(drop.workspace_id, pipeline->workspace.id) != 0)
        return refuse_workspace(pipeline, series, &drop, err);
    memcpy(cohort->source, drop.source, sizeof(cohort->source));
    memcpy(cohort->archive_folder, drop.archive_folder, sizeof(cohort->archive_folder));
    return DK_OK;
}

/* Nothing of it is loaded: was it unloaded before, or is the request wrong? */
static enum dk_status find_already(struct dk_pipeline *pipeline,
                                   const struct dk_unload_request *request,
                                   struct dk_unload_plan *plan, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_ledger_unloaded_by(pipeline->store, &request->filter, request->run_id,
                                             &plan->already_run, err));
    if (plan->already_run != 0)
        return DK_OK;
    if (request->run_id != 0) {
        dk_error_set(err, DK_ERR_USAGE,
                     "nothing to unload: run %lld loaded no cohort that is still in the database",
                     (long long)request->run_id);
        dk_error_hint(err, "'derrick status --runs' lists what each run loaded");
        return DK_ERR_USAGE;
    }
    if (request->filter.whole_site) {
        dk_error_set(err, DK_ERR_USAGE, "nothing to unload: no such cohort of site '%s' is loaded",
                     request->filter.rig.site);
        dk_error_hint(err, "'derrick status' lists what is loaded; name its site: --set "
                           "rig.site=NAME, or one rig: --rig RIG");
        return DK_ERR_USAGE;
    }
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&request->filter.rig, rig);
    dk_error_set(err, DK_ERR_USAGE, "nothing to unload: no such cohort of '%s' is loaded", rig);
    dk_error_hint(err, "'derrick status' lists what is loaded, and for which rig (--rig RIG)");
    return DK_ERR_USAGE;
}

static size_t count_of_drop(const struct dk_store_series *list, size_t count, int64_t drop_id)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += list[i].drop_id == drop_id;
    return found;
}

/* A drop whose files are still to be archived goes as a whole: otherwise the next run would find a
 * part of it in logs/ that is new, load that as a second drop, and archive the files with the first
 * one only. */
static enum dk_status check_pending(struct dk_pipeline *pipeline, const struct dk_unload_plan *plan,
                                    const struct dk_store_series *loaded, size_t loaded_count,
                                    struct dk_error *err)
{
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    enum dk_status status = dk_pipeline_pending(pipeline, &pending, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        const struct dk_ledger_drop *drop = &pending[i];
        int64_t drop_id = drop->duplicate_of ? drop->duplicate_of : drop->drop_id;
        size_t out = count_of_drop(plan->list, plan->count, drop_id);
        if (out == 0 || out == count_of_drop(loaded, loaded_count, drop_id) ||
            drop->archive_folder[0] != '\0' || drop->source[0] == '/')
            continue;
        status = dk_error_set(err, DK_ERR_REFUSED,
                              "'%s' is not archived yet: a run would load again what is unloaded "
                              "of it",
                              drop->source);
        dk_error_hint(err, "nothing was unloaded; 'derrick run' archives it, then unload");
    }
    free(pending);
    return status;
}

static enum dk_status list_cohorts(struct dk_pipeline *pipeline,
                                   const struct dk_unload_request *request,
                                   struct dk_unload_plan *plan, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *loaded = NULL;
    size_t loaded_count = 0;
    enum dk_status status = dk_store_list(pipeline->store, &all, &loaded, &loaded_count, err);
    if (status == DK_OK)
        status = dk_store_list(pipeline->store, &request->filter, &plan->list, &plan->count, err);
    if (status == DK_OK) {
        keep_run(plan, request->run_id);
        plan->empties = plan->count == loaded_count;
        status = check_pending(pipeline, plan, loaded, loaded_count, err);
    }
    free(loaded);
    return status;
}

static enum dk_status fill(struct dk_pipeline *pipeline, const struct dk_unload_request *request,
                           struct dk_unload_plan *plan, struct dk_error *err)
{
    enum dk_status status = list_cohorts(pipeline, request, plan, err);
    if (status != DK_OK)
        return status;
    plan->exported = dk_path_exists(DK_CURRENT_CSV);
    plan->s3 = dk_pipeline_s3_configured(pipeline);
    plan->cohorts = calloc(plan->count + 1, sizeof(*plan->cohorts));
    if (!plan->cohorts)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu cohorts", plan->count);
    for (size_t i = 0; status == DK_OK && i < plan->count; i++)
        status = describe(pipeline, plan, i, err);
    return status == DK_OK && plan->count == 0 ? find_already(pipeline, request, plan, err)
                                               : status;
}

enum dk_status dk_pipeline_unload_plan(struct dk_pipeline *pipeline,
                                       const struct dk_unload_request *request,
                                       struct dk_unload_plan *plan, struct dk_error *err)
{
    *plan = (struct dk_unload_plan){0};
    enum dk_status status = fill(pipeline, request, plan, err);
    if (status != DK_OK)
        dk_unload_plan_reset(plan);
    return status;
}

void dk_unload_plan_reset(struct dk_unload_plan *plan)
{
    free(plan->list);
    free(plan->cohorts);
    *plan = (struct dk_unload_plan){0};
}

/* --- doing it ------------------------------------------------------------------------------- */

/* Whether the plan that the user agreed to is the one of now. */
static enum dk_status check_plan(struct dk_pipeline *pipeline,
                                 const struct dk_unload_request *request,
                                 const struct dk_unload_plan *plan, struct dk_error *err)
{
    struct dk_unload_plan now;
    DK_RETURN_IF_ERROR(dk_pipeline_unload_plan(pipeline, request, &now, err));
    bool same = now.count == plan->count && now.empties == plan->empties;
    for (size_t i = 0; same && i < now.count; i++)
        same = now.list[i].well_id == plan->list[i].well_id &&
               now.list[i].series.cohort == plan->list[i].series.cohort &&
               strcmp(now.list[i].hash, plan->list[i].hash) == 0;
    dk_unload_plan_reset(&now);
    if (same)
        return DK_OK;
    dk_error_set(err, DK_ERR_BUSY,
                 "another run changed the database while derrick waited for an answer");
    dk_error_hint(err, "nothing was unloaded; run it again");
    return DK_ERR_BUSY;
}

/* Its files are still where the next run looks. */
static void warn_waiting(const struct dk_pipeline *pipeline, const struct dk_unload_plan *plan)
{
    const size_t size = strlen(DK_WORKSPACE_LOGS);
    for (size_t i = 0; i < plan->count; i++) {
        const struct dk_unload_cohort *cohort = &plan->cohorts[i];
        bool in_logs = strncmp(cohort->source, DK_WORKSPACE_LOGS, size) == 0 &&
                       (cohort->source[size] == '/' || cohort->source[size] == '\0');
        if (cohort->archive_folder[0] != '\0' || !in_logs)
            continue;
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                           "'%s' was not archived yet: if its files are still there, the next run "
                           "loads them again; move them away to prevent that",
                           cohort->source);
        return;
    }
}

enum dk_status dk_pipeline_unload(struct dk_pipeline *pipeline,
                                  const struct dk_unload_request *request,
                                  const struct dk_unload_plan *plan, struct dk_run_result *result,
                                  struct dk_error *err)
{
    struct dk_archived finished = {0};
    const struct dk_unload unload = {
        .run_id = pipeline->run_id, .list = plan->list, .count = plan->count};
    *result = (struct dk_run_result){0};
    enum dk_status status = dk_pipeline_archive(pipeline, true, &finished, err);
    if (status == DK_OK)
        status = check_plan(pipeline, request, plan, err);
    if (status == DK_OK && plan->count > 0)
        status = dk_store_unload(pipeline->store, &unload, err);
    pipeline->notes.readings = status == DK_OK ? (int64_t)plan->readings : 0;
    if (status == DK_OK)
        status = dk_unload_note_all(pipeline, err);
    if (status == DK_OK)
        warn_waiting(pipeline, plan);
    return status == DK_OK ? dk_pipeline_publish(pipeline, result, err) : status;
}
