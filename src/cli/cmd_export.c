/* derrick export: the database to CSV. */
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "export/historical.h"

static const struct dk_option own_options[] = {
    {DK_COHORT, .help = "only these cohorts"},
    {DK_RIG, .help = "only this rig, such as texas-1"},
    {.name = "site",
     .argument = "SITE",
     .help = "only the rigs of this site, such as texas",
     .type = DK_OPTION_TEXT,
     DK_FIELD(site)},
    {0},
};
static const struct dk_option *const groups[] = {dk_options_layout, own_options, NULL};

/* Without any option: the current export of the workspace, recorded in the ledger. */
static bool is_current_export(const struct dk_options *options)
{
    return (options->format < 0 || options->format == DK_FORMAT_HISTORICAL) && !options->output &&
           options->cohort.first == 0 && !options->rig && !options->site;
}

static enum dk_status export_current(struct dk_session *session, struct dk_error *err)
{
    struct dk_ledger_publication publication = {0};
    bool fresh = false;
    char rows[DK_COUNT_TEXT_MAX];
    DK_RETURN_IF_ERROR(dk_pipeline_begin(&session->pipeline, "export", err));
    DK_RETURN_IF_ERROR(dk_pipeline_check_loaded(&session->pipeline, err));
    DK_RETURN_IF_ERROR(dk_pipeline_export_current(&session->pipeline, &publication, &fresh, err));
    if (session->console.quiet && !fresh)
        return DK_OK;
    dk_console_result(
        &session->console, "export",
        DK_FIELDS(DK_TEXT("output", publication.target), DK_NUMBER("rows", publication.rows),
                  DK_NUMBER("bytes", publication.size_bytes), DK_TEXT("sha256", publication.hash),
                  DK_FLAG("new", fresh)),
        "'%s': %s rows%s", publication.target, dk_count_text((uint64_t)publication.rows, rows),
        fresh ? "" : ", already up to date");
    return DK_OK;
}

static enum dk_status export_to(struct dk_session *session,
                                const struct dk_export_settings *settings, const char *path,
                                struct dk_error *err)
{
    struct dk_export_result result = {0};
    struct dk_sink sink = dk_sink_fd(STDOUT_FILENO);
    struct dk_output output = {.settings = settings, .path = path, .sink = &sink};
    char rows[DK_COUNT_TEXT_MAX];
    DK_RETURN_IF_ERROR(dk_session_filter(session, &output.filter, err));
    DK_RETURN_IF_ERROR(dk_pipeline_export(&session->pipeline, &output, &result, err));
    DK_RETURN_IF_ERROR(dk_pipeline_dictionary(&session->pipeline, settings, path, err));
    if (path)
        dk_console_result(&session->console, "export",
                          DK_FIELDS(DK_TEXT("output", path), DK_NUMBER("rows", result.rows),
                                    DK_NUMBER("bytes", result.size_bytes),
                                    DK_NUMBER("files", result.files)),
                          "'%s': %s rows", path, dk_count_text(result.rows, rows));
    return DK_OK;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct dk_export_settings settings;
    char *path = NULL;
    DK_RETURN_IF_ERROR(dk_session_layout(session, &settings, err));
    if (is_current_export(&session->arguments.options))
        return export_current(session, err);
    enum dk_status status = dk_session_output(session, &settings, &path, err);
    if (status == DK_OK)
        status = export_to(session, &settings, path, err);
    free(path);
    return status;
}

const struct dk_command dk_command_export = {
    .name = "export",
    .summary = "export the database to CSV",
    .operands = "",
    .operands_max = 0,
    .description =
        "Writes what is loaded as CSV, ordered by rig, cohort and reading. Without options it "
        "brings aws_s3/" DK_HISTORICAL_FILE " and its data dictionary up to date. The file appears "
        "whole or not at all.",
    .examples = "derrick export\n"
                "derrick export --cohort 1-20 --rig texas-1 -o early.csv\n"
                "derrick export --format template --no-profile -o - | head",
    .options = groups,
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_STORE,
    .run = run,
};
