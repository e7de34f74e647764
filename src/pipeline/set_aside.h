/*
 * set_aside: keeps what belongs to a database that is no longer used. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_SET_ASIDE_H
#define DK_PIPELINE_SET_ASIDE_H

#include "pipeline/pipeline.h"

#define DK_ASIDE_MAX 64

/* Moves the export in aws_s3/ into aws_s3/before-<day>/, which `aside` names then, with a
 * notice. */
enum dk_status dk_set_aside_export(struct dk_pipeline *pipeline, char aside[DK_ASIDE_MAX],
                                   struct dk_error *err) DK_CHECK;

#endif
