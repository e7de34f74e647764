/* The ledger of runs, publications and the generation. Drops and files are in ledger_drops.c. */
#include "store/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "ledger_text.h"
#include "ledger_words.h"
#include "private.h"

/* --- runs ----------------------------------------------------------------------------------- */

/* Only one run holds the lock: whatever else still says "running" was interrupted. */
static enum dk_status close_interrupted(struct dk_store *store, const char *now,
                                        struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(
        &query, store->sql,
        "UPDATE runs SET state = ?, message = ?, ended = ?, exit_code = ? WHERE state = ?", err);
    dk_query_bind_text(&query, dk_ledger_state_word(DK_RUN_INTERRUPTED));
    dk_query_bind_text(&query, DK_LEDGER_INTERRUPTED);
    dk_query_bind_text(&query, now);
    dk_query_bind_int(&query, dk_status_exit_code(DK_ERR_FAILED));
    dk_query_bind_text(&query, dk_ledger_state_word(DK_RUN_RUNNING));
    dk_query_run(&query);
    return dk_query_end(&query);
}

void dk_ledger_actor_use(struct dk_store *store, const struct dk_ledger_actor *actor)
{
    store->actor = *actor;
}

static enum dk_status insert_run(struct dk_store *store, const char *command, const char *now,
                                 int64_t *run_id, struct dk_error *err)
{
    struct dk_query query;
    char word[sizeof(((struct dk_ledger_run *)0)->command)];
    dk_text_format(word, sizeof(word), "%s", command);
    dk_query_begin(&query, store->sql,
                   "INSERT INTO runs (command, started, workspace_id, state, user_name, host, "
                   "derrick_version, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                   err);
    dk_query_bind_text(&query, word);
    dk_query_bind_text(&query, now);
    dk_query_bind_text_or_null(&query, store->workspace.workspace_id);
    dk_query_bind_text(&query, dk_ledger_state_word(DK_RUN_RUNNING));
    dk_query_bind_text_or_null(&query, store->actor.user);
    dk_query_bind_text_or_null(&query, store->actor.host);
    dk_query_bind_text_or_null(&query, store->actor.version);
    dk_query_bind_text_or_null(&query, store->actor.reason);
    dk_query_run(&query);
    if (query.status == DK_OK)
        *run_id = store->sql->ops->last_id(store->sql);
    return dk_query_end(&query);
}

static enum dk_status begin_inside(struct dk_store *store, const char *command, int64_t *run_id,
                                   struct dk_error *err)
{
    char now[DK_TIME_TEXT_MAX];
    DK_RETURN_IF_ERROR(dk_ledger_check_clock(err));
    dk_ledger_now(now);
    DK_RETURN_IF_ERROR(close_interrupted(store, now, err));
    DK_RETURN_IF_ERROR(dk_ledger_workspace_write(store, err));
    return insert_run(store, command, now, run_id, err);
}

enum dk_status dk_ledger_run_begin(struct dk_store *store, const char *command, int64_t *run_id,
                                   struct dk_error *err)
{
    *run_id = 0;
    DK_RETURN_IF_ERROR(store->sql->ops->begin(store->sql, err));
    return dk_store_end(store, begin_inside(store, command, run_id, err), err);
}

static enum dk_status insert_problems(struct dk_store *store, int64_t run_id,
                                      const struct dk_ledger_run_end *end, struct dk_error *err)
{
    struct dk_query query;
    if (end->problem_count == 0)
        return DK_OK;
    dk_query_begin(&query, store->sql,
                   "INSERT INTO run_problems (run_id, problem, file, line, file_column, message) "
                   "VALUES (?, ?, ?, ?, ?, ?)",
                   err);
    for (size_t i = 0; i < end->problem_count; i++) {
        const struct dk_ledger_problem *problem = &end->problems[i];
        dk_query_bind_int(&query, run_id);
        dk_query_bind_int(&query, (int64_t)i + 1);
        dk_query_bind_text(&query, problem->file);
        dk_query_bind_int(&query, problem->line);
        dk_query_bind_int(&query, problem->column);
        dk_query_bind_text(&query, problem->message);
        dk_query_run(&query);
    }
    return dk_query_end(&query);
}

static enum dk_status end_inside(struct dk_store *store, int64_t run_id,
                                 const struct dk_ledger_run_end *end, struct dk_error *err)
{
    struct dk_query query;
    char now[DK_TIME_TEXT_MAX];
    char text[sizeof(((struct dk_ledger_run *)0)->message)];
    dk_ledger_now(now);
    dk_text_format(text, sizeof(text), "%s", end->message ? end->message : "");
    DK_RETURN_IF_ERROR(dk_store_verified_write(store, err));
    DK_RETURN_IF_ERROR(insert_problems(store, run_id, end, err));
    dk_query_begin(&query, store->sql,
                   "UPDATE runs SET ended = ?, state = ?, exit_code = ?, message = ?, source = ?, "
                   "readings = ?, steps = ?, problem_total = ? WHERE run_id = ?",
                   err);
    dk_query_bind_text(&query, now);
    dk_query_bind_text(&query, dk_ledger_state_word(end->state));
    dk_query_bind_int(&query, end->exit_code);
    dk_query_bind_text_or_null(&query, text);
    dk_query_bind_text_or_null(&query, end->source);
    dk_query_bind_id_or_null(&query, end->readings);
    dk_query_bind_text_or_null(&query, end->steps);
    dk_query_bind_id_or_null(&query, end->problem_total);
    dk_query_bind_int(&query, run_id);
    dk_query_run(&query);
    return dk_query_end(&query);
}

enum dk_status dk_ledger_run_end(struct dk_store *store, int64_t run_id,
                                 const struct dk_ledger_run_end *end, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(store->sql->ops->begin(store->sql, err));
    return dk_store_end(store, end_inside(store, run_id, end, err), err);
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
        *own = strcmp(message, DK_LEDGER_RESTORED) == 0;
    }
    return dk_query_end(&query);
}

