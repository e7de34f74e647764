/* The ledger of drops and their files: what was loaded from where, and what is archived of it. */
#include <stdlib.h>
#include <string.h>

#include "ledger_text.h"
#include "private.h"
#include "store/quarantine.h"
#include "store/unloaded.h"

/* --- writing -------------------------------------------------------------------------------- */

/* A text that the ledger must hold whole, because it is used again. */
static enum dk_status check_fits(const char *text, size_t cap, const char *what,
                                 struct dk_error *err)
{
    if (strlen(text) < cap)
        return DK_OK;
    dk_error_set(err, DK_ERR_DATA, "the %s '%s' is too long for the ledger: %zu bytes, and %zu fit",
                 what, text, strlen(text), cap - 1);
    dk_error_hint(err, "move or rename it, so that its path is shorter");
    return DK_ERR_DATA;
}

static enum dk_status insert_file(struct dk_store *store, int64_t drop_id, int index,
                                  const struct dk_drop_file *file, struct dk_error *err)
{
    struct dk_query query;
    DK_RETURN_IF_ERROR(
        check_fits(file->name, sizeof(((struct dk_ledger_file *)0)->name), "file name", err));
    DK_RETURN_IF_ERROR(
        check_fits(file->path, sizeof(((struct dk_ledger_file *)0)->path), "path", err));
    dk_query_begin(&query, store->sql,
                   "INSERT INTO files (drop_id, file, name, path, size_bytes, device, inode, "
                   "mtime_ns, ctime_ns, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   err);
    dk_query_bind_int(&query, drop_id);
    dk_query_bind_int(&query, index);
    dk_query_bind_text(&query, file->name);
    dk_query_bind_text(&query, file->path);
    /* Unsigned numbers of 64 bits are read back as they were written. */
    dk_query_bind_int(&query, (int64_t)file->size_bytes);
    dk_query_bind_int(&query, (int64_t)file->device);
    dk_query_bind_int(&query, (int64_t)file->inode);
    dk_query_bind_int(&query, file->mtime_ns);
    dk_query_bind_int(&query, file->ctime_ns);
    dk_query_bind_text(&query, file->hash);
    dk_query_run(&query);
    return dk_query_end(&query);
}

static enum dk_status insert_drop(struct dk_store *store, const struct dk_ledger_drop *row,
                                  const struct dk_drop *drop, int64_t *drop_id,
                                  struct dk_error *err)
{
    struct dk_query query;
    char now[DK_TIME_TEXT_MAX];
    dk_ledger_now(now);
    *drop_id = 0;
    dk_query_begin(&query, store->sql,
                   "INSERT INTO drops (run_id, content_hash, settings, source, loaded_at, "
                   "quarantined, duplicate_of, workspace_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                   err);
    dk_query_bind_id_or_null(&query, row->run_id);
    dk_query_bind_text(&query, drop->content_hash);
    dk_query_bind_text(&query, row->settings);
    dk_query_bind_text(&query, drop->path);
    dk_query_bind_text(&query, now);
    dk_query_bind_int(&query, row->quarantined);
    dk_query_bind_id_or_null(&query, row->duplicate_of);
    dk_query_bind_text_or_null(&query, store->workspace.workspace_id);
    dk_query_run(&query);
    if (query.status == DK_OK)
        *drop_id = store->sql->ops->last_id(store->sql);
    return dk_query_end(&query);
}

enum dk_status dk_ledger_drop_insert(struct dk_store *store, const struct dk_ledger_drop *row,
                                     const struct dk_drop *drop, int64_t *drop_id,
                                     struct dk_error *err)
{
    DK_RETURN_IF_ERROR(
        check_fits(drop->path, sizeof(((struct dk_ledger_drop *)0)->source), "path", err));
    DK_RETURN_IF_ERROR(insert_drop(store, row, drop, drop_id, err));
    for (int i = 0; i < DK_DROP_FILES; i++)
        if (drop->files[i].name)
            DK_RETURN_IF_ERROR(insert_file(store, *drop_id, i, &drop->files[i], err));
    return drop->is_archive ? insert_file(store, *drop_id, DK_DROP_FILES, &drop->archive, err)
                            : DK_OK;
}

enum dk_status dk_ledger_drop_duplicate(struct dk_store *store,
                                        const struct dk_ledger_duplicate *duplicate,
                                        int64_t *drop_id, struct dk_error *err)
{
    struct dk_ledger_drop row = {.run_id = duplicate->run_id, .duplicate_of = duplicate->original};
    dk_text_format(row.settings, sizeof(row.settings), "%s", duplicate->settings);
    DK_RETURN_IF_ERROR(store->sql->ops->begin(store->sql, err));
    return dk_store_end(store, dk_ledger_drop_insert(store, &row, duplicate->drop, drop_id, err),
                        err);
}

/* --- reading -------------------------------------------------------------------------------- */

#define DROP_COLUMNS                                                                               \
    "drop_id, run_id, content_hash, settings, source, loaded_at, archive_folder, archived_at, "    \
    "quarantined, duplicate_of, workspace_id"

static void read_drop(struct dk_query *query, struct dk_ledger_drop *row)
{
    row->drop_id = dk_query_int(query);
    row->run_id = dk_query_int(query);
    dk_ledger_text_read(query, DK_LEDGER_CONTENT_HASH, row->drop_id, row->content_hash,
                        sizeof(row->content_hash));
    dk_query_text(query, row->settings, sizeof(row->settings));
    dk_ledger_text_read(query, DK_LEDGER_SOURCE, row->drop_id, row->source, sizeof(row->source));
    dk_query_text(query, row->loaded_at, sizeof(row->loaded_at));
    dk_ledger_text_read(query, DK_LEDGER_ARCHIVE_FOLDER, row->drop_id, row->archive_folder,
                        sizeof(row->archive_folder));
    dk_query_text(query, row->archived_at, sizeof(row->archived_at));
    row->quarantined = dk_query_int(query);
    row->duplicate_of = dk_query_int(query);
    dk_query_text(query, row->workspace_id, sizeof(row->workspace_id));
}

/* All rows of a query over DROP_COLUMNS. Ends the query. */
static enum dk_status read_drops(struct dk_query *query, struct dk_ledger_drop **list,
                                 size_t *count)
{
    void *items = NULL;
    *count = 0;
    while (dk_query_next(query)) {
        struct dk_ledger_drop *row = dk_query_push(query, &items, count, sizeof(*row));
        if (row)
            read_drop(query, row);
    }
    enum dk_status status = dk_query_end_list(query, &items, count);
    *list = items;
    return status;
}

struct dk_ledger_scope dk_ledger_scope_of(const struct dk_readings *readings)
{
    struct dk_ledger_scope scope = {.well = readings->series[0].well};
    for (size_t i = 1; i < readings->series_count; i++)
        if (dk_well_compare(&readings->series[i].well, &scope.well) != 0)
            scope.whole_site = true;
    return scope;
}

enum dk_status dk_ledger_drop_find(struct dk_store *store, const char *content_hash,
                                   const struct dk_ledger_scope *scope, struct dk_ledger_drop *drop,
                                   bool *found, struct dk_error *err)
{
    struct dk_query query;
    *drop = (struct dk_ledger_drop){0};
    *found = false;
    dk_query_begin(&query, store->sql,
                   "SELECT " DROP_COLUMNS " FROM drops WHERE replaced_by IS NULL AND duplicate_of "
                   "IS NULL AND (content_hash = ? OR drop_id IN (SELECT d.duplicate_of FROM drops "
                   "d WHERE d.content_hash = ? AND d.duplicate_of IS NOT NULL)) AND EXISTS (SELECT "
                   "1 FROM cohorts c JOIN wells w ON w.well_id = c.well_id WHERE c.drop_id = "
                   "drops.drop_id AND w.site = ? AND (w.well_number = ? OR ? <> 0)) ORDER BY "
                   "drop_id DESC LIMIT 1",
                   err);
    dk_query_bind_text(&query, content_hash);
    dk_query_bind_text(&query, content_hash);
    dk_query_bind_text(&query, scope->well.site);
    dk_query_bind_int(&query, scope->well.number);
    dk_query_bind_int(&query, scope->whole_site);
    if (dk_query_next(&query)) {
        read_drop(&query, drop);
        *found = true;
    }
    return dk_query_end(&query);
}

enum dk_status dk_ledger_drop_get(struct dk_store *store, int64_t drop_id,
                                  struct dk_ledger_drop *drop, struct dk_error *err)
{
    struct dk_query query;
    *drop = (struct dk_ledger_drop){0};
    dk_query_begin(&query, store->sql, "SELECT " DROP_COLUMNS " FROM drops WHERE drop_id = ?", err);
    dk_query_bind_int(&query, drop_id);
    if (dk_query_next(&query))
        read_drop(&query, drop);
    DK_RETURN_IF_ERROR(dk_query_end(&query));
    if (drop->drop_id == 0)
        return dk_error_set(err, DK_ERR_STORE, "the database has no drop %lld", (long long)drop_id);
    return DK_OK;
}

enum dk_status dk_ledger_pending(struct dk_store *store, struct dk_ledger_drop **list,
                                 size_t *count, struct dk_error *err)
{
    struct dk_query query;
    /* What is replaced or unloaded is archived only if that had begun: its files are no longer in
     * logs/. */
    dk_query_begin(&query, store->sql,
                   "SELECT " DROP_COLUMNS " FROM drops WHERE archived_at IS NULL AND ((replaced_by "
                   "IS NULL AND unloaded_by IS NULL) OR archive_folder IS NOT NULL) ORDER BY "
                   "drop_id",
                   err);
    return read_drops(&query, list, count);
}

enum dk_status dk_ledger_unkept(struct dk_store *store, struct dk_ledger_drop **list, size_t *count,
                                struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "SELECT " DROP_COLUMNS " FROM drops WHERE archived_at IS NOT NULL AND "
                   "COALESCE(workspace_id, '') = ? AND EXISTS (SELECT 1 FROM corrections k WHERE "
                   "k.drop_id = drops.drop_id AND k.kept_at IS NULL) ORDER BY drop_id",
                   err);
    dk_query_bind_text(&query, store->workspace.workspace_id);
    return read_drops(&query, list, count);
}

enum dk_status dk_ledger_unloaded_drops(struct dk_store *store, struct dk_ledger_drop **list,
                                        size_t *count, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "SELECT " DROP_COLUMNS " FROM drops WHERE archive_folder IS NOT NULL AND "
                   "COALESCE(workspace_id, '') = ? AND EXISTS (SELECT 1 FROM unloaded u WHERE "
                   "u.drop_id = COALESCE(drops.duplicate_of, drops.drop_id)) ORDER BY drop_id",
                   err);
    dk_query_bind_text(&query, store->workspace.workspace_id);
    return read_drops(&query, list, count);
}

