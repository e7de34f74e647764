/* archive: what is loaded, exported and uploaded leaves logs/. */
#include <stdlib.h>
#include <string.h>

#include "base/monotonic.h"
#include "current_export.h"
#include "fleet_profile.h"
#include "pipeline/corrections.h"
#include "pipeline/pipeline.h"
#include "run_notes.h"
#include "unload_notes.h"

enum dk_status dk_pipeline_check_published(struct dk_pipeline *pipeline, struct dk_error *err)
{
    bool current = true;
    if (!dk_pipeline_s3_configured(pipeline))
        return DK_OK;
    enum dk_status status = dk_pipeline_upload_current(pipeline, &current, err);
    if (status != DK_OK || current)
        return status;
    dk_error_set(err, DK_ERR_REMOTE, "nothing is archived: the newest load is not on S3 yet");
    dk_error_hint(err, "run 'derrick upload' first, or 'derrick run', which does all of it");
    return DK_ERR_REMOTE;
}

/* Keeps those that an earlier run began to archive; returns their number. */
static size_t keep_begun(struct dk_ledger_drop *drops, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (drops[i].archive_folder[0] != '\0')
            drops[kept++] = drops[i];
    return kept;
}

/* Leaves out those that are held; returns the number of the others. */
static size_t leave_out_held(const struct dk_pipeline *pipeline, struct dk_ledger_drop *drops,
                             size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < pipeline->held_count && strcmp(pipeline->held[k], drops[i].source) != 0)
            k++;
        if (k == pipeline->held_count)
            drops[kept++] = drops[i];
    }
    return kept;
}

/* Copies the export only with the last drop, `last_id`: that of a fleet is large. */
static enum dk_status archive_drops(struct dk_pipeline *pipeline,
                                    const struct dk_ledger_drop *drops, size_t count,
                                    int64_t last_id, struct dk_archived *result,
                                    struct dk_error *err)
{
    struct dk_fleet_profile profile;
    struct dk_ledger_publication export = {0};
    bool current = false;
    DK_RETURN_IF_ERROR(dk_pipeline_export_find(pipeline, &export, &current, err));
    if (current)
        DK_RETURN_IF_ERROR(dk_current_export_make_sure(pipeline, &export, NULL, err));
    DK_RETURN_IF_ERROR(dk_folder_make(DK_WORKSPACE_ARCHIVE, err));
    struct dk_archive_settings settings = {
        .archive_folder = DK_WORKSPACE_ARCHIVE,
        .profile_folder = profile.folder,
        .zstd = pipeline->settings->archive_zstd,
        .export_hash = export.hash,
        .outdated = DK_WORKSPACE_DELIVERY_REPORT,
        .run_id = pipeline->run_id,
        .first_run_id = pipeline->first_run_id ? pipeline->first_run_id : pipeline->run_id,
        .threads = pipeline->settings->threads,
        .origins = &pipeline->origins,
    };
    for (size_t i = 0; i < count; i++) {
        struct dk_archive_result archived = {0};
        DK_RETURN_IF_ERROR(dk_fleet_profile_find(pipeline, &drops[i], &profile, err));
        settings.export_path = current && drops[i].drop_id == last_id ? DK_CURRENT_CSV : NULL;
        settings.profile_stays = profile.stays;
        settings.profile_is_new = profile.is_new;
        DK_RETURN_IF_ERROR(dk_archive_drop(pipeline->store, &drops[i], &settings,
                                           pipeline->observer, &archived, err));
        result->drops++;
        result->files += archived.files;
        memcpy(result->folder, archived.folder, sizeof(result->folder));
    }
    return DK_OK;
}

static enum dk_status archive_timed(struct dk_pipeline *pipeline,
                                    const struct dk_ledger_drop *drops, size_t count,
                                    int64_t last_id, struct dk_archived *result,
                                    struct dk_error *err)
{
    int64_t started_ms = dk_monotonic_ms();
    enum dk_status status = archive_drops(pipeline, drops, count, last_id, result, err);
    dk_notes_step(pipeline, DK_STEP_ARCHIVE, started_ms);
    return status;
}

enum dk_status dk_pipeline_archive(struct dk_pipeline *pipeline, bool begun_only,
                                   struct dk_archived *result, struct dk_error *err)
{
    *result = (struct dk_archived){0};
    struct dk_ledger_drop *drops = NULL;
    size_t count = 0;
    DK_RETURN_IF_ERROR(dk_pipeline_keep_corrections(pipeline, err));
    enum dk_status status = dk_pipeline_pending(pipeline, &drops, &count, err);
    count = leave_out_held(pipeline, drops, count);
    int64_t last_id = count > 0 ? drops[count - 1].drop_id : 0;
    if (begun_only)
        count = keep_begun(drops, count);
    if (status == DK_OK && count > 0 && !begun_only)
        status = dk_pipeline_check_published(pipeline, err);
    if (status == DK_OK && count > 0)
        status = archive_timed(pipeline, drops, count, last_id, result, err);
    free(drops);
    if (status == DK_OK && result->drops > 0)
        status = dk_unload_note_all(pipeline, err);
    return status;
}
