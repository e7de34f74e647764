/*
 * A fleet: each site is loaded by a run of its own in the ledger, and fails alone. While one is
 * stored, the next one is read already. What is loaded is exported, uploaded and archived once, by
 * the last run. So the reports on what was accepted are written last, too.
 */
#include "run_fleet.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/overview.h"
#include "pipeline/preview.h"

static enum dk_status load(struct dk_taking *taking, size_t i, struct dk_error *err)
{
    struct dk_session *session = taking->session;
    struct dk_taken *taken = &taking->taken[i];
    struct dk_run_result result = {0};
    if (session->pipeline.run_id == 0)
        DK_RETURN_IF_ERROR(dk_pipeline_next(&session->pipeline, taking->command, err));
    bool has_next = i + 1 < taking->count && taking->list[i + 1].readable;
    session->pipeline.next = has_next ? taking->list[i + 1].path : NULL;
    enum dk_status status = dk_session_take_in(session, taking->list[i].path, &result, err);
    session->pipeline.next = NULL;
    taken->loaded = result.load.drop_id != 0;
    taken->drop_id = result.load.drop_id;
    taken->is_duplicate = result.read && result.load.outcome == DK_LOAD_ALREADY;
    return status;
}

void dk_fleet_take(struct dk_taking *taking, size_t i)
{
    struct dk_error err = {0};
    struct dk_session *session = taking->session;
    struct dk_taken *taken = &taking->taken[i];
    dk_session_name_rig(session, taking->list[i].path);
    enum dk_status status = load(taking, i, &err);
    int exit_code = dk_session_exit_code(session, status);
    dk_session_sum_up(session, status, &err);
    taken->partial = session->partial;
    session->partial = false;
    if (status != DK_OK) {
        dk_console_error(&session->console, &err);
        dk_feedback_report(session, exit_code);
        dk_feedback_collect(session, exit_code);
    } else {
        dk_feedback_put_aside(session, &taken->part);
    }
    dk_pipeline_end(&session->pipeline, status, exit_code, status == DK_OK ? "" : err.message);
    dk_session_name_rig(session, NULL);
    dk_taking_note(taking, i, status);
}

/* Where the files of a delivery are now; "": not known. */
static void find_place(struct dk_taking *taking, const struct dk_taken *taken,
                       struct dk_drop_place *place)
{
    place->path[0] = '\0';
    if (taken->is_duplicate || taken->drop_id == 0 ||
        dk_pipeline_drop_place(&taking->session->pipeline, taken->drop_id, place, NULL) != DK_OK)
        place->path[0] = '\0';
}

static void report_accepted(struct dk_taking *taking, size_t i, enum dk_status status,
                            const struct dk_error *failure)
{
    struct dk_session *session = taking->session;
    struct dk_taken *taken = &taking->taken[i];
    struct dk_drop_place place = {0};
    session->partial = taken->partial;
    int exit_code = dk_session_exit_code(session, status);
    session->partial = false;
    if (status == DK_OK)
        find_place(taking, taken, &place);
    const struct dk_feedback_end end = {.exit_code = exit_code,
                                        .failure = status == DK_OK ? NULL : failure,
                                        .archive_folder = place.path,
                                        .worked = taking->worked};
    dk_feedback_conclude(session, &taken->part, &end);
    taking->partial = taking->partial || taken->partial;
    taken->status = status;
}

/* A refused delivery stays as it is, also where an earlier one with the same files is loaded, and
 * not archived yet. */
static enum dk_status bring_out_others(struct dk_taking *taking, bool *worked, struct dk_error *err)
{
    struct dk_pipeline *pipeline = &taking->session->pipeline;
    const char **held = calloc(taking->count + 1, sizeof(*held));
    if (!held)
        return dk_error_nomem(err, "list", DK_WORKSPACE_LOGS);
    for (size_t i = 0; i < taking->count; i++)
        if (taking->taken[i].failed)
            held[pipeline->held_count++] = taking->list[i].path;
    pipeline->held = held;
    enum dk_status status = dk_session_bring_out(taking->session, worked, err);
    pipeline->held = NULL;
    pipeline->held_count = 0;
    free(held);
    return status;
}

enum dk_status dk_fleet_bring_out(struct dk_taking *taking, struct dk_error *err)
{
    struct dk_session *session = taking->session;
    enum dk_status status = DK_OK;
    bool worked = false;
    if (taking->failed + taking->waiting == taking->count &&
        !dk_pipeline_is_export_due(&session->pipeline))
        return DK_OK;
    if (session->pipeline.run_id == 0)
        status = dk_pipeline_next(&session->pipeline, taking->command, err);
    if (status == DK_OK)
        status = bring_out_others(taking, &worked, err);
    taking->worked = taking->worked || worked;
    for (size_t i = 0; i < taking->count; i++)
        if (taking->taken[i].part.events)
            report_accepted(taking, i, status, err);
    return status;
}

/* Whether an earlier one on the list is of the same site, too. */
static bool is_later(const struct dk_taking *taking, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(taking->taken[j].site, taking->taken[i].site) == 0)
            return true;
    return false;
}

static enum dk_status preview_site(struct dk_taking *taking, size_t i, struct dk_error *err)
{
    const struct dk_waiting_drop *drop = &taking->list[i];
    if (!drop->readable)
        return dk_taking_refuse(taking, drop, err);
    return dk_session_preview(taking->session, drop->path, DK_PREVIEW_OF_LOAD, err);
}

enum dk_status dk_fleet_preview(struct dk_taking *taking, unsigned steps, struct dk_error *err)
{
    struct dk_session *session = taking->session;
    for (size_t i = 0; i < taking->count; i++) {
        struct dk_error why = {0};
        if (is_later(taking, i)) {
            dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE,
                               "'%s' is not shown: it depends on what happens to the one before it",
                               taking->list[i].path);
            continue;
        }
        if (taking->count > 1)
            dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE,
                               "delivery %zu of %zu: '%s'", i + 1, taking->count,
                               taking->list[i].path);
        enum dk_status status = preview_site(taking, i, &why);
        dk_session_sum_up(session, status, &why);
        if (status != DK_OK)
            dk_console_error(&session->console, &why);
        dk_taking_note(taking, i, status);
    }
    if (steps != DK_PREVIEW_OF_LOAD && taking->failed < taking->count)
        dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE,
                           "a run then exports, uploads and archives all that is loaded, once");
    if (taking->failed == 0)
        return DK_OK;
    return dk_error_set(err, taking->worst, "%zu of %zu deliveries in '%s' would fail",
                        taking->failed, taking->count, DK_WORKSPACE_LOGS);
}
