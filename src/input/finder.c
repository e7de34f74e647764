#include "input/finder.h"

#include <stdlib.h>
#include <string.h>

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
