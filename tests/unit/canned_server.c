#include "canned_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX (64u << 20)

static void send_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the client has read enough */
        data += sent;
        size -= (size_t)sent;
    }
}

/* Reads the head. Returns the bytes of the body that came with it, or -1. */
static ssize_t read_head(int fd, struct canned_request *request)
{
    size_t used = 0;
    for (;;) {
        char *end = memmem(request->head, used, "\r\n\r\n", 4);
        if (end) {
            size_t size = (size_t)(end - request->head) + 4;
            size_t left = used - size < CANNED_BODY_MAX ? used - size : CANNED_BODY_MAX - 1;
            memcpy(request->body, request->head + size, left);
            request->head[size] = '\0';
            return (ssize_t)left;
        }
        ssize_t got = used < sizeof(request->head) - 1
                          ? read(fd, request->head + used, sizeof(request->head) - 1 - used)
                          : 0;
        if (got <= 0)
            return -1;
        used += (size_t)got;
    }
}

static void read_body(int fd, struct canned_request *request, size_t there)
{
    static const char name[] = "\r\nContent-Length:";
    char spill[65536];
    const char *length = strcasestr(request->head, name);
    size_t size = length ? strtoull(length + sizeof(name) - 1, NULL, 10) : 0;
    if (strcasestr(request->head, "\r\nExpect: 100"))
        send_all(fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    request->body_bytes = there;
    while (request->body_bytes < size) {
        ssize_t got = read(fd, spill, sizeof(spill));
        if (got <= 0)
            break;
        for (ssize_t i = 0; i < got && request->body_bytes + (size_t)i < CANNED_BODY_MAX - 1; i++)
            request->body[request->body_bytes + (size_t)i] = spill[i];
        request->body_bytes += (size_t)got;
    }
}

static void serve(struct canned_server *server, int fd)
{
    struct canned_request *request = calloc(1, sizeof(*request));
    struct dk_buffer out;
    dk_buffer_init(&out, ANSWER_MAX);
    ssize_t there = request ? read_head(fd, request) : -1;
    if (there >= 0) {
        read_body(fd, request, (size_t)there);
        request->number = atomic_fetch_add(&server->requests, 1);
        server->answer(server->context, request, &out);
        if (out.size > 0)
            send_all(fd, out.data, out.size);
    }
    dk_buffer_reset(&out);
    free(request);
}

static void *run(void *context)
{
    struct canned_server *server = context;
    for (;;) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        serve(server, fd);
        close(fd);
    }
}

void canned_server_start(struct canned_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server->listener, 16), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(server->endpoint, sizeof(server->endpoint), "http://127.0.0.1:%u",
             (unsigned)ntohs(address.sin_port));
    atomic_store(&server->requests, 0);
    if (server->answer)
        assert_int_equal(pthread_create(&server->thread, NULL, run, server), 0);
}

void canned_server_stop(struct canned_server *server)
{
    (void)shutdown(server->listener, SHUT_RDWR); /* ends the accept */
    if (server->answer)
        pthread_join(server->thread, NULL);
    close(server->listener);
}

void canned_answer(struct dk_buffer *out, int status, const char *headers, const char *body)
{
    dk_buffer_putf(out, "HTTP/1.1 %d X\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n%s",
                   status, headers, strlen(body), body);
}
