#include "s3_config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/team.h"
#include "base/text.h"

#define THREADS_DEFAULT 4
#define ATTEMPTS_DEFAULT 8
#define ATTEMPTS_LIMIT 100
#define BACKOFF_MS_DEFAULT 200
#define STALL_SECONDS_DEFAULT 60

static bool is_set(const char *text)
{
    return text && *text;
}

/* Copies a setting, "" if it is not set; DK_ERR_CONFIG if it is too long. */
static enum dk_status copy_text(char *to, size_t size, const char *from, const char *name,
                                struct dk_error *err)
{
    if (!from)
        from = "";
    if (strlen(from) >= size)
        return dk_error_set(err, DK_ERR_CONFIG, "%s is too long", name);
    memcpy(to, from, strlen(from) + 1);
    return DK_OK;
}

/* A setting of derrick.ini by this name, else a variable or a key of the profile. */
static void find_setting(struct dk_aws_setting *found, const struct dk_s3_sources *sources,
                         const char *own, const char *name, const char *variable, const char *key)
{
    if (is_set(own)) {
        *found = (struct dk_aws_setting){.value = own};
        dk_text_format(found->where, sizeof(found->where), "%s", name);
        return;
    }
    dk_aws_setting_find(found, sources->environment, sources->files, variable, key);
}

/* A switch of AWS's tools, off by default. A word that they would take for "off" is an error. */
static enum dk_status find_switch(const struct dk_s3_sources *sources, const char *variable,
                                  const char *key, bool *on, struct dk_error *err)
{
    struct dk_aws_setting found;
    find_setting(&found, sources, NULL, NULL, variable, key);
    *on = found.value && strcasecmp(found.value, "true") == 0;
    if (!found.value || *on || strcasecmp(found.value, "false") == 0)
        return DK_OK;
    return dk_error_set(err, DK_ERR_CONFIG, "%s '%.40s' is neither true nor false", found.where,
                        found.value);
}

/* --- region and endpoint -------------------------------------------------------------------- */

static enum dk_status find_region(struct dk_s3_config *config, const struct dk_s3_sources *sources,
                                  struct dk_error *err)
{
    struct dk_aws_setting found;
    find_setting(&found, sources, sources->settings->region, "s3.region", "AWS_REGION", NULL);
    if (!found.value)
        find_setting(&found, sources, NULL, NULL, "AWS_DEFAULT_REGION", "region");
    /* A request to us-east-1 is redirected to the bucket's region. */
    const char *region = found.value ? found.value : "us-east-1";
    if (dk_region_is_valid(region))
        return copy_text(config->target.region, sizeof(config->target.region), region, found.where,
                         err);
    dk_error_set(err, DK_ERR_CONFIG, "%s '%.64s' is not the name of a region", found.where, region);
    dk_error_hint(err, "write it as in eu-west-1");
    return DK_ERR_CONFIG;
}

/* found->value stays NULL for Amazon's own endpoint. */
static enum dk_status find_endpoint(struct dk_aws_setting *found,
                                    const struct dk_s3_sources *sources, struct dk_error *err)
{
    bool is_ignored = false;
    find_setting(found, sources, sources->settings->endpoint, "s3.endpoint", NULL, NULL);
    if (found->value)
        return DK_OK;
    DK_RETURN_IF_ERROR(find_switch(sources, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                   "ignore_configured_endpoint_urls", &is_ignored, err));
    if (is_ignored)
        return DK_OK;
    find_setting(found, sources, NULL, NULL, "AWS_ENDPOINT_URL_S3", NULL);
    if (!found->value)
        find_setting(found, sources, NULL, NULL, "AWS_ENDPOINT_URL", NULL);
    if (!found->value)
        DK_RETURN_IF_ERROR(dk_aws_services_find(found, sources->files, "s3", "endpoint_url", err));
    if (!found->value)
        find_setting(found, sources, NULL, NULL, NULL, "endpoint_url");
    return DK_OK;
}

/* Amazon's endpoint of the region; its special ones have to be named in s3.endpoint. */
static enum dk_status use_amazon(struct dk_s3_config *config, const struct dk_s3_sources *sources,
                                 struct dk_error *err)
{
    bool is_fips = false;
    DK_RETURN_IF_ERROR(
        find_switch(sources, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &is_fips, err));
    if (!is_fips)
        return dk_endpoint_aws(&config->target.endpoint, config->target.region, err);
    dk_error_set(err, DK_ERR_CONFIG,
                 "AWS_USE_FIPS_ENDPOINT is set, but derrick does not choose FIPS endpoints");
    dk_error_hint(err, "name it: s3.endpoint = https://s3-fips.%s.amazonaws.com",
                  config->target.region);
    return DK_ERR_CONFIG;
}

