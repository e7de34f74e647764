/* fact_insert: the fact table's fast way in. */
#ifndef DK_SQLITE_FACT_INSERT_H
#define DK_SQLITE_FACT_INSERT_H

#include "sqlite_connection.h"

/* Makes the virtual table of the readings known to the connection. Returns a SQLite code. */
int dk_sqlite_insert_install(struct dk_sqlite *conn) DK_CHECK;
enum dk_status dk_sqlite_facts_insert(struct dk_sql *sql, const struct dk_fact *facts, size_t count,
                                      const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;

#endif
