/* Deleting an object. */
#include <string.h>

#include "exchange.h"
#include "inspect.h"
#include "transfer.h"

#define REMOVE_ATTEMPTS_MAX 4

/* What to do with an object in this state. False: it is not to be deleted, and *end says why. */
static bool may_delete(struct dk_s3 *s3, const struct dk_s3_state *state,
                       struct dk_precondition *condition, enum dk_s3_removal_end *end)
{
    dk_condition_fit(s3, condition);
    *end = DK_S3_REMOVED;
    if (!state->unknown && !state->object.exists)
        return false;
    if (!state->unknown && !dk_etag_equal(state->object.etag, condition->etag))
        *end = DK_S3_CHANGED;
    else if (state->unknown && condition->kind == DK_PRECONDITION_NONE)
        *end = DK_S3_DENIED;
    return *end == DK_S3_REMOVED;
}

/* One attempt. DK_OK with *again: another one is due. */
static enum dk_status remove_once(struct dk_s3 *s3, const char *whole, const char *known_etag,
                                  struct dk_s3_removal *removal, bool *again, struct dk_error *err)
{
    struct dk_s3_state state;
    struct dk_s3_request request;
    struct dk_s3_fault fault;
    struct dk_error reason = {0};
    struct dk_precondition condition = {DK_PRECONDITION_MATCH, known_etag};
    bool is_retry = *again;
    *again = false;
    DK_RETURN_IF_ERROR(dk_s3_inspect(s3, whole, &state, err));
    if (!may_delete(s3, &state, &condition, &removal->end))
        return DK_OK;
    dk_request_delete(&request, whole, condition);
    if (dk_s3_send(s3, &request, &fault, &reason) == DK_OK || fault.status == 404)
        return DK_OK;
    *again = dk_fault_is_condition(&fault, condition);
    /* The object had the ETag that the condition names just before. If that happens twice, this
     * server implements If-Match in its own way, and inspecting must do. */
    if (*again && is_retry)
        atomic_store(&s3->without_condition, true);
    *again = *again || dk_transfer_omit_header(s3, &fault, false, condition);
    if (*again)
        return DK_OK;
    removal->end = DK_S3_DENIED;
    dk_text_format(removal->why, sizeof(removal->why), "%s", reason.message);
    if (dk_fault_is_denied(&fault))
        return DK_OK;
    if (err)
        *err = reason;
    return reason.status;
}

enum dk_status dk_s3_remove(struct dk_s3 *s3, const char *key, const char *known_etag,
                            struct dk_s3_removal *removal, struct dk_error *err)
{
    char whole[DK_KEY_MAX];
    bool again = false;
    dk_text_format(removal->why, sizeof(removal->why),
                   "these credentials may not check whether it was changed");
    DK_RETURN_IF_ERROR(dk_s3_key_make(&s3->config, key, whole, err));
    for (int attempt = 0; attempt < REMOVE_ATTEMPTS_MAX; attempt++) {
        DK_RETURN_IF_ERROR(remove_once(s3, whole, known_etag, removal, &again, err));
        if (!again)
            return DK_OK;
    }
    removal->end = DK_S3_CHANGED;
    return DK_OK;
}
