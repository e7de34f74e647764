#include "restored_bursts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/record.h"
#include "base/file.h"
#include "exported_file.h"
#include "partition_name.h"
#include "set_aside.h"
#include "store/burst_mark.h"

/* One drop, as the ledger and its folder say. */
struct restoring {
    const struct dk_restored_bursts *request;
    struct dk_store_series *series; /* owned; what is still the drop's */
    size_t series_count;
    struct dk_record_file *files; /* owned */
    size_t file_count;
    struct dk_ledger_publication *rows; /* owned; [file_count] */
    size_t row_count;
    int64_t generation;
};

/* The files of one cohort by kind; NULL: the record does not list one. */
struct cohort_record {
    const struct dk_record_file *files[DK_BURST_KINDS];
    struct dk_partition parts[DK_BURST_KINDS];
    int sample_files;
};

static void find_files(const struct restoring *restoring, const struct dk_series *series,
                       struct cohort_record *record)
{
    *record = (struct cohort_record){0};
    for (int kind = 0; kind < DK_BURST_KINDS; kind++) {
        char path[sizeof(restoring->files->path)];
        struct dk_partition *part = &record->parts[kind];
        dk_partition_init(part, (enum dk_partition_kind)(DK_PARTITION_SAMPLES + kind), series);
        dk_text_format(path, sizeof(path), "%s/%s", DK_WORKSPACE_S3, part->key);
        for (size_t i = 0; i < restoring->file_count; i++)
            if (strcmp(restoring->files[i].path, path) == 0)
                record->files[kind] = &restoring->files[i];
        record->sample_files += record->files[kind] && part->kind != DK_PARTITION_FEATURES;
    }
}

/* Moves a file back that was moved aside, if it was. */
static enum dk_status move_back(const struct restoring *restoring, const struct dk_partition *part,
                                const char *path, struct dk_error *err)
{
    char aside[DK_PUBLISH_COHORT_KEY_MAX + DK_ASIDE_MAX + 1];
    dk_text_format(aside, sizeof(aside), "%s/%s", restoring->request->aside, part->key);
    if (restoring->request->aside[0] == '\0' || !dk_path_exists(aside) || dk_path_exists(path))
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_folder_make_of(path, err));
    if (rename(aside, path) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't move", aside);
    return dk_folder_sync_of(path, err);
}

/* Adds a row for a file, unless the ledger has it, or what is there is something else. */
static enum dk_status add_file(struct restoring *restoring, const struct cohort_record *record,
                               int kind, const char *mark, struct dk_error *err)
{
    const struct dk_record_file *file = record->files[kind];
    const struct dk_partition *part = &record->parts[kind];
    struct dk_ledger_publication *row = &restoring->rows[restoring->row_count];
    char hash[DK_HASH_HEX_MAX];
    bool known = false;
    DK_RETURN_IF_ERROR(dk_ledger_publication_get(
        restoring->request->pipeline->store, DK_PUBLICATION_EXPORT, file->path, row, &known, err));
    if (known && dk_burst_mark_files(row, mark) > 0)
        return DK_OK;
    *row = (struct dk_ledger_publication){.run_id = restoring->request->pipeline->run_id,
                                          .kind = DK_PUBLICATION_EXPORT,
                                          .generation = restoring->generation,
                                          .rows = file->rows,
                                          .size_bytes = file->size_bytes};
    dk_text_format(row->target, sizeof(row->target), "%s", file->path);
    dk_text_format(row->layout, sizeof(row->layout), "%s", dk_partition_name(part->kind));
    memcpy(row->hash, file->hash, sizeof(row->hash));
    dk_burst_mark_put(row, mark, part->kind == DK_PARTITION_FEATURES ? 1 : record->sample_files);
    DK_RETURN_IF_ERROR(move_back(restoring, part, row->target, err));
    if (!dk_exported_file_exists(row))
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_hash_file(row->target, hash, NULL, err));
    restoring->row_count += strcmp(hash, row->hash) == 0;
    return DK_OK;
}

static enum dk_status add_cohort(struct restoring *restoring, const struct dk_store_series *series,
                                 struct dk_error *err)
{
    struct cohort_record record;
    char mark[DK_HASH_HEX_MAX];
    /* The files have the samples of the archived drop, without corrections. */
    if (strcmp(series->hash, series->loaded_hash) != 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_burst_mark_make(series, mark, err));
    find_files(restoring, &series->series, &record);
    for (int kind = 0; kind < DK_BURST_KINDS; kind++)
        if (record.files[kind])
            DK_RETURN_IF_ERROR(add_file(restoring, &record, kind, mark, err));
    return DK_OK;
}

static enum dk_status restore(struct restoring *restoring, struct dk_error *err)
{
    const struct dk_restored_bursts *request = restoring->request;
    struct dk_store *store = request->pipeline->store;
    const struct dk_store_filter filter = {.drop_id = request->drop_id};
    DK_RETURN_IF_ERROR(dk_record_files_read(request->archive_folder, &restoring->files,
                                            &restoring->file_count, err));
    if (restoring->file_count == 0)
        return DK_OK;
    restoring->rows = calloc(restoring->file_count, sizeof(*restoring->rows));
    if (!restoring->rows)
        return dk_error_nomem(err, "restore the exports of", request->archive_folder);
    DK_RETURN_IF_ERROR(dk_ledger_generation(store, &restoring->generation, err));
    DK_RETURN_IF_ERROR(
        dk_store_list(store, &filter, &restoring->series, &restoring->series_count, err));
    for (size_t i = 0; i < restoring->series_count; i++)
        DK_RETURN_IF_ERROR(add_cohort(restoring, &restoring->series[i], err));
    return restoring->row_count == 0
               ? DK_OK
               : dk_ledger_publications_put(store, restoring->rows, restoring->row_count, err);
}

enum dk_status dk_restored_bursts_record(const struct dk_restored_bursts *bursts, size_t *count,
                                         struct dk_error *err)
{
    struct restoring restoring = {.request = bursts};
    enum dk_status status = restore(&restoring, err);
    if (status == DK_OK)
        *count += restoring.row_count;
    free(restoring.rows);
    free(restoring.files);
    free(restoring.series);
    return status;
}
