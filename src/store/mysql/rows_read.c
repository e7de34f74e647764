/*
 * A series out of well_reading: one range of the primary key, row by row over the binary protocol,
 * so that the server neither sorts nor formats anything. A DOUBLE becomes the decimal of at most 15
 * digits that it was made from.
 */
#include "store/mysql/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/date.h"
#include "store/mysql/failure.h"
#include "store/mysql/statement.h"

#define STATEMENT_BYTES_MAX 4096u
#define DISCARD_ROWS_MAX 10000u /* four times a whole cohort */

/* The columns that are asked for: all but well_id and cohort, which are given. */
enum { READING, DATE_TIME, MINUTES, PROFILE, SENSORS, COLUMNS = SENSORS + DK_SENSORS };

/* The rows of an answer, and the row that was fetched last. */
struct fetched {
    const struct dk_fact *fact;
    struct dk_readings *into;
    size_t series;
    int scales[DK_SENSORS]; /* of the last value of each sensor */
    int64_t whole[SENSORS]; /* DATE_TIME unused */
    MYSQL_TIME when;
    double values[DK_SENSORS];
    my_bool null[COLUMNS];
    MYSQL_BIND binds[COLUMNS];
};

static enum dk_status prepare(struct dk_mysql *conn, struct dk_error *err)
{
    if (conn->read_fact)
        return DK_OK;
    struct dk_buffer text;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    dk_buffer_put(&text, "SELECT reading, date_time, cumulative_minutes, well_profile");
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
        dk_buffer_putf(&text, ", %s", dk_sensors[sensor].name);
    dk_buffer_put(&text, " FROM well_reading WHERE well_id = ? AND cohort = ? AND reading BETWEEN "
                         "? AND ? ORDER BY well_id, cohort, reading");
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_mysql_prepare(&conn->sql, text.data, &conn->read_fact, err);
    dk_buffer_reset(&text);
    return status;
}

static void set_binds(struct fetched *fetched)
{
    memset(fetched, 0, sizeof(*fetched));
    for (size_t column = 0; column < COLUMNS; column++) {
        MYSQL_BIND *bind = &fetched->binds[column];
        bind->is_null = &fetched->null[column];
        if (column == DATE_TIME) {
            bind->buffer_type = MYSQL_TYPE_DATETIME;
            bind->buffer = &fetched->when;
            bind->buffer_length = sizeof(fetched->when);
        } else if (column < SENSORS) {
            bind->buffer_type = MYSQL_TYPE_LONGLONG;
            bind->buffer = &fetched->whole[column];
        } else {
            bind->buffer_type = MYSQL_TYPE_DOUBLE;
            bind->buffer = &fetched->values[column - SENSORS];
        }
    }
}

static enum dk_status differs(const struct dk_series *series, size_t row, const char *what,
                              struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&series->well, rig);
    dk_error_set(err, DK_ERR_STORE, "reading %zu of rig %s, cohort %d, in the database: %s",
                 row + 1, rig, series->cohort, what);
    dk_error_hint(err, "a trigger or another program changes well_reading: check triggers and "
                       "column types, and restore the rows from a backup; 'derrick check "
                       "--database' lists what differs");
    return DK_ERR_STORE;
}

static enum dk_status differs_value(const struct dk_series *series, size_t row, const char *sensor,
                                    struct dk_error *err)
{
    char what[80];
    snprintf(what, sizeof(what), "its %s is not a number of at most 15 digits", sensor);
    return differs(series, row, what, err);
}

static bool is_time(const MYSQL_TIME *when, int64_t minute)
{
    int64_t days = dk_days_from_civil(when->year, (int)when->month, (int)when->day);
    return days * 1440 + when->hour * 60 + when->minute == minute && when->second == 0 &&
           when->second_part == 0;
}

