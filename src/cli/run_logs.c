/*
 * What is in logs/, one delivery after the other, each as a run of its own in the ledger. A
 * delivery that fails keeps back the later ones of the same rig, which would be loaded as its
 * cohorts. The sites of a fleet are loaded in the same way, and run_fleet.c does the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "pipeline/fleet.h"
#include "run_fleet.h"

#define ORDER_SHOWN 10
#define SITES_NAMED_MAX 5

/* --- one by one ----------------------------------------------------------------------------- */

/* Runs one of them, within a run of the ledger. */
static enum dk_status run_drop(struct dk_taking *taking, const struct dk_waiting_drop *drop,
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
static void conclude(struct dk_taking *taking, size_t i, enum dk_status status,
                     struct dk_error *err)
{
    struct dk_session *session = taking->session;
    int exit_code = dk_session_exit_code(session, status);
    dk_session_sum_up(session, status, err);
    if (status != DK_OK)
        dk_console_error(&session->console, err);
    dk_feedback_report(session, exit_code);
    dk_feedback_collect(session, exit_code);
    if (taking->list[i].readable)
        dk_pipeline_end(&session->pipeline, status, exit_code, status == DK_OK ? "" : err->message);
    taking->partial = taking->partial || session->partial;
    session->partial = false;
    taking->taken[i].loaded = session->feedback.loaded;
    dk_taking_note(taking, i, status);
}

/* The first one before it, of the same rig, that failed; `i` itself: none. */
static size_t find_blocker(const struct dk_taking *taking, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (taking->taken[j].failed && strcmp(taking->taken[j].site, taking->taken[i].site) == 0)
            return j;
    return i;
}

/* One that waits is not read. The report says why. */
static void hold_back(struct dk_taking *taking, size_t i, size_t blocker)
{
    char why[DK_ERROR_TEXT_MAX];
    struct dk_session *session = taking->session;
    const char *before = taking->list[blocker].path;
    const char *path = taking->list[i].path;
    bool loaded = taking->taken[blocker].loaded;
    dk_text_format(why, sizeof(why),
                   loaded ? "'%s' comes first: it is loaded, and '%s' is read once it is archived."
                          : "'%s' comes first: '%s' would get the dates of that one.",
                   before, path);
    session->feedback.waits_for = why;
    session->feedback.waits_for_loaded = loaded;
    dk_feedback_report(session, dk_status_exit_code(DK_ERR_REFUSED));
    session->feedback.waits_for = NULL;
    taking->taken[i].status = taking->taken[blocker].status;
    /* The first one that a user can load by its number, if there is one. */
    if (taking->waiting++ > 0 &&
        (taking->list[taking->first_waiting].readable || !taking->list[i].readable))
        return;
    taking->first_waiting = i;
    taking->blocker = blocker;
}

/* Whether a delivery is no longer there. A run archives all that is loaded, and so perhaps later
 * ones, too. */
static bool is_gone(const struct dk_taking *taking, const struct dk_waiting_drop *drop)
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

static void take(struct dk_taking *taking, size_t i)
{
    struct dk_error err = {0};
    struct dk_session *session = taking->session;
    const struct dk_waiting_drop *drop = &taking->list[i];
    size_t blocker = find_blocker(taking, i);
    dk_feedback_begin(session, drop->path);
    if (blocker < i) {
        hold_back(taking, i, blocker);
        return;
    }
    if (taking->count > 1)
        dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE, "delivery %zu of %zu: '%s'",
                           i + 1, taking->count, drop->path);
    if (i > 0 && !taking->fleet && is_gone(taking, drop)) {
        dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE,
                           "'%s' is no longer there: what was loaded before is archived now",
                           drop->path);
        return;
    }
    if (!drop->readable)
        conclude(taking, i, dk_taking_refuse(taking, drop, &err), &err);
    else if (taking->fleet)
        dk_fleet_take(taking, i);
    else
        conclude(taking, i, run_drop(taking, drop, &err), &err);
}

/* --- all of them ---------------------------------------------------------------------------- */

/* The error of all of them, which the newest run of the ledger has. */
static enum dk_status sum_up(struct dk_taking *taking, struct dk_error *err)
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
    const struct dk_waiting_drop *failed =
        &taking->list[taking->waiting > 0 ? taking->blocker : taking->first_failed];
    const char *path = failed->readable ? failed->path : failed->first;
    if (taking->count == 1)
        return dk_error_set(err, taking->worst, "the delivery '%s' failed", path);
    dk_error_set(err, taking->worst, "%zu of %zu deliveries in '%s' failed: '%s'%s%s",
                 taking->failed, taking->count, DK_WORKSPACE_LOGS, path,
                 taking->failed > 1 ? " and others" : "", waiting);
    if (taking->waiting > 0 && taking->taken[taking->blocker].loaded)
        dk_error_hint(err,
                      "'%s' is loaded: leave it where it is until a run has archived it; see to "
                      "its error above, then run again",
                      path);
    else if (taking->waiting > 0)
        dk_error_hint(err,
                      "what comes after it would get its dates: correct '%s'; if its quarter is to "
                      "be skipped, load the next one by its number: derrick run '%s' --cohort N "
                      "--gap; if it is not a delivery, move it out of logs/",
                      path, taking->list[taking->first_waiting].path);
    return taking->worst;
}

