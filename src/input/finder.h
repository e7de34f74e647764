/*
 * How a drop is found. Private to src/input/.
 *
 * A finder goes through the names in a folder or an archive and takes those that are the drop's.
 * Two files for one sensor are an error, and so are two profiles side by side.
 */
#ifndef DK_INPUT_FINDER_H
#define DK_INPUT_FINDER_H

#include "input/drop.h"
#include "input/name.h"

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
