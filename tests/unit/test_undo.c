/* What a command made is removed after a failure; what was there before, or came meanwhile,
 * stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/undo.h"

static char folder[] = "/tmp/test_undo_XXXXXX";

static void make_file(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static bool is_there(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static int enter(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void test_undo(void **state)
{
    (void)state;
    struct dk_undo undo = {0};
    make_file("before");
    assert_int_equal(dk_undo_note(&undo, "before", NULL), DK_OK);
    assert_int_equal(dk_undo_note(&undo, "a/b/c", NULL), DK_OK);
    assert_int_equal(dk_undo_note(&undo, "kept", NULL), DK_OK);
    assert_int_equal(dk_undo_note(&undo, "never", NULL), DK_OK);
    assert_int_equal(undo.count, 5); /* a, a/b, a/b/c, kept, never */
    assert_int_equal(mkdir("a", 0700), 0);
    assert_int_equal(mkdir("a/b", 0700), 0);
    make_file("a/b/c");
    assert_int_equal(mkdir("kept", 0700), 0);
    make_file("kept/of somebody else");
    dk_undo_run(&undo);
    dk_undo_reset(&undo);
    assert_int_equal(chdir(folder), 0);
    assert_true(is_there("before"));
    assert_false(is_there("a"));
    assert_true(is_there("kept/of somebody else"));
    assert_int_equal(unlink("kept/of somebody else") | rmdir("kept") | unlink("before"), 0);
}

/* A path of more folders than can be noted is refused, and nothing of it leaks. */
static void test_deep(void **state)
{
    (void)state;
    struct dk_undo undo = {0};
    struct dk_error err = {0};
    char path[4 * DK_UNDO_MAX];
    size_t used = 0;
    for (size_t i = 0; i <= DK_UNDO_MAX; i++)
        used += (size_t)snprintf(path + used, sizeof(path) - used, "d/");
    assert_int_equal(dk_undo_note(&undo, path, &err), DK_ERR_USAGE);
    dk_undo_run(&undo);
    dk_undo_reset(&undo);
    dk_undo_reset(&undo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_undo), cmocka_unit_test(test_deep)};
    return cmocka_run_group_tests(tests, enter, leave);
}
