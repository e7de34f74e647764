/*
 * The exchange: a request is signed, sent, and tried again where that helps. Every request to S3
 * goes through here.
 */
#include "s3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "retry.h"

#define WIRE_HEADERS_MAX (DK_REQUEST_HEADERS_MAX + 8)
#define WIRE_TEXT_MAX (32 * 1024)
#define REDIRECTS_MAX 3
#define RETRY_AFTER_SECONDS_MAX 60

enum dk_status dk_s3_lane_open(struct dk_s3 *s3, struct dk_s3_lane *lane, struct dk_error *err)
{
    if (lane->http)
        return DK_OK;
    if (getrandom(&lane->random, sizeof(lane->random), 0) != (ssize_t)sizeof(lane->random) ||
        lane->random == 0)
        lane->random = 0x9E3779B97F4A7C15u; /* only spreads retries */
    dk_http_answer_init(&lane->answer);
    return dk_http_open(&lane->http, &s3->http, err);
}

void dk_s3_lane_close(struct dk_s3_lane *lane)
{
    dk_http_close(lane->http);
    dk_http_answer_reset(&lane->answer);
    *lane = (struct dk_s3_lane){0};
}

/* --- what goes over the wire ---------------------------------------------------------------- */

/* One try: a URL and header lines, all of them in one text. */
struct wire {
    struct dk_buffer text; /* NUL-terminated pieces; holds the session token */
    size_t url;
    size_t lines[WIRE_HEADERS_MAX];
    size_t count;
    char access_key_id[256]; /* that signed it: no secret, but not told either */
};

static void wire_reset(struct wire *wire)
{
    if (wire->text.data)
        explicit_bzero(wire->text.data, wire->text.capacity);
    dk_buffer_reset(&wire->text);
}

/* What a try is made from. */
struct signing {
    const struct dk_s3 *s3;
    const struct dk_s3_request *request;
    const struct dk_s3_place *place;
    const struct dk_keys *keys;
    char time[DK_SIGV4_TIME_MAX];
    struct dk_buffer host;
    struct dk_buffer path;
    struct dk_buffer query;
    struct dk_buffer authorization;
};

static enum dk_status signing_address(struct signing *signing, struct dk_error *err)
{
    const struct dk_s3 *s3 = signing->s3;
    const struct dk_endpoint *endpoint = &signing->place->endpoint;
    const struct dk_s3_request *request = signing->request;
    bool is_virtual = dk_address_is_virtual(s3->addressing, endpoint, s3->bucket);
    enum dk_status status = dk_address_host(&signing->host, endpoint, is_virtual, s3->bucket, err);
    if (status == DK_OK)
        status =
            dk_address_path(&signing->path, endpoint, is_virtual, s3->bucket, request->key, err);
    if (status == DK_OK)
        status = dk_sigv4_query(&signing->query, request->query, request->query_count, err);
    if (status == DK_OK)
        status = dk_buffer_terminate(&signing->host, err);
    if (status == DK_OK)
        status = dk_buffer_terminate(&signing->path, err);
    if (status == DK_OK)
        status = dk_buffer_terminate(&signing->query, err);
    return status;
}

static enum dk_status wire_line(struct wire *wire, const char *name, const char *value,
                                struct dk_error *err)
{
    wire->lines[wire->count++] = wire->text.size;
    /* curl takes "Name;" for a header without a value. */
    enum dk_status status = *value ? dk_buffer_printf(&wire->text, err, "%s: %s", name, value)
                                   : dk_buffer_printf(&wire->text, err, "%s;", name);
    return status == DK_OK ? dk_buffer_append(&wire->text, "", 1, err) : status;
}

static enum dk_status wire_url(struct wire *wire, const struct signing *signing,
                               struct dk_error *err)
{
    wire->url = wire->text.size;
    enum dk_status status =
        dk_buffer_printf(&wire->text, err, "%s://%s%s%s%s",
                         signing->place->endpoint.tls ? "https" : "http", signing->host.data,
                         signing->path.data, signing->query.size ? "?" : "", signing->query.data);
    return status == DK_OK ? dk_buffer_append(&wire->text, "", 1, err) : status;
}

