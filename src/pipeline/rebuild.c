#include "pipeline/rebuild.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/manifest.h"
#include "archive/record.h"
#include "base/file.h"
#include "exported_file.h"
#include "guard.h"
#include "input/name.h"
#include "pipeline/corrections.h"
#include "rebuild_check.h"
#include "rebuild_incomplete.h"
#include "restored_bursts.h"
#include "set_aside.h"

#define PATH_BYTES 2048

/* A rebuild under way. */
struct rebuilding {
    struct dk_pipeline *pipeline;
    const struct dk_settings *settings; /* the workspace's own */
    struct dk_evidence evidence;
    struct dk_archived_drop *drops; /* [evidence.folder_count], owned */
    struct dk_rebuilt *result;
    char aside[DK_ASIDE_MAX]; /* where the export before is; "": it stayed */
};

/* --- one drop ------------------------------------------------------------------------------- */

static struct dk_archived_list list_of(const struct rebuilding *rebuilding)
{
    return (struct dk_archived_list){rebuilding->drops, rebuilding->evidence.folder_count};
}

/* Of a history some cohorts may have been chosen: those from the first to the last that were its
 * own. Others in between were there already, or came later; so they do again. */
static void choose_cohorts(const struct rebuilding *rebuilding, const struct dk_archived_drop *drop,
                           struct dk_settings *settings)
{
    const struct dk_archived_drop *original = dk_archived_find(
        rebuilding->drops, rebuilding->evidence.folder_count, drop->record.duplicate_of);
    const struct dk_record *record = original ? &original->record : &drop->record;
    settings->cohort_first = settings->cohort_last = settings->input.cohort;
    if (dk_columns_are_one_cohort(settings->input.columns)) {
        settings->cohort_given = true;
        return;
    }
    settings->cohort_given = record->cohort_count > 0;
    for (size_t i = 0; i < record->cohort_count; i++) {
        int cohort = record->cohorts[i].cohort;
        if (i == 0 || cohort < settings->cohort_first)
            settings->cohort_first = cohort;
        if (i == 0 || cohort > settings->cohort_last)
            settings->cohort_last = cohort;
    }
}

/* The settings that the drop was loaded with. What was insisted on then is not asked again. */
static enum dk_status make_settings(const struct rebuilding *rebuilding,
                                    const struct dk_archived_drop *drop,
                                    struct dk_settings *settings, struct dk_error *err)
{
    *settings = *rebuilding->settings;
    settings->replace = settings->future = settings->gap = true;
    settings->allow_out_of_range = true;
    settings->input.allow_open_end = true;
    settings->quarantine_max =
        (struct dk_quarantine_max){.percent = true, .number = dk_decimal_pack(100, 0)};
    if (!drop->recorded) {
        dk_observer_notice(rebuilding->pipeline->observer, DK_LEVEL_NOTICE,
                           "'%s' was archived by an earlier derrick, without its settings: using "
                           "the workspace's",
                           drop->folder->path);
        return DK_OK;
    }
    settings->input.quarantine = drop->record.quarantine;
    settings->input.allow_missing = drop->record.allow_missing;
    settings->site_given = true; /* by the record: a drop may be in the folder of another rig's */
    enum dk_status status = dk_input_settings_parse(drop->record.settings, &settings->input, err);
    choose_cohorts(rebuilding, drop, settings);
    return status;
}

static enum dk_status open_drop(const struct rebuilding *rebuilding,
                                const struct dk_archived_drop *drop, struct dk_drop *out,
                                struct dk_error *err)
{
    enum dk_status status =
        dk_drop_open(out, drop->path, drop->folder->path, rebuilding->pipeline->observer, err);
    if (status != DK_OK || dk_drop_sensor_count(out) > 0)
        return status;
    dk_error_set(err, DK_ERR_DATA, "no sensor file in '%s'", drop->path);
    dk_error_hint(err, "restore the folder from a copy of the archive");
    return DK_ERR_DATA;
}

/* Whether all that is loaded of the drop's rigs came from this archive, so that a drop may replace
 * it, as it did before. */
