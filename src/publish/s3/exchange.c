#include "exchange.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "aws/sigv4.h"
#include "base/text.h"

#define WIRE_HEADERS_MAX (DK_REQUEST_HEADERS_MAX + 8)
#define WIRE_TEXT_MAX (32 * 1024)
#define ACCESS_KEY_MAX 256
#define REDIRECTS_MAX 3
#define RETRY_AFTER_SECONDS_MAX 60

/* --- signing -------------------------------------------------------------------------------- */

/* A signed request: its URL and header lines. */
struct wire {
    struct dk_buffer text; /* all of them, NUL-terminated; holds the session token */
    size_t url;            /* where they are in it */
    size_t lines[WIRE_HEADERS_MAX];
    size_t count;
};

static void wire_reset(struct wire *wire)
{
    if (wire->text.data)
        explicit_bzero(wire->text.data, wire->text.capacity);
    dk_buffer_reset(&wire->text);
}

/* What a signature is made from. */
struct signing {
    const struct dk_s3_request *request;
    struct dk_address address;
    const char *region;
    const struct dk_keys *keys;
    char time[DK_SIGV4_TIME_MAX];
    struct dk_buffer host;
    struct dk_buffer path;
    struct dk_buffer query;
    struct dk_buffer authorization;
};

static void wire_write(struct wire *wire, const struct signing *signing,
                       const struct dk_sigv4_pair *headers, size_t count)
{
    struct dk_buffer *text = &wire->text;
    wire->url = text->size;
    dk_buffer_putf(text, "%s://%s%s%s%s", signing->address.endpoint->tls ? "https" : "http",
                   signing->host.data, signing->path.data, signing->query.size ? "?" : "",
                   signing->query.data);
    dk_buffer_put_bytes(text, "", 1);
    /* headers[0] is Host, which curl makes from the URL, letter for letter. */
    for (size_t i = 1; i < count; i++) {
        wire->lines[wire->count++] = text->size;
        /* To curl, "Name;" is a header without a value. */
        if (*headers[i].value)
            dk_buffer_putf(text, "%s: %s", headers[i].name, headers[i].value);
        else
            dk_buffer_putf(text, "%s;", headers[i].name);
        dk_buffer_put_bytes(text, "", 1);
    }
}

static enum dk_status sign(struct signing *signing, struct wire *wire, struct dk_error *err)
{
    const struct dk_s3_request *request = signing->request;
    struct dk_sigv4_pair headers[WIRE_HEADERS_MAX];
    size_t count = 0;
    dk_address_host(&signing->host, &signing->address);
    dk_address_path(&signing->path, &signing->address, request->key);
    DK_RETURN_IF_ERROR(dk_buffer_finish(&signing->host, err));
    DK_RETURN_IF_ERROR(dk_buffer_finish(&signing->path, err));
    DK_RETURN_IF_ERROR(dk_sigv4_query(&signing->query, request->query, request->query_count, err));
    headers[count++] = (struct dk_sigv4_pair){"Host", signing->host.data};
    headers[count++] = (struct dk_sigv4_pair){"x-amz-date", signing->time};
    headers[count++] = (struct dk_sigv4_pair){"x-amz-content-sha256", request->payload_sha256};
    if (signing->keys->session_token.text)
        headers[count++] =
            (struct dk_sigv4_pair){"x-amz-security-token", signing->keys->session_token.text};
    for (size_t i = 0; i < request->header_count; i++)
        headers[count++] = request->headers[i];
    const struct dk_sigv4_request to_sign = {.method = request->method,
                                             .path = signing->path.data,
                                             .query = signing->query.data,
                                             .payload_sha256 = request->payload_sha256,
                                             .time = signing->time,
                                             .headers = headers,
                                             .header_count = count};
    const struct dk_sigv4_key key = {.access_key_id = signing->keys->access_key_id.text,
                                     .secret_access_key = signing->keys->secret_access_key.text,
                                     .region = signing->region,
                                     .service = "s3"};
    DK_RETURN_IF_ERROR(dk_sigv4_sign(&signing->authorization, &to_sign, &key, err));
    headers[count++] = (struct dk_sigv4_pair){"Authorization", signing->authorization.data};
    wire_write(wire, signing, headers, count);
    return dk_buffer_finish(&wire->text, err);
}

