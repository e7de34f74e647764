/* upload: what stands in aws_s3/ to the scientists' bucket; the manifest goes last. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/file.h"
#include "pipeline/partition.h"
#include "pipeline/pipeline.h"
#include "pipeline/standing.h"

#define MANIFEST_BYTES_MAX (16u << 20)
#define CONTENT_CSV "text/csv"
#define CONTENT_JSON "application/json"
#define LAYOUT_FILE "file" /* of what a user named */

/* One upload of all that stands. */
struct upload {
    struct dk_pipeline *pipeline;
    struct dk_s3 *s3;
    struct dk_upload_result *result;
    char run[24];
    char url[DK_S3_TEXT_MAX];              /* [s3] url without slashes at its end */
    char dictionary_hash[DK_HASH_HEX_MAX]; /* of what was put */
    uint64_t dictionary_size;
    struct dk_partition *partitions; /* owned */
    size_t partition_count;
};

/* One object to put: a file, or bytes in memory. */
struct object {
    const char *key;
    const char *path; /* NULL: data, size */
    const void *data;
    size_t size;
    const char *content_type; /* NULL: any bytes */
    const char *layout;       /* in the ledger; NULL: "csv" */
    const char *hash;         /* sha256 where it is known, or NULL */
    int64_t rows;
    int64_t generation;
};

bool dk_pipeline_s3_configured(const struct dk_pipeline *pipeline)
{
    const char *url = pipeline->settings->s3.url;
    return url && url[0] != '\0';
}

static enum dk_status record(struct upload *upload, const struct object *object,
                             const char *location, const struct dk_s3_object *put,
                             struct dk_error *err)
{
    struct dk_ledger_publication row = {
        .run_id = upload->pipeline->run_id,
        .kind = "upload",
        .generation = object->generation,
        .rows = object->rows,
        .size_bytes = put->size_bytes,
    };
    snprintf(row.target, sizeof(row.target), "%s", location);
    snprintf(row.layout, sizeof(row.layout), "%s", object->layout ? object->layout : "csv");
    snprintf(row.etag, sizeof(row.etag), "%s", put->etag);
    snprintf(row.hash, sizeof(row.hash), "%s", put->sha256);
    return dk_ledger_publication_put(upload->pipeline->store, &row, err);
}

/* Puts one object and records it. *result (may be NULL) says what is there now. */
static enum dk_status put_object(struct upload *upload, const struct object *object,
                                 struct dk_s3_object *result, struct dk_error *err)
{
    char location[DK_S3_TEXT_MAX];
    char rows[24];
    struct dk_ledger_publication known = {0};
    bool found = false;
    dk_s3_location(upload->s3, object->key, location);
    enum dk_status status =
        dk_ledger_publication_get(upload->pipeline->store, "upload", location, &known, &found, err);
    if (status != DK_OK)
        return status;
    snprintf(rows, sizeof(rows), "%lld", (long long)object->rows);
    const struct dk_s3_metadata metadata[] = {{"run", upload->run}, {"rows", rows}};
    const struct dk_s3_put put = {
        .content_type = object->content_type,
        .metadata = metadata,
        .metadata_count = object->rows > 0 ? 2 : 1,
        .known_etag = found ? known.etag : NULL,
        .known_sha256 = found ? known.hash : NULL,
        .sha256 = object->hash,
        .replace = upload->pipeline->settings->replace_remote,
    };
    struct dk_s3_object done = {0};
    status = object->path ? dk_s3_put(upload->s3, object->key, object->path, &put, &done, err)
                          : dk_s3_put_bytes(upload->s3, object->key, object->data, object->size,
                                            &put, &done, err);
    if (status != DK_OK)
        return status;
    upload->result->bytes_sent += done.bytes_sent;
    if (done.skipped)
        upload->result->skipped++;
    else
        upload->result->sent++;
    if (result)
        *result = done;
    return record(upload, object, location, &done, err);
}

