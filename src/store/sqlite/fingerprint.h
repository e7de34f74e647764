/*
 * fingerprint: which database file it is, and the change counter in its header, which every commit
 * of every program increases (https://www.sqlite.org/fileformat.html#file_change_counter). The
 * commits of this connection are left out: PRAGMA data_version changes only with those of others.
 * Both are the functions of sql.h.
 */
#ifndef DK_SQLITE_FINGERPRINT_H
#define DK_SQLITE_FINGERPRINT_H

#include "sqlite_connection.h"

enum dk_status dk_sqlite_fingerprint(struct dk_sql *sql, char text[DK_FINGERPRINT_MAX],
                                     struct dk_error *err) DK_CHECK;
enum dk_status dk_sqlite_fingerprint_next(struct dk_sql *sql, char text[DK_FINGERPRINT_MAX],
                                          struct dk_error *err) DK_CHECK;

#endif
