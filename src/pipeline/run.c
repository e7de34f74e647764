/*
 * run: check, load, export, report, upload, archive, in this order, each only if the ledger does
 * not say that it is done. Wherever an earlier run was interrupted, this one resumes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "burst_files.h"
#include "current_report.h"
#include "known_drop.h"
#include "partition.h"
#include "pipeline/pipeline.h"
#include "read_ahead.h"
#include "stale.h"
#include "syncing.h"

/* Whether a drop is left where it is: outside the workspace, and in its archive. */
static bool stays(const char *path)
{
    size_t size = strlen(DK_WORKSPACE_ARCHIVE);
    return path[0] == '/' || (strncmp(path, DK_WORKSPACE_ARCHIVE, size) == 0 &&
                              (path[size] == '/' || path[size] == '\0'));
}

/* Whether a pending drop of the ledger is the one at its path: the one whose contents are loaded,
 * or a duplicate of it that an interrupted run noted. */
static bool is_noted(const struct dk_ledger_drop *pending, const struct dk_drop *drop,
                     const struct dk_load_result *load)
{
    if (strcmp(pending->source, drop->path) != 0 ||
        strcmp(pending->content_hash, drop->content_hash) != 0)
        return false;
    return pending->drop_id == load->drop_id || pending->duplicate_of == load->drop_id;
}

/* The contents are loaded already, and were delivered again: they get a row of their own, to be
 * archived as a duplicate, unless a pending drop is that duplicate. */
static enum dk_status note_duplicate(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                     const struct dk_load_result *load, struct dk_error *err)
{
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    bool is_pending = false;
    enum dk_status status = dk_pipeline_pending(pipeline, &pending, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        is_pending = is_pending || is_noted(&pending[i], &intake->drop, load);
    free(pending);
    if (status != DK_OK || is_pending || stays(intake->drop.path))
        return status;
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "'%s' is a duplicate of what run %lld loaded: archiving it",
                       intake->drop.path, (long long)load->drop_run_id);
    const struct dk_ledger_duplicate duplicate = {.run_id = pipeline->run_id,
                                                  .original = load->drop_id,
                                                  .drop = &intake->drop,
                                                  .settings = intake->settings};
    int64_t drop_id = 0;
    return dk_ledger_drop_duplicate(pipeline->store, &duplicate, &drop_id, err);
}

static enum dk_status read_and_load(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                    struct dk_run_result *result, struct dk_error *err)
{
    char name[32];
    snprintf(name, sizeof(name), "run%lld", (long long)pipeline->run_id);
    result->read = true;
    enum dk_status status = dk_burst_files_collect(pipeline, intake, err);
    if (status == DK_OK)
        status = dk_intake_read(pipeline, intake, DK_INTAKE_LOAD, name, err);
    if (status == DK_OK) {
        dk_read_ahead_begin(pipeline);
        status = dk_pipeline_load(pipeline, intake, &result->load, err);
    }
    if (status == DK_OK)
        pipeline->in_memory = &intake->readings;
    if (status == DK_OK && result->load.outcome == DK_LOAD_ALREADY)
        status = note_duplicate(pipeline, intake, &result->load, err);
    if (status == DK_OK)
        status = dk_burst_files_write(pipeline, intake, &result->burst_files, err);
    return status;
}

static enum dk_status take_in(struct dk_pipeline *pipeline, const char *path,
                              struct dk_intake *intake, struct dk_syncing *syncing,
                              struct dk_run_result *result, struct dk_error *err)
{
    struct dk_ledger_drop known = {0};
    bool is_known = false;
    enum dk_status status = dk_intake_open(pipeline, path, intake, &result->found, err);
    if (status != DK_OK || !result->found)
        return status;
    dk_syncing_start(syncing, &intake->drop);
    DK_RETURN_IF_ERROR(dk_known_drop_find(pipeline, intake, &known, &is_known, err));
    if (!is_known)
        return read_and_load(pipeline, intake, result, err);
    result->load.outcome = DK_LOAD_ALREADY;
    result->load.drop_id = known.drop_id;
    result->load.drop_run_id = known.run_id;
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "run %lld has already loaded '%s': resuming from there",
                       (long long)known.run_id, intake->drop.path);
    return DK_OK;
}

/* Without S3, of the parts only those that are for people in aws_s3/ stay there. */
static enum dk_status remove_stale(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct dk_partition *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_partitions_write(pipeline, false, &list, &count, err);
    if (status == DK_OK)
        status = dk_stale_files_remove(pipeline, list, count, err);
    free(list);
    return status;
}