/* --- the cohorts' files --------------------------------------------------------------------- */

static enum dk_status put_partition(struct upload *upload, const struct dk_partition *partition,
                                    int64_t generation, struct dk_error *err)
{
    const struct object object = {
        .key = partition->key,
        .path = partition->publication.target,
        .content_type = CONTENT_CSV,
        .hash = partition->publication.hash,
        .rows = partition->publication.rows,
        .generation = generation,
    };
    return put_object(upload, &object, NULL, err);
}

/* Tells that a file was edited since it was exported; the edit is not published. */
static void tell_edited(const struct upload *upload, const char *path)
{
    dk_observer_notice(upload->pipeline->observer, DK_LEVEL_NOTICE,
                       "'%s' is not what was exported: it is written anew", path);
}

static enum dk_status upload_partitions(struct upload *upload, int64_t generation,
                                        struct dk_error *err)
{
    enum dk_status status =
        dk_partitions_write(upload->pipeline, &upload->partitions, &upload->partition_count, err);
    for (size_t i = 0; status == DK_OK && i < upload->partition_count; i++) {
        struct dk_partition *partition = &upload->partitions[i];
        status = put_partition(upload, partition, generation, err);
        if (status != DK_ERR_DATA)
            continue;
        tell_edited(upload, partition->publication.target);
        dk_error_reset(err);
        status = dk_partition_write_again(upload->pipeline, partition, err);
        if (status == DK_OK)
            status = put_partition(upload, partition, generation, err);
    }
    return status;
}

/* --- the manifest --------------------------------------------------------------------------- */

/* The manifest's list of files: the standing export, its dictionary, the partitions. */
static enum dk_status list_files(const struct upload *upload,
                                 const struct dk_ledger_publication *standing,
                                 struct dk_manifest_file **out, size_t *count, struct dk_error *err)
{
    struct dk_manifest_file *files = calloc(upload->partition_count + 2, sizeof(*files));
    if (!files)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a manifest");
    files[0] = (struct dk_manifest_file){.key = DK_HISTORICAL_FILE,
                                         .kind = "historical",
                                         .content_type = CONTENT_CSV,
                                         .rows = (uint64_t)standing->rows,
                                         .size_bytes = standing->size_bytes,
                                         .sha256 = standing->hash};
    files[1] = (struct dk_manifest_file){
        .key = DK_HISTORICAL_DICTIONARY_FILE,
        .kind = "dictionary",
        .content_type = CONTENT_CSV,
        .rows = DK_HISTORICAL_COLUMNS,
        .size_bytes = upload->dictionary_size,
        .sha256 = upload->dictionary_hash,
    };
    for (size_t i = 0; i < upload->partition_count; i++) {
        const struct dk_partition *partition = &upload->partitions[i];
        files[i + 2] = (struct dk_manifest_file){
            .key = partition->key,
            .kind = "cohort",
            .content_type = CONTENT_CSV,
            .rows = (uint64_t)partition->publication.rows,
            .size_bytes = partition->publication.size_bytes,
            .sha256 = partition->publication.hash,
            .cohort = partition->cohort,
        };
    }
    *out = files;
    *count = upload->partition_count + 2;
    return DK_OK;
}

/* Texts of one series that a manifest borrows. */
struct series_text {
    char rig[DK_RIG_NAME_MAX];
    char start[DK_DATE_TIME_SIZE + 1];
    char end[DK_DATE_TIME_SIZE + 1];
};

static void describe_series(const struct dk_store_series *series, struct series_text *text,
                            struct dk_manifest_cohort *cohort)
{
    const struct dk_series *clock = &series->series;
    int64_t last = series->rows > 0 ? (int64_t)series->rows - 1 : 0;
    dk_well_rig_name(&clock->well, text->rig);
    dk_date_time_format(clock->start_minute, text->start);
    dk_date_time_format(clock->start_minute + last * clock->interval_minutes, text->end);
    *cohort = (struct dk_manifest_cohort){.cohort = clock->cohort,
                                          .rig_name = text->rig,
                                          .readings = series->rows,
                                          .start = text->start,
                                          .end = text->end,
                                          .hash = series->hash};
}

