/* The names of the variables in the environment that set keys. */
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
#define EDITS_MAX 3

void dk_config_variable(const char *key, char name[DK_CONFIG_VARIABLE_MAX])
{
    snprintf(name, DK_CONFIG_VARIABLE_MAX, "%s%s", prefix, key);
    for (char *c = name; *c; c++)
        *c = *c == '.' ? '_' : (char)toupper((unsigned char)*c);
}

/* What is known of one variable so far. */
struct check {
    struct dk_nearest nearest;
    char found[DK_CONFIG_VARIABLE_MAX]; /* the nearest name; "": none comes close */
    bool is_known;
};

static void compare(struct check *check, const char *name)
{
    struct dk_nearest *nearest = &check->nearest;
    size_t size = strlen(name);
    check->is_known =
        check->is_known || (size == nearest->size && strncmp(nearest->word, name, size) == 0);
    const char *before = nearest->found;
    if (size == nearest->size && strncasecmp(nearest->word, name, size) == 0) {
        nearest->found = name;
        nearest->edits = 0;
    } else if (size < nearest->size + EDITS_MAX + 1) {
        dk_nearest_try(nearest, name);
    }
    if (nearest->found == before)
        return;
    memcpy(check->found, name, size + 1);
    nearest->found = check->found;
}

static void compare_key(struct check *check, const char *key)
{
    char name[DK_CONFIG_VARIABLE_MAX];
    dk_config_variable(key, name);
    compare(check, name);
}

static void check_variable(const char *variable, const struct dk_observer *observer)
{
    size_t size = strcspn(variable, "=");
    struct check check = {.nearest = {.word = variable, .size = size, .edits_max = EDITS_MAX}};
    for (size_t i = 0; i < DK_COUNT_OF(other_names); i++)
        compare(&check, other_names[i]);
    for (size_t i = 0; dk_config_key(i); i++) {
        compare_key(&check, dk_config_key(i));
        if (dk_config_old_key(i))
            compare_key(&check, dk_config_old_key(i));
    }
    if (check.is_known)
        return;
    dk_observer_notice(observer, DK_LEVEL_WARNING,
                       "derrick has no setting for the environment variable %.*s; %s%s%s",
                       size < DK_CONFIG_VARIABLE_MAX ? (int)size : DK_CONFIG_VARIABLE_MAX, variable,
                       check.found[0] ? "did you mean " : "'derrick config' lists them all",
                       check.found, check.found[0] ? "?" : "");
}

void dk_config_variables_check(char *const *variables, const struct dk_observer *observer)
{
    for (; variables && *variables; variables++)
        if (strncasecmp(*variables, prefix, strlen(prefix)) == 0 &&
            strncmp(*variables, test_prefix, strlen(test_prefix)) != 0)
            check_variable(*variables, observer);
}
