/*
 * Where a bucket is: s3:// URLs, endpoints, path-style and virtual-host addresses. Pure.
 *
 * Source: Amazon S3 User Guide, "Virtual hosting of buckets" and "Bucket naming rules".
 */
#ifndef DK_PUBLISH_ADDRESS_H
#define DK_PUBLISH_ADDRESS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/status.h"
#include "publish/publish.h"

#define DK_BUCKET_MAX 64 /* 3..63 bytes and a NUL */
#define DK_KEY_MAX 1025  /* S3: at most 1,024 bytes of UTF-8 */
#define DK_REGION_MAX 64
#define DK_HOST_MAX 256
#define DK_ENDPOINT_TEXT_MAX 600

/* A server. */
struct dk_endpoint {
    bool tls;
    bool is_aws;            /* one of Amazon's own: its host says the region */
    char host[DK_HOST_MAX]; /* name or address; IPv6 in brackets */
    unsigned port;          /* 0: the scheme's own */
    char path[DK_HOST_MAX]; /* before the bucket, encoded: "" or "/gateway" */
};

/* Takes "s3://bucket/prefix/" apart; the prefix comes out without slashes at its ends, "" for
 * none. DK_ERR_CONFIG with what is wrong. */
enum dk_status dk_s3_url_parse(const char *url, char bucket[DK_BUCKET_MAX], char prefix[DK_KEY_MAX],
                               struct dk_error *err) DK_CHECK;

/* Takes "https://host[:port][/path]" apart. DK_ERR_CONFIG with what is wrong; user and password
 * in it are refused without being told. */
enum dk_status dk_endpoint_parse(struct dk_endpoint *endpoint, const char *url,
                                 struct dk_error *err) DK_CHECK;

/* Amazon's own endpoint of a region: "s3.<region>.amazonaws.com" (".cn" in China). */
enum dk_status dk_endpoint_aws(struct dk_endpoint *endpoint, const char *region,
                               struct dk_error *err) DK_CHECK;

/* Whether it is on this machine: localhost, 127.0.0.0/8, ::1. */
bool dk_endpoint_is_loopback(const struct dk_endpoint *endpoint);

/* "https://host:port/path". */
void dk_endpoint_text(const struct dk_endpoint *endpoint, char text[DK_ENDPOINT_TEXT_MAX]);

/* Letters, digits and hyphens, as regions are. */
bool dk_region_is_valid(const char *region);

/* Whether the bucket goes before the host's name. `auto` does so for Amazon's endpoints where the
 * name is a plain DNS label (a dot would break the certificate). */
bool dk_address_is_virtual(enum dk_s3_addressing addressing, const struct dk_endpoint *endpoint,
                           const char *bucket);

/* The Host header: "bucket.host:port" or "host:port"; no port where it is the scheme's own. */
enum dk_status dk_address_host(struct dk_buffer *out, const struct dk_endpoint *endpoint,
                               bool is_virtual, const char *bucket, struct dk_error *err) DK_CHECK;

/* The encoded path of a key (NULL: the bucket itself): "/gateway/bucket/key", "/key". */
enum dk_status dk_address_path(struct dk_buffer *out, const struct dk_endpoint *endpoint,
                               bool is_virtual, const char *bucket, const char *key,
                               struct dk_error *err) DK_CHECK;

#endif
