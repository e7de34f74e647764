/*
 * Features: numbers computed from one burst, by the formulas of each feature's description.
 *
 * A burst of one sample has one feature, `value`. A burst of 2 to 19 samples has 12, and a longer
 * one has 5 more for each of its ten segments. Sums are exact: samples are integers at the burst's
 * scale, the first one subtracted, and each sum is rounded to binary64 once. No feature depends on
 * anything but its burst. All functions are pure and may be called from any thread.
 */
#ifndef DK_FEATURES_FEATURES_H
#define DK_FEATURES_FEATURES_H

#include <stddef.h>

#include "base/decimal.h"

#define DK_FEATURE_SEGMENTS 10
#define DK_FEATURE_SEGMENT_SAMPLES 20 /* a burst of fewer samples has no segments */
#define DK_FEATURES_MAX (12 + 5 * DK_FEATURE_SEGMENTS)

#define DK_FEATURE_NAME_MAX 24
#define DK_FEATURE_WINDOW_MAX 96

/* What a feature is. */
struct dk_feature {
    char name[DK_FEATURE_NAME_MAX]; /* "mean", "s01__mean" */
    const char *formula;            /* in words and symbols */
    const char *unit;               /* what follows the sensor's: "", "/s"; NULL: it has no unit */
    char window[DK_FEATURE_WINDOW_MAX]; /* which samples of the burst */
};

/* How many features a burst of this many samples has: 1, 12 or DK_FEATURES_MAX. */
size_t dk_features_count(size_t samples);

/* Describes one of them, by its index. */
void dk_feature_describe(size_t samples, size_t index, struct dk_feature *out);

/* Computes the features of a burst, samples[0..count), count at least 1, into
 * out[0..dk_features_count). `rate_hz` is in samples per second. NaN where a feature has no value:
 * a sample of its window is missing (for first and last: that sample), or all samples are equal
 * (skewness, kurtosis). */
void dk_features_compute(const dk_decimal *samples, size_t count, int rate_hz, double *out);

#endif
