#include "inspect.h"

#include <string.h>

#include "answer.h"
#include "exchange.h"

static bool is_access_denied(const struct dk_s3_fault *fault)
{
    return fault->status == 403 && strcmp(fault->code, "AccessDenied") == 0;
}

/* The object of one key in a list. */
struct wanted {
    const char *key;
    struct dk_s3_object *object;
};

static enum dk_status take_wanted(void *context, const char *key, const struct dk_s3_object *object,
                                  struct dk_error *err)
{
    const struct wanted *wanted = context;
    (void)err;
    if (strcmp(key, wanted->key) == 0)
        *wanted->object = *object;
    return DK_OK;
}

static enum dk_status inspect_by_list(struct dk_s3 *s3, const char *whole_key,
                                      struct dk_s3_object *object, struct dk_s3_fault *fault,
                                      struct dk_error *err)
{
    struct dk_s3_request request;
    char token[DK_LIST_TOKEN_MAX];
    struct wanted wanted = {whole_key, object};
    const struct dk_s3_listing listing = {.entry = take_wanted, .context = &wanted};
    dk_request_list_object(&request, whole_key);
    DK_RETURN_IF_ERROR(dk_s3_send(s3, &request, fault, err));
    return dk_object_list_read(dk_s3_answer(s3), &listing, token, err);
}

/* After a refused HEAD, whose answer has no body: the list also has the server's words for it, such
 * as an expired session, a wrong key, a clock that is off. */
static enum dk_status inspect_instead(struct dk_s3 *s3, const char *whole_key, bool head_denied,
                                      struct dk_s3_state *state, struct dk_error *err)
{
    struct dk_s3_fault fault;
    enum dk_status status = inspect_by_list(s3, whole_key, &state->object, &fault, err);
    if (status == DK_OK && head_denied)
        atomic_store(&s3->without_head, true);
    if (status != DK_ERR_REMOTE || !head_denied || !is_access_denied(&fault))
        return status;
    dk_error_reset(err);
    state->unknown = true;
    return DK_OK;
}

enum dk_status dk_s3_inspect(struct dk_s3 *s3, const char *whole_key, struct dk_s3_state *state,
                             struct dk_error *err)
{
    struct dk_s3_request request;
    struct dk_s3_fault fault;
    *state = (struct dk_s3_state){0};
    if (atomic_load(&s3->without_head))
        return inspect_instead(s3, whole_key, true, state, err);
    dk_request_head(&request, whole_key);
    enum dk_status status = dk_s3_send(s3, &request, &fault, err);
    if (status == DK_OK) {
        dk_object_headers_read(&state->object, dk_s3_answer(s3));
        state->object.exists = true;
        return DK_OK;
    }
    if (fault.status == 404) {
        dk_error_reset(err);
        return DK_OK;
    }
    if (fault.status == 400 || fault.status == 403)
        return inspect_instead(s3, whole_key, is_access_denied(&fault), state, err);
    return status;
}

enum dk_status dk_s3_inspect_owner(struct dk_s3 *s3, const char *whole_key,
                                   struct dk_s3_state *state, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_s3_inspect(s3, whole_key, state, err));
    struct dk_s3_object listed = {0};
    struct dk_s3_fault fault;
    /* Only for a better message: a refusal changes nothing. */
    if (state->object.exists && !state->object.owner[0] &&
        inspect_by_list(s3, whole_key, &listed, &fault, NULL) == DK_OK)
        memcpy(state->object.owner, listed.owner, sizeof(listed.owner));
    return DK_OK;
}

enum dk_status dk_s3_head(struct dk_s3 *s3, const char *key, struct dk_s3_object *result,
                          struct dk_error *err)
{
    char whole[DK_KEY_MAX];
    struct dk_s3_state state;
    *result = (struct dk_s3_object){0};
    DK_RETURN_IF_ERROR(dk_s3_key_make(&s3->config, key, whole, err));
    DK_RETURN_IF_ERROR(dk_s3_inspect(s3, whole, &state, err));
    *result = state.object;
    if (!state.unknown)
        return DK_OK;
    char place[DK_S3_TEXT_MAX];
    dk_s3_place_text(&s3->config, whole, place);
    dk_error_set(err, DK_ERR_REMOTE, "these credentials may neither read '%s' nor list the bucket",
                 place);
    dk_error_hint(err, "give them s3:ListBucket, as docs/s3.md says");
    return DK_ERR_REMOTE;
}
