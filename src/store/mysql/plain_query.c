#include "store/mysql/plain_query.h"

#include <stdio.h>
#include <string.h>

#include "store/mysql/failure.h"

/* Reads away whatever the last query answered. */
static enum dk_status drain(struct dk_mysql *conn, const char *what, struct dk_error *err)
{
    int more;
    do {
        MYSQL_RES *result = mysql_store_result(conn->handle);
        if (!result && mysql_field_count(conn->handle) != 0)
            return dk_mysql_fail(conn, what, err);
        mysql_free_result(result);
        more = mysql_next_result(conn->handle);
    } while (more == 0);
    return more > 0 ? dk_mysql_fail(conn, what, err) : DK_OK;
}

enum dk_status dk_mysql_run(struct dk_mysql *conn, const char *text, const char *what,
                            struct dk_error *err)
{
    if (mysql_real_query(conn->handle, text, strlen(text)) != 0)
        return dk_mysql_fail(conn, what, err);
    if (mysql_field_count(conn->handle) == 0) {
        conn->changed = mysql_affected_rows(conn->handle);
        conn->last_id = (int64_t)mysql_insert_id(conn->handle);
    }
    return drain(conn, what, err);
}

enum dk_status dk_mysql_ask(struct dk_mysql *conn, const char *text, char *out, size_t cap,
                            bool *found, struct dk_error *err)
{
    *found = false;
    out[0] = '\0';
    if (mysql_real_query(conn->handle, text, strlen(text)) != 0)
        return dk_mysql_fail(conn, "can't ask the database", err);
    MYSQL_RES *result = mysql_store_result(conn->handle);
    if (!result)
        return dk_mysql_fail(conn, "can't ask the database", err);
    MYSQL_ROW row = mysql_fetch_row(result);
    *found = row != NULL;
    if (row && row[0])
        snprintf(out, cap, "%s", row[0]);
    mysql_free_result(result);
    return DK_OK;
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
