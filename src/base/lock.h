/*
 * A lock that goes with its process: flock(2) on a file, which says who holds it for whoever meets
 * it. The lock never depends on that text, and the file stays: who removed it could remove the one
 * that another has just locked.
 */
#ifndef DK_BASE_LOCK_H
#define DK_BASE_LOCK_H

#include "base/status.h"

#define DK_LOCK_HOLDER_MAX 96 /* "process 4711 on 'share-1'", "" if nobody knows */

/* Takes the lock at `path`, whose file is made if need be. *fd is the lock, -1 after a failure.
 * DK_ERR_BUSY: another process has it; `holder` names it where that process still lives or another
 * machine's, and the message is the caller's to set. */
enum dk_status dk_lock_take(const char *path, int *fd, char holder[DK_LOCK_HOLDER_MAX],
                            struct dk_error *err) DK_CHECK;

/* Lets go of it; -1 is legal. */
void dk_lock_release(int *fd);

#endif
