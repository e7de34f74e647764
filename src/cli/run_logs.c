/*
 * What is in logs/, one delivery after the other, each as a run of its own in the ledger. A delivery that
 * fails keeps back the later ones of the same rig, which would be loaded as its cohorts.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "feedback.h"
#include "pipeline/deliveries.h"

#define ORDER_SHOWN 10

/* The work on a list of deliveries. */
struct taking {
    struct dk_session *session;
    const char *command;
    const struct dk_waiting_drop *list;
    size_t count;
    const char *blocker; /* the first one that failed, of the same rig as all others; NULL: none */
    bool blocker_loaded; /* it failed after its load, such as for S3 */
    bool worked, partial;
    size_t failed;
    const char *failed_path; /* the first of those */
    size_t waiting;
    const char *waiting_path; /* the first of those */
    enum dk_status worst;     /* of them */
};

/* The order of exit codes in which the worst one decides. */
static size_t severity(enum dk_status status)
{
    static const int codes[] = {0, 3, 2, 1, 5, 4};
    size_t i = DK_COUNT_OF(codes) - 1;
    while (i > 0 && codes[i] != dk_status_exit_code(status))
        i--;
    return i;
}

static enum dk_status refuse_unreadable(const struct dk_waiting_drop *drop, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_DATA, "'%s' can't be read: '%s' %s", drop->path, drop->first,
                 dk_delivery_reason(drop->kind));
    dk_error_hint(err, "%s", dk_delivery_hint(drop->kind));
    return DK_ERR_DATA;
}

/* Runs one of them, within a run of the ledger. */
static enum dk_status run_drop(struct taking *taking, const struct dk_waiting_drop *drop,
                               struct dk_error *err)
{
    struct dk_session *session = taking->session;
    bool worked = false;
    if (session->pipeline.run_id == 0)
        DK_RETURN_IF_ERROR(dk_pipeline_next(&session->pipeline, taking->command, err));
    enum dk_status status = dk_session_run_once(session, drop->path, &worked, err);
    taking->worked = taking->worked || worked;
    return status;
}

/* Reports how one ended, to everybody, and records it. */
static void conclude(struct taking *taking, const struct dk_waiting_drop *drop,
                     enum dk_status status, struct dk_error *err)
{
    struct dk_session *session = taking->session;
    int exit_code = dk_session_exit_code(session, status);
    dk_session_sum_up(session, status, err);
    if (status != DK_OK)
        dk_console_error(&session->console, err);
    dk_feedback_report(session, exit_code);
    dk_feedback_collect(session, exit_code);
    if (drop->readable)
        dk_pipeline_end(&session->pipeline, status, exit_code, status == DK_OK ? "" : err->message);
    taking->partial = taking->partial || session->partial;
    session->partial = false;
    if (status == DK_OK)
        return;
    if (taking->failed++ == 0)
        taking->failed_path = drop->readable ? drop->path : drop->first;
    if (severity(status) > severity(taking->worst))
        taking->worst = status;
    if (taking->blocker)
        return;
    taking->blocker = drop->path;
    taking->blocker_loaded = session->feedback.loaded;
}

/* One that waits is not read. The report says why, where there is none of this run already. */
static void hold_back(struct taking *taking, const struct dk_waiting_drop *drop)
{
    char why[DK_ERROR_TEXT_MAX];
    struct dk_session *session = taking->session;
    dk_text_format(why, sizeof(why),
                   taking->blocker_loaded
                       ? "'%s' comes first: it is loaded, and '%s' is read once it is archived."
                       : "'%s' comes first: '%s' would get the dates of that one.",
                   taking->blocker, drop->path);
    session->feedback.waits_for = why;
    session->feedback.waits_for_loaded = taking->blocker_loaded;
    if (!dk_feedback_has_report(&session->feedback))
        dk_feedback_report(session, dk_status_exit_code(DK_ERR_REFUSED));
    session->feedback.waits_for = NULL;
    if (taking->waiting++ == 0)
        taking->waiting_path = drop->path;
}

