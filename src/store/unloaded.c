/* Unloading: the reverse of a load, in one transaction. */
#include "store/unloaded.h"

#include <stdlib.h>
#include <string.h>

#include "private.h"

#define ATTEMPTS_MAX 3

/* --- taking out ----------------------------------------------------------------------------- */

/* Whether the ledger still has the cohort as the list says. */
static enum dk_status check_cohort(struct dk_store *store, const struct dk_store_series *series,
                                   struct dk_error *err)
{
    struct dk_query query;
    char hash[DK_HASH_HEX_MAX] = "";
    int64_t drop_id = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT drop_id, hash FROM cohorts WHERE well_id = ? AND cohort = ?", err);
    dk_query_bind_int(&query, series->well_id);
    dk_query_bind_int(&query, series->series.cohort);
    if (dk_query_next(&query)) {
        drop_id = dk_query_int(&query);
        dk_query_text(&query, hash, sizeof(hash));
    }
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    if (drop_id == series->drop_id && strcmp(hash, series->hash) == 0)
        return DK_OK;
    dk_error_set(err, DK_ERR_BUSY,
                 "cohort %d was loaded or unloaded by another run in the meantime",
                 series->series.cohort);
    dk_error_hint(err, "nothing was unloaded; 'derrick status' shows what is loaded now");
    return DK_ERR_BUSY;
}

static enum dk_status record_cohort(struct dk_store *store, int64_t run_id,
                                    const struct dk_store_series *series, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "INSERT INTO unloaded (run_id, well_id, cohort, drop_id, readings, hash) VALUES "
                   "(?, ?, ?, ?, ?, ?)",
                   err);
    dk_query_bind_int(&query, run_id);
    dk_query_bind_int(&query, series->well_id);
    dk_query_bind_int(&query, series->series.cohort);
    dk_query_bind_int(&query, series->drop_id);
    dk_query_bind_int(&query, (int64_t)series->rows);
    dk_query_bind_text(&query, series->hash);
    dk_query_run(&query);
    return dk_query_end(&query);
}

static enum dk_status take_out(struct dk_store *store, int64_t run_id,
                               const struct dk_store_series *series, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(check_cohort(store, series, err));
    DK_RETURN_IF_ERROR(dk_load_remove_cohort(store, series->well_id, series->series.cohort, err));
    return record_cohort(store, run_id, series, err);
}

/* A drop that has lost its last cohort, with its duplicates. One that waits in another workspace is
 * still to be archived there. */
static enum dk_status mark_drop(struct dk_store *store, int64_t run_id, int64_t drop_id,
                                struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "UPDATE drops SET unloaded_by = ? WHERE (drop_id = ? OR duplicate_of = ?) AND "
                   "unloaded_by IS NULL AND replaced_by IS NULL AND (archive_folder IS NOT NULL OR "
                   "COALESCE(workspace_id, '') = ?) AND NOT EXISTS (SELECT 1 FROM cohorts WHERE "
                   "cohorts.drop_id = ?)",
                   err);
    dk_query_bind_int(&query, run_id);
    dk_query_bind_int(&query, drop_id);
    dk_query_bind_int(&query, drop_id);
    dk_query_bind_text(&query, store->workspace.workspace_id);
    dk_query_bind_int(&query, drop_id);
    dk_query_run(&query);
    return dk_query_end(&query);
}

static enum dk_status unload_inside(struct dk_store *store, const struct dk_unload *unload,
                                    struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < unload->count; i++)
        status = take_out(store, unload->run_id, &unload->list[i], err);
    for (size_t i = 0; status == DK_OK && i < unload->count; i++)
        if (i == 0 || unload->list[i].drop_id != unload->list[i - 1].drop_id)
            status = mark_drop(store, unload->run_id, unload->list[i].drop_id, err);
    return status == DK_OK ? dk_store_raise_generation(store, err) : status;
}

/* Whether an attempt before was committed, and only its answer was lost. */
static enum dk_status is_done(struct dk_store *store, int64_t run_id, bool *done,
                              struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql, "SELECT cohort FROM unloaded WHERE run_id = ? LIMIT 1", err);
    dk_query_bind_int(&query, run_id);
    *done = dk_query_next(&query);
    return dk_query_end(&query);
}

static enum dk_status unload_once(struct dk_store *store, const struct dk_unload *unload,
                                  bool first, bool *begun, struct dk_error *err)
{
    bool done = false;
    enum dk_status status = store->sql->ops->begin(store->sql, err);
    *begun = status == DK_OK;
    if (status != DK_OK)
        return status;
    if (!first)
        status = is_done(store, unload->run_id, &done, err);
    if (status == DK_OK && !done)
        status = unload_inside(store, unload, err);
    return dk_store_end(store, status, err);
}

enum dk_status dk_store_unload(struct dk_store *store, const struct dk_unload *unload,
                               struct dk_error *err)
{
    struct dk_sql *sql = store->sql;
    bool begun = false;
    enum dk_status status = unload_once(store, unload, true, &begun, err);
    for (int left = ATTEMPTS_MAX - 1; left > 0; left--) {
        if (status == DK_OK || !begun || !sql->ops->lost || !sql->ops->lost(sql))
            break;
        dk_observer_notice(store->observer, DK_LEVEL_NOTICE,
                           "the unload was interrupted and starts over");
        status = unload_once(store, unload, false, &begun, err);
    }
    return status;
}

