#include "sqlite_statement.h"

#include <stdlib.h>

#include "sqlite_failure.h"

static struct dk_sqlite *conn_of(struct dk_statement *statement)
{
    return dk_sqlite_of(statement->sql);
}

enum dk_status dk_sqlite_prepare(struct dk_sql *sql, const char *text, struct dk_statement **out,
                                 struct dk_error *err)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    *out = NULL;
    struct dk_sqlite_statement *made = calloc(1, sizeof(*made));
    if (!made)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a statement");
    made->statement.sql = sql;
    int code = sqlite3_prepare_v2(conn->handle, text, -1, &made->handle, NULL);
    if (code != SQLITE_OK) {
        free(made);
        return dk_sqlite_fail(conn, code, "can't use the database", err);
    }
    *out = &made->statement;
    return DK_OK;
}

static enum dk_status bound(struct dk_statement *statement, int code, struct dk_error *err)
{
    return code == SQLITE_OK
               ? DK_OK
               : dk_sqlite_fail(conn_of(statement), code, "can't bind a value for", err);
}

enum dk_status dk_sqlite_bind_int(struct dk_statement *statement, int index, int64_t value,
                                  struct dk_error *err)
{
    return bound(statement, sqlite3_bind_int64(dk_sqlite_handle(statement), index, value), err);
}

enum dk_status dk_sqlite_bind_double(struct dk_statement *statement, int index, double value,
                                     struct dk_error *err)
{
    return bound(statement, sqlite3_bind_double(dk_sqlite_handle(statement), index, value), err);
}

enum dk_status dk_sqlite_bind_text(struct dk_statement *statement, int index, const char *value,
                                   struct dk_error *err)
{
    return bound(statement,
                 sqlite3_bind_text(dk_sqlite_handle(statement), index, value, -1, SQLITE_TRANSIENT),
                 err);
}

enum dk_status dk_sqlite_step(struct dk_statement *statement, bool *row, struct dk_error *err)
{
    int code = sqlite3_step(dk_sqlite_handle(statement));
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return DK_OK;
    enum dk_status status = code == SQLITE_DONE ? DK_OK
                                                : dk_sqlite_fail(conn_of(statement), code,
                                                                 "a statement failed in", err);
    sqlite3_reset(dk_sqlite_handle(statement)); /* repeats the code of the step */
    return status;
}

void dk_sqlite_reset(struct dk_statement *statement)
{
    sqlite3_reset(dk_sqlite_handle(statement)); /* repeats the code of the step */
}

void dk_sqlite_finalize(struct dk_statement *statement)
{
    if (!statement)
        return;
    sqlite3_finalize(dk_sqlite_handle(statement)); /* repeats the code of the step */
    free(statement);
}

int64_t dk_sqlite_column_int(struct dk_statement *statement, int index)
{
    return sqlite3_column_int64(dk_sqlite_handle(statement), index);
}

const char *dk_sqlite_column_text(struct dk_statement *statement, int index)
{
    const unsigned char *text = sqlite3_column_text(dk_sqlite_handle(statement), index);
    return text ? (const char *)text : "";
}
