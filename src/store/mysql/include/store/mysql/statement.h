/*
 * statement: prepared statements over the binary protocol. They keep their text, and are prepared
 * again on a new connection. The functions are those of struct dk_sql_ops.
 */
#ifndef DK_STORE_MYSQL_STATEMENT_H
#define DK_STORE_MYSQL_STATEMENT_H

#include "store/mysql/connection.h"

enum dk_status dk_mysql_prepare(struct dk_sql *sql, const char *text, struct dk_statement **out,
                                struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_bind_int(struct dk_statement *statement, int index, int64_t value,
                                 struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_bind_double(struct dk_statement *statement, int index, double value,
                                    struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_bind_text(struct dk_statement *statement, int index, const char *value,
                                  struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_step(struct dk_statement *statement, bool *row, struct dk_error *err)
    DK_CHECK;
void dk_mysql_statement_reset(struct dk_statement *statement);
void dk_mysql_finalize(struct dk_statement *statement);
int64_t dk_mysql_column_int(struct dk_statement *statement, int index);
const char *dk_mysql_column_text(struct dk_statement *statement, int index);
int64_t dk_mysql_last_id(struct dk_sql *sql);
uint64_t dk_mysql_changed(struct dk_sql *sql);
/* Runs a text without parameters that gives no rows. */
enum dk_status dk_mysql_execute(struct dk_sql *sql, const char *text, struct dk_error *err)
    DK_CHECK;

/* Sends the statement with its bindings, and fetches nothing: *handle is ready for
 * mysql_stmt_bind_result and mysql_stmt_fetch. dk_mysql_statement_reset must follow. */
enum dk_status dk_mysql_send(struct dk_statement *statement, MYSQL_STMT **handle,
                             struct dk_error *err) DK_CHECK;

/* The rows of a driver's table that these functions fill. */
#define DK_MYSQL_STATEMENT_OPS                                                                     \
    .dialect = &dk_dialect_mysql, .execute = dk_mysql_execute, .prepare = dk_mysql_prepare,        \
    .bind_int = dk_mysql_bind_int, .bind_double = dk_mysql_bind_double,                            \
    .bind_text = dk_mysql_bind_text, .step = dk_mysql_step, .reset = dk_mysql_statement_reset,     \
    .finalize = dk_mysql_finalize, .column_int = dk_mysql_column_int,                              \
    .column_text = dk_mysql_column_text, .last_id = dk_mysql_last_id, .changed = dk_mysql_changed

/* The operations of a connection that only runs statements, without transactions, lock or facts. */
extern const struct dk_sql_ops dk_mysql_statement_ops;

#endif
