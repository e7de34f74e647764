/* derrick run: check, load, export, report, upload, archive. */
#include "command.h"
#include "feedback.h"
#include "pipeline/html_report.h"
#include "pipeline/preview.h"

static const struct dk_option *const groups[] = {dk_options_input, dk_options_reading,
                                                 dk_options_loading, dk_options_preview, NULL};

enum dk_status dk_session_run_once(struct dk_session *session, const char *path, bool *worked,
                                   struct dk_error *err)
{
    struct dk_intake intake = {0};
    struct dk_run_result result = {0};
    char count[DK_COUNT_TEXT_MAX];
    dk_console_begin_run(&session->console);
    enum dk_status status = dk_pipeline_run(&session->pipeline, path, &intake, &result, err);
    *worked = session->feedback.worked = result.worked;
    dk_feedback_place(&session->feedback, path, result.found ? &intake.drop : NULL);
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
    if (result.report.rigs > 0 && *worked)
        dk_session_report_page(session, DK_REPORT_FILE, &result.report);
    if (result.upload.sent + result.upload.skipped > 0)
        dk_session_report_upload(session, &result.upload);
    if (result.archived.drops > 0)
        dk_session_report_archive(session, &result.archived);
    if (status == DK_OK && !path)
        status = dk_pipeline_check_unread(&session->pipeline, result.found, err);
    dk_intake_reset(&intake);
    return status;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    if (session->arguments.options.dry_run)
        return dk_session_preview(session,
                                  DK_PREVIEW_OF_LOAD | DK_PREVIEW_OF_EXPORT | DK_PREVIEW_OF_UPLOAD |
                                      DK_PREVIEW_OF_ARCHIVE,
                                  err);
    bool worked = false;
    DK_RETURN_IF_ERROR(dk_session_run_once(session, session->drop, &worked, err));
    if (!worked && !session->console.quiet)
        dk_console_result(&session->console, "run", DK_FIELDS(DK_FLAG("new", 0)),
                          "nothing new: everything here is loaded, exported and archived");
    return DK_OK;
}

const struct dk_command dk_command_run = {
    .name = "run",
    .summary = "do all of it: check, load, export, report, upload, archive",
    .operands = "[DROP]",
    .operands_max = 1,
    .description =
        "Does the whole job for a drop (a folder, a zip or a tar; by default the workspace's logs/ "
        "and profile/): reads and checks every cell, loads the database, brings the CSV in aws_s3/ "
        "and report.html up to date, uploads the CSV where S3 is set, and archives the input "
        "files. Skips steps that are done already, so that the next run finishes one that was "
        "interrupted.\n\n"
        "After a delivery in logs/, DERRICK-REPORT.txt there says what was accepted or refused, "
        "and what to do. [notify] in derrick.ini sets a command to run after failures.",
    .examples = "derrick run\n"
                "derrick run delivery.zip\n"
                "derrick run --allow-missing --quarantine /mnt/share/2023-06",
    .options = groups,
    .operand = DK_OPERAND_FILE,
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_DROP | DK_NEEDS_WORKSPACE | DK_NEEDS_LOCK,
    .feedback = true,
    .run = run,
};
