/* Reads sensor_quality back, for those who judge the data rather than load it. */
#include <string.h>

#include "private.h"

/* Rows without a sensor of the catalogue, or with negative counts, are not ours. */
static void read_row(struct dk_query *query, struct dk_store_quality *row)
{
    char sensor[32];
    int64_t counts[5];
    row->well_id = dk_query_int(query);
    row->cohort = (int)dk_query_int(query);
    dk_query_text(query, sensor, sizeof(sensor));
    bool good = true;
    for (size_t i = 0; i < DK_COUNT_OF(counts); i++) {
        counts[i] = dk_query_int(query);
        good = good && counts[i] >= 0;
    }
    row->sensor = dk_sensor_find(sensor, strlen(sensor));
    row->values = (uint64_t)counts[0];
    row->missing = (uint64_t)counts[1];
    row->quarantined = (uint64_t)counts[2];
    row->outside = (uint64_t)counts[3];
    row->longest_constant = (uint64_t)counts[4];
    if (query->status == DK_OK && (row->sensor < 0 || !good)) {
        query->status = dk_error_set(query->err, DK_ERR_STORE,
                                     "table sensor_quality has a row of cohort %d and sensor '%s' "
                                     "that derrick did not write",
                                     row->cohort, sensor);
        dk_error_hint(query->err, "restore the database from a backup");
    }
}

enum dk_status dk_store_quality_list(struct dk_store *store, const struct dk_store_filter *filter,
                                     struct dk_store_quality **list, size_t *count,
                                     struct dk_error *err)
{
    void *items = NULL;
    struct dk_query query;
    *count = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT q.well_id, q.cohort, q.sensor_name, q.value_count, q.missing_count, "
                   "q.quarantined_count, q.outside_count, q.longest_constant "
                   "FROM sensor_quality q "
                   "JOIN cohorts c ON c.well_id = q.well_id AND c.cohort = q.cohort "
                   "JOIN wells w ON w.well_id = q.well_id "
                   "WHERE " DK_STORE_FILTER_SQL
                   "ORDER BY w.site, w.well_number, q.cohort, q.sensor_name",
                   err);
    dk_store_filter_bind(&query, filter);
    while (dk_query_next(&query)) {
        struct dk_store_quality *row = dk_query_push(&query, &items, count, sizeof(*row));
        if (!row)
            break;
        read_row(&query, row);
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}
