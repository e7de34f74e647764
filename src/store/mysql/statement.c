/*
 * Results of `step` are fetched whole, so that several statements may be stepped at a time; they are
 * small. What is large has its own way (rows_read.c).
 */
#include "store/mysql/statement.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/mysql/failure.h"
#include "store/mysql/plain_query.h"
#include "store/mysql/session.h"

#define COLUMN_TEXT_MIN 64u /* room for any number, date or time as text */

struct parameter {
    int64_t whole;
    double real;
    char *text; /* owned */
};

struct column {
    int64_t whole;
    double real;
    char *text; /* owned; also where numbers are written for column_text */
    size_t cap;
    unsigned long length;
    my_bool null;
    my_bool cut;
};

struct statement {
    struct dk_statement base;
    MYSQL_STMT *handle;  /* NULL: to be prepared */
    unsigned generation; /* of the connection that it was prepared on */
    char *text;
    unsigned parameter_count;
    MYSQL_BIND *binds;
    struct parameter *parameters;
    unsigned column_count;
    MYSQL_BIND *column_binds;
    struct column *columns;
    bool open; /* executed, rows may be left */
};

static struct statement *statement_of(struct dk_statement *statement)
{
    return (struct statement *)statement;
}

static struct dk_mysql *connection_of(const struct statement *s)
{
    return dk_mysql_of(s->base.sql);
}

/* --- preparing ----------------------------------------------------------------------------- */

static void free_columns(struct statement *s)
{
    for (unsigned i = 0; s->columns && i < s->column_count; i++)
        free(s->columns[i].text);
    free(s->columns);
    free(s->column_binds);
    s->columns = NULL;
    s->column_binds = NULL;
    s->column_count = 0;
}

static enum dk_status allocate(struct statement *s, struct dk_error *err)
{
    unsigned parameters = (unsigned)mysql_stmt_param_count(s->handle);
    unsigned columns = mysql_stmt_field_count(s->handle);
    if (!s->parameters) {
        s->parameters = calloc(parameters + 1u, sizeof(*s->parameters));
        s->binds = calloc(parameters + 1u, sizeof(*s->binds));
    }
    free_columns(s);
    s->columns = calloc(columns + 1u, sizeof(*s->columns));
    s->column_binds = calloc(columns + 1u, sizeof(*s->column_binds));
    if (!s->parameters || !s->binds || !s->columns || !s->column_binds)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a statement");
    for (unsigned i = s->parameter_count; i < parameters; i++)
        s->binds[i].buffer_type = MYSQL_TYPE_NULL;
    s->parameter_count = parameters;
    s->column_count = columns;
    return DK_OK;
}

/* Prepares on the connection as it is now, if that is not done yet. */
static enum dk_status ensure_prepared(struct statement *s, struct dk_error *err)
{
    struct dk_mysql *conn = connection_of(s);
    if (s->handle && s->generation == conn->generation)
        return DK_OK;
    if (s->handle && mysql_stmt_close(s->handle) != 0)
        conn->broken = true;
    s->open = false;
    s->handle = mysql_stmt_init(conn->handle);
    if (!s->handle)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a statement");
    s->generation = conn->generation;
    my_bool measure = 1; /* the longest text of each column, to size its buffer */
    mysql_stmt_attr_set(s->handle, STMT_ATTR_UPDATE_MAX_LENGTH, &measure);
    enum dk_status status = DK_OK;
    if (mysql_stmt_prepare(s->handle, s->text, strlen(s->text)) != 0)
        status = dk_mysql_fail_statement(conn, s->handle, "a statement failed in", err);
    if (status == DK_OK)
        status = allocate(s, err);
    if (status != DK_OK) {
        mysql_stmt_close(s->handle);
        s->handle = NULL;
    }
    return status;
}