static enum dk_status set_endpoint(struct dk_s3_config *config, const struct dk_s3_sources *sources,
                                   struct dk_error *err)
{
    struct dk_aws_setting found;
    struct dk_url *endpoint = &config->target.endpoint;
    DK_RETURN_IF_ERROR(find_endpoint(&found, sources, err));
    config->endpoint_is_custom = found.value != NULL;
    if (!found.value)
        return use_amazon(config, sources, err);
    if (dk_endpoint_parse(endpoint, found.value, err) != DK_OK) {
        dk_error_prefix(err, "%s", found.where);
        return DK_ERR_CONFIG;
    }
    if (endpoint->tls || dk_url_is_loopback(endpoint) ||
        sources->settings->insecure_http == DK_S3_INSECURE_HTTP_ALLOW)
        return DK_OK;
    char text[DK_URL_TEXT_MAX];
    dk_url_format(endpoint, text);
    dk_error_set(err, DK_ERR_CONFIG, "the S3 endpoint '%s' is remote and uses unencrypted HTTP",
                 text);
    dk_error_hint(err, "use https://, or allow it with s3.insecure_http = allow");
    return DK_ERR_CONFIG;
}

/* --- what AWS's own variables tune ---------------------------------------------------------- */

static enum dk_status set_addressing(struct dk_s3_config *config,
                                     const struct dk_s3_sources *sources, struct dk_error *err)
{
    config->addressing = sources->settings->addressing;
    const char *style = dk_aws_profile_get(sources->files, "s3", "addressing_style");
    if (config->addressing != DK_S3_ADDRESSING_AUTO || !style)
        return DK_OK;
    int found = dk_s3_addressing_find(style);
    if (found < 0)
        return dk_error_set(err, DK_ERR_CONFIG,
                            "addressing_style '%.40s' of profile '%s' is neither auto, path nor "
                            "virtual",
                            style, sources->files->profile);
    config->addressing = (enum dk_s3_addressing)found;
    return DK_OK;
}

static enum dk_status set_attempts(struct dk_s3_config *config, const struct dk_s3_sources *sources,
                                   struct dk_error *err)
{
    struct dk_aws_setting found;
    uint64_t attempts = sources->settings->attempts_max;
    find_setting(&found, sources, NULL, NULL, "AWS_MAX_ATTEMPTS", "max_attempts");
    if (attempts == 0 && found.value && (!dk_text_number(found.value, &attempts) || attempts == 0))
        return dk_error_set(err, DK_ERR_CONFIG, "%s '%.40s' is not a number of attempts",
                            found.where, found.value);
    if (attempts == 0)
        attempts = ATTEMPTS_DEFAULT;
    config->attempts_max = attempts < ATTEMPTS_LIMIT ? (unsigned)attempts : ATTEMPTS_LIMIT;
    return DK_OK;
}

static enum dk_status set_checksum(struct dk_s3_config *config, const struct dk_s3_sources *sources,
                                   struct dk_error *err)
{
    struct dk_aws_setting found;
    find_setting(&found, sources, NULL, NULL, "AWS_REQUEST_CHECKSUM_CALCULATION",
                 "request_checksum_calculation");
    config->without_checksum = found.value && strcasecmp(found.value, "when_required") == 0;
    if (!found.value || config->without_checksum || strcasecmp(found.value, "when_supported") == 0)
        return DK_OK;
    return dk_error_set(err, DK_ERR_CONFIG,
                        "%s '%.40s' is neither when_supported nor when_required", found.where,
                        found.value);
}

static enum dk_status set_ca_bundle(struct dk_s3_config *config,
                                    const struct dk_s3_sources *sources, struct dk_error *err)
{
    struct dk_aws_setting found;
    find_setting(&found, sources, NULL, NULL, "AWS_CA_BUNDLE", "ca_bundle");
    DK_RETURN_IF_ERROR(
        copy_text(config->ca_bundle, sizeof(config->ca_bundle), found.value, found.where, err));
    if (!found.value || access(config->ca_bundle, R_OK) == 0)
        return DK_OK;
    dk_error_errno(err, DK_ERR_CONFIG, errno, "can't read the certificates", config->ca_bundle);
    dk_error_hint(err, "correct AWS_CA_BUNDLE, or the profile's ca_bundle");
    return DK_ERR_CONFIG;
}

