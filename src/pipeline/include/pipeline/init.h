/*
 * init: makes the database of a workspace, and the bucket.
 */
#ifndef DK_PIPELINE_INIT_H
#define DK_PIPELINE_INIT_H

#include "pipeline/pipeline.h"

enum dk_init_mode {
    DK_INIT_USUAL,        /* makes a database where there is none and nothing was loaded */
    DK_INIT_REBUILD,      /* for dk_pipeline_rebuild: there is an archive, and it is whole */
    DK_INIT_NEW_DATABASE, /* begins with an empty database, whatever was loaded before */
};

/* Locks the workspace, opens the database, makes or completes its schema (`adopt`:
 * dk_store_prepare), and records the workspace in it. *made becomes true if the schema was not
 * there or not complete; it may be true before. Files that this may make: the lock, the identity,
 * an embedded database and its lock. DK_ERR_STORE where this workspace has loaded data that the
 * database does not have. DK_ERR_REFUSED: a new database that holds cohorts. */
enum dk_status dk_pipeline_init_database(struct dk_pipeline *pipeline, enum dk_init_mode mode,
                                         bool adopt, bool *made, struct dk_error *err) DK_CHECK;

/* For DK_INIT_NEW_DATABASE, once all else is made: moves the archived drops into
 * archive/before-<day>/, and the export into aws_s3/before-<day>/, with a notice for each. */
enum dk_status dk_pipeline_set_aside(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;

/* Makes the bucket of the settings, or completes it. DK_ERR_CONFIG: S3 is not configured. */
enum dk_status dk_pipeline_init_bucket(struct dk_pipeline *pipeline, struct dk_s3_bucket *bucket,
                                       struct dk_error *err) DK_CHECK;

#endif
