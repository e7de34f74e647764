/*
 * One set of keys, in secret memory, and the JSON in which processes and metadata give them.
 *
 * Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
 */
#ifndef DK_AWS_KEYS_H
#define DK_AWS_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"

struct dk_keys {
    struct dk_secret access_key_id;
    struct dk_secret secret_access_key;
    struct dk_secret session_token; /* text NULL: none */
    int64_t expires;                /* seconds since 1970; 0: never, or not known */
};

void dk_keys_reset(struct dk_keys *keys);

/* Whether the key id and the token are printable ASCII, and whether the keys are still valid by
 * this machine's clock. DK_ERR_REMOTE names `where` they come from ("the environment"), never a
 * key. */
enum dk_status dk_keys_check_text(const struct dk_keys *keys, const char *where,
                                  struct dk_error *err) DK_CHECK;
enum dk_status dk_keys_check_time(const struct dk_keys *keys, const char *where,
                                  struct dk_error *err) DK_CHECK;

/* How a source writes its JSON. */
struct dk_keys_form {
    const char *who;   /* the source, in messages */
    const char *token; /* the name of the session token, which differs */
    int version;       /* what "Version" must be, if present; 0: ignored */
};

/* Reads the JSON of credential_process or IMDS: AccessKeyId, SecretAccessKey, the session token,
 * Expiration. Wipes `json`. */
enum dk_status dk_keys_parse(struct dk_keys *keys, char *json, size_t size,
                             const struct dk_keys_form *form, struct dk_error *err) DK_CHECK;

#endif
