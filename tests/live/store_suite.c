/*
 * store_suite NAME URL [SHARDS]: what every store must do, with any engine. Prints TAP; exit code 1
 * if a case failed. DERRICK_DB_PASSWORD has the password of a server. The database must be empty.
 * Cases build on each other, in the order of main.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig/quality.h"
#include "store/match.h"
#include "store/private.h"
#include "store/unloaded.h"

#define COHORTS 6
#define ROWS 50

static const char *engine_name;
static int cases;
static int failures;
static struct dk_error err;

static void notice(void *context, enum dk_level level, const char *text)
{
    (void)context;
    (void)level;
    printf("# %s\n", text);
}

static const struct dk_observer observer = {.notice = notice};

static bool check(bool good, const char *what)
{
    cases++;
    printf("%s %d - %s: %s\n", good ? "ok" : "not ok", cases, engine_name, what);
    if (!good) {
        failures++;
        printf("# status %s, native %d: %s (%s)\n", dk_status_name(err.status), err.native,
               err.message, err.hint);
    }
    fflush(stdout);
    err = (struct dk_error){0};
    return good;
}

static void need(enum dk_status status, const char *what)
{
    if (status == DK_OK)
        return;
    check(false, what);
    printf("Bail out! %s\n", what);
    exit(1);
}

/* --- what is loaded ------------------------------------------------------------------------- */

static dk_decimal value_at(unsigned seed, size_t sensor, size_t series, size_t row)
{
    static const struct {
        int64_t mantissa;
        int scale;
    } extremes[] = {{0, 0},
                    {1, 12},
                    {-1, 12},
                    {999999999999999, 12},
                    {-999999999999999, 0},
                    {1, 0},
                    {INT64_C(100000000000000000), 0},
                    {INT64_C(1000000000000000), 0},
                    {123456789012345, 7},
                    {98, 1}};
    uint64_t mix = seed * UINT64_C(2654435761) + sensor * 977 + series * 31 + row;
    dk_decimal value;
    mix ^= mix >> 13;
    if (mix % 17 == 0)
        return DK_DECIMAL_MISSING;
    size_t extreme = mix % 41;
    bool made = extreme < sizeof(extremes) / sizeof(extremes[0])
                    ? dk_decimal_make(extremes[extreme].mantissa, extremes[extreme].scale, &value)
                    : dk_decimal_make((int64_t)(mix % 2000000) - 500000, (int)(mix % 5), &value);
    return made ? value : DK_DECIMAL_MISSING;
}

static void fill(struct dk_readings *readings, unsigned seed, const char *site, int first_cohort)
{
    need(dk_readings_init(readings, COHORTS, ROWS, &err), "room for readings");
    need(dk_profile_init(&readings->profile, ROWS, &err), "room for a profile");
    for (size_t row = 0; row < ROWS; row++)
        for (int i = 0; i < DK_CONDITIONS; i++)
            readings->profile.codes[row][i] = (uint8_t)((row + seed) % dk_conditions[i].code_count);
    need(dk_profile_seal(&readings->profile, &err), "a sealed profile");
    struct dk_calendar calendar = dk_calendar_default();
    readings->rows = ROWS;
    for (size_t s = 0; s < COHORTS; s++) {
        struct dk_series *series = &readings->series[s];
        need(dk_well_init(&series->well, site, 1, &err), "a well");
        series->cohort = first_cohort + (int)s * 10;
        series->interval_minutes = calendar.interval_minutes;
        need(dk_calendar_cohort_start(&calendar, series->cohort, &series->start_minute, &err),
             "a cohort's start");
        for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
            readings->present[sensor] = true;
            for (size_t row = 0; row < ROWS; row++)
                dk_readings_column(readings, sensor, s)[row] = value_at(seed, sensor, s, row);
        }
    }
}

/* A drop with one file, identified by `contents`. */
static void make_drop(struct dk_drop *drop, const char *contents)
{
    memset(drop, 0, sizeof(*drop));
    drop->path = strdup("logs/Bohrung 'É' \\ \"7\"; DROP TABLE wells");
    drop->files[0].name = strdup("PS1.txt");
    drop->files[0].path = strdup("logs/PS1.txt");
    drop->files[0].size_bytes = UINT64_MAX - 1;
    drop->files[0].mtime_ns = INT64_MIN + 1;
    if (!drop->path || !drop->files[0].name || !drop->files[0].path)
        need(DK_ERR_NOMEM, "room for a drop");
    need(dk_hash_bytes(contents, strlen(contents), drop->content_hash, &err), "a hash");
    memcpy(drop->files[0].hash, drop->content_hash, DK_HASH_HEX_MAX);
}

