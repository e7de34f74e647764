/*
 * bare_insert DATABASE DROP [PRAGMA...]: loads the rows of a drop into SQLite in the simplest
 * way: a prepared INSERT, bound and stepped once per row, in one transaction. DATABASE is a database
 * into which derrick has loaded the drop, with its readings deleted and vacuumed: tables, indexes and
 * foreign keys are the same. Prints, in seconds: "rows N commit N".
 *
 * The pragmas are derrick's own; the given ones, such as synchronous=OFF, follow them.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "input/input.h"

#define PARAMETERS (6 + DK_SENSORS)

static sqlite3 *db;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void need(int good)
{
    if (good)
        return;
    fprintf(stderr, "bare_insert: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void execute(const char *text)
{
    need(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK);
}

static int64_t ask(const char *text)
{
    sqlite3_stmt *statement;
    need(sqlite3_prepare_v2(db, text, -1, &statement, NULL) == SQLITE_OK);
    need(sqlite3_step(statement) == SQLITE_ROW);
    int64_t answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return answer;
}

static void open_database(const char *path, int count, char **pragmas)
{
    need(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
         SQLITE_OK);
    execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;"
            "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768;"
            "PRAGMA journal_mode = DELETE");
    for (int i = 0; i < count; i++) {
        char text[128];
        snprintf(text, sizeof(text), "PRAGMA %s", pragmas[i]);
        execute(text);
    }
}

static sqlite3_stmt *prepare_insert(void)
{
    char text[512] = "INSERT INTO well_reading VALUES (?";
    size_t size = 34;
    for (int i = 1; i < PARAMETERS; i++)
        size += (size_t)snprintf(text + size, sizeof(text) - size, ", ?");
    snprintf(text + size, sizeof(text) - size, ")");
    sqlite3_stmt *insert;
    need(sqlite3_prepare_v2(db, text, -1, &insert, NULL) == SQLITE_OK);
    return insert;
}

static void insert_row(sqlite3_stmt *insert, const struct dk_readings *readings, size_t series,
                       size_t row, const int64_t keys[2])
{
    const struct dk_series *of = &readings->series[series];
    int64_t minutes = (int64_t)row * of->interval_minutes;
    char date_time[DK_DATE_TIME_SIZE];
    dk_date_time_format(of->start_minute + minutes, date_time);
    sqlite3_bind_int64(insert, 1, keys[0]);
    sqlite3_bind_int64(insert, 2, of->cohort);
    sqlite3_bind_int64(insert, 3, (int64_t)row + 1);
    sqlite3_bind_text(insert, 4, date_time, DK_DATE_TIME_SIZE, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 5, minutes);
    sqlite3_bind_int64(insert, 6, keys[1] + (int64_t)row);
    for (size_t i = 0; i < DK_SENSORS; i++)
        sqlite3_bind_double(insert, 7 + (int)i,
                            dk_decimal_to_double(dk_readings_column(readings, i, series)[row]));
    need(sqlite3_step(insert) == SQLITE_DONE);
    sqlite3_reset(insert);
}

static void insert_all(const struct dk_readings *readings)
{
    const int64_t keys[2] = {ask("SELECT MIN(well_id) FROM wells"),
                             ask("SELECT MIN(profile_id) FROM well_profile")};
    sqlite3_stmt *insert = prepare_insert();
    double start = now();
    execute("BEGIN IMMEDIATE");
    for (size_t series = 0; series < readings->series_count; series++)
        for (size_t row = 0; row < readings->rows; row++)
            insert_row(insert, readings, series, row, keys);
    double inserted = now();
    execute("COMMIT");
    printf("rows %.4f commit %.4f\n", inserted - start, now() - inserted);
    sqlite3_finalize(insert);
}

int main(int argc, char **argv)
{
    struct dk_input_settings input;
    struct dk_drop drop;
    struct dk_readings readings;
    struct dk_report report;
    struct dk_error err = {0};
    if (argc < 3) {
        fprintf(stderr, "usage: bare_insert DATABASE DROP [PRAGMA...]\n");
        return 2;
    }
    dk_input_settings_init(&input);
    const struct dk_drop_request request = {
        .drop = &drop, .settings = &input, .with_hashes = false};
    if (dk_drop_open(&drop, argv[2], NULL, NULL, &err) != DK_OK ||
        dk_drop_read(&request, &readings, &report, &err) != DK_OK) {
        fprintf(stderr, "bare_insert: %s\n", err.message);
        return 1;
    }
    open_database(argv[1], argc - 3, argv + 3);
    insert_all(&readings);
    dk_report_reset(&report);
    dk_readings_reset(&readings);
    dk_drop_reset(&drop);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
