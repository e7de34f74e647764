/* The ledger of workspaces: where each was seen last. */
#include <string.h>

#include "private.h"

void dk_ledger_workspace_use(struct dk_store *store, const struct dk_ledger_workspace *workspace)
{
    store->workspace = *workspace;
}

enum dk_status dk_ledger_workspace_get(struct dk_store *store, const char *workspace_id,
                                       struct dk_ledger_workspace *workspace, bool *found,
                                       struct dk_error *err)
{
    struct dk_query query;
    *workspace = (struct dk_ledger_workspace){0};
    dk_query_begin(&query, store->sql,
                   "SELECT workspace_id, host, path, inode, first_seen, last_seen FROM workspaces "
                   "WHERE workspace_id = ?",
                   err);
    dk_query_bind_text(&query, workspace_id);
    *found = dk_query_next(&query);
    if (*found) {
        dk_query_text(&query, workspace->workspace_id, sizeof(workspace->workspace_id));
        dk_query_text(&query, workspace->host, sizeof(workspace->host));
        dk_query_text(&query, workspace->path, sizeof(workspace->path));
        workspace->inode = (uint64_t)dk_query_int(&query);
        dk_query_text(&query, workspace->first_seen, sizeof(workspace->first_seen));
        dk_query_text(&query, workspace->last_seen, sizeof(workspace->last_seen));
    }
    return dk_query_end(&query);
}

static enum dk_status write_row(struct dk_store *store, const struct dk_ledger_workspace *row,
                                bool found, struct dk_error *err)
{
    struct dk_query query;
    char now[DK_TIME_TEXT_MAX];
    dk_ledger_now(now);
    dk_query_begin(&query, store->sql,
                   found ? "UPDATE workspaces SET host = ?, path = ?, inode = ?, last_seen = ? "
                           "WHERE workspace_id = ?"
                         : "INSERT INTO workspaces (host, path, inode, last_seen, workspace_id, "
                           "first_seen) VALUES (?, ?, ?, ?, ?, ?)",
                   err);
    dk_query_bind_text(&query, row->host);
    dk_query_bind_text(&query, row->path);
    dk_query_bind_int(&query, (int64_t)row->inode);
    dk_query_bind_text(&query, now);
    dk_query_bind_text(&query, row->workspace_id);
    if (!found)
        dk_query_bind_text(&query, now);
    dk_query_run(&query);
    return dk_query_end(&query);
}

enum dk_status dk_ledger_workspace_write(struct dk_store *store, struct dk_error *err)
{
    struct dk_ledger_workspace known;
    bool found = false;
    if (store->workspace.workspace_id[0] == '\0')
        return DK_OK;
    DK_RETURN_IF_ERROR(
        dk_ledger_workspace_get(store, store->workspace.workspace_id, &known, &found, err));
    return write_row(store, &store->workspace, found, err);
}

enum dk_status dk_ledger_workspace_put(struct dk_store *store, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_ledger_check_clock(err));
    DK_RETURN_IF_ERROR(store->sql->ops->begin(store->sql, err));
    return dk_store_end(store, dk_ledger_workspace_write(store, err), err);
}
