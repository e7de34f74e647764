/* The ledger of runs, publications and the generation. Drops and files are in ledger_drops.c. */
#include "store/ledger.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "private.h"

#define STATE_RUNNING "running"
#define STATE_DONE "done"
#define STATE_FAILED "failed"
#define MESSAGE_RESTORED "restored from the archive"

void dk_ledger_now(char text[DK_TIME_TEXT_MAX])
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        now = (struct timespec){0};
    dk_date_time_format(now.tv_sec / 60, text);
    text[DK_DATE_TIME_SIZE - 2] = (char)('0' + now.tv_sec % 60 / 10);
    text[DK_DATE_TIME_SIZE - 1] = (char)('0' + now.tv_sec % 10);
    text[DK_DATE_TIME_SIZE] = '\0';
}

/* --- runs ----------------------------------------------------------------------------------- */

/* Only one run holds the lock: whatever else still says "running" was cut off. */
static enum dk_status close_cut_off(struct dk_store *store, const char *now, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "UPDATE runs SET state = '" STATE_FAILED "', message = 'cut off', ended = ?, "
                   "exit_code = 1 WHERE state = '" STATE_RUNNING "'",
                   err);
    dk_query_bind_text(&query, now);
    dk_query_run(&query);
    return dk_query_end(&query);
}

enum dk_status dk_ledger_run_begin(struct dk_store *store, const char *command, int64_t *run_id,
                                   struct dk_error *err)
{
    struct dk_query query;
    char now[DK_TIME_TEXT_MAX];
    char word[sizeof(((struct dk_ledger_run *)0)->command)];
    dk_ledger_now(now);
    dk_text_format(word, sizeof(word), "%s", command);
    *run_id = 0;
    enum dk_status status = store->sql->ops->begin(store->sql, err);
    if (status != DK_OK)
        return status;
    status = close_cut_off(store, now, err);
    if (status == DK_OK)
        status = dk_ledger_workspace_write(store, err);
    if (status == DK_OK) {
        dk_query_begin(&query, store->sql,
                       "INSERT INTO runs (command, started, workspace_id, state) "
                       "VALUES (?, ?, ?, '" STATE_RUNNING "')",
                       err);
        dk_query_bind_text(&query, word);
        dk_query_bind_text(&query, now);
        dk_query_bind_text_or_null(&query, store->workspace.workspace_id);
        dk_query_run(&query);
        if (query.status == DK_OK)
            *run_id = store->sql->ops->last_id(store->sql);
        status = dk_query_end(&query);
    }
    return dk_store_end(store, status, err);
}

static enum dk_status end_run(struct dk_store *store, int64_t run_id, int exit_code,
                              const char *message, struct dk_error *err)
{
    struct dk_query query;
    char now[DK_TIME_TEXT_MAX];
    char text[sizeof(((struct dk_ledger_run *)0)->message)];
    /* Cells in quarantine are told by an exit code of their own, and are no failure. */
    bool done = exit_code == 0 || exit_code == 6;
    dk_ledger_now(now);
    dk_text_format(text, sizeof(text), "%s", message ? message : "");
    DK_RETURN_IF_ERROR(dk_store_verified_write(store, err));
    dk_query_begin(&query, store->sql,
                   "UPDATE runs SET ended = ?, state = ?, exit_code = ?, message = ? "
                   "WHERE run_id = ?",
                   err);
    dk_query_bind_text(&query, now);
    dk_query_bind_text(&query, done ? STATE_DONE : STATE_FAILED);
    dk_query_bind_int(&query, exit_code);
    dk_query_bind_text_or_null(&query, text);
    dk_query_bind_int(&query, run_id);
    dk_query_run(&query);
    return dk_query_end(&query);
}

enum dk_status dk_ledger_run_end(struct dk_store *store, int64_t run_id, int exit_code,
                                 const char *message, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(store->sql->ops->begin(store->sql, err));
    return dk_store_end(store, end_run(store, run_id, exit_code, message, err), err);
}

/* Whether a run has that number; *own: one that was restored. */
static enum dk_status find_run(struct dk_store *store, int64_t run_id, bool *found, bool *own,
                               struct dk_error *err)
{
    struct dk_query query;
    char message[sizeof(((struct dk_ledger_run *)0)->message)];
    *found = *own = false;
    dk_query_begin(&query, store->sql, "SELECT message FROM runs WHERE run_id = ?", err);
    dk_query_bind_int(&query, run_id);
    if (dk_query_next(&query)) {
        dk_query_text(&query, message, sizeof(message));
        *found = true;
        *own = strcmp(message, MESSAGE_RESTORED) == 0;
    }
    return dk_query_end(&query);
}