enum dk_status dk_mysql_prepare(struct dk_sql *sql, const char *text, struct dk_statement **out,
                                struct dk_error *err)
{
    struct dk_mysql *conn = dk_mysql_of(sql);
    *out = NULL;
    struct statement *s = calloc(1, sizeof(*s));
    if (!s)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a statement");
    s->base.sql = sql;
    s->text = strdup(text);
    enum dk_status status =
        s->text ? DK_OK : dk_error_set(err, DK_ERR_NOMEM, "out of memory for a statement");
    if (status == DK_OK)
        status = dk_mysql_ready_sure(conn, err);
    if (status == DK_OK)
        status = ensure_prepared(s, err);
    if (status != DK_OK) {
        dk_mysql_finalize(&s->base);
        return status;
    }
    *out = &s->base;
    return DK_OK;
}

void dk_mysql_finalize(struct dk_statement *statement)
{
    if (!statement)
        return;
    struct statement *s = statement_of(statement);
    dk_mysql_statement_reset(statement);
    if (s->handle && mysql_stmt_close(s->handle) != 0)
        connection_of(s)->broken = true;
    free_columns(s);
    for (unsigned i = 0; i < s->parameter_count; i++)
        free(s->parameters[i].text);
    free(s->parameters);
    free(s->binds);
    free(s->text);
    free(s);
}

/* --- binding ------------------------------------------------------------------------------- */

static MYSQL_BIND *bind_of(struct statement *s, int index, struct dk_error *err)
{
    if (index >= 1 && (unsigned)index <= s->parameter_count)
        return &s->binds[index - 1];
    dk_error_set(err, DK_ERR_FAILED, "parameter %d of a statement that has %u", index,
                 s->parameter_count);
    return NULL;
}

enum dk_status dk_mysql_bind_int(struct dk_statement *statement, int index, int64_t value,
                                 struct dk_error *err)
{
    struct statement *s = statement_of(statement);
    MYSQL_BIND *bind = bind_of(s, index, err);
    if (!bind)
        return DK_ERR_FAILED;
    s->parameters[index - 1].whole = value;
    bind->buffer_type = MYSQL_TYPE_LONGLONG;
    bind->buffer = &s->parameters[index - 1].whole;
    return DK_OK;
}

enum dk_status dk_mysql_bind_double(struct dk_statement *statement, int index, double value,
                                    struct dk_error *err)
{
    struct statement *s = statement_of(statement);
    MYSQL_BIND *bind = bind_of(s, index, err);
    if (!bind)
        return DK_ERR_FAILED;
    s->parameters[index - 1].real = value;
    bind->buffer_type = MYSQL_TYPE_DOUBLE;
    bind->buffer = &s->parameters[index - 1].real;
    return DK_OK;
}

enum dk_status dk_mysql_bind_text(struct dk_statement *statement, int index, const char *value,
                                  struct dk_error *err)
{
    struct statement *s = statement_of(statement);
    MYSQL_BIND *bind = bind_of(s, index, err);
    if (!bind)
        return DK_ERR_FAILED;
    char *copy = value ? strdup(value) : NULL;
    if (value && !copy)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a statement's text");
    free(s->parameters[index - 1].text);
    s->parameters[index - 1].text = copy;
    bind->buffer_type = copy ? MYSQL_TYPE_STRING : MYSQL_TYPE_NULL;
    bind->buffer = copy;
    bind->buffer_length = copy ? strlen(copy) : 0;
    return DK_OK;
}

/* --- executing ----------------------------------------------------------------------------- */

static enum dk_status execute_once(struct statement *s, struct dk_error *err)
{
    struct dk_mysql *conn = connection_of(s);
    DK_RETURN_IF_ERROR(dk_mysql_ready_sure(conn, err));
    DK_RETURN_IF_ERROR(ensure_prepared(s, err));
    if ((s->parameter_count > 0 && mysql_stmt_bind_param(s->handle, s->binds) != 0) ||
        mysql_stmt_execute(s->handle) != 0)
        return dk_mysql_fail_statement(conn, s->handle, "a statement failed in", err);
    s->open = true;
    return DK_OK;
}

