#include "http/http.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/hash.h"

#define HTTP_HEADERS_MAX (64 * 1024)
#define HTTP_UPLOAD_BUFFER_BYTES (256L * 1024)

struct dk_http {
    CURL *curl;
    struct dk_http_settings settings;
    char reason[CURL_ERROR_SIZE];
    /* Of the exchange under way. */
    const struct dk_http_request *request;
    struct dk_http_answer *answer;
    uint64_t position; /* in the body */
    int read_errno;    /* the body could not be read; EIO for a file that became shorter */
    bool overflow;     /* the answer is too long, or memory ran out */
};

void dk_http_answer_init(struct dk_http_answer *answer)
{
    *answer = (struct dk_http_answer){0};
    dk_buffer_init(&answer->headers, HTTP_HEADERS_MAX);
    dk_buffer_init(&answer->body, DK_HTTP_ANSWER_MAX);
}

void dk_http_answer_reset(struct dk_http_answer *answer)
{
    dk_buffer_reset(&answer->headers);
    dk_buffer_reset(&answer->body);
}

const char *dk_http_header(const struct dk_http_answer *answer, const char *name)
{
    const char *value = "";
    for (size_t at = 0; at < answer->headers.size;) {
        const char *found = answer->headers.data + at;
        const char *text = found + strlen(found) + 1;
        if (strcmp(found, name) == 0)
            value = text;
        at = (size_t)(text - answer->headers.data) + strlen(text) + 1;
    }
    return value;
}

/* --- curl's callbacks ----------------------------------------------------------------------- */

static void report_sent(const struct dk_http *http, int64_t bytes)
{
    if (http->request->sent && bytes != 0)
        http->request->sent(http->request->context, bytes);
}

static size_t on_read(char *to, size_t size, size_t count, void *data)
{
    struct dk_http *http = data;
    const struct dk_http_body *body = &http->request->body;
    uint64_t left = body->size_bytes - http->position;
    size_t want = size * count < left ? size * count : (size_t)left;
    if (want == 0)
        return 0;
    if (body->data) {
        memcpy(to, (const char *)body->data + http->position, want);
    } else {
        ssize_t got;
        do
            got = pread(body->fd, to, want, (off_t)(body->offset + http->position));
        while (got < 0 && errno == EINTR);
        if (got <= 0) {
            http->read_errno = got < 0 ? errno : EIO;
            return CURL_READFUNC_ABORT;
        }
        want = (size_t)got;
    }
    http->position += want;
    report_sent(http, (int64_t)want);
    return want;
}

static int on_seek(void *data, curl_off_t offset, int origin)
{
    struct dk_http *http = data;
    if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > http->request->body.size_bytes)
        return CURL_SEEKFUNC_FAIL;
    report_sent(http, offset - (int64_t)http->position);
    http->position = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

static size_t on_write(char *from, size_t size, size_t count, void *data)
{
    struct dk_http *http = data;
    if (dk_buffer_append(&http->answer->body, from, size * count, NULL) == DK_OK)
        return size * count;
    http->overflow = true;
    return 0;
}

static bool store_header(struct dk_buffer *headers, const char *line, size_t size,
                         const char *colon)
{
    const char *value = colon + 1;
    const char *end = line + size;
    while (value < end && isspace((unsigned char)*value))
        value++;
    while (end > value && isspace((unsigned char)end[-1]))
        end--;
    if (memchr(line, '\0', size))
        return true;
    for (const char *c = line; c < colon; c++) {
        char lower = (char)tolower((unsigned char)*c);
        dk_buffer_put_bytes(headers, &lower, 1);
    }
    dk_buffer_put_bytes(headers, "", 1);
    dk_buffer_put_bytes(headers, value, (size_t)(end - value));
    dk_buffer_put_bytes(headers, "", 1);
    return !headers->failed;
}

