#include "aws/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ini.h"

#define AWS_FILE_BYTES_MAX (512 * 1024)
#define AWS_ENTRIES_MAX 8192

/* --- reading -------------------------------------------------------------------------------- */

static enum dk_status add_entry(struct dk_aws_file *file, const struct dk_ini *ini,
                                struct dk_error *err)
{
    size_t count = file->count;
    if (count == AWS_ENTRIES_MAX)
        return dk_error_set(err, DK_ERR_REMOTE, "%s:%llu: more than %d keys", file->path,
                            (unsigned long long)ini->line, AWS_ENTRIES_MAX);
    if ((count & (count - 1)) == 0) { /* 0 and the powers of two: grows to the next one */
        struct dk_aws_entry *entries =
            realloc(file->entries, (count ? 2 * count : 1) * sizeof(*entries));
        if (!entries)
            return dk_error_nomem(err, "read", file->path);
        file->entries = entries;
    }
    file->entries[file->count++] = (struct dk_aws_entry){.section = ini->section,
                                                         .parent = ini->parent,
                                                         .key = ini->key,
                                                         .value = ini->value,
                                                         .line = ini->line};
    return DK_OK;
}

static enum dk_status read_entries(struct dk_aws_file *file, struct dk_error *err)
{
    static const struct dk_ini_rules rules = {
        .status = DK_ERR_REMOTE, .separators = "=", .has_nested_keys = true, .needs_section = true};
    struct dk_ini ini;
    bool found = true;
    dk_ini_start(&ini, &rules, file->path, file->text.text, file->text.size);
    for (;;) {
        DK_RETURN_IF_ERROR(dk_ini_next(&ini, &found, err));
        if (!found)
            return DK_OK;
        DK_RETURN_IF_ERROR(add_entry(file, &ini, err));
    }
}

/* Whether a file that can't be opened simply does not exist: nobody named it, and there is no link
 * of its name to a disk that is away. */
static bool is_absent(const struct dk_aws_file *file, int reason)
{
    struct stat info;
    return (reason == ENOENT || reason == ENOTDIR) && !file->variable &&
           lstat(file->path, &info) != 0;
}

static enum dk_status read_file(struct dk_aws_file *file, struct dk_error *err)
{
    if (!file->path[0])
        return DK_OK;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int reason = errno;
    if (fd < 0 && is_absent(file, reason))
        return DK_OK;
    if (fd < 0) {
        dk_error_errno(err, DK_ERR_REMOTE, reason, "can't open", file->path);
        if (file->variable) {
            dk_error_prefix(err, "%s", file->variable);
            dk_error_hint(err, "correct %s, or unset it", file->variable);
        }
        return DK_ERR_REMOTE;
    }
    enum dk_status status = dk_secret_read(&file->text, fd, AWS_FILE_BYTES_MAX, file->path, err);
    close(fd);
    if (status != DK_OK) {
        if (err)
            err->status = DK_ERR_REMOTE;
        return DK_ERR_REMOTE;
    }
    return read_entries(file, err);
}

/* The path that `variable` says, or ~/.aws/<name>; "" without a home. A leading ~/ is home. */
static enum dk_status find_path(struct dk_aws_file *file, const struct dk_environment *environment,
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
    size_t below = strlen(home);
    bool is_below = below > 1 && strncmp(path, home, below) == 0 && path[below] == '/';
    dk_text_format(file->shown, sizeof(file->shown), "%s%s", is_below ? "~" : "",
                   is_below ? path + below : path);
    return DK_OK;
}

static bool is_section(const char *section, const char *kind, const char *name)
{
    size_t size = strlen(kind);
    return strncmp(section, kind, size) == 0 && section[size] == ' ' &&
           strcmp(section + size + 1, name) == 0;
}

static bool is_config_section(const struct dk_aws_files *files, const char *section)
{
    if (is_section(section, "profile", files->profile))
        return true;
    return strcmp(files->profile, "default") == 0 && strcmp(section, "default") == 0;
}

static bool has_profile(const struct dk_aws_files *files)
{
    for (size_t i = 0; i < files->config.count; i++)
        if (is_config_section(files, files->config.entries[i].section))
            return true;
    for (size_t i = 0; i < files->credentials.count; i++)
        if (strcmp(files->credentials.entries[i].section, files->profile) == 0)
            return true;
    return false;
}

