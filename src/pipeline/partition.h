/*
 * The parts of the current export that are files of their own, in aws_s3/ as on S3: one CSV per cohort,
 * the history as Parquet, one Parquet file for each cohort of a rig. Folders have the names that Hive gives
 * them. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_PARTITION_H
#define DK_PIPELINE_PARTITION_H

#include "pipeline/pipeline.h"
#include "s3/published.h"

#define DK_CONTENT_CSV "text/csv"
#define DK_CONTENT_PARQUET "application/vnd.apache.parquet"

enum dk_partition_kind {
    DK_PARTITION_CSV,     /* a cohort of all rigs: "cohort=07/oil-well-data-cohort-07.csv" */
    DK_PARTITION_HISTORY, /* "oil-well-data-all-historical.parquet" */
    DK_PARTITION_PARQUET, /* a cohort of a rig: "parquet/rig_name=texas-1/cohort=07/part-0.parquet" */
};

struct dk_partition {
    enum dk_partition_kind kind;
    struct dk_well rig; /* of DK_PARTITION_PARQUET, as is its name */
    char rig_name[DK_RIG_NAME_MAX];
    int cohort; /* 0: all */
    char key[DK_PUBLISH_COHORT_KEY_MAX];
    struct dk_ledger_publication publication; /* of kind "export": target, rows, size, hash */
};

/* What the ledger and the manifest call a kind, and its media type. */
const char *dk_partition_name(enum dk_partition_kind kind);
const char *dk_partition_content_type(enum dk_partition_kind kind);

/* Whether the ledger calls a Parquet file that. */
bool dk_partition_is_parquet(const char *layout);
/* DK_ERR_STORE, which names the row of the ledger: `key`, which its target ends in, is not one that derrick
 * gives to a Parquet file of its layout. Whatever is there is not derrick's to remove. */
enum dk_status dk_partition_check_key(const struct dk_ledger_publication *publication,
                                      const char *key, struct dk_error *err) DK_CHECK;

/* Brings every part up to date that is set; one whose contents have not changed stays as it is. Those
 * that only S3 needs are left out without `for_upload`. *list is on the heap (the caller frees). */
enum dk_status dk_partitions_write(struct dk_pipeline *pipeline, bool for_upload,
                                   struct dk_partition **list, size_t *count, struct dk_error *err)
    DK_CHECK;

/* Writes one of them again, whatever is in its place. */
enum dk_status dk_partition_write_again(struct dk_pipeline *pipeline,
                                        struct dk_partition *partition, struct dk_error *err)
    DK_CHECK;

#endif
