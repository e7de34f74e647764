/* workspace_own: what in a workspace no output may replace. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pipeline/workspace.h"

static const char database_start[] = "energymobile.db"; /* and its journal, its lock, ... */
static const char own_start[] = ".derrick";

/* The folders that hold what derrick needs, and what is in them. */
static const struct {
    const char *name, *what;
} own_folders[] = {
    {DK_WORKSPACE_ARCHIVE, "in the archive of a workspace"},
    {DK_WORKSPACE_PROFILE, "in the folder of a workspace's profile"},
    {DK_WORKSPACE_QUARANTINE, "in the quarantine folder of a workspace"},
    {DK_WORKSPACE_LOGS, "among the deliveries of a workspace"},
};

/* Like realpath, but what is not there yet is taken as it will be: without links. On the heap; NULL
 * if memory runs out. */
static char *resolve(const char *path)
{
    char *real = realpath(path, NULL);
    if (real || strcmp(path, ".") == 0 || strcmp(path, "/") == 0)
        return real;
    char *trimmed = strdup(path);
    for (size_t size = strlen(path); trimmed && size > 1 && trimmed[size - 1] == '/'; size--)
        trimmed[size - 1] = '\0';
    char *folder = trimmed ? dk_path_folder(trimmed) : NULL;
    char *base = folder ? resolve(folder) : NULL;
    const char *name = trimmed ? dk_path_name(trimmed) : "";
    if (base && strcmp(name, "..") == 0)
        real = dk_path_folder(base);
    else if (base)
        real = strcmp(name, ".") == 0 ? strdup(base) : dk_path_join(base, name);
    free(base);
    free(folder);
    free(trimmed);
    return real;
}

/* The same, where a link itself would be replaced and not the file that it names. */
static char *resolve_name(const char *path)
{
    char *folder = dk_path_folder(path);
    char *base = folder ? resolve(folder) : NULL;
    char *real = base ? dk_path_join(base, dk_path_name(path)) : NULL;
    free(base);
    free(folder);
    return real;
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* What the path `rest` is in a workspace; NULL: nothing that derrick needs. */
static const char *find_own(const char *rest, bool is_delivery)
{
    size_t size = strcspn(rest, "/");
    for (size_t i = 0; i < DK_COUNT_OF(own_folders); i++) {
        const char *name = own_folders[i].name;
        if (size == strlen(name) && memcmp(rest, name, size) == 0)
            return is_delivery && strcmp(name, DK_WORKSPACE_LOGS) == 0 ? NULL : own_folders[i].what;
    }
    if (strcmp(rest, DK_WORKSPACE_CONFIG) == 0)
        return "the configuration";
    if (begins_with(rest, database_start))
        return "the database or one of its files";
    return begins_with(rest, own_start) ? "a file that derrick needs" : NULL;
}

/* Whether path[0..size) is a workspace. */
static bool is_workspace(const char *path, size_t size)
{
    static const char *const signs[] = {DK_WORKSPACE_CONFIG, DK_WORKSPACE_IDENTITY};
    char name[PATH_MAX + 32];
    for (size_t i = 0; i < DK_COUNT_OF(signs); i++) {
        dk_text_format(name, sizeof(name), "%.*s/%s", (int)size, path, signs[i]);
        if (dk_path_exists(name))
            return true;
    }
    return false;
}

static const char *find_above(const char *path, bool is_delivery)
{
    const char *own = NULL;
    for (const char *slash = strchr(path, '/'); slash && !own; slash = strchr(slash + 1, '/'))
        if (is_workspace(path, (size_t)(slash - path)))
            own = find_own(slash + 1, is_delivery);
    return own;
}

/* Whether `path` is the database, or a file that SQLite or derrick has beside it. */
static bool is_of_database(const char *path, const char *database)
{
    static const char *const endings[] = {"", "-journal", "-wal", "-shm", ".lock"};
    size_t size = strlen(database);
    if (!begins_with(path, database))
        return false;
    for (size_t i = 0; i < DK_COUNT_OF(endings); i++)
        if (strcmp(path + size, endings[i]) == 0)
            return true;
    return false;
}

enum dk_status dk_workspace_own(const char *path, const char *database, bool is_delivery,
                                const char **own, struct dk_error *err)
{
    char *paths[] = {resolve(path), resolve_name(path)};
    char *real = database ? resolve(database) : NULL;
    bool out_of_memory = !paths[0] || !paths[1] || (database && !real);
    *own = NULL;
    for (size_t i = 0; !out_of_memory && !*own && i < DK_COUNT_OF(paths); i++) {
        *own = find_above(paths[i], is_delivery);
        if (!*own && real && is_of_database(paths[i], real))
            *own = "the database or one of its files";
    }
    free(paths[0]);
    free(paths[1]);
    free(real);
    return out_of_memory ? dk_error_nomem(err, "check", path) : DK_OK;
}
