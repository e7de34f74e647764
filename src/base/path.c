#include "base/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *dk_path_join(const char *folder, const char *name)
{
    char *text = NULL;
    size_t size = strlen(folder);
    if (size == 0 || name[0] == '/' || strcmp(folder, ".") == 0)
        return strdup(name);
    if (asprintf(&text, "%s%s%s", folder, folder[size - 1] == '/' ? "" : "/", name) < 0)
        return NULL;
    return text;
}

const char *dk_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *dk_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

bool dk_path_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

bool dk_path_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool dk_path_is_same(const char *left, const char *right)
{
    struct stat one;
    struct stat other;
    return stat(left, &one) == 0 && stat(right, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}
