/*
 * The connection: it owns configuration, credentials, where requests go, and a channel for each
 * thread; and it remembers what was learnt about the server.
 */
#ifndef DK_S3_S3_CONNECTION_H
#define DK_S3_S3_CONNECTION_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "base/observer.h"
#include "base/team.h"
#include "http/http.h"
#include "s3/s3.h"
#include "s3_config.h"

/* What one thread needs to talk to S3. */
struct dk_s3_channel {
    struct dk_http *http;
    struct dk_http_answer answer; /* of the last exchange */
    uint64_t random;
};

struct dk_s3 {
    const struct dk_observer *observer; /* borrowed, may be NULL */
    struct dk_s3_config config;
    struct dk_credentials credentials;
    char endpoint_text[DK_URL_TEXT_MAX]; /* as opened */

    pthread_mutex_t mutex;
    bool has_mutex;
    struct dk_s3_target target; /* under the mutex */

    /* What was learnt about this server; any thread sets it, all of them read it. */
    _Atomic int64_t skew_seconds;  /* the server's clock less ours */
    atomic_bool without_checksum;  /* it does not know x-amz-checksum-*, or must not be sent any */
    atomic_bool without_condition; /* it does not know If-Match on a write */
    atomic_bool without_match;     /* these credentials may not read what If-Match compares */
    atomic_bool without_head;      /* these credentials may not HEAD */

    struct dk_s3_channel channels[DK_TEAM_THREADS_MAX]; /* channel 0 is the caller's */
};

/* Opens the channel of a thread at its first use. */
enum dk_status dk_s3_channel_get(struct dk_s3 *s3, unsigned index, struct dk_s3_channel **channel,
                                 struct dk_error *err) DK_CHECK;

/* Where requests go now; and from now on. */
struct dk_s3_target dk_s3_target_get(struct dk_s3 *s3);
void dk_s3_target_set(struct dk_s3 *s3, const struct dk_s3_target *target);

#endif
