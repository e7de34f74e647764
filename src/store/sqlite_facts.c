/*
 * The fact table's fast ways in and out. Rows go in by one prepared INSERT, in the order of the
 * primary key, values bound as doubles; they come out by one SELECT, each column trying the scale
 * that its last value had.
 */
#include <string.h>

#include "base/buffer.h"
#include "store/sqlite.h"

#define TEXT_BYTES_MAX 4096
#define PROGRESS_ROWS 4096

static enum dk_status prepare_insert(struct dk_sqlite *conn, sqlite3_stmt **out,
                                     struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, TEXT_BYTES_MAX);
    enum dk_status status = dk_buffer_printf(
        &text, err,
        "INSERT INTO well_reading (well_id, cohort, reading, date_time, cumulative_minutes, "
        "well_profile");
    for (int i = 0; status == DK_OK && i < DK_SENSORS; i++)
        status = dk_buffer_printf(&text, err, ", %s", dk_sensors[i].name);
    if (status == DK_OK)
        status = dk_buffer_printf(&text, err, ") VALUES (?");
    for (int i = 1; status == DK_OK && i < DK_SQLITE_SENSORS + DK_SENSORS; i++)
        status = dk_buffer_printf(&text, err, ", ?");
    if (status == DK_OK)
        status = dk_buffer_printf(&text, err, ")");
    if (status == DK_OK) {
        int code = sqlite3_prepare_v3(conn->handle, text.data, (int)text.size,
                                      SQLITE_PREPARE_PERSISTENT, out, NULL);
        if (code != SQLITE_OK)
            status = dk_sqlite_fail(conn, code, "can't load into", err);
    }
    dk_buffer_reset(&text);
    return status;
}

/* Binds 1-based parameters from 0-based columns; the codes are or-ed, SQLITE_OK being 0. */
static int bind_values(sqlite3_stmt *insert, const dk_decimal *const columns[DK_SENSORS],
                       size_t row)
{
    int code = SQLITE_OK;
    for (int i = 0; i < DK_SENSORS; i++) {
        dk_decimal value = columns[i][row];
        int index = DK_SQLITE_SENSORS + i + 1;
        code |= value == DK_DECIMAL_MISSING
                    ? sqlite3_bind_null(insert, index)
                    : sqlite3_bind_double(insert, index, dk_decimal_to_double(value));
    }
    return code;
}

static int insert_series(sqlite3_stmt *insert, const struct dk_fact *fact)
{
    const struct dk_series *series = &fact->readings->series[fact->series];
    const dk_decimal *columns[DK_SENSORS];
    char date_time[DK_DATE_TIME_SIZE];
    for (size_t i = 0; i < DK_SENSORS; i++)
        columns[i] = dk_readings_column(fact->readings, i, fact->series);

    int code = sqlite3_bind_int64(insert, DK_SQLITE_WELL + 1, fact->well_id);
    code |= sqlite3_bind_int64(insert, DK_SQLITE_COHORT + 1, series->cohort);
    /* Bound once: the text changes beneath it, its place and size do not. */
    code |= sqlite3_bind_text(insert, DK_SQLITE_DATE_TIME + 1, date_time, DK_DATE_TIME_SIZE,
                              SQLITE_STATIC);
    for (size_t row = 0; code == SQLITE_OK && row < fact->readings->rows; row++) {
        int64_t minutes = (int64_t)row * series->interval_minutes;
        dk_date_time_format(series->start_minute + minutes, date_time);
        code |= sqlite3_bind_int64(insert, DK_SQLITE_READING + 1, (int64_t)row + 1);
        code |= sqlite3_bind_int64(insert, DK_SQLITE_MINUTES + 1, minutes);
        code |= sqlite3_bind_int64(insert, DK_SQLITE_PROFILE + 1, fact->profile_id + (int64_t)row);
        code |= bind_values(insert, columns, row);
        if (code != SQLITE_OK)
            return SQLITE_NOMEM; /* all that binding numbers can fail with */
        code = sqlite3_step(insert);
        int reset = sqlite3_reset(insert);
        code = code == SQLITE_DONE ? reset : code;
    }
    if (code == SQLITE_OK)
        code = sqlite3_clear_bindings(insert);
    return code;
}

