/*
 * The run's lock on an embedded database: flock(2) on "<file>.lock" beside it, which goes with the
 * process that holds it. The database's own file is never opened here: closing any descriptor of
 * it would drop the POSIX locks that SQLite holds on it (sqlite.org/howtocorrupt.html, 2.2).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/sqlite.h"

#define HOLDER_MAX 24

/* Who holds the lock, as it wrote there: digits, or "" if it has not yet. */
static void read_holder(int fd, char holder[HOLDER_MAX])
{
    ssize_t size = pread(fd, holder, HOLDER_MAX - 1, 0);
    holder[size > 0 ? size : 0] = '\0';
    holder[strspn(holder, "0123456789")] = '\0';
}

static enum dk_status busy(struct dk_sqlite *conn, int fd, struct dk_error *err)
{
    char holder[HOLDER_MAX];
    read_holder(fd, holder);
    if (holder[0])
        dk_error_set(err, DK_ERR_BUSY, "process %s has the database '%s' locked", holder,
                     conn->path);
    else
        dk_error_set(err, DK_ERR_BUSY, "another process has the database '%s' locked", conn->path);
    return dk_error_hint(err, "wait until that run has ended, then run again");
}

static enum dk_status write_holder(int fd, const char *path, struct dk_error *err)
{
    char text[HOLDER_MAX];
    int size = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)size, 0) != size)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't write to the lock", path);
    return DK_OK;
}

static enum dk_status take(struct dk_sqlite *conn, const char *path, struct dk_error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open the lock", path);
    int result = flock(fd, LOCK_EX | LOCK_NB);
    enum dk_status status = DK_OK;
    if (result != 0)
        status = errno == EWOULDBLOCK
                     ? busy(conn, fd, err)
                     : dk_error_errno(err, DK_ERR_IO, errno, "can't take the lock", path);
    else
        status = write_holder(fd, path, err);
    if (status == DK_OK)
        conn->lock_fd = fd;
    else
        close(fd); /* nothing of worth was written */
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
    return status;
}

void dk_sqlite_unlock(struct dk_sql *sql)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    if (conn->lock_fd < 0)
        return;
    /* The file stays: who removes it could remove the one that another has just locked. */
    if (ftruncate(conn->lock_fd, 0) != 0)
        errno = 0; /* the name of the last holder stays, which only a message shows */
    close(conn->lock_fd);
    conn->lock_fd = -1;
}
