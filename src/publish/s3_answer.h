/*
 * S3's answers: errors in the server's own words, and the lists that multipart needs. Pure.
 */
#ifndef DK_PUBLISH_S3_ANSWER_H
#define DK_PUBLISH_S3_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "base/status.h"
#include "publish/publish.h"
#include "s3_request.h"

#define DK_FAULT_CODE_MAX 80
#define DK_FAULT_MESSAGE_MAX 400

/* What the server says is wrong. */
struct dk_s3_fault {
    long status;                  /* HTTP; 0: there was no answer at all */
    char code[DK_FAULT_CODE_MAX]; /* "NoSuchKey"; made from the status where there is no body */
    char message[DK_FAULT_MESSAGE_MAX]; /* printable; may be "" */
    char region[DK_REGION_MAX];         /* where the bucket is, if the answer says so */
};

/* Reads the fault out of an answer: its <Error> body, its headers, else its status. */
void dk_fault_read(struct dk_s3_fault *fault, const struct dk_http_answer *answer);

/* The name of the document's root element into `name`; false if it is no XML. */
bool dk_answer_root(const struct dk_http_answer *answer, char *name, size_t name_size);

/* What to do about a fault; "" if there is nothing of use to say. */
const char *dk_fault_hint(const struct dk_s3_fault *fault);

/* An upload under way. */
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
    char sha256[DK_BASE64_SHA256_MAX]; /* base64; "" if the server does not say */
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

/* The ETag of CompleteMultipartUploadResult; "" if it has none. */
enum dk_status dk_complete_read(char etag[DK_S3_ETAG_MAX], const struct dk_http_answer *answer,
                                struct dk_error *err) DK_CHECK;

/* The entry of exactly `key` in a ListBucketResult; `owner` gets its owner's name or id, "" if it
 * is not told. */
enum dk_status dk_object_entry_read(struct dk_s3_object *object, char *owner, size_t owner_size,
                                    const char *key, const struct dk_http_answer *answer,
                                    struct dk_error *err) DK_CHECK;

#define DK_LIST_TOKEN_MAX 2048

/* Calls `entry` with the whole key of each object in a ListBucketResult. `token` gets what the next
 * page is asked for with; "": this is the last one. DK_ERR_REMOTE: there is more, and no token for
 * it; or it is not a list. */
enum dk_status dk_object_list_read(const struct dk_http_answer *answer, dk_s3_entry_fn entry,
                                   void *context, char token[DK_LIST_TOKEN_MAX],
                                   struct dk_error *err) DK_CHECK;

/* The object's own headers (of HEAD, PUT, Complete) into etag, version, size, time, sha256, run. */
void dk_object_headers_read(struct dk_s3_object *object, const struct dk_http_answer *answer);

/* Digits to a number; false if it is none or too large. */
bool dk_number_parse(const char *text, uint64_t *value);

#endif