static enum dk_status load(struct dk_store *store, const struct dk_readings *readings,
                           const char *contents, bool replace, struct dk_load_result *result)
{
    struct dk_drop drop;
    int64_t run_id;
    make_drop(&drop, contents);
    need(dk_ledger_run_begin(store, "load", &run_id, &err), "a run begins");
    const struct dk_load what = {.run_id = run_id,
                                 .drop = &drop,
                                 .readings = readings,
                                 .settings = "columns=cohorts",
                                 .replace = replace,
                                 .quarantined = 3};
    enum dk_status status = dk_store_load(store, &what, result, &err);
    struct dk_error kept = err;
    const struct dk_ledger_run_end end = {.state = status == DK_OK ? DK_RUN_DONE : DK_RUN_FAILED,
                                          .exit_code = dk_status_exit_code(status),
                                          .message = kept.message};
    need(dk_ledger_run_end(store, run_id, &end, &err), "a run ends");
    err = kept;
    dk_drop_reset(&drop);
    return status;
}

/* --- reading back --------------------------------------------------------------------------- */

static bool same_series(struct dk_store *store, const struct dk_store_series *listed,
                        const struct dk_readings *readings, size_t series)
{
    struct dk_readings back = {0};
    char hash[DK_HASH_HEX_MAX];
    bool same = dk_store_read(store, listed, &back, &err) == DK_OK && back.rows == ROWS &&
                back.series[0].cohort == readings->series[series].cohort &&
                back.series[0].start_minute == readings->series[series].start_minute &&
                strcmp(back.profile.hash, readings->profile.hash) == 0 &&
                dk_readings_series_hash(&back, 0, hash, &err) == DK_OK &&
                strcmp(hash, listed->hash) == 0;
    for (size_t sensor = 0; same && sensor < DK_SENSORS; sensor++)
        same = memcmp(dk_readings_column(&back, sensor, 0),
                      dk_readings_column(readings, sensor, series), ROWS * sizeof(dk_decimal)) == 0;
    dk_readings_reset(&back);
    return same;
}

/* Whether the series of `readings` are in the database with exactly these contents. */
static bool holds(struct dk_store *store, const struct dk_readings *readings)
{
    struct dk_store_filter filter = {.by_rig = true, .rig = readings->series[0].well};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    bool same = dk_store_list(store, &filter, &list, &count, &err) == DK_OK &&
                count == readings->series_count;
    for (size_t i = 0; same && i < count; i++)
        same = same_series(store, &list[i], readings, i);
    free(list);
    return same;
}

static int64_t number(struct dk_store *store, const char *text)
{
    struct dk_query query;
    int64_t value = -1;
    dk_query_begin(&query, store->sql, text, &err);
    if (dk_query_next(&query))
        value = dk_query_int(&query);
    return dk_query_end(&query) == DK_OK ? value : -1;
}

/* --- cases ---------------------------------------------------------------------------------- */

static void prepare_cases(struct dk_store *store)
{
    enum dk_status status = dk_store_check(store, &err);
    check(status == DK_ERR_STORE && strstr(err.message, "not initialised") && err.hint[0],
          "an empty database says that it is not initialised");
    check(dk_store_prepare(store, false, &err) == DK_OK, "the schema is made");
    check(dk_store_prepare(store, false, &err) == DK_OK, "twice without harm");
    check(dk_store_check(store, &err) == DK_OK, "and is current");
    check(number(store, "SELECT COUNT(*) FROM sensors") == DK_SENSORS &&
              number(store, "SELECT COUNT(*) FROM cooler_condition") == 3 &&
              number(store, "SELECT COUNT(*) FROM well_reading") == 0,
          "with its dimensions, and no reading");
}

static void lock_cases(struct dk_store *store, const struct dk_store_settings *settings)
{
    struct dk_store *other = NULL;
    check(dk_store_lock(store, &err) == DK_OK, "the lock is taken");
    need(dk_store_open(&other, settings, false, &observer, &err), "a second connection");
    check(dk_store_lock(other, &err) == DK_ERR_BUSY && err.message[0], "another run finds it busy");
    dk_store_unlock(store);
    check(dk_store_lock(other, &err) == DK_OK, "and has it once it is free");
    dk_store_close(other);
    check(dk_store_lock(store, &err) == DK_OK, "it goes with its connection");
}

