/* Every layout to the byte, on tables small enough to read. */
#include "test_export_table.h"

#include <stdio.h>

#define HISTORICAL_HEADER                                                                          \
    "rig_name,cohort,date_time,cumulative_minutes,cooler_percentage,cooler_description,"           \
    "valve_percentage,valve_description,internal_pump_leakage,pump_description,"                   \
    "hydraulic_accumulator_bar,hydraulic_description,stable_flag,flag_description,"                \
    "pressure_bar_1,pressure_bar_2,pressure_bar_3,pressure_bar_4,pressure_bar_5,pressure_bar_6,"   \
    "motor_power_w,volume_flow_min_1,volume_flow_min_2,temperature_1,temperature_2,"               \
    "temperature_3,temperature_4,vibration,cooling_efficiency,cooling_power,"                      \
    "efficiency_factor_percent\n"

#define TEMPLATE_HEADER                                                                            \
    ",Time,Cooling efficiency,Cooling power,Motor power W,Volume flow l/min 1,Volume flow l/min "  \
    "2,Pressure bar 1,Pressure bar 2,Pressure bar 3,Pressure bar 4,Pressure bar 5,Pressure bar "   \
    "6,Efficiency factor,Temperature 1,Temperature  2,Temperature  3,Temperature  4, Vibration "   \
    "mm/s,Date"

#define TEMPLATE_PROFILE_HEADER                                                                    \
    ",Cooler condition,Cooler description,Valve condition,Valve description,Internal pump "        \
    "leakage,Pump description,Hydraulic accumulator bar,Hydraulic description,Stable flag,Flag "   \
    "description"

static const int best_codes[DK_CONDITIONS] = {100, 100, 0, 130, 0};
static const int worst_codes[DK_CONDITIONS] = {3, 73, 2, 90, 1};
static const int middle_codes[DK_CONDITIONS] = {20, 80, 1, 115, 1};

/* Two rigs, the second one in cohort 2, two readings: missing, negative, tiny and huge values. */
static void small_table(struct dk_readings *readings)
{
    table_init(readings, 2, 2);
    readings->series[1].well.number = 12;
    table_set_profile(readings, 0, best_codes);
    table_set_profile(readings, 1, worst_codes);
    table_set(readings, "PS1", 0, 1, "");
    table_set(readings, "PS2", 0, 1, "-0.07");
    table_set(readings, "VS1", 0, 0, "-12.5");
    table_set(readings, "SE", 0, 0, "");
    table_set(readings, "EPS1", 1, 0, "100000000000000000");
    table_set(readings, "CE", 1, 1, "0.000000000001");
    table_set(readings, "CP", 1, 1, "-123456789.123456");
}

static void historical_is_exact(void **state)
{
    (void)state;
    struct dk_readings readings;
    small_table(&readings);
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL, .threads = 1};
    char *text = table_text(&readings, &settings);
    assert_string_equal(
        text, HISTORICAL_HEADER
        "texas-1,1,2008-03-26 00:00:00,0,1,full efficiency,1,optimal switching behavior,0,no "
        "leakage,130,optimal pressure,0,conditions were stable,"
        "1,2,3,4,5,6,7,8,9,10,11,12,13,-12.5,15,16,\n"
        "texas-1,1,2008-03-26 01:00:00,60,0.03,close to total failure,0.73,close to total "
        "failure,2,severe leakage,90,close to total failure,1,static conditions might not have "
        "been reached yet,"
        ",-0.07,3.01,4.01,5.01,6.01,7.01,8.01,9.01,10.01,11.01,12.01,13.01,14.01,15.01,16.01,"
        "17.01\n"
        "texas-12,2,2008-06-26 00:00:00,0,1,full efficiency,1,optimal switching behavior,0,no "
        "leakage,130,optimal pressure,0,conditions were stable,"
        "1.1,2.1,3.1,4.1,5.1,6.1,100000000000000000,8.1,9.1,10.1,11.1,12.1,13.1,14.1,15.1,16.1,"
        "17.1\n"
        "texas-12,2,2008-06-26 01:00:00,60,0.03,close to total failure,0.73,close to total "
        "failure,2,severe leakage,90,close to total failure,1,static conditions might not have "
        "been reached yet,"
        "1.11,2.11,3.11,4.11,5.11,6.11,7.11,8.11,9.11,10.11,11.11,12.11,13.11,14.11,"
        "0.000000000001,-123456789.123456,17.11\n");
    free(text);
    dk_readings_reset(&readings);
}

