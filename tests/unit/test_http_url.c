/* Servers' URLs, and the dates that servers write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"
#include "http/http_url.h"

static void urls_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
        bool is_loopback;
    } cases[] = {
        {"https://store.example.com", "https://store.example.com", false},
        {"HTTPS://Store.Example.com/", "https://store.example.com", false},
        {"http://127.0.0.1:9000", "http://127.0.0.1:9000", true},
        {"http://127.1.2.3", "http://127.1.2.3", true},
        {"http://localhost:80", "http://localhost", true},
        {"http://a.localhost:1", "http://a.localhost:1", true},
        {"https://h:443/gate/way/", "https://h/gate/way", false},
        {"http://h:443", "http://h:443", false},
        {"http://[::1]:8080", "http://[::1]:8080", true},
        {"http://[fd00:ec2::254]", "http://[fd00:ec2::254]", false},
        {"http://127.evil.com", "http://127.evil.com", false},
        {"http://127.0.0.1.evil.com", "http://127.0.0.1.evil.com", false},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_url url;
        char text[DK_URL_TEXT_MAX];
        const char *problem = dk_url_parse(&url, cases[i].text);
        if (problem)
            fail_msg("%s: %s", cases[i].text, problem);
        dk_url_format(&url, text);
        assert_string_equal(text, cases[i].shown);
        assert_int_equal(dk_url_is_loopback(&url), cases[i].is_loopback);
    }
}

static void wrong_urls_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"", ""},
        {"localhost:9000", "http"}, /* before curl 7.81 less precisely */
        {"localhost", ""},
        {"ftp://a", "neither https:// nor http://"},
        {"http://", ""},
        {"http://:80", ""},
        {"http://a:0", "port"},
        {"http://a:x", "port"},
        {"http://a:99999", "port"},
        {"http://a:1:2", ""},
        {"http://a:", ""},
        {"http://a/b?c", "query"},
        {"http://a/b#c", "fragment"},
        {"http://a b", ""},
        {"http://a,b", ""},
        {"https://u:hidden@host", "user or a password"},
        {"http://[::1", ""},
        {"http://a/%20b", "encoded"},
        {"http://127.0.0.%31", "neither a name nor an address"},
        {"http:///bucket", "neither a name nor an address"},
        {"http://a\r\nX: y", ""},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_url url;
        const char *problem = dk_url_parse(&url, cases[i].text);
        if (!problem || !strstr(problem, cases[i].problem))
            fail_msg("'%s': '%s'", cases[i].text, problem ? problem : "accepted");
    }
}

static void http_dates_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"Fri, 24 May 2013 00:00:00 GMT", 1369353600}, {"Tue, 29 Feb 2000 12:34:56 GMT", 951827696},
        {"Fri, 24 May 2013 00:00:00 UTC", -1},         {"Fri, 24 Mai 2013 00:00:00 GMT", -1},
        {"Fri, 24 May 2013 24:00:00 GMT", -1},         {"Friday, 24-May-13 00:00:00 GMT", -1},
        {"Tue, 24 Nov 1631 19:16:53 GMT", -1},         {"", -1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_true(dk_http_date_parse(cases[i].text) == cases[i].want);
}

static void iso_times_are_parsed(void **state)
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
                 {"2013-05-24T00:00:00+02", 1369346400},
                 {"2013-05-24T00:00:00+02:0", -1},
                 {"2013-05-24T00:00:00+02:00Z", -1},
                 {"2013-05-24T00:00:00.Z", 1369353600},
                 {"", -1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_true(dk_iso8601_parse(cases[i].text) == cases[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_parsed),
        cmocka_unit_test(wrong_urls_are_refused),
        cmocka_unit_test(http_dates_are_parsed),
        cmocka_unit_test(iso_times_are_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
