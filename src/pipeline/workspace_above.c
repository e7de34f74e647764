/*
 * The workspace above the current folder, found as Git finds a repository: the nearest folder with
 * a derrick.ini, upwards, within one file system.
 *
 * A derrick.ini decides where data and passwords go, and in a folder that several people can write
 * to (/tmp, a share) somebody may have put one above the user's own folder. As with Git's
 * safe.directory, one that is found so must belong to this user or to root. Whoever enters the
 * workspace itself, or names it, has chosen it: nothing is checked then.
 */
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "pipeline/workspace.h"

/* Whether a folder has a derrick.ini; *owner: the user, other than this one and root, whom the file
 * or its folder belongs to, or 0. */
static bool is_workspace(const char *folder, const struct stat *info, uid_t *owner)
{
    struct stat file;
    char *config = dk_path_join(folder, DK_WORKSPACE_CONFIG);
    bool is = config && stat(config, &file) == 0 && S_ISREG(file.st_mode);
    free(config);
    *owner = 0;
    if (is && info->st_uid != geteuid())
        *owner = info->st_uid;
    if (is && *owner == 0 && file.st_uid != geteuid())
        *owner = file.st_uid;
    return is;
}

static enum dk_status refuse_owner(const char *folder, uid_t owner, struct dk_error *err)
{
    const struct passwd *user = getpwuid(owner);
    char name[64];
    if (user)
        dk_text_format(name, sizeof(name), "%s", user->pw_name);
    else
        snprintf(name, sizeof(name), "%lu", (unsigned long)owner);
    dk_error_set(
        err, DK_ERR_CONFIG,
        "the workspace above, '%s', belongs to another user, '%s': its " DK_WORKSPACE_CONFIG
        " is not used",
        folder, name);
    dk_error_hint(err, "if you trust it, name it with -C %s", folder);
    return DK_ERR_CONFIG;
}

enum dk_status dk_workspace_find_above(const char *folder, char **above, struct dk_error *err)
{
    struct stat start;
    struct stat info;
    uid_t owner = 0;
    *above = NULL;
    if (stat(folder, &start) != 0)
        return DK_OK;
    char *at = strdup(folder);
    if (!at)
        return dk_error_nomem(err, "look above", folder);
    while (strcmp(at, "/") != 0) {
        char *parent = dk_path_folder(at);
        free(at);
        at = parent;
        if (!at)
            return dk_error_nomem(err, "look above", folder);
        if (stat(at, &info) != 0 || info.st_dev != start.st_dev)
            break;
        if (!is_workspace(at, &info, &owner))
            continue;
        if (owner == 0) {
            *above = at;
            return DK_OK;
        }
        enum dk_status status = refuse_owner(at, owner, err);
        free(at);
        return status;
    }
    free(at);
    return DK_OK;
}