static void template_is_exact(void **state)
{
    (void)state;
    struct dk_readings readings;
    small_table(&readings);
    table_set_profile(&readings, 1, middle_codes);
    const struct dk_export_settings settings = {.format = DK_FORMAT_TEMPLATE, .threads = 1};
    char *text = table_text(&readings, &settings);
    assert_string_equal(
        text, TEMPLATE_HEADER TEMPLATE_PROFILE_HEADER
        "\n"
        "0,0,15,16,7,8,9,1,2,3,4,5,6,,10,11,12,13,-12.5,2008-03-26 00:00:00,"
        "100,full efficiency,100,optimal switching behavior,0,no leakage,130,optimal pressure,0,"
        "conditions were stable\n"
        "60,60,15.01,16.01,7.01,8.01,9.01,,-0.07,3.01,4.01,5.01,6.01,17.01,10.01,11.01,12.01,"
        "13.01,14.01,2008-03-26 01:00:00,"
        "20,reduced efficiency,80,severe lag,1,weak leakage,115,slightly reduced pressure,1,"
        "static conditions might not have been reached yet\n"
        "0,0,15.1,16.1,100000000000000000,8.1,9.1,1.1,2.1,3.1,4.1,5.1,6.1,17.1,10.1,11.1,12.1,"
        "13.1,14.1,2008-06-26 00:00:00,"
        "100,full efficiency,100,optimal switching behavior,0,no leakage,130,optimal pressure,0,"
        "conditions were stable\n"
        "60,60,0.000000000001,-123456789.123456,7.11,8.11,9.11,1.11,2.11,3.11,4.11,5.11,6.11,"
        "17.11,10.11,11.11,12.11,13.11,14.11,2008-06-26 01:00:00,"
        "20,reduced efficiency,80,severe lag,1,weak leakage,115,slightly reduced pressure,1,"
        "static conditions might not have been reached yet\n");
    free(text);
    dk_readings_reset(&readings);
}

/* The bare template needs no profile: it is written even without one. */
static void bare_template_is_exact(void **state)
{
    (void)state;
    struct dk_readings readings;
    table_init(&readings, 1, 2);
    dk_profile_reset(&readings.profile);
    const struct dk_export_settings settings = {
        .format = DK_FORMAT_TEMPLATE, .no_profile = true, .threads = 1};
    char *text = table_text(&readings, &settings);
    assert_string_equal(text, TEMPLATE_HEADER
                        "\n"
                        "0,0,15,16,7,8,9,1,2,3,4,5,6,17,10,11,12,13,14,2008-03-26 00:00:00\n"
                        "60,60,15.01,16.01,7.01,8.01,9.01,1.01,2.01,3.01,4.01,5.01,6.01,"
                        "17.01,10.01,11.01,12.01,13.01,14.01,2008-03-26 01:00:00\n");
    free(text);
    dk_readings_reset(&readings);
}

static void sagemaker_is_exact(void **state)
{
    (void)state;
    static const char values[] =
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n"
        "%s,1.01,2.01,3.01,4.01,5.01,6.01,7.01,8.01,9.01,10.01,11.01,12.01,13.01,14.01,15.01,"
        "16.01,17.01\n"
        "%s,1.02,-2.02,,4.02,5.02,6.02,7.02,8.02,9.02,10.02,11.02,12.02,13.02,14.02,15.02,"
        "16.02,17.02\n";
    /* Labels of best, worst, middle: the index of the code in ascending order. */
    static const struct {
        const char *label;
        const char *classes[3];
    } cases[DK_CONDITIONS] = {
        {"cooler", {"2", "0", "1"}},      {"valve", {"3", "0", "1"}},  {"pump", {"0", "2", "1"}},
        {"accumulator", {"3", "0", "2"}}, {"stable", {"0", "1", "1"}},
    };
    struct dk_readings readings;
    table_init(&readings, 1, 3);
    table_set_profile(&readings, 0, best_codes);
    table_set_profile(&readings, 1, worst_codes);
    table_set_profile(&readings, 2, middle_codes);
    table_set(&readings, "PS2", 0, 2, "-2.02");
    table_set(&readings, "PS3", 0, 2, "");
    for (size_t i = 0; i < DK_CONDITIONS; i++) {
        const struct dk_export_settings settings = {.format = DK_FORMAT_SAGEMAKER,
                                                    .label =
                                                        dk_condition_label_find(cases[i].label),
                                                    .threads = 1};
        char expected[1024];
        int head = snprintf(expected, sizeof(expected), "%s,", cases[i].classes[0]);
        snprintf(expected + head, sizeof(expected) - (size_t)head, values, cases[i].classes[1],
                 cases[i].classes[2]);
        char *text = table_text(&readings, &settings);
        assert_string_equal(text, expected);
        free(text);
    }
    dk_readings_reset(&readings);
}

