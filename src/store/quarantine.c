/* The cells in quarantine: recorded by a load, listed, found again. */
#include "store/quarantine.h"

#include <stdio.h>
#include <string.h>

#include "ledger_text.h"
#include "private.h"

#define INSERT_BYTES_MAX (32u << 10)
#define COLUMNS 11
/* 80 times 11 parameters are fewer than the 999 that any SQLite takes. */
#define BATCH 80
#define PAGE_ROWS 5000
#define PAGES_MAX 20000 /* a hundred million cells: more than the samples of fifteen years */

/* --- recording ------------------------------------------------------------------------------ */

/* Cells that are to be inserted together. Texts of the source are copied, because they do not
 * last. */
struct batch {
    struct dk_loading *loading;
    struct {
        struct dk_quarantine_cell cell;
        char text[DK_QUARANTINE_TEXT_MAX], reason[DK_QUARANTINE_REASON_MAX];
    } rows[BATCH];
    size_t count;
};

static enum dk_status insert_text(struct dk_buffer *text, size_t rows, struct dk_error *err)
{
    dk_buffer_put(text,
                  "INSERT INTO quarantine (drop_id, file, line, file_column, well_id, cohort, "
                  "reading, sample, samples, cell_text, reason) VALUES ");
    for (size_t row = 0; row < rows; row++)
        dk_buffer_put(text, row == 0 ? "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                     : ", (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    return dk_buffer_finish(text, err);
}

static void bind_row(struct dk_query *query, const struct batch *batch, size_t row)
{
    const struct dk_loading *loading = batch->loading;
    const struct dk_quarantine_cell *cell = &batch->rows[row].cell;
    dk_query_bind_int(query, loading->result->drop_id);
    dk_query_bind_int(query, cell->file);
    dk_query_bind_int(query, (int64_t)cell->line);
    dk_query_bind_int(query, (int64_t)cell->column);
    dk_query_bind_int(query, loading->items[cell->series].well_id);
    dk_query_bind_int(query, loading->load->readings->series[cell->series].cohort);
    dk_query_bind_int(query, (int64_t)cell->reading + 1);
    dk_query_bind_int(query, cell->sample);
    dk_query_bind_int(query, cell->samples);
    dk_query_bind_text(query, batch->rows[row].text);
    dk_query_bind_text(query, batch->rows[row].reason);
}

static enum dk_status flush(struct batch *batch, struct dk_error *err)
{
    struct dk_buffer text;
    struct dk_query query;
    if (batch->count == 0)
        return DK_OK;
    dk_buffer_init(&text, INSERT_BYTES_MAX);
    enum dk_status status = insert_text(&text, batch->count, err);
    if (status == DK_OK) {
        dk_query_begin(&query, batch->loading->store->sql, text.data, err);
        for (size_t i = 0; i < batch->count; i++)
            bind_row(&query, batch, i);
        dk_query_run(&query);
        status = dk_query_end(&query);
    }
    dk_buffer_reset(&text);
    batch->count = 0;
    return status;
}

static void add(struct batch *batch, const struct dk_quarantine_cell *cell)
{
    size_t at = batch->count++;
    batch->rows[at].cell = *cell;
    dk_text_format(batch->rows[at].text, DK_QUARANTINE_TEXT_MAX, "%s", cell->text);
    dk_text_format(batch->rows[at].reason, DK_QUARANTINE_REASON_MAX, "%s", cell->reason);
}

enum dk_status dk_load_quarantine(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_quarantine_source *source = loading->load->quarantine;
    struct batch batch = {.loading = loading};
    struct dk_quarantine_cell cell;
    enum dk_status status = DK_OK;
    if (!source)
        return DK_OK;
    source->rewind(source->context);
    while (status == DK_OK && source->next(source->context, &cell)) {
        if (loading->items[cell.series].skip)
            continue; /* its cohort stays with the drop that loaded it */
        add(&batch, &cell);
        if (batch.count == BATCH)
            status = flush(&batch, err);
    }
    return status == DK_OK ? flush(&batch, err) : status;
}

/* --- reading -------------------------------------------------------------------------------- */

#define CELL_COLUMNS                                                                               \
    "q.drop_id, COALESCE(d.run_id, 0), q.well_id, w.site, w.well_number, q.cohort, q.file, "       \
    "f.name, q.line, q.file_column, q.reading, q.sample, q.samples, q.cell_text, q.reason, "       \
    "q.value "
/* The cells of cohorts that their drop owns. */
#define CELL_TABLES                                                                                \
    "FROM quarantine q JOIN cohorts c ON c.well_id = q.well_id AND c.cohort = q.cohort "           \
    "AND c.drop_id = q.drop_id JOIN wells w ON w.well_id = q.well_id "                             \
    "JOIN drops d ON d.drop_id = q.drop_id "                                                       \
    "JOIN files f ON f.drop_id = q.drop_id AND f.file = q.file "

static bool is_sound(const struct dk_quarantined *cell, int64_t sample, int64_t samples,
                     int64_t reading)
{
    return cell->file >= 0 && cell->file < DK_SENSORS && cell->cohort >= 1 &&
           cell->cohort <= DK_COHORT_MAX && cell->line >= 1 && cell->line <= UINT32_MAX &&
           cell->column >= 1 && cell->column <= UINT32_MAX && sample >= 0 && sample < samples &&
           samples <= UINT32_MAX && reading >= 1 && reading <= DK_CALENDAR_COHORT_MINUTES_MAX;
}

/* The value of a cell: a decimal, or nothing. */
static bool read_value(struct dk_query *query, dk_decimal *value)
{
    char text[DK_QUARANTINE_TEXT_MAX];
    dk_query_text(query, text, sizeof(text));
    *value = DK_DECIMAL_MISSING;
    return text[0] == '\0' || dk_decimal_parse(text, strlen(text), value) == DK_DECIMAL_GOOD;
}

static void read_cell(struct dk_query *query, struct dk_quarantined *cell)
{
    char site[DK_SITE_MAX];
    *cell = (struct dk_quarantined){.drop_id = dk_query_int(query)};
    cell->run_id = dk_query_int(query);
    cell->well_id = dk_query_int(query);
    dk_query_text(query, site, sizeof(site));
    int64_t number = dk_query_int(query);
    cell->cohort = (int)dk_query_int(query);
    cell->file = (int)dk_query_int(query);
    dk_ledger_text_read(query, DK_LEDGER_FILE_NAME, cell->drop_id, cell->file_name,
                        sizeof(cell->file_name));
    cell->line = (uint64_t)dk_query_int(query);
    cell->column = (uint64_t)dk_query_int(query);
    int64_t reading = dk_query_int(query);
    int64_t sample = dk_query_int(query);
    int64_t samples = dk_query_int(query);
    dk_query_text(query, cell->text, sizeof(cell->text));
    dk_query_text(query, cell->reason, sizeof(cell->reason));
    bool good = read_value(query, &cell->value) && is_sound(cell, sample, samples, reading);
    cell->sample = (uint32_t)sample;
    cell->samples = (uint32_t)samples;
    cell->reading = (size_t)reading;
    if (query->status == DK_OK &&
        (!good || dk_well_init(&cell->well, site, (long)number, NULL) != DK_OK))
        dk_ledger_refuse(query,
                         "table quarantine has a row of drop %lld, line %lld, that derrick did not "
                         "write",
                         (long long)cell->drop_id, (long long)cell->line);
}

enum dk_status dk_store_quarantine_open(struct dk_store *store,
                                        const struct dk_store_filter *filter, int64_t *open,
                                        struct dk_error *err)
{
    struct dk_query query;
    int64_t older = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT COUNT(*) " CELL_TABLES "WHERE q.value IS NULL AND " DK_STORE_FILTER_SQL,
                   err);
    dk_store_filter_bind(&query, filter);
    DK_RETURN_IF_ERROR(dk_query_end_int(&query, open));
    /* Before the table, a drop had its number of cells alone. */
    dk_query_begin(&query, store->sql,
                   "SELECT COALESCE(SUM(d.quarantined), 0) FROM drops d WHERE d.quarantined > 0 "
                   "AND EXISTS (SELECT 1 FROM cohorts c JOIN wells w ON w.well_id = c.well_id "
                   "WHERE c.drop_id = d.drop_id AND " DK_STORE_FILTER_SQL
                   ") AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.drop_id = d.drop_id)",
                   err);
    dk_store_filter_bind(&query, filter);
    DK_RETURN_IF_ERROR(dk_query_end_int(&query, &older));
    *open += older;
    return DK_OK;
}

/* Pages that do not advance would have no end. */
static bool is_after(const struct dk_quarantined *cell, const struct dk_quarantined *before)
{
    if (cell->drop_id != before->drop_id)
        return cell->drop_id > before->drop_id;
    if (cell->file != before->file)
        return cell->file > before->file;
    if (cell->line != before->line)
        return cell->line > before->line;
    return cell->column > before->column;
}

/* The rows after *last, at most PAGE_ROWS of them, of which *last becomes the last one. */
static enum dk_status visit_page(struct dk_store *store, const struct dk_quarantine_visit *visit,
                                 struct dk_quarantined *last, size_t *rows, struct dk_error *err)
{
    struct dk_query query;
    enum dk_status status = DK_OK;
    *rows = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT " CELL_COLUMNS CELL_TABLES "WHERE " DK_STORE_FILTER_SQL
                   "AND (? <> 0 OR q.value IS NULL) AND (q.drop_id > ? OR (q.drop_id = ? AND "
                   "(q.file > ? OR (q.file = ? AND (q.line > ? OR (q.line = ? AND q.file_column > "
                   "?)))))) ORDER BY q.drop_id, q.file, q.line, q.file_column LIMIT ?",
                   err);
    dk_store_filter_bind(&query, visit->filter);
    dk_query_bind_int(&query, visit->all);
    dk_query_bind_int(&query, last->drop_id);
    dk_query_bind_int(&query, last->drop_id);
    dk_query_bind_int(&query, last->file);
    dk_query_bind_int(&query, last->file);
    dk_query_bind_int(&query, (int64_t)last->line);
    dk_query_bind_int(&query, (int64_t)last->line);
    dk_query_bind_int(&query, (int64_t)last->column);
    dk_query_bind_int(&query, PAGE_ROWS);
    while (status == DK_OK && dk_query_next(&query)) {
        const struct dk_quarantined before = *last;
        read_cell(&query, last);
        ++*rows;
        if (query.status == DK_OK && !is_after(last, &before))
            dk_ledger_refuse(&query, "the rows of table quarantine do not come in their order");
        if (query.status == DK_OK)
            status = visit->each(visit->context, last, err);
    }
    enum dk_status ended = dk_query_end(&query);
    return status == DK_OK ? ended : status;
}

