/*
 * A database that something else has changed. A valid one, with one loaded cohort, is made once;
 * each input overwrites cells of its tables: table, column and row by index, then the value up to
 * the next NUL, as text, number or NULL. Whatever the tables say, reading them ends with values
 * within their bounds or with an error that has a message.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "fuzz.h"
#include "rig/drop.h"
#include "rig/readings.h"
#include "store/ledger.h"
#include "store/quarantine.h"
#include "store/store.h"

#define ROWS 3
#define CHANGES_MAX 16

static uint8_t *original; /* the valid database, never freed */
static size_t original_bytes;
static struct dk_store_settings settings;

static void fill(struct dk_readings *readings)
{
    struct dk_calendar calendar = dk_calendar_default();
    struct dk_series *series = NULL;
    expect(dk_readings_init(readings, 1, ROWS, NULL) == DK_OK);
    expect(dk_profile_init(&readings->profile, ROWS, NULL) == DK_OK);
    expect(dk_profile_seal(&readings->profile, NULL) == DK_OK);
    series = readings->series;
    expect(dk_well_init(&series->well, "texas", 1, NULL) == DK_OK);
    series->cohort = 1;
    series->interval_minutes = calendar.interval_minutes;
    expect(dk_calendar_cohort_start(&calendar, 1, &series->start_minute, NULL) == DK_OK);
    readings->rows = ROWS;
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
        readings->present[sensor] = true;
        for (size_t row = 0; row < ROWS; row++)
            dk_readings_column(readings, sensor, 0)[row] =
                dk_decimal_pack((int64_t)(sensor * 10 + row), 0);
    }
}

/* One cell in quarantine. */
static void rewind_cells(void *context)
{
    *(bool *)context = false;
}

static bool next_cell(void *context, struct dk_quarantine_cell *cell)
{
    bool *given = context;
    *cell = (struct dk_quarantine_cell){
        .line = 2, .column = 1, .samples = 100, .reading = 1, .text = "x", .reason = "y"};
    bool next = !*given;
    *given = true;
    return next;
}

static void load(struct dk_store *store)
{
    struct dk_readings readings = {0};
    struct dk_drop drop = {.path = strdup("logs")};
    struct dk_load_result result;
    int64_t run_id = 0;
    bool given = false;
    const struct dk_quarantine_source quarantine = {
        .context = &given, .rewind = rewind_cells, .next = next_cell};
    fill(&readings);
    drop.files[0].name = strdup("PS1.txt");
    drop.files[0].path = strdup("logs/PS1.txt");
    expect(dk_hash_bytes("x", 1, drop.content_hash, NULL) == DK_OK);
    memcpy(drop.files[0].hash, drop.content_hash, DK_HASH_HEX_MAX);
    expect(dk_store_prepare(store, false, NULL) == DK_OK);
    expect(dk_ledger_run_begin(store, "load", &run_id, NULL) == DK_OK);
    const struct dk_load what = {.run_id = run_id,
                                 .drop = &drop,
                                 .readings = &readings,
                                 .settings = "columns=cohorts rig=texas-1",
                                 .quarantined = 1,
                                 .quarantine = &quarantine};
    expect(dk_store_lock(store, NULL) == DK_OK);
    expect(dk_store_load(store, &what, &result, NULL) == DK_OK);
    const struct dk_ledger_run_end end = {.state = DK_RUN_DONE};
    expect(dk_ledger_run_end(store, run_id, &end, NULL) == DK_OK);
    dk_drop_reset(&drop);
    dk_readings_reset(&readings);
}

static void make_original(void)
{
    struct dk_store *store = NULL;
    char path[128];
    struct stat info;
    snprintf(path, sizeof(path), "%s/x.db", fuzz_folder());
    dk_store_settings_init(&settings);
    settings.url = "sqlite:x.db";
    settings.folder = fuzz_folder();
    fuzz_write("x.db", "", 0);
    expect(unlink(path) == 0);
    expect(dk_store_open(&store, &settings, true, NULL, NULL) == DK_OK);
    load(store);
    dk_store_close(store);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    expect(fd >= 0 && fstat(fd, &info) == 0);
    original_bytes = (size_t)info.st_size;
    original = malloc(original_bytes);
    expect(original && read(fd, original, original_bytes) == (ssize_t)original_bytes);
    close(fd);
}

/* The text of row `index` of a query, modulo its rows; "" if there is none. */
static void pick(sqlite3 *db, const char *query, unsigned index, char *text, size_t cap)
{
    sqlite3_stmt *statement = NULL;
    unsigned count = 0;
    text[0] = '\0';
    expect(sqlite3_prepare_v2(db, query, -1, &statement, NULL) == SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        count++;
    sqlite3_reset(statement);
    for (unsigned i = 0; count > 0 && i <= index % count; i++)
        expect(sqlite3_step(statement) == SQLITE_ROW);
    if (count > 0)
        snprintf(text, cap, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
}

static void change(sqlite3 *db, const uint8_t place[4], const char *value, size_t size)
{
    char table[64];
    char column[64];
    char query[512];
    sqlite3_stmt *statement = NULL;
    pick(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", place[0], table,
         sizeof(table));
    snprintf(query, sizeof(query), "SELECT name FROM pragma_table_info('%s')", table);
    pick(db, query, place[1], column, sizeof(column));
    snprintf(query, sizeof(query),
             "UPDATE \"%s\" SET \"%s\" = ?1 WHERE rowid = (SELECT rowid FROM \"%s\" ORDER BY rowid "
             "LIMIT 1 OFFSET %u)",
             table, column, table, place[2]);
    if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) != SQLITE_OK)
        return;
    if (place[3] % 4 == 0)
        sqlite3_bind_int64(statement, 1, strtoll(value, NULL, 10));
    else if (place[3] % 4 == 1)
        sqlite3_bind_double(statement, 1, strtod(value, NULL));
    else if (place[3] % 4 == 2)
        sqlite3_bind_text(statement, 1, value, (int)size, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, 1);
    (void)sqlite3_step(statement); /* a constraint may refuse it */
    sqlite3_finalize(statement);
}

