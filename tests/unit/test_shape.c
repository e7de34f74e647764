/* What the column counts of a drop's files say about columns = auto, and what a drop is resolved
 * to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "drop_folder.h"
#include "input/shape.h"

#define HZ1 9 /* TS1, the first sensor of 1 Hz */

/* --- counts --------------------------------------------------------------------------------- */

/* Every file has `bursts` bursts of one second, times `seconds`. */
static void fill(uint64_t columns[DK_SENSORS], uint64_t bursts)
{
    for (int i = 0; i < DK_SENSORS; i++)
        columns[i] = bursts * (uint64_t)dk_sensors[i].rate_hz;
}

static void counts_that_agree(void **state)
{
    static const struct {
        uint64_t bursts;
        int cohorts;
        enum dk_shape_kind kind;
        uint64_t seconds;
    } cases[] = {
        {60, 60, DK_SHAPE_HISTORY, 0},   {1, 60, DK_SHAPE_COHORT, 1},
        {30, 60, DK_SHAPE_COHORT, 30},   {61, 60, DK_SHAPE_COHORT, 61},
        {120, 60, DK_SHAPE_COHORT, 120}, {2, 2, DK_SHAPE_HISTORY, 0},
        {1, 2, DK_SHAPE_COHORT, 1},      {1, 1, DK_SHAPE_COHORT, 1},
        {60, 1, DK_SHAPE_COHORT, 60},    {0, 60, DK_SHAPE_UNKNOWN, 0},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++)
        for (int by_column = 0; by_column < 2; by_column++) {
            uint64_t columns[DK_SENSORS];
            fill(columns, cases[i].bursts);
            struct dk_shape shape = dk_shape_find(columns, cases[i].cohorts, by_column != 0);
            assert_int_equal(shape.kind, cases[i].kind);
            assert_int_equal(shape.seconds, cases[i].seconds);
            assert_int_equal(shape.file, cases[i].kind == DK_SHAPE_UNKNOWN ? -1 : 0);
        }
}

static void most_files_decide(void **state)
{
    (void)state;
    uint64_t columns[DK_SENSORS];
    fill(columns, 60);
    columns[0] = 100; /* one file is a quarter */
    columns[1] = 0;   /* one can't be read */
    columns[2] = 150; /* one is not a whole burst */
    struct dk_shape shape = dk_shape_find(columns, 60, false);
    assert_int_equal(shape.kind, DK_SHAPE_HISTORY);
    assert_int_equal(shape.file, 3);
    /* Nothing but half bursts. */
    for (int i = 0; i < DK_SENSORS; i++)
        columns[i] = i < HZ1 ? 5 : 0;
    assert_int_equal(dk_shape_find(columns, 60, false).kind, DK_SHAPE_UNKNOWN);
    /* A tie goes to the first file. */
    memset(columns, 0, sizeof(columns));
    columns[0] = 100;
    columns[HZ1] = 60;
    shape = dk_shape_find(columns, 60, false);
    assert_int_equal(shape.kind, DK_SHAPE_COHORT);
    assert_int_equal(shape.file, 0);
    columns[HZ1 + 1] = 60;
    assert_int_equal(dk_shape_find(columns, 60, false).kind, DK_SHAPE_HISTORY);
}

/* alignment = column: a history may have one column per cohort in every file. */
static void counts_by_column(void **state)
{
    (void)state;
    uint64_t columns[DK_SENSORS];
    for (int i = 0; i < DK_SENSORS; i++)
        columns[i] = 60;
    assert_int_equal(dk_shape_find(columns, 60, true).kind, DK_SHAPE_HISTORY);
    for (int i = 0; i < DK_SENSORS; i++)
        columns[i] = 1;
    struct dk_shape shape = dk_shape_find(columns, 60, true);
    assert_int_equal(shape.kind, DK_SHAPE_COHORT);
    assert_int_equal(shape.seconds, 1);
    /* A quarter is not a history of two cohorts just because 100 is divisible by 2. */
    fill(columns, 1);
    assert_int_equal(dk_shape_find(columns, 2, true).kind, DK_SHAPE_COHORT);
}

/* --- drops ---------------------------------------------------------------------------------- */

struct resolved {
    enum dk_status status;
    enum dk_columns columns;
    struct dk_error error;
};

static struct resolved resolve(const struct drop_folder *folder, enum dk_columns columns,
                               int cohorts, int loaded)
{
    struct resolved result = {0};
    struct dk_drop drop;
    struct dk_input_settings settings;
    dk_input_settings_init(&settings);
    assert_int_equal(settings.columns, DK_COLUMNS_AUTO);
    settings.columns = columns;
    settings.cohorts = cohorts;
    assert_int_equal(dk_drop_open(&drop, folder->path, NULL, NULL, NULL), DK_OK);
    result.status = dk_drop_resolve(&drop, &settings, loaded, &result.error);
    result.columns = settings.columns;
    dk_drop_reset(&drop);
    return result;
}

