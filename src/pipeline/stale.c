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

static enum dk_status remove_file(struct dk_pipeline *pipeline, const char *path,
                                  struct dk_error *err)
{
    bool own = false;
    enum dk_status status = is_own(pipeline, path, &own, err);
    if (status != DK_OK)
        return status;
    if (!own) {
        dk_observer_notice(
            pipeline->observer, DK_LEVEL_WARNING,
            "'%s' is not part of the export any more, and is not what derrick wrote: "
            "move it away, whoever reads the folder counts its rows twice",
            path);
        return DK_OK;
    }
    if (unlink(path) != 0 && errno != ENOENT)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't remove", path);
    /* The ledger forgets it when it is surely gone. */
    status = dk_folder_sync_of(path, err);
    if (status == DK_OK)
        status = dk_ledger_publication_remove(pipeline->store, DK_PUBLICATION_EXPORT, path, err);
    char *folder = dk_path_folder(path);
    if (folder)
        (void)rmdir(folder); /* unless something else is in it */
    free(folder);
    if (status == DK_OK)
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                           "'%s' is not part of the export any more: removed", path);
    return status;
}

enum dk_status dk_stale_files_remove(struct dk_pipeline *pipeline, struct dk_error *err)
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

/* --- objects -------------------------------------------------------------------------------- */

struct stale_objects {
    struct dk_upload *upload;
    struct cohort_set published;
    int *cohorts; /* owned; the stale ones */
    size_t count;
    size_t left;                /* of them, those that had to stay */
    char first[DK_S3_TEXT_MAX]; /* of these */
    bool denied;                /* whether that was for want of a right */
};

static enum dk_status add_key(void *context, const char *key, const struct dk_s3_object *object,
                              struct dk_error *err)
{
    struct stale_objects *stale = context;
    int cohort = dk_publish_cohort_of_key(key);
    (void)object;
    if (cohort == 0 || is_in(&stale->published, cohort))
        return DK_OK;
    int *cohorts = realloc(stale->cohorts, (stale->count + 1) * sizeof(*cohorts));
    if (!cohorts)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a list of cohorts");
    stale->cohorts = cohorts;
    stale->cohorts[stale->count++] = cohort;
    return DK_OK;
}

/* Where the bucket can't be listed: what the ledger says is there. */
static enum dk_status add_known(struct stale_objects *stale, struct dk_error *err)
{
    struct dk_ledger_publication *rows = NULL;
    size_t count = 0;
    char start[DK_S3_TEXT_MAX];
    dk_s3_location(stale->upload->s3, "", start);
    size_t size = strlen(start);
    enum dk_status status = dk_ledger_publications(stale->upload->pipeline->store,
                                                   DK_PUBLICATION_UPLOAD, &rows, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        if (strncmp(rows[i].target, start, size) == 0)
            status = add_key(stale, rows[i].target + size, NULL, err);
    free(rows);
    return status;
}

/* Looks for what is below the prefix under the name of a cohort that is not published. */
static enum dk_status find_objects(struct stale_objects *stale, struct dk_error *err)
{
    struct dk_s3_listing listing = {
        .prefix = DK_PUBLISH_COHORT_PREFIX, .entry = add_key, .context = stale};
    DK_RETURN_IF_ERROR(dk_s3_list(stale->upload->s3, &listing, err));
    return listing.denied ? add_known(stale, err) : DK_OK;
}

static void tell_left(struct stale_objects *stale, const char *location, const char *why,
                      bool denied)
{
    dk_observer_notice(stale->upload->pipeline->observer, DK_LEVEL_WARNING,
                       "'%s' is not part of the export any more, and stays: %s", location, why);
    if (stale->left++ == 0)
        dk_text_format(stale->first, sizeof(stale->first), "%s", location);
    stale->denied = stale->denied || denied;
}

static enum dk_status remove_object(struct stale_objects *stale, int cohort, struct dk_error *err)
{
    struct dk_pipeline *pipeline = stale->upload->pipeline;
    struct dk_ledger_publication known;
    char key[DK_PUBLISH_COHORT_KEY_MAX];
    char location[DK_S3_TEXT_MAX];
    struct dk_s3_removal removal;
    bool found = false;
    dk_publish_cohort_key(cohort, key);
    dk_s3_location(stale->upload->s3, key, location);
    enum dk_status status = dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_UPLOAD,
                                                      location, &known, &found, err);
    if (status != DK_OK)
        return status;
    if (!found) {
        tell_left(stale, location, "this database does not know that derrick put it there", false);
        return DK_OK;
    }
    status = dk_s3_remove(stale->upload->s3, key, known.etag, &removal, err);
    if (status != DK_OK)
        return status;
    if (removal.end == DK_S3_CHANGED)
        tell_left(stale, location, "someone changed it since derrick put it there", false);
    else if (removal.end == DK_S3_DENIED)
        tell_left(stale, location, removal.why, true);
    if (removal.end != DK_S3_REMOVED)
        return DK_OK;
    stale->upload->result->removed++;
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "'%s' is not part of the export any more: removed", location);
    return dk_ledger_publication_remove(pipeline->store, DK_PUBLICATION_UPLOAD, location, err);
}

/* The place is not up to date, whatever an earlier upload of the same load recorded. */
static enum dk_status refuse(struct stale_objects *stale, struct dk_error *err)
{
    struct dk_pipeline *pipeline = stale->upload->pipeline;
    char place[DK_S3_TEXT_MAX];
    char more[48] = "";
    enum dk_status status =
        dk_s3_place_find(&pipeline->settings->s3, pipeline->environment, place, err);
    if (status == DK_OK)
        status = dk_ledger_publication_remove(pipeline->store, DK_PUBLICATION_UPLOAD, place, err);
    if (status != DK_OK)
        return status;
    if (stale->left > 1)
        dk_text_format(more, sizeof(more), " and %zu more", stale->left - 1);
    dk_error_set(err, DK_ERR_REMOTE,
                 "the bucket has cohorts that are not in the export any more: '%s'%s", stale->first,
                 more);
    dk_error_hint(err, stale->denied
                           ? "readers would count their rows twice: give these credentials "
                             "s3:DeleteObject, as docs/s3.md says, or have the objects "
                             "deleted by someone who may; then run again"
                           : "readers would count their rows twice: look at each, and move "
                             "it out of the prefix; then run again");
    return DK_ERR_REMOTE;
}

enum dk_status dk_stale_objects_remove(struct dk_upload *upload,
                                       const struct dk_upload_standing *standing,
                                       struct dk_error *err)
{
    struct stale_objects stale = {.upload = upload};
    for (size_t i = 0; i < standing->partition_count; i++)
        stale.published.has[standing->partitions[i].cohort] = true;
    enum dk_status status = find_objects(&stale, err);
    for (size_t i = 0; status == DK_OK && i < stale.count; i++)
        status = remove_object(&stale, stale.cohorts[i], err);
    free(stale.cohorts);
    return status == DK_OK && stale.left > 0 ? refuse(&stale, err) : status;
}
