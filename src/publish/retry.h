/*
 * What to do about a request that failed, and how long to wait first. Pure.
 *
 * Source: AWS SDKs and Tools Reference Guide, "Retry behavior"; Amazon S3 API Reference, "Error
 * responses"; M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
 */
#ifndef DK_PUBLISH_RETRY_H
#define DK_PUBLISH_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "s3_answer.h"

enum dk_retry {
    DK_RETRY_NEVER,   /* final: tell it */
    DK_RETRY_LATER,   /* the server or the network has a bad moment: wait, then again */
    DK_RETRY_CLOCK,   /* this machine's clock is off: mend by the answer's Date, once */
    DK_RETRY_KEYS,    /* the keys have expired: renew them, once */
    DK_RETRY_REGION,  /* the bucket is in another region, which the fault names */
    DK_RETRY_LOCATION /* the answer's Location says where to ask this time */
};

/* Judges a fault by its code and status. 403 and 404 are never tried again, except for a clock that
 * is off and keys that have expired. */
enum dk_retry dk_retry_judge(const struct dk_s3_fault *fault);

/* Milliseconds to wait before try number `attempt` (1: the second one): base doubled each time, at
 * most 20 s, of which half is left to chance. *random is the generator's state, never 0. */
unsigned dk_retry_pause_ms(unsigned attempt, unsigned base_ms, uint64_t *random);

/* Seconds since 1970 of an HTTP date ("Tue, 24 Nov 2026 19:16:53 GMT", RFC 9110, 5.6.7); -1 if it
 * is none. */
int64_t dk_http_date_parse(const char *text);

#endif
