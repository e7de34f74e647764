/* The lock: one holder, whose name every other process gets, and never the name of a dead
 * process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/host.h"
#include "base/lock.h"

#define NO_PROCESS 4194305L /* one more than Linux gives (PID_MAX_LIMIT) */

static char path[] = "/tmp/derrick-lock-XXXXXX";

static int make(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int take_away(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_text(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The holder that is reported if the file contains `text` and somebody has the lock. */
static void expect_holder(const char *text, const char *expected)
{
    char holder[DK_LOCK_HOLDER_MAX];
    int fd = -1;
    write_text(text);
    int other = open(path, O_RDWR | O_CLOEXEC);
    assert_true(other >= 0);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(dk_lock_take(path, &fd, holder, NULL), DK_ERR_BUSY);
    assert_int_equal(fd, -1);
    assert_string_equal(holder, expected);
    assert_int_equal(close(other), 0);
}

static void a_holder_is_named_where_it_lives(void **state)
{
    (void)state;
    char here[64] = "";
    char text[160];
    char expected[DK_LOCK_HOLDER_MAX];
    assert_int_equal(gethostname(here, sizeof(here) - 1), 0);

    snprintf(text, sizeof(text), "%ld %s\n", (long)getppid(), here);
    snprintf(expected, sizeof(expected), "process %ld", (long)getppid());
    expect_holder(text, expected);
    snprintf(text, sizeof(text), "%ld\n", (long)getppid());
    expect_holder(text, expected);

    snprintf(text, sizeof(text), "%ld %s\n", NO_PROCESS, here);
    expect_holder(text, "");
    /* Nobody here knows whether a process of another host is alive. */
    snprintf(text, sizeof(text), "%ld not-%.40s\n", NO_PROCESS, here);
    snprintf(expected, sizeof(expected), "process %ld on 'not-%.40s'", NO_PROCESS, here);
    expect_holder(text, expected);

    /* With the host's id, because two containers or machines may have the same name. */
    char id[DK_HOST_ID_MAX];
    dk_host_id(id);
    snprintf(text, sizeof(text), "%ld %s %s\n", (long)getppid(), here, id);
    snprintf(expected, sizeof(expected), "process %ld", (long)getppid());
    expect_holder(text, expected);
    snprintf(text, sizeof(text), "%ld %s %s\n", NO_PROCESS, here, id);
    expect_holder(text, "");
    id[0] = id[0] == '0' ? '1' : '0';
    snprintf(text, sizeof(text), "%ld %s %s\n", NO_PROCESS, here, id);
    snprintf(expected, sizeof(expected), "process %ld on '%s'", NO_PROCESS, here);
    expect_holder(text, expected);
}

static void what_is_no_process_is_not_named(void **state)
{
    (void)state;
    char text[32];
    snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    expect_holder(text, ""); /* it reuses the number of a dead process */
    expect_holder("", "");
    expect_holder("\n", "");
    expect_holder("hello\n", "");
    expect_holder("0\n", "");
    expect_holder("-1\n", "");
    expect_holder("99999999999999999999\n", "");
}

static void one_process_has_it_until_it_lets_go(void **state)
{
    (void)state;
    char holder[DK_LOCK_HOLDER_MAX];
    char expected[DK_LOCK_HOLDER_MAX];
    int fd = -1;
    snprintf(expected, sizeof(expected), "process %ld", (long)getpid());
    assert_int_equal(dk_lock_take(path, &fd, holder, NULL), DK_OK);
    for (int free_now = 0; free_now <= 1; free_now++) {
        int code = 0;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            int own = -1;
            enum dk_status status = dk_lock_take(path, &own, holder, NULL);
            bool right =
                free_now ? status == DK_OK : status == DK_ERR_BUSY && strcmp(holder, expected) == 0;
            _exit(right ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &code, 0), child);
        assert_int_equal(code, 0);
        dk_lock_release(&fd);
        assert_int_equal(fd, -1);
    }
    dk_lock_release(&fd);
}

static void a_lock_that_cannot_be_made_says_why(void **state)
{
    (void)state;
    char holder[DK_LOCK_HOLDER_MAX];
    struct dk_error err = {0};
    int fd = 7;
    assert_int_equal(dk_lock_take("/no/such/folder/lock", &fd, holder, &err), DK_ERR_IO);
    assert_int_equal(fd, -1);
    assert_non_null(strstr(err.message, "'/no/such/folder/lock'"));
}

static void whether_it_is_held_is_asked_without_taking_it(void **state)
{
    (void)state;
    char holder[DK_LOCK_HOLDER_MAX];
    int fd = -1;
    write_text("as it was");
    assert_false(dk_lock_is_held(path));
    assert_false(dk_lock_is_held("/nowhere/derrick.lock"));
    assert_int_equal(dk_lock_take(path, &fd, holder, NULL), DK_OK);
    assert_true(dk_lock_is_held(path));
    dk_lock_release(&fd);
    assert_false(dk_lock_is_held(path));
    assert_int_equal(dk_lock_take(path, &fd, holder, NULL), DK_OK);
    dk_lock_release(&fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_holder_is_named_where_it_lives),
        cmocka_unit_test(what_is_no_process_is_not_named),
        cmocka_unit_test(one_process_has_it_until_it_lets_go),
        cmocka_unit_test(whether_it_is_held_is_asked_without_taking_it),
        cmocka_unit_test(a_lock_that_cannot_be_made_says_why),
    };
    return cmocka_run_group_tests(tests, make, take_away);
}
