/* run_notes: what a run notes of itself for the ledger. Private to src/pipeline/. */
#ifndef DK_PIPELINE_RUN_NOTES_H
#define DK_PIPELINE_RUN_NOTES_H

#include "pipeline/pipeline.h"

/* Adds the time since `started_ms` to a step. */
void dk_notes_step(struct dk_pipeline *pipeline, enum dk_run_step step, int64_t started_ms);
/* "read 310 load 520": the steps that were taken, in milliseconds. */
void dk_notes_steps_text(const struct dk_run_notes *notes, char text[256]);

#endif
