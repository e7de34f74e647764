/* derrick status: what is loaded, what ran, what is due next. */
#include <stdlib.h>
#include <string.h>

#include "cohorts.h"
#include "command.h"
#include "derrick_version.h"
#include "pipeline/health.h"
#include "pipeline/overview.h"
#include "status_strips.h"
#include "store/quarantine.h"

#define RUNS_SHOWN 5

static void date_text(int64_t minute, char text[DK_DATE_TIME_SIZE + 1])
{
    dk_date_time_format(minute, text);
    text[DK_DATE_TIME_SIZE] = '\0';
}

/* The dates of its first and its last reading, wherever those are: calendar.start may have been
 * changed. */
static void rig_dates(const struct dk_rig_overview *rig, char from[DK_DATE_TIME_SIZE + 1],
                      char to[DK_DATE_TIME_SIZE + 1])
{
    int64_t first = INT64_MAX;
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < rig->count; i++) {
        const struct dk_series *series = &rig->series[i].series;
        int64_t end =
            series->start_minute + (int64_t)(rig->series[i].rows - 1) * series->interval_minutes;
        first = series->start_minute < first ? series->start_minute : first;
        last = end > last ? end : last;
    }
    date_text(first, from);
    date_text(last, to);
}

/* Wells of a site that are alike have one line; where one is incomplete, all are in the same
 * way. */
static void report_alike(struct dk_session *session, const struct dk_overview *overview,
                         size_t first, size_t count)
{
    char from[DK_DATE_TIME_SIZE + 1];
    char to[DK_DATE_TIME_SIZE + 1];
    char name[2 * DK_RIG_NAME_MAX + 4];
    char readings[DK_COUNT_TEXT_MAX];
    char cohorts[DK_COHORTS_TEXT_MAX];
    char incomplete[DK_COHORTS_TEXT_MAX];
    const struct dk_rig_overview *rig = &overview->rigs[first];
    dk_overview_name(overview, first, count, name, sizeof(name));
    rig_dates(rig, from, to);
    dk_cohorts_text(rig->series, rig->count, cohorts);
    dk_cohorts_incomplete_text(rig->series, rig->count, &session->config.settings.input.calendar,
                               incomplete);
    dk_console_print(&session->console,
                     "  %s: %zu wells, %zu cohort%s (%s), %s readings each, %s to %s", name, count,
                     rig->count, rig->count == 1 ? "" : "s", cohorts,
                     dk_count_text(rig->readings, readings), from, to);
    if (incomplete[0])
        dk_console_print(&session->console, "  %-12s incomplete: %s", "", incomplete);
}

static void report_rig(struct dk_session *session, const struct dk_rig_overview *rig)
{
    char from[DK_DATE_TIME_SIZE + 1];
    char to[DK_DATE_TIME_SIZE + 1];
    char count[DK_COUNT_TEXT_MAX];
    char cohorts[DK_COHORTS_TEXT_MAX];
    char incomplete[DK_COHORTS_TEXT_MAX];
    const struct dk_calendar *calendar = &session->config.settings.input.calendar;
    const struct dk_store_series *first = rig->series;
    rig_dates(rig, from, to);
    dk_cohorts_text(first, rig->count, cohorts);
    dk_cohorts_incomplete_text(first, rig->count, calendar, incomplete);
    dk_console_result(
        &session->console, "rig",
        DK_FIELDS(DK_TEXT("rig", rig->name), DK_NUMBER("cohorts", rig->count),
                  DK_NUMBER("readings", rig->readings),
                  DK_NUMBER("first_cohort", first->series.cohort),
                  DK_NUMBER("newest_cohort", rig->newest_cohort), DK_TEXT("from", from),
                  DK_TEXT("to", to), DK_JSON("missing", dk_cohorts_missing_json(first, rig->count)),
                  DK_JSON("incomplete", dk_cohorts_incomplete_json(first, rig->count, calendar))),
        "  %-12s %zu cohort%s (%s), %s readings, %s to %s", rig->name, rig->count,
        rig->count == 1 ? "" : "s", cohorts, dk_count_text(rig->readings, count), from, to);
    if (incomplete[0])
        dk_console_print(&session->console, "  %-12s incomplete: %s", "", incomplete);
}

