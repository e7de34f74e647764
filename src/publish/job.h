/*
 * One put under way: the file, where it goes, on what condition, and how it ended. Private to
 * src/publish/.
 */
#ifndef DK_PUBLISH_JOB_H
#define DK_PUBLISH_JOB_H

#include "s3.h"

struct dk_s3_job {
    struct dk_s3 *s3;
    const char *key; /* whole */
    struct dk_http_body body;
    char sha256[DK_HASH_HEX_MAX]; /* of the content */
    bool sha256_is_claimed;       /* by the caller: compared with the file while its parts travel */
    struct dk_object_attributes attributes;
    struct dk_precondition condition; /* its ETag is the next one */
    char etag[DK_S3_ETAG_MAX];
    struct dk_s3_object *result;
    _Atomic uint64_t sent_bytes; /* of bodies, all tries */
    _Atomic uint64_t done_bytes; /* of the file, for progress */
    int64_t mtime_ns;            /* of the file when it was opened */
};

/* DK_ERR_DATA if the file was written to since it was opened. */
enum dk_status dk_s3_job_unchanged(const struct dk_s3_job *job, struct dk_error *err) DK_CHECK;
/* The error for a file that is not the one that was to be uploaded: DK_ERR_DATA. */
enum dk_status dk_s3_job_changed(const char *found_sha256, const char *expected_sha256,
                                 struct dk_error *err);

/* The error for an object whose ETag is not that of what was sent: DK_ERR_REMOTE. */
enum dk_status dk_s3_job_other_bytes(const struct dk_s3_job *job, struct dk_error *err);

/* For dk_s3_request.sent, with the job as context: counts and tells the progress. */
void dk_s3_job_sent(void *context, int64_t bytes);

/* Leaves a condition out that this server does not take. */
void dk_s3_condition_fit(struct dk_s3 *s3, struct dk_precondition *condition);

/* Whether a fault says that the object is not the one that the condition names. */
bool dk_fault_is_condition(const struct dk_s3_fault *fault, struct dk_precondition condition);

/* The server answers 501 to a header that it does not know: drops checksums, then conditions, for
 * all later requests. It answers 403 to If-Match from who may not read the object (Amazon S3 User
 * Guide, "Conditional writes"): drops that where the bucket's list has just told what is there.
 * False if there is nothing to drop. */
bool dk_s3_drop_header(struct dk_s3 *s3, const struct dk_s3_fault *fault, bool with_checksum,
                       struct dk_precondition condition);

/* How it ended, in one piece or in parts. */
enum dk_put_end {
    DK_PUT_DONE,
    DK_PUT_FAILED,    /* err says why */
    DK_PUT_CONDITION, /* the object is not the one that the condition names; err says so */
    DK_PUT_LOST,      /* the upload was aborted by someone else: worth starting anew */
    DK_PUT_STALE      /* done, but the metadata is an earlier file's: put it again */
};

/* --- single.c ------------------------------------------------------------------------------- */

/* Uploads the job's body in one piece. On DK_OK *end is DONE, and the job's result has etag and
 * version. */
enum dk_status dk_single_put(struct dk_s3_job *job, enum dk_put_end *end, struct dk_error *err)
    DK_CHECK;

#endif
