/* Completing a multipart upload, and confirming what it made. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "inspect.h"
#include "multipart.h"

#define COMPLETE_BODY_MAX (4 * 1024 * 1024)

/* --- completion ----------------------------------------------------------------------------- */

static enum dk_status build_body(const struct dk_multipart *multipart, struct dk_buffer *body,
                                 struct dk_error *err)
{
    struct dk_request_part *parts = calloc(multipart->count, sizeof(*parts));
    if (!parts)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the list of parts");
    for (size_t i = 0; i < multipart->count; i++) {
        const struct dk_multipart_part *part = &multipart->parts[i];
        parts[i] = (struct dk_request_part){(unsigned)i + 1, part->etag,
                                            multipart->with_checksum ? part->digest.sha256 : NULL};
    }
    dk_complete_body(body, parts, multipart->count);
    free(parts);
    return dk_buffer_finish(body, err);
}

static enum dk_status judge_etag(const struct dk_multipart *multipart, const char *etag,
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

/* Compares the answer to Complete with what was sent. */
static enum dk_status confirm_answer(const struct dk_multipart *multipart, struct dk_error *err)
{
    struct dk_s3_transfer *transfer = multipart->transfer;
    const struct dk_http_answer *answer = dk_s3_answer(transfer->s3);
    struct dk_s3_object *result = transfer->result;
    enum dk_etag_verdict verdict = DK_ETAG_UNKNOWN;
    bool is_kms =
        strncmp(dk_http_header(answer, "x-amz-server-side-encryption"), "aws:kms", 7) == 0 ||
        transfer->attributes.sse == DK_S3_SSE_KMS;
    dk_text_format(result->version_id, sizeof(result->version_id), "%s",
                   dk_http_header(answer, "x-amz-version-id"));
    DK_RETURN_IF_ERROR(dk_complete_read(result->etag, answer, err));
    if (!is_kms)
        DK_RETURN_IF_ERROR(judge_etag(multipart, result->etag, &verdict, err));
    return verdict == DK_ETAG_DIFFERENT ? dk_transfer_other_bytes(transfer, err) : DK_OK;
}

/* Whether the object is what was sent after all: perhaps a Complete worked, and its answer was lost
 * or can't be read. */
static enum dk_status check_object(struct dk_multipart *multipart, bool *complete,
                                   struct dk_error *err)
{
    struct dk_s3_transfer *transfer = multipart->transfer;
    struct dk_s3_object *result = transfer->result;
    struct dk_s3_state state;
    enum dk_etag_verdict verdict = DK_ETAG_UNKNOWN;
    const struct dk_s3_object *object = &state.object;
    *complete = false;
    DK_RETURN_IF_ERROR(dk_s3_inspect(transfer->s3, transfer->key, &state, err));
    if (!object->exists || object->size_bytes != transfer->body.size_bytes)
        return DK_OK;
    DK_RETURN_IF_ERROR(judge_etag(multipart, object->etag, &verdict, err));
    *complete = verdict == DK_ETAG_SAME ||
                (verdict == DK_ETAG_UNKNOWN && strcmp(object->sha256, transfer->sha256) == 0);
    if (*complete) {
        memcpy(result->etag, object->etag, sizeof(result->etag));
        memcpy(result->version_id, object->version_id, sizeof(result->version_id));
    }
    return DK_OK;
}

/* After a Complete that failed for `reason`, which is replaced if something else goes wrong. DK_OK
 * with *again: another attempt is due; DK_OK without: it is complete after all. */
static enum dk_status judge_refusal(struct dk_multipart *multipart, const struct dk_s3_fault *fault,
                                    enum dk_put_end *end, bool *again, struct dk_error *reason)
{
    struct dk_s3_transfer *transfer = multipart->transfer;
    bool is_lost = strcmp(fault->code, "NoSuchUpload") == 0;
    *again = false;
    if (is_lost || fault->unreadable) {
        bool complete = false;
        struct dk_error second = {0};
        enum dk_status status = check_object(multipart, &complete, &second);
        if (status != DK_OK)
            *reason = second;
        if (status == DK_OK && complete)
            return DK_OK;
        *end = status == DK_OK && is_lost ? DK_PUT_LOST : DK_PUT_FAILED;
        return reason->status;
    }
    if (dk_fault_is_condition(fault, transfer->condition)) {
        *end = DK_PUT_CONDITION;
        return reason->status;
    }
    /* Somebody wrote or deleted the object meanwhile: S3 requires an upload that began later. */
    if (strcmp(fault->code, "ConditionalRequestConflict") == 0) {
        dk_multipart_abort(transfer, multipart->upload_id);
        *end = DK_PUT_LOST;
        return reason->status;
    }
    /* The server does not accept these parts, and never will. */
    static const char *const final[] = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall",
                                        "MalformedXML"};
    for (size_t i = 0; i < DK_COUNT_OF(final); i++)
        if (strcmp(fault->code, final[i]) == 0)
            atomic_store(&multipart->hopeless, true);
    *again = dk_transfer_omit_header(transfer->s3, fault, false, transfer->condition);
    return *again ? DK_OK : reason->status;
}

