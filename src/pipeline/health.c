#include "pipeline/health.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk.h"
#include "finding.h"
#include "pipeline/overview.h"
#include "store/probe.h"

/* What both the check and the metrics are made of. */
struct state {
    const struct dk_pipeline *pipeline;
    int late_days;
    struct dk_overview overview;
    struct dk_ledger_run *runs;          /* the newest ones, of all workspaces; owned */
    const struct dk_ledger_run *run;     /* the last one of this workspace; NULL: none */
    struct dk_ledger_publication export; /* hash "": none was made */
    bool export_current;
    struct dk_s3_overview s3;
    size_t lacking[2];  /* cohorts without their samples, without their features */
    char lack[2][1200]; /* what the first of them is, and the command that makes them */
    struct dk_ledger_deliveries deliveries;
    struct dk_delivery waiting;
    struct dk_error waiting_problem;
    struct dk_ledger_run *refused; /* what is in logs/; owned */
    size_t refused_count;
    struct dk_ledger_missed missed; /* the last run, if it could not reach the database */
    bool has_missed;
};

/* The last run of this workspace: others may share the database. */
static enum dk_status find_last_run(struct dk_pipeline *pipeline, struct state *state,
                                    struct dk_error *err)
{
    size_t count = 0;
    DK_RETURN_IF_ERROR(dk_pipeline_runs(pipeline, DK_RUNS_SEARCHED, &state->runs, &count, err));
    for (size_t i = 0; !state->run && i < count; i++)
        if (strcmp(state->runs[i].workspace_id, pipeline->workspace.id) == 0)
            state->run = &state->runs[i];
    return DK_OK;
}

static enum dk_status describe_lack(struct dk_pipeline *pipeline, const struct dk_burst_lack *lack,
                                    bool features, char text[1200], struct dk_error *err)
{
    const struct dk_store_series *first = lack->series;
    struct dk_drop_place place;
    char rig[DK_RIG_NAME_MAX];
    char more[64] = "";
    dk_well_rig_name(&first->series.well, rig);
    if (lack->count > 1)
        dk_text_format(more, sizeof(more), " (and %zu more: see 'derrick status')",
                       lack->count - 1);
    DK_RETURN_IF_ERROR(dk_pipeline_drop_place(pipeline, first->drop_id, &place, err));
    dk_text_format(text, 1200,
                   "no %s of cohort %d of %s: 'derrick run %s --cohort %d%s' makes them%s",
                   features ? "features" : "samples", first->series.cohort, rig, place.path,
                   first->series.cohort, place.options, more);
    return DK_OK;
}

static enum dk_status find_lack(struct dk_pipeline *pipeline, struct state *state,
                                struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (int features = 0; status == DK_OK && features < 2; features++) {
        struct dk_burst_lack lack;
        DK_RETURN_IF_ERROR(dk_pipeline_burst_lack(pipeline, 0, features, &lack, err));
        state->lacking[features] = lack.count;
        if (lack.count > 0)
            status = describe_lack(pipeline, &lack, features, state->lack[features], err);
        dk_burst_lack_reset(&lack);
    }
    return status;
}

static enum dk_status collect(struct dk_pipeline *pipeline, struct state *state,
                              struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_pipeline_overview(pipeline, &state->overview, err));
    DK_RETURN_IF_ERROR(find_last_run(pipeline, state, err));
    DK_RETURN_IF_ERROR(dk_pipeline_missed(&state->missed, &state->has_missed, err));
    DK_RETURN_IF_ERROR(dk_pipeline_refused(pipeline, &state->refused, &state->refused_count, err));
    DK_RETURN_IF_ERROR(
        dk_pipeline_export_find(pipeline, &state->export, &state->export_current, err));
    DK_RETURN_IF_ERROR(dk_pipeline_s3_overview(pipeline, &state->s3, err));
    DK_RETURN_IF_ERROR(find_lack(pipeline, state, err));
    DK_RETURN_IF_ERROR(dk_ledger_deliveries_find(pipeline->store, &state->deliveries, err));
    return dk_pipeline_waiting_check(pipeline, &state->waiting, &state->waiting_problem, err);
}

static void reset(struct state *state)
{
    dk_overview_reset(&state->overview);
    free(state->runs);
    free(state->refused);
}

