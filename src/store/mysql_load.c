/*
 * Rows into well_reading, as fast as the server takes them: LOAD DATA LOCAL INFILE of a file that
 * is never there. The server asks for it by the name that we gave; our handler serves the rows
 * from memory, and refuses every other name, at any time.
 *
 * LOCAL means IGNORE: a row that does not fit is cut or dropped with a warning, never an error. And
 * when the handler fails, the client ends the stream in good order, so the server keeps what it
 * got. Both are caught here (rows, warnings, our own error) and undone by the caller's rollback.
 *
 * Where the server refuses LOAD DATA LOCAL, rows go as prepared multi-row INSERTs. Only a refusal
 * does that: a known code, and no request for the file. Every other failure is one of the load.
 */
#include "mysql.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/put.h"

#define STREAM_NAME "derrick-rows"
#define BLOCK_BYTES 65536u
/* Five numbers of at most 20 digits, a date and time, 17 values, and what stands between them. */
#define ROW_BYTES_MAX (5u * 21u + DK_DATE_TIME_SIZE + DK_SENSORS * (DK_DECIMAL_TEXT_MAX + 1u) + 8u)
#define STATEMENT_BYTES_MAX (4u << 20)
/* A row of an INSERT in the binary protocol: values, types, and its share of the NULL bitmap. */
#define INSERT_ROW_BYTES (DK_FACT_COLUMNS * (8u + 2u) + 24u)
#define INSERT_ROWS_MAX 500u /* 11,500 of the 65,535 parameters that a statement may have */
#define PROGRESS_ROWS 2048u

/* Where the walk over all rows of all facts is. */
struct walk {
    const struct dk_fact *facts;
    size_t count;
    size_t fact;
    size_t row;
    uint64_t done;
    uint64_t total;
    struct dk_mysql_progress *progress;
};

struct stream {
    struct walk walk;
    size_t size;
    size_t served;
    char block[BLOCK_BYTES + ROW_BYTES_MAX + DK_PUT_SLACK];
};

/* Goes to the next row that is there; false at the end. */
static bool walk_settle(struct walk *walk)
{
    while (walk->fact < walk->count && walk->row >= walk->facts[walk->fact].readings->rows) {
        walk->fact++;
        walk->row = 0;
    }
    return walk->fact < walk->count;
}

static void walk_on(struct walk *walk)
{
    walk->row++;
    walk->done++;
    if (walk->done % PROGRESS_ROWS != 0 && walk->done != walk->total)
        return;
    struct dk_mysql_progress *progress = walk->progress;
    uint64_t step = walk->done % PROGRESS_ROWS ? walk->done % PROGRESS_ROWS : PROGRESS_ROWS;
    dk_observer_progress(progress->observer, "load", atomic_fetch_add(&progress->done, step) + step,
                         progress->total, "rows");
}

/* --- the stream ---------------------------------------------------------------------------- */

static char *put_field(char *at, int64_t value)
{
    at = dk_put_count(at, (uint64_t)value);
    *at = '\t';
    return at + 1;
}

static char *put_row(char *at, const struct dk_fact *fact, size_t row)
{
    const struct dk_readings *readings = fact->readings;
    const struct dk_series *series = &readings->series[fact->series];
    int64_t minutes = (int64_t)row * series->interval_minutes;
    at = put_field(at, fact->well_id);
    at = put_field(at, series->cohort);
    at = put_field(at, (int64_t)row + 1);
    dk_date_time_format(series->start_minute + minutes, at);
    at += DK_DATE_TIME_SIZE;
    *at++ = '\t';
    at = put_field(at, minutes);
    at = dk_put_count(at, (uint64_t)(fact->profile_id + (int64_t)row));
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
        dk_decimal value = dk_readings_column(readings, sensor, fact->series)[row];
        *at++ = '\t';
        if (value == DK_DECIMAL_MISSING) {
            memcpy(at, "\\N", 2);
            at += 2;
        } else {
            at = dk_put_decimal(at, value);
        }
    }
    *at = '\n';
    return at + 1;
}

static int serve_rows(void *context, char *out, unsigned cap)
{
    struct stream *stream = context;
    if (stream->served == stream->size) {
        char *at = stream->block;
        while (at < stream->block + BLOCK_BYTES && walk_settle(&stream->walk)) {
            at = put_row(at, &stream->walk.facts[stream->walk.fact], stream->walk.row);
            walk_on(&stream->walk);
        }
        stream->size = (size_t)(at - stream->block);
        stream->served = 0;
    }
    size_t left = stream->size - stream->served;
    size_t size = left < cap ? left : cap;
    memcpy(out, stream->block + stream->served, size);
    stream->served += size;
    return (int)size;
}

