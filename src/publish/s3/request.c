#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

void dk_base64(const unsigned char *data, size_t size, char *text)
{
    EVP_EncodeBlock((unsigned char *)text, data, (int)size);
}

/* --- the pieces ----------------------------------------------------------------------------- */

static void request_init(struct dk_s3_request *request, const char *what, const char *method,
                         const char *key)
{
    memset(request, 0, offsetof(struct dk_s3_request, arena));
    request->arena_used = 0;
    request->what = what;
    request->method = method;
    request->key = key;
    request->body.fd = -1;
    memcpy(request->payload_sha256, DK_SIGV4_EMPTY_SHA256, DK_HASH_HEX_MAX);
}

/* A text in the request's arena. */
static const char *arena_print(struct dk_s3_request *request, const char *fmt, ...) DK_PRINTF(2, 3);

static const char *arena_print(struct dk_s3_request *request, const char *fmt, ...)
{
    size_t room = sizeof(request->arena) - request->arena_used;
    char *text = request->arena + request->arena_used;
    va_list args;
    va_start(args, fmt);
    int size = vsnprintf(text, room, fmt, args);
    va_end(args);
    if (size < 0 || (size_t)size >= room) {
        request->overflow = true;
        return "";
    }
    request->arena_used += (size_t)size + 1;
    return text;
}

static void query_add(struct dk_s3_request *request, const char *name, const char *value)
{
    if (request->query_count == DK_REQUEST_QUERY_MAX) {
        request->overflow = true;
        return;
    }
    request->query[request->query_count++] = (struct dk_sigv4_pair){name, value};
}

static void header_add(struct dk_s3_request *request, const char *name, const char *value)
{
    if (request->header_count == DK_REQUEST_HEADERS_MAX) {
        request->overflow = true;
        return;
    }
    request->headers[request->header_count++] = (struct dk_sigv4_pair){name, value};
}

static void body_set(struct dk_s3_request *request, const struct dk_request_body *body)
{
    char text[DK_BASE64_SHA256_MAX];
    request->body = body->body;
    dk_hex_format(body->digest->sha256, DK_HASH_BYTES, request->payload_sha256);
    request->has_checksum = body->with_checksum;
    if (!body->with_checksum)
        return;
    dk_base64(body->digest->sha256, DK_HASH_BYTES, text);
    header_add(request, "x-amz-checksum-sha256", arena_print(request, "%s", text));
}

static void attributes_add(struct dk_s3_request *request,
                           const struct dk_object_attributes *attributes)
{
    header_add(request, "Content-Type",
               attributes->content_type ? attributes->content_type : "application/octet-stream");
    if (attributes->sse != DK_S3_SSE_NONE)
        header_add(request, "x-amz-server-side-encryption", dk_s3_sse_name(attributes->sse));
    if (attributes->sse == DK_S3_SSE_KMS && attributes->kms_key_id)
        header_add(request, "x-amz-server-side-encryption-aws-kms-key-id", attributes->kms_key_id);
    if (attributes->storage_class)
        header_add(request, "x-amz-storage-class", attributes->storage_class);
    for (size_t i = 0; i < attributes->metadata_count; i++)
        header_add(request, arena_print(request, "x-amz-meta-%s", attributes->metadata[i].name),
                   attributes->metadata[i].value);
    if (attributes->sha256)
        header_add(request, "x-amz-meta-sha256", attributes->sha256);
}

static void precondition_add(struct dk_s3_request *request, struct dk_precondition condition)
{
    if (condition.kind == DK_PRECONDITION_ABSENT)
        header_add(request, "If-None-Match", "*");
    else if (condition.kind == DK_PRECONDITION_MATCH)
        header_add(request, "If-Match", condition.etag);
}

/* --- objects -------------------------------------------------------------------------------- */

void dk_request_head(struct dk_s3_request *request, const char *key)
{
    request_init(request, "check", "HEAD", key);
}

void dk_request_list_object(struct dk_s3_request *request, const char *key)
{
    request_init(request, "find", "GET", NULL);
    request->about = key;
    request->has_document = true;
    query_add(request, "list-type", "2");
    query_add(request, "prefix", key);
    query_add(request, "max-keys", "1");
    query_add(request, "fetch-owner", "true");
}

void dk_request_list(struct dk_s3_request *request, const char *prefix, const char *token)
{
    request_init(request, "list", "GET", NULL);
    request->about = prefix;
    request->has_document = true;
    query_add(request, "list-type", "2");
    query_add(request, "prefix", prefix);
    if (token)
        query_add(request, "continuation-token", token);
}

void dk_request_delete(struct dk_s3_request *request, const char *key,
                       struct dk_precondition condition)
{
    request_init(request, "delete", "DELETE", key);
    precondition_add(request, condition);
}

void dk_request_put(struct dk_s3_request *request, const char *key,
                    const struct dk_request_body *body,
                    const struct dk_object_attributes *attributes, struct dk_precondition condition)
{
    request_init(request, "put", "PUT", key);
    attributes_add(request, attributes);
    precondition_add(request, condition);
    body_set(request, body);
}

/* --- multipart ------------------------------------------------------------------------------ */

void dk_request_create_upload(struct dk_s3_request *request, const char *key,
                              const struct dk_object_attributes *attributes, bool with_checksum)
{
    request_init(request, "begin the upload of", "POST", key);
    request->has_document = true;
    query_add(request, "uploads", "");
    attributes_add(request, attributes);
    request->has_checksum = with_checksum;
    if (with_checksum)
        header_add(request, "x-amz-checksum-algorithm", "SHA256");
}

