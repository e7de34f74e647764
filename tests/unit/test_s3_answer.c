/* S3's answers: faults quoted from the server, hints, lists, ETags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "publish/s3/digest.h"
#include "publish/s3/fault.h"
#include "publish/s3/multipart.h"

/* An answer as received: headers as "name\0value\0". */
static void answer_make(struct dk_http_answer *answer, long status, const char *header,
                        const char *value, const char *body)
{
    dk_http_answer_init(answer);
    answer->status = status;
    if (header) {
        assert_int_equal(dk_buffer_append(&answer->headers, header, strlen(header) + 1, NULL),
                         DK_OK);
        assert_int_equal(dk_buffer_append(&answer->headers, value, strlen(value) + 1, NULL), DK_OK);
    }
    assert_int_equal(dk_buffer_append(&answer->body, body, strlen(body), NULL), DK_OK);
    assert_int_equal(dk_buffer_terminate(&answer->body, NULL), DK_OK);
}

static void faults_are_read_and_judged(void **state)
{
    (void)state;
    static const struct {
        long status;
        const char *header, *value, *body;
        const char *code, *message, *region;
        enum dk_retry retry;
    } cases[] = {
        {503, NULL, NULL, "<Error><Code>SlowDown</Code><Message>Reduce\nit</Message></Error>",
         "SlowDown", "Reduce it", "", DK_RETRY_LATER},
        {200, NULL, NULL, "<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code></Error>",
         "InternalError", "", "", DK_RETRY_LATER},
        {403, NULL, NULL, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>",
         "AccessDenied", "no", "", DK_RETRY_NEVER},
        {403, NULL, NULL, "<Error><Code>RequestTimeTooSkewed</Code></Error>",
         "RequestTimeTooSkewed", "", "", DK_RETRY_CLOCK},
        {400, NULL, NULL, "<Error><Code>ExpiredToken</Code></Error>", "ExpiredToken", "", "",
         DK_RETRY_KEYS},
        {400, NULL, NULL,
         "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>",
         "AuthorizationHeaderMalformed", "", "eu-west-1", DK_RETRY_REGION},
        {400, "x-amz-bucket-region", "eu-west-2", "", "BadRequest", "", "eu-west-2",
         DK_RETRY_REGION},
        {400, NULL, NULL, "", "BadRequest", "", "", DK_RETRY_NEVER},
        {301, "x-amz-bucket-region", "eu-west-2", "<Error><Code>PermanentRedirect</Code></Error>",
         "PermanentRedirect", "", "eu-west-2", DK_RETRY_REGION},
        {307, NULL, NULL, "", "TemporaryRedirect", "", "", DK_RETRY_LOCATION},
        {404, NULL, NULL, "", "NotFound", "", "", DK_RETRY_NEVER},
        {500, NULL, NULL, "<html>oops", "InternalError", "", "", DK_RETRY_LATER},
        {502, NULL, NULL, "", "HTTP status 502", "", "", DK_RETRY_LATER},
        {409, NULL, NULL, "<Error><Code>OperationAborted</Code></Error>", "OperationAborted", "",
         "", DK_RETRY_LATER},
        {412, NULL, NULL, "<Error><Code>PreconditionFailed</Code></Error>", "PreconditionFailed",
         "", "", DK_RETRY_NEVER},
        {400, NULL, NULL, "<Error><Region>evil\ncom</Region><Code>X</Code></Error>", "X", "", "",
         DK_RETRY_NEVER},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_http_answer answer;
        struct dk_s3_fault fault;
        answer_make(&answer, cases[i].status, cases[i].header, cases[i].value, cases[i].body);
        dk_fault_read(&fault, &answer);
        assert_string_equal(fault.code, cases[i].code);
        assert_string_equal(fault.message, cases[i].message);
        assert_string_equal(fault.region, cases[i].region);
        assert_int_equal(dk_retry_judge(&fault), cases[i].retry);
        dk_http_answer_reset(&answer);
    }
}

