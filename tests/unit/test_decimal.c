/*
 * Packed decimals against references that share no code with them: a regular expression for the
 * grammar, decimal arithmetic on strings for the value and the mean, strtod and printf for the
 * doubles.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"

#define DIGITS_ROOM 400

/* splitmix64 (S. Vigna, public domain): the same numbers on every machine. */
static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int random_below(uint64_t *seed, int limit)
{
    return (int)(next_random(seed) % (uint64_t)limit);
}

static enum dk_decimal_reason parse(const char *text, dk_decimal *out)
{
    return dk_decimal_parse(text, strlen(text), out);
}

static dk_decimal value_of(const char *text)
{
    dk_decimal value = DK_DECIMAL_MISSING;
    if (parse(text, &value) != DK_DECIMAL_GOOD)
        fail_msg("'%s' is refused", text);
    return value;
}

static const char *text_of(dk_decimal value, char text[DK_DECIMAL_TEXT_MAX + 1])
{
    text[dk_decimal_format(value, text)] = '\0';
    return text;
}

/* ---- the reference ---- */

static regex_t grammar;

static int compile_grammar(void **state)
{
    (void)state;
    return regcomp(&grammar, "^ *[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)? *$",
                   REG_EXTENDED | REG_NOSUB);
}

static int free_grammar(void **state)
{
    (void)state;
    regfree(&grammar);
    return 0;
}

/* The value of a text of the grammar: its canonical text, or why it is out of range. This works on
 * the string of digits and the position of the point, and never forms a number. */
static enum dk_decimal_reason reference_value(const char *text, char *canonical)
{
    char digits[DIGITS_ROOM];
    size_t count = 0;
    long point = -1;
    size_t at = strspn(text, " ");
    bool negative = text[at] == '-';
    for (at += text[at] == '-' || text[at] == '+'; text[at] && strchr(".0123456789", text[at]);
         at++)
        if (text[at] == '.')
            point = (long)count;
        else
            digits[count++] = text[at];
    if (point < 0)
        point = (long)count;
    if (text[at] == 'e' || text[at] == 'E')
        point += strtol(text + at + 1, NULL, 10);

    size_t first = 0;
    while (first < count && digits[first] == '0')
        first++;
    while (count > first && digits[count - 1] == '0')
        count--;
    point -= (long)first;
    long significant = (long)(count - first);
    if (significant == 0) {
        memcpy(canonical, "0", 2);
        return DK_DECIMAL_GOOD;
    }
    if (significant > DK_DECIMAL_DIGITS_MAX)
        return DK_DECIMAL_DIGITS;
    if (significant - point > DK_DECIMAL_SCALE_MAX)
        return DK_DECIMAL_DECIMALS;
    bool limit = significant == 1 && digits[first] == '1';
    if (point > 18 || (point == 18 && !limit))
        return DK_DECIMAL_RANGE;

    size_t size = 0;
    if (negative)
        canonical[size++] = '-';
    if (point <= 0)
        canonical[size++] = '0';
    for (long i = point < 0 ? point : 0; i < significant || i < point; i++) {
        if (i == point || (i < 0 && i == point))
            canonical[size++] = '.';
        canonical[size++] = '0';
        if (i >= 0 && i < significant)
            canonical[size - 1] = digits[first + (size_t)i];
    }
    canonical[size] = '\0';
    return DK_DECIMAL_GOOD;
}

/* Why a text of "019.+-e " is not in the grammar. */
static enum dk_decimal_reason reference_refusal(const char *text)
{
    text += strspn(text, " ");
    size_t size = strlen(text);
    while (size > 0 && text[size - 1] == ' ')
        size--;
    if (size == 0)
        return DK_DECIMAL_EMPTY;
    if (strpbrk(text, "0123456789"))
        return text[0] == 'e' || text[0] == 'E' ? DK_DECIMAL_WORD : DK_DECIMAL_MALFORMED;
    /* One to three dashes mean "no value", even after a sign. */
    size_t sign = size > 3 && (text[0] == '-' || text[0] == '+');
    return size - sign <= 3 && strspn(text + sign, "-") == size - sign ? DK_DECIMAL_NAN
                                                                       : DK_DECIMAL_WORD;
}

