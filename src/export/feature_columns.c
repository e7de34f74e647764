#include "feature_columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "csv.h"

/* What the dictionary says of a column. */
struct entry {
    const char *name, *sensor, *formula, *window, *role;
    char unit[24];
};

static const struct {
    const char *name, *meaning, *window, *role;
    enum dk_parquet_type type;
} keys[DK_FEATURE_KEYS] = {
    [DK_FEATURE_KEY_RIG] = {"rig_name", "site and number of the well", "cohort", "key",
                            DK_PARQUET_STRING},
    [DK_FEATURE_KEY_COHORT] = {"cohort", "number of the cohort, from 1", "cohort", "key",
                               DK_PARQUET_INT32},
    [DK_FEATURE_KEY_READING] =
        {"reading", "number of the reading in its cohort, from 1; determines the labels", "reading",
         "key", DK_PARQUET_INT32},
    [DK_FEATURE_KEY_DATE_TIME] =
        {"date_time",
         "when the reading began, local time of the rig without a time zone; determines the labels",
         "reading", "key", DK_PARQUET_TIMESTAMP},
    [DK_FEATURE_KEY_BLOCK] =
        {"condition_block",
         "number of the stretch of readings with equal conditions; for grouping, never a feature: "
         "it determines the labels",
         "reading", "group", DK_PARQUET_INT32},
    [DK_FEATURE_KEY_COMBINATION] = {"condition_combination",
                                    "number of the combination of conditions; for grouping, never "
                                    "a feature: it determines the labels",
                                    "reading", "group", DK_PARQUET_INT32},
};

static bool is_code(size_t key)
{
    return key >= DK_FEATURE_KEY_FIRST_CODE && key < DK_FEATURE_KEY_BLOCK;
}

static void add_column(struct dk_feature_columns *columns, struct dk_feature_column column,
                       enum dk_parquet_type type, bool optional)
{
    struct dk_feature_column *added = &columns->columns[columns->count];
    *added = column;
    columns->fields[columns->count++] = (struct dk_parquet_field){added->name, type, optional};
}

static void add_key(struct dk_feature_columns *columns, size_t key)
{
    const bool code = is_code(key);
    struct dk_feature_column column = {.sensor = -1, .feature = key};
    dk_text_format(column.name, sizeof(column.name), "%s",
                   code ? dk_conditions[key - DK_FEATURE_KEY_FIRST_CODE].name : keys[key].name);
    add_column(columns, column, code ? DK_PARQUET_INT32 : keys[key].type, false);
}

static void add_feature(struct dk_feature_columns *columns, int sensor, size_t feature)
{
    struct dk_feature described;
    dk_feature_describe(columns->samples[sensor], feature, &described);
    struct dk_feature_column column = {.sensor = sensor, .feature = feature};
    dk_text_format(column.name, sizeof(column.name), "%s__%s", dk_sensors[sensor].name,
                   described.name);
    for (char *at = column.name; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    add_column(columns, column, DK_PARQUET_DOUBLE, true);
}

enum dk_status dk_feature_columns_init(struct dk_feature_columns *columns,
                                       const size_t samples[DK_SENSORS], struct dk_error *err)
{
    const size_t count_max = DK_FEATURE_KEYS + (size_t)DK_SENSORS * DK_FEATURES_MAX;
    *columns = (struct dk_feature_columns){0};
    columns->columns = calloc(count_max, sizeof(*columns->columns));
    columns->fields = calloc(count_max, sizeof(*columns->fields));
    if (!columns->columns || !columns->fields) {
        dk_feature_columns_reset(columns);
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for features");
    }
    memcpy(columns->samples, samples, sizeof(columns->samples));
    for (size_t i = 0; i < DK_FEATURE_KEYS; i++)
        add_key(columns, i);
    for (int i = 0; i < DK_SENSORS; i++)
        for (size_t feature = 0; feature < dk_features_count(samples[i]); feature++)
            add_feature(columns, i, feature);
    return DK_OK;
}

void dk_feature_columns_reset(struct dk_feature_columns *columns)
{
    free(columns->columns);
    free(columns->fields);
    *columns = (struct dk_feature_columns){0};
}

/* --- dictionary ------------------------------------------------------------------------------- */

/* `feature` has the texts that the entry borrows. */
static struct entry entry_of(const struct dk_feature_columns *columns, size_t index,
                             struct dk_feature *feature)
{
    const struct dk_feature_column *column = &columns->columns[index];
    struct entry entry = {.name = column->name, .sensor = ""};
    if (column->sensor < 0) {
        const bool code = is_code(column->feature);
        entry.formula = code ? "a code of the profile" : keys[column->feature].meaning;
        entry.window = code ? "reading" : keys[column->feature].window;
        entry.role = code ? "label" : keys[column->feature].role;
        return entry;
    }
    const struct dk_sensor *sensor = &dk_sensors[column->sensor];
    dk_feature_describe(columns->samples[column->sensor], column->feature, feature);
    entry.sensor = sensor->name;
    entry.formula = feature->formula;
    entry.window = feature->window;
    entry.role = "feature";
    if (feature->unit)
        dk_text_format(entry.unit, sizeof(entry.unit), "%s%s", sensor->unit, feature->unit);
    return entry;
}

enum dk_status dk_feature_columns_csv(const struct dk_feature_columns *columns, size_t first,
                                      struct dk_buffer *text, struct dk_error *err)
{
    static const char *const header[] = {"name", "sensor", "unit", "formula", "window", "role"};
    struct dk_feature feature;
    DK_RETURN_IF_ERROR(dk_csv_line(text, header, DK_COUNT_OF(header), err));
    for (size_t i = first; i < columns->count; i++) {
        const struct entry entry = entry_of(columns, i, &feature);
        const char *const line[] = {entry.name,    entry.sensor, entry.unit,
                                    entry.formula, entry.window, entry.role};
        DK_RETURN_IF_ERROR(dk_csv_line(text, line, DK_COUNT_OF(line), err));
    }
    return DK_OK;
}

enum dk_status dk_feature_columns_json(const struct dk_feature_columns *columns, size_t first,
                                       char **out, struct dk_error *err)
{
    json_t *list = json_array();
    int failed = list == NULL;
    struct dk_feature feature;
    for (size_t i = first; !failed && i < columns->count; i++) {
        const struct entry entry = entry_of(columns, i, &feature);
        failed = json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "name",
                                                       entry.name, "sensor", entry.sensor, "unit",
                                                       entry.unit, "formula", entry.formula,
                                                       "window", entry.window, "role", entry.role));
    }
    *out = failed ? NULL : json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return *out ? DK_OK : dk_error_set(err, DK_ERR_NOMEM, "out of memory for features");
}
