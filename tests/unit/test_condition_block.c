/* Condition blocks and combinations: numbers from 1, the stable flag left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig/condition_block.h"

static void stretches_and_tuples_are_numbered(void **state)
{
    (void)state;
    static uint8_t codes[][DK_CONDITIONS] = {{0, 1, 2, 3, 0}, {0, 1, 2, 3, 1}, {0, 1, 2, 2, 1},
                                             {0, 1, 2, 3, 0}, {2, 1, 2, 3, 0}, {2, 1, 2, 3, 1}};
    static const int32_t blocks[] = {1, 1, 2, 3, 4, 4};
    static const int32_t combinations[] = {1, 1, 2, 1, 3, 3};
    const struct dk_profile profile = {.rows = 6, .codes = codes};
    int32_t found[6];
    int32_t other[6];
    dk_condition_blocks(&profile, found, other);
    assert_memory_equal(found, blocks, sizeof(blocks));
    assert_memory_equal(other, combinations, sizeof(combinations));
    dk_condition_blocks(&profile, found, NULL);
    dk_condition_blocks(&profile, NULL, other);
    assert_memory_equal(other, combinations, sizeof(combinations));
}

static void no_rows_have_no_numbers(void **state)
{
    (void)state;
    const struct dk_profile profile = {0};
    int32_t untouched = 7;
    dk_condition_blocks(&profile, &untouched, &untouched);
    assert_int_equal(untouched, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretches_and_tuples_are_numbered),
        cmocka_unit_test(no_rows_have_no_numbers),
    };
    return cmocka_run_group_tests_name("condition block", tests, NULL, NULL);
}
