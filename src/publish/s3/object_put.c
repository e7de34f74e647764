/*
 * Putting a file: ask what is there, decide, send, confirm.
 *
 * The decision is made again whenever the server says that its object is not the one that was there
 * before: an earlier attempt may have worked although its answer was lost, or somebody else was
 * faster.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "inspect.h"
#include "multipart.h"

#define PUT_ROUNDS_MAX 5

/* --- the decision --------------------------------------------------------------------------- */

/* Whether an object has the content to put, which `put` may know from the ledger. */
static enum dk_status content_is_same(const struct dk_s3_transfer *transfer,
                                      const struct dk_s3_put *put,
                                      const struct dk_s3_object *object, bool *same,
                                      struct dk_error *err)
{
    enum dk_etag_verdict verdict = DK_ETAG_UNKNOWN;
    *same = false;
    if (object->size_bytes != transfer->body.size_bytes)
        return DK_OK;
    bool is_known = put->known_etag && dk_etag_equal(put->known_etag, object->etag);
    if (is_known && put->known_sha256) {
        *same = strcmp(put->known_sha256, transfer->sha256) == 0;
        return DK_OK;
    }
    if (object->sha256[0] && strcmp(object->sha256, transfer->sha256) != 0)
        return DK_OK;
    if (is_known && object->sha256[0]) {
        *same = true;
        return DK_OK;
    }
    uint64_t part_size =
        dk_multipart_part_size(transfer->body.size_bytes, transfer->s3->config.part_size_bytes);
    DK_RETURN_IF_ERROR(dk_etag_judge_body(object->etag, &transfer->body, part_size, &verdict, err));
    *same = verdict == DK_ETAG_SAME || (verdict == DK_ETAG_UNKNOWN && object->sha256[0]);
    return DK_OK;
}

/* Says who changed the object, as far as the server says it. */
static enum dk_status report_conflict(struct dk_s3_transfer *transfer, const struct dk_s3_put *put,
                                      struct dk_error *err)
{
    struct dk_s3_state state;
    char place[DK_S3_TEXT_MAX];
    char who[400] = "";
    dk_s3_place_text(&transfer->s3->config, transfer->key, place);
    DK_RETURN_IF_ERROR(dk_s3_inspect_owner(transfer->s3, transfer->key, &state, err));
    const struct dk_s3_object *object = &state.object;
    if (object->exists)
        dk_text_format(who, sizeof(who),
                       ": it has %llu bytes, ETag %.100s, written %.40s%s%.80s%s%.64s",
                       (unsigned long long)object->size_bytes, object->etag, object->modified,
                       object->owner[0] ? " by " : "", object->owner,
                       object->run[0] ? ", run " : "", object->run);
    if (put->known_etag)
        dk_error_set(err, DK_ERR_REMOTE,
                     "somebody changed '%s' after derrick uploaded it with ETag %.100s%s", place,
                     put->known_etag, who);
    else
        dk_error_set(err, DK_ERR_REMOTE, "'%s' exists already, and derrick did not upload it%s",
                     place, who);
    if (err)
        err->native = 412;
    dk_error_hint(err, "check it and move it away, or choose another prefix in s3.url; docs/s3.md "
                       "says how to overwrite it");
    return DK_ERR_REMOTE;
}

/* Whether an object that derrick wrote lacks the encryption of s3.sse. */
static bool lacks_encryption(const struct dk_s3 *s3, const struct dk_s3_object *object)
{
    const char *name = dk_s3_sse_name(s3->config.sse);
    return s3->config.sse != DK_S3_SSE_NONE && object->sha256[0] &&
           strncmp(object->encryption, name, strlen(name)) != 0;
}

