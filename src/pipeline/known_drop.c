#include "known_drop.h"

#include <stdlib.h>
#include <string.h>

#include "burst_files.h"

/* Whether a row of the ledger is the very file that is there now. */
static bool is_file(const struct dk_ledger_file *row, const struct dk_drop_file *file)
{
    return file->path && strcmp(row->path, file->path) == 0 &&
           row->size_bytes == file->size_bytes && row->inode == file->inode &&
           row->device == file->device && row->mtime_ns == file->mtime_ns &&
           row->ctime_ns == file->ctime_ns && file->inode != 0;
}

/* Whether a file of the drop is a file on disk: members of an archive are not, but the profile
 * beside the archive is. */
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

/* Whether a key of the loaded settings may have a value that differs from the one that is set: the
 * number of a drop's one cohort, where the user gave none and the store gave it; and how many
 * cohorts a history would have, where the drop is none. */
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

/* Whether all cohorts that the user wants of the drop are loaded: of a history an earlier run may
 * have loaded some only. */
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

/* Whether the samples and features of its cohorts are there, as far as they are set: only another
 * parse could make them. */
static enum dk_status has_burst_files(struct dk_pipeline *pipeline,
                                      const struct dk_ledger_drop *known, bool *has,
                                      struct dk_error *err)
{
    int64_t drop_id = known->duplicate_of != 0 ? known->duplicate_of : known->drop_id;
    return dk_burst_files_are_complete(pipeline, drop_id, has, err);
}

enum dk_status dk_known_drop_find(struct dk_pipeline *pipeline, const struct dk_intake *intake,
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
