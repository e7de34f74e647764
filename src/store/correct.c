/*
 * Corrections of cells in quarantine, in one transaction.
 *
 *     for each cohort: compare with its hash -> new values -> rows again -> read back -> quality
 *     -> hash; then the ledger, and commit
 *
 * The rows of a cohort are removed and inserted again, as a load does, so that every engine does it
 * in the way that is proved there. The hash that the cohort was loaded with stays beside the new
 * one: by it the drop is still known as loaded.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"
#include "store/quarantine.h"

struct correcting {
    struct dk_store *store;
    const struct dk_correct *request;
    struct dk_correct_result *result;
};

/* The corrections of one cohort: list[first .. end). */
struct part {
    size_t first, end;
    struct dk_store_series series;
};

static void put_decimal(dk_decimal value, char text[DK_DECIMAL_TEXT_MAX + 1])
{
    text[dk_decimal_format(value, text)] = '\0';
}

/* --- the ledger ----------------------------------------------------------------------------- */

/* One row of `corrections`, with the value of the reading before and after. */
static enum dk_status record(struct correcting *correcting, const struct dk_correction *correction,
                             dk_decimal before, struct dk_error *err)
{
    struct dk_query query;
    char value[DK_DECIMAL_TEXT_MAX + 1];
    char old[DK_DECIMAL_TEXT_MAX + 1];
    char new[DK_DECIMAL_TEXT_MAX + 1];
    put_decimal(correction->value, value);
    put_decimal(before, old);
    put_decimal(correction->shapes ? correction->represent : before, new);
    dk_query_begin(&query, correcting->store->sql,
                   "INSERT INTO corrections (run_id, drop_id, file, line, file_column, value, "
                   "old_value, new_value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                   err);
    dk_query_bind_int(&query, correcting->request->run_id);
    dk_query_bind_int(&query, correction->drop_id);
    dk_query_bind_int(&query, correction->file);
    dk_query_bind_int(&query, (int64_t)correction->line);
    dk_query_bind_int(&query, (int64_t)correction->column);
    dk_query_bind_text(&query, value);
    dk_query_bind_text_or_null(&query, old);
    dk_query_bind_text_or_null(&query, new);
    dk_query_run(&query);
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    dk_query_begin(&query, correcting->store->sql,
                   "UPDATE quarantine SET value = ? WHERE drop_id = ? AND file = ? AND line = ? "
                   "AND file_column = ?",
                   err);
    dk_query_bind_text(&query, value);
    dk_query_bind_int(&query, correction->drop_id);
    dk_query_bind_int(&query, correction->file);
    dk_query_bind_int(&query, (int64_t)correction->line);
    dk_query_bind_int(&query, (int64_t)correction->column);
    dk_query_run(&query);
    return dk_query_end(&query);
}

static enum dk_status update_cohort(struct correcting *correcting, const struct part *part,
                                    const char *hash, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, correcting->store->sql,
                   "UPDATE cohorts SET loaded_hash = COALESCE(loaded_hash, hash), corrected_by = ? "
                   "WHERE well_id = ? AND cohort = ?",
                   err);
    dk_query_bind_int(&query, correcting->request->run_id);
    dk_query_bind_int(&query, part->series.well_id);
    dk_query_bind_int(&query, part->series.series.cohort);
    dk_query_run(&query);
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    /* By a statement of its own: MySQL assigns from left to right, SQLite all at once. */
    dk_query_begin(&query, correcting->store->sql,
                   "UPDATE cohorts SET hash = ? WHERE well_id = ? AND cohort = ?", err);
    dk_query_bind_text(&query, hash);
    dk_query_bind_int(&query, part->series.well_id);
    dk_query_bind_int(&query, part->series.series.cohort);
    dk_query_run(&query);
    return dk_query_end(&query);
}

/* --- one cohort ----------------------------------------------------------------------------- */

/* Puts the new values into the readings, and the rows of `corrections` into the ledger. */
static enum dk_status change_values(struct correcting *correcting, const struct part *part,
                                    struct dk_readings *readings, bool *changed,
                                    struct dk_error *err)
{
    for (size_t i = part->first; i < part->end; i++) {
        const struct dk_correction *correction = &correcting->request->list[i];
        if (correction->reading < 1 || correction->reading > readings->rows)
            return dk_error_set(err, DK_ERR_STORE, "cohort %d has no reading %zu",
                                correction->cohort, correction->reading);
        dk_decimal *value =
            dk_readings_column(readings, (size_t)correction->file, 0) + correction->reading - 1;
        DK_RETURN_IF_ERROR(record(correcting, correction, *value, err));
        correcting->result->cells++;
        if (!correction->shapes || *value == correction->represent)
            continue;
        *value = correction->represent;
        readings->present[correction->file] = true;
        correcting->result->readings++;
        *changed = true;
    }
    return DK_OK;
}

