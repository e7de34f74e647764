/*
 * S3's requests, built without any I/O, so that tests compare them byte for byte.
 *
 * A request borrows what it is given until it has been answered; texts that it makes itself are in
 * its arena. Host, credentials and clock come from the exchange.
 *
 * Source: Amazon S3 API Reference, one builder for each action.
 */
#ifndef DK_S3_REQUEST_H
#define DK_S3_REQUEST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/sigv4.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "base/status.h"
#include "http/http.h"
#include "s3/s3.h"

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
    bool has_document; /* a good answer's body is an XML document, whatever its root element */
    bool needs_md5;    /* of its document, in Content-MD5: S3 requires it for a bucket's settings */
    bool has_checksum; /* x-amz-checksum-* or its like is among the headers */
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

/* One part of a multipart upload, as Complete needs it. */
struct dk_request_part {
    unsigned number; /* from 1 */
    const char *etag;
    const unsigned char *sha256; /* NULL: left out */
};

/* --- objects -------------------------------------------------------------------------------- */

void dk_request_head(struct dk_s3_request *request, const char *key);
/* The one object of that key in the bucket's list (and its owner). */
void dk_request_list_object(struct dk_s3_request *request, const char *key);
/* The objects whose keys begin with `prefix`, from the continuation token on (NULL: from the
 * start). */
void dk_request_list(struct dk_s3_request *request, const char *prefix, const char *token);
/* `condition` is of DK_PRECONDITION_NONE or DK_PRECONDITION_MATCH. */
void dk_request_delete(struct dk_s3_request *request, const char *key,
                       struct dk_precondition condition);

/* Bytes to upload, and whether to send their checksum in a header. */
struct dk_request_body {
    struct dk_http_body body;
    const struct dk_digest *digest;
    bool with_checksum;
};

void dk_request_put(struct dk_s3_request *request, const char *key,
                    const struct dk_request_body *body,
                    const struct dk_object_attributes *attributes,
                    struct dk_precondition condition);

/* --- multipart uploads ---------------------------------------------------------------------- */

void dk_request_create_upload(struct dk_s3_request *request, const char *key,
                              const struct dk_object_attributes *attributes, bool with_checksum);
void dk_request_upload_part(struct dk_s3_request *request, const char *key, const char *upload_id,
                            unsigned number, const struct dk_request_body *body);
void dk_request_list_parts(struct dk_s3_request *request, const char *key, const char *upload_id,
                           unsigned after_number);
/* Uploads whose key begins with `key`, from the marker on (NULL: from the start). */
void dk_request_list_uploads(struct dk_s3_request *request, const char *key, const char *key_marker,
                             const char *upload_id_marker);
void dk_request_abort(struct dk_s3_request *request, const char *key, const char *upload_id);

/* The XML of CompleteMultipartUpload; and the request, whose body is set by dk_request_document. */
void dk_complete_body(struct dk_buffer *out, const struct dk_request_part *parts, size_t count);
void dk_request_complete(struct dk_s3_request *request, const char *key, const char *upload_id,
                         struct dk_precondition condition);

/* --- the bucket ----------------------------------------------------------------------------- */

/* These write the body's XML into `body`, which dk_request_document sets. `region` decides the
 * LocationConstraint; us-east-1 needs neither that nor a body. */
void dk_request_create_bucket(struct dk_s3_request *request, struct dk_buffer *body,
                              const char *region);
void dk_request_block_public(struct dk_s3_request *request, struct dk_buffer *body);
void dk_request_encrypt_bucket(struct dk_s3_request *request, struct dk_buffer *body,
                               enum dk_s3_sse sse, const char *kms_key_id);

/* Finishes `body` and makes it the request's body, signed with its hash. */
enum dk_status dk_request_document(struct dk_s3_request *request, struct dk_buffer *body,
                                   struct dk_error *err) DK_CHECK;

/* Base64 of bytes; text has room for 4 * ((size + 2) / 3) + 1. */
void dk_base64(const unsigned char *data, size_t size, char *text);

#endif
