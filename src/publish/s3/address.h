/*
 * Where a bucket is: s3:// URLs, endpoints, path-style and virtual-host addresses. Pure.
 *
 * Source: Amazon S3 User Guide, "Virtual hosting of buckets" and "Bucket naming rules".
 */
#ifndef DK_S3_ADDRESS_H
#define DK_S3_ADDRESS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/status.h"
#include "http/http_url.h"
#include "s3/s3.h"

#define DK_BUCKET_MAX 64 /* 3..63 bytes and a NUL */
#define DK_KEY_MAX 1025  /* S3: at most 1,024 bytes of UTF-8 */
#define DK_REGION_MAX 64

/* Takes "s3://bucket/prefix/" apart; the prefix comes out without slashes at its ends, "" for
 * none. DK_ERR_CONFIG with what is wrong; a URL that may contain credentials is not quoted. */
enum dk_status dk_s3_url_parse(const char *url, char bucket[DK_BUCKET_MAX], char prefix[DK_KEY_MAX],
                               struct dk_error *err) DK_CHECK;

/* Takes "https://host[:port][/path]" apart. DK_ERR_CONFIG with what is wrong; user and password
 * are refused and not quoted. */
enum dk_status dk_endpoint_parse(struct dk_url *endpoint, const char *url, struct dk_error *err)
    DK_CHECK;

/* Amazon's own endpoint of a region: "s3.<region>.amazonaws.com" (".cn" in China). */
enum dk_status dk_endpoint_aws(struct dk_url *endpoint, const char *region, struct dk_error *err)
    DK_CHECK;

/* Whether it is one of Amazon's own endpoints. */
bool dk_endpoint_is_aws(const struct dk_url *endpoint);

/* Letters, digits and hyphens, as regions are. */
bool dk_region_is_valid(const char *region);

/* Whether the bucket goes before the host's name. `auto` does so for Amazon's endpoints where the
 * name is a plain DNS label (the certificate does not cover a name with a dot). */
bool dk_address_is_virtual(enum dk_s3_addressing addressing, const struct dk_url *endpoint,
                           const char *bucket);

/* Where requests for a bucket go. */
struct dk_address {
    const struct dk_url *endpoint;
    const char *bucket;
    bool is_virtual;
};

/* The Host header: "bucket.host:port" or "host:port"; no port if it is the scheme's own. And the
 * encoded path of a key (NULL: the bucket itself): "/gateway/bucket/key", "/key". A failure sticks
 * in the buffer. */
void dk_address_host(struct dk_buffer *out, const struct dk_address *address);
void dk_address_path(struct dk_buffer *out, const struct dk_address *address, const char *key);

#endif
