/* client_options: what is set on a handle before it connects: option file, TLS, time limits. */
#ifndef DK_STORE_MYSQL_CLIENT_OPTIONS_H
#define DK_STORE_MYSQL_CLIENT_OPTIONS_H

#include "store/mysql/connection.h"

/* Sets all options on conn->handle. */
enum dk_status dk_mysql_set_options(struct dk_mysql *conn, struct dk_error *err) DK_CHECK;

/* Whether the connection must be encrypted, and the server's certificate verified. */
bool dk_mysql_wants_tls(const struct dk_mysql *conn);

/* How long connecting may take. */
unsigned dk_mysql_connect_timeout_s(const struct dk_mysql *conn);

#endif
