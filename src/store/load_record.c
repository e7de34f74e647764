/* The rows of a load that are not readings: dimensions and ledger, and what is replaced. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "private.h"

#define INSERT_BYTES_MAX (64u << 10)
/* Rows of well_profile in one INSERT: 100 times eight parameters are fewer than the 999 that any
 * SQLite takes. */
#define PROFILE_BATCH 100

/* --- wells ---------------------------------------------------------------------------------- */

static enum dk_status find_well(struct dk_store *store, const struct dk_well *well,
                                int64_t *well_id, struct dk_error *err)
{
    struct dk_query query;
    *well_id = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT well_id FROM wells WHERE site = ? AND well_number = ?", err);
    dk_query_bind_text(&query, well->site);
    dk_query_bind_int(&query, well->number);
    if (dk_query_next(&query))
        *well_id = dk_query_int(&query);
    return dk_query_end(&query);
}

static enum dk_status insert_well(struct dk_store *store, const struct dk_well *well,
                                  int64_t *well_id, struct dk_error *err)
{
    struct dk_query query;
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(well, rig);
    dk_query_begin(&query, store->sql,
                   "INSERT INTO wells (site, well_number, rig_name) VALUES (?, ?, ?)", err);
    dk_query_bind_text(&query, well->site);
    dk_query_bind_int(&query, well->number);
    dk_query_bind_text(&query, rig);
    dk_query_run(&query);
    if (query.status == DK_OK)
        *well_id = store->sql->ops->last_id(store->sql);
    return dk_query_end(&query);
}

/* Every item gets its well's id; neighbours most often share it. */
static enum dk_status load_wells(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_readings *readings = loading->load->readings;
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < readings->series_count; i++) {
        struct dk_load_item *item = &loading->items[i];
        const struct dk_well *well = &readings->series[i].well;
        if (i > 0 && dk_well_compare(well, &readings->series[i - 1].well) == 0) {
            item->well_id = loading->items[i - 1].well_id;
            continue;
        }
        status = find_well(loading->store, well, &item->well_id, err);
        if (status == DK_OK && item->well_id == 0)
            status = insert_well(loading->store, well, &item->well_id, err);
    }
    return status;
}

/* --- profiles ------------------------------------------------------------------------------- */

static enum dk_status find_profile_set(struct dk_loading *loading, bool *found,
                                       struct dk_error *err)
{
    struct dk_query query;
    *found = false;
    dk_query_begin(&query, loading->store->sql,
                   "SELECT profile_set, first_profile FROM profile_sets WHERE hash = ?", err);
    dk_query_bind_text(&query, loading->load->readings->profile.hash);
    if (dk_query_next(&query)) {
        loading->profile_set = dk_query_int(&query);
        loading->first_profile = dk_query_int(&query);
        *found = true;
    }
    return dk_query_end(&query);
}

/* The numbers after the last ones. */
static enum dk_status number_profile_set(struct dk_loading *loading, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, loading->store->sql,
                   "SELECT COALESCE(MAX(profile_set), 0) + 1, COALESCE(MAX(first_profile + "
                   "profile_rows), 1) FROM profile_sets",
                   err);
    if (dk_query_next(&query)) {
        loading->profile_set = dk_query_int(&query);
        loading->first_profile = dk_query_int(&query);
    }
    return dk_query_end(&query);
}

static enum dk_status insert_profile_set(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_profile *profile = &loading->load->readings->profile;
    struct dk_query query;
    dk_query_begin(&query, loading->store->sql,
                   "INSERT INTO profile_sets (profile_set, hash, first_profile, profile_rows) "
                   "VALUES (?, ?, ?, ?)",
                   err);
    dk_query_bind_int(&query, loading->profile_set);
    dk_query_bind_text(&query, profile->hash);
    dk_query_bind_int(&query, loading->first_profile);
    dk_query_bind_int(&query, (int64_t)profile->rows);
    dk_query_run(&query);
    return dk_query_end(&query);
}

/* An INSERT of `rows` rows into well_profile. */
static enum dk_status profile_insert_text(struct dk_buffer *text, size_t rows, struct dk_error *err)
{
    dk_buffer_put(text, "INSERT INTO well_profile (profile_id, profile_set, profile_row");
    for (int i = 0; i < DK_CONDITIONS; i++)
        dk_buffer_putf(text, ", %s", dk_conditions[i].name);
    for (size_t row = 0; row < rows; row++) {
        dk_buffer_put(text, row == 0 ? ") VALUES (?, ?, ?" : ", (?, ?, ?");
        for (int i = 0; i < DK_CONDITIONS; i++)
            dk_buffer_put(text, ", ?");
        dk_buffer_put(text, ")");
    }
    return dk_buffer_finish(text, err);
}