/* A text with a decimal comma gives what the same text with a point does. */
static void check_with_comma(const char *text, size_t size, enum dk_decimal_reason expected,
                             dk_decimal expected_value)
{
    dk_decimal value = 4711;
    char *swapped = malloc(size ? size : 1);
    assert_non_null(swapped);
    for (size_t i = 0; i < size; i++)
        swapped[i] = text[i] == '.' ? ',' : text[i] == ',' ? '.' : text[i];
    if (expected == DK_DECIMAL_COMMA)
        expected = DK_DECIMAL_POINT;
    enum dk_decimal_reason reason = dk_decimal_parse_marked(swapped, size, DK_MARK_COMMA, &value);
    if (reason != expected)
        fail_msg("'%.*s': reason %d, not %d", (int)size, swapped, (int)reason, (int)expected);
    assert_int_equal(value, expected_value);
    free(swapped);
}

/* Parses and formats `text`, and compares with the reference. */
static void check_text(const char *text)
{
    char canonical[DIGITS_ROOM];
    bool good = regexec(&grammar, text, 0, NULL, 0) == 0;
    enum dk_decimal_reason expected =
        good ? reference_value(text, canonical) : reference_refusal(text);
    dk_decimal value = 4711;
    enum dk_decimal_reason reason = parse(text, &value);
    if (reason != expected)
        fail_msg("'%s': reason %d, not %d", text, (int)reason, (int)expected);
    check_with_comma(text, strlen(text), expected, value);
    if (reason != DK_DECIMAL_GOOD) {
        assert_int_equal(value, 4711);
        return;
    }
    char written[DK_DECIMAL_TEXT_MAX + 1];
    if (strcmp(text_of(value, written), canonical) != 0)
        fail_msg("'%s': '%s', not '%s'", text, written, canonical);
    if (dk_decimal_to_double(value) != strtod(text, NULL))
        fail_msg("'%s': %.17g, not %.17g", text, dk_decimal_to_double(value), strtod(text, NULL));
    dk_decimal again = DK_DECIMAL_MISSING;
    assert_true(dk_decimal_make(dk_decimal_mantissa(value), dk_decimal_scale(value), &again));
    assert_int_equal(again, value);
}

/* ---- grammar and canonical text ---- */

static void every_short_text_is_read_as_the_grammar_says(void **state)
{
    (void)state;
    static const char alphabet[] = "019.+-e ";
    for (unsigned length = 0; length <= 6; length++) {
        for (unsigned number = 0; number < 1u << (3 * length); number++) {
            char text[8] = "";
            for (unsigned i = 0; i < length; i++)
                text[i] = alphabet[(number >> (3 * i)) & 7];
            check_text(text);
        }
    }
}

static void long_texts_are_read_as_the_grammar_says(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 200000; round++) {
        char text[160];
        size_t size = 0;
        const int parts[2] = {random_below(&seed, 22), random_below(&seed, 22)};
        if (random_below(&seed, 2))
            text[size++] = "+-"[random_below(&seed, 2)];
        for (int part = 0; part < 2; part++) {
            /* Many zeros, so that they occur at the ends of every part. */
            const char *set = random_below(&seed, 3) ? "0123456789" : "0000000001";
            if (part == 1 && random_below(&seed, 4))
                text[size++] = '.';
            for (int i = 0; i < parts[part]; i++)
                text[size++] = set[random_below(&seed, 10)];
        }
        text[size] = '\0';
        if (random_below(&seed, 2))
            snprintf(text + size, sizeof(text) - size, "%c%d", "eE"[random_below(&seed, 2)],
                     random_below(&seed, 60) - 30);
        if (strpbrk(text, "0123456789"))
            check_text(text);
    }
}

