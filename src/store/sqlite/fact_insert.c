/*
 * The readings of a series are a virtual table to SQLite, and one
 * INSERT ... SELECT takes them from there. Against an INSERT of one row, bound and stepped 132,300
 * times, that saves SQLite opening its cursors for each row, and us 23 calls: it takes two thirds
 * of the time. https://www.sqlite.org/vtab.html
 *
 * Rows come in the order of the primary key, so that the tree grows at its right edge.
 */
#include "fact_insert.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "sqlite_statement.h"

#define TEXT_BYTES_MAX 4096
#define MODULE "derrick_fact"

/* The one cursor that a statement has on the module. */
struct cursor {
    sqlite3_vtab_cursor base; /* first */
    const struct dk_fact *fact;
    const struct dk_series *series;
    size_t row;
    const dk_decimal *columns[DK_SENSORS];
    char date_time[DK_DATE_TIME_SIZE];
};

struct source {
    sqlite3_vtab base; /* first */
    struct dk_sqlite *conn;
};

/* --- the module ----------------------------------------------------------------------------- */

static int source_connect(sqlite3 *handle, void *context, int argc, const char *const *argv,
                          sqlite3_vtab **out, char **message)
{
    (void)argc;
    (void)argv;
    (void)message;
    struct dk_buffer text;
    dk_buffer_init(&text, TEXT_BYTES_MAX);
    struct source *source = calloc(1, sizeof(*source));
    dk_buffer_put(&text, "CREATE TABLE fact (");
    dk_fact_put_columns(&text);
    dk_buffer_put(&text, ")");
    bool ready = source && dk_buffer_finish(&text, NULL) == DK_OK;
    int code = ready ? sqlite3_declare_vtab(handle, text.data) : SQLITE_NOMEM;
    dk_buffer_reset(&text);
    if (code != SQLITE_OK) {
        free(source);
        return code;
    }
    source->conn = context;
    *out = &source->base;
    return SQLITE_OK;
}

static int source_disconnect(sqlite3_vtab *base)
{
    free(base);
    return SQLITE_OK;
}

/* There is one way to read it: all of it, in order. */
static int source_plan(sqlite3_vtab *base, sqlite3_index_info *plan)
{
    (void)base;
    plan->estimatedCost = 1e5;
    return SQLITE_OK;
}

static int source_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    (void)base;
    struct cursor *cursor = calloc(1, sizeof(*cursor));
    if (!cursor)
        return SQLITE_NOMEM;
    *out = &cursor->base;
    return SQLITE_OK;
}

static int source_close(sqlite3_vtab_cursor *base)
{
    free(base);
    return SQLITE_OK;
}

static int source_start(sqlite3_vtab_cursor *base, int number, const char *name, int argc,
                        sqlite3_value **argv)
{
    (void)number;
    (void)name;
    (void)argc;
    (void)argv;
    struct cursor *cursor = (struct cursor *)base;
    const struct dk_fact *fact = ((struct source *)base->pVtab)->conn->insert_fact;
    cursor->fact = fact;
    cursor->row = 0;
    if (!fact)
        return SQLITE_MISUSE;
    cursor->series = &fact->readings->series[fact->series];
    for (size_t i = 0; i < DK_SENSORS; i++)
        cursor->columns[i] = dk_readings_column(fact->readings, i, fact->series);
    return SQLITE_OK;
}

static int source_next(sqlite3_vtab_cursor *base)
{
    ((struct cursor *)base)->row++;
    return SQLITE_OK;
}

static int source_at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *cursor = (const struct cursor *)base;
    return cursor->row >= cursor->fact->readings->rows;
}

static void put_value(sqlite3_context *context, dk_decimal value)
{
    if (value == DK_DECIMAL_MISSING)
        sqlite3_result_null(context);
    else
        sqlite3_result_double(context, dk_decimal_to_double(value));
}

static int source_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index)
{
    struct cursor *cursor = (struct cursor *)base;
    int64_t row = (int64_t)cursor->row;
    int64_t minutes = row * cursor->series->interval_minutes;
    switch (index) {
    case DK_FACT_WELL:
        sqlite3_result_int64(context, cursor->fact->well_id);
        break;
    case DK_FACT_COHORT:
        sqlite3_result_int64(context, cursor->series->cohort);
        break;
    case DK_FACT_READING:
        sqlite3_result_int64(context, row + 1);
        break;
    case DK_FACT_DATE_TIME:
        /* SQLite takes what it needs of the row before it asks for the next. */
        dk_date_time_format(cursor->series->start_minute + minutes, cursor->date_time);
        sqlite3_result_text(context, cursor->date_time, DK_DATE_TIME_SIZE, SQLITE_TRANSIENT);
        break;
    case DK_FACT_MINUTES:
        sqlite3_result_int64(context, minutes);
        break;
    case DK_FACT_PROFILE:
        sqlite3_result_int64(context, cursor->fact->profile_id + row);
        break;
    default:
        put_value(context, cursor->columns[index - DK_FACT_SENSORS][cursor->row]);
        break;
    }
    return SQLITE_OK;
}

static int source_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
    *rowid = (sqlite3_int64)((const struct cursor *)base)->row;
    return SQLITE_OK;
}

/* Without xCreate the module is a table of its own name and no other: nothing of it is stored. */
static const sqlite3_module source_module = {
    .xConnect = source_connect,
    .xDisconnect = source_disconnect,
    .xBestIndex = source_plan,
    .xOpen = source_open,
    .xClose = source_close,
    .xFilter = source_start,
    .xNext = source_next,
    .xEof = source_at_end,
    .xColumn = source_column,
    .xRowid = source_rowid,
};

int dk_sqlite_insert_install(struct dk_sqlite *conn)
{
    return sqlite3_create_module(conn->handle, MODULE, &source_module, conn);
}

/* --- the statement -------------------------------------------------------------------------- */

static enum dk_status prepare_insert(struct dk_sqlite *conn, struct dk_statement **out,
                                     struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, TEXT_BYTES_MAX);
    dk_buffer_put(&text, "INSERT INTO well_reading (");
    dk_fact_put_columns(&text);
    dk_buffer_put(&text, ") SELECT ");
    dk_fact_put_columns(&text);
    dk_buffer_put(&text, " FROM " MODULE);
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_sqlite_prepare(&conn->sql, text.data, out, err);
    dk_buffer_reset(&text);
    return status;
}

enum dk_status dk_sqlite_facts_insert(struct dk_sql *sql, const struct dk_fact *facts, size_t count,
                                      const struct dk_observer *observer, struct dk_error *err)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    struct dk_statement *insert = NULL;
    uint64_t total = dk_fact_rows(facts, count);
    uint64_t done = 0;
    bool row = false;
    enum dk_status status = prepare_insert(conn, &insert, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        conn->insert_fact = &facts[i];
        status = dk_sqlite_step(insert, &row, err);
        done += facts[i].readings->rows;
        dk_observer_progress(observer, "load", done, total, "rows");
    }
    conn->insert_fact = NULL;
    dk_sqlite_finalize(insert);
    /* What the planner must know to look up a date_time, whose index begins with the well: how many
     * wells there are. It samples, which takes no longer for a longer table. */
    if (status == DK_OK)
        status = sql->ops->execute(sql, "ANALYZE well_reading", err);
    return status;
}
