/*
 * How a drop is found, and what the rest of the module asks about one. Private to src/input/.
 *
 * A finder goes through the names in a folder or an archive and takes those that are the drop's.
 * Two files for one sensor are an error, and so are two profiles side by side.
 */
#ifndef DK_INPUT_DROP_H
#define DK_INPUT_DROP_H

#include <stdbool.h>

#include "input/input.h"
#include "input/name.h"
#include "input/source.h"

/* Whether the drop has file `file` (a sensor index or DK_DROP_PROFILE). */
static inline bool dk_drop_brings(const struct dk_drop *drop, int file)
{
    return drop->files[file].name != NULL;
}

/* Whether that file is absent, and something looks like its transfer, which has not ended. */
bool dk_drop_is_on_its_way(const struct dk_drop *drop, int file);

/* Whether that file is a member of the drop's archive (a profile may lie beside it on disk). */
static inline bool dk_drop_is_member(const struct dk_drop *drop, int file)
{
    return drop->is_archive && dk_drop_brings(drop, file) && drop->files[file].inode == 0;
}

/* Holds the archive's file open while it is looked at or read, and notes its identity in
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

/* One search. All pointers are borrowed. */
struct dk_finder {
    struct dk_drop *drop;       /* gets what is found */
    const char *profile_folder; /* looked in where the drop brings no profile; NULL: none */
    const struct dk_observer *observer;
};

/* Takes the file at `path` as file `file` of the drop, with the identity and size of *found (NULL:
 * none). DK_ERR_DATA, with both named, if the drop has that file already. */
enum dk_status dk_finder_take(struct dk_finder *finder, int file, const char *path,
                              const struct dk_drop_file *found, struct dk_error *err) DK_CHECK;

/* Passes over a name, with a word for --verbose; one that comes close is kept for a hint. */
enum dk_status dk_finder_pass(struct dk_finder *finder, const struct dk_name *name,
                              const char *path, struct dk_error *err) DK_CHECK;

/* DK_ERR_DATA: what lies at `path` under the name of a file of the drop is none; `what` it is. */
enum dk_status dk_finder_no_file(const char *path, const char *what, struct dk_error *err);

/* Sets the error for two profiles of which either may be meant. Returns DK_ERR_DATA. */
enum dk_status dk_finder_two_profiles(const char *first, const char *second, struct dk_error *err);

/* Finds sensors and profile in the folder drop->path. */
enum dk_status dk_finder_folder(struct dk_finder *finder, struct dk_error *err) DK_CHECK;
/* Finds the profile in `folder`, if the drop has none yet. The folder need not exist. */
enum dk_status dk_finder_profile(struct dk_finder *finder, const char *folder, struct dk_error *err)
    DK_CHECK;
/* Finds sensors and profile in the archive drop->path. */
enum dk_status dk_finder_archive(struct dk_finder *finder, struct dk_error *err) DK_CHECK;

#endif
