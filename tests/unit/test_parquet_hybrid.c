/* The run-length and bit-packing hybrid, and the levels that are made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "export/parquet/hybrid.h"
#include "export/parquet/levels.h"
#include "parquet_decode.h"

#define VALUES_MAX 5000

static void encode(struct dk_buffer *out, const uint16_t *values, size_t count, unsigned width)
{
    dk_buffer_init(out, 1 << 20);
    assert_int_equal(dk_hybrid_append(out, values, count, width, NULL), DK_OK);
}

static void check(const uint16_t *values, size_t count, unsigned width)
{
    static uint16_t decoded[VALUES_MAX];
    struct dk_buffer out;
    encode(&out, values, count, width);
    size_t used = hybrid_decode((const unsigned char *)out.data, out.size, width, count, decoded);
    assert_int_equal(used, out.size);
    if (count > 0)
        assert_memory_equal(decoded, values, count * sizeof(*values));
    dk_buffer_reset(&out);
}

/* Stretches of any lengths, equal or not, are read back as they were, for every width. */
static void stretches_of_all_lengths_are_read_back(void **state)
{
    (void)state;
    static const unsigned widths[] = {1, 8, 16};
    static uint16_t values[VALUES_MAX];
    uint32_t random = 7;
    for (size_t w = 0; w < 3; w++) {
        uint32_t limit = 1u << widths[w];
        for (int round = 0; round < 400; round++) {
            size_t count = 0;
            size_t target = (size_t)round * 7 % VALUES_MAX;
            while (count < target) {
                random = random * 1664525 + 1013904223;
                size_t length = (random >> 8) % (round % 3 ? 40 : 5) + 1;
                uint16_t value = (uint16_t)(random >> 16 & (limit - 1));
                for (size_t i = 0; i < length && count < target; i++)
                    values[count++] = random & 64 ? value : (uint16_t)((value + i) & (limit - 1));
            }
            check(values, count, widths[w]);
        }
    }
}

static void a_run_is_its_length_and_a_value(void **state)
{
    (void)state;
    uint16_t values[100];
    struct dk_buffer out;
    for (size_t i = 0; i < 100; i++)
        values[i] = 0x1234;
    encode(&out, values, 100, 16);
    assert_int_equal(out.size, 4);
    assert_memory_equal(out.data, "\xc8\x01\x34\x12", 4);
    dk_buffer_reset(&out);
}

/* The format's own example: 0 to 7 in three bits is 88 C6 FA; here in eight. */
static void groups_of_eight_are_packed(void **state)
{
    (void)state;
    static const uint16_t values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    static const uint16_t bits[] = {1, 0, 1, 1, 0, 0, 0, 1, 1};
    struct dk_buffer out;
    encode(&out, values, 9, 8);
    assert_int_equal(out.size, 17);
    assert_memory_equal(out.data, "\x05\0\1\2\3\4\5\6\7\x08\0\0\0\0\0\0\0", 17);
    dk_buffer_reset(&out);
    encode(&out, bits, 9, 1);
    assert_int_equal(out.size, 3);
    assert_memory_equal(out.data, "\x05\x8d\x01", 3);
    dk_buffer_reset(&out);
}

/* What comes before a run fills whole groups: the run gives it values. */
static void a_run_fills_the_group_before_it(void **state)
{
    (void)state;
    uint16_t values[3 + 30] = {1, 2, 3};
    struct dk_buffer out;
    encode(&out, values, 33, 8);
    assert_int_equal(out.size, 1 + 8 + 2);
    assert_memory_equal(out.data, "\x03\1\2\3\0\0\0\0\0\x32\0", 11);
    dk_buffer_reset(&out);
}

static void levels_follow_their_size(void **state)
{
    (void)state;
    uint16_t levels[20];
    struct dk_buffer out;
    dk_buffer_init(&out, 1 << 10);
    for (size_t i = 0; i < 20; i++)
        levels[i] = 1;
    assert_int_equal(dk_buffer_append(&out, "x", 1, NULL), DK_OK);
    assert_int_equal(dk_levels_append(&out, levels, 20, NULL), DK_OK);
    assert_int_equal(out.size, 7);
    assert_memory_equal(out.data, "x\2\0\0\0\x28\1", 7);
    dk_buffer_reset(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretches_of_all_lengths_are_read_back),
        cmocka_unit_test(a_run_is_its_length_and_a_value),
        cmocka_unit_test(groups_of_eight_are_packed),
        cmocka_unit_test(a_run_fills_the_group_before_it),
        cmocka_unit_test(levels_follow_their_size),
    };
    return cmocka_run_group_tests_name("parquet hybrid", tests, NULL, NULL);
}
