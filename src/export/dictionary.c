/* The data dictionary: what each column of the historical export holds, as CSV and as JSON. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "csv.h"
#include "export/export.h"
#include "export/historical.h"

#define DICTIONARY_CEILING_BYTES (1u << 20)
#define MEANING_CEILING_BYTES 4096

/* A line of the dictionary, in the order of its columns. */
struct entry {
    const char *column;
    const char *type; /* string, integer, number, datetime */
    const char *unit;
    const char *meaning;
    const char *sensor;
    const char *sample_rule;
};

/* Type, unit and meaning; the columns' names come from where the layout has them. */
static const struct entry keys[DK_HISTORICAL_KEYS] = {
    {.type = "string", .unit = "", .meaning = "the rig: its site and its well's number there"},
    {.type = "integer",
     .unit = "",
     .meaning = "number of the three-month batch that the reading belongs to, from 1"},
    {.type = "datetime",
     .unit = "",
     .meaning = "when the reading was taken, YYYY-MM-DD HH:MM:SS, local time of the rig without a "
                "time zone"},
    {.type = "integer",
     .unit = "min",
     .meaning = "minutes since the first reading of the rig's cohort, from 0 in each cohort"},
};

/* The same for the conditions; their codes are added from the catalogue. */
static const struct entry conditions[DK_CONDITIONS] = {
    {.type = "number",
     .unit = "fraction",
     .meaning = "condition of the cooler, a fraction of full efficiency"},
    {.type = "number",
     .unit = "fraction",
     .meaning = "condition of the valve, a fraction of optimal switching"},
    {.type = "integer", .unit = "", .meaning = "leakage of the internal pump"},
    {.type = "integer", .unit = "bar", .meaning = "pressure of the hydraulic accumulator"},
    {.type = "integer", .unit = "", .meaning = "whether conditions were stable during the reading"},
};

/* Where the entries go: lines of a CSV, or objects of a list in JSON. */
struct target {
    struct dk_buffer *text; /* NULL: the list */
    json_t *list;
};

static enum dk_status append_entry(struct target *target, const struct entry *entry,
                                   struct dk_error *err)
{
    const char *const fields[] = {entry->column,  entry->type,   entry->unit,
                                  entry->meaning, entry->sensor, entry->sample_rule};
    if (target->text)
        return dk_csv_line(target->text, fields, DK_COUNT_OF(fields), err);
    json_t *object = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "column", entry->column, "type",
                               entry->type, "unit", entry->unit, "meaning", entry->meaning,
                               "sensor", entry->sensor, "sample_rule", entry->sample_rule);
    return json_array_append_new(target->list, object) == 0
               ? DK_OK
               : dk_error_set(err, DK_ERR_NOMEM, "out of memory for a dictionary");
}

/* "<meaning>: <value> <description>; ..." */
static enum dk_status condition_meaning(size_t condition, struct dk_buffer *meaning,
                                        struct dk_error *err)
{
    const struct dk_condition *row = &dk_conditions[condition];
    enum dk_status status = dk_buffer_printf(meaning, err, "%s", conditions[condition].meaning);
    for (size_t i = 0; status == DK_OK && i < row->code_count; i++) {
        const char *between = i == 0 ? ": " : "; ";
        const struct dk_condition_code *code = &row->codes[i];
        if (code->fraction)
            status = dk_buffer_printf(meaning, err, "%s%s %s", between, code->fraction,
                                      code->description);
        else
            status =
                dk_buffer_printf(meaning, err, "%s%d %s", between, code->code, code->description);
    }
    return status == DK_OK ? dk_buffer_terminate(meaning, err) : status;
}

/* The two columns of a condition: its value, and that value in words. */
static enum dk_status append_condition(struct target *target, size_t condition,
                                       const char *const columns[2], struct dk_buffer *meaning,
                                       struct dk_error *err)
{
    struct entry entry = conditions[condition];
    DK_RETURN_IF_ERROR(condition_meaning(condition, meaning, err));
    entry.column = columns[0];
    entry.meaning = meaning->data;
    entry.sensor = entry.sample_rule = "";
    DK_RETURN_IF_ERROR(append_entry(target, &entry, err));

    meaning->size = 0;
    DK_RETURN_IF_ERROR(dk_buffer_printf(meaning, err, "%s in words", columns[0]));
    DK_RETURN_IF_ERROR(dk_buffer_terminate(meaning, err));
    entry = (struct entry){columns[1], "string", "", meaning->data, "", ""};
    return append_entry(target, &entry, err);
}

static enum dk_status append_sensor(struct target *target, const struct dk_sensor *sensor,
                                    const char *sample, struct dk_buffer *meaning,
                                    struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_buffer_printf(
        meaning, err,
        "%s, one value of the reading's burst of %d sample%s a second; empty where it is missing",
        sensor->quantity, sensor->rate_hz, sensor->rate_hz == 1 ? "" : "s"));
    DK_RETURN_IF_ERROR(dk_buffer_terminate(meaning, err));
    struct entry entry = {sensor->column, "number",     sensor->unit,
                          meaning->data,  sensor->name, sample};
    return append_entry(target, &entry, err);
}

static enum dk_status append_all(struct target *target, struct dk_buffer *meaning,
                                 const char *sample, struct dk_error *err)
{
    const char *columns[DK_HISTORICAL_COLUMNS];
    dk_historical_columns(columns);
    for (size_t i = 0; i < DK_HISTORICAL_KEYS; i++) {
        struct entry entry = keys[i];
        entry.column = columns[i];
        entry.sensor = entry.sample_rule = "";
        DK_RETURN_IF_ERROR(append_entry(target, &entry, err));
    }
    for (size_t i = 0; i < DK_CONDITIONS; i++) {
        meaning->size = 0;
        DK_RETURN_IF_ERROR(
            append_condition(target, i, &columns[DK_HISTORICAL_KEYS + 2 * i], meaning, err));
    }
    for (size_t i = 0; i < DK_SENSORS; i++) {
        meaning->size = 0;
        DK_RETURN_IF_ERROR(append_sensor(target, &dk_sensors[i], sample, meaning, err));
    }
    return DK_OK;
}

enum dk_status dk_dictionary_write(struct dk_sink *sink, const char *sample, struct dk_error *err)
{
    static const struct entry header = {"column",  "type",   "unit",
                                        "meaning", "sensor", "sample_rule"};
    struct dk_buffer text;
    struct dk_buffer meaning;
    struct target target = {.text = &text};
    dk_buffer_init(&text, DICTIONARY_CEILING_BYTES);
    dk_buffer_init(&meaning, MEANING_CEILING_BYTES);
    enum dk_status status = append_entry(&target, &header, err);
    if (status == DK_OK)
        status = append_all(&target, &meaning, sample, err);
    if (status == DK_OK)
        status = sink->write(sink, text.data, text.size, err);
    dk_buffer_reset(&meaning);
    dk_buffer_reset(&text);
    return status;
}

enum dk_status dk_dictionary_json(const char *sample, char **out, struct dk_error *err)
{
    struct dk_buffer meaning;
    struct target target = {.list = json_array()};
    dk_buffer_init(&meaning, MEANING_CEILING_BYTES);
    enum dk_status status = append_all(&target, &meaning, sample, err);
    *out = status == DK_OK ? json_dumps(target.list, JSON_COMPACT) : NULL;
    if (status == DK_OK && !*out)
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for a dictionary");
    json_decref(target.list);
    dk_buffer_reset(&meaning);
    return status;
}