static void load_cases(struct dk_store *store, struct dk_readings *first)
{
    struct dk_load_result result;
    int64_t before = number(store, "SELECT generation FROM schema_info");
    fill(first, 1, "texas", 1);
    check(load(store, first, "a", false, &result) == DK_OK && result.outcome == DK_LOAD_DONE &&
              result.rows == COHORTS * ROWS && result.series_loaded == COHORTS,
          "a drop is loaded");
    check(holds(store, first), "and read back to the last digit");
    check(number(store, "SELECT generation FROM schema_info") > before, "the generation grows");
    before = number(store, "SELECT generation FROM schema_info");
    check(load(store, first, "a", false, &result) == DK_OK && result.outcome == DK_LOAD_ALREADY &&
              result.rows == 0 && number(store, "SELECT generation FROM schema_info") == before,
          "the same drop again changes nothing");
}

static void view_cases(struct dk_store *store)
{
    check(number(store, "SELECT COUNT(*) FROM well_reading") == COHORTS * ROWS &&
              number(store, "SELECT COUNT(*) FROM sensor_data") == COHORTS * ROWS * DK_SENSORS &&
              number(store, "SELECT COUNT(*) FROM oil_well_data") == COHORTS * ROWS &&
              number(store, "SELECT COUNT(*) FROM target_condition") == ROWS,
          "the views count what was loaded");
    check(number(store, "SELECT COUNT(*) FROM (SELECT data_id FROM sensor_data GROUP BY data_id) "
                        "AS ids") == COHORTS * ROWS * DK_SENSORS,
          "data_id is a key");
    check(number(store, "SELECT COUNT(*) FROM well_reading r LEFT JOIN well_profile p "
                        "ON p.profile_id = r.well_profile LEFT JOIN wells w "
                        "ON w.well_id = r.well_id WHERE p.profile_id IS NULL OR w.well_id IS NULL "
                        "OR r.reading <> p.profile_row") == 0,
          "every reading has its well and its row of the profile");
}

static void replace_cases(struct dk_store *store, struct dk_readings *first)
{
    struct dk_readings second;
    struct dk_load_result result;
    fill(&second, 2, "texas", 1);
    check(load(store, &second, "b", false, &result) == DK_ERR_REFUSED && err.message[0],
          "other contents for loaded cohorts are refused");
    check(holds(store, first), "and change nothing");
    check(load(store, &second, "b", true, &result) == DK_OK && result.outcome == DK_LOAD_DONE &&
              result.series_replaced == COHORTS,
          "with replace they take their place");
    check(holds(store, &second), "whole");
    check(number(store, "SELECT COUNT(*) FROM well_reading") == COHORTS * ROWS,
          "and nothing of the old ones stays");
    dk_readings_reset(first);
    *first = second;
}

/* Matches one series of `from`, with `changed` different values. */
static struct dk_match match_series(struct dk_store *store, const struct dk_readings *from,
                                    size_t series, size_t rows, size_t changed,
                                    const char *content_hash)
{
    struct dk_readings one;
    struct dk_match match;
    need(dk_readings_init(&one, 1, ROWS, &err), "room for a series");
    one.rows = rows;
    one.series[0] = from->series[series];
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
        memcpy(dk_readings_column(&one, sensor, 0), dk_readings_column(from, sensor, series),
               rows * sizeof(dk_decimal));
    for (size_t i = 0; i < changed; i++)
        dk_readings_column(&one, i % DK_SENSORS, 0)[rows - 1 - i / DK_SENSORS] =
            dk_decimal_pack(INT64_C(77777777777), 3);
    const struct dk_match_request request = {
        .content_hash = content_hash, .readings = &one, .well = one.series[0].well};
    need(dk_store_match(store, &request, &match, &err), "a match");
    dk_readings_reset(&one);
    return match;
}

