/* derrick run: check, load, export, upload, archive. */
#include <stdlib.h>

#include "command.h"

static const struct dk_option *const groups[] = {dk_options_input, dk_options_reading,
                                                 dk_options_loading, NULL};

static bool did_something(const struct dk_run_result *result)
{
    return result->read || result->exported || result->upload.sent + result->upload.removed > 0 ||
           result->archived.drops > 0;
}

enum dk_status dk_session_run_once(struct dk_session *session, const char *path, bool *worked,
                                   struct dk_error *err)
{
    struct dk_intake intake = {0};
    struct dk_run_result result = {0};
    char count[DK_COUNT_TEXT_MAX];
    enum dk_status status = dk_pipeline_run(&session->pipeline, path, &intake, &result, err);
    *worked = did_something(&result);
    if (result.read && result.load.outcome != DK_LOAD_ALREADY)
        dk_session_report_intake(session, &intake, status);
    if (result.read && result.load.drop_id != 0)
        dk_session_report_load(session, intake.drop.path, &result.load);
    if (result.export.hash[0] && *worked)
        dk_console_result(&session->console, "export",
                          DK_FIELDS(DK_TEXT("output", result.export.target),
                                    DK_NUMBER("rows", result.export.rows),
                                    DK_NUMBER("bytes", result.export.size_bytes),
                                    DK_TEXT("sha256", result.export.hash),
                                    DK_FLAG("new", result.exported)),
                          "exported: '%s', %s rows%s", result.export.target,
                          dk_count_text((uint64_t)result.export.rows, count),
                          result.exported ? "" : ", up to date already");
    if (result.upload.sent + result.upload.skipped > 0)
        dk_session_report_upload(session, &result.upload);
    if (result.archived.drops > 0)
        dk_session_report_archive(session, &result.archived);
    if (status == DK_OK && !path && !result.found)
        status = dk_session_refuse_unread(session, err);
    else if (status == DK_OK && !path)
        dk_session_warn_unread(session);
    dk_intake_reset(&intake);
    return status;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    char *path = NULL;
    bool worked = false;
    enum dk_status status = dk_session_cohort(session, err);
    if (status == DK_OK)
        status = dk_session_drop(session, &path, err);
    if (status == DK_OK && !path)
        status = dk_session_check_workspace(session, "run", err);
    if (status == DK_OK)
        status = dk_pipeline_begin(&session->pipeline, "run", err);
    if (status == DK_OK)
        status = dk_session_run_once(session, path, &worked, err);
    if (status == DK_OK && !worked)
        dk_console_result(&session->console, "run", DK_FIELDS(DK_FLAG("new", 0)),
                          "nothing new: all that lies here is loaded, exported and archived");
    free(path);
    return status;
}

const struct dk_command dk_command_run = {
    .name = "run",
    .summary = "all of it: check, load, export, upload, archive",
    .operands = "[DROP]",
    .operands_max = 1,
    .description =
        "Does the whole job for a drop (a folder, a zip or a tar; default: the workspace's logs/\n"
        "and profile/): reads and checks every cell, loads the database, brings the CSV in\n"
        "aws_s3/ up to date, uploads it where S3 is set, and archives the inputs. Steps that the\n"
        "ledger knows to be done are left out: a run that was cut off is finished by the next\n"
        "one.",
    .examples = "derrick run\n"
                "derrick run delivery.zip\n"
                "derrick run --allow-missing --quarantine /mnt/share/2023-06",
    .options = groups,
    .run = run,
};