enum dk_status dk_ledger_run_restore(struct dk_store *store, int64_t run_id, const char *started,
                                     bool *own, struct dk_error *err)
{
    struct dk_query query;
    bool found = false;
    DK_RETURN_IF_ERROR(find_run(store, run_id, &found, own, err));
    if (found)
        return DK_OK;
    dk_query_begin(&query, store->sql,
                   "INSERT INTO runs (run_id, command, started, ended, workspace_id, state, "
                   "exit_code, message) VALUES (?, 'run', ?, ?, ?, ?, ?, ?)",
                   err);
    dk_query_bind_int(&query, run_id);
    dk_query_bind_text(&query, started);
    dk_query_bind_text(&query, started);
    dk_query_bind_text_or_null(&query, store->workspace.workspace_id);
    dk_query_bind_text(&query, dk_ledger_state_word(DK_RUN_DONE));
    dk_query_bind_int(&query, dk_status_exit_code(DK_OK));
    dk_query_bind_text(&query, DK_LEDGER_RESTORED);
    dk_query_run(&query);
    *own = query.status == DK_OK;
    return dk_query_end(&query);
}

static void read_run(struct dk_query *query, struct dk_ledger_run *row)
{
    char word[32];
    row->run_id = dk_query_int(query);
    dk_query_text(query, row->command, sizeof(row->command));
    dk_query_text(query, row->started, sizeof(row->started));
    dk_query_text(query, row->ended, sizeof(row->ended));
    dk_query_text(query, word, sizeof(word));
    row->exit_code = (int)dk_query_int(query);
    dk_query_text(query, row->message, sizeof(row->message));
    dk_query_text(query, row->workspace_id, sizeof(row->workspace_id));
    dk_query_text(query, row->actor.user, sizeof(row->actor.user));
    dk_query_text(query, row->actor.host, sizeof(row->actor.host));
    dk_query_text(query, row->actor.version, sizeof(row->actor.version));
    dk_query_text(query, row->actor.reason, sizeof(row->actor.reason));
    dk_query_text(query, row->source, sizeof(row->source));
    row->readings = dk_query_int(query);
    dk_query_text(query, row->steps, sizeof(row->steps));
    row->problem_total = dk_query_int(query);
    if (!dk_ledger_state_find(word, row->message, &row->state))
        dk_ledger_refuse(query, "table runs, run_id %lld: state is '%s'", (long long)row->run_id,
                         word);
    if (row->state == DK_RUN_INTERRUPTED)
        row->message[0] = '\0';
}

