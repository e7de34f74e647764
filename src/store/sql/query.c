#include "store/query.h"

#include <stdlib.h>
#include <string.h>

/* A quarter of a million cohorts; what a broken database makes up stays below it. */
#define LIST_BYTES_MAX (64u << 20)

void dk_query_begin(struct dk_query *query, struct dk_sql *sql, const char *text,
                    struct dk_error *err)
{
    *query = (struct dk_query){.sql = sql, .err = err};
    query->status = sql->ops->prepare(sql, text, &query->statement, err);
}

void dk_query_bind_int(struct dk_query *query, int64_t value)
{
    if (query->status == DK_OK)
        query->status =
            query->sql->ops->bind_int(query->statement, ++query->bound, value, query->err);
}

void dk_query_bind_decimal(struct dk_query *query, dk_decimal value)
{
    if (value == DK_DECIMAL_MISSING)
        dk_query_bind_text(query, NULL);
    else if (query->status == DK_OK)
        query->status = query->sql->ops->bind_double(query->statement, ++query->bound,
                                                     dk_decimal_to_double(value), query->err);
}

void dk_query_bind_text(struct dk_query *query, const char *value)
{
    if (query->status == DK_OK)
        query->status =
            query->sql->ops->bind_text(query->statement, ++query->bound, value, query->err);
}

void dk_query_bind_id_or_null(struct dk_query *query, int64_t value)
{
    if (value != 0)
        dk_query_bind_int(query, value);
    else
        dk_query_bind_text(query, NULL);
}

void dk_query_bind_text_or_null(struct dk_query *query, const char *value)
{
    dk_query_bind_text(query, value && value[0] ? value : NULL);
}

bool dk_query_next(struct dk_query *query)
{
    bool row = false;
    query->column = 0;
    if (query->status == DK_OK)
        query->status = query->sql->ops->step(query->statement, &row, query->err);
    return query->status == DK_OK && row;
}

void dk_query_run(struct dk_query *query)
{
    (void)dk_query_next(query);
    dk_query_rewind(query);
}

void dk_query_rewind(struct dk_query *query)
{
    if (query->statement)
        query->sql->ops->reset(query->statement);
    query->bound = 0;
}

int64_t dk_query_int(struct dk_query *query)
{
    return query->status == DK_OK ? query->sql->ops->column_int(query->statement, query->column++)
                                  : 0;
}

void dk_query_text(struct dk_query *query, char *out, size_t cap)
{
    out[0] = '\0';
    if (query->status != DK_OK)
        return;
    const char *text = query->sql->ops->column_text(query->statement, query->column++);
    size_t size = strlen(text);
    if (size >= cap) {
        query->status = dk_error_set(
            query->err, DK_ERR_STORE,
            "the text '%.40s...' has %zu bytes; derrick writes at most %zu", text, size, cap - 1);
        dk_error_hint(query->err, "another program changed the database: restore it from a backup");
        return;
    }
    memcpy(out, text, size + 1);
}

void *dk_query_push(struct dk_query *query, void **list, size_t *count, size_t item_bytes)
{
    if (query->status != DK_OK)
        return NULL;
    /* Full at every power of two. */
    if ((*count & (*count - 1)) == 0) {
        size_t bytes = (*count ? *count * 2 : 1) * item_bytes;
        void *grown = bytes <= LIST_BYTES_MAX ? realloc(*list, bytes) : NULL;
        if (!grown) {
            query->status =
                dk_error_set(query->err, DK_ERR_NOMEM, "out of memory for %zu rows", *count + 1);
            return NULL;
        }
        *list = grown;
    }
    void *item = (char *)*list + (*count)++ * item_bytes;
    return memset(item, 0, item_bytes);
}

enum dk_status dk_query_end(struct dk_query *query)
{
    query->sql->ops->finalize(query->statement);
    query->statement = NULL;
    return query->status;
}

enum dk_status dk_query_end_list(struct dk_query *query, void **list, size_t *count)
{
    enum dk_status status = dk_query_end(query);
    if (status != DK_OK) {
        free(*list);
        *list = NULL;
        *count = 0;
    }
    return status;
}

enum dk_status dk_query_end_int(struct dk_query *query, int64_t *value)
{
    *value = dk_query_next(query) ? dk_query_int(query) : 0;
    return dk_query_end(query);
}

enum dk_status dk_query_find(struct dk_sql *sql, const char *text, const char *first,
                             const char *second, bool *found, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, sql, text, err);
    dk_query_bind_text(&query, first);
    if (second)
        dk_query_bind_text(&query, second);
    *found = dk_query_next(&query);
    return dk_query_end(&query);
}

enum dk_status dk_sql_has_table(struct dk_sql *sql, const char *name, bool *has,
                                struct dk_error *err)
{
    return dk_query_find(sql, sql->ops->dialect->find_table, name, NULL, has, err);
}

enum dk_status dk_sql_add_column(struct dk_sql *sql, const char *table, const char *column,
                                 const char *type, struct dk_error *err)
{
    char text[160];
    bool has = false;
    DK_RETURN_IF_ERROR(
        dk_query_find(sql, sql->ops->dialect->find_column, table, column, &has, err));
    dk_text_format(text, sizeof(text), "ALTER TABLE %s ADD COLUMN %s %s", table, column, type);
    return has ? DK_OK : sql->ops->execute(sql, text, err);
}