static enum dk_status is_ours(const struct rebuilding *rebuilding,
                              const struct dk_readings *readings, bool *ours, struct dk_error *err)
{
    struct dk_store_series *list = NULL;
    size_t count = 0;
    *ours = true;
    const struct dk_store_filter all = {0};
    struct dk_store *store = rebuilding->pipeline->store;
    int64_t known = 0; /* the drop that was found to be ours last */
    enum dk_status status = dk_store_list(store, &all, &list, &count, err);
    for (size_t i = 0; status == DK_OK && *ours && i < count; i++) {
        struct dk_ledger_drop drop;
        bool same_site = strcmp(list[i].series.well.site, readings->series[0].well.site) == 0;
        if (!same_site || list[i].drop_id == known)
            continue;
        status = dk_ledger_drop_get(store, list[i].drop_id, &drop, err);
        if (status == DK_OK)
            *ours = dk_archived_find(rebuilding->drops, rebuilding->evidence.folder_count,
                                     drop.archive_folder) != NULL;
        known = list[i].drop_id;
    }
    free(list);
    return status;
}

/* Loads it; a drop that contradicts what is loaded replaced it before, and does so again. */
static enum dk_status load(const struct rebuilding *rebuilding, struct dk_settings *settings,
                           struct dk_intake *intake, struct dk_load_result *result,
                           struct dk_error *err)
{
    struct dk_pipeline *pipeline = rebuilding->pipeline;
    bool ours = false;
    settings->replace = false;
    enum dk_status status = dk_pipeline_load(pipeline, intake, result, err);
    if (status != DK_ERR_REFUSED || is_ours(rebuilding, &intake->readings, &ours, NULL) != DK_OK ||
        !ours)
        return status;
    dk_error_reset(err);
    settings->replace = true;
    return dk_pipeline_load(pipeline, intake, result, err);
}

/* The row that a duplicate has already, where the rebuild before was interrupted; 0: none. */
static enum dk_status find_row(struct dk_pipeline *pipeline, int64_t original, const char *path,
                               int64_t *drop_id, struct dk_error *err)
{
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    *drop_id = 0;
    enum dk_status status = dk_ledger_pending(pipeline->store, &pending, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        if (pending[i].duplicate_of == original && strcmp(pending[i].source, path) == 0)
            *drop_id = pending[i].drop_id;
    free(pending);
    return status;
}

/* The ledger's row of the drop: the one that was loaded now or, if its contents were loaded before,
 * one of its own. */
static enum dk_status find_drop_id(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                   const struct dk_load_result *loaded, int64_t *drop_id,
                                   struct dk_error *err)
{
    struct dk_ledger_drop original;
    *drop_id = loaded->drop_id;
    if (loaded->outcome == DK_LOAD_DONE)
        return DK_OK;
    enum dk_status status = dk_ledger_drop_get(pipeline->store, loaded->drop_id, &original, err);
    if (status != DK_OK || original.archive_folder[0] == '\0')
        return status;
    status = find_row(pipeline, loaded->drop_id, intake->drop.path, drop_id, err);
    if (status != DK_OK || *drop_id != 0)
        return status;
    const struct dk_ledger_duplicate duplicate = {.run_id = pipeline->run_id,
                                                  .original = loaded->drop_id,
                                                  .drop = &intake->drop,
                                                  .settings = intake->settings};
    return dk_ledger_drop_duplicate(pipeline->store, &duplicate, drop_id, err);
}

/* Notes a file that is in the folder, under its name and hash there. */
static enum dk_status note_file(struct dk_pipeline *pipeline, int64_t drop_id, int index,
                                const struct dk_drop_file *file, const char *folder,
                                struct dk_error *err)
{
    size_t size = strlen(folder);
    if (!file->name || file->inode == 0 || strncmp(file->path, folder, size) != 0 ||
        file->path[size] != '/')
        return DK_OK;
    return dk_ledger_file_stored(pipeline->store, drop_id, index, file->path + size + 1, file->hash,
                                 err);
}

/* Makes the drop an archived one again. Until the last step it is not known. */
static enum dk_status restore(struct dk_pipeline *pipeline, const struct dk_archived_drop *drop,
                              const struct dk_intake *intake, int64_t drop_id, struct dk_error *err)
{
    const char *folder = drop->folder->path;
    for (int i = 0; i < DK_DROP_FILES; i++)
        DK_RETURN_IF_ERROR(note_file(pipeline, drop_id, i, &intake->drop.files[i], folder, err));
    if (intake->drop.is_archive)
        DK_RETURN_IF_ERROR(
            note_file(pipeline, drop_id, DK_DROP_FILES, &intake->drop.archive, folder, err));
    const struct dk_ledger_restored restored = {
        .run_id = drop->run_is_own ? drop->run_id : pipeline->run_id,
        .source = drop->recorded ? drop->record.source : drop->path,
        .loaded_at = drop->loaded_at,
        .archive_folder = folder,
    };
    return dk_ledger_drop_restore(pipeline->store, drop_id, &restored, err);
}

/* The drop of the ledger that has this folder; 0: none. */
static int64_t find_place(const char *folder, const struct dk_ledger_place *places, size_t count)
{
    int64_t drop_id = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(places[i].folder, folder) == 0)
            drop_id = places[i].drop_id;
    return drop_id;
}

