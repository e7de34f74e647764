/* derrick unload: cohorts out of the database, and what was published of them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "pipeline/unload.h"

static const struct dk_option own_options[] = {
    {.name = "run",
     .argument = "N",
     .help = "unload what run N loaded, as far as it is still there",
     .type = DK_OPTION_NUMBER,
     DK_FIELD(loaded_by),
     .min = 1,
     .max = INT32_MAX},
    {DK_COHORT, .help = "unload these cohorts of the rig"},
    {DK_RIG, .help = "the rig, such as texas-1 (default: the workspace's)"},
    {.name = "reason",
     .argument = "TEXT",
     .help = "why; kept in the ledger and in the archive, with your name",
     .type = DK_OPTION_TEXT,
     DK_FIELD(reason)},
    {.name = "yes", .letter = 'y', .help = "don't ask", DK_FIELD(yes)},
    {.name = "dry-run", .help = "only print what would be done", DK_FIELD(dry_run)},
    {0},
};
static const struct dk_option *const groups[] = {own_options, NULL};

static enum dk_status make_request(struct dk_session *session, struct dk_unload_request *request,
                                   struct dk_error *err)
{
    const struct dk_options *options = &session->arguments.options;
    const struct dk_input_settings *input = &session->config.settings.input;
    *request = (struct dk_unload_request){.run_id = options->loaded_by};
    if ((options->loaded_by > 0) == (options->cohort.first > 0)) {
        dk_error_set(err, DK_ERR_USAGE, "unload needs either --run N or --cohort A[-B]");
        dk_error_hint(err, "'derrick status' lists what is loaded, and the runs");
        return DK_ERR_USAGE;
    }
    DK_RETURN_IF_ERROR(dk_session_filter(session, &request->filter, err));
    if (options->loaded_by > 0 || request->filter.by_rig)
        return DK_OK;
    request->filter.by_rig = true;
    request->filter.rig = input->well;
    request->filter.whole_site = input->columns == DK_COLUMNS_WELLS;
    return DK_OK;
}

/* --- what will be done ---------------------------------------------------------------------- */

static void report_cohort(struct dk_session *session, const struct dk_store_series *series,
                          const struct dk_unload_cohort *cohort)
{
    char rig[DK_RIG_NAME_MAX];
    char dates[DK_SERIES_DATES_MAX];
    char readings[DK_COUNT_TEXT_MAX];
    bool archived = cohort->archive_folder[0] != '\0';
    dk_well_rig_name(&series->series.well, rig);
    dk_series_dates(&series->series, series->rows, dates);
    dk_console_result(&session->console, "unload_cohort",
                      DK_FIELDS(DK_TEXT("rig", rig), DK_NUMBER("cohort", series->series.cohort),
                                DK_TEXT("dates", dates), DK_NUMBER("readings", series->rows),
                                DK_NUMBER("run", series->run_id), DK_TEXT("drop", cohort->source),
                                DK_TEXT("folder", archived ? cohort->archive_folder : NULL)),
                      "  cohort %d of %s (%s), %s readings, loaded by run %lld from '%s'%s%s%s",
                      series->series.cohort, rig, dates, dk_count_text(series->rows, readings),
                      (long long)series->run_id, cohort->source, archived ? ", archived in '" : "",
                      cohort->archive_folder, archived ? "'" : ", not archived yet");
}

static void report_plan(struct dk_session *session, const struct dk_unload_plan *plan)
{
    struct dk_console *console = &session->console;
    dk_console_print(console, "this unloads:");
    for (size_t i = 0; i < plan->count; i++)
        report_cohort(session, &plan->list[i], &plan->cohorts[i]);
    if (plan->exported)
        dk_console_print(console,
                         plan->empties ? "then nothing is loaded, and the export is removed"
                                       : "then the export is written again without %s",
                         plan->count == 1 ? "it" : "them");
    if (plan->s3)
        dk_console_print(console, "and the same is done in '%s'", session->config.settings.s3.url);
    dk_console_print(console, "the ledger and the archive keep what they have");
}

