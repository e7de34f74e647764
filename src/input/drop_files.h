/*
 * What the module asks about a drop. Private to src/input/.
 */
#ifndef DK_INPUT_DROP_FILES_H
#define DK_INPUT_DROP_FILES_H

#include <stdbool.h>

#include "source.h"

/* Whether the drop has file `file` (a sensor index or DK_DROP_PROFILE). */
static inline bool dk_drop_has(const struct dk_drop *drop, int file)
{
    return drop->files[file].name != NULL;
}

/* Whether that file is surely absent: no name in the drop may mean it. */
static inline bool dk_drop_lacks(const struct dk_drop *drop, int file)
{
    return !dk_drop_has(drop, file) && drop->files[file].near == DK_NEAR_NONE;
}

/* Whether that file is a member of the drop's archive (a profile may be beside it on disk). */
static inline bool dk_drop_is_member(const struct dk_drop *drop, int file)
{
    return drop->is_archive && dk_drop_has(drop, file) && drop->files[file].inode == 0;
}

/* Holds the archive's file open while it is listed or read, and notes its identity in
 * drop->archive. For a folder *source stays closed. */
enum dk_status dk_drop_hold(struct dk_drop *drop, struct dk_source *source, struct dk_error *err)
    DK_CHECK;
/* Lets go of it, and returns `status`, unless somebody was writing the archive meanwhile: that is
 * DK_ERR_DATA by itself, and explains damage better than the damage does. */
enum dk_status dk_drop_release(struct dk_drop *drop, struct dk_source *source,
                               enum dk_status status, struct dk_error *err) DK_CHECK;

/* The base name of a path in dk_drop_file: "PS1.txt" of "drop.zip:data/PS1.txt". */
const char *dk_drop_base_name(const struct dk_drop *drop, const char *path);

/* The index of the drop's file that the archive's member `path` is; -1: none of them. */
int dk_drop_member_find(const struct dk_drop *drop, const char *path);

#endif
