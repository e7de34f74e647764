/*
 * Multipart uploads: parts in parallel, resumed from what the server lists.
 *
 * Nothing is kept on this machine. ListMultipartUploads and ListParts show what an earlier attempt
 * left; each part there is compared with the file by its checksum or MD5 before it counts. An
 * upload with any part that is not the file's is aborted: its metadata would be that of another
 * file.
 */
#ifndef DK_S3_MULTIPART_H
#define DK_S3_MULTIPART_H

#include "answer.h"
#include "transfer.h"

/* Larger files are sent in parts. */
#define DK_MULTIPART_ABOVE_BYTES (16ULL << 20)

struct dk_multipart_part {
    bool is_there; /* the server has it */
    char etag[DK_S3_ETAG_MAX];
    struct dk_digest digest;
};

struct dk_multipart {
    struct dk_s3_transfer *transfer;
    char upload_id[DK_UPLOAD_ID_MAX]; /* "" while there is none */
    bool with_checksum;               /* the upload was begun with SHA-256 checksums */
    uint64_t part_size_bytes;         /* of all but the last one */
    size_t count;
    struct dk_multipart_part *parts; /* owned; [count], index 0 is part number 1 */
    _Atomic uint64_t sent;           /* parts */
    uint64_t reused;                 /* parts */
    atomic_bool whole_taken;         /* a worker compares the whole file's hash */
    atomic_bool lost;                /* the upload does not exist any more: start a new one */
    atomic_bool hopeless;            /* no later attempt could finish it */
};

/* 8 MiB, or `wanted_bytes`, or more where 10,000 parts would not do, in whole MiB. */
uint64_t dk_multipart_part_size(uint64_t size_bytes, uint64_t wanted_bytes);

/* Allocates parts of this size; those of before are forgotten. */
enum dk_status dk_multipart_plan(struct dk_multipart *multipart, uint64_t part_size_bytes,
                                 struct dk_error *err) DK_CHECK;
/* The same for the size of a new upload. */
enum dk_status dk_multipart_plan_new(struct dk_multipart *multipart, struct dk_error *err) DK_CHECK;

/* The body of one part, by index. */
struct dk_http_body dk_multipart_body(const struct dk_multipart *multipart, size_t index);

/* Finds an upload of this file that an earlier attempt left, and marks its parts; aborts all other
 * uploads of this key. upload_id stays "" if there is none. */
enum dk_status dk_multipart_resume(struct dk_multipart *multipart, struct dk_error *err) DK_CHECK;

/* Aborts an upload; if that fails there is only a notice. */
void dk_multipart_abort(struct dk_s3_transfer *transfer, const char *upload_id);

/* Completes the upload, whose parts are all there, and confirms the object. DK_OK: *end is DONE or
 * STALE. */
enum dk_status dk_multipart_complete(struct dk_multipart *multipart, enum dk_put_end *end,
                                     struct dk_error *err) DK_CHECK;

/* Uploads the body. `fresh`: don't resume. On DK_OK *end is DONE or STALE, and the result has ETag,
 * version and counters. Otherwise the upload is aborted if no later attempt could use it; after
 * CONDITION it is kept. */
enum dk_status dk_multipart_put(struct dk_s3_transfer *transfer, bool fresh, enum dk_put_end *end,
                                char upload_id[DK_UPLOAD_ID_MAX], struct dk_error *err) DK_CHECK;

#endif