static void match_cases(struct dk_store *store, const struct dk_readings *texas)
{
    const uint64_t values = ROWS * DK_SENSORS;
    const uint64_t most = values / 10;
    char hash[DK_HASH_HEX_MAX];
    struct dk_match match = match_series(store, texas, 2, ROWS, 0, "");
    check(match.kind == DK_MATCH_SAME && match.cohort == 21 && match.newest == 51 &&
              match.equal == values && match.compared == values && !match.by_text,
          "the values of a loaded cohort are found");
    match = match_series(store, texas, 2, ROWS, most, "");
    check(match.kind == DK_MATCH_CORRECTED && match.cohort == 21 && match.compared == values &&
              match.equal == values - most,
          "and most of them");
    match = match_series(store, texas, 2, ROWS, most + 1, "");
    check(match.kind == DK_MATCH_NEW && match.cohort == 0 && match.newest == 51,
          "with more others it is a new cohort");
    match = match_series(store, texas, 3, ROWS - 1, 0, "");
    check(match.kind == DK_MATCH_CORRECTED && match.cohort == 31 && match.readings == ROWS,
          "a shorter one is not the same");
    need(dk_hash_bytes("b", 1, hash, &err), "a hash");
    match = match_series(store, texas, 2, ROWS, values, hash);
    check(match.kind == DK_MATCH_SAME && match.by_text && match.cohort == 1,
          "equal texts settle it");
    struct dk_readings other;
    fill(&other, 2, "arizona", 1);
    match = match_series(store, &other, 2, ROWS, 0, hash);
    check(match.kind == DK_MATCH_NEW && match.newest == 0, "never with another rig's cohorts");
    dk_readings_reset(&other);
}

static void well_cases(struct dk_store *store, const struct dk_readings *texas)
{
    struct dk_readings other;
    struct dk_load_result result;
    struct dk_profile newest = {0};
    struct dk_store_filter some = {.cohort_first = 3, .cohort_last = 32};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    fill(&other, 3, "Texas", 2);
    check(load(store, &other, "c", false, &result) == DK_OK && result.rows == COHORTS * ROWS,
          "a site that differs only in case is another one");
    check(holds(store, &other) && holds(store, texas), "both are whole");
    check(dk_store_list(store, &some, &list, &count, &err) == DK_OK && count == 6 &&
              strcmp(list[0].series.well.site, "Texas") == 0 && list[0].series.cohort == 12 &&
              strcmp(list[5].series.well.site, "texas") == 0 && list[5].series.cohort == 31,
          "lists are filtered, and sorted by bytes");
    free(list);
    struct dk_profile_origin origin;
    const struct dk_ledger_scope own = {.well = other.series[0].well};
    const struct dk_ledger_scope second = {.well = {.site = "texas", .number = 2}};
    const struct dk_ledger_scope nowhere = {.well = {.site = "utah", .number = 1}};
    check(dk_store_profile_newest(store, &own, &newest, &origin, &err) == DK_OK && origin.found &&
              strcmp(newest.hash, other.profile.hash) == 0,
          "the newest profile of a rig is found");
    dk_profile_reset(&newest);
    check(dk_store_profile_newest(store, &second, &newest, &origin, &err) == DK_OK &&
              origin.found && strcmp(newest.hash, texas->profile.hash) == 0 &&
              origin.well.number == 1 && origin.run_id > 0 && origin.loaded_at[0] != '\0',
          "else that of its site, with its origin");
    dk_profile_reset(&newest);
    check(dk_store_profile_newest(store, &nowhere, &newest, &origin, &err) == DK_OK &&
              !origin.found,
          "and never another site's");
    match_cases(store, texas);
    dk_profile_reset(&newest);
    dk_readings_reset(&other);
}

static void archive_cases(struct dk_store *store)
{
    struct dk_ledger_drop *pending = NULL;
    struct dk_ledger_file *files = NULL;
    size_t count = 0;
    check(dk_ledger_pending(store, &pending, &count, &err) == DK_OK && count == 2 &&
              strcmp(pending[0].source, "logs/Bohrung 'É' \\ \"7\"; DROP TABLE wells") == 0 &&
              pending[0].quarantined == 3,
          "two drops wait to be archived, and a name is what it was");
    int64_t drop_id = count > 0 ? pending[0].drop_id : 0;
    check(dk_ledger_files(store, drop_id, &files, &count, &err) == DK_OK && count == 1 &&
              files[0].size_bytes == UINT64_MAX - 1 && files[0].mtime_ns == INT64_MIN + 1,
          "numbers of 64 bits are what they were");
    char files_hash[DK_HASH_HEX_MAX] = "";
    if (count > 0)
        memcpy(files_hash, files[0].hash, sizeof(files_hash));
    free(pending);
    free(files);
    pending = NULL;
    check(dk_ledger_archive_begin(store, drop_id, "archive/2008-06-26-run1", &err) == DK_OK &&
              dk_ledger_file_stored(store, drop_id, 0, "PS1.txt.zst", files_hash, &err) == DK_OK &&
              dk_ledger_archive_end(store, drop_id, &err) == DK_OK,
          "a drop is archived");
    check(dk_ledger_pending(store, &pending, &count, &err) == DK_OK && count == 1,
          "and waits no longer");
    free(pending);
}

