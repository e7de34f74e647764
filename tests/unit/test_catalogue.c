/* The catalogue agrees with the published data set and with the headers of the exports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "rig/catalogue.h"

static void the_sensors_are_the_published_ones(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *unit;
        int rate_hz;
    } published[DK_SENSORS] = {
        {"PS1", "bar", 100},   {"PS2", "bar", 100},   {"PS3", "bar", 100},   {"PS4", "bar", 100},
        {"PS5", "bar", 100},   {"PS6", "bar", 100},   {"EPS1", "W", 100},    {"FS1", "l/min", 10},
        {"FS2", "l/min", 10},  {"TS1", "celsius", 1}, {"TS2", "celsius", 1}, {"TS3", "celsius", 1},
        {"TS4", "celsius", 1}, {"VS1", "mm/s", 1},    {"CE", "percent", 1},  {"CP", "kW", 1},
        {"SE", "percent", 1},
    };
    for (int i = 0; i < DK_SENSORS; i++) {
        assert_string_equal(dk_sensors[i].name, published[i].name);
        assert_string_equal(dk_sensors[i].unit, published[i].unit);
        assert_int_equal(dk_sensors[i].rate_hz, published[i].rate_hz);
        assert_true(strlen(dk_sensors[i].quantity) > 0);
    }
}

static void the_columns_are_the_historical_ones(void **state)
{
    (void)state;
    char columns[1024] = "";
    for (int i = 0; i < DK_SENSORS; i++)
        snprintf(columns + strlen(columns), sizeof(columns) - strlen(columns), "%s,",
                 dk_sensors[i].column);
    assert_string_equal(columns, "pressure_bar_1,pressure_bar_2,pressure_bar_3,pressure_bar_4,"
                                 "pressure_bar_5,pressure_bar_6,motor_power_w,volume_flow_min_1,"
                                 "volume_flow_min_2,temperature_1,temperature_2,temperature_3,"
                                 "temperature_4,vibration,cooling_efficiency,cooling_power,"
                                 "efficiency_factor_percent,");
}

static void the_titles_are_the_templates_to_the_letter(void **state)
{
    (void)state;
    const char *titles[DK_SENSORS] = {0};
    for (int i = 0; i < DK_SENSORS; i++) {
        assert_in_range(dk_sensors[i].template_position, 0, DK_SENSORS - 1);
        assert_null(titles[dk_sensors[i].template_position]);
        titles[dk_sensors[i].template_position] = dk_sensors[i].title;
    }
    char header[1024] = "";
    for (int i = 0; i < DK_SENSORS; i++)
        snprintf(header + strlen(header), sizeof(header) - strlen(header), "%s,", titles[i]);
    assert_string_equal(header,
                        "Cooling efficiency,Cooling power,Motor power W,Volume flow l/min 1,"
                        "Volume flow l/min 2,Pressure bar 1,Pressure bar 2,Pressure bar 3,"
                        "Pressure bar 4,Pressure bar 5,Pressure bar 6,Efficiency factor,"
                        "Temperature 1,Temperature  2,Temperature  3,Temperature  4,"
                        " Vibration mm/s,");
}

static void sensors_are_found_in_any_case(void **state)
{
    (void)state;
    for (int i = 0; i < DK_SENSORS; i++) {
        const char *name = dk_sensors[i].name;
        char lower[8] = "";
        for (size_t at = 0; name[at]; at++)
            lower[at] = (char)(name[at] >= 'A' && name[at] <= 'Z' ? name[at] + 32 : name[at]);
        assert_int_equal(dk_sensor_find(name, strlen(name)), i);
        assert_int_equal(dk_sensor_find(lower, strlen(lower)), i);
        assert_int_equal(dk_sensor_find(name, strlen(name) - 1), -1);
    }
    static const char *const strangers[] = {"", "PS", "PS7", "PS11", "XPS1", "profile", "C E"};
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
        assert_int_equal(dk_sensor_find(strangers[i], strlen(strangers[i])), -1);
    assert_int_equal(dk_sensor_find("PS1.txt", 3), 0);
    assert_int_equal(dk_sensor_find("PS\0", 3), -1);
}

static void the_conditions_are_the_published_ones(void **state)
{
    (void)state;
    static const struct {
        int condition;
        int code;
        const char *fraction;
        const char *description;
    } published[] = {
        {0, 3, "0.03", "close to total failure"},
        {0, 20, "0.2", "reduced efficiency"},
        {0, 100, "1", "full efficiency"},
        {1, 100, "1", "optimal switching behavior"},
        {1, 90, "0.9", "small lag"},
        {1, 80, "0.8", "severe lag"},
        {1, 73, "0.73", "close to total failure"},
        {2, 0, NULL, "no leakage"},
        {2, 1, NULL, "weak leakage"},
        {2, 2, NULL, "severe leakage"},
        {3, 130, NULL, "optimal pressure"},
        {3, 115, NULL, "slightly reduced pressure"},
        {3, 100, NULL, "severely reduced pressure"},
        {3, 90, NULL, "close to total failure"},
        {4, 0, NULL, "conditions were stable"},
        {4, 1, NULL, "static conditions might not have been reached yet"},
    };
    size_t total = 0;
    for (int i = 0; i < DK_CONDITIONS; i++)
        total += dk_conditions[i].code_count;
    assert_int_equal(total, sizeof(published) / sizeof(published[0]));
    for (size_t i = 0; i < total; i++) {
        int condition = published[i].condition;
        int index = dk_condition_code_find(condition, published[i].code);
        assert_in_range(index, 0, dk_conditions[condition].code_count - 1);
        const struct dk_condition_code *code = &dk_conditions[condition].codes[index];
        assert_int_equal(code->code, published[i].code);
        assert_string_equal(code->description, published[i].description);
        assert_int_equal(code->fraction == NULL, published[i].fraction == NULL);
        assert_int_equal(code->fraction == NULL, dk_conditions[condition].fraction_column == NULL);
        if (code->fraction)
            assert_string_equal(code->fraction, published[i].fraction);
    }
}

static void codes_ascend_and_fractions_are_canonical(void **state)
{
    (void)state;
    for (int i = 0; i < DK_CONDITIONS; i++) {
        const struct dk_condition *condition = &dk_conditions[i];
        assert_in_range(condition->code_count, 2, DK_CONDITION_CODES_MAX);
        for (size_t j = 0; j < condition->code_count; j++) {
            if (j > 0)
                assert_true(condition->codes[j].code > condition->codes[j - 1].code);
            if (!condition->codes[j].fraction)
                continue;
            /* A code is its fraction in percent. */
            const char *fraction = condition->codes[j].fraction;
            dk_decimal value = 0;
            dk_decimal percent = 0;
            char text[DK_DECIMAL_TEXT_MAX];
            assert_int_equal(dk_decimal_parse(fraction, strlen(fraction), &value), DK_DECIMAL_GOOD);
            assert_int_equal(dk_decimal_format(value, text), strlen(fraction));
            assert_memory_equal(text, fraction, strlen(fraction));
            assert_true(dk_decimal_make(condition->codes[j].code, 2, &percent));
            assert_int_equal(value, percent);
        }
    }
}

