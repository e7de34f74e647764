/*
 * proof: whether the database still holds what derrick loaded. Private to src/pipeline/.
 *
 * Every series is read back and compared with its hash in the ledger, by several connections. That
 * finds any change, and costs less than sums computed by the server: docs/store.md has the numbers.
 */
#ifndef DK_PIPELINE_PROOF_H
#define DK_PIPELINE_PROOF_H

#include "pipeline/pipeline.h"

/* Reads back and compares all that other runs than this one loaded, and looks for rows that no run
 * loaded. DK_ERR_STORE: something else changed the database; the first rig and cohort are named. */
enum dk_status dk_proof_run(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;

#endif
