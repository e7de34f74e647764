/*
 * What a load finds: the same contents loaded before, with the same or other settings, and cohorts
 * that are there already. Only what is loaded for the same rig counts. What contradicts is refused,
 * unless it is to be replaced; what would become a copy of another cohort always is.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"
#include "store/match.h"

/* --- the same contents ---------------------------------------------------------------------- */

/* The newest drop of the rig with these contents. */
static enum dk_status find_same(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_ledger_scope scope = dk_ledger_scope_of(loading->load->readings);
    struct dk_ledger_drop drop;
    bool found = false;
    const char *hash = loading->load->drop->content_hash;
    if (hash[0] == '\0')
        return DK_OK;
    enum dk_status status = dk_ledger_drop_find(loading->store, hash, &scope, &drop, &found, err);
    if (status != DK_OK || !found)
        return status;
    loading->same_drop = drop.drop_id;
    loading->same_run = drop.run_id;
    memcpy(loading->same_settings, drop.settings, sizeof(drop.settings));
    return DK_OK;
}

/* --- cohorts that are there ----------------------------------------------------------------- */

static void read_old(struct dk_query *query, const struct dk_series *series,
                     struct dk_load_old *old)
{
    *old = (struct dk_load_old){0};
    dk_query_bind_text(query, series->well.site);
    dk_query_bind_int(query, series->well.number);
    dk_query_bind_int(query, series->cohort);
    if (dk_query_next(query)) {
        old->well_id = dk_query_int(query);
        old->drop_id = dk_query_int(query);
        old->run_id = dk_query_int(query);
        old->profile_set = dk_query_int(query);
        old->rows = (size_t)dk_query_int(query);
        dk_query_text(query, old->hash, sizeof(old->hash));
        dk_query_text(query, old->loaded_hash, sizeof(old->loaded_hash));
        dk_query_text(query, old->settings, sizeof(old->settings));
    }
    dk_query_rewind(query);
}

static enum dk_status find_old(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_readings *readings = loading->load->readings;
    struct dk_query query;
    dk_query_begin(&query, loading->store->sql,
                   "SELECT c.well_id, c.drop_id, d.run_id, c.profile_set, c.readings, c.hash, "
                   "COALESCE(c.loaded_hash, c.hash), d.settings FROM cohorts c JOIN wells w ON "
                   "w.well_id = c.well_id JOIN drops d ON d.drop_id = c.drop_id WHERE w.site = ? "
                   "AND w.well_number = ? AND c.cohort = ?",
                   err);
    for (size_t i = 0; i < readings->series_count; i++)
        read_old(&query, &readings->series[i], &loading->items[i].old);
    return dk_query_end(&query);
}

static enum dk_status hash_series(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_readings *readings = loading->load->readings;
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < readings->series_count; i++) {
        loading->items[i].series = i;
        status = dk_readings_series_hash(readings, i, loading->items[i].hash, err);
    }
    return status;
}

static bool is_there(const struct dk_load_item *item)
{
    return item->old.drop_id != 0;
}

/* As the drop had it, or as it is since cells of it were corrected. */
static bool is_equal(const struct dk_load_item *item)
{
    return is_there(item) && (strcmp(item->hash, item->old.hash) == 0 ||
                              strcmp(item->hash, item->old.loaded_hash) == 0);
}

static bool all_equal(const struct dk_loading *loading)
{
    for (size_t i = 0; i < loading->load->readings->series_count; i++)
        if (!is_equal(&loading->items[i]))
            return false;
    return true;
}

enum dk_status dk_store_loaded(struct dk_store *store, const struct dk_readings *readings,
                               struct dk_loaded *loaded, struct dk_error *err)
{
    const struct dk_load load = {.readings = readings};
    struct dk_loading loading = {.store = store, .load = &load};
    size_t count = readings->series_count;
    loading.items = calloc(count > 0 ? count : 1, sizeof(*loading.items));
    if (!loading.items)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu series", count);
    enum dk_status status = hash_series(&loading, err);
    if (status == DK_OK)
        status = find_old(&loading, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        const struct dk_load_item *item = &loading.items[i];
        loaded[i].drop_id = item->old.drop_id;
        loaded[i].run_id = item->old.run_id;
        loaded[i].equal = is_equal(item);
        memcpy(loaded[i].settings, item->old.settings, sizeof(loaded[i].settings));
    }
    free(loading.items);
    return status;
}

/* --- copies of other cohorts ---------------------------------------------------------------- */

/* A drop of one cohort whose values are those of a cohort with another number: refused, except that
 * the very drop moves to a number where nothing is loaded. Where only most of the values are, it
 * may be loaded as a new cohort, with a warning. */
