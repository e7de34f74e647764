/*
 * What the files of this module share: the connection's insides, and the exchange: one request
 * signed, sent, tried again where that helps, and its answer or its fault.
 */
#ifndef DK_PUBLISH_S3_H
#define DK_PUBLISH_S3_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "base/team.h"
#include "credentials.h"
#include "http.h"
#include "publish/publish.h"
#include "s3_answer.h"
#include "s3_request.h"

#define DK_S3_THREADS_DEFAULT 4
#define DK_S3_ATTEMPTS_DEFAULT 8
#define DK_S3_BACKOFF_MS_DEFAULT 200
#define DK_S3_STALL_SECONDS_DEFAULT 60
#define DK_S3_PROXY_MAX 512

/* What a thread needs to talk to S3. Opened by dk_s3_lane_open at its first use. */
struct dk_s3_lane {
    struct dk_http *http;
    struct dk_http_answer answer; /* of the last exchange */
    uint64_t random;
};

/* Where requests go; a redirect may change it. */
struct dk_s3_place {
    struct dk_endpoint endpoint;
    char region[DK_REGION_MAX];
};

struct dk_s3 {
    const struct dk_environment *environment; /* borrowed */
    const struct dk_observer *observer;       /* borrowed, may be NULL */
    char bucket[DK_BUCKET_MAX];
    char prefix[DK_KEY_MAX];
    enum dk_s3_addressing addressing;
    enum dk_s3_sse sse;
    char kms_key_id[2049];
    char storage_class[65];
    uint64_t part_size_bytes; /* 0: by the file's size */
    unsigned threads;
    unsigned attempts_max;
    unsigned backoff_ms;
    bool endpoint_is_custom; /* set by the user: a region does not change it */
    char ca_bundle[DK_AWS_PATH_MAX];
    struct dk_secret proxy; /* may hold a password */
    char no_proxy[DK_S3_PROXY_MAX];
    struct dk_http_settings http;
    struct dk_credentials credentials;
    char endpoint_text[DK_ENDPOINT_TEXT_MAX]; /* as opened */
    char region_text[DK_REGION_MAX];

    pthread_mutex_t mutex;
    bool has_mutex;
    bool has_curl;
    struct dk_s3_place place; /* under the mutex */

    /* What was learnt about this server; any thread sets it, all of them look. */
    _Atomic int64_t skew_seconds;  /* the server's clock less ours */
    atomic_bool without_checksum;  /* it does not know x-amz-checksum-*, or is not to be asked */
    atomic_bool without_condition; /* it does not know If-Match on a write */
    atomic_bool without_match;     /* these credentials may not read what If-Match is about */
    atomic_bool without_head;      /* these credentials may not HEAD */

    struct dk_s3_lane lanes[DK_TEAM_THREADS_MAX]; /* lane 0 is the caller's */
};

enum dk_status dk_s3_lane_open(struct dk_s3 *s3, struct dk_s3_lane *lane, struct dk_error *err)
    DK_CHECK;
void dk_s3_lane_close(struct dk_s3_lane *lane);

/* Sends, and tries again where that helps. DK_OK: lane->answer holds a 2xx answer, whole, that
 * is no <Error>. Else *fault says what the server said (status 0: nothing),
 * and err says it for people, with bucket, key and hint. Safe from several threads, each with a
 * lane of its own. */
enum dk_status dk_s3_exchange(struct dk_s3 *s3, struct dk_s3_lane *lane,
                              const struct dk_s3_request *request, struct dk_s3_fault *fault,
                              struct dk_error *err) DK_CHECK;

/* "prefix/key" into whole; DK_ERR_CONFIG if it is no key: empty, too long, control characters, not
 * UTF-8. */
enum dk_status dk_s3_key_make(const struct dk_s3 *s3, const char *key, char whole[DK_KEY_MAX],
                              struct dk_error *err) DK_CHECK;

/* "s3://bucket/<whole key>" (NULL: the bucket). */
void dk_s3_place_text(const struct dk_s3 *s3, const char *whole, char text[DK_S3_TEXT_MAX]);

/* --- object.c ------------------------------------------------------------------------------- */

/* What is known of an object before it is written. */
struct dk_s3_look {
    struct dk_s3_object object;
    bool unknown;    /* neither HEAD nor the list is allowed: it may exist or not */
    char owner[128]; /* "" if it is not told */
};

/* Looks at a whole key: by HEAD, else in the bucket's list. `with_owner`: ask the list for the
 * owner, too, if it says. */
enum dk_status dk_s3_look(struct dk_s3 *s3, struct dk_s3_lane *lane, const char *whole_key,
                          bool with_owner, struct dk_s3_look *look, struct dk_error *err) DK_CHECK;

/* --- digest.c ------------------------------------------------------------------------------- */

enum dk_digest_kind { DK_DIGEST_SHA256 = 1, DK_DIGEST_MD5 = 2, DK_DIGEST_BOTH = 3 };

/* Digests of a body, which is read piece by piece; what is not asked for stays zero. DK_ERR_IO if
 * the file can't be read, DK_ERR_DATA if it has become shorter. */
enum dk_status dk_digest_body(const struct dk_http_body *body, enum dk_digest_kind kind,
                              struct dk_digest *digest, struct dk_error *err) DK_CHECK;

enum dk_etag_verdict { DK_ETAG_SAME, DK_ETAG_DIFFERENT, DK_ETAG_UNKNOWN };

/* Whether `etag` is the MD5 of a single PUT with this MD5. UNKNOWN where it is no plain MD5 at
 * all. */
enum dk_etag_verdict dk_etag_judge(const char *etag, const unsigned char md5[DK_MD5_BYTES]);
/* Whether it is that of a multipart upload of parts with these MD5s. UNKNOWN unless it has the
 * form "<md5>-<count>". */
enum dk_etag_verdict dk_etag_judge_parts(const char *etag,
                                         const unsigned char (*md5s)[DK_MD5_BYTES], size_t count);
/* Whether a body has this ETag, whoever uploaded it: as one PUT, or in parts of a usual size
 * (`part_size_bytes` among them). Reads the body. */
enum dk_status dk_etag_judge_body(const char *etag, const struct dk_http_body *body,
                                  uint64_t part_size_bytes, enum dk_etag_verdict *verdict,
                                  struct dk_error *err) DK_CHECK;
/* Whether two ETags are the same, with or without quotes. */
bool dk_etag_equal(const char *a, const char *b);

#endif
