/* Puts, retries, redirects and lists against a real socket: every loop that the server drives
 * ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "canned_server.h"
#include "fake_environment.h"
#include "s3/s3.h"

#define CSV "a,b\n1,2\n"
#define CSV_MD5 "\"e5ebd4c02cefbe7955977c67ada242b7\""
#define STEPS_MAX 6
#define TO_ITSELF "Location" /* headers of a step: the server's own place */

/* One request that is expected, and its answer. */
struct step {
    const char *method;
    int status;
    const char *headers, *body;
};

struct stage {
    struct step steps[STEPS_MAX]; /* the last one answers all that follow */
    bool cycles;                  /* begins again instead */
    unsigned others;              /* requests with another method than expected */
    char last_put[16384];         /* the head of the last PUT */
    struct canned_server server;
    struct dk_s3_settings settings;
    struct dk_s3 *s3;
    struct dk_error err;
};

static void answer(void *context, const struct canned_request *request, struct dk_buffer *out)
{
    struct stage *stage = context;
    size_t at = 0;
    char body[1024];
    char location[128];
    size_t count = 1;
    while (count < STEPS_MAX && stage->steps[count].method)
        count++;
    if (stage->cycles)
        at = request->number % count;
    else
        at = request->number < count ? request->number : count - 1;
    const struct step *step = &stage->steps[at];
    size_t size = strlen(step->method);
    stage->others += strncmp(request->head, step->method, size) != 0;
    if (strncmp(request->head, "PUT", 3) == 0)
        memcpy(stage->last_put, request->head, sizeof(stage->last_put));
    const char *mark = strstr(step->body ? step->body : "", "%u");
    if (mark)
        snprintf(body, sizeof(body), "%.*s%u%s", (int)(mark - step->body), step->body,
                 request->number, mark + 2);
    const char *headers = step->headers ? step->headers : "";
    if (strcmp(headers, TO_ITSELF) == 0) {
        snprintf(location, sizeof(location), "Location: %s/\r\n", stage->server.endpoint);
        headers = location;
    }
    canned_answer(out, step->status, headers, mark ? body : step->body ? step->body : "");
}

