/*
 * Numbers and short texts into a block of memory, at the speed of plain stores. Pure.
 *
 * Every function writes at `at`, and returns the place after what it wrote. It may overwrite up to
 * DK_PUT_SLACK bytes past that place, so a block must have as much room at its end.
 *
 * Digits come from arithmetic on eight bytes at once (SIMD within a register): divide by 10^4, by
 * 10^2 and by 10 in 2, 4 and 8 lanes of one 64-bit word, with multiplications for the divisions (H.
 * S. Warren, "Hacker's Delight", chapter 10). Leading zeros are counted and shifted away, and the
 * point goes between two overlapping stores, so that a value of up to eight digits takes no branch.
 * The fast paths may leave a value to dk_decimal_format; they never differ from it.
 */
#ifndef DK_BASE_PUT_H
#define DK_BASE_PUT_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/decimal.h"

#define DK_PUT_SLACK 64

#define DK_PUT_NARROW_MAX 100000000u /* less than this: eight digits, one word */

/* The digits of value < 10^8, one per byte, 0..9, the most significant in the lowest byte. */
static inline uint64_t dk_put_digits(uint32_t value)
{
    uint64_t fours = (value / 10000u) | ((uint64_t)(value % 10000u) << 32);
    uint64_t hundreds = ((fours * 10486u) >> 20) & UINT64_C(0x0000007f0000007f);
    uint64_t twos = hundreds | ((fours - 100u * hundreds) << 16);
    uint64_t tens = ((twos * 103u) >> 10) & UINT64_C(0x000f000f000f000f);
    return tens | ((twos - 10u * tens) << 8);
}

/* Stores eight bytes, the lowest one first. */
static inline void dk_put_word(char *at, uint64_t word)
{
    word = htole64(word);
    memcpy(at, &word, sizeof(word));
}

/* The two digits of value < 100. */
static inline void dk_put_two(char *at, unsigned value)
{
    unsigned tens = (value * 103u) >> 10;
    at[0] = (char)('0' + tens);
    at[1] = (char)('0' + (value - 10u * tens));
}

/* magnitude / 10^scale, for magnitude < 10^8 and scale < 8. */
static inline char *dk_put_narrow(char *at, uint32_t magnitude, unsigned scale)
{
    uint64_t digits = dk_put_digits(magnitude);
    /* The bit set in the last whole digit stops the count there: one digit is before the point.
     * Places are counted in bits, eight for each digit. */
    unsigned fraction = 8u * scale;
    unsigned zeros = (unsigned)__builtin_ctzll(digits | UINT64_C(1) << (56u - fraction)) & 56u;
    uint64_t text = (digits >> zeros) | UINT64_C(0x3030303030303030);
    char *end = at + (64u - zeros) / 8u;
    dk_put_word(at, text);
    end[-(ptrdiff_t)scale] = '.';
    /* Where all eight digits are whole there is no fraction, and the bytes stored here do not
     * count. */
    dk_put_word(end - scale + 1, text >> ((64u - zeros - fraction) & 63u));
    return end + (scale != 0);
}

/* The other values: missing ones (nothing is written) and those of more than eight digits. */
char *dk_put_decimal_wide(char *at, dk_decimal value);

/* The canonical text of a value, as dk_decimal_format; nothing for a missing one. */
static inline char *dk_put_decimal(char *at, dk_decimal value)
{
    int64_t mantissa = dk_decimal_mantissa(value);
    unsigned scale = (unsigned)dk_decimal_scale(value);
    uint64_t negative = (uint64_t)mantissa >> 63;
    uint64_t magnitude = ((uint64_t)mantissa ^ (0 - negative)) + negative;
    if (__builtin_expect((magnitude >= DK_PUT_NARROW_MAX) | (scale > 7), 0))
        return dk_put_decimal_wide(at, value);
    *at = '-';
    return dk_put_narrow(at + negative, (uint32_t)magnitude, scale);
}

/* A whole number. */
static inline char *dk_put_count(char *at, uint64_t value)
{
    if (__builtin_expect(value < DK_PUT_NARROW_MAX, 1))
        return dk_put_narrow(at, (uint32_t)value, 0);
    char digits[20];
    size_t size = 0;
    for (; value > 0; value /= 10)
        digits[size++] = (char)('0' + value % 10);
    while (size > 0)
        *at++ = digits[--size];
    return at;
}

/* text[0..size), in whole chunks of 32 bytes: as many must be readable after it. */
static inline char *dk_put_text(char *at, const char *text, size_t size)
{
    for (size_t done = 0; done < size; done += 32)
        memcpy(at + done, text + done, 32);
    return at + size;
}

#endif
