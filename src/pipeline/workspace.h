/*
 * The workspace: the folder that holds a rig's drops, database, exports and archive.
 *
 * It is the current folder of the process, so that paths in it are short in messages, and true
 * wherever the share is mounted. Its lock is a file in it, and ends with the process that holds it.
 */
#ifndef DK_PIPELINE_WORKSPACE_H
#define DK_PIPELINE_WORKSPACE_H

#include "base/observer.h"
#include "base/status.h"

#define DK_WORKSPACE_CONFIG "derrick.ini"
#define DK_WORKSPACE_LOGS "logs"
#define DK_WORKSPACE_PROFILE "profile"
#define DK_WORKSPACE_CSV "csv"
#define DK_WORKSPACE_S3 "aws_s3"
#define DK_WORKSPACE_ARCHIVE "archive"
#define DK_WORKSPACE_QUARANTINE "quarantine"
#define DK_WORKSPACE_LOCK ".derrick.lock"

struct dk_workspace {
    int lock_fd; /* -1: not locked */
};

void dk_workspace_init(struct dk_workspace *workspace);

/* Makes the folders that are not there; *made (may be NULL) grows by their number. */
enum dk_status dk_workspace_make(unsigned *made, struct dk_error *err) DK_CHECK;

/* Takes the lock, and clears away temporary files of processes that are no longer there. DK_ERR_BUSY
 * names the process that holds it, if that is known. */
enum dk_status dk_workspace_lock(struct dk_workspace *workspace, struct dk_error *err) DK_CHECK;
void dk_workspace_unlock(struct dk_workspace *workspace);

#endif
