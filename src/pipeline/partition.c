#include "partition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "burst_files.h"
#include "exported_file.h"

/* --- which parts there are -------------------------------------------------------------------- */

/* All series that are loaded, and the parts that are made of them. */
struct parts {
    const struct dk_store_series *series; /* by rig, then cohort */
    size_t series_count;
    struct dk_partition *list;
    size_t count;
};

static void add_csvs(struct parts *parts)
{
    bool seen[DK_COHORT_MAX + 1] = {false};
    for (size_t i = 0; i < parts->series_count; i++) {
        int cohort = parts->series[i].series.cohort;
        if (cohort >= 1 && cohort <= DK_COHORT_MAX)
            seen[cohort] = true;
    }
    for (int cohort = 1; cohort <= DK_COHORT_MAX; cohort++) {
        if (!seen[cohort])
            continue;
        struct dk_partition *part = &parts->list[parts->count++];
        *part = (struct dk_partition){.kind = DK_PARTITION_CSV, .cohort = cohort};
        dk_publish_cohort_key(cohort, part->key);
    }
}

static void add_history(struct parts *parts)
{
    struct dk_partition *part = &parts->list[parts->count++];
    *part = (struct dk_partition){.kind = DK_PARTITION_HISTORY};
    snprintf(part->key, sizeof(part->key), "%s", DK_HISTORICAL_PARQUET_FILE);
}

/* The series of a site come one after the other. */
static void add_sites(struct parts *parts)
{
    for (size_t i = 0; i < parts->series_count; i++)
        if (i == 0 ||
            strcmp(parts->series[i].series.well.site, parts->series[i - 1].series.well.site) != 0)
            dk_partition_init(&parts->list[parts->count++], DK_PARTITION_SITE,
                              &parts->series[i].series);
}

static void add_parquet(struct parts *parts)
{
    for (size_t i = 0; i < parts->series_count; i++)
        dk_partition_init(&parts->list[parts->count++], DK_PARTITION_PARQUET,
                          &parts->series[i].series);
}

static enum dk_status list_parts(const struct dk_settings *settings, bool for_upload,
                                 struct parts *parts, struct dk_error *err)
{
    const bool by_cohort = for_upload && settings->s3.partition == DK_S3_PARTITION_COHORT;
    /* No more CSVs than series, no more Parquet files than that, and the history. */
    parts->list = calloc((2 + DK_BURST_KINDS) * parts->series_count + 1, sizeof(*parts->list));
    if (!parts->list)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu cohorts",
                            parts->series_count);
    if (by_cohort)
        add_csvs(parts);
    if (for_upload && settings->s3.partition == DK_S3_PARTITION_SITE)
        add_sites(parts);
    if (settings->export_parquet && parts->series_count > 0)
        add_history(parts);
    if (by_cohort && settings->export_parquet)
        add_parquet(parts);
    return DK_OK;
}

/* --- one part --------------------------------------------------------------------------------- */

static bool is_of(const struct dk_partition *partition, const struct dk_series *series)
{
    if (partition->cohort != 0 && series->cohort != partition->cohort)
        return false;
    if (partition->kind == DK_PARTITION_SITE)
        return strcmp(series->well.site, partition->rig.site) == 0;
    return partition->kind != DK_PARTITION_PARQUET ||
           dk_well_compare(&series->well, &partition->rig) == 0;
}

static enum dk_status hash_series(const struct parts *parts, const struct dk_partition *partition,
                                  struct dk_hash *hash, struct dk_error *err)
{
    for (size_t i = 0; i < parts->series_count; i++) {
        char rig[DK_RIG_NAME_MAX];
        if (!is_of(partition, &parts->series[i].series))
            continue;
        dk_well_rig_name(&parts->series[i].series.well, rig);
        DK_RETURN_IF_ERROR(dk_hash_update(hash, rig, strlen(rig) + 1, err));
        DK_RETURN_IF_ERROR(dk_hash_update(hash, parts->series[i].hash, DK_HASH_HEX_MAX - 1, err));
    }
    return DK_OK;
}

/* The fingerprint of a part: over the contents' hashes of its series, rig by rig. */
static enum dk_status fingerprint(const struct parts *parts, const struct dk_partition *partition,
                                  char hex[DK_HASH_HEX_MAX], struct dk_error *err)
{
    struct dk_hash hash;
    DK_RETURN_IF_ERROR(dk_hash_init(&hash, err));
    enum dk_status status = hash_series(parts, partition, &hash, err);
    if (status == DK_OK)
        status = dk_hash_finish(&hash, hex, err);
    dk_hash_reset(&hash);
    return status;
}

