/* The minimum for a bucket: it exists, nobody outside sees it, and it is encrypted. */
#include <string.h>

#include "exchange.h"

#define BUCKET_BODY_MAX 8192

typedef void (*build_fn)(const struct dk_s3 *s3, struct dk_s3_request *request,
                         struct dk_buffer *body);

static void build_create(const struct dk_s3 *s3, struct dk_s3_request *request,
                         struct dk_buffer *body)
{
    dk_request_create_bucket(request, body, s3->config.target.region);
}

static void build_block(const struct dk_s3 *s3, struct dk_s3_request *request,
                        struct dk_buffer *body)
{
    (void)s3;
    dk_request_block_public(request, body);
}

static void build_encrypt(const struct dk_s3 *s3, struct dk_s3_request *request,
                          struct dk_buffer *body)
{
    const char *key_id = s3->config.kms_key_id;
    dk_request_encrypt_bucket(request, body, s3->config.sse, key_id[0] ? key_id : NULL);
}

static enum dk_status send_document(struct dk_s3 *s3, build_fn build, struct dk_s3_fault *fault,
                                    struct dk_error *err)
{
    struct dk_s3_request request;
    struct dk_buffer body;
    dk_buffer_init(&body, BUCKET_BODY_MAX);
    *fault = (struct dk_s3_fault){0};
    build(s3, &request, &body);
    enum dk_status status = dk_request_document(&request, &body, err);
    if (status == DK_OK)
        status = dk_s3_send(s3, &request, fault, err);
    dk_buffer_reset(&body);
    return status;
}

static enum dk_status create(struct dk_s3 *s3, bool *created, struct dk_error *err)
{
    struct dk_s3_fault fault;
    enum dk_status status = send_document(s3, build_create, &fault, err);
    *created = status == DK_OK;
    if (status == DK_OK || strcmp(fault.code, "BucketAlreadyOwnedByYou") != 0)
        return status;
    dk_error_reset(err);
    return DK_OK;
}

/* A setting that the server may not support. */
static enum dk_status set(struct dk_s3 *s3, build_fn build, const char *what, bool *done,
                          struct dk_error *err)
{
    struct dk_s3_fault fault;
    enum dk_status status = send_document(s3, build, &fault, err);
    *done = status == DK_OK;
    /* To some servers, a setting that they do not know is an invalid argument. */
    bool unsupported = fault.status == 501 || fault.status == 405 ||
                       (fault.status == 400 && s3->config.endpoint_is_custom) ||
                       (fault.status == 404 && strcmp(fault.code, "NoSuchBucket") != 0);
    if (status == DK_OK || !unsupported)
        return status;
    dk_error_reset(err);
    dk_observer_notice(s3->observer, DK_LEVEL_WARNING,
                       "the server at %s can't %s (%s); do it there by other means",
                       s3->endpoint_text, what, fault.code);
    return DK_OK;
}

enum dk_status dk_s3_bucket_init(struct dk_s3 *s3, struct dk_s3_bucket *result,
                                 struct dk_error *err)
{
    *result = (struct dk_s3_bucket){0};
    DK_RETURN_IF_ERROR(create(s3, &result->created, err));
    DK_RETURN_IF_ERROR(set(s3, build_block, "block public access", &result->public_blocked, err));
    return set(s3, build_encrypt, "encrypt a bucket", &result->encrypted, err);
}