static void texts_become_canonical(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *canonical;
    } cases[] = {
        {"9.80", "9.8"},
        {"-0.0", "0"},
        {"+7", "7"},
        {"  007.500 ", "7.5"},
        {".5", "0.5"},
        {"5.", "5"},
        {"-.25", "-0.25"},
        {"1e15", "1000000000000000"},
        {"1E-12", "0.000000000001"},
        {"-1.5e+3", "-1500"},
        {"0e999999999999999999999", "0"},
        {"0.000000000000000000e-99", "0"},
        {"123456789012345", "123456789012345"},
        {"-123.456789012345", "-123.456789012345"},
        {"0.123456789012", "0.123456789012"},
        {"0.1234567890120000", "0.123456789012"},
        {"1.000000000000000000000000", "1"},
        {"99999999999999900", "99999999999999900"},
        {"100000000000000000", "100000000000000000"},
        {"-1e17", "-100000000000000000"},
        {"0.000000000001e12", "1"},
        {"123456789012345000000e-6", "123456789012345"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[DK_DECIMAL_TEXT_MAX + 1];
        assert_string_equal(text_of(value_of(cases[i].text), text), cases[i].canonical);
        assert_int_equal(value_of(text), value_of(cases[i].text));
    }
    char text[DK_DECIMAL_TEXT_MAX] = "untouched";
    assert_int_equal(dk_decimal_format(DK_DECIMAL_MISSING, text), 0);
    assert_string_equal(text, "untouched");
}

static void equal_values_have_equal_bits(void **state)
{
    (void)state;
    static const char *const same[] = {"1.5", "1.50", "+1.5", "15e-1", "0.15E1", "01.5", " 1.5 "};
    for (size_t i = 1; i < sizeof(same) / sizeof(same[0]); i++)
        assert_int_equal(value_of(same[i]), value_of(same[0]));
    assert_int_equal(value_of("-0.000"), 0);
    assert_int_equal(value_of("1.5"), dk_decimal_pack(15, 1));
    assert_int_equal(dk_decimal_mantissa(value_of("-12.25")), -1225);
    assert_int_equal(dk_decimal_scale(value_of("-12.25")), 2);
}

/* ---- refusals ---- */

