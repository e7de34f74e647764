#include "move.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define PATH_MAX_BYTES 1024

/* Whether the file at its place is, by inode, size and times, the one that was parsed. */
static bool is_same_file(const struct dk_ledger_file *file, const struct stat *info)
{
    return file->device == (uint64_t)info->st_dev && file->inode == (uint64_t)info->st_ino &&
           file->size_bytes == (uint64_t)info->st_size &&
           file->mtime_ns == dk_time_ns(info->st_mtim) &&
           file->ctime_ns == dk_time_ns(info->st_ctim);
}

enum dk_status dk_move_verify(const struct dk_ledger_file *file, const struct stat *info,
                              struct dk_error *err)
{
    return is_same_file(file, info) ? DK_OK : dk_move_verify_bytes(file, err);
}

enum dk_status dk_move_verify_bytes(const struct dk_ledger_file *file, struct dk_error *err)
{
    char hex[DK_HASH_HEX_MAX];
    enum dk_status status = dk_hash_file(file->path, hex, NULL, err);
    if (status != DK_OK)
        return status;
    if (strcmp(hex, file->hash) == 0)
        return DK_OK;
    dk_error_set(err, DK_ERR_REFUSED, "'%s' changed since it was loaded, so it stays where it is",
                 file->path);
    dk_error_hint(err, "it is another drop now; 'derrick run' checks and loads it");
    return DK_ERR_REFUSED;
}

int dk_move_rename(const char *from, const char *to)
{
    struct stat info;
    if (lstat(from, &info) == 0 && S_ISLNK(info.st_mode)) {
        errno = EXDEV; /* what it names lies elsewhere, on this file system or not */
        return -1;
    }
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    /* A file system without the flag: a link fails where the name is taken. It must be sure before
     * the old name goes: two folders reach the disk in any order. */
    if (link(from, to) == 0)
        return dk_folder_sync_of(to, NULL) == DK_OK ? unlink(from) : -1;
    if (errno == EPERM || errno == ENOTSUP)
        return access(to, F_OK) == 0 ? (errno = EEXIST, -1) : rename(from, to);
    return -1;
}

enum dk_status dk_move_sync_left(const char *path, struct dk_error *err)
{
    char folder[PATH_MAX_BYTES];
    snprintf(folder, sizeof(folder), "%.*s.", (int)(dk_path_name(path) - path), path);
    return dk_path_exists(folder) ? dk_folder_sync(folder, err) : DK_OK;
}
