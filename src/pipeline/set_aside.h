/*
 * set_aside: keeps what belongs to a database that is no longer used. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_SET_ASIDE_H
#define DK_PIPELINE_SET_ASIDE_H

#include "pipeline/pipeline.h"

/* Moves the export in aws_s3/ into aws_s3/before-<day>/, with a notice. */
enum dk_status dk_set_aside_export(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;

#endif
