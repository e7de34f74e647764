/* Samples and features on S3: which of them are there, and whose. */
#include <stdlib.h>
#include <string.h>

#include "burst_files.h"
#include "upload.h"

/* --- whether this workspace's are there ----------------------------------------------------- */

static int compare_targets(const void *left, const void *right)
{
    const struct dk_ledger_publication *a = left;
    const struct dk_ledger_publication *b = right;
    return strcmp(a->target, b->target);
}

/* What the ledger says is on S3, sorted by target. */
static enum dk_status read_uploads(struct dk_pipeline *pipeline,
                                   struct dk_ledger_publication **rows, size_t *count,
                                   struct dk_error *err)
{
    DK_RETURN_IF_ERROR(
        dk_ledger_publications(pipeline->store, DK_PUBLICATION_UPLOAD, rows, count, err));
    if (*count > 1)
        qsort(*rows, *count, sizeof(**rows), compare_targets);
    return DK_OK;
}

static bool is_uploaded(const struct dk_ledger_publication *rows, size_t count, const char *start,
                        const struct dk_partition *part)
{
    struct dk_ledger_publication wanted = {0};
    dk_text_format(wanted.target, sizeof(wanted.target), "%s%s", start, part->key);
    const struct dk_ledger_publication *found =
        count == 0 ? NULL : bsearch(&wanted, rows, count, sizeof(*rows), compare_targets);
    return found && strcmp(found->hash, part->publication.hash) == 0;
}

static enum dk_status compare_all(struct dk_pipeline *pipeline, const char *start,
                                  const struct dk_partition *parts, size_t part_count,
                                  bool *current, struct dk_error *err)
{
    struct dk_ledger_publication *rows = NULL;
    size_t count = 0;
    DK_RETURN_IF_ERROR(read_uploads(pipeline, &rows, &count, err));
    for (size_t i = 0; *current && i < part_count; i++)
        *current = parts[i].lost || is_uploaded(rows, count, start, &parts[i]);
    free(rows);
    return DK_OK;
}

enum dk_status dk_upload_find_burst_files(struct dk_pipeline *pipeline, bool *current,
                                          struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *series = NULL;
    struct dk_partition *parts = NULL;
    char start[DK_S3_TEXT_MAX];
    size_t series_count = 0;
    size_t count = 0;
    if (!pipeline->settings->export_samples && !pipeline->settings->export_features)
        return DK_OK;
    DK_RETURN_IF_ERROR(
        dk_s3_start_find(&pipeline->settings->s3, pipeline->environment, start, err));
    enum dk_status status = dk_store_list(pipeline->store, &all, &series, &series_count, err);
    if (status == DK_OK) {
        parts = calloc(series_count * DK_BURST_KINDS + 1, sizeof(*parts));
        status = parts ? dk_burst_files_list(pipeline, series, series_count, parts, &count, err)
                       : dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
    }
    if (status == DK_OK)
        status = compare_all(pipeline, start, parts, count, current, err);
    free(parts);
    free(series);
    return status;
}

/* --- those of other workspaces -------------------------------------------------------------- */

/* Objects that other workspaces of the same database put at the same place. */
struct foreign {
    struct dk_upload *upload;
    struct dk_upload_export *current;
    char (*own)[DK_PUBLISH_COHORT_KEY_MAX]; /* owned; keys of this workspace, sorted */
    size_t own_count;
    struct dk_store_series *series; /* owned */
    size_t series_count;
};

static int compare_keys(const void *left, const void *right)
{
    return strcmp(left, right);
}

static enum dk_status list_own(struct foreign *foreign, struct dk_error *err)
{
    const struct dk_upload_export *current = foreign->current;
    foreign->own = calloc(current->partition_count + 1, sizeof(*foreign->own));
    if (!foreign->own)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
    for (size_t i = 0; i < current->partition_count; i++)
        memcpy(foreign->own[foreign->own_count++], current->partitions[i].key,
               sizeof(*foreign->own));
    qsort(foreign->own, foreign->own_count, sizeof(*foreign->own), compare_keys);
    return DK_OK;
}

static bool is_own(const struct foreign *foreign, const char *key)
{
    return bsearch(key, foreign->own, foreign->own_count, sizeof(*foreign->own), compare_keys) !=
           NULL;
}

/* The series of a part; NULL: it is not loaded. */
static const struct dk_store_series *series_of(const struct foreign *foreign,
                                               const struct dk_partition *part)
{
    for (size_t i = 0; i < foreign->series_count; i++) {
        const struct dk_series *series = &foreign->series[i].series;
        if (series->cohort == part->cohort && dk_well_compare(&series->well, &part->rig) == 0)
            return &foreign->series[i];
    }
    return NULL;
}

static enum dk_status add_object(struct foreign *foreign, const struct dk_ledger_publication *row,
                                 struct dk_partition *part, struct dk_error *err)
{
    struct dk_upload_export *current = foreign->current;
    bool is_foreign = false;
    const struct dk_store_series *series = series_of(foreign, part);
    if (!series)
        return DK_OK;
    DK_RETURN_IF_ERROR(
        dk_burst_files_are_foreign(foreign->upload->pipeline, series->drop_id, &is_foreign, err));
    if (!is_foreign)
        return DK_OK;
    void *grown =
        realloc(current->partitions, (current->partition_count + 1) * sizeof(*current->partitions));
    if (!grown)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
    current->partitions = grown;
    part->lost = true;
    part->publication = *row;
    current->partitions[current->partition_count++] = *part;
    return DK_OK;
}

static enum dk_status add_objects(struct foreign *foreign, struct dk_error *err)
{
    struct dk_pipeline *pipeline = foreign->upload->pipeline;
    struct dk_ledger_publication *rows = NULL;
    size_t count = 0;
    char start[DK_S3_TEXT_MAX];
    dk_s3_location(foreign->upload->s3, "", start);
    const size_t size = strlen(start);
    enum dk_status status = read_uploads(pipeline, &rows, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        struct dk_partition part;
        const char *key = rows[i].target + size;
        if (strncmp(rows[i].target, start, size) == 0 &&
            dk_partition_parse(&part, rows[i].layout, key) && dk_partition_is_of_bursts(&part) &&
            !is_own(foreign, key))
            status = add_object(foreign, &rows[i], &part, err);
    }
    free(rows);
    return status;
}

enum dk_status dk_upload_add_foreign(struct dk_upload *upload, struct dk_upload_export *current,
                                     struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct foreign foreign = {.upload = upload, .current = current};
    enum dk_status status =
        dk_store_list(upload->pipeline->store, &all, &foreign.series, &foreign.series_count, err);
    if (status == DK_OK)
        status = list_own(&foreign, err);
    if (status == DK_OK)
        status = add_objects(&foreign, err);
    free(foreign.own);
    free(foreign.series);
    return status;
}
