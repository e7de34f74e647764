/*
 * run: check, load, export, report, upload, archive, in this order, each only if the ledger does not say
 * that it is done. Wherever an earlier run was interrupted, this one resumes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "burst_files.h"
#include "current_report.h"
#include "exported_file.h"
#include "partition.h"
#include "pipeline/pipeline.h"
#include "stale.h"
#include "syncing.h"

/* Whether a row of the ledger is the very file that is there now. */
static bool is_file(const struct dk_ledger_file *row, const struct dk_drop_file *file)
{
    return file->path && strcmp(row->path, file->path) == 0 &&
           row->size_bytes == file->size_bytes && row->inode == file->inode &&
           row->device == file->device && row->mtime_ns == file->mtime_ns &&
           row->ctime_ns == file->ctime_ns && file->inode != 0;
}

/* Whether a file of the drop is a file on disk: members of an archive are not, but the profile beside
 * the archive is. */
static bool is_on_disk(const struct dk_drop_file *file)
{
    return file->name && file->inode != 0;
}

/* Whether the drop is, file by file, this one of the ledger: each of its files is the one that was
 * loaded, and none of those is absent. */
static enum dk_status is_drop(struct dk_pipeline *pipeline, const struct dk_ledger_drop *known,
                              const struct dk_drop *drop, bool *same, struct dk_error *err)
{
    struct dk_ledger_file *rows = NULL;
    size_t count = 0;
    size_t matched = 0;
    size_t present = 0;
    size_t loaded = 0;
    *same = false;
    DK_RETURN_IF_ERROR(dk_ledger_files(pipeline->store, known->drop_id, &rows, &count, err));
    for (size_t i = 0; i < DK_DROP_FILES; i++)
        present += is_on_disk(&drop->files[i]);
    present += drop->is_archive;
    for (size_t i = 0; i < count; i++) {
        loaded += rows[i].inode != 0;
        if (rows[i].file == DK_DROP_FILES)
            matched += drop->is_archive && is_file(&rows[i], &drop->archive);
        else if (rows[i].file >= 0 && rows[i].file < DK_DROP_FILES)
            matched += is_file(&rows[i], &drop->files[rows[i].file]);
    }
    *same = present > 0 && matched == present && matched == loaded;
    free(rows);
    return DK_OK;
}

/* --- the settings that a drop was loaded under ---------------------------------------------- */

static bool is_word(const char *text, size_t size, const char *word)
{
    return size == strlen(word) && memcmp(text, word, size) == 0;
}

/* Whether a key of the loaded settings may have another value than the one that is set: the number
 * of a drop's one cohort, where the user gave none and the store gave it; and how many cohorts a
 * history would have, where the drop is none. */
static bool may_differ(const char *key, size_t key_size, const char *loaded, bool with_cohort)
{
    const char *value;
    size_t size = dk_input_settings_find(loaded, "columns", &value);
    if (is_word(key, key_size, "cohort"))
        return !with_cohort;
    return is_word(key, key_size, "cohorts") &&
           is_word(value, size, dk_columns_name(DK_COLUMNS_SAMPLES));
}

/* Whether every key of `text` has the same value in `other`, or may differ. */
static bool holds(const char *text, const char *other, const char *loaded, bool with_cohort)
{
    for (const char *at = text; *at; at += strspn(at, " ")) {
        char key[32];
        const char *value;
        size_t size = strcspn(at, " ");
        size_t key_size = strcspn(at, "= ");
        dk_text_format(key, sizeof(key), "%.*s", (int)key_size, at);
        size_t value_size = dk_input_settings_find(other, key, &value);
        bool equal =
            key_size + 1 + value_size == size && memcmp(at + key_size + 1, value, value_size) == 0;
        if (!equal && !may_differ(at, key_size, loaded, with_cohort))
            return false;
        at += size;
    }
    return true;
}

/* Whether a drop was loaded under these settings. */
static bool is_set(const char *loaded, const char *set, bool with_cohort)
{
    return holds(loaded, set, loaded, with_cohort) && holds(set, loaded, loaded, with_cohort);
}

/* Whether all cohorts that the user wants of the drop are loaded: of a history an earlier run may have
 * loaded some only. */
