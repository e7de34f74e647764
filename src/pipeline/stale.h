/*
 * What derrick published of cohorts, or as Parquet, and no longer does: a cohort that was moved or
 * unloaded, a database that was restored from a backup, s3.partition or export.parquet switched
 * off. Whoever reads all that is below the prefix would count its rows twice. Private to
 * src/pipeline/.
 */
#ifndef DK_PIPELINE_STALE_H
#define DK_PIPELINE_STALE_H

#include "upload.h"

/* Removes from aws_s3/ the CSVs of cohorts, and the Parquet files, that are no longer exported
 * there: all but `published`. One that is not as derrick wrote it stays, with a warning. */
enum dk_status dk_stale_files_remove(struct dk_pipeline *pipeline,
                                     const struct dk_partition *published, size_t count,
                                     struct dk_error *err) DK_CHECK;

/* Removes from the bucket the CSVs of cohorts and the Parquet files that are not in `current`. Only
 * those go that the ledger says derrick put there and whose ETag is still the same. DK_ERR_REMOTE:
 * some had to stay; each was named by a warning, and the place is no longer up to date in the
 * ledger. */
enum dk_status dk_stale_objects_remove(struct dk_upload *upload,
                                       const struct dk_upload_export *current, struct dk_error *err)
    DK_CHECK;

/* Removes all that derrick published, from aws_s3/ and, where S3 is configured, from the bucket:
 * for a database that holds no cohort. Files that `upload FILE` put there stay. Fails as the two
 * above do. */
enum dk_status dk_stale_all_remove(struct dk_pipeline *pipeline, struct dk_upload_result *result,
                                   struct dk_error *err) DK_CHECK;

#endif
