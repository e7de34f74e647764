#include "publish/credentials.h"

#include <string.h>
#include <time.h>

/* How long before they expire keys are renewed (AWS's own tools begin at 10 to 15 minutes), but not
 * before three quarters of their life are over: short-lived ones would be renewed at each use. */
#define RENEW_BEFORE_SECONDS (10 * 60)
#define RENEW_AGAIN_SECONDS 30

/* --- the chain ------------------------------------------------------------------------------ */

static enum dk_status no_credentials(struct dk_error *err)
{
    dk_error_set(err, DK_ERR_REMOTE,
                 "no credentials for S3 anywhere: not in the environment, nor in "
                 "the files of AWS's tools, nor in the instance's metadata");
    return dk_error_hint(err,
                         "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run 'aws configure', "
                         "or give the profile a credential_process; then run again");
}

/* Keys of a profile need both halves; one alone is a mistake worth telling. */
static enum dk_status pair_check(const char *id, const char *secret, const char *where,
                                 struct dk_error *err)
{
    if (!id == !secret)
        return DK_OK;
    dk_error_set(err, DK_ERR_REMOTE, "%s has %s but no %s", where,
                 id ? "an access key id" : "a secret access key",
                 id ? "secret access key" : "access key id");
    return dk_error_hint(err, "give both, or neither");
}

static enum dk_status keys_set(struct dk_keys *keys, const char *id, const char *secret,
                               const char *token, struct dk_error *err)
{
    dk_keys_reset(keys);
    enum dk_status status = dk_secret_set(&keys->access_key_id, id, strlen(id), err);
    if (status == DK_OK)
        status = dk_secret_set(&keys->secret_access_key, secret, strlen(secret), err);
    if (status == DK_OK && token)
        status = dk_secret_set(&keys->session_token, token, strlen(token), err);
    return status;
}

/* The environment's texts are valid only until the next get: each is copied at once. */
static enum dk_status environment_keys(struct dk_keys *keys,
                                       const struct dk_environment *environment,
                                       struct dk_error *err)
{
    static const char *const names[3] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                         "AWS_SESSION_TOKEN"};
    struct dk_secret *const secrets[3] = {&keys->access_key_id, &keys->secret_access_key,
                                          &keys->session_token};
    dk_keys_reset(keys);
    for (size_t i = 0; i < 3; i++) {
        const char *text = dk_environment_get(environment, names[i]);
        if (!text)
            continue;
        enum dk_status status = dk_secret_set(secrets[i], text, strlen(text), err);
        if (status != DK_OK)
            return status;
    }
    return pair_check(keys->access_key_id.text, keys->secret_access_key.text, "the environment",
                      err);
}

/* A profile that asks for what is not done here must not fall through to another source. */
static enum dk_status profile_check(const struct dk_aws_files *files, struct dk_error *err)
{
    static const char *const others[] = {"role_arn", "sso_session", "sso_start_url",
                                         "web_identity_token_file"};
    for (size_t i = 0; i < DK_COUNT_OF(others); i++) {
        if (!dk_aws_config_get(files, NULL, others[i]))
            continue;
        dk_error_set(err, DK_ERR_REMOTE,
                     "profile '%s' gets its keys by '%s', which derrick does not do "
                     "itself",
                     files->profile, others[i]);
        return dk_error_hint(err,
                             "let another profile fetch them: credential_process = aws configure "
                             "export-credentials --profile %s",
                             files->profile);
    }
    return DK_OK;
}

/* Which source has keys, without asking it. A file's texts are told with their path. */
static enum dk_status source_find(const struct dk_environment *environment,
                                  const struct dk_aws_files *files,
                                  enum dk_credentials_source *source, char text[DK_S3_TEXT_MAX],
                                  struct dk_error *err)
{
    struct dk_keys keys = {0};
    enum dk_status status = environment_keys(&keys, environment, err);
    bool in_environment = keys.access_key_id.text != NULL;
    dk_keys_reset(&keys);
    if (status != DK_OK)
        return status;
    char where[DK_AWS_PATH_MAX];
    const char *process = dk_aws_config_get(files, NULL, "credential_process");
    if (!process)
        process = dk_aws_credentials_get(files, "credential_process");
    if (in_environment) {
        *source = DK_CREDENTIALS_ENVIRONMENT;
        dk_text_format(text, DK_S3_TEXT_MAX, "environment");
    } else if (dk_aws_credentials_get(files, "aws_access_key_id")) {
        *source = DK_CREDENTIALS_FILE;
        dk_aws_path_show(environment, files->credentials.path, where);
        dk_text_format(text, DK_S3_TEXT_MAX, "profile '%s' of %s", files->profile, where);
    } else if (process) {
        *source = DK_CREDENTIALS_PROCESS;
        dk_text_format(text, DK_S3_TEXT_MAX, "credential_process of profile '%s'", files->profile);
    } else if (dk_aws_config_get(files, NULL, "aws_access_key_id")) {
        *source = DK_CREDENTIALS_CONFIG;
        dk_aws_path_show(environment, files->config.path, where);
        dk_text_format(text, DK_S3_TEXT_MAX, "profile '%s' of %s", files->profile, where);
    } else {
        *source = DK_CREDENTIALS_IMDS;
        dk_text_format(text, DK_S3_TEXT_MAX, "instance metadata");
        return profile_check(files, err);
    }
    return DK_OK;
}