static enum dk_status is_covered(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                 bool *covered, struct dk_error *err)
{
    const struct dk_settings *settings = pipeline->settings;
    int first = settings->cohort_given ? settings->cohort_first : 1;
    int last = intake->input.cohorts;
    struct dk_store_series *list = NULL;
    size_t count = 0;
    *covered = true;
    if (dk_columns_are_one_cohort(intake->input.columns))
        return DK_OK;
    if (settings->cohort_given && settings->cohort_last < last)
        last = settings->cohort_last;
    const struct dk_store_filter filter = {
        .by_rig = true, .rig = intake->input.well, .cohort_first = first, .cohort_last = last};
    enum dk_status status = dk_store_list(pipeline->store, &filter, &list, &count, err);
    *covered = first <= last && count == (size_t)last - (size_t)first + 1;
    free(list);
    return status;
}

/* Whether the samples and features of its cohorts are there, as far as they are set: only another parse
 * could make them. */
static enum dk_status has_burst_files(struct dk_pipeline *pipeline,
                                      const struct dk_ledger_drop *known, bool *has,
                                      struct dk_error *err)
{
    int64_t drop_id = known->duplicate_of != 0 ? known->duplicate_of : known->drop_id;
    return dk_burst_files_are_complete(pipeline, drop_id, has, err);
}

/* Whether the drop is one that an earlier run loaded under the same settings and did not archive
 * yet: it need not be parsed again. With --replace it is
 * parsed: another drop may have replaced some of its cohorts since. */
static enum dk_status find_known(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                 struct dk_ledger_drop *known, bool *found, struct dk_error *err)
{
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    char settings[DK_SETTINGS_TEXT_MAX];
    bool with_cohort = pipeline->settings->cohort_given;
    *found = false;
    if (pipeline->settings->replace)
        return DK_OK;
    dk_input_settings_text(&intake->input, settings);
    enum dk_status status = dk_pipeline_pending(pipeline, &pending, &count, err);
    for (size_t i = 0; status == DK_OK && !*found && i < count; i++) {
        if (!is_set(pending[i].settings, settings, with_cohort))
            continue;
        status = is_drop(pipeline, &pending[i], &intake->drop, found, err);
        if (status == DK_OK && *found)
            status = is_covered(pipeline, intake, found, err);
        if (status == DK_OK && *found)
            status = has_burst_files(pipeline, &pending[i], found, err);
        if (status == DK_OK && *found)
            *known = pending[i];
    }
    free(pending);
    return status;
}

/* Whether a drop is left where it is: outside of the workspace, and in its archive. */
static bool stays(const char *path)
{
    size_t size = strlen(DK_WORKSPACE_ARCHIVE);
    return path[0] == '/' || (strncmp(path, DK_WORKSPACE_ARCHIVE, size) == 0 &&
                              (path[size] == '/' || path[size] == '\0'));
}

/* Whether a pending drop of the ledger is the one at its path: the one whose contents are loaded, or a
 * duplicate of it that an interrupted run noted. */
static bool is_noted(const struct dk_ledger_drop *pending, const struct dk_drop *drop,
                     const struct dk_load_result *load)
{
    if (strcmp(pending->source, drop->path) != 0 ||
        strcmp(pending->content_hash, drop->content_hash) != 0)
        return false;
    return pending->drop_id == load->drop_id || pending->duplicate_of == load->drop_id;
}

/* The contents are loaded already, and were delivered again: they get a row of their own, to be
 * archived as a duplicate, unless a pending drop is that duplicate. */
static enum dk_status note_duplicate(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                     const struct dk_load_result *load, struct dk_error *err)
{
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    bool is_pending = false;
    enum dk_status status = dk_pipeline_pending(pipeline, &pending, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        is_pending = is_pending || is_noted(&pending[i], &intake->drop, load);
    free(pending);
    if (status != DK_OK || is_pending || stays(intake->drop.path))
        return status;
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "'%s' is a duplicate of what run %lld loaded: archiving it",
                       intake->drop.path, (long long)load->drop_run_id);
    const struct dk_ledger_duplicate duplicate = {.run_id = pipeline->run_id,
                                                  .original = load->drop_id,
                                                  .drop = &intake->drop,
                                                  .settings = intake->settings};
    int64_t drop_id = 0;
    return dk_ledger_drop_duplicate(pipeline->store, &duplicate, &drop_id, err);
}

