#include "multipart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART_TRIES_MAX 3 /* of a part whose ETag comes back wrong */
#define COMPLETE_BODY_MAX (4 * 1024 * 1024)

/* --- parts ---------------------------------------------------------------------------------- */

static enum dk_status upload_create(struct dk_multipart *multipart, struct dk_error *err)
{
    struct dk_s3_job *job = multipart->job;
    struct dk_s3 *s3 = job->s3;
    struct dk_s3_request request;
    struct dk_s3_fault fault;
    for (;;) {
        multipart->with_checksum = !atomic_load(&s3->without_checksum);
        dk_request_create_upload(&request, job->key, &job->attributes, multipart->with_checksum);
        enum dk_status status = dk_s3_exchange(s3, &s3->lanes[0], &request, &fault, err);
        if (status == DK_OK)
            return dk_upload_id_read(multipart->upload_id, &s3->lanes[0].answer, err);
        if (!dk_s3_drop_header(s3, &fault, multipart->with_checksum, (struct dk_precondition){0}))
            return status;
        dk_error_reset(err);
    }
}

/* The server's ETag or checksum of a part against ours. With KMS the ETag says nothing. */
static bool part_is_confirmed(const struct dk_http_answer *answer, const struct dk_digest *digest)
{
    const char *checksum = dk_http_header(answer, "x-amz-checksum-sha256");
    char ours[DK_BASE64_SHA256_MAX];
    dk_base64(digest->sha256, DK_HASH_BYTES, ours);
    if (*checksum)
        return strcmp(checksum, ours) == 0;
    if (strncmp(dk_http_header(answer, "x-amz-server-side-encryption"), "aws:kms", 7) == 0)
        return true;
    return dk_etag_judge(dk_http_header(answer, "etag"), digest->md5) != DK_ETAG_DIFFERENT;
}

static enum dk_status part_store(struct dk_multipart_part *part,
                                 const struct dk_http_answer *answer, struct dk_error *err)
{
    const char *etag = dk_http_header(answer, "etag");
    if (!*etag || strlen(etag) >= sizeof(part->etag))
        return dk_error_set(err, DK_ERR_REMOTE, "the server gave a part no ETag that can be used");
    memcpy(part->etag, etag, strlen(etag) + 1);
    part->is_there = true;
    return DK_OK;
}

static enum dk_status part_wrong(struct dk_multipart *multipart, size_t index, struct dk_error *err)
{
    char place[DK_S3_TEXT_MAX];
    atomic_store(&multipart->hopeless, true);
    dk_s3_place_text(multipart->job->s3, multipart->job->key, place);
    dk_error_set(err, DK_ERR_REMOTE,
                 "the server holds other bytes than were sent: part %zu of '%s'", index + 1, place);
    dk_error_hint(err, "check the server and what stands between; nothing was replaced there");
    return DK_ERR_REMOTE;
}

static enum dk_status part_send(struct dk_multipart *multipart, size_t index,
                                struct dk_s3_lane *lane, const atomic_bool *stop,
                                struct dk_error *err)
{
    struct dk_s3_job *job = multipart->job;
    struct dk_multipart_part *part = &multipart->parts[index];
    struct dk_http_body body = dk_multipart_body(multipart, index);
    enum dk_status status = dk_digest_body(&body, DK_DIGEST_BOTH, &part->digest, err);
    if (status != DK_OK)
        return status;
    for (int tries = 0; tries < PART_TRIES_MAX; tries++) {
        struct dk_s3_request request;
        struct dk_s3_fault fault;
        dk_request_upload_part(&request, job->key, multipart->upload_id, (unsigned)index + 1, body,
                               &part->digest, multipart->with_checksum);
        request.stop = stop;
        request.sent = dk_s3_job_sent;
        request.context = job;
        status = dk_s3_exchange(job->s3, lane, &request, &fault, err);
        if (status != DK_OK && strcmp(fault.code, "NoSuchUpload") == 0)
            atomic_store(&multipart->lost, true);
        if (status != DK_OK)
            return status;
        if (part_is_confirmed(&lane->answer, &part->digest)) {
            atomic_fetch_add(&multipart->sent, 1);
            return part_store(part, &lane->answer, err);
        }
        dk_s3_job_sent(job, -(int64_t)body.size_bytes);
    }
    return part_wrong(multipart, index, err);
}