/* The rows, what they amount to, and the hash, all of them read back. */
static enum dk_status store_values(struct correcting *correcting, const struct part *part,
                                   const struct dk_readings *readings, struct dk_error *err)
{
    struct dk_store *store = correcting->store;
    struct dk_fact fact = {
        .readings = readings, .well_id = part->series.well_id, .profile_id = store->first_profile};
    struct dk_load_result counts = {0};
    const struct dk_load load = {.readings = readings, .limits = correcting->request->limits};
    struct dk_loading loading = {
        .store = store, .load = &load, .facts = &fact, .fact_count = 1, .result = &counts};
    char hash[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(dk_readings_series_hash(readings, 0, hash, err));
    DK_RETURN_IF_ERROR(
        dk_load_remove_rows(store, part->series.well_id, part->series.series.cohort, err));
    DK_RETURN_IF_ERROR(store->sql->ops->facts_insert(store->sql, &fact, 1, NULL, err));
    DK_RETURN_IF_ERROR(dk_load_quality(&loading, err));
    DK_RETURN_IF_ERROR(dk_load_verify(&loading, err));
    return update_cohort(correcting, part, hash, err);
}

static enum dk_status correct_readings(struct correcting *correcting, const struct part *part,
                                       struct dk_readings *readings, struct dk_error *err)
{
    bool changed = false;
    DK_RETURN_IF_ERROR(change_values(correcting, part, readings, &changed, err));
    if (!changed)
        return DK_OK;
    correcting->result->cohorts++;
    return store_values(correcting, part, readings, err);
}

static enum dk_status correct_part(struct correcting *correcting, const struct part *part,
                                   struct dk_error *err)
{
    struct dk_readings readings = {0};
    enum dk_status status = dk_store_read(correcting->store, &part->series, &readings, err);
    if (status == DK_OK)
        status = correct_readings(correcting, part, &readings, err);
    dk_readings_reset(&readings);
    return status;
}

/* --- all of them ---------------------------------------------------------------------------- */

static enum dk_status find_series(const struct dk_store_series *list, size_t count,
                                  const struct dk_correction *correction,
                                  struct dk_store_series *out, struct dk_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].well_id == correction->well_id && list[i].series.cohort == correction->cohort &&
            list[i].drop_id == correction->drop_id) {
            *out = list[i];
            return DK_OK;
        }
    return dk_error_set(err, DK_ERR_STORE, "cohort %d is no longer loaded", correction->cohort);
}

static enum dk_status correct_all(struct correcting *correcting, struct dk_error *err)
{
    const struct dk_correct *request = correcting->request;
    const struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_store_list(correcting->store, &all, &list, &count, err);
    for (size_t first = 0; status == DK_OK && first < request->count;) {
        struct part part = {.first = first, .end = first + 1};
        const struct dk_correction *head = &request->list[first];
        while (part.end < request->count && request->list[part.end].well_id == head->well_id &&
               request->list[part.end].cohort == head->cohort)
            part.end++;
        status = find_series(list, count, head, &part.series, err);
        if (status == DK_OK)
            status = correct_part(correcting, &part, err);
        first = part.end;
    }
    free(list);
    return status == DK_OK && correcting->result->readings > 0
               ? dk_store_raise_generation(correcting->store, err)
               : status;
}

enum dk_status dk_store_correct(struct dk_store *store, const struct dk_correct *request,
                                struct dk_correct_result *result, struct dk_error *err)
{
    struct correcting correcting = {.store = store, .request = request, .result = result};
    *result = (struct dk_correct_result){0};
    DK_RETURN_IF_ERROR(store->sql->ops->begin(store->sql, err));
    enum dk_status status = dk_store_end(store, correct_all(&correcting, err), err);
    if (status != DK_OK)
        *result = (struct dk_correct_result){0};
    return status;
}

/* --- what is kept beside the archived drop -------------------------------------------------- */

enum dk_status dk_ledger_kept(struct dk_store *store, int64_t drop_id, struct dk_error *err)
{
    struct dk_query query;
    char now[DK_TIME_TEXT_MAX];
    dk_ledger_now(now);
    dk_query_begin(&query, store->sql,
                   "UPDATE corrections SET kept_at = ? WHERE drop_id = ? AND kept_at IS NULL", err);
    dk_query_bind_text(&query, now);
    dk_query_bind_int(&query, drop_id);
    dk_query_run(&query);
    return dk_query_end(&query);
}

static void read_correction(struct dk_query *query, struct dk_ledger_correction *row)
{
    char text[DK_DECIMAL_TEXT_MAX + 1];
    row->file = (int)dk_query_int(query);
    row->line = (uint64_t)dk_query_int(query);
    row->column = (uint64_t)dk_query_int(query);
    dk_query_text(query, text, sizeof(text));
    if (dk_decimal_parse(text, strlen(text), &row->value) != DK_DECIMAL_GOOD)
        row->value = DK_DECIMAL_MISSING;
}

enum dk_status dk_ledger_corrections(struct dk_store *store, const char *folder,
                                     struct dk_ledger_correction **list, size_t *count,
                                     struct dk_error *err)
{
    struct dk_query query;
    void *items = NULL;
    bool has = false;
    *list = NULL;
    *count = 0;
    DK_RETURN_IF_ERROR(dk_sql_has_table(store->sql, "corrections", &has, err));
    if (!has)
        return DK_OK;
    dk_query_begin(&query, store->sql,
                   "SELECT k.file, k.line, k.file_column, k.value FROM corrections k JOIN drops d "
                   "ON d.drop_id = k.drop_id WHERE d.archive_folder = ? ORDER BY k.file, k.line, "
                   "k.file_column",
                   err);
    dk_query_bind_text(&query, folder);
    while (dk_query_next(&query)) {
        struct dk_ledger_correction *row = dk_query_push(&query, &items, count, sizeof(*row));
        if (!row)
            break;
        read_correction(&query, row);
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}
