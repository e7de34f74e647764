#include "base/decimal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const int64_t dk_powers_of_ten[DK_POWERS_OF_TEN] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

/* Past this an exponent's digits are read but no longer counted: far more than a cell has zeros to
 * weigh it up with. */
#define EXPONENT_MAX 100000000

struct reason_row {
    const char *text;
    const char *hint;
};

#define FIX "fix the file, or use --quarantine to mark the value as missing"

static const struct reason_row reason_table[DK_DECIMAL_REASON_COUNT] = {
    [DK_DECIMAL_GOOD] = {"is a number", ""},
    [DK_DECIMAL_EMPTY] = {"is empty", "the sensor recorded no value: " FIX},
    [DK_DECIMAL_COMMA] = {"has a decimal comma",
                          "export the logs with a decimal point. If every comma is a decimal mark, "
                          "and none separates thousands, set input.decimal = comma (--decimal "
                          "comma) instead"},
    [DK_DECIMAL_POINT] = {"has a decimal point",
                          "export the logs with a decimal comma. If every point is a decimal mark, "
                          "and none separates thousands, set input.decimal = point (--decimal "
                          "point) instead"},
    [DK_DECIMAL_MARKS] = {"has more than one decimal mark",
                          "export the logs without thousands separators"},
    [DK_DECIMAL_SEMICOLON] = {"contains a semicolon",
                              "export the logs with tabs between the cells"},
    [DK_DECIMAL_NAN] = {"is not a number", "the sensor recorded no value: " FIX},
    [DK_DECIMAL_WORD] = {"is not a number", FIX},
    [DK_DECIMAL_NUL] = {"contains a NUL byte", "the file is damaged: copy it again from the rig"},
    [DK_DECIMAL_NOT_ASCII] = {"contains a byte that is not ASCII",
                              "export the logs as plain ASCII or UTF-8 text"},
    [DK_DECIMAL_DIGITS] = {"has more than 15 significant digits",
                           "no sensor is that precise: export the logs with fewer digits"},
    [DK_DECIMAL_DECIMALS] = {"has more than 12 decimals",
                             "no sensor is that precise: export the logs with fewer decimals"},
    [DK_DECIMAL_RANGE] = {"is larger than 10^17", "no sensor measures such a value: " FIX},
    [DK_DECIMAL_MALFORMED] = {"is not a valid number", FIX},
};

const char *dk_decimal_reason_text(enum dk_decimal_reason reason)
{
    return reason_table[(unsigned)reason < DK_DECIMAL_REASON_COUNT ? reason : DK_DECIMAL_MALFORMED]
        .text;
}