static bool is_loaded(const struct state *state)
{
    return state->overview.rig_count > 0;
}

/* Whole days since the cohort's end; negative: it has not ended. */
static int64_t days_late(const struct dk_expected *next)
{
    return next->is_over ? -next->days_left : -1;
}

static bool has_failed(const struct dk_ledger_run *run)
{
    return run->state == DK_RUN_FAILED || run->state == DK_RUN_INTERRUPTED;
}

/* Cohorts that are missing between the first and the newest of a rig. */
static size_t gaps_of(const struct dk_rig_overview *rig)
{
    return (size_t)(rig->newest_cohort - rig->series->series.cohort + 1) - rig->count;
}

/* --- the check -------------------------------------------------------------------------------- */

static void problem(const struct dk_doctor *to, const char *part, const char *fmt, ...)
    DK_PRINTF(3, 4);

static void problem(const struct dk_doctor *to, const char *part, const char *fmt, ...)
{
    struct dk_finding finding = {.kind = DK_FINDING_PROBLEM, .part = part};
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(finding.text, sizeof(finding.text), fmt, args);
    va_end(args);
    to->found(to->context, &finding);
}

static void check_cohorts(const struct state *state, const struct dk_doctor *to)
{
    const struct dk_overview *overview = &state->overview;
    char count[DK_COUNT_TEXT_MAX];
    for (size_t i = 0; i < overview->expected_count; i++) {
        const struct dk_expected *next = &overview->expected[i];
        if (days_late(next) > state->late_days)
            problem(to, "cohort", "cohort %d%s%s is late: it ended %s day%s ago", next->cohort,
                    next->rig ? " of " : "", next->rig ? next->rig : "",
                    dk_count_text((uint64_t)days_late(next), count),
                    days_late(next) == 1 ? "" : "s");
    }
    for (size_t i = 0; i < overview->rig_count; i++) {
        size_t gaps = gaps_of(&overview->rigs[i]);
        if (gaps > 0)
            problem(to, "gap", "%s lacks %zu cohort%s before its newest one",
                    overview->rigs[i].name, gaps, gaps == 1 ? "" : "s");
    }
}

static void check_outputs(const struct state *state, const struct dk_doctor *to)
{
    if (is_loaded(state) && !state->export_current)
        problem(to, "export", "the export is out of date");
    for (int features = 0; features < 2; features++)
        if (state->lacking[features] > 0)
            problem(to, features ? "features" : "samples", "%s", state->lack[features]);
    if (state->s3.configured && !state->s3.current)
        problem(to, "upload", "S3 is out of date");
    if (state->s3.configured && state->s3.problem.status != DK_OK)
        problem(to, "s3", "%s", state->s3.problem.message);
}

/* Without it nobody can deliver: the share may not be mounted. */
static void check_logs(const struct dk_doctor *to)
{
    struct dk_error why = {0};
    if (access(DK_WORKSPACE_LOGS, R_OK | X_OK) == 0)
        return;
    (void)dk_error_errno(&why, DK_ERR_IO, errno, "can't read", DK_WORKSPACE_LOGS);
    problem(to, "logs", "%s", why.message);
}

static void check_missed(const struct dk_ledger_missed *missed, const struct dk_doctor *to)
{
    problem(to, "run", "the run at %s UTC (%s) failed: %s", missed->ended, missed->command,
            missed->message);
}

static bool check_last_run(const struct state *state, const struct dk_doctor *to)
{
    const struct dk_ledger_run *run = state->run;
    if (state->has_missed)
        check_missed(&state->missed, to);
    if (state->has_missed || !run || !has_failed(run))
        return false;
    problem(to, "run", "run %" PRId64 " (%s) %s: %s", run->run_id, run->command,
            dk_run_state_word(run->state),
            run->message[0] ? run->message : "it ended without a message");
    return true;
}

/* What was refused and is in logs/, except for what the last run's message is about already. */
static void check_refused(const struct state *state, bool last_run_said, const struct dk_doctor *to)
{
    char quoted[DK_DELIVERY_PATH_MAX + 3];
    for (size_t i = 0; i < state->refused_count; i++) {
        const struct dk_ledger_run *refused = &state->refused[i];
        dk_text_format(quoted, sizeof(quoted), "'%s'", refused->source);
        if (last_run_said &&
            (refused->run_id == state->run->run_id || strstr(state->run->message, quoted)))
            continue;
        problem(to, "refused", "run %" PRId64 " refused %s: %s", refused->run_id, quoted,
                refused->message);
    }
}

