/*
 * Results of `step` are kept whole, packed and up to a ceiling, so that several statements may be
 * stepped at a time. Readings have their own way (rows_read.c).
 */
#include "store/mysql/statement.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "store/mysql/failure.h"
#include "store/mysql/plain_query.h"
#include "store/mysql/session.h"

#define TEXT_BYTES_FIRST 512u        /* room for a value, until one is longer */
#define TEXT_BYTES_MAX (1u << 20)    /* of one value */
#define RESULT_BYTES_MAX (32u << 20) /* of all rows: 111,600 cohorts of a fleet have 21 MB */
#define RESULT_ROWS_MAX 250000u
#define NUMBER_TEXT_MAX 32u

struct parameter {
    int64_t whole;
    double real;
    char *text; /* owned */
};

/* Where the client library writes a value of the row that it reads. */
struct column {
    int64_t whole;
    double real;
    char *text; /* owned */
    size_t cap;
    unsigned long length;
    my_bool null;
    my_bool cut;
};

/* A value of the present row, in the result. */
struct value {
    enum { VALUE_NULL, VALUE_WHOLE, VALUE_REAL, VALUE_TEXT } kind;
    int64_t whole;
    double real;
    const char *text;
    char number[NUMBER_TEXT_MAX]; /* a number as text, where that is asked for */
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
    struct value *values;
    struct dk_buffer rows; /* all rows, packed */
    size_t row_count;
    size_t at;   /* the next row in `rows` */
    bool open;   /* executed, and rows may be left here */
    bool unread; /* rows may be left in the client library */
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
    free(s->values);
    s->columns = NULL;
    s->column_binds = NULL;
    s->values = NULL;
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
    s->values = calloc(columns + 1u, sizeof(*s->values));
    if (!s->parameters || !s->binds || !s->columns || !s->column_binds || !s->values)
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
    enum dk_status status = DK_OK;
    dk_mysql_exchange_begin(&conn->exchange);
    dk_mysql_exchange_watch(&conn->exchange, conn->handle);
    int failed = mysql_stmt_prepare(s->handle, s->text, strlen(s->text));
    dk_mysql_exchange_unwatch(&conn->exchange);
    if (failed)
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
    dk_buffer_init(&s->rows, RESULT_BYTES_MAX);
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
    dk_buffer_reset(&s->rows);
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
    dk_error_set(err, DK_ERR_FAILED, "a statement has %u parameters, and no parameter %d",
                 s->parameter_count, index);
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
    if (s->parameter_count > 0 && mysql_stmt_bind_param(s->handle, s->binds) != 0)
        return dk_mysql_fail_statement(conn, s->handle, "a statement failed in", err);
    dk_mysql_exchange_begin(&conn->exchange);
    dk_mysql_exchange_watch(&conn->exchange, conn->handle);
    int failed = mysql_stmt_execute(s->handle);
    dk_mysql_exchange_unwatch(&conn->exchange);
    if (failed)
        return dk_mysql_fail_statement(conn, s->handle, "a statement failed in", err);
    s->open = s->unread = true;
    return DK_OK;
}

