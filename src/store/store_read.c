/* Reading back: what is loaded, the profiles, and the rows of one series. */
#include <stdlib.h>
#include <string.h>

#include "ledger_text.h"
#include "private.h"

/* Longer profiles are never loaded (rig/profile.c): somebody changed the number. */
#define PROFILE_ROWS_MAX 7000000

/* Reads a date_time column into a minute number. */
static void query_minute(struct dk_query *query, int64_t *minute)
{
    char text[32];
    *minute = 0;
    dk_query_text(query, text, sizeof(text));
    if (query->status == DK_OK && dk_date_time_parse(text, minute) != 0)
        dk_ledger_refuse(query, "table cohorts has a row whose start_time is '%s'", text);
}

static void query_well(struct dk_query *query, struct dk_well *well)
{
    char site[DK_SITE_MAX];
    dk_query_text(query, site, sizeof(site));
    int64_t number = dk_query_int(query);
    if (query->status == DK_OK && dk_well_init(well, site, (long)number, NULL) != DK_OK)
        dk_ledger_refuse(query,
                         "table wells has a row that is not a well: site '%s', well_number %lld",
                         site, (long long)number);
}

/* A number that must be within [low, high]; `where`: the table and the column. */
static int64_t query_bounded(struct dk_query *query, const char *where, int64_t low, int64_t high)
{
    int64_t value = dk_query_int(query);
    if (value < low || value > high)
        dk_ledger_refuse(query, "table %s is %lld", where, (long long)value);
    return value;
}

/* --- listing -------------------------------------------------------------------------------- */

void dk_store_filter_bind(struct dk_query *query, const struct dk_store_filter *filter)
{
    dk_query_bind_int(query, filter->by_rig);
    dk_query_bind_text(query, filter->rig.site);
    dk_query_bind_int(query, filter->rig.number);
    dk_query_bind_int(query, filter->whole_site);
    dk_query_bind_int(query, filter->cohort_first);
    dk_query_bind_int(query, filter->cohort_last ? filter->cohort_last : DK_COHORT_MAX);
    dk_query_bind_int(query, filter->drop_id);
    dk_query_bind_int(query, filter->drop_id);
}

enum dk_status dk_store_list(struct dk_store *store, const struct dk_store_filter *filter,
                             struct dk_store_series **list, size_t *count, struct dk_error *err)
{
    void *items = NULL;
    struct dk_query query;
    *count = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT c.well_id, w.site, w.well_number, c.cohort, c.start_time, "
                   "c.interval_minutes, c.readings, c.profile_set, c.drop_id, "
                   "COALESCE(d.run_id, 0), COALESCE(c.corrected_by, d.run_id, 0), c.hash, "
                   "COALESCE(c.loaded_hash, c.hash) "
                   "FROM cohorts c JOIN wells w ON w.well_id = c.well_id "
                   "JOIN drops d ON d.drop_id = c.drop_id "
                   "WHERE " DK_STORE_FILTER_SQL "ORDER BY w.site, w.well_number, c.cohort",
                   err);
    dk_store_filter_bind(&query, filter);
    while (dk_query_next(&query)) {
        struct dk_store_series *row = dk_query_push(&query, &items, count, sizeof(*row));
        if (!row)
            break;
        row->well_id = dk_query_int(&query);
        query_well(&query, &row->series.well);
        row->series.cohort =
            (int)query_bounded(&query, "cohorts has a row whose cohort", 1, DK_COHORT_MAX);
        query_minute(&query, &row->series.start_minute);
        row->series.interval_minutes = (int32_t)query_bounded(
            &query, "cohorts has a row whose interval_minutes", 1, DK_CALENDAR_COHORT_MINUTES_MAX);
        row->rows = (size_t)query_bounded(&query, "cohorts has a row whose readings", 1,
                                          DK_CALENDAR_COHORT_MINUTES_MAX);
        row->profile_set = dk_query_int(&query);
        row->drop_id = dk_query_int(&query);
        row->run_id = dk_query_int(&query);
        row->changed_run_id = dk_query_int(&query);
        dk_query_text(&query, row->hash, sizeof(row->hash));
        dk_query_text(&query, row->loaded_hash, sizeof(row->loaded_hash));
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}

/* --- profiles ------------------------------------------------------------------------------- */

static enum dk_status changed_profile(int64_t profile_set, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_STORE, "profile set %lld differs from the one that was loaded",
                 (long long)profile_set);
    dk_error_hint(err, "somebody changed rows of well_profile; restore the database from a backup");
    return DK_ERR_STORE;
}

/* The codes of one row, as indices. */
static bool read_codes(struct dk_query *query, uint8_t codes[DK_CONDITIONS])
{
    for (int i = 0; i < DK_CONDITIONS; i++) {
        int code = dk_condition_code_find(i, (long)dk_query_int(query));
        if (code < 0)
            return false;
        codes[i] = (uint8_t)code;
    }
    return true;
}

