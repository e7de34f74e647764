/*
 * guard: a database that no longer has what this workspace loaded.
 *
 * A wrong name in database.url, a database file that was removed, or an older backup that was
 * restored: a run would start from nothing, number the next quarter as cohort 1, and publish a CSV
 * without its history. The workspace shows better. Its archive has a folder for each drop that was
 * loaded, and aws_s3/ has the last export. A first run that failed or was killed leaves neither.
 * Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_GUARD_H
#define DK_PIPELINE_GUARD_H

#include "archive/folders.h"
#include "pipeline/pipeline.h"

/* What shows that this workspace has loaded data. */
struct dk_evidence {
    struct dk_archive_folder *folders; /* of archived drops, oldest first; owned */
    size_t folder_count;
    bool exported; /* aws_s3/ has an export */
};

/* Collects it, from names and the beginning of one file. After DK_OK the caller resets. DK_ERR_IO:
 * a folder can't be read. */
enum dk_status dk_evidence_find(struct dk_evidence *evidence, struct dk_error *err) DK_CHECK;
void dk_evidence_reset(struct dk_evidence *evidence);

/* Whether the ledger, whose places are given, knows what is archived in the folder. */
bool dk_guard_is_known(const struct dk_archive_folder *folder, const struct dk_ledger_place *places,
                       size_t count);

/* Opens the store (one that is open is closed first), and checks that it has what this workspace
 * loaded: DK_ERR_STORE names what was found and what to do. With `create` it makes a database that
 * is not there, but only where there is no evidence. The store stays open after a failure; the
 * caller closes. */
enum dk_status dk_guard_open(struct dk_pipeline *pipeline, bool create, struct dk_error *err)
    DK_CHECK;

/* Whether dk_guard_open refused for that reason, and not because the database can't be reached. */
bool dk_guard_refused(const struct dk_error *err);

#endif
