/* The destination of an upload: a setting is used, or is an error that names it. derrick never uses
 * Amazon, another region or an unchecked connection instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_environment.h"
#include "s3/s3.h"

#define AMAZON "s3://well-sensor-logs"
#define LOCAL AMAZON " at http://localhost:9000"

struct row {
    const char *name;
    const char *variable, *value;
    const char *config, *credentials; /* lines of [default] in the two files */
    const char *place;                /* NULL: an error */
    const char *words;                /* a part of its message */
    const char *hint;                 /* a part of its hint; NULL: any */
};

static const struct row rows[] = {
    {"nothing", NULL, NULL, "", "", AMAZON, NULL, NULL},

    {"a region", "AWS_REGION", "eu-west-1", "", "", AMAZON, NULL, NULL},
    {"a region with a blank", "AWS_REGION", "eu west-1", "", "", NULL,
     "AWS_REGION 'eu west-1' is not the name of a region", "eu-west-1"},
    {"the other variable", "AWS_DEFAULT_REGION", "eu-west-1.", "region = eu-west-1\n", "", NULL,
     "AWS_DEFAULT_REGION 'eu-west-1.'", NULL},
    {"a profile's region", NULL, NULL, "region = a/b\n", "", NULL,
     "~/.aws/config, line 2: region 'a/b' is not the name of a region", NULL},
    {"the credentials file's region", NULL, NULL, "region = eu-west-1\n", "region = a/b\n", NULL,
     "~/.aws/credentials, line 2: region 'a/b'", NULL},

    {"an endpoint", "AWS_ENDPOINT_URL_S3", "http://localhost:9000", "", "", LOCAL, NULL, NULL},
    {"an endpoint without its scheme", "AWS_ENDPOINT_URL_S3", "localhost:9000", "", "", NULL,
     "AWS_ENDPOINT_URL_S3: the S3 endpoint 'localhost:9000' is not valid", NULL},
    {"the general endpoint", "AWS_ENDPOINT_URL", "ftp://localhost", "", "", NULL,
     "AWS_ENDPOINT_URL: the S3 endpoint", NULL},
    {"a profile's endpoint", NULL, NULL, "endpoint_url = http://localhost:9000\n", "", LOCAL, NULL,
     NULL},
    {"the credentials file's endpoint", NULL, NULL, "", "endpoint_url = http://localhost:9000\n",
     LOCAL, NULL, NULL},
    {"a profile's wrong endpoint", NULL, NULL, "endpoint_url = localhost\n", "", NULL,
     "~/.aws/config, line 2: endpoint_url: the S3 endpoint", NULL},
    {"a profile's services", NULL, NULL,
     "services = here\n[services here]\ns3 =\n  endpoint_url = http://localhost:9000\n", "", LOCAL,
     NULL, NULL},
    {"services that are not there", NULL, NULL,
     "services = there\n[services here]\ns3 =\n"
     "  endpoint_url = http://localhost:9000\n",
     "", NULL, "has no [services there]", "services"},
    {"endpoints ignored", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true",
     "endpoint_url = http://localhost:9000\n", "", AMAZON, NULL, NULL},
    {"endpoints ignored by an invalid word", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "1",
     "endpoint_url = http://localhost:9000\n", "", NULL,
     "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS '1' is neither true nor false", NULL},

    {"FIPS", "AWS_USE_FIPS_ENDPOINT", "true", "region = us-gov-west-1\n", "", NULL,
     "AWS_USE_FIPS_ENDPOINT", "https://s3-fips.us-gov-west-1.amazonaws.com"},
    {"FIPS of a profile", NULL, NULL, "use_fips_endpoint = true\n", "", NULL, "FIPS", NULL},
    {"no FIPS", "AWS_USE_FIPS_ENDPOINT", "false", "use_fips_endpoint = true\n", "", AMAZON, NULL,
     NULL},
    {"FIPS where the endpoint is named", "AWS_USE_FIPS_ENDPOINT", "true",
     "endpoint_url = http://localhost:9000\n", "", LOCAL, NULL, NULL},

    {"certificates that are not there", "AWS_CA_BUNDLE", "/nonexistent/ca.pem", "", "", AMAZON,
     "can't read the certificates '/nonexistent/ca.pem'", "AWS_CA_BUNDLE"},
    {"a profile's certificates", NULL, NULL, "ca_bundle = /nonexistent/ca.pem\n", "", AMAZON,
     "can't read the certificates", "ca_bundle"},
    {"an invalid addressing style", NULL, NULL, "s3 =\n  addressing_style = paths\n", "", AMAZON,
     "addressing_style 'paths'", NULL},
    {"the same in the credentials file", NULL, NULL, "", "s3 =\n  addressing_style = paths\n",
     AMAZON, "addressing_style 'paths'", NULL},
    {"tries that are no number", "AWS_MAX_ATTEMPTS", "many", "", "", AMAZON, "AWS_MAX_ATTEMPTS",
     NULL},
};

static void file_write(struct fake *fake, const char *name, const char *lines)
{
    char text[512];
    snprintf(text, sizeof(text), "[default]\n%s", lines);
    fake_write(fake_path(fake, name), text);
}

static void row_is(struct fake *fake, const struct row *row)
{
    char text[DK_S3_TEXT_MAX];
    struct dk_s3_settings settings;
    struct dk_error err = {0};
    dk_s3_settings_init(&settings);
    settings.url = AMAZON;
    enum dk_status found = dk_s3_place_find(&settings, &fake->environment, text, NULL);
    if (row->place ? found != DK_OK || strcmp(text, row->place) != 0 : found == DK_OK)
        fail_msg("%s: the place is '%s'", row->name, found == DK_OK ? text : "an error");
    enum dk_status status = dk_s3_settings_try(&settings, &fake->environment, &err);
    if (!row->words) {
        if (status != DK_OK)
            fail_msg("%s: %s", row->name, err.message);
        return;
    }
    if (status != DK_ERR_CONFIG || !strstr(err.message, row->words) ||
        (row->hint && !strstr(err.hint, row->hint)))
        fail_msg("%s: '%s', '%s'", row->name, err.message, err.hint);
    /* An upload says the same. */
    struct dk_s3 *s3 = NULL;
    struct dk_error again = {0};
    assert_int_equal(dk_s3_open(&s3, &settings, &fake->environment, NULL, &again), DK_ERR_CONFIG);
    assert_string_equal(again.message, err.message);
}

static void rows_hold(void **state)
{
    struct fake *fake = *state;
    for (size_t i = 0; i < DK_COUNT_OF(rows); i++) {
        memset(fake->variables, 0, sizeof(fake->variables));
        fake_set(fake, "AWS_ACCESS_KEY_ID", "E");
        fake_set(fake, "AWS_SECRET_ACCESS_KEY", "s");
        if (rows[i].variable)
            fake_set(fake, rows[i].variable, rows[i].value);
        file_write(fake, ".aws/config", rows[i].config);
        file_write(fake, ".aws/credentials", rows[i].credentials);
        row_is(fake, &rows[i]);
    }
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
        cmocka_unit_test_setup_teardown(rows_hold, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(a_place_is_bucket_prefix_and_server, fake_setup,
                                        fake_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
