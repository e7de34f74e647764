/*
 * The instance's metadata, version 2: a token first, then the role's name, then its keys. It is the
 * last source, with short limits, so that a machine that is not an EC2 instance waits a second at
 * most. AWS offers it over unencrypted HTTP at a link-local address.
 *
 * Source: EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
 */

#include <stdio.h>
#include <string.h>

#include "chain.h"
#include "http/http.h"

#define IMDS_ENDPOINT "http://169.254.169.254"
#define IMDS_ENDPOINT_IPV6 "http://[fd00:ec2::254]"
#define IMDS_ROLES "/latest/meta-data/iam/security-credentials/"
#define IMDS_URL_MAX 600
#define IMDS_TOKEN_MAX 512

struct imds {
    struct dk_http *http;
    struct dk_http_answer answer;
    char endpoint[DK_IMDS_ENDPOINT_MAX];
    char token_header[IMDS_TOKEN_MAX + 40];
};

/* Asks for `path`; *status is the HTTP status, 0 if nothing answers. */
static enum dk_status ask(struct imds *imds, const char *method, const char *path,
                          const char *header, long *status, struct dk_error *err)
{
    char url[IMDS_URL_MAX];
    int size = snprintf(url, sizeof(url), "%s%s", imds->endpoint, path);
    if (size < 0 || (size_t)size >= sizeof(url))
        return dk_error_set(err, DK_ERR_REMOTE, "the instance metadata's address is too long");
    struct dk_http_request request = {
        .method = method, .url = url, .headers = &header, .header_count = 1, .body = {.fd = -1}};
    *status = 0;
    for (int attempt = 0; attempt < 2 && *status == 0; attempt++)
        if (dk_http_exchange(imds->http, &request, &imds->answer, NULL) == DK_HTTP_ANSWERED)
            *status = imds->answer.status;
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

static enum dk_status report_answer(const char *what, long status, struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_REMOTE, "the instance's metadata has no %s (HTTP %ld)", what,
                        status);
}

static enum dk_status fetch_keys(struct imds *imds, struct dk_keys *keys, bool *found,
                                 struct dk_error *err)
{
    long status = 0;
    char token[IMDS_TOKEN_MAX];
    char role[200];
    char path[sizeof(IMDS_ROLES) + sizeof(role)];
    DK_RETURN_IF_ERROR(ask(imds, "PUT", "/latest/api/token",
                           "X-aws-ec2-metadata-token-ttl-seconds: 21600", &status, err));
    if (status == 0)
        return DK_OK;
    if (status != 200 || !answer_line(imds, token, sizeof(token)))
        return report_answer("session token", status, err);
    dk_text_format(imds->token_header, sizeof(imds->token_header), "X-aws-ec2-metadata-token: %s",
                   token);
    DK_RETURN_IF_ERROR(ask(imds, "GET", IMDS_ROLES, imds->token_header, &status, err));
    if (status == 404)
        return DK_OK; /* an instance without a role */
    if (status != 200 || !answer_line(imds, role, sizeof(role)))
        return report_answer("role", status, err);
    dk_text_format(path, sizeof(path), IMDS_ROLES "%s", role);
    DK_RETURN_IF_ERROR(ask(imds, "GET", path, imds->token_header, &status, err));
    if (status != 200)
        return report_answer("keys", status, err);
    *found = true;
    static const struct dk_keys_form form = {.who = "the instance's metadata", .token = "Token"};
    return dk_keys_parse(keys, imds->answer.body.data, imds->answer.body.size, &form, err);
}

enum dk_status dk_imds_endpoint(const struct dk_search *search, char endpoint[DK_IMDS_ENDPOINT_MAX],
                                struct dk_error *err)
{
    struct dk_aws_setting setting;
    dk_aws_setting_find(&setting, search->environment, search->files,
                        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                        "ec2_metadata_service_endpoint_mode");
    bool is_ipv6 = setting.value && strcasecmp(setting.value, "ipv6") == 0;
    if (setting.value && !is_ipv6 && strcasecmp(setting.value, "ipv4") != 0)
        return dk_error_set(err, DK_ERR_REMOTE, "%s '%.40s' is neither IPv4 nor IPv6",
                            setting.where, setting.value);
    dk_aws_setting_find(&setting, search->environment, search->files,
                        "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    const char *url = setting.value ? setting.value : is_ipv6 ? IMDS_ENDPOINT_IPV6 : IMDS_ENDPOINT;
    size_t size = strlen(url);
    if (size >= DK_IMDS_ENDPOINT_MAX)
        return dk_error_set(err, DK_ERR_REMOTE, "%s is too long", setting.where);
    memcpy(endpoint, url, size + 1);
    if (size > 0 && endpoint[size - 1] == '/')
        endpoint[size - 1] = '\0';
    return DK_OK;
}

static enum dk_status open_and_fetch(struct imds *imds, struct dk_keys *keys,
                                     const struct dk_search *search, bool *found,
                                     struct dk_error *err)
{
    static const struct dk_http_settings settings = {
        .connect_timeout_ms = 500, .stall_timeout_s = 2, .total_timeout_ms = 2000};
    DK_RETURN_IF_ERROR(dk_imds_endpoint(search, imds->endpoint, err));
    DK_RETURN_IF_ERROR(dk_http_open(&imds->http, &settings, err));
    return fetch_keys(imds, keys, found, err);
}

enum dk_status dk_imds_keys(struct dk_keys *keys, const struct dk_search *search, bool *found,
                            struct dk_error *err)
{
    *found = false;
    struct imds imds = {0};
    dk_http_answer_init(&imds.answer);
    enum dk_status status = open_and_fetch(&imds, keys, search, found, err);
    dk_http_close(imds.http);
    if (imds.answer.body.data)
        explicit_bzero(imds.answer.body.data, imds.answer.body.capacity);
    dk_http_answer_reset(&imds.answer);
    explicit_bzero(imds.token_header, sizeof(imds.token_header));
    return status;
}
