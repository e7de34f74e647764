/* The synthetic drop: shape, repeatability, and that every condition acts on its sensors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/file.h"
#include "base/hash.h"
#include "rig/catalogue.h"
#include "rig/readings.h"
#include "sample/simulation.h"

enum { COOLER, VALVE, PUMP, ACCUMULATOR, FLAG };

/* Least and greatest published value of the sensors that are published in full. */
static const struct {
    const char *sensor;
    double low, high;
} published[] = {
    {"TS1", 34.984, 58.207}, {"TS2", 40.707, 62.176}, {"TS3", 38.145, 59.539},
    {"TS4", 30.355, 53.145}, {"VS1", 0.483, 2.546},   {"CE", 17.042, 48.777},
    {"CP", 1.016, 2.909},    {"SE", 0, 100.6},        {"PS1", 140, 191.92},
    {"PS2", 0, 167.7},       {"PS3", 0, 10.2},        {"PS4", 0, 10.3},
    {"PS5", 8.2, 10.1},      {"PS6", 8.2, 10},        {"EPS1", 2097, 2995.2},
    {"FS1", 0, 20.479},      {"FS2", 8.8, 10.5},
};

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    if (!base || strlen(base) > sizeof(folder) - 32)
        base = "/tmp";
    snprintf(folder, sizeof(folder), "%s/dk-simulation-XXXXXX", base);
    return mkdtemp(folder) ? 0 : -1;
}

/* Removes every file of the folder, and returns how many there were. */
static size_t empty_folder(void)
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    const struct dirent *entry;
    while ((entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *path = dk_path_join(folder, entry->d_name);
        assert_non_null(path);
        assert_int_equal(unlink(path), 0);
        free(path);
        count++;
    }
    closedir(entries);
    return count;
}

static int remove_folder(void **state)
{
    (void)state;
    empty_folder();
    return rmdir(folder);
}

static void write_drop(size_t readings, int cohorts, uint64_t seed, unsigned threads)
{
    struct dk_simulation_settings settings;
    struct dk_error err;
    dk_simulation_settings_init(&settings);
    settings.readings = readings;
    settings.cohorts = cohorts;
    settings.seed = seed;
    settings.threads = threads;
    dk_error_reset(&err);
    enum dk_status status = dk_simulation_write(folder, &settings, NULL, &err);
    if (status != DK_OK)
        fail_msg("%s", err.message);
}

/* The text of one file of the drop, terminated; the caller frees it. */
static char *read_text(const char *name)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s.txt", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size > 0);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    text[size] = '\0';
    fclose(file);
    return text;
}

/* The hash of all files of the drop in catalogue order, the profile last. */
static void hash_drop(char hex[DK_HASH_HEX_MAX])
{
    struct dk_hash hash;
    assert_int_equal(dk_hash_init(&hash, NULL), DK_OK);
    for (size_t i = 0; i <= DK_SENSORS; i++) {
        char *text = read_text(i < DK_SENSORS ? dk_sensors[i].name : "profile");
        assert_int_equal(dk_hash_update(&hash, text, strlen(text), NULL), DK_OK);
        free(text);
    }
    assert_int_equal(dk_hash_finish(&hash, hex, NULL), DK_OK);
    dk_hash_reset(&hash);
}

/* A file of the drop as numbers, rows x columns. */
struct matrix {
    size_t rows, columns;
    double *values; /* owned */
};

/* Reads a file of which every row must have `columns` cells. */
static struct matrix read_matrix(const char *name, size_t rows, size_t columns)
{
    struct matrix matrix = {rows, columns, calloc(rows * columns, sizeof(double))};
    char *text = read_text(name);
    char *at = text;
    assert_non_null(matrix.values);
    for (size_t i = 0; i < rows * columns; i++) {
        char *end = NULL;
        matrix.values[i] = strtod(at, &end);
        assert_ptr_not_equal(end, at);
        assert_int_equal(*end, (i + 1) % columns == 0 ? '\n' : '\t');
        at = end + 1;
    }
    assert_int_equal(*at, '\0');
    free(text);
    return matrix;
}