/* Prints the order, the first ones by name. */
static void print_order(const struct dk_taking *taking)
{
    char names[DK_ERROR_TEXT_MAX / 2] = "";
    size_t shown = taking->count > ORDER_SHOWN ? ORDER_SHOWN : taking->count;
    if (taking->count == 1)
        return;
    for (size_t i = 0; i < shown; i++) {
        size_t used = strlen(names);
        dk_text_format(names + used, sizeof(names) - used, "%s'%s'", i > 0 ? ", " : "",
                       taking->list[i].path);
    }
    dk_observer_notice(&taking->session->console.observer, DK_LEVEL_NOTICE,
                       "%zu deliveries in '%s', in this order: %s%s", taking->count,
                       DK_WORKSPACE_LOGS, names, taking->count > shown ? ", ..." : "");
}

static bool are_of_other_sites(const struct dk_taking *taking)
{
    for (size_t i = 0; i < taking->count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(taking->taken[j].site, taking->taken[i].site) == 0)
                return false;
    return true;
}

/* With one number all of a rig would be that cohort: each would replace the one before it, or get
 * its dates where that one failed. With one site set, all would be that one's. */
static enum dk_status check_options(const struct dk_taking *taking, struct dk_error *err)
{
    const struct dk_settings *settings = &taking->session->config.settings;
    const char *option = NULL;
    if (taking->count == 1)
        return DK_OK;
    if (settings->replace)
        option = "--replace";
    else if (settings->cohort_given && !are_of_other_sites(taking))
        option = "--cohort";
    else if (taking->fleet && settings->site_given)
        option = "--set rig.site";
    if (!option)
        return DK_OK;
    dk_error_set(err, DK_ERR_USAGE, "%s is for one delivery, and '%s' has %zu; nothing was loaded",
                 option, DK_WORKSPACE_LOGS, taking->count);
    dk_error_hint(err, "name the one that is meant, such as '%s'", taking->list[0].path);
    return DK_ERR_USAGE;
}

/* Where the export or the upload of a fleet failed, each site has a report, and the worst failure
 * decides. */
static enum dk_status bring_out(struct dk_taking *taking, struct dk_error *err)
{
    struct dk_session *session = taking->session;
    if (!taking->fleet)
        return DK_OK;
    enum dk_status status = dk_fleet_bring_out(taking, err);
    if (status == DK_OK || taking->failed == 0)
        return status;
    dk_console_error(&session->console, err);
    if (dk_taking_is_worse(status, taking->worst))
        taking->worst = status;
    return DK_OK;
}

static bool is_bad(const struct dk_taking *taking, size_t i)
{
    return taking->failed > 0 ? taking->taken[i].failed : taking->taken[i].partial;
}

/* Whether an earlier bad one is of the same site. */
static bool is_named(const struct dk_taking *taking, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (is_bad(taking, j) && strcmp(taking->taken[j].site, taking->taken[i].site) == 0)
            return true;
    return false;
}

/* The name of the rig or, where that is not one, of the folder. */
static void name_site(const struct dk_taking *taking, size_t i, char *name, size_t size)
{
    struct dk_well well;
    const struct dk_settings *settings = &taking->session->config.settings;
    if (dk_fleet_well(settings, taking->list[i].path, &well, NULL) == DK_OK)
        dk_well_rig_name(&well, name);
    else
        dk_text_show(taking->taken[i].site, name, size);
}

/* Whom the notification is about: the sites that failed, or else those with cells in quarantine.
 * The event is of the first one. */
static void name_bad_sites(struct dk_taking *taking)
{
    struct dk_session *session = taking->session;
    char *text = session->feedback.concerns;
    const size_t size = sizeof(session->feedback.concerns);
    size_t count = 0;
    for (size_t i = 0; i < taking->count; i++) {
        char name[DK_RIG_NAME_MAX];
        size_t used = strlen(text);
        if (!is_bad(taking, i) || is_named(taking, i))
            continue;
        if (count == 0) {
            dk_session_name_rig(session, NULL);
            dk_session_name_rig(session, taking->list[i].path);
        }
        name_site(taking, i, name, sizeof(name));
        if (count++ < SITES_NAMED_MAX)
            dk_text_format(text + used, size - used, "%s%s", count > 1 ? ", " : "", name);
    }
    size_t used = strlen(text);
    if (count > SITES_NAMED_MAX)
        dk_text_format(text + used, size - used, " and %zu more", count - SITES_NAMED_MAX);
}

static enum dk_status take_all(struct dk_taking *taking, struct dk_error *err)
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
    enum dk_status status = bring_out(taking, err);
    session->feedback.folder[0] = '\0'; /* each has its own */
    if (taking->fleet && taking->count > 0) {
        dk_session_name_rig(session, taking->list[0].path);
        name_bad_sites(taking);
    }
    session->feedback.worked = taking->worked;
    session->partial = taking->partial;
    if (status == DK_OK)
        status = sum_up(taking, err);
    if (status == DK_OK && !taking->watch) /* a watch sees to what is left there later */
        status = dk_pipeline_check_unread(&session->pipeline, true, err);
    for (size_t i = 0; taking->watch && i < taking->count; i++)
        taking->watch->ended(taking->watch->context, &taking->list[i], taking->taken[i].status);
    return status;
}