static void sagemaker_refuses_an_unknown_label(void **state)
{
    (void)state;
    static const int labels[] = {-1, DK_CONDITIONS};
    for (size_t i = 0; i < 2; i++) {
        struct dk_error err;
        struct dk_export *export = NULL;
        struct dk_buffer text;
        dk_buffer_init(&text, TEXT_CEILING_BYTES);
        const struct dk_export_settings settings = {.format = DK_FORMAT_SAGEMAKER,
                                                    .label = labels[i]};
        assert_int_equal(dk_export_open_sink(&export, &settings, dk_sink_buffer(&text), &err),
                         DK_ERR_USAGE);
        assert_null(export);
    }
}

/* --- sensors ---------------------------------------------------------------------------------- */

static void assert_file(const struct folder *folder, const char *name, const char *expected)
{
    char text[4096];
    char *path = dk_path_join(folder->path, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof(text) - 1, file);
    text[size] = '\0';
    assert_string_equal(text, expected);
    fclose(file);
    free(path);
}

#define SENSORS_HEADER                                                                             \
    "sensor_value,sensor_name,cohort,date_time,cumulative_minutes,target_condition\n"
#define PROFILE_HEADER                                                                             \
    "cooler_condition,valve_condition,internal_pump_leakage,hydraulic_accumulator_bar,"            \
    "stable_flag\n"

static void sensors_are_exact(void **state)
{
    (void)state;
    struct dk_error err;
    struct folder folder = folder_make();
    struct dk_readings readings;
    small_table(&readings);
    struct dk_export *export = NULL;
    struct dk_export_result result;
    const struct dk_export_settings settings = {.format = DK_FORMAT_SENSORS, .threads = 1};
    assert_ok(dk_export_open(&export, &settings, folder.path, true, &err));
    assert_ok(dk_export_append(export, &readings, 0, 2, &err));
    assert_ok(dk_export_commit(export, &result, &err));
    dk_export_close(export);

    assert_int_equal(result.rows, 4);
    assert_int_equal(result.files, DK_SENSORS + 1);
    assert_string_equal(result.hash, "");
    assert_file(&folder, "PS1.csv",
                SENSORS_HEADER "1,PS1,1,2008-03-26 00:00:00,0,1\n"
                               ",PS1,1,2008-03-26 01:00:00,60,2\n"
                               "1.1,PS1,2,2008-06-26 00:00:00,0,1\n"
                               "1.11,PS1,2,2008-06-26 01:00:00,60,2\n");
    assert_file(&folder, "CP.csv",
                SENSORS_HEADER "16,CP,1,2008-03-26 00:00:00,0,1\n"
                               "16.01,CP,1,2008-03-26 01:00:00,60,2\n"
                               "16.1,CP,2,2008-06-26 00:00:00,0,1\n"
                               "-123456789.123456,CP,2,2008-06-26 01:00:00,60,2\n");
    assert_file(&folder, "profile.csv", PROFILE_HEADER "100,100,0,130,0\n3,73,2,90,1\n");
    dk_readings_reset(&readings);
    assert_int_equal(folder_remove(&folder), DK_SENSORS + 1);
}

