/* upload FILE...: what a user names, beside the export and never in its place. */
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "upload.h"

/* The media type of a file's name; NULL: any bytes. */
static const char *content_type(const char *path)
{
    static const struct {
        const char *ending, *type;
    } known[] = {{".csv", DK_CONTENT_CSV},
                 {".json", DK_CONTENT_JSON},
                 {".txt", "text/plain"},
                 {".tsv", "text/tab-separated-values"},
                 {".html", "text/html"}};
    const char *ending = strrchr(dk_path_name(path), '.');
    for (size_t i = 0; ending && i < DK_COUNT_OF(known); i++)
        if (strcasecmp(ending, known[i].ending) == 0)
            return known[i].type;
    return NULL;
}

static enum dk_status check_names(char *const *paths, size_t count, struct dk_error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (strcmp(dk_path_name(paths[i]), dk_path_name(paths[j])) == 0) {
                dk_error_set(err, DK_ERR_USAGE, "'%s' and '%s' would be the same object", paths[i],
                             paths[j]);
                dk_error_hint(err, "give one of them another name");
                return DK_ERR_USAGE;
            }
    return DK_OK;
}

/* What the export, its manifest or a cohort has put there is no other file's to replace. *known:
 * the row of that object, its layout "" if there is none. */
static enum dk_status check_owner(const struct dk_upload *upload, const char *path,
                                  struct dk_ledger_publication *known, struct dk_error *err)
{
    char location[DK_S3_TEXT_MAX];
    char hash[DK_HASH_HEX_MAX];
    bool found = false;
    dk_s3_location(upload->s3, dk_path_name(path), location);
    enum dk_status status = dk_ledger_publication_get(
        upload->pipeline->store, DK_PUBLICATION_UPLOAD, location, known, &found, err);
    if (!found)
        *known = (struct dk_ledger_publication){0};
    if (status != DK_OK || !found || strcmp(known->layout, DK_LAYOUT_FILE) == 0)
        return status;
    status = dk_hash_file(path, hash, NULL, err);
    if (status != DK_OK || strcmp(hash, known->hash) == 0)
        return status;
    dk_error_set(err, DK_ERR_USAGE, "'%s' is derrick's own export, and '%s' is another file",
                 location, path);
    dk_error_hint(err, "give the file another name; 'derrick upload' without a FILE uploads the "
                       "export");
    return DK_ERR_USAGE;
}

static enum dk_status upload_file(struct dk_upload *upload, const char *path, struct dk_error *err)
{
    struct dk_ledger_publication known = {0};
    DK_RETURN_IF_ERROR(check_owner(upload, path, &known, err));
    const struct dk_upload_object object = {.key = dk_path_name(path),
                                            .path = path,
                                            .content_type = content_type(path),
                                            .layout =
                                                known.layout[0] ? known.layout : DK_LAYOUT_FILE,
                                            .rows = known.rows,
                                            .generation = known.generation};
    return dk_upload_put(upload, &object, NULL, err);
}

enum dk_status dk_pipeline_upload_files(struct dk_pipeline *pipeline, char *const *paths,
                                        size_t count, struct dk_upload_result *result,
                                        struct dk_error *err)
{
    struct dk_upload upload = {0};
    enum dk_status status = dk_upload_open(&upload, pipeline, result, err);
    if (status == DK_OK)
        status = check_names(paths, count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        status = upload_file(&upload, paths[i], err);
    dk_upload_close(&upload);
    return status;
}
