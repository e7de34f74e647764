/* sqlite_failure: what SQLite's codes mean for the person who runs derrick. */
#ifndef DK_SQLITE_FAILURE_H
#define DK_SQLITE_FAILURE_H

#include "sqlite_connection.h"

/* Translates the last failure of the connection: "<what> '<path>': ...", the native extended code,
 * a hint. DK_ERR_NOMEM or DK_ERR_STORE. `code` is what the call returned. */
enum dk_status dk_sqlite_fail(struct dk_sqlite *conn, int code, const char *what,
                              struct dk_error *err);

#endif
