/* Credentials: which source is used, one row for each combination of configured sources, and how
 * keys are renewed. What is configured but unusable is an error that names it; the next source is
 * never used instead. */
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
#include "publish/aws/chain.h"

#define VARIABLES_MAX 6

#define PROCESS "credential_process = echo '{\"AccessKeyId\": \"P\", \"SecretAccessKey\": \"s\"}'\n"
#define RAW(id) "aws_access_key_id = " id "\naws_secret_access_key = hidden\n"
#define ENVIRONMENT_KEYS                                                                           \
    {"AWS_ACCESS_KEY_ID", "E"},                                                                    \
    {                                                                                              \
        "AWS_SECRET_ACCESS_KEY", "hidden"                                                          \
    }
#define WEB_IDENTITY                                                                               \
    {"AWS_WEB_IDENTITY_TOKEN_FILE", "/var/token"},                                                 \
    {                                                                                              \
        "AWS_ROLE_ARN", "arn:aws:iam::1:role/r"                                                    \
    }
#define CONTAINER                                                                                  \
    {                                                                                              \
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"               \
    }

struct row {
    const char *name;
    struct {
        const char *name, *value;
    } variables[VARIABLES_MAX];
    const char *config;      /* the text of ~/.aws/config */
    const char *credentials; /* the text of ~/.aws/credentials */
    const char *id;          /* of the keys that are used; NULL: an error */
    const char *text;        /* the source, or a part of the message */
    const char *hint;        /* a part of the hint; NULL: any */
};

static const struct row rows[] = {
    /* One source alone. */
    {"environment", {ENVIRONMENT_KEYS}, NULL, NULL, "E", "environment", NULL},
    {"credentials file",
     {{0}},
     NULL,
     "[default]\n" RAW("F"),
     "F",
     "profile 'default' of ~/.aws/credentials",
     NULL},
    {"config file",
     {{0}},
     "[default]\n" RAW("C"),
     NULL,
     "C",
     "profile 'default' of ~/.aws/config",
     NULL},
    {"process",
     {{0}},
     "[default]\n" PROCESS,
     NULL,
     "P",
     "credential_process of profile 'default'",
     NULL},
    {"process in the credentials file",
     {{0}},
     NULL,
     "[default]\n" PROCESS,
     "P",
     "credential_process of profile 'default'",
     NULL},
    {"nothing", {{0}}, NULL, NULL, NULL, "no credentials for S3 anywhere", "aws configure"},

    /* The environment's keys win over every profile. */
    {"environment and profile",
     {ENVIRONMENT_KEYS, {"AWS_PROFILE", "rig"}},
     "[profile rig]\nrole_arn = arn\nsource_profile = default\n",
     "[rig]\n" RAW("F"),
     "E",
     "environment",
     NULL},
    {"environment, web identity, container",
     {ENVIRONMENT_KEYS, WEB_IDENTITY, CONTAINER},
     NULL,
     "[default]\n" RAW("F"),
     "E",
     "environment",
     NULL},
    {"environment with the token's old name",
     {ENVIRONMENT_KEYS, {"AWS_SECURITY_TOKEN", "t"}},
     NULL,
     NULL,
     "E",
     "environment",
     NULL},

    /* Half of the environment's keys. */
    {"key id alone",
     {{"AWS_ACCESS_KEY_ID", "E"}},
     NULL,
     "[default]\n" RAW("F"),
     NULL,
     "the environment has AWS_ACCESS_KEY_ID but not AWS_SECRET_ACCESS_KEY",
     "remove AWS_ACCESS_KEY_ID"},
    {"secret alone",
     {{"AWS_SECRET_ACCESS_KEY", "hidden"}},
     NULL,
     "[default]\n" RAW("F"),
     NULL,
     "the environment has AWS_SECRET_ACCESS_KEY but not AWS_ACCESS_KEY_ID",
     NULL},
    {"token alone",
     {{"AWS_SESSION_TOKEN", "hidden"}},
     NULL,
     "[default]\n" RAW("F"),
     NULL,
     "the environment has AWS_SESSION_TOKEN but not AWS_ACCESS_KEY_ID",
     NULL},
    {"an empty key id",
     {{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", "hidden"}},
     NULL,
     "[default]\n" RAW("F"),
     NULL,
     "not AWS_ACCESS_KEY_ID",
     NULL},
    {"the names of other tools",
     {{"AWS_ACCESS_KEY", "E"}, {"AWS_SECRET_KEY", "hidden"}},
     NULL,
     "[default]\n" RAW("F"),
     NULL,
     "the environment sets AWS_ACCESS_KEY ",
     "AWS_ACCESS_KEY"},
    {"expired",
     {ENVIRONMENT_KEYS,
      {"AWS_SESSION_TOKEN", "t"},
      {"AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00+00:00"}},
     NULL,
     "[default]\n" RAW("F"),
     NULL,
     "the keys from the environment expired",
     "get new keys"},
    {"not yet expired",
     {ENVIRONMENT_KEYS, {"AWS_CREDENTIAL_EXPIRATION", "2999-01-01T00:00:00Z"}},
     NULL,
     NULL,
     "E",
     "environment",
     NULL},
    {"an expiration that is no time",
     {ENVIRONMENT_KEYS, {"AWS_CREDENTIAL_EXPIRATION", "noon"}},
     NULL,
     NULL,
     NULL,
     "AWS_CREDENTIAL_EXPIRATION 'noon' is not",
     NULL},

    /* Web identity. */
    {"web identity",
     {WEB_IDENTITY},
     NULL,
     NULL,
     NULL,
     "the environment sets AWS_WEB_IDENTITY_TOKEN_FILE (web identity)",
     "aws configure export-credentials"},
    {"web identity before keys in files",
     {WEB_IDENTITY},
     "[default]\n" PROCESS,
     "[default]\n" RAW("F"),
     NULL,
     "AWS_WEB_IDENTITY_TOKEN_FILE",
     "credential_process"},
    {"a token file without its role",
     {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/var/token"}},
     NULL,
     "[default]\n" RAW("F"),
     NULL,
     "AWS_WEB_IDENTITY_TOKEN_FILE",
     NULL},
    {"a role without its token file",
     {{"AWS_ROLE_ARN", "arn"}},
     NULL,
     "[default]\n" RAW("F"),
     NULL,
     "AWS_ROLE_ARN",
     "unset AWS_ROLE_ARN"},
    {"web identity of a profile",
     {{0}},
     "[default]\nweb_identity_token_file = /var/token\n"
     "role_arn = arn\n",
     "[default]\n" RAW("F"),
     NULL,
     "profile 'default' of ~/.aws/config sets web_identity_token_file",
     "--profile default"},

    /* Roles. */
    {"role by another profile",
     {{"AWS_PROFILE", "rig"}},
     "[profile rig]\nrole_arn = arn\nsource_profile = default\n",
     "[default]\n" RAW("F"),
     NULL,
     "profile 'rig' of ~/.aws/config sets role_arn (a role to assume)",
     "--profile rig"},
    {"role beside raw keys",
     {{0}},
     "[default]\nrole_arn = arn\n" RAW("C"),
     "[default]\n" RAW("F"),
     NULL,
     "sets role_arn",
     "credential_process"},
    {"role in the credentials file",
     {{0}},
     NULL,
     "[default]\nrole_arn = arn\n" RAW("F"),
     NULL,
     "profile 'default' of ~/.aws/credentials sets role_arn",
     NULL},
    {"role by the machine",
     {{0}},
     "[default]\nrole_arn = arn\n"
     "credential_source = Ec2InstanceMetadata\n",
     NULL,
     NULL,
     "sets role_arn",
     NULL},
    {"a source without its role",
     {{0}},
     "[default]\nsource_profile = other\n" RAW("C"),
     NULL,
     NULL,
     "sets source_profile",
     NULL},
    {"a credential source without its role",
     {{0}},
     "[default]\ncredential_source = Environment\n" RAW("C"),
     NULL,
     NULL,
     "sets credential_source",
     NULL},
    {"another profile's role",
     {{0}},
     "[profile other]\nrole_arn = arn\n[default]\n" RAW("C"),
     NULL,
     "C",
     "profile 'default' of ~/.aws/config",
     NULL},

    /* Single sign-on. */
    {"sign-on session",
     {{0}},
     "[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n"
     "[sso-session s]\nsso_start_url = https://example.com\n",
     "[default]\n" RAW("F"),
     NULL,
     "profile 'default' of ~/.aws/config sets sso_session (single sign-on)",
     "--profile default"},
    {"sign-on without a session",
     {{0}},
     "[default]\nsso_start_url = https://example.com\n" PROCESS,
     NULL,
     NULL,
     "sets sso_start_url",
     NULL},
    {"half a sign-on",
     {{0}},
     "[default]\nsso_role_name = r\n" RAW("C"),
     NULL,
     NULL,
     "sets sso_role_name",
     NULL},

    /* Sign-in by 'aws login': after keys in the credentials file, before all else. */
    {"login",
     {{0}},
     "[default]\nlogin_session = arn:aws:iam::1:user/u\n",
     NULL,
     NULL,
     "sets login_session (aws login)",
     "export-credentials"},
    {"login before a process",
     {{0}},
     "[default]\nlogin_session = arn\n" PROCESS RAW("C"),
     NULL,
     NULL,
     "sets login_session",
     NULL},
    {"keys before login",
     {{0}},
     "[default]\nlogin_session = arn\n",
     "[default]\n" RAW("F"),
     "F",
     "profile 'default' of ~/.aws/credentials",
     NULL},

    /* Keys and processes of profiles. */
    {"credentials file before process and config",
     {{0}},
     "[default]\n" PROCESS RAW("C"),
     "[default]\n" RAW("F"),
     "F",
     "profile 'default' of ~/.aws/credentials",
     NULL},
    {"process before config",
     {{0}},
     "[default]\n" RAW("C") PROCESS,
     NULL,
     "P",
     "credential_process of profile 'default'",
     NULL},
    {"the credentials file's process counts",
     {{0}},
     "[default]\ncredential_process = false\n",
     "[default]\n" PROCESS,
     "P",
     "credential_process of profile 'default'",
     NULL},
    {"a secret alone in the credentials file",
     {{0}},
     "[default]\n" RAW("C"),
     "[default]\naws_secret_access_key = hidden\n",
     NULL,
     "profile 'default' of ~/.aws/credentials has aws_secret_access_key but not aws_access_key_id",
     NULL},
    {"a key id alone in the credentials file",
     {{0}},
     "[default]\naws_secret_access_key = hidden\n",
     "[default]\naws_access_key_id = F\n",
     NULL,
     "~/.aws/credentials has aws_access_key_id but not aws_secret_access_key",
     NULL},
    {"a secret alone in the config file",
     {{0}},
     "[default]\naws_secret_access_key = hidden\n",
     NULL,
     NULL,
     "~/.aws/config has aws_secret_access_key but not aws_access_key_id",
     NULL},
    {"a token alone in the config file",
     {{0}},
     "[default]\naws_session_token = hidden\n",
     NULL,
     NULL,
     "~/.aws/config has aws_session_token but not aws_access_key_id",
     NULL},
    {"a process without a command",
     {{"AWS_EC2_METADATA_DISABLED", "false"}},
     "[default]\ncredential_process =\n",
     NULL,
     NULL,
     "credential_process is empty",
     NULL},
    {"a process with an open quote",
     {{0}},
     "[default]\ncredential_process = x 'y\n" RAW("C"),
     NULL,
     NULL,
     "an unclosed quote",
     NULL},

    /* Containers: after all profiles, before the machine. */
    {"container",
     {CONTAINER},
     NULL,
     NULL,
     NULL,
     "the environment sets AWS_CONTAINER_CREDENTIALS_FULL_URI (a container's role)",
     "aws configure export-credentials"},
    {"container by a relative address",
     {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}},
     NULL,
     NULL,
     NULL,
     "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
     "credential_process"},
    {"profile before container",
     {CONTAINER},
     "[default]\n" PROCESS,
     NULL,
     "P",
     "credential_process of profile 'default'",
     NULL},
    {"container beside the machine's role",
     {CONTAINER, {"AWS_EC2_METADATA_DISABLED", "false"}},
     NULL,
     NULL,
     NULL,
     "AWS_CONTAINER_CREDENTIALS_FULL_URI",
     NULL},
    {"the old EC2 tools' file",
     {{"AWS_CREDENTIAL_FILE", "/etc/aws"}, {"AWS_EC2_METADATA_DISABLED", "false"}},
     NULL,
     NULL,
     NULL,
     "AWS_CREDENTIAL_FILE",
     NULL},

    /* The machine's own role. */
    {"metadata switched off",
     {{"AWS_EC2_METADATA_DISABLED", "True"}},
     NULL,
     NULL,
     NULL,
     "instance's metadata, which AWS_EC2_METADATA_DISABLED switches off",
     NULL},
    {"metadata switched off by a word that AWS's tools ignore",
     {{"AWS_EC2_METADATA_DISABLED", "1"}},
     NULL,
     NULL,
     NULL,
     "AWS_EC2_METADATA_DISABLED '1' is neither true nor false",
     NULL},

    {"metadata by a network that does not exist",
     {{"AWS_EC2_METADATA_DISABLED", "false"}, {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv5"}},
     NULL,
     NULL,
     NULL,
     "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE 'IPv5' is neither",
     NULL},

    /* Profiles and files that are named must exist. */
    {"a profile that does not exist",
     {{"AWS_PROFILE", "nowhere"}},
     "[default]\n" RAW("C"),
     NULL,
     NULL,
     "no profile 'nowhere'",
     "AWS_PROFILE"},
    {"the same beside the environment's keys",
     {ENVIRONMENT_KEYS, {"AWS_PROFILE", "nowhere"}},
     NULL,
     NULL,
     NULL,
     "no profile 'nowhere'",
     NULL},
    {"a profile without credentials",
     {{"AWS_PROFILE", "bare"}},
     "[profile bare]\nregion = eu-west-1\n",
     "[default]\n" RAW("F"),
     NULL,
     "nor in profile 'bare'",
     NULL},
    {"two profiles",
     {{"AWS_PROFILE", "a"}, {"AWS_DEFAULT_PROFILE", "b"}},
     NULL,
     "[a]\n" RAW("A") "[b]\n" RAW("B"),
     NULL,
     "AWS_PROFILE is 'a', but AWS_DEFAULT_PROFILE is 'b'",
     "unset one"},
    {"the same profile twice",
     {{"AWS_PROFILE", "a"}, {"AWS_DEFAULT_PROFILE", "a"}},
     NULL,
     "[a]\n" RAW("A"),
     "A",
     "profile 'a' of ~/.aws/credentials",
     NULL},
    {"a credentials file that does not exist",
     {{"AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/file"}},
     "[default]\n" RAW("C"),
     NULL,
     NULL,
     "can't open '/nonexistent/file'",
     "AWS_SHARED_CREDENTIALS_FILE"},
    {"a config file that does not exist",
     {{"AWS_CONFIG_FILE", "/nonexistent/file"}},
     NULL,
     "[default]\n" RAW("F"),
     NULL,
     "can't open '/nonexistent/file'",
     "AWS_CONFIG_FILE"},
    {"a folder as the credentials file",
     {{"AWS_SHARED_CREDENTIALS_FILE", "/"}},
     "[default]\n" RAW("C"),
     NULL,
     NULL,
     "can't read '/'",
     NULL},
    {"keys in capitals",
     {{0}},
     NULL,
     "[default]\nAWS_ACCESS_KEY_ID=F\nAws_Secret_Access_Key=hidden\n",
     "F",
     "profile 'default' of ~/.aws/credentials",
     NULL},
    {"a line break in a key",
     {{"AWS_ACCESS_KEY_ID", "E\nx-forged: hidden"}, {"AWS_SECRET_ACCESS_KEY", "hidden"}},
     NULL,
     NULL,
     NULL,
     "from the environment contains characters",
     "line breaks"},
    {"an empty credentials file",
     {{"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"}},
     "[default]\n" RAW("C"),
     NULL,
     "C",
     "profile 'default' of ~/.aws/config",
     NULL},
};

/* Opens the chain; what came out of DK_OK the caller resets. */
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

/* What status shows: the same, without a process or a network. */
static enum dk_status chain_describe(struct fake *fake, char text[DK_CREDENTIALS_TEXT_MAX],
                                     struct dk_error *err)
{
    struct dk_aws_files files;
    enum dk_status status = dk_aws_files_read(&files, &fake->environment, err);
    if (status != DK_OK)
        return status;
    status = dk_credentials_describe(&fake->environment, &files, text, err);
    dk_aws_files_reset(&files);
    return status;
}

static void says(const char *name, const char *part, const char *text)
{
    if (!strstr(text, part))
        fail_msg("%s: '%s' is not in '%s'", name, part, text);
    if (strstr(text, "hidden"))
        fail_msg("%s: a secret is in '%s'", name, text);
}

/* What an upload would use and what status shows are the same. */
static void chain_is(struct fake *fake, const struct row *row)
{
    struct dk_credentials credentials;
    struct dk_error err = {0};
    struct dk_error shown = {0};
    char text[DK_CREDENTIALS_TEXT_MAX] = "";
    enum dk_status status = chain_open(fake, &credentials, &err);
    enum dk_status found = chain_describe(fake, text, &shown);
    if (status != found || strcmp(err.message, shown.message) != 0 ||
        strcmp(err.hint, shown.hint) != 0)
        fail_msg("%s: upload says '%s', status '%s'", row->name, err.message, shown.message);
    if (status != DK_OK) {
        says(row->name, row->id ? "keys were expected" : row->text, err.message);
        says(row->name, row->hint ? row->hint : "", err.hint);
        assert_int_equal(status, DK_ERR_REMOTE);
        return;
    }
    if (!row->id || strcmp(credentials.keys.access_key_id.text, row->id) != 0)
        fail_msg("%s: the keys of the %s are used", row->name, credentials.text);
    assert_string_equal(credentials.text, row->text);
    assert_string_equal(text, row->text);
    dk_credentials_reset(&credentials);
}

static void files_write(struct fake *fake, const char *config, const char *credentials)
{
    remove(fake_path(fake, ".aws/config"));
    remove(fake_path(fake, ".aws/credentials"));
    if (config)
        fake_write(fake_path(fake, ".aws/config"), config);
    if (credentials)
        fake_write(fake_path(fake, ".aws/credentials"), credentials);
}

static void rows_hold(void **state)
{
    struct fake *fake = *state;
    for (size_t i = 0; i < DK_COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        memset(fake->variables, 0, sizeof(fake->variables));
        fake_set(fake, "AWS_EC2_METADATA_DISABLED", "true");
        for (size_t v = 0; v < VARIABLES_MAX && row->variables[v].name; v++)
            fake_set(fake, row->variables[v].name, row->variables[v].value);
        files_write(fake, row->config, row->credentials);
        chain_is(fake, row);
    }
}

/* --- every combination ---------------------------------------------------------------------- */

/* The sources in their order; `id` NULL: derrick can't use it, and says its `text`. */
static const struct source {
    const char *variable, *value; /* or */
    const char *config, *credentials;
    const char *id, *text;
} sources[] = {
    {"AWS_ACCESS_KEY_ID", "E", NULL, NULL, "E", "environment"},
    {NULL, NULL, "role_arn = arn\n", NULL, NULL, "sets role_arn"},
    {"AWS_WEB_IDENTITY_TOKEN_FILE", "/t", NULL, NULL, NULL, "sets AWS_WEB_IDENTITY_TOKEN_FILE"},
    {NULL, NULL, "sso_session = s\n", NULL, NULL, "sets sso_session"},
    {NULL, NULL, NULL, RAW("F"), "F", "profile 'default' of ~/.aws/credentials"},
    {NULL, NULL, "login_session = arn\n", NULL, NULL, "sets login_session"},
    {NULL, NULL, PROCESS, NULL, "P", "credential_process of profile 'default'"},
    {NULL, NULL, RAW("C"), NULL, "C", "profile 'default' of ~/.aws/config"},
    {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c", NULL, NULL, NULL,
     "sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"},
};

static void every_combination_takes_the_first(void **state)
{
    struct fake *fake = *state;
    for (unsigned set = 0; set < 1u << DK_COUNT_OF(sources); set++) {
        char config[1024] = "[default]\n";
        char credentials[256] = "[default]\n";
        char name[32];
        snprintf(name, sizeof(name), "combination %#x", set);
        struct row row = {.name = name, .text = "no credentials"};
        memset(fake->variables, 0, sizeof(fake->variables));
        fake_set(fake, "AWS_EC2_METADATA_DISABLED", "true");
        for (size_t i = DK_COUNT_OF(sources); i-- > 0;) {
            const struct source *source = &sources[i];
            if (!(set >> i & 1))
                continue;
            if (source->variable)
                fake_set(fake, source->variable, source->value);
            if (i == 0)
                fake_set(fake, "AWS_SECRET_ACCESS_KEY", "hidden");
            strncat(config, source->config ? source->config : "", sizeof(config) / 2);
            strncat(credentials, source->credentials ? source->credentials : "", 128);
            row.id = source->id;
            row.text = source->text;
        }
        files_write(fake, config, credentials);
        chain_is(fake, &row);
    }
}

/* --- files ---------------------------------------------------------------------------------- */

static void a_file_that_cannot_be_opened_is_an_error(void **state)
{
    struct fake *fake = *state;
    struct row row = {.name = "a link to nowhere", .text = "can't open"};
    files_write(fake, "[default]\n" RAW("C"), NULL);
    assert_int_equal(symlink("/nonexistent/file", fake_path(fake, ".aws/credentials")), 0);
    chain_is(fake, &row);
    if (geteuid() == 0)
        return; /* root may read all */
    row.name = "a file without the right to read it";
    files_write(fake, "[default]\n" RAW("C"), "[default]\n" RAW("F"));
    assert_int_equal(chmod(fake_path(fake, ".aws/credentials"), 0), 0);
    chain_is(fake, &row);
}

static void a_profile_without_credentials_is_named(void **state)
{
    struct fake *fake = *state;
    char text[DK_CREDENTIALS_TEXT_MAX];
    files_write(fake, "[profile bare]\nregion = eu-west-1\n", NULL);
    fake_set(fake, "AWS_EC2_METADATA_DISABLED", "false");
    fake_set(fake, "AWS_PROFILE", "bare");
    assert_int_equal(chain_describe(fake, text, NULL), DK_OK);
    assert_string_equal(
        text, "instance metadata (profile 'bare' has no credentials), if this machine has it");
    fake_set(fake, "AWS_PROFILE", NULL);
    assert_int_equal(chain_describe(fake, text, NULL), DK_OK);
    assert_string_equal(text, "instance metadata, if this machine has it");
}

static void the_metadata_is_where_it_is_configured(void **state)
{
    struct fake *fake = *state;
    static const struct {
        const char *variable, *value, *config, *endpoint;
    } cases[] = {
        {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "", "", "http://169.254.169.254"},
        {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1",
         "ec2_metadata_service_endpoint = http://127.0.0.1:2\n", "http://127.0.0.1:1"},
        {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "",
         "ec2_metadata_service_endpoint = http://127.0.0.1:2\n", "http://127.0.0.1:2"},
        {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "", "ec2_metadata_service_endpoint_mode = IPv6\n",
         "http://[fd00:ec2::254]"},
        {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv6", "", "http://[fd00:ec2::254]"},
        {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv4",
         "ec2_metadata_service_endpoint_mode = IPv6\n", "http://169.254.169.254"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        char config[256];
        char endpoint[DK_IMDS_ENDPOINT_MAX];
        struct dk_aws_files files;
        const struct dk_search search = {&fake->environment, &files};
        memset(fake->variables, 0, sizeof(fake->variables));
        fake_set(fake, cases[i].variable, cases[i].value);
        snprintf(config, sizeof(config), "[default]\n%s", cases[i].config);
        files_write(fake, config, NULL);
        assert_int_equal(dk_aws_files_read(&files, &fake->environment, NULL), DK_OK);
        assert_int_equal(dk_imds_endpoint(&search, endpoint, NULL), DK_OK);
        assert_string_equal(endpoint, cases[i].endpoint);
        dk_aws_files_reset(&files);
    }
}

/* --- failures of the source that counts ----------------------------------------------------- */

/* A process that fails, or gives what can't be used, is the end: the config file's keys wait in
 * vain. */
static void a_process_that_fails_is_the_end(void **state)
{
    struct fake *fake = *state;
    static const struct {
        const char *process, *text;
    } cases[] = {
        {"/nonexistent/program", "can't start credential_process"},
        {"false", "credential_process failed"},
        {"echo nothing", "is not a JSON object"},
        {"echo '{\"AccessKeyId\": \"P\"}'", "has no 'SecretAccessKey'"},
        {"echo '{\"AccessKeyId\": \"P\", \"SecretAccessKey\": \"hidden\", \"Expiration\": "
         "\"2020-01-01T00:00:00Z\"}'",
         "the keys from credential_process of profile 'default' expired"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        char config[512];
        struct dk_credentials credentials;
        struct dk_error err = {0};
        snprintf(config, sizeof(config), "[default]\ncredential_process = %s\n" RAW("C"),
                 cases[i].process);
        files_write(fake, config, NULL);
        assert_int_equal(chain_open(fake, &credentials, &err), DK_ERR_REMOTE);
        says("process", cases[i].text, err.message);
    }
}

/* A renewal never moves to another source, whatever is in the files by then. */
static void a_renewal_keeps_its_source(void **state)
{
    struct fake *fake = *state;
    const struct dk_keys *keys = NULL;
    struct dk_credentials credentials;
    struct dk_error err = {0};
    files_write(fake, NULL, "[default]\n" RAW("F"));
    assert_int_equal(chain_open(fake, &credentials, &err), DK_OK);
    files_write(fake, "[default]\n" RAW("C"), NULL);
    credentials.renew_at = credentials.keys.expires = 1;
    assert_int_equal(dk_credentials_lock(&credentials, &keys, &err), DK_ERR_REMOTE);
    says("renewal", "~/.aws/credentials: there are none any more", err.message);
    files_write(fake, "[default]\nrole_arn = arn\n", "[default]\n" RAW("G"));
    assert_int_equal(dk_credentials_lock(&credentials, &keys, &err), DK_ERR_REMOTE);
    says("renewal", "sets role_arn", err.message);
    files_write(fake, NULL, "[default]\n" RAW("G"));
    assert_int_equal(dk_credentials_lock(&credentials, &keys, &err), DK_OK);
    assert_string_equal(keys->access_key_id.text, "G");
    dk_credentials_unlock(&credentials);
    dk_credentials_reset(&credentials);
}

/* Keys that soon expire are fetched again before they are used; those that are still valid are
 * not. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_hold, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(every_combination_takes_the_first, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_opened_is_an_error, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(a_profile_without_credentials_is_named, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(the_metadata_is_where_it_is_configured, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(a_process_that_fails_is_the_end, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(short_lived_keys_are_renewed, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(a_renewal_keeps_its_source, fake_setup, fake_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
