#include "archive/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "archive_error.h"
#include "base/file.h"
#include "store/burst_mark.h"

#define FORMAT 1

/* --- writing -------------------------------------------------------------------------------- */

static json_t *text_or_null(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

/* A path of the file system may be any bytes; JSON holds only UTF-8. */
static json_t *path_text(const char *path)
{
    json_t *text = json_string(path);
    return text ? text : json_string("");
}

/* Whether an export is one of the samples or features of this cohort, as it is loaded now. */
static bool is_of_cohort(const struct dk_ledger_publication *row, const char *rig, int cohort,
                         const char *mark)
{
    char folder[DK_RIG_NAME_MAX + 32];
    dk_text_format(folder, sizeof(folder), "/rig_name=%s/cohort=%02d/", rig, cohort);
    return strstr(row->target, folder) != NULL && dk_burst_mark_files(row, mark) > 0 &&
           (strncmp(row->layout, "samples", 7) == 0 || strcmp(row->layout, "features") == 0);
}

/* The files of samples and features that were made of a cohort, which stay in aws_s3/. */
struct exports {
    struct dk_ledger_publication *rows; /* owned; all exports of the workspace */
    size_t count;
};

static enum dk_status add_files(json_t *row, const struct exports *exports,
                                const struct dk_store_series *series, struct dk_error *err)
{
    char mark[DK_HASH_HEX_MAX];
    const char *rig = json_string_value(json_object_get(row, "rig"));
    DK_RETURN_IF_ERROR(dk_burst_mark_make(series, mark, err));
    json_t *files = json_array();
    for (size_t i = 0; rig && i < exports->count; i++) {
        const struct dk_ledger_publication *export_row = &exports->rows[i];
        if (is_of_cohort(export_row, rig, series->series.cohort, mark))
            json_array_append_new(files, json_pack("{s:s,s:I,s:I,s:s}", "path", export_row->target,
                                                   "rows", (json_int_t)export_row->rows, "bytes",
                                                   (json_int_t)export_row->size_bytes, "sha256",
                                                   export_row->hash));
    }
    if (json_array_size(files) > 0)
        json_object_set(row, "files", files);
    json_decref(files);
    return DK_OK;
}

static json_t *list_cohorts(struct dk_store *store, int64_t drop_id, struct dk_error *err)
{
    struct exports exports = {0};
    const struct dk_store_filter filter = {.drop_id = drop_id};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    json_t *array = json_array();
    enum dk_status status = dk_store_list(store, &filter, &list, &count, err);
    if (status == DK_OK)
        status = dk_ledger_publications(store, DK_PUBLICATION_EXPORT, &exports.rows, &exports.count,
                                        err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        char rig[DK_RIG_NAME_MAX];
        dk_well_rig_name(&list[i].series.well, rig);
        json_t *row = json_pack("{s:s,s:i,s:I,s:s}", "rig", rig, "cohort", list[i].series.cohort,
                                "readings", (json_int_t)list[i].rows, "sha256", list[i].hash);
        status = add_files(row, &exports, &list[i], err);
        if (json_array_append_new(array, row) != 0 && status == DK_OK)
            status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for " DK_ARCHIVE_RECORD);
    }
    free(exports.rows);
    free(list);
    if (status == DK_OK)
        return array;
    json_decref(array);
    return NULL;
}

/* The archive folders of the drops that this one replaced. */
static json_t *list_replaced(struct dk_store *store, int64_t drop_id, struct dk_error *err)
{
    struct dk_ledger_place *places = NULL;
    size_t count = 0;
    if (dk_ledger_replaced(store, drop_id, &places, &count, err) != DK_OK)
        return NULL;
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        if (places[i].folder[0] != '\0')
            json_array_append_new(array, json_string(places[i].folder));
    free(places);
    return array;
}

/* Which profile the rows have: the drop's, or null for one of the database. */
static json_t *describe_profile(const struct dk_ledger_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct dk_ledger_file *file = &files[i];
        if (file->file != DK_DROP_PROFILE)
            continue;
        const char *name = file->inode == 0 ? file->name : file->path; /* of a zip: in there */
        return json_pack("{s:o,s:s}", "file", path_text(file->stored[0] ? file->stored : name),
                         "sha256", file->hash);
    }
    return json_null();
}

