/* derrick run: check, load, export, report, upload, archive. */
#include "command.h"
#include "pipeline/preview.h"

static const struct dk_option *const groups[] = {dk_options_input, dk_options_reading,
                                                 dk_options_loading, dk_options_preview, NULL};

static enum dk_status preview(struct dk_session *session, struct dk_error *err)
{
    const unsigned steps =
        DK_PREVIEW_OF_LOAD | DK_PREVIEW_OF_EXPORT | DK_PREVIEW_OF_UPLOAD | DK_PREVIEW_OF_ARCHIVE;
    return session->drop ? dk_session_preview(session, session->drop, steps, err)
                         : dk_session_preview_logs(session, steps, err);
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    if (session->arguments.options.dry_run)
        return preview(session, err);
    bool worked = false;
    if (session->drop)
        DK_RETURN_IF_ERROR(dk_session_run_once(session, session->drop, &worked, err));
    else
        DK_RETURN_IF_ERROR(dk_session_run_logs(session, "run", NULL, &worked, err));
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
        "Several drops in logs/ (in logs/ itself, in its sub-folders, or archives) are loaded one "
        "after the other, in the order of their names, 'q2' before 'q10'. If one of them fails, "
        "the ones after it wait, because they would be loaded as its cohorts. With columns = "
        "wells, each sub-folder of logs/ is a site: all sites are loaded, one that fails holds up "
        "no other, and the export, the upload and the archive follow once.\n\n"
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
