/* Looking at an object. */
#include "s3.h"

#include <stdio.h>
#include <string.h>

static bool is_denied(const struct dk_s3_fault *fault)
{
    return fault->status == 403 && strcmp(fault->code, "AccessDenied") == 0;
}

static enum dk_status look_by_list(struct dk_s3 *s3, struct dk_s3_lane *lane, const char *whole_key,
                                   struct dk_s3_object *object, char *owner, size_t owner_size,
                                   struct dk_s3_fault *fault, struct dk_error *err)
{
    struct dk_s3_request request;
    dk_request_list_object(&request, whole_key);
    enum dk_status status = dk_s3_exchange(s3, lane, &request, fault, err);
    if (status != DK_OK)
        return status;
    return dk_object_entry_read(object, owner, owner_size, whole_key, &lane->answer, err);
}

/* What HEAD could not say. A refusal there has no body, so that the list also finds the words for
 * it: an expired session, a wrong key, a clock that is off. */
static enum dk_status look_instead(struct dk_s3 *s3, struct dk_s3_lane *lane, const char *whole_key,
                                   bool head_denied, struct dk_s3_look *look, struct dk_error *err)
{
    struct dk_s3_fault fault;
    enum dk_status status = look_by_list(s3, lane, whole_key, &look->object, look->owner,
                                         sizeof(look->owner), &fault, err);
    if (status == DK_OK) {
        if (head_denied)
            atomic_store(&s3->without_head, true);
        return DK_OK;
    }
    if (status != DK_ERR_REMOTE || !head_denied || !is_denied(&fault))
        return status;
    dk_error_reset(err);
    look->unknown = true;
    return DK_OK;
}

static enum dk_status look_by_head(struct dk_s3 *s3, struct dk_s3_lane *lane, const char *whole_key,
                                   struct dk_s3_look *look, struct dk_error *err)
{
    struct dk_s3_request request;
    struct dk_s3_fault fault;
    dk_request_head(&request, whole_key);
    enum dk_status status = dk_s3_exchange(s3, lane, &request, &fault, err);
    if (status == DK_OK) {
        dk_object_headers_read(&look->object, &lane->answer);
        look->object.exists = true;
        return DK_OK;
    }
    if (fault.status == 404) {
        dk_error_reset(err);
        return DK_OK;
    }
    if (fault.status == 400 || fault.status == 403)
        return look_instead(s3, lane, whole_key, is_denied(&fault), look, err);
    return status;
}

enum dk_status dk_s3_look(struct dk_s3 *s3, struct dk_s3_lane *lane, const char *whole_key,
                          bool with_owner, struct dk_s3_look *look, struct dk_error *err)
{
    *look = (struct dk_s3_look){0};
    if (atomic_load(&s3->without_head))
        return look_instead(s3, lane, whole_key, true, look, err);
    enum dk_status status = look_by_head(s3, lane, whole_key, look, err);
    if (status == DK_OK && with_owner && look->object.exists && !look->owner[0]) {
        struct dk_s3_object entry;
        struct dk_s3_fault fault;
        /* Only for a better message: a refusal changes nothing. */
        if (look_by_list(s3, lane, whole_key, &entry, look->owner, sizeof(look->owner), &fault,
                         NULL) != DK_OK)
            look->owner[0] = '\0';
    }
    return status;
}

enum dk_status dk_s3_head(struct dk_s3 *s3, const char *key, struct dk_s3_object *result,
                          struct dk_error *err)
{
    char whole[DK_KEY_MAX];
    struct dk_s3_look look;
    *result = (struct dk_s3_object){0};
    enum dk_status status = dk_s3_key_make(s3, key, whole, err);
    if (status == DK_OK)
        status = dk_s3_look(s3, &s3->lanes[0], whole, false, &look, err);
    if (status == DK_OK && look.unknown) {
        char place[DK_S3_TEXT_MAX];
        dk_s3_place_text(s3, whole, place);
        dk_error_set(err, DK_ERR_REMOTE,
                     "these credentials may neither look at '%s' nor list the bucket", place);
        dk_error_hint(err, "give them s3:ListBucket, as docs/s3.md says");
        return DK_ERR_REMOTE;
    }
    if (status == DK_OK)
        *result = look.object;
    return status;
}
