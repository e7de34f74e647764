/* The objects below a prefix. */
#include <string.h>

#include "answer.h"
#include "exchange.h"

#define LIST_PAGES_MAX 1000 /* of at most 1,000 objects each */

/* A walk over whole keys. */
struct walk {
    const struct dk_s3_listing *listing;
    const char *prefix; /* whole */
    size_t prefix_size; /* of s3.url, which callers do not see */
};

static enum dk_status pass_entry(void *context, const char *key, const struct dk_s3_object *object,
                                 struct dk_error *err)
{
    const struct walk *walk = context;
    if (strncmp(key, walk->prefix, strlen(walk->prefix)) != 0)
        return DK_OK;
    return walk->listing->entry(walk->listing->context, key + walk->prefix_size, object, err);
}

enum dk_status dk_s3_list(struct dk_s3 *s3, struct dk_s3_listing *listing, struct dk_error *err)
{
    char whole[DK_KEY_MAX];
    char token[DK_LIST_TOKEN_MAX] = "";
    char next[DK_LIST_TOKEN_MAX] = "";
    struct dk_s3_request request;
    struct dk_s3_fault fault;
    listing->denied = false;
    DK_RETURN_IF_ERROR(dk_s3_key_make(&s3->config, listing->prefix, whole, err));
    struct walk walk = {listing, whole, strlen(whole) - strlen(listing->prefix)};
    const struct dk_s3_listing inner = {.entry = pass_entry, .context = &walk};
    for (int page = 0; page < LIST_PAGES_MAX; page++) {
        dk_request_list(&request, whole, page > 0 ? token : NULL);
        enum dk_status status = dk_s3_send(s3, &request, &fault, err);
        listing->denied = status != DK_OK && dk_fault_is_denied(&fault);
        if (listing->denied) {
            dk_error_reset(err);
            return DK_OK;
        }
        if (status != DK_OK)
            return status;
        DK_RETURN_IF_ERROR(dk_object_list_read(dk_s3_answer(s3), &inner, next, err));
        if (!next[0])
            return DK_OK;
        if (strcmp(next, token) == 0)
            break;
        memcpy(token, next, sizeof(token));
    }
    return dk_error_set(err, DK_ERR_REMOTE, "the list of 's3://%s/%s' never ends",
                        s3->config.bucket, whole);
}
