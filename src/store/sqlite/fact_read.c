/*
 * One SELECT over a range of the primary key; each column tries the scale that its last value had.
 */
#include "fact_read.h"

#include <string.h>

#include "base/buffer.h"
#include "sqlite_failure.h"
#include "sqlite_statement.h"

#define TEXT_BYTES_MAX 4096

static enum dk_status prepare_read(struct dk_sqlite *conn, struct dk_error *err)
{
    struct dk_buffer text;
    if (conn->read_fact)
        return DK_OK;
    dk_buffer_init(&text, TEXT_BYTES_MAX);
    dk_buffer_put(&text, "SELECT ");
    dk_fact_put_columns(&text);
    dk_buffer_put(&text, " FROM well_reading WHERE well_id = ? AND cohort = ? AND reading BETWEEN "
                         "? AND ? ORDER BY reading");
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_sqlite_prepare(&conn->sql, text.data, &conn->read_fact, err);
    dk_buffer_reset(&text);
    return status;
}

/* One series being read: where it is and what its rows must say. */
struct read {
    struct dk_sqlite *conn;
    sqlite3_stmt *select;
    const struct dk_series *series;
    const struct dk_fact *fact;
    struct dk_error *err;
    dk_decimal *columns[DK_SENSORS];
    int scales[DK_SENSORS]; /* the scale each sensor's last value had */
};

static enum dk_status bad_row(const struct read *read, size_t row, const char *column)
{
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&read->series->well, rig);
    dk_error_set(read->err, DK_ERR_STORE,
                 "%s of rig '%s' cohort %d reading %zu in '%s' differs from the ledger", column,
                 rig, read->series->cohort, read->fact->first + row + 1, read->conn->path);
    dk_error_hint(read->err,
                  "another program changed the rows: restore the database from a backup; 'derrick "
                  "check --database' lists what differs");
    return DK_ERR_STORE;
}

/* The columns that are no sensor: they follow from the series. */
static enum dk_status check_keys(const struct read *read, size_t row)
{
    char expected[DK_DATE_TIME_SIZE];
    int64_t index = (int64_t)(read->fact->first + row);
    int64_t minutes = index * read->series->interval_minutes;
    if (sqlite3_column_int64(read->select, DK_FACT_READING) != index + 1)
        return bad_row(read, row, "the number");
    if (sqlite3_column_int64(read->select, DK_FACT_MINUTES) != minutes)
        return bad_row(read, row, "cumulative_minutes");
    if (sqlite3_column_int64(read->select, DK_FACT_PROFILE) != read->fact->profile_id + index)
        return bad_row(read, row, "well_profile");
    const unsigned char *text = sqlite3_column_text(read->select, DK_FACT_DATE_TIME);
    dk_date_time_format(read->series->start_minute + minutes, expected);
    if (!text || sqlite3_column_bytes(read->select, DK_FACT_DATE_TIME) != DK_DATE_TIME_SIZE ||
        memcmp(text, expected, DK_DATE_TIME_SIZE) != 0)
        return bad_row(read, row, "date_time");
    return DK_OK;
}

static enum dk_status read_values(struct read *read, size_t row)
{
    for (int i = 0; i < DK_SENSORS; i++) {
        dk_decimal *out = &read->columns[i][row];
        int index = DK_FACT_SENSORS + i;
        switch (sqlite3_column_type(read->select, index)) {
        case SQLITE_NULL:
            *out = DK_DECIMAL_MISSING;
            break;
        case SQLITE_FLOAT:
            if (!dk_decimal_from_double(sqlite3_column_double(read->select, index), read->scales[i],
                                        out))
                return bad_row(read, row, dk_sensors[i].name);
            read->scales[i] = dk_decimal_scale(*out);
            break;
        default:
            return bad_row(read, row, dk_sensors[i].name);
        }
    }
    return DK_OK;
}

static enum dk_status missing_row(const struct read *read, size_t row)
{
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&read->series->well, rig);
    dk_error_set(read->err, DK_ERR_STORE, "reading %zu of rig '%s' cohort %d is missing in '%s'",
                 read->fact->first + row + 1, rig, read->series->cohort, read->conn->path);
    dk_error_hint(read->err, "another program removed rows: restore the database from a backup; "
                             "'derrick check --database' lists what differs");
    return DK_ERR_STORE;
}

static enum dk_status read_rows(struct read *read, size_t rows)
{
    for (size_t row = 0;; row++) {
        int code = sqlite3_step(read->select);
        if (code == SQLITE_DONE)
            return row == rows ? DK_OK : missing_row(read, row);
        if (code != SQLITE_ROW)
            return dk_sqlite_fail(read->conn, code, "can't read", read->err);
        if (row == rows)
            return bad_row(read, row, "the number");
        DK_RETURN_IF_ERROR(check_keys(read, row));
        DK_RETURN_IF_ERROR(read_values(read, row));
    }
}

static enum dk_status bind_keys(const struct read *read)
{
    struct dk_statement *select = read->conn->read_fact;
    DK_RETURN_IF_ERROR(dk_sqlite_bind_int(select, 1, read->fact->well_id, read->err));
    DK_RETURN_IF_ERROR(dk_sqlite_bind_int(select, 2, read->series->cohort, read->err));
    DK_RETURN_IF_ERROR(dk_sqlite_bind_int(select, 3, dk_fact_reading_min(read->fact), read->err));
    return dk_sqlite_bind_int(select, 4, dk_fact_reading_max(read->fact), read->err);
}

enum dk_status dk_sqlite_fact_read(struct dk_sql *sql, const struct dk_fact *fact,
                                   struct dk_readings *into, size_t series, struct dk_error *err)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    DK_RETURN_IF_ERROR(prepare_read(conn, err));
    struct read read = {.conn = conn,
                        .select = dk_sqlite_handle(conn->read_fact),
                        .series = &into->series[series],
                        .fact = fact,
                        .err = err};
    for (size_t i = 0; i < DK_SENSORS; i++)
        read.columns[i] = dk_readings_column(into, i, series);
    enum dk_status status = bind_keys(&read);
    if (status == DK_OK)
        status = read_rows(&read, into->rows);
    dk_sqlite_reset(conn->read_fact);
    return status;
}
