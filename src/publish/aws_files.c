#include "publish/aws_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AWS_FILE_BYTES_MAX (512 * 1024)
#define AWS_ENTRIES_MAX 8192

const char *dk_environment_get(const struct dk_environment *environment, const char *name)
{
    const char *value = environment->get ? environment->get(environment->context, name) : NULL;
    return value && *value ? value : NULL;
}

void dk_aws_path_show(const struct dk_environment *environment, const char *path,
                      char text[DK_AWS_PATH_MAX])
{
    size_t home = environment->home ? strlen(environment->home) : 0;
    bool below = home > 1 && strncmp(path, environment->home, home) == 0 && path[home] == '/';
    if (snprintf(text, DK_AWS_PATH_MAX, "%s%s", below ? "~" : "", below ? path + home : path) < 0)
        text[0] = '\0';
}

/* --- taking a file apart -------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts blanks off both ends, in place. */
static char *trim(char *text)
{
    while (is_blank(*text))
        text++;
    size_t size = strlen(text);
    while (size > 0 && is_blank(text[size - 1]))
        text[--size] = '\0';
    return text;
}

/* "profile   x" and "profile x" are the same section. */
static void section_normalize(char *section)
{
    char *gap = strpbrk(section, " \t");
    if (!gap)
        return;
    char *rest = gap;
    while (is_blank(*rest))
        rest++;
    *gap = ' ';
    memmove(gap + 1, rest, strlen(rest) + 1);
}

struct parse {
    struct dk_aws_file *file;
    const char *section;
    const char *parent; /* the key whose value is empty so far: nested keys may follow */
    uint64_t line;
    size_t capacity;
};

static enum dk_status parse_fail(const struct parse *parse, const char *reason,
                                 struct dk_error *err)
{
    dk_error_set(err, DK_ERR_REMOTE, "can't understand '%s', line %llu: %s", parse->file->path,
                 (unsigned long long)parse->line, reason);
    dk_error_place(err, parse->file->path, parse->line, 0, 0);
    dk_error_hint(err, "write '[profile]' lines and 'key = value' lines, as aws configure does");
    return DK_ERR_REMOTE;
}

static enum dk_status entry_add(struct parse *parse, struct dk_aws_entry entry,
                                struct dk_error *err)
{
    struct dk_aws_file *file = parse->file;
    if (file->count == AWS_ENTRIES_MAX)
        return parse_fail(parse, "too many lines", err);
    if (file->count == parse->capacity) {
        size_t capacity = parse->capacity ? 2 * parse->capacity : 32;
        struct dk_aws_entry *entries = realloc(file->entries, capacity * sizeof(*entries));
        if (!entries)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for '%s'", file->path);
        file->entries = entries;
        parse->capacity = capacity;
    }
    file->entries[file->count++] = entry;
    return DK_OK;
}

static enum dk_status section_parse(struct parse *parse, char *text, struct dk_error *err)
{
    char *end = strchr(text, ']');
    if (!end)
        return parse_fail(parse, "']' is missing", err);
    *end = '\0';
    text = trim(text + 1);
    if (!*text)
        return parse_fail(parse, "a section without a name", err);
    section_normalize(text);
    parse->section = text;
    parse->parent = NULL;
    return DK_OK;
}

static enum dk_status line_parse(struct parse *parse, char *line, struct dk_error *err)
{
    bool indented = is_blank(*line);
    char *text = trim(line);
    if (!*text || *text == '#' || *text == ';')
        return DK_OK;
    if (*text == '[')
        return section_parse(parse, text, err);
    if (!parse->section)
        return parse_fail(parse, "a key before the first '[section]'", err);
    char *equals = strchr(text, '=');
    if (!equals)
        /* The second line of a value that goes on: no key that is looked at here has one. */
        return indented ? DK_OK : parse_fail(parse, "'=' is missing", err);
    *equals = '\0';
    struct dk_aws_entry entry = {.section = parse->section,
                                 .parent = indented ? parse->parent : NULL,
                                 .key = trim(text),
                                 .value = trim(equals + 1)};
    if (!*entry.key)
        return parse_fail(parse, "a value without a key", err);
    if (!entry.parent)
        parse->parent = *entry.value ? NULL : entry.key;
    return entry_add(parse, entry, err);
}

