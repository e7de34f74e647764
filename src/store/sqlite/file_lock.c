#include "file_lock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lock.h"
#include "fingerprint.h"

static enum dk_status take(struct dk_sqlite *conn, const char *path, struct dk_error *err)
{
    char holder[DK_LOCK_HOLDER_MAX];
    enum dk_status status = dk_lock_take(path, &conn->lock_fd, holder, err);
    if (status != DK_ERR_BUSY)
        return status;
    dk_error_set(err, status, "%s has the database '%s' locked",
                 holder[0] ? holder : "another process", conn->path);
    dk_error_hint(err, "wait until that run has ended, then run again");
    return status;
}

enum dk_status dk_sqlite_lock(struct dk_sql *sql, struct dk_error *err)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    if (conn->lock_fd >= 0)
        return DK_OK;
    size_t size = strlen(conn->path) + sizeof(".lock");
    char *path = malloc(size);
    if (!path)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the lock");
    snprintf(path, size, "%s.lock", conn->path);
    enum dk_status status = take(conn, path, err);
    free(path);
    /* Before anything is written: from here on the fingerprint leaves out what this run does. */
    char fingerprint[DK_FINGERPRINT_MAX];
    return status == DK_OK ? dk_sqlite_fingerprint(sql, fingerprint, err) : status;
}

void dk_sqlite_unlock(struct dk_sql *sql)
{
    dk_lock_release(&dk_sqlite_of(sql)->lock_fd);
}