enum dk_status dk_store_quarantine_each(struct dk_store *store,
                                        const struct dk_quarantine_visit *visit,
                                        struct dk_error *err)
{
    struct dk_quarantined last = {.file = -1};
    size_t rows = PAGE_ROWS;
    for (int page = 0; rows == PAGE_ROWS; page++) {
        if (page == PAGES_MAX)
            return dk_error_set(err, DK_ERR_STORE, "table quarantine never ends");
        DK_RETURN_IF_ERROR(visit_page(store, visit, &last, &rows, err));
    }
    return DK_OK;
}

enum dk_status dk_store_quarantine_find(struct dk_store *store, const struct dk_quarantine_key *key,
                                        struct dk_quarantined *cell, bool *found,
                                        struct dk_error *err)
{
    struct dk_query query;
    *found = false;
    dk_query_begin(&query, store->sql,
                   key->by_rig ? "SELECT " CELL_COLUMNS CELL_TABLES
                                 "WHERE w.site = ? AND w.well_number = ? AND c.cohort = ? "
                                 "AND q.file = ? AND q.line = ? AND q.file_column = ?"
                               : "SELECT " CELL_COLUMNS CELL_TABLES
                                 "WHERE d.run_id = ? AND f.name = ? AND q.line = ? AND "
                                 "q.file_column = ?",
                   err);
    if (key->by_rig) {
        dk_query_bind_text(&query, key->well.site);
        dk_query_bind_int(&query, key->well.number);
        dk_query_bind_int(&query, key->cohort);
        dk_query_bind_int(&query, key->file);
    } else {
        dk_query_bind_int(&query, key->run_id);
        dk_query_bind_text(&query, key->file_name);
    }
    dk_query_bind_int(&query, (int64_t)key->line);
    dk_query_bind_int(&query, (int64_t)key->column);
    if (dk_query_next(&query)) {
        read_cell(&query, cell);
        *found = query.status == DK_OK;
    }
    return dk_query_end(&query);
}