static void forget_answer(struct dk_http_answer *answer)
{
    answer->headers.size = 0;
    answer->headers.failed = false;
    answer->body.size = 0;
}

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
    struct dk_http *http = data;
    size_t bytes = size * count;
    const char *colon = memchr(line, ':', bytes);
    if (bytes >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        /* A new answer begins (after a 100 Continue): forget the one before. */
        forget_answer(http->answer);
    } else if (colon && !store_header(&http->answer->headers, line, bytes, colon)) {
        http->overflow = true;
        return 0;
    }
    return bytes;
}

static int on_progress(void *data, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    const struct dk_http *http = data;
    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    const atomic_bool *stop = http->request->stop;
    return stop && atomic_load_explicit(stop, memory_order_relaxed);
}

/* --- the exchange --------------------------------------------------------------------------- */

static pthread_once_t start_once = PTHREAD_ONCE_INIT;
static CURLcode started;

static void start_curl(void)
{
    started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum dk_status dk_http_open(struct dk_http **out, const struct dk_http_settings *settings,
                            struct dk_error *err)
{
    *out = NULL;
    DK_RETURN_IF_ERROR(dk_hash_start(err));
    if (pthread_once(&start_once, start_curl) != 0 || started != CURLE_OK)
        return dk_error_set(err, DK_ERR_FAILED, "can't initialise libcurl");
    struct dk_http *http = calloc(1, sizeof(*http));
    if (!http)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a connection");
    http->settings = *settings;
    http->curl = curl_easy_init();
    if (!http->curl) {
        free(http);
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a connection");
    }
    *out = http;
    return DK_OK;
}

void dk_http_close(struct dk_http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->curl);
    free(http);
}

static void wipe_list(struct curl_slist *list)
{
    for (struct curl_slist *item = list; item; item = item->next)
        explicit_bzero(item->data, strlen(item->data));
    curl_slist_free_all(list);
}

/* For larger bodies the server is asked first: it may refuse, or be the wrong one. */
#define HTTP_EXPECT_ABOVE_BYTES (1024 * 1024)

/* The headers as curl expects them; NULL if memory runs out. */
static struct curl_slist *make_list(const struct dk_http_request *request)
{
    bool asks_first = request->body.size_bytes > HTTP_EXPECT_ABOVE_BYTES;
    struct curl_slist *list =
        curl_slist_append(NULL, asks_first ? "Expect: 100-continue" : "Expect:");
    for (size_t i = 0; list && i < request->header_count; i++) {
        struct curl_slist *longer = curl_slist_append(list, request->headers[i]);
        if (!longer) {
            wipe_list(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

#define SET(option, value)                                                                         \
    do {                                                                                           \
        CURLcode set_code = curl_easy_setopt(http->curl, option, value);                           \
        if (set_code != CURLE_OK)                                                                  \
            return set_code;                                                                       \
    } while (0)

/* How long the whole exchange may take. */
static long exchange_timeout_ms(const struct dk_http *http)
{
    const struct dk_http_settings *settings = &http->settings;
    if (settings->total_timeout_ms > 0)
        return (long)settings->total_timeout_ms;
    uint64_t seconds = (uint64_t)settings->stall_timeout_s * DK_HTTP_STALLS_MAX +
                       http->request->body.size_bytes / DK_HTTP_RATE_MIN_BYTES;
    return (long)(seconds * 1000);
}

static CURLcode set_connection(struct dk_http *http)
{
    const struct dk_http_settings *settings = &http->settings;
    SET(CURLOPT_ERRORBUFFER, http->reason);
    SET(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500 /* 7.85 */
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_USERAGENT, "derrick");
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_timeout_ms);
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, (long)settings->stall_timeout_s);
    SET(CURLOPT_TIMEOUT_MS, exchange_timeout_ms(http));
    SET(CURLOPT_UPLOAD_BUFFERSIZE, HTTP_UPLOAD_BUFFER_BYTES);
    /* An empty text, not NULL: libcurl must not look into the environment itself. */
    SET(CURLOPT_PROXY, settings->proxy ? settings->proxy : "");
    SET(CURLOPT_NOPROXY, settings->no_proxy ? settings->no_proxy : "");
    if (settings->ca_bundle)
        SET(CURLOPT_CAINFO, settings->ca_bundle);
    return CURLE_OK;
}

static CURLcode set_request(struct dk_http *http, struct curl_slist *list)
{
    const struct dk_http_request *request = http->request;
    bool head = strcmp(request->method, "HEAD") == 0;
    bool uploads = strcmp(request->method, "PUT") == 0 || strcmp(request->method, "POST") == 0;
    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_HTTPHEADER, list);
    if (head)
        SET(CURLOPT_NOBODY, 1L);
    if (uploads) {
        SET(CURLOPT_UPLOAD, 1L);
        SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body.size_bytes);
        SET(CURLOPT_READFUNCTION, on_read);
        SET(CURLOPT_READDATA, http);
        SET(CURLOPT_SEEKFUNCTION, on_seek);
        SET(CURLOPT_SEEKDATA, http);
    }
    if (!head)
        SET(CURLOPT_CUSTOMREQUEST, request->method);
    SET(CURLOPT_WRITEFUNCTION, on_write);
    SET(CURLOPT_WRITEDATA, http);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, http);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, http);
    return CURLE_OK;
}

