/* Keys get their values from the last source that has one, and remember which that was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/config.h"
#include "fake_environment.h"
#include "own_malloc.h"

static const struct dk_config_value *value_of(const struct dk_config *config, const char *key)
{
    int i = dk_config_find(key);
    assert_true(i >= 0);
    return &config->values[i];
}

static void test_defaults(void **state)
{
    (void)state;
    struct dk_config config;
    assert_int_equal(dk_config_init(&config, NULL), DK_OK);
    assert_int_equal(dk_config_resolve(&config, NULL), DK_OK);
    size_t count = 0;
    for (; dk_config_key(count); count++) {
        const struct dk_config_value *value = value_of(&config, dk_config_key(count));
        assert_string_equal(value->text ? value->text : "", dk_config_preset(count));
        assert_int_equal(value->source.kind, DK_SOURCE_DEFAULT);
    }
    assert_true(count > 40);
    dk_config_reset(&config);
}

static void expect(const struct dk_config *config, const char *text, enum dk_source_kind kind,
                   const char *name, uint64_t line)
{
    const struct dk_config_value *value = value_of(config, "rig.site");
    assert_string_equal(value->text, text);
    assert_int_equal(value->source.kind, kind);
    assert_string_equal(value->source.name, name);
    assert_int_equal(value->source.line, line);
    assert_string_equal(config->site, text);
}

static void test_sources(void **state)
{
    struct fake *fake = *state;
    struct dk_config config;
    char path[] = "/tmp/derrick-config-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    fake_write(path, "# first\n\n[rig]\n  site = ohio\n[s3]\nplain_text = allow\n");
    assert_int_equal(dk_config_init(&config, NULL), DK_OK);
    assert_int_equal(dk_config_read(&config, path, true, NULL), DK_OK);
    expect(&config, "ohio", DK_SOURCE_FILE, path, 4);
    assert_string_equal(value_of(&config, "s3.insecure_http")->text, "allow"); /* by its old name */
    fake_set(fake, "DERRICK_RIG_SITE", "iowa");
    fake_set(fake, "DERRICK_S3_PLAIN_TEXT", "allow");
    fake_set(fake, "DERRICK_S3_INSECURE_HTTP", "refuse");
    assert_int_equal(dk_config_environment(&config, &fake->environment, NULL), DK_OK);
    expect(&config, "iowa", DK_SOURCE_ENVIRONMENT, "DERRICK_RIG_SITE", 0);
    assert_string_equal(value_of(&config, "s3.insecure_http")->text,
                        "refuse"); /* the new one wins */
    config.source = (struct dk_config_source){.kind = DK_SOURCE_FLAG, .name = "set"};
    assert_int_equal(dk_config_set(&config, "rig.site", "utah", NULL), DK_OK);
    expect(&config, "utah", DK_SOURCE_FLAG, "set", 0);
    /* What is refused changes nothing. */
    assert_int_equal(dk_config_set(&config, "rig.site", "no spaces", NULL), DK_ERR_CONFIG);
    expect(&config, "utah", DK_SOURCE_FLAG, "set", 0);
    dk_config_reset(&config);
    unlink(path);
}

static void test_show(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"sqlite:a.db", "sqlite:a.db"},
        {"mysql://me@host/x", "mysql://me@host/x"},
        {"mysql://host:3306/x", "mysql://host:3306/x"},
        {"mysql://me:secret@host:3306/x", "mysql://me:***@host:3306/x"},
        {"mysql://me:@host/x", "mysql://me:***@host/x"},
        {"mysql://a:one@h/x,mysql://b:two@i/x", "mysql://a:***@h/x,mysql://b:***@i/x"},
        {"s3://KEY:SECRET@bucket", "s3://KEY:***@bucket"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        char shown[64];
        dk_config_show(cases[i][0], shown, sizeof(shown));
        assert_string_equal(shown, cases[i][1]);
        /* In less room it is cut, and what is there is the same. */
        for (size_t cap = 1; cap < sizeof(shown); cap++) {
            char cut[64];
            dk_config_show(cases[i][0], cut, cap);
            assert_true(strlen(cut) < cap);
            assert_memory_equal(cut, shown, strlen(cut));
        }
    }
}