enum dk_status
dk_store_quarantine_burst(struct dk_store *store, const struct dk_quarantined *cell, void *context,
                          void (*each)(void *context, uint32_t sample, dk_decimal value),
                          struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "SELECT sample, value FROM quarantine WHERE drop_id = ? AND file = ? AND line = "
                   "? AND file_column >= ? AND file_column < ? AND value IS NOT NULL",
                   err);
    dk_query_bind_int(&query, cell->drop_id);
    dk_query_bind_int(&query, cell->file);
    dk_query_bind_int(&query, (int64_t)cell->line);
    dk_query_bind_int(&query, (int64_t)cell->column - cell->sample);
    dk_query_bind_int(&query, (int64_t)cell->column - cell->sample + cell->samples);
    while (dk_query_next(&query)) {
        dk_decimal value = DK_DECIMAL_MISSING;
        int64_t sample = dk_query_int(&query);
        bool good = read_value(&query, &value) && value != DK_DECIMAL_MISSING && sample >= 0 &&
                    sample < cell->samples;
        if (query.status == DK_OK && good)
            each(context, (uint32_t)sample, value);
        else if (query.status == DK_OK)
            dk_ledger_refuse(&query,
                             "table quarantine has a row of drop %lld, line %lld, that derrick did "
                             "not write",
                             (long long)cell->drop_id, (long long)cell->line);
    }
    return dk_query_end(&query);
}
