#include "s3_connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define CONNECT_TIMEOUT_MS 10000

/* --- channels and target -------------------------------------------------------------------- */

enum dk_status dk_s3_channel_get(struct dk_s3 *s3, unsigned index, struct dk_s3_channel **channel,
                                 struct dk_error *err)
{
    const struct dk_s3_config *config = &s3->config;
    const struct dk_http_settings settings = {
        .ca_bundle = config->ca_bundle[0] ? config->ca_bundle : NULL,
        .proxy = config->proxy.text,
        .no_proxy = config->no_proxy[0] ? config->no_proxy : NULL,
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .stall_timeout_s = config->stall_timeout_s};
    struct dk_s3_channel *found = &s3->channels[index];
    *channel = found;
    if (found->http)
        return DK_OK;
    if (getrandom(&found->random, sizeof(found->random), 0) != (ssize_t)sizeof(found->random) ||
        found->random == 0)
        found->random = 0x9E3779B97F4A7C15u; /* only spreads retries */
    dk_http_answer_init(&found->answer);
    return dk_http_open(&found->http, &settings, err);
}

struct dk_s3_target dk_s3_target_get(struct dk_s3 *s3)
{
    pthread_mutex_lock(&s3->mutex);
    struct dk_s3_target target = s3->target;
    pthread_mutex_unlock(&s3->mutex);
    return target;
}

void dk_s3_target_set(struct dk_s3 *s3, const struct dk_s3_target *target)
{
    pthread_mutex_lock(&s3->mutex);
    s3->target = *target;
    pthread_mutex_unlock(&s3->mutex);
}

/* --- open and close ------------------------------------------------------------------------- */

static enum dk_status open_with(struct dk_s3 *s3, const struct dk_s3_sources *sources,
                                struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_s3_config_find(&s3->config, sources, err));
    s3->target = s3->config.target;
    s3->without_checksum = s3->config.without_checksum;
    dk_url_format(&s3->target.endpoint, s3->endpoint_text);
    DK_RETURN_IF_ERROR(dk_credentials_open(&s3->credentials, sources->environment, sources->files,
                                           s3->observer, err));
    if (pthread_mutex_init(&s3->mutex, NULL) != 0)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a lock");
    s3->has_mutex = true;
    return DK_OK;
}

enum dk_status dk_s3_open(struct dk_s3 **out, const struct dk_s3_settings *settings,
                          const struct dk_environment *environment,
                          const struct dk_observer *observer, struct dk_error *err)
{
    struct dk_aws_files files;
    const struct dk_s3_sources sources = {settings, environment, &files};
    *out = NULL;
    DK_RETURN_IF_ERROR(dk_s3_settings_check(settings, err));
    struct dk_s3 *s3 = calloc(1, sizeof(*s3));
    if (!s3)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for S3");
    s3->observer = observer;
    enum dk_status status = dk_aws_files_read(&files, environment, err);
    if (status == DK_OK) {
        status = open_with(s3, &sources, err);
        dk_aws_files_reset(&files);
    }
    if (status == DK_OK)
        *out = s3;
    else
        dk_s3_close(s3);
    return status;
}

void dk_s3_close(struct dk_s3 *s3)
{
    if (!s3)
        return;
    for (unsigned i = 0; i < DK_TEAM_THREADS_MAX; i++) {
        dk_http_close(s3->channels[i].http);
        dk_http_answer_reset(&s3->channels[i].answer);
    }
    dk_credentials_reset(&s3->credentials);
    dk_s3_config_reset(&s3->config);
    if (s3->has_mutex)
        pthread_mutex_destroy(&s3->mutex);
    free(s3);
}

/* --- what it is ----------------------------------------------------------------------------- */

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
    return s3->config.target.region;
}

static void locate(const struct dk_s3_config *config, const char *key, char text[DK_S3_TEXT_MAX])
{
    const char *prefix = config->prefix;
    dk_text_format(text, DK_S3_TEXT_MAX, "s3://%s/%s%s%s", config->bucket, prefix,
                   prefix[0] ? "/" : "", key);
}

void dk_s3_location(const struct dk_s3 *s3, const char *key, char text[DK_S3_TEXT_MAX])
{
    locate(&s3->config, key, text);
}

enum dk_status dk_s3_source_find(const struct dk_environment *environment,
                                 char text[DK_S3_TEXT_MAX], struct dk_error *err)
{
    struct dk_aws_files files;
    DK_RETURN_IF_ERROR(dk_aws_files_read(&files, environment, err));
    enum dk_status status = dk_credentials_describe(environment, &files, text, err);
    dk_aws_files_reset(&files);
    return status;
}

enum dk_status dk_s3_settings_try(const struct dk_s3_settings *settings,
                                  const struct dk_environment *environment, struct dk_error *err)
{
    struct dk_aws_files files;
    struct dk_s3_config config;
    const struct dk_s3_sources sources = {settings, environment, &files};
    DK_RETURN_IF_ERROR(dk_s3_settings_check(settings, err));
    DK_RETURN_IF_ERROR(dk_aws_files_read(&files, environment, err));
    enum dk_status status = dk_s3_config_find(&config, &sources, err);
    dk_s3_config_reset(&config);
    dk_aws_files_reset(&files);
    return status;
}

static enum dk_status find_place(const struct dk_s3_settings *settings,
                                 const struct dk_environment *environment,
                                 struct dk_s3_config *config, struct dk_error *err)
{
    struct dk_aws_files files;
    const struct dk_s3_sources sources = {settings, environment, &files};
    DK_RETURN_IF_ERROR(dk_aws_files_read(&files, environment, err));
    enum dk_status status = dk_s3_config_find_place(config, &sources, err);
    dk_aws_files_reset(&files);
    return status;
}

enum dk_status dk_s3_start_find(const struct dk_s3_settings *settings,
                                const struct dk_environment *environment, char text[DK_S3_TEXT_MAX],
                                struct dk_error *err)
{
    struct dk_s3_config config;
    DK_RETURN_IF_ERROR(find_place(settings, environment, &config, err));
    locate(&config, "", text);
    return DK_OK;
}

enum dk_status dk_s3_place_find(const struct dk_s3_settings *settings,
                                const struct dk_environment *environment, char text[DK_S3_TEXT_MAX],
                                struct dk_error *err)
{
    struct dk_s3_config config;
    DK_RETURN_IF_ERROR(find_place(settings, environment, &config, err));
    char at[DK_URL_TEXT_MAX] = "";
    bool is_aws = dk_endpoint_is_aws(&config.target.endpoint);
    if (!is_aws)
        dk_url_format(&config.target.endpoint, at);
    int size = snprintf(text, DK_S3_TEXT_MAX, "s3://%s%s%s%s%s", config.bucket,
                        config.prefix[0] ? "/" : "", config.prefix, is_aws ? "" : " at ", at);
    if (size < 0 || size >= DK_S3_TEXT_MAX)
        return dk_error_set(err, DK_ERR_CONFIG, "s3.url and the endpoint are too long");
    return DK_OK;
}
