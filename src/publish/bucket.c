/* The least that a bucket needs: it exists, nobody outside sees it, and it is encrypted. */
#include <string.h>

#include "s3.h"

#define BUCKET_BODY_MAX 8192

typedef enum dk_status (*bucket_builder)(const struct dk_s3 *s3, struct dk_s3_request *request,
                                         struct dk_buffer *body, struct dk_error *err);

static enum dk_status build_create(const struct dk_s3 *s3, struct dk_s3_request *request,
                                   struct dk_buffer *body, struct dk_error *err)
{
    return dk_request_create_bucket(request, body, s3->place.region, err);
}

static enum dk_status build_block(const struct dk_s3 *s3, struct dk_s3_request *request,
                                  struct dk_buffer *body, struct dk_error *err)
{
    (void)s3;
    return dk_request_block_public(request, body, err);
}

static enum dk_status build_encrypt(const struct dk_s3 *s3, struct dk_s3_request *request,
                                    struct dk_buffer *body, struct dk_error *err)
{
    return dk_request_encrypt_bucket(request, body, s3->sse,
                                     s3->kms_key_id[0] ? s3->kms_key_id : NULL, err);
}

static enum dk_status bucket_send(struct dk_s3 *s3, bucket_builder build, struct dk_s3_fault *fault,
                                  struct dk_error *err)
{
    struct dk_s3_request request;
    struct dk_buffer body;
    dk_buffer_init(&body, BUCKET_BODY_MAX);
    *fault = (struct dk_s3_fault){0};
    enum dk_status status = build(s3, &request, &body, err);
    if (status == DK_OK)
        status = dk_s3_exchange(s3, &s3->lanes[0], &request, fault, err);
    dk_buffer_reset(&body);
    return status;
}

static enum dk_status bucket_create(struct dk_s3 *s3, bool *created, struct dk_error *err)
{
    struct dk_s3_fault fault;
    enum dk_status status = bucket_send(s3, build_create, &fault, err);
    *created = status == DK_OK;
    if (status != DK_OK && strcmp(fault.code, "BucketAlreadyOwnedByYou") == 0) {
        dk_error_reset(err);
        return DK_OK;
    }
    return status;
}

/* A setting that the server may not know. */
static enum dk_status bucket_set(struct dk_s3 *s3, bucket_builder build, const char *what,
                                 bool *done, struct dk_error *err)
{
    struct dk_s3_fault fault;
    enum dk_status status = bucket_send(s3, build, &fault, err);
    *done = status == DK_OK;
    if (status == DK_OK)
        return DK_OK;
    /* Some servers call a setting that they do not know an invalid argument. */
    bool unknown = fault.status == 501 || fault.status == 405 ||
                   (fault.status == 400 && s3->endpoint_is_custom) ||
                   (fault.status == 404 && strcmp(fault.code, "NoSuchBucket") != 0);
    if (!unknown)
        return status;
    dk_error_reset(err);
    dk_observer_notice(s3->observer, DK_LEVEL_WARNING,
                       "the server at %s can't %s (%s); see to it there by other means",
                       s3->endpoint_text, what, fault.code);
    return DK_OK;
}

enum dk_status dk_s3_bucket_init(struct dk_s3 *s3, struct dk_s3_bucket *result,
                                 struct dk_error *err)
{
    *result = (struct dk_s3_bucket){0};
    enum dk_status status = bucket_create(s3, &result->created, err);
    if (status == DK_OK)
        status = bucket_set(s3, build_block, "block public access", &result->public_blocked, err);
    if (status == DK_OK)
        status = bucket_set(s3, build_encrypt, "encrypt a bucket", &result->encrypted, err);
    return status;
}
