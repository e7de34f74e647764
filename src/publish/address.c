#include "address.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sigv4.h"

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
            return "a bucket's name has no two dots side by side";
    }
    return NULL;
}

static enum dk_status url_wrong(const char *url, const char *reason, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_CONFIG, "'%.200s' is no place in S3: %s", url, reason);
    dk_error_hint(err, "write s3.url = s3://bucket or s3://bucket/prefix");
    return DK_ERR_CONFIG;
}

enum dk_status dk_s3_url_parse(const char *url, char bucket[DK_BUCKET_MAX], char prefix[DK_KEY_MAX],
                               struct dk_error *err)
{
    if (strncmp(url, "s3://", 5) != 0)
        return url_wrong(url, "it does not begin with s3://", err);
    const char *name = url + 5;
    size_t size = strcspn(name, "/");
    const char *problem = bucket_problem(name, size);
    if (problem)
        return url_wrong(url, problem, err);
    memcpy(bucket, name, size);
    bucket[size] = '\0';
    const char *rest = name + size;
    while (*rest == '/')
        rest++;
    size_t left = strlen(rest);
    while (left > 0 && rest[left - 1] == '/')
        left--;
    /* Some room must be left for the keys below it. */
    if (left > DK_KEY_MAX - 128)
        return url_wrong(url, "the prefix is too long", err);
    for (size_t i = 0; i < left; i++)
        if ((unsigned char)rest[i] < ' ' || rest[i] == 0x7f)
            return url_wrong(url, "the prefix has a control character", err);
    memcpy(prefix, rest, left);
    prefix[left] = '\0';
    return DK_OK;
}

/* --- endpoints ------------------------------------------------------------------------------ */

static enum dk_status endpoint_wrong(const char *url, const char *reason, struct dk_error *err)
{
    /* What stands before an '@' could be a password. */
    dk_error_set(err, DK_ERR_CONFIG, "the S3 endpoint '%.200s' is wrong: %s",
                 strchr(url, '@') ? "..." : url, reason);
    dk_error_hint(err, "write https://host[:port][/path]");
    return DK_ERR_CONFIG;
}

static bool host_is_valid(const char *host, size_t size)
{
    bool is_ipv6 = size > 2 && host[0] == '[' && host[size - 1] == ']';
    if (size == 0 || size >= DK_HOST_MAX)
        return false;
    for (size_t i = is_ipv6; i < size - is_ipv6; i++) {
        unsigned char c = (unsigned char)host[i];
        bool fine = is_ipv6 ? isxdigit(c) || c == ':' || c == '.' : isalnum(c) || strchr("-._", c);
        if (!fine)
            return false;
    }
    return true;
}

/* Digits to a port, 0 if it is none. */
static unsigned port_parse(const char *text, size_t size)
{
    unsigned port = 0;
    for (size_t i = 0; i < size; i++) {
        if (!isdigit((unsigned char)text[i]) || size > 5)
            return 0;
        port = 10 * port + (unsigned)(text[i] - '0');
    }
    return port <= 65535 ? port : 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text);
    size_t end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static enum dk_status endpoint_path(struct dk_endpoint *endpoint, const char *url, const char *path,
                                    struct dk_error *err)
{
    size_t size = strlen(path);
    while (size > 0 && path[size - 1] == '/')
        size--;
    if (size >= sizeof(endpoint->path))
        return endpoint_wrong(url, "its path is too long", err);
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)path[i]) && !strchr("/-._~", path[i]))
            return endpoint_wrong(url, "its path has characters that are not plain", err);
    memcpy(endpoint->path, path, size);
    endpoint->path[size] = '\0';
    return DK_OK;
}

