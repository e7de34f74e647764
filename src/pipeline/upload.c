/* upload: the current export in aws_s3/ to the scientists' bucket; the manifest goes last, and then
 * what is no longer part of it. */
#include "upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotonic.h"
#include "current_export.h"
#include "run_notes.h"
#include "stale.h"

static enum dk_status put_partition(struct dk_upload *upload, const struct dk_partition *partition,
                                    int64_t generation, struct dk_error *err)
{
    const struct dk_upload_object object = {
        .key = partition->key,
        .path = partition->publication.target,
        .content_type = dk_partition_content_type(partition->kind),
        .layout = partition->kind == DK_PARTITION_CSV ? NULL : dk_partition_name(partition->kind),
        .hash = partition->publication.hash,
        .rows = partition->publication.rows,
        .generation = generation,
    };
    return dk_upload_put(upload, &object, NULL, err);
}

/* A part of samples or features that is no longer in aws_s3/ can't be put. Where it is on S3, that
 * is what the manifest lists; else *there is false. */
static enum dk_status find_uploaded(struct dk_upload *upload, struct dk_partition *partition,
                                    bool *there, struct dk_error *err)
{
    char location[DK_S3_TEXT_MAX];
    dk_s3_location(upload->s3, partition->key, location);
    return dk_ledger_publication_get(upload->pipeline->store, DK_PUBLICATION_UPLOAD, location,
                                     &partition->publication, there, err);
}

static enum dk_status put_burst_file(struct dk_upload *upload, struct dk_partition *partition,
                                     int64_t generation, bool *there, struct dk_error *err)
{
    *there = true;
    if (partition->lost)
        return find_uploaded(upload, partition, there, err);
    enum dk_status status = put_partition(upload, partition, generation, err);
    if (status != DK_ERR_DATA)
        return status;
    dk_error_set(err, DK_ERR_FAILED, "'%s' differs from what was exported, and is not uploaded",
                 partition->publication.target);
    dk_error_hint(err, "delete it; then the next run makes it again, or 'derrick status' names the "
                       "command that does");
    return DK_ERR_FAILED;
}

static enum dk_status put_made_file(struct dk_upload *upload, struct dk_partition *partition,
                                    int64_t generation, struct dk_error *err)
{
    enum dk_status status = put_partition(upload, partition, generation, err);
    if (status != DK_ERR_DATA)
        return status;
    dk_exported_file_report_edited(upload->pipeline, partition->publication.target);
    dk_error_reset(err);
    DK_RETURN_IF_ERROR(dk_partition_write_again(upload->pipeline, partition, err));
    return put_partition(upload, partition, generation, err);
}

/* Afterwards the list has all that is on S3. */
static enum dk_status upload_partitions(struct dk_upload *upload, struct dk_upload_export *current,
                                        struct dk_error *err)
{
    const int64_t generation = current->csv.generation;
    size_t listed = 0;
    DK_RETURN_IF_ERROR(dk_partitions_write(upload->pipeline, true, &current->partitions,
                                           &current->partition_count, err));
    for (size_t i = 0; i < current->partition_count; i++) {
        struct dk_partition *partition = &current->partitions[i];
        bool there = true;
        if (dk_partition_is_of_bursts(partition))
            DK_RETURN_IF_ERROR(put_burst_file(upload, partition, generation, &there, err));
        else
            DK_RETURN_IF_ERROR(put_made_file(upload, partition, generation, err));
        if (there)
            current->partitions[listed++] = *partition;
    }
    current->partition_count = listed;
    return dk_upload_add_foreign(upload, current, err);
}

static enum dk_status put_csv(struct dk_upload *upload, const struct dk_upload_export *current,
                              struct dk_error *err)
{
    const struct dk_upload_object csv = {.key = DK_HISTORICAL_FILE,
                                         .path = DK_CURRENT_CSV,
                                         .content_type = DK_CONTENT_CSV,
                                         .hash = current->csv.hash,
                                         .rows = current->csv.rows,
                                         .generation = current->csv.generation};
    return dk_upload_put(upload, &csv, NULL, err);
}

static enum dk_status put_dictionary(struct dk_upload *upload, struct dk_upload_export *current,
                                     struct dk_error *err)
{
    struct dk_ledger_publication known = {0};
    bool found = false;
    DK_RETURN_IF_ERROR(dk_ledger_publication_get(upload->pipeline->store, DK_PUBLICATION_EXPORT,
                                                 DK_CURRENT_DICTIONARY, &known, &found, err));
    const struct dk_upload_object dictionary = {.key = DK_HISTORICAL_DICTIONARY_FILE,
                                                .path = DK_CURRENT_DICTIONARY,
                                                .content_type = DK_CONTENT_CSV,
                                                .hash = found ? known.hash : NULL,
                                                .generation = current->csv.generation};
    return dk_upload_put(upload, &dictionary, &current->dictionary, err);
}

