/*
 * What a rebuild knows of the archived drops, and compares. Private to src/pipeline/rebuild*.
 */
#ifndef DK_PIPELINE_REBUILD_CHECK_H
#define DK_PIPELINE_REBUILD_CHECK_H

#include "archive/folders.h"
#include "archive/manifest.h"
#include "archive/record.h"
#include "archive/unloaded_note.h"
#include "pipeline/pipeline.h"

/* One folder of the archive. */
struct dk_archived_drop {
    const struct dk_archive_folder *folder; /* borrowed */
    bool recorded;                          /* it has a record; else an earlier derrick made it */
    struct dk_record record;
    struct dk_unloaded_note unloaded;  /* cohorts that were unloaded since */
    struct dk_manifest_lines manifest; /* its files, by names seen from the folder */
    char path[2048];                   /* where the drop is, seen from the workspace */
    int64_t run_id;                    /* that loaded it, as far as that is known */
    bool run_is_own;                   /* the ledger has that run, restored */
    char loaded_at[DK_TIME_TEXT_MAX];
};

/* Reads records and manifests of all folders; *drops is on the heap (dk_archived_free).
 * DK_ERR_DATA: one is damaged, or a file that it lists is missing. */
enum dk_status dk_archived_read(const struct dk_archive_folder *folders, size_t count,
                                struct dk_archived_drop **drops, struct dk_error *err) DK_CHECK;
void dk_archived_free(struct dk_archived_drop *drops, size_t count); /* NULL is legal */

/* The drop of that folder, or NULL. */
const struct dk_archived_drop *dk_archived_find(const struct dk_archived_drop *drops, size_t count,
                                                const char *folder);

/* Compares a drop that was read with what its folder says: each file with the manifest, the
 * contents and every cohort with the record. *cohorts grows by those compared. DK_ERR_DATA names
 * what differs. */
enum dk_status dk_archived_compare(const struct dk_archived_drop *drop,
                                   const struct dk_intake *intake, size_t *cohorts,
                                   struct dk_error *err) DK_CHECK;

/* Compares the files of a drop that was read from a folder of the archive with the manifest there.
 * DK_ERR_DATA names one that differs. A drop of another place is not compared. */
enum dk_status dk_archived_check_files(const struct dk_drop *drop, struct dk_error *err) DK_CHECK;

/* Compares every cohort in the database with the newest record of it. DK_ERR_STORE names one that
 * is missing or differs. Those that could come only from an incomplete folder are counted, each
 * with a warning. */
enum dk_status dk_archived_verify(struct dk_pipeline *pipeline,
                                  const struct dk_archived_drop *drops, size_t count, size_t *lost,
                                  struct dk_error *err) DK_CHECK;

/* A sink that only hashes what is written to it; the hash is borrowed. */
struct dk_sink dk_archived_hasher(struct dk_hash *hash);

#endif
