/*
 * sensor_quality: what the values of each sensor in each cohort amount to, written with the rows
 * they describe, in the same transaction. Also what is missing of it: cohorts that an older derrick
 * loaded, and rows that belong to no cohort.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "private.h"
#include "rig/quality.h"

#define INSERT_BYTES_MAX (16u << 10)
#define COLUMNS 12
/* Series in one INSERT: 4 times 17 rows of 12 parameters are fewer than the 999 that any SQLite
 * takes. */
#define BATCH 4
_Static_assert(BATCH *DK_SENSORS *COLUMNS < 1000, "more parameters than any SQLite takes");

/* Series `series` of a table, as a cohort of a well. */
struct place {
    int64_t well_id;
    int cohort;
    size_t series;
};

static enum dk_status insert_text(struct dk_buffer *text, size_t series, struct dk_error *err)
{
    enum dk_status status = dk_buffer_printf(
        text, err,
        "INSERT INTO sensor_quality (well_id, cohort, sensor_name, value_count, missing_count, "
        "quarantined_count, outside_count, longest_constant, value_sum, minimum, median, maximum) "
        "VALUES ");
    for (size_t row = 0; status == DK_OK && row < series * DK_SENSORS; row++)
        status = dk_buffer_printf(text, err, "%s(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                  row == 0 ? "" : ", ");
    return status == DK_OK ? dk_buffer_terminate(text, err) : status;
}

static void bind_row(struct dk_query *query, const struct place *place, size_t sensor,
                     const struct dk_quality *quality)
{
    char sum[DK_QUALITY_SUM_MAX];
    dk_quality_sum_format(&quality->sum, sum);
    dk_query_bind_int(query, place->well_id);
    dk_query_bind_int(query, place->cohort);
    dk_query_bind_text(query, dk_sensors[sensor].name);
    dk_query_bind_int(query, (int64_t)quality->sum.count);
    dk_query_bind_int(query, (int64_t)quality->missing_count);
    dk_query_bind_int(query, (int64_t)quality->quarantined_count);
    dk_query_bind_int(query, (int64_t)quality->outside_count);
    dk_query_bind_int(query, (int64_t)quality->longest_constant);
    dk_query_bind_text(query, sum);
    dk_query_bind_decimal(query, quality->minimum);
    dk_query_bind_decimal(query, quality->median);
    dk_query_bind_decimal(query, quality->maximum);
}

/* Places, and the quality of all series of the readings that they belong to. */
struct measured {
    const struct place *places;
    size_t count;
    const struct dk_quality *table; /* [DK_SENSORS][series_count] */
    size_t series_count;
};

/* Inserts the rows of all places, `batch` at a time, which divides their number. */
static enum dk_status insert_batches(struct dk_store *store, const struct measured *measured,
                                     size_t batch, struct dk_error *err)
{
    const struct place *places = measured->places;
    struct dk_buffer text;
    struct dk_query query;
    dk_buffer_init(&text, INSERT_BYTES_MAX);
    enum dk_status status = insert_text(&text, batch, err);
    if (status == DK_OK) {
        dk_query_begin(&query, store->sql, text.data, err);
        for (size_t first = 0; first < measured->count; first += batch) {
            for (size_t i = first; i < first + batch; i++)
                for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
                    bind_row(&query, &places[i], sensor,
                             &measured->table[sensor * measured->series_count + places[i].series]);
            dk_query_run(&query);
        }
        status = dk_query_end(&query);
    }
    dk_buffer_reset(&text);
    return status;
}

/* Measures all series of a table, and inserts the rows of those in places[0..count). */
static enum dk_status insert_quality(struct dk_store *store, const struct dk_readings *readings,
                                     const struct dk_limits *limits, const struct place *places,
                                     size_t count, struct dk_error *err)
{
    struct dk_limits preset[DK_SENSORS];
    size_t series = readings->series_count;
    size_t batched = count - count % BATCH;
    struct dk_quality *table = calloc(DK_SENSORS * series, sizeof(*table));
    if (!table)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the quality of %zu series",
                            series);
    dk_limits_default(preset);
    enum dk_status status = dk_quality_measure(readings, limits ? limits : preset, true,
                                               store->settings.threads, table, err);
    const struct measured whole = {places, batched, table, series};
    const struct measured rest = {places + batched, count - batched, table, series};
    if (status == DK_OK && whole.count > 0)
        status = insert_batches(store, &whole, BATCH, err);
    if (status == DK_OK && rest.count > 0)
        status = insert_batches(store, &rest, rest.count, err);
    free(table);
    return status;
}

