#include "credentials.h"

#include <string.h>
#include <time.h>

/* How long before they expire keys are renewed (AWS's own tools begin at 10 to 15 minutes), but not
 * before three quarters of their life are over: short-lived ones would be renewed at each use. */
#define RENEW_BEFORE_SECONDS (10 * 60)
#define RENEW_AGAIN_SECONDS 30

/* --- the keys of the source ------------------------------------------------------------------ */

static enum dk_status imds_keys(struct dk_keys *keys, const struct dk_environment *environment,
                                const struct dk_aws_files *files, struct dk_error *err)
{
    bool found = false;
    enum dk_status status = dk_credentials_imds(keys, environment, files, &found, err);
    return status == DK_OK && !found ? dk_credentials_none(files, false, err) : status;
}

/* Gets what the finding left: asks the process or the metadata. */
static enum dk_status source_ask(const struct dk_environment *environment,
                                 const struct dk_aws_files *files,
                                 struct dk_credentials_found *found, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    if (found->source == DK_CREDENTIALS_PROCESS) {
        status = dk_credentials_process(&found->keys, found->process, err);
        if (status == DK_OK)
            status = dk_keys_check_time(&found->keys, found->text, err);
    } else if (found->source == DK_CREDENTIALS_IMDS) {
        /* Expired ones are taken: where AWS can't make new ones it says to go on with them. */
        status = imds_keys(&found->keys, environment, files, err);
    }
    return status == DK_OK ? dk_keys_check_text(&found->keys, found->text, err) : status;
}

/* Finds the source and gets its keys. After a failure found->keys is empty. */
static enum dk_status source_keys(struct dk_credentials_found *found,
                                  const struct dk_environment *environment,
                                  const struct dk_aws_files *files, struct dk_error *err)
{
    enum dk_status status = dk_credentials_find(found, environment, files, err);
    if (status == DK_OK)
        status = source_ask(environment, files, found, err);
    if (status != DK_OK)
        dk_keys_reset(&found->keys);
    return status;
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
    struct dk_credentials_found found;
    enum dk_status status = source_keys(&found, environment, files, err);
    credentials->source = found.source;
    credentials->keys = found.keys;
    dk_text_format(credentials->text, sizeof(credentials->text), "%s", found.text);
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

/* The files are read again, for someone may have written them; but the source stays the same. */
static enum dk_status same_source_keys(struct dk_credentials *credentials,
                                       struct dk_credentials_found *found, struct dk_error *err)
{
    struct dk_aws_files files;
    enum dk_status status = dk_aws_files_read(&files, credentials->environment, err);
    if (status != DK_OK)
        return status;
    status = dk_credentials_find(found, credentials->environment, &files, err);
    if (status == DK_OK && found->source != credentials->source)
        status = dk_error_set(err, DK_ERR_REMOTE, "they are not there any more");
    if (status == DK_OK)
        status = source_ask(credentials->environment, &files, found, err);
    dk_aws_files_reset(&files);
    return status;
}

static enum dk_status renew_locked(struct dk_credentials *credentials, struct dk_error *err)
{
    struct dk_credentials_found found = {.source = DK_CREDENTIALS_NONE};
    enum dk_status status = same_source_keys(credentials, &found, err);
    if (status != DK_OK) {
        dk_keys_reset(&found.keys);
        dk_error_prefix(err, "can't renew the credentials from the %s", credentials->text);
        return status;
    }
    dk_keys_reset(&credentials->keys);
    credentials->keys = found.keys;
    credentials->renew_at = renewal_time(found.keys.expires);
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
