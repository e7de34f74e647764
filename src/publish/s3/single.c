/* An object that is sent in one piece: one PUT, and whether it worked. */
#include <string.h>

#include "answer.h"
#include "exchange.h"
#include "inspect.h"
#include "transfer.h"

static enum dk_status confirm(struct dk_s3_transfer *transfer, const struct dk_digest *digest,
                              struct dk_error *err)
{
    struct dk_s3_object *result = transfer->result;
    struct dk_s3_object headers = {0};
    enum dk_etag_verdict verdict = dk_transfer_judge(dk_s3_answer(transfer->s3), digest);
    dk_object_headers_read(&headers, dk_s3_answer(transfer->s3));
    memcpy(result->etag, headers.etag, sizeof(result->etag));
    memcpy(result->version_id, headers.version_id, sizeof(result->version_id));
    if (verdict == DK_ETAG_UNKNOWN) {
        struct dk_s3_state state;
        DK_RETURN_IF_ERROR(dk_s3_inspect(transfer->s3, transfer->key, &state, err));
        if (state.unknown ||
            (state.object.exists && state.object.size_bytes == transfer->body.size_bytes))
            verdict = DK_ETAG_SAME;
        if (!result->etag[0])
            memcpy(result->etag, state.object.etag, sizeof(result->etag));
    }
    return verdict == DK_ETAG_SAME ? DK_OK : dk_transfer_other_bytes(transfer, err);
}

static enum dk_status digest_body(const struct dk_s3_transfer *transfer, struct dk_digest *digest,
                                  struct dk_error *err)
{
    char hex[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(dk_digest_body(&transfer->body, DK_DIGEST_BOTH, digest, err));
    dk_hex_format(digest->sha256, DK_HASH_BYTES, hex);
    return strcmp(hex, transfer->sha256) == 0 ? DK_OK
                                              : dk_transfer_changed(hex, transfer->sha256, err);
}

enum dk_status dk_single_put(struct dk_s3_transfer *transfer, enum dk_put_end *end,
                             struct dk_error *err)
{
    struct dk_s3 *s3 = transfer->s3;
    struct dk_digest digest;
    *end = DK_PUT_FAILED;
    DK_RETURN_IF_ERROR(digest_body(transfer, &digest, err));
    for (;;) {
        struct dk_s3_request request;
        struct dk_s3_fault fault;
        struct dk_error reason = {0};
        const struct dk_request_body body = {transfer->body, &digest,
                                             !atomic_load(&s3->without_checksum)};
        dk_condition_fit(s3, &transfer->condition);
        atomic_store(&transfer->done_bytes, 0);
        dk_request_put(&request, transfer->key, &body, &transfer->attributes, transfer->condition);
        request.sent = dk_transfer_sent;
        request.context = transfer;
        if (dk_s3_send(s3, &request, &fault, &reason) == DK_OK) {
            *end = DK_PUT_DONE;
            return confirm(transfer, &digest, err);
        }
        bool is_condition = dk_fault_is_condition(&fault, transfer->condition);
        if (!is_condition &&
            dk_transfer_omit_header(s3, &fault, body.with_checksum, transfer->condition))
            continue;
        *end = is_condition ? DK_PUT_CONDITION : DK_PUT_FAILED;
        if (err)
            *err = reason;
        return reason.status;
    }
}