static void every_refusal_has_its_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size; /* 0: the text's own */
        enum dk_decimal_reason reason;
    } cases[] = {
        {"", 0, DK_DECIMAL_EMPTY},
        {"   ", 0, DK_DECIMAL_EMPTY},
        {"1,5", 0, DK_DECIMAL_COMMA},
        {"-1,5", 0, DK_DECIMAL_COMMA},
        {"1,5e3", 0, DK_DECIMAL_COMMA},
        {"-1,5E-3", 0, DK_DECIMAL_COMMA},
        {"1,5e", 0, DK_DECIMAL_MALFORMED},
        {"1,5ex", 0, DK_DECIMAL_MALFORMED},
        {"1,2,3", 0, DK_DECIMAL_MARKS},
        {"1,234,567", 0, DK_DECIMAL_MARKS},
        {"1,234.5", 0, DK_DECIMAL_MARKS},
        {"1.234,5", 0, DK_DECIMAL_MARKS},
        {"1,#IND", 0, DK_DECIMAL_NAN},
        {"1;2", 0, DK_DECIMAL_SEMICOLON},
        {"1,5;2,5", 0, DK_DECIMAL_SEMICOLON},
        {"NaN", 0, DK_DECIMAL_NAN},
        {"-nan", 0, DK_DECIMAL_NAN},
        {"inf", 0, DK_DECIMAL_NAN},
        {"-Infinity", 0, DK_DECIMAL_NAN},
        {"n/a", 0, DK_DECIMAL_NAN},
        {"#N/A", 0, DK_DECIMAL_NAN},
        {"NULL", 0, DK_DECIMAL_NAN},
        {"--", 0, DK_DECIMAL_NAN},
        {"-1.#IND", 0, DK_DECIMAL_NAN},
        {"1.#QNAN", 0, DK_DECIMAL_NAN},
        {"abc", 0, DK_DECIMAL_WORD},
        {"PS1", 0, DK_DECIMAL_WORD},
        {"e5", 0, DK_DECIMAL_WORD},
        {"nano", 0, DK_DECIMAL_WORD},
        {"1\0", 2, DK_DECIMAL_NUL},
        {"\0", 1, DK_DECIMAL_NUL},
        {"1.5\0002", 5, DK_DECIMAL_NUL},
        {"21\xb0", 0, DK_DECIMAL_NOT_ASCII},
        {"21\xc2\xb0", 0, DK_DECIMAL_NOT_ASCII},
        {"\xe9t\xe9", 0, DK_DECIMAL_NOT_ASCII},
        {"1234567890123456", 0, DK_DECIMAL_DIGITS},
        {"0.1000000000000001", 0, DK_DECIMAL_DIGITS},
        {"1000.000000000001", 0, DK_DECIMAL_DIGITS},
        {"0.0000000000001", 0, DK_DECIMAL_DECIMALS},
        {"1.5e-12", 0, DK_DECIMAL_DECIMALS},
        {"1e-99999999999999999999", 0, DK_DECIMAL_DECIMALS},
        {"100000000000001000", 0, DK_DECIMAL_RANGE},
        {"-2e17", 0, DK_DECIMAL_RANGE},
        {"1e18", 0, DK_DECIMAL_RANGE},
        {"1e99999999999999999999", 0, DK_DECIMAL_RANGE},
        {"1.2.3", 0, DK_DECIMAL_MALFORMED},
        {"--4", 0, DK_DECIMAL_MALFORMED},
        {"1e", 0, DK_DECIMAL_MALFORMED},
        {"1e+", 0, DK_DECIMAL_MALFORMED},
        {"1e1.5", 0, DK_DECIMAL_MALFORMED},
        {"1 2", 0, DK_DECIMAL_MALFORMED},
        {"12bar", 0, DK_DECIMAL_MALFORMED},
        {"0x10", 0, DK_DECIMAL_MALFORMED},
        {"1\t2", 0, DK_DECIMAL_MALFORMED},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        /* On the heap and not terminated, so that a read past the end is seen. */
        size_t size = cases[i].size ? cases[i].size : strlen(cases[i].text);
        char *text = malloc(size ? size : 1);
        assert_non_null(text);
        memcpy(text, cases[i].text, size);
        dk_decimal value = 4711;
        enum dk_decimal_reason reason = dk_decimal_parse(text, size, &value);
        if (reason != cases[i].reason)
            fail_msg("'%s': reason %d, not %d", cases[i].text, (int)reason, (int)cases[i].reason);
        assert_int_equal(value, 4711);
        check_with_comma(text, size, reason, 4711);
        free(text);
    }
}

static void every_reason_has_a_text_and_a_hint(void **state)
{
    (void)state;
    for (int i = DK_DECIMAL_GOOD; i < DK_DECIMAL_REASON_COUNT; i++) {
        assert_true(strlen(dk_decimal_reason_text((enum dk_decimal_reason)i)) > 0);
        assert_int_equal(strlen(dk_decimal_reason_hint((enum dk_decimal_reason)i)) > 0,
                         i != DK_DECIMAL_GOOD);
    }
    assert_string_equal(dk_decimal_reason_text(DK_DECIMAL_COMMA), "has a decimal comma");
    assert_string_equal(dk_decimal_reason_text(DK_DECIMAL_REASON_COUNT),
                        dk_decimal_reason_text(DK_DECIMAL_MALFORMED));
}

/* A cell of zeros with an exponent that just compensates them, and one that is a digit longer. */
static void zeros_and_exponent_are_weighed_up_at_any_length(void **state)
{
    (void)state;
    static const size_t lengths[] = {10, 9999, 12344, 99999, 123455, 1000000};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        size_t zeros = lengths[i];
        size_t room = zeros + 40;
        char *text = malloc(room);
        assert_non_null(text);
        memset(text, '0', zeros);
        text[0] = '.';
        snprintf(text + zeros, room - zeros, "1e%zu", zeros);
        assert_int_equal(value_of(text), value_of("1"));
        snprintf(text + zeros, room - zeros, "1e%zu0", zeros);
        dk_decimal value = 0;
        assert_int_equal(parse(text, &value), DK_DECIMAL_RANGE);
        snprintf(text + zeros, room - zeros, "1e%zu6", zeros + 1);
        assert_int_equal(parse(text, &value), DK_DECIMAL_RANGE);
        memset(text, '0', zeros);
        text[0] = '1';
        snprintf(text + zeros, room - zeros, "e-%zu", zeros);
        assert_int_equal(value_of(text), value_of("0.1"));
        snprintf(text + zeros, room - zeros, "e-%zu5", zeros);
        assert_int_equal(parse(text, &value), DK_DECIMAL_DECIMALS);
        free(text);
    }
}

