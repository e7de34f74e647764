/* Values gathered in plain memory or in a file: what is reserved can be written, and nothing more
 * is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status.h"
#include "export/gather.h"

#define MEGABYTE ((size_t)1 << 20)

static long long blocks_bytes(const struct dk_gather *gather)
{
    struct stat info;
    assert_int_equal(fstat(gather->fd, &info), 0);
    return (long long)info.st_blocks * 512;
}

static void a_small_one_is_plain_memory(void **state)
{
    (void)state;
    struct dk_gather gather;
    assert_int_equal(dk_gather_init(&gather, 4096, 4096, "/nowhere", NULL), DK_OK);
    assert_false(gather.mapped);
    assert_true(dk_gather_reserve(&gather, gather.memory, 4096));
    memset(gather.memory, 1, 4096);
    assert_int_equal(dk_gather_check(&gather, "/nowhere", NULL), DK_OK);
    dk_gather_reset(&gather);
    dk_gather_reset(&gather);
}

/* Room for a calendar of minutes: the file takes what is written, not what it has room for. */
static void a_large_one_takes_what_is_reserved(void **state)
{
    (void)state;
    const size_t stretches[][2] = {{0, 1}, {MEGABYTE - 1, 2}, {900 * MEGABYTE, 3 * MEGABYTE}};
    struct dk_gather gather;
    assert_int_equal(dk_gather_init(&gather, 1000 * MEGABYTE + 5, MEGABYTE, ".", NULL), DK_OK);
    assert_true(gather.mapped);
    assert_true(blocks_bytes(&gather) < (long long)MEGABYTE);
    for (size_t i = 0; i < DK_COUNT_OF(stretches); i++) {
        char *from = (char *)gather.memory + stretches[i][0];
        assert_true(dk_gather_reserve(&gather, from, stretches[i][1]));
        memset(from, (int)i + 1, stretches[i][1]);
    }
    char *last = (char *)gather.memory + 1000 * MEGABYTE + 4;
    assert_true(dk_gather_reserve(&gather, last, 1));
    *last = 9;
    assert_true(blocks_bytes(&gather) < 8 * (long long)MEGABYTE);
    dk_gather_give_back(&gather);
    assert_int_equal(((char *)gather.memory)[MEGABYTE], 2);
    assert_int_equal(*last, 9);
    assert_int_equal(((char *)gather.memory)[500 * MEGABYTE], 0);
    assert_int_equal(dk_gather_check(&gather, ".", NULL), DK_OK);
    dk_gather_reset(&gather);
}

/* Without its file no stretch can get blocks, as on a full disk. */
static void what_gets_no_blocks_is_an_error(void **state)
{
    (void)state;
    struct dk_gather gather;
    struct dk_error err = {0};
    assert_int_equal(dk_gather_init(&gather, 64 * MEGABYTE, MEGABYTE, ".", NULL), DK_OK);
    assert_true(dk_gather_reserve(&gather, gather.memory, MEGABYTE));
    close(gather.fd);
    gather.fd = -1;
    assert_true(dk_gather_reserve(&gather, gather.memory, MEGABYTE));
    assert_false(dk_gather_reserve(&gather, (char *)gather.memory + 32 * MEGABYTE, 1));
    assert_int_equal(dk_gather_check(&gather, "here", &err), DK_ERR_IO);
    assert_non_null(strstr(err.message, "here"));
    dk_gather_reset(&gather);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_one_is_plain_memory),
        cmocka_unit_test(a_large_one_takes_what_is_reserved),
        cmocka_unit_test(what_gets_no_blocks_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
