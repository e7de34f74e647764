/*
 * pending: what is loaded and not archived yet, as far as it is for this workspace to archive.
 *
 * Several workspaces may share a database, and all call their drops "logs". The workspace's
 * identity tells them apart. Two kinds of drops need more than that:
 *
 * - Those loaded before workspaces had an identity. Their rig says whose they are, but it is a
 *   setting, which somebody may have changed since: so a drop of another rig belongs to another
 *   workspace if nothing of it is here.
 * - Those of an identity whose file was lost: it was last seen at this very place, and the drop's
 *   files are here.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "pipeline/pipeline.h"

static bool is_same_rig(const char *left, const char *right)
{
    const char *rigs[2];
    size_t size = dk_input_settings_find(left, "rig", &rigs[0]);
    return size == dk_input_settings_find(right, "rig", &rigs[1]) &&
           memcmp(rigs[0], rigs[1], size) == 0;
}

/* Whether what is at the file's place is the one that was loaded. */
static bool is_there(const struct dk_ledger_file *file)
{
    struct stat info;
    return file->inode != 0 && stat(file->path, &info) == 0 && file->inode == info.st_ino &&
           file->device == info.st_dev && file->size_bytes == (uint64_t)info.st_size;
}

static enum dk_status is_here(struct dk_pipeline *pipeline, const struct dk_ledger_drop *drop,
                              bool *here, struct dk_error *err)
{
    struct dk_ledger_file *files = NULL;
    size_t count = 0;
    *here = drop->archive_folder[0] != '\0' && dk_path_exists(drop->archive_folder);
    if (*here)
        return DK_OK;
    enum dk_status status = dk_ledger_files(pipeline->store, drop->drop_id, &files, &count, err);
    for (size_t i = 0; i < count; i++)
        *here = *here || is_there(&files[i]);
    free(files);
    return status;
}

/* What decides whether a drop is for this workspace. */
struct owner {
    char settings[DK_SETTINGS_TEXT_MAX];
    struct dk_ledger_workspace here;
};

static enum dk_status is_ours(struct dk_pipeline *pipeline, const struct owner *owner,
                              const struct dk_ledger_drop *drop, bool *ours, struct dk_error *err)
{
    struct dk_ledger_workspace loaded_by;
    bool found = false;
    if (drop->workspace_id[0] == '\0') {
        *ours = is_same_rig(drop->settings, owner->settings);
        return *ours ? DK_OK : is_here(pipeline, drop, ours, err);
    }
    *ours = strcmp(drop->workspace_id, owner->here.workspace_id) == 0;
    if (*ours)
        return DK_OK;
    enum dk_status status =
        dk_ledger_workspace_get(pipeline->store, drop->workspace_id, &loaded_by, &found, err);
    if (status != DK_OK || !found || !dk_workspace_is_here(&loaded_by, &owner->here))
        return status;
    return is_here(pipeline, drop, ours, err);
}

enum dk_status dk_pipeline_pending(struct dk_pipeline *pipeline, struct dk_ledger_drop **list,
                                   size_t *count, struct dk_error *err)
{
    struct owner owner;
    size_t all = 0;
    *list = NULL;
    *count = 0;
    dk_input_settings_text(&pipeline->settings->input, owner.settings);
    enum dk_status status = dk_workspace_place(&pipeline->workspace, &owner.here, err);
    if (status == DK_OK)
        status = dk_ledger_pending(pipeline->store, list, &all, err);
    for (size_t i = 0; status == DK_OK && i < all; i++) {
        struct dk_ledger_drop *drop = &(*list)[i];
        bool ours = false;
        status = is_ours(pipeline, &owner, drop, &ours, err);
        if (status == DK_OK && ours)
            (*list)[(*count)++] = *drop;
    }
    if (status != DK_OK || *count == 0) {
        free(*list);
        *list = NULL;
        *count = 0;
    }
    return status;
}
