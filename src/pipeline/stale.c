#include "stale.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* Which cohorts are published, by number. */
struct cohort_set {
    bool has[DK_COHORT_MAX + 1];
};

static bool is_in(const struct cohort_set *set, int cohort)
{
    return cohort >= 1 && cohort <= DK_COHORT_MAX && set->has[cohort];
}

/* --- files ---------------------------------------------------------------------------------- */

/* The cohorts that have a CSV in aws_s3/. */
static enum dk_status read_exported(struct dk_pipeline *pipeline, struct cohort_set *set,
                                    struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    *set = (struct cohort_set){0};
    if (pipeline->settings->s3.partition != DK_S3_PARTITION_COHORT)
        return DK_OK;
    enum dk_status status = dk_store_list(pipeline->store, &all, &list, &count, err);
    for (size_t i = 0; i < count; i++) {
        int cohort = list[i].series.cohort;
        if (cohort >= 1 && cohort <= DK_COHORT_MAX)
            set->has[cohort] = true;
    }
    free(list);
    return status;
}

/* The keys of what is published, sorted. */
struct key_set {
    const char **keys; /* owned */
    size_t count;
};

static int compare_keys(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static enum dk_status key_set_init(struct key_set *set, const struct dk_partition *published,
                                   size_t count, struct dk_error *err)
{
    *set = (struct key_set){.keys = calloc(count + 1, sizeof(*set->keys)), .count = count};
    if (!set->keys)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a list of cohorts");
    for (size_t i = 0; i < count; i++)
        set->keys[i] = published[i].key;
    qsort(set->keys, count, sizeof(*set->keys), compare_keys);
    return DK_OK;
}

static bool is_published(const struct key_set *set, const char *key)
{
    return bsearch(&key, set->keys, set->count, sizeof(*set->keys), compare_keys) != NULL;
}

/* Whether the file is, byte for byte, what the ledger says this workspace exported there. */
static enum dk_status is_own(struct dk_pipeline *pipeline, const char *path, bool *own,
                             struct dk_error *err)
{
    struct dk_ledger_publication row;
    char hash[DK_HASH_HEX_MAX];
    enum dk_status status =
        dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_EXPORT, path, &row, own, err);
    if (status != DK_OK || !*own)
        return status;
    status = dk_hash_file(path, hash, NULL, err);
    *own = status == DK_OK && strcmp(hash, row.hash) == 0;
    return status;
}

/* Those that a file was in, up to aws_s3/, unless something else is in them. */
static void remove_empty_folders(const char *path)
{
    char *folder = dk_path_folder(path);
    while (folder && strcmp(folder, DK_WORKSPACE_S3) != 0 && rmdir(folder) == 0) {
        char *parent = dk_path_folder(folder);
        free(folder);
        folder = parent;
    }
    free(folder);
}

static enum dk_status remove_file(struct dk_pipeline *pipeline, const char *path,
                                  struct dk_error *err)
{
    bool own = false;
    if (!dk_path_exists(path))
        return dk_ledger_publication_remove(pipeline->store, DK_PUBLICATION_EXPORT, path, err);
    DK_RETURN_IF_ERROR(is_own(pipeline, path, &own, err));
    if (!own) {
        dk_observer_notice(
            pipeline->observer, DK_LEVEL_WARNING,
            "'%s' is no longer part of the export and differs from what derrick wrote: move it "
            "away, because readers of the folder count its rows twice",
            path);
        return DK_OK;
    }
    if (unlink(path) != 0 && errno != ENOENT)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't remove", path);
    /* The ledger forgets it when it is surely gone. */
    enum dk_status status = dk_folder_sync_of(path, err);
    if (status == DK_OK)
        status = dk_ledger_publication_remove(pipeline->store, DK_PUBLICATION_EXPORT, path, err);
    remove_empty_folders(path);
    if (status == DK_OK)
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                           "removed '%s', which is no longer part of the export", path);
    return status;
}