/* The profile's name: AWS's tools disagree about which of the two variables wins. */
static enum dk_status find_profile(struct dk_aws_files *files,
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

static enum dk_status read_files(struct dk_aws_files *files,
                                 const struct dk_environment *environment, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(find_profile(files, environment, err));
    DK_RETURN_IF_ERROR(find_path(&files->config, environment, "AWS_CONFIG_FILE", "config", err));
    DK_RETURN_IF_ERROR(find_path(&files->credentials, environment, "AWS_SHARED_CREDENTIALS_FILE",
                                 "credentials", err));
    DK_RETURN_IF_ERROR(read_file(&files->config, err));
    DK_RETURN_IF_ERROR(read_file(&files->credentials, err));
    if (files->profile_is_named && !has_profile(files)) {
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
    enum dk_status status = read_files(files, environment, err);
    if (status != DK_OK)
        dk_aws_files_reset(files);
    return status;
}

void dk_aws_files_reset(struct dk_aws_files *files)
{
    free(files->config.entries);
    free(files->credentials.entries);
    dk_secret_reset(&files->config.text);
    dk_secret_reset(&files->credentials.text);
    *files = (struct dk_aws_files){0};
}

/* --- looking up ----------------------------------------------------------------------------- */

static bool is_credentials_section(const struct dk_aws_files *files, const char *section)
{
    return strcmp(section, files->profile) == 0;
}

static bool is_key(const struct dk_aws_entry *entry, const char *parent, const char *key)
{
    if (strcasecmp(entry->key, key) != 0)
        return false;
    if (!parent || !entry->parent)
        return parent == entry->parent;
    return strcasecmp(entry->parent, parent) == 0;
}

/* The last entry of the profile counts; one without a value only if `with_empty`. */
static const struct dk_aws_entry *find_entry(const struct dk_aws_files *files,
                                             const struct dk_aws_file *file, const char *parent,
                                             const char *key, bool with_empty)
{
    bool is_config = file == &files->config;
    for (size_t i = file->count; i > 0; i--) {
        const struct dk_aws_entry *entry = &file->entries[i - 1];
        bool counts = is_config ? is_config_section(files, entry->section)
                                : is_credentials_section(files, entry->section);
        if (counts && (*entry->value || with_empty) && is_key(entry, parent, key))
            return entry;
    }
    return NULL;
}

const char *dk_aws_credentials_get(const struct dk_aws_files *files, const char *parent,
                                   const char *key)
{
    const struct dk_aws_entry *entry = find_entry(files, &files->credentials, parent, key, false);
    return entry ? entry->value : NULL;
}

const char *dk_aws_config_get(const struct dk_aws_files *files, const char *parent, const char *key)
{
    const struct dk_aws_entry *entry = find_entry(files, &files->config, parent, key, false);
    return entry ? entry->value : NULL;
}

const char *dk_aws_profile_get(const struct dk_aws_files *files, const char *parent,
                               const char *key)
{
    const char *value = dk_aws_credentials_get(files, parent, key);
    return value ? value : dk_aws_config_get(files, parent, key);
}

bool dk_aws_profile_has(const struct dk_aws_files *files, const char *key)
{
    return find_entry(files, &files->credentials, NULL, key, true) ||
           find_entry(files, &files->config, NULL, key, true);
}

static void set_entry(struct dk_aws_setting *setting, const struct dk_aws_file *file,
                      const struct dk_aws_entry *entry)
{
    setting->value = entry->value;
    dk_text_format(setting->where, sizeof(setting->where), "%s, line %llu: %.64s", file->shown,
                   (unsigned long long)entry->line, entry->key);
}

void dk_aws_setting_find(struct dk_aws_setting *setting, const struct dk_environment *environment,
                         const struct dk_aws_files *files, const char *variable, const char *key)
{
    *setting = (struct dk_aws_setting){0};
    setting->value = variable ? dk_environment_get(environment, variable) : NULL;
    if (setting->value) {
        dk_text_format(setting->where, sizeof(setting->where), "%s", variable);
        return;
    }
    const struct dk_aws_file *places[] = {&files->credentials, &files->config};
    for (size_t i = 0; key && !setting->value && i < DK_COUNT_OF(places); i++) {
        const struct dk_aws_entry *entry = find_entry(files, places[i], NULL, key, false);
        if (entry)
            set_entry(setting, places[i], entry);
    }
}

enum dk_status dk_aws_services_find(struct dk_aws_setting *setting,
                                    const struct dk_aws_files *files, const char *service,
                                    const char *key, struct dk_error *err)
{
    const char *name = dk_aws_profile_get(files, NULL, "services");
    bool found = false;
    *setting = (struct dk_aws_setting){0};
    for (size_t i = 0; name && i < files->config.count; i++) {
        const struct dk_aws_entry *entry = &files->config.entries[i];
        if (!is_section(entry->section, "services", name))
            continue;
        found = true;
        if (*entry->value && is_key(entry, service, key))
            set_entry(setting, &files->config, entry);
    }
    if (!name || found)
        return DK_OK;
    dk_error_set(err, DK_ERR_CONFIG,
                 "profile '%s' names services '%.64s', but '%s' has no [services %.64s]",
                 files->profile, name, files->config.path, name);
    dk_error_hint(err, "correct 'services' in the profile, or write that section");
    return DK_ERR_CONFIG;
}