const char *dk_decimal_reason_hint(enum dk_decimal_reason reason)
{
    return reason_table[(unsigned)reason < DK_DECIMAL_REASON_COUNT ? reason : DK_DECIMAL_MALFORMED]
        .hint;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether a text is a word in small letters. A comma counts as a point: "1,#IND". */
static bool is_the_word(const char *text, const char *word, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (strncasecmp(text + i, word + i, 1) != 0 && !(text[i] == ',' && word[i] == '.'))
            return false;
    return true;
}

static bool is_nan_word(const char *text, size_t size)
{
    static const char *const words[] = {"nan",  "inf",  "infinity", "na",      "n/a",   "null",
                                        "none", "nil",  "missing",  "#n/a",    "-",     "--",
                                        "---",  "1.#j", "1.#ind",   "1.#qnan", "1.#inf"};
    if (size > 0 && (text[0] == '+' || text[0] == '-') && size > 3) {
        text++;
        size--;
    }
    for (size_t i = 0; i < DK_COUNT_OF(words); i++)
        if (strlen(words[i]) == size && is_the_word(text, words[i], size))
            return true;
    return false;
}

/* Whether text[at] is the e of an exponent: a digit before it, digits behind it. */
static bool is_exponent(const char *text, size_t size, size_t at)
{
    size_t next = at + 1;
    if ((text[at] != 'e' && text[at] != 'E') || at == 0 || !is_digit(text[at - 1]))
        return false;
    next += next < size && (text[next] == '+' || text[next] == '-');
    return next < size && is_digit(text[next]);
}

/* Why a text of digits is not a decimal, by its marks. */
static enum dk_decimal_reason reason_of_marks(size_t points, size_t commas,
                                              enum dk_decimal_mark mark)
{
    size_t right = mark == DK_MARK_COMMA ? commas : points;
    size_t wrong = mark == DK_MARK_COMMA ? points : commas;
    if (wrong == 0)
        return DK_DECIMAL_MALFORMED;
    if (right > 0 || wrong > 1)
        return DK_DECIMAL_MARKS;
    return mark == DK_MARK_COMMA ? DK_DECIMAL_POINT : DK_DECIMAL_COMMA;
}

/* Why text[0..size), blanks stripped and known to be no decimal by its form, is none. */
static enum dk_decimal_reason reason_of_form(const char *text, size_t size,
                                             enum dk_decimal_mark mark)
{
    bool semicolon = false;
    size_t points = 0;
    size_t commas = 0;
    bool digit = false;
    bool letter = false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\0')
            return DK_DECIMAL_NUL;
        if ((unsigned char)text[i] > 0x7f)
            return DK_DECIMAL_NOT_ASCII;
        semicolon = semicolon || text[i] == ';';
        points += text[i] == '.';
        commas += text[i] == ',';
        digit = digit || is_digit(text[i]);
        letter = letter || (is_letter(text[i]) && !is_exponent(text, size, i));
    }
    if (is_nan_word(text, size))
        return DK_DECIMAL_NAN;
    if (semicolon)
        return DK_DECIMAL_SEMICOLON;
    if (digit && !letter)
        return reason_of_marks(points, commas, mark);
    if (digit && (is_digit(text[0]) || text[0] == '+' || text[0] == '-' ||
                  text[0] == dk_decimal_mark_byte(mark)))
        return DK_DECIMAL_MALFORMED;
    return DK_DECIMAL_WORD;
}

/* The digits of a cell: significant ones in `mantissa`, the power of ten they are scaled by. */
struct digits {
    int64_t mantissa;
    int significant;
    int zeros;    /* zeros seen after the last digit taken into the mantissa */
    int exponent; /* value = mantissa * 10^exponent, before the zeros that were held back */
    bool any;
    bool too_many;
};

static void digits_add(struct digits *digits, char c, bool fraction)
{
    digits->any = true;
    if (c == '0') {
        if (digits->significant > 0)
            digits->zeros++;
        if (fraction)
            digits->exponent--;
        return;
    }
    /* Zeros held back become significant now that a digit follows them. */
    if (digits->significant + digits->zeros + 1 > DK_DECIMAL_DIGITS_MAX) {
        digits->too_many = true;
    } else {
        digits->mantissa = digits->mantissa * dk_powers_of_ten[digits->zeros + 1] + (c - '0');
        digits->significant += digits->zeros + 1;
    }
    digits->zeros = 0;
    if (fraction)
        digits->exponent--;
}

/* Reads "e[+-]digits" from text[at..size); returns false where it is malformed. */
static bool read_exponent(const char *text, size_t size, size_t at, int *exponent)
{
    bool negative = false;
    int value = 0;
    at++;
    if (at < size && (text[at] == '+' || text[at] == '-'))
        negative = text[at++] == '-';
    if (at == size)
        return false;
    for (; at < size; at++) {
        if (!is_digit(text[at]))
            return false;
        if (value <= EXPONENT_MAX)
            value = value * 10 + (text[at] - '0');
    }
    *exponent = negative ? -value : value;
    return true;
}