/* If cohorts have different profiles, target_condition is still the row of profile.csv. */
static void sensors_number_several_profiles_on(void **state)
{
    (void)state;
    struct dk_error err;
    struct folder folder = folder_make();
    struct dk_readings first;
    struct dk_readings second;
    table_init(&first, 1, 2);
    table_init(&second, 2, 1);
    table_set_profile(&first, 0, best_codes);
    table_set_profile(&first, 1, worst_codes);
    table_set_profile(&second, 0, middle_codes);
    struct dk_export *export = NULL;
    const struct dk_export_settings settings = {.format = DK_FORMAT_SENSORS, .threads = 2};
    assert_ok(dk_export_open(&export, &settings, folder.path, false, &err));
    assert_ok(dk_export_append(export, &first, 0, 1, &err));
    assert_ok(dk_export_append(export, &second, 0, 1, &err));
    assert_ok(dk_export_append(export, &second, 1, 1, &err));
    assert_ok(dk_export_append(export, &first, 0, 1, &err));
    assert_ok(dk_export_commit(export, NULL, &err));
    dk_export_close(export);

    assert_file(&folder, "VS1.csv",
                SENSORS_HEADER "14,VS1,1,2008-03-26 00:00:00,0,1\n"
                               "14.01,VS1,1,2008-03-26 01:00:00,60,2\n"
                               "14,VS1,1,2008-03-26 00:00:00,0,3\n"
                               "14.1,VS1,2,2008-06-26 00:00:00,0,3\n"
                               "14,VS1,1,2008-03-26 00:00:00,0,1\n"
                               "14.01,VS1,1,2008-03-26 01:00:00,60,2\n");
    assert_file(&folder, "profile.csv",
                PROFILE_HEADER "100,100,0,130,0\n3,73,2,90,1\n20,80,1,115,1\n");
    dk_readings_reset(&first);
    dk_readings_reset(&second);
    folder_remove(&folder);
}

/* A sensor missing from the drop still gets a file, with all rows and empty values. */
static void absent_sensor_has_empty_values(void **state)
{
    (void)state;
    struct dk_error err;
    struct folder folder = folder_make();
    struct dk_readings readings;
    table_init(&readings, 1, 2);
    readings.present[dk_sensor_find("FS2", 3)] = false;
    table_set(&readings, "FS2", 0, 0, "");
    table_set(&readings, "FS2", 0, 1, "");
    struct dk_export *export = NULL;
    const struct dk_export_settings settings = {.format = DK_FORMAT_SENSORS, .threads = 1};
    assert_ok(dk_export_open(&export, &settings, folder.path, false, &err));
    assert_ok(dk_export_append(export, &readings, 0, 1, &err));
    assert_ok(dk_export_commit(export, NULL, &err));
    dk_export_close(export);
    assert_file(&folder, "FS2.csv",
                SENSORS_HEADER ",FS2,1,2008-03-26 00:00:00,0,1\n"
                               ",FS2,1,2008-03-26 01:00:00,60,2\n");
    dk_readings_reset(&readings);
    folder_remove(&folder);
}

static void sensors_are_no_stream(void **state)
{
    (void)state;
    struct dk_error err;
    struct dk_export *export = NULL;
    struct dk_buffer text;
    dk_buffer_init(&text, TEXT_CEILING_BYTES);
    const struct dk_export_settings settings = {.format = DK_FORMAT_SENSORS};
    assert_int_equal(dk_export_open_sink(&export, &settings, dk_sink_buffer(&text), &err),
                     DK_ERR_USAGE);
    assert_null(export);
    assert_int_equal(text.size, 0);
}

/* --- formats ---------------------------------------------------------------------------------- */

static void formats_have_names(void **state)
{
    (void)state;
    static const char *const words[DK_FORMAT_COUNT] = {
        "historical", "template", "sensors", "sagemaker", "parquet", "samples", "features"};
    for (int i = 0; i < DK_FORMAT_COUNT; i++) {
        assert_string_equal(dk_format_name((enum dk_format)i), words[i]);
        assert_int_equal(dk_format_find(words[i]), i);
    }
    assert_int_equal(dk_format_find("orc"), -1);
    assert_int_equal(dk_format_find(""), -1);
    assert_string_equal(dk_format_file_name(DK_FORMAT_HISTORICAL),
                        "oil-well-data-all-historical.csv");
    assert_string_equal(dk_format_file_name(DK_FORMAT_TEMPLATE), "oil-well-data-template.csv");
    assert_string_equal(dk_format_file_name(DK_FORMAT_SAGEMAKER), "oil-well-data-sagemaker.csv");
    assert_string_equal(dk_format_file_name(DK_FORMAT_PARQUET),
                        "oil-well-data-all-historical.parquet");
    assert_null(dk_format_file_name(DK_FORMAT_SENSORS));
    assert_null(dk_format_file_name(DK_FORMAT_SAMPLES));
    assert_string_equal(dk_format_file_name(DK_FORMAT_FEATURES), "features.parquet");
}