static void bind_profile_row(struct dk_query *query, const struct dk_loading *loading, size_t row)
{
    const struct dk_profile *profile = &loading->load->readings->profile;
    dk_query_bind_int(query, loading->first_profile + (int64_t)row);
    dk_query_bind_int(query, loading->profile_set);
    dk_query_bind_int(query, (int64_t)row + 1);
    for (int i = 0; i < DK_CONDITIONS; i++)
        dk_query_bind_int(query, dk_conditions[i].codes[profile->codes[row][i]].code);
}

/* Inserts rows [first, end) in batches of `batch`, which divides their number. */
static enum dk_status insert_profile_rows(const struct dk_loading *loading, size_t first,
                                          size_t end, size_t batch, struct dk_error *err)
{
    struct dk_buffer text;
    struct dk_query query;
    dk_buffer_init(&text, INSERT_BYTES_MAX);
    enum dk_status status = profile_insert_text(&text, batch, err);
    if (status == DK_OK) {
        dk_query_begin(&query, loading->store->sql, text.data, err);
        for (size_t row = first; row < end; row += batch) {
            for (size_t i = 0; i < batch; i++)
                bind_profile_row(&query, loading, row + i);
            dk_query_run(&query);
        }
        status = dk_query_end(&query);
    }
    dk_buffer_reset(&text);
    return status;
}

static enum dk_status load_profile(struct dk_loading *loading, struct dk_error *err)
{
    size_t rows = loading->load->readings->profile.rows;
    size_t batched = rows - rows % PROFILE_BATCH;
    bool found = false;
    enum dk_status status = find_profile_set(loading, &found, err);
    if (status != DK_OK || found)
        return status;
    DK_RETURN_IF_ERROR(number_profile_set(loading, err));
    DK_RETURN_IF_ERROR(insert_profile_set(loading, err));
    if (batched > 0)
        DK_RETURN_IF_ERROR(insert_profile_rows(loading, 0, batched, PROFILE_BATCH, err));
    return batched < rows ? insert_profile_rows(loading, batched, rows, rows - batched, err)
                          : DK_OK;
}

enum dk_status dk_load_dimensions(struct dk_loading *loading, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(load_wells(loading, err));
    return load_profile(loading, err);
}

/* --- what is replaced ----------------------------------------------------------------------- */

/* Runs `text` with two numbers bound. */
static enum dk_status run_with(struct dk_sql *sql, const char *text, int64_t first, int64_t second,
                               struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, sql, text, err);
    dk_query_bind_int(&query, first);
    dk_query_bind_int(&query, second);
    dk_query_run(&query);
    return dk_query_end(&query);
}

enum dk_status dk_load_remove_rows(struct dk_store *store, int64_t well_id, int cohort,
                                   struct dk_error *err)
{
    struct dk_sql *sql = store->sql;
    if (sql->ops->facts_delete)
        DK_RETURN_IF_ERROR(sql->ops->facts_delete(sql, well_id, cohort, err));
    else
        DK_RETURN_IF_ERROR(run_with(sql,
                                    "DELETE FROM well_reading WHERE well_id = ? AND cohort = ?",
                                    well_id, cohort, err));
    return run_with(sql, "DELETE FROM sensor_quality WHERE well_id = ? AND cohort = ?", well_id,
                    cohort, err);
}

enum dk_status dk_load_remove_cohort(struct dk_store *store, int64_t well_id, int cohort,
                                     struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_load_remove_rows(store, well_id, cohort, err));
    return run_with(store->sql, "DELETE FROM cohorts WHERE well_id = ? AND cohort = ?", well_id,
                    cohort, err);
}

static bool has_place(const struct dk_load_place *list, size_t count, int64_t well_id, int cohort)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].well_id == well_id && list[i].cohort == cohort)
            return true;
    return false;
}

static void push_place(struct dk_query *query, void **list, size_t *count, int64_t well_id,
                       int cohort)
{
    if (*list && has_place(*list, *count, well_id, cohort))
        return;
    struct dk_load_place *place = dk_query_push(query, list, count, sizeof(*place));
    if (place)
        *place = (struct dk_load_place){.well_id = well_id, .cohort = cohort};
}

/* Those that the same contents loaded for this rig: with other settings all of it goes, wherever it
 * was put. */
static void push_same(struct dk_query *query, void **list, size_t *count)
{
    while (dk_query_next(query)) {
        int64_t well_id = dk_query_int(query);
        push_place(query, list, count, well_id, (int)dk_query_int(query));
    }
}

