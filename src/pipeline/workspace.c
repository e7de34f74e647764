#include "pipeline/workspace.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lock.h"
#include "base/temporary.h"

static const char *const folders[] = {
    DK_WORKSPACE_LOGS, DK_WORKSPACE_PROFILE, DK_WORKSPACE_CSV,
    DK_WORKSPACE_S3,   DK_WORKSPACE_ARCHIVE, DK_WORKSPACE_QUARANTINE,
};
#define FOLDER_COUNT DK_COUNT_OF(folders)

void dk_workspace_init(struct dk_workspace *workspace)
{
    *workspace = (struct dk_workspace){.lock_fd = -1};
}

enum dk_status dk_workspace_make(unsigned *made, struct dk_error *err)
{
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        bool there = dk_path_exists(folders[i]);
        DK_RETURN_IF_ERROR(dk_folder_make(folders[i], err));
        if (!there && made)
            (*made)++;
    }
    return DK_OK;
}

const char *dk_workspace_missing(const char *config_path)
{
    if (!dk_path_exists(DK_WORKSPACE_LOGS))
        return DK_WORKSPACE_LOGS;
    return dk_path_exists(config_path) ? NULL : DK_WORKSPACE_CONFIG;
}

/* Commands that only read hold no lock, and may be writing their CSV just now. The time of a
 * share's file is the server's: a clock that is a little off does not matter here. */
static bool is_left_behind(int folder, const char *name)
{
    struct stat info;
    return name[0] == '.' && fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(info.st_mode) &&
           dk_temporary_is_left_behind(name, (long long)(time(NULL) - info.st_mtime));
}

static void clear_temporaries(const char *folder)
{
    DIR *list = opendir(folder);
    if (!list)
        return;
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list))
        if (is_left_behind(dirfd(list), entry->d_name))
            (void)unlinkat(dirfd(list), entry->d_name, 0);
    closedir(list);
}

/* The archive has a folder for each run, logs/ and profile/ one for each delivery or site, and
 * aws_s3/ has "cohort=07/" or "parquet/rig_name=texas-1/cohort=07/": temporaries may be this many
 * levels down. A link may lead outside the workspace. */
static void clear_below(const char *folder, int levels)
{
    DIR *list = levels > 0 ? opendir(folder) : NULL;
    if (!list)
        return;
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
        if (entry->d_name[0] == '.')
            continue;
        char path[512];
        struct stat info;
        int size = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (size < 0 || (size_t)size >= sizeof(path) || lstat(path, &info) != 0 ||
            !S_ISDIR(info.st_mode))
            continue;
        clear_temporaries(path);
        clear_below(path, levels - 1);
    }
    closedir(list);
}

enum dk_status dk_workspace_lock(struct dk_workspace *workspace, struct dk_error *err)
{
    char holder[DK_LOCK_HOLDER_MAX];
    enum dk_status status = dk_lock_take(DK_WORKSPACE_LOCK, &workspace->lock_fd, holder, err);
    if (status == DK_ERR_BUSY) {
        dk_error_set(err, status, "another run is using this workspace%s%s", holder[0] ? ": " : "",
                     holder);
        dk_error_hint(err, "wait until it ends; the lock ends with its process");
        return status;
    }
    if (status != DK_OK)
        return status;
    clear_temporaries("."); /* of report.html */
    for (size_t i = 0; i < FOLDER_COUNT; i++)
        clear_temporaries(folders[i]);
    clear_below(DK_WORKSPACE_LOGS, 1);
    clear_below(DK_WORKSPACE_PROFILE, 1);
    clear_below(DK_WORKSPACE_ARCHIVE, 1);
    clear_below(DK_WORKSPACE_S3, 3);
    return DK_OK;
}

void dk_workspace_unlock(struct dk_workspace *workspace)
{
    dk_lock_release(&workspace->lock_fd);
}
