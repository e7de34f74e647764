#include "input/drop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "input/source.h"

/* --- the drop ------------------------------------------------------------------------------- */

static void file_reset(struct dk_drop_file *file)
{
    free(file->name);
    free(file->path);
    free(file->lookalike);
    *file = (struct dk_drop_file){0};
}

void dk_drop_reset(struct dk_drop *drop)
{
    for (int i = 0; i < DK_DROP_FILES; i++)
        file_reset(&drop->files[i]);
    file_reset(&drop->archive);
    free(drop->path);
    *drop = (struct dk_drop){0};
}

size_t dk_drop_sensor_count(const struct dk_drop *drop)
{
    size_t count = 0;
    for (int i = 0; i < DK_SENSORS; i++)
        count += dk_drop_brings(drop, i);
    return count;
}

const char *dk_drop_base_name(const struct dk_drop *drop, const char *path)
{
    size_t size = drop->is_archive ? strlen(drop->path) : 0;
    if (size > 0 && strncmp(path, drop->path, size) == 0 && path[size] == ':')
        path += size + 1;
    return dk_path_name(path);
}

bool dk_drop_is_on_its_way(const struct dk_drop *drop, int file)
{
    const char *lookalike = drop->files[file].lookalike;
    return !dk_drop_brings(drop, file) && lookalike &&
           dk_name_read(dk_drop_base_name(drop, lookalike)).kind == DK_NAME_UNFINISHED;
}

/* --- taking and passing over ---------------------------------------------------------------- */

static enum dk_status refuse_second(const struct dk_drop *drop, int file, const char *path,
                                    struct dk_error *err)
{
    enum dk_status status = dk_error_set(err, DK_ERR_DATA, "two files for sensor %s: '%s' and '%s'",
                                         dk_sensors[file].name, drop->files[file].path, path);
    dk_error_place(err, path, 0, 0, 0);
    dk_error_hint(err, "leave the one that is meant in the drop, and take the other away");
    return status;
}

enum dk_status dk_finder_no_file(const char *path, const char *what, struct dk_error *err)
{
    enum dk_status status = dk_error_set(err, DK_ERR_DATA, "can't read '%s': it is %s", path, what);
    dk_error_place(err, path, 0, 0, 0);
    dk_error_hint(err, "put the file itself there, or take that away");
    return status;
}

enum dk_status dk_finder_two_profiles(const char *first, const char *second, struct dk_error *err)
{
    enum dk_status status =
        dk_error_set(err, DK_ERR_DATA, "two profiles: '%s' and '%s'", first, second);
    dk_error_place(err, second, 0, 0, 0);
    dk_error_hint(err, "leave the one that is meant there, and take the other away");
    return status;
}

enum dk_status dk_finder_take(struct dk_finder *finder, int file, const char *path,
                              const struct dk_drop_file *found, struct dk_error *err)
{
    struct dk_drop_file *entry = &finder->drop->files[file];
    if (entry->name && file == DK_DROP_PROFILE)
        return dk_finder_two_profiles(entry->path, path, err);
    if (entry->name)
        return refuse_second(finder->drop, file, path, err);
    char *lookalike = entry->lookalike;
    *entry = found ? *found : (struct dk_drop_file){0};
    entry->lookalike = lookalike;
    entry->path = strdup(path);
    entry->name = strdup(dk_drop_base_name(finder->drop, path));
    return entry->path && entry->name ? DK_OK : dk_error_nomem(err, "look at", path);
}

enum dk_status dk_finder_pass(struct dk_finder *finder, const struct dk_name *name,
                              const char *path, struct dk_error *err)
{
    dk_observer_notice(finder->observer, DK_LEVEL_DEBUG, "passed over '%s'", path);
    if (name->file < 0)
        return DK_OK;
    /* A transfer that has not ended explains more than a name that is only similar. */
    char **kept = &finder->drop->files[name->file].lookalike;
    if (*kept && (name->kind != DK_NAME_UNFINISHED ||
                  dk_name_read(dk_drop_base_name(finder->drop, *kept)).kind == DK_NAME_UNFINISHED))
        return DK_OK;
    free(*kept);
    *kept = strdup(path);
    return *kept ? DK_OK : dk_error_nomem(err, "look at", path);
}

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

/* --- the archive's file --------------------------------------------------------------------- */

enum dk_status dk_drop_hold(struct dk_drop *drop, struct dk_source *source, struct dk_error *err)
{
    *source = (struct dk_source){.fd = -1};
    if (!drop->is_archive)
        return DK_OK;
    return dk_source_open(source, drop->path, &drop->archive, err);
}

enum dk_status dk_drop_release(struct dk_drop *drop, struct dk_source *source,
                               enum dk_status status, struct dk_error *err)
{
    bool written = (status == DK_OK || status == DK_ERR_DATA) &&
                   dk_source_is_being_written(source, &drop->archive);
    dk_source_close(source);
    if (!written)
        return status;
    status = dk_error_set(err, DK_ERR_DATA, "'%s' is still being written", drop->path);
    dk_error_place(err, drop->path, 0, 0, 0);
    dk_error_hint(err, "wait until its transfer has ended, and run again");
    return status;
}

/* --- opening -------------------------------------------------------------------------------- */

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