struct heard {
    char last[256];
    int count;
};

static void hear(void *context, enum dk_level level, const char *text)
{
    struct heard *heard = context;
    assert_int_equal(level, DK_LEVEL_WARNING);
    heard->count++;
    snprintf(heard->last, sizeof(heard->last), "%s", text);
}

static void test_variables(void **state)
{
    (void)state;
    static const struct {
        const char *variable;
        const char *refused; /* a part of the error's hint; NULL: no error */
        const char *warned;  /* a part of the warning; NULL: none */
    } cases[] = {
        {"DERRICK_RIG_SITE=x", NULL, NULL},
        {"DERRICK_S3_PLAIN_TEXT=allow", NULL, NULL},
        {"DERRICK_DB_PASSWORD=x", NULL, NULL},
        {"DERRICK_WORKSPACE=x", NULL, NULL},
        {"DERRICK_TEST_NOW=x", NULL, NULL},
        {"DERRICK=x", NULL, NULL},
        {"PATH=/bin", NULL, NULL},
        {"DERRICK_RIG_STIE=x", "did you mean DERRICK_RIG_SITE?", NULL},
        {"derrick_rig_site=x", "did you mean DERRICK_RIG_SITE?", NULL},
        {"DERRICK_DATABASE_URLS=x", "did you mean DERRICK_DATABASE_URL?", NULL},
        {"DERRICK_DATABASE_U=x", "did you mean DERRICK_DATABASE_URL?", NULL},
        {"DERRICK_DB_=x", "did you mean DERRICK_DB?", NULL},
        {"DERRICK_DB_PASSWORT=x", "did you mean DERRICK_DB_PASSWORD?", NULL},
        {"DERRICK_WORKSPCE=x", "did you mean DERRICK_WORKSPACE?", NULL},
        {"DERRICK_S3_PLAIN_TXT=x", "did you mean DERRICK_S3_PLAIN_TEXT?", NULL},
        {"DERRICK_DATABASE_=x", NULL, "did you mean DERRICK_DATABASE_URL?"},
        {"DERRICK_FROBNICATE=x", NULL, "'derrick config' lists the settings"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct heard heard = {.count = 0};
        struct dk_error err = {0};
        const struct dk_observer observer = {.context = &heard, .notice = hear};
        char variable[64];
        snprintf(variable, sizeof(variable), "%s", cases[i].variable);
        char *const variables[] = {variable, NULL};
        enum dk_status status = dk_config_variables_check(variables, &observer, &err);
        assert_int_equal(status, cases[i].refused ? DK_ERR_CONFIG : DK_OK);
        assert_int_equal(heard.count, cases[i].warned != NULL);
        if (cases[i].refused)
            assert_non_null(strstr(err.hint, cases[i].refused));
        if (cases[i].warned)
            assert_non_null(strstr(heard.last, cases[i].warned));
        assert_null(strstr(heard.last, "=x"));
        assert_null(strstr(err.message, "=x"));
    }
}

#if OWN_MALLOC

static long allocations_left = -1; /* -1: no limit */

void *malloc(size_t size)
{
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    return __libc_malloc(size);
}

/* Whichever allocation fails, the defaults end in an error, not in an abort. */
static void test_no_memory(void **state)
{
    (void)state;
    enum dk_status status = DK_ERR_NOMEM;
    for (long allowed = 0; status != DK_OK; allowed++) {
        struct dk_config config;
        struct dk_error err = {0};
        allocations_left = allowed;
        status = dk_config_init(&config, &err);
        allocations_left = -1;
        assert_true(status == DK_OK || status == DK_ERR_NOMEM);
        assert_int_equal(err.status, status);
        assert_true(allowed < 1000);
        assert_true(status == DK_OK || allowed > 0 || err.message[0]);
        dk_config_reset(&config);
    }
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test_setup_teardown(test_sources, fake_setup, fake_teardown),
        cmocka_unit_test(test_show),
        cmocka_unit_test(test_variables),
#if OWN_MALLOC
        cmocka_unit_test(test_no_memory),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
