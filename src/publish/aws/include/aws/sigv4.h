/*
 * AWS Signature Version 4, over OpenSSL's SHA-256 and HMAC. Pure: the clock is an argument, and it
 * does no I/O, so that tests can compare with AWS's published examples.
 *
 * Source: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header (AWS
 * Signature Version 4)"; IAM User Guide, "Create a signed AWS API request". S3 encodes a path
 * once, other services twice.
 */
#ifndef DK_AWS_SIGV4_H
#define DK_AWS_SIGV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

#define DK_SIGV4_TIME_MAX 17 /* "20130524T000000Z" and a NUL */
#define DK_SIGV4_HEADERS_MAX 48
#define DK_SIGV4_QUERY_MAX 16
/* SHA-256 of no bytes at all. */
#define DK_SIGV4_EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* A header, or a query parameter with its value as it is, not yet encoded. Borrowed. */
struct dk_sigv4_pair {
    const char *name;
    const char *value;
};

struct dk_sigv4_key {
    const char *access_key_id;
    const char *secret_access_key;
    const char *region;
    const char *service; /* "s3" */
};

struct dk_sigv4_request {
    const char *method;
    const char *path;           /* absolute and encoded: dk_sigv4_encode */
    const char *query;          /* canonical: dk_sigv4_query; "" for none */
    const char *payload_sha256; /* hex, or "UNSIGNED-PAYLOAD" */
    const char *time;           /* dk_sigv4_time; x-amz-date among the headers says the same */
    const struct dk_sigv4_pair *headers; /* all of them are signed; names in any case */
    size_t header_count;                 /* at most DK_SIGV4_HEADERS_MAX */
};

/* "YYYYMMDDTHHMMSSZ" of seconds since 1970. */
void dk_sigv4_time(int64_t seconds, char text[DK_SIGV4_TIME_MAX]);

/* Appends text, percent-encoded: all but A-Z a-z 0-9 - . _ ~ and, where `keep_slash`, '/'. Hex
 * digits in upper case, a space is %20. A failure sticks in the buffer. */
void dk_sigv4_encode(struct dk_buffer *out, const char *text, bool keep_slash);

/* Appends the canonical query string: encoded, sorted by name and value, "name=value&...", "name="
 * where there is no value. It can be used in the URL unchanged. count at most
 * DK_SIGV4_QUERY_MAX. */
enum dk_status dk_sigv4_query(struct dk_buffer *out, const struct dk_sigv4_pair *pairs,
                              size_t count, struct dk_error *err) DK_CHECK;

/* Appends the canonical request (the text that is hashed and signed). */
enum dk_status dk_sigv4_canonical(struct dk_buffer *out, const struct dk_sigv4_request *request,
                                  struct dk_error *err) DK_CHECK;

/* Appends the value of the Authorization header. What these three append is NUL-terminated. */
enum dk_status dk_sigv4_sign(struct dk_buffer *out, const struct dk_sigv4_request *request,
                             const struct dk_sigv4_key *key, struct dk_error *err) DK_CHECK;

#endif