static void run_cases(struct dk_store *store)
{
    struct dk_ledger_run *runs = NULL;
    size_t count = 0;
    check(dk_ledger_runs(store, 100, &runs, &count, &err) == DK_OK && count == 5 &&
              runs[0].run_id > runs[4].run_id && runs[0].state == DK_RUN_DONE &&
              runs[2].state == DK_RUN_FAILED && runs[2].exit_code == 3 &&
              runs[2].message[0] != '\0',
          "runs are listed, newest first, with what became of them");
    free(runs);
}

/* An export is identified by its workspace and path, an upload by its URL. */
static void workspace_cases(struct dk_store *store, struct dk_ledger_publication *put)
{
    struct dk_ledger_workspace here = {.workspace_id = "0a1b2c3d-4e5f-4678-9abc-def012345678",
                                       .host = "rig-1",
                                       .path = "/srv/\xc3\xbc"
                                               "ber/rig",
                                       .inode = UINT64_MAX};
    struct dk_ledger_workspace seen;
    struct dk_ledger_publication got;
    bool found = true;
    check(dk_ledger_workspace_get(store, here.workspace_id, &seen, &found, &err) == DK_OK && !found,
          "a workspace that was never seen is not there");
    dk_ledger_workspace_use(store, &here);
    need(dk_ledger_workspace_put(store, &err), "a workspace is recorded");
    check(dk_ledger_workspace_get(store, here.workspace_id, &seen, &found, &err) == DK_OK &&
              found && strcmp(seen.host, here.host) == 0 && strcmp(seen.path, here.path) == 0 &&
              seen.inode == here.inode && strcmp(seen.first_seen, seen.last_seen) == 0,
          "and found as it was recorded");
    memset(here.path, 'p', sizeof(here.path) - 1);
    dk_ledger_workspace_use(store, &here);
    need(dk_ledger_workspace_put(store, &err), "it is recorded again");
    check(dk_ledger_workspace_get(store, here.workspace_id, &seen, &found, &err) == DK_OK &&
              strlen(seen.path) == sizeof(here.path) - 1,
          "with its new place, however long");
    check(dk_ledger_publication_get(store, DK_PUBLICATION_EXPORT, put->target, &got, &found,
                                    &err) == DK_OK &&
              !found,
          "another workspace's export is not found");
    put->rows = 9;
    need(dk_ledger_publication_put(store, put, &err), "its own is recorded");
    check(dk_ledger_publication_get(store, DK_PUBLICATION_EXPORT, put->target, &got, &found,
                                    &err) == DK_OK &&
              found && got.rows == 9,
          "and found");
    struct dk_ledger_publication upload = *put;
    upload.kind = DK_PUBLICATION_UPLOAD;
    memcpy(upload.target, "s3://", strlen("s3://"));
    need(dk_ledger_publication_put(store, &upload, &err), "an upload is recorded");
    here = (struct dk_ledger_workspace){0};
    dk_ledger_workspace_use(store, &here);
    check(dk_ledger_publication_get(store, DK_PUBLICATION_UPLOAD, upload.target, &got, &found,
                                    &err) == DK_OK &&
              found,
          "an upload is found from everywhere");
    check(dk_ledger_publication_get(store, DK_PUBLICATION_EXPORT, put->target, &got, &found,
                                    &err) == DK_OK &&
              found && got.rows == 8,
          "and the first export is as it was");
    need(dk_ledger_publication_remove(store, DK_PUBLICATION_EXPORT, put->target, &err),
         "it is removed");
    need(dk_ledger_publication_remove(store, DK_PUBLICATION_EXPORT, put->target, &err),
         "also when it is gone");
    check(dk_ledger_publication_get(store, DK_PUBLICATION_EXPORT, put->target, &got, &found,
                                    &err) == DK_OK &&
              !found,
          "and not found any more");
}