/* ---- make ---- */

static void make_normalizes_or_refuses(void **state)
{
    (void)state;
    static const struct {
        int64_t mantissa;
        int scale;
        const char *text; /* NULL: refused */
    } cases[] = {
        {0, 0, "0"},
        {0, 12, "0"},
        {0, 99, "0"},
        {980, 2, "9.8"},
        {-1500, 3, "-1.5"},
        {1, 12, "0.000000000001"},
        {1, 13, NULL},
        {10, 13, "0.000000000001"},
        {INT64_C(1000000000000000000), 18, "1"},
        {INT64_C(1000000000000000000), 1, "100000000000000000"},
        {INT64_C(1000000000000000000), 0, NULL},
        {DK_DECIMAL_MANTISSA_MAX, 0, "100000000000000000"},
        {-DK_DECIMAL_MANTISSA_MAX, 0, "-100000000000000000"},
        {DK_DECIMAL_MANTISSA_MAX + 1000, 0, NULL},
        {INT64_C(999999999999999), 12, "999.999999999999"},
        {INT64_C(1000000000000001), 3, NULL},
        {INT64_C(1234567890123450), 0, "1234567890123450"},
        {INT64_C(1234567890123456), 0, NULL},
        {INT64_MAX, 0, NULL},
        {INT64_MIN, 0, NULL},
        {INT64_MIN, 99, NULL},
        {7, -1, NULL},
        {0, -1, NULL},
        {7, 1000000, NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        dk_decimal value = 4711;
        char text[DK_DECIMAL_TEXT_MAX + 1];
        bool made = dk_decimal_make(cases[i].mantissa, cases[i].scale, &value);
        assert_int_equal(made, cases[i].text != NULL);
        if (made)
            assert_string_equal(text_of(value, text), cases[i].text);
        else
            assert_int_equal(value, 4711);
    }
}

/* ---- format and doubles, at random ---- */

/* Any value: 1 to 15 digits, sign, and a scale of 0 to 12 before normalisation. */
static dk_decimal random_value(uint64_t *seed)
{
    int64_t limit = 1;
    for (int digits = 1 + random_below(seed, DK_DECIMAL_DIGITS_MAX); digits > 0; digits--)
        limit *= 10;
    int64_t mantissa = (int64_t)(next_random(seed) % (uint64_t)limit);
    if (random_below(seed, 2))
        mantissa = -mantissa;
    dk_decimal value = 0;
    assert_true(dk_decimal_make(mantissa, random_below(seed, DK_DECIMAL_SCALE_MAX + 1), &value));
    return value;
}

static void format_writes_what_printf_does(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (int round = 0; round < 200000; round++) {
        dk_decimal value = random_value(&seed);
        int64_t mantissa = dk_decimal_mantissa(value);
        int scale = dk_decimal_scale(value);
        long long unit = 1;
        for (int i = 0; i < scale; i++)
            unit *= 10;
        /* A leading one keeps the zeros after the point. */
        char fraction[32];
        char expected[64];
        snprintf(fraction, sizeof(fraction), "%lld", unit + llabs(mantissa) % unit);
        snprintf(expected, sizeof(expected), "%s%lld%s%s", mantissa < 0 ? "-" : "",
                 llabs(mantissa) / unit, scale > 0 ? "." : "", fraction + 1);
        char text[DK_DECIMAL_TEXT_MAX + 1];
        assert_string_equal(text_of(value, text), expected);
        assert_int_equal(value_of(text), value);
    }
}

static void check_double(dk_decimal value)
{
    char text[DK_DECIMAL_TEXT_MAX + 1];
    double binary = dk_decimal_to_double(value);
    if (binary != strtod(text_of(value, text), NULL))
        fail_msg("'%s' becomes %.17g", text, binary);
    for (int hint = 0; hint <= DK_DECIMAL_SCALE_MAX; hint++) {
        dk_decimal back = DK_DECIMAL_MISSING;
        if (!dk_decimal_from_double(binary, hint, &back) || back != value)
            fail_msg("'%s' does not survive the round trip with hint %d", text, hint);
    }
}

static void doubles_give_every_value_back(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int round = 0; round < 100000; round++)
        check_double(random_value(&seed));
    static const char *const edges[] = {
        "0",
        "999999999999999",
        "-999999999999999",
        "999.999999999999",
        "0.000000000001",
        "1000000000000000",
        "1234567890123450",
        "-12345678901234500",
        "99999999999999900",
        "-99999999999999900",
        "100000000000000000",
        "9999999999999990",
        "0.1",
        "0.3",
        "2.675",
        "155.91",
    };
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
        check_double(value_of(edges[i]));
}

