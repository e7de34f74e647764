/* derrick.ini, as `derrick init` writes it. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "config.h"

#define TEMPLATE_BYTES_MAX (64u << 10)

static enum dk_status write_comment(struct dk_buffer *text, const char *comment,
                                    struct dk_error *err)
{
    while (*comment) {
        size_t size = strcspn(comment, "\n");
        DK_RETURN_IF_ERROR(dk_buffer_printf(text, err, "# %.*s\n", (int)size, comment));
        comment += size + (comment[size] == '\n');
    }
    return DK_OK;
}

/* The next password of a URL in the text, as in "//user:password@host", and its size. NULL: there
 * is none. */
static const char *find_password(const char *text, size_t *size)
{
    for (const char *at = strstr(text, "//"); at; at = strstr(at, "//")) {
        at += 2;
        size_t user = strcspn(at, ":@/, ");
        *size = at[user] == ':' ? strcspn(at + user + 1, "@/, ") : 0;
        if (at[user] == ':' && at[user + 1 + *size] == '@')
            return at + user + 1;
    }
    return NULL;
}

void dk_config_show(const char *value, char *text, size_t cap)
{
    size_t size = 0;
    size_t used = 0;
    text[0] = '\0';
    for (const char *password = find_password(value, &size); password && used < cap;
         password = find_password(value, &size)) {
        used +=
            (size_t)snprintf(text + used, cap - used, "%.*s***", (int)(password - value), value);
        value = password + size;
    }
    if (used < cap)
        snprintf(text + used, cap - used, "%s", value);
}

/* What derrick.ini says of a key. */
static enum dk_status template_value(size_t key, const struct dk_config_given *given, size_t count,
                                     const char **value, struct dk_error *err)
{
    size_t password_size = 0;
    *value = dk_config_preset(key);
    for (size_t i = 0; i < count; i++)
        if (dk_config_find(given[i].key) == (int)key)
            *value = given[i].value;
    if (find_password(*value, &password_size)) {
        dk_error_set(err, DK_ERR_USAGE, "the value of %s contains a password", dk_config_key(key));
        dk_error_hint(err, "leave it out: a database's password belongs in ~/.my.cnf, group "
                           "[derrick], or in DERRICK_DB_PASSWORD");
        return DK_ERR_USAGE;
    }
    size_t size = strlen(*value);
    bool plain = size == 0 || (!isspace((unsigned char)(*value)[0]) &&
                               !isspace((unsigned char)(*value)[size - 1]));
    for (size_t i = 0; i < size; i++) {
        bool comment = (i == 0 || (*value)[i - 1] == ' ') && strchr(";#", (*value)[i]);
        plain = plain && !comment && !iscntrl((unsigned char)(*value)[i]);
    }
    if (plain)
        return DK_OK;
    dk_error_set(err, DK_ERR_USAGE, "derrick.ini can't hold the value of %s", dk_config_key(key));
    dk_error_hint(err, "make the workspace without it, and give it to each command");
    return DK_ERR_USAGE;
}

static enum dk_status write_keys(struct dk_buffer *text, const struct dk_config_given *given,
                                 size_t count, struct dk_error *err)
{
    char section[32] = "";
    for (size_t i = 0; dk_config_key(i); i++) {
        const char *key = dk_config_key(i);
        const char *value = "";
        size_t size = strcspn(key, ".");
        if (strncmp(section, key, size) != 0 || section[size] != '\0') {
            snprintf(section, sizeof(section), "%.*s", (int)size, key);
            DK_RETURN_IF_ERROR(dk_buffer_printf(text, err, "\n[%s]\n", section));
        }
        DK_RETURN_IF_ERROR(write_comment(text, dk_config_comment(i), err));
        DK_RETURN_IF_ERROR(template_value(i, given, count, &value, err));
        DK_RETURN_IF_ERROR(
            dk_buffer_printf(text, err, "%s =%s%s\n", key + size + 1, value[0] ? " " : "", value));
    }
    return DK_OK;
}

enum dk_status dk_config_write_template(struct dk_sink *sink, const struct dk_config_given *given,
                                        size_t count, struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, TEMPLATE_BYTES_MAX);
    enum dk_status status = dk_buffer_printf(
        &text, err,
        "# derrick.ini: the configuration of this workspace. Every key is here with its default,\n"
        "# or as 'derrick init' was given it. Flags and DERRICK_<SECTION>_<KEY> in the "
        "environment\n"
        "# override it; 'derrick config' shows the values in use.\n");
    if (status == DK_OK)
        status = write_keys(&text, given, count, err);
    if (status == DK_OK)
        status = sink->write(sink, text.data, text.size, err);
    dk_buffer_reset(&text);
    return status;
}
