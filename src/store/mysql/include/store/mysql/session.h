/*
 * session: connecting, and connecting again.
 *
 * A connection that breaks outside a transaction is made again by whatever uses it next, with
 * growing pauses while the server restarts. One that breaks inside a transaction stays broken until
 * the rollback, so that no half of a transaction is ever repeated: the caller starts again from its
 * beginning.
 */
#ifndef DK_STORE_MYSQL_SESSION_H
#define DK_STORE_MYSQL_SESSION_H

#include "store/mysql/connection.h"

/* Connects, and sets up the session; `create` makes a database that is missing. The caller has set
 * conn->url, place, settings and observer. After a failure conn->handle is NULL. */
enum dk_status dk_mysql_connect(struct dk_mysql *conn, bool create, struct dk_error *err) DK_CHECK;
void dk_mysql_disconnect(struct dk_mysql *conn);
/* To be called before anything is sent: connects again if the connection is broken, with pauses,
 * and takes the run's lock again if we held it. Inside a transaction a broken connection is
 * DK_ERR_STORE. */
enum dk_status dk_mysql_ready(struct dk_mysql *conn, struct dk_error *err) DK_CHECK;
/* The same, and asks the server first whether it is still there. */
enum dk_status dk_mysql_ready_sure(struct dk_mysql *conn, struct dk_error *err) DK_CHECK;

#endif