static double mean_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

static double spread_of(const double *values, size_t count)
{
    double low = values[0], high = values[0];
    for (size_t i = 1; i < count; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    return high - low;
}

/* How many samples the pressure stays above 170 bar, or below 100 bar. */
static double samples_above(const double *values, size_t count)
{
    size_t n = 0;
    while (n < count && values[n] > 170)
        n++;
    return (double)n;
}

static double samples_below(const double *values, size_t count)
{
    size_t n = 0;
    while (n < count && values[n] < 100)
        n++;
    return (double)n;
}

/* The drop for the tests of conditions: it contains each combination of codes. */
enum { ROWS = 441, COHORTS = 12 };

/* The mean of measure(burst of cohort `cohort`) over the stable readings, by the code's index. */
static void measure_by_code(const char *sensor, int cohort, int condition,
                            double (*measure)(const double *, size_t), double *by_code)
{
    int index = dk_sensor_find(sensor, strlen(sensor));
    assert_true(index >= 0);
    size_t rate = (size_t)dk_sensors[index].rate_hz;
    struct matrix matrix = read_matrix(sensor, ROWS, COHORTS * rate);
    struct matrix profile = read_matrix("profile", ROWS, DK_CONDITIONS);
    double counts[DK_CONDITION_CODES_MAX] = {0};
    memset(by_code, 0, DK_CONDITION_CODES_MAX * sizeof(*by_code));
    for (size_t r = 0; r < ROWS; r++) {
        const double *codes = profile.values + r * DK_CONDITIONS;
        if (codes[FLAG] > 0)
            continue;
        int code = dk_condition_code_find(condition, (long)codes[condition]);
        assert_true(code >= 0);
        by_code[code] +=
            measure(matrix.values + r * matrix.columns + (size_t)(cohort - 1) * rate, rate);
        counts[code]++;
    }
    for (size_t code = 0; code < dk_conditions[condition].code_count; code++) {
        assert_true(counts[code] > 0);
        by_code[code] /= counts[code];
    }
    free(matrix.values);
    free(profile.values);
}

/* What increases or decreases with the code, by at least `step` from each code to the next. */
static void test_conditions_act(void **state)
{
    static const struct {
        const char *sensor;
        int cohort, condition;
        double (*measure)(const double *, size_t);
        double step; /* negative: falls */
    } cases[] = {
        {"TS1", 3, COOLER, mean_of, -5},
        {"TS2", 3, COOLER, mean_of, -5},
        {"TS3", 3, COOLER, mean_of, -5},
        {"TS4", 3, COOLER, mean_of, -5},
        {"CE", 3, COOLER, mean_of, 5},
        {"CP", 3, COOLER, mean_of, 0.15},
        {"VS1", 3, COOLER, mean_of, -0.04},
        {"PS5", 3, COOLER, mean_of, 0.4},
        {"FS2", 3, COOLER, mean_of, 0.3},
        {"EPS1", 3, COOLER, mean_of, 15},
        {"FS1", 12, PUMP, mean_of, -0.15},
        {"SE", 12, PUMP, mean_of, -1.5},
        {"PS1", 10, VALVE, samples_above, -3},
        {"PS1", 10, VALVE, mean_of, -1},
        {"PS2", 10, VALVE, samples_below, -3},
        {"PS2", 10, VALVE, mean_of, 1},
        {"SE", 10, VALVE, mean_of, 2},
        {"PS1", 12, ACCUMULATOR, spread_of, -0.03},
        {"PS2", 12, ACCUMULATOR, spread_of, -0.03},
    };
    (void)state;
    write_drop(ROWS, COHORTS, 4, 2);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        double by_code[DK_CONDITION_CODES_MAX];
        int condition = cases[i].condition;
        measure_by_code(cases[i].sensor, cases[i].cohort, condition, cases[i].measure, by_code);
        for (size_t code = 1; code < dk_conditions[condition].code_count; code++) {
            double change = by_code[code] - by_code[code - 1];
            if (change / cases[i].step < 1)
                fail_msg("%s under %s: %g at code %d, %g at code %d", cases[i].sensor,
                         dk_conditions[condition].name, by_code[code - 1],
                         dk_conditions[condition].codes[code - 1].code, by_code[code],
                         dk_conditions[condition].codes[code].code);
        }
    }
    empty_folder();
}

