#include "fault.h"

#include <stdio.h>
#include <string.h>

#include "answer_text.h"
#include "xml.h"

#define RETRY_PAUSE_MS_MAX 20000u

/* --- what is known of codes ----------------------------------------------------------------- */

struct code_row {
    const char *code;
    enum dk_retry retry;
    const char *hint;
};

/* Codes that say more than their status does. */
static const struct code_row code_table[] = {
    {"AccessDenied", DK_RETRY_NEVER,
     "these credentials do not have the right: grant what docs/s3.md lists"},
    {"AllAccessDisabled", DK_RETRY_NEVER, "the account or the bucket is blocked: ask its owner"},
    {"AuthorizationHeaderMalformed", DK_RETRY_REGION, ""},
    {"BadDigest", DK_RETRY_LATER,
     "the bytes were damaged in transfer: check the network, then run again"},
    {"BandwidthLimitExceeded", DK_RETRY_LATER, ""},
    {"BucketAlreadyExists", DK_RETRY_NEVER,
     "the name belongs to another account: choose another bucket in s3.url"},
    {"ConditionalRequestConflict", DK_RETRY_LATER, ""},
    {"EntityTooLarge", DK_RETRY_NEVER, "the file is larger than S3 allows for one object"},
    {"ExpiredToken", DK_RETRY_KEYS,
     "the session has expired: renew the credentials, or use a credential_process, then run again"},
    {"ExpiredTokenException", DK_RETRY_KEYS, ""},
    {"IncompleteBody", DK_RETRY_LATER, ""},
    {"InsufficientStorage", DK_RETRY_NEVER,
     "the server is full: free some space there, then run again"},
    {"InternalError", DK_RETRY_LATER, ""},
    {"InvalidAccessKeyId", DK_RETRY_NEVER,
     "the server does not know this access key id: check the credentials and the endpoint"},
    {"InvalidBucketName", DK_RETRY_NEVER, "correct the bucket's name in s3.url"},
    {"InvalidStorageClass", DK_RETRY_NEVER, "correct s3.storage_class"},
    {"InvalidToken", DK_RETRY_NEVER,
     "the session token is not valid: renew the credentials, then run again"},
    {"KMS.DisabledException", DK_RETRY_NEVER,
     "enable the KMS key, or choose another in s3.kms_key_id"},
    {"KMS.NotFoundException", DK_RETRY_NEVER, "correct s3.kms_key_id"},
    {"NoSuchBucket", DK_RETRY_NEVER,
     "create the bucket ('derrick init --bucket' or infra/terraform), or correct s3.url"},
    {"OperationAborted", DK_RETRY_LATER, ""},
    {"PermanentRedirect", DK_RETRY_REGION, ""},
    {"QuotaExceeded", DK_RETRY_NEVER,
     "the quota is used up: free some space or have it raised, then run again"},
    {"RequestThrottled", DK_RETRY_LATER, ""},
    {"RequestTimeTooSkewed", DK_RETRY_CLOCK, "set this machine's clock"},
    {"RequestTimeout", DK_RETRY_LATER, ""},
    {"RequestTimeoutException", DK_RETRY_LATER, ""},
    {"ServiceUnavailable", DK_RETRY_LATER, ""},
    {"SignatureDoesNotMatch", DK_RETRY_NEVER,
     "the secret access key does not belong to the access key id: check the credentials"},
    {"SlowDown", DK_RETRY_LATER, "the server asks for fewer requests: run again later"},
    {"TemporaryRedirect", DK_RETRY_LOCATION, ""},
    {"Throttling", DK_RETRY_LATER, ""},
    {"ThrottlingException", DK_RETRY_LATER, ""},
    {"TokenRefreshRequired", DK_RETRY_KEYS, "renew the credentials, then run again"},
    {"TooManyRequests", DK_RETRY_LATER, ""},
    {"XAmzContentSHA256Mismatch", DK_RETRY_LATER, ""},
};

static const struct code_row *find_code(const char *code)
{
    for (size_t i = 0; i < DK_COUNT_OF(code_table); i++)
        if (strcmp(code_table[i].code, code) == 0)
            return &code_table[i];
    return NULL;
}

const char *dk_fault_hint(const struct dk_s3_fault *fault)
{
    const struct code_row *row = find_code(fault->code);
    if (row && *row->hint)
        return row->hint;
    if (strncmp(fault->code, "KMS.", 4) == 0)
        return "check s3.kms_key_id, and that these credentials may use the key";
    if (fault->status >= 500)
        return "the server has a problem: run again later";
    return fault->status == 403 ? find_code("AccessDenied")->hint : "";
}

bool dk_fault_is_denied(const struct dk_s3_fault *fault)
{
    return (fault->status == 403 && strcmp(fault->code, "AccessDenied") == 0) ||
           fault->status == 405 || fault->status == 501;
}

