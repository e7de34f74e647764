/* Opening and closing: settings from derrick.ini, the environment and AWS's files come together. */
#include "s3.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#define CONNECT_TIMEOUT_MS 10000
#define ATTEMPTS_LIMIT 100

static bool is_set(const char *text)
{
    return text && *text;
}

/* Copies a setting; DK_ERR_CONFIG if it is too long. */
static enum dk_status setting_copy(char *to, size_t size, const char *from, const char *name,
                                   struct dk_error *err)
{
    if (strlen(from) >= size)
        return dk_error_set(err, DK_ERR_CONFIG, "%s is too long", name);
    memcpy(to, from, strlen(from) + 1);
    return DK_OK;
}

/* --- where and how -------------------------------------------------------------------------- */

static enum dk_status region_find(struct dk_s3 *s3, const struct dk_s3_settings *settings,
                                  const struct dk_aws_files *files, struct dk_error *err)
{
    const char *where = "s3.region";
    const char *region = is_set(settings->region) ? settings->region : NULL;
    if (!region)
        region = dk_environment_get(s3->environment, where = "AWS_REGION");
    if (!region)
        region = dk_environment_get(s3->environment, where = "AWS_DEFAULT_REGION");
    if (!region) {
        where = "the profile's region";
        region = dk_aws_profile_get(files, NULL, "region");
    }
    if (!region)
        region = "us-east-1"; /* S3 there says where a bucket is */
    if (dk_region_is_valid(region))
        return setting_copy(s3->place.region, sizeof(s3->place.region), region, where, err);
    dk_error_set(err, DK_ERR_CONFIG, "%s '%.64s' is not the name of a region", where, region);
    dk_error_hint(err, "write it as in eu-west-1");
    return DK_ERR_CONFIG;
}

/* A variable of the environment, else a key of the profile. */
static const char *tuning_find(const struct dk_s3 *s3, const struct dk_aws_files *files,
                               const char *variable, const char *key)
{
    const char *value = dk_environment_get(s3->environment, variable);
    return value ? value : dk_aws_profile_get(files, NULL, key);
}

/* A switch of AWS's tools, off by default. A word that they would take for "off" is an error. */
static enum dk_status switch_find(const struct dk_s3 *s3, const struct dk_aws_files *files,
                                  const char *variable, const char *key, bool *on,
                                  struct dk_error *err)
{
    const char *text = tuning_find(s3, files, variable, key);
    *on = text && strcasecmp(text, "true") == 0;
    if (!text || *on || strcasecmp(text, "false") == 0)
        return DK_OK;
    return dk_error_set(err, DK_ERR_CONFIG, "%s '%.40s' is neither true nor false", variable, text);
}

/* Settings, environment, [services], profile: the first that is set; *url is NULL for Amazon's.
 * *where says what set it. */
static enum dk_status endpoint_find(const struct dk_s3 *s3, const struct dk_s3_settings *settings,
                                    const struct dk_aws_files *files, const char **url,
                                    const char **where, struct dk_error *err)
{
    bool is_ignored = false;
    *where = "s3.endpoint";
    *url = settings->endpoint;
    if (is_set(*url))
        return DK_OK;
    *url = NULL;
    enum dk_status status = switch_find(s3, files, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                        "ignore_configured_endpoint_urls", &is_ignored, err);
    if (status != DK_OK || is_ignored)
        return status;
    *url = dk_environment_get(s3->environment, *where = "AWS_ENDPOINT_URL_S3");
    if (!*url)
        *url = dk_environment_get(s3->environment, *where = "AWS_ENDPOINT_URL");
    if (*url)
        return DK_OK;
    *where = "the profile's endpoint_url";
    struct dk_aws_setting setting;
    status = dk_aws_services_find(&setting, files, "s3", "endpoint_url", err);
    *url = setting.value;
    if (status == DK_OK && !*url)
        *url = dk_aws_profile_get(files, NULL, "endpoint_url");
    return status;
}

