/*
 * resampled: whether a drop of one cohort is a loaded one that was read with another rule for the
 * sample or another alignment. Its values are others then, and so may its text be. Private to
 * src/pipeline/.
 */
#ifndef DK_PIPELINE_RESAMPLED_H
#define DK_PIPELINE_RESAMPLED_H

#include "pipeline/pipeline.h"

/* Reads the drop again with each rule that this rig's loaded drops were read with, and compares the
 * values. DK_ERR_REFUSED: they are those of a loaded cohort; where the user gave the number of
 * another one, only if all are. */
enum dk_status dk_resampled_check(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                  struct dk_error *err) DK_CHECK;

#endif
