/*
 * One set of keys, in secret memory, and the JSON in which processes and metadata give them.
 *
 * Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
 */
#ifndef DK_PUBLISH_KEYS_H
#define DK_PUBLISH_KEYS_H

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

/* Whether the key id and the token are printable ASCII, and whether the keys have not expired by
 * this machine's clock. DK_ERR_REMOTE names `where` they are from ("the environment"), never a
 * key. */
enum dk_status dk_keys_check_text(const struct dk_keys *keys, const char *where,
                                  struct dk_error *err) DK_CHECK;
enum dk_status dk_keys_check_time(const struct dk_keys *keys, const char *where,
                                  struct dk_error *err) DK_CHECK;

/* How the JSON of a source looks. */
struct dk_keys_form {
    const char *who;   /* names it in messages */
    const char *token; /* the name of the session token: not the same in all */
    int version;       /* what "Version" must be, if it is there; 0: it means nothing */
};

/* The JSON that credential_process and IMDS give: AccessKeyId, SecretAccessKey, the session token,
 * Expiration. Wipes `json`. */
enum dk_status dk_keys_parse(struct dk_keys *keys, char *json, size_t size,
                             const struct dk_keys_form *form, struct dk_error *err) DK_CHECK;

/* Seconds since 1970 of "2026-01-02T03:04:05Z" (or +00:00, or with a fraction); -1 if it is no
 * such time. */
int64_t dk_iso8601_parse(const char *text);

#endif
