#include "address.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "aws/sigv4.h"
#include "base/text.h"

/* --- s3:// URLs ----------------------------------------------------------------------------- */

static const char *bucket_problem(const char *bucket, size_t size)
{
    if (size < 3 || size > 63)
        return "a bucket's name has 3 to 63 characters";
    for (size_t i = 0; i < size; i++) {
        char c = bucket[i];
        bool inner = c == '-' || c == '.';
        if (!islower((unsigned char)c) && !isdigit((unsigned char)c) && !inner)
            return "a bucket's name has lower-case letters, digits, dots and hyphens only";
        if (inner && (i == 0 || i == size - 1))
            return "a bucket's name begins and ends with a letter or a digit";
        if (c == '.' && bucket[i - 1] == '.')
            return "a bucket's name does not have two dots in a row";
    }
    return NULL;
}

static enum dk_status refuse_url(const char *url, const char *reason, struct dk_error *err)
{
    /* What is before an '@' could be a key and its secret. */
    if (strchr(url, '@')) {
        dk_error_set(err, DK_ERR_CONFIG, "s3.url must not contain credentials");
        dk_error_hint(err, "write s3://bucket, and put the keys into AWS_ACCESS_KEY_ID and "
                           "AWS_SECRET_ACCESS_KEY, or into ~/.aws/credentials");
        return DK_ERR_CONFIG;
    }
    dk_error_set(err, DK_ERR_CONFIG, "'%.200s' is not a place in S3: %s", url, reason);
    dk_error_hint(err, "write s3.url = s3://bucket or s3://bucket/prefix");
    return DK_ERR_CONFIG;
}

enum dk_status dk_s3_url_parse(const char *url, char bucket[DK_BUCKET_MAX], char prefix[DK_KEY_MAX],
                               struct dk_error *err)
{
    if (strncmp(url, "s3://", 5) != 0)
        return refuse_url(url, "it does not begin with s3://", err);
    const char *name = url + 5;
    size_t size = strcspn(name, "/");
    const char *problem = bucket_problem(name, size);
    if (problem)
        return refuse_url(url, problem, err);
    memcpy(bucket, name, size);
    bucket[size] = '\0';
    const char *rest = name + size;
    while (*rest == '/')
        rest++;
    size_t left = strlen(rest);
    while (left > 0 && rest[left - 1] == '/')
        left--;
    /* The keys below it need some room. */
    if (left > DK_KEY_MAX - 128)
        return refuse_url(url, "the prefix is too long", err);
    for (size_t i = 0; i < left; i++)
        if ((unsigned char)rest[i] < ' ' || rest[i] == 0x7f)
            return refuse_url(url, "the prefix has a control character", err);
    memcpy(prefix, rest, left);
    prefix[left] = '\0';
    return DK_OK;
}

/* --- endpoints ------------------------------------------------------------------------------ */

enum dk_status dk_endpoint_parse(struct dk_url *endpoint, const char *url, struct dk_error *err)
{
    const char *problem = dk_url_parse(endpoint, url);
    if (!problem)
        return DK_OK;
    dk_error_set(err, DK_ERR_CONFIG, "the S3 endpoint '%.200s' is not valid: %s",
                 strchr(url, '@') ? "..." : url, problem);
    dk_error_hint(err, "write https://host[:port][/path]");
    return DK_ERR_CONFIG;
}

bool dk_endpoint_is_aws(const struct dk_url *endpoint)
{
    return dk_text_ends_with(endpoint->host, ".amazonaws.com") ||
           dk_text_ends_with(endpoint->host, ".amazonaws.com.cn");
}

bool dk_region_is_valid(const char *region)
{
    size_t size = strlen(region);
    if (size == 0 || size >= DK_REGION_MAX)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)region[i]) && region[i] != '-' && region[i] != '_')
            return false;
    return true;
}

enum dk_status dk_endpoint_aws(struct dk_url *endpoint, const char *region, struct dk_error *err)
{
    if (!dk_region_is_valid(region))
        return dk_error_set(err, DK_ERR_CONFIG, "'%.64s' is not the name of a region", region);
    *endpoint = (struct dk_url){.tls = true};
    dk_text_format(endpoint->host, sizeof(endpoint->host), "s3.%s.amazonaws.com%s", region,
                   strncmp(region, "cn-", 3) == 0 ? ".cn" : "");
    return DK_OK;
}

/* --- addresses ------------------------------------------------------------------------------ */

bool dk_address_is_virtual(enum dk_s3_addressing addressing, const struct dk_url *endpoint,
                           const char *bucket)
{
    if (addressing == DK_S3_ADDRESSING_AUTO)
        return dk_endpoint_is_aws(endpoint) && !strchr(bucket, '.');
    return addressing == DK_S3_ADDRESSING_VIRTUAL;
}

void dk_address_host(struct dk_buffer *out, const struct dk_address *address)
{
    if (address->is_virtual)
        dk_buffer_putf(out, "%s.", address->bucket);
    dk_buffer_put(out, address->endpoint->host);
    if (address->endpoint->port)
        dk_buffer_putf(out, ":%u", address->endpoint->port);
}

void dk_address_path(struct dk_buffer *out, const struct dk_address *address, const char *key)
{
    dk_buffer_put(out, address->endpoint->path);
    if (!address->is_virtual)
        dk_buffer_putf(out, "/%s", address->bucket);
    if (key || address->is_virtual)
        dk_buffer_put(out, "/");
    if (key)
        dk_sigv4_encode(out, key, true);
}