static enum dk_status find_by_folder(struct dk_pipeline *pipeline, const char *folder,
                                     int64_t *drop_id, struct dk_error *err)
{
    struct dk_ledger_place *places = NULL;
    size_t count = 0;
    enum dk_status status = dk_ledger_places(pipeline->store, &places, &count, err);
    *drop_id = find_place(folder, places, count);
    free(places);
    return status;
}

/* Takes out one cohort that the note names, under the number of the run that did so before, where
 * that is restored. */
static enum dk_status unload_one(const struct rebuilding *rebuilding,
                                 const struct dk_ledger_unloaded *noted,
                                 const struct dk_store_series *series, struct dk_error *err)
{
    struct dk_pipeline *pipeline = rebuilding->pipeline;
    char rig[DK_RIG_NAME_MAX];
    bool own = false;
    DK_RETURN_IF_ERROR(dk_ledger_run_restore(pipeline->store, noted->run_id, noted->at, &own, err));
    const struct dk_unload unload = {
        .run_id = own ? noted->run_id : pipeline->run_id, .list = series, .count = 1};
    DK_RETURN_IF_ERROR(dk_store_unload(pipeline->store, &unload, err));
    dk_well_rig_name(&series->series.well, rig);
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "left out cohort %d of %s, which run %lld unloaded on %.10s",
                       series->series.cohort, rig, (long long)noted->run_id, noted->at);
    rebuilding->result->unloaded++;
    return DK_OK;
}

static bool is_recorded(const struct dk_archived_drop *drop, const struct dk_series *series)
{
    for (size_t i = 0; i < drop->record.cohort_count; i++)
        if (drop->record.cohorts[i].cohort == series->cohort &&
            dk_well_compare(&drop->record.cohorts[i].well, &series->well) == 0)
            return true;
    return false;
}

/* Whether the records say that some drop loaded a cohort, and the notes don't say that it was
 * unloaded. */
static bool is_claimed(const struct rebuilding *rebuilding, const struct dk_series *series)
{
    for (size_t i = 0; i < rebuilding->evidence.folder_count; i++) {
        const struct dk_archived_drop *drop = &rebuilding->drops[i];
        if (is_recorded(drop, series) &&
            !dk_unloaded_note_find(&drop->unloaded, &series->well, series->cohort))
            return true;
    }
    return false;
}

/* What the notes say of a cohort that a drop has in the database; NULL: nothing, it stays. A drop
 * that was delivered again loaded only what was missing then. If it is loaded now, it also brings
 * back what its record lacks, which was another drop's: that one's note decides. If it was loaded
 * by a rebuild before, that cohort stays where a later drop loaded it again. */
static const struct dk_ledger_unloaded *find_note(const struct rebuilding *rebuilding,
                                                  const struct dk_archived_drop *drop,
                                                  const struct dk_series *series, bool loaded_now)
{
    const struct dk_ledger_unloaded *noted =
        dk_unloaded_note_find(&drop->unloaded, &series->well, series->cohort);
    bool others = drop->recorded && !is_recorded(drop, series) &&
                  (loaded_now || !is_claimed(rebuilding, series));
    for (size_t i = 0; others && !noted && i < rebuilding->evidence.folder_count; i++)
        noted =
            dk_unloaded_note_find(&rebuilding->drops[i].unloaded, &series->well, series->cohort);
    return noted;
}

/* Takes out again what the notes say was unloaded of a drop. They may be newer than the database:
 * this is so for a drop that the ledger knows, too. */
