/* columns = auto: what a drop is, by the columns of its files and the bursts that are loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "drop_folder.h"

#define ROW_BYTES_MAX 65536

/* A file with one row of so many cells; 0: no file. */
static void put_row(const struct drop_folder *folder, const char *name, size_t cells)
{
    struct dk_buffer row;
    dk_buffer_init(&row, ROW_BYTES_MAX);
    for (size_t i = 0; i < cells; i++)
        dk_buffer_put(&row, i + 1 < cells ? "1\t" : "1\n");
    assert_int_equal(dk_buffer_finish(&row, NULL), DK_OK);
    if (cells > 0)
        drop_folder_put(folder, name, row.data);
    dk_buffer_reset(&row);
}

static void what_the_columns_are(void **state)
{
    enum {
        AUTO = DK_COLUMNS_AUTO,
        COHORTS = DK_COLUMNS_COHORTS,
        SAMPLES = DK_COLUMNS_SAMPLES,
        WELLS = DK_COLUMNS_WELLS
    };
    static const struct {
        const char *name;
        size_t ps1, fs1, ts1; /* columns: of 100, 10 and 1 Hz */
        int set, cohorts;
        int loaded_seconds;
        enum dk_status status;
        int columns; /* resolved */
        const char *says;
    } cases[] = {
        {"a history", 6000, 600, 60, AUTO, 60, 0, DK_OK, COHORTS, ""},
        {"a history of three", 300, 30, 3, AUTO, 3, 0, DK_OK, COHORTS, ""},
        {"one cohort", 100, 10, 1, AUTO, 60, 0, DK_OK, SAMPLES, ""},
        {"one cohort, one sensor", 0, 10, 0, AUTO, 60, 0, DK_OK, SAMPLES, ""},
        {"one cohort, bursts of 2 s loaded", 200, 20, 2, AUTO, 60, 2, DK_OK, SAMPLES, ""},
        {"bursts of 2 s, nothing loaded", 200, 20, 2, AUTO, 60, 0, DK_ERR_DATA, AUTO,
         "neither 60 cohorts side by side (6,000 columns) nor one burst of 1 s (100 columns)"},
        {"bursts of 2 s, others loaded", 200, 20, 2, AUTO, 60, 3, DK_ERR_DATA, AUTO,
         "nor one burst of 3 s (300 columns)"},
        {"cohorts = 1", 100, 10, 1, AUTO, 1, 0, DK_OK, SAMPLES, ""},
        {"cohorts = 1, bursts of 60 s loaded", 6000, 600, 60, AUTO, 1, 60, DK_OK, SAMPLES, ""},
        {"cohorts = 1, bursts of 60 s", 6000, 600, 60, AUTO, 1, 0, DK_ERR_DATA, AUTO,
         "not one burst of 1 s (100 columns)"},
        {"one cohort side by side", 100, 10, 1, COHORTS, 1, 0, DK_OK, SAMPLES, ""},
        {"named by the user", 100, 10, 1, COHORTS, 60, 0, DK_OK, COHORTS, ""},
        {"samples, named by the user", 6000, 600, 60, SAMPLES, 60, 0, DK_OK, SAMPLES, ""},
        {"wells, named by the user", 6000, 600, 60, WELLS, 60, 0, DK_OK, WELLS, ""},
        /* The reading reports it, with its place. */
        {"files that disagree", 6000, 600, 61, AUTO, 60, 0, DK_OK, COHORTS, ""},
        {"no file", 0, 0, 0, AUTO, 60, 0, DK_OK, COHORTS, ""},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct drop_folder folder;
        struct dk_drop drop = {0};
        struct dk_input_settings settings;
        struct dk_error err = {0};
        drop_folder_make(&folder);
        put_row(&folder, "PS1.txt", cases[i].ps1);
        put_row(&folder, "FS1.txt", cases[i].fs1);
        put_row(&folder, "TS1.txt", cases[i].ts1);
        dk_input_settings_init(&settings);
        settings.columns = (enum dk_columns)cases[i].set;
        settings.cohorts = cases[i].cohorts;
        assert_int_equal(dk_drop_open(&drop, folder.path, NULL, NULL, NULL), DK_OK);
        enum dk_status status = dk_drop_resolve(&drop, &settings, cases[i].loaded_seconds, &err);
        print_message("%s: %s\n", cases[i].name, err.message);
        assert_int_equal(status, cases[i].status);
        assert_int_equal(settings.columns, cases[i].columns);
        assert_non_null(strstr(err.message, cases[i].says));
        dk_drop_reset(&drop);
        drop_folder_remove(&folder);
    }
}

/* With alignment = column, cohort c has column c whatever the rate. */
static void by_column(void **state)
{
    static const struct {
        size_t ps1, ts1;
        enum dk_columns columns;
    } cases[] = {{60, 60, DK_COLUMNS_COHORTS}, {6000, 60, DK_COLUMNS_COHORTS}};
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct drop_folder folder;
        struct dk_drop drop = {0};
        struct dk_input_settings settings;
        drop_folder_make(&folder);
        put_row(&folder, "PS1.txt", cases[i].ps1);
        put_row(&folder, "TS1.txt", cases[i].ts1);
        dk_input_settings_init(&settings);
        settings.alignment = DK_ALIGNMENT_COLUMN;
        settings.cohorts = 60;
        assert_int_equal(dk_drop_open(&drop, folder.path, NULL, NULL, NULL), DK_OK);
        assert_int_equal(dk_drop_resolve(&drop, &settings, 0, NULL), DK_OK);
        assert_int_equal(settings.columns, cases[i].columns);
        dk_drop_reset(&drop);
        drop_folder_remove(&folder);
    }
}

static void the_seconds_of_a_burst(void **state)
{
    static const struct {
        enum dk_columns columns;
        enum dk_alignment alignment;
        int first; /* sensor that has a file */
        uint64_t cells;
        int seconds;
    } cases[] = {
        {DK_COLUMNS_SAMPLES, DK_ALIGNMENT_SECOND, 0, 6000, 60}, /* PS1 */
        {DK_COLUMNS_SAMPLES, DK_ALIGNMENT_SECOND, 7, 20, 2},    /* FS1 */
        {DK_COLUMNS_SAMPLES, DK_ALIGNMENT_SECOND, 16, 1, 1},    /* SE */
        {DK_COLUMNS_COHORTS, DK_ALIGNMENT_SECOND, 0, 6000, 1},
        {DK_COLUMNS_WELLS, DK_ALIGNMENT_SECOND, 0, 6000, 1},
        {DK_COLUMNS_SAMPLES, DK_ALIGNMENT_COLUMN, 0, 6000, 0},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_drop drop = {0};
        struct dk_input_settings settings;
        int file = -1;
        dk_input_settings_init(&settings);
        settings.columns = cases[i].columns;
        settings.alignment = cases[i].alignment;
        drop.files[cases[i].first].columns = cases[i].cells;
        assert_int_equal(dk_drop_burst_seconds(&drop, &settings, &file), cases[i].seconds);
        assert_int_equal(file, cases[i].first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_columns_are),
        cmocka_unit_test(by_column),
        cmocka_unit_test(the_seconds_of_a_burst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
