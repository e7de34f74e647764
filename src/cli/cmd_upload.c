/* derrick upload: the current export, or other files, to S3. */
#include <stdlib.h>

#include "command.h"
#include "pipeline/preview.h"

static const struct dk_option own_options[] = {
    {.name = "replace",
     .help = "also replace an object that somebody else changed",
     DK_FIELD(replace)},
    {0},
};
static const struct dk_option *const groups[] = {own_options, dk_options_preview, NULL};

#define UPLOAD_FILES_MAX 1000

static enum dk_status upload_files(struct dk_session *session, struct dk_upload_result *result,
                                   struct dk_error *err)
{
    size_t count = session->arguments.operand_count;
    enum dk_status status = DK_OK;
    char **paths = calloc(count, sizeof(*paths));
    if (!paths)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu paths", count);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        status = dk_session_path(session, session->arguments.operands[i], &paths[i], err);
    if (status == DK_OK)
        status = dk_pipeline_upload_files(&session->pipeline, paths, count, result, err);
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(paths);
    return status;
}

static enum dk_status upload_current(struct dk_session *session, struct dk_upload_result *result,
                                     struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_pipeline_check_loaded(&session->pipeline, err));
    return dk_pipeline_upload_all(&session->pipeline, result, err);
}

static enum dk_status preview(struct dk_session *session, struct dk_error *err)
{
    if (session->arguments.operand_count > 0)
        return dk_error_set(err, DK_ERR_USAGE, "--dry-run is for the export, not for a FILE");
    DK_RETURN_IF_ERROR(dk_pipeline_check_loaded(&session->pipeline, err));
    DK_RETURN_IF_ERROR(dk_pipeline_check_s3(&session->pipeline, err));
    return dk_session_preview(session, session->drop, DK_PREVIEW_OF_EXPORT | DK_PREVIEW_OF_UPLOAD,
                              err);
}

/* The database was opened to read before the lock was taken: an upload makes none. */
static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct dk_upload_result result = {0};
    struct dk_settings *settings = &session->config.settings;
    settings->replace_remote = settings->replace;
    if (session->arguments.options.dry_run)
        return preview(session, err);
    DK_RETURN_IF_ERROR(session->arguments.operand_count > 0
                           ? upload_files(session, &result, err)
                           : upload_current(session, &result, err));
    dk_session_report_upload(session, &result);
    return DK_OK;
}

const struct dk_command dk_command_upload = {
    .name = "upload",
    .summary = "upload the export to S3",
    .operands = "[FILE...]",
    .operands_max = UPLOAD_FILES_MAX,
    .description =
        "Uploads the current export, its data dictionary and a manifest (and, with s3.partition = "
        "cohort or site, one CSV for each; with report.publish = yes, the report) to the bucket of "
        "s3.url, or uploads other FILEs under their own names. Objects that are there already with "
        "the same contents are not sent again; an interrupted upload resumes where it stopped. "
        "Parts that are no longer published are removed. derrick finds credentials as every AWS "
        "tool does.",
    .examples = "derrick upload\n"
                "derrick upload --set s3.url=s3://well-sensor-logs\n"
                "derrick upload csv/report.csv",
    .options = groups,
    .operand = DK_OPERAND_FILE,
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_STORE | DK_NEEDS_LOCK,
    .run = run,
};