static bool lacks_sensor(const struct dk_ledger_file *files, size_t count)
{
    size_t sensors = 0;
    for (size_t i = 0; i < count; i++)
        sensors += files[i].file < DK_SENSORS;
    return sensors < DK_SENSORS;
}

static enum dk_status find_duplicate_of(struct dk_store *store, const struct dk_ledger_drop *drop,
                                        struct dk_ledger_drop *original, struct dk_error *err)
{
    *original = (struct dk_ledger_drop){0};
    return drop->duplicate_of != 0 ? dk_ledger_drop_get(store, drop->duplicate_of, original, err)
                                   : DK_OK;
}

static enum dk_status put_json(json_t *object, const char *folder, char hash[DK_HASH_HEX_MAX],
                               struct dk_error *err)
{
    char *text = json_dumps(object, JSON_INDENT(1));
    char *path = dk_path_join(folder, DK_ARCHIVE_RECORD);
    enum dk_status status = DK_OK;
    if (!text || !path)
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for " DK_ARCHIVE_RECORD);
    else
        status = dk_file_put(path, text, strlen(text), err);
    if (status == DK_OK && text)
        status = dk_hash_bytes(text, strlen(text), hash, err);
    free(path);
    free(text);
    return status;
}

enum dk_status dk_record_write(const struct dk_record_source *source, const char *folder,
                               char hash[DK_HASH_HEX_MAX], struct dk_error *err)
{
    const struct dk_ledger_drop *drop = source->drop;
    struct dk_ledger_drop original;
    DK_RETURN_IF_ERROR(find_duplicate_of(source->store, drop, &original, err));
    json_t *cohorts = list_cohorts(source->store, drop->drop_id, err);
    json_t *replaced = cohorts ? list_replaced(source->store, drop->drop_id, err) : NULL;
    if (!replaced) {
        json_decref(cohorts);
        return err && err->status != DK_OK
                   ? err->status
                   : dk_error_set(err, DK_ERR_NOMEM, "out of memory for " DK_ARCHIVE_RECORD);
    }
    json_t *object = json_pack(
        "{s:i,s:I,s:s,s:o,s:o,s:s,s:s,s:b,s:I,s:b,s:o,s:o,s:o,s:o}", "format", FORMAT, "run",
        (json_int_t)drop->run_id, "loaded_at", drop->loaded_at, "source", path_text(drop->source),
        "drop", path_text(source->where), "settings", drop->settings, "content_hash",
        drop->content_hash, "quarantine", drop->quarantined + original.quarantined > 0,
        "quarantined", (json_int_t)drop->quarantined, "allow_missing",
        lacks_sensor(source->files, source->file_count), "duplicate_of",
        text_or_null(original.archive_folder), "replaced", replaced, "profile",
        describe_profile(source->files, source->file_count), "cohorts", cohorts);
    if (!object)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for " DK_ARCHIVE_RECORD);
    if (source->incomplete)
        json_object_set_new(object, "incomplete", json_true());
    enum dk_status status = put_json(object, folder, hash, err);
    json_decref(object);
    return status;
}

/* --- reading -------------------------------------------------------------------------------- */

/* Copies the text of a key; false if there is none, or if it does not fit. */
static bool take_text(const json_t *object, const char *key, char *out, size_t cap)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text || strlen(text) >= cap)
        return false;
    dk_text_format(out, cap, "%s", text);
    return true;
}

/* Whether a place, seen from an archive folder, is one that a record may name: absolute, or in the
 * archive. */
