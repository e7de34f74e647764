/*
 * A lock that ends with its process: flock(2) on a file, whose text names the holder. The lock
 * never depends on that text. The file stays when the lock is released, because whoever removed it
 * might remove the one that another process has just locked.
 *
 * On a share it also holds between hosts: the Linux NFS client turns flock() into a lock of the
 * whole file on the server (nfs(5)), the CIFS client does since Linux 5.5. Mounts with nolock,
 * local_lock=flock or nobrl make the lock local to each host.
 */
#ifndef DK_BASE_LOCK_H
#define DK_BASE_LOCK_H

#include <stdbool.h>

#include "base/status.h"

#define DK_LOCK_HOLDER_MAX 96 /* "process 4711 on 'share-1'"; "" if unknown */

/* Takes the lock at `path`, and makes its file if needed. *fd is the lock; -1 after a failure.
 * DK_ERR_BUSY: another process has it. `holder` then names that process, if it is alive or runs on
 * another machine; the caller may set a better message. */
enum dk_status dk_lock_take(const char *path, int *fd, char holder[DK_LOCK_HOLDER_MAX],
                            struct dk_error *err) DK_CHECK;

/* Whether another process has the lock at `path`. Writes nothing. A lock that does not exist, or
 * that this user may not read, is not held. */
bool dk_lock_is_held(const char *path);

/* Releases the lock; *fd becomes -1, and -1 is legal. */
void dk_lock_release(int *fd);

/* Whether another process with this number runs on this host. */
bool dk_process_is_alive(long process);

#endif
