/* server_lock: the run's lock, a named lock of the server (GET_LOCK), which ends with the
 * session. */
#ifndef DK_STORE_MYSQL_SERVER_LOCK_H
#define DK_STORE_MYSQL_SERVER_LOCK_H

#include "store/mysql/connection.h"

/* Takes the lock, waiting at most `wait_s` seconds. DK_ERR_BUSY names who holds it. */
enum dk_status dk_mysql_lock_take(struct dk_mysql *conn, int wait_s, struct dk_error *err) DK_CHECK;
void dk_mysql_lock_release(struct dk_mysql *conn);

#endif
