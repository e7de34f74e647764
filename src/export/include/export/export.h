/*
 * export: readings to CSV, one writer a layout. UTF-8, LF, RFC 4180 quoting where needed; and to
 * Parquet (parquet/parquet.h).
 *
 * A dk_export is opened, takes tables of readings in the order in which they are to stand (by rig,
 * then cohort), and is committed, or closed without a trace. Each table is formatted in blocks, by
 * several threads; the bytes are the same for any number of them. An export belongs to one thread
 * at a time, and knows nothing of databases.
 */
#ifndef DK_EXPORT_EXPORT_H
#define DK_EXPORT_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/status.h"
#include "rig/readings.h"
#include "rig/split.h"

enum dk_format {
    DK_FORMAT_HISTORICAL,
    DK_FORMAT_TEMPLATE,
    DK_FORMAT_SENSORS,
    DK_FORMAT_SAGEMAKER,
    DK_FORMAT_PARQUET,
    DK_FORMAT_SAMPLES,  /* of a drop only, by export/samples.h */
    DK_FORMAT_FEATURES, /* of a drop only, by export/feature_table.h */
    DK_FORMAT_COUNT
};

/* The words of --format, and back (-1 if unknown). */
const char *dk_format_name(enum dk_format format);
int dk_format_find(const char *word);
/* The file name of a format by default: "oil-well-data-all-historical.csv", ...; NULL for
 * `sensors`, which is a folder. */
const char *dk_format_file_name(enum dk_format format);

struct dk_export_settings {
    enum dk_format format;
    bool no_profile;  /* template: without the profile */
    bool no_keys;     /* parquet: without rig_name and cohort, which the folders around it name */
    int label;        /* sagemaker: condition index */
    unsigned threads; /* 0: one per processor */
    /* parquet: the sample rule, for its dictionary; borrowed; NULL: not known */
    const char *sample;
    /* parquet, sagemaker, features: .on: write only the readings of a part */
    struct dk_split split;
    int part;
    struct dk_split_tally *tally; /* borrowed; gets what was written, with .on */
};

/* Whether such an export is a folder of files. */
bool dk_export_is_folder(const struct dk_export_settings *settings);

struct dk_export; /* owned by the caller between open and close */

struct dk_export_result {
    uint64_t rows;       /* data rows written (of the first file, for `sensors`) */
    uint64_t size_bytes; /* of all files */
    uint64_t files;
    char hash[DK_HASH_HEX_MAX]; /* sha256 of the file ("" for a folder or where not asked) */
};

/* Opens an export to the file `path`, which appears whole at the commit, or, for
 * DK_FORMAT_SENSORS, to a folder, which is created if needed: 17 sensor files and profile.csv,
 * each of which appears whole. `with_hash`: compute the file's sha256 while writing. After
 * DK_OK the caller must close. */
enum dk_status dk_export_open(struct dk_export **out, const struct dk_export_settings *settings,
                              const char *path, bool with_hash, struct dk_error *err) DK_CHECK;
/* The same to a sink ("-", a test's buffer), whose context is borrowed. DK_ERR_USAGE for
 * DK_FORMAT_SENSORS, which is several files. */
enum dk_status dk_export_open_sink(struct dk_export **out,
                                   const struct dk_export_settings *settings, struct dk_sink sink,
                                   struct dk_error *err) DK_CHECK;

/* Appends series [first, first + count) of a table, in that order, with all their readings. After a
 * failure the export takes nothing more. */
enum dk_status dk_export_append(struct dk_export *export, const struct dk_readings *readings,
                                size_t first, size_t count, struct dk_error *err) DK_CHECK;

/* Appends rows that an earlier export in this format made, as they are: `rows` whole lines, `size`
 * bytes in all. DK_ERR_USAGE for a format of several files, or of none that has lines. */
enum dk_status dk_export_append_lines(struct dk_export *export, const char *lines, size_t size,
                                      uint64_t rows, struct dk_error *err) DK_CHECK;

/* Makes the files appear. `result` may be NULL. After a failure nothing has appeared (for `sensors`
 * some files may have, each of them whole). */
enum dk_status dk_export_commit(struct dk_export *export, struct dk_export_result *result,
                                struct dk_error *err) DK_CHECK;
/* Frees the export. Without a commit nothing appears. NULL is legal. */
void dk_export_close(struct dk_export *export);

/* Writes the columns of sagemaker as CSV: "position,column,sensor,unit,meaning". `label` is a
 * condition's index. */
enum dk_status dk_sagemaker_dictionary_write(int label, struct dk_sink *sink, struct dk_error *err)
    DK_CHECK;

/* What a split amounts to, as JSON (docs/sagemaker.md). *out is on the heap (the caller frees). */
enum dk_status dk_split_json(const struct dk_split *split, const struct dk_split_tally *tally,
                             const char *file_name, char **out, struct dk_error *err) DK_CHECK;

/* Writes the data dictionary of the historical CSV: the header
 * "column,type,unit,meaning,sensor,sample_rule", then one line per column. `sample` is the word of
 * the sample rule. */
enum dk_status dk_dictionary_write(struct dk_sink *sink, const char *sample, struct dk_error *err)
    DK_CHECK;
/* The same as JSON: a list of objects with these keys. *out is on the heap (the caller frees). */
enum dk_status dk_dictionary_json(const char *sample, char **out, struct dk_error *err) DK_CHECK;

#endif
