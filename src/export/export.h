/*
 * export: readings to CSV, one writer a layout. UTF-8, LF, RFC 4180 quoting where needed.
 *
 * A dk_export is opened once, takes tables of readings in order of rig, cohort (the caller's
 * order), and is committed or aborted. Each appended table is formatted in blocks by several
 * threads; the bytes are the same for any number of them. It knows nothing of databases.
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

enum dk_format {
    DK_FORMAT_HISTORICAL,
    DK_FORMAT_TEMPLATE,
    DK_FORMAT_SENSORS,
    DK_FORMAT_SAGEMAKER,
    DK_FORMAT_COUNT
};

/* The words of --format, and back (-1 if unknown). */
const char *dk_format_name(enum dk_format format);
int dk_format_find(const char *word);
/* The file a format goes to by default: "oil-well-data-all-historical.csv", ...; for `sensors`,
 * which is a folder, NULL. */
const char *dk_format_file_name(enum dk_format format);

struct dk_export_settings {
    enum dk_format format;
    bool no_profile;  /* template: the bare one */
    int label;        /* sagemaker: condition index */
    unsigned threads; /* 0: one a processor */
};

struct dk_export; /* owned by the caller between open and close */

struct dk_export_result {
    uint64_t rows;       /* data rows written (of the first file, for `sensors`) */
    uint64_t size_bytes; /* of all files */
    uint64_t files;
    char hash[DK_HASH_HEX_MAX]; /* sha256 of the file ("" for a folder or where not asked) */
};

/* Opens an export to a file (appears whole at commit), or, for DK_FORMAT_SENSORS, to a folder
 * (made if need be; 17 sensor files and profile.csv, each appears whole). `with_hash`: compute the
 * file's sha256 while writing. On DK_OK the caller must close. */
enum dk_status dk_export_open(struct dk_export **out, const struct dk_export_settings *settings,
                              const char *path, bool with_hash, struct dk_error *err) DK_CHECK;
/* The same to a sink, which is borrowed ("-", a test's buffer). For DK_FORMAT_SENSORS that is
 * DK_ERR_USAGE: it is several files. */
enum dk_status dk_export_open_sink(struct dk_export **out,
                                   const struct dk_export_settings *settings, struct dk_sink sink,
                                   struct dk_error *err) DK_CHECK;

/* Appends series [first, first + count) of a table, all its readings, in that order. */
enum dk_status dk_export_append(struct dk_export *export, const struct dk_readings *readings,
                                size_t first, size_t count, struct dk_error *err) DK_CHECK;

/* Appends rows that the same format made before, as they stand: `rows` whole lines of `size` bytes.
 * DK_ERR_USAGE for a format of several files. */
enum dk_status dk_export_append_lines(struct dk_export *export, const char *lines, size_t size,
                                      uint64_t rows, struct dk_error *err) DK_CHECK;

/* Makes the files appear. *result may be NULL. After a failure nothing appeared (for `sensors`:
 * possibly some files, each whole). */
enum dk_status dk_export_commit(struct dk_export *export, struct dk_export_result *result,
                                struct dk_error *err) DK_CHECK;
/* Frees; without commit nothing appears. NULL is legal. */
void dk_export_close(struct dk_export *export);

/* The data dictionary of the historical CSV: header "column,type,unit,meaning,sensor,sample_rule",
 * one line a column. `sample` is the word of the sample rule. */
enum dk_status dk_dictionary_write(struct dk_sink *sink, const char *sample, struct dk_error *err)
    DK_CHECK;

#endif