/* Whether a delivery is no longer there. A run archives all that is loaded, and so perhaps later ones, too. */
static bool is_gone(const struct taking *taking, const struct dk_waiting_drop *drop)
{
    struct dk_waiting_drop *list = NULL;
    size_t count = 0;
    bool found = !drop->readable ||
                 dk_pipeline_deliveries(&taking->session->pipeline, &list, &count, NULL) != DK_OK;
    for (size_t i = 0; !found && i < count; i++)
        found = list[i].readable && strcmp(list[i].path, drop->path) == 0;
    free(list);
    return !found;
}

static void take(struct taking *taking, size_t i)
{
    struct dk_error err = {0};
    struct dk_session *session = taking->session;
    const struct dk_waiting_drop *drop = &taking->list[i];
    dk_feedback_begin(session, drop->path);
    if (taking->blocker) {
        hold_back(taking, drop);
        return;
    }
    dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE, "delivery %zu of %zu: '%s'",
                       i + 1, taking->count, drop->path);
    if (i > 0 && is_gone(taking, drop)) {
        dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE,
                           "'%s' is no longer there: what was loaded before is archived now",
                           drop->path);
        return;
    }
    enum dk_status status =
        drop->readable ? run_drop(taking, drop, &err) : refuse_unreadable(drop, &err);
    conclude(taking, drop, status, &err);
}

/* The error of all of them, which the newest run of the ledger has. */
static enum dk_status sum_up(struct taking *taking, struct dk_error *err)
{
    struct dk_session *session = taking->session;
    char waiting[64] = "";
    if (taking->failed == 0)
        return DK_OK;
    if (session->pipeline.run_id == 0)
        DK_RETURN_IF_ERROR(dk_pipeline_next(&session->pipeline, taking->command, err));
    if (taking->waiting > 0)
        dk_text_format(waiting, sizeof(waiting), "; %zu wait%s for it", taking->waiting,
                       taking->waiting == 1 ? "s" : "");
    dk_error_set(err, taking->worst, "%zu of %zu deliveries in '%s' failed: '%s'%s%s",
                 taking->failed, taking->count, DK_WORKSPACE_LOGS, taking->failed_path,
                 taking->failed > 1 ? " and others" : "", waiting);
    if (taking->waiting > 0 && taking->blocker_loaded)
        dk_error_hint(err,
                      "'%s' is loaded: leave it where it is until a run has archived it; see to "
                      "its error above, then run again",
                      taking->failed_path);
    else if (taking->waiting > 0)
        dk_error_hint(err,
                      "what comes after it would get its dates: correct '%s' or move it away, or "
                      "load another one by its number: derrick run '%s' --cohort N --gap",
                      taking->failed_path, taking->waiting_path);
    return taking->worst;
}

/* Prints the order, the first ones by name. */
static void print_order(const struct taking *taking)
{
    char names[DK_ERROR_TEXT_MAX / 2] = "";
    size_t shown = taking->count > ORDER_SHOWN ? ORDER_SHOWN : taking->count;
    for (size_t i = 0; i < shown; i++) {
        size_t used = strlen(names);
        dk_text_format(names + used, sizeof(names) - used, "%s'%s'", i > 0 ? ", " : "",
                       taking->list[i].path);
    }
    dk_observer_notice(&taking->session->console.observer, DK_LEVEL_NOTICE,
                       "%zu deliveries in '%s', in this order: %s%s", taking->count,
                       DK_WORKSPACE_LOGS, names, taking->count > shown ? ", ..." : "");
}

/* With one number all would be that cohort: each would replace the one before it, or get its dates where
 * that one failed. */
