/* Objects, uploads and parts in S3's answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_answer.h"
#include "publish/s3/answer.h"
#include "publish/s3/fault.h"

static void uploads_of_one_key_are_listed(void **state)
{
    (void)state;
    struct dk_http_answer answer;
    struct dk_upload_list list = {0};
    fake_answer(&answer, 200, NULL, NULL,
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
    fake_answer(
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
        fake_answer(&answer, 200, NULL, NULL, cases[i]);
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
        fake_answer(&answer, 200, NULL, NULL, cases[i].body);
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
    fake_answer(&answer, 200, NULL, NULL,
                "<InitiateMultipartUploadResult><UploadId>a+/=.b</UploadId></"
                "InitiateMultipartUploadResult>");
    assert_int_equal(dk_upload_id_read(id, &answer, NULL), DK_OK);
    assert_string_equal(id, "a+/=.b");
    assert_false(dk_fault_is_root(&answer, &readable));
    assert_true(readable);
    dk_http_answer_reset(&answer);
    fake_answer(&answer, 200, NULL, NULL,
                "<CompleteMultipartUploadResult><ETag>&quot;x-2&quot;</ETag></"
                "CompleteMultipartUploadResult>");
    assert_int_equal(dk_upload_id_read(id, &answer, NULL), DK_ERR_REMOTE);
    assert_int_equal(dk_complete_read(etag, &answer, NULL), DK_OK);
    assert_string_equal(etag, "\"x-2\"");
    dk_http_answer_reset(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_gives_every_object),
        cmocka_unit_test(uploads_of_one_key_are_listed),
        cmocka_unit_test(parts_are_listed),
        cmocka_unit_test(impossible_lists_are_refused),
        cmocka_unit_test(single_texts_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