enum dk_status dk_ledger_runs(struct dk_store *store, size_t limit, struct dk_ledger_run **list,
                              size_t *count, struct dk_error *err)
{
    void *items = NULL;
    struct dk_query query;
    *count = 0;
    dk_query_begin(
        &query, store->sql,
        "SELECT run_id, command, started, ended, state, exit_code, message, workspace_id, "
        "user_name, host, derrick_version, reason, source, readings, steps, problem_total FROM "
        "runs ORDER BY run_id DESC LIMIT ?",
        err);
    dk_query_bind_int(&query, (int64_t)limit);
    while (dk_query_next(&query)) {
        struct dk_ledger_run *row = dk_query_push(&query, &items, count, sizeof(*row));
        if (row)
            read_run(&query, row);
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}

enum dk_status dk_ledger_run_problems(struct dk_store *store, int64_t run_id,
                                      struct dk_ledger_problem **list, size_t *count,
                                      struct dk_error *err)
{
    void *items = NULL;
    struct dk_query query;
    *count = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT file, line, file_column, message FROM run_problems WHERE run_id = ? "
                   "ORDER BY problem",
                   err);
    dk_query_bind_int(&query, run_id);
    while (dk_query_next(&query)) {
        struct dk_ledger_problem *row = dk_query_push(&query, &items, count, sizeof(*row));
        if (!row)
            break;
        dk_query_text(&query, row->file, sizeof(row->file));
        row->line = dk_query_int(&query);
        row->column = dk_query_int(&query);
        dk_query_text(&query, row->message, sizeof(row->message));
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}

/* --- runs that could not reach the database ------------------------------------------------- */

static enum dk_status is_missed(struct dk_store *store, const struct dk_ledger_missed *missed,
                                bool *known, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "SELECT run_id FROM runs WHERE started = ? AND command = ? AND COALESCE(host, "
                   "'') = ? AND COALESCE(message, '') = ?",
                   err);
    dk_query_bind_text(&query, missed->started);
    dk_query_bind_text(&query, missed->command);
    dk_query_bind_text(&query, missed->actor.host);
    dk_query_bind_text(&query, missed->message);
    *known = dk_query_next(&query);
    return dk_query_end(&query);
}

enum dk_status dk_ledger_run_missed(struct dk_store *store, const struct dk_ledger_missed *missed,
                                    struct dk_error *err)
{
    struct dk_query query;
    bool known = false;
    DK_RETURN_IF_ERROR(is_missed(store, missed, &known, err));
    if (known)
        return DK_OK;
    dk_query_begin(&query, store->sql,
                   "INSERT INTO runs (command, started, ended, state, exit_code, message, "
                   "workspace_id, user_name, host, derrick_version) VALUES (?, ?, ?, ?, ?, ?, ?, "
                   "?, ?, ?)",
                   err);
    dk_query_bind_text(&query, missed->command);
    dk_query_bind_text(&query, missed->started);
    dk_query_bind_text(&query, missed->ended);
    dk_query_bind_text(&query, dk_ledger_state_word(DK_RUN_FAILED));
    dk_query_bind_int(&query, missed->exit_code);
    dk_query_bind_text(&query, missed->message);
    dk_query_bind_text_or_null(&query, store->workspace.workspace_id);
    dk_query_bind_text_or_null(&query, missed->actor.user);
    dk_query_bind_text_or_null(&query, missed->actor.host);
    dk_query_bind_text_or_null(&query, missed->actor.version);
    dk_query_run(&query);
    return dk_query_end(&query);
}

/* --- publications --------------------------------------------------------------------------- */

#define PUBLICATION_COLUMNS                                                                        \
    "publication_id, run_id, kind, target, layout, generation, row_total, size_bytes, hash, "      \
    "etag, done_at"

static void read_publication(struct dk_query *query, struct dk_ledger_publication *row)
{
    char word[32];
    row->publication_id = dk_query_int(query);
    row->run_id = dk_query_int(query);
    dk_query_text(query, word, sizeof(word));
    if (!dk_ledger_kind_find(word, &row->kind))
        dk_ledger_refuse(query, "table publications, publication_id %lld: kind is '%s'",
                         (long long)row->publication_id, word);
    dk_ledger_text_read(query,
                        row->kind == DK_PUBLICATION_EXPORT ? DK_LEDGER_EXPORT_TARGET
                                                           : DK_LEDGER_UPLOAD_TARGET,
                        row->publication_id, row->target, sizeof(row->target));
    dk_query_text(query, row->layout, sizeof(row->layout));
    row->generation = dk_query_int(query);
    row->rows = dk_query_int(query);
    row->size_bytes = (uint64_t)dk_query_int(query);
    dk_ledger_text_read(query, DK_LEDGER_HASH, row->publication_id, row->hash, sizeof(row->hash));
    dk_ledger_text_read(query, DK_LEDGER_ETAG, row->publication_id, row->etag, sizeof(row->etag));
    dk_query_text(query, row->done_at, sizeof(row->done_at));
}