/* --- the local-infile handler -------------------------------------------------------------- */

static int infile_init(void **handle, const char *name, void *userdata)
{
    struct dk_mysql_stream *stream = userdata;
    *handle = stream;
    stream->was_asked = true;
    stream->refused = !stream->serve || strcmp(name, stream->name) != 0;
    if (stream->refused)
        snprintf(stream->asked, sizeof(stream->asked), "%s", name);
    return stream->refused;
}

static int infile_read(void *handle, char *out, unsigned cap)
{
    struct dk_mysql_stream *stream = handle;
    return stream->serve(stream->context, out, cap);
}

static void infile_end(void *handle)
{
    (void)handle; /* nothing of its own: the stream lives in the connection */
}

static int infile_error(void *handle, char *text, unsigned cap)
{
    struct dk_mysql_stream *stream = handle;
    if (stream->refused)
        snprintf(text, cap, "the server asked for the file '%s', which it does not get",
                 stream->asked);
    else
        snprintf(text, cap, "%s", stream->err.message);
    return CR_UNKNOWN_ERROR;
}

void dk_mysql_stream_install(struct dk_mysql *conn)
{
    mysql_set_local_infile_handler(conn->handle, infile_init, infile_read, infile_end, infile_error,
                                   &conn->stream);
}

/* --- LOAD DATA ------------------------------------------------------------------------------ */

static enum dk_status append_columns(struct dk_buffer *text, struct dk_error *err)
{
    dk_buffer_put(text, "(");
    dk_fact_put_columns(text);
    dk_buffer_put(text, ")");
    return dk_buffer_finish(text, err);
}

/* What the server had to say about the rows, for a message. */
static void first_warning(struct dk_mysql *conn, char *text, size_t cap)
{
    text[0] = '\0';
    if (mysql_warning_count(conn->handle) == 0 ||
        mysql_query(conn->handle, "SHOW WARNINGS LIMIT 1") != 0)
        return;
    MYSQL_RES *result = mysql_store_result(conn->handle);
    MYSQL_ROW row = result ? mysql_fetch_row(result) : NULL;
    if (row && mysql_num_fields(result) >= 3 && row[2])
        snprintf(text, cap, "; the first warning: %s", row[2]);
    mysql_free_result(result);
}

static enum dk_status check_loaded(struct dk_mysql *conn, uint64_t total, struct dk_error *err)
{
    uint64_t rows = mysql_affected_rows(conn->handle);
    unsigned warnings = mysql_warning_count(conn->handle);
    if (rows == total && warnings == 0)
        return DK_OK;
    char warning[400];
    first_warning(conn, warning, sizeof(warning));
    dk_error_set(err, DK_ERR_STORE,
                 "the database took %" PRIu64 " of %" PRIu64 " rows, with %u warnings%s", rows,
                 total, warnings, warning);
    dk_error_hint(err, "nothing was loaded; is the table well_reading as 'derrick init' made it?");
    return DK_ERR_STORE;
}

static enum dk_status load_text(struct dk_buffer *text, struct dk_error *err)
{
    enum dk_status status =
        dk_buffer_printf(text, err,
                         "LOAD DATA LOCAL INFILE '" STREAM_NAME "' INTO TABLE well_reading "
                         "CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' "
                         "LINES TERMINATED BY '\\n' ");
    return status == DK_OK ? append_columns(text, err) : status;
}

static void tell_refusal(struct dk_mysql *conn, const char *hint)
{
    dk_observer_notice(conn->observer, DK_LEVEL_NOTICE,
                       "the server at %s refuses LOAD DATA LOCAL (error %u: %s), so rows go as "
                       "INSERTs, which is slower; %s",
                       conn->place, mysql_errno(conn->handle), mysql_error(conn->handle), hint);
}

/* The end of a LOAD DATA that failed. *refused: nothing was changed, and INSERTs may do. */
static enum dk_status load_failed(struct dk_mysql *conn, bool *refused, struct dk_error *err)
{
    const char *hint = NULL;
    *refused = !conn->stream.was_asked && dk_mysql_infile_is_refused(conn, STREAM_NAME, &hint);
    if (*refused && conn->settings->load != DK_LOAD_BY_INFILE) {
        tell_refusal(conn, hint);
        return DK_OK;
    }
    enum dk_status status = dk_mysql_fail(conn, "can't load into", err);
    if (*refused)
        dk_error_hint(err, "%s; database.load = auto would use INSERTs", hint);
    *refused = false;
    return status;
}

