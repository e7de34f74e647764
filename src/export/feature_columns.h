/* The columns of a table of features: names, types, dictionary. Private to src/export/. */
#ifndef DK_EXPORT_FEATURE_COLUMNS_H
#define DK_EXPORT_FEATURE_COLUMNS_H

#include <stddef.h>

#include "features/features.h"
#include "parquet/parquet.h"
#include "rig/catalogue.h"

/* The columns before the features. */
enum dk_feature_key {
    DK_FEATURE_KEY_RIG,
    DK_FEATURE_KEY_COHORT,
    DK_FEATURE_KEY_READING,
    DK_FEATURE_KEY_DATE_TIME,
    DK_FEATURE_KEY_FIRST_CODE,
    DK_FEATURE_KEY_BLOCK = DK_FEATURE_KEY_FIRST_CODE + DK_CONDITIONS,
    DK_FEATURE_KEY_COMBINATION,
    DK_FEATURE_KEYS
};

/* One column of the table. */
struct dk_feature_column {
    char name[40];
    int sensor; /* -1: a key */
    size_t feature;
};

struct dk_feature_columns {
    size_t count;
    struct dk_feature_column *columns; /* owned; the keys first */
    struct dk_parquet_field *fields;   /* owned; the same */
    size_t samples[DK_SENSORS];        /* of a burst */
};

/* The columns for bursts of this many samples. After DK_OK the caller resets. */
enum dk_status dk_feature_columns_init(struct dk_feature_columns *columns,
                                       const size_t samples[DK_SENSORS], struct dk_error *err)
    DK_CHECK;
/* Legal on a zeroed struct. */
void dk_feature_columns_reset(struct dk_feature_columns *columns);

/* Appends the dictionary of the columns from `first` on as CSV:
 * "name,sensor,unit,formula,window,role". */
enum dk_status dk_feature_columns_csv(const struct dk_feature_columns *columns, size_t first,
                                      struct dk_buffer *text, struct dk_error *err) DK_CHECK;
/* The same as JSON: a list of objects with these keys. *out is on the heap (the caller frees). */
enum dk_status dk_feature_columns_json(const struct dk_feature_columns *columns, size_t first,
                                       char **out, struct dk_error *err) DK_CHECK;

#endif
