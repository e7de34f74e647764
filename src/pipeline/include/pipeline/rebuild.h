/*
 * rebuild: the database again, from the archive.
 *
 * Every archived drop that the ledger does not know is loaded as it was: in the order of the
 * archive, by the same code as any drop, with the settings that its folder recorded. Before a drop
 * is loaded, its files are compared with the manifest, and each of its cohorts with the hash that
 * was recorded; at the end the database is compared with the records, and the export with the one
 * in aws_s3/. Nothing in the archive is moved or changed.
 *
 * Each drop commits by itself, and a drop is known only once it is there with its place in the
 * archive. So a rebuild that is interrupted is resumed by the next one, and until then no other
 * command works with the database: guard.h. Private to src/pipeline/ and to init.
 */
#ifndef DK_PIPELINE_REBUILD_H
#define DK_PIPELINE_REBUILD_H

#include "pipeline/pipeline.h"

struct dk_rebuilt {
    size_t drops;    /* archived drops, of all kinds */
    size_t loaded;   /* of these, loaded now */
    size_t unloaded; /* cohorts that were unloaded, and left out again */
    size_t cohorts;  /* compared with their recorded hashes */
    size_t lost;     /* cohorts that the archive does not contain: a warning for each */
    struct dk_ledger_publication export; /* hash "" if nothing is loaded */
    bool same_export;                    /* aws_s3/ had an export, with the same bytes */
};

/* DK_ERR_STORE if there is no archive to rebuild from, or it is damaged. Needs no store. */
enum dk_status dk_rebuild_check(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;

/* Rebuilds all that the archive contains, into a store that is open, locked and prepared, and
 * records a run of `init`. DK_ERR_DATA: a file is missing or is not what was archived, or a hash
 * differs; it is named. DK_ERR_REFUSED: the database holds cohorts that are not of this archive,
 * and that a drop contradicts. Drops before it stay loaded. */
enum dk_status dk_pipeline_rebuild(struct dk_pipeline *pipeline, struct dk_rebuilt *result,
                                   struct dk_error *err) DK_CHECK;

#endif
