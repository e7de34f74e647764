/*
 * Putting a file: look at what is there, decide, send, confirm.
 *
 * The decision is made again whenever the server says that its object is not the one that was
 * looked at: an earlier try may have worked although its answer was lost, or someone else
 * was quicker.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "job.h"
#include "multipart.h"

#define PUT_ROUNDS_MAX 5
#define METADATA_NAME_MAX 64
#define METADATA_VALUE_MAX 512

/* --- the decision --------------------------------------------------------------------------- */

/* Whether the object there has the content that is to be put. `put` may know it from the ledger. */
static enum dk_status content_is_same(const struct dk_s3_job *job, const struct dk_s3_put *put,
                                      const struct dk_s3_object *object, bool *same,
                                      struct dk_error *err)
{
    enum dk_etag_verdict verdict = DK_ETAG_UNKNOWN;
    *same = false;
    if (object->size_bytes != job->body.size_bytes)
        return DK_OK;
    bool is_known = put->known_etag && dk_etag_equal(put->known_etag, object->etag);
    if (is_known && put->known_sha256) {
        *same = strcmp(put->known_sha256, job->sha256) == 0;
        return DK_OK;
    }
    if (object->sha256[0] && strcmp(object->sha256, job->sha256) != 0)
        return DK_OK;
    if (is_known && object->sha256[0]) {
        *same = true;
        return DK_OK;
    }
    uint64_t part_size = dk_multipart_part_size(job->body.size_bytes, job->s3->part_size_bytes);
    enum dk_status status = dk_etag_judge_body(object->etag, &job->body, part_size, &verdict, err);
    if (status == DK_OK)
        *same = verdict == DK_ETAG_SAME || (verdict == DK_ETAG_UNKNOWN && object->sha256[0]);
    return status;
}

/* Says who changed it, as far as the server tells. */
static enum dk_status conflict_tell(struct dk_s3_job *job, const struct dk_s3_put *put,
                                    struct dk_error *err)
{
    struct dk_s3_look look;
    char place[DK_S3_TEXT_MAX];
    char who[400] = "";
    dk_s3_place_text(job->s3, job->key, place);
    enum dk_status status = dk_s3_look(job->s3, &job->s3->lanes[0], job->key, true, &look, err);
    if (status != DK_OK)
        return status;
    const struct dk_s3_object *object = &look.object;
    if (object->exists)
        dk_text_format(
            who, sizeof(who), ": it has %llu bytes, ETag %.100s, written %.40s%s%.80s%s%.64s",
            (unsigned long long)object->size_bytes, object->etag, object->modified,
            look.owner[0] ? " by " : "", look.owner, object->run[0] ? ", run " : "", object->run);
    if (put->known_etag)
        dk_error_set(err, DK_ERR_REMOTE,
                     "someone changed '%s' since derrick put it there with ETag "
                     "%.100s%s",
                     place, put->known_etag, who);
    else
        dk_error_set(err, DK_ERR_REMOTE,
                     "at '%s' is already an object that derrick did not put there%s", place, who);
    if (err)
        err->native = 412;
    dk_error_hint(err, "look at it and move it away, or choose another prefix in s3.url; "
                       "docs/s3.md says how to overwrite it");
    return DK_ERR_REMOTE;
}

/* Whether an object lacks the encryption that s3.sse asks for: its headers were seen (it has our
 * metadata), and they name another or none. */
static bool lacks_encryption(const struct dk_s3 *s3, const struct dk_s3_object *object)
{
    const char *name = dk_s3_sse_name(s3->sse);
    return s3->sse != DK_S3_SSE_NONE && object->sha256[0] &&
           strncmp(object->encryption, name, strlen(name)) != 0;
}

/* A server may take the header that asks for encryption and do nothing about it. */
static enum dk_status encryption_confirm(struct dk_s3_job *job, struct dk_error *err)
{
    struct dk_s3 *s3 = job->s3;
    struct dk_s3_look look;
    char place[DK_S3_TEXT_MAX];
    if (s3->sse == DK_S3_SSE_NONE || job->result->skipped)
        return DK_OK;
    enum dk_status status = dk_s3_look(s3, &s3->lanes[0], job->key, false, &look, err);
    if (status != DK_OK || !lacks_encryption(s3, &look.object))
        return status;
    dk_s3_place_text(s3, job->key, place);
    dk_error_set(err, DK_ERR_REMOTE, "the server keeps '%s' without the encryption of s3.sse = %s",
                 place, dk_s3_sse_name(s3->sse));
    dk_error_hint(err, "switch encryption on at the server; if it encrypts by itself, or "
                       "need not, set s3.sse = none");
    return DK_ERR_REMOTE;
}