/* Amazon's own endpoint of the region; others of Amazon's are for the settings to name. */
static enum dk_status endpoint_amazon(struct dk_s3 *s3, const struct dk_aws_files *files,
                                      struct dk_error *err)
{
    bool is_fips = false;
    enum dk_status status =
        switch_find(s3, files, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &is_fips, err);
    if (status == DK_OK && is_fips) {
        dk_error_set(err, DK_ERR_CONFIG,
                     "AWS_USE_FIPS_ENDPOINT is set, but derrick does not choose FIPS endpoints");
        dk_error_hint(err, "name it: s3.endpoint = https://s3-fips.%s.amazonaws.com",
                      s3->place.region);
        return DK_ERR_CONFIG;
    }
    return status == DK_OK ? dk_endpoint_aws(&s3->place.endpoint, s3->place.region, err) : status;
}

static enum dk_status endpoint_set(struct dk_s3 *s3, const struct dk_s3_settings *settings,
                                   const struct dk_aws_files *files, struct dk_error *err)
{
    const char *url = NULL;
    const char *where = NULL;
    struct dk_endpoint *endpoint = &s3->place.endpoint;
    enum dk_status status = endpoint_find(s3, settings, files, &url, &where, err);
    if (status != DK_OK)
        return status;
    s3->endpoint_is_custom = url != NULL;
    status = url ? dk_endpoint_parse(endpoint, url, err) : endpoint_amazon(s3, files, err);
    if (status != DK_OK && url)
        dk_error_prefix(err, "%s", where);
    if (status != DK_OK)
        return status;
    dk_endpoint_text(endpoint, s3->endpoint_text);
    if (!endpoint->tls && !dk_endpoint_is_loopback(endpoint) &&
        settings->plain_text != DK_S3_PLAIN_TEXT_ALLOW) {
        dk_error_set(err, DK_ERR_CONFIG, "the S3 endpoint '%s' is another machine in plain text",
                     s3->endpoint_text);
        dk_error_hint(err, "use https://, or allow it with s3.plain_text = allow");
        return DK_ERR_CONFIG;
    }
    return DK_OK;
}

static enum dk_status addressing_set(struct dk_s3 *s3, const struct dk_s3_settings *settings,
                                     const struct dk_aws_files *files, struct dk_error *err)
{
    s3->addressing = settings->addressing;
    const char *style = dk_aws_profile_get(files, "s3", "addressing_style");
    if (s3->addressing != DK_S3_ADDRESSING_AUTO || !style)
        return DK_OK;
    int found = dk_s3_addressing_find(style);
    if (found < 0)
        return dk_error_set(err, DK_ERR_CONFIG,
                            "addressing_style '%.40s' in '%s' is neither auto, path "
                            "nor virtual",
                            style, files->config.path);
    s3->addressing = (enum dk_s3_addressing)found;
    return DK_OK;
}

/* --- what AWS's own variables tune ---------------------------------------------------------- */

static enum dk_status attempts_set(struct dk_s3 *s3, const struct dk_s3_settings *settings,
                                   const struct dk_aws_files *files, struct dk_error *err)
{
    uint64_t attempts = settings->attempts_max;
    const char *text = tuning_find(s3, files, "AWS_MAX_ATTEMPTS", "max_attempts");
    if (attempts == 0 && text && (!dk_number_parse(text, &attempts) || attempts == 0))
        return dk_error_set(err, DK_ERR_CONFIG, "AWS_MAX_ATTEMPTS '%.40s' is no number of tries",
                            text);
    if (attempts == 0)
        attempts = DK_S3_ATTEMPTS_DEFAULT;
    s3->attempts_max = attempts < ATTEMPTS_LIMIT ? (unsigned)attempts : ATTEMPTS_LIMIT;
    return DK_OK;
}