/* Whole numbers of 15 digits followed by one or two zeros: above 10^15. */
static void doubles_give_large_values_back(void **state)
{
    (void)state;
    uint64_t seed = 4;
    for (int round = 0; round < 20000; round++) {
        int64_t mantissa =
            INT64_C(100000000000000) + (int64_t)(next_random(&seed) % UINT64_C(900000000000000));
        mantissa *= random_below(&seed, 2) ? 10 : 100;
        dk_decimal value = 0;
        assert_true(dk_decimal_make(random_below(&seed, 2) ? mantissa : -mantissa, 0, &value));
        check_double(value);
    }
}

static void doubles_of_no_value_are_refused(void **state)
{
    (void)state;
    const double cases[] = {
        NAN,
        INFINITY,
        -INFINITY,
        1.0 / 3,
        M_PI,
        1e-13,
        DBL_MIN,
        DBL_MAX,
        2e17,
        -1e18,
        1e300,
        5e-324,
        0.1 + 0.2,
        1e15 + 1,
        nextafter(1e17, INFINITY),
        nextafter(0.5, 1),
        9007199254740993.0,
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (int hint = 0; hint <= DK_DECIMAL_SCALE_MAX; hint++) {
            dk_decimal value = 4711;
            if (dk_decimal_from_double(cases[i], hint, &value))
                fail_msg("%.17g is accepted as a decimal", cases[i]);
            assert_int_equal(value, 4711);
        }
    dk_decimal value = 4711;
    assert_true(dk_decimal_from_double(-0.0, 3, &value));
    assert_int_equal(value, 0);
}

/* ---- compare ---- */

static void values_compare_as_numbers(void **state)
{
    (void)state;
    static const char *const ascending[] = {
        "-100000000000000000",
        "-99999999999999900",
        "-12.5",
        "-12.25",
        "-1",
        "-0.000000000001",
        "0",
        "0.000000000001",
        "0.09",
        "0.1",
        "0.9",
        "1",
        "1.000000000001",
        "9.8",
        "10",
        "99.9",
        "100",
        "999999999999999",
        "100000000000000000",
    };
    int count = (int)(sizeof(ascending) / sizeof(ascending[0]));
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++)
            assert_int_equal(dk_decimal_compare(value_of(ascending[i]), value_of(ascending[j])),
                             (i > j) - (i < j));
}

/* ---- sum and mean ---- */

/* Adds one to the whole number in digits[0..size); returns false on overflow (all nines). */
static bool increment(char *digits, size_t size)
{
    while (size > 0) {
        if (digits[--size] != '9') {
            digits[size]++;
            return true;
        }
        digits[size] = '0';
    }
    return false;
}

/* scaled / 10^12 / count by long division, rounded on the string: half to even at 6 decimals, or at
 * as many as leave 15 significant digits. Writes a text that reads as the mean. */
