/* What is loaded of one rig, in a line. */
#include "private.h"

/* Drops that were loaded before the length of their bursts was recorded: 1 s, where the settings
 * leave no other. */
#define BURST_SECONDS                                                                              \
    "COALESCE(c.burst_seconds, CASE WHEN d.settings LIKE 'columns=cohorts %alignment=second %' "   \
    "OR d.settings LIKE 'columns=wells %alignment=second %' THEN 1 END)"

/* The cohort after the first one that is not followed by the next. Of a site, a cohort that any
 * well has is there: wells come and go. */
static enum dk_status find_missing(struct dk_store *store, const struct dk_well *well,
                                   bool whole_site, struct dk_store_rig *rig, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "SELECT COALESCE(MIN(c.cohort), 0) + 1 FROM cohorts c JOIN wells w ON w.well_id "
                   "= c.well_id WHERE w.site = ? AND (w.well_number = ? OR ? <> 0) AND NOT EXISTS "
                   "(SELECT 1 FROM cohorts n JOIN wells v ON v.well_id = n.well_id WHERE v.site = "
                   "w.site AND (v.well_number = w.well_number OR ? <> 0) AND n.cohort = c.cohort + "
                   "1)",
                   err);
    dk_query_bind_text(&query, well->site);
    dk_query_bind_int(&query, well->number);
    dk_query_bind_int(&query, whole_site);
    dk_query_bind_int(&query, whole_site);
    int next = dk_query_next(&query) ? (int)dk_query_int(&query) : 0;
    rig->missing = next < rig->newest ? next : 0;
    return dk_query_end(&query);
}

enum dk_status dk_store_rig_find(struct dk_store *store, const struct dk_well *well,
                                 bool whole_site, struct dk_store_rig *rig, struct dk_error *err)
{
    struct dk_query query;
    *rig = (struct dk_store_rig){0};
    dk_query_begin(&query, store->sql,
                   "SELECT COALESCE(MAX(c.cohort), 0), COALESCE(MAX(" BURST_SECONDS "), 0) FROM "
                   "cohorts c JOIN wells w ON w.well_id = c.well_id JOIN drops d ON d.drop_id = "
                   "c.drop_id WHERE w.site = ? AND (w.well_number = ? OR ? <> 0)",
                   err);
    dk_query_bind_text(&query, well->site);
    dk_query_bind_int(&query, well->number);
    dk_query_bind_int(&query, whole_site);
    if (dk_query_next(&query)) {
        rig->newest = (int)dk_query_int(&query);
        rig->burst_seconds = (int)dk_query_int(&query);
    }
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    return rig->newest > 0 ? find_missing(store, well, whole_site, rig, err) : DK_OK;
}

enum dk_status dk_store_other_site(struct dk_store *store, const char *site,
                                   char other[DK_SITE_MAX], struct dk_error *err)
{
    struct dk_query query;
    other[0] = '\0';
    dk_query_begin(&query, store->sql,
                   "SELECT w.site FROM cohorts c JOIN wells w ON w.well_id = c.well_id "
                   "JOIN drops d ON d.drop_id = c.drop_id WHERE w.site <> ? "
                   "AND COALESCE(d.workspace_id, '') = ? ORDER BY w.site LIMIT 1",
                   err);
    dk_query_bind_text(&query, site);
    dk_query_bind_text(&query, store->workspace.workspace_id);
    if (dk_query_next(&query))
        dk_query_text(&query, other, DK_SITE_MAX);
    return dk_query_end(&query);
}

/* One burst length that a well has already and this load has not. */
static enum dk_status find_other_burst(struct dk_loading *loading, int64_t well_id, int *cohort,
                                       int *seconds, struct dk_error *err)
{
    struct dk_query query;
    *cohort = 0;
    dk_query_begin(&query, loading->store->sql,
                   "SELECT c.cohort, " BURST_SECONDS " FROM cohorts c "
                   "JOIN drops d ON d.drop_id = c.drop_id "
                   "WHERE c.well_id = ? AND " BURST_SECONDS " <> ? ORDER BY c.cohort LIMIT 1",
                   err);
    dk_query_bind_int(&query, well_id);
    dk_query_bind_int(&query, loading->load->burst_seconds);
    if (dk_query_next(&query)) {
        *cohort = (int)dk_query_int(&query);
        *seconds = (int)dk_query_int(&query);
    }
    return dk_query_end(&query);
}

enum dk_status dk_load_check_bursts(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_load *load = loading->load;
    int64_t checked = 0;
    for (size_t i = 0; i < load->readings->series_count && load->burst_seconds > 0; i++) {
        char rig[DK_RIG_NAME_MAX];
        int cohort = 0;
        int seconds = 0;
        if (loading->items[i].well_id == checked)
            continue;
        checked = loading->items[i].well_id;
        DK_RETURN_IF_ERROR(find_other_burst(loading, checked, &cohort, &seconds, err));
        if (cohort == 0)
            continue;
        dk_well_rig_name(&load->readings->series[i].well, rig);
        dk_error_set(err, DK_ERR_REFUSED,
                     "'%s' has bursts of %d s; cohort %d of %s, which it does not replace, has "
                     "bursts of %d s",
                     load->drop->path, load->burst_seconds, cohort, rig, seconds);
        dk_error_hint(err, "check rig.site, rig.well and columns: one rig has bursts of one "
                           "length");
        return DK_ERR_REFUSED;
    }
    return DK_OK;
}
