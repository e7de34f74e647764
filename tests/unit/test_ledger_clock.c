/* The ledger holds times from 1970 to 9999. A clock that shows another is refused before anything
 * is written. This program's own clock_gettime is used instead of the machine's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include <string.h>

#include "small_store.h"

static struct timespec clock_now;

int clock_gettime(clockid_t id, struct timespec *now)
{
    (void)id;
    *now = clock_now;
    return 0;
}

#define YEAR_10000 253402300800 /* its first second */

static const struct {
    int64_t seconds;
    enum dk_status status;
    const char *text;
} clocks[] = {
    {0, DK_OK, "1970-01-01 00:00:00"},
    {1206489599, DK_OK, "2008-03-25 23:59:59"},
    {YEAR_10000 - 1, DK_OK, "9999-12-31 23:59:59"},
    {YEAR_10000, DK_ERR_FAILED, NULL},
    {INT64_MAX / 2, DK_ERR_FAILED, NULL},
    {-1, DK_ERR_FAILED, NULL},
    {-62135596801, DK_ERR_FAILED, NULL},
};

static void only_a_clock_that_the_ledger_can_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        char text[DK_TIME_TEXT_MAX];
        struct dk_error err = {0};
        clock_now.tv_sec = clocks[i].seconds;
        assert_int_equal(dk_ledger_check_clock(&err), clocks[i].status);
        assert_int_equal(dk_ledger_check_clock(NULL), clocks[i].status);
        if (clocks[i].text) {
            dk_ledger_now(text);
            assert_string_equal(text, clocks[i].text);
        } else {
            assert_non_null(strstr(err.message, "1970"));
            assert_non_null(strstr(err.hint, "clock"));
        }
    }
}

static void nothing_is_recorded_by_a_wrong_clock(void **state)
{
    (void)state;
    struct small_store small;
    int64_t run_id;
    clock_now.tv_sec = 1206489599;
    small_store_open(&small);
    small_store_workspace(&small, 'a');
    clock_now.tv_sec = -1;
    assert_int_equal(dk_ledger_run_begin(small.store, "run", &run_id, NULL), DK_ERR_FAILED);
    assert_int_equal(dk_ledger_workspace_put(small.store, NULL), DK_ERR_FAILED);
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM runs"), 0);
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM workspaces"), 0);
    small_store_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_clock_that_the_ledger_can_hold),
        cmocka_unit_test(nothing_is_recorded_by_a_wrong_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