static enum dk_status unload_again(const struct rebuilding *rebuilding,
                                   const struct dk_archived_drop *drop, int64_t drop_id,
                                   bool loaded_now, struct dk_error *err)
{
    struct dk_store *store = rebuilding->pipeline->store;
    const struct dk_store_filter filter = {.drop_id = drop_id};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    if (drop_id == 0)
        return DK_OK;
    enum dk_status status = dk_store_list(store, &filter, &list, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        const struct dk_ledger_unloaded *noted =
            find_note(rebuilding, drop, &list[i].series, loaded_now);
        if (noted)
            status = unload_one(rebuilding, noted, &list[i], err);
    }
    free(list);
    if (status != DK_OK || drop->unloaded.count == 0)
        return status;
    return dk_ledger_noted(store, err); /* the notes are there */
}

/* Reads the drop's cohorts, and those that it has of incomplete folders. */
static enum dk_status read_cohorts(const struct rebuilding *rebuilding,
                                   struct dk_settings *settings, struct dk_intake *intake,
                                   struct dk_error *err)
{
    const struct dk_archived_list archive = list_of(rebuilding);
    int first = settings->cohort_first;
    int last = settings->cohort_last;
    bool chosen = settings->cohort_given && !dk_columns_are_one_cohort(settings->input.columns);
    if (chosen)
        dk_incomplete_choose(&archive, settings);
    DK_RETURN_IF_ERROR(dk_intake_read(rebuilding->pipeline, intake, DK_INTAKE_LOAD, NULL, err));
    return chosen ? dk_incomplete_keep(&archive, first, last, &intake->readings, err) : DK_OK;
}

static enum dk_status rebuild_inner(struct rebuilding *rebuilding,
                                    const struct dk_archived_drop *drop,
                                    struct dk_settings *settings, struct dk_intake *intake,
                                    struct dk_error *err)
{
    struct dk_pipeline *pipeline = rebuilding->pipeline;
    struct dk_load_result loaded = {0};
    int64_t drop_id = 0;
    DK_RETURN_IF_ERROR(open_drop(rebuilding, drop, &intake->drop, err));
    DK_RETURN_IF_ERROR(dk_intake_resolve(pipeline, intake, err));
    DK_RETURN_IF_ERROR(read_cohorts(rebuilding, settings, intake, err));
    DK_RETURN_IF_ERROR(dk_archived_compare(drop, intake, &rebuilding->result->cohorts, err));
    DK_RETURN_IF_ERROR(load(rebuilding, settings, intake, &loaded, err));
    DK_RETURN_IF_ERROR(find_drop_id(pipeline, intake, &loaded, &drop_id, err));
    DK_RETURN_IF_ERROR(restore(pipeline, drop, intake, drop_id, err));
    return unload_again(rebuilding, drop, drop_id, true, err);
}

/* Continues without an incomplete folder, which could not be loaded. */
static enum dk_status pass_over(const struct rebuilding *rebuilding,
                                const struct dk_archived_drop *drop, struct dk_error *err)
{
    struct dk_error why = {0};
    if (err)
        why = *err;
    dk_error_reset(err);
    return dk_incomplete_record(rebuilding->pipeline, drop, &why, err);
}

static enum dk_status rebuild_drop(struct rebuilding *rebuilding,
                                   const struct dk_archived_drop *drop, struct dk_error *err)
{
    struct dk_intake intake = {0};
    struct dk_settings settings;
    enum dk_status status = make_settings(rebuilding, drop, &settings, err);
    if (status == DK_OK) {
        rebuilding->pipeline->settings = &settings;
        status = rebuild_inner(rebuilding, drop, &settings, &intake, err);
        rebuilding->pipeline->settings = rebuilding->settings;
    }
    dk_intake_reset(&intake);
    if (status == DK_ERR_DATA && drop->record.incomplete)
        return pass_over(rebuilding, drop, err);
    if (status == DK_OK)
        rebuilding->result->loaded++;
    else
        dk_error_prefix(err, "%s", drop->folder->path);
    return status;
}

/* --- all of them ---------------------------------------------------------------------------- */