enum decision { DECIDE_PUT, DECIDE_SKIP, DECIDE_CONFLICT };

/* What to do, from what is there now. Sets the job's condition. */
static enum dk_status decide(struct dk_s3_job *job, const struct dk_s3_put *put,
                             const struct dk_s3_look *look, enum decision *decision,
                             struct dk_error *err)
{
    const struct dk_s3_object *object = &look->object;
    bool same = false;
    *decision = DECIDE_PUT;
    job->condition = (struct dk_precondition){.kind = DK_PRECONDITION_ABSENT};
    const char *known = put->known_etag;
    if (object->exists) {
        enum dk_status status = content_is_same(job, put, object, &same, err);
        if (status != DK_OK)
            return status;
        /* Once: after that, a server that ignores the setting differs from one that was not asked. */
        bool again =
            same && lacks_encryption(job->s3, object) && atomic_load(&job->sent_bytes) == 0;
        if (same && !again)
            *decision = DECIDE_SKIP;
        else if (again || put->replace)
            known = object->etag;
        else if (!known || !dk_etag_equal(known, object->etag))
            *decision = DECIDE_CONFLICT;
    } else if (!look->unknown) {
        if (known)
            dk_observer_notice(job->s3->observer, DK_LEVEL_NOTICE,
                               "'s3://%s/%s' is not there any more; putting it again",
                               job->s3->bucket, job->key);
        known = NULL;
    } else if (put->replace) {
        job->condition.kind = DK_PRECONDITION_NONE;
        known = NULL;
    }
    if (known) {
        dk_text_format(job->etag, sizeof(job->etag), "%s", known);
        job->condition = (struct dk_precondition){.kind = DK_PRECONDITION_MATCH, .etag = job->etag};
    }
    dk_s3_condition_fit(job->s3, &job->condition);
    return DK_OK;
}

/* --- the rounds ----------------------------------------------------------------------------- */

/* What the rounds of one put remember. */
struct rounds {
    struct dk_s3_job *job;
    struct dk_s3_put put;
    bool fresh;                        /* don't resume */
    char stale_etag[DK_S3_ETAG_MAX];   /* of an object that has to be put again */
    char upload_id[DK_UPLOAD_ID_MAX];  /* of the upload that waits for its condition */
    enum dk_precondition_kind refused; /* the condition that was refused last */
};

static enum dk_status round_send(struct rounds *rounds, enum dk_put_end *end, struct dk_error *err)
{
    struct dk_s3_job *job = rounds->job;
    if (job->body.size_bytes <= DK_MULTIPART_ABOVE_BYTES)
        return dk_single_put(job, end, err);
    return dk_multipart_put(job, rounds->fresh, end, rounds->upload_id, err);
}

/* A condition was refused although what is there is what it asks for: the server reads If-Match in
 * a way of its own. What was looked at a moment ago must do. */
static void condition_mistrust(struct rounds *rounds)
{
    struct dk_s3_job *job = rounds->job;
    if (rounds->refused == DK_PRECONDITION_NONE || job->condition.kind != rounds->refused)
        return;
    dk_observer_notice(job->s3->observer, DK_LEVEL_DEBUG,
                       "the server refuses a true condition on '%s'; writing without it", job->key);
    atomic_store(&job->s3->without_condition, true);
    job->condition.kind = DK_PRECONDITION_NONE;
}

static enum dk_status round_conflict(struct rounds *rounds, struct dk_error *err)
{
    if (rounds->upload_id[0])
        dk_multipart_abort(rounds->job, rounds->upload_id);
    return conflict_tell(rounds->job, &rounds->put, err);
}

