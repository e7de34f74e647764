/*
 * One CSV a cohort, in folders named as Hive names them, in aws_s3/ as on S3. Private to
 * src/pipeline/.
 */
#ifndef DK_PIPELINE_PARTITION_H
#define DK_PIPELINE_PARTITION_H

#include "pipeline/pipeline.h"
#include "s3/published.h"

struct dk_partition {
    int cohort;
    char key[DK_PUBLISH_COHORT_KEY_MAX];      /* "cohort=07/oil-well-data-cohort-07.csv" */
    struct dk_ledger_publication publication; /* of kind "export": target, rows, size, hash */
};

/* Brings every cohort's CSV up to date; one whose contents have not changed stays as it is. *list,
 * by cohort, is on the heap (the caller frees). */
enum dk_status dk_partitions_write(struct dk_pipeline *pipeline, struct dk_partition **list,
                                   size_t *count, struct dk_error *err) DK_CHECK;

/* Writes one of them again, whatever lies there. */
enum dk_status dk_partition_write_again(struct dk_pipeline *pipeline,
                                        struct dk_partition *partition, struct dk_error *err)
    DK_CHECK;

#endif
