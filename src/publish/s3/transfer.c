#include "transfer.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

void dk_transfer_sent(void *context, int64_t bytes)
{
    struct dk_s3_transfer *transfer = context;
    if (bytes > 0)
        atomic_fetch_add(&transfer->sent_bytes, (uint64_t)bytes);
    /* Two's complement: adding a negative number as unsigned subtracts. */
    uint64_t done = atomic_fetch_add(&transfer->done_bytes, (uint64_t)bytes) + (uint64_t)bytes;
    dk_observer_progress(transfer->s3->observer, "upload", done, transfer->body.size_bytes,
                         "bytes");
}

enum dk_status dk_transfer_changed(const char *found_sha256, const char *expected_sha256,
                                   struct dk_error *err)
{
    dk_error_set(err, DK_ERR_DATA,
                 "the file was changed after it was written: its sha256 is %s, not %s",
                 found_sha256, expected_sha256);
    dk_error_hint(err, "export it again, then run again");
    return DK_ERR_DATA;
}

enum dk_status dk_transfer_unchanged(const struct dk_s3_transfer *transfer, struct dk_error *err)
{
    struct stat info;
    if (transfer->body.data)
        return DK_OK;
    if (fstat(transfer->body.fd, &info) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't read the file to upload", NULL);
    if ((uint64_t)info.st_size == transfer->body.size_bytes &&
        dk_time_ns(info.st_mtim) == transfer->mtime_ns)
        return DK_OK;
    dk_error_set(err, DK_ERR_DATA, "the file changed during the upload");
    dk_error_hint(err, "wait until nothing writes to it, then run again");
    return DK_ERR_DATA;
}

enum dk_status dk_transfer_other_bytes(const struct dk_s3_transfer *transfer, struct dk_error *err)
{
    char place[DK_S3_TEXT_MAX];
    dk_s3_place_text(&transfer->s3->config, transfer->key, place);
    dk_error_set(err, DK_ERR_REMOTE,
                 "the server has different bytes from those that were sent: '%s' has ETag %s",
                 place, transfer->result->etag);
    dk_error_hint(err, "check the server and any proxy, then upload again with --replace");
    return DK_ERR_REMOTE;
}

bool dk_fault_is_condition(const struct dk_s3_fault *fault, struct dk_precondition condition)
{
    if (condition.kind == DK_PRECONDITION_NONE)
        return false;
    return fault->status == 412 ||
           (condition.kind == DK_PRECONDITION_MATCH && strcmp(fault->code, "NoSuchKey") == 0);
}

void dk_condition_fit(struct dk_s3 *s3, struct dk_precondition *condition)
{
    if (atomic_load(&s3->without_condition) ||
        (condition->kind == DK_PRECONDITION_MATCH && atomic_load(&s3->without_match)))
        condition->kind = DK_PRECONDITION_NONE;
}

enum dk_etag_verdict dk_transfer_judge(const struct dk_http_answer *answer,
                                       const struct dk_digest *digest)
{
    const char *checksum = dk_http_header(answer, "x-amz-checksum-sha256");
    char ours[DK_BASE64_SHA256_MAX];
    dk_base64(digest->sha256, DK_HASH_BYTES, ours);
    if (*checksum)
        return strcmp(checksum, ours) == 0 ? DK_ETAG_SAME : DK_ETAG_DIFFERENT;
    if (strncmp(dk_http_header(answer, "x-amz-server-side-encryption"), "aws:kms", 7) == 0)
        return DK_ETAG_UNKNOWN;
    return dk_etag_judge(dk_http_header(answer, "etag"), digest->md5);
}

bool dk_transfer_omit_header(struct dk_s3 *s3, const struct dk_s3_fault *fault, bool with_checksum,
                             struct dk_precondition condition)
{
    bool may_not_read = fault->status == 403 && strcmp(fault->code, "AccessDenied") == 0 &&
                        condition.kind == DK_PRECONDITION_MATCH && atomic_load(&s3->without_head);
    atomic_bool *omitted = NULL;
    if (may_not_read)
        omitted = &s3->without_match;
    else if (dk_fault_is_unsupported(fault) && with_checksum)
        omitted = &s3->without_checksum;
    else if (dk_fault_is_unsupported(fault) && condition.kind != DK_PRECONDITION_NONE)
        omitted = &s3->without_condition;
    if (omitted)
        atomic_store(omitted, true);
    return omitted != NULL;
}
