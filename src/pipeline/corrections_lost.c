#include "corrections_lost.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "input/fixes.h"

#define BLOCK_BYTES (64u << 10)

struct comparing {
    struct dk_pipeline *pipeline;
    const char *folder;
    struct dk_ledger_correction *known; /* owned; sorted by cell */
    size_t count;
    bool lost;
    enum dk_status status;
    struct dk_error *err;
};

static int compare_cells(const struct dk_ledger_correction *a, const struct dk_fix *b)
{
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

/* Whether the cell was given this value at any time: it may have another one by now. */
static bool is_known(const struct comparing *comparing, const struct dk_fix *fix)
{
    size_t low = 0;
    size_t high = comparing->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_cells(&comparing->known[middle], fix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < comparing->count && compare_cells(&comparing->known[low], fix) == 0; low++)
        if (comparing->known[low].value == fix->value)
            return true;
    return false;
}

/* Whether a rebuild would give the cell this value. */
static enum dk_status is_lost(const struct comparing *comparing, const struct dk_fix *fix,
                              bool *lost, struct dk_error *err)
{
    struct dk_store *store = comparing->pipeline->store;
    const struct dk_quarantine_key key = {.by_rig = true,
                                          .well = fix->well,
                                          .cohort = fix->cohort,
                                          .file = fix->file,
                                          .line = fix->line,
                                          .column = fix->column};
    struct dk_quarantined cell;
    struct dk_ledger_drop drop;
    bool found = false;
    DK_RETURN_IF_ERROR(dk_store_quarantine_find(store, &key, &cell, &found, err));
    if (!found || cell.value == fix->value)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_ledger_drop_get(store, cell.drop_id, &drop, err));
    *lost = strcmp(drop.archive_folder, comparing->folder) == 0;
    return DK_OK;
}

static void on_fix(void *context, const struct dk_fix *fix)
{
    struct comparing *comparing = context;
    if (comparing->status == DK_OK && !comparing->lost && fix->by_rig && !is_known(comparing, fix))
        comparing->status = is_lost(comparing, fix, &comparing->lost, comparing->err);
}

/* A rebuild reports what it can't read. */
static void on_problem(void *context, uint64_t row, const char *text)
{
    (void)context;
    (void)row;
    (void)text;
}

static enum dk_status compare_list(struct comparing *comparing, int fd, const char *path,
                                   struct dk_error *err)
{
    struct dk_fixes *fixes = calloc(1, sizeof(*fixes) + BLOCK_BYTES);
    if (!fixes)
        return dk_error_nomem(err, "read", path);
    *fixes = (struct dk_fixes){.context = comparing, .fix = on_fix, .problem = on_problem};
    char *block = (char *)(fixes + 1);
    ssize_t got = 0;
    while (comparing->status == DK_OK && !comparing->lost &&
           (got = read(fd, block, BLOCK_BYTES)) > 0)
        dk_fixes_feed(fixes, block, (size_t)got);
    if (got < 0)
        comparing->status = dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
    else
        dk_fixes_end(fixes);
    free(fixes);
    return comparing->status;
}

enum dk_status dk_corrections_find_lost(struct dk_pipeline *pipeline, const char *folder,
                                        bool *lost, struct dk_error *err)
{
    struct dk_error local = {0};
    struct comparing comparing = {
        .pipeline = pipeline, .folder = folder, .err = err ? err : &local};
    char path[sizeof(((struct dk_ledger_place *)0)->folder) + sizeof(DK_CORRECTIONS_FILE) + 1];
    *lost = false;
    snprintf(path, sizeof(path), "%s/%s", folder, DK_CORRECTIONS_FILE);
    if (!dk_path_exists(path))
        return DK_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open", path);
    enum dk_status status = dk_ledger_corrections(pipeline->store, folder, &comparing.known,
                                                  &comparing.count, comparing.err);
    if (status == DK_OK)
        status = compare_list(&comparing, fd, path, comparing.err);
    close(fd);
    free(comparing.known);
    *lost = status == DK_OK && comparing.lost;
    return status;
}
