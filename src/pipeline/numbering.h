/*
 * Numbering: which cohorts a drop is taken as, and whether it may be loaded as those. Private to
 * src/pipeline/.
 */
#ifndef DK_PIPELINE_NUMBERING_H
#define DK_PIPELINE_NUMBERING_H

#include "pipeline/pipeline.h"

/* Before the drop is read, with its columns resolved: DK_ERR_USAGE where it is one cohort and
 * nothing gives its number, or the user gave several. */
enum dk_status dk_numbering_check(const struct dk_pipeline *pipeline,
                                  const struct dk_intake *intake, enum dk_intake_use use,
                                  struct dk_error *err) DK_CHECK;

/* After the drop was read: numbers its one cohort, or keeps the chosen ones of a history, and
 * announces the number with its dates. For a load, DK_ERR_REFUSED as dk_intake_read says. */
enum dk_status dk_numbering_apply(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                  enum dk_intake_use use, struct dk_error *err) DK_CHECK;

#endif
