#include "partition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pipeline/standing.h"

/* The cohorts in `list` (by rig, then cohort), each once, ascending. */
static enum dk_status list_cohorts(const struct dk_store_series *list, size_t count,
                                   struct dk_partition **out, size_t *out_count,
                                   struct dk_error *err)
{
    bool seen[DK_COHORT_MAX + 1] = {false};
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        int cohort = list[i].series.cohort;
        if (cohort >= 1 && cohort <= DK_COHORT_MAX && !seen[cohort]) {
            seen[cohort] = true;
            total++;
        }
    }
    struct dk_partition *partitions = calloc(total ? total : 1, sizeof(*partitions));
    if (!partitions)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu cohorts", total);
    size_t at = 0;
    for (int cohort = 1; cohort <= DK_COHORT_MAX; cohort++) {
        if (!seen[cohort])
            continue;
        partitions[at].cohort = cohort;
        dk_publish_cohort_key(cohort, partitions[at].key);
        at++;
    }
    *out = partitions;
    *out_count = total;
    return DK_OK;
}

/* The fingerprint of a cohort: over the contents' hashes of its series, rig by rig. */
static enum dk_status fingerprint(const struct dk_store_series *list, size_t count, int cohort,
                                  char hex[DK_HASH_HEX_MAX], struct dk_error *err)
{
    struct dk_hash hash;
    enum dk_status status = dk_hash_init(&hash, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        char rig[DK_RIG_NAME_MAX];
        if (list[i].series.cohort != cohort)
            continue;
        dk_well_rig_name(&list[i].series.well, rig);
        status = dk_hash_update(&hash, rig, strlen(rig) + 1, err);
        if (status == DK_OK)
            status = dk_hash_update(&hash, list[i].hash, DK_HASH_HEX_MAX - 1, err);
    }
    if (status == DK_OK)
        status = dk_hash_finish(&hash, hex, err);
    dk_hash_reset(&hash);
    return status;
}

/* Whether the cohort's CSV is there as the ledger knows it, made of these contents. */
static bool stands(const struct dk_ledger_publication *publication, const char *mark)
{
    return strcmp(publication->etag, mark) == 0 && dk_standing_is_there(publication);
}

static enum dk_status write_partition(struct dk_pipeline *pipeline, struct dk_partition *partition,
                                      const char *path, const char *mark, struct dk_error *err)
{
    const struct dk_store_filter filter = {.cohort_first = partition->cohort,
                                           .cohort_last = partition->cohort};
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL,
                                                .threads = pipeline->settings->threads};
    struct dk_export_result result = {0};
    struct dk_ledger_publication row = {.run_id = pipeline->run_id, .kind = DK_PUBLICATION_EXPORT};
    char *folder = dk_path_folder(path);
    enum dk_status status =
        folder ? dk_folder_make(folder, err) : dk_error_nomem(err, "write", path);
    free(folder);
    if (status == DK_OK)
        status = dk_ledger_generation(pipeline->store, &row.generation, err);
    if (status == DK_OK)
        status = dk_pipeline_export(pipeline, &filter, &settings, path, NULL, true, &result, err);
    if (status != DK_OK)
        return status;
    snprintf(row.target, sizeof(row.target), "%s", path);
    snprintf(row.layout, sizeof(row.layout), "cohort");
    snprintf(row.etag, sizeof(row.etag), "%s", mark);
    row.rows = (int64_t)result.rows;
    row.size_bytes = result.size_bytes;
    memcpy(row.hash, result.hash, sizeof(row.hash));
    partition->publication = row;
    return dk_ledger_publication_put(pipeline->store, &row, err);
}

static enum dk_status bring_up_to_date(struct dk_pipeline *pipeline,
                                       const struct dk_store_series *list, size_t count,
                                       struct dk_partition *partition, struct dk_error *err)
{
    char mark[DK_HASH_HEX_MAX];
    char path[DK_PUBLISH_COHORT_KEY_MAX + 32];
    bool found = false;
    snprintf(path, sizeof(path), "%s/%s", DK_WORKSPACE_S3, partition->key);
    enum dk_status status = fingerprint(list, count, partition->cohort, mark, err);
    if (status == DK_OK)
        status = dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_EXPORT, path,
                                           &partition->publication, &found, err);
    if (status != DK_OK || (found && stands(&partition->publication, mark)))
        return status;
    return write_partition(pipeline, partition, path, mark, err);
}

enum dk_status dk_partition_write_again(struct dk_pipeline *pipeline,
                                        struct dk_partition *partition, struct dk_error *err)
{
    const struct dk_ledger_publication before = partition->publication;
    return write_partition(pipeline, partition, before.target, before.etag, err);
}

enum dk_status dk_partitions_write(struct dk_pipeline *pipeline, struct dk_partition **list,
                                   size_t *count, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *series = NULL;
    size_t series_count = 0;
    *list = NULL;
    *count = 0;
    enum dk_status status = dk_store_list(pipeline->store, &all, &series, &series_count, err);
    if (status == DK_OK)
        status = list_cohorts(series, series_count, list, count, err);
    for (size_t i = 0; status == DK_OK && i < *count; i++)
        status = bring_up_to_date(pipeline, series, series_count, &(*list)[i], err);
    free(series);
    return status;
}
