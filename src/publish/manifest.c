/*
 * manifest.json: what is published, for people and programs that read the bucket. Columns come
 * from the catalogue, so that it can't say anything else than the CSV holds.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "publish/publish.h"
#include "rig/catalogue.h"

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

/* Sets name to value in object; takes value over even if it fails. */
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

/* --- columns -------------------------------------------------------------------------------- */

static bool column_add(json_t *columns, const char *name, const char *type, const char *unit,
                       const char *sensor)
{
    json_t *column = json_object();
    bool fine = column && put_text(column, "name", name) && put_text(column, "type", type) &&
                put_text(column, "unit", unit) && put_text(column, "sensor", sensor);
    /* Takes the reference over whether it works or not. */
    return json_array_append_new(columns, column) == 0 && fine;
}

/* A condition is its code, or its fraction where it has one, and what that means. */
static bool condition_add(json_t *columns, const struct dk_condition *condition)
{
    static const char bar[] = "_bar";
    size_t size = strlen(condition->export_column);
    bool is_bar = size > sizeof(bar) - 1 &&
                  strcmp(condition->export_column + size - (sizeof(bar) - 1), bar) == 0;
    bool is_fraction = condition->fraction_column != NULL;
    return column_add(columns, condition->export_column, is_fraction ? "decimal" : "integer",
                      is_bar ? "bar" : NULL, NULL) &&
           column_add(columns, condition->description_column, "string", NULL, NULL);
}

static json_t *columns_make(void)
{
    json_t *columns = json_array();
    bool fine = columns && column_add(columns, "rig_name", "string", NULL, NULL) &&
                column_add(columns, "cohort", "integer", NULL, NULL) &&
                column_add(columns, "date_time", "timestamp", NULL, NULL) &&
                column_add(columns, "cumulative_minutes", "integer", "min", NULL);
    for (size_t i = 0; fine && i < DK_CONDITIONS; i++)
        fine = condition_add(columns, &dk_conditions[i]);
    for (size_t i = 0; fine && i < DK_SENSORS; i++)
        fine = column_add(columns, dk_sensors[i].column, "decimal", dk_sensors[i].unit,
                          dk_sensors[i].name);
    if (fine)
        return columns;
    json_decref(columns);
    return NULL;
}

/* --- files and cohorts ---------------------------------------------------------------------- */

static bool file_add(json_t *files, const struct dk_manifest_file *file)
{
    json_t *object = json_object();
    bool fine =
        object && put_text(object, "key", file->key) && put_text(object, "kind", file->kind);
    if (fine && file->cohort)
        fine = put(object, "cohort", json_integer(file->cohort));
    fine = fine && put_text(object, "content_type", file->content_type) &&
           put_number(object, "rows", file->rows) &&
           put_number(object, "size_bytes", file->size_bytes) &&
           put_text(object, "sha256", file->sha256);
    return json_array_append_new(files, object) == 0 && fine;
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
    json_t *cohorts = json_array();
    for (size_t i = 0; fine && files && i < manifest->file_count; i++)
        fine = file_add(files, &manifest->files[i]);
    for (size_t i = 0; fine && cohorts && i < manifest->cohort_count; i++)
        fine = cohort_add(cohorts, &manifest->cohorts[i]);
    fine = put(root, "files", files) && fine;
    fine = put(root, "columns", columns_make()) && fine;
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
                            "can't make the manifest: out of memory, or a text is "
                            "not UTF-8");
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
