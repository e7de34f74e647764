/*
 * The parts of the current export that are files of their own, in aws_s3/ as on S3: one CSV per
 * cohort, the history as Parquet, one Parquet file for each cohort of a rig, and the cohort's
 * samples and features (burst_files.h), which only a run can make. Folders have the names that Hive
 * gives them. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_PARTITION_H
#define DK_PIPELINE_PARTITION_H

#include "partition_name.h"

/* Brings every part up to date that is set; one whose contents have not changed stays as it is.
 * Those that only S3 needs are left out without `for_upload`. *list is on the heap (the caller
 * frees). */
enum dk_status dk_partitions_write(struct dk_pipeline *pipeline, bool for_upload,
                                   struct dk_partition **list, size_t *count, struct dk_error *err)
    DK_CHECK;

/* Writes one of them again, whatever is in its place. */
enum dk_status dk_partition_write_again(struct dk_pipeline *pipeline,
                                        struct dk_partition *partition, struct dk_error *err)
    DK_CHECK;

#endif