/* How long ago the cohort ended, or when it does. */
static void due_text(const struct dk_expected *next, char text[64])
{
    char count[DK_COUNT_TEXT_MAX];
    int64_t days = next->is_over ? -next->days_left : next->days_left;
    const char *plural = days == 1 ? "" : "s";
    dk_count_text((uint64_t)days, count);
    if (days == 0)
        dk_text_format(text, 64, "due today");
    else if (next->is_over)
        dk_text_format(text, 64, "overdue by %s day%s", count, plural);
    else
        dk_text_format(text, 64, "ends in %s day%s", count, plural);
}

static void report_expected(struct dk_session *session, const struct dk_expected *next)
{
    char from[DK_DATE_TIME_SIZE + 1];
    char last[DK_DATE_TIME_SIZE + 1];
    char ends[DK_DATE_TIME_SIZE + 1];
    char due[64];
    date_text(next->start_minute, from);
    date_text(next->end_minute - DK_DAY_MINUTES, last);
    date_text(next->end_minute, ends);
    due_text(next, due);
    dk_console_result(&session->console, "due",
                      DK_FIELDS(DK_NUMBER("cohort", next->cohort), DK_TEXT("starts", from),
                                DK_TEXT("ends", ends), DK_FLAG("over", next->is_over),
                                DK_NUMBER("overdue_days", next->is_over ? -next->days_left : 0),
                                {.key = "rig",
                                 .kind = next->rig ? DK_FIELD_TEXT : DK_FIELD_NONE,
                                 .value.text = next->rig}),
                      "next expected: cohort %d%s%s (%.10s to %.10s), %s", next->cohort,
                      next->rig ? " of " : "", next->rig ? next->rig : "", from, last, due);
}

/* The rigs' strips, in the order of the overview; *outlines NULL where they are not printed. */
static enum dk_status read_outlines(struct dk_session *session, const struct dk_overview *overview,
                                    struct dk_outline_rig **outlines, struct dk_error *err)
{
    const struct dk_page_request request = {.calendar = session->config.settings.input.calendar,
                                            .as_of_minute = INT64_MIN};
    size_t count = 0;
    *outlines = NULL;
    if (session->console.json || overview->rig_count == 0 ||
        overview->rig_count > DK_STRIPS_RIGS_MAX)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_outline_read(session->pipeline.store, &request, outlines, &count, err));
    if (count == overview->rig_count)
        return DK_OK;
    free(*outlines); /* something was loaded in between */
    *outlines = NULL;
    return DK_OK;
}

static enum dk_status report_rigs(struct dk_session *session, struct dk_error *err)
{
    struct dk_overview overview;
    struct dk_outline_rig *outlines = NULL;
    DK_RETURN_IF_ERROR(dk_pipeline_overview(&session->pipeline, &overview, err));
    enum dk_status status = read_outlines(session, &overview, &outlines, err);
    if (overview.rig_count == 0)
        dk_console_result(&session->console, "rigs", DK_FIELDS(DK_NUMBER("count", 0)),
                          "nothing is loaded yet");
    else
        dk_console_print(&session->console, "loaded:");
    bool by_site = !session->console.json && overview.rig_count > DK_STRIPS_RIGS_MAX;
    for (size_t i = 0, count = 1; i < overview.rig_count; i += count) {
        count = by_site ? dk_overview_alike(&overview, i) : 1;
        if (count > 1)
            report_alike(session, &overview, i, count);
        else
            report_rig(session, &overview.rigs[i]);
        if (outlines)
            dk_status_strips_print(session, &outlines[i]);
    }
    for (size_t i = 0; i < overview.expected_count; i++)
        report_expected(session, &overview.expected[i]);
    free(outlines);
    dk_overview_reset(&overview);
    return status;
}

/* Whether a run found nothing to do, as most runs of a timer do. Runs of an earlier derrick don't
 * say. */