/* Fills profile->codes. DK_ERR_STORE unless the rows are base, base + 1, ..., all of known
 * codes. */
static enum dk_status read_profile_rows(struct dk_store *store, int64_t profile_set, int64_t base,
                                        struct dk_profile *profile, struct dk_error *err)
{
    struct dk_query query;
    size_t row = 0;
    bool good = true;
    _Static_assert(DK_CONDITIONS == 5, "the statement below names the conditions");
    dk_query_begin(&query, store->sql,
                   "SELECT profile_id, cooler_condition, valve_condition, internal_pump_leakage, "
                   "hydraulic_accumulator_bar, stable_flag FROM well_profile WHERE profile_id >= ? "
                   "AND profile_id < ? ORDER BY profile_id",
                   err);
    dk_query_bind_int(&query, base);
    dk_query_bind_int(&query, base + (int64_t)profile->rows);
    while (good && dk_query_next(&query)) {
        good =
            dk_query_int(&query) == base + (int64_t)row && read_codes(&query, profile->codes[row]);
        row++;
    }
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    return good && row == profile->rows ? DK_OK : changed_profile(profile_set, err);
}

static enum dk_status read_profile(struct dk_store *store, int64_t profile_set, int64_t *base,
                                   struct dk_profile *profile, struct dk_error *err)
{
    struct dk_query query;
    char hash[DK_HASH_HEX_MAX] = "";
    size_t rows = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT first_profile, profile_rows, hash FROM profile_sets WHERE profile_set = "
                   "?",
                   err);
    dk_query_bind_int(&query, profile_set);
    if (dk_query_next(&query)) {
        *base = dk_query_int(&query);
        rows = (size_t)query_bounded(&query, "profile_sets has a row whose profile_rows", 1,
                                     DK_CALENDAR_COHORT_MINUTES_MAX);
        dk_query_text(&query, hash, sizeof(hash));
    }
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    if (hash[0] == '\0' || rows > PROFILE_ROWS_MAX)
        return changed_profile(profile_set, err);
    DK_RETURN_IF_ERROR(dk_profile_init(profile, rows, err));
    DK_RETURN_IF_ERROR(read_profile_rows(store, profile_set, *base, profile, err));
    DK_RETURN_IF_ERROR(dk_profile_seal(profile, err));
    return strcmp(profile->hash, hash) == 0 ? DK_OK : changed_profile(profile_set, err);
}

/* Makes store->profile the set `profile_set`. */
static enum dk_status set_profile(struct dk_store *store, int64_t profile_set, struct dk_error *err)
{
    if (store->profile_set == profile_set && profile_set != 0)
        return DK_OK;
    dk_profile_reset(&store->profile);
    store->profile_set = 0;
    enum dk_status status =
        read_profile(store, profile_set, &store->first_profile, &store->profile, err);
    if (status == DK_OK)
        store->profile_set = profile_set;
    else
        dk_profile_reset(&store->profile);
    return status;
}

enum dk_status dk_store_profile_read(struct dk_store *store, int64_t profile_set,
                                     struct dk_profile *profile, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(set_profile(store, profile_set, err));
    return dk_profile_copy(profile, &store->profile, err);
}

enum dk_status dk_store_profile_newest(struct dk_store *store, const struct dk_ledger_scope *scope,
                                       struct dk_profile *profile, struct dk_profile_origin *origin,
                                       struct dk_error *err)
{
    struct dk_query query;
    int64_t newest = 0;
    *origin = (struct dk_profile_origin){0};
    dk_query_begin(&query, store->sql,
                   "SELECT c.profile_set, w.site, w.well_number, COALESCE(d.run_id, 0), "
                   "d.loaded_at FROM cohorts c JOIN wells w ON w.well_id = c.well_id JOIN drops d "
                   "ON d.drop_id = c.drop_id WHERE w.site = ? ORDER BY CASE WHEN w.well_number = ? "
                   "AND ? = 0 THEN 0 ELSE 1 END, c.drop_id DESC, c.profile_set DESC LIMIT 1",
                   err);
    dk_query_bind_text(&query, scope->well.site);
    dk_query_bind_int(&query, scope->well.number);
    dk_query_bind_int(&query, scope->whole_site);
    if (dk_query_next(&query)) {
        newest = dk_query_int(&query);
        query_well(&query, &origin->well);
        origin->run_id = dk_query_int(&query);
        dk_query_text(&query, origin->loaded_at, sizeof(origin->loaded_at));
    }
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    if (newest == 0)
        return DK_OK;
    enum dk_status status = dk_store_profile_read(store, newest, profile, err);
    origin->found = status == DK_OK;
    return status;
}

/* --- rows ----------------------------------------------------------------------------------- */

static bool has_values(const struct dk_readings *readings, size_t sensor)
{
    const dk_decimal *column = dk_readings_column(readings, sensor, 0);
    for (size_t row = 0; row < readings->rows; row++)
        if (column[row] != DK_DECIMAL_MISSING)
            return true;
    return false;
}

