/* derrick load: a drop into the database. */
#include <stdio.h>

#include "command.h"
#include "pipeline/preview.h"

static const struct dk_option *const groups[] = {dk_options_input, dk_options_reading,
                                                 dk_options_loading, dk_options_preview, NULL};

static enum dk_status load(struct dk_session *session, struct dk_intake *intake,
                           struct dk_error *err)
{
    char name[32];
    struct dk_load_result result = {0};
    snprintf(name, sizeof(name), "run%lld", (long long)session->pipeline.run_id);
    enum dk_status status = dk_intake_read(&session->pipeline, intake, DK_INTAKE_LOAD, name, err);
    if (status == DK_OK)
        status = dk_pipeline_load(&session->pipeline, intake, &result, err);
    if (result.outcome != DK_LOAD_ALREADY)
        dk_session_report_intake(session, intake, status);
    if (status == DK_OK)
        dk_session_report_load(session, intake->drop.path, &result);
    return status;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    if (session->arguments.options.dry_run)
        return dk_session_preview(session, session->drop, DK_PREVIEW_OF_LOAD, err);
    struct dk_intake intake = {0};
    struct dk_archived finished = {0};
    bool found = false;
    dk_console_begin_run(&session->console);
    enum dk_status status = dk_pipeline_archive(&session->pipeline, true, &finished, err);
    if (status == DK_OK)
        status = dk_intake_open(&session->pipeline, session->drop, &intake, &found, err);
    if (status == DK_OK && found)
        dk_session_name_rig(session, intake.drop.path);
    if (status == DK_OK && !found)
        status = dk_session_report_empty(session, err);
    if (status == DK_OK && found)
        status = load(session, &intake, err);
    dk_intake_reset(&intake);
    return status;
}

const struct dk_command dk_command_load = {
    .name = "load",
    .summary = "load a drop into the database",
    .operands = "[DROP]",
    .operands_max = 1,
    .description =
        "Reads a drop and loads it in one transaction: all of it, read back and compared, or "
        "nothing. Loading the same drop again changes nothing. derrick refuses other values for a "
        "cohort that is loaded, or the same values with other settings, and says what differs; "
        "--replace loads them all the same.",
    .examples = "derrick load\n"
                "derrick load /mnt/share/2023-06 --columns samples\n"
                "derrick load delivery.zip --db mysql://loader@db.example.com/energymobile",
    .options = groups,
    .operand = DK_OPERAND_FILE,
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_DROP | DK_NEEDS_WORKSPACE | DK_NEEDS_LOCK,
    .run = run,
};