enum dk_status dk_load_removals(const struct dk_loading *loading, struct dk_load_place **list,
                                size_t *count, struct dk_error *err)
{
    const struct dk_readings *readings = loading->load->readings;
    const struct dk_ledger_scope scope = dk_ledger_scope_of(readings);
    struct dk_query query;
    void *items = NULL;
    *count = 0;
    dk_query_begin(&query, loading->store->sql,
                   "SELECT c.well_id, c.cohort FROM cohorts c JOIN wells w ON w.well_id = "
                   "c.well_id JOIN drops d ON d.drop_id = c.drop_id WHERE (d.content_hash = ? OR "
                   "d.drop_id = ?) AND w.site = ? AND (w.well_number = ? OR ? <> 0) ORDER BY "
                   "c.well_id, c.cohort",
                   err);
    dk_query_bind_text(&query, loading->load->drop->content_hash);
    dk_query_bind_int(&query, loading->same_drop);
    dk_query_bind_text(&query, scope.well.site);
    dk_query_bind_int(&query, scope.well.number);
    dk_query_bind_int(&query, scope.whole_site);
    if (loading->other_settings)
        push_same(&query, &items, count);
    for (size_t i = 0; i < readings->series_count; i++) {
        const struct dk_load_item *item = &loading->items[i];
        if (!item->skip && item->old.drop_id != 0)
            push_place(&query, &items, count, item->old.well_id, readings->series[i].cohort);
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}

enum dk_status dk_load_remove(struct dk_loading *loading, struct dk_error *err)
{
    struct dk_load_place *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_load_removals(loading, &list, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        status = dk_load_remove_cohort(loading->store, list[i].well_id, list[i].cohort, err);
        if (status == DK_OK)
            loading->result->series_replaced +=
                loading->store->sql->ops->changed(loading->store->sql);
    }
    free(list);
    return status;
}

/* --- ledger --------------------------------------------------------------------------------- */

static enum dk_status insert_cohorts(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_readings *readings = loading->load->readings;
    struct dk_query query;
    dk_query_begin(&query, loading->store->sql,
                   "INSERT INTO cohorts (well_id, cohort, drop_id, profile_set, start_time, "
                   "interval_minutes, readings, hash, burst_seconds) VALUES (?, ?, ?, ?, ?, ?, ?, "
                   "?, ?)",
                   err);
    for (size_t i = 0; i < readings->series_count; i++) {
        const struct dk_series *series = &readings->series[i];
        char start[DK_DATE_TIME_SIZE + 1] = "";
        if (loading->items[i].skip)
            continue;
        dk_date_time_format(series->start_minute, start);
        dk_query_bind_int(&query, loading->items[i].well_id);
        dk_query_bind_int(&query, series->cohort);
        dk_query_bind_int(&query, loading->result->drop_id);
        dk_query_bind_int(&query, loading->profile_set);
        dk_query_bind_text(&query, start);
        dk_query_bind_int(&query, series->interval_minutes);
        dk_query_bind_int(&query, (int64_t)readings->rows);
        dk_query_bind_text(&query, loading->items[i].hash);
        dk_query_bind_id_or_null(&query, loading->load->burst_seconds);
        dk_query_run(&query);
    }
    return dk_query_end(&query);
}

/* Marks drops as replaced by this one: those that lost their last cohort now, and those of the same
 * contents and rig that wait to be archived in this workspace, whose files this drop's are. What
 * waits in another workspace is still to be archived there. */
static enum dk_status mark_replaced(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_ledger_scope scope = dk_ledger_scope_of(loading->load->readings);
    struct dk_query query;
    if (loading->result->series_replaced == 0)
        return DK_OK;
    dk_query_begin(&query, loading->store->sql,
                   "UPDATE drops SET replaced_by = ? WHERE drop_id <> ? AND replaced_by IS NULL "
                   "AND unloaded_by IS NULL AND ((duplicate_of IS NULL AND NOT EXISTS (SELECT 1 "
                   "FROM cohorts WHERE cohorts.drop_id = drops.drop_id)) OR (content_hash = ? AND "
                   "archive_folder IS NULL AND COALESCE(workspace_id, '') = ? AND (EXISTS (SELECT "
                   "1 FROM cohorts c JOIN wells w ON w.well_id = c.well_id WHERE c.drop_id = "
                   "COALESCE(drops.duplicate_of, drops.drop_id) AND w.site = ? AND (w.well_number "
                   "= ? OR ? <> 0)) OR NOT EXISTS (SELECT 1 FROM cohorts WHERE cohorts.drop_id = "
                   "COALESCE(drops.duplicate_of, drops.drop_id)))))",
                   err);
    dk_query_bind_int(&query, loading->result->drop_id);
    dk_query_bind_int(&query, loading->result->drop_id);
    dk_query_bind_text(&query, loading->load->drop->content_hash);
    dk_query_bind_text(&query, loading->store->workspace.workspace_id);
    dk_query_bind_text(&query, scope.well.site);
    dk_query_bind_int(&query, scope.well.number);
    dk_query_bind_int(&query, scope.whole_site);
    dk_query_run(&query);
    return dk_query_end(&query);
}

enum dk_status dk_load_record(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_load *load = loading->load;
    struct dk_ledger_drop row = {.run_id = load->run_id, .quarantined = (int64_t)load->quarantined};
    dk_text_format(row.settings, sizeof(row.settings), "%s", load->settings);
    DK_RETURN_IF_ERROR(
        dk_ledger_drop_insert(loading->store, &row, load->drop, &loading->result->drop_id, err));
    DK_RETURN_IF_ERROR(insert_cohorts(loading, err));
    return mark_replaced(loading, err);
}