/* Takes over what the object says. A put that sent something and finds it there has not skipped. */
static void round_skip(const struct rounds *rounds, const struct dk_s3_object *object)
{
    struct dk_s3_job *job = rounds->job;
    if (rounds->upload_id[0])
        dk_multipart_abort(job, rounds->upload_id);
    memcpy(job->result->etag, object->etag, sizeof(job->result->etag));
    memcpy(job->result->version_id, object->version_id, sizeof(job->result->version_id));
    job->result->skipped = atomic_load(&job->sent_bytes) == 0;
}

static enum dk_status round_run(struct rounds *rounds, bool *done, struct dk_error *err)
{
    struct dk_s3_job *job = rounds->job;
    struct dk_s3_look look;
    enum decision decision = DECIDE_PUT;
    enum dk_put_end end = DK_PUT_FAILED;
    *done = true;
    enum dk_status status = dk_s3_look(job->s3, &job->s3->lanes[0], job->key, false, &look, err);
    /* An object with an earlier file's metadata has the right bytes, but is put again even so. */
    if (rounds->stale_etag[0] && dk_etag_equal(look.object.etag, rounds->stale_etag))
        rounds->put.known_sha256 = "";
    if (status == DK_OK)
        status = decide(job, &rounds->put, &look, &decision, err);
    if (status != DK_OK)
        return status;
    if (decision == DECIDE_CONFLICT || (look.unknown && rounds->refused != DK_PRECONDITION_NONE))
        return round_conflict(rounds, err);
    if (decision == DECIDE_SKIP) {
        round_skip(rounds, &look.object);
        return DK_OK;
    }
    condition_mistrust(rounds);
    status = round_send(rounds, &end, err);
    *done = false;
    if (end == DK_PUT_CONDITION) {
        rounds->refused = job->condition.kind;
        return DK_OK;
    }
    rounds->fresh = end == DK_PUT_LOST || end == DK_PUT_STALE;
    if (end == DK_PUT_STALE) {
        memcpy(rounds->stale_etag, job->result->etag, sizeof(rounds->stale_etag));
        rounds->put.known_etag = rounds->stale_etag;
    }
    rounds->upload_id[0] = '\0';
    *done = !rounds->fresh;
    return rounds->fresh ? DK_OK : status;
}

static enum dk_status rounds_run(struct dk_s3_job *job, const struct dk_s3_put *put,
                                 struct dk_error *err)
{
    struct rounds rounds = {.job = job, .put = *put};
    bool done = false;
    for (int round = 0; round < PUT_ROUNDS_MAX; round++) {
        enum dk_status status = round_run(&rounds, &done, err);
        if (status != DK_OK || done)
            return status;
    }
    char place[DK_S3_TEXT_MAX];
    dk_s3_place_text(job->s3, job->key, place);
    if (rounds.upload_id[0])
        dk_multipart_abort(job, rounds.upload_id);
    dk_error_set(err, DK_ERR_REMOTE, "'%s' changes all the time: someone else writes it too",
                 place);
    dk_error_hint(err, "let one machine at a time upload there, then run again");
    return DK_ERR_REMOTE;
}

/* --- the ways in ---------------------------------------------------------------------------- */

static enum dk_status metadata_check(const struct dk_s3_put *put, struct dk_error *err)
{
    if (put->metadata_count > DK_S3_METADATA_MAX)
        return dk_error_set(err, DK_ERR_CONFIG, "an object with %zu metadata pairs",
                            put->metadata_count);
    for (size_t i = 0; i < put->metadata_count; i++) {
        const char *name = put->metadata[i].name;
        size_t name_size = strlen(name);
        if (name_size == 0 || name_size > METADATA_NAME_MAX ||
            strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != name_size ||
            strcmp(name, "sha256") == 0)
            return dk_error_set(err, DK_ERR_CONFIG, "'%.80s' is no name of metadata", name);
        if (strlen(put->metadata[i].value) > METADATA_VALUE_MAX)
            return dk_error_set(err, DK_ERR_CONFIG, "the metadata '%s' is too long", name);
        for (const char *c = put->metadata[i].value; *c; c++)
            if (*c < ' ' || *c > '~')
                return dk_error_set(err, DK_ERR_CONFIG, "the metadata '%s' is not printable ASCII",
                                    name);
    }
    return DK_OK;
}

static bool is_sha256(const char *text)
{
    return strlen(text) == 2 * DK_HASH_BYTES && dk_hex_is(text, 2 * DK_HASH_BYTES);
}

