/* rows: rows of well_reading that are on this connection's own server. */
#ifndef DK_STORE_MYSQL_ROWS_H
#define DK_STORE_MYSQL_ROWS_H

#include <stdatomic.h>

#include "store/mysql/connection.h"

/* How far a load has come, over all its threads. */
struct dk_mysql_progress {
    const struct dk_observer *observer;
    atomic_ullong done;
    uint64_t total;
};

/* Inserts the rows of facts[0..count), counted into `progress`: by LOAD DATA LOCAL, or by INSERTs
 * where the settings say so or the server refuses that. */
enum dk_status dk_mysql_rows_insert(struct dk_mysql *conn, const struct dk_fact *facts,
                                    size_t count, struct dk_mysql_progress *progress,
                                    struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_rows_delete(struct dk_mysql *conn, int64_t well_id, int cohort,
                                    struct dk_error *err) DK_CHECK;
/* Like fact_read of struct dk_sql_ops. */
enum dk_status dk_mysql_rows_read(struct dk_mysql *conn, const struct dk_fact *fact,
                                  struct dk_readings *into, size_t series, struct dk_error *err)
    DK_CHECK;

#endif