static bool is_place(const char *drop)
{
    if (drop[0] == '/')
        return true;
    const char *at = strncmp(drop, "../", 3) == 0 ? drop + 3 : drop;
    if (strcmp(drop, "..") == 0)
        return true;
    for (const char *part = at; *part; part += *part == '/') {
        size_t size = strcspn(part, "/");
        if (size == 0 || (size == 2 && memcmp(part, "..", 2) == 0))
            return false;
        part += size;
    }
    return at[0] != '\0';
}

/* Whether a text names a folder of the archive as the ledger does: "archive/2023-05-07-run1". */
static bool is_archived(const char *folder)
{
    static const char archive[] = "archive/";
    const char *name = folder + strlen(archive);
    return strncmp(folder, archive, strlen(archive)) == 0 && name[0] != '\0' && name[0] != '.' &&
           !strchr(name, '/');
}

static bool is_hash(const char *text)
{
    return strlen(text) == DK_HASH_HEX_MAX - 1 && dk_hex_is(text, DK_HASH_HEX_MAX - 1);
}

static bool take_cohort(const json_t *row, struct dk_record_cohort *out)
{
    char rig[DK_RIG_NAME_MAX];
    json_int_t cohort = json_integer_value(json_object_get(row, "cohort"));
    out->cohort = (int)cohort;
    return cohort >= 1 && cohort <= DK_COHORT_MAX && take_text(row, "rig", rig, sizeof(rig)) &&
           dk_well_parse(rig, &out->well, NULL) == DK_OK &&
           take_text(row, "sha256", out->hash, sizeof(out->hash)) && is_hash(out->hash);
}

static enum dk_status take_cohorts(const json_t *object, const char *path, struct dk_record *record,
                                   struct dk_error *err)
{
    const json_t *array = json_object_get(object, "cohorts");
    if (!json_is_array(array))
        return dk_archive_error_damaged(path, "it has no list of cohorts", err);
    record->cohort_count = json_array_size(array);
    record->cohorts = calloc(record->cohort_count + 1, sizeof(*record->cohorts));
    if (!record->cohorts)
        return dk_error_nomem(err, "read", path);
    for (size_t i = 0; i < record->cohort_count; i++)
        if (!take_cohort(json_array_get(array, i), &record->cohorts[i]))
            return dk_archive_error_damaged(path, "a cohort is not complete", err);
    return DK_OK;
}

static enum dk_status take_record(const json_t *object, const char *path, struct dk_record *record,
                                  struct dk_error *err)
{
    json_int_t format = json_integer_value(json_object_get(object, "format"));
    if (format > FORMAT) {
        dk_error_set(err, DK_ERR_DATA, "'%s' has format %lld, this derrick knows %d", path,
                     (long long)format, FORMAT);
        dk_error_hint(err, "use the derrick that wrote it, or a newer one");
        return DK_ERR_DATA;
    }
    record->run_id = json_integer_value(json_object_get(object, "run"));
    record->quarantine = json_is_true(json_object_get(object, "quarantine"));
    record->allow_missing = json_is_true(json_object_get(object, "allow_missing"));
    record->incomplete = json_is_true(json_object_get(object, "incomplete"));
    if (format != FORMAT || record->run_id < 1 ||
        !take_text(object, "loaded_at", record->loaded_at, sizeof(record->loaded_at)) ||
        !take_text(object, "source", record->source, sizeof(record->source)) ||
        !take_text(object, "drop", record->drop, sizeof(record->drop)) ||
        !take_text(object, "settings", record->settings, sizeof(record->settings)) ||
        !take_text(object, "content_hash", record->content_hash, sizeof(record->content_hash)))
        return dk_archive_error_damaged(path, "a key is missing", err);
    if (!is_hash(record->content_hash))
        return dk_archive_error_damaged(path, "its content hash is not a sha256", err);
    (void)take_text(object, "duplicate_of", record->duplicate_of, sizeof(record->duplicate_of));
    if (!is_place(record->drop) ||
        (record->duplicate_of[0] != '\0' && !is_archived(record->duplicate_of)))
        return dk_archive_error_damaged(path, "it names a place outside of the archive", err);
    return take_cohorts(object, path, record, err);
}

