/* One exchange with a real socket: what arrives, what does not, and what has no end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "canned_server.h"
#include "http/http.h"

/* The answer to every request: text, then `fill` bytes. */
struct script {
    const char *text;
    size_t fill;
    char seen[CANNED_BODY_MAX]; /* the body of the last request */
    size_t seen_bytes;
    char method[16];
};

static void answer(void *context, const struct canned_request *request, struct dk_buffer *out)
{
    struct script *script = context;
    snprintf(script->method, sizeof(script->method), "%.*s", (int)strcspn(request->head, " "),
             request->head);
    memcpy(script->seen, request->body, sizeof(script->seen));
    script->seen_bytes = request->body_bytes;
    dk_buffer_put(out, script->text);
    char line[1024];
    memset(line, 'x', sizeof(line));
    for (size_t i = 0; i < script->fill; i += sizeof(line))
        dk_buffer_put_bytes(out, line, sizeof(line));
}

struct exchange {
    struct script script;
    struct canned_server server;
    struct dk_http *http;
    struct dk_http_answer answer;
    struct dk_error err;
    enum dk_http_outcome outcome;
};

static void start(struct exchange *exchange, const struct dk_http_settings *settings)
{
    exchange->server = (struct canned_server){.answer = answer, .context = &exchange->script};
    canned_server_start(&exchange->server);
    assert_int_equal(dk_http_open(&exchange->http, settings, NULL), DK_OK);
    dk_http_answer_init(&exchange->answer);
}

static void stop(struct exchange *exchange)
{
    dk_http_answer_reset(&exchange->answer);
    dk_http_close(exchange->http);
    canned_server_stop(&exchange->server);
}

static void send_request(struct exchange *exchange, struct dk_http_request request)
{
    exchange->err = (struct dk_error){0};
    request.url = request.url ? request.url : exchange->server.endpoint;
    exchange->outcome =
        dk_http_exchange(exchange->http, &request, &exchange->answer, &exchange->err);
}

static const struct dk_http_settings usual = {.connect_timeout_ms = 10000, .stall_timeout_s = 60};

static void what_a_server_sends_is_judged(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        size_t fill;
        enum dk_http_outcome outcome;
        long status;
        const char *body, *message;
    } cases[] = {
        {"whole", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", 0, DK_HTTP_ANSWERED, 200,
         "body", NULL},
        {"without a length", "HTTP/1.1 404 No\r\nConnection: close\r\n\r\nnot here", 0,
         DK_HTTP_ANSWERED, 404, "not here", NULL},
        {"after a 100",
         "HTTP/1.1 100 Continue\r\nX-Old: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0,
         DK_HTTP_ANSWERED, 200, "", NULL},
        {"a redirect",
         "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 0,
         DK_HTTP_ANSWERED, 301, "", NULL},
        {"nothing", "", 0, DK_HTTP_AGAIN, 0, NULL, NULL},
        {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 0, DK_HTTP_AGAIN, 0,
         NULL, NULL},
        {"another protocol", "220 mail.example.com ESMTP\r\n", 0, DK_HTTP_FAILED, 0, NULL, NULL},
        {"a body without end", "HTTP/1.1 200 OK\r\n\r\n", DK_HTTP_ANSWER_MAX + 4096, DK_HTTP_FAILED,
         0, NULL, "the server's answer is too long"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct exchange exchange = {.script = {.text = cases[i].text, .fill = cases[i].fill}};
        start(&exchange, &usual);
        send_request(&exchange, (struct dk_http_request){.method = "GET"});
        if (exchange.outcome != cases[i].outcome)
            fail_msg("%s: outcome %d, '%s'", cases[i].name, exchange.outcome, exchange.err.message);
        if (cases[i].body) {
            assert_int_equal(exchange.answer.status, cases[i].status);
            assert_string_equal(exchange.answer.body.data, cases[i].body);
            assert_string_equal(dk_http_header(&exchange.answer, "x-old"), "");
        } else {
            assert_int_equal(exchange.err.status, DK_ERR_REMOTE);
        }
        if (cases[i].message)
            assert_string_equal(exchange.err.message, cases[i].message);
        assert_int_equal(atomic_load(&exchange.server.requests), 1);
        stop(&exchange);
    }
}

