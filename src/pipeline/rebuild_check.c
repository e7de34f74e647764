#include "rebuild_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "base/file.h"
#include "input/name.h"

static enum dk_status refuse(const char *path, const char *what, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_DATA, "'%s' %s", path, what);
    dk_error_place(err, path, 0, 0, 0);
    dk_error_hint(err, "restore it from a copy of the archive, then run it again");
    return DK_ERR_DATA;
}

/* --- reading the folders -------------------------------------------------------------------- */

/* A name of the manifest, seen from the workspace. */
static void see_from_here(const struct dk_archive_folder *folder, const char *name, char *text,
                          size_t cap)
{
    if (name[0] == '/')
        dk_text_format(text, cap, "%s", name);
    else if (strcmp(name, ".") == 0)
        dk_text_format(text, cap, "%s", folder->path);
    else if (strncmp(name, "..", 2) == 0) /* all of its folders are in the same one */
        dk_text_format(text, cap, "%.*s%s", (int)(dk_path_name(folder->path) - folder->path - 1),
                       folder->path, name + 2);
    else
        dk_text_format(text, cap, "%s/%s", folder->path, name);
}

/* Where an earlier derrick put the drop: the archive file or the sensor files of its manifest. */
static void guess_path(struct dk_archived_drop *drop)
{
    char path[sizeof(drop->path)];
    dk_text_format(drop->path, sizeof(drop->path), "%s", drop->folder->path);
    for (size_t i = 0; i < drop->manifest.count; i++) {
        const char *name = drop->manifest.lines[i].name;
        struct dk_name read = dk_name_read(dk_path_name(name), NULL);
        see_from_here(drop->folder, name, path, sizeof(path));
        if (dk_name_is_archive(&read) || strstr(dk_path_name(name), ".zip.zst")) {
            dk_text_format(drop->path, sizeof(drop->path), "%s", path);
            return;
        }
        if (read.kind == DK_NAME_RECOGNISED && read.file < DK_SENSORS)
            dk_text_format(drop->path, sizeof(drop->path), "%.*s",
                           (int)(dk_path_name(path) - path - 1), path);
    }
}

static enum dk_status check_files(const struct dk_archived_drop *drop, struct dk_error *err)
{
    char path[sizeof(drop->path)];
    for (size_t i = 0; i < drop->manifest.count; i++) {
        see_from_here(drop->folder, drop->manifest.lines[i].name, path, sizeof(path));
        if (dk_path_exists(path))
            continue;
        dk_error_set(err, DK_ERR_DATA, "'%s' is missing: '%s/" DK_ARCHIVE_MANIFEST "' lists it",
                     path, drop->folder->path);
        dk_error_place(err, path, 0, 0, 0);
        dk_error_hint(err, "restore it from a copy of the archive, then run it again");
        return DK_ERR_DATA;
    }
    return DK_OK;
}

/* The record has a line of its own in the manifest. */
static enum dk_status check_record(const struct dk_archived_drop *drop, struct dk_error *err)
{
    char hash[DK_HASH_HEX_MAX];
    char path[sizeof(drop->path)];
    see_from_here(drop->folder, DK_ARCHIVE_RECORD, path, sizeof(path));
    enum dk_status status = dk_hash_file(path, hash, NULL, err);
    for (size_t i = 0; status == DK_OK && i < drop->manifest.count; i++)
        if (strcmp(drop->manifest.lines[i].name, DK_ARCHIVE_RECORD) == 0 &&
            strcmp(drop->manifest.lines[i].hash, hash) == 0)
            return DK_OK;
    return status == DK_OK ? refuse(path, "is not what was archived: it has another sha256", err)
                           : status;
}

