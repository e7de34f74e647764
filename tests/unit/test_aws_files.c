/* The files of AWS's tools: what they hold for a profile, and where from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/files.h"
#include "fake_environment.h"

static void files_are_read_as_aws_reads_them(void **state)
{
    struct fake *fake = *state;
    struct dk_aws_files files;
    char token[3001];
    char text[4000];
    memset(token, 'T', 3000);
    token[3000] = '\0';
    snprintf(text, sizeof(text),
             "\xEF\xBB\xBF# comment\r\n[other]\r\naws_session_token=no\r\n[ rig ]\r\n"
             "aws_session_token = %s\r\naws_secret_access_key = a=b/+;c # d\r\n",
             token);
    fake_write(fake_path(fake, ".aws/credentials"), text);
    fake_write(
        fake_path(fake, ".aws/config"),
        "[profile   rig]\nregion = eu-west-1\nregion = eu-west-3\ns3 =\n  addressing_style = path\n"
        "  max_queue_size = 1\nservices = local\nempty =\n[services local]\ns3 =\n"
        "  endpoint_url = http://localhost:9000\ndynamodb =\n  endpoint_url = "
        "http://localhost:1\n");
    fake_set(fake, "AWS_PROFILE", "rig");
    struct dk_error err = {0};
    if (dk_aws_files_read(&files, &fake->environment, &err) != DK_OK)
        fail_msg("%s", err.message);
    assert_string_equal(dk_aws_credentials_get(&files, NULL, "aws_session_token"), token);
    assert_string_equal(dk_aws_credentials_get(&files, NULL, "aws_secret_access_key"),
                        "a=b/+;c # d");
    assert_string_equal(dk_aws_config_get(&files, NULL, "region"), "eu-west-3");
    assert_string_equal(dk_aws_config_get(&files, "s3", "addressing_style"), "path");
    assert_null(dk_aws_config_get(&files, NULL, "addressing_style"));
    assert_null(dk_aws_config_get(&files, NULL, "empty"));
    struct dk_aws_setting setting;
    assert_int_equal(dk_aws_services_find(&setting, &files, "s3", "endpoint_url", NULL), DK_OK);
    assert_string_equal(setting.value, "http://localhost:9000");
    dk_aws_files_reset(&files);
}

/* A setting says what set it: a variable, or file, line and key. */
static void a_setting_names_where_it_is(void **state)
{
    struct fake *fake = *state;
    static const struct {
        const char *variable, *credentials, *value, *where;
    } cases[] = {
        {"v", "region = c\n", "v", "AWS_REGION"},
        {"", "region = c\n", "c", "~/.aws/credentials, line 2: region"},
        {"", "x = y\n", "f", "~/.aws/config, line 3: region"},
    };
    fake_write(fake_path(fake, ".aws/config"), "# c\n[default]\nregion = f\n");
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        char text[64];
        struct dk_aws_files files;
        struct dk_aws_setting setting;
        snprintf(text, sizeof(text), "[default]\n%s", cases[i].credentials);
        fake_write(fake_path(fake, ".aws/credentials"), text);
        fake_set(fake, "AWS_REGION", cases[i].variable);
        assert_int_equal(dk_aws_files_read(&files, &fake->environment, NULL), DK_OK);
        dk_aws_setting_find(&setting, &fake->environment, &files, "AWS_REGION", "region");
        assert_string_equal(setting.value, cases[i].value);
        assert_string_equal(setting.where, cases[i].where);
        dk_aws_setting_find(&setting, &fake->environment, &files, "AWS_ELSE", "else");
        assert_null(setting.value);
        dk_aws_files_reset(&files);
    }
}

static void broken_files_name_their_line_and_no_secret(void **state)
{
    struct fake *fake = *state;
    static const struct {
        const char *text;
        uint64_t line;
    } cases[] = {{"key = hidden\n", 1},
                 {"[a]\nhidden\n", 2},
                 {"[a]\nx = 1\n[hidden\n", 3},
                 {"[]\nkey = hidden\n", 1},
                 {"[a]\n= hidden\n", 2}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_aws_files files;
        struct dk_error err = {0};
        fake_write(fake_path(fake, ".aws/credentials"), cases[i].text);
        assert_int_equal(dk_aws_files_read(&files, &fake->environment, &err), DK_ERR_REMOTE);
        assert_int_equal(err.line, cases[i].line);
        assert_null(strstr(err.message, "hidden"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_read_as_aws_reads_them, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(a_setting_names_where_it_is, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(broken_files_name_their_line_and_no_secret, fake_setup,
                                        fake_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
