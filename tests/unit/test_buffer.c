/* The growable buffer: contents through every growth, its ceiling, failures that change nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

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

static void it_keeps_what_is_appended(void **state)
{
    (void)state;
    struct dk_buffer buffer;
    dk_buffer_init(&buffer, 1 << 20);
    assert_null(buffer.data);
    char piece[97];
    size_t total = 0;
    for (size_t i = 0; i < 500; i++) {
        size_t size = i % sizeof(piece);
        for (size_t at = 0; at < size; at++)
            piece[at] = (char)(total + at);
        assert_int_equal(dk_buffer_append(&buffer, piece, size, NULL), DK_OK);
        total += size;
        assert_int_equal(buffer.size, total);
        assert_true(buffer.capacity >= total);
    }
    for (size_t at = 0; at < total; at++)
        assert_int_equal(buffer.data[at], (char)at);
    dk_buffer_reset(&buffer);
    assert_null(buffer.data);
    assert_true(buffer.size == 0 && buffer.capacity == 0 && buffer.ceiling_bytes == 1 << 20);
    assert_int_equal(dk_buffer_append(&buffer, "again", 5, NULL), DK_OK);
    assert_memory_equal(buffer.data, "again", 5);
    dk_buffer_reset(&buffer);
}

static void nothing_takes_no_memory(void **state)
{
    (void)state;
    struct dk_buffer buffer;
    dk_buffer_init(&buffer, 0);
    assert_int_equal(dk_buffer_append(&buffer, NULL, 0, NULL), DK_OK);
    assert_int_equal(dk_buffer_reserve(&buffer, 0, NULL), DK_OK);
    assert_null(buffer.data);
    assert_int_equal(dk_buffer_append(&buffer, "x", 1, NULL), DK_ERR_NOMEM);
    dk_buffer_reset(&buffer);
}

static void it_fills_to_its_ceiling_and_not_past_it(void **state)
{
    (void)state;
    static const size_t ceilings[] = {1, 100, 255, 256, 257, 300, 511, 512, 513, 1000};
    for (size_t i = 0; i < sizeof(ceilings) / sizeof(ceilings[0]); i++) {
        struct dk_buffer buffer;
        struct dk_error err = {0};
        dk_buffer_init(&buffer, ceilings[i]);
        for (size_t at = 0; at < ceilings[i]; at++) {
            assert_int_equal(dk_buffer_append(&buffer, "x", 1, &err), DK_OK);
            assert_true(buffer.capacity <= ceilings[i]);
        }
        assert_int_equal(err.status, DK_OK);
        const struct dk_buffer before = buffer;
        assert_int_equal(dk_buffer_append(&buffer, "y", 1, &err), DK_ERR_NOMEM);
        assert_int_equal(dk_buffer_reserve(&buffer, SIZE_MAX, &err), DK_ERR_NOMEM);
        assert_int_equal(dk_buffer_printf(&buffer, &err, "%d", 7), DK_ERR_NOMEM);
        assert_int_equal(dk_buffer_terminate(&buffer, &err), DK_ERR_NOMEM);
        assert_int_equal(err.status, DK_ERR_NOMEM);
        assert_memory_equal(&buffer, &before, sizeof(before));
        for (size_t at = 0; at < ceilings[i]; at++)
            assert_int_equal(buffer.data[at], 'x');
        dk_buffer_reset(&buffer);
    }
}

static void more_than_memory_is_refused(void **state)
{
    (void)state;
    struct dk_buffer buffer;
    struct dk_error err = {0};
    dk_buffer_init(&buffer, SIZE_MAX);
    assert_int_equal(dk_buffer_append(&buffer, "abc", 3, &err), DK_OK);
    assert_int_equal(dk_buffer_reserve(&buffer, SIZE_MAX, &err), DK_ERR_NOMEM);
    assert_int_equal(dk_buffer_reserve(&buffer, SIZE_MAX / 2 + 2, &err), DK_ERR_NOMEM);
    assert_int_equal(err.status, DK_ERR_NOMEM);
    assert_int_equal(buffer.size, 3);
    assert_memory_equal(buffer.data, "abc", 3);
    dk_buffer_reset(&buffer);
}

static void reserving_once_serves_until_it_is_used_up(void **state)
{
    (void)state;
    struct dk_buffer buffer;
    dk_buffer_init(&buffer, 1 << 20);
    assert_int_equal(dk_buffer_reserve(&buffer, 5000, NULL), DK_OK);
    assert_true(buffer.capacity >= 5000 && buffer.size == 0);
    const char *data = buffer.data;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(dk_buffer_append(&buffer, "12345", 5, NULL), DK_OK);
    assert_ptr_equal(buffer.data, data);
    dk_buffer_reset(&buffer);
}

static void printf_appends_without_its_end(void **state)
{
    (void)state;
    struct dk_buffer buffer;
    dk_buffer_init(&buffer, 1 << 20);
    char expected[8000];
    size_t size = 0;
    for (int i = 0; i < 500; i++) {
        assert_int_equal(dk_buffer_printf(&buffer, NULL, "%d,%s;", i, "ab"), DK_OK);
        size += (size_t)snprintf(expected + size, sizeof(expected) - size, "%d,%s;", i, "ab");
        assert_int_equal(buffer.size, size);
    }
    assert_memory_equal(buffer.data, expected, size);
    assert_int_equal(dk_buffer_terminate(&buffer, NULL), DK_OK);
    assert_int_equal(buffer.size, size);
    assert_string_equal(buffer.data, expected);
    assert_int_equal(dk_buffer_printf(&buffer, NULL, "%s", ""), DK_OK);
    assert_int_equal(buffer.size, size);
    dk_buffer_reset(&buffer);
}

static void the_first_failure_of_a_put_sticks(void **state)
{
    (void)state;
    struct dk_buffer buffer;
    struct dk_error err = {0};
    dk_buffer_init(&buffer, 12);
    dk_buffer_put(&buffer, "abc");
    dk_buffer_putf(&buffer, "%d%s", 42, "!");
    dk_buffer_put_bytes(&buffer, "x\0y", 3);
    assert_int_equal(dk_buffer_finish(&buffer, &err), DK_OK);
    assert_memory_equal(buffer.data, "abc42!x\0y", 10);
    assert_int_equal(buffer.size, 9);
    dk_buffer_putf(&buffer, "%s", "too long");
    dk_buffer_put(&buffer, "z");
    assert_int_equal(buffer.size, 9);
    assert_int_equal(dk_buffer_finish(&buffer, &err), DK_ERR_NOMEM);
    assert_int_equal(err.status, DK_ERR_NOMEM);
    assert_int_equal(dk_buffer_finish(&buffer, NULL), DK_ERR_NOMEM);
    dk_buffer_reset(&buffer);
    dk_buffer_put(&buffer, "again");
    assert_int_equal(dk_buffer_finish(&buffer, &err), DK_OK);
    assert_string_equal(buffer.data, "again");
    dk_buffer_reset(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_keeps_what_is_appended),
        cmocka_unit_test(nothing_takes_no_memory),
        cmocka_unit_test(it_fills_to_its_ceiling_and_not_past_it),
        cmocka_unit_test(more_than_memory_is_refused),
        cmocka_unit_test(reserving_once_serves_until_it_is_used_up),
        cmocka_unit_test(printf_appends_without_its_end),
        cmocka_unit_test(the_first_failure_of_a_put_sticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
