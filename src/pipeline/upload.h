/*
 * An upload under way: the bucket, the run that sends, and what it has sent.
 *
 * - Every object goes through dk_upload_put, which reads from the ledger what derrick itself put at
 *   that place, and records there what it puts.
 * - The manifest is put when all that it lists is there.
 * Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_UPLOAD_H
#define DK_PIPELINE_UPLOAD_H

#include "partition.h"
#include "pipeline/pipeline.h"

#define DK_CONTENT_JSON "application/json"
#define DK_LAYOUT_FILE "file" /* in the ledger, of what a user named */

struct dk_upload {
    struct dk_pipeline *pipeline;    /* borrowed, as is result */
    struct dk_s3 *s3;                /* owned */
    struct dk_upload_result *result; /* what was sent so far */
    char run[24];                    /* the run's number, for the metadata of the objects */
};

/* One object to put: a file, or bytes in memory. All is borrowed. */
struct dk_upload_object {
    const char *key;  /* below the prefix of s3.url */
    const char *path; /* NULL: data, size */
    const void *data;
    size_t size;
    const char *content_type; /* NULL: any bytes */
    const char *layout;       /* for the ledger; NULL: "csv" */
    const char *hash;         /* sha256 where it is known, or NULL */
    int64_t rows;             /* 0: none, or unknown */
    int64_t generation;       /* the load it is of; 0: none */
};

/* What is in aws_s3/ and goes to S3 together, as the manifest lists it. */
struct dk_upload_export {
    struct dk_ledger_publication csv;
    struct dk_s3_object dictionary;  /* as it was put */
    struct dk_partition *partitions; /* owned */
    size_t partition_count;
};

/* Opens the bucket of the settings and zeroes *result. DK_ERR_CONFIG: no S3 is set, or its settings
 * are wrong. Close follows in any case. */
enum dk_status dk_upload_open(struct dk_upload *upload, struct dk_pipeline *pipeline,
                              struct dk_upload_result *result, struct dk_error *err) DK_CHECK;
/* Legal on a zeroed one, and twice. */
void dk_upload_close(struct dk_upload *upload);

/* Puts one object and writes it to the ledger. *put (may be NULL) says what is there now.
 * DK_ERR_DATA: the file does not have the hash. */
enum dk_status dk_upload_put(struct dk_upload *upload, const struct dk_upload_object *object,
                             struct dk_s3_object *put, struct dk_error *err) DK_CHECK;

/* *current becomes false where a file of samples or features that this workspace has is not on S3,
 * as far as the ledger knows. */
enum dk_status dk_upload_find_burst_files(struct dk_pipeline *pipeline, bool *current,
                                          struct dk_error *err) DK_CHECK;

/* Adds to the parts the samples and features that other workspaces of this database put at the same
 * place: they are part of what is there. */
enum dk_status dk_upload_add_foreign(struct dk_upload *upload, struct dk_upload_export *current,
                                     struct dk_error *err) DK_CHECK;

/* Puts the manifest of what stands, which is all there. The same state gives the same bytes. */
enum dk_status dk_upload_manifest(struct dk_upload *upload, const struct dk_upload_export *current,
                                  struct dk_error *err) DK_CHECK;

#endif
