/* The names of the variables in the environment that set keys. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "nearest.h"

void dk_config_variable(const char *key, char name[DK_CONFIG_VARIABLE_MAX])
{
    snprintf(name, DK_CONFIG_VARIABLE_MAX, "DERRICK_%s", key);
    for (char *c = name; *c; c++)
        *c = *c == '.' ? '_' : (char)toupper((unsigned char)*c);
}

/* Variables that have no key. */
static const char *const other_names[] = {"DERRICK_DB", "DERRICK_DB_PASSWORD", "DERRICK_WORKSPACE",
                                          "DERRICK_CONFIG"};
#define EDITS_MAX 2

/* What is known of one variable so far. */
struct check {
    struct dk_nearest nearest;
    char found[DK_CONFIG_VARIABLE_MAX]; /* the nearest name; "": none comes close */
    bool in_section;                    /* it begins as those of a section do */
    bool is_known;
};

static void compare(struct check *check, const char *name)
{
    struct dk_nearest *nearest = &check->nearest;
    size_t size = strlen(name);
    check->is_known =
        check->is_known || (size == nearest->size && strncmp(nearest->word, name, size) == 0);
    const char *before = nearest->found;
    if (size < nearest->size + EDITS_MAX + 1)
        dk_nearest_try(nearest, name);
    if (nearest->found == before)
        return;
    memcpy(check->found, name, size + 1);
    nearest->found = check->found;
}

static enum dk_status variable_check(const char *variable, struct dk_error *err)
{
    size_t size = strcspn(variable, "=");
    struct check check = {.nearest = {.word = variable, .size = size, .edits_max = EDITS_MAX}};
    for (size_t i = 0; i < DK_COUNT_OF(other_names); i++)
        compare(&check, other_names[i]);
    for (size_t i = 0; dk_config_key(i); i++) {
        char name[DK_CONFIG_VARIABLE_MAX];
        dk_config_variable(dk_config_key(i), name);
        compare(&check, name);
        size_t section = strlen("DERRICK_") + strcspn(dk_config_key(i), ".") + 1;
        check.in_section = check.in_section || strncasecmp(variable, name, section) == 0;
    }
    if (check.is_known || (!check.in_section && !check.found[0]))
        return DK_OK;
    dk_error_set(err, DK_ERR_CONFIG, "the environment sets %.*s, which is not a setting",
                 size < 96 ? (int)size : 96, variable);
    if (check.found[0]) {
        dk_error_hint(err, "did you mean %s?", check.found);
        return DK_ERR_CONFIG;
    }
    dk_error_hint(err, "unset it; 'derrick init' writes a derrick.ini with every key there is");
    return DK_ERR_CONFIG;
}

enum dk_status dk_config_variables_check(char *const *variables, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (; status == DK_OK && variables && *variables; variables++)
        if (strncasecmp(*variables, "DERRICK_", strlen("DERRICK_")) == 0)
            status = variable_check(*variables, err);
    return status;
}
