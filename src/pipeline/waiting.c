/* waiting: what in logs/ looks like a delivery and is not loaded. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pipeline/fleet.h"
#include "pipeline/pipeline.h"

struct looking {
    struct dk_pipeline *pipeline;
    enum dk_status status;
    struct dk_error *err;
    struct dk_delivery *found;
    struct dk_ledger_file *known; /* files of drops that are loaded, and not archived yet */
    size_t known_count;
};

static enum dk_status list_known(struct dk_pipeline *pipeline, struct looking *looking,
                                 struct dk_error *err)
{
    struct dk_ledger_drop *drops = NULL;
    size_t drop_count = 0;
    if (!pipeline->store)
        return DK_OK;
    enum dk_status status = dk_pipeline_pending(pipeline, &drops, &drop_count, err);
    for (size_t i = 0; status == DK_OK && i < drop_count; i++) {
        struct dk_ledger_file *files = NULL;
        size_t count = 0;
        status = dk_ledger_files(pipeline->store, drops[i].drop_id, &files, &count, err);
        if (status == DK_OK && count > 0) {
            struct dk_ledger_file *grown =
                reallocarray(looking->known, looking->known_count + count, sizeof(*looking->known));
            if (grown) {
                memcpy(grown + looking->known_count, files, count * sizeof(*files));
                looking->known = grown;
                looking->known_count += count;
            } else {
                status = dk_error_set(err, DK_ERR_NOMEM, "out of memory to look into logs/");
            }
        }
        free(files);
    }
    free(drops);
    return status;
}

/* Whether it is a fleet's profile that a drop which is loaded was read with: then it waits for the
 * other sites, and is not a delivery. */
static enum dk_status is_used_profile(struct dk_pipeline *pipeline,
                                      const struct dk_delivery_item *item, bool *used,
                                      struct dk_error *err)
{
    struct dk_ledger_uses uses = {0};
    *used = false;
    if (!pipeline->store || pipeline->settings->input.columns != DK_COLUMNS_WELLS ||
        !dk_fleet_is_shared_profile(item))
        return DK_OK;
    struct dk_ledger_file file = {.file = DK_DROP_PROFILE,
                                  .size_bytes = (uint64_t)item->info->st_size,
                                  .device = item->info->st_dev,
                                  .inode = item->info->st_ino,
                                  .mtime_ns = dk_time_ns(item->info->st_mtim)};
    dk_text_format(file.path, sizeof(file.path), "%s", item->path);
    DK_RETURN_IF_ERROR(dk_ledger_file_uses(pipeline->store, &file, &uses, err));
    *used = uses.drops > 0;
    return DK_OK;
}

static void look_at(void *context, const struct dk_delivery_item *item)
{
    struct looking *looking = context;
    bool used = false;
    for (size_t i = 0; i < looking->known_count; i++) {
        const struct dk_ledger_file *known = &looking->known[i];
        if (known->inode == item->info->st_ino && known->device == item->info->st_dev &&
            known->size_bytes == (uint64_t)item->info->st_size &&
            known->mtime_ns == dk_time_ns(item->info->st_mtim))
            return;
    }
    if (looking->status == DK_OK)
        looking->status = is_used_profile(looking->pipeline, item, &used, looking->err);
    if (!used)
        dk_delivery_add(looking->found, item);
}

enum dk_status dk_pipeline_waiting(struct dk_pipeline *pipeline, struct dk_delivery *found,
                                   struct dk_error *err)
{
    struct looking looking = {.pipeline = pipeline, .found = found, .err = err};
    *found = (struct dk_delivery){0};
    enum dk_status status = list_known(pipeline, &looking, err);
    if (status == DK_OK)
        status = dk_delivery_walk(DK_WORKSPACE_LOGS, pipeline->settings->input.ignore, look_at,
                                  &looking, err);
    free(looking.known);
    return status == DK_OK ? looking.status : status;
}

static enum dk_status refuse(const struct dk_pipeline *pipeline, const struct dk_delivery *found,
                             struct dk_error *err)
{
    dk_error_set(
        err, DK_ERR_DATA,
        "nothing in '%s' can be read, but %zu file%s look%s like a delivery: '%s' %s; derrick "
        "expects PS1.txt, PS2.txt, ... and profile.txt in '%s' or one folder below, or a zip or a "
        "tar of them",
        DK_WORKSPACE_LOGS, found->count, found->count == 1 ? "" : "s", found->count == 1 ? "s" : "",
        found->first, dk_delivery_reason(found->kind), DK_WORKSPACE_LOGS);
    dk_error_hint(err, "%s", dk_delivery_hint(found->kind, pipeline->settings->input.columns));
    return DK_ERR_DATA;
}

static void warn(const struct dk_pipeline *pipeline, const struct dk_delivery *found)
{
    bool one = found->unread == 1;
    dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                       "%zu file%s in '%s' %s not read: '%s' %s", found->unread, one ? "" : "s",
                       DK_WORKSPACE_LOGS, one ? "was" : "were", found->first,
                       dk_delivery_reason(found->kind));
}

static void note_foreign(const struct dk_pipeline *pipeline, const struct dk_delivery *found)
{
    bool one = found->foreign == 1;
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "%zu file%s in '%s' %s not part of a drop, such as '%s': ignored",
                       found->foreign, one ? "" : "s", DK_WORKSPACE_LOGS, one ? "is" : "are",
                       found->first_foreign);
}

static void note_hidden(const struct dk_pipeline *pipeline, const struct dk_delivery *found)
{
    if (found->first_hidden[0])
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                           "'%s' is in a hidden folder, and derrick does not read those; if it is "
                           "a delivery, rename the folder",
                           found->first_hidden);
}

enum dk_status dk_pipeline_check_unread(struct dk_pipeline *pipeline, bool drop_found,
                                        struct dk_error *err)
{
    struct dk_delivery found;
    enum dk_status status = dk_pipeline_waiting(pipeline, &found, drop_found ? NULL : err);
    if (status == DK_OK)
        note_hidden(pipeline, &found);
    if (drop_found) {
        if (status == DK_OK && found.unread > 0)
            warn(pipeline, &found);
        return DK_OK; /* the drop is loaded, whatever is left there */
    }
    if (status == DK_OK && found.count > 0)
        return refuse(pipeline, &found, err);
    if (status == DK_OK && found.foreign > 0)
        note_foreign(pipeline, &found);
    return status;
}
