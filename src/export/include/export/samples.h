/*
 * Every sample as Parquet: for each cohort of each rig one file for each rate.
 *
 *     <folder>/samples_100hz/rig_name=texas-1/cohort=01/part-0.parquet
 *
 * The bursts of one sensor are gathered in memory by series, encoded when the sensor is complete,
 * and kept in a file without a name, so that memory holds one sensor, not 17. The commit puts the
 * files together; each appears whole. A dk_samples is the context of a burst sink of the same
 * functions.
 */
#ifndef DK_EXPORT_SAMPLES_H
#define DK_EXPORT_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/status.h"
#include "export/burst_range.h"
#include "rig/readings.h"

struct dk_samples;

/* Begins below `folder`, which is created if needed; `threads` 0: one per processor. `sample` is
 * the word of the sample rule of the readings, for the footer. `wanted` says which series are kept:
 * the places of the list that is committed count from its first one. After DK_OK the caller
 * closes. */
enum dk_status dk_samples_open(struct dk_samples **out, const char *folder, const char *sample,
                               const struct dk_burst_range *wanted, unsigned threads,
                               struct dk_error *err) DK_CHECK;

/* The functions of the sink; see input/burst_sink.h. `context` is a struct dk_samples. */
enum dk_status dk_samples_begin(void *context, int sensor, size_t series, size_t samples_per_burst,
                                size_t readings_max, struct dk_error *err) DK_CHECK;
void dk_samples_burst(void *context, int sensor, size_t series, size_t reading,
                      const dk_decimal *values, size_t count);
enum dk_status dk_samples_end(void *context, int index, size_t readings, struct dk_error *err)
    DK_CHECK;

/* Frees the memory that only the sink needs. Every sensor is complete. */
void dk_samples_rest(struct dk_samples *samples);

#define DK_SAMPLE_RATES 3 /* 100, 10 and 1 Hz: a file for each */

/* A file that was written. */
struct dk_samples_file {
    uint64_t rows; /* 0: there is none, because no sensor has this rate */
    uint64_t size_bytes;
    char hash[DK_HASH_HEX_MAX]; /* sha256 */
};

struct dk_samples_result {
    uint64_t rows; /* of all files */
    uint64_t size_bytes;
    uint64_t files;
    struct dk_samples_file *list; /* [count][DK_SAMPLE_RATES], the caller's; NULL: not wanted */
};

/* Writes the files of these series, whose readings have this profile. After a failure some may have
 * appeared, each of them whole. */
enum dk_status dk_samples_commit(struct dk_samples *samples, const struct dk_burst_series *list,
                                 size_t count, const struct dk_profile *profile,
                                 struct dk_samples_result *result, struct dk_error *err) DK_CHECK;
/* NULL is legal. */
void dk_samples_close(struct dk_samples *samples);

#endif
