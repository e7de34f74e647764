/* Digests of bodies, ETags, and how a file is divided into parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "publish/s3/digest.h"
#include "publish/s3/multipart.h"

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
        cmocka_unit_test(etags_are_judged),
        cmocka_unit_test(etags_of_parts_are_judged),
        cmocka_unit_test(part_sizes_fit_any_file),
        cmocka_unit_test(a_file_that_shrinks_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
