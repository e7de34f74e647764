/* sqlite_statement: prepared statements. The functions are those of struct dk_sql_ops. */
#ifndef DK_SQLITE_STATEMENT_H
#define DK_SQLITE_STATEMENT_H

#include "sqlite_connection.h"

struct dk_sqlite_statement {
    struct dk_statement statement; /* first: dk_statement is this */
    sqlite3_stmt *handle;
};

enum dk_status dk_sqlite_prepare(struct dk_sql *sql, const char *text, struct dk_statement **out,
                                 struct dk_error *err) DK_CHECK;
enum dk_status dk_sqlite_bind_int(struct dk_statement *statement, int index, int64_t value,
                                  struct dk_error *err) DK_CHECK;
enum dk_status dk_sqlite_bind_double(struct dk_statement *statement, int index, double value,
                                     struct dk_error *err) DK_CHECK;
enum dk_status dk_sqlite_bind_text(struct dk_statement *statement, int index, const char *value,
                                   struct dk_error *err) DK_CHECK;
enum dk_status dk_sqlite_step(struct dk_statement *statement, bool *row, struct dk_error *err)
    DK_CHECK;
void dk_sqlite_reset(struct dk_statement *statement);
void dk_sqlite_finalize(struct dk_statement *statement);
int64_t dk_sqlite_column_int(struct dk_statement *statement, int index);
const char *dk_sqlite_column_text(struct dk_statement *statement, int index);

static inline sqlite3_stmt *dk_sqlite_handle(struct dk_statement *statement)
{
    return ((struct dk_sqlite_statement *)statement)->handle;
}

#endif
