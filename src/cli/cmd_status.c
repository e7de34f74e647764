/* derrick status: what is loaded, what ran, what is due next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cohorts.h"
#include "command.h"

#define RUNS_SHOWN 5

/* The cohorts of one rig: a run of rows in the list. */
struct rig_span {
    char name[DK_RIG_NAME_MAX];
    size_t first, count;
    uint64_t readings;
    int newest;
};

static void date_text(int64_t minute, char text[DK_DATE_TIME_SIZE + 1])
{
    dk_date_time_format(minute, text);
    text[DK_DATE_TIME_SIZE] = '\0';
}

static void report_rig(struct dk_session *session, const struct dk_store_series *list,
                       const struct rig_span *span)
{
    char from[DK_DATE_TIME_SIZE + 1];
    char to[DK_DATE_TIME_SIZE + 1];
    char count[DK_COUNT_TEXT_MAX];
    char cohorts[DK_COHORTS_TEXT_MAX];
    char incomplete[DK_COHORTS_TEXT_MAX];
    const struct dk_calendar *calendar = &session->config.settings.input.calendar;
    const struct dk_store_series *first = &list[span->first];
    const struct dk_store_series *last = &list[span->first + span->count - 1];
    date_text(first->series.start_minute, from);
    date_text(last->series.start_minute + (int64_t)(last->rows - 1) * last->series.interval_minutes,
              to);
    dk_cohorts_text(first, span->count, cohorts);
    dk_cohorts_incomplete_text(first, span->count, calendar, incomplete);
    dk_console_result(
        &session->console, "rig",
        DK_FIELDS(
            DK_TEXT("rig", span->name), DK_NUMBER("cohorts", span->count),
            DK_NUMBER("readings", span->readings), DK_NUMBER("first_cohort", first->series.cohort),
            DK_NUMBER("newest_cohort", span->newest), DK_TEXT("from", from), DK_TEXT("to", to),
            DK_JSON("missing", dk_cohorts_missing_json(first, span->count)),
            DK_JSON("incomplete", dk_cohorts_incomplete_json(first, span->count, calendar))),
        "  %-12s %zu cohort%s (%s), %s readings, %s to %s", span->name, span->count,
        span->count == 1 ? "" : "s", cohorts, dk_count_text(span->readings, count), from, to);
    if (incomplete[0])
        dk_console_print(&session->console, "  %-12s incomplete: %s", "", incomplete);
}

/* How long ago the cohort ended, or when it does. */
static void due_text(int64_t end, int64_t now, char text[64])
{
    char count[DK_COUNT_TEXT_MAX];
    int64_t days = (now > end ? now - end : end - now) / DK_DAY_MINUTES;
    const char *plural = days == 1 ? "" : "s";
    dk_count_text((uint64_t)days, count);
    if (days == 0)
        dk_text_format(text, 64, "due today");
    else if (now > end)
        dk_text_format(text, 64, "overdue by %s day%s", count, plural);
    else
        dk_text_format(text, 64, "ends in %s day%s", count, plural);
}

/* The cohort after the newest one, by the calendar; of one rig, or of all (NULL). */
static void report_due(struct dk_session *session, const char *rig, int newest)
{
    const struct dk_calendar *calendar = &session->config.settings.input.calendar;
    int64_t now = session->config.settings.now_minute;
    int64_t start = 0;
    int64_t end = 0;
    char from[DK_DATE_TIME_SIZE + 1];
    char last[DK_DATE_TIME_SIZE + 1];
    char ends[DK_DATE_TIME_SIZE + 1];
    char due[64];
    if (dk_calendar_cohort_start(calendar, newest + 1, &start, NULL) != DK_OK ||
        dk_calendar_cohort_start(calendar, newest + 2, &end, NULL) != DK_OK)
        return;
    date_text(start, from);
    date_text(end - DK_DAY_MINUTES, last);
    date_text(end, ends);
    due_text(end, now, due);
    dk_console_result(
        &session->console, "due",
        DK_FIELDS(DK_NUMBER("cohort", newest + 1), DK_TEXT("starts", from), DK_TEXT("ends", ends),
                  DK_FLAG("over", end <= now),
                  DK_NUMBER("overdue_days", end <= now ? (now - end) / DK_DAY_MINUTES : 0),
                  {.key = "rig", .kind = rig ? DK_FIELD_TEXT : DK_FIELD_NONE, .value.text = rig}),
        "next expected: cohort %d%s%s (%.10s to %.10s), %s", newest + 1, rig ? " of " : "",
        rig ? rig : "", from, last, due);
}