/* While the flag is set, temperatures move more from one reading to the next. */
static void test_flag_means_transient(void **state)
{
    (void)state;
    write_drop(2205, 1, 4, 0);
    struct matrix oil = read_matrix("TS1", 2205, 1);
    struct matrix profile = read_matrix("profile", 2205, DK_CONDITIONS);
    double moved[2] = {0}, counts[2] = {0};
    for (size_t r = 0; r + 1 < oil.rows; r++) {
        size_t flag = profile.values[r * DK_CONDITIONS + FLAG] > 0 ? 1 : 0;
        double change = oil.values[r + 1] - oil.values[r];
        moved[flag] += change < 0 ? -change : change;
        counts[flag]++;
    }
    assert_true(moved[1] / counts[1] > 1.5 * moved[0] / counts[0]);
    free(oil.values);
    free(profile.values);
    empty_folder();
}

/* A plan stretched over more readings still moves smoothly: no reading falls back. */
static void test_stretched_plan_is_smooth(void **state)
{
    (void)state;
    write_drop(8820, 1, 4, 0);
    struct matrix oil = read_matrix("TS1", 8820, 1);
    size_t falls = 0;
    for (size_t r = 0; r + 1 < 40; r++)
        falls += oil.values[r + 1] < oil.values[r];
    assert_int_equal(falls, 0);
    assert_true(oil.values[40] > oil.values[0] + 5);
    free(oil.values);
    empty_folder();
}

static void test_plan_has_published_counts(void **state)
{
    static const struct {
        int condition, code;
        size_t count;
    } cases[] = {
        {COOLER, 3, 732},        {COOLER, 20, 732},       {COOLER, 100, 741},
        {VALVE, 100, 1125},      {VALVE, 90, 360},        {VALVE, 80, 360},
        {VALVE, 73, 360},        {PUMP, 0, 1221},         {PUMP, 1, 492},
        {PUMP, 2, 492},          {ACCUMULATOR, 130, 599}, {ACCUMULATOR, 115, 399},
        {ACCUMULATOR, 100, 399}, {ACCUMULATOR, 90, 808},  {FLAG, 0, 1449},
        {FLAG, 1, 756},
    };
    (void)state;
    write_drop(2205, 1, 1, 0);
    struct matrix profile = read_matrix("profile", 2205, DK_CONDITIONS);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t count = 0;
        for (size_t r = 0; r < profile.rows; r++)
            if ((int)profile.values[r * DK_CONDITIONS + (size_t)cases[i].condition] ==
                cases[i].code)
                count++;
        assert_int_equal(count, cases[i].count);
    }
    free(profile.values);
    empty_folder();
}

static void test_same_seed_same_bytes(void **state)
{
    static const unsigned threads[] = {1, 2, 5};
    char first[DK_HASH_HEX_MAX], other[DK_HASH_HEX_MAX];
    (void)state;
    write_drop(40, 13, 7, 1);
    hash_drop(first);
    for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
        empty_folder();
        write_drop(40, 13, 7, threads[i]);
        hash_drop(other);
        assert_string_equal(first, other);
    }
    empty_folder();
    write_drop(40, 13, 8, 2);
    hash_drop(other);
    assert_string_not_equal(first, other);
    empty_folder();
}

/* Every machine must produce these bytes. If you change the model on purpose, change this hash. */
static void test_bytes_are_portable(void **state)
{
    char hex[DK_HASH_HEX_MAX];
    (void)state;
    write_drop(63, 61, 20080326, 2);
    hash_drop(hex);
    assert_string_equal(hex, "4bb5a57bd61c15dc0c01e00c647f8642f5218bcad07d8630f010d883fc610ab8");
    empty_folder();
}

