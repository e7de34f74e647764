/* The fast writers against the plain ones, and CSV fields against RFC 4180. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/put.h"
#include "export/csv.h"

#define GUARD 0x5a

/* A fixed xorshift (G. Marsaglia, 2003): the same values on every run. */
static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void check_decimal(dk_decimal value)
{
    char plain[DK_DECIMAL_TEXT_MAX];
    size_t size = dk_decimal_format(value, plain);
    char fast[DK_DECIMAL_TEXT_MAX + DK_PUT_SLACK + 16];
    memset(fast, GUARD, sizeof(fast));
    size_t got = (size_t)(dk_put_decimal(fast, value) - fast);
    if (got != size || memcmp(plain, fast, size) != 0)
        fail_msg("mantissa %lld scale %d: '%.*s' is not '%.*s'",
                 (long long)dk_decimal_mantissa(value), dk_decimal_scale(value), (int)got, fast,
                 (int)size, plain);
    for (size_t i = size + DK_PUT_SLACK; i < sizeof(fast); i++)
        assert_int_equal(fast[i], GUARD);
}

static void check_both_signs(int64_t mantissa)
{
    for (int scale = 0; scale <= DK_DECIMAL_SCALE_MAX; scale++) {
        check_decimal(dk_decimal_pack(mantissa, scale));
        check_decimal(dk_decimal_pack(-mantissa, scale));
    }
}

static void decimals_equal_the_plain_format_at_the_edges(void **state)
{
    (void)state;
    for (int64_t power = 1; power <= DK_DECIMAL_MANTISSA_MAX; power *= 10) {
        for (int64_t near = -2; near <= 2; near++)
            if (power + near >= 0 && power + near <= DK_DECIMAL_MANTISSA_MAX)
                check_both_signs(power + near);
        for (int64_t digit = 2; digit <= 9 && power < DK_DECIMAL_MANTISSA_MAX; digit++)
            check_both_signs(power * digit);
    }
    check_decimal(DK_DECIMAL_MISSING);
}

static void decimals_equal_the_plain_format_everywhere(void **state)
{
    (void)state;
    for (int64_t mantissa = 0; mantissa < 100000; mantissa++)
        for (int scale = 0; scale <= 8; scale++)
            check_decimal(dk_decimal_pack(mantissa, scale));
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        uint64_t bound = 1;
        for (uint64_t digits = random_next(&random) % 18; digits > 0; digits--)
            bound *= 10;
        int64_t mantissa = (int64_t)(random_next(&random) % bound);
        int scale = (int)(random_next(&random) % (DK_DECIMAL_SCALE_MAX + 1));
        check_decimal(dk_decimal_pack(i % 2 ? mantissa : -mantissa, scale));
    }
}

static void counts_equal_printf(void **state)
{
    (void)state;
    static const uint64_t counts[] = {0, 1, 9, 10, 99999999, 100000000, 4294967296, UINT64_MAX};
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        char expected[32];
        int size = snprintf(expected, sizeof(expected), "%llu", (unsigned long long)counts[i]);
        char text[20 + DK_PUT_SLACK];
        assert_int_equal(dk_put_count(text, counts[i]) - text, size);
        assert_memory_equal(text, expected, (size_t)size);
    }
}

static void two_digits_equal_printf(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        char expected[16];
        char text[2];
        snprintf(expected, sizeof(expected), "%02u", i);
        dk_put_two(text, i);
        assert_memory_equal(text, expected, 2);
    }
}

static void texts_of_every_size_are_copied(void **state)
{
    (void)state;
    char from[256];
    for (size_t i = 0; i < sizeof(from); i++)
        from[i] = (char)i;
    for (size_t size = 0; size <= sizeof(from) - 32; size++) {
        char to[sizeof(from) + DK_PUT_SLACK];
        memset(to, GUARD, sizeof(to));
        assert_ptr_equal(dk_put_text(to, from, size), to + size);
        assert_memory_equal(to, from, size);
        assert_int_equal(to[size + DK_PUT_SLACK], GUARD);
    }
}

static void fields_are_quoted_only_where_needed(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        const char *text;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {" Vibration mm/s", " Vibration mm/s"},
        {"caf\xc3\xa9; a\tb", "caf\xc3\xa9; a\tb"},
        {"a,b", "\"a,b\""},
        {",", "\",\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"\"", "\"\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"two\r\nlines", "\"two\r\nlines\""},
        {"a lone\rreturn", "\"a lone\rreturn\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_buffer text;
        dk_buffer_init(&text, 64);
        assert_int_equal(dk_csv_field(&text, cases[i].field, NULL), DK_OK);
        assert_int_equal(text.size, strlen(cases[i].text));
        if (text.size > 0)
            assert_memory_equal(text.data, cases[i].text, text.size);
        dk_buffer_reset(&text);
    }
}

static void lines_join_fields(void **state)
{
    (void)state;
    static const char *const fields[] = {"", "a,b", "c"};
    struct dk_buffer text;
    dk_buffer_init(&text, 64);
    assert_int_equal(dk_csv_line(&text, fields, 3, NULL), DK_OK);
    assert_int_equal(dk_csv_line(&text, fields, 1, NULL), DK_OK);
    static const char expected[] = ",\"a,b\",c\n\n";
    assert_int_equal(text.size, sizeof(expected) - 1);
    assert_memory_equal(text.data, expected, sizeof(expected) - 1);
    dk_buffer_reset(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_equal_the_plain_format_at_the_edges),
        cmocka_unit_test(decimals_equal_the_plain_format_everywhere),
        cmocka_unit_test(counts_equal_printf),
        cmocka_unit_test(two_digits_equal_printf),
        cmocka_unit_test(texts_of_every_size_are_copied),
        cmocka_unit_test(fields_are_quoted_only_where_needed),
        cmocka_unit_test(lines_join_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
