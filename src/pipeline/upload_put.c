#include <stdio.h>
#include <string.h>

#include "upload.h"

bool dk_pipeline_s3_configured(const struct dk_pipeline *pipeline)
{
    const char *url = pipeline->settings->s3.url;
    return url && url[0] != '\0';
}

enum dk_status dk_pipeline_check_s3(const struct dk_pipeline *pipeline, struct dk_error *err)
{
    if (dk_pipeline_s3_configured(pipeline))
        return DK_OK;
    dk_error_set(err, DK_ERR_CONFIG, "S3 is not configured");
    dk_error_hint(err, "set url = s3://bucket in [s3] of derrick.ini, or --set s3.url=s3://bucket");
    return DK_ERR_CONFIG;
}

enum dk_status dk_upload_open(struct dk_upload *upload, struct dk_pipeline *pipeline,
                              struct dk_upload_result *result, struct dk_error *err)
{
    *result = (struct dk_upload_result){0};
    *upload = (struct dk_upload){.pipeline = pipeline, .result = result};
    snprintf(upload->run, sizeof(upload->run), "%lld", (long long)pipeline->run_id);
    DK_RETURN_IF_ERROR(dk_pipeline_check_s3(pipeline, err));
    return dk_s3_open(&upload->s3, &pipeline->settings->s3, pipeline->environment,
                      pipeline->observer, err);
}

void dk_upload_close(struct dk_upload *upload)
{
    dk_s3_close(upload->s3);
    upload->s3 = NULL;
}

static enum dk_status record(struct dk_upload *upload, const struct dk_upload_object *object,
                             const char *location, const struct dk_s3_object *put,
                             struct dk_error *err)
{
    struct dk_ledger_publication row = {
        .run_id = upload->pipeline->run_id,
        .kind = DK_PUBLICATION_UPLOAD,
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

enum dk_status dk_upload_put(struct dk_upload *upload, const struct dk_upload_object *object,
                             struct dk_s3_object *put, struct dk_error *err)
{
    char location[DK_S3_TEXT_MAX];
    char rows[24];
    struct dk_ledger_publication known = {0};
    bool found = false;
    dk_s3_location(upload->s3, object->key, location);
    DK_RETURN_IF_ERROR(dk_ledger_publication_get(upload->pipeline->store, DK_PUBLICATION_UPLOAD,
                                                 location, &known, &found, err));
    snprintf(rows, sizeof(rows), "%lld", (long long)object->rows);
    /* A file that a user names has another owner: nothing of derrick's replaces it. */
    bool is_file = object->layout && strcmp(object->layout, DK_LAYOUT_FILE) == 0;
    const char *workspace = is_file ? NULL : upload->pipeline->workspace.id;
    struct dk_s3_metadata metadata[3] = {{"run", upload->run}};
    size_t metadata_count = 1;
    if (object->rows > 0)
        metadata[metadata_count++] = (struct dk_s3_metadata){"rows", rows};
    if (workspace)
        metadata[metadata_count++] = (struct dk_s3_metadata){"workspace", workspace};
    const struct dk_s3_put how = {
        .key = object->key,
        .path = object->path,
        .data = object->data,
        .size_bytes = object->size,
        .content_type = object->content_type,
        .metadata = metadata,
        .metadata_count = metadata_count,
        .known_etag = found ? known.etag : NULL,
        .known_sha256 = found ? known.hash : NULL,
        .sha256 = object->hash,
        .workspace = workspace,
        .replace = upload->pipeline->settings->replace_remote,
    };
    struct dk_s3_object done = {0};
    DK_RETURN_IF_ERROR(dk_s3_put(upload->s3, &how, &done, err));
    upload->result->bytes_sent += done.bytes_sent;
    if (done.skipped)
        upload->result->skipped++;
    else
        upload->result->sent++;
    if (put)
        *put = done;
    return record(upload, object, location, &done, err);
}
