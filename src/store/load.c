/*
 * Loading: readings into the database, all of it or nothing.
 *
 *     compare -> remove what is replaced -> dimensions -> rows -> ledger -> read back -> commit
 *
 * Everything happens in one transaction, over the driver of sql.h; nothing is committed before
 * every row was read back and compared with the parse.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define ATTEMPTS_MAX 3

static enum dk_status check_readings(const struct dk_readings *readings, struct dk_error *err)
{
    if (readings->series_count == 0 || readings->rows == 0)
        return dk_error_set(err, DK_ERR_DATA, "there are no readings to load");
    if (readings->profile.rows != readings->rows)
        return dk_error_set(err, DK_ERR_DATA,
                            "the profile has %zu rows, but a cohort has %zu readings",
                            readings->profile.rows, readings->rows);
    return DK_OK;
}

static int compare_facts(const void *left, const void *right)
{
    const struct dk_fact *a = left;
    const struct dk_fact *b = right;
    int cohort_a = a->readings->series[a->series].cohort;
    int cohort_b = b->readings->series[b->series].cohort;
    if (a->well_id != b->well_id)
        return a->well_id < b->well_id ? -1 : 1;
    return (cohort_a > cohort_b) - (cohort_a < cohort_b);
}

/* The series that are to be inserted, in the order of the primary key. */
static void list_facts(struct dk_loading *loading)
{
    const struct dk_readings *readings = loading->load->readings;
    loading->fact_count = 0;
    for (size_t i = 0; i < readings->series_count; i++) {
        const struct dk_load_item *item = &loading->items[i];
        if (!item->skip)
            loading->facts[loading->fact_count++] =
                (struct dk_fact){.readings = readings,
                                 .series = item->series,
                                 .well_id = item->well_id,
                                 .profile_id = loading->first_profile};
    }
    qsort(loading->facts, loading->fact_count, sizeof(*loading->facts), compare_facts);
}

enum dk_status dk_store_raise_generation(struct dk_store *store, struct dk_error *err)
{
    return store->sql->ops->execute(
        store->sql, "UPDATE schema_info SET generation = generation + 1 WHERE schema_id = 1", err);
}

/* Every cohort is there: names the drop that loaded them. */
static void already(struct dk_loading *loading)
{
    struct dk_load_result *result = loading->result;
    result->outcome = DK_LOAD_ALREADY;
    result->drop_id = loading->same_drop ? loading->same_drop : loading->items[0].old.drop_id;
    result->drop_run_id = loading->same_drop ? loading->same_run : loading->items[0].old.run_id;
}

static enum dk_status insert_all(struct dk_loading *loading, struct dk_error *err)
{
    struct dk_store *store = loading->store;
    const struct dk_load *load = loading->load;
    DK_RETURN_IF_ERROR(dk_load_remove(loading, err));
    DK_RETURN_IF_ERROR(dk_load_dimensions(loading, err));
    DK_RETURN_IF_ERROR(dk_load_check_bursts(loading, err));
    list_facts(loading);
    DK_RETURN_IF_ERROR(store->sql->ops->facts_insert(store->sql, loading->facts,
                                                     loading->fact_count, store->observer, err));
    DK_RETURN_IF_ERROR(dk_load_record(loading, err));
    DK_RETURN_IF_ERROR(dk_load_quality(loading, err));
    DK_RETURN_IF_ERROR(dk_load_quarantine(loading, err));
    DK_RETURN_IF_ERROR(dk_store_raise_generation(store, err));
    DK_RETURN_IF_ERROR(dk_load_verify(loading, err));
    loading->result->outcome = DK_LOAD_DONE;
    loading->result->drop_run_id = load->run_id;
    loading->result->rows = loading->fact_count * load->readings->rows;
    loading->result->series_loaded = loading->fact_count;
    return DK_OK;
}