static void publication_cases(struct dk_store *store)
{
    struct dk_ledger_publication put = {
        .kind = DK_PUBLICATION_EXPORT, .layout = "historical", .rows = 7};
    struct dk_ledger_publication got;
    struct dk_query query;
    bool found = false;
    memset(put.target, 'x', sizeof(put.target) - 1);
    memcpy(put.target, "aws_s3/", strlen("aws_s3/"));
    char *last = &put.target[sizeof(put.target) - 2];
    check(dk_ledger_publication_put(store, &put, &err) == DK_OK, "a publication is recorded");
    put.rows = 8;
    check(dk_ledger_publication_put(store, &put, &err) == DK_OK &&
              dk_ledger_publication_get(store, DK_PUBLICATION_EXPORT, put.target, &got, &found,
                                        &err) == DK_OK &&
              found && got.rows == 8 && strlen(got.target) == sizeof(put.target) - 1,
          "and replaces the earlier one");
    *last = 'X';
    check(dk_ledger_publication_get(store, DK_PUBLICATION_EXPORT, put.target, &got, &found, &err) ==
                  DK_OK &&
              !found,
          "a target that differs only in case is another one");
    dk_query_begin(&query, store->sql, "SELECT COUNT(*) FROM publications", &err);
    check(dk_query_next(&query) && dk_query_int(&query) == 1, "there is one");
    need(dk_query_end(&query), "a count of publications");
    *last = 'x';
    workspace_cases(store, &put);
}

/* Statements over the driver itself. */
static void statement_cases(struct dk_store *store)
{
    struct dk_sql *sql = store->sql;
    struct dk_statement *outer = NULL;
    struct dk_query inner;
    bool row = false;
    int rows = 0;
    need(sql->ops->prepare(sql, "SELECT sensor_name FROM sensors ORDER BY sensor_name", &outer,
                           &err),
         "a statement");
    while (sql->ops->step(outer, &row, &err) == DK_OK && row) {
        dk_query_begin(&inner, sql, "SELECT COUNT(*) FROM sensors WHERE sensor_name = ?", &err);
        dk_query_bind_text(&inner, sql->ops->column_text(outer, 0));
        rows += dk_query_next(&inner) && dk_query_int(&inner) == 1;
        need(dk_query_end(&inner), "an inner query");
    }
    sql->ops->finalize(outer);
    check(rows == DK_SENSORS, "a query runs while another one is stepped");
    check(sql->ops->execute(sql, "SELEC 1", &err) == DK_ERR_STORE && err.message[0] &&
              number(store, "SELECT 41 + 1") == 42,
          "a faulty statement is an error, and the next one works");
    bool has = false;
    bool has_not = true;
    check(dk_sql_has_table(sql, "oil_well_data", &has, &err) == DK_OK && has &&
              dk_sql_has_table(sql, "no_such_table", &has_not, &err) == DK_OK && !has_not,
          "tables and views are found by name");
}

/* A row for a missing well is refused, and nothing of its transaction remains. */
static void rollback_cases(struct dk_store *store, const struct dk_readings *loaded)
{
    struct dk_sql *sql = store->sql;
    struct dk_fact fact = {.readings = loaded, .well_id = 77, .profile_id = 1};
    need(sql->ops->begin(sql, &err), "a transaction begins");
    need(sql->ops->execute(sql,
                           "INSERT INTO runs (command, started, state) VALUES "
                           "('x', '2008-03-26 00:00:00', 'x')",
                           &err),
         "a row");
    bool refused = sql->ops->facts_insert(sql, &fact, 1, NULL, &err) != DK_OK;
    sql->ops->rollback(sql);
    check(refused, "readings of a well that is not there are refused");
    check(number(store, "SELECT COUNT(*) FROM runs WHERE command = 'x'") == 0 &&
              number(store, "SELECT COUNT(*) FROM well_reading WHERE well_id = 77") == 0 &&
              holds(store, loaded),
          "and a rollback leaves nothing");
}

