/* derrick export: the database to CSV. */
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "pipeline/current_export.h"

static const struct dk_option options[] = {
    {"cohort", 0, "A[-B]", "only these cohorts", NULL},
    {"rig", 0, "RIG", "only this rig, such as texas-1", NULL},
    {0},
};
static const struct dk_option *const groups[] = {dk_options_layout, options, NULL};

/* Without any option: the current export of the workspace, recorded in the ledger. */
static bool is_current_export(const struct dk_session *session,
                              const struct dk_export_settings *settings)
{
    return settings->format == DK_FORMAT_HISTORICAL &&
           !dk_arguments_get(&session->arguments, "output") &&
           !dk_arguments_get(&session->arguments, "cohort") &&
           !dk_arguments_get(&session->arguments, "rig");
}

static enum dk_status export_current(struct dk_session *session, struct dk_error *err)
{
    struct dk_ledger_publication publication = {0};
    struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    bool fresh = false;
    char rows[DK_COUNT_TEXT_MAX];
    enum dk_status status = dk_pipeline_open(&session->pipeline, err);
    if (status == DK_OK)
        status = dk_pipeline_begin(&session->pipeline, "export", err);
    if (status == DK_OK)
        status = dk_store_list(session->pipeline.store, &all, &list, &count, err);
    free(list);
    if (status == DK_OK && count == 0)
        status = dk_pipeline_nothing_loaded(err);
    if (status == DK_OK)
        status = dk_pipeline_export_current(&session->pipeline, &publication, &fresh, err);
    if (status == DK_OK)
        dk_console_result(
            &session->console, "export",
            DK_FIELDS(DK_TEXT("output", publication.target), DK_NUMBER("rows", publication.rows),
                      DK_NUMBER("bytes", publication.size_bytes),
                      DK_TEXT("sha256", publication.hash), DK_FLAG("new", fresh)),
            "'%s': %s rows%s", publication.target, dk_count_text((uint64_t)publication.rows, rows),
            fresh ? "" : ", up to date already");
    return status;
}

static enum dk_status export_other(struct dk_session *session,
                                   const struct dk_export_settings *settings, struct dk_error *err)
{
    struct dk_store_filter filter;
    struct dk_export_result result = {0};
    struct dk_sink sink = dk_sink_fd(STDOUT_FILENO);
    char rows[DK_COUNT_TEXT_MAX];
    char *path = NULL;
    enum dk_status status = dk_session_filter(session, &filter, err);
    if (status == DK_OK)
        status = dk_session_output(session, settings, &path, err);
    if (status == DK_OK)
        status = dk_pipeline_open(&session->pipeline, err);
    if (status == DK_OK)
        status = dk_pipeline_export(&session->pipeline, &filter, settings, path, &sink, false,
                                    &result, err);
    if (status == DK_OK)
        status = dk_pipeline_dictionary(&session->pipeline, settings, path, err);
    if (status == DK_OK && path)
        dk_console_result(&session->console, "export",
                          DK_FIELDS(DK_TEXT("output", path), DK_NUMBER("rows", result.rows),
                                    DK_NUMBER("bytes", result.size_bytes),
                                    DK_NUMBER("files", result.files)),
                          "'%s': %s rows", path, dk_count_text(result.rows, rows));
    free(path);
    return status;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct dk_export_settings settings;
    enum dk_status status = dk_session_layout(session, &settings, err);
    if (status != DK_OK)
        return status;
    return is_current_export(session, &settings) ? export_current(session, err)
                                                 : export_other(session, &settings, err);
}

const struct dk_command dk_command_export = {
    .name = "export",
    .summary = "the database to CSV",
    .operands = "",
    .operands_max = 0,
    .description =
        "Writes what is loaded as CSV, by rig, cohort and reading. Without options it brings\n"
        "aws_s3/" DK_HISTORICAL_FILE " and its data dictionary up to date. The file\n"
        "appears whole or not at all.",
    .examples = "derrick export\n"
                "derrick export --cohort 1-20 --rig texas-1 -o early.csv\n"
                "derrick export --format template --no-profile -o - | head",
    .options = groups,
    .run = run,
};
