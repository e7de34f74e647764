/*
 * http:// and https:// URLs of servers, taken apart by libcurl; and the dates that servers write.
 * Pure.
 */
#ifndef DK_HTTP_HTTP_URL_H
#define DK_HTTP_HTTP_URL_H

#include <stdbool.h>
#include <stdint.h>

#define DK_HOST_MAX 256
#define DK_URL_TEXT_MAX 600

/* "https://host[:port][/path]". */
struct dk_url {
    bool tls;
    char host[DK_HOST_MAX]; /* name or address, in lower case; IPv6 in brackets */
    unsigned port;          /* 0: the scheme's own */
    char path[DK_HOST_MAX]; /* without a slash at its end: "" or "/gateway" */
};

/* NULL, or what is wrong with the URL, for a message. Credentials, queries and characters that
 * would have to be encoded are refused. */
const char *dk_url_parse(struct dk_url *url, const char *text);

/* "https://host:port/path". */
void dk_url_format(const struct dk_url *url, char text[DK_URL_TEXT_MAX]);

/* Whether the server is on this machine: localhost, 127.0.0.0/8, ::1. */
bool dk_url_is_loopback(const struct dk_url *url);

/* Seconds since 1970 of an HTTP date ("Tue, 24 Nov 2026 19:16:53 GMT", RFC 9110, 5.6.7); -1 if it
 * is not one. */
int64_t dk_http_date_parse(const char *text);

/* Seconds since 1970 of "2026-01-02T03:04:05Z" (or with a fraction, +00:00, -0730, or no zone for
 * UTC); -1 if it is not such a time. */
int64_t dk_iso8601_parse(const char *text);

#endif
