#include "s3/published.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define MANIFEST_VERSION 1

void dk_publish_cohort_key(int cohort, char key[DK_PUBLISH_COHORT_KEY_MAX])
{
    dk_text_format(key, DK_PUBLISH_COHORT_KEY_MAX, "cohort=%02d/oil-well-data-cohort-%02d.csv",
                   cohort, cohort);
}

void dk_publish_site_key(const char *site, char key[DK_PUBLISH_COHORT_KEY_MAX])
{
    dk_text_format(key, DK_PUBLISH_COHORT_KEY_MAX,
                   DK_PUBLISH_SITE_PREFIX "%s/oil-well-data-site-%s.csv", site, site);
}

int dk_publish_cohort_of_folder(const char *name)
{
    size_t prefix = strlen(DK_PUBLISH_COHORT_PREFIX);
    if (strncmp(name, DK_PUBLISH_COHORT_PREFIX, prefix) != 0)
        return 0;
    char *end = NULL;
    long cohort = strtol(name + prefix, &end, 10);
    return (*end == '\0' || *end == '/') && cohort > 0 && cohort <= INT_MAX ? (int)cohort : 0;
}

int dk_publish_cohort_of_key(const char *key)
{
    char own[DK_PUBLISH_COHORT_KEY_MAX];
    int cohort = dk_publish_cohort_of_folder(key);
    dk_publish_cohort_key(cohort, own);
    return cohort > 0 && strcmp(key, own) == 0 ? cohort : 0;
}

/* --- the document --------------------------------------------------------------------------- */

/* Adds object to array, which owns it from then on; false if either is NULL, or without memory. */
static bool add(json_t *array, json_t *object)
{
    return json_array_append_new(array, object) == 0;
}

static json_t *pack_file(const struct dk_manifest_file *file)
{
    json_t *cohort = file->cohort ? json_integer(file->cohort) : NULL;
    if (file->cohort && !cohort)
        return NULL;
    return json_pack("{s:s*, s:s*, s:o*, s:s*, s:s*, s:s*, s:I, s:I, s:s*}", "key", file->key,
                     "kind", file->kind, "cohort", cohort, "rig_name", file->rig_name, "site",
                     file->site, "content_type", file->content_type, "rows", (json_int_t)file->rows,
                     "size_bytes", (json_int_t)file->size_bytes, "sha256", file->sha256);
}

static json_t *pack_column(const struct dk_manifest_column *column)
{
    return json_pack("{s:s*, s:s*, s:s*, s:s*}", "name", column->name, "type", column->type, "unit",
                     column->unit, "sensor", column->sensor);
}

static json_t *pack_cohort(const struct dk_manifest_cohort *cohort)
{
    return json_pack("{s:i, s:s*, s:I, s:s*, s:s*, s:s*}", "cohort", cohort->cohort, "rig_name",
                     cohort->rig_name, "readings", (json_int_t)cohort->readings, "start",
                     cohort->start, "end", cohort->end, "hash", cohort->hash);
}

/* NULL if memory runs out or a text is not UTF-8. A pair whose text is NULL is left out. */
static json_t *pack_manifest(const struct dk_manifest *manifest)
{
    json_t *files = json_array();
    json_t *columns = json_array();
    json_t *cohorts = json_array();
    bool fine = true;
    for (size_t i = 0; i < manifest->file_count; i++)
        fine = add(files, pack_file(&manifest->files[i])) && fine;
    for (size_t i = 0; i < manifest->column_count; i++)
        fine = add(columns, pack_column(&manifest->columns[i])) && fine;
    for (size_t i = 0; i < manifest->cohort_count; i++)
        fine = add(cohorts, pack_cohort(&manifest->cohorts[i])) && fine;
    /* Owns the arrays whether it works or not. */
    json_t *root =
        json_pack("{s:i, s:s*, s:s*, s:s*, s:o, s:o, s:o}", "manifest_version", MANIFEST_VERSION,
                  "url", manifest->url, "run", manifest->run, "sample", manifest->sample, "files",
                  files, "columns", columns, "cohorts", cohorts);
    if (fine)
        return root;
    json_decref(root);
    return NULL;
}

/* --- writing -------------------------------------------------------------------------------- */

struct dumping {
    struct dk_sink *sink;
    enum dk_status status;
    struct dk_error *err;
};

static int on_dump(const char *data, size_t size, void *context)
{
    struct dumping *dumping = context;
    dumping->status = dumping->sink->write(dumping->sink, data, size, dumping->err);
    return dumping->status == DK_OK ? 0 : -1;
}

enum dk_status dk_publish_manifest_write(struct dk_sink *sink, const struct dk_manifest *manifest,
                                         struct dk_error *err)
{
    struct dumping dumping = {.sink = sink, .err = err};
    json_t *root = pack_manifest(manifest);
    if (!root)
        return dk_error_set(err, DK_ERR_NOMEM,
                            "can't make the manifest: out of memory, or a text in it is not UTF-8");
    int dumped = json_dump_callback(root, on_dump, &dumping,
                                    JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17));
    json_decref(root);
    if (dumping.status != DK_OK)
        return dumping.status;
    if (dumped != 0)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the manifest");
    return sink->write(sink, "\n", 1, err);
}
