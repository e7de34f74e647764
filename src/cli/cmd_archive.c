/* derrick archive: what is loaded and uploaded leaves logs/. */
#include "command.h"

static const struct dk_option *const groups[] = {NULL};

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct dk_archived result = {0};
    enum dk_status status = dk_session_check_workspace(session, NULL, err);
    if (status == DK_OK)
        status = dk_pipeline_begin(&session->pipeline, "archive", err);
    if (status == DK_OK)
        status = dk_pipeline_archive(&session->pipeline, false, &result, err);
    if (status == DK_OK)
        dk_session_report_archive(session, &result);
    return status;
}

const struct dk_command dk_command_archive = {
    .name = "archive",
    .summary = "move what is loaded and uploaded into archive/",
    .operands = "",
    .operands_max = 0,
    .description =
        "Moves the inputs of every drop that is loaded (and, where S3 is set, uploaded) from\n"
        "logs/ into archive/<date>-run<id>/, with a manifest that 'sha256sum -c manifest.sha256'\n"
        "checks. The profile is copied and stays in profile/ for the next drop; one that came in\n"
        "logs/ goes there. A drop outside of the workspace is never moved.",
    .examples = "derrick archive\n"
                "derrick archive --set archive.compress=zstd",
    .options = groups,
    .run = run,
};
