#include "double_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"

#define DIGITS_MAX 17
#define POWERS 23 /* 10^0 to 10^22; a significand of 54 bits times 10^22 has fewer than 128 */
#define FRACTION_BITS 52
#define BIAS 1075

static uint64_t ten_to(int exponent)
{
    return (uint64_t)dk_powers_of_ten[exponent];
}

static unsigned __int128 power(int exponent)
{
    return exponent < DK_POWERS_OF_TEN ? ten_to(exponent)
                                       : (unsigned __int128)ten_to(11) * ten_to(exponent - 11);
}

char *dk_double_put_slowly(char *at, double value)
{
    int precision = DIGITS_MAX;
    for (int digits = 1; digits < DIGITS_MAX; digits++) {
        snprintf(at, DK_DOUBLE_TEXT_MAX, "%.*g", digits, value);
        if (strtod(at, NULL) != value)
            continue;
        precision = digits;
        break;
    }
    int size = snprintf(at, DK_DOUBLE_TEXT_MAX, "%.*g", precision, value);
    return at + size;
}

/* The numbers of 10^-places that read back as a value: low..high. `nearest` is what `value *
 * 10^places` is, rounded down, and `above` whether it is at least half more. */
struct interval {
    uint64_t low, high;
    unsigned __int128 exact; /* value * 10^places * 2^shift */
    int shift;
};

/* value = significand * 2^exponent, with exponent <= 0. Between two neighbours the border is
 * halfway, and belongs to the even one (IEEE 754, round half to even). */
static struct interval interval_of(uint64_t significand, int exponent, int places)
{
    const unsigned __int128 factor = power(places);
    const int shift = 1 - exponent; /* in halves of the last place */
    const bool even = significand % 2 == 0;
    const bool lowest = significand == UINT64_C(1) << FRACTION_BITS; /* a quarter below */
    unsigned __int128 high = (2 * significand + 1) * factor;
    /* Where the distance below is half, a border that is too low by a quarter must not be taken:
     * use the halves, rounded up. */
    unsigned __int128 low = (2 * significand - 1) * factor;
    if (lowest)
        low += (factor + 1) / 2;
    const unsigned __int128 rest = ((unsigned __int128)1 << shift) - 1;
    struct interval found = {.exact = 2 * (unsigned __int128)significand * factor, .shift = shift};
    found.low = (uint64_t)((low + rest) >> shift);
    found.high = (uint64_t)(high >> shift);
    if (!even && (low & rest) == 0)
        found.low++;
    if (!even && (high & rest) == 0)
        found.high--;
    return found;
}

/* The multiple of 10^zeros in the interval that is nearest to the value, the even one of two. */
static uint64_t nearest(const struct interval *interval, int zeros)
{
    const uint64_t step = ten_to(zeros);
    const uint64_t whole = (uint64_t)(interval->exact >> interval->shift);
    const uint64_t below = whole / step * step;
    const unsigned __int128 over = interval->exact - ((unsigned __int128)below << interval->shift);
    const unsigned __int128 half = ((unsigned __int128)step << interval->shift) / 2;
    const bool odd = (whole / step) % 2 == 1;
    uint64_t digits = below + (over > half || (over == half && odd) ? step : 0);
    if (digits < interval->low)
        digits += step;
    if (digits > interval->high)
        digits -= step;
    return digits;
}

/* digits / 10^places, with digits != 0. */
static char *put_digits(char *at, uint64_t digits, int places)
{
    char text[24] = "";
    int size = 0;
    while (places > 0 && digits % 10 == 0) {
        digits /= 10;
        places--;
    }
    for (; digits > 0 || size <= places; digits /= 10) {
        text[size++] = (char)('0' + digits % 10);
        if (size == places)
            text[size++] = '.';
    }
    if (places > 0 && text[size - 1] == '.')
        text[size++] = '0';
    while (size > 0)
        *at++ = text[--size];
    return at;
}

/* So many that there are 17 digits, or 16. */
static int places_of(double magnitude)
{
    int places = DIGITS_MAX - 1;
    double bound = 10;
    while (magnitude >= bound) {
        bound *= 10;
        places--;
    }
    bound = 1;
    while (magnitude < bound && places < POWERS - 1) {
        bound /= 10;
        places++;
    }
    return places;
}

static bool in_range(double magnitude)
{
    return magnitude >= 1e-6 && magnitude < 1e15;
}

char *dk_double_put(char *at, double value)
{
    const double magnitude = fabs(value);
    uint64_t bits;
    if (magnitude == 0) {
        *at = '0';
        return at + 1;
    }
    if (!in_range(magnitude))
        return dk_double_put_slowly(at, value);
    memcpy(&bits, &magnitude, sizeof(bits));
    const uint64_t significand =
        (bits & ((UINT64_C(1) << FRACTION_BITS) - 1)) | UINT64_C(1) << FRACTION_BITS;
    const int exponent = (int)(bits >> FRACTION_BITS) - BIAS;
    const int places = places_of(magnitude);
    const struct interval interval = interval_of(significand, exponent, places);
    int zeros = 0;
    while (zeros < DIGITS_MAX &&
           interval.high / ten_to(zeros + 1) * ten_to(zeros + 1) >= interval.low)
        zeros++;
    if (value < 0)
        *at++ = '-';
    return put_digits(at, nearest(&interval, zeros), places);
}