/* Whether sensor_quality agrees with the readings to the last digit. */
static bool has_quality(struct dk_store *store, const struct dk_readings *readings)
{
    struct dk_quality table[DK_SENSORS * COHORTS];
    struct dk_limits limits[DK_SENSORS];
    struct dk_query query;
    int64_t same = 0;
    dk_limits_default(limits);
    need(dk_quality_measure(readings, limits, true, 1, table, &err), "the quality");
    dk_query_begin(&query, store->sql,
                   "SELECT COUNT(*) FROM sensor_quality WHERE cohort = ? AND sensor_name = ? AND "
                   "value_count = ? AND missing_count = ? AND quarantined_count = ? AND "
                   "outside_count = ? AND longest_constant = ? AND value_sum = ? AND minimum = ? "
                   "AND median = ? AND maximum = ?",
                   &err);
    for (size_t i = 0; i < DK_SENSORS * COHORTS; i++) {
        char sum[DK_QUALITY_SUM_MAX];
        dk_quality_sum_format(&table[i].sum, sum);
        dk_query_bind_int(&query, readings->series[i % COHORTS].cohort);
        dk_query_bind_text(&query, dk_sensors[i / COHORTS].name);
        dk_query_bind_int(&query, (int64_t)table[i].sum.count);
        dk_query_bind_int(&query, (int64_t)table[i].missing_count);
        dk_query_bind_int(&query, (int64_t)table[i].quarantined_count);
        dk_query_bind_int(&query, (int64_t)table[i].outside_count);
        dk_query_bind_int(&query, (int64_t)table[i].longest_constant);
        dk_query_bind_text(&query, sum);
        dk_query_bind_decimal(&query, table[i].minimum);
        dk_query_bind_decimal(&query, table[i].median);
        dk_query_bind_decimal(&query, table[i].maximum);
        if (dk_query_next(&query))
            same += dk_query_int(&query);
        dk_query_rewind(&query);
    }
    return dk_query_end(&query) == DK_OK && same == DK_SENSORS * COHORTS;
}

static void quality_cases(struct dk_store *store, const struct dk_readings *loaded)
{
    struct dk_limits limits[DK_SENSORS];
    size_t count = 0;
    int64_t rows = number(store, "SELECT COUNT(*) FROM sensor_quality");
    dk_limits_default(limits);
    check(has_quality(store, loaded), "sensor_quality has what was loaded, exactly");
    need(store->sql->ops->execute(store->sql, "DELETE FROM sensor_quality", &err), "no quality");
    check(dk_store_quality_complete(store, limits, &count, &err) == DK_OK &&
              (int64_t)count * DK_SENSORS == rows && has_quality(store, loaded),
          "what is missing of it is made from the rows");
    check(dk_store_quality_complete(store, limits, &count, &err) == DK_OK && count == 0, "once");
}

/* Whether every read refuses one cohort, and a load that replaces it restores it. */
static void change_case(struct dk_store *store, const struct dk_readings *loaded, const char *text,
                        const char *what)
{
    const struct dk_store_filter one = {.cohort_first = 11, .cohort_last = 11};
    struct dk_store_series *list = NULL;
    struct dk_readings back = {0};
    struct dk_load_result result;
    size_t count = 0;
    char name[96];
    need(store->sql->ops->execute(store->sql, text, &err), "a change by hand");
    need(dk_store_list(store, &one, &list, &count, &err), "a list");
    bool found = count == 1 && dk_store_read(store, &list[0], &back, &err) == DK_ERR_STORE &&
                 err.native == 0 && strstr(err.message, "11") && strstr(err.hint, "cohort 11");
    snprintf(name, sizeof(name), "%s is found", what);
    check(found, name);
    snprintf(name, sizeof(name), "%s is put back", what);
    check(load(store, loaded, "b", true, &result) == DK_OK && result.series_replaced == 1 &&
              result.series_skipped == COHORTS - 1 && holds(store, loaded) &&
              has_quality(store, loaded),
          name);
    free(list);
    dk_readings_reset(&back);
}

