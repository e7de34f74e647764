/* plain_query: queries as text, without parameters, and the quoting that they need. */
#ifndef DK_STORE_MYSQL_PLAIN_QUERY_H
#define DK_STORE_MYSQL_PLAIN_QUERY_H

#include "base/buffer.h"
#include "store/mysql/connection.h"

/* Runs a statement; rows, if it gives any, are discarded. */
enum dk_status dk_mysql_run(struct dk_mysql *conn, const char *text, const char *what,
                            struct dk_error *err) DK_CHECK;
/* Runs a query: the first column of its first row into out[0..cap), "" for NULL; *found: whether
 * there is a row. */
enum dk_status dk_mysql_ask(struct dk_mysql *conn, const char *text, char *out, size_t cap,
                            bool *found, struct dk_error *err) DK_CHECK;
/* Rows of a query, as they come: `row` is called for each until it fails. The first member of a
 * struct that has what it needs. */
struct dk_mysql_each {
    enum dk_status (*row)(struct dk_mysql_each *each, MYSQL_ROW row, unsigned columns,
                          struct dk_error *err);
    enum dk_status status; /* what `row` returned last */
};
/* Runs a query of few rows. */
enum dk_status dk_mysql_each(struct dk_mysql *conn, const char *text, struct dk_mysql_each *each,
                             struct dk_error *err) DK_CHECK;
/* Append a text as a string of this connection, and a name between backticks. */
void dk_mysql_put_quoted(struct dk_mysql *conn, struct dk_buffer *buffer, const char *text);
void dk_mysql_put_name(struct dk_buffer *buffer, const char *name);
/* Appends the statement that makes a database where it is missing. */
void dk_mysql_put_create_database(struct dk_buffer *buffer, const char *database);

#endif
