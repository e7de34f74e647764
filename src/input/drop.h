/*
 * Inside of input: how a drop is found, and questions about one that was.
 *
 * A finder goes through the names that a folder or an archive holds and takes the drop's files. Two
 * files for one sensor are an error; so are two profiles side by side.
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

/* While an archive is looked at or read, it is held open as a source (and *source is closed where
 * the drop is a folder). Gets the identity of the archive's file. */
enum dk_status dk_drop_hold(struct dk_drop *drop, struct dk_source *source, struct dk_error *err)
    DK_CHECK;
/* Lets go of it. Somebody who writes it is the better reason for a failure that the data seemed to
 * have, and a failure by itself: DK_ERR_DATA; else `status` as it is. */
enum dk_status dk_drop_release(struct dk_drop *drop, struct dk_source *source,
                               enum dk_status status, struct dk_error *err) DK_CHECK;

/* The base name of a path as the drop shows it: of "drop.zip:data/PS1.txt", "PS1.txt". */
const char *dk_drop_base_name(const struct dk_drop *drop, const char *path);

/* The file that the member at `path` of the drop's archive is; -1: none of them. */
int dk_drop_member_find(const struct dk_drop *drop, const char *path);

struct dk_finder {
    struct dk_drop *drop;
    const char *profile_folder; /* NULL: none */
    const struct dk_observer *observer;
};

/* Takes the file at `path` as file `file` of the drop; *found (identity and size; may be NULL) is
 * copied. DK_ERR_DATA if the drop has one already, both named. */
enum dk_status dk_finder_take(struct dk_finder *finder, int file, const char *path,
                              const struct dk_drop_file *found, struct dk_error *err) DK_CHECK;

/* Tells of a name that is passed over; one that comes close is remembered for the hint. */
enum dk_status dk_finder_pass(struct dk_finder *finder, const struct dk_name *name,
                              const char *path, struct dk_error *err) DK_CHECK;

/* DK_ERR_DATA: what lies at `path` under the name of a file of the drop is none; `what` it is. */
enum dk_status dk_finder_no_file(const char *path, const char *what, struct dk_error *err);

/* DK_ERR_DATA: two profiles, and no telling which is meant. */
enum dk_status dk_finder_two_profiles(const char *first, const char *second, struct dk_error *err);

/* Finds sensors and profile in the folder drop->path. */
enum dk_status dk_finder_folder(struct dk_finder *finder, struct dk_error *err) DK_CHECK;
/* Finds the profile in `folder`, if the drop has none yet. No such folder is no error. */
enum dk_status dk_finder_profile(struct dk_finder *finder, const char *folder, struct dk_error *err)
    DK_CHECK;
/* Finds sensors and profile in the archive drop->path. */
enum dk_status dk_finder_archive(struct dk_finder *finder, struct dk_error *err) DK_CHECK;

#endif