/* The cohorts of the rig that list[first] belongs to. */
static struct rig_span span_at(const struct dk_store_series *list, size_t count, size_t first)
{
    struct rig_span span = {.first = first};
    dk_well_rig_name(&list[first].series.well, span.name);
    for (size_t i = first; i < count; i++) {
        if (dk_well_compare(&list[i].series.well, &list[first].series.well) != 0)
            break;
        span.readings += list[i].rows;
        if (list[i].series.cohort > span.newest)
            span.newest = list[i].series.cohort;
        span.count++;
    }
    return span;
}

/* One line where all rigs have got as far, else one each. */
static void report_all_due(struct dk_session *session, const struct dk_store_series *list,
                           size_t count)
{
    int newest = count > 0 ? span_at(list, count, 0).newest : 0;
    bool even = true;
    struct rig_span span;
    for (size_t first = 0; even && first < count; first += span.count) {
        span = span_at(list, count, first);
        even = span.newest == newest;
    }
    if (even) {
        report_due(session, NULL, newest);
        return;
    }
    for (size_t first = 0; first < count; first += span.count) {
        span = span_at(list, count, first);
        report_due(session, span.name, span.newest);
    }
}

static enum dk_status report_rigs(struct dk_session *session, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_store_list(session->pipeline.store, &all, &list, &count, err);
    if (status != DK_OK)
        return status;
    if (count == 0)
        dk_console_result(&session->console, "rigs", DK_FIELDS(DK_NUMBER("count", 0)),
                          "nothing is loaded yet");
    else
        dk_console_print(&session->console, "loaded:");
    struct rig_span span;
    for (size_t first = 0; first < count; first += span.count) {
        span = span_at(list, count, first);
        report_rig(session, list, &span);
    }
    report_all_due(session, list, count);
    free(list);
    return DK_OK;
}

static enum dk_status report_runs(struct dk_session *session, struct dk_error *err)
{
    struct dk_ledger_run *runs = NULL;
    size_t count = 0;
    enum dk_status status = dk_ledger_runs(session->pipeline.store, RUNS_SHOWN, &runs, &count, err);
    if (status == DK_OK && count > 0)
        dk_console_print(&session->console, "last runs:");
    for (size_t i = 0; status == DK_OK && i < count; i++)
        dk_console_result(&session->console, "run",
                          DK_FIELDS(DK_NUMBER("run", runs[i].run_id),
                                    DK_TEXT("command", runs[i].command),
                                    DK_TEXT("started", runs[i].started),
                                    DK_TEXT("state", dk_run_state_word(runs[i].state)),
                                    DK_NUMBER("exit_code", runs[i].exit_code),
                                    DK_TEXT("message", runs[i].message)),
                          "  run %lld  %s UTC  %-8s %s%s%s", (long long)runs[i].run_id,
                          runs[i].started, runs[i].command, dk_run_state_word(runs[i].state),
                          runs[i].message[0] ? ": " : "", runs[i].message);
    free(runs);
    return status;
}

