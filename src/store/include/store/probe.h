/*
 * probe: questions about a database that no run asks, only `doctor`.
 */
#ifndef DK_STORE_PROBE_H
#define DK_STORE_PROBE_H

#include "store/ledger.h"

/* Tries what a run does to the ledger and the rows (insert, update, delete, read) in a transaction
 * that is rolled back. DK_ERR_STORE: this user may not, the server is read-only, or it can't be
 * reached. The caller holds the store's lock. */
enum dk_status dk_store_probe(struct dk_store *store, struct dk_error *err) DK_CHECK;

/* All drops whose rows are in the database. */
struct dk_ledger_deliveries {
    char newest[DK_TIME_TEXT_MAX]; /* when the last one was loaded; "": none was */
    int64_t quarantined;           /* cells in quarantine that nobody has corrected */
};
enum dk_status dk_ledger_deliveries_find(struct dk_store *store,
                                         struct dk_ledger_deliveries *deliveries,
                                         struct dk_error *err) DK_CHECK;

#endif