static enum dk_status put_export(struct dk_upload *upload, struct dk_upload_export *current,
                                 struct dk_error *err)
{
    enum dk_status status = put_csv(upload, current, err);
    if (status == DK_ERR_DATA)
        dk_exported_file_report_edited(upload->pipeline, DK_CURRENT_CSV);
    if (status != DK_OK)
        return status;
    status = put_dictionary(upload, current, err);
    if (status == DK_ERR_DATA)
        dk_exported_file_report_edited(upload->pipeline, DK_CURRENT_DICTIONARY);
    return status;
}

/* What an upload sends, by its settings: one that sent less is not current. */
static void name_parts(const struct dk_settings *settings, char name[16])
{
    const char *more = settings->export_parquet ? "+parquet" : "";
    char letters[8] = "";
    if (settings->export_samples || settings->export_features) {
        snprintf(letters, sizeof(letters), "+%s%s%s", settings->export_parquet ? "p" : "",
                 settings->export_samples ? "s" : "", settings->export_features ? "f" : "");
        more = letters;
    }
    snprintf(name, 16, "%s%s", dk_s3_partition_name(settings->s3.partition), more);
}

/* Everything is there, at this place: the row that dk_pipeline_upload_current looks for. */
static enum dk_status record_place(const struct dk_upload *upload,
                                   const struct dk_upload_export *current, struct dk_error *err)
{
    const struct dk_pipeline *pipeline = upload->pipeline;
    struct dk_ledger_publication row = {.run_id = pipeline->run_id,
                                        .kind = DK_PUBLICATION_UPLOAD,
                                        .generation = current->csv.generation,
                                        .rows = current->csv.rows};
    name_parts(pipeline->settings, row.layout);
    DK_RETURN_IF_ERROR(
        dk_s3_place_find(&pipeline->settings->s3, pipeline->environment, row.target, err));
    return dk_ledger_publication_put(pipeline->store, &row, err);
}

static enum dk_status upload_export(struct dk_upload *upload, struct dk_upload_export *current,
                                    struct dk_error *err)
{
    struct dk_pipeline *pipeline = upload->pipeline;
    enum dk_status status = put_export(upload, current, err);
    if (status == DK_ERR_DATA) {
        dk_error_reset(err);
        DK_RETURN_IF_ERROR(dk_current_export_write(pipeline, &current->csv, err));
        status = put_export(upload, current, err);
    }
    DK_RETURN_IF_ERROR(status);
    DK_RETURN_IF_ERROR(upload_partitions(upload, current, err));
    DK_RETURN_IF_ERROR(
        dk_stale_files_remove(pipeline, current->partitions, current->partition_count, err));
    DK_RETURN_IF_ERROR(dk_upload_manifest(upload, current, err));
    /* When no manifest names them any more. */
    DK_RETURN_IF_ERROR(dk_stale_objects_remove(upload, current, err));
    return record_place(upload, current, err);
}

static enum dk_status upload_current(struct dk_pipeline *pipeline, struct dk_upload_result *result,
                                     struct dk_error *err)
{
    struct dk_upload upload = {0};
    struct dk_upload_export current = {0};
    bool fresh = false;
    enum dk_status status = dk_upload_open(&upload, pipeline, result, err);
    if (status == DK_OK)
        status = dk_pipeline_export_current(pipeline, &current.csv, &fresh, err);
    if (status == DK_OK)
        status = upload_export(&upload, &current, err);
    free(current.partitions);
    dk_upload_close(&upload);
    return status;
}

enum dk_status dk_pipeline_upload(struct dk_pipeline *pipeline, struct dk_upload_result *result,
                                  struct dk_error *err)
{
    int64_t started_ms = dk_monotonic_ms();
    enum dk_status status = upload_current(pipeline, result, err);
    if (result->sent > 0 || result->removed > 0 || status != DK_OK)
        dk_notes_step(pipeline, DK_STEP_UPLOAD, started_ms);
    return status;
}

enum dk_status dk_pipeline_upload_current(struct dk_pipeline *pipeline, bool *current,
                                          struct dk_error *err)
{
    const struct dk_s3_settings *s3 = &pipeline->settings->s3;
    char place[DK_S3_TEXT_MAX];
    struct dk_ledger_publication known = {0};
    bool found = false;
    int64_t generation = 0;
    char parts[16];
    name_parts(pipeline->settings, parts);
    *current = false;
    /* Settings that name no place are the upload's to refuse. */
    if (dk_s3_place_find(s3, pipeline->environment, place, NULL) != DK_OK)
        return DK_OK;
    enum dk_status status = dk_ledger_generation(pipeline->store, &generation, err);
    if (status == DK_OK)
        status = dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_UPLOAD, place, &known,
                                           &found, err);
    *current = status == DK_OK && found && known.generation == generation &&
               strcmp(known.layout, parts) == 0;
    return *current ? dk_upload_find_burst_files(pipeline, current, err) : status;
}
