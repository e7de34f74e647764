/*
 * Credentials, found as every AWS tool finds them, and renewed before they expire.
 *
 * The order: environment; the profile's keys in the credentials file; its credential_process; its
 * keys in the config file; the instance's metadata (IMDSv2). What only AWS's tools can use (roles,
 * web identity, single sign-on, container credentials) has its place in that order, too, and is an
 * error there: credentials that are configured but unusable never make derrick try other ones.
 * What was found first stays the source; a renewal asks the same source again. Renewal and use are safe from several threads: a
 * signature is made under the lock, so that no secret is ever copied out.
 *
 * Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers" and "Process
 * credential provider"; EC2 User Guide, "Use IMDS to access instance metadata".
 */
#ifndef DK_PUBLISH_CREDENTIALS_H
#define DK_PUBLISH_CREDENTIALS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "aws_files.h"
#include "base/status.h"
#include "keys.h"
#include "publish/publish.h"

enum dk_credentials_source {
    DK_CREDENTIALS_NONE,
    DK_CREDENTIALS_ENVIRONMENT,
    DK_CREDENTIALS_FILE,    /* ~/.aws/credentials */
    DK_CREDENTIALS_PROCESS, /* credential_process */
    DK_CREDENTIALS_CONFIG,  /* ~/.aws/config */
    DK_CREDENTIALS_IMDS
};

struct dk_credentials {
    pthread_mutex_t mutex;
    bool has_mutex;
    const struct dk_environment *environment; /* borrowed */
    const struct dk_observer *observer;       /* borrowed, may be NULL */
    enum dk_credentials_source source;
    char text[DK_S3_TEXT_MAX]; /* the source, for people */
    struct dk_keys keys;       /* under the mutex, as the next one */
    int64_t renew_at;          /* seconds since 1970; 0: never */
};

/* Finds the first source that is configured, and gets its keys. DK_ERR_REMOTE with a hint if there
 * is none, or if that one is unusable or fails. After DK_OK the caller resets. */
enum dk_status dk_credentials_open(struct dk_credentials *credentials,
                                   const struct dk_environment *environment,
                                   const struct dk_aws_files *files,
                                   const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;
void dk_credentials_reset(struct dk_credentials *credentials);

/* Names the source that dk_credentials_open would take, without a process or a network. */
enum dk_status dk_credentials_describe(const struct dk_environment *environment,
                                       const struct dk_aws_files *files, char text[DK_S3_TEXT_MAX],
                                       struct dk_error *err) DK_CHECK;

/* Locks, and renews keys that expire within minutes. *keys is valid until dk_credentials_unlock;
 * after a failure nothing is locked. */
enum dk_status dk_credentials_lock(struct dk_credentials *credentials, const struct dk_keys **keys,
                                   struct dk_error *err) DK_CHECK;
void dk_credentials_unlock(struct dk_credentials *credentials);

/* The server says that the keys have expired: asks the source again. *renewed says whether
 * there are other keys now. `used_id` is the access key id that was refused (another thread may
 * have renewed it already). */
enum dk_status dk_credentials_renew(struct dk_credentials *credentials, const char *used_id,
                                    bool *renewed, struct dk_error *err) DK_CHECK;

/* --- the sources, for credentials.c and tests ---------------------------------------------- */

/* The source that counts, found without a process or a network. */
struct dk_credentials_found {
    enum dk_credentials_source source;
    char text[DK_S3_TEXT_MAX]; /* for people: "profile 'x' of ~/.aws/config" */
    struct dk_keys keys;       /* of a static source, checked; owned by the caller */
    const char *process;       /* the command of a credential_process; borrowed from the files */
};

/* Walks the chain to the first source that is configured. DK_ERR_REMOTE names what is configured
 * and where, if derrick can't use it: half a pair, expired keys, what only AWS's tools understand;
 * or says that there is nothing. After a failure found->keys is empty. */
enum dk_status dk_credentials_find(struct dk_credentials_found *found,
                                   const struct dk_environment *environment,
                                   const struct dk_aws_files *files, struct dk_error *err) DK_CHECK;
/* The error "no credentials"; `is_disabled`: the metadata is switched off. DK_ERR_REMOTE. */
enum dk_status dk_credentials_none(const struct dk_aws_files *files, bool is_disabled,
                                   struct dk_error *err);

/* Runs a credential_process without a shell and reads what it prints. */
enum dk_status dk_credentials_process(struct dk_keys *keys, const char *command,
                                      struct dk_error *err) DK_CHECK;
/* Splits a command as POSIX shells do words: blanks, '...', "..." and backslash; nothing else.
 * *words is a NULL-terminated array in one block (the caller frees). DK_ERR_REMOTE for an open
 * quote or an empty command. */
enum dk_status dk_command_split(const char *command, char ***words, struct dk_error *err) DK_CHECK;

/* Asks the instance's metadata (IMDSv2). *found = false if this machine has none. */
enum dk_status dk_credentials_imds(struct dk_keys *keys, const struct dk_environment *environment,
                                   const struct dk_aws_files *files, bool *found,
                                   struct dk_error *err) DK_CHECK;
/* Where that is: AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE, their
 * keys in the profile, or AWS's address. *endpoint is borrowed until the environment is next asked.
 * DK_ERR_REMOTE for a mode that is none. */
enum dk_status dk_credentials_imds_endpoint(const struct dk_environment *environment,
                                            const struct dk_aws_files *files, const char **endpoint,
                                            struct dk_error *err) DK_CHECK;

#endif
