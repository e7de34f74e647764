/*
 * What derrick published of cohorts and no longer has: a cohort that was moved or unloaded, a
 * database that was restored from a backup, s3.partition switched off. Whoever reads all that is
 * below the prefix would count its rows twice. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_STALE_H
#define DK_PIPELINE_STALE_H

#include "upload.h"

/* Removes from aws_s3/ the CSVs of cohorts that are no longer exported there. One that is not as
 * derrick wrote it stays, with a warning. */
enum dk_status dk_stale_files_remove(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;

/* Removes from the bucket the CSVs of cohorts that are not in `upload`'s partitions. Only those go
 * that the ledger says derrick put there and whose ETag is still the same. DK_ERR_REMOTE: some had
 * to stay; each was named by a warning, and the place is no longer up to date in the ledger. */
enum dk_status dk_stale_objects_remove(struct dk_upload *upload,
                                       const struct dk_upload_standing *standing,
                                       struct dk_error *err) DK_CHECK;

#endif
