/* intake: reads a drop that was opened; what is wrong is in the report. */
#include <stdio.h>

#include "base/file.h"
#include "base/monotonic.h"
#include "borrowed_profile.h"
#include "bursts.h"
#include "numbering.h"
#include "pipeline/fleet.h"
#include "pipeline/pipeline.h"
#include "read_ahead.h"
#include "rebuild_check.h"
#include "run_notes.h"
#include "values.h"

static enum dk_status write_quarantine(struct dk_intake *intake, const char *name,
                                       struct dk_error *err)
{
    if (!name || intake->report.problems_count == 0)
        return DK_OK;
    struct dk_file file = {.fd = -1};
    snprintf(intake->quarantine, sizeof(intake->quarantine), "%s/%s.tsv", DK_WORKSPACE_QUARANTINE,
             name);
    enum dk_status status = dk_folder_make(DK_WORKSPACE_QUARANTINE, err);
    if (status == DK_OK)
        status = dk_file_create(&file, intake->quarantine, err);
    if (status == DK_OK) {
        struct dk_sink sink = dk_file_sink(&file);
        status = dk_report_write(&intake->report, &intake->drop, &sink, err);
    }
    if (status == DK_OK)
        status = dk_file_commit(&file, err);
    dk_file_abort(&file);
    return status;
}

/* A drop without a profile borrows one to be read with. */
static enum dk_status read_cells(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 enum dk_intake_use use, struct dk_error *err)
{
    struct dk_profile profile = {0};
    bool borrowed = false;
    DK_RETURN_IF_ERROR(dk_profile_borrow(pipeline, intake, &profile, &borrowed, err));
    const struct dk_drop_request request = {
        .drop = &intake->drop,
        .settings = &intake->input,
        .profile = borrowed ? &profile : NULL,
        .with_hashes = use == DK_INTAKE_LOAD,
        .observer = pipeline->observer,
    };
    enum dk_status status = DK_OK;
    if (!dk_read_ahead_take(pipeline, &request, &intake->readings, &intake->report))
        status = dk_drop_read(&request, &intake->readings, &intake->report, err);
    dk_profile_reset(&profile);
    intake->input.sink = NULL; /* later reads are not for it */
    dk_bursts_rest(intake->bursts);
    return status;
}

static enum dk_status read_drop(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                enum dk_intake_use use, const char *quarantine_name,
                                struct dk_error *err)
{
    if (use == DK_INTAKE_LOAD)
        DK_RETURN_IF_ERROR(dk_fleet_check_site(pipeline, intake->drop.path, err));
    DK_RETURN_IF_ERROR(dk_numbering_check(pipeline, intake, use, err));
    DK_RETURN_IF_ERROR(dk_origins_note(&pipeline->origins, &intake->drop, err));
    DK_RETURN_IF_ERROR(read_cells(pipeline, intake, use, err));
    if (use == DK_INTAKE_LOAD)
        DK_RETURN_IF_ERROR(dk_archived_check_files(&intake->drop, err));
    DK_RETURN_IF_ERROR(dk_numbering_apply(pipeline, intake, use, err));
    DK_RETURN_IF_ERROR(dk_values_judge(pipeline, intake, err));
    dk_input_settings_text(&intake->input, intake->settings);
    return write_quarantine(intake, quarantine_name, err);
}

enum dk_status dk_intake_read(struct dk_pipeline *pipeline, struct dk_intake *intake,
                              enum dk_intake_use use, const char *quarantine_name,
                              struct dk_error *err)
{
    int64_t started_ms = dk_monotonic_ms();
    enum dk_status status = read_drop(pipeline, intake, use, quarantine_name, err);
    dk_notes_step(pipeline, DK_STEP_READ, started_ms);
    return status;
}
