/*
 * archive: what was loaded leaves `logs/` for `archive/<date>-run<id>/`, and nothing is lost.
 *
 * Invariants:
 * - The intent (the folder) is in the ledger before the first file moves; a run that was cut off
 *   finishes the folder of its intent.
 * - A file leaves its place only after its archived copy is sure: a rename within the file system
 *   of the very file that was parsed (same inode, size, times; hashed again where those differ), or a
 *   copy that was synced, read back, hashed, and found equal to the hash taken by the parse.
 * - Sensor files move; the profile and the export are copied and stay. A profile that came with the
 *   logs goes to profile/, where it serves the drops to come. Files outside the workspace (absolute
 *   paths in the ledger) and files of the archive itself are never touched: only manifests are
 *   written.
 * - `manifest.sha256` names the files as they are stored, for `sha256sum -c`; where they are compressed or
 *   lie in an archive file, `contents.sha256` beside it has the hashes of the parse.
 */
#ifndef DK_ARCHIVE_ARCHIVE_H
#define DK_ARCHIVE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/observer.h"
#include "base/status.h"
#include "store/ledger.h"

#define DK_ARCHIVE_MANIFEST "manifest.sha256"
#define DK_ARCHIVE_CONTENTS "contents.sha256"

/* All paths are relative to the workspace, which is the current folder, or absolute. */
struct dk_archive_settings {
    const char *archive_folder; /* "archive" */
    const char *profile_folder; /* "profile" */
    bool zstd;                  /* compress what is stored */
    const char *export_path;    /* the CSV to copy along; NULL: none */
    const char *export_hash;    /* its sha256; ignored without export_path */
    int64_t run_id;             /* names a new folder; a folder of an intent keeps its name */
    unsigned threads;           /* for compression; 0: one a processor */
};

struct dk_archive_result {
    char folder[256];    /* "archive/2023-06-01-run7" */
    size_t files;        /* stored there, manifests not counted */
    uint64_t size_bytes; /* of the files as parsed */
    bool manifest_only;  /* the drop lies outside the workspace */
};

/* Archives one drop of the ledger, from wherever an earlier run stopped. After a failure every
 * input still lies either in its place or, sure, in the archive folder, and the next call goes
 * on. A file that somebody changed or took away since it was loaded is told and passed over: what lies
 * there now is another drop. */
enum dk_status dk_archive_drop(struct dk_store *store, const struct dk_ledger_drop *drop,
                               const struct dk_archive_settings *settings,
                               const struct dk_observer *observer, struct dk_archive_result *result,
                               struct dk_error *err) DK_CHECK;

#endif