static void change_all(const char *text, size_t size)
{
    sqlite3 *db = NULL;
    char path[128];
    snprintf(path, sizeof(path), "%s/x.db", fuzz_folder());
    expect(sqlite3_open(path, &db) == SQLITE_OK);
    (void)sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    for (int i = 0; i < CHANGES_MAX && size > 4; i++) {
        size_t value = strnlen(text + 4, size - 4);
        change(db, (const uint8_t *)text, text + 4, value);
        size_t used = 4 + value + 1 < size ? 4 + value + 1 : size;
        text += used;
        size -= used;
    }
    sqlite3_close(db);
}

static void read_series(struct dk_store *store)
{
    static const struct dk_store_filter all;
    struct dk_store_series *list = NULL;
    size_t count = 0;
    struct dk_error err = {0};
    if (dk_store_list(store, &all, &list, &count, &err) != DK_OK)
        expect(err.message[0] != '\0');
    for (size_t i = 0; i < count; i++) {
        struct dk_readings readings = {0};
        expect(list[i].series.well.number >= 1 && list[i].series.well.number <= DK_WELL_NUMBER_MAX);
        expect(list[i].series.cohort >= 1 && list[i].series.cohort <= DK_COHORT_MAX);
        if (dk_store_read(store, &list[i], &readings, &err) == DK_OK)
            expect(readings.rows == list[i].rows);
        else
            expect(err.message[0] != '\0');
        dk_readings_reset(&readings);
    }
    free(list);
    (void)!dk_store_find_foreign(store, NULL);
}

static enum dk_status visit_cell(void *context, const struct dk_quarantined *cell,
                                 struct dk_error *err)
{
    (void)err;
    ++*(size_t *)context;
    expect(cell->file >= 0 && cell->file < DK_SENSORS && cell->sample < cell->samples);
    expect(cell->line >= 1 && cell->column >= 1 && cell->reading >= 1 && cell->file_name[0] != '/');
    return DK_OK;
}

static void take_value(void *context, uint32_t sample, dk_decimal value)
{
    expect(sample < *(const uint32_t *)context && value != DK_DECIMAL_MISSING);
}

static void read_quarantine(struct dk_store *store)
{
    static const struct dk_store_filter all;
    const struct dk_quarantine_key key = {
        .run_id = 1, .file_name = "PS1.txt", .line = 2, .column = 1};
    struct dk_quarantined cell = {.drop_id = 1, .line = 2, .column = 1, .samples = 100};
    struct dk_ledger_drop *drops = NULL;
    int64_t open = 0;
    size_t count = 0;
    bool found = false;
    const struct dk_quarantine_visit visit = {
        .filter = &all, .all = true, .context = &count, .each = visit_cell};
    (void)!dk_store_quarantine_open(store, &all, &open, NULL);
    (void)!dk_store_quarantine_each(store, &visit, NULL);
    (void)!dk_store_quarantine_find(store, &key, &cell, &found, NULL);
    (void)!dk_store_quarantine_burst(store, &cell, &cell.samples, take_value, NULL);
    (void)!dk_ledger_unkept(store, &drops, &count, NULL);
    free(drops);
}

static void read_ledger(struct dk_store *store)
{
    struct dk_ledger_run *runs = NULL;
    struct dk_ledger_drop *drops = NULL;
    struct dk_ledger_file *files = NULL;
    struct dk_ledger_place *places = NULL;
    struct dk_ledger_settings *texts = NULL;
    struct dk_profile profile = {0};
    struct dk_profile_origin origin;
    struct dk_store_rig rig;
    const struct dk_well well = {.site = "texas", .number = 1};
    const struct dk_ledger_scope scope = {.well = well};
    size_t count = 0;
    (void)!dk_ledger_runs(store, 10, &runs, &count, NULL);
    (void)!dk_ledger_places(store, &places, &count, NULL);
    (void)!dk_ledger_settings(store, NULL, &texts, &count, NULL);
    (void)!dk_ledger_files(store, 1, &files, &count, NULL);
    if (dk_ledger_pending(store, &drops, &count, NULL) != DK_OK)
        count = 0;
    for (size_t i = 0; i < count; i++)
        expect(memchr(drops[i].content_hash, '\0', sizeof(drops[i].content_hash)) != NULL);
    (void)!dk_store_rig_find(store, &well, false, &rig, NULL);
    if (dk_store_profile_newest(store, &scope, &profile, &origin, NULL) == DK_OK)
        dk_profile_reset(&profile);
    free(runs);
    free(drops);
    free(files);
    free(places);
    free(texts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dk_store *store = NULL;
    struct dk_error err = {0};
    if (!original)
        make_original();
    fuzz_write("x.db", original, original_bytes);
    char *text = fuzz_text(data, size);
    change_all(text, size);
    free(text);
    if (dk_store_open(&store, &settings, false, NULL, &err) == DK_OK &&
        dk_store_check(store, &err) == DK_OK) {
        read_series(store);
        read_ledger(store);
        read_quarantine(store);
    } else {
        expect(err.message[0] != '\0');
    }
    dk_store_close(store);
    return 0;
}
