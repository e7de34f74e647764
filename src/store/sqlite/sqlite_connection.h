/*
 * sqlite_connection: one connection to an embedded database.
 *
 * The database has a rollback journal and synchronous at least FULL, because shares can't carry a
 * WAL. A connection and its statements belong to one thread at a time; each thread opens its own.
 */
#ifndef DK_SQLITE_CONNECTION_H
#define DK_SQLITE_CONNECTION_H

#include <sqlite3.h>

#include "store/sql.h"

struct dk_sqlite {
    struct dk_sql sql; /* first: dk_sql is this */
    sqlite3 *handle;
    char *path;                        /* of the file, owned */
    char engine[32];                   /* "sqlite 3.40.1" */
    int lock_fd;                       /* the run's lock; -1: not held */
    const struct dk_fact *insert_fact; /* what is inserted at the moment, or NULL */
    struct dk_statement *read_fact;    /* kept from one series to the next */
    /* For the fingerprint: PRAGMA data_version when it was last asked for, and the file's change
     * counter when that last changed. */
    bool has_version;
    int64_t data_version;
    uint32_t change_counter;
};

static inline struct dk_sqlite *dk_sqlite_of(struct dk_sql *sql)
{
    return (struct dk_sqlite *)sql;
}

#endif
