/* derrick upload: what stands to S3. */
#include <stdlib.h>

#include "command.h"

static const struct dk_option options[] = {
    {"replace", 0, NULL, "also replace an object that somebody else changed", NULL},
    {0},
};
static const struct dk_option *const groups[] = {options, NULL};

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
    struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_store_list(session->pipeline.store, &all, &list, &count, err);
    free(list);
    if (status == DK_OK && count == 0)
        status = dk_pipeline_nothing_loaded(err);
    return status == DK_OK ? dk_pipeline_upload(&session->pipeline, result, err) : status;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct dk_upload_result result = {0};
    struct dk_settings *settings = &session->config.settings;
    settings->replace_remote = settings->replace;
    /* The database is opened to read first: an upload makes none. */
    enum dk_status status = dk_pipeline_open(&session->pipeline, err);
    if (status == DK_OK)
        status = dk_pipeline_begin(&session->pipeline, "upload", err);
    if (status == DK_OK)
        status = session->arguments.operand_count > 0 ? upload_files(session, &result, err)
                                                      : upload_current(session, &result, err);
    if (status == DK_OK)
        dk_session_report_upload(session, &result);
    return status;
}

const struct dk_command dk_command_upload = {
    .name = "upload",
    .summary = "the export to S3",
    .operands = "[FILE...]",
    .operands_max = UPLOAD_FILES_MAX,
    .description =
        "Puts the current export, its data dictionary and a manifest (and with s3.partition =\n"
        "cohort one CSV a cohort) into the bucket of s3.url, or other FILEs under their own\n"
        "names. What is there already with the same contents is not sent again; an upload that\n"
        "was cut off goes on where it stopped. CSVs of cohorts that are no longer published are\n"
        "removed. Credentials are found as every AWS tool finds them.",
    .examples = "derrick upload\n"
                "derrick upload --set s3.url=s3://well-sensor-logs\n"
                "derrick upload csv/report.csv",
    .options = groups,
    .run = run,
};
