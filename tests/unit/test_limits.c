/* Plausible ranges: their text, exact comparison, and what values outside look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "rig/limits.h"

static dk_decimal decimal_of(const char *text)
{
    dk_decimal value = DK_DECIMAL_MISSING;
    if (text)
        assert_int_equal(dk_decimal_parse(text, strlen(text), &value), DK_DECIMAL_GOOD);
    return value;
}

static void ranges_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text, *canonical; /* NULL: refused */
    } cases[] = {
        {"0..400", "0..400"},
        {"-20..90", "-20..90"},
        {" 0.50 .. 1e2 ", "0.5..100"},
        {"-1..-0.25", "-1..-0.25"},
        {"5..5", "5..5"},
        {"-100000000000000000..1e17", "-100000000000000000..100000000000000000"},
        {"", NULL},
        {"400", NULL},
        {"0-400", NULL},
        {"0.400", NULL},
        {"..400", NULL},
        {"0..", NULL},
        {"0..x", NULL},
        {"0,5..1,5", NULL},
        {"400..0", NULL},
        {"0..1..2", NULL},
        {"0...5", NULL},
        {"0..1e18", NULL},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_limits limits = {.low = 1, .high = 2};
        struct dk_error err = {0};
        char text[DK_LIMITS_TEXT_MAX];
        enum dk_status status = dk_limits_parse(cases[i].text, &limits, &err);
        if (!cases[i].canonical) {
            assert_int_equal(status, DK_ERR_CONFIG);
            assert_non_null(strstr(err.message, cases[i].text));
            assert_int_equal(limits.low, 1);
            continue;
        }
        assert_int_equal(status, DK_OK);
        dk_limits_format(&limits, text);
        assert_string_equal(text, cases[i].canonical);
    }
}

/* Every range of the catalogue is legal, and wider than the published extremes. */
static void the_catalogue_has_a_range_for_every_sensor(void **state)
{
    (void)state;
    static const struct {
        const char *sensor, *low, *high; /* the published extremes */
    } published[DK_SENSORS] = {
        {"PS1", "133.13", "191.92"},  {"PS2", "0", "167.77"},      {"PS3", "0", "10.207"},
        {"PS4", "0", "10.27"},        {"PS5", "8.318", "10.028"},  {"PS6", "8.268", "9.905"},
        {"EPS1", "2097.8", "2995.2"}, {"FS1", "0", "20.479"},      {"FS2", "8.857", "10.453"},
        {"TS1", "34.984", "58.207"},  {"TS2", "40.707", "62.176"}, {"TS3", "38.145", "59.539"},
        {"TS4", "30.355", "53.145"},  {"VS1", "0.483", "2.546"},   {"CE", "17.042", "48.777"},
        {"CP", "1.016", "2.909"},     {"SE", "0", "100.6"},
    };
    struct dk_limits limits[DK_SENSORS];
    dk_limits_default(limits);
    for (int i = 0; i < DK_SENSORS; i++) {
        struct dk_limits_test test;
        char text[DK_LIMITS_TEXT_MAX];
        assert_string_equal(dk_sensors[i].name, published[i].sensor);
        dk_limits_format(&limits[i], text);
        assert_string_equal(text, dk_sensors[i].range);
        dk_limits_test_init(&test, &limits[i]);
        assert_true(dk_limits_inside(&test, decimal_of(published[i].low)));
        assert_true(dk_limits_inside(&test, decimal_of(published[i].high)));
        assert_false(dk_limits_inside(&test, decimal_of("-300")));
        assert_false(dk_limits_inside(&test, decimal_of("1e15")));
        /* The greatest value whose decimal point is lost, with as many decimals as the sensor
         * has. */
        dk_decimal high = decimal_of(published[i].high);
        assert_false(dk_limits_inside(&test, dk_decimal_pack(dk_decimal_mantissa(high), 0)));
    }
}

static void values_are_compared_exactly(void **state)
{
    (void)state;
    static const char *const ranges[] = {"0..400",    "-20.5..90",   "0.001..0.002",
                                         "-1..-0.25", "-1e17..1e17", "0.000000000001..1",
                                         "7..7"};
    static const char *const values[] = {"0",
                                         "-0.000000000001",
                                         "400",
                                         "400.000000000001",
                                         "399.999999999999",
                                         "401",
                                         "-20.5",
                                         "-20.6",
                                         "-20",
                                         "-21",
                                         "0.001",
                                         "0.0015",
                                         "0.00099",
                                         "0.002",
                                         "0.0021",
                                         "-1",
                                         "-0.25",
                                         "-0.24",
                                         "1e17",
                                         "-1e17",
                                         "7",
                                         "7.1",
                                         "6.999999999999",
                                         "90.0001"};
    for (size_t r = 0; r < DK_COUNT_OF(ranges); r++) {
        struct dk_limits limits;
        struct dk_limits_test test;
        assert_int_equal(dk_limits_parse(ranges[r], &limits, NULL), DK_OK);
        dk_limits_test_init(&test, &limits);
        for (size_t i = 0; i < DK_COUNT_OF(values); i++) {
            dk_decimal value = decimal_of(values[i]);
            bool inside = dk_decimal_compare(limits.low, value) <= 0 &&
                          dk_decimal_compare(value, limits.high) <= 0;
            if (dk_limits_inside(&test, value) != inside)
                fail_msg("%s in %s should be %d", values[i], ranges[r], inside);
        }
    }
}