/* Packs mantissa * 10^exponent, the mantissa without trailing zeros and of at most 15 digits. */
static enum dk_decimal_reason pack_scaled(int64_t mantissa, int significant, long exponent,
                                          dk_decimal *out)
{
    if (mantissa == 0) {
        *out = dk_decimal_pack(0, 0);
        return DK_DECIMAL_GOOD;
    }
    if (exponent < -DK_DECIMAL_SCALE_MAX)
        return DK_DECIMAL_DECIMALS;
    if (exponent <= 0) {
        *out = dk_decimal_pack(mantissa, (int)-exponent);
        return DK_DECIMAL_GOOD;
    }
    if (significant + exponent > 18)
        return DK_DECIMAL_RANGE;
    int64_t whole = mantissa * dk_powers_of_ten[exponent];
    if (llabs(whole) > DK_DECIMAL_MANTISSA_MAX)
        return DK_DECIMAL_RANGE;
    *out = dk_decimal_pack(whole, 0);
    return DK_DECIMAL_GOOD;
}

enum dk_decimal_reason dk_decimal_parse(const char *text, size_t size, dk_decimal *out)
{
    return dk_decimal_parse_marked(text, size, DK_MARK_POINT, out);
}

enum dk_decimal_reason dk_decimal_parse_marked(const char *text, size_t size,
                                               enum dk_decimal_mark mark, dk_decimal *out)
{
    while (size > 0 && text[0] == ' ') {
        text++;
        size--;
    }
    while (size > 0 && text[size - 1] == ' ')
        size--;
    if (size == 0)
        return DK_DECIMAL_EMPTY;

    struct digits digits = {0};
    size_t at = 0;
    bool negative = false;
    if (text[0] == '+' || text[0] == '-')
        negative = text[at++] == '-';
    for (; at < size && is_digit(text[at]); at++)
        digits_add(&digits, text[at], false);
    if (at < size && text[at] == dk_decimal_mark_byte(mark))
        for (at++; at < size && is_digit(text[at]); at++)
            digits_add(&digits, text[at], true);
    if (!digits.any)
        return reason_of_form(text, size, mark);
    int exponent = 0;
    if (at < size && (text[at] == 'e' || text[at] == 'E')) {
        if (!read_exponent(text, size, at, &exponent))
            return reason_of_form(text, size, mark);
    } else if (at < size) {
        return reason_of_form(text, size, mark);
    }
    if (digits.too_many)
        return DK_DECIMAL_DIGITS;
    return pack_scaled(negative ? -digits.mantissa : digits.mantissa, digits.significant,
                       (long)digits.exponent + digits.zeros + exponent, out);
}

bool dk_decimal_make(int64_t mantissa, int scale, dk_decimal *out)
{
    if (scale < 0)
        return false;
    while (scale > 0 && mantissa % 10 == 0) {
        mantissa /= 10;
        scale--;
        if (mantissa == 0)
            scale = 0;
    }
    if (scale > DK_DECIMAL_SCALE_MAX || mantissa > DK_DECIMAL_MANTISSA_MAX ||
        mantissa < -DK_DECIMAL_MANTISSA_MAX)
        return false;
    int64_t significant = mantissa;
    while (significant != 0 && significant % 10 == 0)
        significant /= 10;
    if (llabs(significant) >= dk_powers_of_ten[DK_DECIMAL_DIGITS_MAX])
        return false;
    *out = dk_decimal_pack(mantissa, scale);
    return true;
}