/* Compares the whole file with the hash that the caller knows, while parts travel. */
static enum dk_status whole_check(struct dk_multipart *multipart, struct dk_error *err)
{
    const struct dk_s3_job *job = multipart->job;
    struct dk_digest digest;
    char hex[DK_HASH_HEX_MAX];
    enum dk_status status = dk_digest_body(&job->body, DK_DIGEST_SHA256, &digest, err);
    if (status != DK_OK)
        return status;
    dk_hex_format(digest.sha256, DK_HASH_BYTES, hex);
    if (strcmp(hex, job->sha256) == 0)
        return DK_OK;
    atomic_store(&multipart->hopeless, true);
    return dk_s3_job_changed(hex, job->sha256, err);
}

static enum dk_status parts_send(struct dk_team *team, unsigned index, void *context,
                                 struct dk_error *err)
{
    struct dk_multipart *multipart = context;
    struct dk_s3_lane *lane = &multipart->job->s3->lanes[index];
    enum dk_status status = DK_OK;
    if (multipart->job->sha256_is_claimed && !atomic_exchange(&multipart->whole_taken, true))
        status = whole_check(multipart, err);
    while (status == DK_OK) {
        if (dk_team_stopped(team))
            return dk_error_set(err, DK_ERR_CANCELLED, "stopped");
        size_t at = atomic_fetch_add(&multipart->next, 1);
        if (at >= multipart->count)
            break;
        if (!multipart->parts[at].is_there)
            status = part_send(multipart, at, lane, &team->stop, err);
    }
    return status;
}

/* --- completion ----------------------------------------------------------------------------- */

static enum dk_status complete_build(const struct dk_multipart *multipart, struct dk_buffer *body,
                                     struct dk_error *err)
{
    struct dk_request_part *parts = calloc(multipart->count, sizeof(*parts));
    if (!parts)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the list of parts");
    for (size_t i = 0; i < multipart->count; i++) {
        const struct dk_multipart_part *part = &multipart->parts[i];
        parts[i] = (struct dk_request_part){.number = (unsigned)i + 1,
                                            .etag = part->etag,
                                            .sha256 = multipart->with_checksum ? part->digest.sha256
                                                                               : NULL};
    }
    enum dk_status status = dk_complete_body(body, parts, multipart->count, err);
    free(parts);
    return status;
}

static enum dk_status etag_judge(const struct dk_multipart *multipart, const char *etag,
                                 enum dk_etag_verdict *verdict, struct dk_error *err)
{
    unsigned char(*md5s)[DK_MD5_BYTES] = calloc(multipart->count, sizeof(*md5s));
    if (!md5s)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the digests of the parts");
    for (size_t i = 0; i < multipart->count; i++)
        memcpy(md5s[i], multipart->parts[i].digest.md5, DK_MD5_BYTES);
    *verdict =
        dk_etag_judge_parts(etag, (const unsigned char(*)[DK_MD5_BYTES])md5s, multipart->count);
    free(md5s);
    return DK_OK;
}

/* The server's word that the upload is complete, against what was sent. */
static enum dk_status complete_confirm(const struct dk_multipart *multipart,
                                       const struct dk_http_answer *answer, struct dk_error *err)
{
    struct dk_s3_job *job = multipart->job;
    enum dk_etag_verdict verdict = DK_ETAG_UNKNOWN;
    enum dk_status status = dk_complete_read(job->result->etag, answer, err);
    if (status == DK_OK &&
        strncmp(dk_http_header(answer, "x-amz-server-side-encryption"), "aws:kms", 7) != 0)
        status = etag_judge(multipart, job->result->etag, &verdict, err);
    if (status != DK_OK)
        return status;
    const char *version = dk_http_header(answer, "x-amz-version-id");
    dk_text_format(job->result->version_id, sizeof(job->result->version_id), "%s", version);
    if (verdict != DK_ETAG_DIFFERENT || job->attributes.sse == DK_S3_SSE_KMS)
        return DK_OK;
    return dk_s3_job_other_bytes(job, err);
}

