/*
 * Where the folders of a drop really were when it was read.
 *
 * Somebody may replace `logs/`, or a folder in it, by a link while a run is at work. What the link
 * leads to was not delivered: the archive step compares, and leaves it alone.
 */
#ifndef DK_ARCHIVE_ORIGINS_H
#define DK_ARCHIVE_ORIGINS_H

#include <stddef.h>

#include "base/status.h"
#include "rig/drop.h"

struct dk_origin {
    char *folder; /* owned; as in the paths of the drop's files: "logs" */
    char *real;   /* owned; absolute, without links */
};

/* Zeroed at first. */
struct dk_origins {
    struct dk_origin *items; /* owned */
    size_t count;
};

/* Notes the folders of all files of a drop that was found, before it is read. DK_ERR_NOMEM;
 * DK_ERR_IO: a folder is gone. */
enum dk_status dk_origins_note(struct dk_origins *origins, const struct dk_drop *drop,
                               struct dk_error *err) DK_CHECK;
/* Where `folder` was, borrowed; NULL: no drop was read from it. */
const char *dk_origins_find(const struct dk_origins *origins, const char *folder);
/* Legal on a zeroed struct. */
void dk_origins_reset(struct dk_origins *origins);

#endif