/* The noise of a sensor doesn't repeat with the cycle, its level does. */
static void test_cycle_repeats_each_minute(void **state)
{
    (void)state;
    write_drop(30, 120, 5, 2);
    struct matrix flow = read_matrix("FS1", 30, 120 * 10);
    struct matrix gauge = read_matrix("SE", 30, 120);
    size_t same = 0, shut = 0;
    for (size_t r = 0; r < flow.rows; r++) {
        for (size_t burst = 0; burst < 60; burst++) {
            const double *first = flow.values + r * flow.columns + burst * 10;
            double change = mean_of(first, 10) - mean_of(first + 600, 10);
            assert_true(change < 0.5 && change > -0.5);
            same += memcmp(first, first + 600, 10 * sizeof(*first)) == 0;
        }
        for (size_t burst = 0; burst < 120; burst++)
            shut += gauge.values[r * gauge.columns + burst] <= 0;
    }
    assert_int_equal(same, 0);
    assert_int_equal(shut, 30 * 2 * 8);
    free(flow.values);
    free(gauge.values);
    empty_folder();
}

/* Each cell is canonical, with no more decimals and digits than the published files have. */
static void test_cells_are_canonical(void **state)
{
    (void)state;
    write_drop(12, 60, 3, 2);
    for (size_t s = 0; s < DK_SENSORS; s++) {
        char *text = read_text(dk_sensors[s].name);
        size_t cells = 0;
        for (char *at = text; *at != '\0';) {
            size_t size = strcspn(at, "\t\n");
            char canonical[DK_DECIMAL_TEXT_MAX];
            dk_decimal value;
            assert_int_equal(dk_decimal_parse(at, size, &value), DK_DECIMAL_GOOD);
            assert_int_equal(dk_decimal_format(value, canonical), size);
            assert_memory_equal(canonical, at, size);
            assert_true(dk_decimal_scale(value) <= 3);
            assert_true(dk_decimal_mantissa(value) >= 0);
            assert_true(dk_decimal_mantissa(value) < 100000);
            at += size + 1;
            cells++;
        }
        assert_int_equal(cells, 12 * 60 * dk_sensors[s].rate_hz);
        free(text);
    }
    empty_folder();
}

static void test_values_stay_in_range(void **state)
{
    (void)state;
    write_drop(105, 60, 6, 2);
    assert_int_equal(sizeof(published) / sizeof(published[0]), DK_SENSORS);
    for (size_t i = 0; i < DK_SENSORS; i++) {
        int sensor = dk_sensor_find(published[i].sensor, strlen(published[i].sensor));
        assert_true(sensor >= 0);
        struct matrix matrix =
            read_matrix(published[i].sensor, 105, 60 * (size_t)dk_sensors[sensor].rate_hz);
        double low = published[i].low, high = published[i].high;
        for (size_t v = 0; v < matrix.rows * matrix.columns; v++)
            if (matrix.values[v] < low || matrix.values[v] > high)
                fail_msg("%s: %g", published[i].sensor, matrix.values[v]);
        /* It is not constant either. */
        assert_true(spread_of(matrix.values, matrix.columns) > 0.01);
        free(matrix.values);
    }
    empty_folder();
}

static void test_smallest_drop(void **state)
{
    (void)state;
    write_drop(1, 1, 0, 3);
    for (size_t s = 0; s < DK_SENSORS; s++)
        free(read_matrix(dk_sensors[s].name, 1, (size_t)dk_sensors[s].rate_hz).values);
    free(read_matrix("profile", 1, DK_CONDITIONS).values);
    assert_int_equal(empty_folder(), DK_SENSORS + 1);
}

static void test_makes_the_folder(void **state)
{
    char base[sizeof(folder)];
    (void)state;
    memcpy(base, folder, sizeof(base));
    strncat(folder, "/a", sizeof(folder) - strlen(folder) - 1);
    write_drop(2, 2, 0, 1);
    assert_int_equal(empty_folder(), DK_SENSORS + 1);
    assert_int_equal(rmdir(folder), 0);
    memcpy(folder, base, sizeof(base));
}

