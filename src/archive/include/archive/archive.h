/*
 * archive: what was loaded leaves `logs/` for `archive/<date>-run<id>/`, and nothing is lost.
 *
 * Invariants:
 * - The folder is in the ledger before the first file moves, so that the run after an interrupted
 *   one finishes the same folder.
 * - A file leaves its place only when its archived copy is sure. That is a rename within the file
 *   system of the very file that was parsed, synced before (known by inode, size and times in the
 *   run that parsed it, in a later run by its hash), or a copy that was synced, read back, hashed,
 *   and found to have the hash that the parse took.
 * - Sensor files move. The profile and the export are copied, and stay; a profile that came with
 *   the logs moves to profile/ afterwards, for later drops. Files outside the
 *   workspace (absolute paths in the ledger) and files of the archive itself are never touched:
 *   only manifests are written. The same holds for files whose folder was replaced, by a link or
 *   another folder, after this run read them: see origins.h.
 * - `manifest.sha256` lists the files as they are stored, for `sha256sum -c`. For files that are
 *   compressed, or members of an archive file, `contents.sha256` lists the hashes of the parse.
 * - `drop.json` records how the drop was loaded, and what came of it: see record.h.
 */
#ifndef DK_ARCHIVE_ARCHIVE_H
#define DK_ARCHIVE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "archive/origins.h"
#include "base/observer.h"
#include "base/status.h"
#include "store/ledger.h"

#define DK_ARCHIVE_MANIFEST "manifest.sha256"
#define DK_ARCHIVE_CONTENTS "contents.sha256"

/* All paths are relative to the workspace, which is the current folder, or absolute. */
struct dk_archive_settings {
    const char *archive_folder; /* "archive" */
    const char *profile_folder; /* "profile": where a profile that came with the logs goes */
    bool zstd;                  /* compress what is stored */
    const char *export_path;    /* the CSV to copy too; NULL: none */
    const char *export_hash;    /* its sha256; ignored without export_path */
    const char *outdated;       /* a file beside the drop's, to remove when they go; NULL: none */
    bool profile_stays;  /* a profile that came with the logs is copied only: other drops need it */
    bool profile_is_new; /* it moves to profile_folder even from a duplicate: other drops had it */
    int64_t run_id; /* for the name of a new folder, where an earlier process loaded the drop */
    int64_t first_run_id; /* of this process; what an earlier run loaded is hashed again */
    unsigned threads;     /* for compression; 0: one per processor */
    /* of the drops that this run has read; NULL: none. Borrowed */
    const struct dk_origins *origins;
};

struct dk_archive_result {
    char folder[256];    /* "archive/2023-06-01-run7" */
    size_t files;        /* stored there, manifests not counted */
    uint64_t size_bytes; /* of the files as parsed */
};

/* Archives one drop of the ledger, from where an earlier run stopped. After a failure every input
 * is either in its place or, surely stored, in the archive folder, and the next call continues. For
 * a file that was changed or taken away since it was loaded, or whose folder was replaced, there is
 * a warning: what is there now was not loaded, and stays. */
enum dk_status dk_archive_drop(struct dk_store *store, const struct dk_ledger_drop *drop,
                               const struct dk_archive_settings *settings,
                               const struct dk_observer *observer, struct dk_archive_result *result,
                               struct dk_error *err) DK_CHECK;

#endif