/* Old runs get their numbers back before this one takes one, so that later runs number on. */
static enum dk_status restore_runs(struct rebuilding *rebuilding, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < rebuilding->evidence.folder_count; i++) {
        struct dk_archived_drop *drop = &rebuilding->drops[i];
        bool own = false;
        status = dk_ledger_run_restore(rebuilding->pipeline->store, drop->run_id, drop->loaded_at,
                                       &drop->run_is_own, err);
        if (status == DK_OK && drop->folder->run != drop->run_id)
            status = dk_ledger_run_restore(rebuilding->pipeline->store, drop->folder->run,
                                           drop->loaded_at, &own, err);
        for (size_t k = 0; status == DK_OK && k < drop->unloaded.count; k++)
            status =
                dk_ledger_run_restore(rebuilding->pipeline->store, drop->unloaded.list[k].run_id,
                                      drop->unloaded.list[k].at, &own, err);
    }
    return status;
}

static enum dk_status rebuild_drops(struct rebuilding *rebuilding, struct dk_error *err)
{
    struct dk_pipeline *pipeline = rebuilding->pipeline;
    struct dk_ledger_place *places = NULL;
    size_t count = 0;
    size_t all = rebuilding->evidence.folder_count;
    dk_observer_progress(pipeline->observer, "rebuild", 0, all, "drops");
    enum dk_status status = dk_ledger_places(pipeline->store, &places, &count, err);
    for (size_t i = 0; status == DK_OK && i < all; i++) {
        if (!dk_guard_is_known(&rebuilding->evidence.folders[i], places, count))
            status = rebuild_drop(rebuilding, &rebuilding->drops[i], err);
        else
            status = unload_again(rebuilding, &rebuilding->drops[i],
                                  find_place(rebuilding->drops[i].folder->path, places, count),
                                  false, err);
        dk_observer_progress(pipeline->observer, "rebuild", i + 1, all, "drops");
    }
    free(places);
    return status;
}

/* Gives the cells of a drop the values that somebody gave them before, as its folder lists them. */
static enum dk_status correct_drop(struct rebuilding *rebuilding, const char *folder,
                                   struct dk_error *err)
{
    char path[PATH_BYTES];
    struct dk_corrected corrected;
    const struct dk_correction_list list = {.path = path, .folder = folder};
    snprintf(path, sizeof(path), "%s/%s", folder, DK_CORRECTIONS_FILE);
    if (!dk_path_exists(path))
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_pipeline_correct(rebuilding->pipeline, &list, &corrected, err));
    if (corrected.cells > 0)
        dk_observer_notice(rebuilding->pipeline->observer, DK_LEVEL_NOTICE,
                           "%zu corrected cell%s of '%s' %s again", corrected.cells,
                           corrected.cells == 1 ? "" : "s", path,
                           corrected.cells == 1 ? "is loaded" : "are loaded");
    return DK_OK;
}

/* After all drops, because a list is about cohorts that its drop still owns. */
static enum dk_status correct_drops(struct rebuilding *rebuilding, struct dk_error *err)
{
    for (size_t i = 0; i < rebuilding->evidence.folder_count; i++)
        DK_RETURN_IF_ERROR(correct_drop(rebuilding, rebuilding->evidence.folders[i].path, err));
    return dk_pipeline_keep_corrections(rebuilding->pipeline, err);
}

/* The hash that the export has now, without writing it. */
static enum dk_status hash_export(struct rebuilding *rebuilding, char hex[DK_HASH_HEX_MAX],
                                  struct dk_error *err)
{
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL,
                                                .threads = rebuilding->settings->threads};
    struct dk_export_result result = {0};
    struct dk_hash hash = {0};
    struct dk_sink sink = dk_archived_hasher(&hash);
    const struct dk_output output = {.settings = &settings, .sink = &sink};
    enum dk_status status = dk_hash_init(&hash, err);
    if (status == DK_OK)
        status = dk_pipeline_export(rebuilding->pipeline, &output, &result, err);
    if (status == DK_OK)
        status = dk_hash_finish(&hash, hex, err);
    dk_hash_reset(&hash);
    return status;
}

