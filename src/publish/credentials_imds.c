/*
 * The instance's metadata, version 2: a token first, then the role's name, then its keys. Asked
 * last of all, with short limits, so that a machine that is no EC2 instance waits a second at
 * most. Plain HTTP to a link-local address (or to the endpoint that is configured) is how AWS
 * made it.
 *
 * Source: EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
 */
#include "credentials.h"

#include <stdio.h>
#include <string.h>

#include "http.h"

#define IMDS_ENDPOINT "http://169.254.169.254"
#define IMDS_ENDPOINT_IPV6 "http://[fd00:ec2::254]"
#define IMDS_ROLES "/latest/meta-data/iam/security-credentials/"
#define IMDS_URL_MAX 600
#define IMDS_TOKEN_MAX 512

struct imds {
    struct dk_http *http;
    struct dk_http_answer answer;
    char endpoint[256];
    char token_header[IMDS_TOKEN_MAX + 40];
};

/* Asks for `path`; *status is the HTTP status, 0 if nothing answers there. */
static enum dk_status imds_ask(struct imds *imds, const char *method, const char *path,
                               const char *header, long *status, struct dk_error *err)
{
    char url[IMDS_URL_MAX];
    int size = snprintf(url, sizeof(url), "%s%s", imds->endpoint, path);
    if (size < 0 || (size_t)size >= sizeof(url))
        return dk_error_set(err, DK_ERR_REMOTE, "the instance metadata's address is too long");
    struct dk_http_request request = {
        .method = method, .url = url, .headers = &header, .header_count = 1, .body = {.fd = -1}};
    *status = 0;
    struct dk_error reason = {0};
    for (int attempt = 0; attempt < 2; attempt++) {
        if (dk_http_exchange(imds->http, &request, &imds->answer, &reason) == DK_HTTP_ANSWERED) {
            *status = imds->answer.status;
            return DK_OK;
        }
    }
    return DK_OK;
}

/* The first line of the answer's text, if it is of sane length and printable. */
static bool answer_line(const struct imds *imds, char *line, size_t line_size)
{
    size_t size = strcspn(imds->answer.body.data, "\r\n");
    if (size == 0 || size >= line_size)
        return false;
    for (size_t i = 0; i < size; i++)
        if (imds->answer.body.data[i] <= ' ' || imds->answer.body.data[i] > '~')
            return false;
    memcpy(line, imds->answer.body.data, size);
    line[size] = '\0';
    return true;
}

static enum dk_status imds_broken(const char *what, long status, struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_REMOTE, "the instance's metadata gave no %s (HTTP %ld)", what,
                        status);
}

static enum dk_status imds_keys(struct imds *imds, struct dk_keys *keys, bool *found,
                                struct dk_error *err)
{
    long status = 0;
    char token[IMDS_TOKEN_MAX];
    char role[200];
    char path[sizeof(IMDS_ROLES) + sizeof(role)];
    enum dk_status result = imds_ask(imds, "PUT", "/latest/api/token",
                                     "X-aws-ec2-metadata-token-ttl-seconds: 21600", &status, err);
    if (result != DK_OK || status == 0)
        return result;
    if (status != 200 || !answer_line(imds, token, sizeof(token)))
        return imds_broken("session token", status, err);
    dk_text_format(imds->token_header, sizeof(imds->token_header), "X-aws-ec2-metadata-token: %s",
                   token);
    result = imds_ask(imds, "GET", IMDS_ROLES, imds->token_header, &status, err);
    if (result != DK_OK || status == 404)
        return result; /* an instance without a role */
    if (status != 200 || !answer_line(imds, role, sizeof(role)))
        return imds_broken("role", status, err);
    dk_text_format(path, sizeof(path), IMDS_ROLES "%s", role);
    result = imds_ask(imds, "GET", path, imds->token_header, &status, err);
    if (result != DK_OK)
        return result;
    if (status != 200)
        return imds_broken("keys", status, err);
    *found = true;
    static const struct dk_keys_form form = {.who = "the instance's metadata", .token = "Token"};
    return dk_keys_parse(keys, imds->answer.body.data, imds->answer.body.size, &form, err);
}

/* A setting of the metadata: a variable, else a key of the profile. May be NULL. */
static const char *setting_get(const struct dk_environment *environment,
                               const struct dk_aws_files *files, const char *variable,
                               const char *key)
{
    const char *value = dk_environment_get(environment, variable);
    return value ? value : dk_aws_profile_get(files, NULL, key);
}

enum dk_status dk_credentials_imds_endpoint(const struct dk_environment *environment,
                                            const struct dk_aws_files *files, const char **endpoint,
                                            struct dk_error *err)
{
    const char *mode = setting_get(environment, files, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                   "ec2_metadata_service_endpoint_mode");
    bool is_ipv6 = mode && strcasecmp(mode, "ipv6") == 0;
    if (mode && !is_ipv6 && strcasecmp(mode, "ipv4") != 0)
        return dk_error_set(
            err, DK_ERR_REMOTE,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE '%.40s' is neither IPv4 nor IPv6", mode);
    *endpoint = setting_get(environment, files, "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                            "ec2_metadata_service_endpoint");
    if (!*endpoint)
        *endpoint = is_ipv6 ? IMDS_ENDPOINT_IPV6 : IMDS_ENDPOINT;
    return DK_OK;
}

static enum dk_status imds_open(struct imds *imds, const struct dk_environment *environment,
                                const struct dk_aws_files *files, struct dk_error *err)
{
    static const struct dk_http_settings settings = {
        .connect_timeout_ms = 500, .stall_timeout_s = 2, .total_timeout_ms = 2000};
    const char *endpoint = NULL;
    enum dk_status status = dk_credentials_imds_endpoint(environment, files, &endpoint, err);
    if (status != DK_OK)
        return status;
    int size = snprintf(imds->endpoint, sizeof(imds->endpoint), "%s", endpoint);
    if (size < 0 || (size_t)size >= sizeof(imds->endpoint))
        return dk_error_set(err, DK_ERR_REMOTE, "AWS_EC2_METADATA_SERVICE_ENDPOINT is too long");
    if (size > 0 && imds->endpoint[size - 1] == '/')
        imds->endpoint[size - 1] = '\0';
    return dk_http_open(&imds->http, &settings, err);
}

enum dk_status dk_credentials_imds(struct dk_keys *keys, const struct dk_environment *environment,
                                   const struct dk_aws_files *files, bool *found,
                                   struct dk_error *err)
{
    *found = false;
    struct imds imds = {0};
    dk_http_answer_init(&imds.answer);
    enum dk_status status = imds_open(&imds, environment, files, err);
    if (status == DK_OK)
        status = imds_keys(&imds, keys, found, err);
    dk_http_close(imds.http);
    if (imds.answer.body.data)
        explicit_bzero(imds.answer.body.data, imds.answer.body.capacity);
    dk_http_answer_reset(&imds.answer);
    explicit_bzero(imds.token_header, sizeof(imds.token_header));
    return status;
}