static enum dk_status wire_write(struct wire *wire, const struct signing *signing,
                                 const struct dk_sigv4_pair *headers, size_t count,
                                 struct dk_error *err)
{
    enum dk_status status = wire_url(wire, signing, err);
    /* headers[0] is Host, which curl makes from the URL, letter for letter. */
    for (size_t i = 1; i < count && status == DK_OK; i++)
        status = wire_line(wire, headers[i].name, headers[i].value, err);
    if (status == DK_OK)
        status = wire_line(wire, "Authorization", signing->authorization.data, err);
    return status;
}

static enum dk_status signing_run(struct signing *signing, struct wire *wire, struct dk_error *err)
{
    const struct dk_s3_request *request = signing->request;
    struct dk_sigv4_pair headers[WIRE_HEADERS_MAX];
    size_t count = 0;
    enum dk_status status = signing_address(signing, err);
    if (status != DK_OK)
        return status;
    headers[count++] = (struct dk_sigv4_pair){"Host", signing->host.data};
    headers[count++] = (struct dk_sigv4_pair){"x-amz-date", signing->time};
    headers[count++] = (struct dk_sigv4_pair){"x-amz-content-sha256", request->payload_sha256};
    if (signing->keys->session_token.text)
        headers[count++] =
            (struct dk_sigv4_pair){"x-amz-security-token", signing->keys->session_token.text};
    for (size_t i = 0; i < request->header_count; i++)
        headers[count++] = request->headers[i];
    struct dk_sigv4_request to_sign = {.method = request->method,
                                       .path = signing->path.data,
                                       .query = signing->query.data,
                                       .payload_sha256 = request->payload_sha256,
                                       .time = signing->time,
                                       .headers = headers,
                                       .header_count = count};
    struct dk_sigv4_key key = {.access_key_id = signing->keys->access_key_id.text,
                               .secret_access_key = signing->keys->secret_access_key.text,
                               .region = signing->place->region,
                               .service = "s3"};
    status = dk_sigv4_sign(&signing->authorization, &to_sign, &key, err);
    if (status == DK_OK)
        status = dk_buffer_terminate(&signing->authorization, err);
    return status == DK_OK ? wire_write(wire, signing, headers, count, err) : status;
}

/* Signs a request for a place, with the server's time. */
static enum dk_status wire_sign(struct wire *wire, struct dk_s3 *s3,
                                const struct dk_s3_request *request,
                                const struct dk_s3_place *place, struct dk_error *err)
{
    struct signing signing = {.s3 = s3, .request = request, .place = place};
    dk_buffer_init(&signing.host, WIRE_TEXT_MAX);
    dk_buffer_init(&signing.path, WIRE_TEXT_MAX);
    dk_buffer_init(&signing.query, WIRE_TEXT_MAX);
    dk_buffer_init(&signing.authorization, WIRE_TEXT_MAX);
    enum dk_status status = dk_credentials_lock(&s3->credentials, &signing.keys, err);
    if (status == DK_OK) {
        dk_sigv4_time((int64_t)time(NULL) + atomic_load(&s3->skew_seconds), signing.time);
        dk_text_format(wire->access_key_id, sizeof(wire->access_key_id), "%s",
                       signing.keys->access_key_id.text);
        status = signing_run(&signing, wire, err);
        dk_credentials_unlock(&s3->credentials);
    }
    dk_buffer_reset(&signing.host);
    dk_buffer_reset(&signing.path);
    dk_buffer_reset(&signing.query);
    dk_buffer_reset(&signing.authorization);
    return status;
}

/* --- one try -------------------------------------------------------------------------------- */

