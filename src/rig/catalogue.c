#include "rig/catalogue.h"

#include <string.h>
#include <strings.h>

const struct dk_sensor dk_sensors[DK_SENSORS] = {
    {"PS1", "pressure", "bar", 100, "pressure_bar_1", "Pressure bar 1", 5, "20..400"},
    {"PS2", "pressure", "bar", 100, "pressure_bar_2", "Pressure bar 2", 6, "0..400"},
    {"PS3", "pressure", "bar", 100, "pressure_bar_3", "Pressure bar 3", 7, "0..30"},
    {"PS4", "pressure", "bar", 100, "pressure_bar_4", "Pressure bar 4", 8, "0..30"},
    {"PS5", "pressure", "bar", 100, "pressure_bar_5", "Pressure bar 5", 9, "0..30"},
    {"PS6", "pressure", "bar", 100, "pressure_bar_6", "Pressure bar 6", 10, "0..30"},
    {"EPS1", "motor power", "W", 100, "motor_power_w", "Motor power W", 2, "300..10000"},
    {"FS1", "volume flow", "l/min", 10, "volume_flow_min_1", "Volume flow l/min 1", 3, "0..60"},
    {"FS2", "volume flow", "l/min", 10, "volume_flow_min_2", "Volume flow l/min 2", 4, "0..60"},
    {"TS1", "temperature", "celsius", 1, "temperature_1", "Temperature 1", 12, "-20..90"},
    {"TS2", "temperature", "celsius", 1, "temperature_2", "Temperature  2", 13, "-20..90"},
    {"TS3", "temperature", "celsius", 1, "temperature_3", "Temperature  3", 14, "-20..90"},
    {"TS4", "temperature", "celsius", 1, "temperature_4", "Temperature  4", 15, "-20..90"},
    {"VS1", "vibration", "mm/s", 1, "vibration", " Vibration mm/s", 16, "0..50"},
    {"CE", "cooling efficiency (virtual)", "percent", 1, "cooling_efficiency", "Cooling efficiency",
     0, "0..100"},
    {"CP", "cooling power (virtual)", "kW", 1, "cooling_power", "Cooling power", 1, "0..10"},
    {"SE", "efficiency factor", "percent", 1, "efficiency_factor_percent", "Efficiency factor", 11,
     "0..120"},
};

const struct dk_condition dk_conditions[DK_CONDITIONS] = {
    {
        .name = "cooler_condition",
        .label = "cooler",
        .key_column = "cooler_id",
        .fraction_column = "cooler_percentage",
        .description_column = "cooler_description",
        .export_column = "cooler_percentage",
        .title = "Cooler condition",
        .description_title = "Cooler description",
        .code_count = 3,
        .codes = {{3, "0.03", "close to total failure"},
                  {20, "0.2", "reduced efficiency"},
                  {100, "1", "full efficiency"}},
    },
    {
        .name = "valve_condition",
        .label = "valve",
        .key_column = "valve_id",
        .fraction_column = "valve_percentage",
        .description_column = "valve_description",
        .export_column = "valve_percentage",
        .title = "Valve condition",
        .description_title = "Valve description",
        .code_count = 4,
        .codes = {{73, "0.73", "close to total failure"},
                  {80, "0.8", "severe lag"},
                  {90, "0.9", "small lag"},
                  {100, "1", "optimal switching behavior"}},
    },
    {
        .name = "internal_pump_leakage",
        .label = "pump",
        .key_column = "leakage_level",
        .fraction_column = NULL,
        .description_column = "pump_description",
        .export_column = "internal_pump_leakage",
        .title = "Internal pump leakage",
        .description_title = "Pump description",
        .code_count = 3,
        .codes = {{0, NULL, "no leakage"}, {1, NULL, "weak leakage"}, {2, NULL, "severe leakage"}},
    },
    {
        .name = "hydraulic_accumulator_bar",
        .label = "accumulator",
        .key_column = "pressure_bar",
        .fraction_column = NULL,
        .description_column = "hydraulic_description",
        .export_column = "hydraulic_accumulator_bar",
        .title = "Hydraulic accumulator bar",
        .description_title = "Hydraulic description",
        .code_count = 4,
        .codes = {{90, NULL, "close to total failure"},
                  {100, NULL, "severely reduced pressure"},
                  {115, NULL, "slightly reduced pressure"},
                  {130, NULL, "optimal pressure"}},
    },
    {
        .name = "stable_flag",
        .label = "stable",
        .key_column = "flag_value",
        .fraction_column = NULL,
        .description_column = "flag_description",
        .export_column = "stable_flag",
        .title = "Stable flag",
        .description_title = "Flag description",
        .code_count = 2,
        .codes = {{0, NULL, "conditions were stable"},
                  {1, NULL, "static conditions might not have been reached yet"}},
    },
};

int dk_sensor_find(const char *name, size_t size)
{
    for (int i = 0; i < DK_SENSORS; i++)
        if (strlen(dk_sensors[i].name) == size && strncasecmp(dk_sensors[i].name, name, size) == 0)
            return i;
    return -1;
}

int dk_condition_code_find(int condition, long code)
{
    const struct dk_condition *row = &dk_conditions[condition];
    for (size_t i = 0; i < row->code_count; i++)
        if (row->codes[i].code == code)
            return (int)i;
    return -1;
}

int dk_condition_label_find(const char *label)
{
    for (int i = 0; i < DK_CONDITIONS; i++)
        if (strcmp(dk_conditions[i].label, label) == 0)
            return i;
    return -1;
}
