/*
 * Signed integers of 512 bits, in two's complement. The sum of the fourth powers of 2^23 decimals
 * of any size and scale has 484 bits. Pure. Private to src/features/.
 */
#ifndef DK_FEATURES_WIDE_H
#define DK_FEATURES_WIDE_H

#include <stdint.h>

#define DK_WIDE_LIMBS 8

struct dk_wide {
    uint64_t limbs[DK_WIDE_LIMBS]; /* the least significant first */
};

struct dk_wide dk_wide_of(__int128 value);
struct dk_wide dk_wide_add(struct dk_wide a, struct dk_wide b);
struct dk_wide dk_wide_subtract(struct dk_wide a, struct dk_wide b);
/* Modulo 2^512, as the others are. */
struct dk_wide dk_wide_multiply(struct dk_wide a, struct dk_wide b);
/* The nearest binary64, half to even. */
double dk_wide_to_double(struct dk_wide value);

#endif
