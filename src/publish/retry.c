#include "retry.h"

#include <string.h>

#include "base/date.h"

#define RETRY_PAUSE_MS_MAX 20000u

struct judgement {
    const char *code;
    enum dk_retry retry;
};

/* Codes that say more than their status does. */
static const struct judgement judgements[] = {
    {"AuthorizationHeaderMalformed", DK_RETRY_REGION},
    {"BadDigest", DK_RETRY_LATER},
    {"BandwidthLimitExceeded", DK_RETRY_LATER},
    {"ConditionalRequestConflict", DK_RETRY_LATER},
    {"ExpiredToken", DK_RETRY_KEYS},
    {"ExpiredTokenException", DK_RETRY_KEYS},
    {"IllegalLocationConstraintException", DK_RETRY_NEVER},
    {"IncompleteBody", DK_RETRY_LATER},
    {"InternalError", DK_RETRY_LATER},
    {"OperationAborted", DK_RETRY_LATER},
    {"PermanentRedirect", DK_RETRY_REGION},
    {"RequestThrottled", DK_RETRY_LATER},
    {"RequestTimeTooSkewed", DK_RETRY_CLOCK},
    {"RequestTimeout", DK_RETRY_LATER},
    {"RequestTimeoutException", DK_RETRY_LATER},
    {"ServiceUnavailable", DK_RETRY_LATER},
    {"SlowDown", DK_RETRY_LATER},
    {"TemporaryRedirect", DK_RETRY_LOCATION},
    {"Throttling", DK_RETRY_LATER},
    {"ThrottlingException", DK_RETRY_LATER},
    {"TokenRefreshRequired", DK_RETRY_KEYS},
    {"TooManyRequests", DK_RETRY_LATER},
    {"XAmzContentSHA256Mismatch", DK_RETRY_LATER},
};

enum dk_retry dk_retry_judge(const struct dk_s3_fault *fault)
{
    for (size_t i = 0; i < DK_COUNT_OF(judgements); i++)
        if (strcmp(judgements[i].code, fault->code) == 0)
            return judgements[i].retry;
    switch (fault->status) {
    case 301:
        return DK_RETRY_REGION;
    case 307:
    case 308:
        return DK_RETRY_LOCATION;
    case 400:
        /* HEAD tells a wrong region by a header alone. */
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

static int two_digits(const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    return 10 * (text[0] - '0') + (text[1] - '0');
}

int64_t dk_http_date_parse(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    /* "Tue, 24 Nov 2026 19:16:53 GMT" */
    if (strlen(text) != 29 || text[3] != ',' || text[7] != ' ' || text[11] != ' ' ||
        text[16] != ' ' || text[19] != ':' || text[22] != ':' || strcmp(text + 25, " GMT") != 0)
        return -1;
    int month = 0;
    for (int i = 0; i < 12; i++)
        if (memcmp(months + 3 * i, text + 8, 3) == 0)
            month = i + 1;
    int day = two_digits(text + 5);
    int century = two_digits(text + 12);
    int year = two_digits(text + 14);
    int hour = two_digits(text + 17);
    int minute = two_digits(text + 20);
    int second = two_digits(text + 23);
    if (month == 0 || day < 1 || day > 31 || century < 0 || year < 0 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 60)
        return -1;
    return dk_days_from_civil(100 * century + year, month, day) * 86400 + hour * 3600 +
           minute * 60 + second;
}