static bool was_idle(const struct dk_ledger_run *run)
{
    return strcmp(run->command, "run") == 0 && run->state == DK_RUN_DONE && run->exit_code == 0 &&
           run->actor.host[0] != '\0' && run->source[0] == '\0' && run->steps[0] == '\0' &&
           run->message[0] == '\0' && run->readings == 0;
}

static void report_run(struct dk_session *session, const struct dk_ledger_run *run)
{
    dk_console_result(
        &session->console, "run",
        DK_FIELDS(DK_NUMBER("run", run->run_id), DK_TEXT("command", run->command),
                  DK_TEXT("started", run->started), DK_TEXT("state", dk_run_state_word(run->state)),
                  DK_NUMBER("exit_code", run->exit_code), DK_TEXT("message", run->message)),
        "  run %lld  %s UTC  %-8s %s%s%s", (long long)run->run_id, run->started, run->command,
        dk_run_state_word(run->state), run->message[0] ? ": " : "", run->message);
}

/* One that could not reach the database, and is not recorded there yet. */
static enum dk_status report_missed(struct dk_session *session, struct dk_error *err)
{
    struct dk_ledger_missed missed;
    bool found = false;
    DK_RETURN_IF_ERROR(dk_pipeline_missed(&missed, &found, err));
    if (found)
        dk_console_result(
            &session->console, "missed_run",
            DK_FIELDS(DK_TEXT("command", missed.command), DK_TEXT("started", missed.started),
                      DK_TEXT("ended", missed.ended), DK_NUMBER("exit_code", missed.exit_code),
                      DK_TEXT("message", missed.message)),
            "not recorded yet: %s UTC  %s failed: %s", missed.ended, missed.command,
            missed.message);
    return DK_OK;
}

