#include "infile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/put.h"
#include "store/mysql/failure.h"
#include "store/mysql/plain_query.h"

#define STREAM_NAME "derrick-rows"
#define BLOCK_BYTES 65536u
#define STATEMENT_BYTES_MAX 4096u
/* Five numbers of at most 20 digits, a date and time, 17 values, and what is between them. */
#define ROW_BYTES_MAX (5u * 21u + DK_DATE_TIME_SIZE + DK_SENSORS * (DK_DECIMAL_TEXT_MAX + 1u) + 8u)

struct stream {
    struct dk_mysql_walk walk;
    size_t size;
    size_t served;
    char block[BLOCK_BYTES + ROW_BYTES_MAX + DK_PUT_SLACK];
};

/* --- the rows as text ----------------------------------------------------------------------- */

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
        while (at < stream->block + BLOCK_BYTES && dk_mysql_walk_settle(&stream->walk)) {
            at = put_row(at, &stream->walk.facts[stream->walk.fact], stream->walk.row);
            dk_mysql_walk_next(&stream->walk);
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

/* --- the statement -------------------------------------------------------------------------- */

/* The server's first warning, for a message. */
struct warning {
    struct dk_mysql_each each;
    char text[400];
};

static enum dk_status keep_warning(struct dk_mysql_each *each, MYSQL_ROW row, unsigned columns,
                                   struct dk_error *err)
{
    struct warning *warning = (struct warning *)each;
    (void)err;
    if (columns >= 3 && row[2])
        snprintf(warning->text, sizeof(warning->text), "; the first warning: %s", row[2]);
    return DK_OK;
}

static enum dk_status check_loaded(struct dk_mysql *conn, uint64_t total, struct dk_error *err)
{
    uint64_t rows = mysql_affected_rows(conn->handle);
    unsigned warnings = mysql_warning_count(conn->handle);
    if (rows == total && warnings == 0)
        return DK_OK;
    struct warning warning = {.each = {.row = keep_warning}};
    if (warnings > 0 && dk_mysql_each(conn, "SHOW WARNINGS LIMIT 1", &warning.each, NULL) != DK_OK)
        warning.text[0] = '\0';
    dk_error_set(err, DK_ERR_STORE,
                 "the database accepted %" PRIu64 " of %" PRIu64 " rows, with %u warnings%s", rows,
                 total, warnings, warning.text);
    dk_error_hint(err,
                  "nothing was loaded; look for triggers and constraints on well_reading, and for "
                  "columns of a different type");
    return DK_ERR_STORE;
}

static void report_refusal(struct dk_mysql *conn, const char *hint)
{
    dk_observer_notice(conn->observer, DK_LEVEL_NOTICE,
                       "the server at %s refuses LOAD DATA LOCAL (error %u: %s), so derrick sends "
                       "INSERTs, which is slower; %s",
                       conn->place, mysql_errno(conn->handle), mysql_error(conn->handle), hint);
}

/* The end of a LOAD DATA that failed. *refused: nothing was changed, and INSERTs may do. */
static enum dk_status load_failed(struct dk_mysql *conn, bool *refused, struct dk_error *err)
{
    const char *hint = NULL;
    *refused = !conn->local_file.was_asked && dk_mysql_infile_is_refused(conn, STREAM_NAME, &hint);
    if (*refused && conn->settings->load != DK_LOAD_BY_INFILE) {
        report_refusal(conn, hint);
        return DK_OK;
    }
    enum dk_status status = dk_mysql_fail(conn, "can't load into", err);
    if (*refused)
        dk_error_hint(err, "%s; database.load = auto would use INSERTs", hint);
    *refused = false;
    return status;
}

static enum dk_status load_text(struct dk_buffer *text, struct dk_error *err)
{
    dk_buffer_put(text, "LOAD DATA LOCAL INFILE '" STREAM_NAME "' INTO TABLE well_reading "
                        "CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES "
                        "TERMINATED BY '\\n' (");
    dk_fact_put_columns(text);
    dk_buffer_put(text, ")");
    return dk_buffer_finish(text, err);
}

static enum dk_status load_stream(struct dk_mysql *conn, struct stream *stream,
                                  const struct dk_buffer *text, bool *refused, struct dk_error *err)
{
    conn->local_file =
        (struct dk_mysql_local_file){.name = STREAM_NAME, .serve = serve_rows, .context = stream};
    dk_mysql_exchange_begin(&conn->exchange);
    dk_mysql_exchange_watch(&conn->exchange, conn->handle);
    int failed = mysql_real_query(conn->handle, text->data, text->size);
    dk_mysql_exchange_unwatch(&conn->exchange);
    conn->local_file.serve = NULL;
    return failed ? load_failed(conn, refused, err) : check_loaded(conn, stream->walk.total, err);
}

enum dk_status dk_mysql_infile_load(struct dk_mysql *conn, const struct dk_mysql_walk *walk,
                                    bool *refused, struct dk_error *err)
{
    struct dk_buffer text;
    struct stream *stream = malloc(sizeof(*stream));
    *refused = false;
    if (!stream)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the rows to load");
    stream->walk = *walk;
    stream->size = stream->served = 0;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    enum dk_status status = load_text(&text, err);
    if (status == DK_OK)
        status = load_stream(conn, stream, &text, refused, err);
    dk_buffer_reset(&text);
    free(stream);
    return status;
}
