/* Signature V4 against AWS's published examples, with their clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/sigv4.h"
#include "base/buffer.h"

#define S3_SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define SUITE_SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define EMPTY DK_SIGV4_EMPTY_SHA256
#define S3_HOST "examplebucket.s3.amazonaws.com"

struct vector {
    const char *name;
    const char *method;
    const char *path;
    struct dk_sigv4_pair query[4];
    struct dk_sigv4_pair headers[8];
    const char *payload;
    const char *time;
    const char *key_id, *secret, *service;
    const char *signed_headers;
    const char *signature;
};

/* The first four: Amazon S3 API Reference, "Signature Calculations for the Authorization Header:
 * Transferring Payload in a Single Chunk". The rest: the AWS Signature Version 4 test suite. */
static const struct vector vectors[] = {
    {"GET object",
     "GET",
     "/test.txt",
     {{0}},
     {{"Host", S3_HOST},
      {"Range", "bytes=0-9"},
      {"x-amz-content-sha256", EMPTY},
      {"x-amz-date", "20130524T000000Z"}},
     EMPTY,
     "20130524T000000Z",
     "AKIAIOSFODNN7EXAMPLE",
     S3_SECRET,
     "s3",
     "host;range;x-amz-content-sha256;x-amz-date",
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
    {"PUT object",
     "PUT",
     "/test%24file.text",
     {{0}},
     {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
      {"Host", S3_HOST},
      {"x-amz-date", "20130524T000000Z"},
      {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
      {"x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"}},
     "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
     "20130524T000000Z",
     "AKIAIOSFODNN7EXAMPLE",
     S3_SECRET,
     "s3",
     "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
    {"GET bucket lifecycle",
     "GET",
     "/",
     {{"lifecycle", ""}},
     {{"Host", S3_HOST}, {"x-amz-date", "20130524T000000Z"}, {"x-amz-content-sha256", EMPTY}},
     EMPTY,
     "20130524T000000Z",
     "AKIAIOSFODNN7EXAMPLE",
     S3_SECRET,
     "s3",
     "host;x-amz-content-sha256;x-amz-date",
     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
    {"GET bucket (list objects)",
     "GET",
     "/",
     {{"prefix", "J"}, {"max-keys", "2"}},
     {{"Host", S3_HOST}, {"x-amz-date", "20130524T000000Z"}, {"x-amz-content-sha256", EMPTY}},
     EMPTY,
     "20130524T000000Z",
     "AKIAIOSFODNN7EXAMPLE",
     S3_SECRET,
     "s3",
     "host;x-amz-content-sha256;x-amz-date",
     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    {"get-vanilla",
     "GET",
     "/",
     {{0}},
     {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}},
     EMPTY,
     "20150830T123600Z",
     "AKIDEXAMPLE",
     SUITE_SECRET,
     "service",
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-query-order-key-case",
     "GET",
     "/",
     {{"Param2", "value2"}, {"Param1", "value1"}},
     {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}},
     EMPTY,
     "20150830T123600Z",
     "AKIDEXAMPLE",
     SUITE_SECRET,
     "service",
     "host;x-amz-date",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-vanilla-utf8-query",
     "GET",
     "/",
     {{"\xe1\x88\xb4", "bar"}},
     {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}},
     EMPTY,
     "20150830T123600Z",
     "AKIDEXAMPLE",
     SUITE_SECRET,
     "service",
     "host;x-amz-date",
     "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
    {"post-vanilla",
     "POST",
     "/",
     {{0}},
     {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}},
     EMPTY,
     "20150830T123600Z",
     "AKIDEXAMPLE",
     SUITE_SECRET,
     "service",
     "host;x-amz-date",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"get-header-value-trim",
     "GET",
     "/",
     {{0}},
     {{"Host", "example.amazonaws.com"},
      {"My-Header1", " value1"},
      {"My-Header2", " \"a   b   c\""},
      {"X-Amz-Date", "20150830T123600Z"}},
     EMPTY,
     "20150830T123600Z",
     "AKIDEXAMPLE",
     SUITE_SECRET,
     "service",
     "host;my-header1;my-header2;x-amz-date",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
};

static size_t count_pairs(const struct dk_sigv4_pair *pairs, size_t max)
{
    size_t count = 0;
    while (count < max && pairs[count].name)
        count++;
    return count;
}

static void vector_check(const struct vector *vector)
{
    struct dk_buffer query;
    struct dk_buffer out;
    char want[512];
    dk_buffer_init(&query, 4096);
    dk_buffer_init(&out, 4096);
    assert_int_equal(dk_sigv4_query(&query, vector->query, count_pairs(vector->query, 4), NULL),
                     DK_OK);
    assert_int_equal(dk_buffer_terminate(&query, NULL), DK_OK);
    struct dk_sigv4_request request = {.method = vector->method,
                                       .path = vector->path,
                                       .query = query.data,
                                       .payload_sha256 = vector->payload,
                                       .time = vector->time,
                                       .headers = vector->headers,
                                       .header_count = count_pairs(vector->headers, 8)};
    struct dk_sigv4_key key = {vector->key_id, vector->secret, "us-east-1", vector->service};
    assert_int_equal(dk_sigv4_sign(&out, &request, &key, NULL), DK_OK);
    assert_int_equal(dk_buffer_terminate(&out, NULL), DK_OK);
    snprintf(want, sizeof(want),
             "AWS4-HMAC-SHA256 Credential=%s/%.8s/us-east-1/%s/aws4_request, SignedHeaders=%s, "
             "Signature=%s",
             vector->key_id, vector->time, vector->service, vector->signed_headers,
             vector->signature);
    if (strcmp(out.data, want) != 0)
        print_error("%s\n", vector->name);
    assert_string_equal(out.data, want);
    dk_buffer_reset(&out);
    dk_buffer_reset(&query);
}

static void published_examples_sign_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
        vector_check(&vectors[i]);
}

static void canonical_request_is_the_published_one(void **state)
{
    (void)state;
    struct dk_buffer out;
    dk_buffer_init(&out, 4096);
    struct dk_sigv4_request request = {.method = "GET",
                                       .path = "/test.txt",
                                       .query = "",
                                       .payload_sha256 = EMPTY,
                                       .time = "20130524T000000Z",
                                       .headers = vectors[0].headers,
                                       .header_count = 4};
    assert_int_equal(dk_sigv4_canonical(&out, &request, NULL), DK_OK);
    assert_int_equal(dk_buffer_terminate(&out, NULL), DK_OK);
    assert_string_equal(out.data, "GET\n/test.txt\n\nhost:" S3_HOST "\nrange:bytes=0-9\n"
                                  "x-amz-content-sha256:" EMPTY "\nx-amz-date:20130524T000000Z\n\n"
                                  "host;range;x-amz-content-sha256;x-amz-date\n" EMPTY);
    dk_buffer_reset(&out);
}

static void keys_are_encoded_once(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *want;
        int keep_slash;
    } cases[] = {
        {"a b", "a%20b", 1},
        {"a+b", "a%2Bb", 1},
        {"a%b", "a%25b", 1},
        {"a%20b", "a%2520b", 1},
        {"\xc3\xbc/\xe2\x82\xac", "%C3%BC/%E2%82%AC", 1},
        {"\xc3\xbc/x", "%C3%BC%2Fx", 0},
        {"~-._AZaz09", "~-._AZaz09", 1},
        {"!*'();:@&=$,?#[]", "%21%2A%27%28%29%3B%3A%40%26%3D%24%2C%3F%23%5B%5D", 1},
        {"", "", 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_buffer out;
        dk_buffer_init(&out, 4096);
        dk_sigv4_encode(&out, cases[i].text, cases[i].keep_slash);
        assert_int_equal(dk_buffer_finish(&out, NULL), DK_OK);
        assert_string_equal(out.data, cases[i].want);
        dk_buffer_reset(&out);
    }
}

/* Sorted by the encoded name: '%' sorts before letters, and "a" before "a-b". */
static void queries_are_sorted_as_encoded(void **state)
{
    (void)state;
    const struct dk_sigv4_pair pairs[] = {
        {"uploadId", "VX+/= "}, {"partNumber", "10"}, {"\xc3\xbc", "1"},
        {"uploads", NULL},      {"a", "2"},           {"a", "1"}};
    struct dk_buffer out;
    dk_buffer_init(&out, 4096);
    assert_int_equal(dk_sigv4_query(&out, pairs, 6, NULL), DK_OK);
    assert_int_equal(dk_buffer_terminate(&out, NULL), DK_OK);
    assert_string_equal(out.data,
                        "%C3%BC=1&a=1&a=2&partNumber=10&uploadId=VX%2B%2F%3D%20&uploads=");
    dk_buffer_reset(&out);
}

static void times_are_utc(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *want;
    } cases[] = {{1369353600, "20130524T000000Z"},
                 {1440938160, "20150830T123600Z"},
                 {951827696, "20000229T123456Z"},
                 {0, "19700101T000000Z"},
                 {-1, "19691231T235959Z"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[DK_SIGV4_TIME_MAX];
        dk_sigv4_time(cases[i].seconds, text);
        assert_string_equal(text, cases[i].want);
    }
}

static void limits_are_kept(void **state)
{
    (void)state;
    struct dk_sigv4_pair pairs[DK_SIGV4_HEADERS_MAX + 1];
    struct dk_buffer out;
    struct dk_error err = {0};
    char secret[600];
    dk_buffer_init(&out, 4096);
    for (size_t i = 0; i <= DK_SIGV4_HEADERS_MAX; i++)
        pairs[i] = (struct dk_sigv4_pair){"a", "b"};
    assert_int_equal(dk_sigv4_query(&out, pairs, DK_SIGV4_QUERY_MAX + 1, &err), DK_ERR_FAILED);
    struct dk_sigv4_request request = {.method = "GET",
                                       .path = "/",
                                       .query = "",
                                       .payload_sha256 = EMPTY,
                                       .time = "20130524T000000Z",
                                       .headers = pairs,
                                       .header_count = DK_SIGV4_HEADERS_MAX + 1};
    struct dk_sigv4_key key = {"id", "secret", "us-east-1", "s3"};
    assert_int_equal(dk_sigv4_sign(&out, &request, &key, &err), DK_ERR_FAILED);
    memset(secret, 's', sizeof(secret));
    secret[sizeof(secret) - 1] = '\0';
    request.header_count = 1;
    key.secret_access_key = secret;
    assert_int_equal(dk_sigv4_sign(&out, &request, &key, &err), DK_ERR_REMOTE);
    assert_null(strstr(err.message, "sss"));
    dk_buffer_reset(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_examples_sign_alike),
        cmocka_unit_test(canonical_request_is_the_published_one),
        cmocka_unit_test(keys_are_encoded_once),
        cmocka_unit_test(queries_are_sorted_as_encoded),
        cmocka_unit_test(times_are_utc),
        cmocka_unit_test(limits_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
