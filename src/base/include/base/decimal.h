/*
 * Packed decimals: a mantissa and a scale in 64 bits, and one pattern for a missing value.
 *
 * Invariants of every dk_decimal that is not DK_DECIMAL_MISSING:
 *   - value = mantissa / 10^scale, 0 <= scale <= 12, |mantissa| <= 10^17;
 *   - at most 15 significant digits, so a binary64 holds it and gives it back unchanged
 *     (DBL_DIG = 15; D. M. Gay, "Correctly rounded binary-decimal and decimal-binary
 *     conversions", 1990);
 *   - it is normal: scale > 0 only if the last digit of the mantissa is not 0, zero is 0/10^0.
 *     Equal values therefore have equal bits, and the canonical text is unique.
 *
 * No value passes through binary floating point between a file and a CSV. All functions are pure
 * and may be called from any thread.
 */
#ifndef DK_BASE_DECIMAL_H
#define DK_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef int64_t dk_decimal;

#define DK_DECIMAL_MISSING INT64_MIN
#define DK_DECIMAL_SCALE_MAX 12
#define DK_DECIMAL_DIGITS_MAX 15
/* The largest magnitude, 10^17: it fits the mantissa's 60 bits. */
#define DK_DECIMAL_MANTISSA_MAX INT64_C(100000000000000000)
/* The longest canonical text: sign, 15 digits, point, or "-0." and 12 decimals, or 18 digits. */
#define DK_DECIMAL_TEXT_MAX 24

/* 10^0 to 10^18. */
#define DK_POWERS_OF_TEN 19
extern const int64_t dk_powers_of_ten[DK_POWERS_OF_TEN];

/* The byte between the whole number and the decimals. What derrick writes has the point. */
enum dk_decimal_mark { DK_MARK_POINT, DK_MARK_COMMA };

static inline char dk_decimal_mark_byte(enum dk_decimal_mark mark)
{
    return mark == DK_MARK_COMMA ? ',' : '.';
}

/* Why a text is not a decimal. Each reason has a message (dk_decimal_reason_text). */
enum dk_decimal_reason {
    DK_DECIMAL_GOOD = 0,
    DK_DECIMAL_EMPTY,     /* no byte but blanks */
    DK_DECIMAL_COMMA,     /* "1,5" where the decimal mark is the point */
    DK_DECIMAL_POINT,     /* "1.5" where it is the comma */
    DK_DECIMAL_MARKS,     /* "1,234.5": a comma and a point; where it is the point, "1,234,567" */
    DK_DECIMAL_SEMICOLON, /* a ';' inside: another separator */
    DK_DECIMAL_NAN,       /* nan, inf, n/a, null, -- : a word that stands for no value */
    DK_DECIMAL_WORD,      /* any other text */
    DK_DECIMAL_NUL,       /* a NUL byte inside */
    DK_DECIMAL_NOT_ASCII, /* a byte above 0x7f inside (Latin-1, UTF-8) */
    DK_DECIMAL_DIGITS,    /* more than 15 significant digits */
    DK_DECIMAL_DECIMALS,  /* more than 12 decimals */
    DK_DECIMAL_RANGE,     /* magnitude above 10^17, or an exponent out of bounds */
    DK_DECIMAL_MALFORMED, /* digits, but wrongly put together: "1.2.3", "--4", "1e" */
    DK_DECIMAL_REASON_COUNT
};

/* "empty cell", "decimal comma", ..., and the hint that goes with it. Never NULL. */
const char *dk_decimal_reason_text(enum dk_decimal_reason reason);
const char *dk_decimal_reason_hint(enum dk_decimal_reason reason);

/* Parses text[0..size): [+-] digits [. digits] [e[+-]digits], with digits on at least one side of
 * the point; spaces around it are ignored. This is the specification: every faster reader must give
 * the same. Zeros at either end count neither as significant digits nor as decimals. *out is
 * written only for DK_DECIMAL_GOOD. */
enum dk_decimal_reason dk_decimal_parse(const char *text, size_t size, dk_decimal *out) DK_CHECK;
/* The same for a text whose decimal mark is `mark`. */
enum dk_decimal_reason dk_decimal_parse_marked(const char *text, size_t size,
                                               enum dk_decimal_mark mark, dk_decimal *out) DK_CHECK;

/* Makes the normal form of mantissa / 10^scale. Returns false, *out untouched, if the value has
 * no such form (too many digits, |value| > 10^17, scale after stripping zeros above 12 or scale
 * below 0). */
bool dk_decimal_make(int64_t mantissa, int scale, dk_decimal *out) DK_CHECK;

static inline int64_t dk_decimal_mantissa(dk_decimal value)
{
    return value >> 4;
}

static inline int dk_decimal_scale(dk_decimal value)
{
    return (int)(value & 15);
}

/* Packs a mantissa and a scale that are in normal form already. */
static inline dk_decimal dk_decimal_pack(int64_t mantissa, int scale)
{
    return (dk_decimal)(((uint64_t)mantissa << 4) | (uint64_t)scale);
}

/* Writes the canonical text (no exponent, no plus sign, no trailing zeros), not terminated, and
 * returns its length; a missing value writes nothing and returns 0. `text` must hold
 * DK_DECIMAL_TEXT_MAX bytes; bytes past the returned length may be overwritten up to there. */
size_t dk_decimal_format(dk_decimal value, char text[DK_DECIMAL_TEXT_MAX]);

/* The nearest binary64 (one correctly rounded division). The value must not be missing. */
double dk_decimal_to_double(dk_decimal value);

/* The inverse of dk_decimal_to_double: the decimal of at most 15 significant digits whose nearest
 * binary64 is `value`. `scale_hint` (0..12), such as the scale of the value before, is tried first.
 * Returns false if there is none (NaN, infinities, a value that no such decimal has). */
bool dk_decimal_from_double(double value, int scale_hint, dk_decimal *out) DK_CHECK;

/* Compares by value: below, equal, above: -1, 0, 1. Neither may be missing. */
int dk_decimal_compare(dk_decimal a, dk_decimal b);

/* An exact sum at scale 12. 128 bits hold 10^9 values of the largest magnitude. */
struct dk_decimal_sum {
    __int128 scaled; /* sum * 10^12 */
    uint64_t count;  /* values added */
};

/* Adds one value, which must not be missing. */
void dk_decimal_sum_add(struct dk_decimal_sum *sum, dk_decimal value);

/* The mean: the exact sum divided once, half to even at 6 decimals and at most 15 significant
 * digits. DK_DECIMAL_MISSING for a sum of nothing. */
dk_decimal dk_decimal_sum_mean(const struct dk_decimal_sum *sum);

#endif
