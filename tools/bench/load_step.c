/*
 * load_step URL DROP: loads a drop into an empty database and prints, in seconds, where the time of
 * the load goes: "parse N rows N read_back N rest N". "rows" is the driver's time from parsed values
 * to the last inserted row; "rest" is the ledger, the hashes and the commit. DERRICK_DB_PASSWORD has
 * the password of a server.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "input/input.h"
#include "store/private.h"

static const struct dk_sql_ops *inner; /* the driver that is timed */
static struct dk_sql_ops timed;
static int64_t rows_us, read_back_us;

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static double seconds(int64_t us)
{
    return (double)us / 1e6;
}

static enum dk_status timed_insert(struct dk_sql *sql, const struct dk_fact *facts, size_t count,
                                   const struct dk_observer *observer, struct dk_error *err)
{
    int64_t start = now_us();
    enum dk_status status = inner->facts_insert(sql, facts, count, observer, err);
    rows_us += now_us() - start;
    return status;
}

static enum dk_status timed_read(struct dk_sql *sql, const struct dk_fact *fact,
                                 struct dk_readings *into, size_t series, struct dk_error *err)
{
    int64_t start = now_us();
    enum dk_status status = inner->fact_read(sql, fact, into, series, err);
    read_back_us += now_us() - start;
    return status;
}

static void need(enum dk_status status, const struct dk_error *err)
{
    if (status == DK_OK)
        return;
    fprintf(stderr, "load_step: %s\n", err->message);
    exit(1);
}

/* Puts the clock between the load and its driver. */
static void watch(struct dk_store *store)
{
    inner = store->sql->ops;
    timed = *inner;
    timed.facts_insert = timed_insert;
    timed.fact_read = timed_read;
    store->sql->ops = &timed;
}

/* Returns the time of the load alone. */
static int64_t load(struct dk_store *store, const struct dk_drop *drop,
                    const struct dk_readings *readings, struct dk_error *err)
{
    struct dk_load_result result;
    int64_t run_id;
    watch(store);
    need(dk_store_prepare(store, false, err), err);
    need(dk_store_lock(store, err), err);
    need(dk_ledger_run_begin(store, "load", &run_id, err), err);
    const struct dk_load what = {
        .run_id = run_id, .drop = drop, .readings = readings, .settings = "bench"};
    int64_t start = now_us();
    need(dk_store_load(store, &what, &result, err), err);
    int64_t took_us = now_us() - start;
    const struct dk_ledger_run_end end = {.state = DK_RUN_DONE};
    need(dk_ledger_run_end(store, run_id, &end, err), err);
    if (result.outcome != DK_LOAD_DONE) {
        fprintf(stderr, "load_step: the database is not empty\n");
        exit(1);
    }
    return took_us;
}

int main(int argc, char **argv)
{
    struct dk_error err = {0};
    struct dk_store_settings settings;
    struct dk_input_settings input;
    struct dk_store *store = NULL;
    struct dk_drop drop;
    struct dk_readings readings;
    struct dk_report report;
    if (argc != 3) {
        fprintf(stderr, "usage: load_step URL DROP\n");
        return 2;
    }
    dk_store_settings_init(&settings);
    dk_input_settings_init(&input);
    const struct dk_drop_request request = {.drop = &drop, .settings = &input, .with_hashes = true};
    settings.url = argv[1];
    settings.password = getenv("DERRICK_DB_PASSWORD");
    need(dk_store_open(&store, &settings, true, NULL, &err), &err);
    int64_t start = now_us();
    need(dk_drop_open(&drop, argv[2], NULL, NULL, &err), &err);
    need(dk_drop_read(&request, &readings, &report, &err), &err);
    int64_t parse_us = now_us() - start;
    int64_t load_us = load(store, &drop, &readings, &err);
    printf("parse %.4f rows %.4f read_back %.4f rest %.4f\n", seconds(parse_us), seconds(rows_us),
           seconds(read_back_us), seconds(load_us - rows_us - read_back_us));
    dk_report_reset(&report);
    dk_readings_reset(&readings);
    dk_drop_reset(&drop);
    dk_store_close(store);
    return 0;
}
