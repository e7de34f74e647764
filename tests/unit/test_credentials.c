/* Credentials: the order of the chain, AWS's files, processes, and the messages about them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_environment.h"
#include "publish/credentials.h"

/* Opens the chain; on DK_OK the caller resets the result. */
static enum dk_status chain_open(struct fake *fake, struct dk_credentials *credentials,
                                 struct dk_error *err)
{
    struct dk_aws_files files;
    enum dk_status status = dk_aws_files_read(&files, &fake->environment, err);
    if (status != DK_OK)
        return status;
    status = dk_credentials_open(credentials, &fake->environment, &files, NULL, err);
    dk_aws_files_reset(&files);
    return status;
}

static void chain_check(struct fake *fake, const char *id, const char *source)
{
    struct dk_credentials credentials;
    struct dk_error err = {0};
    enum dk_status status = chain_open(fake, &credentials, &err);
    if (status != DK_OK)
        fail_msg("%s", err.message);
    assert_string_equal(credentials.keys.access_key_id.text, id);
    assert_string_equal(credentials.text, source);
    dk_credentials_reset(&credentials);
}

/* Each source is found only if all earlier ones are missing. */
static void order_is_that_of_aws(void **state)
{
    struct fake *fake = *state;
    char program[128];
    char config[512];
    snprintf(program, sizeof(program), "%s", fake_path(fake, "process"));
    fake_write(
        program,
        "#!/bin/sh\necho '{\"Version\": 1, \"AccessKeyId\": \"P\", \"SecretAccessKey\": \"s\"}'\n");
    assert_int_equal(chmod(program, 0700), 0);
    snprintf(
        config, sizeof(config),
        "[default]\naws_access_key_id = C\naws_secret_access_key = s\ncredential_process = %s\n",
        program);
    fake_write(fake_path(fake, ".aws/config"), config);
    fake_write(fake_path(fake, ".aws/credentials"),
               "[default]\naws_access_key_id=F\naws_secret_access_key=s\n");
    fake_set(fake, "AWS_ACCESS_KEY_ID", "E");
    fake_set(fake, "AWS_SECRET_ACCESS_KEY", "s");
    chain_check(fake, "E", "environment");
    fake_set(fake, "AWS_ACCESS_KEY_ID", "");
    fake_set(fake, "AWS_SECRET_ACCESS_KEY", NULL);
    chain_check(fake, "F", "profile 'default' of ~/.aws/credentials");
    fake_write(fake_path(fake, ".aws/credentials"), "");
    chain_check(fake, "P", "credential_process of profile 'default'");
    fake_write(fake_path(fake, ".aws/config"),
               "[default]\naws_access_key_id = C\naws_secret_access_key = s\n");
    chain_check(fake, "C", "profile 'default' of ~/.aws/config");
}

static void nothing_anywhere_is_reported(void **state)
{
    struct fake *fake = *state;
    struct dk_credentials credentials;
    struct dk_error err = {0};
    char text[DK_S3_TEXT_MAX];
    assert_int_equal(chain_open(fake, &credentials, &err), DK_ERR_REMOTE);
    assert_non_null(strstr(err.message, "no credentials"));
    assert_non_null(strstr(err.hint, "AWS_ACCESS_KEY_ID"));
    assert_int_equal(dk_s3_source_find(&fake->environment, text, &err), DK_ERR_REMOTE);
    fake_set(fake, "AWS_EC2_METADATA_DISABLED", "false");
    assert_int_equal(dk_s3_source_find(&fake->environment, text, &err), DK_OK);
    assert_string_equal(text, "instance metadata, if this machine has it");
}

static void half_a_pair_is_reported(void **state)
{
    struct fake *fake = *state;
    struct dk_credentials credentials;
    struct dk_error err = {0};
    fake_set(fake, "AWS_SECRET_ACCESS_KEY", "hidden-secret");
    assert_int_equal(chain_open(fake, &credentials, &err), DK_ERR_REMOTE);
    assert_non_null(strstr(err.message, "no AWS_ACCESS_KEY_ID"));
    assert_null(strstr(err.message, "hidden-secret"));
    fake_set(fake, "AWS_SECRET_ACCESS_KEY", NULL);
    fake_write(fake_path(fake, ".aws/credentials"), "[default]\naws_access_key_id=F\n");
    assert_int_equal(chain_open(fake, &credentials, &err), DK_ERR_REMOTE);
    assert_non_null(strstr(err.message, "no aws_secret_access_key"));
}

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

