/*
 * What a load reports before it changes anything: a rig that is new to the database (its name may
 * be a typing mistake), the same values of another rig, settings that changed since the rig's last
 * load, and the dates that are going to be replaced.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define RIGS_SHOWN 5
#define RIGS_TEXT_MAX ((RIGS_SHOWN + 1) * DK_RIG_NAME_MAX)

struct rig {
    struct dk_well well;
};

/* --- a new rig ------------------------------------------------------------------------------ */

/* The rigs that have cohorts, by site and number. *list on the heap. */
static enum dk_status list_rigs(struct dk_store *store, struct rig **list, size_t *count,
                                struct dk_error *err)
{
    struct dk_query query;
    void *items = NULL;
    *count = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT w.site, w.well_number FROM wells w WHERE EXISTS (SELECT 1 FROM cohorts "
                   "c WHERE c.well_id = w.well_id) ORDER BY w.site, w.well_number",
                   err);
    while (dk_query_next(&query)) {
        struct rig *rig = dk_query_push(&query, &items, count, sizeof(*rig));
        if (!rig)
            break;
        dk_query_text(&query, rig->well.site, sizeof(rig->well.site));
        rig->well.number = (int)dk_query_int(&query);
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}

static bool has_rig(const struct rig *list, size_t count, const struct dk_well *well)
{
    for (size_t i = 0; i < count; i++)
        if (dk_well_compare(&list[i].well, well) == 0)
            return true;
    return false;
}

/* "texas-1, texas-2 and 7 more" */
static void rigs_text(const struct rig *list, size_t count, char text[RIGS_TEXT_MAX])
{
    size_t shown = count <= RIGS_SHOWN ? count : RIGS_SHOWN - 1;
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < shown; i++) {
        char name[DK_RIG_NAME_MAX];
        dk_well_rig_name(&list[i].well, name);
        used += (size_t)snprintf(text + used, RIGS_TEXT_MAX - used, "%s%s", i ? ", " : "", name);
    }
    if (shown < count)
        snprintf(text + used, RIGS_TEXT_MAX - used, " and %zu more", count - shown);
}

/* Wells of the readings that the list does not have: their number, the first and the last. */
static size_t count_new(const struct dk_readings *readings, const struct rig *list, size_t count,
                        char first[DK_RIG_NAME_MAX], char last[DK_RIG_NAME_MAX])
{
    size_t found = 0;
    for (size_t i = 0; i < readings->series_count; i++) {
        const struct dk_well *well = &readings->series[i].well;
        if (i > 0 && dk_well_compare(well, &readings->series[i - 1].well) == 0)
            continue;
        if (has_rig(list, count, well))
            continue;
        dk_well_rig_name(well, found == 0 ? first : last);
        found++;
    }
    return found;
}

static enum dk_status announce_rigs(struct dk_loading *loading, struct dk_error *err)
{
    struct rig *list = NULL;
    size_t count = 0;
    char first[DK_RIG_NAME_MAX];
    char last[DK_RIG_NAME_MAX];
    char text[RIGS_TEXT_MAX];
    enum dk_status status = list_rigs(loading->store, &list, &count, err);
    if (status == DK_OK && count > 0) {
        size_t found = count_new(loading->load->readings, list, count, first, last);
        rigs_text(list, count, text);
        if (found == 1)
            dk_observer_notice(loading->store->observer, DK_LEVEL_NOTICE,
                               "new rig '%s'; this database has: %s", first, text);
        else if (found > 1)
            dk_observer_notice(loading->store->observer, DK_LEVEL_NOTICE,
                               "%zu new rigs, '%s' to '%s'; this database has: %s", found, first,
                               last, text);
    }
    free(list);
    return status;
}

/* --- the same values of another rig --------------------------------------------------------- */

static enum dk_status announce_same(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_ledger_scope scope = dk_ledger_scope_of(loading->load->readings);
    const char *content = loading->load->drop->content_hash;
    struct dk_query query;
    char rig[DK_RIG_NAME_MAX] = "";
    int64_t run_id = 0;
    dk_query_begin(&query, loading->store->sql,
                   "SELECT w.rig_name, COALESCE(d.run_id, 0) FROM cohorts c JOIN wells w ON "
                   "w.well_id = c.well_id JOIN drops d ON d.drop_id = c.drop_id WHERE (c.hash = ? "
                   "OR (d.content_hash = ? AND d.content_hash <> '')) AND NOT (w.site = ? AND "
                   "(w.well_number = ? OR ? <> 0)) ORDER BY d.drop_id, w.well_id LIMIT 1",
                   err);
    dk_query_bind_text(&query, loading->items[0].hash);
    dk_query_bind_text(&query, content);
    dk_query_bind_text(&query, scope.well.site);
    dk_query_bind_int(&query, scope.well.number);
    dk_query_bind_int(&query, scope.whole_site);
    if (dk_query_next(&query)) {
        dk_query_text(&query, rig, sizeof(rig));
        run_id = dk_query_int(&query);
    }
    enum dk_status status = dk_query_end(&query);
    if (status == DK_OK && rig[0])
        dk_observer_notice(loading->store->observer, DK_LEVEL_WARNING,
                           "the same values are already loaded for %s (run %lld)", rig,
                           (long long)run_id);
    return status;
}

/* --- other settings -------------------------------------------------------------------------- */

