/*
 * For tests of the pipeline: a workspace in a temporary folder, which is the current one until the
 * close, with an embedded database and settings for drops of `cohorts` cohorts. Every helper fails
 * the test if it can't do its work.
 */
#ifndef DK_TESTS_SMALL_WORKSPACE_H
#define DK_TESTS_SMALL_WORKSPACE_H

#include "drop_folder.h"
#include "pipeline/pipeline.h"

struct small_workspace {
    struct drop_folder folder;
    struct dk_settings settings;
    struct dk_environment environment;
    struct dk_observer observer;
    struct dk_pipeline pipeline;
    char notices[8192]; /* one per line */
    struct dk_error err;
    char before[512]; /* the current folder */
};

void small_workspace_open(struct small_workspace *small, int cohorts);
void small_workspace_close(struct small_workspace *small);

/* Writes a drop of `cohorts` cohorts to logs/. */
void small_workspace_drop(struct small_workspace *small, size_t readings, size_t cohorts);

/* Does what `derrick run` does, in a run of its own; its status. *result may be NULL. */
enum dk_status small_workspace_run(struct small_workspace *small, struct dk_run_result *result);

/* Changes the workspace by a command of the shell. */
void small_workspace_shell(const char *command);

#endif
