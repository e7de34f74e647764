/* The Thrift compact protocol: bytes worked out by hand from its specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "export/parquet/thrift.h"

static struct dk_buffer out;

static int setup(void **state)
{
    (void)state;
    dk_buffer_init(&out, 4096);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    dk_buffer_reset(&out);
    return 0;
}

#define assert_bytes(...)                                                                          \
    do {                                                                                           \
        static const unsigned char expected_[] = {__VA_ARGS__};                                    \
        assert_int_equal(out.size, sizeof(expected_));                                             \
        assert_memory_equal(out.data, expected_, sizeof(expected_));                               \
    } while (0)

static void integers_are_zigzag_varints(void **state)
{
    (void)state;
    struct dk_thrift thrift = dk_thrift_begin(&out);
    dk_thrift_i32(&thrift, 1, 0);
    dk_thrift_i32(&thrift, 2, -1);
    dk_thrift_i32(&thrift, 3, 1);
    dk_thrift_i32(&thrift, 4, 64);
    dk_thrift_i64(&thrift, 5, INT64_MIN);
    dk_thrift_i16(&thrift, 6, -64);
    assert_int_equal(dk_thrift_finish(&thrift, NULL), DK_OK);
    assert_bytes(0x15, 0, 0x15, 1, 0x15, 2, 0x15, 0x80, 0x01,                      /* 64: 128 */
                 0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, /* 2^64 - 1 */
                 0x14, 0x7f, 0);
}

static void far_fields_have_their_id(void **state)
{
    (void)state;
    struct dk_thrift thrift = dk_thrift_begin(&out);
    dk_thrift_bool(&thrift, 15, true);
    dk_thrift_bool(&thrift, 31, false);
    dk_thrift_i32(&thrift, 32, 7);
    assert_int_equal(dk_thrift_finish(&thrift, NULL), DK_OK);
    assert_bytes(0xf1, 0x02, 62, 0x15, 14, 0);
}

static void structs_count_their_own_fields(void **state)
{
    (void)state;
    struct dk_thrift thrift = dk_thrift_begin(&out);
    dk_thrift_struct(&thrift, 2);
    dk_thrift_struct(&thrift, 1);
    dk_thrift_end(&thrift);
    dk_thrift_text(&thrift, 3, "ab");
    dk_thrift_end(&thrift);
    dk_thrift_i32(&thrift, 3, 1);
    assert_int_equal(dk_thrift_finish(&thrift, NULL), DK_OK);
    assert_bytes(0x2c, 0x1c, 0, 0x28, 2, 'a', 'b', 0, 0x15, 2, 0);
}

static void lists_have_their_size(void **state)
{
    (void)state;
    struct dk_thrift thrift = dk_thrift_begin(&out);
    dk_thrift_list(&thrift, 1, DK_THRIFT_I32, 2);
    dk_thrift_element_i32(&thrift, 3);
    dk_thrift_element_i32(&thrift, -3);
    dk_thrift_list(&thrift, 2, DK_THRIFT_BINARY, 1);
    dk_thrift_element_text(&thrift, "x");
    dk_thrift_list(&thrift, 3, DK_THRIFT_STRUCT, 15);
    for (int i = 0; i < 15; i++) {
        dk_thrift_element_struct(&thrift);
        dk_thrift_i32(&thrift, 1, i);
        dk_thrift_end(&thrift);
    }
    assert_int_equal(dk_thrift_finish(&thrift, NULL), DK_OK);
    assert_int_equal(out.size, 4 + 4 + 3 + 15 * 3 + 1);
    assert_memory_equal(out.data, "\x19\x25\x06\x05\x19\x18\x01x\x19\xfc\x0f\x15\x00\x00\x15\x02",
                        16);
}

static void a_full_buffer_is_an_error_at_the_end(void **state)
{
    (void)state;
    struct dk_error err;
    struct dk_buffer small;
    dk_buffer_init(&small, 8);
    struct dk_thrift thrift = dk_thrift_begin(&small);
    dk_thrift_text(&thrift, 1, "much longer than eight bytes");
    dk_thrift_i32(&thrift, 2, 1);
    assert_int_equal(dk_thrift_finish(&thrift, &err), DK_ERR_NOMEM);
    dk_buffer_reset(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(integers_are_zigzag_varints, setup, teardown),
        cmocka_unit_test_setup_teardown(far_fields_have_their_id, setup, teardown),
        cmocka_unit_test_setup_teardown(structs_count_their_own_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_have_their_size, setup, teardown),
        cmocka_unit_test(a_full_buffer_is_an_error_at_the_end),
    };
    return cmocka_run_group_tests_name("parquet thrift", tests, NULL, NULL);
}