enum dk_status dk_ledger_run_restore(struct dk_store *store, int64_t run_id, const char *started,
                                     bool *own, struct dk_error *err)
{
    struct dk_query query;
    bool found = false;
    enum dk_status status = find_run(store, run_id, &found, own, err);
    if (status != DK_OK || found)
        return status;
    dk_query_begin(&query, store->sql,
                   "INSERT INTO runs (run_id, command, started, ended, workspace_id, state, "
                   "exit_code, message) VALUES (?, 'run', ?, ?, ?, '" STATE_DONE
                   "', 0, '" MESSAGE_RESTORED "')",
                   err);
    dk_query_bind_int(&query, run_id);
    dk_query_bind_text(&query, started);
    dk_query_bind_text(&query, started);
    dk_query_bind_text_or_null(&query, store->workspace.workspace_id);
    dk_query_run(&query);
    *own = query.status == DK_OK;
    return dk_query_end(&query);
}

enum dk_status dk_ledger_runs(struct dk_store *store, size_t limit, struct dk_ledger_run **list,
                              size_t *count, struct dk_error *err)
{
    void *items = NULL;
    struct dk_query query;
    *count = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT run_id, command, started, ended, state, exit_code, message FROM runs "
                   "ORDER BY run_id DESC LIMIT ?",
                   err);
    dk_query_bind_int(&query, (int64_t)limit);
    while (dk_query_next(&query)) {
        struct dk_ledger_run *row = dk_query_push(&query, &items, count, sizeof(*row));
        if (!row)
            break;
        row->run_id = dk_query_int(&query);
        dk_query_text(&query, row->command, sizeof(row->command));
        dk_query_text(&query, row->started, sizeof(row->started));
        dk_query_text(&query, row->ended, sizeof(row->ended));
        dk_query_text(&query, row->state, sizeof(row->state));
        row->exit_code = (int)dk_query_int(&query);
        dk_query_text(&query, row->message, sizeof(row->message));
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}

/* --- publications --------------------------------------------------------------------------- */

#define PUBLICATION_COLUMNS                                                                        \
    "publication_id, run_id, kind, target, layout, generation, row_total, size_bytes, hash, "      \
    "etag, "                                                                                       \
    "done_at"

static void read_publication(struct dk_query *query, struct dk_ledger_publication *row)
{
    row->publication_id = dk_query_int(query);
    row->run_id = dk_query_int(query);
    dk_query_text(query, row->kind, sizeof(row->kind));
    dk_query_text(query, row->target, sizeof(row->target));
    dk_query_text(query, row->layout, sizeof(row->layout));
    row->generation = dk_query_int(query);
    row->rows = dk_query_int(query);
    row->size_bytes = (uint64_t)dk_query_int(query);
    dk_query_text(query, row->hash, sizeof(row->hash));
    dk_query_text(query, row->etag, sizeof(row->etag));
    dk_query_text(query, row->done_at, sizeof(row->done_at));
}

/* Whose a publication is; "" for an upload, which is known by its URL. */
static const char *owner_of(const struct dk_store *store, const char *kind)
{
    return strcmp(kind, "export") == 0 ? store->workspace.workspace_id : "";
}

/* The key of a publication: the hash of "<kind> <workspace> <target>", or of "<kind> <target>" where
 * it is no workspace's. */
static enum dk_status hash_target(const struct dk_store *store, const char *kind,
                                  const char *target, char hex[DK_HASH_HEX_MAX],
                                  struct dk_error *err)
{
    const char *owner = owner_of(store, kind);
    const char *const parts[] = {kind, " ", owner, owner[0] ? " " : "", target};
    struct dk_hash hash;
    enum dk_status status = dk_hash_init(&hash, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; status == DK_OK && i < DK_COUNT_OF(parts); i++)
        status = dk_hash_update(&hash, parts[i], strlen(parts[i]), err);
    if (status == DK_OK)
        status = dk_hash_finish(&hash, hex, err);
    dk_hash_reset(&hash);
    return status;
}