/* How an exchange got on so far. */
struct trial {
    struct dk_s3 *s3;
    struct dk_s3_lane *lane;
    const struct dk_s3_request *request;
    struct dk_s3_place place;
    unsigned tries; /* that waited for the server or the network */
    unsigned redirects;
    bool clock_mended;
    bool keys_renewed;
    char access_key_id[256]; /* that signed the last try */
};

static enum dk_http_outcome trial_send(struct trial *trial, const struct wire *wire,
                                       struct dk_error *err)
{
    const char *lines[WIRE_HEADERS_MAX];
    for (size_t i = 0; i < wire->count; i++)
        lines[i] = wire->text.data + wire->lines[i];
    const struct dk_s3_request *request = trial->request;
    struct dk_http_request http = {.method = request->method,
                                   .url = wire->text.data + wire->url,
                                   .headers = lines,
                                   .header_count = wire->count,
                                   .body = request->body,
                                   .stop = request->stop,
                                   .sent = request->sent,
                                   .context = request->context};
    return dk_http_exchange(trial->lane->http, &http, &trial->lane->answer, err);
}

/* A 2xx status does not always mean success: S3 sends CompleteMultipartUpload's status before it is
 * done, so that its error comes in the body, and a proxy may cut a document short. */
static bool answer_is_good(const struct trial *trial, struct dk_s3_fault *fault)
{
    const struct dk_http_answer *answer = &trial->lane->answer;
    char root[64] = "";
    dk_fault_read(fault, answer);
    if (answer->status < 200 || answer->status > 299)
        return false;
    if (!trial->request->has_document)
        return true;
    if (!dk_answer_root(answer, root, sizeof(root))) {
        dk_text_format(fault->code, sizeof(fault->code), "InternalError");
        dk_text_format(fault->message, sizeof(fault->message), "the answer was cut short");
        return false;
    }
    return strcmp(root, "Error") != 0;
}

/* What a message names: the object, even where the bucket's list is asked about it. */
static void trial_place_text(const struct trial *trial, char place[DK_S3_TEXT_MAX])
{
    const struct dk_s3_request *request = trial->request;
    dk_s3_place_text(trial->s3, request->about ? request->about : request->key, place);
}

static void fault_tell(const struct trial *trial, const struct dk_s3_fault *fault,
                       struct dk_error *err)
{
    char place[DK_S3_TEXT_MAX];
    trial_place_text(trial, place);
    dk_error_set(err, DK_ERR_REMOTE, "can't %s '%s': %s%s%s (HTTP %ld)", trial->request->what,
                 place, fault->code, fault->message[0] ? ": " : "", fault->message, fault->status);
    if (err)
        err->native = (int)fault->status;
    dk_error_hint(err, "%s", dk_fault_hint(fault));
}

static enum dk_retry trial_run(struct trial *trial, const struct wire *wire,
                               struct dk_s3_fault *fault, struct dk_error *err)
{
    char place[DK_S3_TEXT_MAX];
    *fault = (struct dk_s3_fault){0};
    enum dk_http_outcome outcome = trial_send(trial, wire, err);
    if (outcome == DK_HTTP_ANSWERED) {
        if (answer_is_good(trial, fault)) {
            dk_error_reset(err);
            return DK_RETRY_NEVER;
        }
        fault_tell(trial, fault, err);
        return dk_retry_judge(fault);
    }
    trial_place_text(trial, place);
    dk_error_prefix(err, "can't %s '%s' at %s", trial->request->what, place,
                    trial->s3->endpoint_text);
    return outcome == DK_HTTP_AGAIN ? DK_RETRY_LATER : DK_RETRY_NEVER;
}

/* --- what to do before the next one --------------------------------------------------------- */

/* Waits in short steps, so that a stop is seen soon. */
static void pause_ms(unsigned milliseconds, const atomic_bool *stop)
{
    while (milliseconds > 0 && !(stop && atomic_load_explicit(stop, memory_order_relaxed))) {
        unsigned step = milliseconds < 50 ? milliseconds : 50;
        struct timespec pause = {.tv_nsec = (long)step * 1000 * 1000};
        nanosleep(&pause, NULL);
        milliseconds -= step;
    }
}

