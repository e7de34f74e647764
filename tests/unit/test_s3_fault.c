/* What a server says is wrong, what to do about it, and how long to wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_answer.h"
#include "publish/s3/fault.h"

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
        fake_answer(&answer, cases[i].status, cases[i].header, cases[i].value, cases[i].body);
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

/* A server that does not know a header answers 501, or 400 without a reason of its own. */
static void unsupported_headers_are_recognised(void **state)
{
    (void)state;
    static const struct {
        long status;
        const char *code;
        bool want;
    } cases[] = {{501, "NotImplemented", true},
                 {501, "Anything", true},
                 {400, "InvalidArgument", true},
                 {400, "InvalidRequest", true},
                 {400, "NotImplemented", true},
                 {400, "BadRequest", true},
                 {400, "InvalidStorageClass", false},
                 {400, "BadDigest", false},
                 {400, "KMS.NotFoundException", false},
                 {403, "InvalidArgument", false},
                 {503, "SlowDown", false}};
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_s3_fault fault = {.status = cases[i].status};
        snprintf(fault.code, sizeof(fault.code), "%s", cases[i].code);
        assert_int_equal(dk_fault_is_unsupported(&fault), cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_read_and_judged),
        cmocka_unit_test(hints_say_what_to_do),
        cmocka_unit_test(unsupported_headers_are_recognised),
        cmocka_unit_test(pauses_grow_with_jitter_and_stop_growing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
