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

/* Sets name to value in object, which owns it from then on even if it fails. */
static bool put(json_t *object, const char *name, json_t *value)
{
    return value && json_object_set_new(object, name, value) == 0;
}

static bool put_text(json_t *object, const char *name, const char *text)
{
    return !text || put(object, name, json_string(text));
}

static bool put_number(json_t *object, const char *name, uint64_t number)
{
    return put(object, name, json_integer((json_int_t)number));
}

/* --- files, columns and cohorts ------------------------------------------------------------- */

static bool file_add(json_t *files, const struct dk_manifest_file *file)
{
    json_t *object = json_object();
    bool fine =
        object && put_text(object, "key", file->key) && put_text(object, "kind", file->kind);
    if (fine && file->cohort)
        fine = put(object, "cohort", json_integer(file->cohort));
    if (fine)
        fine = put_text(object, "rig_name", file->rig_name);
    fine = fine && put_text(object, "content_type", file->content_type) &&
           put_number(object, "rows", file->rows) &&
           put_number(object, "size_bytes", file->size_bytes) &&
           put_text(object, "sha256", file->sha256);
    return json_array_append_new(files, object) == 0 && fine;
}

static bool column_add(json_t *columns, const struct dk_manifest_column *column)
{
    json_t *object = json_object();
    bool fine = object && put_text(object, "name", column->name) &&
                put_text(object, "type", column->type) && put_text(object, "unit", column->unit) &&
                put_text(object, "sensor", column->sensor);
    return json_array_append_new(columns, object) == 0 && fine;
}

static bool cohort_add(json_t *cohorts, const struct dk_manifest_cohort *cohort)
{
    json_t *object = json_object();
    bool fine = object && put(object, "cohort", json_integer(cohort->cohort)) &&
                put_text(object, "rig_name", cohort->rig_name) &&
                put_number(object, "readings", cohort->readings) &&
                put_text(object, "start", cohort->start) && put_text(object, "end", cohort->end) &&
                put_text(object, "hash", cohort->hash);
    return json_array_append_new(cohorts, object) == 0 && fine;
}

static bool manifest_fill(json_t *root, const struct dk_manifest *manifest)
{
    bool fine = put_number(root, "manifest_version", MANIFEST_VERSION) &&
                put_text(root, "url", manifest->url) && put_text(root, "run", manifest->run) &&
                put_text(root, "sample", manifest->sample);
    json_t *files = json_array();
    json_t *columns = json_array();
    json_t *cohorts = json_array();
    for (size_t i = 0; fine && files && i < manifest->file_count; i++)
        fine = file_add(files, &manifest->files[i]);
    for (size_t i = 0; fine && columns && i < manifest->column_count; i++)
        fine = column_add(columns, &manifest->columns[i]);
    for (size_t i = 0; fine && cohorts && i < manifest->cohort_count; i++)
        fine = cohort_add(cohorts, &manifest->cohorts[i]);
    fine = put(root, "files", files) && fine;
    fine = put(root, "columns", columns) && fine;
    return put(root, "cohorts", cohorts) && fine;
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
    json_t *root = json_object();
    if (!root || !manifest_fill(root, manifest)) {
        json_decref(root);
        return dk_error_set(err, DK_ERR_NOMEM,
                            "can't make the manifest: out of memory, or a text in it is not UTF-8");
    }
    int dumped = json_dump_callback(root, on_dump, &dumping,
                                    JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17));
    json_decref(root);
    if (dumping.status != DK_OK)
        return dumping.status;
    if (dumped != 0)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the manifest");
    return sink->write(sink, "\n", 1, err);
}
