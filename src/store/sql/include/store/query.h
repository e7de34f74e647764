/*
 * A query: one statement, bound in order, stepped, its columns read in order.
 *
 * The first failure sticks: later calls do nothing, so that the caller checks once, at the end.
 *
 *     struct dk_query query;
 *     dk_query_begin(&query, sql, "SELECT hash FROM files WHERE drop_id = ?", err);
 *     dk_query_bind_int(&query, drop_id);
 *     while (dk_query_next(&query))
 *         dk_query_text(&query, hash, sizeof(hash));
 *     return dk_query_end(&query);
 */
#ifndef DK_STORE_QUERY_H
#define DK_STORE_QUERY_H

#include "store/sql.h"

struct dk_query {
    struct dk_sql *sql;
    struct dk_statement *statement; /* NULL if it could not be prepared */
    struct dk_error *err;
    enum dk_status status; /* the first failure */
    int bound;             /* parameters bound so far */
    int column;            /* the next column to read */
};

/* Prepares. dk_query_end must follow. */
void dk_query_begin(struct dk_query *query, struct dk_sql *sql, const char *text,
                    struct dk_error *err);

/* Bind the next parameter. With ..._or_null an id of 0, and a text that is "" or NULL, become
 * NULL. */
void dk_query_bind_int(struct dk_query *query, int64_t value);
void dk_query_bind_id_or_null(struct dk_query *query, int64_t value);
/* A missing value becomes NULL. */
void dk_query_bind_decimal(struct dk_query *query, dk_decimal value);
void dk_query_bind_text(struct dk_query *query, const char *value);
void dk_query_bind_text_or_null(struct dk_query *query, const char *value);

/* Steps to the next row; false at the end and after a failure. */
bool dk_query_next(struct dk_query *query);
/* Runs a statement that gives no rows; it may then be bound and run again. */
void dk_query_run(struct dk_query *query);
/* Discards the rows that are left; it may then be bound and run again. */
void dk_query_rewind(struct dk_query *query);

/* Read the next column of the row: 0 or "" for NULL, and after a failure. A text that does not fit
 * is DK_ERR_STORE: we did not write it. */
int64_t dk_query_int(struct dk_query *query);
void dk_query_text(struct dk_query *query, char *out, size_t cap);

/* A zeroed item at the end of a list on the heap; NULL after a failure. *list is NULL and *count 0
 * at first; the list grows by doubling. */
void *dk_query_push(struct dk_query *query, void **list, size_t *count, size_t item_bytes);

/* Ends a query that asks for one number: *value, 0 if there is no row. */
enum dk_status dk_query_end_int(struct dk_query *query, int64_t *value) DK_CHECK;
/* Finalizes the statement. Returns the first failure, or DK_OK. */
enum dk_status dk_query_end(struct dk_query *query) DK_CHECK;
/* The same for a query that filled a list, which is freed and empty after a failure. */
enum dk_status dk_query_end_list(struct dk_query *query, void **list, size_t *count) DK_CHECK;

/* Runs a query with one text bound, or two: *found, whether it gives a row. */
enum dk_status dk_query_find(struct dk_sql *sql, const char *text, const char *first,
                             const char *second, bool *found, struct dk_error *err) DK_CHECK;
/* Whether a table or view of that name is in the database. */
enum dk_status dk_sql_has_table(struct dk_sql *sql, const char *name, bool *has,
                                struct dk_error *err) DK_CHECK;
/* Adds a column to a table that has no column of that name. */
enum dk_status dk_sql_add_column(struct dk_sql *sql, const char *table, const char *column,
                                 const char *type, struct dk_error *err) DK_CHECK;

#endif
