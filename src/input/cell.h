/*
 * The value of one plain cell (scan.h). The scanner has accepted it, so nothing is checked here.
 */
#ifndef DK_INPUT_CELL_H
#define DK_INPUT_CELL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/decimal.h"

/* The decimal mantissa / 10^scale in normal form: trailing zeros of the decimals go. */
static inline dk_decimal dk_cell_pack(int64_t mantissa, int scale, bool negative)
{
    while (scale > 0 && mantissa % 10 == 0) {
        mantissa /= 10;
        scale--;
    }
    return dk_decimal_pack(negative ? -mantissa : mantissa, scale);
}

/* The value of any plain cell, byte by byte, from its first digit on. */
static inline dk_decimal dk_cell_read_long(const char *digits, bool negative)
{
    int64_t mantissa = 0;
    int scale = 0;
    int step = 0;
    for (; (*digits >= '0' && *digits <= '9') || *digits == '.' || *digits == ','; digits++) {
        if (*digits == '.' || *digits == ',') {
            step = 1;
            continue;
        }
        mantissa = mantissa * 10 + (*digits - '0');
        scale += step;
    }
    return dk_cell_pack(mantissa, scale, negative);
}

/* The value of the plain cell at `cell`, where eight bytes must be readable. Any byte but a digit
 * or a decimal mark ends the cell; which mark, the scanner has checked.
 *
 * Up to seven bytes are read in one word: bit 5 is set in digits, point and comma and clear in tab
 * and line end, bit 4 is set in digits and clear in the rest. The digits, the point cut out, move
 * to the word's end and are summed by pairs, as in D. Lemire, "Number parsing at a gigabyte per
 * second", Software: Practice and Experience 51 (2021). */
static inline dk_decimal dk_cell_read(const char *cell)
{
    bool negative = *cell == '-';
    cell += negative;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word;
    memcpy(&word, cell, sizeof(word));
    uint64_t ends = ~word & UINT64_C(0x2020202020202020);
    if (ends == 0)
        return dk_cell_read_long(cell, negative);
    unsigned size = (unsigned)__builtin_ctzll(ends) / 8;
    unsigned point =
        (unsigned)__builtin_ctzll(~word & UINT64_C(0x1010101010101010)) / 8; /* size: none */
    unsigned digits = size - (point < size);
    int scale = (int)(digits - point);
    uint64_t before = (UINT64_C(1) << (8 * point)) - 1;
    word = (word & before) | ((word >> 8) & ~before);
    word = (word << (64 - 8 * digits)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    bool zero_at_end = (word >> 56) == 0 && scale > 0;
    word = (word * 10 + (word >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    word = (word * 100 + (word >> 16)) & UINT64_C(0x0000ffff0000ffff);
    word = (word * 10000 + (word >> 32)) & UINT64_C(0xffffffff);
    if (zero_at_end)
        return dk_cell_pack((int64_t)word, scale, negative);
    int64_t mantissa = negative ? -(int64_t)word : (int64_t)word;
    return dk_decimal_pack(mantissa, scale);
#else
    return dk_cell_read_long(cell, negative);
#endif
}

#endif
