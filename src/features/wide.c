#include "wide.h"

#include <math.h>
#include <stdbool.h>

#define LIMB_BITS 64

struct dk_wide dk_wide_of(__int128 value)
{
    struct dk_wide wide;
    const uint64_t sign = value < 0 ? UINT64_MAX : 0;
    wide.limbs[0] = (uint64_t)value;
    wide.limbs[1] = (uint64_t)(value >> LIMB_BITS);
    for (int i = 2; i < DK_WIDE_LIMBS; i++)
        wide.limbs[i] = sign;
    return wide;
}

struct dk_wide dk_wide_add(struct dk_wide a, struct dk_wide b)
{
    unsigned __int128 sum = 0;
    for (int i = 0; i < DK_WIDE_LIMBS; i++) {
        sum += a.limbs[i];
        sum += b.limbs[i];
        a.limbs[i] = (uint64_t)sum;
        sum >>= LIMB_BITS;
    }
    return a;
}

static struct dk_wide negate(struct dk_wide value)
{
    for (int i = 0; i < DK_WIDE_LIMBS; i++)
        value.limbs[i] = ~value.limbs[i];
    return dk_wide_add(value, dk_wide_of(1));
}

struct dk_wide dk_wide_subtract(struct dk_wide a, struct dk_wide b)
{
    return dk_wide_add(a, negate(b));
}

struct dk_wide dk_wide_multiply(struct dk_wide a, struct dk_wide b)
{
    struct dk_wide product = {{0}};
    for (int i = 0; i < DK_WIDE_LIMBS; i++) {
        unsigned __int128 carry = 0;
        for (int j = 0; a.limbs[i] != 0 && i + j < DK_WIDE_LIMBS; j++) {
            carry += (unsigned __int128)a.limbs[i] * b.limbs[j] + product.limbs[i + j];
            product.limbs[i + j] = (uint64_t)carry;
            carry >>= LIMB_BITS;
        }
    }
    return product;
}

double dk_wide_to_double(struct dk_wide value)
{
    const bool negative = value.limbs[DK_WIDE_LIMBS - 1] >> (LIMB_BITS - 1);
    if (negative)
        value = negate(value);
    int top = DK_WIDE_LIMBS - 1;
    while (top > 0 && value.limbs[top] == 0)
        top--;
    /* The two limbs below the top one decide how it is rounded; what is below them only whether
     * they are past a half, which one bit says as well. */
    unsigned __int128 head = value.limbs[top];
    int shift = top * LIMB_BITS;
    if (top > 0) {
        bool rest = false;
        head = head << LIMB_BITS | value.limbs[top - 1];
        shift -= LIMB_BITS;
        for (int i = 0; i < top - 1; i++)
            rest = rest || value.limbs[i] != 0;
        head |= rest;
    }
    double magnitude = ldexp((double)head, shift);
    return negative ? -magnitude : magnitude;
}
