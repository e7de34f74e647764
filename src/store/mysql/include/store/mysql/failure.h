/* failure: what a server's error means for the person who runs derrick. */
#ifndef DK_STORE_MYSQL_FAILURE_H
#define DK_STORE_MYSQL_FAILURE_H

#include "store/mysql/connection.h"

/* Translates the last failure of the connection: "<what>: ...", the native code, a hint. Notes a
 * lost connection in conn->broken. Returns DK_ERR_STORE (DK_ERR_NOMEM for the client's own). */
enum dk_status dk_mysql_fail(struct dk_mysql *conn, const char *what, struct dk_error *err);
/* The same for a statement. */
enum dk_status dk_mysql_fail_statement(struct dk_mysql *conn, MYSQL_STMT *statement,
                                       const char *what, struct dk_error *err);
/* Whether the last failure of the connection, of a LOAD DATA LOCAL for which the server asked for
 * no file, says that the server or a proxy refuses that statement, and would take INSERTs. `file`
 * is the name in the statement. *hint becomes what to do about it (a constant). */
bool dk_mysql_infile_is_refused(struct dk_mysql *conn, const char *file, const char **hint);
/* What to do about a server's error, from its code and, where one code has several meanings, a word
 * of its text; NULL: nothing is known. Constant. */
const char *dk_mysql_code_hint(unsigned code, const char *text);
/* Whether a code says that the connection itself is gone. */
bool dk_mysql_code_is_lost(unsigned code);

#endif
