/*
 * verified: which state of the rows was last compared with the ledger, so that rows which nobody
 * has touched since need not be read again. The state is a fingerprint, which the driver makes.
 */
#include <string.h>

#include "private.h"

enum dk_status dk_store_rows_unchanged(struct dk_store *store, bool *unchanged,
                                       struct dk_error *err)
{
    char verified[DK_FINGERPRINT_MAX] = "";
    struct dk_query query;
    *unchanged = false;
    DK_RETURN_IF_ERROR(store->sql->ops->fingerprint(store->sql, store->fingerprint, err));
    dk_query_begin(&query, store->sql, "SELECT verified FROM schema_info WHERE schema_id = 1", err);
    if (dk_query_next(&query))
        dk_query_text(&query, verified, sizeof(verified));
    *unchanged = verified[0] && strcmp(verified, store->fingerprint) == 0;
    return dk_query_end(&query);
}

void dk_store_rows_verified(struct dk_store *store)
{
    store->rows_verified = true;
}

/* The fingerprint of rows that were compared as they will be after this transaction; "": they were
 * not, or something else has changed them. */
static enum dk_status find_fingerprint(struct dk_store *store, struct dk_error *err)
{
    const struct dk_sql_ops *ops = store->sql->ops;
    bool unchanged = false;
    if (ops->fingerprint_next && !store->rows_verified)
        DK_RETURN_IF_ERROR(dk_store_rows_unchanged(store, &unchanged, err));
    if (!store->rows_verified && !unchanged)
        store->fingerprint[0] = '\0';
    else if (ops->fingerprint_next)
        return ops->fingerprint_next(store->sql, store->fingerprint, err);
    return DK_OK;
}

enum dk_status dk_store_verified_write(struct dk_store *store, struct dk_error *err)
{
    struct dk_query query;
    DK_RETURN_IF_ERROR(find_fingerprint(store, err));
    store->rows_verified = false;
    if (!store->fingerprint[0])
        return DK_OK;
    dk_query_begin(&query, store->sql, "UPDATE schema_info SET verified = ? WHERE schema_id = 1",
                   err);
    dk_query_bind_text(&query, store->fingerprint);
    dk_query_run(&query);
    return dk_query_end(&query);
}