/* --- one attempt ---------------------------------------------------------------------------- */

/* The state of an exchange. */
struct trial {
    struct dk_s3 *s3;
    struct dk_s3_channel *channel;
    const struct dk_s3_request *request;
    struct dk_s3_target target;
    unsigned attempts; /* that had to wait for the server or the network */
    unsigned redirects;
    bool clock_corrected;
    bool keys_renewed;
    char access_key_id[ACCESS_KEY_MAX]; /* that signed the last attempt */
};

/* Signs the request for its target, with the server's time. */
static enum dk_status trial_sign(struct trial *trial, struct wire *wire, struct dk_error *err)
{
    struct dk_s3 *s3 = trial->s3;
    const struct dk_s3_config *config = &s3->config;
    const struct dk_url *endpoint = &trial->target.endpoint;
    struct signing signing = {
        .request = trial->request,
        .address = {endpoint, config->bucket,
                    dk_address_is_virtual(config->addressing, endpoint, config->bucket)},
        .region = trial->target.region};
    dk_buffer_init(&signing.host, WIRE_TEXT_MAX);
    dk_buffer_init(&signing.path, WIRE_TEXT_MAX);
    dk_buffer_init(&signing.query, WIRE_TEXT_MAX);
    dk_buffer_init(&signing.authorization, WIRE_TEXT_MAX);
    enum dk_status status = dk_credentials_lock(&s3->credentials, &signing.keys, err);
    if (status == DK_OK) {
        dk_sigv4_time((int64_t)time(NULL) + atomic_load(&s3->skew_seconds), signing.time);
        dk_text_format(trial->access_key_id, sizeof(trial->access_key_id), "%s",
                       signing.keys->access_key_id.text);
        status = sign(&signing, wire, err);
        dk_credentials_unlock(&s3->credentials);
    }
    dk_buffer_reset(&signing.host);
    dk_buffer_reset(&signing.path);
    dk_buffer_reset(&signing.query);
    dk_buffer_reset(&signing.authorization);
    return status;
}

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
    return dk_http_exchange(trial->channel->http, &http, &trial->channel->answer, err);
}

/* S3 sends the status of CompleteMultipartUpload before it is done, so that a 2xx answer may
 * contain an error; and a proxy may cut a document short. */
static bool is_success(const struct trial *trial, struct dk_s3_fault *fault)
{
    const struct dk_http_answer *answer = &trial->channel->answer;
    bool readable = true;
    dk_fault_read(fault, answer);
    if (answer->status < 200 || answer->status > 299)
        return false;
    if (!trial->request->has_document)
        return true;
    bool is_error = dk_fault_is_root(answer, &readable);
    if (readable)
        return !is_error;
    fault->unreadable = true;
    dk_text_format(fault->code, sizeof(fault->code), "InternalError");
    dk_text_format(fault->message, sizeof(fault->message), "the server's answer was cut short");
    return false;
}

/* "can't put 's3://bucket/key'": the object, also in a request for the bucket's list.
 * `at_endpoint`: with the server; after a redirect always. */
static void describe(const struct trial *trial, bool at_endpoint, char text[DK_S3_TEXT_MAX * 2])
{
    const struct dk_s3_request *request = trial->request;
    char place[DK_S3_TEXT_MAX];
    char endpoint[DK_URL_TEXT_MAX];
    dk_s3_place_text(&trial->s3->config, request->about ? request->about : request->key, place);
    dk_url_format(&trial->target.endpoint, endpoint);
    bool named = at_endpoint || strcmp(endpoint, trial->s3->endpoint_text) != 0;
    dk_text_format(text, DK_S3_TEXT_MAX * 2, "can't %s '%s'%s%s", request->what, place,
                   named ? " at " : "", named ? endpoint : "");
}

