/* fact_read: the fact table's fast way out. */
#ifndef DK_SQLITE_FACT_READ_H
#define DK_SQLITE_FACT_READ_H

#include "sqlite_connection.h"

enum dk_status dk_sqlite_fact_read(struct dk_sql *sql, const struct dk_fact *fact,
                                   struct dk_readings *into, size_t series, struct dk_error *err)
    DK_CHECK;

#endif
