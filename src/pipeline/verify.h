/*
 * proof: whether the database still holds what derrick loaded. Private to src/pipeline/.
 *
 * Where another program may have changed the database since a run last verified it, every series is
 * read back by several connections and compared with its hash in the ledger. docs/store.md says how
 * the store knows, and what that costs.
 */
#ifndef DK_PIPELINE_VERIFY_H
#define DK_PIPELINE_VERIFY_H

#include "pipeline/pipeline.h"

/* Unless nothing has changed the rows: reads back and compares all that was not loaded under these
 * locks, and looks for rows that no run loaded. DK_ERR_STORE: something else changed the database;
 * the first rig and cohort are named. */
enum dk_status dk_verify_run(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;

/* Whether the run that is under way has done it. */
static inline bool dk_verify_is_done(const struct dk_pipeline *pipeline)
{
    return pipeline->run_id != 0 && pipeline->verified_run == pipeline->run_id;
}

#endif