static void report_fault(const struct trial *trial, const struct dk_s3_fault *fault,
                         struct dk_error *err)
{
    char text[DK_S3_TEXT_MAX * 2];
    describe(trial, false, text);
    dk_error_set(err, DK_ERR_REMOTE, "%s: %s%s%s (HTTP %ld)", text, fault->code,
                 fault->message[0] ? ": " : "", fault->message, fault->status);
    if (err)
        err->native = (int)fault->status;
    const char *hint = dk_fault_hint(fault);
    bool may_be_checksum =
        trial->request->has_checksum && (fault->status == 400 || fault->status == 501);
    if (may_be_checksum && (!*hint || fault->status == 501))
        hint = "if the server does not support checksums, set "
               "AWS_REQUEST_CHECKSUM_CALCULATION=when_required";
    dk_error_hint(err, "%s", hint);
}

static enum dk_retry trial_run(struct trial *trial, const struct wire *wire,
                               struct dk_s3_fault *fault, struct dk_error *err)
{
    char text[DK_S3_TEXT_MAX * 2];
    *fault = (struct dk_s3_fault){0};
    enum dk_http_outcome outcome = trial_send(trial, wire, err);
    if (outcome == DK_HTTP_ANSWERED) {
        if (is_success(trial, fault)) {
            dk_error_reset(err);
            return DK_RETRY_NEVER;
        }
        report_fault(trial, fault, err);
        return dk_retry_judge(fault);
    }
    describe(trial, true, text);
    dk_error_prefix(err, "%s", text);
    return outcome == DK_HTTP_AGAIN ? DK_RETRY_LATER : DK_RETRY_NEVER;
}

/* --- before the next attempt ---------------------------------------------------------------- */

/* Waits in short steps, to react to a stop quickly. */
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
    if (++trial->attempts >= s3->config.attempts_max)
        return false;
    unsigned pause =
        dk_retry_pause_ms(trial->attempts, s3->config.backoff_ms, &trial->channel->random);
    uint64_t seconds = 0;
    if (dk_text_number(dk_http_header(&trial->channel->answer, "retry-after"), &seconds) &&
        seconds <= RETRY_AFTER_SECONDS_MAX && seconds * 1000 > pause)
        pause = (unsigned)seconds * 1000;
    dk_observer_notice(s3->observer, DK_LEVEL_DEBUG, "%s; trying again in %u ms (%u of %u)",
                       reason->message, pause, trial->attempts + 1, s3->config.attempts_max);
    pause_ms(pause, trial->request->stop);
    return true;
}

