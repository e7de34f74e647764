/* The order in which deliveries are taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/deliveries.h"

static void names_are_in_natural_order(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",     "2",  "10",          "2008-q2", "2008-q10", "2009-q1", "a", "a1",
        "a01b", "a2", "a2.zip.part", "a10",     "a10b2",    "a10b10",  "b"};
    for (size_t i = 0; i < DK_COUNT_OF(names); i++)
        for (size_t k = 0; k < DK_COUNT_OF(names); k++) {
            int order = dk_natural_compare(names[i], names[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    assert_true(dk_natural_compare("q02", "q2") < 0); /* not equal, so that the order is certain */
    assert_true(dk_natural_compare("q99999999999999999999999", "q100000000000000000000000") < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_in_natural_order)};
    return cmocka_run_group_tests_name("deliveries", tests, NULL, NULL);
}