static enum dk_status report_pending(struct dk_session *session, struct dk_error *err)
{
    struct dk_ledger_drop *drops = NULL;
    size_t count = 0;
    enum dk_status status = dk_pipeline_pending(&session->pipeline, &drops, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        dk_console_result(&session->console, "pending",
                          DK_FIELDS(DK_TEXT("drop", drops[i].source),
                                    DK_NUMBER("run", drops[i].run_id),
                                    DK_TEXT("loaded_at", drops[i].loaded_at)),
                          "not archived yet: '%s', loaded by run %lld; 'derrick run' finishes it",
                          drops[i].source, (long long)drops[i].run_id);
    free(drops);
    return status;
}

/* What derrick would say of the drop in logs/ before it reads it; "" if nothing is wrong. */
static void find_problem(struct dk_session *session, const struct dk_delivery *found,
                         struct dk_error *why)
{
    const struct dk_drop_search search = {.path = DK_WORKSPACE_LOGS,
                                          .profile_folder = DK_WORKSPACE_PROFILE,
                                          .ignore = session->config.settings.input.ignore};
    struct dk_drop drop = {0};
    if (found->unread > 0 || found->readable == 0)
        dk_error_set(why, DK_ERR_DATA, "'%s' %s", found->first, dk_delivery_reason(found->kind));
    else if (found->kind == DK_DELIVERY_SENSOR && dk_drop_find(&drop, &search, why) == DK_OK)
        dk_error_reset(why);
    dk_drop_reset(&drop);
}

static enum dk_status report_waiting(struct dk_session *session, struct dk_error *err)
{
    struct dk_delivery found;
    struct dk_error why = {0};
    if (!dk_path_exists(DK_WORKSPACE_LOGS))
        return DK_OK;
    enum dk_status status = dk_pipeline_waiting(&session->pipeline, &found, &why);
    if (status == DK_ERR_IO) {
        dk_console_result(&session->console, "waiting",
                          DK_FIELDS(DK_TEXT("files", NULL), DK_TEXT("problem", why.message)),
                          "waiting in '%s': %s", DK_WORKSPACE_LOGS, why.message);
        return DK_OK;
    }
    if (status != DK_OK && err)
        *err = why;
    if (status != DK_OK || found.count == 0)
        return status;
    find_problem(session, &found, &why);
    bool good = why.message[0] == '\0';
    dk_console_result(&session->console, "waiting",
                      DK_FIELDS(DK_NUMBER("files", found.count), DK_TEXT("first", found.first),
                                DK_TEXT("problem", good ? NULL : why.message)),
                      "waiting in '%s': %zu file%s%s%s", DK_WORKSPACE_LOGS, found.count,
                      found.count == 1 ? "" : "s", good ? "; 'derrick run' loads " : ": ",
                      good ? (found.count == 1 ? "it" : "them") : why.message);
    return DK_OK;
}

static enum dk_status report_export(struct dk_session *session, struct dk_error *err)
{
    struct dk_ledger_publication publication = {0};
    bool current = false;
    char count[DK_COUNT_TEXT_MAX];
    enum dk_status status =
        dk_pipeline_export_find(&session->pipeline, &publication, &current, err);
    if (status != DK_OK || publication.hash[0] == '\0')
        return status;
    dk_console_result(&session->console, "export",
                      DK_FIELDS(DK_TEXT("output", publication.target),
                                DK_NUMBER("rows", publication.rows), DK_FLAG("current", current),
                                DK_TEXT("done_at", publication.done_at)),
                      "export: '%s', %s rows, %s UTC%s", publication.target,
                      dk_count_text((uint64_t)publication.rows, count), publication.done_at,
                      current ? "" : " (out of date: 'derrick export')");
    return DK_OK;
}

static enum dk_status report_s3(struct dk_session *session, struct dk_error *err)
{
    char source[DK_S3_TEXT_MAX];
    struct dk_error why = {0};
    bool current = false;
    if (!dk_pipeline_s3_configured(&session->pipeline)) {
        dk_console_result(&session->console, "s3", DK_FIELDS(DK_TEXT("url", NULL)),
                          "s3: not configured");
        return DK_OK;
    }
    const char *url = session->config.settings.s3.url;
    enum dk_status found = dk_s3_source_find(&session->environment, source, &why);
    if (found == DK_OK)
        found = dk_s3_settings_try(&session->config.settings.s3, &session->environment, &why);
    enum dk_status status = dk_pipeline_upload_current(&session->pipeline, &current, err);
    if (status != DK_OK)
        return status;
    const char *state = current ? "up to date" : "not up to date";
    if (found == DK_OK)
        dk_console_result(&session->console, "s3",
                          DK_FIELDS(DK_TEXT("url", url), DK_TEXT("credentials", source),
                                    DK_FLAG("current", current)),
                          "s3: '%s', credentials from %s, %s", url, source, state);
    else
        dk_console_result(&session->console, "s3",
                          DK_FIELDS(DK_TEXT("url", url), DK_TEXT("credentials", NULL),
                                    DK_TEXT("problem", why.message), DK_FLAG("current", current)),
                          "s3: '%s', %s; %s", url, state, why.message);
    return DK_OK;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    const char *url = dk_store_url(session->pipeline.store);
    const char *engine = dk_store_engine(session->pipeline.store);
    dk_console_result(&session->console, "database",
                      DK_FIELDS(DK_TEXT("url", url), DK_TEXT("engine", engine)),
                      "database: %s (%s)", url, engine);
    DK_RETURN_IF_ERROR(report_rigs(session, err));
    DK_RETURN_IF_ERROR(report_export(session, err));
    DK_RETURN_IF_ERROR(report_s3(session, err));
    DK_RETURN_IF_ERROR(report_pending(session, err));
    DK_RETURN_IF_ERROR(report_waiting(session, err));
    return report_runs(session, err);
}

const struct dk_command dk_command_status = {
    .name = "status",
    .summary = "show what is loaded, what ran, what is expected next",
    .operands = "",
    .operands_max = 0,
    .description =
        "Shows what the database holds for each rig, which cohort is expected next, whether the "
        "export and S3 are up to date and which credentials S3 would use, which drops are not "
        "archived yet or wait in logs/, and the last runs. Changes nothing.",
    .examples = "derrick status\n"
                "derrick status --json | jq 'select(.event == \"due\")'",
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_STORE,
    .run = run,
};