static bool has_cohort(const struct dk_readings *readings, int cohort)
{
    for (size_t i = 0; i < readings->series_count; i++)
        if (readings->series[i].cohort == cohort)
            return true;
    return false;
}

/* Where the rig's newest cohort was read with other settings, its dates and values may not fit
 * those of this drop. One that the drop replaces does not matter. */
static enum dk_status announce_settings(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_ledger_scope scope = dk_ledger_scope_of(loading->load->readings);
    struct dk_query query;
    char was[DK_SETTINGS_TEXT_MAX] = "";
    char text[512];
    char rig[DK_RIG_NAME_MAX] = "";
    int cohort = 0;
    dk_query_begin(&query, loading->store->sql,
                   "SELECT d.settings, w.rig_name, c.cohort FROM cohorts c "
                   "JOIN wells w ON w.well_id = c.well_id JOIN drops d ON d.drop_id = c.drop_id "
                   "WHERE w.site = ? AND (w.well_number = ? OR ? <> 0) "
                   "ORDER BY c.cohort DESC, w.well_number LIMIT 1",
                   err);
    dk_query_bind_text(&query, scope.well.site);
    dk_query_bind_int(&query, scope.well.number);
    dk_query_bind_int(&query, scope.whole_site);
    if (dk_query_next(&query)) {
        dk_query_text(&query, was, sizeof(was));
        dk_query_text(&query, rig, sizeof(rig));
        cohort = (int)dk_query_int(&query);
    }
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    if (was[0] != '\0' && !has_cohort(loading->load->readings, cohort) &&
        dk_settings_differences(was, loading->load->settings, DK_SETTINGS_OF_COHORT, text,
                                sizeof(text)))
        dk_observer_notice(loading->store->observer, DK_LEVEL_WARNING,
                           "cohort %d of %s was loaded with other settings (%s): check that the "
                           "dates and values of this drop are right",
                           cohort, rig, text);
    return DK_OK;
}

/* --- what will be replaced ------------------------------------------------------------------ */

static bool is_removed(const struct dk_load_place *places, size_t count,
                       const struct dk_store_series *series)
{
    for (size_t i = 0; i < count; i++)
        if (places[i].well_id == series->well_id && places[i].cohort == series->series.cohort)
            return true;
    return false;
}

/* Cohorts that are removed: list[first..end) are of one rig, sorted by cohort. */
static void report_replaced(struct dk_loading *loading, const struct dk_store_series *list,
                            size_t first, size_t end)
{
    const struct dk_store_series *oldest = &list[first];
    const struct dk_store_series *newest = &list[end - 1];
    char rig[DK_RIG_NAME_MAX];
    char from[DK_SERIES_DATES_MAX];
    char to[DK_SERIES_DATES_MAX];
    dk_well_rig_name(&oldest->series.well, rig);
    dk_series_dates(&oldest->series, oldest->rows, from);
    dk_series_dates(&newest->series, newest->rows, to);
    if (end - first == 1)
        dk_observer_notice(loading->store->observer, DK_LEVEL_NOTICE,
                           "replacing cohort %d of %s, %s, loaded by run %lld",
                           oldest->series.cohort, rig, from, (long long)oldest->run_id);
    else
        dk_observer_notice(loading->store->observer, DK_LEVEL_NOTICE,
                           "replacing %zu cohorts of %s, from cohort %d (%s) to cohort %d (%s)",
                           end - first, rig, oldest->series.cohort, from, newest->series.cohort,
                           to);
}

/* Keeps of the list those that are removed; returns their number. */
static size_t keep_removed(struct dk_store_series *list, size_t count,
                           const struct dk_load_place *places, size_t place_count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (is_removed(places, place_count, &list[i]))
            list[kept++] = list[i];
    return kept;
}

/* One notice for each rig; of a whole site, one for the first rig and a count of the others. */
static void report_removals(struct dk_loading *loading, const struct dk_store_series *list,
                            size_t count)
{
    size_t rigs = 0;
    for (size_t first = 0; first < count;) {
        size_t end = first + 1;
        while (end < count &&
               dk_well_compare(&list[end].series.well, &list[first].series.well) == 0)
            end++;
        if (rigs++ == 0)
            report_replaced(loading, list, first, end);
        first = end;
    }
    if (rigs > 1)
        dk_observer_notice(loading->store->observer, DK_LEVEL_NOTICE,
                           "also replacing cohorts of %zu more rig%s of %s", rigs - 1,
                           rigs == 2 ? "" : "s", list[0].series.well.site);
}

static enum dk_status announce_replaced(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_ledger_scope scope = dk_ledger_scope_of(loading->load->readings);
    const struct dk_store_filter filter = {
        .by_rig = true, .rig = scope.well, .whole_site = scope.whole_site};
    struct dk_load_place *places = NULL;
    struct dk_store_series *list = NULL;
    size_t place_count = 0;
    size_t count = 0;
    enum dk_status status = dk_load_removals(loading, &places, &place_count, err);
    if (status == DK_OK && place_count > 0)
        status = dk_store_list(loading->store, &filter, &list, &count, err);
    if (status == DK_OK)
        report_removals(loading, list, keep_removed(list, count, places, place_count));
    free(list);
    free(places);
    return status;
}

enum dk_status dk_load_announce(struct dk_loading *loading, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(announce_rigs(loading, err));
    DK_RETURN_IF_ERROR(announce_same(loading, err));
    DK_RETURN_IF_ERROR(announce_settings(loading, err));
    return announce_replaced(loading, err);
}
