/* An object that goes in one piece: one PUT, and whether it came through. */
#include <string.h>

#include "job.h"

static enum dk_status single_confirm(struct dk_s3_job *job, const struct dk_digest *digest,
                                     struct dk_s3_lane *lane, struct dk_error *err)
{
    const struct dk_http_answer *answer = &lane->answer;
    struct dk_s3_object headers = {0};
    char ours[DK_BASE64_SHA256_MAX];
    dk_object_headers_read(&headers, answer);
    memcpy(job->result->etag, headers.etag, sizeof(job->result->etag));
    memcpy(job->result->version_id, headers.version_id, sizeof(job->result->version_id));
    const char *checksum = dk_http_header(answer, "x-amz-checksum-sha256");
    dk_base64(digest->sha256, DK_HASH_BYTES, ours);
    enum dk_etag_verdict verdict = dk_etag_judge(headers.etag, digest->md5);
    if (strncmp(dk_http_header(answer, "x-amz-server-side-encryption"), "aws:kms", 7) == 0)
        verdict = DK_ETAG_UNKNOWN;
    if (*checksum)
        verdict = strcmp(checksum, ours) == 0 ? DK_ETAG_SAME : DK_ETAG_DIFFERENT;
    bool fine = verdict == DK_ETAG_SAME;
    if (verdict == DK_ETAG_UNKNOWN) {
        struct dk_s3_look look;
        enum dk_status status = dk_s3_look(job->s3, lane, job->key, false, &look, err);
        if (status != DK_OK)
            return status;
        fine =
            look.unknown || (look.object.exists && look.object.size_bytes == job->body.size_bytes);
        if (!job->result->etag[0])
            memcpy(job->result->etag, look.object.etag, sizeof(job->result->etag));
    }
    if (fine)
        return DK_OK;
    return dk_s3_job_other_bytes(job, err);
}

static enum dk_status single_digest(struct dk_s3_job *job, struct dk_digest *digest,
                                    struct dk_error *err)
{
    char hex[DK_HASH_HEX_MAX];
    enum dk_status status = dk_digest_body(&job->body, DK_DIGEST_BOTH, digest, err);
    if (status != DK_OK)
        return status;
    dk_hex_format(digest->sha256, DK_HASH_BYTES, hex);
    return strcmp(hex, job->sha256) == 0 ? DK_OK : dk_s3_job_changed(hex, job->sha256, err);
}

enum dk_status dk_single_put(struct dk_s3_job *job, enum dk_put_end *end, struct dk_error *err)
{
    struct dk_s3 *s3 = job->s3;
    struct dk_digest digest;
    struct dk_s3_request request;
    struct dk_s3_fault fault;
    *end = DK_PUT_FAILED;
    enum dk_status status = single_digest(job, &digest, err);
    while (status == DK_OK) {
        bool with_checksum = !atomic_load(&s3->without_checksum);
        dk_s3_condition_fit(s3, &job->condition);
        atomic_store(&job->done_bytes, 0);
        dk_request_put(&request, job->key, job->body, &digest, &job->attributes, job->condition,
                       with_checksum);
        request.sent = dk_s3_job_sent;
        request.context = job;
        struct dk_error reason = {0};
        status = dk_s3_exchange(s3, &s3->lanes[0], &request, &fault, &reason);
        if (status == DK_OK) {
            *end = DK_PUT_DONE;
            return single_confirm(job, &digest, &s3->lanes[0], err);
        }
        if (dk_fault_is_condition(&fault, job->condition))
            *end = DK_PUT_CONDITION;
        else if (dk_s3_drop_header(s3, &fault, with_checksum, job->condition))
            status = DK_OK;
        if (status != DK_OK && err)
            *err = reason;
    }
    return status;
}
