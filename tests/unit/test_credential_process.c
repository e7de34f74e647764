/* credential_process: how its command is split, what it may print, and how it may end. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "fake_environment.h"
#include "publish/aws/chain.h"

static void commands_are_split_without_a_shell(void **state)
{
    (void)state;
    static const struct {
        const char *command;
        const char *words[5];
    } cases[] = {
        {"a b  c", {"a", "b", "c"}},
        {" '/opt/my tool' --x='1 2' ", {"/opt/my tool", "--x=1 2"}},
        {"\"a \\\"b\\\" \\\\ $HOME\" \\  ''", {"a \"b\" \\ $HOME", " ", ""}},
        {"a;b|c `d` $(e)", {"a;b|c", "`d`", "$(e)"}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char **words = NULL;
        assert_int_equal(dk_command_split(cases[i].command, &words, NULL), DK_OK);
        size_t count = 0;
        for (; words[count]; count++)
            assert_string_equal(words[count], cases[i].words[count]);
        assert_null(cases[i].words[count]);
        free(words);
    }
    char **words = NULL;
    assert_int_equal(dk_command_split("a 'b", &words, NULL), DK_ERR_REMOTE);
    assert_int_equal(dk_command_split("a \"b", &words, NULL), DK_ERR_REMOTE);
    assert_int_equal(dk_command_split("  ", &words, NULL), DK_ERR_REMOTE);
}

static void failures_are_reported(void **state)
{
    (void)state;
    static const struct {
        const char *command;
        const char *want;
    } cases[] = {
        {"/nonexistent/tool", "can't start credential_process"},
        {"sh -c 'exit 127'", "can't start credential_process 'sh'"},
        {"sh -c 'echo vault: not found >&2; exit 127'", "exit code 127: vault: not found"},
        {"sh -c 'echo vault sealed >&2; exit 7'", "exit code 7: vault sealed"},
        {"sh -c 'echo SecretAccessKey abc >&2; exit 7'", "exit code 7"},
        {"sh -c 'kill -9 $$'", "signal 9"},
        {"echo no-json", "is not a JSON object"},
        {"echo '{\"Version\": 2, \"AccessKeyId\": \"a\", \"SecretAccessKey\": \"b\"}'",
         "a Version other than 1"},
        {"echo '{\"AccessKeyId\": \"a\"}'", "has no 'SecretAccessKey'"},
        {"echo '{\"AccessKeyId\": \"a\", \"SecretAccessKey\": \"b\", \"Expiration\": \"soon\"}'",
         "not an ISO 8601 time"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_keys keys = {0};
        struct dk_error err = {0};
        assert_int_equal(dk_process_keys(&keys, cases[i].command, &err), DK_ERR_REMOTE);
        if (!strstr(err.message, cases[i].want))
            fail_msg("'%s' is not in '%s'", cases[i].want, err.message);
        assert_null(strstr(err.message, "abc"));
        assert_null(keys.secret_access_key.text);
    }
}

/* A helper that leaves an agent or a cache behind, which keeps its pipes open: derrick has the keys
 * as soon as the helper itself has ended. */
static void a_child_that_keeps_the_pipes_open_is_not_waited_for(void **state)
{
    struct fake *fake = *state;
    char program[128];
    char text[512];
    char line[32] = "";
    struct dk_keys keys = {0};
    snprintf(program, sizeof(program), "%s", fake_path(fake, "process"));
    snprintf(text, sizeof(text),
             "#!/bin/sh\nsleep 1000 &\necho $! >'%s'\n"
             "echo '{\"AccessKeyId\": \"P\", \"SecretAccessKey\": \"s\"}'\n",
             fake_path(fake, "count"));
    fake_write(program, text);
    assert_int_equal(chmod(program, 0700), 0);
    assert_int_equal(dk_process_keys(&keys, program, NULL), DK_OK);
    assert_string_equal(keys.access_key_id.text, "P");
    dk_keys_reset(&keys);
    FILE *file = fopen(fake_path(fake, "count"), "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    assert_int_equal(fclose(file), 0);
    /* It was left alone, and holds the pipes still. */
    assert_int_equal(kill((pid_t)strtol(line, NULL, 10), SIGKILL), 0);
}

/* More than derrick keeps of it, and more than a pipe holds. */
static void a_long_answer_is_not_keys(void **state)
{
    (void)state;
    struct dk_keys keys = {0};
    struct dk_error err = {0};
    assert_int_equal(dk_process_keys(&keys, "head -c 1000000 /dev/zero", &err), DK_ERR_REMOTE);
    assert_non_null(strstr(err.message, "is not a JSON object"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_split_without_a_shell),
        cmocka_unit_test(failures_are_reported),
        cmocka_unit_test_setup_teardown(a_child_that_keeps_the_pipes_open_is_not_waited_for,
                                        fake_setup, fake_teardown),
        cmocka_unit_test(a_long_answer_is_not_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
