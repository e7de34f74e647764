/* The parts of the current export (partition.h) by their names. Private to src/pipeline/. */
#ifndef DK_PIPELINE_PARTITION_NAME_H
#define DK_PIPELINE_PARTITION_NAME_H

#include "pipeline/pipeline.h"
#include "s3/published.h"

#define DK_CONTENT_CSV "text/csv"
#define DK_CONTENT_PARQUET "application/vnd.apache.parquet"

enum dk_partition_kind {
    DK_PARTITION_CSV,     /* a cohort of all rigs: "cohort=07/oil-well-data-cohort-07.csv" */
    DK_PARTITION_HISTORY, /* "oil-well-data-all-historical.parquet" */
    DK_PARTITION_SITE,    /* all of a site: "site=alpha/oil-well-data-site-alpha.csv" */
    DK_PARTITION_PARQUET, /* "parquet/rig_name=texas-1/cohort=07/part-0.parquet" */
    DK_PARTITION_SAMPLES, /* the same, of samples_100hz/; then those of 10 and of 1 Hz */
    DK_PARTITION_SAMPLES_10HZ,
    DK_PARTITION_SAMPLES_1HZ,
    DK_PARTITION_FEATURES, /* the same, of features/ */
    DK_PARTITION_KINDS
};
#define DK_BURST_KINDS (DK_PARTITION_KINDS - DK_PARTITION_SAMPLES)

struct dk_partition {
    enum dk_partition_kind kind;
    bool lost;          /* of samples or features: in the ledger, and no longer in aws_s3/ */
    struct dk_well rig; /* of one rig's kinds, as is its name; of a site's kind only its site */
    char rig_name[DK_RIG_NAME_MAX];
    int cohort; /* 0: all */
    char key[DK_PUBLISH_COHORT_KEY_MAX];
    struct dk_ledger_publication publication; /* of kind "export": target, rows, size, hash */
};

/* What the ledger and the manifest call a kind, and its media type. */
const char *dk_partition_name(enum dk_partition_kind kind);
const char *dk_partition_content_type(enum dk_partition_kind kind);

/* Names the part of a kind that has a file for each cohort of a rig, or for each site. */
void dk_partition_init(struct dk_partition *partition, enum dk_partition_kind kind,
                       const struct dk_series *series);
/* The same of the ledger's word for the layout and a key, which must be the one that it makes
 * again, letter for letter. */
bool dk_partition_parse(struct dk_partition *partition, const char *layout, const char *key);

/* Whether the ledger calls a part that; of the CSVs of cohorts it only knows the keys. */
bool dk_partition_is_named(const char *layout);
/* DK_ERR_STORE, which names the row of the ledger: `key`, which its target ends in, is not one that
 * derrick gives to a part of its layout. Whatever is there is not derrick's to remove. */
enum dk_status dk_partition_check_key(const struct dk_ledger_publication *publication,
                                      const char *key, struct dk_error *err) DK_CHECK;
/* Whether only a run can write this part. */
bool dk_partition_is_of_bursts(const struct dk_partition *partition);

#endif
