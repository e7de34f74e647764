#include "pipeline/standing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "dictionary.h"
#include "partition.h"
#include "proof.h"

bool dk_standing_is_there(const struct dk_ledger_publication *publication)
{
    struct stat info;
    return stat(publication->target, &info) == 0 && S_ISREG(info.st_mode) &&
           (uint64_t)info.st_size == publication->size_bytes;
}

enum dk_status dk_pipeline_export_find(struct dk_pipeline *pipeline,
                                       struct dk_ledger_publication *publication, bool *current,
                                       struct dk_error *err)
{
    bool found = false;
    int64_t generation = 0;
    *current = false;
    enum dk_status status = dk_ledger_generation(pipeline->store, &generation, err);
    if (status == DK_OK)
        status = dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_EXPORT, DK_STANDING_CSV,
                                           publication, &found, err);
    if (status != DK_OK)
        return status;
    if (!found)
        *publication = (struct dk_ledger_publication){0};
    *current = found && publication->generation == generation &&
               dk_standing_is_there(publication) && dk_path_exists(DK_STANDING_DICTIONARY);
    return DK_OK;
}

/* The dictionary has a row of its own in the ledger, so that an edit of it is seen. */
static enum dk_status write_dictionary(struct dk_pipeline *pipeline, int64_t generation,
                                       struct dk_error *err)
{
    struct dk_ledger_publication row = {.run_id = pipeline->run_id,
                                        .kind = DK_PUBLICATION_EXPORT,
                                        .target = DK_STANDING_DICTIONARY,
                                        .layout = "dictionary",
                                        .generation = generation,
                                        .rows = DK_HISTORICAL_COLUMNS};
    enum dk_status status =
        dk_dictionary_put(pipeline, DK_STANDING_DICTIONARY, row.hash, &row.size_bytes, err);
    return status == DK_OK ? dk_ledger_publication_put(pipeline->store, &row, err) : status;
}

enum dk_status dk_standing_write(struct dk_pipeline *pipeline,
                                 struct dk_ledger_publication *publication, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL,
                                                .threads = pipeline->settings->threads};
    struct dk_export_result result = {0};
    struct dk_ledger_publication row = {.run_id = pipeline->run_id, .kind = DK_PUBLICATION_EXPORT};
    /* The generation is read before the rows: a load in between makes the export stale, not
     * wrongly fresh. */
    enum dk_status status = dk_ledger_generation(pipeline->store, &row.generation, err);
    if (status == DK_OK)
        status = dk_folder_make(DK_WORKSPACE_S3, err);
    if (status == DK_OK)
        status = write_dictionary(pipeline, row.generation, err);
    if (status == DK_OK && publication->hash[0] != '\0')
        status = dk_pipeline_export_again(pipeline, publication, &settings, &result, err);
    else if (status == DK_OK)
        status = dk_pipeline_export(pipeline, &all, &settings, DK_STANDING_CSV, NULL, true, &result,
                                    err);
    if (status != DK_OK)
        return status;
    snprintf(row.target, sizeof(row.target), "%s", DK_STANDING_CSV);
    snprintf(row.layout, sizeof(row.layout), "%s", dk_format_name(DK_FORMAT_HISTORICAL));
    row.rows = (int64_t)result.rows;
    row.size_bytes = result.size_bytes;
    memcpy(row.hash, result.hash, sizeof(row.hash));
    *publication = row;
    return dk_ledger_publication_put(pipeline->store, &row, err);
}

void dk_standing_tell_edited(const struct dk_pipeline *pipeline, const char *path)
{
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "'%s' is not what was exported: it is written anew", path);
}

enum dk_status dk_standing_make_sure(struct dk_pipeline *pipeline,
                                     struct dk_ledger_publication *publication, bool *fresh,
                                     struct dk_error *err)
{
    char hash[DK_HASH_HEX_MAX];
    if (fresh)
        *fresh = false;
    if (publication->run_id == pipeline->run_id)
        return DK_OK;
    enum dk_status status = dk_hash_file(DK_STANDING_CSV, hash, NULL, err);
    if (status != DK_OK || strcmp(hash, publication->hash) == 0)
        return status;
    dk_standing_tell_edited(pipeline, DK_STANDING_CSV);
    publication->hash[0] = '\0'; /* nothing of it is taken over */
    status = dk_standing_write(pipeline, publication, err);
    if (fresh)
        *fresh = status == DK_OK;
    return status;
}

/* Nothing is published of a database that something else changed. Cohorts that an older derrick
 * loaded get what it did not write. */
static enum dk_status prove(struct dk_pipeline *pipeline, struct dk_error *err)
{
    size_t count = 0;
    if (dk_proof_is_done(pipeline))
        return DK_OK; /* a run exports, then uploads */
    enum dk_status status = dk_proof_run(pipeline, err);
    if (status == DK_OK)
        status =
            dk_store_quality_complete(pipeline->store, pipeline->settings->limits, &count, err);
    if (status == DK_OK && count > 0)
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                           "sensor_quality was missing for %zu cohort%s: added", count,
                           count == 1 ? "" : "s");
    if (status == DK_OK)
        pipeline->proved_run = pipeline->run_id;
    return status;
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

enum dk_status dk_pipeline_export_standing(struct dk_pipeline *pipeline,
                                           struct dk_ledger_publication *publication, bool *fresh,
                                           struct dk_error *err)
{
    bool current = false;
    *fresh = false;
    enum dk_status status = prove(pipeline, err);
    if (status == DK_OK)
        status = dk_pipeline_export_find(pipeline, publication, &current, err);
    if (status != DK_OK)
        return status;
    if (current) {
        DK_RETURN_IF_ERROR(dk_standing_make_sure(pipeline, publication, fresh, err));
    } else {
        DK_RETURN_IF_ERROR(dk_standing_write(pipeline, publication, err));
        *fresh = true;
    }
    return write_parts(pipeline, fresh, err);
}