static enum dk_status checksum_set(struct dk_s3 *s3, const struct dk_aws_files *files,
                                   struct dk_error *err)
{
    const char *text =
        tuning_find(s3, files, "AWS_REQUEST_CHECKSUM_CALCULATION", "request_checksum_calculation");
    if (!text || strcasecmp(text, "when_supported") == 0)
        return DK_OK;
    if (strcasecmp(text, "when_required") != 0)
        return dk_error_set(err, DK_ERR_CONFIG,
                            "AWS_REQUEST_CHECKSUM_CALCULATION '%.40s' is neither "
                            "when_supported nor when_required",
                            text);
    atomic_store(&s3->without_checksum, true);
    return DK_OK;
}

/* Both spellings of a proxy variable, as curl reads them: upper case is not looked at for plain
 * HTTP, for a CGI request could set it. */
static const char *proxy_find(const struct dk_s3 *s3)
{
    const char *proxy = NULL;
    if (s3->place.endpoint.tls) {
        proxy = dk_environment_get(s3->environment, "https_proxy");
        if (!proxy)
            proxy = dk_environment_get(s3->environment, "HTTPS_PROXY");
    } else {
        proxy = dk_environment_get(s3->environment, "http_proxy");
    }
    if (!proxy)
        proxy = dk_environment_get(s3->environment, "all_proxy");
    return proxy ? proxy : dk_environment_get(s3->environment, "ALL_PROXY");
}

static enum dk_status proxy_set(struct dk_s3 *s3, struct dk_error *err)
{
    const char *proxy = dk_endpoint_is_loopback(&s3->place.endpoint) ? NULL : proxy_find(s3);
    enum dk_status status = proxy ? dk_secret_set(&s3->proxy, proxy, strlen(proxy), err) : DK_OK;
    if (status != DK_OK)
        return status;
    const char *direct = dk_environment_get(s3->environment, "no_proxy");
    if (!direct)
        direct = dk_environment_get(s3->environment, "NO_PROXY");
    return direct ? setting_copy(s3->no_proxy, sizeof(s3->no_proxy), direct, "no_proxy", err)
                  : DK_OK;
}

static enum dk_status http_set(struct dk_s3 *s3, const struct dk_s3_settings *settings,
                               const struct dk_aws_files *files, struct dk_error *err)
{
    const char *bundle = tuning_find(s3, files, "AWS_CA_BUNDLE", "ca_bundle");
    enum dk_status status = DK_OK;
    if (bundle)
        status = setting_copy(s3->ca_bundle, sizeof(s3->ca_bundle), bundle, "AWS_CA_BUNDLE", err);
    if (status == DK_OK && bundle && access(s3->ca_bundle, R_OK) != 0) {
        dk_error_errno(err, DK_ERR_CONFIG, errno, "can't read the certificates", s3->ca_bundle);
        dk_error_hint(err, "correct AWS_CA_BUNDLE, or the profile's ca_bundle");
        return DK_ERR_CONFIG;
    }
    if (status == DK_OK)
        status = proxy_set(s3, err);
    unsigned stall =
        settings->stall_timeout_s ? settings->stall_timeout_s : DK_S3_STALL_SECONDS_DEFAULT;
    s3->http = (struct dk_http_settings){.ca_bundle = s3->ca_bundle[0] ? s3->ca_bundle : NULL,
                                         .proxy = s3->proxy.text,
                                         .no_proxy = s3->no_proxy[0] ? s3->no_proxy : NULL,
                                         .connect_timeout_ms = CONNECT_TIMEOUT_MS,
                                         .stall_timeout_s = stall};
    return status;
}

static enum dk_status object_settings_copy(struct dk_s3 *s3, const struct dk_s3_settings *settings,
                                           struct dk_error *err)
{
    s3->sse = settings->sse;
    s3->part_size_bytes = settings->part_size_bytes;
    s3->threads = settings->threads ? settings->threads : DK_S3_THREADS_DEFAULT;
    if (s3->threads > DK_TEAM_THREADS_MAX)
        s3->threads = DK_TEAM_THREADS_MAX;
    s3->backoff_ms = settings->backoff_ms ? settings->backoff_ms : DK_S3_BACKOFF_MS_DEFAULT;
    enum dk_status status = DK_OK;
    if (is_set(settings->kms_key_id))
        status = setting_copy(s3->kms_key_id, sizeof(s3->kms_key_id), settings->kms_key_id,
                              "s3.kms_key_id", err);
    if (status == DK_OK && is_set(settings->storage_class))
        status = setting_copy(s3->storage_class, sizeof(s3->storage_class), settings->storage_class,
                              "s3.storage_class", err);
    return status;
}