static enum dk_status check_match(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_load *load = loading->load;
    const struct dk_match *match = load->match;
    bool taken = false;
    if (!match || match->kind == DK_MATCH_NEW || match->cohort == load->readings->series[0].cohort)
        return DK_OK;
    for (size_t i = 0; i < load->readings->series_count; i++)
        taken = taken || is_there(&loading->items[i]);
    if (match->kind == DK_MATCH_SAME && !(load->replace && match->by_text && !taken))
        return dk_load_refuse_copy(loading, err);
    if (match->kind == DK_MATCH_CORRECTED && load->replace && taken)
        return dk_load_refuse_copy(loading, err);
    if (match->kind == DK_MATCH_CORRECTED && !taken)
        dk_load_warn_likeness(loading);
    return DK_OK;
}

/* A cohort of a history that would replace a loaded one and is a copy of another. */
static enum dk_status check_copies(struct dk_loading *loading, struct dk_error *err)
{
    size_t count = loading->load->readings->series_count;
    enum dk_status status = DK_OK;
    if (!loading->load->replace || loading->load->match)
        return DK_OK;
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        const struct dk_load_item *item = &loading->items[i];
        int copy = 0;
        if (!is_there(item) || item->skip)
            continue;
        status = dk_load_find_copy(loading, item, &copy, err);
        if (status == DK_OK && copy > 0)
            status = dk_load_refuse_copied(loading, item, copy, err);
    }
    return status;
}

/* --- the comparison ------------------------------------------------------------------------- */

/* The series as it is loaded, compared with its hash. */
static enum dk_status read_loaded(struct dk_loading *loading, const struct dk_load_item *item,
                                  struct dk_readings *readings, struct dk_error *err)
{
    const struct dk_series *series = &loading->load->readings->series[item->series];
    const struct dk_store_filter filter = {.by_rig = true,
                                           .rig = series->well,
                                           .cohort_first = series->cohort,
                                           .cohort_last = series->cohort};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_store_list(loading->store, &filter, &list, &count, err);
    if (status == DK_OK && count > 0)
        status = dk_store_read(loading->store, &list[0], readings, err);
    free(list);
    return status;
}

/* What is loaded with the same contents is skipped, unless something else changed its rows since:
 * then --replace puts them back. */
static enum dk_status keep_if_intact(struct dk_loading *loading, struct dk_load_item *item,
                                     struct dk_error *err)
{
    struct dk_readings readings = {0};
    struct dk_error finding = {0};
    enum dk_status status = read_loaded(loading, item, &readings, &finding);
    dk_readings_reset(&readings);
    if (status == DK_ERR_STORE && finding.native == 0) {
        item->skip = false;
        dk_observer_notice(loading->store->observer, DK_LEVEL_NOTICE, "%s; loading it again",
                           finding.message);
        return DK_OK;
    }
    if (status != DK_OK && err)
        *err = finding;
    return status;
}

static enum dk_status judge_items(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_load *load = loading->load;
    for (size_t i = 0; i < load->readings->series_count; i++) {
        struct dk_load_item *item = &loading->items[i];
        bool other_cells = load->other_cells && load->other_cells[i];
        /* With other settings the old cohorts go, all of them; so equal ones are loaded again. */
        item->skip = is_equal(item) && !loading->other_settings && !other_cells;
        if (is_there(item) && !item->skip && !load->replace)
            return dk_load_refuse_cohort(loading, item, err);
        if (item->skip && load->replace)
            DK_RETURN_IF_ERROR(keep_if_intact(loading, item, err));
    }
    return DK_OK;
}

enum dk_status dk_load_compare(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_load *load = loading->load;
    DK_RETURN_IF_ERROR(find_same(loading, err));
    DK_RETURN_IF_ERROR(hash_series(loading, err));
    DK_RETURN_IF_ERROR(find_old(loading, err));
    loading->other_settings =
        loading->same_drop != 0 && !all_equal(loading) &&
        dk_settings_differ(loading->same_settings, load->settings, DK_SETTINGS_OF_DROP);
    bool read_otherwise =
        loading->other_settings &&
        dk_settings_differ(loading->same_settings, load->settings, DK_SETTINGS_OF_READING);
    if (read_otherwise && !load->replace)
        return dk_load_refuse_settings(loading, err);
    DK_RETURN_IF_ERROR(check_match(loading, err));
    if (loading->other_settings && !load->replace)
        return dk_load_refuse_settings(loading, err);
    DK_RETURN_IF_ERROR(judge_items(loading, err));
    return check_copies(loading, err);
}
