/*
 * A server of a test's own: it listens on a free port of 127.0.0.1, and a function of the test
 * writes every answer, byte by byte. One connection at a time, one request per connection. Every
 * helper fails the test if it can't do its work.
 */
#ifndef DK_TESTS_CANNED_SERVER_H
#define DK_TESTS_CANNED_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/buffer.h"

#define CANNED_BODY_MAX 4096

struct canned_request {
    unsigned number;            /* from 0 */
    char head[16384];           /* request line and headers, with the blank line */
    char body[CANNED_BODY_MAX]; /* its beginning, and a NUL */
    size_t body_bytes;          /* all of it */
};

struct canned_server {
    /* Appends the answer; with none the connection closes without a byte. Called in the server's
     * thread. NULL: the server accepts no connection, but the system does. */
    void (*answer)(void *context, const struct canned_request *request, struct dk_buffer *out);
    void *context;
    char endpoint[64]; /* "http://127.0.0.1:PORT" */
    int listener;
    atomic_uint requests; /* that were answered */
    pthread_t thread;
};

/* Sets listener and endpoint, and starts the thread; answer and context are set already. */
void canned_server_start(struct canned_server *server);
void canned_server_stop(struct canned_server *server);

/* Appends a whole answer: status line, headers (each with "\r\n", or ""), Content-Length, body. */
void canned_answer(struct dk_buffer *out, int status, const char *headers, const char *body);

#endif
