/* Objects, uploads and parts in S3's answers. Pure. */
#ifndef DK_S3_ANSWER_H
#define DK_S3_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "base/status.h"
#include "request.h"

/* An unfinished upload. */
struct dk_listed_upload {
    char id[DK_UPLOAD_ID_MAX];
    bool has_sha256; /* it was begun with SHA-256 checksums */
};

#define DK_UPLOADS_MAX 1000

struct dk_upload_list {
    struct dk_listed_upload *uploads; /* owned */
    size_t count;
    bool truncated; /* there is more, after these markers */
    char key_marker[DK_KEY_MAX];
    char upload_id_marker[DK_UPLOAD_ID_MAX];
};

/* Appends the uploads of exactly `key`. */
enum dk_status dk_upload_list_read(struct dk_upload_list *list, const char *key,
                                   const struct dk_http_answer *answer, struct dk_error *err)
    DK_CHECK;
void dk_upload_list_reset(struct dk_upload_list *list);

/* A part that the server holds. */
struct dk_part {
    unsigned number; /* from 1 */
    uint64_t size_bytes;
    char etag[DK_S3_ETAG_MAX];
    char sha256[DK_BASE64_SHA256_MAX]; /* base64; "" if unknown */
};

#define DK_PARTS_MAX 10000

struct dk_part_list {
    struct dk_part *parts; /* owned */
    size_t count;
    size_t capacity;
    bool truncated;
    unsigned marker;
};

/* Appends the parts. */
enum dk_status dk_part_list_read(struct dk_part_list *list, const struct dk_http_answer *answer,
                                 struct dk_error *err) DK_CHECK;
void dk_part_list_reset(struct dk_part_list *list);

/* The upload id of InitiateMultipartUploadResult. */
enum dk_status dk_upload_id_read(char id[DK_UPLOAD_ID_MAX], const struct dk_http_answer *answer,
                                 struct dk_error *err) DK_CHECK;

/* The ETag of CompleteMultipartUploadResult; "" if there is no ETag in it. */
enum dk_status dk_complete_read(char etag[DK_S3_ETAG_MAX], const struct dk_http_answer *answer,
                                struct dk_error *err) DK_CHECK;

#define DK_LIST_TOKEN_MAX 2048

/* Calls listing->entry with the whole key of each object in a ListBucketResult. `token` gets what
 * to request the next page with; "": this is the last one. DK_ERR_REMOTE: it is truncated without a
 * token, or not a list. */
enum dk_status dk_object_list_read(const struct dk_http_answer *answer,
                                   const struct dk_s3_listing *listing,
                                   char token[DK_LIST_TOKEN_MAX], struct dk_error *err) DK_CHECK;

/* The object's own headers (of HEAD, PUT, Complete) into etag, version, size, time, sha256, run. */
void dk_object_headers_read(struct dk_s3_object *object, const struct dk_http_answer *answer);

#endif