static void hints_say_what_to_do(void **state)
{
    (void)state;
    static const struct {
        long status;
        const char *code, *want;
    } cases[] = {{403, "AccessDenied", "docs/s3.md"},
                 {403, "SomethingNew", "docs/s3.md"},
                 {404, "NoSuchBucket", "init --bucket"},
                 {400, "KMS.InvalidStateException", "kms_key_id"},
                 {503, "ServiceUnavailable", "run again"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_s3_fault fault = {.status = cases[i].status};
        snprintf(fault.code, sizeof(fault.code), "%s", cases[i].code);
        assert_non_null(strstr(dk_fault_hint(&fault), cases[i].want));
    }
}

static void uploads_of_one_key_are_listed(void **state)
{
    (void)state;
    struct dk_http_answer answer;
    struct dk_upload_list list = {0};
    answer_make(&answer, 200, NULL, NULL,
                "<ListMultipartUploadsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                "<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>"
                "<NextUploadIdMarker>i3</NextUploadIdMarker>"
                "<Upload><Key>k</Key><UploadId>i1</UploadId><ChecksumAlgorithm>SHA256</"
                "ChecksumAlgorithm></Upload>"
                "<Upload><Key>k2</Key><UploadId>i2</UploadId></Upload>"
                "<Upload><UploadId>i3</UploadId><Key>k</Key><Owner><ID>x</ID></Owner></Upload>"
                "</ListMultipartUploadsResult>");
    assert_int_equal(dk_upload_list_read(&list, "k", &answer, NULL), DK_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.uploads[0].id, "i1");
    assert_true(list.uploads[0].has_sha256);
    assert_string_equal(list.uploads[1].id, "i3");
    assert_false(list.uploads[1].has_sha256);
    assert_true(list.truncated);
    assert_string_equal(list.upload_id_marker, "i3");
    dk_upload_list_reset(&list);
    dk_http_answer_reset(&answer);
}

static void parts_are_listed(void **state)
{
    (void)state;
    struct dk_http_answer answer;
    struct dk_part_list list = {0};
    answer_make(
        &answer, 200, NULL, NULL,
        "<ListPartsResult><NextPartNumberMarker>7</NextPartNumberMarker><IsTruncated>true</"
        "IsTruncated>"
        "<Part><PartNumber>2</PartNumber><ETag>&quot;a&quot;</ETag><Size>8388608</Size></Part>"
        "<Part><PartNumber>7</PartNumber><ETag>b</ETag><Size>5</Size>"
        "<ChecksumSHA256>c=</ChecksumSHA256></Part></ListPartsResult>");
    assert_int_equal(dk_part_list_read(&list, &answer, NULL), DK_OK);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.parts[0].number, 2);
    assert_int_equal(list.parts[0].size_bytes, 8388608);
    assert_string_equal(list.parts[0].etag, "\"a\"");
    assert_string_equal(list.parts[1].sha256, "c=");
    assert_true(list.truncated);
    assert_int_equal(list.marker, 7);
    /* Requesting the same page again would never end. */
    assert_int_equal(dk_part_list_read(&list, &answer, NULL), DK_ERR_REMOTE);
    dk_part_list_reset(&list);
    dk_http_answer_reset(&answer);
}

static void impossible_lists_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "<ListPartsResult><Part><PartNumber>0</PartNumber><Size>1</Size></Part></ListPartsResult>",
        "<ListPartsResult><Part><PartNumber>10001</PartNumber><Size>1</Size></Part></"
        "ListPartsResult>",
        "<ListPartsResult><Part><PartNumber>99999999999999999999</PartNumber></Part></"
        "ListPartsResult>",
        "<ListPartsResult><Part><PartNumber>1</PartNumber><Size>-1</Size></Part></ListPartsResult>",
        "<ListPartsResult><Part><PartNumber>1</PartNumber>"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_http_answer answer;
        struct dk_part_list list = {0};
        answer_make(&answer, 200, NULL, NULL, cases[i]);
        assert_int_equal(dk_part_list_read(&list, &answer, NULL), DK_ERR_REMOTE);
        dk_part_list_reset(&list);
        dk_http_answer_reset(&answer);
    }
}