/* The upload is unknown now: perhaps an earlier Complete worked, and its answer was lost. */
static enum dk_status lost_look(struct dk_multipart *multipart, bool *complete,
                                struct dk_error *err)
{
    struct dk_s3_job *job = multipart->job;
    struct dk_s3_look look;
    enum dk_etag_verdict verdict = DK_ETAG_UNKNOWN;
    *complete = false;
    enum dk_status status = dk_s3_look(job->s3, &job->s3->lanes[0], job->key, false, &look, err);
    if (status != DK_OK || !look.object.exists || look.object.size_bytes != job->body.size_bytes)
        return status;
    status = etag_judge(multipart, look.object.etag, &verdict, err);
    *complete = status == DK_OK &&
                (verdict == DK_ETAG_SAME ||
                 (verdict == DK_ETAG_UNKNOWN && strcmp(look.object.sha256, job->sha256) == 0));
    if (*complete) {
        memcpy(job->result->etag, look.object.etag, sizeof(job->result->etag));
        memcpy(job->result->version_id, look.object.version_id, sizeof(job->result->version_id));
    }
    return status;
}

/* Judges a refused Complete. DK_OK with *again: once more; DK_OK without: it is complete after
 * all. */
static enum dk_status complete_refused(struct dk_multipart *multipart,
                                       const struct dk_s3_fault *fault, enum dk_put_end *end,
                                       bool *again, struct dk_error *reason)
{
    struct dk_s3_job *job = multipart->job;
    *again = false;
    if (strcmp(fault->code, "NoSuchUpload") == 0) {
        bool complete = false;
        struct dk_error second = {0};
        enum dk_status status = lost_look(multipart, &complete, &second);
        if (status != DK_OK)
            *reason = second;
        if (status == DK_OK && complete)
            return DK_OK;
        *end = status == DK_OK ? DK_PUT_LOST : DK_PUT_FAILED;
        return reason->status;
    }
    if (dk_fault_is_condition(fault, job->condition)) {
        *end = DK_PUT_CONDITION;
        return reason->status;
    }
    /* Someone wrote or deleted the object meanwhile: S3 wants an upload that began after that. */
    if (strcmp(fault->code, "ConditionalRequestConflict") == 0) {
        dk_multipart_abort(job, multipart->upload_id);
        *end = DK_PUT_LOST;
        return reason->status;
    }
    /* It does not accept these parts, and never will. */
    if (strcmp(fault->code, "InvalidPart") == 0 || strcmp(fault->code, "InvalidPartOrder") == 0 ||
        strcmp(fault->code, "EntityTooSmall") == 0 || strcmp(fault->code, "MalformedXML") == 0)
        atomic_store(&multipart->hopeless, true);
    *again = dk_s3_drop_header(job->s3, fault, false, job->condition);
    return *again ? DK_OK : reason->status;
}

static enum dk_status upload_complete(struct dk_multipart *multipart, struct dk_buffer *body,
                                      enum dk_put_end *end, struct dk_error *err)
{
    struct dk_s3_job *job = multipart->job;
    struct dk_s3 *s3 = job->s3;
    enum dk_status status = complete_build(multipart, body, err);
    bool again = true;
    while (status == DK_OK && again) {
        struct dk_s3_request request;
        struct dk_s3_fault fault;
        struct dk_error reason = {0};
        dk_s3_condition_fit(s3, &job->condition);
        status = dk_request_complete(&request, job->key, multipart->upload_id, body, job->condition,
                                     err);
        if (status != DK_OK)
            return status;
        status = dk_s3_exchange(s3, &s3->lanes[0], &request, &fault, &reason);
        if (status == DK_OK)
            return complete_confirm(multipart, &s3->lanes[0].answer, err);
        status = complete_refused(multipart, &fault, end, &again, &reason);
        if (status != DK_OK && err)
            *err = reason;
    }
    return status;
}

static enum dk_status not_there(const struct dk_s3_job *job, struct dk_error *err)
{
    char place[DK_S3_TEXT_MAX];
    dk_s3_place_text(job->s3, job->key, place);
    dk_error_set(err, DK_ERR_REMOTE,
                 "'%s' is not there after its upload, which was answered by "
                 "success without an ETag",
                 place);
    dk_error_hint(err, "check the endpoint and any proxy: the answer may not be the server's");
    return DK_ERR_REMOTE;
}

/* Reads the object's own words back: it is there, as large as the file, with the ETag that Complete
 * gave; and its metadata is this file's, which a resumed upload could have wrong. */
