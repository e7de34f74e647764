/* The profile: its hash is that of the canonical text, copies are independent, failures leave it
 * empty. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig/readings.h"

/* Makes the sanitizers' allocators fail like malloc instead of stopping the program. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static struct dk_profile profile_of(size_t rows)
{
    struct dk_profile profile;
    assert_int_equal(dk_profile_init(&profile, rows, NULL), DK_OK);
    assert_int_equal(profile.rows, rows);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < DK_CONDITIONS; i++) {
            assert_int_equal(profile.codes[row][i], 0);
            profile.codes[row][i] = (uint8_t)((row * 7 + i * 3) % dk_conditions[i].code_count);
        }
    assert_int_equal(dk_profile_seal(&profile, NULL), DK_OK);
    return profile;
}

static void the_hash_is_that_of_the_text(void **state)
{
    (void)state;
    struct dk_profile profile = {0};
    assert_int_equal(dk_profile_init(&profile, 3, NULL), DK_OK);
    const uint8_t codes[3][DK_CONDITIONS] = {{0, 3, 0, 3, 1}, {1, 0, 2, 1, 0}, {2, 1, 1, 0, 0}};
    memcpy(profile.codes, codes, sizeof(codes));
    assert_int_equal(dk_profile_seal(&profile, NULL), DK_OK);
    static const char text[] = "3\t100\t0\t130\t1\n"
                               "20\t73\t2\t100\t0\n"
                               "100\t80\t1\t90\t0\n";
    char hex[DK_HASH_HEX_MAX];
    assert_int_equal(dk_hash_bytes(text, sizeof(text) - 1, hex, NULL), DK_OK);
    assert_string_equal(profile.hash, hex);
    dk_profile_reset(&profile);
    assert_null(profile.codes);
    assert_int_equal(profile.rows, 0);
    dk_profile_reset(&profile);
}

static void a_profile_without_rows_has_a_hash(void **state)
{
    (void)state;
    struct dk_profile profile = profile_of(0);
    assert_string_equal(profile.hash,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    struct dk_profile copy = {0};
    assert_int_equal(dk_profile_copy(&copy, &profile, NULL), DK_OK);
    assert_string_equal(copy.hash, profile.hash);
    dk_profile_reset(&copy);
    dk_profile_reset(&profile);
}

static void every_code_of_every_row_counts(void **state)
{
    (void)state;
    struct dk_profile profile = profile_of(40);
    char before[DK_HASH_HEX_MAX];
    memcpy(before, profile.hash, sizeof(before));
    for (size_t row = 0; row < 40; row++)
        for (size_t i = 0; i < DK_CONDITIONS; i++) {
            uint8_t code = profile.codes[row][i];
            profile.codes[row][i] = (uint8_t)((code + 1u) % dk_conditions[i].code_count);
            assert_int_equal(dk_profile_seal(&profile, NULL), DK_OK);
            assert_string_not_equal(profile.hash, before);
            profile.codes[row][i] = code;
        }
    assert_int_equal(dk_profile_seal(&profile, NULL), DK_OK);
    assert_string_equal(profile.hash, before);
    struct dk_profile shorter = profile_of(39);
    assert_string_not_equal(shorter.hash, before);
    dk_profile_reset(&shorter);
    dk_profile_reset(&profile);
}

static void a_copy_is_independent(void **state)
{
    (void)state;
    struct dk_profile profile = profile_of(2205);
    struct dk_profile copy = {0};
    assert_int_equal(dk_profile_copy(&copy, &profile, NULL), DK_OK);
    assert_int_equal(copy.rows, 2205);
    assert_ptr_not_equal(copy.codes, profile.codes);
    assert_memory_equal(copy.codes, profile.codes, 2205 * sizeof(*profile.codes));
    char hash[DK_HASH_HEX_MAX];
    memcpy(hash, profile.hash, sizeof(hash));
    dk_profile_reset(&profile);
    assert_string_equal(copy.hash, hash);
    assert_int_equal(dk_profile_seal(&copy, NULL), DK_OK);
    assert_string_equal(copy.hash, hash);
    dk_profile_reset(&copy);
}

static void without_memory_it_is_empty(void **state)
{
    (void)state;
    struct dk_profile profile = {.rows = 4711};
    struct dk_error err = {0};
    assert_int_equal(dk_profile_init(&profile, SIZE_MAX / 2, &err), DK_ERR_NOMEM);
    assert_int_equal(err.status, DK_ERR_NOMEM);
    assert_null(profile.codes);
    assert_int_equal(profile.rows, 0);
    dk_profile_reset(&profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_that_of_the_text),
        cmocka_unit_test(a_profile_without_rows_has_a_hash),
        cmocka_unit_test(every_code_of_every_row_counts),
        cmocka_unit_test(a_copy_is_independent),
        cmocka_unit_test(without_memory_it_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
