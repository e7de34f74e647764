/*
 * One put: the file, where it goes, on what condition, and how it ended; and what single and
 * multipart uploads share.
 */
#ifndef DK_S3_TRANSFER_H
#define DK_S3_TRANSFER_H

#include "digest.h"
#include "fault.h"
#include "s3_connection.h"

struct dk_s3_transfer {
    struct dk_s3 *s3;
    const char *key; /* whole */
    struct dk_http_body body;
    char sha256[DK_HASH_HEX_MAX]; /* of the content */
    bool sha256_is_claimed;       /* by the caller: compared with the file during the upload */
    struct dk_object_attributes attributes;
    struct dk_precondition condition; /* its ETag is the next one */
    char etag[DK_S3_ETAG_MAX];
    struct dk_s3_object *result;
    _Atomic uint64_t sent_bytes; /* of bodies, all attempts */
    _Atomic uint64_t done_bytes; /* of the file, for progress */
    int64_t mtime_ns;            /* of the file when it was opened */
};

/* How it ended, in one piece or in parts. */
enum dk_put_end {
    DK_PUT_DONE,
    DK_PUT_FAILED,    /* err says why */
    DK_PUT_CONDITION, /* the object is not the one that the condition names; err says so */
    DK_PUT_LOST,      /* the upload does not exist any more: start a new one */
    DK_PUT_STALE      /* done, but with an earlier file's metadata: put it again */
};

/* DK_ERR_DATA if the file was written to since it was opened. */
enum dk_status dk_transfer_unchanged(const struct dk_s3_transfer *transfer, struct dk_error *err)
    DK_CHECK;
/* The error for a file that is not the one that was to be uploaded: DK_ERR_DATA. */
enum dk_status dk_transfer_changed(const char *found_sha256, const char *expected_sha256,
                                   struct dk_error *err);
/* The error for an object whose ETag is not that of what was sent: DK_ERR_REMOTE. */
enum dk_status dk_transfer_other_bytes(const struct dk_s3_transfer *transfer, struct dk_error *err);

/* For dk_s3_request.sent, with the transfer as context: counts and reports the progress. */
void dk_transfer_sent(void *context, int64_t bytes);

/* What the server confirms of the bytes that it answers about: its checksum, else its ETag, which
 * means nothing with KMS. */
enum dk_etag_verdict dk_transfer_judge(const struct dk_http_answer *answer,
                                       const struct dk_digest *digest);

/* Leaves a condition out if this server does not support it. */
void dk_condition_fit(struct dk_s3 *s3, struct dk_precondition *condition);

/* Whether a fault says that the object is not the one that the condition names. */
bool dk_fault_is_condition(const struct dk_s3_fault *fault, struct dk_precondition condition);

/* Finds a header to leave out because the server does not support it: checksums, then conditions. A
 * 403 to If-Match comes also from a server where these credentials may not read the object (Amazon
 * S3 User Guide, "Conditional writes"): If-Match is left out if the bucket's list said just before
 * what is there. Applies to all later requests. False: there is nothing to leave out. */
bool dk_transfer_omit_header(struct dk_s3 *s3, const struct dk_s3_fault *fault, bool with_checksum,
                             struct dk_precondition condition);

/* Uploads the body in one piece. On DK_OK *end is DONE, and the result has ETag and version. */
enum dk_status dk_single_put(struct dk_s3_transfer *transfer, enum dk_put_end *end,
                             struct dk_error *err) DK_CHECK;

#endif