static enum dk_status delete_publication(struct dk_store *store, const char *key,
                                         struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql, "DELETE FROM publications WHERE target_hash = ?", err);
    dk_query_bind_text(&query, key);
    dk_query_run(&query);
    return dk_query_end(&query);
}

static enum dk_status insert_publication(struct dk_store *store, const char *key,
                                         const struct dk_ledger_publication *row,
                                         struct dk_error *err)
{
    struct dk_query query;
    char now[DK_TIME_TEXT_MAX];
    dk_ledger_now(now);
    dk_query_begin(&query, store->sql,
                   "INSERT INTO publications (run_id, kind, target, target_hash, layout, "
                   "generation, row_total, size_bytes, hash, etag, done_at, workspace_id) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   err);
    dk_query_bind_id_or_null(&query, row->run_id);
    dk_query_bind_text(&query, row->kind);
    dk_query_bind_text(&query, row->target);
    dk_query_bind_text(&query, key);
    dk_query_bind_text(&query, row->layout);
    dk_query_bind_int(&query, row->generation);
    dk_query_bind_int(&query, row->rows);
    dk_query_bind_int(&query, (int64_t)row->size_bytes);
    dk_query_bind_text(&query, row->hash);
    dk_query_bind_text(&query, row->etag);
    dk_query_bind_text(&query, now);
    dk_query_bind_text_or_null(&query, owner_of(store, row->kind));
    dk_query_run(&query);
    return dk_query_end(&query);
}

enum dk_status dk_ledger_publication_put(struct dk_store *store,
                                         const struct dk_ledger_publication *publication,
                                         struct dk_error *err)
{
    char key[DK_HASH_HEX_MAX];
    enum dk_status status = hash_target(store, publication->kind, publication->target, key, err);
    if (status == DK_OK)
        status = store->sql->ops->begin(store->sql, err);
    if (status != DK_OK)
        return status;
    status = delete_publication(store, key, err);
    if (status == DK_OK)
        status = insert_publication(store, key, publication, err);
    return dk_store_end(store, status, err);
}

enum dk_status dk_ledger_publication_get(struct dk_store *store, const char *kind,
                                         const char *target,
                                         struct dk_ledger_publication *publication, bool *found,
                                         struct dk_error *err)
{
    char key[DK_HASH_HEX_MAX];
    struct dk_query query;
    *publication = (struct dk_ledger_publication){0};
    *found = false;
    enum dk_status status = hash_target(store, kind, target, key, err);
    if (status != DK_OK)
        return status;
    dk_query_begin(&query, store->sql,
                   "SELECT " PUBLICATION_COLUMNS " FROM publications WHERE target_hash = ?", err);
    dk_query_bind_text(&query, key);
    if (dk_query_next(&query)) {
        read_publication(&query, publication);
        *found = true;
    }
    return dk_query_end(&query);
}

enum dk_status dk_ledger_publications(struct dk_store *store, const char *kind,
                                      struct dk_ledger_publication **list, size_t *count,
                                      struct dk_error *err)
{
    void *items = NULL;
    struct dk_query query;
    *count = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT " PUBLICATION_COLUMNS " FROM publications WHERE kind = ? "
                   "AND COALESCE(workspace_id, '') = ? ORDER BY publication_id",
                   err);
    dk_query_bind_text(&query, kind);
    dk_query_bind_text(&query, owner_of(store, kind));
    while (dk_query_next(&query)) {
        struct dk_ledger_publication *row = dk_query_push(&query, &items, count, sizeof(*row));
        if (row)
            read_publication(&query, row);
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}

enum dk_status dk_ledger_publication_remove(struct dk_store *store, const char *kind,
                                            const char *target, struct dk_error *err)
{
    char key[DK_HASH_HEX_MAX];
    enum dk_status status = hash_target(store, kind, target, key, err);
    return status == DK_OK ? delete_publication(store, key, err) : status;
}

enum dk_status dk_ledger_generation(struct dk_store *store, int64_t *generation,
                                    struct dk_error *err)
{
    struct dk_query query;
    *generation = 0;
    dk_query_begin(&query, store->sql, "SELECT generation FROM schema_info WHERE schema_id = 1",
                   err);
    if (dk_query_next(&query))
        *generation = dk_query_int(&query);
    return dk_query_end(&query);
}
