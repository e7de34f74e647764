/*
 * values: whether the values of a drop are plausible, and how many of them may be missing. Private
 * to src/pipeline/.
 */
#ifndef DK_PIPELINE_VALUES_H
#define DK_PIPELINE_VALUES_H

#include "pipeline/pipeline.h"

/* Judges the readings of a drop that was read, and fills intake->values. DK_ERR_DATA: more is in
 * quarantine than settings->quarantine_max allows, or most values of a sensor are outside
 * settings->limits; the latter not with settings->allow_out_of_range. A few values outside are a
 * warning. */
enum dk_status dk_values_judge(const struct dk_pipeline *pipeline, struct dk_intake *intake,
                               struct dk_error *err) DK_CHECK;

#endif
