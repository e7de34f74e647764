/* insert: rows into well_reading by prepared INSERTs of many rows each. */
#ifndef DK_STORE_MYSQL_INSERT_H
#define DK_STORE_MYSQL_INSERT_H

#include "walk.h"

/* Inserts all rows of the walk. */
enum dk_status dk_mysql_insert_all(struct dk_mysql *conn, struct dk_mysql_walk *walk,
                                   struct dk_error *err) DK_CHECK;

#endif