static enum dk_status complete(struct dk_multipart *multipart, struct dk_buffer *body,
                               enum dk_put_end *end, struct dk_error *err)
{
    struct dk_s3_transfer *transfer = multipart->transfer;
    struct dk_s3 *s3 = transfer->s3;
    DK_RETURN_IF_ERROR(build_body(multipart, body, err));
    for (bool again = true; again;) {
        struct dk_s3_request request;
        struct dk_s3_fault fault;
        struct dk_error reason = {0};
        dk_condition_fit(s3, &transfer->condition);
        dk_request_complete(&request, transfer->key, multipart->upload_id, transfer->condition);
        DK_RETURN_IF_ERROR(dk_request_document(&request, body, err));
        if (dk_s3_send(s3, &request, &fault, &reason) == DK_OK)
            return confirm_answer(multipart, err);
        enum dk_status status = judge_refusal(multipart, &fault, end, &again, &reason);
        if (status != DK_OK && err)
            *err = reason;
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

/* --- confirmation --------------------------------------------------------------------------- */

static enum dk_status report_missing(const struct dk_s3_transfer *transfer, struct dk_error *err)
{
    char place[DK_S3_TEXT_MAX];
    dk_s3_place_text(&transfer->s3->config, transfer->key, place);
    dk_error_set(err, DK_ERR_REMOTE,
                 "'%s' does not exist after its upload, although the server answered with success, "
                 "but without an ETag",
                 place);
    dk_error_hint(err, "check the endpoint and any proxy: the answer may not be the server's");
    return DK_ERR_REMOTE;
}

static enum dk_status report_other(const struct dk_s3_transfer *transfer,
                                   const struct dk_s3_object *object, struct dk_error *err)
{
    char place[DK_S3_TEXT_MAX];
    dk_s3_place_text(&transfer->s3->config, transfer->key, place);
    dk_error_set(err, DK_ERR_REMOTE,
                 "'%s' is not what was uploaded: it has %llu bytes and ETag %s, expected %llu and "
                 "ETag %s",
                 place, (unsigned long long)object->size_bytes,
                 object->exists ? object->etag : "none",
                 (unsigned long long)transfer->body.size_bytes, transfer->result->etag);
    dk_error_hint(err, "someone may have replaced it at the same moment; check it, then run again");
    return DK_ERR_REMOTE;
}

/* Reads the object's own headers: it exists, as large as the file, with the ETag that Complete
 * gave; and its metadata is this file's, which in a resumed upload could be another's. */
static enum dk_status confirm_object(struct dk_multipart *multipart, enum dk_put_end *end,
                                     struct dk_error *err)
{
    struct dk_s3_transfer *transfer = multipart->transfer;
    struct dk_s3_object *result = transfer->result;
    struct dk_s3_state state;
    DK_RETURN_IF_ERROR(dk_s3_inspect(transfer->s3, transfer->key, &state, err));
    const struct dk_s3_object *object = &state.object;
    if (!result->etag[0] && (state.unknown || !object->exists))
        return report_missing(transfer, err);
    if (!result->etag[0])
        memcpy(result->etag, object->etag, sizeof(result->etag));
    if (!state.unknown && (!object->exists || object->size_bytes != transfer->body.size_bytes ||
                           !dk_etag_equal(object->etag, result->etag)))
        return report_other(transfer, object, err);
    bool is_stale =
        multipart->reused > 0 && object->sha256[0] && strcmp(object->sha256, transfer->sha256) != 0;
    *end = is_stale ? DK_PUT_STALE : DK_PUT_DONE;
    return DK_OK;
}

enum dk_status dk_multipart_complete(struct dk_multipart *multipart, enum dk_put_end *end,
                                     struct dk_error *err)
{
    struct dk_buffer body;
    dk_buffer_init(&body, COMPLETE_BODY_MAX);
    enum dk_status status = complete(multipart, &body, end, err);
    dk_buffer_reset(&body);
    return status == DK_OK ? confirm_object(multipart, end, err) : status;
}