size_t dk_decimal_format(dk_decimal value, char text[DK_DECIMAL_TEXT_MAX])
{
    if (value == DK_DECIMAL_MISSING)
        return 0;
    int64_t mantissa = dk_decimal_mantissa(value);
    int scale = dk_decimal_scale(value);
    uint64_t magnitude = mantissa < 0 ? (uint64_t)-mantissa : (uint64_t)mantissa;
    char digits[DK_DECIMAL_TEXT_MAX];
    int count = 0;
    while (magnitude > 0 || count <= scale) {
        digits[count++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    }
    size_t size = 0;
    if (mantissa < 0)
        text[size++] = '-';
    while (count > 0) {
        if (count == scale)
            text[size++] = '.';
        text[size++] = digits[--count];
    }
    return size;
}

double dk_decimal_to_double(dk_decimal value)
{
    /* Both operands are exact where the mantissa is below 2^53, so that one division rounds once.
     * A larger mantissa is whole and rounds once in the conversion. */
    double mantissa = (double)dk_decimal_mantissa(value);
    int scale = dk_decimal_scale(value);
    return scale == 0 ? mantissa : mantissa / (double)dk_powers_of_ten[scale];
}

/* The value at exactly this scale, if that is what `value` is. */
static bool from_double_at(double value, int scale, dk_decimal *out)
{
    double scaled = value * (double)dk_powers_of_ten[scale];
    if (!(fabs(scaled) < 1e15))
        return false;
    int64_t mantissa = llrint(scaled);
    if ((double)mantissa / (double)dk_powers_of_ten[scale] != value)
        return false;
    while (scale > 0 && mantissa % 10 == 0) {
        mantissa /= 10;
        scale--;
    }
    *out = dk_decimal_pack(mantissa, scale);
    return true;
}

/* The same for magnitudes from 10^15: whole numbers that end in zeros, as few as 15 digits need. */
static bool from_double_large(double value, dk_decimal *out)
{
    if (!(fabs(value) >= 1e15 && fabs(value) <= 1e17))
        return false;
    int64_t whole = llrint(value);
    for (int64_t step = 10; step <= 1000; step *= 10) {
        int64_t mantissa = (whole + (whole < 0 ? -step : step) / 2) / step * step;
        if ((double)mantissa == value && dk_decimal_make(mantissa, 0, out))
            return true;
    }
    return false;
}

bool dk_decimal_from_double(double value, int scale_hint, dk_decimal *out)
{
    if (from_double_at(value, scale_hint, out))
        return true;
    for (int scale = 0; scale <= DK_DECIMAL_SCALE_MAX; scale++)
        if (scale != scale_hint && from_double_at(value, scale, out))
            return true;
    return from_double_large(value, out);
}

static __int128 scaled_of(dk_decimal value)
{
    return (__int128)dk_decimal_mantissa(value) *
           dk_powers_of_ten[DK_DECIMAL_SCALE_MAX - dk_decimal_scale(value)];
}

int dk_decimal_compare(dk_decimal a, dk_decimal b)
{
    if (a == b)
        return 0;
    return scaled_of(a) < scaled_of(b) ? -1 : 1;
}

void dk_decimal_sum_add(struct dk_decimal_sum *sum, dk_decimal value)
{
    sum->scaled += scaled_of(value);
    sum->count++;
}

/* value / divisor to the nearest whole number, ties to even. divisor > 0. */
static __int128 divide_half_even(__int128 value, __int128 divisor)
{
    __int128 quotient = value / divisor;
    __int128 rest = value % divisor;
    __int128 distance = rest < 0 ? -rest : rest;
    __int128 other = divisor - distance;
    if (distance > other || (distance == other && (quotient & 1) != 0))
        quotient += value < 0 ? -1 : 1;
    return quotient;
}

dk_decimal dk_decimal_sum_mean(const struct dk_decimal_sum *sum)
{
    if (sum->count == 0)
        return DK_DECIMAL_MISSING;
    /* Find how many decimals, 6 at most, leave 15 significant digits, then divide once. */
    __int128 magnitude = sum->scaled < 0 ? -sum->scaled : sum->scaled;
    for (int decimals = 6; decimals > -4; decimals--) {
        int drop = DK_DECIMAL_SCALE_MAX - decimals;
        __int128 divisor = (__int128)sum->count * dk_powers_of_ten[drop];
        if (magnitude / divisor >= dk_powers_of_ten[DK_DECIMAL_DIGITS_MAX])
            continue;
        /* At most 10^15, where the rounding carries: one significant digit. */
        int64_t mantissa = (int64_t)divide_half_even(sum->scaled, divisor);
        dk_decimal value;
        if (decimals < 0)
            mantissa *= dk_powers_of_ten[-decimals];
        if (dk_decimal_make(mantissa, decimals < 0 ? 0 : decimals, &value))
            return value;
    }
    return DK_DECIMAL_MISSING; /* not reached: no mean is larger than the largest value */
}
