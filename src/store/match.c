#include "store/match.h"

#include <stdlib.h>
#include <string.h>

#include "private.h"

/* --- one series ----------------------------------------------------------------------------- */

/* How many readings both have. */
static size_t count_common(const struct dk_readings *readings, const struct dk_store_series *loaded)
{
    return readings->rows < loaded->rows ? readings->rows : loaded->rows;
}

/* Readings compared at a sixth, the half and five sixths of a series before all are: where most
 * values of all three differ, it is another series. A correction, even of both ends, leaves one of
 * them. */
#define PROBES 3u
#define PROBE_ROWS 8u

static bool has_value(const dk_decimal *column, size_t rows)
{
    for (size_t row = 0; row < rows; row++)
        if (column[row] != DK_DECIMAL_MISSING)
            return true;
    return false;
}

/* Counts the values of the sensors that both have: a drop with a file less, or more, is like the
 * cohort whose other values it has. */
static void count_values(const struct dk_readings *is, size_t index, size_t first,
                         const struct dk_readings *was, struct dk_match_count *count)
{
    *count = (struct dk_match_count){0};
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
        const dk_decimal *new = dk_readings_column(is, sensor, index) + first;
        const dk_decimal *old = dk_readings_column(was, sensor, 0);
        bool has_new = has_value(new, was->rows);
        bool has_old = has_value(old, was->rows);
        count->lone = count->lone || has_new != has_old;
        if (!has_new || !has_old)
            continue;
        count->compared += was->rows;
        for (size_t row = 0; row < was->rows; row++)
            count->equal += new[row] == old[row];
    }
}

enum dk_status dk_match_series(struct dk_store *store, const struct dk_match_pair *pair,
                               struct dk_match_count *count, struct dk_error *err)
{
    size_t rows = count_common(pair->readings, pair->loaded);
    size_t part = rows < PROBE_ROWS ? rows : PROBE_ROWS;
    bool most_differ = true;
    for (size_t i = 0; most_differ && i < PROBES; i++) {
        size_t first = (rows - part) * (2 * i + 1) / (2 * PROBES);
        DK_RETURN_IF_ERROR(dk_store_read_part(store, pair->loaded, first, part, pair->buffer, err));
        count_values(pair->readings, pair->index, first, pair->buffer, count);
        most_differ = count->equal * 2 < count->compared;
        count->far = count->compared - count->equal > pair->tolerated;
        if (count->far)
            return DK_OK;
    }
    count->far = most_differ;
    if (most_differ)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_store_read_part(store, pair->loaded, 0, rows, pair->buffer, err));
    count_values(pair->readings, pair->index, 0, pair->buffer, count);
    count->far = count->compared - count->equal > pair->tolerated;
    return DK_OK;
}

/* --- a drop of one cohort ------------------------------------------------------------------- */

/* A match being looked for. */
struct matching {
    struct dk_store *store;
    const struct dk_match_request *request;
    struct dk_match *match;
    struct dk_store_series *loaded; /* owned; of the rig, by well, then cohort */
    size_t loaded_count;
    struct dk_readings buffer; /* of one series */
};

/* The loaded series of that well and cohort; NULL if there is none. */
static const struct dk_store_series *find_loaded(const struct matching *matching,
                                                 const struct dk_well *well, int cohort)
{
    for (size_t i = 0; i < matching->loaded_count; i++) {
        const struct dk_store_series *series = &matching->loaded[i];
        if (series->series.cohort == cohort && dk_well_compare(&series->series.well, well) == 0)
            return series;
    }
    return NULL;
}

static const struct dk_well *well_of(const struct dk_match_request *request, size_t index)
{
    return request->whole_site ? &request->readings->series[index].well : &request->well;
}

/* One of the loaded series of a cohort; NULL if it is not loaded. */
static const struct dk_store_series *find_any(const struct matching *matching, int cohort)
{
    for (size_t i = 0; i < matching->loaded_count; i++)
        if (matching->loaded[i].series.cohort == cohort)
            return &matching->loaded[i];
    return NULL;
}

/* Compares the drop, all series of it, with cohort `cohort`, one series of which is `any`. */
static enum dk_status compare_cohort(struct matching *matching, const struct dk_store_series *any,
                                     struct dk_match_count *total, struct dk_error *err)
{
    const struct dk_readings *readings = matching->request->readings;
    uint64_t each = (uint64_t)count_common(readings, any) * DK_SENSORS;
    uint64_t tolerated = each * readings->series_count * (100 - DK_MATCH_CORRECTED_PERCENT) / 100;
    *total = (struct dk_match_count){0};
    for (size_t i = 0; !total->far && i < readings->series_count; i++) {
        const struct dk_store_series *loaded =
            find_loaded(matching, well_of(matching->request, i), any->series.cohort);
        struct dk_match_count count = {.compared = each};
        const struct dk_match_pair pair = {readings, i, loaded, tolerated, &matching->buffer};
        if (loaded)
            DK_RETURN_IF_ERROR(dk_match_series(matching->store, &pair, &count, err));
        total->lone = total->lone || count.lone;
        total->equal += count.equal;
        total->compared += count.compared;
        total->far = count.far || count.compared - count.equal > tolerated;
        tolerated -= total->far ? 0 : count.compared - count.equal;
    }
    return DK_OK;
}

