#include "job.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

void dk_s3_job_sent(void *context, int64_t bytes)
{
    struct dk_s3_job *job = context;
    if (bytes > 0)
        atomic_fetch_add(&job->sent_bytes, (uint64_t)bytes);
    /* Two's complement: adding a negative number as unsigned takes away. */
    uint64_t done = atomic_fetch_add(&job->done_bytes, (uint64_t)bytes) + (uint64_t)bytes;
    dk_observer_progress(job->s3->observer, "upload", done, job->body.size_bytes, "bytes");
}

enum dk_status dk_s3_job_changed(const char *found_sha256, const char *expected_sha256,
                                 struct dk_error *err)
{
    dk_error_set(err, DK_ERR_DATA,
                 "the file was changed after it was written: its sha256 is %s, not %s",
                 found_sha256, expected_sha256);
    dk_error_hint(err, "export it again, then run again");
    return DK_ERR_DATA;
}

enum dk_status dk_s3_job_unchanged(const struct dk_s3_job *job, struct dk_error *err)
{
    struct stat info;
    if (job->body.data)
        return DK_OK;
    if (fstat(job->body.fd, &info) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't look at the file that is uploaded",
                              NULL);
    if ((uint64_t)info.st_size == job->body.size_bytes && dk_time_ns(info.st_mtim) == job->mtime_ns)
        return DK_OK;
    dk_error_set(err, DK_ERR_DATA, "the file was written to while it was uploaded");
    dk_error_hint(err, "let it rest, then run again");
    return DK_ERR_DATA;
}

enum dk_status dk_s3_job_other_bytes(const struct dk_s3_job *job, struct dk_error *err)
{
    char place[DK_S3_TEXT_MAX];
    dk_s3_place_text(job->s3, job->key, place);
    dk_error_set(err, DK_ERR_REMOTE,
                 "the server holds other bytes than were sent: '%s' has the ETag %s", place,
                 job->result->etag);
    dk_error_hint(err,
                  "check the server and what stands between, then upload again with --replace");
    return DK_ERR_REMOTE;
}

bool dk_fault_is_condition(const struct dk_s3_fault *fault, struct dk_precondition condition)
{
    if (condition.kind == DK_PRECONDITION_NONE)
        return false;
    return fault->status == 412 ||
           (condition.kind == DK_PRECONDITION_MATCH && strcmp(fault->code, "NoSuchKey") == 0);
}

void dk_s3_condition_fit(struct dk_s3 *s3, struct dk_precondition *condition)
{
    if (atomic_load(&s3->without_condition) ||
        (condition->kind == DK_PRECONDITION_MATCH && atomic_load(&s3->without_match)))
        condition->kind = DK_PRECONDITION_NONE;
}

bool dk_s3_drop_header(struct dk_s3 *s3, const struct dk_s3_fault *fault, bool with_checksum,
                       struct dk_precondition condition)
{
    if (fault->status == 403 && condition.kind == DK_PRECONDITION_MATCH &&
        strcmp(fault->code, "AccessDenied") == 0 && atomic_load(&s3->without_head)) {
        atomic_store(&s3->without_match, true);
        return true;
    }
    if (fault->status != 501)
        return false;
    if (with_checksum) {
        atomic_store(&s3->without_checksum, true);
        return true;
    }
    if (condition.kind == DK_PRECONDITION_NONE)
        return false;
    atomic_store(&s3->without_condition, true);
    return true;
}