static bool prepare_later(struct trial *trial, const struct dk_error *reason)
{
    struct dk_s3 *s3 = trial->s3;
    if (++trial->tries >= s3->attempts_max)
        return false;
    unsigned pause = dk_retry_pause_ms(trial->tries, s3->backoff_ms, &trial->lane->random);
    uint64_t seconds = 0;
    if (dk_number_parse(dk_http_header(&trial->lane->answer, "retry-after"), &seconds) &&
        seconds <= RETRY_AFTER_SECONDS_MAX && seconds * 1000 > pause)
        pause = (unsigned)seconds * 1000;
    dk_observer_notice(s3->observer, DK_LEVEL_DEBUG, "%s; trying again in %u ms (%u of %u)",
                       reason->message, pause, trial->tries + 1, s3->attempts_max);
    pause_ms(pause, trial->request->stop);
    return true;
}

static bool prepare_clock(struct trial *trial)
{
    int64_t server = dk_http_date_parse(dk_http_header(&trial->lane->answer, "date"));
    if (server < 0 || trial->clock_mended)
        return false;
    int64_t skew = server - (int64_t)time(NULL);
    trial->clock_mended = true;
    atomic_store(&trial->s3->skew_seconds, skew);
    dk_observer_notice(trial->s3->observer, DK_LEVEL_WARNING,
                       "this machine's clock is %lld seconds off the server's; signing with the "
                       "server's time",
                       (long long)skew);
    return true;
}

static bool prepare_keys(struct trial *trial)
{
    bool renewed = false;
    struct dk_error reason = {0};
    if (trial->keys_renewed)
        return false;
    trial->keys_renewed = true;
    if (dk_credentials_renew(&trial->s3->credentials, trial->access_key_id, &renewed, &reason) !=
        DK_OK)
        dk_observer_notice(trial->s3->observer, DK_LEVEL_WARNING, "%s", reason.message);
    return renewed;
}

/* Goes where the bucket is, and remembers it for all later requests. */
static bool prepare_region(struct trial *trial, const struct dk_s3_fault *fault)
{
    struct dk_s3 *s3 = trial->s3;
    if (!fault->region[0] || strcmp(fault->region, trial->place.region) == 0 ||
        ++trial->redirects > REDIRECTS_MAX)
        return false;
    struct dk_s3_place place = trial->place;
    memcpy(place.region, fault->region, sizeof(place.region));
    if (!s3->endpoint_is_custom && dk_endpoint_aws(&place.endpoint, place.region, NULL) != DK_OK)
        return false;
    trial->place = place;
    pthread_mutex_lock(&s3->mutex);
    s3->place = place;
    pthread_mutex_unlock(&s3->mutex);
    dk_observer_notice(s3->observer, DK_LEVEL_NOTICE,
                       "the bucket '%s' is in region %s; set s3.region to it", s3->bucket,
                       place.region);
    return true;
}

/* The host of a Location header; the bucket's label before it is cut off again. */
static bool location_parse(const struct trial *trial, const char *location,
                           struct dk_endpoint *endpoint)
{
    char url[DK_HOST_MAX + 16];
    const char *slashes = strstr(location, "://");
    if (!slashes)
        return false;
    size_t size = (size_t)(slashes - location) + 3 + strcspn(slashes + 3, "/?");
    if (size >= sizeof(url))
        return false;
    memcpy(url, location, size);
    url[size] = '\0';
    if (dk_endpoint_parse(endpoint, url, NULL) != DK_OK)
        return false;
    size_t label = strlen(trial->s3->bucket);
    if (strncmp(endpoint->host, trial->s3->bucket, label) == 0 && endpoint->host[label] == '.')
        memmove(endpoint->host, endpoint->host + label + 1, strlen(endpoint->host + label + 1) + 1);
    return true;
}