#define PLACE_COLUMNS "drop_id, archive_folder, content_hash"

/* All rows of a query over PLACE_COLUMNS. Ends the query. */
static enum dk_status read_places(struct dk_query *query, struct dk_ledger_place **list,
                                  size_t *count)
{
    void *items = NULL;
    *count = 0;
    while (dk_query_next(query)) {
        struct dk_ledger_place *row = dk_query_push(query, &items, count, sizeof(*row));
        if (!row)
            break;
        row->drop_id = dk_query_int(query);
        dk_ledger_text_read(query, DK_LEDGER_ARCHIVE_FOLDER, row->drop_id, row->folder,
                            sizeof(row->folder));
        dk_ledger_text_read(query, DK_LEDGER_CONTENT_HASH, row->drop_id, row->content_hash,
                            sizeof(row->content_hash));
    }
    enum dk_status status = dk_query_end_list(query, &items, count);
    *list = items;
    return status;
}

enum dk_status dk_ledger_places(struct dk_store *store, struct dk_ledger_place **list,
                                size_t *count, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "SELECT " PLACE_COLUMNS " FROM drops WHERE archive_folder IS NOT NULL", err);
    return read_places(&query, list, count);
}

enum dk_status dk_ledger_archived(struct dk_store *store, struct dk_ledger_place **list,
                                  size_t *count, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "SELECT " PLACE_COLUMNS " FROM drops WHERE archived_at IS NOT NULL AND "
                   "COALESCE(workspace_id, '') = ?",
                   err);
    dk_query_bind_text(&query, store->workspace.workspace_id);
    return read_places(&query, list, count);
}