static enum dk_status report_runs(struct dk_session *session, struct dk_error *err)
{
    size_t shown = 0;
    struct dk_ledger_run *runs = NULL;
    size_t count = 0;
    enum dk_status status =
        dk_pipeline_runs(&session->pipeline, DK_RUNS_SEARCHED, &runs, &count, err);
    for (size_t i = 0; status == DK_OK && shown < RUNS_SHOWN && i < count; i++) {
        if (was_idle(&runs[i]))
            continue;
        if (shown++ == 0)
            dk_console_print(&session->console, "last runs:");
        report_run(session, &runs[i]);
    }
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

/* Complete files were refused if one of the deliveries was: the first one is named. */
static void report_refused(struct dk_session *session, const struct dk_delivery *found,
                           const struct dk_ledger_run *refused, size_t count)
{
    char drop[DK_DELIVERY_PATH_MAX + 3] = "its drop";
    char more[64] = "";
    if (strcmp(refused->source, DK_WORKSPACE_LOGS) != 0)
        dk_text_format(drop, sizeof(drop), "'%s'", refused->source);
    if (count > 1)
        dk_text_format(more, sizeof(more), ", and %zu more %s refused", count - 1,
                       count == 2 ? "was" : "were");
    dk_console_result(&session->console, "waiting",
                      DK_FIELDS(DK_NUMBER("files", found->count), DK_TEXT("first", found->first),
                                DK_TEXT("problem", refused->message)),
                      "waiting in '%s': %zu file%s; run %lld refused %s%s: 'derrick status --runs' "
                      "shows why",
                      DK_WORKSPACE_LOGS, found->count, found->count == 1 ? "" : "s",
                      (long long)refused->run_id, drop, more);
}

/* The files are found and complete: what becomes of them depends on their cells. */
static enum dk_status report_readable(struct dk_session *session, const struct dk_delivery *found,
                                      struct dk_error *err)
{
    struct dk_ledger_run *refused = NULL;
    size_t count = 0;
    DK_RETURN_IF_ERROR(dk_pipeline_refused(&session->pipeline, &refused, &count, err));
    if (count > 0)
        report_refused(session, found, refused, count);
    else
        dk_console_result(&session->console, "waiting",
                          DK_FIELDS(DK_NUMBER("files", found->count),
                                    DK_TEXT("first", found->first), DK_TEXT("problem", NULL)),
                          "waiting in '%s': %zu file%s; 'derrick run' loads %s", DK_WORKSPACE_LOGS,
                          found->count, found->count == 1 ? "" : "s",
                          found->count == 1 ? "it" : "them");
    free(refused);
    return DK_OK;
}

static enum dk_status report_quarantine(struct dk_session *session, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    int64_t open = 0;
    char count[DK_COUNT_TEXT_MAX];
    DK_RETURN_IF_ERROR(dk_store_quarantine_open(session->pipeline.store, &all, &open, err));
    if (open > 0)
        dk_console_result(&session->console, "quarantine", DK_FIELDS(DK_NUMBER("open", open)),
                          "in quarantine: %s cell%s; see 'derrick quarantine list'",
                          dk_count_text((uint64_t)open, count), open == 1 ? "" : "s");
    return DK_OK;
}

static enum dk_status report_waiting(struct dk_session *session, struct dk_error *err)
{
    struct dk_delivery found;
    struct dk_error problem;
    DK_RETURN_IF_ERROR(dk_pipeline_waiting_check(&session->pipeline, &found, &problem, err));
    bool good = problem.status == DK_OK;
    if (found.count > 0 && good)
        return report_readable(session, &found, err);
    if (found.count > 0)
        dk_console_result(&session->console, "waiting",
                          DK_FIELDS(DK_NUMBER("files", found.count), DK_TEXT("first", found.first),
                                    DK_TEXT("problem", problem.message)),
                          "waiting in '%s': %zu file%s: %s", DK_WORKSPACE_LOGS, found.count,
                          found.count == 1 ? "" : "s", problem.message);
    else if (!good)
        dk_console_result(&session->console, "waiting",
                          DK_FIELDS(DK_TEXT("files", NULL), DK_TEXT("problem", problem.message)),
                          "waiting in '%s': %s", DK_WORKSPACE_LOGS, problem.message);
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

/* A path as a shell reads it: in quotes, unless it needs none. */
static void quote(const char *path, char *text, size_t cap)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@,%=";
    size_t used = 0;
    if (path[0] != '\0' && path[0] != '-' && path[strspn(path, plain)] == '\0') {
        dk_text_format(text, cap, "%s", path);
        return;
    }
    dk_text_format(text, cap, "\"");
    for (used = 1; *path && used + 4 < cap; path++) {
        if (strchr("\"\\$`", *path))
            text[used++] = '\\';
        text[used++] = *path;
    }
    dk_text_format(text + used, cap - used, "\"");
}

/* Cohorts of one rig that follow each other and that one drop loaded. */
static enum dk_status report_lack_of(struct dk_session *session, const char *what,
                                     const struct dk_store_series *list, size_t count,
                                     struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX];
    char last[16] = "";
    struct dk_drop_place place;
    char path[2 * sizeof(place.path) + 3];
    dk_well_rig_name(&list->series.well, rig);
    if (count > 1)
        dk_text_format(last, sizeof(last), "-%d", list[count - 1].series.cohort);
    DK_RETURN_IF_ERROR(dk_pipeline_drop_place(&session->pipeline, list->drop_id, &place, err));
    quote(place.path, path, sizeof(path));
    dk_console_result(
        &session->console, "lacking",
        DK_FIELDS(DK_TEXT("what", what), DK_TEXT("rig", rig),
                  DK_NUMBER("first_cohort", list->series.cohort),
                  DK_NUMBER("last_cohort", list[count - 1].series.cohort),
                  DK_TEXT("drop", place.path)),
        "no %s in '%s' of %s, cohort %d%s: 'derrick run %s --cohort %d%s%s' makes them", what,
        DK_WORKSPACE_S3, rig, list->series.cohort, last, path, list->series.cohort, last,
        place.options);
    return DK_OK;
}

