/* The profile for a drop that contains none. Private to src/pipeline/. */
#ifndef DK_PIPELINE_BORROWED_PROFILE_H
#define DK_PIPELINE_BORROWED_PROFILE_H

#include "pipeline/pipeline.h"

/* Finds the profile that is used for a drop without one: the newest of this rig, else of its site.
 * *found is false where the drop has a profile, or a file that may be one, which dk_drop_read
 * refuses. A notice always says that another one is used, because all labels depend on it. The
 * caller resets the profile. */
enum dk_status dk_profile_borrow(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                 struct dk_profile *profile, bool *found, struct dk_error *err)
    DK_CHECK;

#endif