enum dk_status dk_credentials_describe(const struct dk_environment *environment,
                                       const struct dk_aws_files *files, char text[DK_S3_TEXT_MAX],
                                       struct dk_error *err)
{
    enum dk_credentials_source source = DK_CREDENTIALS_NONE;
    enum dk_status status = source_find(environment, files, &source, text, err);
    if (status != DK_OK || source != DK_CREDENTIALS_IMDS)
        return status;
    const char *disabled = dk_environment_get(environment, "AWS_EC2_METADATA_DISABLED");
    if (disabled && strcasecmp(disabled, "true") == 0)
        return no_credentials(err);
    dk_text_format(text, DK_S3_TEXT_MAX, "instance metadata, if this machine has it");
    return DK_OK;
}

static enum dk_status file_keys(struct dk_keys *keys, const char *id, const char *secret,
                                const char *token, const char *where, struct dk_error *err)
{
    enum dk_status status = pair_check(id, secret, where, err);
    if (status == DK_OK && !id)
        status = no_credentials(err);
    return status == DK_OK ? keys_set(keys, id, secret, token, err) : status;
}

static enum dk_status imds_keys(struct dk_keys *keys, const struct dk_environment *environment,
                                struct dk_error *err)
{
    bool found = false;
    enum dk_status status = dk_credentials_imds(keys, environment, &found, err);
    return status == DK_OK && !found ? no_credentials(err) : status;
}

/* Gets keys from the source that was found. */
static enum dk_status source_ask(const struct dk_credentials *credentials,
                                 const struct dk_aws_files *files, struct dk_keys *keys,
                                 struct dk_error *err)
{
    const char *process = dk_aws_config_get(files, NULL, "credential_process");
    if (!process)
        process = dk_aws_credentials_get(files, "credential_process");
    switch (credentials->source) {
    case DK_CREDENTIALS_ENVIRONMENT:
        return environment_keys(keys, credentials->environment, err);
    case DK_CREDENTIALS_FILE:
        return file_keys(keys, dk_aws_credentials_get(files, "aws_access_key_id"),
                         dk_aws_credentials_get(files, "aws_secret_access_key"),
                         dk_aws_credentials_get(files, "aws_session_token"), credentials->text,
                         err);
    case DK_CREDENTIALS_CONFIG:
        return file_keys(keys, dk_aws_config_get(files, NULL, "aws_access_key_id"),
                         dk_aws_config_get(files, NULL, "aws_secret_access_key"),
                         dk_aws_config_get(files, NULL, "aws_session_token"), credentials->text,
                         err);
    case DK_CREDENTIALS_PROCESS:
        return process ? dk_credentials_process(keys, process, err) : no_credentials(err);
    case DK_CREDENTIALS_IMDS:
        return imds_keys(keys, credentials->environment, err);
    case DK_CREDENTIALS_NONE:
        break;
    }
    return no_credentials(err);
}

/* Whether it can stand in a header: with a line break in it there would be another one. */
static bool is_header_text(const struct dk_secret *secret)
{
    for (const char *c = secret->text; c && *c; c++)
        if (*c < ' ' || *c > '~')
            return false;
    return true;
}

static enum dk_status source_keys(const struct dk_credentials *credentials,
                                  const struct dk_aws_files *files, struct dk_keys *keys,
                                  struct dk_error *err)
{
    enum dk_status status = source_ask(credentials, files, keys, err);
    if (status != DK_OK ||
        (is_header_text(&keys->access_key_id) && is_header_text(&keys->session_token)))
        return status;
    dk_error_set(err, DK_ERR_REMOTE,
                 "the access key id or the session token from the %s has characters that are no "
                 "printable ASCII",
                 credentials->text);
    return dk_error_hint(err, "look for a line break, or a blank that is none");
}

