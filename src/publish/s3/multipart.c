/* Sending a file in parts. */
#include "multipart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"

#define PART_ATTEMPTS_MAX 3 /* of a part whose ETag is wrong */

/* --- parts ---------------------------------------------------------------------------------- */

static enum dk_status create_upload(struct dk_multipart *multipart, struct dk_error *err)
{
    struct dk_s3_transfer *transfer = multipart->transfer;
    struct dk_s3 *s3 = transfer->s3;
    for (;;) {
        struct dk_s3_request request;
        struct dk_s3_fault fault;
        multipart->with_checksum = !atomic_load(&s3->without_checksum);
        dk_request_create_upload(&request, transfer->key, &transfer->attributes,
                                 multipart->with_checksum);
        enum dk_status status = dk_s3_send(s3, &request, &fault, err);
        if (status == DK_OK)
            return dk_upload_id_read(multipart->upload_id, dk_s3_answer(s3), err);
        if (!dk_transfer_omit_header(s3, &fault, multipart->with_checksum,
                                     (struct dk_precondition){0}))
            return status;
        dk_error_reset(err);
    }
}

static enum dk_status store_part(struct dk_multipart_part *part,
                                 const struct dk_http_answer *answer, struct dk_error *err)
{
    const char *etag = dk_http_header(answer, "etag");
    if (!*etag || strlen(etag) >= sizeof(part->etag))
        return dk_error_set(err, DK_ERR_REMOTE, "the server gave a part no usable ETag");
    memcpy(part->etag, etag, strlen(etag) + 1);
    part->is_there = true;
    return DK_OK;
}

static enum dk_status refuse_part(struct dk_multipart *multipart, size_t index,
                                  struct dk_error *err)
{
    const struct dk_s3_transfer *transfer = multipart->transfer;
    char place[DK_S3_TEXT_MAX];
    atomic_store(&multipart->hopeless, true);
    dk_s3_place_text(&transfer->s3->config, transfer->key, place);
    dk_error_set(err, DK_ERR_REMOTE,
                 "the server has different bytes from those that were sent: part %zu of '%s'",
                 index + 1, place);
    dk_error_hint(err, "check the server and any proxy; no object was replaced");
    return DK_ERR_REMOTE;
}

/* A worker, and what it works with. */
struct worker {
    struct dk_multipart *multipart;
    struct dk_s3_channel *channel;
    const atomic_bool *stop;
};

/* One attempt at a part. */
static enum dk_status send_part_once(const struct worker *worker, size_t index,
                                     const struct dk_http_body *body, struct dk_error *err)
{
    struct dk_multipart *multipart = worker->multipart;
    struct dk_s3_transfer *transfer = multipart->transfer;
    struct dk_s3_request request;
    struct dk_s3_fault fault;
    const struct dk_request_body part = {*body, &multipart->parts[index].digest,
                                         multipart->with_checksum};
    dk_request_upload_part(&request, transfer->key, multipart->upload_id, (unsigned)index + 1,
                           &part);
    request.stop = worker->stop;
    request.sent = dk_transfer_sent;
    request.context = transfer;
    enum dk_status status = dk_s3_exchange(transfer->s3, worker->channel, &request, &fault, err);
    if (status == DK_OK)
        return DK_OK;
    /* Without checksums another upload may work, where this one does not. */
    bool omitted = part.with_checksum &&
                   dk_transfer_omit_header(transfer->s3, &fault, true, (struct dk_precondition){0});
    if (omitted)
        atomic_store(&multipart->hopeless, true);
    if (omitted || strcmp(fault.code, "NoSuchUpload") == 0)
        atomic_store(&multipart->lost, true);
    return status;
}

static enum dk_status send_part(const struct worker *worker, size_t index, struct dk_error *err)
{
    struct dk_multipart *multipart = worker->multipart;
    struct dk_multipart_part *part = &multipart->parts[index];
    struct dk_http_body body = dk_multipart_body(multipart, index);
    DK_RETURN_IF_ERROR(dk_digest_body(&body, DK_DIGEST_BOTH, &part->digest, err));
    for (int attempt = 0; attempt < PART_ATTEMPTS_MAX; attempt++) {
        DK_RETURN_IF_ERROR(send_part_once(worker, index, &body, err));
        if (dk_transfer_judge(&worker->channel->answer, &part->digest) != DK_ETAG_DIFFERENT) {
            atomic_fetch_add(&multipart->sent, 1);
            return store_part(part, &worker->channel->answer, err);
        }
        dk_transfer_sent(multipart->transfer, -(int64_t)body.size_bytes);
    }
    return refuse_part(multipart, index, err);
}