enum dk_status dk_load_quality(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_load *load = loading->load;
    struct place *places = calloc(loading->fact_count + 1, sizeof(*places));
    if (!places)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the quality of %zu series",
                            loading->fact_count);
    for (size_t i = 0; i < loading->fact_count; i++) {
        const struct dk_fact *fact = &loading->facts[i];
        places[i] = (struct place){.well_id = fact->well_id,
                                   .cohort = load->readings->series[fact->series].cohort,
                                   .series = fact->series};
    }
    enum dk_status status = insert_quality(loading->store, load->readings, load->limits, places,
                                           loading->fact_count, err);
    free(places);
    return status;
}

/* --- what is missing ------------------------------------------------------------------------ */

static enum dk_status has_quality(struct dk_store *store, const struct dk_store_series *series,
                                  bool *has, struct dk_error *err)
{
    struct dk_query query;
    *has = false;
    dk_query_begin(&query, store->sql,
                   "SELECT COUNT(*) FROM sensor_quality WHERE well_id = ? AND cohort = ?", err);
    dk_query_bind_int(&query, series->well_id);
    dk_query_bind_int(&query, series->series.cohort);
    if (dk_query_next(&query))
        *has = dk_query_int(&query) > 0;
    return dk_query_end(&query);
}

static enum dk_status complete_series(struct dk_store *store, const struct dk_store_series *series,
                                      const struct dk_limits *limits, size_t *count,
                                      struct dk_error *err)
{
    const struct place place = {.well_id = series->well_id, .cohort = series->series.cohort};
    struct dk_readings readings = {0};
    bool has = false;
    enum dk_status status = has_quality(store, series, &has, err);
    if (status != DK_OK || has)
        return status;
    status = dk_store_read(store, series, &readings, err);
    if (status == DK_OK)
        status = insert_quality(store, &readings, limits, &place, 1, err);
    dk_readings_reset(&readings);
    *count += status == DK_OK;
    return status;
}

/* Whether all cohorts have their rows, by one query. */
static enum dk_status all_have_quality(struct dk_store *store, bool *all, struct dk_error *err)
{
    struct dk_query query;
    *all = false;
    dk_query_begin(&query, store->sql,
                   "SELECT COUNT(*) FROM cohorts c WHERE NOT EXISTS (SELECT 1 FROM sensor_quality "
                   "q WHERE q.well_id = c.well_id AND q.cohort = c.cohort)",
                   err);
    if (dk_query_next(&query))
        *all = dk_query_int(&query) == 0;
    return dk_query_end(&query);
}

enum dk_status dk_store_quality_complete(struct dk_store *store,
                                         const struct dk_limits limits[DK_SENSORS], size_t *count,
                                         struct dk_error *err)
{
    const struct dk_store_filter every = {0};
    struct dk_store_series *list = NULL;
    size_t series = 0;
    bool all = false;
    *count = 0;
    enum dk_status status = all_have_quality(store, &all, err);
    if (status != DK_OK || all)
        return status;
    status = dk_store_list(store, &every, &list, &series, err);
    if (status == DK_OK)
        status = store->sql->ops->begin(store->sql, err);
    if (status == DK_OK) {
        for (size_t i = 0; status == DK_OK && i < series; i++)
            status = complete_series(store, &list[i], limits, count, err);
        status = dk_store_end(store, status, err);
    }
    free(list);
    return status;
}

/* --- rows of no cohort ---------------------------------------------------------------------- */

static enum dk_status name_foreign(struct dk_store *store, int64_t well_id, int cohort,
                                   struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX] = "";
    struct dk_query query;
    dk_query_begin(&query, store->sql, "SELECT rig_name FROM wells WHERE well_id = ?", err);
    dk_query_bind_int(&query, well_id);
    if (dk_query_next(&query))
        dk_query_text(&query, rig, sizeof(rig));
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    dk_error_set(err, DK_ERR_STORE,
                 "well_reading has rows of cohort %d of rig '%s', which no run loaded", cohort,
                 rig[0] ? rig : "(unknown)");
    dk_error_hint(err, "another program inserted them, or changed the ledger: restore the database "
                       "from a backup");
    return DK_ERR_STORE;
}

enum dk_status dk_store_find_foreign(struct dk_store *store, struct dk_error *err)
{
    struct dk_query query;
    int64_t well_id = 0;
    int cohort = 0;
    bool found = false;
    dk_query_begin(&query, store->sql,
                   "SELECT r.well_id, r.cohort FROM (SELECT well_id, cohort FROM well_reading "
                   "GROUP BY well_id, cohort) r LEFT JOIN cohorts c ON c.well_id = r.well_id AND "
                   "c.cohort = r.cohort WHERE c.cohort IS NULL ORDER BY r.well_id, r.cohort LIMIT "
                   "1",
                   err);
    if (dk_query_next(&query)) {
        found = true;
        well_id = dk_query_int(&query);
        cohort = (int)dk_query_int(&query);
    }
    enum dk_status status = dk_query_end(&query);
    return status == DK_OK && found ? name_foreign(store, well_id, cohort, err) : status;
}
