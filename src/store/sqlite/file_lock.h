/*
 * file_lock: the run's lock, flock(2) on "<file>.lock" beside the database, which ends with the
 * process that holds it. The database's own file is never opened here: closing any descriptor of it
 * would release the POSIX locks that SQLite holds on it (sqlite.org/howtocorrupt.html, 2.2).
 */
#ifndef DK_SQLITE_FILE_LOCK_H
#define DK_SQLITE_FILE_LOCK_H

#include "sqlite_connection.h"

enum dk_status dk_sqlite_lock(struct dk_sql *sql, struct dk_error *err) DK_CHECK;
void dk_sqlite_unlock(struct dk_sql *sql);

#endif
