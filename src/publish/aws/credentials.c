#include "aws/credentials.h"

#include <string.h>
#include <time.h>

#include "chain.h"

/* Keys are renewed this long before they expire (AWS's own tools begin at 10 to 15 minutes), but
 * not before three quarters of their life are over: short-lived ones would be renewed at each
 * use. */
#define RENEW_BEFORE_SECONDS (10 * 60)
#define RENEW_AGAIN_SECONDS 30

static int64_t renewal_time(int64_t expires)
{
    if (expires <= 0)
        return 0;
    int64_t quarter = (expires - (int64_t)time(NULL)) / 4;
    return expires - (quarter < RENEW_BEFORE_SECONDS ? quarter : RENEW_BEFORE_SECONDS);
}

static enum dk_status open_keys(struct dk_credentials *credentials, const struct dk_search *search,
                                struct dk_error *err)
{
    struct dk_found found;
    DK_RETURN_IF_ERROR(dk_chain_find(search, &found, err));
    DK_RETURN_IF_ERROR(dk_chain_fetch(search, &found, err));
    credentials->provider = found.provider;
    credentials->keys = found.keys;
    credentials->renew_at = renewal_time(found.keys.expires);
    dk_text_format(credentials->text, sizeof(credentials->text), "%s", found.text);
    if (pthread_mutex_init(&credentials->mutex, NULL) != 0)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a lock");
    credentials->has_mutex = true;
    return DK_OK;
}

enum dk_status dk_credentials_open(struct dk_credentials *credentials,
                                   const struct dk_environment *environment,
                                   const struct dk_aws_files *files,
                                   const struct dk_observer *observer, struct dk_error *err)
{
    const struct dk_search search = {environment, files};
    *credentials = (struct dk_credentials){.environment = environment, .observer = observer};
    enum dk_status status = open_keys(credentials, &search, err);
    if (status != DK_OK)
        dk_credentials_reset(credentials);
    return status;
}

void dk_credentials_reset(struct dk_credentials *credentials)
{
    dk_keys_reset(&credentials->keys);
    if (credentials->has_mutex)
        pthread_mutex_destroy(&credentials->mutex);
    *credentials = (struct dk_credentials){0};
}

enum dk_status dk_credentials_describe(const struct dk_environment *environment,
                                       const struct dk_aws_files *files,
                                       char text[DK_CREDENTIALS_TEXT_MAX], struct dk_error *err)
{
    const struct dk_search search = {environment, files};
    struct dk_found found;
    DK_RETURN_IF_ERROR(dk_chain_find(&search, &found, err));
    dk_keys_reset(&found.keys);
    bool is_uncertain = found.provider->fetch && !found.process;
    dk_text_format(text, DK_CREDENTIALS_TEXT_MAX, "%.1300s%s", found.text,
                   is_uncertain ? ", if this machine has it" : "");
    return DK_OK;
}

/* --- renewal -------------------------------------------------------------------------------- */

static enum dk_status fetch_again(const struct dk_credentials *credentials,
                                  const struct dk_aws_files *files, struct dk_found *found,
                                  struct dk_error *err)
{
    const struct dk_search search = {credentials->environment, files};
    DK_RETURN_IF_ERROR(dk_chain_find(&search, found, err));
    if (found->provider == credentials->provider)
        return dk_chain_fetch(&search, found, err);
    dk_keys_reset(&found->keys);
    return dk_error_set(err, DK_ERR_REMOTE, "there are none any more");
}

/* The files are read again, because they may have been rewritten; but the source stays the same. */
static enum dk_status renew_locked(struct dk_credentials *credentials, struct dk_error *err)
{
    struct dk_aws_files files;
    struct dk_found found;
    enum dk_status status = dk_aws_files_read(&files, credentials->environment, err);
    if (status == DK_OK) {
        status = fetch_again(credentials, &files, &found, err);
        dk_aws_files_reset(&files);
    }
    if (status != DK_OK) {
        dk_error_prefix(err, "can't renew the credentials from the %s", credentials->text);
        return status;
    }
    dk_keys_reset(&credentials->keys);
    credentials->keys = found.keys;
    credentials->renew_at = renewal_time(found.keys.expires);
    return DK_OK;
}

/* While the source fails, keys that are still valid are used. */
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
        dk_observer_notice(credentials->observer, DK_LEVEL_WARNING,
                           "%s; the old ones are still valid", reason.message);
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