enum dk_status dk_sqlite_facts_insert(struct dk_sql *sql, const struct dk_fact *facts, size_t count,
                                      const struct dk_observer *observer, struct dk_error *err)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    sqlite3_stmt *insert = NULL;
    uint64_t total = 0;
    uint64_t done = 0;
    for (size_t i = 0; i < count; i++)
        total += facts[i].readings->rows;
    enum dk_status status = prepare_insert(conn, &insert, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        int code = insert_series(insert, &facts[i]);
        if (code != SQLITE_OK)
            status = dk_sqlite_fail(conn, code, "can't load into", err);
        done += facts[i].readings->rows;
        dk_observer_progress(observer, "load", done, total, "rows");
    }
    sqlite3_finalize(insert); /* repeats the code of the step */
    return status;
}

/* --- reading back --------------------------------------------------------------------------- */

static enum dk_status prepare_read(struct dk_sqlite *conn, struct dk_error *err)
{
    struct dk_buffer text;
    if (conn->read_fact)
        return DK_OK;
    dk_buffer_init(&text, TEXT_BYTES_MAX);
    enum dk_status status = dk_buffer_printf(
        &text, err,
        "SELECT well_id, cohort, reading, date_time, cumulative_minutes, well_profile");
    for (int i = 0; status == DK_OK && i < DK_SENSORS; i++)
        status = dk_buffer_printf(&text, err, ", %s", dk_sensors[i].name);
    if (status == DK_OK)
        status = dk_buffer_printf(&text, err,
                                  " FROM well_reading WHERE well_id = ? AND cohort = ? "
                                  "ORDER BY reading");
    if (status == DK_OK)
        status = dk_buffer_terminate(&text, err);
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
                 "%s of rig '%s' cohort %d reading %zu in '%s' is not what the ledger says", column,
                 rig, read->series->cohort, row + 1, read->conn->path);
    return dk_error_hint(read->err, "somebody changed the rows; load the drop again with --replace");
}

/* The columns that are no sensor: they follow from the series. */
static enum dk_status check_keys(const struct read *read, size_t row)
{
    char expected[DK_DATE_TIME_SIZE];
    int64_t minutes = (int64_t)row * read->series->interval_minutes;
    if (sqlite3_column_int64(read->select, DK_SQLITE_READING) != (int64_t)row + 1)
        return bad_row(read, row, "the number");
    if (sqlite3_column_int64(read->select, DK_SQLITE_MINUTES) != minutes)
        return bad_row(read, row, "cumulative_minutes");
    if (sqlite3_column_int64(read->select, DK_SQLITE_PROFILE) !=
        read->fact->profile_id + (int64_t)row)
        return bad_row(read, row, "well_profile");
    const unsigned char *text = sqlite3_column_text(read->select, DK_SQLITE_DATE_TIME);
    dk_date_time_format(read->series->start_minute + minutes, expected);
    if (!text || sqlite3_column_bytes(read->select, DK_SQLITE_DATE_TIME) != DK_DATE_TIME_SIZE ||
        memcmp(text, expected, DK_DATE_TIME_SIZE) != 0)
        return bad_row(read, row, "date_time");
    return DK_OK;
}

static enum dk_status read_values(struct read *read, size_t row)
{
    for (int i = 0; i < DK_SENSORS; i++) {
        dk_decimal *out = &read->columns[i][row];
        int index = DK_SQLITE_SENSORS + i;
        switch (sqlite3_column_type(read->select, index)) {
        case SQLITE_NULL:
            *out = DK_DECIMAL_MISSING;
            break;
        case SQLITE_FLOAT:
            if (!dk_decimal_from_double(sqlite3_column_double(read->select, index),
                                        read->scales[i], out))
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
                 row + 1, rig, read->series->cohort, read->conn->path);
    return dk_error_hint(read->err, "somebody removed rows; load the drop again with --replace");
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
        enum dk_status status = check_keys(read, row);
        if (status == DK_OK)
            status = read_values(read, row);
        if (status != DK_OK)
            return status;
    }
}

enum dk_status dk_sqlite_fact_read(struct dk_sql *sql, const struct dk_fact *fact,
                                   struct dk_readings *into, size_t series, struct dk_error *err)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    enum dk_status status = prepare_read(conn, err);
    if (status != DK_OK)
        return status;
    struct read read = {.conn = conn,
                        .select = dk_sqlite_handle(conn->read_fact),
                        .series = &into->series[series],
                        .fact = fact,
                        .err = err};
    for (size_t i = 0; i < DK_SENSORS; i++)
        read.columns[i] = dk_readings_column(into, i, series);
    status = dk_sqlite_bind_int(conn->read_fact, 1, fact->well_id, err);
    if (status == DK_OK)
        status = dk_sqlite_bind_int(conn->read_fact, 2, read.series->cohort, err);
    if (status == DK_OK)
        status = read_rows(&read, into->rows);
    dk_sqlite_reset(conn->read_fact);
    return status;
}