static enum dk_status write_partition(struct dk_pipeline *pipeline, struct dk_partition *partition,
                                      const char *path, const char *mark, struct dk_error *err)
{
    const enum dk_partition_kind kind = partition->kind;
    const bool is_csv = kind == DK_PARTITION_CSV || kind == DK_PARTITION_SITE;
    const struct dk_export_settings settings = {.format = is_csv ? DK_FORMAT_HISTORICAL
                                                                 : DK_FORMAT_PARQUET,
                                                .no_keys = kind == DK_PARTITION_PARQUET,
                                                .threads = pipeline->settings->threads};
    const struct dk_output output = {
        .settings = &settings,
        .filter = {.by_rig = kind == DK_PARTITION_PARQUET || kind == DK_PARTITION_SITE,
                   .whole_site = kind == DK_PARTITION_SITE,
                   .rig = partition->rig,
                   .cohort_first = partition->cohort,
                   .cohort_last = partition->cohort},
        .path = path,
        .with_hash = true};
    struct dk_export_result result = {0};
    struct dk_ledger_publication row = {.run_id = pipeline->run_id, .kind = DK_PUBLICATION_EXPORT};
    DK_RETURN_IF_ERROR(dk_folder_make_of(path, err));
    DK_RETURN_IF_ERROR(dk_ledger_generation(pipeline->store, &row.generation, err));
    DK_RETURN_IF_ERROR(dk_pipeline_export(pipeline, &output, &result, err));
    snprintf(row.target, sizeof(row.target), "%s", path);
    snprintf(row.layout, sizeof(row.layout), "%s", dk_partition_name(partition->kind));
    snprintf(row.etag, sizeof(row.etag), "%s", mark);
    row.rows = (int64_t)result.rows;
    row.size_bytes = result.size_bytes;
    memcpy(row.hash, result.hash, sizeof(row.hash));
    partition->publication = row;
    if (partition->kind == DK_PARTITION_HISTORY)
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE, "wrote '%s': %lld rows", path,
                           (long long)row.rows);
    return dk_ledger_publication_put(pipeline->store, &row, err);
}

/* Whether the file is there as the ledger knows it, made of these contents. An upload reads and
 * hashes what it sends; the history is for people in aws_s3/ too, so that an edit of it is seen
 * here. */
static enum dk_status stands(struct dk_pipeline *pipeline, const struct dk_partition *partition,
                             const char *mark, bool *is, struct dk_error *err)
{
    const struct dk_ledger_publication *publication = &partition->publication;
    char hash[DK_HASH_HEX_MAX];
    *is = strcmp(publication->etag, mark) == 0 && dk_exported_file_exists(publication);
    if (!*is || partition->kind != DK_PARTITION_HISTORY || publication->run_id == pipeline->run_id)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_hash_file(publication->target, hash, NULL, err));
    *is = strcmp(hash, publication->hash) == 0;
    if (!*is)
        dk_exported_file_report_edited(pipeline, publication->target);
    return DK_OK;
}

static enum dk_status bring_up_to_date(struct dk_pipeline *pipeline, const struct parts *parts,
                                       struct dk_partition *partition, struct dk_error *err)
{
    char mark[DK_HASH_HEX_MAX];
    char path[DK_PUBLISH_COHORT_KEY_MAX + 32];
    bool found = false;
    snprintf(path, sizeof(path), "%s/%s", DK_WORKSPACE_S3, partition->key);
    DK_RETURN_IF_ERROR(fingerprint(parts, partition, mark, err));
    DK_RETURN_IF_ERROR(dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_EXPORT, path,
                                                 &partition->publication, &found, err));
    if (found)
        DK_RETURN_IF_ERROR(stands(pipeline, partition, mark, &found, err));
    return found ? DK_OK : write_partition(pipeline, partition, path, mark, err);
}

enum dk_status dk_partition_write_again(struct dk_pipeline *pipeline,
                                        struct dk_partition *partition, struct dk_error *err)
{
    const struct dk_ledger_publication before = partition->publication;
    return write_partition(pipeline, partition, before.target, before.etag, err);
}

enum dk_status dk_partitions_write(struct dk_pipeline *pipeline, bool for_upload,
                                   struct dk_partition **list, size_t *count, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *series = NULL;
    struct parts parts = {0};
    enum dk_status status = dk_store_list(pipeline->store, &all, &series, &parts.series_count, err);
    parts.series = series;
    if (status == DK_OK)
        status = list_parts(pipeline->settings, for_upload, &parts, err);
    for (size_t i = 0; status == DK_OK && i < parts.count; i++)
        status = bring_up_to_date(pipeline, &parts, &parts.list[i], err);
    if (status == DK_OK)
        status = dk_burst_files_list(pipeline, series, parts.series_count, parts.list, &parts.count,
                                     err);
    free(series);
    *list = parts.list;
    *count = parts.count;
    return status;
}
