/*
 * The profile's way: one that came with the logs goes to profile/, where it serves the drops to come,
 * once its archived copy is sure. A profile that lay there before goes into the archive's folder as
 * "earlier-<name>". Of a drop that is there a second time it only leaves, since it need not be the
 * newest. Each step is one that a run which was cut off finds done. Private to src/archive/.
 */
#ifndef DK_ARCHIVE_PROFILE_H
#define DK_ARCHIVE_PROFILE_H

#include <stdbool.h>

#include "archive/manifest.h"
#include "base/observer.h"
#include "store/ledger.h"

struct dk_profile_move {
    const struct dk_ledger_file *file; /* the profile, which is stored already */
    bool duplicate;                    /* its drop was there before */
    const char *archive_folder;        /* of the drop: "archive/2023-06-01-run7" */
    const char *profile_folder;        /* "profile" */
    const struct dk_observer *observer;
};

/* Does nothing for a profile that lies in profile_folder, or that is gone. One that is not what was
 * parsed any more stays where it is, and is told. */
enum dk_status dk_profile_move(const struct dk_profile_move *move, struct dk_error *err) DK_CHECK;

/* Adds the earlier profiles of an archive's folder to its manifest; *count grows by them. */
enum dk_status dk_profile_list_earlier(const char *archive_folder, struct dk_manifest_lines *lines,
                                       size_t *count, struct dk_error *err) DK_CHECK;

#endif
