/*
 * S3's requests, built without any I/O: what goes out can be tested offline, byte for byte.
 *
 * A request borrows what it is given until it has been answered; texts that it makes itself lie in
 * its arena. It knows neither host nor credentials nor clock: those are the exchange's.
 *
 * Source: Amazon S3 API Reference, one action a builder.
 */
#ifndef DK_PUBLISH_S3_REQUEST_H
#define DK_PUBLISH_S3_REQUEST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/status.h"
#include "http.h"
#include "publish/publish.h"
#include "sigv4.h"

#define DK_REQUEST_QUERY_MAX 8
#define DK_REQUEST_HEADERS_MAX 36
#define DK_REQUEST_ARENA_BYTES 6144
#define DK_UPLOAD_ID_MAX 1025
#define DK_BASE64_SHA256_MAX 45 /* 44 characters and a NUL */
#define DK_MD5_BYTES 16

struct dk_s3_request {
    const char *what; /* for messages: "can't <what> 's3://...'" */
    const char *method;
    const char *key;   /* with the prefix; NULL: the bucket */
    const char *about; /* the key that messages name; NULL: key */
    bool has_document; /* a good answer's body is an XML document, whatever its root is called */
    struct dk_sigv4_pair query[DK_REQUEST_QUERY_MAX];
    size_t query_count;
    struct dk_sigv4_pair headers[DK_REQUEST_HEADERS_MAX];
    size_t header_count;
    char payload_sha256[DK_HASH_HEX_MAX];
    struct dk_http_body body;
    bool overflow; /* something did not fit: the exchange refuses it */
    /* As in dk_http_request. */
    const atomic_bool *stop;
    void (*sent)(void *context, int64_t bytes);
    void *context;
    char arena[DK_REQUEST_ARENA_BYTES];
    size_t arena_used;
};

/* What an object is made with. All borrowed; NULL: not set. */
struct dk_object_attributes {
    const char *content_type;
    enum dk_s3_sse sse;
    const char *kms_key_id;
    const char *storage_class;
    const struct dk_s3_metadata *metadata;
    size_t metadata_count;
    const char *sha256; /* hex, becomes metadata too */
};

/* Over what an object may be written. */
enum dk_precondition_kind { DK_PRECONDITION_NONE, DK_PRECONDITION_ABSENT, DK_PRECONDITION_MATCH };
struct dk_precondition {
    enum dk_precondition_kind kind;
    const char *etag; /* of DK_PRECONDITION_MATCH */
};

/* Digests of a body. */
struct dk_digest {
    unsigned char sha256[DK_HASH_BYTES];
    unsigned char md5[DK_MD5_BYTES];
};

/* One part of a multipart upload, as Complete wants it. */
struct dk_request_part {
    unsigned number; /* from 1 */
    const char *etag;
    const unsigned char *sha256; /* NULL: not told */
};

void dk_request_head(struct dk_s3_request *request, const char *key);
/* The one object of that key in the bucket's list (and its owner). */
void dk_request_list_object(struct dk_s3_request *request, const char *key);
/* The objects whose keys begin with `prefix`, from the continuation token on (NULL: from the
 * start). */
void dk_request_list(struct dk_s3_request *request, const char *prefix, const char *token);
/* `condition` is of DK_PRECONDITION_NONE or DK_PRECONDITION_MATCH. */
void dk_request_delete(struct dk_s3_request *request, const char *key,
                       struct dk_precondition condition);
void dk_request_put(struct dk_s3_request *request, const char *key, struct dk_http_body body,
                    const struct dk_digest *digest, const struct dk_object_attributes *attributes,
                    struct dk_precondition condition, bool with_checksum);

void dk_request_create_upload(struct dk_s3_request *request, const char *key,
                              const struct dk_object_attributes *attributes, bool with_checksum);
void dk_request_upload_part(struct dk_s3_request *request, const char *key, const char *upload_id,
                            unsigned number, struct dk_http_body body,
                            const struct dk_digest *digest, bool with_checksum);
void dk_request_list_parts(struct dk_s3_request *request, const char *key, const char *upload_id,
                           unsigned after_number);
/* Uploads whose key begins with `key`, from the marker on (NULL: from the start). */
void dk_request_list_uploads(struct dk_s3_request *request, const char *key, const char *key_marker,
                             const char *upload_id_marker);
/* `body` is what dk_complete_body wrote. */
enum dk_status dk_request_complete(struct dk_s3_request *request, const char *key,
                                   const char *upload_id, const struct dk_buffer *body,
                                   struct dk_precondition condition, struct dk_error *err) DK_CHECK;
void dk_request_abort(struct dk_s3_request *request, const char *key, const char *upload_id);

/* The XML of CompleteMultipartUpload. */
enum dk_status dk_complete_body(struct dk_buffer *out, const struct dk_request_part *parts,
                                size_t count, struct dk_error *err) DK_CHECK;

/* `region` decides the LocationConstraint; us-east-1 has none. These three need the body's text to
 * live on: `body` is filled here. */
enum dk_status dk_request_create_bucket(struct dk_s3_request *request, struct dk_buffer *body,
                                        const char *region, struct dk_error *err) DK_CHECK;
enum dk_status dk_request_block_public(struct dk_s3_request *request, struct dk_buffer *body,
                                       struct dk_error *err) DK_CHECK;
enum dk_status dk_request_encrypt_bucket(struct dk_s3_request *request, struct dk_buffer *body,
                                         enum dk_s3_sse sse, const char *kms_key_id,
                                         struct dk_error *err) DK_CHECK;

/* Base64 of bytes; text has room for 4 * ((size + 2) / 3) + 1. */
void dk_base64(const unsigned char *data, size_t size, char *text);

#endif
