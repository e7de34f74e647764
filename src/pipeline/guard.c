#include "guard.h"

#include <stdlib.h>
#include <string.h>

#include "archive/unloaded_note.h"
#include "base/file.h"
#include "corrections_lost.h"
#include "exported_file.h"
#include "store/unloaded.h"

#define NAMED_MAX 3      /* folders that a message names */
#define NATIVE_LOST (-1) /* a code that no system and no server gives */

/* --- evidence ------------------------------------------------------------------------------- */

/* Whether the CSV in aws_s3/ is one that derrick exported: the old scripts gave theirs the same
 * name, but no dictionary. */
static bool has_export(void)
{
    return dk_path_exists(DK_CURRENT_CSV) && dk_path_exists(DK_CURRENT_DICTIONARY);
}

enum dk_status dk_evidence_find(struct dk_evidence *evidence, struct dk_error *err)
{
    *evidence = (struct dk_evidence){.exported = has_export()};
    return dk_archive_folders(DK_WORKSPACE_ARCHIVE, &evidence->folders, &evidence->folder_count,
                              err);
}

void dk_evidence_reset(struct dk_evidence *evidence)
{
    free(evidence->folders);
    *evidence = (struct dk_evidence){0};
}

/* --- refusing ------------------------------------------------------------------------------- */

/* Appends to text[cap], as far as it fits. */
static void append(char *text, size_t cap, const char *piece)
{
    size_t used = strlen(text);
    dk_text_format(text + used, cap - used, "%s", piece);
}

/* "'archive/2023-06-01-run7', 'archive/...' and 12 more" */
static void name_folders(const struct dk_archive_folder *const *folders, size_t count, char *text,
                         size_t cap)
{
    char piece[300];
    text[0] = '\0';
    size_t named = count > NAMED_MAX + 1 ? NAMED_MAX : count;
    for (size_t i = 0; i < named; i++) {
        const char *before = i == 0 ? "" : i + 1 == count ? " and " : ", ";
        dk_text_format(piece, sizeof(piece), "%s'%s'", before, folders[i]->path);
        append(text, cap, piece);
    }
    if (named == count)
        return;
    dk_text_format(piece, sizeof(piece), " and %zu more", count - named);
    append(text, cap, piece);
}

bool dk_guard_refused(const struct dk_error *err)
{
    return err->status == DK_ERR_STORE && err->native == NATIVE_LOST;
}

/* Marks an error as the guard's own. Returns its status. */
static enum dk_status mark(struct dk_error *err)
{
    if (err)
        err->native = NATIVE_LOST;
    return DK_ERR_STORE;
}

/* The database is not there, or holds no cohort. */
static enum dk_status refuse_empty(const struct dk_pipeline *pipeline,
                                   const struct dk_evidence *evidence, const char *what,
                                   struct dk_error *err)
{
    char found[400] = "";
    char piece[300];
    size_t count = evidence->folder_count;
    if (count > 0) {
        dk_text_format(piece, sizeof(piece), "'%s' is the archive of a drop that was loaded",
                       evidence->folders[count - 1].path);
        append(found, sizeof(found), piece);
    }
    if (count > 1) {
        dk_text_format(piece, sizeof(piece), " (the newest of %zu)", count);
        append(found, sizeof(found), piece);
    }
    if (evidence->exported) {
        dk_text_format(piece, sizeof(piece), "%s'%s' is an export", count > 0 ? ", and " : "",
                       DK_CURRENT_CSV);
        append(found, sizeof(found), piece);
    }
    dk_error_set(err, DK_ERR_STORE, "the database '%s' %s, but this workspace has loaded data: %s",
                 pipeline->settings->store.url, what, found);
    if (count > 0)
        dk_error_hint(err, "if its name is right and it can't be restored: 'derrick init "
                           "--rebuild' loads the archive into a new database, 'derrick init "
                           "--new-database' starts empty");
    else
        dk_error_hint(err, "if its name is right: restore it from a backup, or start empty with "
                           "'derrick init --new-database'");
    return mark(err);
}

/* The ledger does not know `count` of the archive's folders. */
static enum dk_status refuse_older(const struct dk_pipeline *pipeline,
                                   const struct dk_archive_folder *const *folders, size_t count,
                                   size_t all, struct dk_error *err)
{
    char names[600];
    name_folders(folders, count, names, sizeof(names));
    dk_error_set(err, DK_ERR_STORE, "the database '%s' does not know what was loaded from %s",
                 pipeline->settings->store.url, names);
    if (count == all)
        dk_error_hint(err, "it knows no drop of this workspace's archive: check its name; if it is "
                           "right, 'derrick init --rebuild' loads them");
    else
        dk_error_hint(err,
                      "if an older backup was restored, 'derrick init --rebuild' loads what is "
                      "missing from the archive");
    return mark(err);
}

/* --- checking ------------------------------------------------------------------------------- */

bool dk_guard_is_known(const struct dk_archive_folder *folder, const struct dk_ledger_place *places,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(places[i].folder, folder->path) == 0)
            return true;
    return false;
}

