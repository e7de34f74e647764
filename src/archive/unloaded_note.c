#include "archive/unloaded_note.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "archive_error.h"
#include "base/file.h"

#define FORMAT 1

/* --- writing -------------------------------------------------------------------------------- */

static json_t *text_or_null(const char *text)
{
    json_t *value = text[0] != '\0' ? json_string(text) : NULL;
    return value ? value : json_null();
}

static json_t *describe(const struct dk_ledger_unloaded *row)
{
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&row->well, rig);
    return json_pack("{s:s,s:i,s:I,s:s,s:I,s:s,s:o,s:o,s:o}", "rig", rig, "cohort", row->cohort,
                     "readings", (json_int_t)row->readings, "sha256", row->hash, "run",
                     (json_int_t)row->run_id, "at", row->at, "user", text_or_null(row->actor.user),
                     "host", text_or_null(row->actor.host), "reason",
                     text_or_null(row->actor.reason));
}

static json_t *describe_all(const struct dk_ledger_unloaded *list, size_t count)
{
    json_t *array = json_array();
    bool packed = array != NULL;
    for (size_t i = 0; packed && i < count; i++)
        packed = json_array_append_new(array, describe(&list[i])) == 0;
    if (packed)
        return json_pack("{s:i,s:o}", "format", FORMAT, "unloaded", array);
    json_decref(array);
    return NULL;
}

static enum dk_status put(json_t *object, const char *folder, struct dk_error *err)
{
    char *text = object ? json_dumps(object, JSON_INDENT(1)) : NULL;
    char *path = dk_path_join(folder, DK_ARCHIVE_UNLOADED);
    enum dk_status status =
        text && path ? dk_file_put(path, text, strlen(text), err)
                     : dk_error_set(err, DK_ERR_NOMEM, "out of memory for " DK_ARCHIVE_UNLOADED);
    free(path);
    free(text);
    return status;
}

enum dk_status dk_unloaded_note_write(struct dk_store *store, int64_t drop_id, const char *folder,
                                      struct dk_error *err)
{
    struct dk_ledger_unloaded *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_ledger_unloaded(store, drop_id, &list, &count, err);
    json_t *object = status == DK_OK ? describe_all(list, count) : NULL;
    if (status == DK_OK)
        status = put(object, folder, err);
    json_decref(object);
    free(list);
    return status;
}

/* --- reading -------------------------------------------------------------------------------- */

static void take_text(const json_t *row, const char *key, char *out, size_t cap)
{
    const char *text = json_string_value(json_object_get(row, key));
    dk_text_format(out, cap, "%s", text ? text : "");
}

static bool take_row(const json_t *row, struct dk_ledger_unloaded *out)
{
    char rig[DK_RIG_NAME_MAX];
    json_int_t cohort = json_integer_value(json_object_get(row, "cohort"));
    out->cohort = (int)cohort;
    out->readings = json_integer_value(json_object_get(row, "readings"));
    out->run_id = json_integer_value(json_object_get(row, "run"));
    take_text(row, "rig", rig, sizeof(rig));
    take_text(row, "sha256", out->hash, sizeof(out->hash));
    take_text(row, "at", out->at, sizeof(out->at));
    take_text(row, "user", out->actor.user, sizeof(out->actor.user));
    take_text(row, "host", out->actor.host, sizeof(out->actor.host));
    take_text(row, "reason", out->actor.reason, sizeof(out->actor.reason));
    return cohort >= 1 && cohort <= DK_COHORT_MAX && out->run_id >= 1 &&
           dk_well_parse(rig, &out->well, NULL) == DK_OK;
}

static enum dk_status take_note(const json_t *object, const char *path,
                                struct dk_unloaded_note *note, struct dk_error *err)
{
    const json_t *array = json_object_get(object, "unloaded");
    if (json_integer_value(json_object_get(object, "format")) != FORMAT || !json_is_array(array))
        return dk_archive_error_damaged(path, "it is not a note of format 1", err);
    size_t count = json_array_size(array);
    note->list = calloc(count + 1, sizeof(*note->list));
    if (!note->list)
        return dk_error_nomem(err, "read", path);
    for (; note->count < count; note->count++)
        if (!take_row(json_array_get(array, note->count), &note->list[note->count]))
            return dk_archive_error_damaged(path, "a cohort is not complete", err);
    return DK_OK;
}

enum dk_status dk_unloaded_note_read(const char *folder, struct dk_unloaded_note *note,
                                     struct dk_error *err)
{
    json_error_t why;
    *note = (struct dk_unloaded_note){0};
    char *path = dk_path_join(folder, DK_ARCHIVE_UNLOADED);
    if (!path)
        return dk_error_nomem(err, "read the note in", folder);
    bool found = dk_path_exists(path);
    json_t *object = found ? json_load_file(path, JSON_REJECT_DUPLICATES, &why) : NULL;
    enum dk_status status = DK_OK;
    if (found && !object)
        status = dk_archive_error_damaged(path, why.text, err);
    else if (object)
        status = take_note(object, path, note, err);
    json_decref(object);
    free(path);
    if (status != DK_OK)
        dk_unloaded_note_reset(note);
    return status;
}

void dk_unloaded_note_reset(struct dk_unloaded_note *note)
{
    free(note->list);
    *note = (struct dk_unloaded_note){0};
}

bool dk_unloaded_note_exists(const char *folder)
{
    char *path = dk_path_join(folder, DK_ARCHIVE_UNLOADED);
    bool exists = path && dk_path_exists(path);
    free(path);
    return exists;
}

const struct dk_ledger_unloaded *dk_unloaded_note_find(const struct dk_unloaded_note *note,
                                                       const struct dk_well *well, int cohort)
{
    for (size_t i = 0; i < note->count; i++)
        if (note->list[i].cohort == cohort && dk_well_compare(&note->list[i].well, well) == 0)
            return &note->list[i];
    return NULL;
}