static void keys_are_found_in_capitals_too(void **state)
{
    struct fake *fake = *state;
    fake_write(fake_path(fake, ".aws/credentials"),
               "[default]\nAWS_ACCESS_KEY_ID=F\nAws_Secret_Access_Key=s\n");
    chain_check(fake, "F", "profile 'default' of ~/.aws/credentials");
}

static void dev_null_is_an_empty_file(void **state)
{
    struct fake *fake = *state;
    struct dk_credentials credentials;
    struct dk_error err = {0};
    fake_set(fake, "AWS_CONFIG_FILE", "/dev/null");
    fake_set(fake, "AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    assert_int_equal(chain_open(fake, &credentials, &err), DK_ERR_REMOTE);
    assert_non_null(strstr(err.message, "no credentials"));
    fake_set(fake, "AWS_SHARED_CREDENTIALS_FILE", "/");
    assert_int_equal(chain_open(fake, &credentials, &err), DK_ERR_REMOTE);
    assert_non_null(strstr(err.message, "can't read '/'"));
}

static void keys_with_line_breaks_are_refused(void **state)
{
    struct fake *fake = *state;
    struct dk_credentials credentials;
    struct dk_error err = {0};
    fake_set(fake, "AWS_ACCESS_KEY_ID", "E\nx-forged: hidden");
    fake_set(fake, "AWS_SECRET_ACCESS_KEY", "s");
    assert_int_equal(chain_open(fake, &credentials, &err), DK_ERR_REMOTE);
    assert_non_null(strstr(err.message, "from the environment"));
    assert_null(strstr(err.message, "hidden"));
}

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

static void process_failures_are_reported(void **state)
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
        {"echo no-json", "gave no JSON object"},
        {"echo '{\"Version\": 2, \"AccessKeyId\": \"a\", \"SecretAccessKey\": \"b\"}'",
         "another version than 1"},
        {"echo '{\"AccessKeyId\": \"a\"}'", "gave no 'SecretAccessKey'"},
        {"echo '{\"AccessKeyId\": \"a\", \"SecretAccessKey\": \"b\", \"Expiration\": \"soon\"}'",
         "no ISO 8601 time"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_keys keys = {0};
        struct dk_error err = {0};
        assert_int_equal(dk_credentials_process(&keys, cases[i].command, &err), DK_ERR_REMOTE);
        if (!strstr(err.message, cases[i].want))
            fail_msg("'%s' is not in '%s'", cases[i].want, err.message);
        assert_null(strstr(err.message, "abc"));
        assert_null(keys.secret_access_key.text);
    }
}

/* Keys that expire soon are fetched again before use; others are not. */
static void short_lived_keys_are_renewed(void **state)
{
    struct fake *fake = *state;
    char text[1024];
    const struct dk_keys *keys = NULL;
    struct dk_credentials credentials;
    struct dk_error err = {0};
    char program[128];
    snprintf(program, sizeof(program), "%s", fake_path(fake, "process"));
    snprintf(text, sizeof(text),
             "#!/bin/sh\necho x >> '%s'\nn=$(wc -l < '%s')\n"
             "echo '{\"AccessKeyId\": \"K'$n'\", \"SecretAccessKey\": \"s\", \"Expiration\": "
             "\"2099-01-01T00:00:00+00:00\"}'\n",
             fake_path(fake, "count"), fake_path(fake, "count"));
    fake_write(program, text);
    assert_int_equal(chmod(program, 0700), 0);
    snprintf(text, sizeof(text), "[default]\ncredential_process = '%s'\n", program);
    fake_write(fake_path(fake, ".aws/config"), text);
    if (chain_open(fake, &credentials, &err) != DK_OK)
        fail_msg("%s", err.message);
    assert_int_equal(dk_credentials_lock(&credentials, &keys, &err), DK_OK);
    assert_string_equal(keys->access_key_id.text, "K1");
    dk_credentials_unlock(&credentials);
    credentials.renew_at = (int64_t)time(NULL) - 1;
    assert_int_equal(dk_credentials_lock(&credentials, &keys, &err), DK_OK);
    assert_string_equal(keys->access_key_id.text, "K2");
    dk_credentials_unlock(&credentials);
    /* The source fails: keys that are still valid are used, expired ones are not. */
    fake_write(program, "#!/bin/sh\nexit 1\n");
    credentials.renew_at = (int64_t)time(NULL) - 1;
    assert_int_equal(dk_credentials_lock(&credentials, &keys, &err), DK_OK);
    assert_string_equal(keys->access_key_id.text, "K2");
    dk_credentials_unlock(&credentials);
    credentials.renew_at = credentials.keys.expires = (int64_t)time(NULL) - 1;
    assert_int_equal(dk_credentials_lock(&credentials, &keys, &err), DK_ERR_REMOTE);
    assert_non_null(strstr(err.message, "can't renew"));
    dk_credentials_reset(&credentials);
}