/* --- what was unloaded ---------------------------------------------------------------------- */

static void read_unloaded(struct dk_query *query, struct dk_ledger_unloaded *row)
{
    row->run_id = dk_query_int(query);
    row->drop_id = dk_query_int(query);
    dk_query_text(query, row->well.site, sizeof(row->well.site));
    row->well.number = (int)dk_query_int(query);
    row->cohort = (int)dk_query_int(query);
    row->readings = dk_query_int(query);
    dk_query_text(query, row->hash, sizeof(row->hash));
    dk_query_text(query, row->at, sizeof(row->at));
    dk_query_text(query, row->actor.user, sizeof(row->actor.user));
    dk_query_text(query, row->actor.host, sizeof(row->actor.host));
    dk_query_text(query, row->actor.version, sizeof(row->actor.version));
    dk_query_text(query, row->actor.reason, sizeof(row->actor.reason));
}

enum dk_status dk_ledger_unloaded(struct dk_store *store, int64_t drop_id,
                                  struct dk_ledger_unloaded **list, size_t *count,
                                  struct dk_error *err)
{
    struct dk_query query;
    void *items = NULL;
    *count = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT u.run_id, u.drop_id, w.site, w.well_number, u.cohort, u.readings, "
                   "u.hash, r.started, r.user_name, r.host, r.derrick_version, r.reason FROM "
                   "unloaded u JOIN wells w ON w.well_id = u.well_id JOIN runs r ON r.run_id = "
                   "u.run_id WHERE u.drop_id = (SELECT COALESCE(d.duplicate_of, d.drop_id) FROM "
                   "drops d WHERE d.drop_id = ?) ORDER BY u.run_id, w.site, w.well_number, "
                   "u.cohort",
                   err);
    dk_query_bind_int(&query, drop_id);
    while (dk_query_next(&query)) {
        struct dk_ledger_unloaded *row = dk_query_push(&query, &items, count, sizeof(*row));
        if (row)
            read_unloaded(&query, row);
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}

enum dk_status dk_ledger_noted(struct dk_store *store, struct dk_error *err)
{
    struct dk_query query;
    char now[DK_TIME_TEXT_MAX];
    dk_ledger_now(now);
    dk_query_begin(&query, store->sql,
                   "UPDATE unloaded SET noted_at = ? WHERE noted_at IS NULL AND EXISTS (SELECT 1 "
                   "FROM drops d WHERE d.drop_id = unloaded.drop_id AND COALESCE(d.workspace_id, "
                   "'') = ?)",
                   err);
    dk_query_bind_text(&query, now);
    dk_query_bind_text(&query, store->workspace.workspace_id);
    dk_query_run(&query);
    return dk_query_end(&query);
}

enum dk_status dk_ledger_unloaded_by(struct dk_store *store, const struct dk_store_filter *filter,
                                     int64_t loaded_by, int64_t *run_id, struct dk_error *err)
{
    struct dk_query query;
    /* The filter's text is about cohorts `c` of wells `w`. */
    dk_query_begin(&query, store->sql,
                   "SELECT COALESCE(MAX(c.run_id), 0) FROM unloaded c "
                   "JOIN wells w ON w.well_id = c.well_id JOIN drops d ON d.drop_id = c.drop_id "
                   "WHERE " DK_STORE_FILTER_SQL "AND (? = 0 OR d.run_id = ?)",
                   err);
    dk_store_filter_bind(&query, filter);
    dk_query_bind_int(&query, loaded_by);
    dk_query_bind_int(&query, loaded_by);
    return dk_query_end_int(&query, run_id);
}

enum dk_status dk_store_was_unloaded(struct dk_store *store, bool *was, struct dk_error *err)
{
    struct dk_query query;
    *was = false;
    DK_RETURN_IF_ERROR(dk_sql_has_table(store->sql, "unloaded", was, err));
    if (!*was)
        return DK_OK;
    dk_query_begin(&query, store->sql, "SELECT run_id FROM unloaded LIMIT 1", err);
    *was = dk_query_next(&query);
    return dk_query_end(&query);
}

enum dk_status dk_ledger_unloaded_find(struct dk_store *store, const char *content_hash,
                                       const struct dk_ledger_scope *scope, int *cohort,
                                       int64_t *run_id, struct dk_error *err)
{
    struct dk_query query;
    *cohort = 0;
    *run_id = 0;
    dk_query_begin(
        &query, store->sql,
        "SELECT u.cohort, u.run_id FROM unloaded u JOIN wells w ON w.well_id = u.well_id JOIN "
        "drops d ON d.drop_id = u.drop_id WHERE w.site = ? AND (w.well_number = ? OR ? <> 0) AND "
        "(d.content_hash = ? OR (? = '' AND NOT EXISTS (SELECT 1 FROM cohorts c WHERE c.well_id = "
        "u.well_id AND c.cohort = u.cohort))) ORDER BY u.run_id DESC LIMIT 1",
        err);
    dk_query_bind_text(&query, scope->well.site);
    dk_query_bind_int(&query, scope->well.number);
    dk_query_bind_int(&query, scope->whole_site);
    dk_query_bind_text(&query, content_hash ? content_hash : "");
    dk_query_bind_text(&query, content_hash ? content_hash : "");
    if (dk_query_next(&query)) {
        *cohort = (int)dk_query_int(&query);
        *run_id = dk_query_int(&query);
    }
    return dk_query_end(&query);
}
