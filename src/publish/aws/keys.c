#include "aws/keys.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "base/date.h"
#include "http/http_url.h"

void dk_keys_reset(struct dk_keys *keys)
{
    dk_secret_reset(&keys->access_key_id);
    dk_secret_reset(&keys->secret_access_key);
    dk_secret_reset(&keys->session_token);
    keys->expires = 0;
}

/* Whether it can be part of a header: a line break in it would begin another one. */
static bool is_header_text(const struct dk_secret *secret)
{
    for (const char *c = secret->text; c && *c; c++)
        if (*c < ' ' || *c > '~')
            return false;
    return true;
}

enum dk_status dk_keys_check_text(const struct dk_keys *keys, const char *where,
                                  struct dk_error *err)
{
    if (!is_header_text(&keys->access_key_id) || !is_header_text(&keys->session_token)) {
        dk_error_set(err, DK_ERR_REMOTE,
                     "the access key id or the session token from %.600s contains characters that "
                     "are not printable ASCII",
                     where);
        dk_error_hint(err, "check the keys for line breaks and unusual blanks");
        return DK_ERR_REMOTE;
    }
    return DK_OK;
}

enum dk_status dk_keys_check_time(const struct dk_keys *keys, const char *where,
                                  struct dk_error *err)
{
    int64_t now = (int64_t)time(NULL);
    if (keys->expires == 0 || keys->expires > now)
        return DK_OK;
    char when[DK_DATE_TIME_SIZE + 1] = "";
    dk_date_time_format(keys->expires / 60, when);
    dk_error_set(err, DK_ERR_REMOTE, "the keys from %.600s expired on %s UTC", where, when);
    dk_error_hint(err, "get new keys; if they are new, set this machine's clock");
    return DK_ERR_REMOTE;
}

static enum dk_status read_secret(struct dk_secret *secret, const json_t *root, const char *name,
                                  const char *who, struct dk_error *err)
{
    const char *text = json_string_value(json_object_get(root, name));
    if (!text || !*text)
        return dk_error_set(err, DK_ERR_REMOTE, "the answer of %s has no '%s'", who, name);
    return dk_secret_set(secret, text, strlen(text), err);
}

static enum dk_status read_keys(struct dk_keys *keys, const json_t *root,
                                const struct dk_keys_form *form, struct dk_error *err)
{
    const char *who = form->who;
    const json_t *version = json_object_get(root, "Version");
    if (form->version && version && json_integer_value(version) != form->version)
        return dk_error_set(err, DK_ERR_REMOTE, "the answer of %s has a Version other than %d", who,
                            form->version);
    DK_RETURN_IF_ERROR(read_secret(&keys->access_key_id, root, "AccessKeyId", who, err));
    DK_RETURN_IF_ERROR(read_secret(&keys->secret_access_key, root, "SecretAccessKey", who, err));
    if (json_string_value(json_object_get(root, form->token)))
        DK_RETURN_IF_ERROR(read_secret(&keys->session_token, root, form->token, who, err));
    const char *expires = json_string_value(json_object_get(root, "Expiration"));
    if (!expires)
        return DK_OK;
    keys->expires = dk_iso8601_parse(expires);
    if (keys->expires >= 0)
        return DK_OK;
    return dk_error_set(err, DK_ERR_REMOTE,
                        "the answer of %s has an Expiration that is not an ISO 8601 time: '%.40s'",
                        who, expires);
}

/* Overwrites every text of the document before its memory returns to the heap. */
static void wipe_json(json_t *root)
{
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value)
    {
        if (json_is_string(value))
            explicit_bzero((char *)(uintptr_t)json_string_value(value), json_string_length(value));
    }
}

enum dk_status dk_keys_parse(struct dk_keys *keys, char *json, size_t size,
                             const struct dk_keys_form *form, struct dk_error *err)
{
    dk_keys_reset(keys);
    json_t *root = json_loadb(json, size, JSON_REJECT_DUPLICATES, NULL);
    explicit_bzero(json, size);
    if (!json_is_object(root)) {
        json_decref(root);
        return dk_error_set(err, DK_ERR_REMOTE, "the answer of %s is not a JSON object", form->who);
    }
    enum dk_status status = read_keys(keys, root, form, err);
    wipe_json(root);
    json_decref(root);
    if (status != DK_OK)
        dk_keys_reset(keys);
    return status;
}
