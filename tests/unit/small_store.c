#include "small_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "rig/calendar.h"

static void notice(void *context, enum dk_level level, const char *text)
{
    struct small_store *small = context;
    size_t used = strlen(small->notices);
    (void)level;
    dk_text_format(small->notices + used, sizeof(small->notices) - used, "%s\n", text);
}

void small_store_open(struct small_store *small)
{
    *small = (struct small_store){0};
    small->observer = (struct dk_observer){.notice = notice, .context = small};
    drop_folder_make(&small->folder);
    dk_text_format(small->url, sizeof(small->url), "sqlite:%s/store.db", small->folder.path);
    dk_store_settings_init(&small->settings);
    small->settings.url = small->url;
    assert_int_equal(dk_store_open(&small->store, &small->settings, true, &small->observer, NULL),
                     DK_OK);
    assert_int_equal(dk_store_prepare(small->store, false, NULL), DK_OK);
}

void small_store_close(struct small_store *small)
{
    dk_store_close(small->store);
    drop_folder_remove(&small->folder);
}

void small_store_fill(struct dk_readings *readings, const char *site, int first_cohort,
                      size_t cohorts, size_t rows, unsigned seed)
{
    struct dk_calendar calendar = dk_calendar_default();
    assert_int_equal(dk_readings_init(readings, cohorts, rows, NULL), DK_OK);
    assert_int_equal(dk_profile_init(&readings->profile, rows, NULL), DK_OK);
    for (size_t row = 0; row < rows; row++)
        for (int i = 0; i < DK_CONDITIONS; i++)
            readings->profile.codes[row][i] = (uint8_t)(row % dk_conditions[i].code_count);
    assert_int_equal(dk_profile_seal(&readings->profile, NULL), DK_OK);
    readings->rows = rows;
    for (size_t s = 0; s < cohorts; s++) {
        struct dk_series *series = &readings->series[s];
        assert_int_equal(dk_well_init(&series->well, site, 1, NULL), DK_OK);
        series->cohort = first_cohort + (int)s;
        series->interval_minutes = calendar.interval_minutes;
        assert_int_equal(
            dk_calendar_cohort_start(&calendar, series->cohort, &series->start_minute, NULL),
            DK_OK);
        for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
            readings->present[sensor] = true;
            for (size_t row = 0; row < rows; row++)
                assert_true(dk_decimal_make(
                    (int64_t)(seed * 100000 + (unsigned)series->cohort * 1000 + sensor * 50 + row),
                    2, &dk_readings_column(readings, sensor, s)[row]));
        }
    }
}

static void make_drop(struct dk_drop *drop, const char *contents)
{
    char path[128];
    *drop = (struct dk_drop){0};
    snprintf(path, sizeof(path), "logs/%s", contents);
    drop->path = strdup(path);
    drop->files[0].name = strdup("PS1.txt");
    drop->files[0].path = strdup("logs/PS1.txt");
    assert_true(drop->path && drop->files[0].name && drop->files[0].path);
    assert_int_equal(dk_hash_bytes(contents, strlen(contents), drop->content_hash, NULL), DK_OK);
    memcpy(drop->files[0].hash, drop->content_hash, DK_HASH_HEX_MAX);
}

enum dk_status small_store_load(struct small_store *small, const struct dk_readings *readings,
                                const char *contents, const char *settings, bool replace,
                                struct dk_load_result *result)
{
    struct dk_drop drop;
    struct dk_load_result ignored;
    int64_t run_id;
    make_drop(&drop, contents);
    small->err = (struct dk_error){0};
    assert_int_equal(dk_ledger_run_begin(small->store, "load", &run_id, NULL), DK_OK);
    const struct dk_load load = {.run_id = run_id,
                                 .drop = &drop,
                                 .readings = readings,
                                 .settings = settings,
                                 .replace = replace};
    enum dk_status status =
        dk_store_load(small->store, &load, result ? result : &ignored, &small->err);
    const struct dk_ledger_run_end end = {.state = status == DK_OK ? DK_RUN_DONE : DK_RUN_FAILED,
                                          .exit_code = dk_status_exit_code(status),
                                          .message = small->err.message};
    assert_int_equal(dk_ledger_run_end(small->store, run_id, &end, NULL), DK_OK);
    dk_drop_reset(&drop);
    return status;
}

int64_t small_store_duplicate(struct small_store *small, int64_t original, const char *contents)
{
    struct dk_drop drop;
    int64_t run_id;
    int64_t drop_id = 0;
    make_drop(&drop, contents);
    assert_int_equal(dk_ledger_run_begin(small->store, "load", &run_id, NULL), DK_OK);
    const struct dk_ledger_duplicate duplicate = {
        .run_id = run_id, .original = original, .drop = &drop, .settings = "x=1"};
    assert_int_equal(dk_ledger_drop_duplicate(small->store, &duplicate, &drop_id, NULL), DK_OK);
    dk_drop_reset(&drop);
    return drop_id;
}

void small_store_workspace(struct small_store *small, char letter)
{
    struct dk_ledger_workspace workspace = {.host = "host", .path = "/", .inode = 1};
    snprintf(workspace.workspace_id, sizeof(workspace.workspace_id),
             "%c0000000-0000-4000-8000-000000000000", letter);
    dk_ledger_workspace_use(small->store, &workspace);
}

int64_t small_store_number(struct small_store *small, const char *sql)
{
    struct dk_query query;
    int64_t value = 0;
    dk_query_begin(&query, small->store->sql, sql, NULL);
    assert_int_equal(dk_query_end_int(&query, &value), DK_OK);
    return value;
}

void small_store_execute(struct small_store *small, const char *sql)
{
    assert_int_equal(small->store->sql->ops->execute(small->store->sql, sql, &small->err), DK_OK);
}
