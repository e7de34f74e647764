/* Wells: names that are allowed, names of rigs there and back, and their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rig/readings.h"

#define SITE_47 "a234567890b234567890c234567890d234567890e234567"

static struct dk_well well_of(const char *site, long number)
{
    struct dk_well well;
    struct dk_error err = {0};
    if (dk_well_init(&well, site, number, &err) != DK_OK)
        fail_msg("%s", err.message);
    return well;
}

static void a_name_of_a_rig_reads_as_it_is_written(void **state)
{
    (void)state;
    static const struct {
        const char *site;
        long number;
        const char *rig_name;
    } cases[] = {
        {"texas", 1, "texas-1"},
        {"T", 99999, "T-99999"},
        {"7", 7, "7-7"},
        {"west-field", 12, "west-field-12"},
        {"west-12", 3, "west-12-3"},
        {"a--", 1, "a---1"},
        {"n_o.r-t_h.", 10, "n_o.r-t_h.-10"},
        {SITE_47, 99999, SITE_47 "-99999"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_well well = well_of(cases[i].site, cases[i].number);
        char text[DK_RIG_NAME_MAX];
        dk_well_rig_name(&well, text);
        assert_string_equal(text, cases[i].rig_name);
        struct dk_well back = {0};
        assert_int_equal(dk_well_parse(text, &back, NULL), DK_OK);
        assert_string_equal(back.site, cases[i].site);
        assert_int_equal(back.number, cases[i].number);
        assert_int_equal(dk_well_compare(&well, &back), 0);
    }
}

static void wrong_sites_and_numbers_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *site;
        long number;
        const char *named; /* by the message */
    } cases[] = {
        {"", 1, "rig.site ''"},          {SITE_47 "8", 1, "rig.site '" SITE_47 "8'"},
        {"-texas", 1, "rig.site"},       {".texas", 1, "rig.site"},
        {"_texas", 1, "rig.site"},       {"te xas", 1, "rig.site"},
        {"te/xas", 1, "rig.site"},       {"te,xas", 1, "rig.site"},
        {"te\txas", 1, "rig.site"},      {"te'xas", 1, "rig.site"},
        {"t\xc3\xa9xas", 1, "rig.site"}, {"texas", 0, "rig.well '0'"},
        {"texas", -1, "rig.well '-1'"},  {"texas", 100000, "rig.well '100000'"},
        {"texas", LONG_MAX, "rig.well"}, {"texas", (1L << 32) + 1, "rig.well"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_well well = {.number = 4711};
        struct dk_error err = {0};
        assert_int_equal(dk_well_init(&well, cases[i].site, cases[i].number, &err), DK_ERR_CONFIG);
        assert_non_null(strstr(err.message, cases[i].named));
        assert_true(strlen(err.hint) > 0);
        assert_int_equal(well.number, 4711);
    }
}

static void what_is_no_rig_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "texas",
        "texas-",
        "-1",
        "--1",
        "texas-0",
        "texas--1x",
        "texas-1x",
        "texas-x1",
        "texas- 1",
        "texas-+1",
        "texas-100000",
        "texas-1 ",
        "te xas-1",
        (SITE_47 "8-1"),
        ".texas-1",
        "texas-1-",
        "texas-99999999999999999999",
        "texas-4294967297",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_well well = {.number = 4711};
        struct dk_error err = {0};
        if (dk_well_parse(cases[i], &well, &err) != DK_ERR_USAGE)
            fail_msg("'%s' is accepted as a rig", cases[i]);
        assert_non_null(strstr(err.message, cases[i]));
        assert_int_equal(well.number, 4711);
    }
}

static int compare(const void *a, const void *b)
{
    return dk_well_compare(a, b);
}

static void rigs_sort_by_site_then_number(void **state)
{
    (void)state;
    static const struct {
        const char *site;
        int number;
    } sorted[] = {
        {"A", 9}, {"Z", 1}, {"a", 1}, {"a", 2}, {"a", 10}, {"a", 99999}, {"a-b", 1}, {"ab", 1},
    };
    enum { COUNT = sizeof(sorted) / sizeof(sorted[0]) };
    struct dk_well wells[COUNT];
    for (int i = 0; i < COUNT; i++)
        wells[i] = well_of(sorted[(i * 3 + 5) % COUNT].site, sorted[(i * 3 + 5) % COUNT].number);
    qsort(wells, COUNT, sizeof(wells[0]), compare);
    for (int i = 0; i < COUNT; i++) {
        assert_string_equal(wells[i].site, sorted[i].site);
        assert_int_equal(wells[i].number, sorted[i].number);
        for (int j = 0; j < COUNT; j++)
            assert_int_equal(dk_well_compare(&wells[i], &wells[j]), (i > j) - (i < j));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_of_a_rig_reads_as_it_is_written),
        cmocka_unit_test(wrong_sites_and_numbers_are_refused),
        cmocka_unit_test(what_is_no_rig_is_refused),
        cmocka_unit_test(rigs_sort_by_site_then_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