static enum dk_status read_drop(struct dk_archived_drop *drop, struct dk_error *err)
{
    const char *folder = drop->folder->path;
    DK_RETURN_IF_ERROR(dk_record_read(folder, &drop->record, &drop->recorded, err));
    DK_RETURN_IF_ERROR(dk_unloaded_note_read(folder, &drop->unloaded, err));
    DK_RETURN_IF_ERROR(dk_manifest_lines_read(&drop->manifest, folder, DK_ARCHIVE_MANIFEST, err));
    drop->run_id = drop->recorded ? drop->record.run_id : drop->folder->run;
    if (drop->recorded) {
        memcpy(drop->loaded_at, drop->record.loaded_at, sizeof(drop->loaded_at));
        see_from_here(drop->folder, drop->record.drop, drop->path, sizeof(drop->path));
    } else {
        dk_text_format(drop->loaded_at, sizeof(drop->loaded_at), "%s 00:00:00", drop->folder->day);
        guess_path(drop);
    }
    enum dk_status status = check_files(drop, err);
    return status == DK_OK && drop->recorded ? check_record(drop, err) : status;
}

enum dk_status dk_archived_read(const struct dk_archive_folder *folders, size_t count,
                                struct dk_archived_drop **drops, struct dk_error *err)
{
    *drops = calloc(count + 1, sizeof(**drops));
    if (!*drops)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the archive's records");
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        (*drops)[i].folder = &folders[i];
        status = read_drop(&(*drops)[i], err);
    }
    if (status != DK_OK) {
        dk_archived_free(*drops, count);
        *drops = NULL;
    }
    return status;
}

void dk_archived_free(struct dk_archived_drop *drops, size_t count)
{
    for (size_t i = 0; drops && i < count; i++) {
        dk_record_reset(&drops[i].record);
        dk_unloaded_note_reset(&drops[i].unloaded);
        dk_manifest_lines_reset(&drops[i].manifest);
    }
    free(drops);
}

const struct dk_archived_drop *dk_archived_find(const struct dk_archived_drop *drops, size_t count,
                                                const char *folder)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(drops[i].folder->path, folder) == 0)
            return &drops[i];
    return NULL;
}

/* --- comparing a drop ----------------------------------------------------------------------- */

/* Compares a file on disk with its line of the manifest. A member of an archive has no line. */
static enum dk_status compare_file(const struct dk_archived_drop *drop,
                                   const struct dk_drop_file *file, struct dk_error *err)
{
    char path[sizeof(drop->path)];
    if (!file->name || file->inode == 0)
        return DK_OK;
    for (size_t i = 0; i < drop->manifest.count; i++) {
        const struct dk_manifest_line *line = &drop->manifest.lines[i];
        see_from_here(drop->folder, line->name, path, sizeof(path));
        if (strcmp(path, file->path) != 0)
            continue;
        return strcmp(line->hash, file->hash) == 0
                   ? DK_OK
                   : refuse(file->path, "is not what was archived: it has another sha256", err);
    }
    return refuse(file->path, "was not archived: the manifest does not list it", err);
}

static enum dk_status compare_listed(const struct dk_archived_drop *archived,
                                     const struct dk_drop *drop, struct dk_error *err)
{
    char path[sizeof(archived->path)];
    for (int i = 0; i <= DK_DROP_FILES; i++) {
        const struct dk_drop_file *file = i < DK_DROP_FILES ? &drop->files[i] : &drop->archive;
        for (size_t k = 0; file->name && file->inode != 0 && k < archived->manifest.count; k++) {
            const struct dk_manifest_line *line = &archived->manifest.lines[k];
            see_from_here(archived->folder, line->name, path, sizeof(path));
            if (strcmp(path, file->path) == 0 && strcmp(line->hash, file->hash) != 0)
                return refuse(path, "is not what was archived: it has another sha256", err);
        }
    }
    return DK_OK;
}

