/* The order of the features, and where segments begin. Private to src/features/. */
#ifndef DK_FEATURES_ORDER_H
#define DK_FEATURES_ORDER_H

#include <stddef.h>

#include "features/features.h"

enum {
    DK_FEATURE_MEAN,
    DK_FEATURE_MIN,
    DK_FEATURE_MAX,
    DK_FEATURE_FIRST,
    DK_FEATURE_LAST,
    DK_FEATURE_STD,
    DK_FEATURE_RMS,
    DK_FEATURE_SLOPE,
    DK_FEATURE_SKEWNESS,
    DK_FEATURE_KURTOSIS,
    DK_FEATURE_PEAK_TO_PEAK,
    DK_FEATURE_TOTAL_VARIATION,
    DK_BURST_FEATURES
};

/* Of each segment, after those of the burst. */
enum {
    DK_SEGMENT_MEAN,
    DK_SEGMENT_STD,
    DK_SEGMENT_SLOPE,
    DK_SEGMENT_MIN,
    DK_SEGMENT_MAX,
    DK_SEGMENT_FEATURES
};

_Static_assert(DK_FEATURES_MAX == DK_BURST_FEATURES + DK_FEATURE_SEGMENTS * DK_SEGMENT_FEATURES,
               "features.h counts them");

/* The first sample of a segment, by its index. */
static inline size_t dk_segment_begin(size_t samples, size_t segment)
{
    return segment * samples / DK_FEATURE_SEGMENTS;
}

#endif