static bool prepare_clock(struct trial *trial)
{
    int64_t server = dk_http_date_parse(dk_http_header(&trial->channel->answer, "date"));
    if (server < 0 || trial->clock_corrected)
        return false;
    int64_t skew = server - (int64_t)time(NULL);
    trial->clock_corrected = true;
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

/* Goes to the bucket's region, with this and all later requests. */
static bool prepare_region(struct trial *trial, const struct dk_s3_fault *fault)
{
    struct dk_s3 *s3 = trial->s3;
    struct dk_s3_target target = trial->target;
    if (!fault->region[0] || strcmp(fault->region, target.region) == 0 ||
        ++trial->redirects > REDIRECTS_MAX)
        return false;
    memcpy(target.region, fault->region, sizeof(target.region));
    if (!s3->config.endpoint_is_custom &&
        dk_endpoint_aws(&target.endpoint, target.region, NULL) != DK_OK)
        return false;
    trial->target = target;
    dk_s3_target_set(s3, &target);
    dk_observer_notice(s3->observer, DK_LEVEL_NOTICE,
                       "the bucket '%s' is in region %s; set s3.region to it", s3->config.bucket,
                       target.region);
    return true;
}

/* The server of a Location header, without the bucket's label. */
static bool parse_location(const struct trial *trial, const char *location, struct dk_url *endpoint)
{
    const char *bucket = trial->s3->config.bucket;
    char url[DK_HOST_MAX + 16];
    const char *slashes = strstr(location, "://");
    if (!slashes)
        return false;
    size_t size = (size_t)(slashes - location) + 3 + strcspn(slashes + 3, "/?");
    if (size >= sizeof(url))
        return false;
    memcpy(url, location, size);
    url[size] = '\0';
    if (dk_url_parse(endpoint, url) != NULL)
        return false;
    size_t label = strlen(bucket);
    if (strncmp(endpoint->host, bucket, label) == 0 && endpoint->host[label] == '.')
        memmove(endpoint->host, endpoint->host + label + 1, strlen(endpoint->host + label + 1) + 1);
    return true;
}

/* Follows a temporary redirect, for this request alone, to a server that can be trusted as much:
 * from Amazon's to Amazon's, within this machine, to the same one; never from TLS to unencrypted
 * HTTP. */
static bool prepare_location(struct trial *trial)
{
    const struct dk_url *old = &trial->target.endpoint;
    struct dk_url next;
    if (!parse_location(trial, dk_http_header(&trial->channel->answer, "location"), &next) ||
        ++trial->redirects > REDIRECTS_MAX)
        return false;
    bool trusted = (dk_endpoint_is_aws(old) && dk_endpoint_is_aws(&next)) ||
                   strcmp(old->host, next.host) == 0 ||
                   (dk_url_is_loopback(old) && dk_url_is_loopback(&next));
    if (!trusted || (old->tls && !next.tls))
        return false;
    trial->target.endpoint = next;
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

/* One signed attempt. DK_OK with *again: another one is due. */
static enum dk_status trial_step(struct trial *trial, struct dk_s3_fault *fault, bool *again,
                                 struct dk_error *err)
{
    struct wire wire = {0};
    struct dk_error reason = {0};
    enum dk_retry retry = DK_RETRY_NEVER;
    *again = false;
    dk_buffer_init(&wire.text, WIRE_TEXT_MAX);
    enum dk_status status = trial_sign(trial, &wire, err);
    if (status == DK_OK)
        retry = trial_run(trial, &wire, fault, &reason);
    wire_reset(&wire);
    if (status != DK_OK || reason.status == DK_OK)
        return status;
    /* The body starts again, or never arrives. */
    if (trial->request->sent)
        trial->request->sent(trial->request->context, -(int64_t)trial->channel->answer.body_bytes);
    *again = trial_prepare(trial, retry, fault, &reason);
    if (*again)
        return DK_OK;
    if (trial->attempts > 1 && retry == DK_RETRY_LATER)
        dk_error_prefix(&reason, "after %u attempts", trial->attempts);
    if (err)
        *err = reason;
    return reason.status;
}

enum dk_status dk_s3_exchange(struct dk_s3 *s3, struct dk_s3_channel *channel,
                              const struct dk_s3_request *request, struct dk_s3_fault *fault,
                              struct dk_error *err)
{
    *fault = (struct dk_s3_fault){0};
    if (request->overflow)
        return dk_error_set(err, DK_ERR_CONFIG, "the metadata or the settings of '%s' are too long",
                            request->key ? request->key : s3->config.bucket);
    struct trial trial = {
        .s3 = s3, .channel = channel, .request = request, .target = dk_s3_target_get(s3)};
    for (bool again = true; again;)
        DK_RETURN_IF_ERROR(trial_step(&trial, fault, &again, err));
    return DK_OK;
}

enum dk_status dk_s3_send(struct dk_s3 *s3, const struct dk_s3_request *request,
                          struct dk_s3_fault *fault, struct dk_error *err)
{
    struct dk_s3_channel *channel = NULL;
    *fault = (struct dk_s3_fault){0};
    DK_RETURN_IF_ERROR(dk_s3_channel_get(s3, 0, &channel, err));
    return dk_s3_exchange(s3, channel, request, fault, err);
}