static enum dk_status settings_apply(struct dk_s3 *s3, const struct dk_s3_settings *settings,
                                     const struct dk_aws_files *files, struct dk_error *err)
{
    enum dk_status status = dk_s3_url_parse(settings->url, s3->bucket, s3->prefix, err);
    if (status == DK_OK)
        status = object_settings_copy(s3, settings, err);
    if (status == DK_OK)
        status = region_find(s3, settings, files, err);
    if (status == DK_OK)
        status = endpoint_set(s3, settings, files, err);
    if (status == DK_OK)
        status = addressing_set(s3, settings, files, err);
    if (status == DK_OK)
        status = attempts_set(s3, settings, files, err);
    if (status == DK_OK)
        status = checksum_set(s3, files, err);
    return status == DK_OK ? http_set(s3, settings, files, err) : status;
}

/* --- open and close ------------------------------------------------------------------------- */

static enum dk_status machinery_open(struct dk_s3 *s3, struct dk_error *err)
{
    if (pthread_mutex_init(&s3->mutex, NULL) != 0)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a lock");
    s3->has_mutex = true;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return dk_error_set(err, DK_ERR_FAILED, "libcurl can't be initialised");
    s3->has_curl = true;
    return DK_OK;
}

static enum dk_status s3_open(struct dk_s3 *s3, const struct dk_s3_settings *settings,
                              struct dk_error *err)
{
    struct dk_aws_files files;
    enum dk_status status = dk_s3_settings_check(settings, err);
    if (status == DK_OK)
        status = machinery_open(s3, err);
    if (status != DK_OK)
        return status;
    status = dk_aws_files_read(&files, s3->environment, err);
    if (status != DK_OK)
        return status;
    status = settings_apply(s3, settings, &files, err);
    if (status == DK_OK)
        status = dk_credentials_open(&s3->credentials, s3->environment, &files, s3->observer, err);
    dk_aws_files_reset(&files);
    memcpy(s3->region_text, s3->place.region, sizeof(s3->region_text));
    return status;
}

enum dk_status dk_s3_open(struct dk_s3 **out, const struct dk_s3_settings *settings,
                          const struct dk_environment *environment,
                          const struct dk_observer *observer, struct dk_error *err)
{
    *out = NULL;
    struct dk_s3 *s3 = calloc(1, sizeof(*s3));
    if (!s3)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for S3");
    s3->environment = environment;
    s3->observer = observer;
    enum dk_status status = s3_open(s3, settings, err);
    if (status != DK_OK) {
        dk_s3_close(s3);
        return status;
    }
    *out = s3;
    return DK_OK;
}

void dk_s3_close(struct dk_s3 *s3)
{
    if (!s3)
        return;
    for (unsigned i = 0; i < DK_TEAM_THREADS_MAX; i++)
        if (s3->lanes[i].http)
            dk_s3_lane_close(&s3->lanes[i]);
    dk_credentials_reset(&s3->credentials);
    dk_secret_reset(&s3->proxy);
    if (s3->has_curl)
        curl_global_cleanup();
    if (s3->has_mutex)
        pthread_mutex_destroy(&s3->mutex);
    free(s3);
}

const char *dk_s3_source(const struct dk_s3 *s3)
{
    return s3->credentials.text;
}

const char *dk_s3_endpoint(const struct dk_s3 *s3)
{
    return s3->endpoint_text;
}

const char *dk_s3_region(const struct dk_s3 *s3)
{
    return s3->region_text;
}