/* The parts that the ledger knows by name, and that are no longer exported. */
static enum dk_status remove_named_files(struct dk_pipeline *pipeline,
                                         const struct key_set *published, struct dk_error *err)
{
    struct dk_ledger_publication *rows = NULL;
    size_t row_count = 0;
    enum dk_status status =
        dk_ledger_publications(pipeline->store, DK_PUBLICATION_EXPORT, &rows, &row_count, err);
    for (size_t i = 0; status == DK_OK && i < row_count; i++) {
        const char *key = rows[i].target + strlen(DK_WORKSPACE_S3) + 1;
        if (!dk_partition_is_named(rows[i].layout) || is_published(published, key))
            continue;
        status = dk_partition_check_key(&rows[i], key, err);
        if (status == DK_OK)
            status = remove_file(pipeline, rows[i].target, err);
    }
    free(rows);
    return status;
}

/* The CSVs of cohorts are looked for in aws_s3/ itself: whoever reads it does not ask the
 * ledger. */
static enum dk_status remove_csv_files(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct cohort_set exported;
    struct dirent **names = NULL;
    enum dk_status status = read_exported(pipeline, &exported, err);
    int count = status == DK_OK ? scandir(DK_WORKSPACE_S3, &names, NULL, alphasort) : 0;
    for (int i = 0; i < count; i++) {
        char key[DK_PUBLISH_COHORT_KEY_MAX] = "";
        char path[DK_PUBLISH_COHORT_KEY_MAX + 32];
        int cohort = dk_publish_cohort_of_folder(names[i]->d_name);
        if (cohort > 0)
            dk_publish_cohort_key(cohort, key);
        snprintf(path, sizeof(path), "%s/%s", DK_WORKSPACE_S3, key);
        if (status == DK_OK && key[0] && !is_in(&exported, cohort) && dk_path_exists(path))
            status = remove_file(pipeline, path, err);
        free(names[i]);
    }
    free(names);
    return status;
}

enum dk_status dk_stale_files_remove(struct dk_pipeline *pipeline,
                                     const struct dk_partition *published, size_t count,
                                     struct dk_error *err)
{
    struct key_set set;
    DK_RETURN_IF_ERROR(key_set_init(&set, published, count, err));
    enum dk_status status = remove_named_files(pipeline, &set, err);
    free(set.keys);
    return status == DK_OK ? remove_csv_files(pipeline, err) : status;
}

/* --- objects -------------------------------------------------------------------------------- */

struct stale_objects {
    struct dk_upload *upload;
    struct key_set published;                /* owned */
    char (*keys)[DK_PUBLISH_COHORT_KEY_MAX]; /* owned; the stale ones */
    size_t count;
    size_t left;                /* of them, those that had to stay */
    char first[DK_S3_TEXT_MAX]; /* of these */
    bool denied;                /* whether that was for want of a right */
};

static enum dk_status add_key(struct stale_objects *stale, const char *key, struct dk_error *err)
{
    if (strlen(key) >= sizeof(*stale->keys) || is_published(&stale->published, key))
        return DK_OK;
    void *keys = realloc(stale->keys, (stale->count + 1) * sizeof(*stale->keys));
    if (!keys)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a list of cohorts");
    stale->keys = keys;
    memcpy(stale->keys[stale->count++], key, strlen(key) + 1);
    return DK_OK;
}

/* The CSV of a cohort, as the bucket lists it. */
static enum dk_status add_csv(void *context, const char *key, const struct dk_s3_object *object,
                              struct dk_error *err)
{
    (void)object;
    return dk_publish_cohort_of_key(key) == 0 ? DK_OK : add_key(context, key, err);
}

/* What the ledger says is there: the parts that it knows by name, and the CSVs of cohorts where the
 * bucket can't be listed. */