static enum dk_status report_lack(struct dk_session *session, bool features, struct dk_error *err)
{
    struct dk_burst_lack lack;
    size_t end = 0;
    DK_RETURN_IF_ERROR(dk_pipeline_burst_lack(&session->pipeline, 0, features, &lack, err));
    enum dk_status status = DK_OK;
    for (size_t first = 0; status == DK_OK && first < lack.count; first = end) {
        const struct dk_store_series *list = &lack.series[first];
        end = first + 1;
        while (end < lack.count && lack.series[end].well_id == list->well_id &&
               lack.series[end].drop_id == list->drop_id &&
               lack.series[end].series.cohort == lack.series[end - 1].series.cohort + 1)
            end++;
        status = report_lack_of(session, features ? "features" : "samples", list, end - first, err);
    }
    dk_burst_lack_reset(&lack);
    return status;
}

static enum dk_status report_s3(struct dk_session *session, struct dk_error *err)
{
    struct dk_s3_overview s3;
    const char *url = session->config.settings.s3.url;
    DK_RETURN_IF_ERROR(dk_pipeline_s3_overview(&session->pipeline, &s3, err));
    const char *state = s3.current ? "up to date" : "not up to date";
    if (!s3.configured)
        dk_console_result(&session->console, "s3", DK_FIELDS(DK_TEXT("url", NULL)),
                          "s3: not configured");
    else if (s3.problem.status == DK_OK)
        dk_console_result(&session->console, "s3",
                          DK_FIELDS(DK_TEXT("url", url), DK_TEXT("credentials", s3.credentials),
                                    DK_FLAG("current", s3.current)),
                          "s3: '%s', credentials from %s, %s", url, s3.credentials, state);
    else
        dk_console_result(&session->console, "s3",
                          DK_FIELDS(DK_TEXT("url", url), DK_TEXT("credentials", NULL),
                                    DK_TEXT("problem", s3.problem.message),
                                    DK_FLAG("current", s3.current)),
                          "s3: '%s', %s; %s", url, state, s3.problem.message);
    return DK_OK;
}

/* --- for monitoring ------------------------------------------------------------------------- */

#define METRICS_BYTES_MAX (16u << 20)

/* The reasons, in one line. */
struct reasons {
    struct dk_session *session;
    struct dk_buffer line;
    size_t count;
};

static void add_reason(void *context, const struct dk_finding *finding)
{
    struct reasons *reasons = context;
    dk_buffer_put(&reasons->line, reasons->count++ > 0 ? "; " : "");
    dk_buffer_put(&reasons->line, finding->text);
}

static enum dk_status report_check(struct dk_session *session, int late_days, struct dk_error *err)
{
    struct reasons reasons = {.session = session};
    const struct dk_doctor to = {.found = add_reason, .context = &reasons};
    dk_buffer_init(&reasons.line, METRICS_BYTES_MAX);
    enum dk_status status = dk_pipeline_health(&session->pipeline, late_days, &to, err);
    if (status == DK_OK)
        status = dk_buffer_finish(&reasons.line, err);
    if (status == DK_OK) {
        session->needs_action = reasons.count > 0;
        dk_console_result(
            &session->console, "status_check",
            DK_FIELDS(DK_NUMBER("problems", reasons.count), DK_TEXT("message", reasons.line.data)),
            "%s", reasons.count > 0 ? reasons.line.data : "ok");
    }
    dk_buffer_reset(&reasons.line);
    return status;
}

static enum dk_status report_metrics(struct dk_session *session, int late_days,
                                     struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, METRICS_BYTES_MAX);
    enum dk_status status =
        dk_pipeline_metrics(&session->pipeline, late_days, DERRICK_VERSION, &text, err);
    if (status == DK_OK)
        fputs(text.data, stdout);
    dk_buffer_reset(&text);
    return status;
}