enum dk_status dk_archived_check_files(const struct dk_drop *drop, struct dk_error *err)
{
    static const char archive[] = DK_WORKSPACE_ARCHIVE "/";
    struct dk_archive_folder folder = {0};
    struct dk_archived_drop archived = {.folder = &folder};
    if (strncmp(drop->path, archive, sizeof(archive) - 1) != 0)
        return DK_OK;
    size_t size = sizeof(archive) - 1 + strcspn(drop->path + sizeof(archive) - 1, "/");
    dk_text_format(folder.path, sizeof(folder.path), "%.*s", (int)size, drop->path);
    char *manifest = dk_path_join(folder.path, DK_ARCHIVE_MANIFEST);
    bool there = manifest && dk_path_exists(manifest);
    free(manifest);
    if (!there)
        return DK_OK;
    enum dk_status status =
        dk_manifest_lines_read(&archived.manifest, folder.path, DK_ARCHIVE_MANIFEST, err);
    if (status == DK_OK)
        status = compare_listed(&archived, drop, err);
    dk_manifest_lines_reset(&archived.manifest);
    return status;
}

static enum dk_status compare_cohort(const struct dk_record_cohort *cohort,
                                     const struct dk_readings *readings, struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX];
    char hash[DK_HASH_HEX_MAX] = "";
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && hash[0] == '\0' && i < readings->series_count; i++)
        if (readings->series[i].cohort == cohort->cohort &&
            dk_well_compare(&readings->series[i].well, &cohort->well) == 0)
            status = dk_readings_series_hash(readings, i, hash, err);
    if (status != DK_OK || strcmp(hash, cohort->hash) == 0)
        return status;
    dk_well_rig_name(&cohort->well, rig);
    dk_error_set(err, DK_ERR_DATA, "cohort %d of rig '%s' %s", cohort->cohort, rig,
                 hash[0] ? "has another hash than when it was loaded" : "is no longer in the drop");
    dk_error_hint(err, "restore the folder from a copy of the archive, then run it again");
    return DK_ERR_DATA;
}

enum dk_status dk_archived_compare(const struct dk_archived_drop *drop,
                                   const struct dk_intake *intake, size_t *cohorts,
                                   struct dk_error *err)
{
    for (int i = 0; i < DK_DROP_FILES; i++)
        DK_RETURN_IF_ERROR(compare_file(drop, &intake->drop.files[i], err));
    if (intake->drop.is_archive)
        DK_RETURN_IF_ERROR(compare_file(drop, &intake->drop.archive, err));
    if (!drop->recorded)
        return DK_OK;
    if (strcmp(drop->record.content_hash, intake->drop.content_hash) != 0)
        return refuse(drop->path, "does not have the contents that were loaded", err);
    for (size_t i = 0; i < drop->record.cohort_count; i++)
        DK_RETURN_IF_ERROR(compare_cohort(&drop->record.cohorts[i], &intake->readings, err));
    *cohorts += drop->record.cohort_count;
    return DK_OK;
}

/* --- comparing all -------------------------------------------------------------------------- */

/* A record of a cohort, and how new it is. */
struct claim {
    const struct dk_record_cohort *cohort;
    size_t order;
    bool unloaded; /* it was unloaded since */
};

static int compare_places(const struct dk_well *well_a, int cohort_a, const struct dk_well *well_b,
                          int cohort_b)
{
    int order = dk_well_compare(well_a, well_b);
    return order != 0 ? order : (cohort_a > cohort_b) - (cohort_a < cohort_b);
}

static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left;
    const struct claim *b = right;
    int order =
        compare_places(&a->cohort->well, a->cohort->cohort, &b->cohort->well, b->cohort->cohort);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static int compare_series(const void *key, const void *item)
{
    const struct claim *claim = key;
    const struct dk_store_series *series = item;
    return compare_places(&claim->cohort->well, claim->cohort->cohort, &series->series.well,
                          series->series.cohort);
}

/* What a rebuild can't restore, because its folder was incomplete from the beginning. */
static void report_lost(const struct dk_pipeline *pipeline, const struct claim *claim,
                        const struct dk_store_series *series, const char *folder)
{
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&claim->cohort->well, rig);
    if (series)
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                           "cohort %d of %s has the values of an earlier drop: those that replaced "
                           "them are not in the archive, because '%s' is incomplete",
                           claim->cohort->cohort, rig, folder);
    else
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                           "cohort %d of %s is not in the archive, because '%s' is incomplete",
                           claim->cohort->cohort, rig, folder);
}

