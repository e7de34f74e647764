/* Settings texts compared key by key: "columns=cohorts cohorts=60 sample=first ...". */
#include <stdio.h>
#include <string.h>

#include "private.h"

/* One "key=value" of a settings text. */
struct setting {
    const char *key;
    int key_size;
    const char *value;
    int value_size;
};

/* The next setting at *at, which moves on; false at the end. */
static bool next_setting(const char **at, struct setting *out)
{
    const char *start = *at + strspn(*at, " ");
    size_t size = strcspn(start, " ");
    size_t key = strcspn(start, "= ");
    if (size == 0)
        return false;
    *at = start + size;
    size_t skip = key < size ? key + 1 : size;
    *out = (struct setting){.key = start,
                            .key_size = (int)key,
                            .value = start + skip,
                            .value_size = (int)(size - skip)};
    return true;
}

static bool is_key(const struct setting *setting, const char *key)
{
    return (size_t)setting->key_size == strlen(key) &&
           memcmp(setting->key, key, (size_t)setting->key_size) == 0;
}

static bool find_setting(const char *text, const struct setting *key, struct setting *out)
{
    while (next_setting(&text, out))
        if (out->key_size == key->key_size &&
            memcmp(out->key, key->key, (size_t)key->key_size) == 0)
            return true;
    *out = (struct setting){.value = "none", .value_size = 4};
    if (is_key(key, "decimal")) /* named only where it is the comma */
        *out = (struct setting){.value = "point", .value_size = 5};
    return false;
}

/* Whether a key counts. The rig never does: only what is loaded for the same rig is compared. How
 * the columns were shared out, and how decimals were written, shapes no row of a cohort by
 * itself. */
static bool counts(const struct setting *setting, enum dk_settings_scope scope)
{
    if (is_key(setting, "rig"))
        return false;
    if (scope != DK_SETTINGS_OF_DROP && is_key(setting, "cohort"))
        return false;
    return scope != DK_SETTINGS_OF_COHORT ||
           (!is_key(setting, "columns") && !is_key(setting, "cohorts") &&
            !is_key(setting, "decimal"));
}

/* Appends "<key> was <old>, is <new>" to text[cap], where it fits. */
static void append_difference(char *text, size_t cap, const struct setting *key,
                              const struct setting *was, const struct setting *is)
{
    size_t used = strlen(text);
    snprintf(text + used, cap - used, "%s%.*s was %.*s, is %.*s", used > 0 ? "; " : "",
             key->key_size, key->key, was->value_size, was->value, is->value_size, is->value);
}

bool dk_settings_differences(const char *was, const char *is, enum dk_settings_scope scope,
                             char *text, size_t cap)
{
    struct setting old;
    struct setting new;
    text[0] = '\0';
    for (const char *at = was; next_setting(&at, &old);) {
        bool found = find_setting(is, &old, &new);
        if (counts(&old, scope) && (!found || old.value_size != new.value_size ||
                                    memcmp(old.value, new.value, (size_t)old.value_size) != 0))
            append_difference(text, cap, &old, &old, &new);
    }
    for (const char *at = is; next_setting(&at, &new);)
        if (counts(&new, scope) && !find_setting(was, &new, &old))
            append_difference(text, cap, &new, &old, &new);
    return text[0] != '\0';
}

bool dk_settings_differ(const char *was, const char *is, enum dk_settings_scope scope)
{
    char text[512];
    return dk_settings_differences(was, is, scope, text, sizeof(text));
}