/* A folder's note says that cohorts were unloaded, and the ledger does not know. */
static enum dk_status refuse_note(const struct dk_pipeline *pipeline, const char *folder,
                                  struct dk_error *err)
{
    dk_error_set(err, DK_ERR_STORE,
                 "the database '%s' does not know that cohorts of '%s' were unloaded",
                 pipeline->settings->store.url, folder);
    dk_error_hint(err, "if an older backup was restored, 'derrick init --rebuild' unloads them "
                       "again");
    return mark(err);
}

/* Compares the notes of unloaded cohorts with the ledger. */
static enum dk_status check_notes(struct dk_pipeline *pipeline,
                                  const struct dk_ledger_place *places, size_t count,
                                  struct dk_error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct dk_ledger_unloaded *list = NULL;
        size_t known = 0;
        bool any = false;
        if (!dk_unloaded_note_exists(places[i].folder))
            continue;
        DK_RETURN_IF_ERROR(dk_store_was_unloaded(pipeline->store, &any, err));
        if (any)
            DK_RETURN_IF_ERROR(
                dk_ledger_unloaded(pipeline->store, places[i].drop_id, &list, &known, err));
        free(list);
        if (known == 0)
            return refuse_note(pipeline, places[i].folder, err);
    }
    return DK_OK;
}

/* Compares the corrections beside archived drops with the ledger. */
static enum dk_status check_corrections(struct dk_pipeline *pipeline,
                                        const struct dk_evidence *evidence, struct dk_error *err)
{
    for (size_t i = 0; i < evidence->folder_count; i++) {
        const char *folder = evidence->folders[i].path;
        bool lost = false;
        DK_RETURN_IF_ERROR(dk_corrections_find_lost(pipeline, folder, &lost, err));
        if (!lost)
            continue;
        dk_error_set(err, DK_ERR_STORE,
                     "the database '%s' does not know values that '%s/" DK_CORRECTIONS_FILE
                     "' gives to cells in quarantine",
                     pipeline->settings->store.url, folder);
        dk_error_hint(err, "if an older backup was restored, 'derrick init --rebuild' loads them "
                           "again");
        return mark(err);
    }
    return DK_OK;
}

/* Compares the archive with the ledger, by the names of folders, notes and corrections. */
static enum dk_status check_folders(struct dk_pipeline *pipeline,
                                    const struct dk_evidence *evidence, struct dk_error *err)
{
    struct dk_ledger_place *places = NULL;
    size_t place_count = 0;
    size_t unknown = 0;
    const struct dk_archive_folder **folders =
        calloc(evidence->folder_count + 1, sizeof(const void *));
    if (!folders)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory to check the archive");
    enum dk_status status = dk_ledger_places(pipeline->store, &places, &place_count, err);
    for (size_t i = 0; status == DK_OK && i < evidence->folder_count; i++)
        if (!dk_guard_is_known(&evidence->folders[i], places, place_count))
            folders[unknown++] = &evidence->folders[i];
    if (status == DK_OK && unknown > 0)
        status = refuse_older(pipeline, folders, unknown, evidence->folder_count, err);
    if (status == DK_OK)
        status = check_notes(pipeline, places, place_count, err);
    if (status == DK_OK)
        status = check_corrections(pipeline, evidence, err);
    free(places);
    free(folders);
    return status;
}

static enum dk_status check_store(struct dk_pipeline *pipeline, const struct dk_evidence *evidence,
                                  struct dk_error *err)
{
    bool empty = false;
    bool unloaded = false;
    DK_RETURN_IF_ERROR(dk_store_is_empty(pipeline->store, &empty, err));
    if (empty)
        DK_RETURN_IF_ERROR(dk_store_was_unloaded(pipeline->store, &unloaded, err));
    if (empty && !unloaded)
        return refuse_empty(pipeline, evidence, "holds no cohort", err);
    return check_folders(pipeline, evidence, err);
}

static enum dk_status open_store(struct dk_pipeline *pipeline, const struct dk_evidence *evidence,
                                 bool create, struct dk_error *err)
{
    bool there = evidence->folder_count > 0 || evidence->exported;
    enum dk_status status = dk_store_open(&pipeline->store, &pipeline->settings->store,
                                          create && !there, pipeline->observer, err);
    if (!there)
        return status;
    if (status != DK_OK && dk_store_is_absent(&pipeline->settings->store, err)) {
        char path[DK_ERROR_PATH_MAX];
        memcpy(path, err->path, sizeof(path));
        status = refuse_empty(pipeline, evidence, "is not there", err);
        dk_error_place(err, path, 0, 0, 0);
        return status;
    }
    return status == DK_OK ? check_store(pipeline, evidence, err) : status;
}

enum dk_status dk_guard_open(struct dk_pipeline *pipeline, bool create, struct dk_error *err)
{
    struct dk_evidence evidence;
    struct dk_error local = {0};
    if (!err)
        err = &local;
    dk_store_close(pipeline->store);
    pipeline->store = NULL;
    enum dk_status status = dk_evidence_find(&evidence, err);
    if (status == DK_OK)
        status = open_store(pipeline, &evidence, create, err);
    dk_evidence_reset(&evidence);
    return status;
}
