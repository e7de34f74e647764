/* One CSV a cohort, Hive style, in aws_s3/ as on S3. Private to src/pipeline/. */
#ifndef DK_PIPELINE_PARTITION_H
#define DK_PIPELINE_PARTITION_H

#include "pipeline/pipeline.h"

struct dk_partition {
    int cohort;
    char key[DK_PUBLISH_COHORT_KEY_MAX];       /* "cohort=07/oil-well-data-cohort-07.csv" */
    struct dk_ledger_publication publication;  /* of kind "export": target, rows, size, hash */
};

/* Brings every cohort's CSV up to date; those whose contents did not change since they were written
 * are left as they are. *list on the heap (caller frees), by cohort. */
enum dk_status dk_partitions_write(struct dk_pipeline *pipeline, struct dk_partition **list,
                                   size_t *count, struct dk_error *err) DK_CHECK;

/* Writes one again, whatever lies there. */
enum dk_status dk_partition_write_again(struct dk_pipeline *pipeline,
                                        struct dk_partition *partition,
                                        struct dk_error *err) DK_CHECK;

#endif