static void the_conditions_have_the_names_of_the_schema(void **state)
{
    (void)state;
    static const char *const names[DK_CONDITIONS][8] = {
        {"cooler_condition", "cooler", "cooler_id", "cooler_percentage", "cooler_description",
         "cooler_percentage", "Cooler condition", "Cooler description"},
        {"valve_condition", "valve", "valve_id", "valve_percentage", "valve_description",
         "valve_percentage", "Valve condition", "Valve description"},
        {"internal_pump_leakage", "pump", "leakage_level", NULL, "pump_description",
         "internal_pump_leakage", "Internal pump leakage", "Pump description"},
        {"hydraulic_accumulator_bar", "accumulator", "pressure_bar", NULL, "hydraulic_description",
         "hydraulic_accumulator_bar", "Hydraulic accumulator bar", "Hydraulic description"},
        {"stable_flag", "stable", "flag_value", NULL, "flag_description", "stable_flag",
         "Stable flag", "Flag description"},
    };
    for (int i = 0; i < DK_CONDITIONS; i++) {
        const struct dk_condition *condition = &dk_conditions[i];
        const char *const found[8] = {
            condition->name,
            condition->label,
            condition->key_column,
            condition->fraction_column,
            condition->description_column,
            condition->export_column,
            condition->title,
            condition->description_title,
        };
        for (int j = 0; j < 8; j++) {
            assert_int_equal(found[j] == NULL, names[i][j] == NULL);
            if (found[j])
                assert_string_equal(found[j], names[i][j]);
        }
        assert_int_equal(dk_condition_label_find(condition->label), i);
    }
}

static void what_is_no_code_or_label_is_not_found(void **state)
{
    (void)state;
    static const long strangers[] = {-1, 4, 19, 99, 101, 1000, 1L << 32, -100};
    for (int condition = 0; condition < DK_CONDITIONS; condition++)
        for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
            assert_int_equal(dk_condition_code_find(condition, strangers[i]), -1);
    /* No code of another condition, and no place past the last code, which would read as 0. */
    assert_int_equal(dk_condition_code_find(0, 90), -1);
    assert_int_equal(dk_condition_code_find(0, 0), -1);
    assert_int_equal(dk_condition_code_find(4, 2), -1);
    assert_int_equal(dk_condition_label_find(""), -1);
    assert_int_equal(dk_condition_label_find("Cooler"), -1);
    assert_int_equal(dk_condition_label_find("cooler_condition"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sensors_are_the_published_ones),
        cmocka_unit_test(the_columns_are_the_historical_ones),
        cmocka_unit_test(the_titles_are_the_templates_to_the_letter),
        cmocka_unit_test(sensors_are_found_in_any_case),
        cmocka_unit_test(the_conditions_are_the_published_ones),
        cmocka_unit_test(codes_ascend_and_fractions_are_canonical),
        cmocka_unit_test(the_conditions_have_the_names_of_the_schema),
        cmocka_unit_test(what_is_no_code_or_label_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
