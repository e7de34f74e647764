/* Series as a burst sink of the exports counts them. */
#ifndef DK_EXPORT_BURST_RANGE_H
#define DK_EXPORT_BURST_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include "rig/readings.h"

/* Which of the series that a sink receives are kept: `count` from place `first` on. */
struct dk_burst_range {
    size_t first, count;
};

#define DK_BURST_RANGE_ALL ((struct dk_burst_range){0, SIZE_MAX})

/* How many of `series` series are kept. */
static inline size_t dk_burst_range_count(const struct dk_burst_range *range, size_t series)
{
    size_t left = range->first < series ? series - range->first : 0;
    return left < range->count ? left : range->count;
}

/* One series to write, by its place among those that are kept. */
struct dk_burst_series {
    struct dk_series series;
    size_t place;
};

#endif