/* Compares the whole file with the hash that the caller knows, while other workers send. */
static enum dk_status check_whole(struct dk_multipart *multipart, struct dk_error *err)
{
    const struct dk_s3_transfer *transfer = multipart->transfer;
    struct dk_digest digest;
    char hex[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(dk_digest_body(&transfer->body, DK_DIGEST_SHA256, &digest, err));
    dk_hex_format(digest.sha256, DK_HASH_BYTES, hex);
    if (strcmp(hex, transfer->sha256) == 0)
        return DK_OK;
    atomic_store(&multipart->hopeless, true);
    return dk_transfer_changed(hex, transfer->sha256, err);
}

static enum dk_status send_parts(struct dk_team *team, unsigned index, void *context,
                                 struct dk_error *err)
{
    struct dk_multipart *multipart = context;
    struct worker worker = {.multipart = multipart, .stop = &team->stop};
    DK_RETURN_IF_ERROR(dk_s3_channel_get(multipart->transfer->s3, index, &worker.channel, err));
    if (multipart->transfer->sha256_is_claimed && !atomic_exchange(&multipart->whole_taken, true))
        DK_RETURN_IF_ERROR(check_whole(multipart, err));
    size_t at;
    while (dk_team_take(team, multipart->count, &at))
        if (!multipart->parts[at].is_there)
            DK_RETURN_IF_ERROR(send_part(&worker, at, err));
    return DK_OK;
}

/* --- the upload ----------------------------------------------------------------------------- */

static void start_progress(struct dk_multipart *multipart)
{
    uint64_t there = 0;
    for (size_t i = 0; i < multipart->count; i++)
        if (multipart->parts[i].is_there)
            there += dk_multipart_body(multipart, i).size_bytes;
    atomic_store(&multipart->transfer->done_bytes, there);
}

static enum dk_status upload(struct dk_multipart *multipart, bool fresh, enum dk_put_end *end,
                             struct dk_error *err)
{
    struct dk_s3_transfer *transfer = multipart->transfer;
    if (fresh)
        DK_RETURN_IF_ERROR(dk_multipart_plan_new(multipart, err));
    else
        DK_RETURN_IF_ERROR(dk_multipart_resume(multipart, err));
    if (!multipart->upload_id[0])
        DK_RETURN_IF_ERROR(create_upload(multipart, err));
    start_progress(multipart);
    unsigned threads = transfer->s3->config.threads;
    if (threads > multipart->count)
        threads = (unsigned)multipart->count;
    enum dk_status status = dk_team_run(threads, send_parts, multipart, err);
    if (status != DK_OK && atomic_load(&multipart->lost))
        *end = DK_PUT_LOST;
    if (status != DK_OK)
        return status;
    DK_RETURN_IF_ERROR(dk_transfer_unchanged(transfer, err));
    return dk_multipart_complete(multipart, end, err);
}

enum dk_status dk_multipart_put(struct dk_s3_transfer *transfer, bool fresh, enum dk_put_end *end,
                                char upload_id[DK_UPLOAD_ID_MAX], struct dk_error *err)
{
    struct dk_multipart multipart = {.transfer = transfer};
    struct dk_error reason = {0};
    *end = DK_PUT_FAILED;
    enum dk_status status = upload(&multipart, fresh, end, &reason);
    transfer->result->parts_sent += atomic_load(&multipart.sent);
    transfer->result->parts_reused += multipart.reused;
    memcpy(upload_id, multipart.upload_id, DK_UPLOAD_ID_MAX);
    bool is_over = *end == DK_PUT_FAILED || *end == DK_PUT_LOST;
    if (status != DK_OK && is_over && multipart.upload_id[0] &&
        (atomic_load(&multipart.hopeless) || status == DK_ERR_DATA))
        dk_multipart_abort(transfer, multipart.upload_id);
    free(multipart.parts);
    if (status != DK_OK && err)
        *err = reason;
    return status;
}