static enum dk_status object_confirm(struct dk_multipart *multipart, enum dk_put_end *end,
                                     struct dk_error *err)
{
    struct dk_s3_job *job = multipart->job;
    struct dk_s3_look look;
    enum dk_status status = dk_s3_look(job->s3, &job->s3->lanes[0], job->key, false, &look, err);
    if (status != DK_OK)
        return status;
    /* Neither the answer to Complete nor the object itself shows what is there now. */
    if (!job->result->etag[0] && (look.unknown || !look.object.exists))
        return not_there(job, err);
    *end = DK_PUT_DONE;
    if (look.unknown)
        return DK_OK;
    if (!job->result->etag[0])
        memcpy(job->result->etag, look.object.etag, sizeof(job->result->etag));
    if (!look.object.exists || look.object.size_bytes != job->body.size_bytes ||
        !dk_etag_equal(look.object.etag, job->result->etag)) {
        char place[DK_S3_TEXT_MAX];
        dk_s3_place_text(job->s3, job->key, place);
        *end = DK_PUT_FAILED;
        dk_error_set(
            err, DK_ERR_REMOTE,
            "'%s' is not what was uploaded: %llu bytes with ETag %s, where %llu with ETag %s "
            "should be",
            place, (unsigned long long)look.object.size_bytes,
            look.object.exists ? look.object.etag : "none",
            (unsigned long long)job->body.size_bytes, job->result->etag);
        dk_error_hint(err, "someone may have replaced it at the same moment; look at it, then run "
                           "again");
        return DK_ERR_REMOTE;
    }
    if (multipart->reused > 0 && look.object.sha256[0] &&
        strcmp(look.object.sha256, job->sha256) != 0)
        *end = DK_PUT_STALE;
    return DK_OK;
}

/* --- the upload ----------------------------------------------------------------------------- */

static void progress_start(struct dk_multipart *multipart)
{
    uint64_t there = 0;
    for (size_t i = 0; i < multipart->count; i++)
        if (multipart->parts[i].is_there)
            there += dk_multipart_body(multipart, i).size_bytes;
    atomic_store(&multipart->job->done_bytes, there);
}

static enum dk_status upload_run(struct dk_multipart *multipart, bool fresh, enum dk_put_end *end,
                                 struct dk_error *err)
{
    struct dk_s3_job *job = multipart->job;
    struct dk_buffer body;
    enum dk_status status = DK_OK;
    if (!fresh)
        status = dk_multipart_resume(multipart, err);
    else
        status = dk_multipart_plan(
            multipart, dk_multipart_part_size(job->body.size_bytes, job->s3->part_size_bytes), err);
    if (status == DK_OK && !multipart->upload_id[0])
        status = upload_create(multipart, err);
    if (status != DK_OK)
        return status;
    progress_start(multipart);
    unsigned threads = job->s3->threads;
    if (threads > multipart->count)
        threads = (unsigned)multipart->count;
    status = dk_team_run(threads, parts_send, multipart, err);
    if (status != DK_OK && atomic_load(&multipart->lost))
        *end = DK_PUT_LOST;
    if (status == DK_OK)
        status = dk_s3_job_unchanged(job, err);
    if (status != DK_OK)
        return status;
    dk_buffer_init(&body, COMPLETE_BODY_MAX);
    status = upload_complete(multipart, &body, end, err);
    dk_buffer_reset(&body);
    return status == DK_OK ? object_confirm(multipart, end, err) : status;
}

enum dk_status dk_multipart_put(struct dk_s3_job *job, bool fresh, enum dk_put_end *end,
                                char upload_id[DK_UPLOAD_ID_MAX], struct dk_error *err)
{
    struct dk_multipart multipart = {.job = job};
    struct dk_error reason = {0};
    *end = DK_PUT_FAILED;
    enum dk_status status = upload_run(&multipart, fresh, end, &reason);
    job->result->parts_sent += atomic_load(&multipart.sent);
    job->result->parts_reused += multipart.reused;
    memcpy(upload_id, multipart.upload_id, DK_UPLOAD_ID_MAX);
    if (status != DK_OK && *end == DK_PUT_FAILED && multipart.upload_id[0] &&
        (atomic_load(&multipart.hopeless) || status == DK_ERR_DATA))
        dk_multipart_abort(job, multipart.upload_id);
    free(multipart.parts);
    if (status != DK_OK && err)
        *err = reason;
    return status;
}