/* Loads all rows by LOAD DATA LOCAL. DK_OK with *refused: the server refuses it, nothing was
 * changed, and a notice said so. */
static enum dk_status load_data(struct dk_mysql *conn, const struct walk *walk, bool *refused,
                                struct dk_error *err)
{
    struct dk_buffer text;
    struct stream *stream = malloc(sizeof(*stream));
    *refused = false;
    if (!stream)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the rows to load");
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    enum dk_status status = load_text(&text, err);
    if (status != DK_OK)
        goto done;
    stream->walk = *walk;
    stream->size = stream->served = 0;
    conn->stream =
        (struct dk_mysql_stream){.name = STREAM_NAME, .serve = serve_rows, .context = stream};
    int failed = mysql_real_query(conn->handle, text.data, text.size);
    conn->stream.serve = NULL;
    status = failed ? load_failed(conn, refused, err) : check_loaded(conn, walk->total, err);
done:
    free(stream);
    dk_buffer_reset(&text);
    return status;
}

/* --- INSERT --------------------------------------------------------------------------------- */

static enum dk_status prepare_insert(struct dk_mysql *conn, size_t rows, struct dk_statement **out,
                                     struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    enum dk_status status = dk_buffer_printf(&text, err, "INSERT INTO well_reading ");
    if (status == DK_OK)
        status = append_columns(&text, err);
    for (size_t row = 0; status == DK_OK && row < rows; row++) {
        status = dk_buffer_printf(&text, err, row ? ", (?" : " VALUES (?");
        for (size_t column = 1; status == DK_OK && column < DK_FACT_COLUMNS; column++)
            status = dk_buffer_append(&text, ", ?", 3, err);
        if (status == DK_OK)
            status = dk_buffer_append(&text, ")", 1, err);
    }
    if (status == DK_OK)
        status = dk_buffer_terminate(&text, err);
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

static enum dk_status insert_rows(struct dk_mysql *conn, struct walk *walk, size_t rows,
                                  struct dk_statement *insert, struct dk_error *err)
{
    bool more;
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < rows && walk_settle(walk); i++) {
        status = bind_row(insert, 1 + (int)(i * DK_FACT_COLUMNS), &walk->facts[walk->fact],
                          walk->row, err);
        walk_on(walk);
    }
    if (status == DK_OK)
        status = dk_mysql_step(insert, &more, err);
    if (status == DK_OK && conn->changed != rows)
        status = dk_error_set(err, DK_ERR_STORE, "the database took %" PRIu64 " of %zu rows",
                              conn->changed, rows);
    return status;
}

static enum dk_status insert_all(struct dk_mysql *conn, struct walk *walk, struct dk_error *err)
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

enum dk_status dk_mysql_rows_insert(struct dk_mysql *conn, const struct dk_fact *facts,
                                    size_t count, struct dk_mysql_progress *progress,
                                    struct dk_error *err)
{
    struct walk walk = {.facts = facts, .count = count, .progress = progress};
    for (size_t i = 0; i < count; i++)
        walk.total += facts[i].readings->rows;
    enum dk_status status = dk_mysql_ready(conn, err);
    if (status != DK_OK || walk.total == 0)
        return status;
    if (conn->settings->load != DK_LOAD_BY_INSERT && !conn->infile_refused) {
        status = load_data(conn, &walk, &conn->infile_refused, err);
        if (status != DK_OK || !conn->infile_refused)
            return status;
    }
    return insert_all(conn, &walk, err);
}

enum dk_status dk_mysql_rows_delete(struct dk_mysql *conn, int64_t well_id, int cohort,
                                    struct dk_error *err)
{
    struct dk_statement *delete = NULL;
    bool row;
    enum dk_status status = dk_mysql_prepare(
        &conn->sql, "DELETE FROM well_reading WHERE well_id = ? AND cohort = ?", &delete, err);
    if (status == DK_OK)
        status = dk_mysql_bind_int(delete, 1, well_id, err);
    if (status == DK_OK)
        status = dk_mysql_bind_int(delete, 2, cohort, err);
    if (status == DK_OK)
        status = dk_mysql_step(delete, &row, err);
    dk_mysql_finalize(delete);
    return status;
}
