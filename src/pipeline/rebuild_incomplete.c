#include "rebuild_incomplete.h"

#include <stdlib.h>
#include <string.h>

/* What the newest incomplete folder that loaded a cohort recorded of it; NULL: none did, or it was
 * unloaded. */
static const struct dk_record_cohort *find_cohort(const struct dk_archived_list *archive,
                                                  const struct dk_well *well, int cohort)
{
    for (size_t i = archive->count; i-- > 0;) {
        const struct dk_archived_drop *drop = &archive->drops[i];
        if (!drop->record.incomplete || dk_unloaded_note_find(&drop->unloaded, well, cohort))
            continue;
        for (size_t k = 0; k < drop->record.cohort_count; k++) {
            const struct dk_record_cohort *found = &drop->record.cohorts[k];
            if (found->cohort == cohort && dk_well_compare(&found->well, well) == 0)
                return found;
        }
    }
    return NULL;
}

void dk_incomplete_choose(const struct dk_archived_list *archive, struct dk_settings *settings)
{
    for (int cohort = 1; settings->cohort_given && cohort <= settings->input.cohorts; cohort++) {
        if (!find_cohort(archive, &settings->input.well, cohort))
            continue;
        if (cohort < settings->cohort_first)
            settings->cohort_first = cohort;
        if (cohort > settings->cohort_last)
            settings->cohort_last = cohort;
    }
}

static enum dk_status is_wanted(const struct dk_archived_list *archive,
                                const struct dk_readings *readings, size_t index, bool *wanted,
                                struct dk_error *err)
{
    const struct dk_series *series = &readings->series[index];
    const struct dk_record_cohort *found = find_cohort(archive, &series->well, series->cohort);
    char hash[DK_HASH_HEX_MAX];
    *wanted = false;
    if (!found)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_readings_series_hash(readings, index, hash, err));
    *wanted = strcmp(hash, found->hash) == 0;
    return DK_OK;
}

enum dk_status dk_incomplete_keep(const struct dk_archived_list *archive, int first, int last,
                                  struct dk_readings *readings, struct dk_error *err)
{
    bool *keep = calloc(readings->series_count, sizeof(*keep));
    enum dk_status status = DK_OK;
    size_t kept = 0;
    if (!keep)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu series",
                            readings->series_count);
    for (size_t i = 0; status == DK_OK && i < readings->series_count; i++) {
        keep[i] = readings->series[i].cohort >= first && readings->series[i].cohort <= last;
        if (!keep[i])
            status = is_wanted(archive, readings, i, &keep[i], err);
        kept += keep[i];
    }
    if (status == DK_OK && kept > 0 && kept < readings->series_count)
        dk_readings_keep(readings, keep);
    free(keep);
    return status;
}

/* The row that an interrupted rebuild made of the folder; 0: none. */
static enum dk_status find_row(struct dk_pipeline *pipeline, const char *folder, int64_t *drop_id,
                               struct dk_error *err)
{
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    *drop_id = 0;
    enum dk_status status = dk_ledger_pending(pipeline->store, &pending, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        if (strcmp(pending[i].source, folder) == 0)
            *drop_id = pending[i].drop_id;
    free(pending);
    return status;
}

enum dk_status dk_incomplete_record(struct dk_pipeline *pipeline,
                                    const struct dk_archived_drop *drop, const struct dk_error *why,
                                    struct dk_error *err)
{
    const char *folder = drop->folder->path;
    int64_t drop_id = 0;
    struct dk_drop empty = {.path = (char *)folder};
    dk_text_format(empty.content_hash, sizeof(empty.content_hash), "%s", drop->record.content_hash);
    const struct dk_ledger_duplicate row = {
        .run_id = pipeline->run_id, .drop = &empty, .settings = drop->record.settings};
    const struct dk_ledger_restored restored = {
        .run_id = drop->run_is_own ? drop->run_id : pipeline->run_id,
        .source = drop->record.source,
        .loaded_at = drop->loaded_at,
        .archive_folder = folder,
    };
    dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                       "'%s' was incomplete from the beginning, so it can't be loaded: %s", folder,
                       why->message);
    DK_RETURN_IF_ERROR(find_row(pipeline, folder, &drop_id, err));
    if (drop_id == 0)
        DK_RETURN_IF_ERROR(dk_ledger_drop_duplicate(pipeline->store, &row, &drop_id, err));
    return dk_ledger_drop_restore(pipeline->store, drop_id, &restored, err);
}
