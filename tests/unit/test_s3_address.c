/* Where a bucket is: URLs, endpoints, path-style and virtual-host addresses; the settings'
 * checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "publish/s3/address.h"

static void urls_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *url, *bucket, *prefix;
    } cases[] = {
        {"s3://well-sensor-logs", "well-sensor-logs", ""},
        {"s3://well-sensor-logs/", "well-sensor-logs", ""},
        {"s3://abc/rigs/texas", "abc", "rigs/texas"},
        {"s3://abc//rigs/texas//", "abc", "rigs/texas"},
        {"s3://a.b-c.d/\xc3\xbc x", "a.b-c.d", "\xc3\xbc x"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char bucket[DK_BUCKET_MAX];
        char prefix[DK_KEY_MAX];
        assert_int_equal(dk_s3_url_parse(cases[i].url, bucket, prefix, NULL), DK_OK);
        assert_string_equal(bucket, cases[i].bucket);
        assert_string_equal(prefix, cases[i].prefix);
    }
}

static void wrong_urls_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "bucket",
        "http://bucket",
        "s3:/bucket",
        "s3://",
        "s3://ab",
        "s3://Abc",
        "s3://a_b",
        "s3://-abc",
        "s3://abc-",
        "s3://a..b",
        "s3://abc.",
        "s3://a b",
        "s3://abc/\x01",
        "s3://0123456789012345678901234567890123456789012345678901234567890123"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char bucket[DK_BUCKET_MAX];
        char prefix[DK_KEY_MAX];
        struct dk_error err = {0};
        assert_int_equal(dk_s3_url_parse(cases[i], bucket, prefix, &err), DK_ERR_CONFIG);
        assert_true(err.hint[0] != '\0');
    }
}

/* A credential in the URL is in no message, however wrong the rest of it is. */
static void credentials_in_a_url_are_not_shown(void **state)
{
    (void)state;
    static const char *const cases[] = {"s3://KEY:hidden@bucket", "s3://KEY:hid/den@bucket/prefix",
                                        "s3://key:hidden@bucket/prefix",
                                        "https://KEY:hidden@bucket", "s3://hidden@b"};
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        char bucket[DK_BUCKET_MAX];
        char prefix[DK_KEY_MAX];
        struct dk_error err = {0};
        assert_int_equal(dk_s3_url_parse(cases[i], bucket, prefix, &err), DK_ERR_CONFIG);
        assert_string_equal(err.message, "s3.url must not contain credentials");
        assert_non_null(strstr(err.hint, "AWS_ACCESS_KEY_ID"));
    }
}

static void endpoints_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *url, *text;
        bool is_aws, is_loopback;
    } cases[] = {
        {"https://s3.eu-west-1.amazonaws.com", "https://s3.eu-west-1.amazonaws.com", true, false},
        {"HTTPS://S3.cn-north-1.amazonaws.com.cn/", "https://s3.cn-north-1.amazonaws.com.cn", true,
         false},
        {"http://127.0.0.1:9000", "http://127.0.0.1:9000", false, true},
        {"http://localhost:80", "http://localhost", false, true},
        {"https://minio.example.com:443/s3/", "https://minio.example.com/s3", false, false},
        {"http://[::1]:8080", "http://[::1]:8080", false, true},
        {"http://127.evil.com", "http://127.evil.com", false, false},
        {"http://127.0.0.1.evil.com", "http://127.0.0.1.evil.com", false, false},
        {"https://notamazonaws.com", "https://notamazonaws.com", false, false},
        {"http://a.localhost:1", "http://a.localhost:1", false, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_url endpoint;
        char text[DK_URL_TEXT_MAX];
        assert_int_equal(dk_endpoint_parse(&endpoint, cases[i].url, NULL), DK_OK);
        dk_url_format(&endpoint, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(dk_endpoint_is_aws(&endpoint), cases[i].is_aws);
        assert_int_equal(dk_url_is_loopback(&endpoint), cases[i].is_loopback);
    }
}

static void wrong_endpoints_are_refused_without_their_password(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "localhost:9000",
                                        "ftp://a",
                                        "http://",
                                        "http://:80",
                                        "http://a:0",
                                        "http://a:x",
                                        "http://a:99999",
                                        "http://a:1:2",
                                        "http://a/b?c",
                                        "http://a b",
                                        "https://u:hidden@host",
                                        "http://a:",
                                        "http://[::1",
                                        "http://a/%20b",
                                        "http://a\r\nX: y"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_url endpoint;
        struct dk_error err = {0};
        assert_int_equal(dk_endpoint_parse(&endpoint, cases[i], &err), DK_ERR_CONFIG);
        assert_null(strstr(err.message, "hidden"));
    }
}

