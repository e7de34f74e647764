/* What uploads share: what a server confirms of the bytes, and which headers are left out for
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_answer.h"
#include "publish/s3/transfer.h"

/* SHA-256 and MD5 of "abc" (FIPS 180-4; RFC 1321, A.5). */
#define ABC_BASE64 "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
#define ABC_ETAG "\"900150983cd24fb0d6963f7d28e17f72\""

static void the_servers_own_words_are_compared(void **state)
{
    (void)state;
    static const struct {
        const char *header, *value;
        enum dk_etag_verdict want;
    } cases[] = {
        {"x-amz-checksum-sha256", ABC_BASE64, DK_ETAG_SAME},
        {"x-amz-checksum-sha256", "AAAA", DK_ETAG_DIFFERENT},
        {"etag", ABC_ETAG, DK_ETAG_SAME},
        {"etag", "\"00000000000000000000000000000000\"", DK_ETAG_DIFFERENT},
        {"etag", "\"opaque\"", DK_ETAG_UNKNOWN},
        {"x-amz-server-side-encryption", "aws:kms", DK_ETAG_UNKNOWN},
        {NULL, NULL, DK_ETAG_UNKNOWN},
    };
    const struct dk_http_body body = {.data = "abc", .fd = -1, .size_bytes = 3};
    struct dk_digest digest;
    assert_int_equal(dk_digest_body(&body, DK_DIGEST_BOTH, &digest, NULL), DK_OK);
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_http_answer answer;
        fake_answer(&answer, 200, cases[i].header, cases[i].value, "");
        assert_int_equal(dk_transfer_judge(&answer, &digest), cases[i].want);
        dk_http_answer_reset(&answer);
    }
}

static const struct dk_precondition absent = {DK_PRECONDITION_ABSENT, NULL};
static const struct dk_precondition match = {DK_PRECONDITION_MATCH, "\"e\""};
static const struct dk_precondition none = {DK_PRECONDITION_NONE, NULL};

/* First the checksums, then the condition, then nothing is left to leave out. */
static void headers_are_left_out_one_after_the_other(void **state)
{
    (void)state;
    const struct dk_s3_fault fault = {.status = 400, .code = "InvalidArgument"};
    struct dk_s3 *s3 = calloc(1, sizeof(*s3));
    struct dk_precondition condition = absent;
    assert_non_null(s3);
    assert_true(dk_transfer_omit_header(s3, &fault, true, condition));
    assert_true(s3->without_checksum && !s3->without_condition);
    assert_true(dk_transfer_omit_header(s3, &fault, false, condition));
    assert_true(s3->without_condition);
    dk_condition_fit(s3, &condition);
    assert_int_equal(condition.kind, DK_PRECONDITION_NONE);
    assert_false(dk_transfer_omit_header(s3, &fault, false, none));
    free(s3);
}

/* 403 to If-Match where these credentials may not read the object: only once the list has shown
 * it. */
static void a_condition_that_may_not_be_read_is_left_out(void **state)
{
    (void)state;
    const struct dk_s3_fault fault = {.status = 403, .code = "AccessDenied"};
    struct dk_s3 *s3 = calloc(1, sizeof(*s3));
    struct dk_precondition kept = absent;
    assert_non_null(s3);
    assert_false(dk_transfer_omit_header(s3, &fault, true, match));
    s3->without_head = true;
    assert_false(dk_transfer_omit_header(s3, &fault, true, absent));
    assert_true(dk_transfer_omit_header(s3, &fault, true, match));
    assert_true(s3->without_match && !s3->without_checksum && !s3->without_condition);
    dk_condition_fit(s3, &kept);
    assert_int_equal(kept.kind, DK_PRECONDITION_ABSENT);
    free(s3);
}

static void refused_conditions_are_recognised(void **state)
{
    (void)state;
    const struct dk_s3_fault failed = {.status = 412, .code = "PreconditionFailed"};
    const struct dk_s3_fault missing = {.status = 404, .code = "NoSuchKey"};
    assert_true(dk_fault_is_condition(&failed, absent));
    assert_true(dk_fault_is_condition(&failed, match));
    assert_false(dk_fault_is_condition(&failed, none));
    assert_true(dk_fault_is_condition(&missing, match));
    assert_false(dk_fault_is_condition(&missing, absent));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_servers_own_words_are_compared),
        cmocka_unit_test(headers_are_left_out_one_after_the_other),
        cmocka_unit_test(a_condition_that_may_not_be_read_is_left_out),
        cmocka_unit_test(refused_conditions_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