static void reference_mean(__int128 scaled, uint64_t count, char *text)
{
    unsigned __int128 rest = (unsigned __int128)(scaled < 0 ? -scaled : scaled);
    unsigned __int128 divisor = (unsigned __int128)count * UINT64_C(1000000000000);
    unsigned __int128 whole = rest / divisor;
    rest %= divisor;
    char digits[64];
    size_t size = 1; /* one leading zero, for a carry */
    digits[0] = '0';
    char reversed[64];
    size_t whole_size = 0;
    for (; whole > 0; whole /= 10)
        reversed[whole_size++] = (char)('0' + (int)(whole % 10));
    for (size_t i = 0; i < whole_size; i++)
        digits[size++] = reversed[whole_size - 1 - i];
    size_t keep = size + (whole_size > 9 ? (whole_size > 15 ? 0 : 15 - whole_size) : 6);
    if (whole_size > 15)
        keep = 1 + 15;
    size_t point = size;
    while (size < point + 6) {
        rest *= 10;
        digits[size++] = (char)('0' + (int)(rest / divisor));
        rest %= divisor;
    }
    /* The first removed digit, and whether anything but zeros follows it. */
    int removed = 0;
    bool more = false;
    if (keep == size) {
        rest *= 10;
        removed = (int)(rest / divisor);
        more = rest % divisor != 0;
    } else {
        removed = digits[keep] - '0';
        more = rest != 0;
        for (size_t i = keep + 1; i < size; i++)
            more = more || digits[i] != '0';
    }
    for (size_t i = keep; i < size; i++)
        digits[i] = '0';
    bool odd = (digits[keep - 1] - '0') % 2 != 0;
    if (removed > 5 || (removed == 5 && (more || odd)))
        assert_true(increment(digits, keep));
    size_t at = 0;
    if (scaled < 0)
        text[at++] = '-';
    memcpy(text + at, digits, point);
    at += point;
    text[at++] = '.';
    memcpy(text + at, digits + point, size - point);
    at += size - point;
    text[at] = '\0';
}

static void check_mean(const struct dk_decimal_sum *sum)
{
    char reference[80];
    reference_mean(sum->scaled, sum->count, reference);
    dk_decimal mean = dk_decimal_sum_mean(sum);
    char text[DK_DECIMAL_TEXT_MAX + 1];
    if (mean != value_of(reference))
        fail_msg("mean '%s', not '%s'", text_of(mean, text), reference);
}

static void means_are_rounded_half_to_even(void **state)
{
    (void)state;
    static const struct {
        const char *values[4];
        const char *mean;
    } cases[] = {
        {{"1", "2"}, "1.5"},
        {{"1", "1", "2"}, "1.333333"},
        {{"-1", "-1", "-2"}, "-1.333333"},
        {{"1", "2", "2"}, "1.666667"},
        {{"0.0000005"}, "0"},
        {{"0.0000015"}, "0.000002"},
        {{"0.0000025"}, "0.000002"},
        {{"-0.0000025"}, "-0.000002"},
        {{"0.000002500001"}, "0.000003"},
        {{"-0.0000005"}, "0"},
        {{"155.91", "155.92"}, "155.915"},
        {{"-5", "5"}, "0"},
        {{"999999999.999999"}, "999999999.999999"},
        {{"1000000000", "1000000000.00001"}, "1000000000"},
        {{"1000000000.00001", "1000000000.00002"}, "1000000000.00002"},
        {{"999999999999999", "999999999999998"}, "999999999999998"},
        {{"99999999999999900", "100000000000000000"}, "100000000000000000"},
        {{"100000000000000000", "100000000000000000"}, "100000000000000000"},
        {{"1234567890123450", "1234567890123460"}, "1234567890123460"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_decimal_sum sum = {0};
        for (size_t j = 0; j < 4 && cases[i].values[j]; j++)
            dk_decimal_sum_add(&sum, value_of(cases[i].values[j]));
        char text[DK_DECIMAL_TEXT_MAX + 1];
        assert_string_equal(text_of(dk_decimal_sum_mean(&sum), text), cases[i].mean);
        check_mean(&sum);
    }
    const struct dk_decimal_sum nothing = {0};
    assert_int_equal(dk_decimal_sum_mean(&nothing), DK_DECIMAL_MISSING);
}

static void random_means_equal_long_division(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int round = 0; round < 30000; round++) {
        struct dk_decimal_sum sum = {0};
        int count = 1 + random_below(&seed, random_below(&seed, 4) ? 10 : 100);
        dk_decimal first = random_value(&seed);
        for (int i = 0; i < count; i++) {
            /* Close to each other, as in a burst, or far apart. */
            dk_decimal value = random_value(&seed);
            dk_decimal near = 0;
            if (round % 2 &&
                dk_decimal_make(dk_decimal_mantissa(first) + i, dk_decimal_scale(first), &near))
                value = near;
            dk_decimal_sum_add(&sum, value);
        }
        assert_int_equal(sum.count, count);
        check_mean(&sum);
    }
}

