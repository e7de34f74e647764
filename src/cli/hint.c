#include "hint.h"

#include <ctype.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "pipeline/workspace.h"

#define PART_MAX 1024

static bool is_letter(char c)
{
    return islower((unsigned char)c) || c == '_';
}

/* Whether a text has the name of a setting, such as input.decimal. A file is in quotes. */
static bool names_setting(const char *text)
{
    static const char *const sections[] = {"rig",    "calendar", "input",   "limits", "database",
                                           "s3",     "export",   "report",  "notify", "archive",
                                           "status", "watch",    "process", "derrick"};
    for (const char *dot = strchr(text, '.'); dot; dot = strchr(dot + 1, '.')) {
        const char *start = dot;
        while (start > text && (is_letter(start[-1]) || start[-1] == '3'))
            start--;
        if (start > text && !strchr(" (=", start[-1]))
            continue;
        for (size_t i = 0; i < DK_COUNT_OF(sections); i++)
            if ((size_t)(dot - start) == strlen(sections[i]) && is_letter(dot[1]) &&
                strncmp(start, sections[i], strlen(sections[i])) == 0)
                return true;
    }
    return false;
}

static bool is_for_operators(const char *part)
{
    static const char *const words[] = {"--",    "'derrick", "derrick init", "derrick.ini",
                                        "docs/", "setting",  "/etc/",        "profile/"};
    for (size_t i = 0; i < DK_COUNT_OF(words); i++)
        if (strstr(part, words[i]))
            return true;
    return names_setting(part);
}

/* Which parts go. */
struct filter {
    const char *word; /* NULL: those for operators */
};

static bool goes(const struct filter *filter, const char *part)
{
    return filter->word ? strstr(part, filter->word) != NULL : is_for_operators(part);
}

/* Takes the next part off *at; `separator` gets what follows it. */
static void next_part(const char **at, char part[PART_MAX], const char **separator)
{
    static const char *const separators[] = {"; ", ". ", ", or "};
    const char *end = *at + strlen(*at);
    *separator = "";
    for (size_t i = 0; i < DK_COUNT_OF(separators); i++) {
        const char *found = strstr(*at, separators[i]);
        if (found && found < end) {
            end = found;
            *separator = separators[i];
        }
    }
    dk_text_format(part, PART_MAX, "%.*s", (int)(end - *at), *at);
    *at = end + strlen(*separator);
}

static void keep(const char *hint, const struct filter *filter, char *text, size_t cap)
{
    char part[PART_MAX];
    const char *before = "";
    text[0] = '\0';
    for (const char *at = hint; *at;) {
        const char *separator;
        next_part(&at, part, &separator);
        size_t used = strlen(text);
        if (!goes(filter, part)) {
            dk_text_format(text + used, cap - used, "%s%s", used > 0 ? before : "", part);
            before = separator;
        } else if (strcmp(separator, ", or ") != 0) {
            before = separator; /* of the part that stays before it */
        }
    }
}

void dk_hint_without(const char *hint, const char *word, char *text, size_t cap)
{
    keep(hint, &(struct filter){.word = word}, text, cap);
}

void dk_hint_for_deliverer(const char *hint, char *text, size_t cap)
{
    keep(hint, &(struct filter){0}, text, cap);
}

void dk_message_for_deliverer(const char *message, char *text, size_t cap)
{
    char part[PART_MAX];
    text[0] = '\0';
    for (const char *at = message; *at;) {
        const char *open = strstr(at, " (");
        const char *close = open ? strchr(open, ')') : NULL;
        size_t used = strlen(text);
        if (!close) {
            dk_text_format(text + used, cap - used, "%s", at);
            return;
        }
        dk_text_format(part, sizeof(part), "%.*s", (int)(close + 1 - open), open);
        dk_text_format(text + used, cap - used, "%.*s%s", (int)(open - at), at,
                       is_for_operators(part) ? "" : part);
        at = close + 1;
    }
}

bool dk_note_is_for_operators(const char *message)
{
    return strstr(message, "S3 is not configured") != NULL ||
           strstr(message, DK_WORKSPACE_IDENTITY) != NULL ||
           strstr(message, DK_WORKSPACE_QUARANTINE "/run") != NULL;
}