static enum dk_status build_manifest(struct upload *upload, struct dk_manifest *manifest,
                                     struct dk_buffer *text, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    struct series_text *texts = NULL;
    struct dk_manifest_cohort *cohorts = NULL;
    enum dk_status status = dk_store_list(upload->pipeline->store, &all, &list, &count, err);
    if (status != DK_OK)
        goto done;
    texts = calloc(count ? count : 1, sizeof(*texts));
    cohorts = calloc(count ? count : 1, sizeof(*cohorts));
    if (!texts || !cohorts) {
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for a manifest");
        goto done;
    }
    for (size_t i = 0; i < count; i++)
        describe_series(&list[i], &texts[i], &cohorts[i]);
    manifest->cohorts = cohorts;
    manifest->cohort_count = count;
    struct dk_sink sink = dk_sink_buffer(text);
    status = dk_publish_manifest_write(&sink, manifest, err);
    manifest->cohorts = NULL;
done:
    free(cohorts);
    free(texts);
    free(list);
    return status;
}

static enum dk_status upload_manifest(struct upload *upload,
                                      const struct dk_ledger_publication *standing,
                                      struct dk_error *err)
{
    struct dk_manifest_file *files = NULL;
    struct dk_buffer text;
    dk_buffer_init(&text, MANIFEST_BYTES_MAX);
    /* The run that wrote the export, so that the same state gives the same manifest. */
    char run[24];
    snprintf(run, sizeof(run), "%lld", (long long)standing->run_id);
    struct dk_manifest manifest = {
        .url = upload->url,
        .run = run,
        .sample = dk_sample_name(upload->pipeline->settings->input.sample),
    };
    enum dk_status status = list_files(upload, standing, &files, &manifest.file_count, err);
    manifest.files = files;
    if (status == DK_OK)
        status = build_manifest(upload, &manifest, &text, err);
    if (status == DK_OK) {
        const struct object object = {.key = DK_PUBLISH_MANIFEST_KEY,
                                      .data = text.data,
                                      .size = text.size,
                                      .content_type = CONTENT_JSON,
                                      .layout = "manifest",
                                      .generation = standing->generation};
        status = put_object(upload, &object, NULL, err);
    }
    dk_buffer_reset(&text);
    free(files);
    return status;
}

/* --- all that stands ------------------------------------------------------------------------ */

static enum dk_status put_csv(struct upload *upload, const struct dk_ledger_publication *standing,
                              struct dk_error *err)
{
    const struct object csv = {.key = DK_HISTORICAL_FILE,
                               .path = DK_STANDING_CSV,
                               .content_type = CONTENT_CSV,
                               .hash = standing->hash,
                               .rows = standing->rows,
                               .generation = standing->generation};
    return put_object(upload, &csv, NULL, err);
}

static enum dk_status put_dictionary(struct upload *upload, int64_t generation,
                                     struct dk_error *err)
{
    struct dk_ledger_publication known = {0};
    struct dk_s3_object put = {0};
    bool found = false;
    enum dk_status status = dk_ledger_publication_get(upload->pipeline->store, "export",
                                                      DK_STANDING_DICTIONARY, &known, &found, err);
    if (status != DK_OK)
        return status;
    const struct object dictionary = {.key = DK_HISTORICAL_DICTIONARY_FILE,
                                      .path = DK_STANDING_DICTIONARY,
                                      .content_type = CONTENT_CSV,
                                      .hash = found ? known.hash : NULL,
                                      .generation = generation};
    status = put_object(upload, &dictionary, &put, err);
    memcpy(upload->dictionary_hash, put.sha256, sizeof(upload->dictionary_hash));
    upload->dictionary_size = put.size_bytes;
    return status;
}

