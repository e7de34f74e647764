/* derrick config: every key, its value, and where that comes from. */
#include <stdio.h>
#include <string.h>

#include "command.h"

#define SHOWN_MAX 4096
#define PLACE_MAX 1024

static const char *kind_name(enum dk_source_kind kind)
{
    static const char *const names[] = {[DK_SOURCE_DEFAULT] = "default",
                                        [DK_SOURCE_FILE] = "file",
                                        [DK_SOURCE_ENVIRONMENT] = "environment",
                                        [DK_SOURCE_FLAG] = "flag"};
    return names[kind];
}

/* "derrick.ini:3", "DERRICK_RIG_SITE" or "--db"; "" for a default. */
static void format_place(const struct dk_config_source *source, char text[PLACE_MAX])
{
    text[0] = '\0';
    if (source->kind == DK_SOURCE_FILE)
        snprintf(text, PLACE_MAX, "%s:%llu", source->name, (unsigned long long)source->line);
    else if (source->kind != DK_SOURCE_DEFAULT)
        snprintf(text, PLACE_MAX, "%s%s", source->kind == DK_SOURCE_FLAG ? "--" : "", source->name);
}

static void report_key(struct dk_session *session, size_t i)
{
    const struct dk_config_value *value = &session->config.values[i];
    const char *preset = dk_config_preset(i);
    char shown[SHOWN_MAX];
    char place[PLACE_MAX];
    dk_config_show(value->text ? value->text : "", shown, sizeof(shown));
    format_place(&value->source, place);
    dk_console_result(&session->console, "setting",
                      DK_FIELDS(DK_TEXT("key", dk_config_key(i)), DK_TEXT("value", shown),
                                DK_TEXT("origin", kind_name(value->source.kind)),
                                DK_TEXT("place", place[0] ? place : NULL),
                                DK_TEXT("default", preset)),
                      "%s =%s%s  # %s%s%s", dk_config_key(i), shown[0] ? " " : "", shown,
                      place[0] ? place : "default", place[0] ? ", default " : "",
                      place[0] ? (preset[0] ? preset : "empty") : "");
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    (void)err;
    for (size_t i = 0; dk_config_key(i); i++)
        report_key(session, i);
    return DK_OK;
}

const struct dk_command dk_command_config = {
    .name = "config",
    .summary = "show every setting, and where its value comes from",
    .operands = "",
    .description =
        "Prints every key of derrick.ini with its value, where the value comes from (a flag, an "
        "environment variable, a line of derrick.ini, or the default) and its default. Never "
        "prints a password.",
    .examples = "derrick config\n"
                "derrick config --set rig.site=ohio | grep ^rig\n"
                "derrick config --json | jq 'select(.origin != \"default\")'",
    .needs = DK_NEEDS_SETTINGS,
    .run = run,
};
