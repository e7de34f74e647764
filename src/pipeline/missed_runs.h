/*
 * missed_runs: runs that could not reach the database, in the workspace's file .derrick-missed-runs
 * until the next run that can. One line each: started, ended, command, exit code, user, host,
 * version and message, with tabs between. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_MISSED_RUNS_H
#define DK_PIPELINE_MISSED_RUNS_H

#include "pipeline/pipeline.h"

#define DK_WORKSPACE_MISSED ".derrick-missed-runs"

/* Keeps the run that pipeline->notes says was attempted. A failure that the last line has already
 * only changes that line; where there are too many, the oldest lines are removed. The workspace's
 * lock is held. */
enum dk_status dk_missed_runs_keep(struct dk_pipeline *pipeline, int exit_code, const char *message,
                                   struct dk_error *err) DK_CHECK;

/* Records all that are kept, each once, and removes the file. */
enum dk_status dk_missed_runs_record(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;

#endif
