/* dk_drop_find: what is at a path, and the finder for it. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "finder.h"
#include "refuse.h"

/* Refuses an archive beside which a tool writes the next state of it. */
static enum dk_status check_replaced(const struct dk_finder *finder, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    const char *path = finder->drop->path;
    char *folder = dk_path_folder(path);
    if (!folder)
        return dk_error_nomem(err, "list", path);
    DIR *list = opendir(folder);
    for (struct dirent *entry = list ? readdir(list) : NULL; entry && status == DK_OK;
         entry = readdir(list)) {
        if (!dk_name_is_transfer_of(entry->d_name, dk_path_name(path)) ||
            dk_name_read(entry->d_name, finder->search->ignore).kind == DK_NAME_NEVER)
            continue;
        char *temporary = dk_path_join(folder, entry->d_name);
        status = temporary ? dk_finder_replaced(path, temporary, err)
                           : dk_error_nomem(err, "list", path);
        free(temporary);
    }
    if (list)
        closedir(list);
    free(folder);
    return status;
}

static enum dk_status open_archive(struct dk_finder *finder, struct dk_error *err)
{
    struct dk_drop *drop = finder->drop;
    drop->is_archive = true;
    drop->archive.path = strdup(drop->path);
    drop->archive.name = strdup(dk_path_name(drop->path));
    if (!drop->archive.path || !drop->archive.name)
        return dk_error_nomem(err, "list", drop->path);
    struct dk_source source;
    DK_RETURN_IF_ERROR(check_replaced(finder, err));
    DK_RETURN_IF_ERROR(dk_drop_hold(drop, &source, err));
    DK_RETURN_IF_ERROR(dk_drop_release(drop, &source, dk_finder_archive(finder, err), err));
    return dk_finder_beside(finder, err);
}

static enum dk_status open_path(struct dk_finder *finder, struct dk_error *err)
{
    const char *path = finder->drop->path;
    struct stat info;
    if (stat(path, &info) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open the drop", path);
    if (S_ISDIR(info.st_mode))
        return dk_finder_folder(finder, err);
    if (!S_ISREG(info.st_mode))
        return DK_REFUSE(err, path, "name a folder, a zip or a tar",
                         "'%s' is neither a folder nor a file", path);
    if (dk_name_read(dk_path_name(path), NULL).kind == DK_NAME_RECOGNISED)
        return DK_REFUSE(err, path, "name the folder that contains it",
                         "'%s' is one file of a drop, not a drop", path);
    return open_archive(finder, err);
}

enum dk_status dk_drop_find(struct dk_drop *out, const struct dk_drop_search *search,
                            struct dk_error *err)
{
    struct dk_finder finder = {.drop = out, .search = search};
    *out = (struct dk_drop){0};
    out->path = strdup(search->path);
    enum dk_status status =
        out->path ? open_path(&finder, err) : dk_error_nomem(err, "list", search->path);
    if (status == DK_OK)
        status = dk_finder_settle(&finder, err);
    if (status != DK_OK)
        dk_drop_reset(out);
    return status;
}

enum dk_status dk_drop_open(struct dk_drop *out, const char *path, const char *profile_folder,
                            const struct dk_observer *observer, struct dk_error *err)
{
    const struct dk_drop_search search = {
        .path = path, .profile_folder = profile_folder, .observer = observer};
    return dk_drop_find(out, &search, err);
}