enum dk_status dk_pipeline_publish(struct dk_pipeline *pipeline, struct dk_run_result *result,
                                   struct dk_error *err)
{
    bool empty = false;
    bool current = false;
    DK_RETURN_IF_ERROR(dk_store_is_empty(pipeline->store, &empty, err));
    if (empty) {
        DK_RETURN_IF_ERROR(dk_store_find_foreign(pipeline->store, err));
        return dk_stale_all_remove(pipeline, &result->upload, err);
    }
    DK_RETURN_IF_ERROR(dk_burst_files_report(pipeline, err));
    DK_RETURN_IF_ERROR(
        dk_pipeline_export_current(pipeline, &result->export, &result->exported, err));
    dk_current_report_write(pipeline, &result->report);
    result->s3 = dk_pipeline_s3_configured(pipeline);
    if (!result->s3) {
        if (result->exported)
            dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                               "S3 is not configured, so nothing was uploaded");
        return remove_stale(pipeline, err);
    }
    DK_RETURN_IF_ERROR(dk_pipeline_upload_current(pipeline, &current, err));
    if (!current)
        DK_RETURN_IF_ERROR(dk_pipeline_upload(pipeline, &result->upload, err));
    dk_current_report_publish(pipeline, &result->upload);
    return DK_OK;
}

bool dk_pipeline_is_export_due(struct dk_pipeline *pipeline)
{
    struct dk_ledger_publication publication;
    bool empty = false;
    bool current = false;
    return dk_store_is_empty(pipeline->store, &empty, NULL) == DK_OK && !empty &&
           dk_pipeline_export_find(pipeline, &publication, &current, NULL) == DK_OK && !current;
}

/* After a delivery was refused: what earlier runs loaded or corrected does not wait for the next
 * one. */
static void publish_due(struct dk_pipeline *pipeline, enum dk_status refused,
                        struct dk_run_result *result)
{
    struct dk_error why = {0};
    bool is_refused = refused == DK_ERR_DATA || refused == DK_ERR_REFUSED;
    if (is_refused && dk_pipeline_is_export_due(pipeline) &&
        dk_pipeline_publish(pipeline, result, &why) != DK_OK)
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING, "%s", why.message);
}

enum dk_status dk_pipeline_upload_all(struct dk_pipeline *pipeline, struct dk_upload_result *result,
                                      struct dk_error *err)
{
    struct dk_page_result page;
    DK_RETURN_IF_ERROR(dk_pipeline_upload(pipeline, result, err));
    if (pipeline->settings->report_publish)
        dk_current_report_write(pipeline, &page);
    dk_current_report_publish(pipeline, result);
    return DK_OK;
}

static bool has_worked(const struct dk_run_result *result)
{
    return result->read || result->exported || result->upload.sent + result->upload.removed > 0 ||
           result->archived.drops > 0;
}

enum dk_status dk_pipeline_take_in(struct dk_pipeline *pipeline, const char *path,
                                   struct dk_intake *intake, struct dk_run_result *result,
                                   struct dk_error *err)
{
    struct dk_syncing syncing = {0};
    *result = (struct dk_run_result){0};
    enum dk_status status = take_in(pipeline, path, intake, &syncing, result, err);
    pipeline->in_memory = NULL;
    status = dk_syncing_finish(&syncing, status, err);
    result->worked = has_worked(result);
    return status;
}

enum dk_status dk_pipeline_bring_out(struct dk_pipeline *pipeline, struct dk_run_result *result,
                                     struct dk_error *err)
{
    *result = (struct dk_run_result){0};
    dk_read_ahead_end(pipeline);
    enum dk_status status = dk_pipeline_publish(pipeline, result, err);
    if (status == DK_OK)
        status = dk_pipeline_archive(pipeline, false, &result->archived, err);
    result->worked = has_worked(result);
    return status;
}

enum dk_status dk_pipeline_run(struct dk_pipeline *pipeline, const char *path,
                               struct dk_intake *intake, struct dk_run_result *result,
                               struct dk_error *err)
{
    *result = (struct dk_run_result){0};
    struct dk_archived finished = {0};
    struct dk_syncing syncing = {0};
    enum dk_status status = dk_pipeline_archive(pipeline, true, &finished, err);
    if (status == DK_OK)
        status = take_in(pipeline, path, intake, &syncing, result, err);
    if (status == DK_OK)
        status = dk_pipeline_publish(pipeline, result, err);
    else
        publish_due(pipeline, status, result);
    pipeline->in_memory = NULL; /* it is the caller's */
    status = dk_syncing_finish(&syncing, status, err);
    if (status == DK_OK)
        status = dk_pipeline_archive(pipeline, false, &result->archived, err);
    if (status == DK_OK && result->archived.drops == 0)
        result->archived = finished;
    result->worked = has_worked(result);
    return status;
}