static int64_t renewal_time(int64_t expires)
{
    if (expires <= 0)
        return 0;
    int64_t quarter = (expires - (int64_t)time(NULL)) / 4;
    return expires - (quarter < RENEW_BEFORE_SECONDS ? quarter : RENEW_BEFORE_SECONDS);
}

enum dk_status dk_credentials_open(struct dk_credentials *credentials,
                                   const struct dk_environment *environment,
                                   const struct dk_aws_files *files,
                                   const struct dk_observer *observer, struct dk_error *err)
{
    *credentials = (struct dk_credentials){.environment = environment, .observer = observer};
    enum dk_status status =
        source_find(environment, files, &credentials->source, credentials->text, err);
    if (status == DK_OK)
        status = source_keys(credentials, files, &credentials->keys, err);
    if (status == DK_OK && pthread_mutex_init(&credentials->mutex, NULL) != 0)
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for a lock");
    if (status != DK_OK) {
        dk_credentials_reset(credentials);
        return status;
    }
    credentials->has_mutex = true;
    credentials->renew_at = renewal_time(credentials->keys.expires);
    return DK_OK;
}

void dk_credentials_reset(struct dk_credentials *credentials)
{
    dk_keys_reset(&credentials->keys);
    if (credentials->has_mutex)
        pthread_mutex_destroy(&credentials->mutex);
    *credentials = (struct dk_credentials){0};
}

/* --- renewal -------------------------------------------------------------------------------- */

/* Asks the same source again; the AWS files are read anew, for someone may have written them. */
static enum dk_status renew_locked(struct dk_credentials *credentials, struct dk_error *err)
{
    struct dk_aws_files files;
    struct dk_keys fresh = {0};
    enum dk_status status = dk_aws_files_read(&files, credentials->environment, err);
    if (status != DK_OK)
        return status;
    status = source_keys(credentials, &files, &fresh, err);
    dk_aws_files_reset(&files);
    if (status != DK_OK) {
        dk_keys_reset(&fresh);
        dk_error_prefix(err, "can't renew the credentials from the %s", credentials->text);
        return status;
    }
    dk_keys_reset(&credentials->keys);
    credentials->keys = fresh;
    credentials->renew_at = renewal_time(fresh.expires);
    return DK_OK;
}

/* Keys that still hold are used up while their source is away. */
static enum dk_status renew_due_locked(struct dk_credentials *credentials, int64_t now,
                                       struct dk_error *err)
{
    struct dk_error reason = {0};
    enum dk_status status = renew_locked(credentials, &reason);
    if (status == DK_OK) {
        dk_observer_notice(credentials->observer, DK_LEVEL_DEBUG,
                           "renewed the credentials from the %s", credentials->text);
        return DK_OK;
    }
    if (now < credentials->keys.expires) {
        credentials->renew_at = now + RENEW_AGAIN_SECONDS;
        dk_observer_notice(credentials->observer, DK_LEVEL_WARNING, "%s; the old ones still hold",
                           reason.message);
        return DK_OK;
    }
    if (err)
        *err = reason;
    return status;
}

enum dk_status dk_credentials_lock(struct dk_credentials *credentials, const struct dk_keys **keys,
                                   struct dk_error *err)
{
    pthread_mutex_lock(&credentials->mutex);
    int64_t now = (int64_t)time(NULL);
    if (credentials->renew_at > 0 && now >= credentials->renew_at) {
        enum dk_status status = renew_due_locked(credentials, now, err);
        if (status != DK_OK) {
            pthread_mutex_unlock(&credentials->mutex);
            return status;
        }
    }
    *keys = &credentials->keys;
    return DK_OK;
}

void dk_credentials_unlock(struct dk_credentials *credentials)
{
    pthread_mutex_unlock(&credentials->mutex);
}

static bool keys_are(const struct dk_keys *keys, const char *id)
{
    return keys->access_key_id.text && strcmp(keys->access_key_id.text, id) == 0;
}

enum dk_status dk_credentials_renew(struct dk_credentials *credentials, const char *used_id,
                                    bool *renewed, struct dk_error *err)
{
    pthread_mutex_lock(&credentials->mutex);
    enum dk_status status = DK_OK;
    if (keys_are(&credentials->keys, used_id))
        status = renew_locked(credentials, err);
    *renewed = status == DK_OK && !keys_are(&credentials->keys, used_id);
    pthread_mutex_unlock(&credentials->mutex);
    return status;
}