static enum dk_status put_export(struct upload *upload,
                                 const struct dk_ledger_publication *standing, struct dk_error *err)
{
    enum dk_status status = put_csv(upload, standing, err);
    if (status == DK_ERR_DATA)
        tell_edited(upload, DK_STANDING_CSV);
    if (status != DK_OK)
        return status;
    status = put_dictionary(upload, standing->generation, err);
    if (status == DK_ERR_DATA)
        tell_edited(upload, DK_STANDING_DICTIONARY);
    return status;
}

/* Everything is there, at this place: the row that dk_pipeline_upload_current looks for. */
static enum dk_status record_place(const struct upload *upload,
                                   const struct dk_ledger_publication *standing,
                                   struct dk_error *err)
{
    const struct dk_pipeline *pipeline = upload->pipeline;
    struct dk_ledger_publication row = {.run_id = pipeline->run_id,
                                        .kind = "upload",
                                        .generation = standing->generation,
                                        .rows = standing->rows};
    snprintf(row.layout, sizeof(row.layout), "%s",
             dk_s3_partition_name(pipeline->settings->s3.partition));
    enum dk_status status =
        dk_s3_place_find(&pipeline->settings->s3, pipeline->environment, row.target, err);
    return status == DK_OK ? dk_ledger_publication_put(pipeline->store, &row, err) : status;
}

static enum dk_status upload_standing(struct upload *upload, struct dk_ledger_publication *standing,
                                      struct dk_error *err)
{
    struct dk_pipeline *pipeline = upload->pipeline;
    enum dk_status status = put_export(upload, standing, err);
    if (status == DK_ERR_DATA) {
        dk_error_reset(err);
        status = dk_standing_write(pipeline, standing, err);
        if (status == DK_OK)
            status = put_export(upload, standing, err);
    }
    if (status == DK_OK && pipeline->settings->s3.partition == DK_S3_PARTITION_COHORT)
        status = upload_partitions(upload, standing->generation, err);
    if (status == DK_OK)
        status = upload_manifest(upload, standing, err);
    return status == DK_OK ? record_place(upload, standing, err) : status;
}

static enum dk_status upload_open(struct upload *upload, struct dk_pipeline *pipeline,
                                  struct dk_upload_result *result, struct dk_error *err)
{
    *result = (struct dk_upload_result){0};
    *upload = (struct upload){.pipeline = pipeline, .result = result};
    snprintf(upload->run, sizeof(upload->run), "%lld", (long long)pipeline->run_id);
    if (!dk_pipeline_s3_configured(pipeline)) {
        dk_error_set(err, DK_ERR_CONFIG, "no S3 is configured");
        return dk_error_hint(
            err, "set url = s3://bucket in [s3] of derrick.ini, or --set s3.url=s3://bucket");
    }
    const char *url = pipeline->settings->s3.url;
    int size = (int)strlen(url);
    while (size > 0 && url[size - 1] == '/')
        size--;
    snprintf(upload->url, sizeof(upload->url), "%.*s", size, url);
    return dk_s3_open(&upload->s3, &pipeline->settings->s3, pipeline->environment,
                      pipeline->observer, err);
}

static void upload_close(struct upload *upload)
{
    dk_s3_close(upload->s3);
    free(upload->partitions);
}

enum dk_status dk_pipeline_upload(struct dk_pipeline *pipeline, struct dk_upload_result *result,
                                  struct dk_error *err)
{
    struct upload upload = {0};
    struct dk_ledger_publication standing = {0};
    bool fresh = false;
    enum dk_status status = upload_open(&upload, pipeline, result, err);
    if (status == DK_OK)
        status = dk_pipeline_export_standing(pipeline, &standing, &fresh, err);
    if (status == DK_OK)
        status = upload_standing(&upload, &standing, err);
    upload_close(&upload);
    return status;
}

