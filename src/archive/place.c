#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* Whether the folder that is open as `fd` is the one at the absolute path `real`. The kernel knows;
 * without /proc the path is resolved once more. */
static bool is_at(int fd, const char *folder, const char *real)
{
    char link[32];
    char path[PATH_MAX];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof(path));
    if (size > 0)
        return (size_t)size == strlen(real) && memcmp(path, real, (size_t)size) == 0;
    char *now = realpath(folder, NULL);
    bool same = now && strcmp(now, real) == 0;
    free(now);
    return same;
}

static enum dk_status open_folder(struct dk_place *place, const char *folder,
                                  const struct dk_origins *origins, struct dk_error *err)
{
    const char *real = origins ? dk_origins_find(origins, folder) : NULL;
    place->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place->folder < 0 && errno != ENOENT && errno != ENOTDIR)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open", folder);
    if (place->folder < 0 || !real || is_at(place->folder, folder, real))
        return DK_OK;
    dk_place_close(place);
    dk_error_set(err, DK_ERR_REFUSED, "the folder '%s' was replaced after its files were read",
                 folder);
    return DK_ERR_REFUSED;
}

enum dk_status dk_place_open(struct dk_place *place, const char *path,
                             const struct dk_origins *origins, struct dk_error *err)
{
    *place = (struct dk_place){.path = path, .name = dk_path_name(path), .folder = DK_PLACE_GONE};
    char *folder = dk_path_folder(path);
    if (!folder)
        return dk_error_nomem(err, "open the folder of", path);
    enum dk_status status = open_folder(place, folder, origins, err);
    free(folder);
    return status;
}

void dk_place_close(struct dk_place *place)
{
    if (place->folder >= 0)
        close(place->folder);
    place->folder = DK_PLACE_GONE;
}

bool dk_place_stat(const struct dk_place *place, struct stat *info)
{
    return place->folder != DK_PLACE_GONE && fstatat(place->folder, place->name, info, 0) == 0;
}

enum dk_status dk_place_remove(const struct dk_place *place, struct dk_error *err)
{
    if (unlinkat(place->folder, place->name, 0) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't remove the archived", place->path);
    return dk_folder_sync_of(place->path, err);
}

int dk_place_rename(const struct dk_place *place, const char *to)
{
    struct stat info;
    if (fstatat(place->folder, place->name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISLNK(info.st_mode)) {
        errno = EXDEV;
        return -1;
    }
    if (renameat2(place->folder, place->name, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    /* A file system without the flag: a link fails where the name is taken. It must be sure before
     * the old name goes: two folders reach the disk in any order. */
    if (linkat(place->folder, place->name, AT_FDCWD, to, 0) == 0)
        return dk_folder_sync_of(to, NULL) == DK_OK ? unlinkat(place->folder, place->name, 0) : -1;
    if (errno == EPERM || errno == ENOTSUP)
        return access(to, F_OK) == 0 ? (errno = EEXIST, -1)
                                     : renameat(place->folder, place->name, AT_FDCWD, to);
    return -1;
}
