/* The statements that make the schema, as text. Pure; private to src/store/. */
#ifndef DK_STORE_SCHEMA_DDL_H
#define DK_STORE_SCHEMA_DDL_H

#include "base/buffer.h"
#include "store/dialect.h"

/* Appends the statements in their order, each with a NUL at its end. `fact_tail` follows the
 * columns of a well_reading that is spread over servers; NULL: it is a table of this database. */
void dk_schema_put_ddl(struct dk_buffer *text, const struct dk_dialect *dialect,
                       const char *fact_tail);

#endif
