/*
 * The values of a burst, one after the other, and the one that stands for them. Exact throughout.
 */
#ifndef DK_INPUT_BURST_H
#define DK_INPUT_BURST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "input/input.h"

struct dk_burst {
    struct dk_decimal_sum sum;
    dk_decimal low, high; /* once sum.count > 0 */
    bool missing;         /* a cell is missing, and with it all of the burst */
};

static inline void dk_burst_take(struct dk_burst *burst, dk_decimal value)
{
    if (value == DK_DECIMAL_MISSING) {
        burst->missing = true;
        return;
    }
    if (burst->sum.count == 0 || dk_decimal_compare(value, burst->low) < 0)
        burst->low = value;
    if (burst->sum.count == 0 || dk_decimal_compare(value, burst->high) > 0)
        burst->high = value;
    dk_decimal_sum_add(&burst->sum, value);
}

/* What stands for the burst: sample is mean, min or max. */
static inline dk_decimal dk_burst_value(const struct dk_burst *burst, enum dk_sample sample)
{
    if (burst->missing)
        return DK_DECIMAL_MISSING;
    if (sample == DK_SAMPLE_MIN)
        return burst->low;
    if (sample == DK_SAMPLE_MAX)
        return burst->high;
    return dk_decimal_sum_mean(&burst->sum);
}

/* The same for `count` plain cells at once, text[starts[i]] (cell.h), at least one. */
dk_decimal dk_burst_read(const char *text, const uint32_t *starts, uint32_t count,
                         enum dk_sample sample);

#endif
