#include "finder.h"

#include <stdlib.h>
#include <string.h>

#include "name_form.h"
#include "refuse.h"

static enum dk_status refuse_second(const struct dk_drop *drop, int file, const char *path,
                                    struct dk_error *err)
{
    return DK_REFUSE(err, path, "keep the right one, and move the other one out of the drop",
                     "two files for sensor %s: '%s' and '%s'", dk_sensors[file].name,
                     drop->files[file].path, path);
}

enum dk_status dk_finder_no_file(const char *path, const char *what, struct dk_error *err)
{
    return DK_REFUSE(err, path, "put the file itself there, or move that out of the drop",
                     "can't read '%s': it is %s", path, what);
}

enum dk_status dk_finder_two_profiles(const char *first, const char *second, struct dk_error *err)
{
    return DK_REFUSE(err, second, "keep the right one, and move the other one away",
                     "two profiles: '%s' and '%s'", first, second);
}

enum dk_status dk_finder_replaced(const char *path, const char *temporary, struct dk_error *err)
{
    enum dk_status status = dk_error_set(
        err, DK_ERR_DATA, "'%s' is being replaced: '%s' looks like its transfer", path, temporary);
    dk_error_place(err, temporary, 0, 0, 0);
    dk_error_hint(err,
                  "wait until the transfer has ended; if it was abandoned, copy '%s' from the rig "
                  "again, then move '%s' away",
                  dk_path_name(path), temporary);
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
    const struct dk_drop_file noted = *entry;
    *entry = found ? *found : (struct dk_drop_file){0};
    entry->near = noted.near;
    entry->near_path = noted.near_path;
    entry->path = strdup(path);
    entry->name = strdup(dk_drop_base_name(finder->drop, path));
    return entry->path && entry->name ? DK_OK : dk_error_nomem(err, "list", path);
}

enum dk_near dk_finder_near(const struct dk_name *name)
{
    if (name->is_anonymous)
        return DK_NEAR_ANONYMOUS;
    if (name->kind == DK_NAME_IN_TRANSFER)
        return DK_NEAR_TRANSFER;
    return name->is_second ? DK_NEAR_SECOND : DK_NEAR_OTHER;
}

enum dk_status dk_finder_note(struct dk_finder *finder, uint32_t files, enum dk_near near,
                              const char *path, struct dk_error *err)
{
    /* An archive may become the drop, if no sensor's file is beside it. */
    if (dk_name_form_of(path, strlen(path)) != DK_FORM_ARCHIVE)
        dk_observer_notice(finder->search->observer, DK_LEVEL_DEBUG, "ignored '%s'", path);
    for (int i = 0; i < DK_DROP_FILES; i++) {
        struct dk_drop_file *entry = &finder->drop->files[i];
        if (!(files & DK_NAME_FILE(i)) || entry->near >= near)
            continue;
        char *copy = strdup(path);
        if (!copy)
            return dk_error_nomem(err, "list", path);
        free(entry->near_path);
        entry->near_path = copy;
        entry->near = near;
    }
    return DK_OK;
}

uint32_t dk_finder_absent(const struct dk_finder *finder)
{
    uint32_t absent = 0;
    for (int i = 0; i < DK_DROP_FILES; i++)
        if (!dk_drop_has(finder->drop, i))
            absent |= DK_NAME_FILE(i);
    return absent;
}

enum dk_status dk_finder_settle(struct dk_finder *finder, struct dk_error *err)
{
    for (int i = 0; i < DK_DROP_FILES; i++) {
        struct dk_drop_file *file = &finder->drop->files[i];
        if (!file->name || file->near == DK_NEAR_NONE)
            continue;
        if (file->near == DK_NEAR_TRANSFER)
            return dk_finder_replaced(file->path, file->near_path, err);
        if (file->near == DK_NEAR_SECOND && i == DK_DROP_PROFILE)
            return dk_finder_two_profiles(file->path, file->near_path, err);
        if (file->near == DK_NEAR_SECOND)
            return refuse_second(finder->drop, i, file->near_path, err);
        if (file->near == DK_NEAR_OTHER)
            dk_observer_notice(finder->search->observer, DK_LEVEL_NOTICE,
                               "using '%s', ignoring '%s'", file->path, file->near_path);
        free(file->near_path);
        file->near_path = NULL;
        file->near = DK_NEAR_NONE;
    }
    return DK_OK;
}