/* --- other files ---------------------------------------------------------------------------- */

/* The media type of a file's name; NULL: any bytes. */
static const char *content_type(const char *path)
{
    static const struct {
        const char *ending, *type;
    } known[] = {{".csv", CONTENT_CSV},
                 {".json", CONTENT_JSON},
                 {".txt", "text/plain"},
                 {".tsv", "text/tab-separated-values"},
                 {".html", "text/html"}};
    const char *ending = strrchr(dk_path_name(path), '.');
    for (size_t i = 0; ending && i < sizeof(known) / sizeof(known[0]); i++)
        if (strcasecmp(ending, known[i].ending) == 0)
            return known[i].type;
    return NULL;
}

static enum dk_status check_names(char *const *paths, size_t count, struct dk_error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (strcmp(dk_path_name(paths[i]), dk_path_name(paths[j])) == 0) {
                dk_error_set(err, DK_ERR_USAGE, "'%s' and '%s' would be the same object", paths[i],
                             paths[j]);
                return dk_error_hint(err, "give one of them another name");
            }
    return DK_OK;
}

/* What the export, its manifest or a cohort has put there is no other file's to replace. *known:
 * the row of that object, its layout "" if there is none. */
static enum dk_status check_owner(const struct upload *upload, const char *path,
                                  struct dk_ledger_publication *known, struct dk_error *err)
{
    char location[DK_S3_TEXT_MAX];
    char hash[DK_HASH_HEX_MAX];
    bool found = false;
    dk_s3_location(upload->s3, dk_path_name(path), location);
    enum dk_status status =
        dk_ledger_publication_get(upload->pipeline->store, "upload", location, known, &found, err);
    if (!found)
        *known = (struct dk_ledger_publication){0};
    if (status != DK_OK || !found || strcmp(known->layout, LAYOUT_FILE) == 0)
        return status;
    status = dk_hash_file(path, hash, NULL, err);
    if (status != DK_OK || strcmp(hash, known->hash) == 0)
        return status;
    dk_error_set(err, DK_ERR_USAGE, "'%s' is derrick's own export, and '%s' is another file",
                 location, path);
    return dk_error_hint(err, "give the file another name; 'derrick upload' without a FILE uploads "
                              "the export");
}

static enum dk_status upload_file(struct upload *upload, const char *path, struct dk_error *err)
{
    struct dk_ledger_publication known = {0};
    enum dk_status status = check_owner(upload, path, &known, err);
    if (status != DK_OK)
        return status;
    const struct object object = {.key = dk_path_name(path),
                                  .path = path,
                                  .content_type = content_type(path),
                                  .layout = known.layout[0] ? known.layout : LAYOUT_FILE,
                                  .rows = known.rows,
                                  .generation = known.generation};
    return put_object(upload, &object, NULL, err);
}

enum dk_status dk_pipeline_upload_files(struct dk_pipeline *pipeline, char *const *paths,
                                        size_t count, struct dk_upload_result *result,
                                        struct dk_error *err)
{
    struct upload upload = {0};
    enum dk_status status = upload_open(&upload, pipeline, result, err);
    if (status == DK_OK)
        status = check_names(paths, count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        status = upload_file(&upload, paths[i], err);
    upload_close(&upload);
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
    *current = false;
    /* Settings that name no place are the upload's to refuse. */
    if (dk_s3_place_find(s3, pipeline->environment, place, NULL) != DK_OK)
        return DK_OK;
    enum dk_status status = dk_ledger_generation(pipeline->store, &generation, err);
    if (status == DK_OK)
        status = dk_ledger_publication_get(pipeline->store, "upload", place, &known, &found, err);
    *current = status == DK_OK && found && known.generation == generation &&
               strcmp(known.layout, dk_s3_partition_name(s3->partition)) == 0;
    return status;
}
