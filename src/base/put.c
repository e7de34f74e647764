#include "base/put.h"

#define WIDE_MAX UINT64_C(10000000000000000) /* below it: sixteen digits, two words */

char *dk_put_decimal_wide(char *at, dk_decimal value)
{
    if (value == DK_DECIMAL_MISSING)
        return at;
    int64_t mantissa = dk_decimal_mantissa(value);
    unsigned scale = (unsigned)dk_decimal_scale(value);
    uint64_t magnitude = mantissa < 0 ? 0 - (uint64_t)mantissa : (uint64_t)mantissa;
    if (magnitude >= WIDE_MAX)
        return at + dk_decimal_format(value, at);

    /* As dk_put_narrow, with sixteen digits. A scale is 15 at most, so one digit is whole. */
    unsigned __int128 digits = dk_put_digits((uint32_t)(magnitude % DK_PUT_NARROW_MAX));
    digits = digits << 64 | dk_put_digits((uint32_t)(magnitude / DK_PUT_NARROW_MAX));
    unsigned __int128 stop = (unsigned __int128)1 << (120u - 8u * scale);
    uint64_t low = (uint64_t)(digits | stop);
    uint64_t high = (uint64_t)((digits | stop) >> 64);
    unsigned zeros = (unsigned)(low != 0 ? __builtin_ctzll(low) : 64 + __builtin_ctzll(high)) / 8u;
    unsigned whole = 16u - scale - zeros;
    unsigned __int128 text = digits >> (8u * zeros);
    unsigned __int128 fraction = text >> (8u * whole & 127u);
    const uint64_t zero_digits = UINT64_C(0x3030303030303030);

    if (mantissa < 0)
        *at++ = '-';
    dk_put_word(at, (uint64_t)text | zero_digits);
    dk_put_word(at + 8, (uint64_t)(text >> 64) | zero_digits);
    at[whole] = '.';
    dk_put_word(at + whole + 1, (uint64_t)fraction | zero_digits);
    dk_put_word(at + whole + 9, (uint64_t)(fraction >> 64) | zero_digits);
    return at + whole + scale + (scale != 0);
}
