/*
 * Where a drop's profile goes. Once its archived copy is sure, a profile that came with the logs
 * moves to profile/, for later drops; the one that was there before goes into the archive folder as
 * "earlier-<name>". The profile of a drop that was delivered twice is only removed, since a newer
 * one may be in use. After an interrupted run each step is done already, or is done again. Private
 * to src/archive/.
 */
#ifndef DK_ARCHIVE_PROFILE_H
#define DK_ARCHIVE_PROFILE_H

#include <stdbool.h>

#include "archive/manifest.h"
#include "archive/origins.h"
#include "base/observer.h"
#include "store/ledger.h"

struct dk_profile_move {
    const struct dk_ledger_file *file; /* the profile, which is stored already */
    bool duplicate;                    /* its drop was loaded and archived before */
    const char *archive_folder;        /* of the drop: "archive/2023-06-01-run7" */
    const char *profile_folder;        /* "profile" */
    const struct dk_origins *origins;  /* may be NULL */
    const struct dk_observer *observer;
};

/* Moves the profile. Does nothing if it is in profile_folder already, or is gone. One that has been
 * changed since the parse stays where it is, with a warning. */
enum dk_status dk_profile_move(const struct dk_profile_move *move, struct dk_error *err) DK_CHECK;

/* Adds the earlier profiles in an archive folder to its manifest, and their number to *count. */
enum dk_status dk_profile_list_earlier(const char *archive_folder, struct dk_manifest_lines *lines,
                                       size_t *count, struct dk_error *err) DK_CHECK;

#endif
