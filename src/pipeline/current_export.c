#include "current_export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/monotonic.h"
#include "dictionary.h"
#include "partition.h"
#include "run_notes.h"
#include "verify.h"

enum dk_status dk_pipeline_export_find(struct dk_pipeline *pipeline,
                                       struct dk_ledger_publication *publication, bool *current,
                                       struct dk_error *err)
{
    bool found = false;
    int64_t generation = 0;
    *current = false;
    DK_RETURN_IF_ERROR(dk_ledger_generation(pipeline->store, &generation, err));
    DK_RETURN_IF_ERROR(dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_EXPORT,
                                                 DK_CURRENT_CSV, publication, &found, err));
    if (!found)
        *publication = (struct dk_ledger_publication){0};
    *current = found && publication->generation == generation &&
               dk_exported_file_exists(publication) && dk_path_exists(DK_CURRENT_DICTIONARY);
    return DK_OK;
}

/* The dictionary has its own row in the ledger, so that edits of it are noticed. */
static enum dk_status write_dictionary(struct dk_pipeline *pipeline, int64_t generation,
                                       struct dk_error *err)
{
    struct dk_ledger_publication row = {.run_id = pipeline->run_id,
                                        .kind = DK_PUBLICATION_EXPORT,
                                        .target = DK_CURRENT_DICTIONARY,
                                        .layout = "dictionary",
                                        .generation = generation,
                                        .rows = DK_HISTORICAL_COLUMNS};
    DK_RETURN_IF_ERROR(
        dk_dictionary_put(pipeline, DK_CURRENT_DICTIONARY, row.hash, &row.size_bytes, err));
    return dk_ledger_publication_put(pipeline->store, &row, err);
}

enum dk_status dk_current_export_write(struct dk_pipeline *pipeline,
                                       struct dk_ledger_publication *publication,
                                       struct dk_error *err)
{
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL,
                                                .threads = pipeline->settings->threads};
    const struct dk_output output = {
        .settings = &settings, .path = DK_CURRENT_CSV, .with_hash = true};
    struct dk_export_result result = {0};
    struct dk_ledger_publication row = {.run_id = pipeline->run_id, .kind = DK_PUBLICATION_EXPORT};
    /* The generation is read before the rows: a load in between makes the export stale, not
     * wrongly fresh. */
    DK_RETURN_IF_ERROR(dk_ledger_generation(pipeline->store, &row.generation, err));
    DK_RETURN_IF_ERROR(dk_folder_make(DK_WORKSPACE_S3, err));
    DK_RETURN_IF_ERROR(write_dictionary(pipeline, row.generation, err));
    if (publication->hash[0] != '\0')
        DK_RETURN_IF_ERROR(
            dk_pipeline_export_again(pipeline, publication, &settings, &result, err));
    else
        DK_RETURN_IF_ERROR(dk_pipeline_export(pipeline, &output, &result, err));
    snprintf(row.target, sizeof(row.target), "%s", DK_CURRENT_CSV);
    snprintf(row.layout, sizeof(row.layout), "%s", dk_format_name(DK_FORMAT_HISTORICAL));
    row.rows = (int64_t)result.rows;
    row.size_bytes = result.size_bytes;
    memcpy(row.hash, result.hash, sizeof(row.hash));
    *publication = row;
    return dk_ledger_publication_put(pipeline->store, &row, err);
}

enum dk_status dk_current_export_make_sure(struct dk_pipeline *pipeline,
                                           struct dk_ledger_publication *publication, bool *fresh,
                                           struct dk_error *err)
{
    char hash[DK_HASH_HEX_MAX];
    if (fresh)
        *fresh = false;
    if (publication->run_id == pipeline->run_id)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_hash_file(DK_CURRENT_CSV, hash, NULL, err));
    if (strcmp(hash, publication->hash) == 0)
        return DK_OK;
    dk_exported_file_report_edited(pipeline, DK_CURRENT_CSV);
    publication->hash[0] = '\0'; /* nothing of it is copied */
    DK_RETURN_IF_ERROR(dk_current_export_write(pipeline, publication, err));
    if (fresh)
        *fresh = true;
    return DK_OK;
}

/* Nothing is published of a database that another program changed. Cohorts that an older derrick
 * loaded get what it did not write. */
static enum dk_status verify(struct dk_pipeline *pipeline, struct dk_error *err)
{
    size_t count = 0;
    if (dk_verify_is_done(pipeline))
        return DK_OK; /* a run exports, then uploads */
    DK_RETURN_IF_ERROR(dk_verify_run(pipeline, err));
    DK_RETURN_IF_ERROR(
        dk_store_quality_complete(pipeline->store, pipeline->settings->limits, &count, err));
    if (count > 0)
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                           "added the missing rows of sensor_quality for %zu cohort%s", count,
                           count == 1 ? "" : "s");
    pipeline->verified_run = pipeline->run_id;
    return DK_OK;
}

/* What else people find in aws_s3/. */
static enum dk_status write_parts(struct dk_pipeline *pipeline, bool *fresh, struct dk_error *err)
{
    struct dk_partition *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_partitions_write(pipeline, false, &list, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        *fresh = *fresh || list[i].publication.run_id == pipeline->run_id;
    free(list);
    return status;
}

static enum dk_status bring_up_to_date(struct dk_pipeline *pipeline,
                                       struct dk_ledger_publication *publication, bool *fresh,
                                       struct dk_error *err)
{
    bool current = false;
    *fresh = false;
    DK_RETURN_IF_ERROR(verify(pipeline, err));
    DK_RETURN_IF_ERROR(dk_pipeline_export_find(pipeline, publication, &current, err));
    if (current) {
        DK_RETURN_IF_ERROR(dk_current_export_make_sure(pipeline, publication, fresh, err));
    } else {
        DK_RETURN_IF_ERROR(dk_current_export_write(pipeline, publication, err));
        *fresh = true;
    }
    return write_parts(pipeline, fresh, err);
}

enum dk_status dk_pipeline_export_current(struct dk_pipeline *pipeline,
                                          struct dk_ledger_publication *publication, bool *fresh,
                                          struct dk_error *err)
{
    int64_t started_ms = dk_monotonic_ms();
    enum dk_status status = bring_up_to_date(pipeline, publication, fresh, err);
    if (*fresh || status != DK_OK)
        dk_notes_step(pipeline, DK_STEP_EXPORT, started_ms);
    return status;
}
