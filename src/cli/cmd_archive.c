/* derrick archive: what is loaded and uploaded leaves logs/. */
#include "command.h"
#include "pipeline/preview.h"

static const struct dk_option *const groups[] = {dk_options_preview, NULL};

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    if (session->arguments.options.dry_run)
        return dk_session_preview(session, session->drop, DK_PREVIEW_OF_ARCHIVE, err);
    struct dk_archived result = {0};
    DK_RETURN_IF_ERROR(dk_pipeline_archive(&session->pipeline, false, &result, err));
    dk_session_report_archive(session, &result);
    return DK_OK;
}

const struct dk_command dk_command_archive = {
    .name = "archive",
    .summary = "move what is loaded and uploaded into archive/",
    .operands = "",
    .operands_max = 0,
    .description =
        "Moves the input files of every drop that is loaded (and uploaded, where S3 is set) from "
        "logs/ to archive/<date>-run<id>/, with a manifest for 'sha256sum -c manifest.sha256'. The "
        "profile is copied and stays in profile/ for the next drop; one that came in logs/ moves "
        "to profile/. A drop outside the workspace is never moved.",
    .examples = "derrick archive\n"
                "derrick archive --set archive.compress=zstd",
    .options = groups,
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_WORKSPACE | DK_NEEDS_LOCK,
    .run = run,
};