static enum dk_status add_known(struct stale_objects *stale, bool csvs, struct dk_error *err)
{
    struct dk_ledger_publication *rows = NULL;
    size_t count = 0;
    char start[DK_S3_TEXT_MAX];
    dk_s3_location(stale->upload->s3, "", start);
    size_t size = strlen(start);
    enum dk_status status = dk_ledger_publications(stale->upload->pipeline->store,
                                                   DK_PUBLICATION_UPLOAD, &rows, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        const char *key = rows[i].target + size;
        if (strncmp(rows[i].target, start, size) != 0)
            continue;
        bool named = dk_partition_is_named(rows[i].layout);
        if (named)
            status = dk_partition_check_key(&rows[i], key, err);
        if (status == DK_OK && (named || (csvs && dk_publish_cohort_of_key(key) != 0)))
            status = add_key(stale, key, err);
    }
    free(rows);
    return status;
}

/* Looks for what is below the prefix under the name of a part that is not published. */
static enum dk_status find_objects(struct stale_objects *stale, struct dk_error *err)
{
    struct dk_s3_listing listing = {
        .prefix = DK_PUBLISH_COHORT_PREFIX, .entry = add_csv, .context = stale};
    DK_RETURN_IF_ERROR(dk_s3_list(stale->upload->s3, &listing, err));
    return add_known(stale, listing.denied, err);
}

static void report_left(struct stale_objects *stale, const char *location, const char *why,
                        bool denied)
{
    dk_observer_notice(stale->upload->pipeline->observer, DK_LEVEL_WARNING,
                       "'%s' is no longer part of the export, but was not removed: %s", location,
                       why);
    if (stale->left++ == 0)
        dk_text_format(stale->first, sizeof(stale->first), "%s", location);
    stale->denied = stale->denied || denied;
}

static enum dk_status remove_object(struct stale_objects *stale, const char *key,
                                    struct dk_error *err)
{
    struct dk_pipeline *pipeline = stale->upload->pipeline;
    struct dk_ledger_publication known;
    char location[DK_S3_TEXT_MAX];
    struct dk_s3_removal removal;
    bool found = false;
    dk_s3_location(stale->upload->s3, key, location);
    DK_RETURN_IF_ERROR(dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_UPLOAD, location,
                                                 &known, &found, err));
    if (!found) {
        report_left(stale, location, "this database does not know that derrick put it there",
                    false);
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(dk_s3_remove(stale->upload->s3, key, known.etag, &removal, err));
    if (removal.end == DK_S3_CHANGED)
        report_left(stale, location, "someone changed it since derrick put it there", false);
    else if (removal.end == DK_S3_DENIED)
        report_left(stale, location, removal.why, true);
    if (removal.end != DK_S3_REMOVED)
        return DK_OK;
    stale->upload->result->removed++;
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "removed '%s', which is no longer part of the export", location);
    return dk_ledger_publication_remove(pipeline->store, DK_PUBLICATION_UPLOAD, location, err);
}

/* Records that the place is not up to date, even where an earlier upload of the same load recorded
 * that it is. */
static enum dk_status forget_place(struct dk_pipeline *pipeline, struct dk_error *err)
{
    char place[DK_S3_TEXT_MAX];
    DK_RETURN_IF_ERROR(
        dk_s3_place_find(&pipeline->settings->s3, pipeline->environment, place, err));
    return dk_ledger_publication_remove(pipeline->store, DK_PUBLICATION_UPLOAD, place, err);
}

static enum dk_status refuse(struct stale_objects *stale, struct dk_error *err)
{
    char more[48] = "";
    DK_RETURN_IF_ERROR(forget_place(stale->upload->pipeline, err));
    if (stale->left > 1)
        dk_text_format(more, sizeof(more), " and %zu more", stale->left - 1);
    dk_error_set(err, DK_ERR_REMOTE,
                 "the bucket has objects that are no longer in the export: '%s'%s", stale->first,
                 more);
    dk_error_hint(err, stale->denied
                           ? "readers would count their rows twice: give these credentials "
                             "s3:DeleteObject, as docs/s3.md says, or have the objects "
                             "deleted by someone who may; then run again"
                           : "readers would count their rows twice: check each of them, and move "
                             "it out of the prefix; then run again");
    return DK_ERR_REMOTE;
}