struct listed {
    char text[256];
    size_t fail_at; /* the entry, from 1, whose call fails; 0: none */
    size_t count;
};

static enum dk_status list_entry(void *context, const char *key, const struct dk_s3_object *object,
                                 struct dk_error *err)
{
    struct listed *listed = context;
    size_t size = strlen(listed->text);
    snprintf(listed->text + size, sizeof(listed->text) - size, "%s %s %llu %s%s;", key,
             object->etag, (unsigned long long)object->size_bytes, object->modified, object->owner);
    return ++listed->count == listed->fail_at ? dk_error_set(err, DK_ERR_NOMEM, "no") : DK_OK;
}

#define ENTRY(key, etag, size)                                                                     \
    "<Contents><Key>" key "</Key><ETag>&quot;" etag "&quot;</ETag><Size>" size                     \
    "</Size><Owner><ID>x</ID></Owner></Contents>"

static void a_list_gives_every_object(void **state)
{
    (void)state;
    static const struct {
        const char *body, *listed, *token;
        size_t fail_at;
        enum dk_status status;
    } cases[] = {
        {"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>", "", "", 0, DK_OK},
        {"<ListBucketResult><IsTruncated>false</IsTruncated>" ENTRY("a", "e", "1")
             ENTRY("b&amp;c", "f", "0") "</ListBucketResult>",
         "a \"e\" 1 x;b&c \"f\" 0 x;", "", 0, DK_OK},
        {"<ListBucketResult><NextContinuationToken>t+/=</NextContinuationToken>" ENTRY(
             "a", "e", "1") "<IsTruncated>true</IsTruncated></ListBucketResult>",
         "a \"e\" 1 x;", "t+/=", 0, DK_OK},
        /* a token without further results is ignored */
        {"<ListBucketResult><IsTruncated>false</IsTruncated><NextContinuationToken>t"
         "</NextContinuationToken></ListBucketResult>",
         "", "", 0, DK_OK},
        {"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", "", "", 0,
         DK_ERR_REMOTE},
        /* a proxy's page is not an empty list */
        {"<html><body>hello</body></html>", "", "", 0, DK_ERR_REMOTE},
        {"<ListBucketResult><IsTruncated>false</IsTruncated>" ENTRY("a", "e",
                                                                    "x") "</ListBucketResult>",
         "", "", 0, DK_ERR_REMOTE},
        {"<ListBucketResult><IsTruncated>false</IsTruncated>" ENTRY("a", "e", "1"), "a \"e\" 1 x;",
         "", 0, DK_ERR_REMOTE},
        {"<ListBucketResult><IsTruncated>false</IsTruncated>" ENTRY("a", "e", "1")
             ENTRY("b", "e", "1") "</ListBucketResult>",
         "a \"e\" 1 x;", "", 1, DK_ERR_NOMEM},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct listed listed = {.fail_at = cases[i].fail_at};
        struct dk_http_answer answer;
        char token[DK_LIST_TOKEN_MAX] = "before";
        answer_make(&answer, 200, NULL, NULL, cases[i].body);
        const struct dk_s3_listing listing = {.entry = list_entry, .context = &listed};
        enum dk_status status = dk_object_list_read(&answer, &listing, token, NULL);
        if (status != cases[i].status)
            fail_msg("case %zu: status %d", i, status);
        assert_string_equal(listed.text, cases[i].listed);
        if (status == DK_OK)
            assert_string_equal(token, cases[i].token);
        dk_http_answer_reset(&answer);
    }
}