/* The file that node_exporter reads must not keep saying that all is well. */
static enum dk_status report_down(struct dk_session *session, struct dk_error *err)
{
    struct dk_buffer text;
    dk_observer_notice(&session->console.observer, DK_LEVEL_WARNING, "%s", err->message);
    dk_buffer_init(&text, METRICS_BYTES_MAX);
    enum dk_status status = dk_pipeline_metrics_down(DERRICK_VERSION, &text, err);
    if (status == DK_OK)
        fputs(text.data, stdout);
    dk_buffer_reset(&text);
    return status;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    const struct dk_options *options = &session->arguments.options;
    int late_days = options->late >= 0 ? (int)options->late : session->config.settings.late_days;
    if (options->runs > 0 && (options->check || options->prometheus))
        return dk_error_set(err, DK_ERR_USAGE,
                            "--runs can't be combined with --check or --prometheus");
    if (options->prometheus && (options->check || options->json))
        return dk_error_set(err, DK_ERR_USAGE,
                            "--prometheus can't be combined with --check or --json");
    enum dk_status status = dk_pipeline_open(&session->pipeline, err);
    if (status == DK_ERR_STORE && options->prometheus)
        return report_down(session, err);
    if (status != DK_OK)
        return status;
    if (options->runs > 0)
        return dk_session_report_history(session, (size_t)options->runs, err);
    if (options->check)
        return report_check(session, late_days, err);
    if (options->prometheus)
        return report_metrics(session, late_days, err);
    const char *url = dk_store_url(session->pipeline.store);
    const char *engine = dk_store_engine(session->pipeline.store);
    dk_console_result(&session->console, "database",
                      DK_FIELDS(DK_TEXT("url", url), DK_TEXT("engine", engine)),
                      "database: %s (%s)", url, engine);
    DK_RETURN_IF_ERROR(report_rigs(session, err));
    DK_RETURN_IF_ERROR(report_export(session, err));
    DK_RETURN_IF_ERROR(report_lack(session, false, err));
    DK_RETURN_IF_ERROR(report_lack(session, true, err));
    DK_RETURN_IF_ERROR(report_s3(session, err));
    DK_RETURN_IF_ERROR(report_pending(session, err));
    DK_RETURN_IF_ERROR(report_quarantine(session, err));
    DK_RETURN_IF_ERROR(report_waiting(session, err));
    DK_RETURN_IF_ERROR(report_missed(session, err));
    return report_runs(session, err);
}

static const struct dk_option own_options[] = {
    {.name = "check",
     .help = "print one line, and exit with 7 if somebody has to see to something",
     DK_FIELD(check)},
    {.name = "late",
     .argument = "DAYS",
     .help = "a cohort is late when more than DAYS full days have passed since its last day "
             "(default: status.late, 14)",
     .type = DK_OPTION_NUMBER,
     DK_FIELD(late),
     .min = 0,
     .max = 36500},
    {.name = "runs",
     .argument = "[N]",
     .help = "show the last N runs (default: 20): who, where, which drop, how long, which problems",
     .type = DK_OPTION_NUMBER,
     DK_FIELD(runs),
     .preset = "20",
     .min = 1,
     .max = 100000},
    {.name = "prometheus",
     .help = "print metrics for the textfile collector of node_exporter",
     DK_FIELD(prometheus)},
    {0},
};
static const struct dk_option *const groups[] = {own_options, NULL};

const struct dk_command dk_command_status = {
    .name = "status",
    .summary = "show what is loaded, what ran, what is expected next",
    .operands = "",
    .operands_max = 0,
    .description =
        "Shows what the database holds for each rig, how complete it is and the condition of its "
        "components over time, which cohort is expected next, whether the export and S3 are up to "
        "date and which credentials S3 would use, which drops are not archived yet or wait in "
        "logs/, and the last runs that had something to do. Changes nothing.\n\n"
        "For monitoring, --check prints one line: ok, or (exit code 7) what somebody has to see "
        "to: the last run failed, a refused delivery is in logs/, files there can't be read, a "
        "cohort is late or missing between others, the export or S3 is out of date, cells are in "
        "quarantine, the disk is nearly full.",
    .examples = "derrick status\n"
                "derrick status --runs 50\n"
                "derrick status --check --late 30\n"
                "derrick status --prometheus > /var/lib/node_exporter/derrick.prom\n"
                "derrick status --json | jq 'select(.event == \"due\")'",
    .options = groups,
    .needs = DK_NEEDS_SETTINGS, /* it opens the database itself, to report that it can't */
    .run = run,
};
