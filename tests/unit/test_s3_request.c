/* S3's requests, offline: methods, queries, headers, bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "publish/s3/request.h"

/* "PUT k?a=b\nname: value\n..." */
static const char *shown(const struct dk_s3_request *request)
{
    static char text[8192];
    int at = snprintf(text, sizeof(text), "%s %s", request->method,
                      request->key ? request->key : "(bucket)");
    for (size_t i = 0; i < request->query_count; i++)
        at += snprintf(text + at, sizeof(text) - (size_t)at, "%c%s=%s", i ? '&' : '?',
                       request->query[i].name, request->query[i].value);
    for (size_t i = 0; i < request->header_count; i++)
        at += snprintf(text + at, sizeof(text) - (size_t)at, "\n%s: %s", request->headers[i].name,
                       request->headers[i].value);
    return text;
}

/* SHA-256("abc"), FIPS 180-4; its base64. */
static const struct dk_digest abc = {.sha256 = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                                0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                                0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                                0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad}};
#define ABC_HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_BASE64 "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="

static void a_put_carries_all(void **state)
{
    (void)state;
    const struct dk_s3_metadata metadata[] = {{"run", "r1"}, {"rows", "2205"}};
    struct dk_object_attributes attributes = {.content_type = "text/csv",
                                              .sse = DK_S3_SSE_KMS,
                                              .kms_key_id = "alias/x",
                                              .storage_class = "STANDARD_IA",
                                              .metadata = metadata,
                                              .metadata_count = 2,
                                              .sha256 = ABC_HEX};
    struct dk_http_body body = {.data = "abc", .fd = -1, .size_bytes = 3};
    struct dk_s3_request request;
    dk_request_put(&request, "k", &(struct dk_request_body){body, &abc, true}, &attributes,
                   (struct dk_precondition){DK_PRECONDITION_MATCH, "\"e\""});
    assert_string_equal(shown(&request), "PUT k\nContent-Type: text/csv\n"
                                         "x-amz-server-side-encryption: aws:kms\n"
                                         "x-amz-server-side-encryption-aws-kms-key-id: alias/x\n"
                                         "x-amz-storage-class: STANDARD_IA\nx-amz-meta-run: r1\n"
                                         "x-amz-meta-rows: 2205\nx-amz-meta-sha256: " ABC_HEX "\n"
                                         "If-Match: \"e\"\nx-amz-checksum-sha256: " ABC_BASE64);
    assert_string_equal(request.payload_sha256, ABC_HEX);
    assert_false(request.overflow);
    attributes = (struct dk_object_attributes){0};
    dk_request_put(&request, "k", &(struct dk_request_body){body, &abc, false}, &attributes,
                   (struct dk_precondition){DK_PRECONDITION_ABSENT, NULL});
    assert_string_equal(shown(&request),
                        "PUT k\nContent-Type: application/octet-stream\nIf-None-Match: *");
}

static void multipart_requests_are_those_of_the_reference(void **state)
{
    (void)state;
    struct dk_s3_request request;
    struct dk_object_attributes attributes = {.sse = DK_S3_SSE_AES256};
    struct dk_http_body body = {.data = "abc", .fd = -1, .size_bytes = 3};
    dk_request_create_upload(&request, "k", &attributes, true);
    assert_string_equal(shown(&request),
                        "POST k?uploads=\nContent-Type: application/octet-stream\n"
                        "x-amz-server-side-encryption: AES256\nx-amz-checksum-algorithm: SHA256");
    dk_request_upload_part(&request, "k", "id", 10000, &(struct dk_request_body){body, &abc, true});
    assert_string_equal(shown(&request),
                        "PUT k?partNumber=10000&uploadId=id\nx-amz-checksum-sha256: " ABC_BASE64);
    dk_request_list_parts(&request, "k", "id", 0);
    assert_string_equal(shown(&request), "GET k?uploadId=id");
    dk_request_list_parts(&request, "k", "id", 1000);
    assert_string_equal(shown(&request), "GET k?uploadId=id&part-number-marker=1000");
    dk_request_list_uploads(&request, "k", NULL, NULL);
    assert_string_equal(shown(&request), "GET (bucket)?uploads=&prefix=k");
    dk_request_list_uploads(&request, "k", "k", "id");
    assert_string_equal(shown(&request),
                        "GET (bucket)?uploads=&prefix=k&key-marker=k&upload-id-marker=id");
    dk_request_abort(&request, "k", "id");
    assert_string_equal(shown(&request), "DELETE k?uploadId=id");
    dk_request_head(&request, "k");
    assert_string_equal(shown(&request), "HEAD k");
    dk_request_list_object(&request, "k");
    assert_string_equal(shown(&request),
                        "GET (bucket)?list-type=2&prefix=k&max-keys=1&fetch-owner=true");
    dk_request_list(&request, "pre/cohort=", NULL);
    assert_string_equal(shown(&request), "GET (bucket)?list-type=2&prefix=pre/cohort=");
    dk_request_list(&request, "pre/cohort=", "1+a/b=");
    assert_string_equal(shown(&request),
                        "GET (bucket)?list-type=2&prefix=pre/cohort=&continuation-token=1+a/b=");
    dk_request_delete(&request, "k", (struct dk_precondition){DK_PRECONDITION_MATCH, "\"e\""});
    assert_string_equal(shown(&request), "DELETE k\nIf-Match: \"e\"");
    dk_request_delete(&request, "k", (struct dk_precondition){0});
    assert_string_equal(shown(&request), "DELETE k");
}