/* Every tie at 6 decimals and at each number of digits, and its neighbours on both sides. */
static void ties_differ_from_their_neighbours(void **state)
{
    (void)state;
    for (int power = 0; power < 17; power++) {
        __int128 base = 1;
        for (int i = 0; i < power + 12; i++)
            base *= 10;
        for (uint64_t count = 1; count <= 3; count++)
            for (int half = -40; half <= 40; half++)
                for (int off = -1; off <= 1; off++) {
                    /* The rounding unit: 10^-6, or more from 10^9 up. */
                    __int128 unit = 1000000;
                    for (int i = 9; i <= power; i++)
                        unit *= 10;
                    struct dk_decimal_sum sum = {.count = count};
                    sum.scaled = (base + unit / 2 * half) * (__int128)count + off;
                    check_mean(&sum);
                    sum.scaled = -sum.scaled;
                    check_mean(&sum);
                }
    }
}

static void a_sum_is_exact_over_many_values(void **state)
{
    (void)state;
    struct dk_decimal_sum sum = {0};
    const dk_decimal tenth = value_of("0.1");
    for (int i = 0; i < 1000000; i++)
        dk_decimal_sum_add(&sum, tenth);
    assert_true(sum.scaled == (__int128)100000 * INT64_C(1000000000000));
    assert_int_equal(sum.count, 1000000);
    assert_int_equal(dk_decimal_sum_mean(&sum), tenth);

    /* The largest values, as if 10^9 of them were added, and back to zero. */
    const dk_decimal largest = value_of("1e17");
    struct dk_decimal_sum full = {0};
    dk_decimal_sum_add(&full, largest);
    full.scaled *= 1000000000;
    full.count = 1000000000;
    assert_int_equal(dk_decimal_sum_mean(&full), largest);
    full.scaled = -full.scaled;
    assert_int_equal(dk_decimal_sum_mean(&full), value_of("-1e17"));
    struct dk_decimal_sum none = {0};
    for (int i = 0; i < 1000; i++) {
        dk_decimal_sum_add(&none, largest);
        dk_decimal_sum_add(&none, value_of("-1e17"));
        dk_decimal_sum_add(&none, value_of("0.000000000001"));
    }
    assert_true(none.scaled == 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_short_text_is_read_as_the_grammar_says),
        cmocka_unit_test(long_texts_are_read_as_the_grammar_says),
        cmocka_unit_test(texts_become_canonical),
        cmocka_unit_test(equal_values_have_equal_bits),
        cmocka_unit_test(every_refusal_has_its_reason),
        cmocka_unit_test(every_reason_has_a_text_and_a_hint),
        cmocka_unit_test(zeros_and_exponent_are_weighed_up_at_any_length),
        cmocka_unit_test(make_normalizes_or_refuses),
        cmocka_unit_test(format_writes_what_printf_does),
        cmocka_unit_test(doubles_give_every_value_back),
        cmocka_unit_test(doubles_give_large_values_back),
        cmocka_unit_test(doubles_of_no_value_are_refused),
        cmocka_unit_test(values_compare_as_numbers),
        cmocka_unit_test(means_are_rounded_half_to_even),
        cmocka_unit_test(random_means_equal_long_division),
        cmocka_unit_test(ties_differ_from_their_neighbours),
        cmocka_unit_test(a_sum_is_exact_over_many_values),
    };
    return cmocka_run_group_tests(tests, compile_grammar, free_grammar);
}
