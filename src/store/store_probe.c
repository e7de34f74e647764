#include "store/probe.h"

#include "private.h"
#include "store/quarantine.h"

static enum dk_status run_each(struct dk_store *store, struct dk_error *err)
{
    static const char *const statements[] = {
        "INSERT INTO runs (command, started, state) VALUES ('doctor', '2000-01-01', 'done')",
        "UPDATE runs SET command = 'probe' WHERE command = 'doctor'",
        "DELETE FROM runs WHERE command = 'probe'",
        "DELETE FROM well_reading WHERE well_id = -1 AND cohort = -1",
    };
    struct dk_query query;
    for (size_t i = 0; i < DK_COUNT_OF(statements); i++) {
        dk_query_begin(&query, store->sql, statements[i], err);
        dk_query_run(&query);
        DK_RETURN_IF_ERROR(dk_query_end(&query));
    }
    dk_query_begin(&query, store->sql,
                   "SELECT reading FROM well_reading WHERE well_id = -1 AND cohort = -1", err);
    (void)dk_query_next(&query);
    return dk_query_end(&query);
}

enum dk_status dk_store_probe(struct dk_store *store, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(store->sql->ops->begin(store->sql, err));
    enum dk_status status = run_each(store, err);
    store->sql->ops->rollback(store->sql);
    return status;
}

enum dk_status dk_ledger_deliveries_find(struct dk_store *store,
                                         struct dk_ledger_deliveries *deliveries,
                                         struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_query query;
    *deliveries = (struct dk_ledger_deliveries){0};
    dk_query_begin(&query, store->sql,
                   "SELECT MAX(d.loaded_at) FROM drops d WHERE EXISTS (SELECT 1 FROM cohorts c "
                   "WHERE c.drop_id = d.drop_id)",
                   err);
    if (dk_query_next(&query))
        dk_query_text(&query, deliveries->newest, sizeof(deliveries->newest));
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    return dk_store_quarantine_open(store, &all, &deliveries->quarantined, err);
}
