#include "burst.h"

#include "cell.h"
#include "scan.h"

/* This many mantissas of 13 digits add up to less than 2^63. */
#define CELLS_AT_ONCE 65536
_Static_assert(DK_SCAN_CELL_MAX <= 13, "CELLS_AT_ONCE is for cells of 13 digits");

/* Mantissas are added up by scale, which needs no multiplication; then each scale's sum is brought
 * to that of struct dk_decimal_sum, from the smallest scale on (Horner's rule). */
static void sum_cells(const char *text, const uint32_t *starts, uint32_t count,
                      struct dk_decimal_sum *sum)
{
    int64_t by_scale[16] = {0};
    for (uint32_t i = 0; i < count; i++) {
        dk_decimal value = dk_cell_read(text + starts[i]);
        by_scale[dk_decimal_scale(value)] += dk_decimal_mantissa(value);
    }
    __int128 scaled = 0;
    for (int scale = 0; scale <= DK_DECIMAL_SCALE_MAX; scale++)
        scaled = scaled * 10 + by_scale[scale];
    sum->scaled += scaled;
    sum->count += count;
}

static dk_decimal mean_of_cells(const char *text, const uint32_t *starts, uint32_t count)
{
    struct dk_decimal_sum sum = {0};
    while (count > 0) {
        uint32_t now = count < CELLS_AT_ONCE ? count : CELLS_AT_ONCE;
        sum_cells(text, starts, now, &sum);
        starts += now;
        count -= now;
    }
    return dk_decimal_sum_mean(&sum);
}

/* Whether a < b. The scale is in the low bits: equal scales compare as they are. */
static inline bool is_below(dk_decimal a, dk_decimal b)
{
    if (dk_decimal_scale(a) == dk_decimal_scale(b))
        return a < b;
    return dk_decimal_compare(a, b) < 0;
}

dk_decimal dk_burst_read(const char *text, const uint32_t *starts, uint32_t count,
                         enum dk_sample sample)
{
    if (sample == DK_SAMPLE_MEAN)
        return mean_of_cells(text, starts, count);
    dk_decimal kept = dk_cell_read(text + starts[0]);
    for (uint32_t i = 1; i < count; i++) {
        dk_decimal value = dk_cell_read(text + starts[i]);
        if (sample == DK_SAMPLE_MIN ? is_below(value, kept) : is_below(kept, value))
            kept = value;
    }
    return kept;
}

dk_decimal dk_burst_represent(const dk_decimal *samples, size_t count, enum dk_sample rule)
{
    struct dk_burst burst = {0};
    if (rule == DK_SAMPLE_FIRST || rule == DK_SAMPLE_LAST)
        return samples[rule == DK_SAMPLE_FIRST ? 0 : count - 1];
    for (size_t i = 0; i < count; i++)
        dk_burst_take(&burst, samples[i]);
    return dk_burst_value(&burst, rule);
}