static enum dk_status check_options(const struct taking *taking, struct dk_error *err)
{
    const struct dk_settings *settings = &taking->session->config.settings;
    if (!settings->replace && !settings->cohort_given)
        return DK_OK;
    dk_error_set(err, DK_ERR_USAGE, "%s is for one delivery, and '%s' has %zu; nothing was loaded",
                 settings->replace ? "--replace" : "--cohort", DK_WORKSPACE_LOGS, taking->count);
    dk_error_hint(err, "name the one that is meant, such as '%s'", taking->list[0].path);
    return DK_ERR_USAGE;
}

static enum dk_status take_all(struct taking *taking, struct dk_error *err)
{
    struct dk_session *session = taking->session;
    print_order(taking);
    DK_RETURN_IF_ERROR(check_options(taking, err));
    for (size_t i = 0; i < taking->count; i++) {
        if (session->is_stopping && session->is_stopping())
            break;
        take(taking, i);
    }
    dk_feedback_begin(session, NULL);
    session->feedback.folder[0] = '\0'; /* each has its own */
    session->feedback.worked = taking->worked;
    session->partial = taking->partial;
    enum dk_status status = sum_up(taking, err);
    return status == DK_OK ? dk_pipeline_check_unread(&session->pipeline, true, err) : status;
}

static enum dk_status list_deliveries(struct dk_session *session, struct dk_waiting_drop **list,
                                      size_t *count, struct dk_error *err)
{
    /* Folders of several sites would all be loaded as the one that is set: one drop at a time. */
    const bool wells = session->config.settings.input.columns == DK_COLUMNS_WELLS;
    return !wells && dk_path_exists(DK_WORKSPACE_LOGS)
               ? dk_pipeline_deliveries(&session->pipeline, list, count, err)
               : DK_OK;
}

/* The numbers of the later ones depend on whether the first one is loaded. */
static enum dk_status preview_first(const struct taking *taking, unsigned steps,
                                    struct dk_error *err)
{
    struct dk_session *session = taking->session;
    const struct dk_waiting_drop *first = taking->list;
    print_order(taking);
    DK_RETURN_IF_ERROR(check_options(taking, err));
    if (!first->readable)
        return refuse_unreadable(first, err);
    dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE,
                       "this shows what becomes of '%s'; what is after it depends on that",
                       first->path);
    return dk_session_preview(session, first->path, steps, err);
}

enum dk_status dk_session_preview_logs(struct dk_session *session, unsigned steps,
                                       struct dk_error *err)
{
    struct dk_waiting_drop *list = NULL;
    struct taking taking = {.session = session};
    enum dk_status status = list_deliveries(session, &list, &taking.count, err);
    taking.list = list;
    if (status == DK_OK && taking.count > 1)
        status = preview_first(&taking, steps, err);
    else if (status == DK_OK)
        status = dk_session_preview(session, NULL, steps, err);
    free(list);
    return status;
}

enum dk_status dk_session_run_logs(struct dk_session *session, const char *command, bool *worked,
                                   struct dk_error *err)
{
    struct dk_waiting_drop *list = NULL;
    struct taking taking = {.session = session, .command = command};
    struct dk_archived finished = {0};
    *worked = false;
    enum dk_status status = list_deliveries(session, &list, &taking.count, err);
    /* What an earlier run began to archive is half in logs/, and no delivery. */
    if (status == DK_OK && taking.count > 1) {
        status = dk_pipeline_archive(&session->pipeline, true, &finished, err);
        if (finished.drops > 0)
            dk_session_report_archive(session, &finished);
        free(list);
        list = NULL;
        if (status == DK_OK)
            status = dk_pipeline_deliveries(&session->pipeline, &list, &taking.count, err);
    }
    taking.list = list;
    if (status == DK_OK && taking.count > 1)
        status = take_all(&taking, err);
    else if (status == DK_OK)
        status = dk_session_run_once(session, NULL, &taking.worked, err);
    *worked = taking.worked || finished.drops > 0;
    free(list);
    return status;
}