/* Whose a publication is; "" for an upload, which is known by its URL. */
static const char *owner_of(const struct dk_store *store, enum dk_publication_kind kind)
{
    return kind == DK_PUBLICATION_EXPORT ? store->workspace.workspace_id : "";
}

/* The key of a publication: the hash of "<kind> <workspace> <target>", or of "<kind> <target>"
 * where no workspace owns it. */
static enum dk_status hash_target(const struct dk_store *store, enum dk_publication_kind kind,
                                  const char *target, char hex[DK_HASH_HEX_MAX],
                                  struct dk_error *err)
{
    const char *owner = owner_of(store, kind);
    const char *const parts[] = {dk_ledger_kind_word(kind), " ", owner, owner[0] ? " " : "",
                                 target};
    struct dk_hash hash;
    DK_RETURN_IF_ERROR(dk_hash_init(&hash, err));
    enum dk_status status = DK_OK;
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
                   "generation, row_total, size_bytes, hash, etag, done_at, workspace_id) VALUES "
                   "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   err);
    dk_query_bind_id_or_null(&query, row->run_id);
    dk_query_bind_text(&query, dk_ledger_kind_word(row->kind));
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

/* Inside a transaction. */
static enum dk_status put_publication(struct dk_store *store,
                                      const struct dk_ledger_publication *publication,
                                      struct dk_error *err)
{
    char key[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(hash_target(store, publication->kind, publication->target, key, err));
    DK_RETURN_IF_ERROR(delete_publication(store, key, err));
    return insert_publication(store, key, publication, err);
}

enum dk_status dk_ledger_publications_put(struct dk_store *store,
                                          const struct dk_ledger_publication *list, size_t count,
                                          struct dk_error *err)
{
    enum dk_status status = DK_OK;
    DK_RETURN_IF_ERROR(store->sql->ops->begin(store->sql, err));
    for (size_t i = 0; status == DK_OK && i < count; i++)
        status = put_publication(store, &list[i], err);
    return dk_store_end(store, status, err);
}

enum dk_status dk_ledger_publication_put(struct dk_store *store,
                                         const struct dk_ledger_publication *publication,
                                         struct dk_error *err)
{
    return dk_ledger_publications_put(store, publication, 1, err);
}

enum dk_status dk_ledger_publication_get(struct dk_store *store, enum dk_publication_kind kind,
                                         const char *target,
                                         struct dk_ledger_publication *publication, bool *found,
                                         struct dk_error *err)
{
    char key[DK_HASH_HEX_MAX];
    struct dk_query query;
    *publication = (struct dk_ledger_publication){0};
    *found = false;
    DK_RETURN_IF_ERROR(hash_target(store, kind, target, key, err));
    dk_query_begin(&query, store->sql,
                   "SELECT " PUBLICATION_COLUMNS " FROM publications WHERE target_hash = ?", err);
    dk_query_bind_text(&query, key);
    if (dk_query_next(&query)) {
        read_publication(&query, publication);
        /* target_hash, by which it was found, is of another target. */
        if (query.status == DK_OK && strcmp(publication->target, target) != 0)
            dk_ledger_text_refuse(&query,
                                  kind == DK_PUBLICATION_EXPORT ? DK_LEDGER_EXPORT_TARGET
                                                                : DK_LEDGER_UPLOAD_TARGET,
                                  publication->publication_id, publication->target);
        *found = query.status == DK_OK;
    }
    return dk_query_end(&query);
}

enum dk_status dk_ledger_publications(struct dk_store *store, enum dk_publication_kind kind,
                                      struct dk_ledger_publication **list, size_t *count,
                                      struct dk_error *err)
{
    void *items = NULL;
    struct dk_query query;
    *count = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT " PUBLICATION_COLUMNS " FROM publications WHERE kind = ? AND "
                   "COALESCE(workspace_id, '') = ? ORDER BY publication_id",
                   err);
    dk_query_bind_text(&query, dk_ledger_kind_word(kind));
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

enum dk_status dk_ledger_publication_remove(struct dk_store *store, enum dk_publication_kind kind,
                                            const char *target, struct dk_error *err)
{
    char key[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(hash_target(store, kind, target, key, err));
    return delete_publication(store, key, err);
}

enum dk_status dk_ledger_generation(struct dk_store *store, int64_t *generation,
                                    struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql, "SELECT generation FROM schema_info WHERE schema_id = 1",
                   err);
    return dk_query_end_int(&query, generation);
}