static void times_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {{"2013-05-24T00:00:00Z", 1369353600},
                 {"2013-05-24T02:00:00+02:00", 1369353600},
                 {"2013-05-23T19:30:00-0430", 1369353600},
                 {"2013-05-24T00:00:00.123456Z", 1369353600},
                 {"2013-05-24 00:00:00", 1369353600},
                 {"2013-05-24", -1},
                 {"2013-13-24T00:00:00Z", -1},
                 {"2013-05-24T00:00:00X", -1},
                 {"2013-05-24T00:00:00+0", -1},
                 {"", -1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_true(dk_iso8601_parse(cases[i].text) == cases[i].want);
}

static void place_check(struct fake *fake, const struct dk_s3_settings *settings,
                        const char *expected)
{
    char text[DK_S3_TEXT_MAX];
    assert_int_equal(dk_s3_place_find(settings, &fake->environment, text, NULL), DK_OK);
    assert_string_equal(text, expected);
}

static void a_place_is_bucket_prefix_and_server(void **state)
{
    struct fake *fake = *state;
    struct dk_s3_settings settings;
    struct dk_error err = {0};
    char text[DK_S3_TEXT_MAX];
    dk_s3_settings_init(&settings);
    settings.url = "s3://well-sensor-logs";
    place_check(fake, &settings, "s3://well-sensor-logs");
    settings.url = "s3://well-sensor-logs//texas//";
    place_check(fake, &settings, "s3://well-sensor-logs/texas");
    fake_set(fake, "AWS_REGION", "eu-west-1");
    place_check(fake, &settings, "s3://well-sensor-logs/texas");
    fake_set(fake, "AWS_ENDPOINT_URL_S3", "https://s3.eu-west-1.amazonaws.com");
    place_check(fake, &settings, "s3://well-sensor-logs/texas");
    fake_set(fake, "AWS_ENDPOINT_URL_S3", "http://localhost:9000/");
    place_check(fake, &settings, "s3://well-sensor-logs/texas at http://localhost:9000");
    settings.endpoint = "https://store.example.com";
    place_check(fake, &settings, "s3://well-sensor-logs/texas at https://store.example.com");
    settings.endpoint = "http://store.example.com";
    assert_int_equal(dk_s3_place_find(&settings, &fake->environment, text, &err), DK_ERR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(order_is_that_of_aws, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(nothing_anywhere_is_reported, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(half_a_pair_is_reported, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(files_are_read_as_aws_reads_them, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(broken_files_name_their_line_and_no_secret, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(keys_are_found_in_capitals_too, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(dev_null_is_an_empty_file, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(keys_with_line_breaks_are_refused, fake_setup,
                                        fake_teardown),
        cmocka_unit_test(commands_are_split_without_a_shell),
        cmocka_unit_test(process_failures_are_reported),
        cmocka_unit_test_setup_teardown(short_lived_keys_are_renewed, fake_setup, fake_teardown),
        cmocka_unit_test(times_are_parsed),
        cmocka_unit_test_setup_teardown(a_place_is_bucket_prefix_and_server, fake_setup,
                                        fake_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