static void check_all(const struct state *state, const struct dk_doctor *to)
{
    char count[DK_COUNT_TEXT_MAX];
    struct dk_finding disk;
    check_refused(state, check_last_run(state, to), to);
    if (state->waiting_problem.status != DK_OK)
        problem(to, "waiting", "%s", state->waiting_problem.message);
    check_logs(to);
    check_cohorts(state, to);
    check_outputs(state, to);
    if (state->deliveries.quarantined > 0)
        problem(to, "quarantine", "%s cell%s in quarantine",
                dk_count_text((uint64_t)state->deliveries.quarantined, count),
                state->deliveries.quarantined == 1 ? " is" : "s are");
    dk_finding_disk(&disk);
    if (disk.kind == DK_FINDING_PROBLEM)
        to->found(to->context, &disk);
}

enum dk_status dk_pipeline_health(struct dk_pipeline *pipeline, int late_days,
                                  const struct dk_doctor *to, struct dk_error *err)
{
    struct state state = {.pipeline = pipeline, .late_days = late_days};
    enum dk_status status = collect(pipeline, &state, err);
    if (status == DK_OK)
        check_all(&state, to);
    reset(&state);
    return status;
}

/* --- metrics ---------------------------------------------------------------------------------- */

static void put_head(struct dk_buffer *text, const char *name, const char *help)
{
    dk_buffer_putf(text, "# HELP derrick_%s %s\n# TYPE derrick_%s gauge\n", name, help, name);
}

static void put_number(struct dk_buffer *text, const char *name, const char *help, int64_t value)
{
    put_head(text, name, help);
    dk_buffer_putf(text, "derrick_%s %" PRId64 "\n", name, value);
}

/* Seconds since 1970 of the ledger's "YYYY-MM-DD HH:MM:SS"; 0: there is none. */
static int64_t ledger_seconds(const char *time)
{
    char minutes[DK_TIME_TEXT_MAX];
    int64_t minute = 0;
    dk_text_format(minutes, sizeof(minutes), "%.16s:00", time);
    if (!time[0] || dk_date_time_parse(minutes, &minute) != 0)
        return 0;
    return minute * 60 + strtol(time + 17, NULL, 10);
}

static void put_rigs(struct dk_buffer *text, const struct dk_overview *overview)
{
    if (overview->rig_count == 0)
        return;
    put_head(text, "readings", "Readings that are loaded.");
    for (size_t i = 0; i < overview->rig_count; i++)
        dk_buffer_putf(text, "derrick_readings{rig=\"%s\"} %" PRIu64 "\n", overview->rigs[i].name,
                       overview->rigs[i].readings);
    put_head(text, "cohorts", "Cohorts that are loaded.");
    for (size_t i = 0; i < overview->rig_count; i++)
        dk_buffer_putf(text, "derrick_cohorts{rig=\"%s\"} %zu\n", overview->rigs[i].name,
                       overview->rigs[i].count);
    put_head(text, "newest_cohort", "Number of the newest cohort that is loaded.");
    for (size_t i = 0; i < overview->rig_count; i++)
        dk_buffer_putf(text, "derrick_newest_cohort{rig=\"%s\"} %d\n", overview->rigs[i].name,
                       overview->rigs[i].newest_cohort);
    put_head(text, "missing_cohorts", "Cohorts missing before the newest one.");
    for (size_t i = 0; i < overview->rig_count; i++)
        dk_buffer_putf(text, "derrick_missing_cohorts{rig=\"%s\"} %zu\n", overview->rigs[i].name,
                       gaps_of(&overview->rigs[i]));
}

static void put_expected(struct dk_buffer *text, const struct dk_overview *overview)
{
    if (overview->expected_count == 0)
        return;
    put_head(text, "next_cohort_end_timestamp_seconds",
             "When the cohort that is expected next ends, or ended.");
    for (size_t i = 0; i < overview->expected_count; i++) {
        const struct dk_expected *next = &overview->expected[i];
        dk_buffer_putf(
            text,
            "derrick_next_cohort_end_timestamp_seconds{rig=\"%s\",cohort=\"%d\"} %" PRId64 "\n",
            next->rig ? next->rig : "", next->cohort, next->end_minute * 60);
    }
}

