/*
 * Features as a table: one row per reading, the columns of all sensors, as Parquet or CSV.
 *
 * A dk_feature_table is the context of a burst sink of the same functions. It computes the features
 * of a burst as it comes and keeps only these; what does not fit into memory is in a file without a
 * name.
 */
#ifndef DK_EXPORT_FEATURE_TABLE_H
#define DK_EXPORT_FEATURE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "base/status.h"
#include "export/burst_range.h"
#include "rig/readings.h"

#define DK_FEATURES_FILE "features.parquet"

struct dk_feature_table;

/* Begins. `folder`, which must exist, gets the file without a name. `wanted` says which series are
 * kept. `threads` 0: one per processor. After DK_OK the caller closes. */
enum dk_status dk_feature_table_open(struct dk_feature_table **out, const char *folder,
                                     const struct dk_burst_range *wanted, unsigned threads,
                                     struct dk_error *err) DK_CHECK;

/* The functions of the sink; see input/burst_sink.h. */
enum dk_status dk_feature_table_begin(void *context, int sensor, size_t series, size_t samples,
                                      size_t readings_max, struct dk_error *err) DK_CHECK;
void dk_feature_table_burst(void *context, int sensor, size_t series, size_t reading,
                            const dk_decimal *values, size_t count);
enum dk_status dk_feature_table_end(void *context, int sensor, size_t readings,
                                    struct dk_error *err) DK_CHECK;

/* What to write. */
struct dk_feature_rows {
    const struct dk_burst_series *list; /* borrowed; in the order of the rows */
    size_t count;
    const struct dk_profile *profile; /* borrowed; of all of them */
    const uint32_t *readings;         /* indices of the readings of each series; NULL: all */
    size_t reading_count;
    bool no_keys; /* without rig_name and cohort, which the folders around the file name */
    bool csv;     /* not Parquet */
};

/* Writes the rows to a sink. *count, how many there are. The table may be written several times. */
enum dk_status dk_feature_table_write(struct dk_feature_table *table,
                                      const struct dk_feature_rows *rows, struct dk_sink sink,
                                      uint64_t *count, struct dk_error *err) DK_CHECK;

/* Writes the data dictionary of what dk_feature_table_write writes, as CSV:
 * "name,sensor,unit,formula, window,role", then one line per column. */
enum dk_status dk_feature_table_dictionary(const struct dk_feature_table *table, bool no_keys,
                                           struct dk_sink sink, struct dk_error *err) DK_CHECK;
/* NULL is legal. */
void dk_feature_table_close(struct dk_feature_table *table);

#endif