enum dk_status dk_s3_source_find(const struct dk_environment *environment,
                                 char text[DK_S3_TEXT_MAX], struct dk_error *err)
{
    struct dk_aws_files files;
    enum dk_status status = dk_aws_files_read(&files, environment, err);
    if (status != DK_OK)
        return status;
    status = dk_credentials_describe(environment, &files, text, err);
    dk_aws_files_reset(&files);
    return status;
}

enum dk_status dk_s3_settings_try(const struct dk_s3_settings *settings,
                                  const struct dk_environment *environment, struct dk_error *err)
{
    struct dk_aws_files files;
    struct dk_s3 *s3 = calloc(1, sizeof(*s3));
    if (!s3)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for S3");
    s3->environment = environment;
    enum dk_status status = dk_s3_settings_check(settings, err);
    if (status == DK_OK)
        status = dk_aws_files_read(&files, environment, err);
    if (status == DK_OK) {
        status = settings_apply(s3, settings, &files, err);
        dk_aws_files_reset(&files);
    }
    dk_secret_reset(&s3->proxy);
    free(s3);
    return status;
}

static enum dk_status place_find(struct dk_s3 *s3, const struct dk_s3_settings *settings,
                                 struct dk_error *err)
{
    struct dk_aws_files files;
    enum dk_status status = dk_s3_url_parse(settings->url, s3->bucket, s3->prefix, err);
    if (status == DK_OK)
        status = dk_aws_files_read(&files, s3->environment, err);
    if (status != DK_OK)
        return status;
    status = region_find(s3, settings, &files, err);
    if (status == DK_OK)
        status = endpoint_set(s3, settings, &files, err);
    dk_aws_files_reset(&files);
    return status;
}

enum dk_status dk_s3_place_find(const struct dk_s3_settings *settings,
                                const struct dk_environment *environment, char text[DK_S3_TEXT_MAX],
                                struct dk_error *err)
{
    struct dk_s3 *s3 = calloc(1, sizeof(*s3));
    if (!s3)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for S3");
    s3->environment = environment;
    enum dk_status status = place_find(s3, settings, err);
    if (status == DK_OK) {
        bool is_aws = s3->place.endpoint.is_aws;
        int size =
            snprintf(text, DK_S3_TEXT_MAX, "s3://%s%s%s%s%s", s3->bucket, s3->prefix[0] ? "/" : "",
                     s3->prefix, is_aws ? "" : " at ", is_aws ? "" : s3->endpoint_text);
        if (size < 0 || size >= DK_S3_TEXT_MAX)
            status = dk_error_set(err, DK_ERR_CONFIG, "s3.url and the endpoint are too long");
    }
    free(s3);
    return status;
}

/* --- keys ----------------------------------------------------------------------------------- */

enum dk_status dk_s3_key_make(const struct dk_s3 *s3, const char *key, char whole[DK_KEY_MAX],
                              struct dk_error *err)
{
    if (!*key || *key == '/')
        return dk_error_set(err, DK_ERR_CONFIG,
                            "'%.200s' is no key: it is empty or begins with '/'", key);
    int size = snprintf(whole, DK_KEY_MAX, "%s%s%s", s3->prefix, s3->prefix[0] ? "/" : "", key);
    if (size < 0 || size >= DK_KEY_MAX)
        return dk_error_set(err, DK_ERR_CONFIG, "the key '%.200s' is longer than 1024 bytes", key);
    if (!dk_text_is_clean(whole))
        return dk_error_set(err, DK_ERR_CONFIG, "a key is not UTF-8, or has control characters");
    return DK_OK;
}

void dk_s3_place_text(const struct dk_s3 *s3, const char *whole, char text[DK_S3_TEXT_MAX])
{
    dk_text_format(text, DK_S3_TEXT_MAX, "s3://%s%s%s", s3->bucket, whole ? "/" : "",
                   whole ? whole : "");
}

void dk_s3_location(const struct dk_s3 *s3, const char *key, char text[DK_S3_TEXT_MAX])
{
    dk_text_format(text, DK_S3_TEXT_MAX, "s3://%s/%s%s%s", s3->bucket, s3->prefix,
                   s3->prefix[0] ? "/" : "", key);
}
