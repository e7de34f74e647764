/*
 * unload: takes cohorts out of the database, and what was published of them.
 *
 * First a plan, which needs only an open store and changes nothing; then, within a run, what it
 * says. What was archived stays, with a note in its folder (archive/unloaded_note.h).
 */
#ifndef DK_PIPELINE_UNLOAD_H
#define DK_PIPELINE_UNLOAD_H

#include "pipeline/pipeline.h"

/* What the user wants to unload: the cohorts that a run loaded, or those that a filter
 * selects. */
struct dk_unload_request {
    int64_t run_id; /* 0: by the filter alone */
    struct dk_store_filter filter;
};

/* A cohort to unload, and where it came from. */
struct dk_unload_cohort {
    char source[512];
    char archive_folder[256]; /* "": not archived */
};

struct dk_unload_plan {
    struct dk_store_series *list;     /* owned, by rig, then cohort */
    struct dk_unload_cohort *cohorts; /* [count], owned */
    size_t count;
    uint64_t readings;
    bool empties;        /* nothing is loaded afterwards: all that was published is removed */
    bool exported;       /* aws_s3/ has an export, which is written again or removed */
    bool s3;             /* S3 is configured: the same there */
    int64_t already_run; /* the run that unloaded them before; 0: none did. Then count is 0 */
};

/* Plans. DK_ERR_USAGE: nothing that is loaded, or was unloaded, is like the request.
 * DK_ERR_REFUSED: another workspace loaded one of the cohorts. After DK_OK the caller resets. */
enum dk_status dk_pipeline_unload_plan(struct dk_pipeline *pipeline,
                                       const struct dk_unload_request *request,
                                       struct dk_unload_plan *plan, struct dk_error *err) DK_CHECK;
void dk_unload_plan_reset(struct dk_unload_plan *plan);

/* Does what the plan says, within a run that has begun: takes the cohorts out, notes that in the
 * archive, writes the export again and removes what was published. A failure after the first step
 * leaves the rest to the next run. `result` gets what was exported and uploaded. DK_ERR_BUSY: the
 * plan is no longer right, and nothing was done. */
enum dk_status dk_pipeline_unload(struct dk_pipeline *pipeline,
                                  const struct dk_unload_request *request,
                                  const struct dk_unload_plan *plan, struct dk_run_result *result,
                                  struct dk_error *err) DK_CHECK;

#endif