/* Compares with one cohort, and keeps what is better than what was found before. */
static enum dk_status try_cohort(struct matching *matching, int cohort, struct dk_error *err)
{
    struct dk_match *match = matching->match;
    struct dk_match_count count;
    const struct dk_store_series *any = find_any(matching, cohort);
    if (!any)
        return DK_OK;
    enum dk_status status = compare_cohort(matching, any, &count, err);
    if (status != DK_OK || count.far || count.compared == 0)
        return status;
    bool same = count.equal == count.compared && !count.lone &&
                any->rows == matching->request->readings->rows;
    bool close = count.equal * 100 >= count.compared * DK_MATCH_CORRECTED_PERCENT;
    if (!same && (!close || match->kind != DK_MATCH_NEW))
        return DK_OK;
    match->kind = same ? DK_MATCH_SAME : DK_MATCH_CORRECTED;
    match->cohort = cohort;
    match->run_id = any->run_id;
    match->readings = any->rows;
    match->equal = count.equal;
    match->compared = count.compared;
    return DK_OK;
}

/* The given cohort first, then from the newest down. */
static enum dk_status try_all(struct matching *matching, struct dk_error *err)
{
    const struct dk_match *match = matching->match;
    int given = matching->request->cohort;
    enum dk_status status = given > 0 ? try_cohort(matching, given, err) : DK_OK;
    for (int cohort = match->newest; cohort > 0; cohort--) {
        if (status != DK_OK || match->kind == DK_MATCH_SAME)
            break;
        if (cohort != given)
            status = try_cohort(matching, cohort, err);
    }
    return status;
}

/* The cohort that a drop with the same text is, the given one before others. */
static enum dk_status find_text(struct matching *matching, struct dk_error *err)
{
    const struct dk_match_request *request = matching->request;
    struct dk_match *match = matching->match;
    struct dk_query query;
    if (!request->content_hash || request->content_hash[0] == '\0')
        return DK_OK;
    dk_query_begin(&query, matching->store->sql,
                   "SELECT c.cohort, COALESCE(o.run_id, 0), c.readings FROM cohorts c JOIN wells w "
                   "ON w.well_id = c.well_id JOIN drops o ON o.drop_id = c.drop_id WHERE w.site = "
                   "? AND (w.well_number = ? OR ? <> 0) AND (o.content_hash = ? OR EXISTS (SELECT "
                   "1 FROM drops d WHERE d.duplicate_of = o.drop_id AND d.content_hash = ?)) ORDER "
                   "BY CASE WHEN c.cohort = ? THEN 0 ELSE 1 END, c.cohort",
                   err);
    dk_query_bind_text(&query, request->well.site);
    dk_query_bind_int(&query, request->well.number);
    dk_query_bind_int(&query, request->whole_site);
    dk_query_bind_text(&query, request->content_hash);
    dk_query_bind_text(&query, request->content_hash);
    dk_query_bind_int(&query, request->cohort);
    if (dk_query_next(&query)) {
        match->kind = DK_MATCH_SAME;
        match->by_text = true;
        match->cohort = (int)dk_query_int(&query);
        match->run_id = dk_query_int(&query);
        match->readings = (size_t)dk_query_int(&query);
        match->compared =
            (uint64_t)request->readings->series_count * request->readings->rows * DK_SENSORS;
        match->equal = match->compared;
    }
    return dk_query_end(&query);
}

static enum dk_status match_inside(struct matching *matching, struct dk_error *err)
{
    const struct dk_match_request *request = matching->request;
    const struct dk_store_filter filter = {
        .by_rig = true, .rig = request->well, .whole_site = request->whole_site};
    DK_RETURN_IF_ERROR(
        dk_store_list(matching->store, &filter, &matching->loaded, &matching->loaded_count, err));
    for (size_t i = 0; i < matching->loaded_count; i++)
        if (matching->loaded[i].series.cohort > matching->match->newest)
            matching->match->newest = matching->loaded[i].series.cohort;
    enum dk_status status = find_text(matching, err);
    if (status != DK_OK || matching->match->kind == DK_MATCH_SAME)
        return status;
    DK_RETURN_IF_ERROR(dk_readings_init(&matching->buffer, 1, request->readings->rows, err));
    return try_all(matching, err);
}

enum dk_status dk_store_match(struct dk_store *store, const struct dk_match_request *request,
                              struct dk_match *match, struct dk_error *err)
{
    struct matching matching = {.store = store, .request = request, .match = match};
    *match = (struct dk_match){0};
    enum dk_status status = match_inside(&matching, err);
    dk_readings_reset(&matching.buffer);
    free(matching.loaded);
    if (status != DK_OK)
        *match = (struct dk_match){0};
    return status;
}