/* The record of a folder as JSON; *object is NULL where there is none. */
static enum dk_status load_json(const char *folder, char **path, json_t **object,
                                struct dk_error *err)
{
    json_error_t why;
    *object = NULL;
    *path = dk_path_join(folder, DK_ARCHIVE_RECORD);
    if (!*path)
        return dk_error_nomem(err, "read the record of", folder);
    if (!dk_path_exists(*path))
        return DK_OK;
    *object = json_load_file(*path, JSON_REJECT_DUPLICATES, &why);
    return *object ? DK_OK : dk_archive_error_damaged(*path, why.text, err);
}

enum dk_status dk_record_read(const char *folder, struct dk_record *record, bool *found,
                              struct dk_error *err)
{
    char *path = NULL;
    json_t *object = NULL;
    *record = (struct dk_record){0};
    enum dk_status status = load_json(folder, &path, &object, err);
    *found = object != NULL;
    if (object)
        status = take_record(object, path, record, err);
    json_decref(object);
    free(path);
    if (status != DK_OK)
        dk_record_reset(record);
    return status;
}

void dk_record_reset(struct dk_record *record)
{
    free(record->cohorts);
    *record = (struct dk_record){0};
}

/* --- samples and features --------------------------------------------------------------------- */

static bool take_file(const json_t *cohort, const json_t *row, struct dk_record_file *out)
{
    struct dk_record_cohort of;
    const json_int_t rows = json_integer_value(json_object_get(row, "rows"));
    const json_int_t size_bytes = json_integer_value(json_object_get(row, "bytes"));
    if (!take_cohort(cohort, &of) || rows < 0 || size_bytes < 0 ||
        !take_text(row, "path", out->path, sizeof(out->path)) ||
        !take_text(row, "sha256", out->hash, sizeof(out->hash)))
        return false;
    out->well = of.well;
    out->cohort = of.cohort;
    out->rows = rows;
    out->size_bytes = (uint64_t)size_bytes;
    return is_hash(out->hash);
}

/* Adds the files of one cohort, for which there is room. */
static enum dk_status take_files_of(const json_t *cohort, const char *path,
                                    struct dk_record_file *files, size_t *count,
                                    struct dk_error *err)
{
    const json_t *list = json_object_get(cohort, "files");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!take_file(cohort, json_array_get(list, i), &files[(*count)++]))
            return dk_archive_error_damaged(path, "a file of a cohort is not complete", err);
    return DK_OK;
}

static enum dk_status take_files(const json_t *object, const char *path,
                                 struct dk_record_file **files, size_t *count, struct dk_error *err)
{
    const json_t *cohorts = json_object_get(object, "cohorts");
    const size_t cohort_count = json_array_size(cohorts);
    size_t total = 0;
    for (size_t i = 0; i < cohort_count; i++)
        total += json_array_size(json_object_get(json_array_get(cohorts, i), "files"));
    *files = calloc(total + 1, sizeof(**files));
    if (!*files)
        return dk_error_nomem(err, "read", path);
    for (size_t i = 0; i < cohort_count; i++)
        DK_RETURN_IF_ERROR(take_files_of(json_array_get(cohorts, i), path, *files, count, err));
    return DK_OK;
}

enum dk_status dk_record_files_read(const char *folder, struct dk_record_file **files,
                                    size_t *count, struct dk_error *err)
{
    char *path = NULL;
    json_t *object = NULL;
    *files = NULL;
    *count = 0;
    enum dk_status status = load_json(folder, &path, &object, err);
    if (object)
        status = take_files(object, path, files, count, err);
    if (status != DK_OK) {
        free(*files);
        *files = NULL;
        *count = 0;
    }
    json_decref(object);
    free(path);
    return status;
}
