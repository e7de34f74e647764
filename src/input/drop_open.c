/* dk_drop_open: what lies at a path, and which finder goes there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "input/finder.h"

/* What comes close to a file that is there needs no hint, but a word. */
static void drop_lookalikes(struct dk_finder *finder)
{
    for (int i = 0; i < DK_DROP_FILES; i++) {
        struct dk_drop_file *file = &finder->drop->files[i];
        if (!file->name || !file->lookalike)
            continue;
        dk_observer_notice(finder->observer, DK_LEVEL_NOTICE, "'%s' is taken, '%s' passed over",
                           file->path, file->lookalike);
        free(file->lookalike);
        file->lookalike = NULL;
    }
}

static enum dk_status open_archive(struct dk_finder *finder, struct dk_error *err)
{
    struct dk_drop *drop = finder->drop;
    drop->is_archive = true;
    drop->archive.path = strdup(drop->path);
    drop->archive.name = strdup(dk_path_name(drop->path));
    if (!drop->archive.path || !drop->archive.name)
        return dk_error_nomem(err, "look at", drop->path);
    struct dk_source source;
    enum dk_status status = dk_drop_hold(drop, &source, err);
    if (status == DK_OK)
        status = dk_drop_release(drop, &source, dk_finder_archive(finder, err), err);
    if (status == DK_OK && finder->profile_folder)
        status = dk_finder_profile(finder, finder->profile_folder, err);
    return status;
}

static enum dk_status refuse_kind(const char *path, const char *what, const char *hint,
                                  struct dk_error *err)
{
    enum dk_status status = dk_error_set(err, DK_ERR_DATA, "'%s' is %s", path, what);
    dk_error_place(err, path, 0, 0, 0);
    dk_error_hint(err, "%s", hint);
    return status;
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
        return refuse_kind(path, "no folder and no file", "name a folder, a zip or a tar", err);
    if (dk_name_read(dk_path_name(path)).kind == DK_NAME_TAKEN)
        return refuse_kind(path, "one file of a drop, not a drop", "name the folder it lies in",
                           err);
    return open_archive(finder, err);
}

enum dk_status dk_drop_open(struct dk_drop *out, const char *path, const char *profile_folder,
                            const struct dk_observer *observer, struct dk_error *err)
{
    struct dk_finder finder = {.drop = out, .profile_folder = profile_folder, .observer = observer};
    *out = (struct dk_drop){0};
    out->path = strdup(path);
    enum dk_status status =
        out->path ? open_path(&finder, err) : dk_error_nomem(err, "look at", path);
    if (status == DK_OK)
        drop_lookalikes(&finder);
    else
        dk_drop_reset(out);
    return status;
}
