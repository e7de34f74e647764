/* The URL of a MySQL database: every form, every fault, and no password in any message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/mysql/url.h"

struct good {
    const char *text;
    const char *user, *host;
    unsigned port;
    const char *database, *socket;
    bool by_socket, is_local;
    const char *place;
};

static const struct good goods[] = {
    {"mysql://db.example/energymobile", "", "db.example", 0, "energymobile", "", false, false,
     "db.example:3306"},
    {"mysql://loader@db.example:33061/energymobile", "loader", "db.example", 33061, "energymobile",
     "", false, false, "db.example:33061"},
    {"mysql://a%40b%3ac@127.0.0.1/e", "a@b:c", "127.0.0.1", 0, "e", "", false, true,
     "127.0.0.1:3306"},
    {"mysql://127.8.9.10:1/e", "", "127.8.9.10", 1, "e", "", false, true, "127.8.9.10:1"},
    {"mysql://128.0.0.1/e", "", "128.0.0.1", 0, "e", "", false, false, "128.0.0.1:3306"},
    {"mysql://u@[::1]:65535/e", "u", "::1", 65535, "e", "", false, true, "[::1]:65535"},
    {"mysql://[fd00::2]/e", "", "fd00::2", 0, "e", "", false, false, "[fd00::2]:3306"},
    {"mysql://localhost/e", "", "localhost", 0, "e", "", true, true, "the local socket"},
    {"mysql://LOCALHOST/e", "", "LOCALHOST", 0, "e", "", true, true, "the local socket"},
    {"mysql://localhost:3306/e", "", "localhost", 3306, "e", "", false, true, "localhost:3306"},
    {"mysql://localhost.evil.example/e", "", "localhost.evil.example", 0, "e", "", false, false,
     "localhost.evil.example:3306"},
    {"mysql:///e", "", "", 0, "e", "", true, true, "the local socket"},
    {"mysql://root@/e%20f?socket=/run/my%20sql.sock", "root", "", 0, "e f", "/run/my sql.sock",
     true, true, "socket /run/my sql.sock"},
    {"mysql://localhost/e?socket=/s", "", "localhost", 0, "e", "/s", true, true, "socket /s"},
    {"mysql://h/%60;--", "", "h", 0, "`;--", "", false, false, "h:3306"},
};

static void every_form_is_parsed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
        const struct good *good = &goods[i];
        struct dk_mysql_url url;
        struct dk_error err = {0};
        char place[320];
        print_message("%s\n", good->text);
        assert_int_equal(dk_mysql_url_parse(&url, good->text, &err), DK_OK);
        assert_string_equal(url.user, good->user);
        assert_string_equal(url.host, good->host);
        assert_int_equal(url.port, good->port);
        assert_string_equal(url.database, good->database);
        assert_string_equal(url.socket, good->socket);
        assert_int_equal(dk_mysql_url_by_socket(&url), good->by_socket);
        assert_int_equal(dk_mysql_url_is_local(&url), good->is_local);
        dk_mysql_url_place(&url, place, sizeof(place));
        assert_string_equal(place, good->place);
    }
}

static const struct {
    const char *text;
    const char *message; /* a part of it */
} bads[] = {
    {"", "mysql://"},
    {"mysql:/h/e", "mysql://"},
    {"postgres://h/e", "mysql://"},
    {"mysql://h", "no database"},
    {"mysql://h/", "no database"},
    {"mysql://", "no database"},
    {"mysql://h/a/b", "database name"},
    {"mysql://h/a%00b", "database name"},
    {"mysql://h/%zz", "database name"},
    {"mysql://h/a%2", "database name"},
    {"mysql://h:/e", "port"},
    {"mysql://h:0/e", "port"},
    {"mysql://h:65536/e", "port"},
    {"mysql://h:99999999999999999999/e", "port"},
    {"mysql://h:33x/e", "port"},
    {"mysql://h:-1/e", "port"},
    {"mysql://:3306/e", "port"},
    {"mysql://[::1/e", "']'"},
    {"mysql://[::1]3306/e", "port"},
    {"mysql://h%2fx/e", "host"},
    {"mysql://h x/e", "host"},
    {"mysql://h/e?sock=/s", "socket="},
    {"mysql:///e?socket=s", "absolute"},
    {"mysql:///e?socket=/s&x=1", "socket="},
    {"mysql://h/e?socket=/s", "both"},
    {"mysql://localhost:3306/e?socket=/s", "both"},
};

static void every_fault_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
        struct dk_mysql_url url;
        struct dk_error err = {0};
        print_message("%s\n", bads[i].text);
        assert_int_equal(dk_mysql_url_parse(&url, bads[i].text, &err), DK_ERR_CONFIG);
        assert_non_null(strstr(err.message, bads[i].message));
        assert_true(err.hint[0] != '\0');
        assert_int_equal(dk_mysql_url_parse(&url, bads[i].text, NULL), DK_ERR_CONFIG);
    }
}

static void a_password_is_refused_and_not_printed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "mysql://loader:hunter2@db.example/energymobile",
        "mysql://loader:hunter2@db.example:3306/energymobile",
        "mysql://:hunter2@/energymobile?socket=/s",
        "mysql://loader:hunt/er2@db.example/energymobile",
        "mysql://loader:hunter2@h@db.example/energymobile",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct dk_mysql_url url;
        struct dk_error err = {0};
        assert_int_equal(dk_mysql_url_parse(&url, texts[i], &err), DK_ERR_CONFIG);
        assert_null(strstr(err.message, "hunt"));
        assert_null(strstr(err.hint, "hunt"));
        assert_non_null(strstr(err.message, "password"));
        assert_non_null(strstr(err.hint, "DERRICK_DB_PASSWORD"));
    }
}

static void names_may_be_so_long(void **state)
{
    (void)state;
    char text[1024];
    struct dk_mysql_url url;
    for (int size = 250; size < 262; size++) {
        char long_name[300] = "";
        memset(long_name, 'x', (size_t)size);
        snprintf(text, sizeof(text), "mysql://h/%s", long_name);
        assert_int_equal(dk_mysql_url_parse(&url, text, NULL),
                         size < DK_MYSQL_DATABASE_MAX ? DK_OK : DK_ERR_CONFIG);
        snprintf(text, sizeof(text), "mysql://%s/e", long_name);
        assert_int_equal(dk_mysql_url_parse(&url, text, NULL),
                         size < DK_MYSQL_HOST_MAX ? DK_OK : DK_ERR_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_parsed),
        cmocka_unit_test(every_fault_is_named),
        cmocka_unit_test(a_password_is_refused_and_not_printed),
        cmocka_unit_test(names_may_be_so_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
