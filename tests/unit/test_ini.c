/* The INI reader: the result of each kind of line by the rules of derrick.ini and of AWS's
 * tools. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/ini.h"

static const struct dk_ini_rules own = {.status = DK_ERR_CONFIG,
                                        .separators = "=:",
                                        .line_bytes_max = 40,
                                        .has_trailing_comments = true};
static const struct dk_ini_rules aws = {
    .status = DK_ERR_REMOTE, .separators = "=", .has_nested_keys = true, .needs_section = true};

#define MARK "\xEF\xBB\xBF"

/* The entries of a text as "line section/parent.key=value;", or "!line" for an error. */
struct text_case {
    const char *text, *want;
};

static void check(const struct dk_ini_rules *rules, const struct text_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[256];
        char got[512] = "";
        struct dk_ini ini;
        struct dk_error err = {0};
        bool found = true;
        snprintf(text, sizeof(text), "%s", cases[i].text);
        dk_ini_start(&ini, rules, "x.ini", text, strlen(text));
        while (found && dk_ini_next(&ini, &found, &err) == DK_OK && found) {
            size_t used = strlen(got);
            snprintf(got + used, sizeof(got) - used, "%llu %s/%s.%s=%s;",
                     (unsigned long long)ini.line, ini.section, ini.parent ? ini.parent : "",
                     ini.key, ini.value);
        }
        if (err.status != DK_OK) {
            size_t used = strlen(got);
            snprintf(got + used, sizeof(got) - used, "!%llu", (unsigned long long)err.line);
            assert_int_equal(err.status, rules->status);
            assert_null(strstr(err.message, "hidden"));
        }
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("case %zu: '%s' in place of '%s'", i, got, cases[i].want);
    }
}

static void lines_are_read_as_in_derrick_ini(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"", ""},
        {"\n\n", ""},
        {"[a]\nx = 1\n", "2 a/.x=1;"},
        {"[a]\nx=1", "2 a/.x=1;"},
        {"x : 1\n", "1 /.x=1;"},
        {"\n  [ a ]  \n\tx  =  two words \n", "3 a/.x=two words;"},
        {MARK "[a]\r\nx = 1\r\n", "2 a/.x=1;"},
        {"[profile   b\t c]\nx=1\n", "2 profile b c/.x=1;"},
        {"# c\n; c\n[a] ; c\nx = 1 ; c # c\n", "4 a/.x=1;"},
        {"x = a;b#c\n", "1 /.x=a;b#c;"},
        {"x = ; c\n", "1 /.x=;"},
        {"x =\n  y = 1\n", "1 /.x=;2 /.y=1;"},
        {"x = a=b:c\n", "1 /.x=a=b:c;"},
        {"[a]\nx\n", "!2"},
        {"[hidden\n", "!1"},
        {"[]\n", "!1"},
        {"x = 1\n= hidden\n", "1 /.x=1;!2"},
        {"# 3456789012345678901234567890123456789\n", ""},
        {"# 34567890123456789012345678901234567890x\n", "!1"},
    };
    check(&own, cases, DK_COUNT_OF(cases));
}

static void lines_are_read_as_in_the_files_of_aws(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"[a]\nk = a=b/+;c # d\n", "2 a/.k=a=b/+;c # d;"},
        {"[a]\ns3 =\n  x = 1\n  y = 2\nz = 3\n", "2 a/.s3=;3 a/s3.x=1;4 a/s3.y=2;5 a/.z=3;"},
        {"[a]\ns3 =\n  x =\n  y = 2\n", "2 a/.s3=;3 a/s3.x=;4 a/s3.y=2;"},
        {"[a]\nk = v\n  continued\nl = w\n", "2 a/.k=v;4 a/.l=w;"},
        {"[a]\nk = v\n  l = w\n", "2 a/.k=v;3 a/.l=w;"},
        {"[a]\ns3 =\n[b]\n  x = 1\n", "2 a/.s3=;4 b/.x=1;"},
        {"[a]\nk : v\n", "!2"},
        {"k = hidden\n", "!1"},
        {"[a]\nhidden\n", "!2"},
    };
    check(&aws, cases, DK_COUNT_OF(cases));
}

static void a_nul_byte_is_named_with_its_line(void **state)
{
    (void)state;
    char text[] = "[a]\nx = 1\0y\n";
    struct dk_ini ini;
    struct dk_error err = {0};
    bool found = true;
    dk_ini_start(&ini, &own, "x.ini", text, sizeof(text) - 1);
    assert_int_equal(dk_ini_next(&ini, &found, &err), DK_ERR_CONFIG);
    assert_false(found);
    assert_string_equal(err.message, "x.ini:2: a NUL byte in the line");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_as_in_derrick_ini),
        cmocka_unit_test(lines_are_read_as_in_the_files_of_aws),
        cmocka_unit_test(a_nul_byte_is_named_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
