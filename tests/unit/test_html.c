/* The pieces of a report's HTML: safe text, numbers as people read them, words of the catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "report/html.h"

static struct dk_buffer out;

static const char *text(void)
{
    assert_int_equal(dk_buffer_finish(&out, NULL), DK_OK);
    out.size = 0;
    return out.data;
}

static void hostile_text_is_inert(void **state)
{
    (void)state;
    dk_html_text(&out, "<script>alert('1') & \"2\"</script>");
    assert_string_equal(text(),
                        "&lt;script&gt;alert(&#39;1&#39;) &amp; &quot;2&quot;&lt;/script&gt;");
    dk_html_text(&out, "a\nb\x1b[31m\x7f \xe2\x80\xaegnp.exe \xff Öl");
    assert_string_equal(text(), "a?b?[31m? ?gnp.exe ? Öl");
}

static void numbers_are_grouped_and_rounded_once(void **state)
{
    (void)state;
    const struct {
        double value;
        int decimals;
        const char *expected;
    } cases[] = {{1234567.25, 1, "1,234,567.3"},
                 {0.05, 1, "0.1"},
                 {-0.04, 1, "0.0"},
                 {-0.05, 1, "−0.1"},
                 {2.5, 0, "3"},
                 {-2.5, 0, "−3"},
                 {0, 2, "0.00"},
                 {12.03, 2, "12.03"},
                 {NAN, 1, "–"},
                 {999.96, 1, "1,000.0"},
                 {1e300, 0, "0"}};
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        dk_html_number(&out, cases[i].value, cases[i].decimals);
        assert_string_equal(text(), cases[i].expected);
    }
    dk_html_change(&out, 0.31, 1);
    assert_string_equal(text(), "+0.3");
    dk_html_change(&out, 0.01, 1);
    assert_string_equal(text(), "0.0");
    dk_html_counted(&out, 1, "reading");
    dk_html_counted(&out, 2205, "reading");
    assert_string_equal(text(), "1 reading2,205 readings");
}

/* Only all is 100 %, and only nothing is 0 %. */
static void shares_do_not_round_to_all_or_nothing(void **state)
{
    (void)state;
    const struct {
        uint64_t part, total;
        const char *expected;
    } cases[] = {{1, 3, "33.3&nbsp;%"},     {3, 3, "100&nbsp;%"}, {99999, 100000, "99.9&nbsp;%"},
                 {1, 100000, "0.1&nbsp;%"}, {0, 5, "0&nbsp;%"},   {0, 0, "–"},
                 {1, 2, "50.0&nbsp;%"}};
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        dk_html_share(&out, cases[i].part, cases[i].total);
        assert_string_equal(text(), cases[i].expected);
    }
}

static void cohorts_are_listed_as_a_person_would(void **state)
{
    (void)state;
    const int numbers[] = {2, 3, 4, 7, 9, 10};
    dk_html_cohorts(&out, numbers, 1);
    assert_string_equal(text(), "cohort 2");
    dk_html_cohorts(&out, numbers, 2);
    assert_string_equal(text(), "cohorts 2 and 3");
    dk_html_cohorts(&out, numbers, 3);
    assert_string_equal(text(), "cohorts 2 to 4");
    dk_html_cohorts(&out, numbers, 4);
    assert_string_equal(text(), "cohorts 2 to 4 and 7");
    dk_html_cohorts(&out, numbers, 6);
    assert_string_equal(text(), "cohorts 2 to 4, 7, 9 and 10");
}

static void coordinates_are_short(void **state)
{
    (void)state;
    const struct {
        double value;
        const char *expected;
    } cases[] = {{0, "0"},     {-0.001, "0"},     {1.5, "1.5"},
                 {100, "100"}, {33.333, "33.33"}, {-2.1, "-2.1"}};
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        dk_html_coordinate(&out, cases[i].value);
        assert_string_equal(text(), cases[i].expected);
    }
}

static void words_are_those_of_people(void **state)
{
    (void)state;
    dk_html_quantity(&out, dk_sensor_find("PS1", 3));
    assert_string_equal(text(), "pressure 1");
    dk_html_quantity(&out, dk_sensor_find("CE", 2));
    assert_string_equal(text(), "cooling efficiency");
    dk_html_quantity(&out, dk_sensor_find("EPS1", 4));
    assert_string_equal(text(), "motor power");
    assert_string_equal(dk_html_unit(dk_sensor_find("TS1", 3)), "°C");
    assert_string_equal(dk_html_unit_difference(dk_sensor_find("SE", 2)), "points");
}

/* The best state of each component is 0, whichever way its codes go. */
static void severity_is_of_the_state_not_of_the_code(void **state)
{
    (void)state;
    static const char *const best[] = {"full efficiency", "optimal switching", "no leakage",
                                       "optimal pressure", "stable"};
    static const char *const worst[] = {"close to total failure", "close to total failure",
                                        "severe leakage", "close to total failure",
                                        "may not be static yet"};
    for (int c = 0; c < DK_CONDITIONS; c++) {
        int last = (int)dk_conditions[c].code_count - 1;
        assert_string_equal(dk_html_state(c, dk_severity_code(c, 0)), best[c]);
        assert_string_equal(dk_html_state(c, dk_severity_code(c, last)), worst[c]);
        for (int code = 0; code <= last; code++)
            assert_int_equal(dk_severity_code(c, dk_code_severity(c, code)), code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_is_inert),
        cmocka_unit_test(numbers_are_grouped_and_rounded_once),
        cmocka_unit_test(shares_do_not_round_to_all_or_nothing),
        cmocka_unit_test(cohorts_are_listed_as_a_person_would),
        cmocka_unit_test(coordinates_are_short),
        cmocka_unit_test(words_are_those_of_people),
        cmocka_unit_test(severity_is_of_the_state_not_of_the_code),
    };
    dk_buffer_init(&out, 1 << 16);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    dk_buffer_reset(&out);
    return failed;
}