static void put_last_run(struct dk_buffer *text, const char *started, bool failed, int exit_code)
{
    put_number(text, "last_run_timestamp_seconds", "When the last run began.",
               ledger_seconds(started));
    put_number(text, "last_run_failed", "1 if the last run failed or was interrupted.", failed);
    put_number(text, "last_run_exit_code", "Exit code of the last run; 0 while it runs.",
               exit_code);
}

static void put_missed(struct dk_buffer *text, const struct dk_ledger_missed *missed)
{
    put_last_run(text, missed->started, true, missed->exit_code);
}

static void put_run(struct dk_buffer *text, const struct state *state)
{
    const struct dk_ledger_run *run = state->run;
    if (state->has_missed)
        put_missed(text, &state->missed);
    else if (run)
        put_last_run(text, run->started, has_failed(run), run->exit_code);
}

static void put_version(struct dk_buffer *text, const char *version, bool up)
{
    put_head(text, "info", "Version of derrick.");
    dk_buffer_putf(text, "derrick_info{version=\"%s\"} 1\n", version);
    put_number(text, "up", "1 if the database could be read.", up);
}

static void put_problems(struct dk_buffer *text, int64_t count)
{
    put_number(text, "problems", "What somebody has to see to; see derrick status --check.", count);
}

static void count_problem(void *context, const struct dk_finding *finding)
{
    (void)finding;
    ++*(int64_t *)context;
}

static void put_all(struct dk_buffer *text, const struct state *state, const char *version)
{
    struct dk_disk disk;
    int64_t problems = 0;
    const struct dk_doctor count = {.found = count_problem, .context = &problems};
    check_all(state, &count);
    put_version(text, version, true);
    put_problems(text, problems);
    put_run(text, state);
    if (state->deliveries.newest[0])
        put_number(text, "last_delivery_timestamp_seconds", "When the last drop was loaded.",
                   ledger_seconds(state->deliveries.newest));
    put_rigs(text, &state->overview);
    put_expected(text, &state->overview);
    put_number(text, "quarantined_cells", "Cells that are missing because they are in quarantine.",
               state->deliveries.quarantined);
    put_number(text, "waiting_files", "Files of deliveries that wait in logs/.",
               (int64_t)state->waiting.count);
    put_number(text, "refused_deliveries", "Deliveries that are in logs/ and were refused.",
               (int64_t)state->refused_count);
    put_number(text, "export_current", "1 if the export shows all that is loaded.",
               (state->export_current || !is_loaded(state)) &&
                   state->lacking[0] + state->lacking[1] == 0);
    if (state->s3.configured)
        put_number(text, "upload_current", "1 if S3 has all that is loaded.", state->s3.current);
    if (dk_disk_find(&disk, NULL) == DK_OK) {
        put_number(text, "disk_free_bytes", "Room that is left for the workspace.",
                   (int64_t)disk.free_bytes);
        put_number(text, "disk_needed_bytes", "Room that the next run needs, roughly.",
                   (int64_t)disk.needed_bytes);
    }
}

enum dk_status dk_pipeline_metrics(struct dk_pipeline *pipeline, int late_days, const char *version,
                                   struct dk_buffer *text, struct dk_error *err)
{
    struct state state = {.pipeline = pipeline, .late_days = late_days};
    enum dk_status status = collect(pipeline, &state, err);
    if (status == DK_OK)
        put_all(text, &state, version);
    reset(&state);
    return status == DK_OK ? dk_buffer_finish(text, err) : status;
}

enum dk_status dk_pipeline_metrics_down(const char *version, struct dk_buffer *text,
                                        struct dk_error *err)
{
    struct dk_ledger_missed missed;
    bool found = false;
    DK_RETURN_IF_ERROR(dk_pipeline_missed(&missed, &found, err));
    put_version(text, version, false);
    put_problems(text, 1);
    if (found)
        put_missed(text, &missed);
    return dk_buffer_finish(text, err);
}