/* What only reads is tried a second time where the connection broke between transactions. */
static enum dk_status execute(struct statement *s, struct dk_error *err)
{
    struct dk_mysql *conn = connection_of(s);
    enum dk_status status = execute_once(s, err);
    if (status != DK_OK && conn->broken && !conn->in_transaction && s->column_count > 0)
        status = execute_once(s, err);
    return status;
}

enum dk_status dk_mysql_send(struct dk_statement *statement, MYSQL_STMT **handle,
                             struct dk_error *err)
{
    struct statement *s = statement_of(statement);
    enum dk_status status = execute(s, err);
    *handle = s->handle;
    return status;
}

static enum dk_status bind_columns(struct statement *s, struct dk_error *err)
{
    MYSQL_RES *fields = mysql_stmt_result_metadata(s->handle);
    if (!fields)
        return dk_mysql_fail_statement(connection_of(s), s->handle, "can't read from", err);
    enum dk_status status = DK_OK;
    for (unsigned i = 0; status == DK_OK && i < s->column_count; i++) {
        const MYSQL_FIELD *field = mysql_fetch_field_direct(fields, i);
        struct column *column = &s->columns[i];
        MYSQL_BIND *bind = &s->column_binds[i];
        size_t cap = field->max_length >= COLUMN_TEXT_MIN ? field->max_length + 1 : COLUMN_TEXT_MIN;
        if (cap > column->cap) {
            free(column->text);
            column->text = malloc(cap);
            column->cap = column->text ? cap : 0;
        }
        if (!column->text) {
            status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for a row");
            break;
        }
        *bind = (MYSQL_BIND){
            .length = &column->length, .is_null = &column->null, .error = &column->cut};
        switch (field->type) {
        case MYSQL_TYPE_TINY:
        case MYSQL_TYPE_SHORT:
        case MYSQL_TYPE_INT24:
        case MYSQL_TYPE_LONG:
        case MYSQL_TYPE_LONGLONG:
        case MYSQL_TYPE_YEAR:
            bind->buffer_type = MYSQL_TYPE_LONGLONG;
            bind->buffer = &column->whole;
            break;
        case MYSQL_TYPE_FLOAT:
        case MYSQL_TYPE_DOUBLE:
            bind->buffer_type = MYSQL_TYPE_DOUBLE;
            bind->buffer = &column->real;
            break;
        default:
            bind->buffer_type = MYSQL_TYPE_STRING;
            bind->buffer = column->text;
            bind->buffer_length = (unsigned long)column->cap - 1;
            break;
        }
    }
    mysql_free_result(fields);
    if (status == DK_OK && mysql_stmt_bind_result(s->handle, s->column_binds) != 0)
        status = dk_mysql_fail_statement(connection_of(s), s->handle, "can't read from", err);
    return status;
}

static enum dk_status start(struct statement *s, struct dk_error *err)
{
    struct dk_mysql *conn = connection_of(s);
    DK_RETURN_IF_ERROR(execute(s, err));
    if (s->column_count == 0) {
        conn->changed = mysql_stmt_affected_rows(s->handle);
        conn->last_id = (int64_t)mysql_stmt_insert_id(s->handle);
        return DK_OK;
    }
    if (mysql_stmt_store_result(s->handle) != 0)
        return dk_mysql_fail_statement(conn, s->handle, "can't read from", err);
    return bind_columns(s, err);
}

