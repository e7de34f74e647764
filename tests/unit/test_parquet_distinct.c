/* The distinct values of a chunk, in order, and where a dictionary ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "export/parquet/distinct.h"
#include "export/parquet/plain.h"
#include "export/parquet/statistics.h"

static uint64_t as_it_is(uint64_t key)
{
    return key;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/* Every value is its key, the keys ascend, and each is used. */
static void check(const struct dk_distinct *distinct, const uint64_t *values, size_t count,
                  dk_distinct_order_fn order)
{
    unsigned char *used = calloc(distinct->count, 1);
    assert_non_null(used);
    for (size_t i = 0; i < count; i++) {
        assert_true(distinct->indices[i] < distinct->count);
        assert_true(distinct->keys[distinct->indices[i]] == values[i]);
        used[distinct->indices[i]] = 1;
    }
    for (size_t i = 0; i < distinct->count; i++) {
        assert_true(used[i]);
        assert_true(i == 0 || order(distinct->keys[i - 1]) < order(distinct->keys[i]));
    }
    free(used);
}

static void values_get_the_index_of_their_key(void **state)
{
    (void)state;
    struct dk_distinct distinct = {0};
    uint64_t *values = malloc(200000 * sizeof(*values));
    assert_non_null(values);
    /* Many chunks in one table, of few and of many distinct values. */
    static const uint64_t limits[] = {1, 2, 255, 256, 257, 1000, 65536, 3};
    for (size_t round = 0; round < sizeof(limits) / sizeof(limits[0]); round++) {
        bool fits = false;
        uint64_t random = round + 1;
        for (size_t i = 0; i < 200000; i++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            values[i] =
                i < limits[round] ? (uint64_t)i << 20 : ((random >> 33) % limits[round]) << 20;
        }
        assert_int_equal(
            dk_distinct_find(&distinct, values, 200000, dk_order_of_integer, &fits, NULL), DK_OK);
        assert_true(fits);
        assert_int_equal(distinct.count, limits[round]);
        check(&distinct, values, 200000, dk_order_of_integer);
    }
    free(values);
    dk_distinct_reset(&distinct);
}

static void more_than_65536_do_not_fit(void **state)
{
    (void)state;
    struct dk_distinct distinct = {0};
    bool fits = true;
    uint64_t *values = malloc(65537 * sizeof(*values));
    assert_non_null(values);
    for (size_t i = 0; i < 65537; i++)
        values[i] = 65537 - i;
    assert_int_equal(dk_distinct_find(&distinct, values, 65537, as_it_is, &fits, NULL), DK_OK);
    assert_false(fits);
    assert_int_equal(dk_distinct_find(&distinct, values, 65536, as_it_is, &fits, NULL), DK_OK);
    assert_true(fits);
    check(&distinct, values, 65536, as_it_is);
    free(values);
    dk_distinct_reset(&distinct);
}

static void orders_are_those_of_the_values(void **state)
{
    (void)state;
    static const double doubles[] = {-1e300, -2.5, -1e-300, -0.0, 0.0, 1e-300, 2.5, 1e300};
    static const int64_t integers[] = {INT64_MIN, -5, -1, 0, 1, INT64_MAX};
    for (size_t i = 1; i < sizeof(doubles) / sizeof(doubles[0]); i++)
        assert_true(dk_order_of_double(bits_of(doubles[i - 1])) <
                    dk_order_of_double(bits_of(doubles[i])));
    for (size_t i = 1; i < sizeof(integers) / sizeof(integers[0]); i++)
        assert_true(dk_order_of_integer((uint64_t)integers[i - 1]) <
                    dk_order_of_integer((uint64_t)integers[i]));
}

static void zero_is_a_bound_with_the_sign_that_covers_both(void **state)
{
    (void)state;
    static const unsigned char minus[8] = {0, 0, 0, 0, 0, 0, 0, 0x80};
    static const unsigned char plus[8] = {0};
    static const unsigned char one[8] = {0, 0, 0, 0, 0, 0, 0xf0, 0x3f};
    for (int sign = 0; sign < 2; sign++) {
        double zero = sign ? -0.0 : 0.0;
        struct dk_parquet_bound low = dk_bound_of_double(zero, true);
        struct dk_parquet_bound high = dk_bound_of_double(zero, false);
        assert_int_equal(low.size, 8);
        assert_int_equal(high.size, 8);
        assert_memory_equal(low.bytes, minus, 8);
        assert_memory_equal(high.bytes, plus, 8);
    }
    struct dk_parquet_bound bound = dk_bound_of_double(1, true);
    assert_memory_equal(bound.bytes, one, 8);
}

/* Decimals in a table are what they are without: close together, far apart, too many, of many
 * scales. */
static void decimals_equal_those_that_are_searched(void **state)
{
    (void)state;
    enum { COUNT = 120000 };
    static const struct {
        int64_t low, range;
        int scale;
    } cases[] = {{0, 20000, 2},
                 {-500, 1000, 3},
                 {7, 1, 0},
                 {0, 65536, 1},
                 {0, 65537, 1},
                 {0, 262144, 0},
                 {-131072, 262144, 6},
                 {0, 262145, 0},
                 {0, 1000, 7},
                 {INT64_C(1) << 40, 50, 2},
                 {-(INT64_C(1) << 39), 50, 2},
                 {99999999999999, 900, 0}};
    uint64_t *values = malloc(COUNT * sizeof(*values));
    assert_non_null(values);
    struct dk_distinct dense = {0};
    struct dk_distinct plain = {0};
    uint64_t random = 1;
    for (size_t turn = 0; turn < sizeof(cases) / sizeof(cases[0]); turn++) {
        bool fits = false;
        bool fits_too = false;
        for (size_t i = 0; i < COUNT; i++) {
            dk_decimal value = 0;
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const int64_t step = i < 2 ? (int64_t)i * (cases[turn].range - 1)
                                       : (int64_t)((random >> 20) % (uint64_t)cases[turn].range);
            assert_true(dk_decimal_make(cases[turn].low + step, cases[turn].scale, &value));
            values[i] = (uint64_t)value;
        }
        const dk_distinct_order_fn order = dk_plain_order(DK_PARQUET_FROM_DECIMALS);
        assert_int_equal(dk_distinct_find_decimals(&dense, values, COUNT, order, &fits, NULL),
                         DK_OK);
        assert_int_equal(dk_distinct_find(&plain, values, COUNT, order, &fits_too, NULL), DK_OK);
        assert_int_equal(fits, fits_too);
        if (!fits)
            continue;
        assert_int_equal(dense.count, plain.count);
        assert_memory_equal(dense.keys, plain.keys, dense.count * sizeof(*dense.keys));
        assert_memory_equal(dense.indices, plain.indices, COUNT * sizeof(*dense.indices));
    }
    dk_distinct_reset(&dense);
    dk_distinct_reset(&plain);
    free(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_get_the_index_of_their_key),
        cmocka_unit_test(more_than_65536_do_not_fit),
        cmocka_unit_test(orders_are_those_of_the_values),
        cmocka_unit_test(zero_is_a_bound_with_the_sign_that_covers_both),
        cmocka_unit_test(decimals_equal_those_that_are_searched),
    };
    return cmocka_run_group_tests_name("parquet distinct", tests, NULL, NULL);
}
