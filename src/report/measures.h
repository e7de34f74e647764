/*
 * Statistics of one series of values, as the report shows them. A missing value is NAN. Pure: the
 * same values in the same order give the same bits.
 */
#ifndef DK_REPORT_MEASURES_H
#define DK_REPORT_MEASURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Five numbers of a box plot; NAN where count is 0. */
struct dk_box {
    double p05, q25, median, q75, p95;
    size_t count; /* values that are not missing */
};

/* A value and where it is in its series. */
struct dk_ranked {
    double value;
    uint32_t index;
};

/* Writes the values that are not missing to ranked[count] in ascending order, equal ones by index,
 * and returns how many. `scratch` has room for as many. */
size_t dk_rank(const double *values, size_t count, struct dk_ranked *ranked,
               struct dk_ranked *scratch);

/* The quantile p (0..1) of ascending values, interpolated between the two nearest (Hyndman and Fan,
 * "Sample quantiles in statistical packages", 1996, type 7). NAN for none. */
double dk_quantile(const double *ascending, size_t count, double p);
struct dk_box dk_box_make(const double *ascending, size_t count);

/* A stretch of equal labels within a series: [start, start + count). */
struct dk_stretch {
    uint32_t start, count;
    uint8_t label;
};

#define DK_LABELS_MAX 4

/* Sums of the values before each place, so that those of a stretch cost one subtraction. The values
 * are shifted by their mean first, against cancellation. */
struct dk_prefix {
    double *sum;     /* [count + 1] */
    uint32_t *valid; /* [count + 1] values that are not missing */
    double squares;  /* the sum of squares about the mean: the total variation */
};

/* Fills sums that the caller made room for. */
void dk_prefix_fill(struct dk_prefix *prefix, const double *values, size_t count);

/* Eta squared: the share of the variation that goes with the label, 0..1 (R. A. Fisher's
 * correlation ratio: the sum of squares between the groups over the total). The stretches cover the
 * series without gaps; `order` (NULL: as they are) says which stretch's label and length comes
 * first, second, ... when they are shuffled. NAN where fewer than two labels have values, or all
 * values are equal. */
double dk_eta_squared(const struct dk_prefix *prefix, const struct dk_stretch *stretches,
                      const uint32_t *order, size_t count);

/* A shuffle of 0..count-1 (Fisher and Yates), for the shuffle number `seed`; always the same
 * one. */
void dk_shuffle(uint32_t *order, size_t count, uint64_t seed);

#endif