/* What only reads is tried a second time where the connection broke between transactions. */
static enum dk_status execute(struct statement *s, struct dk_error *err)
{
    struct dk_mysql *conn = connection_of(s);
    enum dk_status status = execute_once(s, err);
    if (status != DK_OK && conn->broken && !conn->in_transaction && !conn->exchange.verdict &&
        s->column_count > 0)
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

/* --- results ------------------------------------------------------------------------------- */

static enum dk_status make_room(struct column *column, size_t cap, struct dk_error *err)
{
    if (cap <= column->cap)
        return DK_OK;
    char *text = realloc(column->text, cap);
    if (!text)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a row");
    column->text = text;
    column->cap = cap;
    return DK_OK;
}

static enum dk_status bind_column(MYSQL_BIND *bind, struct column *column,
                                  enum enum_field_types type, struct dk_error *err)
{
    *bind =
        (MYSQL_BIND){.length = &column->length, .is_null = &column->null, .error = &column->cut};
    switch (type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR:
        bind->buffer_type = MYSQL_TYPE_LONGLONG;
        bind->buffer = &column->whole;
        return DK_OK;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
        bind->buffer_type = MYSQL_TYPE_DOUBLE;
        bind->buffer = &column->real;
        return DK_OK;
    default:
        DK_RETURN_IF_ERROR(make_room(column, TEXT_BYTES_FIRST, err));
        bind->buffer_type = MYSQL_TYPE_STRING;
        bind->buffer = column->text;
        bind->buffer_length = (unsigned long)column->cap;
        return DK_OK;
    }
}

static enum dk_status bind_columns(struct statement *s, struct dk_error *err)
{
    MYSQL_RES *fields = mysql_stmt_result_metadata(s->handle);
    if (!fields)
        return dk_mysql_fail_statement(connection_of(s), s->handle, "can't read from", err);
    enum dk_status status = DK_OK;
    for (unsigned i = 0; status == DK_OK && i < s->column_count; i++)
        status = bind_column(&s->column_binds[i], &s->columns[i],
                             mysql_fetch_field_direct(fields, i)->type, err);
    mysql_free_result(fields);
    if (status == DK_OK && mysql_stmt_bind_result(s->handle, s->column_binds) != 0)
        status = dk_mysql_fail_statement(connection_of(s), s->handle, "can't read from", err);
    return status;
}

/* Reads a text again that was longer than the room for it. */
static enum dk_status read_long(struct statement *s, unsigned index, struct dk_error *err)
{
    struct column *column = &s->columns[index];
    MYSQL_BIND *bind = &s->column_binds[index];
    if (bind->buffer_type != MYSQL_TYPE_STRING || column->null || column->length <= column->cap)
        return DK_OK;
    if (column->length > TEXT_BYTES_MAX)
        return dk_error_set(err, DK_ERR_STORE,
                            "the database contains a text of %lu bytes, which is too long",
                            column->length);
    DK_RETURN_IF_ERROR(make_room(column, column->length, err));
    bind->buffer = column->text;
    bind->buffer_length = (unsigned long)column->cap;
    if (mysql_stmt_fetch_column(s->handle, bind, index, 0) != 0)
        return dk_mysql_fail_statement(connection_of(s), s->handle, "can't read from", err);
    return DK_OK;
}

/* Packs a value: its kind, and 8 bytes of a number, or a text with its NUL. */
static void pack(struct dk_buffer *rows, const struct column *column, const MYSQL_BIND *bind)
{
    char kind = column->null                               ? VALUE_NULL
                : bind->buffer_type == MYSQL_TYPE_LONGLONG ? VALUE_WHOLE
                : bind->buffer_type == MYSQL_TYPE_DOUBLE   ? VALUE_REAL
                                                           : VALUE_TEXT;
    dk_buffer_put_bytes(rows, &kind, 1);
    if (kind == VALUE_WHOLE)
        dk_buffer_put_bytes(rows, &column->whole, sizeof(column->whole));
    else if (kind == VALUE_REAL)
        dk_buffer_put_bytes(rows, &column->real, sizeof(column->real));
    else if (kind == VALUE_TEXT) {
        dk_buffer_put_bytes(rows, column->text, strnlen(column->text, column->length));
        dk_buffer_put_bytes(rows, "", 1);
    }
}

static enum dk_status too_many_rows(struct statement *s, struct dk_error *err)
{
    struct dk_mysql *conn = connection_of(s);
    dk_mysql_exchange_cut(&conn->exchange, conn->handle);
    return dk_mysql_fail(conn, "can't read from", err);
}

static enum dk_status keep_row(struct statement *s, struct dk_error *err)
{
    for (unsigned i = 0; i < s->column_count; i++) {
        DK_RETURN_IF_ERROR(read_long(s, i, err));
        pack(&s->rows, &s->columns[i], &s->column_binds[i]);
    }
    return s->rows.failed || ++s->row_count > RESULT_ROWS_MAX ? too_many_rows(s, err) : DK_OK;
}

/* Reads all rows into memory, so that other statements can run while they are used. */
static enum dk_status read_result(struct statement *s, struct dk_error *err)
{
    s->rows.size = s->at = s->row_count = 0;
    DK_RETURN_IF_ERROR(bind_columns(s, err));
    for (;;) {
        int got = mysql_stmt_fetch(s->handle);
        if (got == MYSQL_NO_DATA)
            break;
        if (got != 0 && got != MYSQL_DATA_TRUNCATED)
            return dk_mysql_fail_statement(connection_of(s), s->handle, "can't read from", err);
        DK_RETURN_IF_ERROR(keep_row(s, err));
    }
    s->unread = false;
    return DK_OK;
}

static enum dk_status start(struct statement *s, struct dk_error *err)
{
    struct dk_mysql *conn = connection_of(s);
    DK_RETURN_IF_ERROR(execute(s, err));
    if (s->column_count > 0)
        return read_result(s, err);
    conn->changed = mysql_stmt_affected_rows(s->handle);
    conn->last_id = (int64_t)mysql_stmt_insert_id(s->handle);
    return DK_OK;
}

/* Unpacks the next row; false at the end. */
static bool next_row(struct statement *s)
{
    if (s->at >= s->rows.size)
        return false;
    for (unsigned i = 0; i < s->column_count; i++) {
        struct value *value = &s->values[i];
        value->kind = (unsigned char)s->rows.data[s->at++];
        const char *at = s->rows.data + s->at;
        if (value->kind == VALUE_WHOLE)
            memcpy(&value->whole, at, sizeof(value->whole));
        else if (value->kind == VALUE_REAL)
            memcpy(&value->real, at, sizeof(value->real));
        value->text = at;
        s->at += value->kind == VALUE_NULL ? 0 : value->kind == VALUE_TEXT ? strlen(at) + 1 : 8;
    }
    return true;
}

enum dk_status dk_mysql_step(struct dk_statement *statement, bool *row, struct dk_error *err)
{
    struct statement *s = statement_of(statement);
    *row = false;
    enum dk_status status = s->open ? DK_OK : start(s, err);
    if (status == DK_OK && s->column_count > 0)
        *row = next_row(s);
    if (!*row)
        dk_mysql_statement_reset(statement);
    return status;
}

void dk_mysql_statement_reset(struct dk_statement *statement)
{
    struct statement *s = statement_of(statement);
    struct dk_mysql *conn = connection_of(s);
    if (s->open && s->unread && s->generation == conn->generation && !conn->broken &&
        s->column_count > 0 && mysql_stmt_free_result(s->handle) != 0)
        conn->broken = true; /* rows may still be under way: nothing else could be read */
    s->open = s->unread = false;
}

/* --- columns ------------------------------------------------------------------------------- */

static struct value *value_of(struct statement *s, int index)
{
    return index >= 0 && (unsigned)index < s->column_count ? &s->values[index] : NULL;
}

int64_t dk_mysql_column_int(struct dk_statement *statement, int index)
{
    const struct value *value = value_of(statement_of(statement), index);
    if (!value || value->kind == VALUE_NULL)
        return 0;
    return value->kind == VALUE_WHOLE  ? value->whole
           : value->kind == VALUE_REAL ? (int64_t)value->real
                                       : strtoll(value->text, NULL, 10);
}

const char *dk_mysql_column_text(struct dk_statement *statement, int index)
{
    struct value *value = value_of(statement_of(statement), index);
    if (!value || value->kind == VALUE_NULL)
        return "";
    if (value->kind == VALUE_TEXT)
        return value->text;
    if (value->kind == VALUE_WHOLE)
        snprintf(value->number, sizeof(value->number), "%" PRId64, value->whole);
    else
        snprintf(value->number, sizeof(value->number), "%.17g", value->real);
    return value->number;
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
    DK_MYSQL_STATEMENT_OPS,
};