static void drops_are_resolved(void **state)
{
    static const struct {
        enum dk_columns columns;
        int cohorts, loaded;      /* configured; burst of the loaded cohorts */
        size_t bursts;            /* in the files */
        enum dk_columns expected; /* AUTO: refused */
    } cases[] = {
        {DK_COLUMNS_AUTO, 3, 0, 3, DK_COLUMNS_COHORTS},
        {DK_COLUMNS_AUTO, 3, 1, 3, DK_COLUMNS_COHORTS},
        {DK_COLUMNS_AUTO, 3, 3, 3, DK_COLUMNS_COHORTS}, /* a history first */
        {DK_COLUMNS_AUTO, 3, 0, 1, DK_COLUMNS_SAMPLES},
        {DK_COLUMNS_AUTO, 3, 1, 1, DK_COLUMNS_SAMPLES},
        {DK_COLUMNS_AUTO, 3, 2, 1, DK_COLUMNS_SAMPLES}, /* its length is checked later */
        {DK_COLUMNS_AUTO, 3, 2, 2, DK_COLUMNS_SAMPLES},
        {DK_COLUMNS_AUTO, 3, 0, 2, DK_COLUMNS_AUTO},
        {DK_COLUMNS_AUTO, 3, 1, 2, DK_COLUMNS_AUTO},
        {DK_COLUMNS_AUTO, 3, 2, 4, DK_COLUMNS_AUTO},
        {DK_COLUMNS_AUTO, 1, 0, 1, DK_COLUMNS_SAMPLES},
        {DK_COLUMNS_AUTO, 1, 0, 3, DK_COLUMNS_AUTO},
        {DK_COLUMNS_AUTO, 1, 3, 3, DK_COLUMNS_SAMPLES},
        {DK_COLUMNS_COHORTS, 1, 0, 1, DK_COLUMNS_SAMPLES},
        {DK_COLUMNS_COHORTS, 1, 0, 3, DK_COLUMNS_COHORTS}, /* the reading refuses it */
        {DK_COLUMNS_COHORTS, 3, 0, 1, DK_COLUMNS_COHORTS},
        {DK_COLUMNS_SAMPLES, 3, 0, 3, DK_COLUMNS_SAMPLES},
        {DK_COLUMNS_WELLS, 1, 0, 3, DK_COLUMNS_WELLS},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct drop_folder folder;
        drop_folder_make(&folder);
        drop_folder_fill(&folder, "", 2, cases[i].bursts);
        struct resolved result =
            resolve(&folder, cases[i].columns, cases[i].cohorts, cases[i].loaded);
        bool refused = cases[i].columns == DK_COLUMNS_AUTO && cases[i].expected == DK_COLUMNS_AUTO;
        assert_int_equal(result.status, refused ? DK_ERR_DATA : DK_OK);
        assert_int_equal(result.columns, cases[i].expected);
        drop_folder_remove(&folder);
    }
}

static void a_refusal_names_a_file_and_both_counts(void **state)
{
    (void)state;
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 30);
    struct resolved result = resolve(&folder, DK_COLUMNS_AUTO, 60, 0);
    assert_non_null(strstr(result.error.message,
                           "/PS1.txt has 3,000 columns: that is neither 60 cohorts side by side "
                           "(6,000 columns) nor one burst of 1 s (100 columns)"));
    assert_non_null(strstr(result.error.hint, "--cohorts 30"));
    assert_non_null(strstr(result.error.hint, "--columns samples"));
    /* If the burst length is known, another one is not accepted. */
    result = resolve(&folder, DK_COLUMNS_AUTO, 60, 1);
    assert_null(strstr(result.error.hint, "samples"));
    drop_folder_remove(&folder);
}

/* Truncated or blank rows, and files that are not text, do not change the shape. */
static void spoiled_files_have_no_say(void **state)
{
    (void)state;
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 4, 3);
    drop_folder_put(&folder, "TS1.txt", "1\n1\t2\t3\n1\t2\t3\n1\t2\t3\n");
    drop_folder_put(&folder, "TS2.txt", "\n\n1\t2\t3\n1\t2\t3\n");
    drop_folder_put(&folder, "TS3.txt", "");
    drop_folder_put_bytes(&folder, "TS4.txt",
                          "1\0\t\0"
                          "2\0\n\0",
                          8);
    drop_folder_put(&folder, "VS1.txt", "a\tb\tc\n1\t2\t3\n");
    drop_folder_put(&folder, "CE.txt", "1;2;3\n");
    assert_int_equal(resolve(&folder, DK_COLUMNS_AUTO, 3, 0).columns, DK_COLUMNS_COHORTS);
    for (int i = 0; i < DK_SENSORS; i++) {
        char name[16];
        dk_text_format(name, sizeof(name), "%s.txt", dk_sensors[i].name);
        drop_folder_put(&folder, name, "");
    }
    assert_int_equal(resolve(&folder, DK_COLUMNS_AUTO, 3, 0).columns, DK_COLUMNS_COHORTS);
    assert_int_equal(resolve(&folder, DK_COLUMNS_AUTO, 1, 0).columns, DK_COLUMNS_SAMPLES);
    drop_folder_remove(&folder);
}

/* Reading resolves the columns itself; the settings text of a drop is the same in both cases. */
static void reading_resolves(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings;
    int file = -1;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 3);
    dk_input_settings_init(&settings);
    settings.cohorts = 3;
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_OK);
    assert_int_equal(result.readings.series_count, 3);
    assert_int_equal(settings.columns, DK_COLUMNS_AUTO);
    settings.columns = DK_COLUMNS_COHORTS;
    assert_int_equal(dk_drop_burst_seconds(&result.drop, &settings, &file), 1);
    settings.columns = DK_COLUMNS_SAMPLES;
    assert_int_equal(dk_drop_burst_seconds(&result.drop, &settings, &file), 3);
    assert_int_equal(file, 0);
    settings.alignment = DK_ALIGNMENT_COLUMN;
    assert_int_equal(dk_drop_burst_seconds(&result.drop, &settings, &file), 0);
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_that_agree),
        cmocka_unit_test(most_files_decide),
        cmocka_unit_test(counts_by_column),
        cmocka_unit_test(drops_are_resolved),
        cmocka_unit_test(a_refusal_names_a_file_and_both_counts),
        cmocka_unit_test(spoiled_files_have_no_say),
        cmocka_unit_test(reading_resolves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