/* Makes store->profile that of the series. */
static enum dk_status use_profile(struct dk_store *store, const struct dk_store_series *series,
                                  struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX];
    enum dk_status status = set_profile(store, series->profile_set, err);
    if (status == DK_OK && store->profile.rows != series->rows)
        status = changed_profile(series->profile_set, err);
    dk_well_rig_name(&series->series.well, rig);
    if (status != DK_OK)
        dk_error_prefix(err, "cohort %d of rig '%s'", series->series.cohort, rig);
    return status;
}

/* After use_profile. */
static enum dk_status read_series(struct dk_store *store, const struct dk_store_series *series,
                                  struct dk_readings *readings, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_readings_init(readings, 1, series->rows, err));
    DK_RETURN_IF_ERROR(dk_profile_copy(&readings->profile, &store->profile, err));
    const struct dk_fact fact = {.well_id = series->well_id, .profile_id = store->first_profile};
    readings->series[0] = series->series;
    readings->rows = series->rows;
    enum dk_status status = store->sql->ops->fact_read(store->sql, &fact, readings, 0, err);
    for (size_t i = 0; status == DK_OK && i < DK_SENSORS; i++)
        readings->present[i] = has_values(readings, i);
    return status;
}

enum dk_status dk_store_read_part(struct dk_store *store, const struct dk_store_series *series,
                                  size_t first, size_t rows, struct dk_readings *readings,
                                  struct dk_error *err)
{
    DK_RETURN_IF_ERROR(set_profile(store, series->profile_set, err));
    const struct dk_fact fact = {.well_id = series->well_id,
                                 .profile_id = store->first_profile,
                                 .first = first,
                                 .limit = rows};
    readings->series[0] = series->series;
    readings->rows = rows;
    return store->sql->ops->fact_read(store->sql, &fact, readings, 0, err);
}

/* Where the drop of a series is: its archive, if its files are there, or where it was delivered.
 * "": not known. *quarantine: it has bad cells. */
static enum dk_status find_drop(struct dk_store *store, int64_t drop_id, char place[512],
                                bool *quarantine, struct dk_error *err)
{
    struct dk_query query;
    place[0] = '\0';
    dk_query_begin(&query, store->sql,
                   "SELECT CASE WHEN EXISTS (SELECT 1 FROM files f WHERE f.drop_id = d.drop_id AND "
                   "f.file <> ? AND f.stored_name IS NOT NULL) THEN d.archive_folder ELSE d.source "
                   "END, d.quarantined FROM drops d WHERE d.drop_id = ?",
                   err);
    dk_query_bind_int(&query, DK_DROP_PROFILE);
    dk_query_bind_int(&query, drop_id);
    *quarantine = false;
    if (dk_query_next(&query)) {
        dk_query_text(&query, place, 512);
        *quarantine = dk_query_int(&query) > 0;
    }
    return dk_query_end(&query);
}

/* A finding of ours, not a failure of the database: says where the cohort can be had from. */
static enum dk_status explain_change(struct dk_store *store, const struct dk_store_series *series,
                                     struct dk_error *err)
{
    char place[512];
    bool quarantine = false;
    if (!err || err->status != DK_ERR_STORE || err->native != 0 ||
        find_drop(store, series->drop_id, place, &quarantine, NULL) != DK_OK || place[0] == '\0')
        return DK_ERR_STORE;
    dk_error_hint(err,
                  "another program changed the database: restore it from a backup, or load the "
                  "cohort again with 'derrick load %s --cohort %d --replace%s'",
                  place, series->series.cohort, quarantine ? " --quarantine" : "");
    return DK_ERR_STORE;
}

static enum dk_status check_hash(const struct dk_store_series *series,
                                 const struct dk_readings *readings, struct dk_error *err)
{
    char hex[DK_HASH_HEX_MAX];
    char rig[DK_RIG_NAME_MAX];
    enum dk_status status = dk_readings_series_hash(readings, 0, hex, err);
    if (status != DK_OK || strcmp(hex, series->hash) == 0)
        return status;
    dk_well_rig_name(&series->series.well, rig);
    return dk_error_set(
        err, DK_ERR_STORE,
        "cohort %d of rig '%s' differs from what run %lld loaded: somebody changed values",
        series->series.cohort, rig, (long long)series->run_id);
}

enum dk_status dk_store_read(struct dk_store *store, const struct dk_store_series *series,
                             struct dk_readings *readings, struct dk_error *err)
{
    *readings = (struct dk_readings){0};
    DK_RETURN_IF_ERROR(use_profile(store, series, err));
    enum dk_status status = read_series(store, series, readings, err);
    if (status == DK_OK)
        status = check_hash(series, readings, err);
    if (status != DK_OK)
        dk_readings_reset(readings);
    return status == DK_ERR_STORE ? explain_change(store, series, err) : status;
}
