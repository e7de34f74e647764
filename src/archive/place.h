/*
 * A file in its folder, which is opened once: what is done with the file is done there, whatever
 * the folder's path leads to meanwhile. Private to src/archive/.
 */
#ifndef DK_ARCHIVE_PLACE_H
#define DK_ARCHIVE_PLACE_H

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "archive/origins.h"

#define DK_PLACE_GONE (-1)

struct dk_place {
    const char *path; /* of the file, for messages. Borrowed */
    const char *name; /* of the file in the folder. Borrowed */
    int folder;       /* open; DK_PLACE_GONE, or AT_FDCWD */
};

/* Opens the folder of the file at `path`. DK_ERR_REFUSED: since a drop was read from it, the
 * folder's path has come to lead elsewhere. `origins` may be NULL. After DK_OK the caller
 * closes. */
enum dk_status dk_place_open(struct dk_place *place, const char *path,
                             const struct dk_origins *origins, struct dk_error *err) DK_CHECK;
void dk_place_close(struct dk_place *place);
/* A file by its path alone, where nobody else moves folders. Nothing to close. */
static inline struct dk_place dk_place_of(const char *path)
{
    return (struct dk_place){.path = path, .name = path, .folder = AT_FDCWD};
}

/* stat(2), through links; false: there is no such file. */
bool dk_place_stat(const struct dk_place *place, struct stat *info);
/* Removes the file, and syncs its folder. */
enum dk_status dk_place_remove(const struct dk_place *place, struct dk_error *err) DK_CHECK;
/* rename(2), but never over another file: returns 0, or -1 with errno, EEXIST if the name is taken,
 * EXDEV also where the file is a link: derrick copies what it leads to. */
int dk_place_rename(const struct dk_place *place, const char *to);

#endif