/* A server may accept the header for encryption, and ignore it. */
static enum dk_status confirm_encryption(struct dk_s3_transfer *transfer, struct dk_error *err)
{
    struct dk_s3 *s3 = transfer->s3;
    struct dk_s3_state state;
    char place[DK_S3_TEXT_MAX];
    if (s3->config.sse == DK_S3_SSE_NONE || transfer->result->skipped)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_s3_inspect(s3, transfer->key, &state, err));
    if (!lacks_encryption(s3, &state.object))
        return DK_OK;
    dk_s3_place_text(&s3->config, transfer->key, place);
    dk_error_set(err, DK_ERR_REMOTE, "the server stores '%s' without the encryption of s3.sse = %s",
                 place, dk_s3_sse_name(s3->config.sse));
    dk_error_hint(err, "switch encryption on at the server; if it encrypts by itself, or need not, "
                       "set s3.sse = none");
    return DK_ERR_REMOTE;
}

/* Whether this workspace put the object, though the ledger does not know: its database was made
 * again from the archive. */
static bool is_own(const struct dk_s3_put *put, const struct dk_s3_object *object)
{
    return !put->known_etag && put->workspace && put->workspace[0] &&
           strcmp(put->workspace, object->workspace) == 0;
}

enum decision { DECIDE_PUT, DECIDE_SKIP, DECIDE_CONFLICT };

/* What to do in this state. Sets the condition. */
static enum dk_status decide(struct dk_s3_transfer *transfer, const struct dk_s3_put *put,
                             const struct dk_s3_state *state, enum decision *decision,
                             struct dk_error *err)
{
    const struct dk_s3_object *object = &state->object;
    bool same = false;
    *decision = DECIDE_PUT;
    transfer->condition = (struct dk_precondition){.kind = DK_PRECONDITION_ABSENT};
    const char *known = put->known_etag;
    if (object->exists) {
        DK_RETURN_IF_ERROR(content_is_same(transfer, put, object, &same, err));
        /* Only once: confirm_encryption reports a server that ignores the setting. */
        bool again = same && lacks_encryption(transfer->s3, object) &&
                     atomic_load(&transfer->sent_bytes) == 0;
        if (same && !again)
            *decision = DECIDE_SKIP;
        else if (again || put->replace || is_own(put, object))
            known = object->etag;
        else if (!known || !dk_etag_equal(known, object->etag))
            *decision = DECIDE_CONFLICT;
    } else if (!state->unknown) {
        if (known)
            dk_observer_notice(transfer->s3->observer, DK_LEVEL_NOTICE,
                               "'s3://%s/%s' does not exist any more; uploading it again",
                               transfer->s3->config.bucket, transfer->key);
        known = NULL;
    } else if (put->replace) {
        transfer->condition.kind = DK_PRECONDITION_NONE;
        known = NULL;
    }
    if (known) {
        dk_text_format(transfer->etag, sizeof(transfer->etag), "%s", known);
        transfer->condition =
            (struct dk_precondition){.kind = DK_PRECONDITION_MATCH, .etag = transfer->etag};
    }
    dk_condition_fit(transfer->s3, &transfer->condition);
    return DK_OK;
}

/* --- the rounds ----------------------------------------------------------------------------- */

/* What the rounds of one put remember. */
struct rounds {
    struct dk_s3_transfer *transfer;
    struct dk_s3_put put;
    bool fresh;                        /* don't resume */
    char stale_etag[DK_S3_ETAG_MAX];   /* of an object that has to be put again */
    char upload_id[DK_UPLOAD_ID_MAX];  /* of the upload whose condition was refused */
    enum dk_precondition_kind refused; /* the condition that was refused last */
};

/* The server refuses a condition that its own answer says is true: it implements If-Match in its
 * own way, so inspecting the object must be enough. */
static void distrust_condition(struct rounds *rounds)
{
    struct dk_s3_transfer *transfer = rounds->transfer;
    if (rounds->refused == DK_PRECONDITION_NONE || transfer->condition.kind != rounds->refused)
        return;
    dk_observer_notice(transfer->s3->observer, DK_LEVEL_DEBUG,
                       "the server refuses a true condition on '%s'; writing without it",
                       transfer->key);
    atomic_store(&transfer->s3->without_condition, true);
    transfer->condition.kind = DK_PRECONDITION_NONE;
}