bool dk_fault_is_unsupported(const struct dk_s3_fault *fault)
{
    static const char *const codes[] = {"BadRequest", "InvalidArgument", "InvalidRequest",
                                        "NotImplemented", "UnsupportedArgument"};
    for (size_t i = 0; fault->status == 400 && i < DK_COUNT_OF(codes); i++)
        if (strcmp(codes[i], fault->code) == 0)
            return true;
    return fault->status == 501;
}

enum dk_retry dk_retry_judge(const struct dk_s3_fault *fault)
{
    const struct code_row *row = find_code(fault->code);
    if (row && row->retry != DK_RETRY_NEVER)
        return row->retry;
    switch (fault->status) {
    case 301:
        return DK_RETRY_REGION;
    case 307:
    case 308:
        return DK_RETRY_LOCATION;
    case 400:
        /* The answer to HEAD names another region in a header alone. */
        return fault->region[0] && strcmp(fault->code, "BadRequest") == 0 ? DK_RETRY_REGION
                                                                          : DK_RETRY_NEVER;
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
        return DK_RETRY_LATER;
    default:
        return DK_RETRY_NEVER;
    }
}

/* --- reading -------------------------------------------------------------------------------- */

static enum dk_status fault_element(void *context, const char *path, const char *text,
                                    struct dk_error *err)
{
    struct dk_s3_fault *fault = context;
    (void)err;
    /* The root is <Error>, except where a gateway wraps it: <ErrorResponse><Error>. */
    const char *name = strstr(path, "Error/");
    if (!name)
        return DK_OK;
    name += strlen("Error/");
    if (strcmp(name, "Code") == 0)
        dk_answer_copy_printable(fault->code, sizeof(fault->code), text);
    else if (strcmp(name, "Message") == 0)
        dk_answer_copy_printable(fault->message, sizeof(fault->message), text);
    else if (strcmp(name, "Region") == 0 && dk_region_is_valid(text))
        dk_answer_copy(fault->region, sizeof(fault->region), text);
    return DK_OK;
}

struct status_code {
    long status;
    const char *code;
};

/* The answer to HEAD has no body. */
static const struct status_code status_codes[] = {
    {301, "PermanentRedirect"}, {307, "TemporaryRedirect"},  {400, "BadRequest"},
    {403, "AccessDenied"},      {404, "NotFound"},           {405, "MethodNotAllowed"},
    {409, "Conflict"},          {412, "PreconditionFailed"}, {429, "TooManyRequests"},
    {500, "InternalError"},     {501, "NotImplemented"},     {503, "ServiceUnavailable"},
};

void dk_fault_read(struct dk_s3_fault *fault, const struct dk_http_answer *answer)
{
    *fault = (struct dk_s3_fault){.status = answer->status};
    if (answer->body.size > 0 &&
        dk_xml_walk(answer->body.data, answer->body.size, fault_element, fault, NULL) != DK_OK)
        fault->message[0] = '\0';
    const char *region = dk_http_header(answer, "x-amz-bucket-region");
    if (!fault->region[0] && dk_region_is_valid(region))
        dk_answer_copy(fault->region, sizeof(fault->region), region);
    for (size_t i = 0; !fault->code[0] && i < DK_COUNT_OF(status_codes); i++)
        if (status_codes[i].status == answer->status)
            dk_answer_copy(fault->code, sizeof(fault->code), status_codes[i].code);
    if (!fault->code[0])
        dk_text_format(fault->code, sizeof(fault->code), "HTTP status %ld", answer->status);
}

struct root {
    bool is_error;
};

static enum dk_status root_element(void *context, const char *path, const char *text,
                                   struct dk_error *err)
{
    struct root *root = context;
    (void)text;
    (void)err;
    root->is_error = strncmp(path, "Error", 5) == 0 && (path[5] == '\0' || path[5] == '/');
    return DK_OK;
}

bool dk_fault_is_root(const struct dk_http_answer *answer, bool *readable)
{
    struct root root = {0};
    *readable = dk_xml_walk(answer->body.data ? answer->body.data : "", answer->body.size,
                            root_element, &root, NULL) == DK_OK;
    return *readable && root.is_error;
}

/* --- pauses --------------------------------------------------------------------------------- */

/* xorshift64 (G. Marsaglia, "Xorshift RNGs", 2003): to spread retries, nothing secret. */
static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

unsigned dk_retry_pause_ms(unsigned attempt, unsigned base_ms, uint64_t *random)
{
    unsigned pause = base_ms < RETRY_PAUSE_MS_MAX ? base_ms : RETRY_PAUSE_MS_MAX;
    for (unsigned i = 1; i < attempt && pause < RETRY_PAUSE_MS_MAX; i++)
        pause *= 2;
    if (pause > RETRY_PAUSE_MS_MAX)
        pause = RETRY_PAUSE_MS_MAX;
    unsigned half = pause / 2;
    return pause - half + (unsigned)(random_next(random) % (half + 1));
}
