#include "mysql.h"

#include <stdio.h>
#include <string.h>

#define STATEMENT_BYTES_MAX 4096u

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

enum dk_status dk_mysql_quote(struct dk_mysql *conn, struct dk_buffer *buffer, const char *text,
                              struct dk_error *err)
{
    size_t size = strlen(text);
    enum dk_status status = dk_buffer_reserve(buffer, 2 * size + 3, err);
    if (status != DK_OK)
        return status;
    char *at = buffer->data + buffer->size;
    *at = '\'';
    unsigned long used = mysql_real_escape_string(conn->handle, at + 1, text, size);
    at[used + 1] = '\'';
    buffer->size += used + 2;
    return DK_OK;
}

enum dk_status dk_mysql_quote_name(struct dk_buffer *buffer, const char *name, struct dk_error *err)
{
    enum dk_status status = dk_buffer_append(buffer, "`", 1, err);
    for (const char *c = name; status == DK_OK && *c; c++)
        status = dk_buffer_append(buffer, *c == '`' ? "``" : c, *c == '`' ? 2 : 1, err);
    return status == DK_OK ? dk_buffer_append(buffer, "`", 1, err) : status;
}

enum dk_status dk_mysql_put_create_database(struct dk_buffer *buffer, const char *database,
                                            struct dk_error *err)
{
    enum dk_status status = dk_buffer_printf(buffer, err, "CREATE DATABASE IF NOT EXISTS ");
    if (status == DK_OK)
        status = dk_mysql_quote_name(buffer, database, err);
    if (status == DK_OK)
        status = dk_buffer_printf(buffer, err, " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    return status;
}

enum dk_status dk_mysql_print_database(const struct dk_store_settings *settings,
                                       struct dk_sink *sink, struct dk_error *err)
{
    struct dk_mysql_url url;
    struct dk_buffer text;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    enum dk_status status = dk_mysql_url_parse(&url, settings->url, err);
    if (status == DK_OK)
        status = dk_mysql_put_create_database(&text, url.database, err);
    if (status == DK_OK)
        status = dk_buffer_printf(&text, err, ";\nUSE ");
    if (status == DK_OK)
        status = dk_mysql_quote_name(&text, url.database, err);
    if (status == DK_OK)
        status = dk_buffer_printf(&text, err, ";\n");
    if (status == DK_OK)
        status = sink->write(sink, text.data, text.size, err);
    dk_buffer_reset(&text);
    return status;
}