/* Follows a temporary redirect, for this request alone, to a server that is as trustworthy: from
 * Amazon's to Amazon's, within this machine, to the same one; never from TLS to plain text. */
static bool prepare_location(struct trial *trial)
{
    const struct dk_endpoint *old = &trial->place.endpoint;
    struct dk_endpoint next;
    if (!location_parse(trial, dk_http_header(&trial->lane->answer, "location"), &next) ||
        ++trial->redirects > REDIRECTS_MAX)
        return false;
    bool trusted = (old->is_aws && next.is_aws) || strcmp(old->host, next.host) == 0 ||
                   (dk_endpoint_is_loopback(old) && dk_endpoint_is_loopback(&next));
    if (!trusted || (old->tls && !next.tls))
        return false;
    trial->place.endpoint = next;
    return true;
}

static bool trial_prepare(struct trial *trial, enum dk_retry retry, const struct dk_s3_fault *fault,
                          const struct dk_error *reason)
{
    const atomic_bool *stop = trial->request->stop;
    if (stop && atomic_load_explicit(stop, memory_order_relaxed))
        return false;
    switch (retry) {
    case DK_RETRY_LATER:
        return prepare_later(trial, reason);
    case DK_RETRY_CLOCK:
        return prepare_clock(trial);
    case DK_RETRY_KEYS:
        return prepare_keys(trial);
    case DK_RETRY_REGION:
        return prepare_region(trial, fault);
    case DK_RETRY_LOCATION:
        return prepare_location(trial);
    case DK_RETRY_NEVER:
        break;
    }
    return false;
}

/* --- the exchange --------------------------------------------------------------------------- */

/* One try, signed anew. DK_OK with *again: once more. */
static enum dk_status trial_step(struct trial *trial, struct dk_s3_fault *fault, bool *again,
                                 struct dk_error *err)
{
    struct wire wire = {0};
    dk_buffer_init(&wire.text, WIRE_TEXT_MAX);
    *again = false;
    enum dk_status status = wire_sign(&wire, trial->s3, trial->request, &trial->place, err);
    if (status != DK_OK) {
        wire_reset(&wire);
        return status;
    }
    memcpy(trial->access_key_id, wire.access_key_id, sizeof(trial->access_key_id));
    struct dk_error reason = {0};
    enum dk_retry retry = trial_run(trial, &wire, fault, &reason);
    wire_reset(&wire);
    if (reason.status == DK_OK)
        return DK_OK;
    /* The body starts again, or never arrives. */
    if (trial->request->sent)
        trial->request->sent(trial->request->context, -(int64_t)trial->lane->answer.body_bytes);
    *again = trial_prepare(trial, retry, fault, &reason);
    if (*again)
        return DK_OK;
    if (trial->tries > 1 && retry == DK_RETRY_LATER)
        dk_error_prefix(&reason, "after %u tries", trial->tries);
    if (err)
        *err = reason;
    return reason.status;
}

enum dk_status dk_s3_exchange(struct dk_s3 *s3, struct dk_s3_lane *lane,
                              const struct dk_s3_request *request, struct dk_s3_fault *fault,
                              struct dk_error *err)
{
    *fault = (struct dk_s3_fault){0};
    if (request->overflow)
        return dk_error_set(err, DK_ERR_CONFIG, "the metadata or the settings of '%s' are too long",
                            request->key ? request->key : s3->bucket);
    enum dk_status status = dk_s3_lane_open(s3, lane, err);
    struct trial trial = {.s3 = s3, .lane = lane, .request = request};
    pthread_mutex_lock(&s3->mutex);
    trial.place = s3->place;
    pthread_mutex_unlock(&s3->mutex);
    bool again = true;
    while (status == DK_OK && again)
        status = trial_step(&trial, fault, &again, err);
    return status;
}