static void abort_pending(const struct rounds *rounds)
{
    if (rounds->upload_id[0])
        dk_multipart_abort(rounds->transfer, rounds->upload_id);
}

/* The object is there as wanted: its ETag and version are the result. */
static void skip(const struct rounds *rounds, const struct dk_s3_object *object)
{
    struct dk_s3_transfer *transfer = rounds->transfer;
    struct dk_s3_object *result = transfer->result;
    abort_pending(rounds);
    memcpy(result->etag, object->etag, sizeof(result->etag));
    memcpy(result->version_id, object->version_id, sizeof(result->version_id));
    result->skipped = atomic_load(&transfer->sent_bytes) == 0;
}

static enum dk_status send_body(struct rounds *rounds, bool *done, struct dk_error *err)
{
    struct dk_s3_transfer *transfer = rounds->transfer;
    enum dk_put_end end = DK_PUT_FAILED;
    enum dk_status status =
        transfer->body.size_bytes <= DK_MULTIPART_ABOVE_BYTES
            ? dk_single_put(transfer, &end, err)
            : dk_multipart_put(transfer, rounds->fresh, &end, rounds->upload_id, err);
    *done = end == DK_PUT_DONE || end == DK_PUT_FAILED;
    if (*done)
        return status;
    if (end == DK_PUT_CONDITION) {
        rounds->refused = transfer->condition.kind;
        return DK_OK;
    }
    rounds->fresh = true;
    rounds->upload_id[0] = '\0';
    if (end == DK_PUT_STALE) {
        memcpy(rounds->stale_etag, transfer->result->etag, sizeof(rounds->stale_etag));
        rounds->put.known_etag = rounds->stale_etag;
    }
    return DK_OK;
}

static enum dk_status run_round(struct rounds *rounds, bool *done, struct dk_error *err)
{
    struct dk_s3_transfer *transfer = rounds->transfer;
    struct dk_s3_state state;
    enum decision decision = DECIDE_PUT;
    *done = true;
    DK_RETURN_IF_ERROR(dk_s3_inspect(transfer->s3, transfer->key, &state, err));
    /* An object with an earlier file's metadata has the right bytes, and is put again all the
     * same. */
    if (rounds->stale_etag[0] && dk_etag_equal(state.object.etag, rounds->stale_etag))
        rounds->put.known_sha256 = "";
    DK_RETURN_IF_ERROR(decide(transfer, &rounds->put, &state, &decision, err));
    if (decision == DECIDE_CONFLICT || (state.unknown && rounds->refused != DK_PRECONDITION_NONE)) {
        abort_pending(rounds);
        return report_conflict(transfer, &rounds->put, err);
    }
    if (decision == DECIDE_SKIP) {
        skip(rounds, &state.object);
        return DK_OK;
    }
    distrust_condition(rounds);
    return send_body(rounds, done, err);
}

static enum dk_status run_rounds(struct dk_s3_transfer *transfer, const struct dk_s3_put *put,
                                 struct dk_error *err)
{
    struct rounds rounds = {.transfer = transfer, .put = *put};
    bool done = false;
    for (int round = 0; round < PUT_ROUNDS_MAX; round++) {
        DK_RETURN_IF_ERROR(run_round(&rounds, &done, err));
        if (done)
            return DK_OK;
    }
    char place[DK_S3_TEXT_MAX];
    abort_pending(&rounds);
    dk_s3_place_text(&transfer->s3->config, transfer->key, place);
    dk_error_set(err, DK_ERR_REMOTE, "'%s' keeps changing: somebody else writes it too", place);
    dk_error_hint(err, "make sure that only one machine uploads there, then run again");
    return DK_ERR_REMOTE;
}

/* --- putting -------------------------------------------------------------------------------- */

static bool is_sha256(const char *text)
{
    return strlen(text) == 2 * DK_HASH_BYTES && dk_hex_is(text, 2 * DK_HASH_BYTES);
}

