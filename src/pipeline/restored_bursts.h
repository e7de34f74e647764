/*
 * restored_bursts: samples and features in aws_s3/ that a rebuilt ledger knows again.
 *
 * Only a parse can make these files (burst_files.h), but they survive the database. `drop.json`
 * lists those that the run which loaded the drop made. One that is there with the recorded bytes,
 * and whose cohort is loaded again as it was, is recorded as before. Any other is left to the next
 * run, as if it had never been made. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_RESTORED_BURSTS_H
#define DK_PIPELINE_RESTORED_BURSTS_H

#include "pipeline/pipeline.h"

struct dk_restored_bursts {
    struct dk_pipeline *pipeline;
    int64_t drop_id;
    const char *archive_folder; /* of the drop */
    const char *aside;          /* where the export was moved, with these files; "": nowhere */
};

/* Records the files of one archived drop, in one transaction; those that the ledger knows stay as
 * they are. Files that were moved aside are moved back. *count grows by the number of files. */
enum dk_status dk_restored_bursts_record(const struct dk_restored_bursts *bursts, size_t *count,
                                         struct dk_error *err) DK_CHECK;

#endif