static enum dk_status read_and_load(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                    struct dk_run_result *result, struct dk_error *err)
{
    char name[32];
    snprintf(name, sizeof(name), "run%lld", (long long)pipeline->run_id);
    result->read = true;
    enum dk_status status = dk_burst_files_collect(pipeline, intake, err);
    if (status == DK_OK)
        status = dk_intake_read(pipeline, intake, DK_INTAKE_LOAD, name, err);
    if (status == DK_OK)
        status = dk_pipeline_load(pipeline, intake, &result->load, err);
    if (status == DK_OK)
        pipeline->in_memory = &intake->readings;
    if (status == DK_OK && result->load.outcome == DK_LOAD_ALREADY)
        status = note_duplicate(pipeline, intake, &result->load, err);
    if (status == DK_OK)
        status = dk_burst_files_write(pipeline, intake, &result->burst_files, err);
    return status;
}

static enum dk_status take_in(struct dk_pipeline *pipeline, const char *path,
                              struct dk_intake *intake, struct dk_syncing *syncing,
                              struct dk_run_result *result, struct dk_error *err)
{
    struct dk_ledger_drop known = {0};
    bool is_known = false;
    enum dk_status status = dk_intake_open(pipeline, path, intake, &result->found, err);
    if (status != DK_OK || !result->found)
        return status;
    dk_syncing_start(syncing, &intake->drop);
    DK_RETURN_IF_ERROR(find_known(pipeline, intake, &known, &is_known, err));
    if (!is_known)
        return read_and_load(pipeline, intake, result, err);
    result->load.outcome = DK_LOAD_ALREADY;
    result->load.drop_id = known.drop_id;
    result->load.drop_run_id = known.run_id;
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "run %lld has already loaded '%s': resuming from there",
                       (long long)known.run_id, intake->drop.path);
    return DK_OK;
}

/* Without S3, of the parts only those that are for people in aws_s3/ stay there. */
static enum dk_status remove_stale(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct dk_partition *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_partitions_write(pipeline, false, &list, &count, err);
    if (status == DK_OK)
        status = dk_stale_files_remove(pipeline, list, count, err);
    free(list);
    return status;
}

static enum dk_status publish(struct dk_pipeline *pipeline, struct dk_run_result *result,
                              struct dk_error *err)
{
    bool empty = false;
    bool current = false;
    DK_RETURN_IF_ERROR(dk_store_is_empty(pipeline->store, &empty, err));
    if (empty)
        return dk_store_find_foreign(pipeline->store, err);
    DK_RETURN_IF_ERROR(dk_burst_files_report(pipeline, err));
    DK_RETURN_IF_ERROR(
        dk_pipeline_export_current(pipeline, &result->export, &result->exported, err));
    dk_current_report_write(pipeline, &result->report);
    result->s3 = dk_pipeline_s3_configured(pipeline);
    if (!result->s3) {
        if (result->exported)
            dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                               "S3 is not configured, so nothing was uploaded");
        return remove_stale(pipeline, err);
    }
    DK_RETURN_IF_ERROR(dk_pipeline_upload_current(pipeline, &current, err));
    if (!current)
        DK_RETURN_IF_ERROR(dk_pipeline_upload(pipeline, &result->upload, err));
    dk_current_report_publish(pipeline, &result->upload);
    return DK_OK;
}

enum dk_status dk_pipeline_run(struct dk_pipeline *pipeline, const char *path,
                               struct dk_intake *intake, struct dk_run_result *result,
                               struct dk_error *err)
{
    *result = (struct dk_run_result){0};
    struct dk_archived finished = {0};
    struct dk_syncing syncing = {0};
    enum dk_status status = dk_pipeline_archive(pipeline, true, &finished, err);
    if (status == DK_OK)
        status = take_in(pipeline, path, intake, &syncing, result, err);
    if (status == DK_OK)
        status = publish(pipeline, result, err);
    pipeline->in_memory = NULL; /* it is the caller's */
    status = dk_syncing_finish(&syncing, status, err);
    if (status == DK_OK)
        status = dk_pipeline_archive(pipeline, false, &result->archived, err);
    if (status == DK_OK && result->archived.drops == 0)
        result->archived = finished;
    result->worked = result->read || result->exported ||
                     result->upload.sent + result->upload.removed > 0 || result->archived.drops > 0;
    return status;
}