static enum dk_status file_parse(struct dk_aws_file *file, struct dk_error *err)
{
    struct parse parse = {.file = file};
    char *next = file->bytes.text;
    char *end = file->bytes.text + file->bytes.size;
    if (file->bytes.size >= 3 && memcmp(next, "\xEF\xBB\xBF", 3) == 0)
        next += 3;
    while (next < end) {
        char *line = next;
        char *newline = memchr(next, '\n', (size_t)(end - next));
        next = newline ? newline + 1 : end;
        if (newline)
            *newline = '\0';
        parse.line++;
        if (strlen(line) != (size_t)((newline ? newline : end) - line))
            return parse_fail(&parse, "a NUL byte", err);
        enum dk_status status = line_parse(&parse, line, err);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

/* --- reading -------------------------------------------------------------------------------- */

static enum dk_status descriptor_read(struct dk_aws_file *file, int fd, struct dk_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return dk_error_errno(err, DK_ERR_REMOTE, errno, "can't look at", file->path);
    /* A device is /dev/null, by which people say that there is no such file: it has no bytes. */
    bool readable = S_ISREG(info.st_mode) || S_ISCHR(info.st_mode);
    if (!readable || info.st_size > AWS_FILE_BYTES_MAX)
        return dk_error_set(err, DK_ERR_REMOTE, "'%s' is no file of at most 512 KiB", file->path);
    size_t size = (size_t)info.st_size;
    enum dk_status status = dk_secret_reserve(&file->bytes, size, err);
    if (status != DK_OK)
        return status;
    size_t done = 0;
    while (done < size) {
        ssize_t got = read(fd, file->bytes.text + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return dk_error_errno(err, DK_ERR_REMOTE, errno, "can't read", file->path);
        if (got == 0)
            break;
        done += (size_t)got;
    }
    file->bytes.size = done;
    return file_parse(file, err);
}

/* Whether a file that can't be opened is simply not there: nobody named it, and no link to a disk
 * that is away has its name. */
static bool is_absent(const struct dk_aws_file *file, int reason)
{
    struct stat info;
    return (reason == ENOENT || reason == ENOTDIR) && !file->variable &&
           lstat(file->path, &info) != 0;
}

static enum dk_status file_read(struct dk_aws_file *file, struct dk_error *err)
{
    if (!file->path[0])
        return DK_OK;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int reason = errno;
    if (fd < 0 && is_absent(file, reason))
        return DK_OK;
    if (fd < 0 && file->variable) {
        dk_error_errno(err, DK_ERR_REMOTE, reason, "can't open", file->path);
        dk_error_prefix(err, "%s", file->variable);
        dk_error_hint(err, "correct %s, or unset it", file->variable);
        return DK_ERR_REMOTE;
    }
    if (fd < 0)
        return dk_error_errno(err, DK_ERR_REMOTE, reason, "can't open", file->path);
    enum dk_status status = descriptor_read(file, fd, err);
    close(fd);
    return status;
}

/* The path that `variable` says, or ~/.aws/<name>; "" without a home. A leading ~/ is home. */
static enum dk_status path_find(struct dk_aws_file *file, const struct dk_environment *environment,
                                const char *variable, const char *name, struct dk_error *err)
{
    char *path = file->path;
    const char *given = dk_environment_get(environment, variable);
    const char *home = environment->home ? environment->home : "";
    int size = 0;
    file->variable = given ? variable : NULL;
    if (given && strncmp(given, "~/", 2) == 0)
        size = snprintf(path, DK_AWS_PATH_MAX, "%s%s", home, given + 1);
    else if (given)
        size = snprintf(path, DK_AWS_PATH_MAX, "%s", given);
    else if (*home)
        size = snprintf(path, DK_AWS_PATH_MAX, "%s/.aws/%s", home, name);
    else
        path[0] = '\0';
    if (size < 0 || size >= DK_AWS_PATH_MAX)
        return dk_error_set(err, DK_ERR_REMOTE, "the path of AWS's file '%s' is too long", name);
    return DK_OK;
}

static bool section_is(const char *section, const char *kind, const char *name)
{
    size_t size = strlen(kind);
    return strncmp(section, kind, size) == 0 && section[size] == ' ' &&
           strcmp(section + size + 1, name) == 0;
}

static bool config_section(const struct dk_aws_files *files, const char *section)
{
    if (section_is(section, "profile", files->profile))
        return true;
    return strcmp(files->profile, "default") == 0 && strcmp(section, "default") == 0;
}

static bool profile_exists(const struct dk_aws_files *files)
{
    for (size_t i = 0; i < files->config.count; i++)
        if (config_section(files, files->config.entries[i].section))
            return true;
    for (size_t i = 0; i < files->credentials.count; i++)
        if (strcmp(files->credentials.entries[i].section, files->profile) == 0)
            return true;
    return false;
}

/* The profile's name: AWS's tools disagree about which of the two variables wins. */
static enum dk_status profile_name(struct dk_aws_files *files,
                                   const struct dk_environment *environment, struct dk_error *err)
{
    static const char *const variables[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"};
    dk_text_format(files->profile, sizeof(files->profile), "default");
    for (size_t i = 0; i < DK_COUNT_OF(variables); i++) {
        const char *name = dk_environment_get(environment, variables[i]);
        if (!name || (files->profile_is_named && strcmp(name, files->profile) == 0))
            continue;
        if (files->profile_is_named) {
            dk_error_set(err, DK_ERR_REMOTE,
                         "AWS_PROFILE is '%s', but AWS_DEFAULT_PROFILE is '%.255s'", files->profile,
                         name);
            dk_error_hint(err, "unset one of them");
            return DK_ERR_REMOTE;
        }
        if (strlen(name) >= sizeof(files->profile))
            return dk_error_set(err, DK_ERR_REMOTE, "the profile's name in %s is too long",
                                variables[i]);
        memcpy(files->profile, name, strlen(name) + 1);
        files->profile_is_named = true;
    }
    return DK_OK;
}

static enum dk_status files_read(struct dk_aws_files *files,
                                 const struct dk_environment *environment, struct dk_error *err)
{
    enum dk_status status = profile_name(files, environment, err);
    if (status == DK_OK)
        status = path_find(&files->config, environment, "AWS_CONFIG_FILE", "config", err);
    if (status == DK_OK)
        status = path_find(&files->credentials, environment, "AWS_SHARED_CREDENTIALS_FILE",
                           "credentials", err);
    if (status == DK_OK)
        status = file_read(&files->config, err);
    if (status == DK_OK)
        status = file_read(&files->credentials, err);
    if (status != DK_OK)
        return status;
    if (files->profile_is_named && !profile_exists(files)) {
        dk_error_set(err, DK_ERR_REMOTE, "there is no profile '%s' in '%s' or '%s'", files->profile,
                     files->config.path, files->credentials.path);
        dk_error_hint(err, "correct AWS_PROFILE, or write the profile with 'aws configure'");
        return DK_ERR_REMOTE;
    }
    return DK_OK;
}

enum dk_status dk_aws_files_read(struct dk_aws_files *files,
                                 const struct dk_environment *environment, struct dk_error *err)
{
    *files = (struct dk_aws_files){0};
    enum dk_status status = files_read(files, environment, err);
    if (status != DK_OK)
        dk_aws_files_reset(files);
    return status;
}

void dk_aws_files_reset(struct dk_aws_files *files)
{
    free(files->config.entries);
    free(files->credentials.entries);
    dk_secret_reset(&files->config.bytes);
    dk_secret_reset(&files->credentials.bytes);
    *files = (struct dk_aws_files){0};
}

/* --- looking up ----------------------------------------------------------------------------- */

static bool entry_is(const struct dk_aws_entry *entry, const char *parent, const char *key)
{
    if (strcasecmp(entry->key, key) != 0 || !*entry->value)
        return false;
    if (!parent || !entry->parent)
        return parent == entry->parent;
    return strcasecmp(entry->parent, parent) == 0;
}

static const char *credentials_get(const struct dk_aws_files *files, const char *parent,
                                   const char *key)
{
    const char *value = NULL;
    for (size_t i = 0; i < files->credentials.count; i++) {
        const struct dk_aws_entry *entry = &files->credentials.entries[i];
        if (strcmp(entry->section, files->profile) == 0 && entry_is(entry, parent, key))
            value = entry->value;
    }
    return value;
}

const char *dk_aws_credentials_get(const struct dk_aws_files *files, const char *key)
{
    return credentials_get(files, NULL, key);
}

const char *dk_aws_config_get(const struct dk_aws_files *files, const char *parent, const char *key)
{
    const char *value = NULL;
    for (size_t i = 0; i < files->config.count; i++) {
        const struct dk_aws_entry *entry = &files->config.entries[i];
        if (config_section(files, entry->section) && entry_is(entry, parent, key))
            value = entry->value;
    }
    return value;
}

const char *dk_aws_profile_get(const struct dk_aws_files *files, const char *parent,
                               const char *key)
{
    const char *value = credentials_get(files, parent, key);
    return value ? value : dk_aws_config_get(files, parent, key);
}

enum dk_status dk_aws_services_get(const struct dk_aws_files *files, const char *service,
                                   const char *key, const char **value, struct dk_error *err)
{
    const char *name = dk_aws_profile_get(files, NULL, "services");
    bool found = false;
    *value = NULL;
    for (size_t i = 0; name && i < files->config.count; i++) {
        const struct dk_aws_entry *entry = &files->config.entries[i];
        if (!section_is(entry->section, "services", name))
            continue;
        found = true;
        if (entry_is(entry, service, key))
            *value = entry->value;
    }
    if (!name || found)
        return DK_OK;
    dk_error_set(err, DK_ERR_CONFIG,
                 "profile '%s' names services '%.64s', but '%s' has no [services %.64s]",
                 files->profile, name, files->config.path, name);
    dk_error_hint(err, "correct 'services' in the profile, or write that section");
    return DK_ERR_CONFIG;
}