/* The first of some variables that is set, or NULL. */
static const char *find_variable(const struct dk_s3_sources *sources, const char *const *names)
{
    const char *value = NULL;
    for (; *names && !value; names++)
        value = dk_environment_get(sources->environment, *names);
    return value;
}

/* Both spellings of a proxy variable, as curl reads them: HTTP_PROXY is ignored, because a CGI
 * request could set it. */
static enum dk_status set_proxy(struct dk_s3_config *config, const struct dk_s3_sources *sources,
                                struct dk_error *err)
{
    static const char *const https[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                        NULL};
    static const char *const http[] = {"http_proxy", "all_proxy", "ALL_PROXY", NULL};
    static const char *const direct[] = {"no_proxy", "NO_PROXY", NULL};
    const struct dk_url *endpoint = &config->target.endpoint;
    const char *proxy =
        dk_url_is_loopback(endpoint) ? NULL : find_variable(sources, endpoint->tls ? https : http);
    if (proxy)
        DK_RETURN_IF_ERROR(dk_secret_set(&config->proxy, proxy, strlen(proxy), err));
    return copy_text(config->no_proxy, sizeof(config->no_proxy), find_variable(sources, direct),
                     "no_proxy", err);
}

/* --- the whole ------------------------------------------------------------------------------ */

static enum dk_status copy_settings(struct dk_s3_config *config,
                                    const struct dk_s3_settings *settings, struct dk_error *err)
{
    config->sse = settings->sse;
    config->part_size_bytes = settings->part_size_bytes;
    config->threads = settings->threads ? settings->threads : THREADS_DEFAULT;
    if (config->threads > DK_TEAM_THREADS_MAX)
        config->threads = DK_TEAM_THREADS_MAX;
    config->backoff_ms = settings->backoff_ms ? settings->backoff_ms : BACKOFF_MS_DEFAULT;
    config->stall_timeout_s =
        settings->stall_timeout_s ? settings->stall_timeout_s : STALL_SECONDS_DEFAULT;
    DK_RETURN_IF_ERROR(copy_text(config->kms_key_id, sizeof(config->kms_key_id),
                                 settings->kms_key_id, "s3.kms_key_id", err));
    return copy_text(config->storage_class, sizeof(config->storage_class), settings->storage_class,
                     "s3.storage_class", err);
}

enum dk_status dk_s3_config_find_place(struct dk_s3_config *config,
                                       const struct dk_s3_sources *sources, struct dk_error *err)
{
    *config = (struct dk_s3_config){0};
    DK_RETURN_IF_ERROR(
        dk_s3_url_parse(sources->settings->url, config->bucket, config->prefix, err));
    DK_RETURN_IF_ERROR(find_region(config, sources, err));
    return set_endpoint(config, sources, err);
}

enum dk_status dk_s3_config_find(struct dk_s3_config *config, const struct dk_s3_sources *sources,
                                 struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_s3_config_find_place(config, sources, err));
    DK_RETURN_IF_ERROR(copy_settings(config, sources->settings, err));
    DK_RETURN_IF_ERROR(set_addressing(config, sources, err));
    DK_RETURN_IF_ERROR(set_attempts(config, sources, err));
    DK_RETURN_IF_ERROR(set_checksum(config, sources, err));
    DK_RETURN_IF_ERROR(set_ca_bundle(config, sources, err));
    return set_proxy(config, sources, err);
}

void dk_s3_config_reset(struct dk_s3_config *config)
{
    dk_secret_reset(&config->proxy);
}

/* --- keys ----------------------------------------------------------------------------------- */

enum dk_status dk_s3_key_make(const struct dk_s3_config *config, const char *key,
                              char whole[DK_KEY_MAX], struct dk_error *err)
{
    if (!*key || *key == '/')
        return dk_error_set(err, DK_ERR_CONFIG,
                            "'%.200s' is not a key: it is empty or begins with '/'", key);
    int size =
        snprintf(whole, DK_KEY_MAX, "%s%s%s", config->prefix, config->prefix[0] ? "/" : "", key);
    if (size < 0 || size >= DK_KEY_MAX)
        return dk_error_set(err, DK_ERR_CONFIG, "the key '%.200s' is longer than 1024 bytes", key);
    if (!dk_text_is_clean(whole))
        return dk_error_set(err, DK_ERR_CONFIG, "a key is not UTF-8, or has control characters");
    return DK_OK;
}

void dk_s3_place_text(const struct dk_s3_config *config, const char *whole,
                      char text[DK_S3_TEXT_MAX])
{
    dk_text_format(text, DK_S3_TEXT_MAX, "s3://%s%s%s", config->bucket, whole ? "/" : "",
                   whole ? whole : "");
}