static void single_texts_are_read(void **state)
{
    (void)state;
    struct dk_http_answer answer;
    char id[DK_UPLOAD_ID_MAX];
    char etag[DK_S3_ETAG_MAX];
    bool readable = false;
    answer_make(&answer, 200, NULL, NULL,
                "<InitiateMultipartUploadResult><UploadId>a+/=.b</UploadId></"
                "InitiateMultipartUploadResult>");
    assert_int_equal(dk_upload_id_read(id, &answer, NULL), DK_OK);
    assert_string_equal(id, "a+/=.b");
    assert_false(dk_fault_is_root(&answer, &readable));
    assert_true(readable);
    dk_http_answer_reset(&answer);
    answer_make(&answer, 200, NULL, NULL,
                "<CompleteMultipartUploadResult><ETag>&quot;x-2&quot;</ETag></"
                "CompleteMultipartUploadResult>");
    assert_int_equal(dk_upload_id_read(id, &answer, NULL), DK_ERR_REMOTE);
    assert_int_equal(dk_complete_read(etag, &answer, NULL), DK_OK);
    assert_string_equal(etag, "\"x-2\"");
    dk_http_answer_reset(&answer);
}

static void pauses_grow_with_jitter_and_stop_growing(void **state)
{
    (void)state;
    uint64_t random = 1;
    unsigned different = 0;
    unsigned before = 0;
    for (unsigned attempt = 1; attempt <= 60; attempt++) {
        unsigned full = attempt < 8 ? 200u << (attempt - 1) : 20000u;
        if (full > 20000u)
            full = 20000u;
        unsigned pause = dk_retry_pause_ms(attempt, 200, &random);
        assert_in_range(pause, full / 2, full);
        different += pause != before;
        before = pause;
    }
    assert_true(different > 50);
    assert_in_range(dk_retry_pause_ms(3, 4000000000u, &random), 10000, 20000);
}

/* MD5("") and MD5("abc"): RFC 1321, A.5. */
static void etags_are_judged(void **state)
{
    (void)state;
    static const char abc[] = "\"900150983cd24fb0d6963f7d28e17f72\"";
    struct dk_http_body body = {.data = "abc", .fd = -1, .size_bytes = 3};
    struct dk_digest digest;
    enum dk_etag_verdict verdict = DK_ETAG_UNKNOWN;
    assert_int_equal(dk_digest_body(&body, DK_DIGEST_BOTH, &digest, NULL), DK_OK);
    assert_int_equal(dk_etag_judge(abc, digest.md5), DK_ETAG_SAME);
    assert_int_equal(dk_etag_judge("900150983CD24FB0D6963F7D28E17F72", digest.md5), DK_ETAG_SAME);
    assert_int_equal(dk_etag_judge("\"900150983cd24fb0d6963f7d28e17f73\"", digest.md5),
                     DK_ETAG_DIFFERENT);
    assert_int_equal(dk_etag_judge("\"900150983cd24fb0d6963f7d28e17f72-1\"", digest.md5),
                     DK_ETAG_UNKNOWN);
    assert_int_equal(dk_etag_judge("\"opaque\"", digest.md5), DK_ETAG_UNKNOWN);
    assert_int_equal(dk_etag_judge("", digest.md5), DK_ETAG_UNKNOWN);
    assert_int_equal(dk_etag_judge_body(abc, &body, 8, &verdict, NULL), DK_OK);
    assert_int_equal(verdict, DK_ETAG_SAME);
    assert_true(dk_etag_equal(abc, "900150983cd24fb0d6963f7d28e17f72"));
    assert_false(dk_etag_equal("", ""));
    assert_false(dk_etag_equal("\"a\"", "\"b\""));
}

