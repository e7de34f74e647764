/* What is below a key, and taking an object away. */
#include <string.h>

#include "job.h"

#define LIST_PAGES_MAX 10000
#define REMOVE_TRIES_MAX 4

/* --- the list ------------------------------------------------------------------------------- */

/* Whether a fault says that these credentials, or this server, can't do it at all. */
static bool is_unable(const struct dk_s3_fault *fault)
{
    return (fault->status == 403 && strcmp(fault->code, "AccessDenied") == 0) ||
           fault->status == 405 || fault->status == 501;
}

/* Hands entries on without the prefix of s3.url. */
struct listing {
    size_t prefix_size;
    const char *prefix; /* whole: what was asked for */
    dk_s3_entry_fn entry;
    void *context;
};

static enum dk_status pass_entry(void *context, const char *key, const struct dk_s3_object *object,
                                 struct dk_error *err)
{
    const struct listing *listing = context;
    if (strncmp(key, listing->prefix, strlen(listing->prefix)) != 0)
        return DK_OK;
    return listing->entry(listing->context, key + listing->prefix_size, object, err);
}

enum dk_status dk_s3_list(struct dk_s3 *s3, const char *prefix, dk_s3_entry_fn entry, void *context,
                          bool *denied, struct dk_error *err)
{
    char whole[DK_KEY_MAX];
    char token[DK_LIST_TOKEN_MAX] = "";
    char next[DK_LIST_TOKEN_MAX] = "";
    struct dk_s3_request request;
    struct dk_s3_fault fault = {0};
    *denied = false;
    enum dk_status status = dk_s3_key_make(s3, prefix, whole, err);
    if (status != DK_OK)
        return status;
    struct listing listing = {.prefix_size = strlen(whole) - strlen(prefix),
                              .prefix = whole,
                              .entry = entry,
                              .context = context};
    for (int page = 0; page < LIST_PAGES_MAX; page++) {
        dk_request_list(&request, whole, page > 0 ? token : NULL);
        status = dk_s3_exchange(s3, &s3->lanes[0], &request, &fault, err);
        *denied = status != DK_OK && is_unable(&fault);
        if (*denied)
            dk_error_reset(err);
        if (status != DK_OK)
            return *denied ? DK_OK : status;
        status = dk_object_list_read(&s3->lanes[0].answer, pass_entry, &listing, next, err);
        if (status != DK_OK || !next[0])
            return status;
        if (strcmp(next, token) == 0)
            break;
        memcpy(token, next, sizeof(token));
    }
    return dk_error_set(err, DK_ERR_REMOTE, "the list of 's3://%s/%s' has no end", s3->bucket,
                        whole);
}

/* --- taking away ---------------------------------------------------------------------------- */

/* What a look says before the object is deleted. False: there is nothing to delete. */
static bool may_delete(struct dk_s3 *s3, const struct dk_s3_look *look, const char *known_etag,
                       struct dk_precondition *condition, enum dk_s3_removal *removal)
{
    *condition = (struct dk_precondition){.kind = DK_PRECONDITION_MATCH, .etag = known_etag};
    dk_s3_condition_fit(s3, condition);
    *removal = DK_S3_REMOVED;
    if (!look->unknown && !look->object.exists)
        return false;
    if (!look->unknown && !dk_etag_equal(look->object.etag, known_etag))
        *removal = DK_S3_CHANGED;
    else if (look->unknown && condition->kind == DK_PRECONDITION_NONE)
        *removal = DK_S3_DENIED;
    return *removal == DK_S3_REMOVED;
}

enum dk_status dk_s3_remove(struct dk_s3 *s3, const char *key, const char *known_etag,
                            enum dk_s3_removal *removal, char why[DK_S3_TEXT_MAX],
                            struct dk_error *err)
{
    char whole[DK_KEY_MAX];
    struct dk_s3_look look;
    struct dk_s3_request request;
    struct dk_s3_fault fault = {0};
    struct dk_precondition condition;
    dk_text_format(why, DK_S3_TEXT_MAX, "these credentials may not look whether it was changed");
    enum dk_status status = dk_s3_key_make(s3, key, whole, err);
    for (int tries = 0; status == DK_OK && tries < REMOVE_TRIES_MAX; tries++) {
        struct dk_error reason = {0};
        status = dk_s3_look(s3, &s3->lanes[0], whole, false, &look, err);
        if (status != DK_OK || !may_delete(s3, &look, known_etag, &condition, removal))
            return status;
        dk_request_delete(&request, whole, condition);
        if (dk_s3_exchange(s3, &s3->lanes[0], &request, &fault, &reason) == DK_OK ||
            fault.status == 404)
            return DK_OK;
        if (dk_fault_is_condition(&fault, condition)) {
            /* It was what the condition asks for a moment ago. If it still is, the server reads
             * If-Match in a way of its own, and the look must do. */
            if (tries > 0)
                atomic_store(&s3->without_condition, true);
            continue;
        }
        if (dk_s3_drop_header(s3, &fault, false, condition))
            continue;
        dk_text_format(why, DK_S3_TEXT_MAX, "%s", reason.message);
        *removal = DK_S3_DENIED;
        if (!is_unable(&fault) && err)
            *err = reason;
        return is_unable(&fault) ? DK_OK : reason.status;
    }
    *removal = DK_S3_CHANGED;
    return status;
}