enum dk_status dk_ledger_replaced(struct dk_store *store, int64_t drop_id,
                                  struct dk_ledger_place **list, size_t *count,
                                  struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "SELECT " PLACE_COLUMNS " FROM drops WHERE replaced_by = ? ORDER BY drop_id",
                   err);
    dk_query_bind_int(&query, drop_id);
    return read_places(&query, list, count);
}

enum dk_status dk_ledger_replaced_drops(struct dk_store *store, const char *content_hash,
                                        struct dk_ledger_drop **list, size_t *count,
                                        struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql,
                   "SELECT " DROP_COLUMNS " FROM drops WHERE content_hash = ? "
                   "AND replaced_by IS NOT NULL ORDER BY drop_id DESC",
                   err);
    dk_query_bind_text(&query, content_hash);
    return read_drops(&query, list, count);
}

#define SETTINGS_LOADED                                                                            \
    "SELECT DISTINCT d.settings FROM drops d JOIN cohorts c ON c.drop_id = d.drop_id"

enum dk_status dk_ledger_settings(struct dk_store *store, const struct dk_ledger_scope *scope,
                                  struct dk_ledger_settings **list, size_t *count,
                                  struct dk_error *err)
{
    struct dk_query query;
    void *items = NULL;
    *count = 0;
    dk_query_begin(&query, store->sql,
                   scope ? SETTINGS_LOADED " JOIN wells w ON w.well_id = c.well_id "
                                           "WHERE w.site = ? AND (w.well_number = ? OR ? <> 0)"
                         : SETTINGS_LOADED,
                   err);
    if (scope) {
        dk_query_bind_text(&query, scope->well.site);
        dk_query_bind_int(&query, scope->well.number);
        dk_query_bind_int(&query, scope->whole_site);
    }
    while (dk_query_next(&query)) {
        struct dk_ledger_settings *row = dk_query_push(&query, &items, count, sizeof(*row));
        if (row)
            dk_query_text(&query, row->text, sizeof(row->text));
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}

static void read_file(struct dk_query *query, int64_t drop_id, struct dk_ledger_file *row)
{
    int64_t file = dk_query_int(query);
    row->file = (int)file;
    dk_ledger_text_read(query, DK_LEDGER_FILE_NAME, drop_id, row->name, sizeof(row->name));
    dk_ledger_text_read(query, DK_LEDGER_FILE_PATH, drop_id, row->path, sizeof(row->path));
    row->size_bytes = (uint64_t)dk_query_int(query);
    row->device = (uint64_t)dk_query_int(query);
    row->inode = (uint64_t)dk_query_int(query);
    row->mtime_ns = dk_query_int(query);
    row->ctime_ns = dk_query_int(query);
    dk_ledger_text_read(query, DK_LEDGER_FILE_HASH, drop_id, row->hash, sizeof(row->hash));
    dk_ledger_text_read(query, DK_LEDGER_STORED_NAME, drop_id, row->stored, sizeof(row->stored));
    dk_ledger_text_read(query, DK_LEDGER_STORED_HASH, drop_id, row->stored_hash,
                        sizeof(row->stored_hash));
    if (file < 0 || file > DK_DROP_FILES)
        dk_ledger_refuse(query,
                         "table files, drop_id %lld: file is %lld, which is not a file of a drop",
                         (long long)drop_id, (long long)file);
    /* What is outside the workspace is never moved into the archive. */
    if (row->path[0] == '/' && row->stored[0])
        dk_ledger_text_refuse(query, DK_LEDGER_STORED_NAME, drop_id, row->stored);
}

enum dk_status dk_ledger_files(struct dk_store *store, int64_t drop_id,
                               struct dk_ledger_file **list, size_t *count, struct dk_error *err)
{
    struct dk_query query;
    void *items = NULL;
    *count = 0;
    dk_query_begin(&query, store->sql,
                   "SELECT file, name, path, size_bytes, device, inode, mtime_ns, ctime_ns, hash, "
                   "stored_name, stored_hash FROM files WHERE drop_id = ? ORDER BY file",
                   err);
    dk_query_bind_int(&query, drop_id);
    while (dk_query_next(&query)) {
        struct dk_ledger_file *row = dk_query_push(&query, &items, count, sizeof(*row));
        if (row)
            read_file(&query, drop_id, row);
    }
    enum dk_status status = dk_query_end_list(&query, &items, count);
    *list = items;
    return status;
}

enum dk_status dk_ledger_file_uses(struct dk_store *store, const struct dk_ledger_file *file,
                                   struct dk_ledger_uses *uses, struct dk_error *err)
{
    struct dk_query query;
    *uses = (struct dk_ledger_uses){0};
    dk_query_begin(&query, store->sql,
                   "SELECT COUNT(*), COUNT(d.duplicate_of) FROM files f JOIN drops d ON d.drop_id "
                   "= f.drop_id WHERE f.file = ? AND f.path = ? AND f.device = ? AND f.inode = ? "
                   "AND f.size_bytes = ? AND f.mtime_ns = ? AND COALESCE(d.workspace_id, '') = ?",
                   err);
    dk_query_bind_int(&query, file->file);
    dk_query_bind_text(&query, file->path);
    dk_query_bind_int(&query, (int64_t)file->device);
    dk_query_bind_int(&query, (int64_t)file->inode);
    dk_query_bind_int(&query, (int64_t)file->size_bytes);
    dk_query_bind_int(&query, file->mtime_ns);
    dk_query_bind_text(&query, store->workspace.workspace_id);
    if (dk_query_next(&query)) {
        uses->drops = dk_query_int(&query);
        uses->duplicates = dk_query_int(&query);
    }
    return dk_query_end(&query);
}

enum dk_status dk_ledger_copy_find(struct dk_store *store, const char *hash,
                                   struct dk_ledger_copy *copy, bool *found, struct dk_error *err)
{
    struct dk_query query;
    *copy = (struct dk_ledger_copy){0};
    *found = false;
    dk_query_begin(&query, store->sql,
                   "SELECT d.drop_id, d.archive_folder, f.stored_name, f.stored_hash FROM files f "
                   "JOIN drops d ON d.drop_id = f.drop_id WHERE f.hash = ? AND f.stored_name IS "
                   "NOT NULL AND d.archive_folder IS NOT NULL AND COALESCE(d.workspace_id, '') = ? "
                   "ORDER BY d.drop_id DESC LIMIT 1",
                   err);
    dk_query_bind_text(&query, hash);
    dk_query_bind_text(&query, store->workspace.workspace_id);
    if (dk_query_next(&query)) {
        int64_t drop_id = dk_query_int(&query);
        dk_ledger_text_read(&query, DK_LEDGER_ARCHIVE_FOLDER, drop_id, copy->folder,
                            sizeof(copy->folder));
        dk_ledger_text_read(&query, DK_LEDGER_STORED_NAME, drop_id, copy->stored,
                            sizeof(copy->stored));
        dk_ledger_text_read(&query, DK_LEDGER_STORED_HASH, drop_id, copy->stored_hash,
                            sizeof(copy->stored_hash));
        *found = copy->stored[0] != '\0';
    }
    return dk_query_end(&query);
}

/* --- archiving ------------------------------------------------------------------------------ */

/* Ends an UPDATE that must have changed one row. */
static enum dk_status end_update(struct dk_query *query, int64_t drop_id)
{
    if (query->status == DK_OK && query->sql->ops->changed(query->sql) == 0)
        query->status = dk_error_set(query->err, DK_ERR_STORE,
                                     "the database has no drop %lld, or not that file of it",
                                     (long long)drop_id);
    return dk_query_end(query);
}

enum dk_status dk_ledger_archive_begin(struct dk_store *store, int64_t drop_id, const char *folder,
                                       struct dk_error *err)
{
    struct dk_query query;
    DK_RETURN_IF_ERROR(
        check_fits(folder, sizeof(((struct dk_ledger_drop *)0)->archive_folder), "folder", err));
    dk_query_begin(&query, store->sql, "UPDATE drops SET archive_folder = ? WHERE drop_id = ?",
                   err);
    dk_query_bind_text(&query, folder);
    dk_query_bind_int(&query, drop_id);
    dk_query_run(&query);
    return end_update(&query, drop_id);
}

enum dk_status dk_ledger_file_stored(struct dk_store *store, int64_t drop_id, int file,
                                     const char *stored, const char *stored_hash,
                                     struct dk_error *err)
{
    struct dk_query query;
    DK_RETURN_IF_ERROR(
        check_fits(stored, sizeof(((struct dk_ledger_file *)0)->stored), "file name", err));
    dk_query_begin(&query, store->sql,
                   "UPDATE files SET stored_name = ?, stored_hash = ? WHERE drop_id = ? AND file = "
                   "?",
                   err);
    dk_query_bind_text(&query, stored);
    dk_query_bind_text(&query, stored_hash);
    dk_query_bind_int(&query, drop_id);
    dk_query_bind_int(&query, file);
    dk_query_run(&query);
    return end_update(&query, drop_id);
}

enum dk_status dk_ledger_archive_end(struct dk_store *store, int64_t drop_id, struct dk_error *err)
{
    struct dk_query query;
    char now[DK_TIME_TEXT_MAX];
    dk_ledger_now(now);
    dk_query_begin(&query, store->sql, "UPDATE drops SET archived_at = ? WHERE drop_id = ?", err);
    dk_query_bind_text(&query, now);
    dk_query_bind_int(&query, drop_id);
    dk_query_run(&query);
    return end_update(&query, drop_id);
}

enum dk_status dk_ledger_drop_restore(struct dk_store *store, int64_t drop_id,
                                      const struct dk_ledger_restored *restored,
                                      struct dk_error *err)
{
    struct dk_query query;
    char now[DK_TIME_TEXT_MAX];
    dk_ledger_now(now);
    dk_query_begin(&query, store->sql,
                   "UPDATE drops SET run_id = ?, source = ?, loaded_at = ?, archive_folder = ?, "
                   "archived_at = ? WHERE drop_id = ?",
                   err);
    dk_query_bind_int(&query, restored->run_id);
    dk_query_bind_text(&query, restored->source);
    dk_query_bind_text(&query, restored->loaded_at);
    dk_query_bind_text(&query, restored->archive_folder);
    dk_query_bind_text(&query, now);
    dk_query_bind_int(&query, drop_id);
    dk_query_run(&query);
    return end_update(&query, drop_id);
}