void dk_request_upload_part(struct dk_s3_request *request, const char *key, const char *upload_id,
                            unsigned number, const struct dk_request_body *body)
{
    request_init(request, "upload a part of", "PUT", key);
    query_add(request, "partNumber", arena_print(request, "%u", number));
    query_add(request, "uploadId", upload_id);
    body_set(request, body);
}

void dk_request_list_parts(struct dk_s3_request *request, const char *key, const char *upload_id,
                           unsigned after_number)
{
    request_init(request, "list the parts of", "GET", key);
    request->has_document = true;
    query_add(request, "uploadId", upload_id);
    if (after_number > 0)
        query_add(request, "part-number-marker", arena_print(request, "%u", after_number));
}

void dk_request_list_uploads(struct dk_s3_request *request, const char *key, const char *key_marker,
                             const char *upload_id_marker)
{
    request_init(request, "list the unfinished uploads of", "GET", NULL);
    request->has_document = true;
    query_add(request, "uploads", "");
    query_add(request, "prefix", key);
    if (key_marker)
        query_add(request, "key-marker", key_marker);
    if (upload_id_marker)
        query_add(request, "upload-id-marker", upload_id_marker);
}

void dk_complete_body(struct dk_buffer *out, const struct dk_request_part *parts, size_t count)
{
    dk_buffer_put(out,
                  "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n");
    for (size_t i = 0; i < count; i++) {
        char checksum[DK_BASE64_SHA256_MAX];
        dk_buffer_putf(out, "<Part><PartNumber>%u</PartNumber><ETag>%s</ETag>", parts[i].number,
                       parts[i].etag);
        if (parts[i].sha256) {
            dk_base64(parts[i].sha256, DK_HASH_BYTES, checksum);
            dk_buffer_putf(out, "<ChecksumSHA256>%s</ChecksumSHA256>", checksum);
        }
        dk_buffer_put(out, "</Part>\n");
    }
    dk_buffer_put(out, "</CompleteMultipartUpload>\n");
}

void dk_request_complete(struct dk_s3_request *request, const char *key, const char *upload_id,
                         struct dk_precondition condition)
{
    request_init(request, "complete the upload of", "POST", key);
    request->has_document = true;
    query_add(request, "uploadId", upload_id);
    precondition_add(request, condition);
}

void dk_request_abort(struct dk_s3_request *request, const char *key, const char *upload_id)
{
    request_init(request, "abort an upload of", "DELETE", key);
    query_add(request, "uploadId", upload_id);
}

/* --- the bucket ----------------------------------------------------------------------------- */

void dk_request_create_bucket(struct dk_s3_request *request, struct dk_buffer *body,
                              const char *region)
{
    request_init(request, "create the bucket", "PUT", NULL);
    if (strcmp(region, "us-east-1") != 0)
        dk_buffer_putf(
            body,
            "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<LocationConstraint>%s</LocationConstraint></CreateBucketConfiguration>",
            region);
}

void dk_request_block_public(struct dk_s3_request *request, struct dk_buffer *body)
{
    request_init(request, "block public access to", "PUT", NULL);
    query_add(request, "publicAccessBlock", "");
    request->needs_md5 = true;
    dk_buffer_put(
        body,
        "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>"
        "<BlockPublicPolicy>true</BlockPublicPolicy>"
        "<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>");
}

void dk_request_encrypt_bucket(struct dk_s3_request *request, struct dk_buffer *body,
                               enum dk_s3_sse sse, const char *kms_key_id)
{
    bool is_kms = sse == DK_S3_SSE_KMS;
    request_init(request, "encrypt", "PUT", NULL);
    query_add(request, "encryption", "");
    request->needs_md5 = true;
    dk_buffer_putf(body,
                   "<ServerSideEncryptionConfiguration "
                   "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>"
                   "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>%s</SSEAlgorithm>",
                   is_kms ? "aws:kms" : "AES256");
    if (is_kms && kms_key_id)
        dk_buffer_putf(body, "<KMSMasterKeyID>%s</KMSMasterKeyID>", kms_key_id);
    dk_buffer_putf(
        body, "</ApplyServerSideEncryptionByDefault>%s</Rule></ServerSideEncryptionConfiguration>",
        is_kms ? "<BucketKeyEnabled>true</BucketKeyEnabled>" : "");
}

static enum dk_status md5_add(struct dk_s3_request *request, const struct dk_buffer *body,
                              struct dk_error *err)
{
    unsigned char md5[DK_MD5_BYTES];
    char text[4 * ((DK_MD5_BYTES + 2) / 3) + 1];
    if (!EVP_Digest(body->data, body->size, md5, NULL, EVP_md5(), NULL))
        return dk_error_set(err, DK_ERR_FAILED, "openssl can't compute an MD5");
    dk_base64(md5, sizeof(md5), text);
    header_add(request, "Content-MD5", arena_print(request, "%s", text));
    return DK_OK;
}

enum dk_status dk_request_document(struct dk_s3_request *request, struct dk_buffer *body,
                                   struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_buffer_finish(body, err));
    if (body->size == 0)
        return DK_OK;
    if (request->needs_md5)
        DK_RETURN_IF_ERROR(md5_add(request, body, err));
    header_add(request, "Content-Type", "application/xml");
    request->body = (struct dk_http_body){.data = body->data, .fd = -1, .size_bytes = body->size};
    return dk_hash_bytes(body->data, body->size, request->payload_sha256, err);
}