/* An export that differs is kept: it may hold a drop that was loaded and never archived. */
static enum dk_status compare_export(struct rebuilding *rebuilding, struct dk_error *err)
{
    char before[DK_HASH_HEX_MAX];
    char now[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(dk_hash_file(DK_CURRENT_CSV, before, NULL, err));
    DK_RETURN_IF_ERROR(hash_export(rebuilding, now, err));
    rebuilding->result->same_export = strcmp(before, now) == 0;
    if (rebuilding->result->same_export)
        return DK_OK;
    dk_observer_notice(rebuilding->pipeline->observer, DK_LEVEL_WARNING,
                       "the export of the archive's drops is not the one that is in '%s': a drop "
                       "may have been loaded and not archived yet",
                       DK_WORKSPACE_S3);
    return dk_set_aside_export(rebuilding->pipeline, rebuilding->aside, err);
}

/* Records the samples and features in aws_s3/ again that were made of the drops. After corrections,
 * because files that were made before them are of other values. */
static enum dk_status restore_bursts(struct rebuilding *rebuilding, struct dk_error *err)
{
    struct dk_pipeline *pipeline = rebuilding->pipeline;
    size_t count = 0;
    for (size_t i = 0; i < rebuilding->evidence.folder_count; i++) {
        const char *folder = rebuilding->evidence.folders[i].path;
        int64_t drop_id = 0;
        DK_RETURN_IF_ERROR(find_by_folder(pipeline, folder, &drop_id, err));
        const struct dk_restored_bursts restoring = {pipeline, drop_id, folder, rebuilding->aside};
        if (drop_id != 0)
            DK_RETURN_IF_ERROR(dk_restored_bursts_record(&restoring, &count, err));
    }
    if (count > 0)
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                           "found %zu file%s of samples and features in '%s', as the archive "
                           "records %s",
                           count, count == 1 ? "" : "s", DK_WORKSPACE_S3,
                           count == 1 ? "it" : "them");
    return DK_OK;
}

static enum dk_status export_all(struct rebuilding *rebuilding, struct dk_error *err)
{
    bool fresh = false;
    bool empty = false;
    DK_RETURN_IF_ERROR(dk_store_is_empty(rebuilding->pipeline->store, &empty, err));
    if (empty)
        return DK_OK;
    if (rebuilding->evidence.exported)
        DK_RETURN_IF_ERROR(compare_export(rebuilding, err));
    DK_RETURN_IF_ERROR(restore_bursts(rebuilding, err));
    return dk_pipeline_export_current(rebuilding->pipeline, &rebuilding->result->export, &fresh,
                                      err);
}

static enum dk_status rebuild(struct rebuilding *rebuilding, struct dk_error *err)
{
    struct dk_pipeline *pipeline = rebuilding->pipeline;
    size_t count = rebuilding->evidence.folder_count;
    DK_RETURN_IF_ERROR(
        dk_archived_read(rebuilding->evidence.folders, count, &rebuilding->drops, err));
    DK_RETURN_IF_ERROR(restore_runs(rebuilding, err));
    dk_pipeline_name_actor(pipeline);
    DK_RETURN_IF_ERROR(dk_ledger_run_begin(pipeline->store, "init", &pipeline->run_id, err));
    DK_RETURN_IF_ERROR(rebuild_drops(rebuilding, err));
    DK_RETURN_IF_ERROR(
        dk_archived_verify(pipeline, rebuilding->drops, count, &rebuilding->result->lost, err));
    DK_RETURN_IF_ERROR(correct_drops(rebuilding, err));
    return export_all(rebuilding, err);
}

enum dk_status dk_rebuild_check(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct dk_evidence evidence;
    struct dk_archived_drop *drops = NULL;
    enum dk_status status = dk_evidence_find(&evidence, err);
    if (status == DK_OK && evidence.folder_count == 0) {
        status = dk_error_set(err, DK_ERR_STORE,
                              "there is no archived drop in '%s' to rebuild '%s' from",
                              DK_WORKSPACE_ARCHIVE, pipeline->settings->store.url);
        dk_error_hint(err, "restore the archive, or the database, from a backup");
    }
    if (status == DK_OK)
        status = dk_archived_read(evidence.folders, evidence.folder_count, &drops, err);
    dk_archived_free(drops, evidence.folder_count);
    dk_evidence_reset(&evidence);
    return status;
}

enum dk_status dk_pipeline_rebuild(struct dk_pipeline *pipeline, struct dk_rebuilt *result,
                                   struct dk_error *err)
{
    struct rebuilding rebuilding = {
        .pipeline = pipeline, .settings = pipeline->settings, .result = result};
    *result = (struct dk_rebuilt){0};
    DK_RETURN_IF_ERROR(dk_evidence_find(&rebuilding.evidence, err));
    result->drops = rebuilding.evidence.folder_count;
    enum dk_status status = rebuild(&rebuilding, err);
    dk_archived_free(rebuilding.drops, rebuilding.evidence.folder_count);
    dk_evidence_reset(&rebuilding.evidence);
    return status;
}