static enum dk_status check_claim(const struct dk_pipeline *pipeline, const struct claim *claim,
                                  const struct dk_archived_drop *drops,
                                  const struct dk_store_series *list, size_t count, size_t *lost,
                                  struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX];
    const struct dk_store_series *series =
        count > 0 ? bsearch(claim, list, count, sizeof(*list), compare_series) : NULL;
    bool equal = series && strcmp(series->loaded_hash, claim->cohort->hash) == 0;
    if (claim->unloaded ? !series : equal)
        return DK_OK;
    if (!claim->unloaded && drops[claim->order].record.incomplete) {
        report_lost(pipeline, claim, series, drops[claim->order].folder->path);
        (*lost)++;
        return DK_OK;
    }
    dk_well_rig_name(&claim->cohort->well, rig);
    dk_error_set(err, DK_ERR_STORE, "cohort %d of rig '%s' %s", claim->cohort->cohort, rig,
                 claim->unloaded ? "was unloaded, and is in the database"
                 : series        ? "is not what the archive's newest record of it says"
                                 : "is in the archive, and not in the database");
    dk_error_hint(err, "move the database away, then run 'derrick init --rebuild' again");
    return DK_ERR_STORE;
}

/* Whether the same contents were loaded for the same rig once more, later: what they made before
 * went then, also where they are another cohort now. */
static bool is_superseded(const struct dk_archived_drop *drops, size_t count, size_t index)
{
    const struct dk_record *record = &drops[index].record;
    const char *rig;
    const char *other;
    size_t size = dk_input_settings_find(record->settings, "rig", &rig);
    for (size_t i = index + 1; i < count; i++)
        if (drops[i].record.cohort_count > 0 &&
            strcmp(drops[i].record.content_hash, record->content_hash) == 0 &&
            dk_input_settings_find(drops[i].record.settings, "rig", &other) == size &&
            memcmp(rig, other, size) == 0)
            return true;
    return false;
}

static struct claim claim_of(const struct dk_archived_drop *drop, size_t index, size_t order)
{
    const struct dk_record_cohort *cohort = &drop->record.cohorts[index];
    return (struct claim){cohort, order,
                          dk_unloaded_note_find(&drop->unloaded, &cohort->well, cohort->cohort) !=
                              NULL};
}

/* The claims of all records; how many. NULL only counts. */
static size_t list_claims(const struct dk_archived_drop *drops, size_t count, struct claim *claims)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_superseded(drops, count, i))
            continue;
        for (size_t k = 0; k < drops[i].record.cohort_count; k++) {
            if (claims)
                claims[used] = claim_of(&drops[i], k, i);
            used++;
        }
    }
    return used;
}

enum dk_status dk_archived_verify(struct dk_pipeline *pipeline,
                                  const struct dk_archived_drop *drops, size_t count, size_t *lost,
                                  struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    size_t series_count = 0;
    size_t total = list_claims(drops, count, NULL);
    struct claim *claims = calloc(total + 1, sizeof(*claims));
    if (!claims)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory to compare the archive");
    (void)list_claims(drops, count, claims);
    qsort(claims, total, sizeof(*claims), compare_claims);
    enum dk_status status = dk_store_list(pipeline->store, &all, &list, &series_count, err);
    for (size_t i = 0; status == DK_OK && i < total; i++) {
        bool newest = i + 1 == total ||
                      compare_places(&claims[i].cohort->well, claims[i].cohort->cohort,
                                     &claims[i + 1].cohort->well, claims[i + 1].cohort->cohort);
        if (newest)
            status = check_claim(pipeline, &claims[i], drops, list, series_count, lost, err);
    }
    free(list);
    free(claims);
    return status;
}

static enum dk_status write_hash(struct dk_sink *sink, const void *data, size_t size,
                                 struct dk_error *err)
{
    return dk_hash_update(sink->context, data, size, err);
}

struct dk_sink dk_archived_hasher(struct dk_hash *hash)
{
    return (struct dk_sink){.write = write_hash, .context = hash};
}
