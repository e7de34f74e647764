/*
 * Multipart uploads: parts in parallel, resumed from what the server lists.
 *
 * Nothing is kept on this machine. What an earlier try left is found by ListMultipartUploads and
 * ListParts; each part there is compared with the file by its checksum or MD5 before it counts.
 * An upload whose parts are not the file's, all of them, is aborted: its metadata would be that of
 * another file.
 */
#ifndef DK_PUBLISH_MULTIPART_H
#define DK_PUBLISH_MULTIPART_H

#include "job.h"

/* Above this, a file goes in parts. */
#define DK_MULTIPART_ABOVE_BYTES (16ULL << 20)

struct dk_multipart_part {
    bool is_there; /* the server has it */
    char etag[DK_S3_ETAG_MAX];
    struct dk_digest digest;
};

struct dk_multipart {
    struct dk_s3_job *job;
    char upload_id[DK_UPLOAD_ID_MAX]; /* "" while there is none */
    bool with_checksum;               /* the upload was begun with SHA-256 checksums */
    uint64_t part_size_bytes;         /* of all but the last one */
    size_t count;
    struct dk_multipart_part *parts; /* owned; [count], index 0 is part number 1 */
    _Atomic size_t next;             /* index of the next part to look at */
    _Atomic uint64_t sent;           /* parts */
    uint64_t reused;                 /* parts */
    atomic_bool whole_taken;         /* a worker compares the whole file's hash */
    atomic_bool lost;                /* the server does not know the upload any more */
    atomic_bool hopeless;            /* no later try could finish it */
};

/* 8 MiB, or `wanted_bytes`, or more where 10,000 parts would not do, in whole MiB. */
uint64_t dk_multipart_part_size(uint64_t size_bytes, uint64_t wanted_bytes);

/* Takes room for parts of this size; what was known of parts before is forgotten. */
enum dk_status dk_multipart_plan(struct dk_multipart *multipart, uint64_t part_size_bytes,
                                 struct dk_error *err) DK_CHECK;

/* The body of one part, by index. */
struct dk_http_body dk_multipart_body(const struct dk_multipart *multipart, size_t index);

/* Finds an upload of this file that an earlier try left, and marks its parts; aborts all other
 * uploads of this key. upload_id stays "" if there is none. */
enum dk_status dk_multipart_resume(struct dk_multipart *multipart, struct dk_error *err) DK_CHECK;

/* Aborts an upload, as far as the server lets us; a failure is only a notice. */
void dk_multipart_abort(struct dk_s3_job *job, const char *upload_id);

/* Uploads the job's body. `fresh`: don't resume. On DK_OK *end is DONE or STALE, and the job's
 * result has etag, version and counters. Otherwise the upload is aborted if no later try could use
 * it, and kept if one can; after CONDITION it is kept. */
enum dk_status dk_multipart_put(struct dk_s3_job *job, bool fresh, enum dk_put_end *end,
                                char upload_id[DK_UPLOAD_ID_MAX], struct dk_error *err) DK_CHECK;

#endif