static void test_refuses_to_overwrite(void **state)
{
    static const char *const names[] = {"PS1.txt", "ts4.TXT", "profile.txt", "Profile.txt"};
    struct dk_simulation_settings settings;
    (void)state;
    dk_simulation_settings_init(&settings);
    settings.readings = 1;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct dk_error err;
        struct dk_file file;
        char *path = dk_path_join(folder, names[i]);
        assert_non_null(path);
        assert_int_equal(dk_file_create(&file, path, NULL), DK_OK);
        assert_int_equal(dk_file_commit(&file, NULL), DK_OK);
        assert_int_equal(dk_simulation_write(folder, &settings, NULL, &err), DK_ERR_FAILED);
        assert_int_equal(err.status, DK_ERR_FAILED);
        assert_non_null(strstr(err.message, names[i]));
        assert_true(err.hint[0] != '\0');
        assert_int_equal(dk_simulation_write(folder, &settings, NULL, NULL), DK_ERR_FAILED);
        free(path);
        assert_int_equal(empty_folder(), 1);
    }
}

static void test_refuses_sizes_out_of_bounds(void **state)
{
    static const struct {
        size_t readings;
        int cohorts;
    } cases[] = {
        {0, 1}, {1, 0}, {1, -1}, {DK_SIMULATION_READINGS_MAX + 1, 1}, {1, DK_COHORT_MAX + 1}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_error err;
        struct dk_simulation_settings settings = {.readings = cases[i].readings,
                                                  .cohorts = cases[i].cohorts};
        assert_int_equal(dk_simulation_write(folder, &settings, NULL, &err), DK_ERR_USAGE);
        assert_true(err.hint[0] != '\0');
        assert_int_equal(empty_folder(), 0);
    }
}

/* A file that can't grow (as on a full disk) leaves nothing behind. */
static void test_failed_write_leaves_nothing(void **state)
{
    struct dk_simulation_settings settings;
    struct dk_error err;
    struct rlimit before, tight;
    (void)state;
    dk_simulation_settings_init(&settings);
    settings.readings = 20;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 100000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    enum dk_status status = dk_simulation_write(folder, &settings, NULL, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, DK_ERR_IO);
    assert_int_equal(empty_folder(), 0);
}

static void remember_progress(void *context, const char *step, uint64_t done, uint64_t total,
                              const char *unit)
{
    uint64_t *most = context;
    assert_string_equal(step, "sample");
    assert_string_equal(unit, "values");
    assert_int_equal(total, 3 * 2 * 728);
    assert_true(done <= total);
    *most = done > *most ? done : *most;
}

static void test_reports_progress(void **state)
{
    uint64_t most = 0;
    struct dk_observer observer = {.context = &most, .progress = remember_progress};
    struct dk_simulation_settings settings = {.readings = 3, .cohorts = 2, .threads = 1};
    (void)state;
    assert_int_equal(dk_simulation_write(folder, &settings, &observer, NULL), DK_OK);
    assert_int_equal(most, 3 * 2 * 728);
    empty_folder();
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(test_conditions_act),
        in_folder(test_flag_means_transient),
        in_folder(test_stretched_plan_is_smooth),
        in_folder(test_plan_has_published_counts),
        in_folder(test_same_seed_same_bytes),
        in_folder(test_bytes_are_portable),
        in_folder(test_cycle_repeats_each_minute),
        in_folder(test_cells_are_canonical),
        in_folder(test_values_stay_in_range),
        in_folder(test_smallest_drop),
        in_folder(test_makes_the_folder),
        in_folder(test_refuses_to_overwrite),
        in_folder(test_refuses_sizes_out_of_bounds),
        in_folder(test_failed_write_leaves_nothing),
        in_folder(test_reports_progress),
    };
    return cmocka_run_group_tests_name("simulation", tests, NULL, NULL);
}
