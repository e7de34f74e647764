/* The shortest text of a double, against trial with the C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export/double_text.h"

static const char *text_of(double value, char text[DK_DOUBLE_TEXT_MAX + 1])
{
    char *end = dk_double_put(text, value);
    assert_true(end - text <= DK_DOUBLE_TEXT_MAX);
    *end = '\0';
    return text;
}

static void texts_are_short_and_plain(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-1, "-1"},
        {10, "10"},
        {0.1, "0.1"},
        {-0.125, "-0.125"},
        {0.1 + 0.2, "0.30000000000000004"},
        {151.47, "151.47"},
        {1.0 / 3, "0.3333333333333333"},
        {2.0 / 3, "0.6666666666666666"},
        {1e-6, "0.000001"},
        {0.000123456, "0.000123456"},
        {999999999999999, "999999999999999"},
        {123456789012345.67, "123456789012345.67"},
        {1024, "1024"},
        {0.5, "0.5"},
        {9007199254740991, "9007199254740991"},
        {1e17, "1e+17"},
        {1.5e-9, "1.5e-09"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[DK_DOUBLE_TEXT_MAX + 1];
        assert_string_equal(text_of(cases[i].value, text), cases[i].text);
    }
}

static size_t digits_in(const char *text)
{
    const char *from = text + strspn(text, "-0.");
    size_t digits = 0;
    size_t zeros = 0;
    for (; *from && *from != 'e'; from++) {
        if (*from == '.')
            continue;
        zeros = *from == '0' ? zeros + 1 : 0;
        digits++;
    }
    return digits - zeros;
}

/* Equal to what is tried: the same value, no longer, and as near. */
static void check(double value)
{
    char text[DK_DOUBLE_TEXT_MAX + 1];
    char tried[DK_DOUBLE_TEXT_MAX + 1];
    text_of(value, text);
    *dk_double_put_slowly(tried, value) = '\0';
    if (strtod(text, NULL) != value || digits_in(text) > digits_in(tried))
        fail_msg("%.17g: '%s', tried '%s'", value, text, tried);
    if (digits_in(text) == digits_in(tried)) {
        /* The nearest of that length, which printf gives. */
        const long double found = strtold(text, NULL);
        const long double other = strtold(tried, NULL);
        assert_true(fabsl(found - (long double)value) <= fabsl(other - (long double)value));
    }
}

static void random_numbers_equal_the_trial(void **state)
{
    (void)state;
    uint64_t z = 5;
    for (int i = 0; i < 30000; i++) {
        z = z * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const uint64_t exponent = UINT64_C(1023) - 20 + (z >> 40) % 70;
        const uint64_t bits = exponent << 52 | (z * UINT64_C(0x9e3779b97f4a7c15)) >> 12;
        double value;
        memcpy(&value, &bits, sizeof(value));
        check(value);
        check(ldexp(1, (int)exponent - 1023)); /* the border below is nearer */
        check((double)(int64_t)(z >> 30) / 1000);
        check((double)(int64_t)(z >> 44) / 97);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_short_and_plain),
        cmocka_unit_test(random_numbers_equal_the_trial),
    };
    return cmocka_run_group_tests_name("double text", tests, NULL, NULL);
}