/* --- the list ------------------------------------------------------------------------------- */

/* Leaves out those that a watch does not hold for complete. */
static void leave_out(struct dk_taking *taking)
{
    size_t kept = 0;
    for (size_t i = 0; taking->watch && i < taking->count; i++)
        if (taking->watch->is_ready(taking->watch->context, &taking->list[i]))
            taking->list[kept++] = taking->list[i];
    if (taking->watch)
        taking->count = kept;
}

static enum dk_status find_sites(struct dk_taking *taking, struct dk_error *err)
{
    const struct dk_settings *settings = &taking->session->config.settings;
    taking->taken = calloc(taking->count + 1, sizeof(*taking->taken));
    if (!taking->taken)
        return dk_error_nomem(err, "list", DK_WORKSPACE_LOGS);
    taking->fleet = taking->watch != NULL;
    for (size_t i = 0; settings->input.columns == DK_COLUMNS_WELLS && i < taking->count; i++) {
        char *site = taking->taken[i].site;
        if (dk_fleet_folder(taking->list[i].path, site))
            taking->fleet = true;
        else
            dk_text_format(site, DK_DELIVERY_PATH_MAX, "%s", settings->input.well.site);
    }
    return DK_OK;
}

static enum dk_status list_deliveries(struct dk_taking *taking, struct dk_error *err)
{
    if (!dk_path_exists(DK_WORKSPACE_LOGS))
        return DK_OK;
    free(taking->list);
    free(taking->taken);
    taking->list = NULL;
    taking->taken = NULL;
    DK_RETURN_IF_ERROR(
        dk_pipeline_deliveries(&taking->session->pipeline, &taking->list, &taking->count, err));
    leave_out(taking);
    return find_sites(taking, err);
}

static bool are_several(const struct dk_taking *taking)
{
    return taking->count > 1 || taking->watch;
}

static void reset(struct dk_taking *taking)
{
    for (size_t i = 0; taking->taken && i < taking->count; i++)
        dk_feedback_part_reset(&taking->taken[i].part);
    free(taking->list);
    free(taking->taken);
}

/* The numbers of the later ones depend on whether the first one is loaded. */
static enum dk_status preview_first(struct dk_taking *taking, unsigned steps, struct dk_error *err)
{
    struct dk_session *session = taking->session;
    const struct dk_waiting_drop *first = taking->list;
    if (!first->readable)
        return dk_taking_refuse(taking, first, err);
    dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE,
                       "this shows what happens to '%s'; what is after it depends on that",
                       first->path);
    DK_RETURN_IF_ERROR(dk_session_preview(session, first->path, steps, err));
    return dk_pipeline_check_unread(&session->pipeline, true, err);
}

static enum dk_status preview_several(struct dk_taking *taking, unsigned steps,
                                      struct dk_error *err)
{
    print_order(taking);
    DK_RETURN_IF_ERROR(check_options(taking, err));
    return taking->fleet ? dk_fleet_preview(taking, steps, err) : preview_first(taking, steps, err);
}

enum dk_status dk_session_preview_logs(struct dk_session *session, unsigned steps,
                                       struct dk_error *err)
{
    struct dk_taking taking = {.session = session};
    enum dk_status status = list_deliveries(&taking, err);
    if (status == DK_OK)
        status = are_several(&taking) ? preview_several(&taking, steps, err)
                                      : dk_session_preview(session, NULL, steps, err);
    reset(&taking);
    return status;
}

/* What an earlier run began to archive is half in logs/, and no delivery. */
static enum dk_status finish_archive(struct dk_taking *taking, bool *finished, struct dk_error *err)
{
    struct dk_session *session = taking->session;
    struct dk_archived archived = {0};
    DK_RETURN_IF_ERROR(dk_pipeline_archive(&session->pipeline, true, &archived, err));
    *finished = archived.drops > 0;
    if (*finished)
        dk_session_report_archive(session, &archived);
    return list_deliveries(taking, err);
}

enum dk_status dk_session_run_logs(struct dk_session *session, const char *command,
                                   const struct dk_logs_watch *watch, bool *worked,
                                   struct dk_error *err)
{
    struct dk_taking taking = {.session = session, .command = command, .watch = watch};
    bool finished = false;
    session->console.has_loaded = false;
    enum dk_status status = list_deliveries(&taking, err);
    if (status == DK_OK && are_several(&taking))
        status = finish_archive(&taking, &finished, err);
    if (status == DK_OK && taking.count == 1)
        dk_session_name_rig(session, taking.list[0].path);
    if (status == DK_OK && are_several(&taking))
        status = take_all(&taking, err);
    else if (status == DK_OK)
        status = dk_session_run_once(session, NULL, &taking.worked, err);
    *worked = taking.worked || finished;
    reset(&taking);
    return status;
}
