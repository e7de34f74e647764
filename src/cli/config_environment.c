/* The environment: the variables that set keys, and those that seem to. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "config.h"
#include "nearest.h"

static const char prefix[] = "DERRICK_";
static const char test_prefix[] = "DERRICK_TEST_";

/* Variables that have no key. */
static const char *const other_names[] = {"DERRICK_DB", "DERRICK_DB_PASSWORD", "DERRICK_WORKSPACE",
                                          "DERRICK_CONFIG"};

#define TYPO_EDITS_MAX 2  /* what is as close as this is that name, misspelt */
#define GUESS_EDITS_MAX 3 /* may be meant */

#define VARIABLE_MAX 96

/* The variable of a key: "DERRICK_RIG_SITE". */
static void name_variable(const char *key, char name[VARIABLE_MAX])
{
    snprintf(name, VARIABLE_MAX, "%s%s", prefix, key);
    for (char *c = name; *c; c++)
        *c = *c == '.' ? '_' : (char)toupper((unsigned char)*c);
}

static enum dk_status set_from(struct dk_config *config, const struct dk_environment *environment,
                               const char *name, const char *key, struct dk_error *err)
{
    const char *value = environment->get(environment->context, name);
    if (!value)
        return DK_OK;
    config->source = (struct dk_config_source){.kind = DK_SOURCE_ENVIRONMENT};
    DK_RETURN_IF_ERROR(dk_config_keep(config, name, &config->source.name, err));
    enum dk_status status = dk_config_set(config, key, value, err);
    if (status != DK_OK)
        dk_error_prefix(err, "%s", name);
    return status;
}

/* Sets a key from its variable; the one of an old name comes first, the weaker. */
static enum dk_status set_key_from(struct dk_config *config,
                                   const struct dk_environment *environment, size_t i,
                                   struct dk_error *err)
{
    char name[VARIABLE_MAX];
    if (dk_config_old_key(i)) {
        name_variable(dk_config_old_key(i), name);
        DK_RETURN_IF_ERROR(set_from(config, environment, name, dk_config_key(i), err));
    }
    name_variable(dk_config_key(i), name);
    return set_from(config, environment, name, dk_config_key(i), err);
}

enum dk_status dk_config_environment(struct dk_config *config,
                                     const struct dk_environment *environment, struct dk_error *err)
{
    for (size_t i = 0; dk_config_key(i); i++)
        DK_RETURN_IF_ERROR(set_key_from(config, environment, i, err));
    DK_RETURN_IF_ERROR(set_from(config, environment, "DERRICK_DB", "database.url", err));
    const char *password = environment->get(environment->context, "DERRICK_DB_PASSWORD");
    if (password)
        DK_RETURN_IF_ERROR(dk_secret_set(&config->password, password, strlen(password), err));
    config->settings.store.password = config->password.text;
    if (environment->home)
        DK_RETURN_IF_ERROR(
            dk_config_keep(config, environment->home, &config->settings.store.home, err));
    return DK_OK;
}

/* --- variables that derrick does not know --------------------------------------------------- */

/* What is known of one variable so far. */
struct check {
    struct dk_nearest nearest;
    char name[VARIABLE_MAX]; /* the nearest name */
    bool is_known;
};

static void compare(struct check *check, const char *name)
{
    struct dk_nearest *nearest = &check->nearest;
    size_t size = strlen(name);
    const char *before = nearest->found;
    if (size == nearest->size && strncasecmp(nearest->word, name, size) == 0) {
        check->is_known = check->is_known || strncmp(nearest->word, name, size) == 0;
        nearest->found = name;
        nearest->edits = 0;
    } else {
        dk_nearest_try(nearest, name);
    }
    if (nearest->found == before)
        return;
    memcpy(check->name, name, size + 1);
    nearest->found = check->name;
}

static void compare_key(struct check *check, const char *key)
{
    char name[VARIABLE_MAX];
    name_variable(key, name);
    compare(check, name);
}

static enum dk_status check_variable(const char *variable, const struct dk_observer *observer,
                                     struct dk_error *err)
{
    size_t size = strcspn(variable, "=");
    int shown = size < VARIABLE_MAX ? (int)size : VARIABLE_MAX;
    struct check check = {
        .nearest = {.word = variable, .size = size, .edits_max = GUESS_EDITS_MAX, .whole = true}};
    const char *found = check.name;
    for (size_t i = 0; i < DK_COUNT_OF(other_names); i++)
        compare(&check, other_names[i]);
    for (size_t i = 0; dk_config_key(i); i++) {
        compare_key(&check, dk_config_key(i));
        if (dk_config_old_key(i))
            compare_key(&check, dk_config_old_key(i));
    }
    if (check.is_known)
        return DK_OK;
    if (found[0] && check.nearest.edits <= TYPO_EDITS_MAX) {
        dk_error_set(err, DK_ERR_CONFIG, "unknown environment variable %.*s", shown, variable);
        dk_error_hint(err, "did you mean %s? Rename it, or unset it", found);
        return DK_ERR_CONFIG;
    }
    dk_observer_notice(observer, DK_LEVEL_WARNING, "unknown environment variable %.*s; %s%s%s",
                       shown, variable,
                       found[0] ? "did you mean " : "'derrick config' lists the settings", found,
                       found[0] ? "?" : "");
    return DK_OK;
}

enum dk_status dk_config_variables_check(char *const *variables, const struct dk_observer *observer,
                                         struct dk_error *err)
{
    for (; variables && *variables; variables++)
        if (strncasecmp(*variables, prefix, strlen(prefix)) == 0 &&
            strncmp(*variables, test_prefix, strlen(test_prefix)) != 0)
            DK_RETURN_IF_ERROR(check_variable(*variables, observer, err));
    return DK_OK;
}
