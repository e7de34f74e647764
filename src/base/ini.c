#include "base/ini.h"

#include <string.h>

#include "base/text.h"

static enum dk_status fail(const struct dk_ini *ini, const char *reason, const char *hint,
                           struct dk_error *err)
{
    dk_error_set(err, ini->rules->status, "%s:%llu: %s", ini->path, (unsigned long long)ini->line,
                 reason);
    dk_error_place(err, ini->path, ini->line, 0, 0);
    dk_error_hint(err, "%s", hint);
    return ini->rules->status;
}

static enum dk_status fail_form(const struct dk_ini *ini, struct dk_error *err)
{
    return fail(ini, "neither '[section]' nor 'key = value'", "comments start with ';' or '#'",
                err);
}

static enum dk_status read_section(struct dk_ini *ini, char *text, struct dk_error *err)
{
    char *end = strchr(text, ']');
    if (!end)
        return fail_form(ini, err);
    *end = '\0';
    text = dk_text_trim(text + 1);
    if (!*text)
        return fail_form(ini, err);
    char *to = text;
    for (char *from = text; *from; from++)
        if (!dk_is_blank(*from) || !dk_is_blank(from[1]))
            *to++ = dk_is_blank(*from) ? ' ' : *from;
    *to = '\0';
    ini->section = text;
    ini->open = NULL;
    return DK_OK;
}

static void cut_comment(char *value)
{
    for (char *c = value; *c; c++) {
        if ((*c == '#' || *c == ';') && (c == value || dk_is_blank(c[-1]))) {
            *c = '\0';
            return;
        }
    }
}

static enum dk_status read_key(struct dk_ini *ini, char *text, bool is_indented, bool *found,
                               struct dk_error *err)
{
    char *separator = strpbrk(text, ini->rules->separators);
    bool nested = ini->rules->has_nested_keys && is_indented;
    if (!separator && nested)
        return DK_OK;
    if (!separator || separator == text)
        return fail_form(ini, err);
    if (ini->rules->needs_section && !*ini->section)
        return fail(ini, "a key before the first '[section]'", "put a '[section]' line first", err);
    *separator = '\0';
    if (ini->rules->has_trailing_comments)
        cut_comment(separator + 1);
    ini->parent = nested ? ini->open : NULL;
    ini->key = dk_text_trim(text);
    ini->value = dk_text_trim(separator + 1);
    if (!ini->parent)
        ini->open = *ini->value ? NULL : ini->key;
    *found = true;
    return DK_OK;
}

void dk_ini_start(struct dk_ini *ini, const struct dk_ini_rules *rules, const char *path,
                  char *text, size_t size)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t skipped = strncmp(text, mark, sizeof(mark) - 1) == 0 ? sizeof(mark) - 1 : 0;
    *ini = (struct dk_ini){
        .rules = rules, .path = path, .next = text + skipped, .end = text + size, .section = ""};
}

enum dk_status dk_ini_next(struct dk_ini *ini, bool *found, struct dk_error *err)
{
    *found = false;
    while (!*found && ini->next < ini->end) {
        char *line = ini->next;
        char *newline = memchr(line, '\n', (size_t)(ini->end - line));
        size_t size = (size_t)((newline ? newline : ini->end) - line);
        ini->next = line + size + (newline != NULL);
        ini->line++;
        if (memchr(line, '\0', size))
            return fail(ini, "a NUL byte in the line", "save the file as UTF-8 or ASCII", err);
        if (ini->rules->line_bytes_max && size > ini->rules->line_bytes_max)
            return fail(ini, "the line is too long", "shorten its value, or its comment", err);
        line[size] = '\0';
        char *text = dk_text_trim(line);
        if (*text == '[')
            DK_RETURN_IF_ERROR(read_section(ini, text, err));
        else if (*text && *text != '#' && *text != ';')
            DK_RETURN_IF_ERROR(read_key(ini, text, text > line, found, err));
    }
    return DK_OK;
}