/* No readings: only the header; SageMaker's file has no header and is empty. */
static void empty_exports_have_their_header(void **state)
{
    (void)state;
    static const struct {
        struct dk_export_settings settings;
        const char *text;
    } cases[] = {
        {{.format = DK_FORMAT_HISTORICAL}, HISTORICAL_HEADER},
        {{.format = DK_FORMAT_TEMPLATE}, TEMPLATE_HEADER TEMPLATE_PROFILE_HEADER "\n"},
        {{.format = DK_FORMAT_TEMPLATE, .no_profile = true}, TEMPLATE_HEADER "\n"},
        {{.format = DK_FORMAT_SAGEMAKER}, ""},
    };
    struct dk_readings readings;
    table_init(&readings, 1, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = table_text(&readings, &cases[i].settings);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
    dk_readings_reset(&readings);
}

/* The clock advances past midnight, month and leap day, with intervals that do not divide a day. */
static void date_times_follow_the_calendar(void **state)
{
    (void)state;
    static const struct {
        int64_t start;
        int32_t interval;
    } cases[] = {
        {0, 60}, {-100000, 7}, {20147039, 1}, {20147039, 1440}, {20147039, 1441}, {5, 100000},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_readings readings;
        table_init(&readings, 1, 3000);
        readings.series[0].start_minute = cases[i].start;
        readings.series[0].interval_minutes = cases[i].interval;
        const struct dk_export_settings settings = {
            .format = DK_FORMAT_TEMPLATE, .no_profile = true, .threads = 2};
        char *text = table_text(&readings, &settings);
        char *line = strchr(text, '\n') + 1;
        for (int64_t r = 0; r < 3000; r++) {
            char *end = strchr(line, '\n');
            assert_non_null(end);
            char expected[DK_DATE_TIME_SIZE];
            dk_date_time_format(cases[i].start + r * cases[i].interval, expected);
            assert_memory_equal(end - DK_DATE_TIME_SIZE, expected, DK_DATE_TIME_SIZE);
            assert_int_equal(strtoll(line, NULL, 10), r * cases[i].interval);
            line = end + 1;
        }
        free(text);
        dk_readings_reset(&readings);
    }
}

/* All 288 combinations, against the descriptions of the catalogue. */
static void conditions_follow_the_catalogue(void **state)
{
    (void)state;
    struct dk_readings readings;
    table_init(&readings, 1, 288);
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL, .threads = 1};
    char *text = table_text(&readings, &settings);
    char *line = strchr(text, '\n') + 1;
    for (size_t r = 0; r < 288; r++) {
        char expected[1024] = "";
        size_t size = 0;
        for (size_t i = 0; i < DK_CONDITIONS; i++) {
            const struct dk_condition_code *code =
                &dk_conditions[i].codes[readings.profile.codes[r][i]];
            char number[16];
            snprintf(number, sizeof(number), "%d", code->code);
            size += (size_t)snprintf(expected + size, sizeof(expected) - size, ",%s,%s",
                                     code->fraction ? code->fraction : number, code->description);
        }
        char *end = strchr(line, '\n');
        *end = '\0';
        assert_non_null(strstr(line, expected));
        line = end + 1;
    }
    free(text);
    dk_readings_reset(&readings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(historical_is_exact),
        cmocka_unit_test(template_is_exact),
        cmocka_unit_test(bare_template_is_exact),
        cmocka_unit_test(sagemaker_is_exact),
        cmocka_unit_test(sagemaker_refuses_an_unknown_label),
        cmocka_unit_test(sensors_are_exact),
        cmocka_unit_test(sensors_number_several_profiles_on),
        cmocka_unit_test(absent_sensor_has_empty_values),
        cmocka_unit_test(sensors_are_no_stream),
        cmocka_unit_test(formats_have_names),
        cmocka_unit_test(empty_exports_have_their_header),
        cmocka_unit_test(date_times_follow_the_calendar),
        cmocka_unit_test(conditions_follow_the_catalogue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
