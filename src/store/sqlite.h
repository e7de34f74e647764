/*
 * The inside of the SQLite driver, shared by the sqlite_*.c files: one connection. Private to
 * src/store/.
 *
 * The database has a rollback journal and synchronous=FULL, because shares can't carry a WAL. A
 * connection and its statements belong to one thread at a time; each thread opens its own.
 */
#ifndef DK_STORE_SQLITE_H
#define DK_STORE_SQLITE_H

#include <sqlite3.h>

#include "sql.h"

struct dk_sqlite {
    struct dk_sql sql; /* first: dk_sql is this */
    sqlite3 *handle;
    char *path;                        /* of the file, owned */
    char engine[32];                   /* "sqlite 3.40.1" */
    int lock_fd;                       /* the run's lock; -1: not held */
    const struct dk_fact *insert_fact; /* what sqlite_insert.c inserts at the moment, or NULL */
    struct dk_statement *read_fact;    /* kept from one series to the next */
};

static inline struct dk_sqlite *dk_sqlite_of(struct dk_sql *sql)
{
    return (struct dk_sqlite *)sql;
}

/* --- sqlite_error.c */

/* Translates the last failure of the connection: "<what> '<path>': ...", the native extended code,
 * a hint. DK_ERR_NOMEM or DK_ERR_STORE. `code` is what the call returned. */
enum dk_status dk_sqlite_fail(struct dk_sqlite *conn, int code, const char *what,
                              struct dk_error *err);

/* --- sqlite_statement.c */

struct dk_sqlite_statement {
    struct dk_statement statement; /* first: dk_statement is this */
    sqlite3_stmt *handle;
};

enum dk_status dk_sqlite_prepare(struct dk_sql *sql, const char *text, struct dk_statement **out,
                                 struct dk_error *err) DK_CHECK;
enum dk_status dk_sqlite_bind_int(struct dk_statement *statement, int index, int64_t value,
                                  struct dk_error *err) DK_CHECK;
enum dk_status dk_sqlite_bind_double(struct dk_statement *statement, int index, double value,
                                     struct dk_error *err) DK_CHECK;
enum dk_status dk_sqlite_bind_text(struct dk_statement *statement, int index, const char *value,
                                   struct dk_error *err) DK_CHECK;
enum dk_status dk_sqlite_step(struct dk_statement *statement, bool *row, struct dk_error *err)
    DK_CHECK;
void dk_sqlite_reset(struct dk_statement *statement);
void dk_sqlite_finalize(struct dk_statement *statement);
int64_t dk_sqlite_column_int(struct dk_statement *statement, int index);
const char *dk_sqlite_column_text(struct dk_statement *statement, int index);

static inline sqlite3_stmt *dk_sqlite_handle(struct dk_statement *statement)
{
    return ((struct dk_sqlite_statement *)statement)->handle;
}

/* --- sqlite_lock.c */

enum dk_status dk_sqlite_lock(struct dk_sql *sql, struct dk_error *err) DK_CHECK;
void dk_sqlite_unlock(struct dk_sql *sql);

/* --- sqlite_insert.c, sqlite_read.c */

/* Makes the virtual table known to the connection. Returns a SQLite code. */
int dk_sqlite_insert_install(struct dk_sqlite *conn) DK_CHECK;

enum dk_status dk_sqlite_facts_insert(struct dk_sql *sql, const struct dk_fact *facts, size_t count,
                                      const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;
enum dk_status dk_sqlite_fact_read(struct dk_sql *sql, const struct dk_fact *fact,
                                   struct dk_readings *into, size_t series, struct dk_error *err)
    DK_CHECK;

#endif