/* One sensor that is mostly outside, and perhaps another. */
struct look {
    const char *sensor, *minimum, *median, *maximum;
    const char *other, *other_median; /* NULL: all others are good */
    bool other_outside;
    const char *expected;
};

static void values_outside_are_explained(void **state)
{
    (void)state;
    static const struct look looks[] = {
        {"PS1", "2332", "2477.6", "2957.4", "EPS1", "156.39", true,
         "the values of EPS1, and EPS1 looks like those of PS1"},
        {"EPS1", "146", "156.39", "191.84", "PS1", "2477.6", true,
         "the values of PS1, and PS1 looks like those of EPS1"},
        {"TS1", "34996", "36172", "36504", NULL, NULL, false,
         "lost decimal points (36172 for 36.172)"},
        {"TS1", "34996", "36172.5", "36504", NULL, NULL, false,
         "lost decimal points (36172 for 36.172)"},
        {"VS1", "483", "599", "2546", NULL, NULL, false, "lost decimal points"},
        {"EPS1", "23320", "24776", "29574", NULL, NULL, false,
         "lost decimal points (24776 for 2477.6)"},
        {"TS1", "-300", "-300", "-300", NULL, NULL, false,
         "a sensor that failed: all values are -300"},
        {"TS1", "-300", "-300", "57.191", NULL, NULL, false,
         "a sensor that failed: most values are -300"},
        {"PS1", "2000.5", "2200.3", "2700", NULL, NULL, false, "psi instead of bar"},
        {"PS1", "14.632", "15.639", "19.184", NULL, NULL, false, "MPa instead of bar"},
        {"EPS1", "2.332", "2.4776", "2.957", NULL, NULL, false, "kW instead of W"},
        {"TS1", "94.9", "112.75", "136.7", NULL, NULL, false, "fahrenheit instead of celsius"},
        {"TS1", "308.134", "318.009", "331.357", NULL, NULL, false, "kelvin instead of celsius"},
        {"SE", "-7.5", "-3.2", "-1.5", NULL, NULL, false, ""},
    };
    struct dk_limits limits[DK_SENSORS];
    dk_limits_default(limits);
    for (size_t i = 0; i < DK_COUNT_OF(looks); i++) {
        const struct look *look = &looks[i];
        struct dk_limits_finding findings[DK_SENSORS];
        char text[DK_LIMITS_WHY_MAX];
        int sensor = dk_sensor_find(look->sensor, strlen(look->sensor));
        for (int s = 0; s < DK_SENSORS; s++)
            findings[s] = (struct dk_limits_finding){.minimum = decimal_of("25.5"),
                                                     .median = decimal_of("26"),
                                                     .maximum = decimal_of("28")};
        if (look->other)
            findings[dk_sensor_find(look->other, strlen(look->other))] =
                (struct dk_limits_finding){.outside = look->other_outside,
                                           .minimum = decimal_of("1"),
                                           .median = decimal_of(look->other_median),
                                           .maximum = decimal_of("1e6")};
        findings[sensor] = (struct dk_limits_finding){.outside = true,
                                                      .minimum = decimal_of(look->minimum),
                                                      .median = decimal_of(look->median),
                                                      .maximum = decimal_of(look->maximum)};
        dk_limits_explain(sensor, limits, findings, text);
        assert_string_equal(text, look->expected);
    }
}

static void a_copy_of_another_file_is_named(void **state)
{
    (void)state;
    struct dk_limits limits[DK_SENSORS];
    struct dk_limits_finding findings[DK_SENSORS];
    char text[DK_LIMITS_WHY_MAX];
    dk_limits_default(limits);
    for (int s = 0; s < DK_SENSORS; s++)
        findings[s] = (struct dk_limits_finding){.minimum = DK_DECIMAL_MISSING,
                                                 .median = DK_DECIMAL_MISSING,
                                                 .maximum = DK_DECIMAL_MISSING};
    int ps1 = dk_sensor_find("PS1", 3);
    int ts1 = dk_sensor_find("TS1", 3);
    findings[ps1] = (struct dk_limits_finding){.minimum = decimal_of("146.32"),
                                               .median = decimal_of("156.39"),
                                               .maximum = decimal_of("191.84")};
    findings[ts1] = findings[ps1];
    findings[ts1].outside = true;
    dk_limits_explain(ts1, limits, findings, text);
    assert_string_equal(text, "the values of PS1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_read_and_written),
        cmocka_unit_test(the_catalogue_has_a_range_for_every_sensor),
        cmocka_unit_test(values_are_compared_exactly),
        cmocka_unit_test(values_outside_are_explained),
        cmocka_unit_test(a_copy_of_another_file_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
