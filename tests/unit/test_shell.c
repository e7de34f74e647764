/* dk_shell_run: what a command gets, how it may end, and what is left of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/shell.h"

static char *const no_variables[] = {NULL};

static enum dk_status run(const char *command, struct dk_error *err)
{
    const struct dk_shell shell = {
        .command = command, .input = "", .variables = no_variables, .seconds_max = 1};
    return dk_shell_run(&shell, err);
}

static void ends_are_reported(void **state)
{
    (void)state;
    static const struct {
        const char *command, *want;
    } cases[] = {
        {"exit 3", "it failed with exit code 3"},
        {"/nonexistent/tool 2>/dev/null", "it failed with exit code 127"},
        {"kill -9 $$", "it was ended by signal 9"},
        {"while :; do :; done", "it did not end within 1 seconds, and was killed"},
    };
    struct dk_error err = {0};
    assert_int_equal(run("true", &err), DK_OK);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(run(cases[i].command, &err), DK_ERR_FAILED);
        assert_string_equal(err.message, cases[i].want);
        assert_int_equal(run(cases[i].command, NULL), DK_ERR_FAILED);
    }
}

/* More than a pipe holds, whether the command reads it or not. */
static void input_is_passed(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    char *input = malloc(SIZE);
    assert_non_null(input);
    memset(input, 'x', SIZE);
    struct dk_shell shell = {.command = "test $(wc -c) = 1048576",
                             .input = input,
                             .input_size = SIZE,
                             .variables = (char *const[]){"PATH=/usr/bin:/bin", NULL},
                             .seconds_max = 30};
    assert_int_equal(dk_shell_run(&shell, NULL), DK_OK);
    shell.command = "true";
    assert_int_equal(dk_shell_run(&shell, NULL), DK_OK);
    free(input);
}

static void secrets_are_left_out(void **state)
{
    (void)state;
    char *const variables[] = {"DERRICK_DB_PASSWORD=a", "KEPT=b", "AWS_SECRET_ACCESS_KEY=c",
                               "AWS_SECRET_ACCESS_KEY_X=d", NULL};
    const struct dk_shell shell = {.command =
                                       "test \"$DERRICK_DB_PASSWORD$KEPT$AWS_SECRET_ACCESS_KEY"
                                       "$AWS_SECRET_ACCESS_KEY_X\" = bd",
                                   .input = "",
                                   .variables = variables,
                                   .seconds_max = 30};
    assert_int_equal(dk_shell_run(&shell, NULL), DK_OK);
}

/* A process that the command started ends with it where its time is over. */
static void group_is_killed(void **state)
{
    (void)state;
    char command[128];
    char path[] = "/tmp/derrick-shell-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    snprintf(command, sizeof(command), "(read x </dev/zero; exit) & echo $! >%s; wait", path);
    assert_int_equal(run(command, NULL), DK_ERR_FAILED);
    char text[32] = "";
    assert_true(read(fd, text, sizeof(text) - 1) > 0);
    char proc[64];
    snprintf(proc, sizeof(proc), "/proc/%ld/exe", strtol(text, NULL, 10));
    for (int i = 0; i < 200 && access(proc, R_OK) == 0; i++)
        usleep(10000);
    assert_int_not_equal(access(proc, R_OK), 0);
    close(fd);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_reported),
        cmocka_unit_test(input_is_passed),
        cmocka_unit_test(secrets_are_left_out),
        cmocka_unit_test(group_is_killed),
    };
    return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
