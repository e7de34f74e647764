#include "keys.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "base/date.h"

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
        dk_error_hint(err, "look for a line break, or for a blank that is not a space");
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
    dk_error_hint(err, "get new ones; if they are new, this machine's clock is wrong");
    return DK_ERR_REMOTE;
}

/* `count` digits at text; -1 if they are none. */
static int digits_parse(const char *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i]))
            return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

/* The offset in seconds of "Z", "+00:00", "-0730" or nothing at all (UTC); false if it is none. */
static bool zone_parse(const char *text, int64_t *offset)
{
    *offset = 0;
    if (!*text || strcmp(text, "Z") == 0)
        return true;
    if ((*text != '+' && *text != '-') || strlen(text) < 3)
        return false;
    int hours = digits_parse(text + 1, 2);
    const char *rest = text[3] == ':' ? text + 4 : text + 3;
    size_t left = strlen(rest);
    int minutes = left == 2 ? digits_parse(rest, 2) : 0;
    if (hours < 0 || minutes < 0 || (left != 0 && left != 2))
        return false;
    *offset = (int64_t)(hours * 3600 + minutes * 60) * (*text == '-' ? -1 : 1);
    return true;
}

int64_t dk_iso8601_parse(const char *text)
{
    if (strnlen(text, 19) < 19 || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':')
        return -1;
    int year = digits_parse(text, 4);
    int month = digits_parse(text + 5, 2);
    int day = digits_parse(text + 8, 2);
    int hour = digits_parse(text + 11, 2);
    int minute = digits_parse(text + 14, 2);
    int second = digits_parse(text + 17, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 60)
        return -1;
    text += 19;
    if (*text == '.')
        for (text++; isdigit((unsigned char)*text);)
            text++;
    int64_t offset = 0;
    if (!zone_parse(text, &offset))
        return -1;
    return dk_days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second -
           offset;
}

static enum dk_status json_secret(struct dk_secret *secret, const json_t *root, const char *name,
                                  const char *who, struct dk_error *err)
{
    const char *text = json_string_value(json_object_get(root, name));
    if (!text || !*text)
        return dk_error_set(err, DK_ERR_REMOTE, "%s gave no '%s'", who, name);
    return dk_secret_set(secret, text, strlen(text), err);
}

static enum dk_status json_keys(struct dk_keys *keys, const json_t *root,
                                const struct dk_keys_form *form, struct dk_error *err)
{
    const char *who = form->who;
    const json_t *version = json_object_get(root, "Version");
    if (form->version && version && json_integer_value(version) != form->version)
        return dk_error_set(err, DK_ERR_REMOTE, "%s gave keys of another version than %d", who,
                            form->version);
    enum dk_status status = json_secret(&keys->access_key_id, root, "AccessKeyId", who, err);
    if (status == DK_OK)
        status = json_secret(&keys->secret_access_key, root, "SecretAccessKey", who, err);
    if (status == DK_OK && json_string_value(json_object_get(root, form->token)))
        status = json_secret(&keys->session_token, root, form->token, who, err);
    const char *expires = json_string_value(json_object_get(root, "Expiration"));
    if (status != DK_OK || !expires)
        return status;
    keys->expires = dk_iso8601_parse(expires);
    if (keys->expires < 0)
        return dk_error_set(err, DK_ERR_REMOTE,
                            "%s gave an Expiration that is no ISO 8601 time: '%.40s'", who,
                            expires);
    return DK_OK;
}

/* Overwrites every text of the document before its memory goes back to the heap. */
static void json_wipe(json_t *root)
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
        return dk_error_set(err, DK_ERR_REMOTE, "%s gave no JSON object", form->who);
    }
    enum dk_status status = json_keys(keys, root, form, err);
    json_wipe(root);
    json_decref(root);
    if (status != DK_OK)
        dk_keys_reset(keys);
    return status;
}
