/*
 * The one value that represents a burst: mean, least or greatest. Exact throughout. Pure.
 */
#ifndef DK_INPUT_BURST_H
#define DK_INPUT_BURST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "input/input.h"

/* A burst whose values come one by one. Zeroed at first. */
struct dk_burst {
    struct dk_decimal_sum sum;
    dk_decimal low, high; /* once sum.count > 0 */
    bool missing;         /* one of them is missing, so the burst is too */
};

/* Takes the next value, which may be missing. */
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

/* What represents the values taken (at least one). `sample` is mean, min or max. */
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

/* The same for `count` plain cells at once, at least one; cell i begins at text + starts[i] and is
 * good for dk_cell_read. */
dk_decimal dk_burst_read(const char *text, const uint32_t *starts, uint32_t count,
                         enum dk_sample sample);

#endif