/* Inside the transaction. */
static enum dk_status load_inside(struct dk_loading *loading, bool *changed, struct dk_error *err)
{
    size_t count = loading->load->readings->series_count;
    DK_RETURN_IF_ERROR(dk_load_compare(loading, err));
    for (size_t i = 0; i < count; i++)
        loading->result->series_skipped += loading->items[i].skip;
    *changed = loading->result->series_skipped < count;
    if (!*changed) {
        already(loading);
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(dk_load_announce(loading, err));
    if (loading->result->series_skipped > 0)
        dk_observer_notice(
            loading->store->observer, DK_LEVEL_NOTICE,
            "%zu of %zu cohorts are already loaded with the same values and stay as they are",
            loading->result->series_skipped, count);
    return insert_all(loading, err);
}

static enum dk_status load_transaction(struct dk_loading *loading, bool *begun,
                                       struct dk_error *err)
{
    struct dk_sql *sql = loading->store->sql;
    bool changed = false;
    *begun = false;
    DK_RETURN_IF_ERROR(sql->ops->begin(sql, err));
    *begun = true;
    enum dk_status status = load_inside(loading, &changed, err);
    if (status == DK_OK && changed)
        status = sql->ops->commit(sql, err);
    if (status != DK_OK || !changed)
        sql->ops->rollback(sql);
    return status;
}

static bool connection_lost(struct dk_sql *sql)
{
    return sql->ops->lost && sql->ops->lost(sql);
}

static void start_over(struct dk_loading *loading)
{
    dk_observer_notice(loading->store->observer, DK_LEVEL_NOTICE,
                       "the load was interrupted and starts over");
    *loading->result = (struct dk_load_result){0};
    memset(loading->items, 0, loading->load->readings->series_count * sizeof(*loading->items));
    loading->same_drop = loading->same_run = 0;
    loading->other_settings = false;
}

/* A transaction that a lost connection interrupted starts over from its beginning, where the ledger
 * is read: what was lost may have been only the answer to its commit. */
static enum dk_status load_attempts(struct dk_loading *loading, struct dk_error *err)
{
    struct dk_sql *sql = loading->store->sql;
    struct dk_load_result *result = loading->result;
    struct dk_load_result sent = {0}; /* of the last attempt that came as far as its commit */
    bool begun = false;
    enum dk_status status = load_transaction(loading, &begun, err);
    for (int left = ATTEMPTS_MAX - 1; left > 0; left--) {
        if (status == DK_OK || !begun || !connection_lost(sql))
            break;
        if (result->rows > 0)
            sent = *result;
        start_over(loading);
        status = load_transaction(loading, &begun, err);
        if (status == DK_OK && result->outcome == DK_LOAD_ALREADY &&
            result->drop_run_id == loading->load->run_id && sent.rows > 0) {
            sent.drop_id = result->drop_id;
            *result = sent;
        }
    }
    return status;
}

enum dk_status dk_store_load(struct dk_store *store, const struct dk_load *load,
                             struct dk_load_result *result, struct dk_error *err)
{
    struct dk_loading loading = {.store = store, .load = load, .result = result};
    *result = (struct dk_load_result){0};
    DK_RETURN_IF_ERROR(check_readings(load->readings, err));
    loading.items = calloc(load->readings->series_count, sizeof(*loading.items));
    loading.facts = calloc(load->readings->series_count, sizeof(*loading.facts));
    enum dk_status status = loading.items && loading.facts
                                ? load_attempts(&loading, err)
                                : dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu series",
                                               load->readings->series_count);
    if (status != DK_OK)
        *result = (struct dk_load_result){0};
    free(loading.facts);
    free(loading.items);
    return status;
}

/* --- a preview ------------------------------------------------------------------------------ */

/* Counts the loaded cohorts that would go, and their readings. */
static enum dk_status count_removals(struct dk_loading *loading, struct dk_load_preview *preview,
                                     struct dk_error *err)
{
    struct dk_load_place *list = NULL;
    enum dk_status status = dk_load_removals(loading, &list, &preview->replaced, err);
    for (size_t i = 0; status == DK_OK && i < preview->replaced; i++) {
        struct dk_query query;
        int64_t rows = 0;
        dk_query_begin(&query, loading->store->sql,
                       "SELECT readings FROM cohorts WHERE well_id = ? AND cohort = ?", err);
        dk_query_bind_int(&query, list[i].well_id);
        dk_query_bind_int(&query, list[i].cohort);
        status = dk_query_end_int(&query, &rows);
        preview->rows_replaced += (uint64_t)rows;
    }
    free(list);
    return status;
}

static enum dk_status preview_load(struct dk_loading *loading, struct dk_load_preview *preview,
                                   struct dk_error *err)
{
    size_t count = loading->load->readings->series_count;
    size_t skipped = 0;
    DK_RETURN_IF_ERROR(dk_load_compare(loading, err));
    for (size_t i = 0; i < count; i++) {
        const struct dk_load_item *item = &loading->items[i];
        preview->fates[i] = item->skip               ? DK_FATE_SKIP
                            : item->old.drop_id != 0 ? DK_FATE_REPLACE
                                                     : DK_FATE_LOAD;
        skipped += item->skip;
    }
    preview->already = skipped == count;
    if (preview->already) {
        already(loading);
        preview->drop_run_id = loading->result->drop_run_id;
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(dk_load_announce(loading, err));
    return count_removals(loading, preview, err);
}

enum dk_status dk_store_load_preview(struct dk_store *store, const struct dk_load *load,
                                     struct dk_load_preview *preview, struct dk_error *err)
{
    struct dk_load_result result = {0};
    struct dk_loading loading = {.store = store, .load = load, .result = &result};
    DK_RETURN_IF_ERROR(check_readings(load->readings, err));
    loading.items = calloc(load->readings->series_count, sizeof(*loading.items));
    if (!loading.items)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu series",
                            load->readings->series_count);
    enum dk_status status = preview_load(&loading, preview, err);
    free(loading.items);
    return status;
}