static void headers_are_found_by_name(void **state)
{
    (void)state;
    struct exchange exchange = {
        .script = {.text = "HTTP/1.1 200 OK\r\nETag:  \"a b\" \r\nX-Twice: 1\r\nx-twice: 2\r\n"
                           "X-Empty:\r\nContent-Length: 0\r\n\r\n"}};
    start(&exchange, &usual);
    send_request(&exchange, (struct dk_http_request){.method = "HEAD"});
    assert_int_equal(exchange.outcome, DK_HTTP_ANSWERED);
    assert_string_equal(exchange.script.method, "HEAD");
    assert_string_equal(dk_http_header(&exchange.answer, "etag"), "\"a b\"");
    assert_string_equal(dk_http_header(&exchange.answer, "x-twice"), "2");
    assert_string_equal(dk_http_header(&exchange.answer, "x-empty"), "");
    assert_string_equal(dk_http_header(&exchange.answer, "x-none"), "");
    stop(&exchange);
}

static void headers_without_end_are_refused(void **state)
{
    (void)state;
    struct exchange exchange = {0};
    char *text = malloc(1 << 20);
    assert_non_null(text);
    size_t size = (size_t)sprintf(text, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 2000; i++)
        size +=
            (size_t)sprintf(text + size, "X-%d: 0123456789012345678901234567890123456789\r\n", i);
    strcpy(text + size, "\r\n");
    exchange.script.text = text;
    start(&exchange, &usual);
    send_request(&exchange, (struct dk_http_request){.method = "GET"});
    assert_int_equal(exchange.outcome, DK_HTTP_FAILED);
    assert_string_equal(exchange.err.message, "the server's answer is too long");
    stop(&exchange);
    free(text);
}

static void add_sent(void *context, int64_t bytes)
{
    *(int64_t *)context += bytes;
}

static void a_body_goes_out_from_memory_or_a_file(void **state)
{
    (void)state;
    char path[] = "/tmp/derrick-http-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "0123456789", 10), 10);
    struct exchange exchange = {
        .script = {.text = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"}};
    start(&exchange, &usual);
    int64_t sent = 0;
    struct dk_http_request request = {.method = "PUT",
                                      .body = {.data = "in memory", .size_bytes = 9},
                                      .sent = add_sent,
                                      .context = &sent};
    send_request(&exchange, request);
    assert_int_equal(exchange.outcome, DK_HTTP_ANSWERED);
    assert_string_equal(exchange.script.seen, "in memory");
    assert_int_equal(sent, 9);
    request.body = (struct dk_http_body){.fd = fd, .offset = 3, .size_bytes = 4};
    send_request(&exchange, request);
    assert_int_equal(exchange.outcome, DK_HTTP_ANSWERED);
    assert_string_equal(exchange.script.seen, "3456");
    assert_int_equal(exchange.answer.body_bytes, 4);
    /* A file that became shorter is an error of this machine, not of the server. */
    request.body = (struct dk_http_body){.fd = fd, .offset = 3, .size_bytes = 4000};
    send_request(&exchange, request);
    assert_int_equal(exchange.outcome, DK_HTTP_FAILED);
    assert_int_equal(exchange.err.status, DK_ERR_IO);
    stop(&exchange);
    close(fd);
    unlink(path);
}

static void a_stop_ends_it(void **state)
{
    (void)state;
    atomic_bool stopped = true;
    struct exchange exchange = {.script = {.text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}};
    start(&exchange, &usual);
    send_request(&exchange, (struct dk_http_request){.method = "GET", .stop = &stopped});
    assert_int_equal(exchange.outcome, DK_HTTP_FAILED);
    assert_int_equal(exchange.err.status, DK_ERR_CANCELLED);
    stop(&exchange);
}

static void silence_has_an_end(void **state)
{
    (void)state;
    const struct dk_http_settings settings = {
        .connect_timeout_ms = 10000, .stall_timeout_s = 3600, .total_timeout_ms = 50};
    struct exchange exchange = {.script = {.text = ""}};
    struct canned_server silent = {0};
    start(&exchange, &settings);
    canned_server_start(&silent);
    send_request(&exchange, (struct dk_http_request){.method = "GET", .url = silent.endpoint});
    assert_int_equal(exchange.outcome, DK_HTTP_AGAIN);
    assert_int_equal(exchange.err.status, DK_ERR_REMOTE);
    canned_server_stop(&silent);
    /* Its port is free now. */
    send_request(&exchange, (struct dk_http_request){.method = "GET", .url = silent.endpoint});
    assert_int_equal(exchange.outcome, DK_HTTP_AGAIN);
    assert_string_equal(exchange.err.hint,
                        "check the network, the endpoint and any proxy, then run again");
    stop(&exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_server_sends_is_judged),
        cmocka_unit_test(headers_are_found_by_name),
        cmocka_unit_test(headers_without_end_are_refused),
        cmocka_unit_test(a_body_goes_out_from_memory_or_a_file),
        cmocka_unit_test(a_stop_ends_it),
        cmocka_unit_test(silence_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
