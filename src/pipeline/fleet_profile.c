#include "fleet_profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* Whether a drop was read with columns = wells; its site. */
static bool is_of_fleet(const struct dk_ledger_drop *drop, struct dk_well *well)
{
    struct dk_input_settings input;
    dk_input_settings_init(&input);
    if (dk_input_settings_parse(drop->settings, &input, NULL) != DK_OK)
        return false;
    *well = input.well;
    return input.columns == DK_COLUMNS_WELLS;
}

static bool is_in(const char *path, const char *folder)
{
    size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && path[size] == '/';
}

/* The profile that came with the logs of a site. */
struct delivered {
    bool found;
    bool shared; /* all sites use it */
    struct dk_ledger_file file;
};

static enum dk_status find_delivered(struct dk_pipeline *pipeline,
                                     const struct dk_ledger_drop *drop, const struct dk_well *well,
                                     struct delivered *profile, struct dk_error *err)
{
    char folder[sizeof(DK_WORKSPACE_LOGS) + DK_SITE_MAX];
    struct dk_ledger_file *files = NULL;
    size_t count = 0;
    *profile = (struct delivered){0};
    dk_text_format(folder, sizeof(folder), "%s/%s", DK_WORKSPACE_LOGS, well->site);
    enum dk_status status = dk_ledger_files(pipeline->store, drop->drop_id, &files, &count, err);
    for (size_t i = 0; i < count; i++)
        if (files[i].file == DK_DROP_PROFILE && files[i].inode != 0 &&
            is_in(files[i].path, DK_WORKSPACE_LOGS))
            *profile = (struct delivered){
                .found = true, .shared = !is_in(files[i].path, folder), .file = files[i]};
    free(files);
    return status;
}

static bool is_same_file(const struct dk_ledger_file *left, const struct dk_ledger_file *right)
{
    return strcmp(left->path, right->path) == 0 && left->inode == right->inode &&
           left->device == right->device;
}

/* Whether another drop that waits to be archived was read with it. */
static enum dk_status is_needed_by_pending(struct dk_pipeline *pipeline, int64_t drop_id,
                                           const struct dk_ledger_file *profile, bool *needed,
                                           struct dk_error *err)
{
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    enum dk_status status = dk_pipeline_pending(pipeline, &pending, &count, err);
    for (size_t i = 0; status == DK_OK && !*needed && i < count; i++) {
        struct delivered other;
        struct dk_well well;
        if (pending[i].drop_id == drop_id || !is_of_fleet(&pending[i], &well))
            continue;
        status = find_delivered(pipeline, &pending[i], &well, &other, err);
        *needed = other.found && is_same_file(profile, &other.file);
    }
    free(pending);
    return status;
}

/* Whether the fleet's profile is still needed in logs/: by one of those, or by what is not
 * loaded. */
static enum dk_status is_needed(struct dk_pipeline *pipeline, int64_t drop_id,
                                const struct dk_ledger_file *profile, bool *needed,
                                struct dk_error *err)
{
    struct dk_delivery waiting;
    DK_RETURN_IF_ERROR(is_needed_by_pending(pipeline, drop_id, profile, needed, err));
    if (*needed)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_pipeline_waiting(pipeline, &waiting, err));
    *needed = waiting.readable + waiting.unread > 0;
    return DK_OK;
}

enum dk_status dk_fleet_profile_find(struct dk_pipeline *pipeline,
                                     const struct dk_ledger_drop *drop,
                                     struct dk_fleet_profile *profile, struct dk_error *err)
{
    struct delivered delivered;
    struct dk_ledger_uses uses;
    struct dk_well well;
    *profile = (struct dk_fleet_profile){.folder = DK_WORKSPACE_PROFILE};
    if (!is_of_fleet(drop, &well))
        return DK_OK;
    DK_RETURN_IF_ERROR(find_delivered(pipeline, drop, &well, &delivered, err));
    if (!delivered.found)
        return DK_OK;
    if (!delivered.shared) {
        dk_fleet_profile_folder(&well, profile->folder);
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(dk_ledger_file_uses(pipeline->store, &delivered.file, &uses, err));
    profile->is_new = uses.drops > uses.duplicates;
    return is_needed(pipeline, drop->drop_id, &delivered.file, &profile->stays, err);
}