static void addresses_are_made(void **state)
{
    (void)state;
    static const struct {
        const char *endpoint, *bucket, *key;
        enum dk_s3_addressing addressing;
        const char *host, *path;
    } cases[] = {
        {NULL, "abc", "k", DK_S3_ADDRESSING_AUTO, "abc.s3.eu-west-1.amazonaws.com", "/k"},
        {NULL, "a.bc", "k", DK_S3_ADDRESSING_AUTO, "s3.eu-west-1.amazonaws.com", "/a.bc/k"},
        {NULL, "abc", "k", DK_S3_ADDRESSING_PATH, "s3.eu-west-1.amazonaws.com", "/abc/k"},
        {NULL, "abc", NULL, DK_S3_ADDRESSING_AUTO, "abc.s3.eu-west-1.amazonaws.com", "/"},
        {"http://localhost:9000", "abc", NULL, DK_S3_ADDRESSING_AUTO, "localhost:9000", "/abc"},
        {"http://localhost:9000", "abc", "a b/\xc3\xbc+%", DK_S3_ADDRESSING_AUTO, "localhost:9000",
         "/abc/a%20b/%C3%BC%2B%25"},
        {"http://localhost:9000", "abc", "k", DK_S3_ADDRESSING_VIRTUAL, "abc.localhost:9000", "/k"},
        {"https://h/gate/way/", "abc", "k", DK_S3_ADDRESSING_AUTO, "h", "/gate/way/abc/k"},
        {"https://h/gate", "abc", NULL, DK_S3_ADDRESSING_VIRTUAL, "abc.h", "/gate/"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_url endpoint;
        struct dk_buffer host;
        struct dk_buffer path;
        dk_buffer_init(&host, 4096);
        dk_buffer_init(&path, 4096);
        assert_int_equal(cases[i].endpoint ? dk_endpoint_parse(&endpoint, cases[i].endpoint, NULL)
                                           : dk_endpoint_aws(&endpoint, "eu-west-1", NULL),
                         DK_OK);
        const struct dk_address address = {
            &endpoint, cases[i].bucket,
            dk_address_is_virtual(cases[i].addressing, &endpoint, cases[i].bucket)};
        dk_address_host(&host, &address);
        dk_address_path(&path, &address, cases[i].key);
        assert_int_equal(dk_buffer_finish(&host, NULL), DK_OK);
        assert_int_equal(dk_buffer_finish(&path, NULL), DK_OK);
        assert_string_equal(host.data, cases[i].host);
        assert_string_equal(path.data, cases[i].path);
        dk_buffer_reset(&host);
        dk_buffer_reset(&path);
    }
}

static void regions_make_endpoints(void **state)
{
    (void)state;
    struct dk_url endpoint;
    assert_int_equal(dk_endpoint_aws(&endpoint, "cn-north-1", NULL), DK_OK);
    assert_string_equal(endpoint.host, "s3.cn-north-1.amazonaws.com.cn");
    assert_int_equal(dk_endpoint_aws(&endpoint, "evil.com/", NULL), DK_ERR_CONFIG);
    assert_int_equal(dk_endpoint_aws(&endpoint, "", NULL), DK_ERR_CONFIG);
}

static void settings_are_checked(void **state)
{
    (void)state;
    static const struct {
        struct dk_s3_settings settings;
        const char *problem; /* NULL: fine */
    } cases[] = {
        {{.url = "s3://abc"}, NULL},
        {{.url = "s3://abc", .sse = DK_S3_SSE_KMS, .kms_key_id = "arn:aws:kms:eu-west-1:1:key/a-b"},
         NULL},
        {{.url = "s3://abc", .kms_key_id = "", .storage_class = "", .region = "", .endpoint = ""},
         NULL},
        {{.url = NULL}, "url is not set"},
        {{.url = "abc"}, "'abc' is not a place in S3"},
        {{.url = "s3://abc", .kms_key_id = "k"}, "sse is 'none'"},
        {{.url = "s3://abc", .sse = DK_S3_SSE_KMS, .kms_key_id = "a<b"}, "'a<b' is not a key id"},
        {{.url = "s3://abc", .storage_class = "A\r\nX: y"}, "not a storage class"},
        {{.url = "s3://abc", .region = "eu west"}, "'eu west' is not the name of a region"},
        {{.url = "s3://abc", .endpoint = "minio"}, "endpoint 'minio' is not valid"},
        {{.url = "s3://abc", .part_size_bytes = 1024}, "5 MiB"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_error err = {0};
        enum dk_status status = dk_s3_settings_check(&cases[i].settings, &err);
        assert_int_equal(status, cases[i].problem ? DK_ERR_CONFIG : DK_OK);
        if (cases[i].problem && !strstr(err.message, cases[i].problem))
            fail_msg("'%s' is not in '%s'", cases[i].problem, err.message);
    }
}

static void words_go_both_ways(void **state)
{
    (void)state;
    assert_int_equal(dk_s3_addressing_find("virtual"), DK_S3_ADDRESSING_VIRTUAL);
    assert_int_equal(dk_s3_sse_find("aws:kms"), DK_S3_SSE_KMS);
    assert_int_equal(dk_s3_sse_find("AES256"), DK_S3_SSE_AES256);
    assert_int_equal(dk_s3_sse_find("aes"), -1);
    assert_string_equal(dk_s3_sse_name(DK_S3_SSE_KMS), "aws:kms");
    assert_int_equal(dk_s3_partition_find("cohort"), DK_S3_PARTITION_COHORT);
    assert_string_equal(dk_s3_partition_name(DK_S3_PARTITION_NONE), "none");
    assert_int_equal(dk_s3_insecure_http_find("allow"), DK_S3_INSECURE_HTTP_ALLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_parsed),
        cmocka_unit_test(wrong_urls_are_refused),
        cmocka_unit_test(credentials_in_a_url_are_not_shown),
        cmocka_unit_test(endpoints_are_parsed),
        cmocka_unit_test(wrong_endpoints_are_refused_without_their_password),
        cmocka_unit_test(addresses_are_made),
        cmocka_unit_test(regions_make_endpoints),
        cmocka_unit_test(settings_are_checked),
        cmocka_unit_test(words_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
