#include "insert.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "base/date.h"
#include "store/mysql/statement.h"

#define STATEMENT_BYTES_MAX (4u << 20)
/* A row of an INSERT in the binary protocol: values, types, and its share of the NULL bitmap. */
#define INSERT_ROW_BYTES (DK_FACT_COLUMNS * (8u + 2u) + 24u)
#define INSERT_ROWS_MAX 500u /* 11,500 of the 65,535 parameters that a statement may have */

static void put_insert(struct dk_buffer *text, size_t rows)
{
    dk_buffer_put(text, "INSERT INTO well_reading (");
    dk_fact_put_columns(text);
    dk_buffer_put(text, ") VALUES ");
    for (size_t row = 0; row < rows; row++) {
        dk_buffer_put(text, row ? ", (?" : "(?");
        for (size_t column = 1; column < DK_FACT_COLUMNS; column++)
            dk_buffer_put(text, ", ?");
        dk_buffer_put(text, ")");
    }
}

static enum dk_status prepare_insert(struct dk_mysql *conn, size_t rows, struct dk_statement **out,
                                     struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    put_insert(&text, rows);
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_mysql_prepare(&conn->sql, text.data, out, err);
    dk_buffer_reset(&text);
    return status;
}

/* Binds one row from parameter `first` on. */
static enum dk_status bind_row(struct dk_statement *insert, int first, const struct dk_fact *fact,
                               size_t row, struct dk_error *err)
{
    const struct dk_series *series = &fact->readings->series[fact->series];
    int64_t minutes = (int64_t)row * series->interval_minutes;
    char when[DK_DATE_TIME_SIZE + 1] = "";
    dk_date_time_format(series->start_minute + minutes, when);
    const int64_t whole[] = {[DK_FACT_WELL] = fact->well_id,
                             [DK_FACT_COHORT] = series->cohort,
                             [DK_FACT_READING] = (int64_t)row + 1,
                             [DK_FACT_MINUTES] = minutes,
                             [DK_FACT_PROFILE] = fact->profile_id + (int64_t)row};
    enum dk_status status = DK_OK;
    for (int column = 0; status == DK_OK && column < DK_FACT_SENSORS; column++)
        status = column == DK_FACT_DATE_TIME
                     ? dk_mysql_bind_text(insert, first + column, when, err)
                     : dk_mysql_bind_int(insert, first + column, whole[column], err);
    for (size_t sensor = 0; status == DK_OK && sensor < DK_SENSORS; sensor++) {
        dk_decimal value = dk_readings_column(fact->readings, sensor, fact->series)[row];
        int index = first + DK_FACT_SENSORS + (int)sensor;
        status = value == DK_DECIMAL_MISSING
                     ? dk_mysql_bind_text(insert, index, NULL, err)
                     : dk_mysql_bind_double(insert, index, dk_decimal_to_double(value), err);
    }
    return status;
}

static enum dk_status insert_rows(struct dk_mysql *conn, struct dk_mysql_walk *walk, size_t rows,
                                  struct dk_statement *insert, struct dk_error *err)
{
    bool more;
    for (size_t i = 0; i < rows && dk_mysql_walk_settle(walk); i++) {
        DK_RETURN_IF_ERROR(bind_row(insert, 1 + (int)(i * DK_FACT_COLUMNS),
                                    &walk->facts[walk->fact], walk->row, err));
        dk_mysql_walk_next(walk);
    }
    DK_RETURN_IF_ERROR(dk_mysql_step(insert, &more, err));
    if (conn->changed != rows)
        return dk_error_set(err, DK_ERR_STORE, "the database accepted %" PRIu64 " of %zu rows",
                            conn->changed, rows);
    return DK_OK;
}

enum dk_status dk_mysql_insert_all(struct dk_mysql *conn, struct dk_mysql_walk *walk,
                                   struct dk_error *err)
{
    uint64_t fit = conn->packet_max_bytes / INSERT_ROW_BYTES;
    size_t rows = fit < 2 ? 1 : fit / 2 > INSERT_ROWS_MAX ? INSERT_ROWS_MAX : (size_t)(fit / 2);
    struct dk_statement *insert = NULL;
    enum dk_status status = DK_OK;
    while (status == DK_OK && walk->done < walk->total) {
        uint64_t left = walk->total - walk->done;
        if (left < rows || !insert) { /* the last ones are fewer: a statement of their own */
            rows = left < rows ? (size_t)left : rows;
            dk_mysql_finalize(insert);
            insert = NULL;
            status = prepare_insert(conn, rows, &insert, err);
        }
        if (status == DK_OK)
            status = insert_rows(conn, walk, rows, insert, err);
    }
    dk_mysql_finalize(insert);
    return status;
}
