/*
 * Quality: what the values of a sensor amount to.
 *
 * Counts, exact sum, extremes, median and the longest run of equal values, of one series or of all
 * series of a table of readings. `check` prints it, a load keeps it in sensor_quality, and later
 * runs compare its counts and sums with the database.
 */
#ifndef DK_RIG_QUALITY_H
#define DK_RIG_QUALITY_H

#include <stdint.h>

#include "base/decimal.h"
#include "base/status.h"
#include "rig/limits.h"
#include "rig/readings.h"

struct dk_quality {
    uint64_t missing_count;
    uint64_t quarantined_count; /* of the missing: those that had a cell, which was bad */
    uint64_t outside_count;     /* values outside the limits */
    /* The longest run of equal values in consecutive readings of a series, in readings; a missing
     * value ends it. */
    uint64_t longest_constant;
    struct dk_decimal_sum sum; /* sum.count: how many values there are */
    /* DK_DECIMAL_MISSING where there are none. The median of an even count is the mean of the two
     * in the middle, rounded half to even at 6 decimals and at most 15 significant digits. */
    dk_decimal minimum, median, maximum;
};

/* Of each sensor, over all series (`by_series` false: table[DK_SENSORS]) or for each series
 * (table[DK_SENSORS][readings->series_count]). `threads` as dk_team_run takes them. DK_ERR_NOMEM.
 */
enum dk_status dk_quality_measure(const struct dk_readings *readings,
                                  const struct dk_limits limits[DK_SENSORS], bool by_series,
                                  unsigned threads, struct dk_quality *table, struct dk_error *err)
    DK_CHECK;

/* The counts alone, which cost next to nothing: of one sensor over all series. */
struct dk_quality_counts {
    uint64_t values, missing, outside;
};

void dk_quality_count(const struct dk_readings *readings, size_t sensor,
                      const struct dk_limits *limits, struct dk_quality_counts *counts);

/* The canonical text of an exact sum: no exponent, no trailing zeros; terminated. */
#define DK_QUALITY_SUM_MAX 64
void dk_quality_sum_format(const struct dk_decimal_sum *sum, char text[DK_QUALITY_SUM_MAX]);

#endif