/* What is the same for files and memory. The body, and sha256 where it is claimed, are set. */
static enum dk_status job_run(struct dk_s3_job *job, const struct dk_s3_put *put,
                              struct dk_error *err)
{
    struct dk_s3 *s3 = job->s3;
    if (put->sha256 && !is_sha256(put->sha256))
        return dk_error_set(err, DK_ERR_FAILED, "'%.80s' is no sha256", put->sha256);
    job->sha256_is_claimed = put->sha256 != NULL;
    enum dk_status status = metadata_check(put, err);
    if (status != DK_OK)
        return status;
    if (put->sha256) {
        memcpy(job->sha256, put->sha256, sizeof(job->sha256));
    } else {
        struct dk_digest digest;
        status = dk_digest_body(&job->body, DK_DIGEST_SHA256, &digest, err);
        if (status != DK_OK)
            return status;
        dk_hex_format(digest.sha256, DK_HASH_BYTES, job->sha256);
    }
    job->attributes = (struct dk_object_attributes){
        .content_type = put->content_type,
        .sse = s3->sse,
        .kms_key_id = s3->kms_key_id[0] ? s3->kms_key_id : NULL,
        .storage_class = s3->storage_class[0] ? s3->storage_class : NULL,
        .metadata = put->metadata,
        .metadata_count = put->metadata_count,
        .sha256 = job->sha256};
    status = rounds_run(job, put, err);
    if (status == DK_OK)
        status = encryption_confirm(job, err);
    job->result->bytes_sent = atomic_load(&job->sent_bytes);
    if (status != DK_OK)
        return status;
    job->result->exists = true;
    job->result->size_bytes = job->body.size_bytes;
    memcpy(job->result->sha256, job->sha256, sizeof(job->result->sha256));
    dk_observer_progress(s3->observer, "upload", job->body.size_bytes, job->body.size_bytes,
                         "bytes");
    return DK_OK;
}

static enum dk_status file_put(struct dk_s3 *s3, const char *whole, int fd, const char *local_path,
                               const struct dk_s3_put *put, struct dk_s3_object *result,
                               struct dk_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't look at", local_path);
    if (!S_ISREG(info.st_mode))
        return dk_error_set(err, DK_ERR_IO, "can't upload '%s': it is no regular file", local_path);
    struct dk_s3_job job = {.s3 = s3,
                            .key = whole,
                            .body = {.fd = fd, .size_bytes = (uint64_t)info.st_size},
                            .mtime_ns = dk_time_ns(info.st_mtim),
                            .result = result};
    enum dk_status status = job_run(&job, put, err);
    /* What went wrong on this side is about the file. */
    if (status == DK_ERR_DATA || status == DK_ERR_IO) {
        dk_error_prefix(err, "can't upload '%s'", local_path);
        dk_error_place(err, local_path, 0, 0, 0);
    }
    return status;
}

enum dk_status dk_s3_put(struct dk_s3 *s3, const char *key, const char *local_path,
                         const struct dk_s3_put *put, struct dk_s3_object *result,
                         struct dk_error *err)
{
    char whole[DK_KEY_MAX];
    *result = (struct dk_s3_object){0};
    enum dk_status status = dk_s3_key_make(s3, key, whole, err);
    if (status != DK_OK)
        return status;
    int fd = open(local_path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open", local_path);
    status = file_put(s3, whole, fd, local_path, put, result, err);
    close(fd);
    return status;
}

enum dk_status dk_s3_put_bytes(struct dk_s3 *s3, const char *key, const void *data, size_t size,
                               const struct dk_s3_put *put, struct dk_s3_object *result,
                               struct dk_error *err)
{
    char whole[DK_KEY_MAX];
    *result = (struct dk_s3_object){0};
    enum dk_status status = dk_s3_key_make(s3, key, whole, err);
    if (status != DK_OK)
        return status;
    if (size > DK_MULTIPART_ABOVE_BYTES)
        return dk_error_set(err, DK_ERR_FAILED, "%zu bytes from memory are too many for one PUT",
                            size);
    struct dk_s3_job job = {.s3 = s3,
                            .key = whole,
                            .body = {.data = size ? data : "", .fd = -1, .size_bytes = size},
                            .result = result};
    return job_run(&job, put, err);
}
