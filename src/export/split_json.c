/* split.json: what a split amounts to. */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "export/export.h"

static enum dk_status no_memory(struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a split");
}

/* {"3": 34560, "20": 34320, ...} */
static json_t *classes_of(const struct dk_split_tally *tally, int part, int condition)
{
    json_t *classes = json_object();
    for (size_t i = 0; i < dk_conditions[condition].code_count; i++) {
        char code[16];
        snprintf(code, sizeof(code), "%d", dk_conditions[condition].codes[i].code);
        if (json_object_set_new(
                classes, code, json_integer((json_int_t)tally->classes[part][condition][i])) != 0) {
            json_decref(classes);
            return NULL;
        }
    }
    return classes;
}

static json_t *part_of(const struct dk_split *split, const struct dk_split_tally *tally, int part,
                       const char *file_name)
{
    char file[64];
    json_t *classes = json_object();
    int failed = 0;
    snprintf(file, sizeof(file), "%s/%s", dk_split_part_name(part), file_name);
    for (int i = 0; i < DK_CONDITIONS; i++)
        failed |= json_object_set_new(classes, dk_conditions[i].name, classes_of(tally, part, i));
    if (!failed)
        return json_pack("{s:i,s:I,s:[s],s:o}", "percent", split->percent[part], "rows",
                         (json_int_t)tally->rows[part], "files", file, "classes", classes);
    json_decref(classes);
    return NULL;
}

enum dk_status dk_split_json(const struct dk_split *split, const struct dk_split_tally *tally,
                             const char *file_name, char **out, struct dk_error *err)
{
    json_t *parts = json_object();
    json_t *labels = json_object();
    int failed = 0;
    *out = NULL;
    for (int part = 0; part < DK_SPLIT_PARTS; part++)
        failed |= json_object_set_new(parts, dk_split_part_name(part),
                                      part_of(split, tally, part, file_name));
    for (int i = 0; i < DK_CONDITIONS; i++)
        failed |= json_object_set_new(labels, dk_conditions[i].name,
                                      json_pack("{s:I,s:I}", "runs", (json_int_t)tally->runs[i],
                                                "cut", (json_int_t)tally->cut[i]));
    json_t *all = json_pack("{s:I,s:s,s:o,s:o}", "seed", (json_int_t)split->seed, "split_by",
                            dk_split_by_name(split->by), "parts", parts, "labels", labels);
    char *text = all && !failed ? json_dumps(all, JSON_INDENT(2)) : NULL;
    json_decref(all);
    if (!text || asprintf(out, "%s\n", text) < 0)
        *out = NULL;
    free(text);
    return *out ? DK_OK : no_memory(err);
}