#undef SET

static CURLcode exchange_perform(struct dk_http *http, struct curl_slist *list)
{
    curl_easy_reset(http->curl); /* options only: the connection stays */
    CURLcode code = set_connection(http);
    if (code == CURLE_OK)
        code = set_request(http, list);
    if (code == CURLE_OK)
        code = curl_easy_perform(http->curl);
    if (code == CURLE_OK)
        code = curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &http->answer->status);
    return code;
}

/* Failures of the network and of servers that come and go. */
static bool worth_another_try(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_AGAIN:
    case CURLE_UPLOAD_FAILED:
        return true;
    default:
        return false;
    }
}

static enum dk_http_outcome report_failure(struct dk_http *http, CURLcode code,
                                           struct dk_error *err)
{
    const char *reason = http->reason[0] ? http->reason : curl_easy_strerror(code);
    if (code == CURLE_ABORTED_BY_CALLBACK && http->read_errno) {
        dk_error_errno(err, DK_ERR_IO, http->read_errno, "can't read the file during the upload",
                       NULL);
        return DK_HTTP_FAILED;
    }
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        dk_error_set(err, DK_ERR_CANCELLED, "stopped");
        return DK_HTTP_FAILED;
    }
    if (http->overflow) {
        dk_error_set(err, DK_ERR_REMOTE, "the server's answer is too long");
        return DK_HTTP_FAILED;
    }
    dk_error_set(err, DK_ERR_REMOTE, "%s", reason);
    if (err)
        err->native = (int)code;
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        dk_error_hint(err,
                      "the server's certificate can't be verified; if it is your own server, set "
                      "AWS_CA_BUNDLE to the file with its certificate authority");
    else if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT)
        dk_error_hint(err, "check the network, the endpoint and any proxy, then run again");
    else
        dk_error_hint(err, "check the network, then run again");
    return worth_another_try(code) ? DK_HTTP_AGAIN : DK_HTTP_FAILED;
}

enum dk_http_outcome dk_http_exchange(struct dk_http *http, const struct dk_http_request *request,
                                      struct dk_http_answer *answer, struct dk_error *err)
{
    answer->status = 0;
    answer->body_bytes = 0;
    forget_answer(answer);
    http->request = request;
    http->answer = answer;
    http->position = 0;
    http->read_errno = 0;
    http->overflow = false;
    http->reason[0] = '\0';
    struct curl_slist *list = make_list(request);
    if (!list) {
        dk_error_set(err, DK_ERR_NOMEM, "out of memory for a request's headers");
        return DK_HTTP_FAILED;
    }
    CURLcode code = exchange_perform(http, list);
    wipe_list(list);
    answer->body_bytes = http->position;
    if (code != CURLE_OK)
        return report_failure(http, code, err);
    if (dk_buffer_terminate(&answer->body, err) != DK_OK)
        return DK_HTTP_FAILED;
    return DK_HTTP_ANSWERED;
}