/* Sets the content's hash: the one that the caller knows, or that of the body. */
static enum dk_status set_hash(struct dk_s3_transfer *transfer, const struct dk_s3_put *put,
                               struct dk_error *err)
{
    struct dk_digest digest;
    transfer->sha256_is_claimed = put->sha256 != NULL;
    if (put->sha256 && !is_sha256(put->sha256))
        return dk_error_set(err, DK_ERR_FAILED, "'%.80s' is not a sha256", put->sha256);
    if (put->sha256) {
        memcpy(transfer->sha256, put->sha256, sizeof(transfer->sha256));
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(dk_digest_body(&transfer->body, DK_DIGEST_SHA256, &digest, err));
    dk_hex_format(digest.sha256, DK_HASH_BYTES, transfer->sha256);
    return DK_OK;
}

static enum dk_status run_transfer(struct dk_s3_transfer *transfer, const struct dk_s3_put *put,
                                   struct dk_error *err)
{
    const struct dk_s3_config *config = &transfer->s3->config;
    struct dk_s3_object *result = transfer->result;
    uint64_t size = transfer->body.size_bytes;
    DK_RETURN_IF_ERROR(set_hash(transfer, put, err));
    transfer->attributes = (struct dk_object_attributes){
        .content_type = put->content_type,
        .sse = config->sse,
        .kms_key_id = config->kms_key_id[0] ? config->kms_key_id : NULL,
        .storage_class = config->storage_class[0] ? config->storage_class : NULL,
        .metadata = put->metadata,
        .metadata_count = put->metadata_count,
        .sha256 = transfer->sha256};
    enum dk_status status = run_rounds(transfer, put, err);
    if (status == DK_OK)
        status = confirm_encryption(transfer, err);
    result->bytes_sent = atomic_load(&transfer->sent_bytes);
    if (status != DK_OK)
        return status;
    result->exists = true;
    result->size_bytes = size;
    memcpy(result->sha256, transfer->sha256, sizeof(result->sha256));
    dk_observer_progress(transfer->s3->observer, "upload", size, size, "bytes");
    return DK_OK;
}

static enum dk_status put_open_file(struct dk_s3_transfer *transfer, const struct dk_s3_put *put,
                                    struct dk_error *err)
{
    struct stat info;
    if (fstat(transfer->body.fd, &info) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't read", put->path);
    if (!S_ISREG(info.st_mode))
        return dk_error_set(err, DK_ERR_IO, "can't upload '%s': it is not a regular file",
                            put->path);
    transfer->body.size_bytes = (uint64_t)info.st_size;
    transfer->mtime_ns = dk_time_ns(info.st_mtim);
    enum dk_status status = run_transfer(transfer, put, err);
    /* What went wrong on this side is about the file. */
    if (status == DK_ERR_DATA || status == DK_ERR_IO) {
        dk_error_prefix(err, "can't upload '%s'", put->path);
        dk_error_place(err, put->path, 0, 0, 0);
    }
    return status;
}

enum dk_status dk_s3_put(struct dk_s3 *s3, const struct dk_s3_put *put, struct dk_s3_object *result,
                         struct dk_error *err)
{
    char whole[DK_KEY_MAX];
    struct dk_s3_transfer transfer = {.s3 = s3, .key = whole, .result = result};
    *result = (struct dk_s3_object){0};
    DK_RETURN_IF_ERROR(dk_s3_key_make(&s3->config, put->key, whole, err));
    if (!put->path) {
        if (put->size_bytes > DK_MULTIPART_ABOVE_BYTES)
            return dk_error_set(err, DK_ERR_FAILED,
                                "%zu bytes from memory are too many for one PUT", put->size_bytes);
        transfer.body = (struct dk_http_body){
            .data = put->size_bytes ? put->data : "", .fd = -1, .size_bytes = put->size_bytes};
        return run_transfer(&transfer, put, err);
    }
    transfer.body.fd = open(put->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (transfer.body.fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open", put->path);
    enum dk_status status = put_open_file(&transfer, put, err);
    close(transfer.body.fd);
    return status;
}
