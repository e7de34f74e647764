#include "store/mysql/plain_query.h"

#include <stdio.h>
#include <string.h>

#include "store/mysql/failure.h"

#define ROWS_MAX 1000u /* none of these queries has so many */
#define RESULTS_MAX 8u /* nor gives more than one result */

static enum dk_status send(struct dk_mysql *conn, const char *text, const char *what,
                           struct dk_error *err)
{
    dk_mysql_exchange_begin(&conn->exchange);
    dk_mysql_exchange_watch(&conn->exchange, conn->handle);
    int failed = mysql_real_query(conn->handle, text, strlen(text));
    dk_mysql_exchange_unwatch(&conn->exchange);
    return failed ? dk_mysql_fail(conn, what, err) : DK_OK;
}

/* The rows of one result, one at a time, so that there is no more than one in memory. */
static enum dk_status read_rows(struct dk_mysql *conn, MYSQL_RES *result, const char *what,
                                struct dk_mysql_each *each, struct dk_error *err)
{
    size_t rows = 0;
    for (MYSQL_ROW row; (row = mysql_fetch_row(result)); rows++) {
        if (rows == ROWS_MAX) {
            dk_mysql_exchange_cut(&conn->exchange, conn->handle);
            return dk_mysql_fail(conn, what, err);
        }
        if (each && each->status == DK_OK)
            each->status = each->row(each, row, mysql_num_fields(result), err);
    }
    return mysql_errno(conn->handle) ? dk_mysql_fail(conn, what, err) : DK_OK;
}

/* Reads whatever the last query answered, to its end. */
static enum dk_status read_results(struct dk_mysql *conn, const char *what,
                                   struct dk_mysql_each *each, struct dk_error *err)
{
    unsigned results = 0;
    int more;
    do {
        if (results++ == RESULTS_MAX) {
            dk_mysql_exchange_cut(&conn->exchange, conn->handle);
            return dk_mysql_fail(conn, what, err);
        }
        MYSQL_RES *result = mysql_use_result(conn->handle);
        if (!result && mysql_field_count(conn->handle) != 0)
            return dk_mysql_fail(conn, what, err);
        enum dk_status status = result ? read_rows(conn, result, what, each, err) : DK_OK;
        mysql_free_result(result);
        if (status != DK_OK)
            return status;
        more = mysql_next_result(conn->handle);
    } while (more == 0);
    return more > 0 ? dk_mysql_fail(conn, what, err) : DK_OK;
}

enum dk_status dk_mysql_run(struct dk_mysql *conn, const char *text, const char *what,
                            struct dk_error *err)
{
    DK_RETURN_IF_ERROR(send(conn, text, what, err));
    if (mysql_field_count(conn->handle) == 0) {
        conn->changed = mysql_affected_rows(conn->handle);
        conn->last_id = (int64_t)mysql_insert_id(conn->handle);
    }
    return read_results(conn, what, NULL, err);
}

enum dk_status dk_mysql_each(struct dk_mysql *conn, const char *text, struct dk_mysql_each *each,
                             struct dk_error *err)
{
    each->status = DK_OK;
    DK_RETURN_IF_ERROR(send(conn, text, "can't ask the database", err));
    DK_RETURN_IF_ERROR(read_results(conn, "can't ask the database", each, err));
    return each->status;
}

/* The first value of the first row. */
struct answer {
    struct dk_mysql_each each;
    char *out;
    size_t cap;
    bool found;
};

static enum dk_status keep_first(struct dk_mysql_each *each, MYSQL_ROW row, unsigned columns,
                                 struct dk_error *err)
{
    struct answer *answer = (struct answer *)each;
    (void)err;
    if (!answer->found && columns > 0 && row[0])
        snprintf(answer->out, answer->cap, "%s", row[0]);
    answer->found = true;
    return DK_OK;
}

enum dk_status dk_mysql_ask(struct dk_mysql *conn, const char *text, char *out, size_t cap,
                            bool *found, struct dk_error *err)
{
    struct answer answer = {.each = {.row = keep_first}, .out = out, .cap = cap};
    out[0] = '\0';
    enum dk_status status = dk_mysql_each(conn, text, &answer.each, err);
    *found = answer.found;
    return status;
}

void dk_mysql_put_quoted(struct dk_mysql *conn, struct dk_buffer *buffer, const char *text)
{
    size_t size = strlen(text);
    buffer->failed = buffer->failed || dk_buffer_reserve(buffer, 2 * size + 3, NULL) != DK_OK;
    if (buffer->failed)
        return;
    char *at = buffer->data + buffer->size;
    *at = '\'';
    unsigned long used = mysql_real_escape_string(conn->handle, at + 1, text, size);
    at[used + 1] = '\'';
    buffer->size += used + 2;
}

void dk_mysql_put_name(struct dk_buffer *buffer, const char *name)
{
    dk_buffer_put(buffer, "`");
    for (const char *c = name; *c; c++)
        dk_buffer_put_bytes(buffer, *c == '`' ? "``" : c, *c == '`' ? 2 : 1);
    dk_buffer_put(buffer, "`");
}

void dk_mysql_put_create_database(struct dk_buffer *buffer, const char *database)
{
    dk_buffer_put(buffer, "CREATE DATABASE IF NOT EXISTS ");
    dk_mysql_put_name(buffer, database);
    dk_buffer_put(buffer, " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
}