/* Puts row `row` into the table, after looking whether it is the one that belongs there. */
static enum dk_status take_row(struct fetched *fetched, size_t row, struct dk_error *err)
{
    const struct dk_fact *fact = fetched->fact;
    struct dk_readings *into = fetched->into;
    const struct dk_series *is = &into->series[fetched->series];
    size_t index = fact->first + row; /* in the series */
    int64_t minutes = (int64_t)index * is->interval_minutes;
    if (row >= into->rows)
        return differs(is, index, "there are more readings than were loaded", err);
    if (fetched->whole[READING] != (int64_t)index + 1)
        return differs(is, index, "it is missing", err);
    if (fetched->null[DATE_TIME] || !is_time(&fetched->when, is->start_minute + minutes))
        return differs(is, index, "its date_time is wrong", err);
    if (fetched->null[MINUTES] || fetched->whole[MINUTES] != minutes)
        return differs(is, index, "its cumulative_minutes is wrong", err);
    if (fetched->null[PROFILE] || fetched->whole[PROFILE] != fact->profile_id + (int64_t)index)
        return differs(is, index, "its well_profile is wrong", err);
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
        dk_decimal value = DK_DECIMAL_MISSING;
        if (!fetched->null[SENSORS + sensor] &&
            !dk_decimal_from_double(fetched->values[sensor], fetched->scales[sensor], &value))
            return differs_value(is, index, dk_sensors[sensor].name, err);
        if (value != DK_DECIMAL_MISSING)
            fetched->scales[sensor] = dk_decimal_scale(value);
        dk_readings_column(into, sensor, fetched->series)[row] = value;
    }
    return DK_OK;
}

static enum dk_status fetch_rows(struct dk_mysql *conn, MYSQL_STMT *handle,
                                 const struct dk_fact *fact, struct dk_readings *into,
                                 size_t series, struct dk_error *err)
{
    struct fetched fetched;
    set_binds(&fetched);
    fetched.fact = fact;
    fetched.into = into;
    fetched.series = series;
    if (mysql_stmt_bind_result(handle, fetched.binds) != 0)
        return dk_mysql_fail_statement(conn, handle, "can't read well_reading from", err);
    for (size_t row = 0;; row++) {
        int got = mysql_stmt_fetch(handle);
        if (got == MYSQL_NO_DATA)
            return row == into->rows
                       ? DK_OK
                       : differs(&into->series[series], fact->first + row, "it is missing", err);
        if (got == MYSQL_DATA_TRUNCATED)
            return differs(&into->series[series], fact->first + row, "a column is of another type",
                           err);
        if (got != 0)
            return dk_mysql_fail_statement(conn, handle, "can't read well_reading from", err);
        DK_RETURN_IF_ERROR(take_row(&fetched, row, err));
    }
}

/* Reads what is left of an answer that is already known to be wrong, so that the connection stays
 * usable; gives up a server that does not end it. */
static void discard_rows(struct dk_mysql *conn, MYSQL_STMT *handle)
{
    for (unsigned row = 0; !conn->broken; row++) {
        if (row == DISCARD_ROWS_MAX) {
            dk_mysql_exchange_cut(&conn->exchange, conn->handle);
            conn->broken = true;
        } else if (mysql_stmt_fetch(handle) == MYSQL_NO_DATA || mysql_stmt_errno(handle) != 0) {
            return;
        }
    }
}

/* A series whose connection breaks outside a transaction is read again, once. */
static enum dk_status read_once(struct dk_mysql *conn, const struct dk_fact *fact,
                                struct dk_readings *into, size_t series, struct dk_error *err)
{
    MYSQL_STMT *handle;
    DK_RETURN_IF_ERROR(prepare(conn, err));
    DK_RETURN_IF_ERROR(dk_mysql_bind_int(conn->read_fact, 1, fact->well_id, err));
    DK_RETURN_IF_ERROR(dk_mysql_bind_int(conn->read_fact, 2, into->series[series].cohort, err));
    DK_RETURN_IF_ERROR(dk_mysql_bind_int(conn->read_fact, 3, dk_fact_reading_min(fact), err));
    DK_RETURN_IF_ERROR(dk_mysql_bind_int(conn->read_fact, 4, dk_fact_reading_max(fact), err));
    DK_RETURN_IF_ERROR(dk_mysql_send(conn->read_fact, &handle, err));
    enum dk_status status = fetch_rows(conn, handle, fact, into, series, err);
    if (status != DK_OK)
        discard_rows(conn, handle);
    dk_mysql_statement_reset(conn->read_fact);
    return status;
}

enum dk_status dk_mysql_rows_read(struct dk_mysql *conn, const struct dk_fact *fact,
                                  struct dk_readings *into, size_t series, struct dk_error *err)
{
    enum dk_status status = read_once(conn, fact, into, series, err);
    if (status != DK_OK && conn->broken && !conn->in_transaction && !conn->exchange.verdict)
        status = read_once(conn, fact, into, series, err);
    return status;
}