/* The ETag of parts is the MD5 of their MD5s: checked against a multipart ETag made by hand. */
static void etags_of_parts_are_judged(void **state)
{
    (void)state;
    const unsigned char md5s[2][DK_MD5_BYTES] = {{0}, {1}};
    unsigned char both[2 * DK_MD5_BYTES];
    struct dk_http_body body = {.data = both, .fd = -1, .size_bytes = sizeof(both)};
    struct dk_digest digest;
    char etag[64];
    char hex[33];
    memcpy(both, md5s, sizeof(both));
    assert_int_equal(dk_digest_body(&body, DK_DIGEST_MD5, &digest, NULL), DK_OK);
    dk_hex_format(digest.md5, DK_MD5_BYTES, hex);
    snprintf(etag, sizeof(etag), "\"%s-2\"", hex);
    assert_int_equal(dk_etag_judge_parts(etag, md5s, 2), DK_ETAG_SAME);
    assert_int_equal(dk_etag_judge_parts(etag, md5s, 1), DK_ETAG_DIFFERENT);
    snprintf(etag, sizeof(etag), "\"%s\"", hex);
    assert_int_equal(dk_etag_judge_parts(etag, md5s, 2), DK_ETAG_UNKNOWN);
    snprintf(etag, sizeof(etag), "\"%s-0\"", hex);
    assert_int_equal(dk_etag_judge_parts(etag, md5s, 2), DK_ETAG_UNKNOWN);
    snprintf(etag, sizeof(etag), "\"%s-2x\"", hex);
    assert_int_equal(dk_etag_judge_parts(etag, md5s, 2), DK_ETAG_UNKNOWN);
}

/* At most 10,000 parts, of at least the wanted size, and 5 TiB fit. */
static void part_sizes_fit_any_file(void **state)
{
    (void)state;
    static const uint64_t mib = 1 << 20;
    assert_int_equal(dk_multipart_part_size(17 * mib, 0), 8 * mib);
    assert_int_equal(dk_multipart_part_size(80000 * mib, 0), 8 * mib);
    assert_int_equal(dk_multipart_part_size(80000 * mib + 1, 0), 9 * mib);
    assert_int_equal(dk_multipart_part_size(100 * mib, 5 * mib), 5 * mib);
    uint64_t largest = 5ULL << 40;
    uint64_t part = dk_multipart_part_size(largest, 0);
    assert_true((largest + part - 1) / part <= 10000 && part <= 5ULL << 30);
}

static void a_file_that_shrinks_is_noticed(void **state)
{
    (void)state;
    char path[] = "/tmp/derrick-digest-XXXXXX";
    int fd = mkstemp(path);
    struct dk_digest digest;
    struct dk_http_body body = {.fd = fd, .offset = 1, .size_bytes = 5};
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "xabcd", 5), 5);
    assert_int_equal(dk_digest_body(&body, DK_DIGEST_MD5, &digest, NULL), DK_ERR_DATA);
    body.size_bytes = 3;
    assert_int_equal(dk_digest_body(&body, DK_DIGEST_MD5, &digest, NULL), DK_OK);
    assert_int_equal(dk_etag_judge("900150983cd24fb0d6963f7d28e17f72", digest.md5), DK_ETAG_SAME);
    close(fd);
    body.size_bytes = 3;
    assert_int_equal(dk_digest_body(&body, DK_DIGEST_MD5, &digest, NULL), DK_ERR_IO);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_gives_every_object),
        cmocka_unit_test(faults_are_read_and_judged),
        cmocka_unit_test(hints_say_what_to_do),
        cmocka_unit_test(uploads_of_one_key_are_listed),
        cmocka_unit_test(parts_are_listed),
        cmocka_unit_test(impossible_lists_are_refused),
        cmocka_unit_test(single_texts_are_read),
        cmocka_unit_test(pauses_grow_with_jitter_and_stop_growing),
        cmocka_unit_test(etags_are_judged),
        cmocka_unit_test(etags_of_parts_are_judged),
        cmocka_unit_test(part_sizes_fit_any_file),
        cmocka_unit_test(a_file_that_shrinks_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
