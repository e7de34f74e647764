/*
 * How a drop is found. Private to src/input/.
 *
 * A finder goes through the names in a folder or an archive, and takes those that are the drop's.
 * Two files for one sensor are an error, and so are two profiles side by side. What may be a file
 * of the drop under another name is noted: such a file is not absent.
 */
#ifndef DK_INPUT_FINDER_H
#define DK_INPUT_FINDER_H

#include "drop_files.h"
#include "input/name.h"

/* One search. Both are borrowed. */
struct dk_finder {
    struct dk_drop *drop; /* gets what is found */
    const struct dk_drop_search *search;
};

#define DK_FINDER_PROFILE DK_NAME_FILE(DK_DROP_PROFILE)
#define DK_FINDER_SENSORS (DK_FINDER_PROFILE - 1)

/* Takes the file at `path` as file `file` of the drop, with the identity and size of *found (NULL:
 * none). DK_ERR_DATA, with both named, if the drop has that file already. */
enum dk_status dk_finder_take(struct dk_finder *finder, int file, const char *path,
                              const struct dk_drop_file *found, struct dk_error *err) DK_CHECK;

/* What a name that is not taken means for the files that it names. */
enum dk_near dk_finder_near(const struct dk_name *name);

/* Leaves out the file at `path`, with a debug notice; for each of `files` (bits) it is kept as
 * near, if it explains more than what is kept already. */
enum dk_status dk_finder_note(struct dk_finder *finder, uint32_t files, enum dk_near near,
                              const char *path, struct dk_error *err) DK_CHECK;

/* The files that the drop does not have yet, as bits. */
uint32_t dk_finder_absent(const struct dk_finder *finder);

/* Decides what is noted about files that the drop has: DK_ERR_DATA if the file is being replaced,
 * or if there is a second one; else a notice. */
enum dk_status dk_finder_settle(struct dk_finder *finder, struct dk_error *err) DK_CHECK;

/* DK_ERR_DATA: what has the name of a file of the drop at `path` can't be read; `what` it is. */
enum dk_status dk_finder_no_file(const char *path, const char *what, struct dk_error *err);

/* Sets the error for two profiles of which either may be meant. Returns DK_ERR_DATA. */
enum dk_status dk_finder_two_profiles(const char *first, const char *second, struct dk_error *err);

/* Sets the error for a file that is being replaced. Returns DK_ERR_DATA. */
enum dk_status dk_finder_replaced(const char *path, const char *temporary, struct dk_error *err);

/* Whether derrick reads the files in a folder of that name, directly below a drop's folder. */
bool dk_finder_reads_folder(const char *base, const struct dk_name *name);

/* Finds sensors and profile in the folder drop->path. */
enum dk_status dk_finder_folder(struct dk_finder *finder, struct dk_error *err) DK_CHECK;
/* Finds sensors and profile in the archive drop->path. */
enum dk_status dk_finder_archive(struct dk_finder *finder, struct dk_error *err) DK_CHECK;
/* Finds the profile of an archive that contains none: beside it, in the delivery folder, else in
 * the folder for profiles. Notes what may be a file that the archive lacks. */
enum dk_status dk_finder_beside(struct dk_finder *finder, struct dk_error *err) DK_CHECK;

#endif
