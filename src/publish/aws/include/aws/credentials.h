/*
 * Credentials, found where every AWS tool finds them, and renewed before they expire.
 *
 * The order: environment; the profile's keys in the credentials file; its credential_process; its
 * keys in the config file; the instance's metadata (IMDSv2). What only AWS's tools can use (roles,
 * web identity, single sign-on, container credentials) has its place in that order, too, and is an
 * error there: credentials that are configured but unusable never make derrick try other ones. The
 * source that was found first is kept; a renewal asks the same source again. Renewal and use are
 * safe from several threads: a signature is made under the lock, so that no secret is copied out.
 *
 * Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers" and "Process
 * credential provider"; EC2 User Guide, "Use IMDS to access instance metadata".
 */
#ifndef DK_AWS_CREDENTIALS_H
#define DK_AWS_CREDENTIALS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "aws/files.h"
#include "aws/keys.h"
#include "base/environment.h"
#include "base/observer.h"
#include "base/status.h"

#define DK_CREDENTIALS_TEXT_MAX 1400 /* fits "profile '<name>' of <path>" */

struct dk_provider;

struct dk_credentials {
    pthread_mutex_t mutex;
    bool has_mutex;
    const struct dk_environment *environment; /* borrowed */
    const struct dk_observer *observer;       /* borrowed, may be NULL */
    const struct dk_provider *provider;
    char text[DK_CREDENTIALS_TEXT_MAX]; /* the source, for people */
    struct dk_keys keys;                /* under the mutex, as is renew_at */
    int64_t renew_at;                   /* seconds since 1970; 0: never */
};

/* Finds the first source that is configured, and gets its keys. DK_ERR_REMOTE with a hint if there
 * is none, or if that one is unusable or fails. After DK_OK the caller resets. */
enum dk_status dk_credentials_open(struct dk_credentials *credentials,
                                   const struct dk_environment *environment,
                                   const struct dk_aws_files *files,
                                   const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;
void dk_credentials_reset(struct dk_credentials *credentials);

/* Names the source that dk_credentials_open would use, without a process or a network. */
enum dk_status dk_credentials_describe(const struct dk_environment *environment,
                                       const struct dk_aws_files *files,
                                       char text[DK_CREDENTIALS_TEXT_MAX], struct dk_error *err)
    DK_CHECK;

/* Locks, and renews keys that expire within minutes. *keys is valid until dk_credentials_unlock;
 * after a failure nothing is locked. */
enum dk_status dk_credentials_lock(struct dk_credentials *credentials, const struct dk_keys **keys,
                                   struct dk_error *err) DK_CHECK;
void dk_credentials_unlock(struct dk_credentials *credentials);

/* After the server reported expired keys: asks the source again. *renewed: there are other keys
 * now. `used_id` is the access key id that was refused (another thread may have renewed it
 * already). */
enum dk_status dk_credentials_renew(struct dk_credentials *credentials, const char *used_id,
                                    bool *renewed, struct dk_error *err) DK_CHECK;

#endif
