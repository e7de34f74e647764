/*
 * Exact sums over the samples of a window, and the numbers that features are made of. Private to
 * src/features/.
 *
 * A sample is an integer, in units of 10^-scale, where scale is the largest of the burst; d is its
 * difference to the burst's first sample that is not missing, and i its index in the window. The
 * sums are kept in 128 bits where they can't overflow (narrow), or else in 512 (wide). The narrow
 * ones are for speed, and give the same numbers.
 */
#ifndef DK_FEATURES_MOMENTS_H
#define DK_FEATURES_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/decimal.h"

/* What a window's features follow from; each is an exact integer, rounded once. */
struct dk_moments {
    double count;     /* n, samples */
    double unit;      /* 10^scale */
    double sum;       /* of x */
    double squares;   /* sum of x^2 */
    double second;    /* n^2 * m2 */
    double third;     /* n^3 * m3 */
    double excess;    /* n^4 * (m4 - 3 * m2^2) */
    double lean;      /* 2 * sum of i * x - (n - 1) * sum of x */
    double range;     /* max - min */
    double variation; /* sum of abs(x[i+1] - x[i]) */
    double low, high; /* min, max; not in units */
};

/* A burst as integers. */
struct dk_burst_scale {
    const dk_decimal *samples;
    int scale;
    __int128 origin; /* the first sample that is not missing */
    /* no sample is missing, and all fit the narrow sums as far as can be seen at once */
    bool narrow;
};

struct dk_burst_scale dk_burst_scale_of(const dk_decimal *samples, size_t count);

/* Sums of a window, narrow. */
struct dk_narrow {
    size_t count;
    int64_t first, last, low, high; /* samples */
    __int128 s1, s2, s3, s4;        /* of d, d^2, ... */
    __int128 t1;                    /* of i * d */
    __int128 variation;
};

/* Adds up samples[begin..end); false: they do not fit. */
bool dk_narrow_sum(const struct dk_burst_scale *burst, size_t begin, size_t end,
                   struct dk_narrow *out);
/* Adds the sums of the next window to *total, which starts as zero. */
void dk_narrow_join(struct dk_narrow *total, const struct dk_narrow *next);
/* `higher`: third and excess, too. */
void dk_narrow_moments(const struct dk_burst_scale *burst, const struct dk_narrow *sums,
                       bool higher, struct dk_moments *out);

/* The same in one, for any samples; false: one of them is missing. */
bool dk_wide_moments(const struct dk_burst_scale *burst, size_t begin, size_t end,
                     struct dk_moments *out);

#endif