static enum dk_status fetch(struct statement *s, bool *row, struct dk_error *err)
{
    int got = mysql_stmt_fetch(s->handle);
    if (got == MYSQL_NO_DATA)
        return DK_OK;
    if (got == MYSQL_DATA_TRUNCATED)
        return dk_error_set(err, DK_ERR_STORE, "a value of the database is longer than it said");
    if (got != 0)
        return dk_mysql_fail_statement(connection_of(s), s->handle, "can't read from", err);
    for (unsigned i = 0; i < s->column_count; i++)
        if (s->column_binds[i].buffer_type == MYSQL_TYPE_STRING)
            s->columns[i].text[s->columns[i].null ? 0 : s->columns[i].length] = '\0';
    *row = true;
    return DK_OK;
}

enum dk_status dk_mysql_step(struct dk_statement *statement, bool *row, struct dk_error *err)
{
    struct statement *s = statement_of(statement);
    *row = false;
    enum dk_status status = s->open ? DK_OK : start(s, err);
    if (status == DK_OK && s->column_count > 0)
        status = fetch(s, row, err);
    if (!*row)
        dk_mysql_statement_reset(statement);
    return status;
}

void dk_mysql_statement_reset(struct dk_statement *statement)
{
    struct statement *s = statement_of(statement);
    struct dk_mysql *conn = connection_of(s);
    if (s->open && s->generation == conn->generation && !conn->broken && s->column_count > 0 &&
        mysql_stmt_free_result(s->handle) != 0)
        conn->broken = true; /* rows may still be under way: nothing else could be read */
    s->open = false;
}

/* --- columns ------------------------------------------------------------------------------- */

static const MYSQL_BIND *column_bind(const struct statement *s, int index)
{
    return index >= 0 && (unsigned)index < s->column_count ? &s->column_binds[index] : NULL;
}

static bool is_null(const struct statement *s, int index)
{
    return !column_bind(s, index) || s->columns[index].null;
}

int64_t dk_mysql_column_int(struct dk_statement *statement, int index)
{
    const struct statement *s = statement_of(statement);
    if (is_null(s, index))
        return 0;
    switch (s->column_binds[index].buffer_type) {
    case MYSQL_TYPE_LONGLONG:
        return s->columns[index].whole;
    case MYSQL_TYPE_DOUBLE:
        return (int64_t)s->columns[index].real;
    default:
        return strtoll(s->columns[index].text, NULL, 10);
    }
}

const char *dk_mysql_column_text(struct dk_statement *statement, int index)
{
    const struct statement *s = statement_of(statement);
    if (is_null(s, index))
        return "";
    const struct column *column = &s->columns[index];
    if (s->column_binds[index].buffer_type == MYSQL_TYPE_LONGLONG)
        snprintf(column->text, column->cap, "%" PRId64, column->whole);
    else if (s->column_binds[index].buffer_type == MYSQL_TYPE_DOUBLE)
        snprintf(column->text, column->cap, "%.17g", column->real);
    return column->text;
}

/* --- the connection's operations ------------------------------------------------------------ */

int64_t dk_mysql_last_id(struct dk_sql *sql)
{
    return dk_mysql_of(sql)->last_id;
}

uint64_t dk_mysql_changed(struct dk_sql *sql)
{
    return dk_mysql_of(sql)->changed;
}

enum dk_status dk_mysql_execute(struct dk_sql *sql, const char *text, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_mysql_ready_sure(dk_mysql_of(sql), err));
    return dk_mysql_run(dk_mysql_of(sql), text, "a statement failed in", err);
}

const struct dk_sql_ops dk_mysql_statement_ops = {
    .dialect = &dk_dialect_mysql,
    .execute = dk_mysql_execute,
    .prepare = dk_mysql_prepare,
    .bind_int = dk_mysql_bind_int,
    .bind_double = dk_mysql_bind_double,
    .bind_text = dk_mysql_bind_text,
    .step = dk_mysql_step,
    .reset = dk_mysql_statement_reset,
    .finalize = dk_mysql_finalize,
    .column_int = dk_mysql_column_int,
    .column_text = dk_mysql_column_text,
    .last_id = dk_mysql_last_id,
    .changed = dk_mysql_changed,
};