static void complete_names_every_part(void **state)
{
    (void)state;
    const struct dk_request_part parts[] = {{1, "\"a\"", NULL}, {2, "\"b\"", abc.sha256}};
    struct dk_buffer body;
    struct dk_s3_request request;
    dk_buffer_init(&body, 4096);
    dk_complete_body(&body, parts, 2);
    assert_int_equal(dk_buffer_finish(&body, NULL), DK_OK);
    assert_string_equal(
        body.data, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
                   "<Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag></Part>\n"
                   "<Part><PartNumber>2</PartNumber><ETag>\"b\"</ETag><ChecksumSHA256>" ABC_BASE64
                   "</ChecksumSHA256></Part>\n</CompleteMultipartUpload>\n");
    dk_request_complete(&request, "k", "id",
                        (struct dk_precondition){DK_PRECONDITION_ABSENT, NULL});
    assert_int_equal(dk_request_document(&request, &body, NULL), DK_OK);
    assert_string_equal(shown(&request),
                        "POST k?uploadId=id\nIf-None-Match: *\nContent-Type: application/xml");
    assert_int_equal(request.body.size_bytes, body.size);
    dk_buffer_reset(&body);
}

static void buckets_are_made_private_and_encrypted(void **state)
{
    (void)state;
    struct dk_buffer body;
    struct dk_s3_request request;
    dk_buffer_init(&body, 4096);
    dk_request_create_bucket(&request, &body, "us-east-1");
    assert_int_equal(dk_request_document(&request, &body, NULL), DK_OK);
    assert_int_equal(body.size, 0);
    assert_string_equal(request.payload_sha256, DK_SIGV4_EMPTY_SHA256);
    dk_request_create_bucket(&request, &body, "eu-west-1");
    assert_int_equal(dk_request_document(&request, &body, NULL), DK_OK);
    assert_non_null(strstr(body.data, "<LocationConstraint>eu-west-1</LocationConstraint>"));
    body.size = 0;
    dk_request_block_public(&request, &body);
    assert_int_equal(dk_request_document(&request, &body, NULL), DK_OK);
    assert_non_null(strstr(body.data, "<BlockPublicAcls>true<"));
    assert_non_null(strstr(body.data, "<IgnorePublicAcls>true<"));
    assert_non_null(strstr(body.data, "<BlockPublicPolicy>true<"));
    assert_non_null(strstr(body.data, "<RestrictPublicBuckets>true<"));
    assert_non_null(strstr(shown(&request), "PUT (bucket)?publicAccessBlock=\nContent-MD5: "));
    body.size = 0;
    dk_request_encrypt_bucket(&request, &body, DK_S3_SSE_NONE, NULL);
    assert_int_equal(dk_request_document(&request, &body, NULL), DK_OK);
    assert_non_null(strstr(body.data, "<SSEAlgorithm>AES256</SSEAlgorithm>"));
    assert_null(strstr(body.data, "KMSMasterKeyID"));
    body.size = 0;
    dk_request_encrypt_bucket(&request, &body, DK_S3_SSE_KMS, "alias/x");
    assert_int_equal(dk_request_document(&request, &body, NULL), DK_OK);
    assert_non_null(
        strstr(body.data, "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>alias/x<"));
    dk_buffer_reset(&body);
}

static void too_much_metadata_overflows(void **state)
{
    (void)state;
    char value[513];
    struct dk_s3_metadata metadata[DK_S3_METADATA_MAX * 3];
    struct dk_object_attributes attributes = {.metadata = metadata,
                                              .metadata_count = DK_S3_METADATA_MAX * 3};
    struct dk_s3_request request;
    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    for (size_t i = 0; i < DK_S3_METADATA_MAX * 3; i++)
        metadata[i] = (struct dk_s3_metadata){"n", value};
    dk_request_create_upload(&request, "k", &attributes, false);
    assert_true(request.overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_put_carries_all),
        cmocka_unit_test(multipart_requests_are_those_of_the_reference),
        cmocka_unit_test(complete_names_every_part),
        cmocka_unit_test(buckets_are_made_private_and_encrypted),
        cmocka_unit_test(too_much_metadata_overflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
