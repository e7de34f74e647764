#include "disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "pipeline/workspace.h"

#define RESERVE_BYTES 64000000u
#define INODES_MIN 1000u

/* Bytes of the files in a folder. */
static uint64_t folder_bytes(const char *folder)
{
    uint64_t bytes = 0;
    DIR *list = opendir(folder);
    if (!list)
        return 0;
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
        struct stat info;
        if (fstatat(dirfd(list), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(info.st_mode))
            bytes += (uint64_t)info.st_size;
    }
    closedir(list);
    return bytes;
}

/* A run writes each export beside the old one, and puts into the database about a tenth of the
 * bytes that it reads. Archiving moves files, and needs no room. */
enum dk_status dk_disk_find(struct dk_disk *disk, struct dk_error *err)
{
    struct statvfs info;
    *disk = (struct dk_disk){0};
    if (statvfs(".", &info) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't tell how much room is left", NULL);
    disk->free_bytes = (uint64_t)info.f_bavail * info.f_frsize;
    disk->needed_bytes =
        RESERVE_BYTES + 2 * folder_bytes(DK_WORKSPACE_S3) + folder_bytes(DK_WORKSPACE_LOGS) / 10;
    disk->no_more_files = info.f_files > 0 && info.f_favail < INODES_MIN;
    return DK_OK;
}

bool dk_disk_is_full(const struct dk_disk *disk)
{
    return disk->no_more_files || disk->free_bytes < disk->needed_bytes;
}
