/*
 * What an S3 server says is wrong, what to do about it, and whether another attempt helps. Pure.
 *
 * Source: Amazon S3 API Reference, "Error responses"; AWS SDKs and Tools Reference Guide, "Retry
 * behavior"; M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
 */
#ifndef DK_S3_FAULT_H
#define DK_S3_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "http/http.h"

#define DK_FAULT_CODE_MAX 80
#define DK_FAULT_MESSAGE_MAX 400

struct dk_s3_fault {
    long status;                        /* HTTP; 0: there was no answer at all */
    bool unreadable;                    /* the status is good, but the document is cut short */
    char code[DK_FAULT_CODE_MAX];       /* "NoSuchKey"; made from the status if there is no body */
    char message[DK_FAULT_MESSAGE_MAX]; /* printable; may be "" */
    char region[DK_REGION_MAX];         /* where the bucket is, if the answer says so */
};

/* Reads the fault from an answer: its <Error> body, its headers, else its status. */
void dk_fault_read(struct dk_s3_fault *fault, const struct dk_http_answer *answer);

/* Whether a document's root element is <Error>. *readable: it is XML at all. */
bool dk_fault_is_root(const struct dk_http_answer *answer, bool *readable);

/* What to do about a fault; "" if there is nothing useful to say. */
const char *dk_fault_hint(const struct dk_s3_fault *fault);

/* Whether these credentials, or this server, can't do what was asked. */
bool dk_fault_is_denied(const struct dk_s3_fault *fault);

/* Whether a server refuses a header that it does not know: 501, or a 400 that blames the request
 * without saying more. */
bool dk_fault_is_unsupported(const struct dk_s3_fault *fault);

enum dk_retry {
    DK_RETRY_NEVER,
    DK_RETRY_LATER,   /* a temporary failure: wait, then again */
    DK_RETRY_CLOCK,   /* this machine's clock is off: use the server's time, once */
    DK_RETRY_KEYS,    /* the keys have expired: renew them, once */
    DK_RETRY_REGION,  /* the bucket is in another region, which the fault names */
    DK_RETRY_LOCATION /* the answer's Location says where to send this request */
};

/* Judges a fault by its code and status. 403 and 404 are never tried again, except for a clock that
 * is off and keys that have expired. */
enum dk_retry dk_retry_judge(const struct dk_s3_fault *fault);

/* Milliseconds to wait before the next of `attempt` attempts so far: base doubled each time, at
 * most 20 s, of which half is left to chance. *random is the generator's state, never 0. */
unsigned dk_retry_pause_ms(unsigned attempt, unsigned base_ms, uint64_t *random);

#endif
