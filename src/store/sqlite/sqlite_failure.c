/* https://www.sqlite.org/rescode.html */
#include "sqlite_failure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* The hint that goes with a primary code; NULL: none. */
static const char *hint_of(int primary)
{
    switch (primary) {
    case SQLITE_FULL:
        return "free some space there, then run again: this transaction changed nothing";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return "give this user the right to write the file and its folder";
    case SQLITE_NOTADB:
        return "name another file in database.url, or move this one away";
    case SQLITE_CORRUPT:
        return "restore the database from a backup, or move it away and load the drops again; "
               "'pragma integrity_check' in the sqlite3 shell shows what is damaged";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "close the program that has the database open, then run again";
    case SQLITE_IOERR:
        return "check the disk or the share that holds the file";
    default:
        return NULL;
    }
}

/* SQLite adds "-journal" to the full path, and takes no more than its file layer says. */
static bool is_too_long(const char *path)
{
    char *folder = dk_path_folder(path);
    char *full = folder ? realpath(folder, NULL) : NULL;
    size_t max = (size_t)sqlite3_vfs_find(NULL)->mxPathname;
    bool too_long =
        full && strlen(full) + 1 + strlen(dk_path_name(path)) + strlen("-journal") > max;
    free(full);
    free(folder);
    return too_long;
}

/* Why the file can't be opened, as far as the file system says. */
static enum dk_status fail_open(struct dk_sqlite *conn, const char *what, struct dk_error *err)
{
    int system = conn->handle ? sqlite3_system_errno(conn->handle) : 0;
    if (dk_path_is_folder(conn->path)) {
        dk_error_set(err, DK_ERR_STORE, "%s '%s': it is a folder", what, conn->path);
        dk_error_hint(err, "name a file in database.url");
        return DK_ERR_STORE;
    }
    if (is_too_long(conn->path)) {
        dk_error_set(err, DK_ERR_STORE, "%s '%s': its full path is too long for SQLite", what,
                     conn->path);
        dk_error_hint(err, "move the workspace up, or name a file nearer to the root in "
                           "database.url");
        return DK_ERR_STORE;
    }
    if (system != 0) {
        dk_error_errno(err, DK_ERR_STORE, system, what, conn->path);
        if (system == ENOENT)
            (void)dk_error_hint(err,
                                "create the folder first, or name another one in database.url");
        return DK_ERR_STORE;
    }
    return dk_error_set(err, DK_ERR_STORE, "%s '%s': it can't be opened", what, conn->path);
}

enum dk_status dk_sqlite_fail(struct dk_sqlite *conn, int code, const char *what,
                              struct dk_error *err)
{
    int primary = code & 0xFF;
    int extended = conn->handle ? sqlite3_extended_errcode(conn->handle) : code;
    if ((extended & 0xFF) != primary)
        extended = code;
    enum dk_status status = primary == SQLITE_NOMEM ? DK_ERR_NOMEM : DK_ERR_STORE;
    if (primary == SQLITE_CANTOPEN) {
        status = fail_open(conn, what, err);
    } else if (primary == SQLITE_NOMEM) {
        dk_error_set(err, status, "%s '%s': out of memory", what, conn->path);
    } else if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
        dk_error_set(err, status, "%s '%s': another program has it locked", what, conn->path);
    } else {
        int system = conn->handle ? sqlite3_system_errno(conn->handle) : 0;
        char reason[128];
        bool io = primary == SQLITE_IOERR && system != 0;
        dk_error_set(err, status, "%s '%s': %s%s%s", what, conn->path,
                     conn->handle ? sqlite3_errmsg(conn->handle) : sqlite3_errstr(code),
                     io ? ": " : "", io ? strerror_r(system, reason, sizeof(reason)) : "");
    }
    if (primary != SQLITE_CANTOPEN && hint_of(primary))
        (void)dk_error_hint(err, "%s", hint_of(primary));
    if (err)
        err->native = extended;
    dk_error_place(err, conn->path, 0, 0, 0);
    return status;
}