static void change_cases(struct dk_store *store, const struct dk_readings *loaded)
{
    struct dk_load_result result;
    struct dk_sql *sql = store->sql;
    change_case(store, loaded,
                "UPDATE well_reading SET TS1 = 1.25 WHERE cohort = 11 AND reading = 3",
                "a changed value");
    change_case(store, loaded, "UPDATE well_reading SET PS1 = NULL WHERE cohort = 11",
                "values that were removed");
    change_case(store, loaded, "DELETE FROM well_reading WHERE cohort = 11 AND reading = 50",
                "a removed row");
    change_case(store, loaded,
                "UPDATE well_reading SET cumulative_minutes = 1 WHERE cohort = 11 AND reading = 1",
                "another time");
    check(dk_store_find_foreign(store, &err) == DK_OK, "no row is of a cohort that nobody loaded");
    need(sql->ops->execute(sql, "DELETE FROM sensor_quality WHERE cohort = 11", &err),
         "no quality");
    need(sql->ops->execute(sql, "DELETE FROM cohorts WHERE cohort = 11", &err), "no cohort");
    check(dk_store_find_foreign(store, &err) == DK_ERR_STORE && strstr(err.message, "cohort 11") &&
              strstr(err.message, "texas-1"),
          "rows of a cohort that the ledger does not know are found");
    need(sql->ops->execute(sql, "DELETE FROM well_reading WHERE cohort = 11", &err), "no rows");
    check(load(store, loaded, "b", false, &result) == DK_OK && result.series_loaded == 1 &&
              holds(store, loaded) && dk_store_find_foreign(store, &err) == DK_OK,
          "and without them it is loaded again");
}

static void unload_cases(struct dk_store *store, const struct dk_readings *texas)
{
    const struct dk_store_filter two = {
        .by_rig = true, .rig = texas->series[0].well, .cohort_first = 11, .cohort_last = 21};
    const char *rows = "SELECT COUNT(*) FROM well_reading r JOIN wells w ON w.well_id = r.well_id "
                       "WHERE w.site = 'texas' AND r.cohort IN (11, 21)";
    struct dk_unload unload = {0};
    struct dk_store_series *list = NULL;
    struct dk_load_result result;
    int cohort = 0;
    int64_t run_id = 0;
    int64_t all = number(store, "SELECT COUNT(*) FROM well_reading");
    int64_t before = number(store, "SELECT generation FROM schema_info");
    need(dk_store_list(store, &two, &list, &unload.count, &err), "a list");
    unload.list = list;
    need(dk_ledger_run_begin(store, "unload", &unload.run_id, &err), "a run begins");
    check(unload.count == 2 && dk_store_unload(store, &unload, &err) == DK_OK &&
              number(store, rows) == 0 &&
              number(store, "SELECT COUNT(*) FROM well_reading") == all - 2 * ROWS &&
              number(store, "SELECT generation FROM schema_info") > before &&
              number(store, "SELECT COUNT(*) FROM unloaded") == 2,
          "two cohorts are unloaded");
    check(dk_store_unload(store, &unload, &err) == DK_ERR_BUSY &&
              number(store, "SELECT COUNT(*) FROM unloaded") == 2,
          "and can't be once more");
    const struct dk_ledger_scope scope = {.well = texas->series[0].well};
    check(dk_ledger_unloaded_find(store, NULL, &scope, &cohort, &run_id, &err) == DK_OK &&
              (cohort == 11 || cohort == 21) && run_id == unload.run_id,
          "the ledger knows them");
    check(load(store, texas, "b", false, &result) == DK_OK && result.series_loaded == 2 &&
              result.series_skipped == COHORTS - 2 && holds(store, texas),
          "the same drop brings them back");
    free(list);
}

int main(int argc, char **argv)
{
    struct dk_store_settings settings;
    struct dk_store *store = NULL;
    struct dk_readings loaded;
    if (argc < 3) {
        fprintf(stderr, "usage: store_suite NAME URL [SHARDS]\n");
        return 2;
    }
    engine_name = argv[1];
    dk_store_settings_init(&settings);
    settings.url = argv[2];
    settings.shards = argc > 3 ? argv[3] : NULL;
    settings.password = getenv("DERRICK_DB_PASSWORD");
    need(dk_store_open(&store, &settings, true, &observer, &err), "the database opens");
    printf("# %s: %s\n", engine_name, dk_store_engine(store));
    prepare_cases(store);
    lock_cases(store, &settings);
    load_cases(store, &loaded);
    view_cases(store);
    replace_cases(store, &loaded);
    well_cases(store, &loaded);
    archive_cases(store);
    run_cases(store);
    publication_cases(store);
    statement_cases(store);
    rollback_cases(store, &loaded);
    quality_cases(store, &loaded);
    unload_cases(store, &loaded);
    change_cases(store, &loaded);
    dk_readings_reset(&loaded);
    dk_store_close(store);
    printf("1..%d\n", cases);
    return failures ? 1 : 0;
}
