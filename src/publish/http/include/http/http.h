/*
 * One HTTP request and its answer, over libcurl. No retries, no signing, no S3.
 *
 * A dk_http keeps its connection for the next request and belongs to one thread at a time. A body
 * is streamed from memory or from a range of a file, whatever its size. TLS is always verified;
 * redirects are not followed here; nothing is read from the environment.
 */
#ifndef DK_HTTP_HTTP_H
#define DK_HTTP_HTTP_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

#define DK_HTTP_ANSWER_MAX (16 * 1024 * 1024)

/* What all requests of one handle share. Texts are borrowed for the handle's life; NULL: none. */
struct dk_http_settings {
    const char *ca_bundle; /* file of certificates, instead of the system's */
    const char *proxy;     /* "http://host:port" */
    const char *no_proxy;  /* hosts reached without it, separated by commas */
    unsigned connect_timeout_ms;
    unsigned stall_timeout_s;  /* gives up after this long without a byte */
    unsigned total_timeout_ms; /* of an exchange; 0: DK_HTTP_STALLS_MAX stall timeouts, and a second
                                  more for each DK_HTTP_RATE_MIN_BYTES of its body */
};

/* A peer that sends a byte now and then never stalls: these end its exchange all the same. */
#define DK_HTTP_STALLS_MAX 10
#define DK_HTTP_RATE_MIN_BYTES 1024

struct dk_http_body {
    const void *data; /* borrowed; NULL: from the file */
    int fd;           /* read with pread, so that threads may share it */
    uint64_t offset;  /* in the file */
    uint64_t size_bytes;
};

struct dk_http_request {
    const char *method;         /* "GET", "HEAD", "PUT", "POST", "DELETE" */
    const char *url;            /* as it goes out: path and query are encoded */
    const char *const *headers; /* "Name: value" */
    size_t header_count;
    struct dk_http_body body;
    const atomic_bool *stop; /* set by another thread: give up. May be NULL */
    /* Called for every piece of the body that is handed over, and with a negative count when the
     * body starts again. May be NULL. */
    void (*sent)(void *context, int64_t bytes);
    void *context;
};

struct dk_http_answer {
    long status;              /* 200, 404, ...; 0: there was none */
    struct dk_buffer headers; /* "name\0value\0" pairs, names in lower case */
    struct dk_buffer body;    /* terminated by a NUL that does not count */
    uint64_t body_bytes;      /* of the body, since its last start */
};

/* How a request ended. */
enum dk_http_outcome {
    DK_HTTP_ANSWERED, /* the whole answer has arrived, whatever its status */
    DK_HTTP_AGAIN,    /* the network failed: worth another attempt */
    DK_HTTP_FAILED    /* another attempt would fail too */
};

struct dk_http; /* owned by the caller between open and close */

/* Initialises OpenSSL and libcurl, too, at the first call in the process. */
enum dk_status dk_http_open(struct dk_http **out, const struct dk_http_settings *settings,
                            struct dk_error *err) DK_CHECK;
void dk_http_close(struct dk_http *http);

/* Sends and waits. `answer` is initialised by dk_http_answer_init and used again and again. *err is
 * set unless the outcome is DK_HTTP_ANSWERED: DK_ERR_REMOTE, or DK_ERR_IO if the body can't be
 * read, or DK_ERR_CANCELLED if stopped. */
enum dk_http_outcome dk_http_exchange(struct dk_http *http, const struct dk_http_request *request,
                                      struct dk_http_answer *answer, struct dk_error *err) DK_CHECK;

void dk_http_answer_init(struct dk_http_answer *answer);
void dk_http_answer_reset(struct dk_http_answer *answer);
/* A header's value, or "" if the answer does not have it. `name` in lower case. Borrowed. */
const char *dk_http_header(const struct dk_http_answer *answer, const char *name);

#endif
