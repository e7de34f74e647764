/* derrick load: a drop into the database. */
#include <stdio.h>
#include <stdlib.h>

#include "command.h"

static const struct dk_option *const groups[] = {dk_options_input, dk_options_reading,
                                                 dk_options_loading, NULL};

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
    struct dk_intake intake = {0};
    struct dk_archived finished = {0};
    char *path = NULL;
    bool found = false;
    enum dk_status status = dk_session_cohort(session, err);
    if (status == DK_OK)
        status = dk_session_drop(session, &path, err);
    if (status == DK_OK && !path)
        status = dk_session_check_workspace(session, "load", err);
    if (status == DK_OK)
        status = dk_pipeline_begin(&session->pipeline, "load", err);
    if (status == DK_OK)
        status = dk_pipeline_archive(&session->pipeline, true, &finished, err);
    if (status == DK_OK)
        status = dk_intake_open(&session->pipeline, path, &intake, &found, err);
    if (status == DK_OK && !found)
        status = dk_session_report_empty(session, err);
    if (status == DK_OK && found)
        status = load(session, &intake, err);
    dk_intake_reset(&intake);
    free(path);
    return status;
}

const struct dk_command dk_command_load = {
    .name = "load",
    .summary = "a drop into the database",
    .operands = "[DROP]",
    .operands_max = 1,
    .description =
        "Reads a drop and loads it in one transaction: all of it, read back and compared, or\n"
        "nothing. The same drop again changes nothing. Other contents for a cohort that is\n"
        "loaded, or the same contents with other settings, are refused with the difference named.\n"
        "--replace puts the drop in their place and names the dates; where the drop is one\n"
        "cohort, it needs --cohort. It never touches another rig.",
    .examples = "derrick load\n"
                "derrick load /mnt/share/2023-06 --columns samples\n"
                "derrick load delivery.zip --db mysql://loader@db.example.com/energymobile",
    .options = groups,
    .run = run,
};