enum dk_status dk_endpoint_parse(struct dk_endpoint *endpoint, const char *url,
                                 struct dk_error *err)
{
    *endpoint = (struct dk_endpoint){0};
    const char *host = NULL;
    if (strncasecmp(url, "https://", 8) == 0)
        host = url + 8;
    else if (strncasecmp(url, "http://", 7) == 0)
        host = url + 7;
    if (!host)
        return endpoint_wrong(url, "it begins with neither https:// nor http://", err);
    if (strchr(url, '@'))
        return endpoint_wrong(url, "user and password do not belong there", err);
    endpoint->tls = host == url + 8;
    size_t authority = strcspn(host, "/");
    const char *bracket = memchr(host, ']', authority);
    size_t size = bracket ? (size_t)(bracket - host) + 1 : strcspn(host, ":/");
    if (!host_is_valid(host, size))
        return endpoint_wrong(url, "its host is no name and no address", err);
    if (size < authority) {
        endpoint->port = host[size] == ':' ? port_parse(host + size + 1, authority - size - 1) : 0;
        if (endpoint->port == 0)
            return endpoint_wrong(url, "its port is no number from 1 to 65535", err);
    }
    if (endpoint->port == (endpoint->tls ? 443U : 80U))
        endpoint->port = 0;
    for (size_t i = 0; i < size; i++)
        endpoint->host[i] = (char)tolower((unsigned char)host[i]);
    endpoint->is_aws = ends_with(endpoint->host, ".amazonaws.com") ||
                       ends_with(endpoint->host, ".amazonaws.com.cn");
    return endpoint_path(endpoint, url, host + authority, err);
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

enum dk_status dk_endpoint_aws(struct dk_endpoint *endpoint, const char *region,
                               struct dk_error *err)
{
    if (!dk_region_is_valid(region))
        return dk_error_set(err, DK_ERR_CONFIG, "'%.64s' is no region's name", region);
    *endpoint = (struct dk_endpoint){.tls = true, .is_aws = true};
    dk_text_format(endpoint->host, sizeof(endpoint->host), "s3.%s.amazonaws.com%s", region,
                   strncmp(region, "cn-", 3) == 0 ? ".cn" : "");
    return DK_OK;
}

bool dk_endpoint_is_loopback(const struct dk_endpoint *endpoint)
{
    const char *host = endpoint->host;
    if (strcmp(host, "localhost") == 0 || ends_with(host, ".localhost") ||
        strcmp(host, "[::1]") == 0)
        return true;
    /* 127.a.b.c and nothing else: "127.example.com" is a name somewhere. */
    if (strncmp(host, "127.", 4) != 0)
        return false;
    unsigned dots = 0;
    for (const char *c = host; *c; c++) {
        if (*c != '.' && !isdigit((unsigned char)*c))
            return false;
        dots += *c == '.';
    }
    return dots == 3;
}

void dk_endpoint_text(const struct dk_endpoint *endpoint, char text[DK_ENDPOINT_TEXT_MAX])
{
    char port[16] = "";
    if (endpoint->port)
        dk_text_format(port, sizeof(port), ":%u", endpoint->port);
    dk_text_format(text, DK_ENDPOINT_TEXT_MAX, "%s://%s%s%s", endpoint->tls ? "https" : "http",
                   endpoint->host, port, endpoint->path);
}

/* --- addresses ------------------------------------------------------------------------------ */

bool dk_address_is_virtual(enum dk_s3_addressing addressing, const struct dk_endpoint *endpoint,
                           const char *bucket)
{
    if (addressing == DK_S3_ADDRESSING_AUTO)
        return endpoint->is_aws && !strchr(bucket, '.');
    return addressing == DK_S3_ADDRESSING_VIRTUAL;
}

enum dk_status dk_address_host(struct dk_buffer *out, const struct dk_endpoint *endpoint,
                               bool is_virtual, const char *bucket, struct dk_error *err)
{
    enum dk_status status = dk_buffer_printf(out, err, "%s%s%s", is_virtual ? bucket : "",
                                             is_virtual ? "." : "", endpoint->host);
    if (status == DK_OK && endpoint->port)
        status = dk_buffer_printf(out, err, ":%u", endpoint->port);
    return status;
}

enum dk_status dk_address_path(struct dk_buffer *out, const struct dk_endpoint *endpoint,
                               bool is_virtual, const char *bucket, const char *key,
                               struct dk_error *err)
{
    enum dk_status status = dk_buffer_printf(out, err, "%s%s%s", endpoint->path,
                                             is_virtual ? "" : "/", is_virtual ? "" : bucket);
    if (status == DK_OK && (key || is_virtual))
        status = dk_buffer_append(out, "/", 1, err);
    if (status == DK_OK && key)
        status = dk_sigv4_encode(out, key, strlen(key), 1, err);
    return status;
}
