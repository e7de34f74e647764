/* Names of temporary files: who owns them, and which of them a killed run left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/temporary.h"

#define NO_PROCESS 4194305L /* one more than Linux gives (PID_MAX_LIMIT) */
#define DAY_S (24LL * 60 * 60)

static void names_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool is_temporary;
        const char *host;
        long process;
    } cases[] = {
        {".out.csv.1a2b3c4d.4711.0.tmp", true, "1a2b3c4d", 4711},
        {".out.csv.00000000.1.4294967295.tmp", true, "00000000", 1},
        {".PS1.txt.deadbeef.77.3.tmp", true, "deadbeef", 77},
        {".x.12345678.77.3.tmp", true, "12345678", 77},
        /* the older form, without the host */
        {".out.csv.4711.0.tmp", true, "", 4711},
        {".out.4711.0.tmp", true, "", 4711},
        {".csv.1a2b3c4.4711.0.tmp", true, "", 4711},
        {".csv.1a2b3c4d5.4711.0.tmp", true, "", 4711},
        {".csv.1A2B3C4D.4711.0.tmp", true, "", 4711},
        {".1a2b3c4d.4711.0.tmp", true, "", 4711},
        /* not derrick's */
        {"out.csv.1a2b3c4d.4711.0.tmp", false, "", 0},
        {".out.csv.tmp", false, "", 0},
        {".out.csv.4711.tmp", false, "", 0},
        {".4711.0.tmp", false, "", 0},
        {"..4711.0.tmp", false, "", 0},
        {".out.csv.4711..tmp", false, "", 0},
        {".out.csv..0.tmp", false, "", 0},
        {".out.csv.47a1.0.tmp", false, "", 0},
        {".out.csv.1a2b3c4d.4711.0.TMP", false, "", 0},
        {".out.csv.1a2b3c4d.4711.0.tmp~", false, "", 0},
        {".out.csv.1a2b3c4d.0.0.tmp", false, "", 0},
        {".out.csv.1a2b3c4d.99999999999999999999.0.tmp", false, "", 0},
        {".tmp", false, "", 0},
        {"", false, "", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_temporary temporary;
        bool is = dk_temporary_read(cases[i].name, &temporary);
        if (is != cases[i].is_temporary)
            fail_msg("'%s'", cases[i].name);
        if (!is)
            continue;
        assert_string_equal(temporary.host, cases[i].host);
        assert_int_equal(temporary.process, cases[i].process);
    }
}

static void a_new_name_is_this_hosts_and_this_processs(void **state)
{
    (void)state;
    char host[DK_HOST_ID_MAX];
    char long_path[300] = "folder/";
    struct dk_temporary temporary;
    dk_host_id(host);
    assert_int_equal(strlen(host), 8);
    assert_int_equal(strspn(host, "0123456789abcdef"), 8);
    memset(long_path + 7, 'n', 255);
    const char *paths[] = {"/folder.d/out.csv", "out", long_path};
    for (size_t i = 0; i < 3; i++) {
        char *name = dk_temporary_name(paths[i]);
        char *other = dk_temporary_name(paths[i]);
        assert_non_null(name);
        assert_non_null(other);
        assert_string_not_equal(name, other);
        const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
        assert_true(strlen(base) <= 255);
        assert_memory_equal(name, paths[i], (size_t)(base - name));
        assert_true(dk_temporary_read(base, &temporary));
        assert_string_equal(temporary.host, host);
        assert_int_equal(temporary.process, getpid());
        free(name);
        free(other);
    }
}

/* Who wrote it, how old it is, and whether it may go. */
static void only_a_dead_process_of_this_host_left_it_behind(void **state)
{
    (void)state;
    char host[DK_HOST_ID_MAX];
    char other[DK_HOST_ID_MAX];
    dk_host_id(host);
    memcpy(other, host, sizeof(other));
    other[7] = other[7] == '0' ? '1' : '0';
    const struct {
        const char *host; /* NULL: the older form */
        long process;
        long long age_s;
        bool is_left_behind;
    } cases[] = {
        {host, NO_PROCESS, 0, true},
        {host, NO_PROCESS, -5, true},
        {host, getppid(), 0, false},
        {host, getppid(), 400 * DAY_S, false},
        {other, NO_PROCESS, 0, false},
        {other, NO_PROCESS, 400 * DAY_S, false},
        {other, getppid(), 400 * DAY_S, false},
        {NULL, NO_PROCESS, 0, false},
        {NULL, NO_PROCESS, -5, false},
        {NULL, NO_PROCESS, DAY_S - 1, false},
        {NULL, NO_PROCESS, DAY_S, true},
        {NULL, getppid(), 400 * DAY_S, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[128];
        snprintf(name, sizeof(name), ".out.csv%s%s.%ld.0.tmp", cases[i].host ? "." : "",
                 cases[i].host ? cases[i].host : "", cases[i].process);
        if (dk_temporary_is_left_behind(name, cases[i].age_s) != cases[i].is_left_behind)
            fail_msg("case %zu: '%s', %lld s old", i, name, cases[i].age_s);
    }
    assert_false(dk_temporary_is_left_behind(".out.csv.tmp", 400 * DAY_S));
}

static void the_host_id_is_the_same_each_time(void **state)
{
    (void)state;
    char one[DK_HOST_ID_MAX];
    char two[DK_HOST_ID_MAX];
    char name[DK_HOST_NAME_MAX];
    dk_host_id(one);
    dk_host_id(two);
    assert_string_equal(one, two);
    dk_host_name(name);
    assert_true(strlen(name) < DK_HOST_NAME_MAX);
    assert_null(strchr(name, ' '));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read),
        cmocka_unit_test(a_new_name_is_this_hosts_and_this_processs),
        cmocka_unit_test(only_a_dead_process_of_this_host_left_it_behind),
        cmocka_unit_test(the_host_id_is_the_same_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