/* Asks on a terminal; elsewhere --yes says it. */
static enum dk_status confirm(struct dk_session *session, struct dk_error *err)
{
    char answer[16] = "";
    if (session->arguments.options.yes)
        return DK_OK;
    if (session->console.json || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        dk_error_set(err, DK_ERR_USAGE, "nothing was unloaded: there is no terminal to ask on");
        dk_error_hint(err, "give --yes if this is what you want");
        return DK_ERR_USAGE;
    }
    (void)fflush(stdout);
    (void)fputs("unload? [y/N] ", stderr);
    if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return DK_OK;
    return dk_error_set(err, DK_ERR_FAILED, "nothing was unloaded");
}

/* --- doing it ------------------------------------------------------------------------------- */

static void report_already(struct dk_session *session, const struct dk_unload_plan *plan)
{
    dk_console_result(&session->console, "unload",
                      DK_FIELDS(DK_NUMBER("cohorts", 0), DK_NUMBER("readings", 0),
                                DK_NUMBER("run", plan->already_run)),
                      "already unloaded: by run %lld", (long long)plan->already_run);
}

static void report_done(struct dk_session *session, const struct dk_unload_plan *plan,
                        const struct dk_run_result *result)
{
    char rows[DK_COUNT_TEXT_MAX];
    struct dk_console *console = &session->console;
    if (plan->count > 0)
        dk_console_result(
            console, "unload",
            DK_FIELDS(DK_NUMBER("cohorts", plan->count), DK_NUMBER("readings", plan->readings)),
            "unloaded: %zu cohort%s, %s readings", plan->count, plan->count == 1 ? "" : "s",
            dk_count_text(plan->readings, rows));
    else
        report_already(session, plan);
    if (result->export.hash[0] != '\0')
        dk_session_report_export(session, &result->export, result->exported);
    if (result->upload.sent + result->upload.skipped + result->upload.removed > 0)
        dk_session_report_upload(session, &result->upload);
}

static enum dk_status unload(struct dk_session *session, const struct dk_unload_request *request,
                             const struct dk_unload_plan *plan, struct dk_error *err)
{
    struct dk_run_result result;
    DK_RETURN_IF_ERROR(dk_pipeline_begin(&session->pipeline, "unload", err));
    enum dk_status status = dk_pipeline_unload(&session->pipeline, request, plan, &result, err);
    if (status == DK_OK)
        report_done(session, plan, &result);
    return status;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct dk_unload_request request;
    struct dk_unload_plan plan;
    DK_RETURN_IF_ERROR(make_request(session, &request, err));
    DK_RETURN_IF_ERROR(dk_pipeline_unload_plan(&session->pipeline, &request, &plan, err));
    enum dk_status status = DK_OK;
    if (plan.count > 0)
        report_plan(session, &plan);
    else if (session->arguments.options.dry_run)
        report_already(session, &plan);
    if (plan.count > 0 && !session->arguments.options.dry_run)
        status = confirm(session, err);
    if (status == DK_OK && !session->arguments.options.dry_run)
        status = unload(session, &request, &plan, err);
    dk_unload_plan_reset(&plan);
    return status;
}

const struct dk_command dk_command_unload = {
    .name = "unload",
    .summary = "remove loaded cohorts, and what was published of them",
    .operands = "",
    .operands_max = 0,
    .description =
        "Removes cohorts from the database in one transaction, then writes the export again and "
        "removes what was published of them, in aws_s3/ and on S3. The ledger keeps what was "
        "loaded and who unloaded it, when and why; the archive keeps the input. The same drop can "
        "be loaded again.\n\n"
        "First it prints the cohorts with their dates. It asks on a terminal, and needs --yes "
        "elsewhere. If it is interrupted, nothing is lost: the next run finishes what is left to "
        "do.",
    .examples = "derrick unload --cohort 61 --reason 'sensor PS3 was not connected'\n"
                "derrick unload --run 14 --dry-run\n"
                "derrick unload --cohort 5-7 --rig ohio-2 --yes",
    .options = groups,
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_WORKSPACE | DK_NEEDS_STORE,
    .run = run,
};