enum dk_status dk_stale_objects_remove(struct dk_upload *upload,
                                       const struct dk_upload_export *current, struct dk_error *err)
{
    struct stale_objects stale = {.upload = upload};
    enum dk_status status =
        key_set_init(&stale.published, current->partitions, current->partition_count, err);
    if (status == DK_OK)
        status = find_objects(&stale, err);
    /* By a name of its own: clang-tidy loses sight of one in a struct that calls may change. */
    void *keys = stale.keys;
    for (size_t i = 0; status == DK_OK && i < stale.count; i++)
        status = remove_object(&stale, stale.keys[i], err);
    free(stale.published.keys);
    free(keys);
    return status == DK_OK && stale.left > 0 ? refuse(&stale, err) : status;
}

/* --- everything ----------------------------------------------------------------------------- */

static enum dk_status remove_all_files(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct dk_ledger_publication *rows = NULL;
    size_t count = 0;
    enum dk_status status =
        dk_ledger_publications(pipeline->store, DK_PUBLICATION_EXPORT, &rows, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        status = remove_file(pipeline, rows[i].target, err);
    free(rows);
    return status;
}

/* The keys of what is below the prefix, the manifest's first: it names the others. */
static enum dk_status list_own(struct stale_objects *stale,
                               const struct dk_ledger_publication *rows, size_t count,
                               struct dk_error *err)
{
    char start[DK_S3_TEXT_MAX];
    dk_s3_location(stale->upload->s3, "", start);
    size_t size = strlen(start);
    enum dk_status status = DK_OK;
    for (int manifest = 1; manifest >= 0; manifest--)
        for (size_t i = 0; status == DK_OK && i < count; i++) {
            const char *key = rows[i].target + size;
            if (strncmp(rows[i].target, start, size) == 0 && rows[i].hash[0] != '\0' &&
                strcmp(rows[i].layout, DK_LAYOUT_FILE) != 0 &&
                (strcmp(key, DK_PUBLISH_MANIFEST_KEY) == 0) == (manifest == 1))
                status = add_key(stale, key, err);
        }
    return status;
}

static enum dk_status remove_own_objects(struct dk_upload *upload,
                                         const struct dk_ledger_publication *rows, size_t count,
                                         struct dk_error *err)
{
    struct stale_objects stale = {.upload = upload};
    enum dk_status status = key_set_init(&stale.published, NULL, 0, err);
    if (status == DK_OK)
        status = list_own(&stale, rows, count, err);
    void *keys = stale.keys;
    for (size_t i = 0; status == DK_OK && i < stale.count; i++)
        status = remove_object(&stale, stale.keys[i], err);
    free(stale.published.keys);
    free(keys);
    if (status == DK_OK && stale.left > 0)
        return refuse(&stale, err);
    return status == DK_OK && stale.count > 0 ? forget_place(upload->pipeline, err) : status;
}

static enum dk_status remove_all_objects(struct dk_pipeline *pipeline,
                                         struct dk_upload_result *result, struct dk_error *err)
{
    struct dk_ledger_publication *rows = NULL;
    struct dk_upload upload = {0};
    size_t count = 0;
    enum dk_status status =
        dk_ledger_publications(pipeline->store, DK_PUBLICATION_UPLOAD, &rows, &count, err);
    if (status == DK_OK && count > 0)
        status = dk_upload_open(&upload, pipeline, result, err);
    if (status == DK_OK && count > 0)
        status = remove_own_objects(&upload, rows, count, err);
    dk_upload_close(&upload);
    free(rows);
    return status;
}

enum dk_status dk_stale_all_remove(struct dk_pipeline *pipeline, struct dk_upload_result *result,
                                   struct dk_error *err)
{
    enum dk_status status = DK_OK;
    if (dk_pipeline_s3_configured(pipeline))
        status = remove_all_objects(pipeline, result, err);
    return status == DK_OK ? remove_all_files(pipeline, err) : status;
}