static void start(struct stage *stage, struct fake *fake)
{
    stage->server = (struct canned_server){.answer = answer, .context = stage};
    canned_server_start(&stage->server);
    fake_set(fake, "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    fake_set(fake, "AWS_SECRET_ACCESS_KEY", "secret");
    dk_s3_settings_init(&stage->settings);
    stage->settings.url = "s3://wells/pre";
    stage->settings.region = "us-east-1";
    stage->settings.endpoint = stage->server.endpoint;
    stage->settings.attempts_max = 3;
    stage->settings.backoff_ms = 1;
    assert_int_equal(
        dk_s3_open(&stage->s3, &stage->settings, &fake->environment, NULL, &stage->err), DK_OK);
}

static void stop(struct stage *stage)
{
    dk_s3_close(stage->s3);
    canned_server_stop(&stage->server);
}

static const struct dk_s3_put csv = {
    .key = "x.csv", .data = CSV, .size_bytes = sizeof(CSV) - 1, .content_type = "text/csv"};

#define NOT_FOUND                                                                                  \
    {                                                                                              \
        "HEAD", 404, NULL, NULL                                                                    \
    }
#define STORED                                                                                     \
    {                                                                                              \
        "PUT", 200, "ETag: " CSV_MD5 "\r\n", NULL                                                  \
    }
#define FAULT(code) "<Error><Code>" code "</Code><Message>m</Message></Error>"

static void a_put_ends_whatever_the_server_says(void **state)
{
    static const struct {
        const char *name;
        struct step steps[STEPS_MAX];
        enum dk_status status;
        unsigned requests;
        const char *message; /* part of it */
    } cases[] = {
        {"a new object", {NOT_FOUND, STORED}, DK_OK, 2, NULL},
        {"a server that is busy once",
         {NOT_FOUND, {"PUT", 503, NULL, FAULT("SlowDown")}, STORED},
         DK_OK,
         3,
         NULL},
        {"a server that is always busy",
         {NOT_FOUND, {"PUT", 503, NULL, FAULT("SlowDown")}},
         DK_ERR_REMOTE,
         4,
         "after 3 attempts"},
        {"an answer that is not S3's",
         {NOT_FOUND, {"PUT", 502, NULL, "<html>bad gateway</html>"}},
         DK_ERR_REMOTE,
         4,
         "after 3 attempts"},
        {"no permission",
         {NOT_FOUND, {"PUT", 403, NULL, FAULT("AccessDenied")}},
         DK_ERR_REMOTE,
         2,
         "AccessDenied"},
        {"another region, always",
         {NOT_FOUND,
          {"PUT", 301, "x-amz-bucket-region: eu-west-1\r\n", FAULT("PermanentRedirect")},
          {"PUT", 301, "x-amz-bucket-region: us-east-1\r\n", FAULT("PermanentRedirect")},
          {"PUT", 301, "x-amz-bucket-region: eu-west-1\r\n", FAULT("PermanentRedirect")},
          {"PUT", 301, "x-amz-bucket-region: us-east-1\r\n", FAULT("PermanentRedirect")}},
         DK_ERR_REMOTE,
         5,
         "PermanentRedirect"},
        {"another place, always",
         {NOT_FOUND, {"PUT", 307, TO_ITSELF, FAULT("TemporaryRedirect")}},
         DK_ERR_REMOTE,
         5,
         "TemporaryRedirect"},
        {"a clock that is never right",
         {NOT_FOUND,
          {"PUT", 403, "Date: Tue, 28 Nov 2023 17:56:51 GMT\r\n", FAULT("RequestTimeTooSkewed")}},
         DK_ERR_REMOTE,
         3,
         "RequestTimeTooSkewed"},
        {"headers that the server can't do, one after the other",
         {NOT_FOUND, {"PUT", 501, NULL, FAULT("NotImplemented")}},
         DK_ERR_REMOTE,
         4,
         "NotImplemented"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct stage stage = {0};
        struct dk_s3_object object = {0};
        memcpy(stage.steps, cases[i].steps, sizeof(stage.steps));
        start(&stage, *state);
        enum dk_status status = dk_s3_put(stage.s3, &csv, &object, &stage.err);
        unsigned requests = atomic_load(&stage.server.requests);
        if (status != cases[i].status || requests != cases[i].requests || stage.others > 0)
            fail_msg("%s: status %d, %u requests, %u unexpected: %s", cases[i].name, status,
                     requests, stage.others, stage.err.message);
        if (cases[i].message && !strstr(stage.err.message, cases[i].message))
            fail_msg("%s: '%s'", cases[i].name, stage.err.message);
        if (status == DK_OK)
            assert_string_equal(object.etag, CSV_MD5);
        stop(&stage);
    }
}

#define OTHER "\"0123456789abcdef0123456789abcdef\""
#define THERE                                                                                      \
    {                                                                                              \
        "HEAD", 200, "ETag: " OTHER "\r\n", NULL                                                   \
    }
#define CONFLICT                                                                                   \
    {                                                                                              \
        "PUT", 412, NULL, FAULT("PreconditionFailed")                                              \
    }

static void only_the_known_object_is_replaced(void **state)
{
    static const struct {
        const char *name;
        struct step steps[STEPS_MAX];
        const char *known;
        bool replace;
        enum dk_status status;
        unsigned requests;
        const char *header; /* of the PUT; NULL: nothing is put */
    } cases[] = {
        {"nothing there", {NOT_FOUND, STORED}, NULL, false, DK_OK, 2, "\r\nif-none-match: *\r\n"},
        {"what derrick put there", {THERE, STORED}, OTHER, false, DK_OK, 2, "\r\nif-match: " OTHER},
        {"what was removed", {NOT_FOUND, STORED}, OTHER, false, DK_OK, 2, "\r\nif-none-match: *"},
        {"another object",
         {THERE, THERE, {"GET", 403, NULL, FAULT("AccessDenied")}},
         NULL,
         false,
         DK_ERR_REMOTE,
         3,
         NULL},
        {"another object, to be replaced",
         {THERE, STORED},
         NULL,
         true,
         DK_OK,
         2,
         "\r\nif-match: " OTHER},
        {"a server that refuses every condition",
         {NOT_FOUND, CONFLICT},
         NULL,
         false,
         DK_ERR_REMOTE,
         4,
         "PUT /wells/pre/x.csv "},
        /* There, then not, then there: each condition is true when it is sent, and refused. */
        {"an object that comes and goes",
         {NOT_FOUND, CONFLICT, THERE, CONFLICT},
         NULL,
         true,
         DK_ERR_REMOTE,
         10,
         "PUT /wells/pre/x.csv "},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct stage stage = {.cycles = true};
        struct dk_s3_object object = {0};
        struct dk_s3_put put = csv;
        memcpy(stage.steps, cases[i].steps, sizeof(stage.steps));
        put.known_etag = cases[i].known;
        put.replace = cases[i].replace;
        start(&stage, *state);
        enum dk_status status = dk_s3_put(stage.s3, &put, &object, &stage.err);
        unsigned requests = atomic_load(&stage.server.requests);
        if (status != cases[i].status || requests != cases[i].requests || stage.others > 0)
            fail_msg("%s: status %d, %u requests, %u unexpected: %s", cases[i].name, status,
                     requests, stage.others, stage.err.message);
        if (!cases[i].header)
            assert_string_equal(stage.last_put, "");
        else if (!strcasestr(stage.last_put, cases[i].header))
            fail_msg("%s: no '%s' in %s", cases[i].name, cases[i].header, stage.last_put);
        stop(&stage);
    }
}

static enum dk_status count_entry(void *context, const char *key, const struct dk_s3_object *object,
                                  struct dk_error *err)
{
    (void)key;
    (void)object;
    (void)err;
    ++*(unsigned *)context;
    return DK_OK;
}

#define LIST(token)                                                                                \
    "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>pre/cohort=a</Key><Size>1</"  \
    "Size>"                                                                                        \
    "<ETag>&quot;1&quot;</ETag></Contents><NextContinuationToken>" token                           \
    "</NextContinuationToken></ListBucketResult>"

static void a_list_without_end_is_refused(void **state)
{
    static const struct {
        const char *name, *body;
        unsigned requests;
    } cases[] = {
        {"the same token", LIST("t"), 2},
        {"a new token each time", LIST("t%u"), 1000},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct stage stage = {.steps = {{"GET", 200, NULL, cases[i].body}}};
        unsigned entries = 0;
        struct dk_s3_listing listing = {
            .prefix = "cohort=", .entry = count_entry, .context = &entries};
        start(&stage, *state);
        assert_int_equal(dk_s3_list(stage.s3, &listing, &stage.err), DK_ERR_REMOTE);
        assert_string_equal(stage.err.message, "the list of 's3://wells/pre/cohort=' never ends");
        assert_int_equal(atomic_load(&stage.server.requests), cases[i].requests);
        assert_int_equal(entries, cases[i].requests);
        stop(&stage);
    }
}

/* Objects whose removal is refused: whatever the reason is, it ends. */
static void a_removal_ends_whatever_the_server_says(void **state)
{
    static const struct {
        const char *name;
        struct step steps[STEPS_MAX];
        enum dk_status status;
        enum dk_s3_removal_end end;
        unsigned requests;
    } cases[] = {
        {"removed", {THERE, {"DELETE", 204, NULL, NULL}}, DK_OK, DK_S3_REMOVED, 2},
        {"a condition that is never true",
         {THERE, {"DELETE", 412, NULL, FAULT("PreconditionFailed")}},
         DK_ERR_REMOTE,
         DK_S3_DENIED,
         6},
        {"headers that the server can't do",
         {THERE, {"DELETE", 501, NULL, FAULT("NotImplemented")}},
         DK_OK,
         DK_S3_DENIED,
         4},
        {"no permission",
         {THERE, {"DELETE", 403, NULL, FAULT("AccessDenied")}},
         DK_OK,
         DK_S3_DENIED,
         2},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct stage stage = {.cycles = true};
        struct dk_s3_removal removal = {0};
        memcpy(stage.steps, cases[i].steps, sizeof(stage.steps));
        start(&stage, *state);
        enum dk_status status = dk_s3_remove(stage.s3, "x.csv", OTHER, &removal, &stage.err);
        unsigned requests = atomic_load(&stage.server.requests);
        if (status != cases[i].status || removal.end != cases[i].end ||
            requests != cases[i].requests || stage.others > 0)
            fail_msg("%s: status %d, end %d, %u requests, %u unexpected: %s", cases[i].name, status,
                     removal.end, requests, stage.others, stage.err.message);
        stop(&stage);
    }
}

/* --- uploads in parts ----------------------------------------------------------------------- */

#define PARTS_PAGES_MAX 1000 /* as in multipart_resume.c */
#define LARGE_BYTES (17u << 20)
#define UPLOADS                                                                                    \
    "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>pre/x.csv</Key>"     \
    "<UploadId>u</UploadId></Upload></ListMultipartUploadsResult>"
#define PARTS(marker)                                                                              \
    "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>" marker                \
    "</NextPartNumberMarker></ListPartsResult>"

/* A server whose list of parts always says that there is more. */
static void a_list_of_parts_without_end_is_refused(void **state)
{
    static const struct {
        const char *name;
        struct step steps[STEPS_MAX];
        unsigned requests;
    } cases[] = {
        {"the same marker",
         {NOT_FOUND, {"GET", 200, NULL, UPLOADS}, {"GET", 200, NULL, PARTS("7")}},
         4},
        {"a marker that goes back",
         {NOT_FOUND,
          {"GET", 200, NULL, UPLOADS},
          {"GET", 200, NULL, PARTS("7")},
          {"GET", 200, NULL, PARTS("6")}},
         4},
        {"a new marker each time, without a part",
         {NOT_FOUND, {"GET", 200, NULL, UPLOADS}, {"GET", 200, NULL, PARTS("%u")}},
         2 + PARTS_PAGES_MAX},
    };
    struct fake *fake = *state;
    char path[128];
    snprintf(path, sizeof(path), "%s/large.csv", fake->home);
    fake_write(path, "");
    assert_int_equal(truncate(path, LARGE_BYTES), 0);
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct stage stage = {0};
        struct dk_s3_object object = {0};
        const struct dk_s3_put put = {.key = "x.csv", .path = path, .content_type = "text/csv"};
        memcpy(stage.steps, cases[i].steps, sizeof(stage.steps));
        start(&stage, fake);
        assert_int_equal(dk_s3_put(stage.s3, &put, &object, &stage.err), DK_ERR_REMOTE);
        unsigned requests = atomic_load(&stage.server.requests);
        if (requests != cases[i].requests || stage.others > 0 ||
            !strstr(stage.err.message, "the server's list of parts never ends"))
            fail_msg("%s: %u requests, %u unexpected: %s", cases[i].name, requests, stage.others,
                     stage.err.message);
        stop(&stage);
    }
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_put_ends_whatever_the_server_says, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(only_the_known_object_is_replaced, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(a_list_without_end_is_refused, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(a_removal_ends_whatever_the_server_says, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(a_list_of_parts_without_end_is_refused, fake_setup,
                                        fake_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
