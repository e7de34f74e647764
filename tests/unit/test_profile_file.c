/* The profile: every code of the catalogue, every kind of error, and no quarantine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "drop_folder.h"
#include "input/profile_file.h"

#define GOOD "3\t73\t0\t90\t0"

/* Reads one row on its own. */
static size_t read_row(const char *text, uint8_t codes[DK_CONDITIONS], struct dk_row_reader *reader)
{
    struct dk_profile_file profile = {.rows_max = 10};
    struct dk_row row = {.text = text, .size = strlen(text), .line = 9, .offset = 100};
    dk_row_reader_init(reader, NULL, NULL);
    assert_int_equal(dk_profile_file_add(&profile, reader, &row, NULL), DK_OK);
    assert_int_equal(profile.rows, 1);
    memcpy(codes, profile.codes[0], DK_CONDITIONS);
    dk_profile_file_reset(&profile);
    return (size_t)reader->problems.total;
}

struct good_row {
    const char *text;
    uint8_t codes[DK_CONDITIONS];
    unsigned oddities;
};

static void good_rows(void **state)
{
    (void)state;
    static const struct good_row rows[] = {
        {"3\t73\t0\t90\t0", {0, 0, 0, 0, 0}, 0},
        {"20\t80\t1\t100\t1", {1, 1, 1, 1, 1}, 0},
        {"100\t90\t2\t115\t1", {2, 2, 2, 2, 1}, 0},
        {"100\t100\t2\t130\t0", {2, 3, 2, 3, 0}, 0},
        {"3.0\t73.00\t-0\t9e1\t+1", {0, 0, 0, 0, 1}, 0},
        {"3\t73\t0\t90\t0\r", {0, 0, 0, 0, 0}, DK_ODDITY_CRLF},
        {"3\t73\t0\t90\t0\t", {0, 0, 0, 0, 0}, DK_ODDITY_TRAILING_TAB},
        {"3\t73 \t0\t90\t0", {0, 0, 0, 0, 0}, DK_ODDITY_BLANKS},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dk_row_reader reader;
        uint8_t codes[DK_CONDITIONS];
        assert_int_equal(read_row(rows[i].text, codes, &reader), 0);
        assert_memory_equal(codes, rows[i].codes, sizeof(codes));
        assert_int_equal(reader.oddities[DK_DROP_PROFILE], rows[i].oddities);
        assert_int_equal(reader.cells, DK_CONDITIONS);
    }
}

struct bad_row {
    const char *text;
    enum dk_problem_kind kind;
    uint32_t column;
    uint64_t offset;
    const char *cell;
};

static void bad_rows(void **state)
{
    (void)state;
    static const struct bad_row rows[] = {
        {"4\t73\t0\t90\t0", DK_PROBLEM_CODE, 1, 100, "4"},
        {"3\t74\t0\t90\t0", DK_PROBLEM_CODE, 2, 102, "74"},
        {"3\t73\t3\t90\t0", DK_PROBLEM_CODE, 3, 105, "3"},
        {"3\t73\t0\t0.9\t0", DK_PROBLEM_CODE, 4, 107, "0.9"},
        {"3\t73\t0\t90\t2", DK_PROBLEM_CODE, 5, 110, "2"},
        {"0.03\t73\t0\t90\t0", DK_PROBLEM_CODE, 1, 100, "0.03"},
        {"-3\t73\t0\t90\t0", DK_PROBLEM_CODE, 1, 100, "-3"},
        {"\t73\t0\t90\t0", DK_PROBLEM_CELL, 1, 100, ""},
        {"3\tfull\t0\t90\t0", DK_PROBLEM_CELL, 2, 102, "full"},
        {"3\t73\t0\t90\t", DK_PROBLEM_CELL, 5, 110, ""},
        {"3\t73\t0\t90", DK_PROBLEM_ROW_SHORT, 0, 100, ""},
        {"3\t73\t0\t90\t0\t0", DK_PROBLEM_ROW_LONG, 0, 100, ""},
        {"3 73 0 90 0", DK_PROBLEM_ROW_SHORT, 0, 100, "3 73 0 90 0"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dk_row_reader reader;
        uint8_t codes[DK_CONDITIONS];
        assert_int_equal(read_row(rows[i].text, codes, &reader), 1);
        const struct dk_problem *problem = &reader.problems.first[0];
        assert_int_equal(problem->kind, rows[i].kind);
        assert_int_equal(problem->column, rows[i].column);
        assert_int_equal(problem->offset, rows[i].offset);
        assert_string_equal(problem->text, rows[i].cell);
        assert_int_equal(problem->line, 9);
        assert_true(reader.problems.fatal);
    }
}

static void rows_are_kept_and_sealed(void **state)
{
    (void)state;
    struct dk_profile_file file = {.rows_max = 6000};
    struct dk_profile profile = {0};
    struct dk_row_reader reader;
    dk_row_reader_init(&reader, NULL, NULL);
    for (size_t i = 0; i < 7000; i++) {
        const char *text = drop_folder_profile_row(i);
        struct dk_row row = {.text = text, .size = strlen(text), .line = i + 1};
        assert_int_equal(dk_profile_file_add(&file, &reader, &row, NULL), DK_OK);
    }
    assert_int_equal(file.rows, 6000); /* the rest is past every cohort */
    assert_int_equal(dk_profile_file_take(&file, &profile, NULL), DK_OK);
    assert_int_equal(file.rows, 0);
    assert_int_equal(profile.rows, 6000);
    for (size_t i = 0; i < profile.rows; i++)
        for (int condition = 0; condition < DK_CONDITIONS; condition++)
            assert_true(profile.codes[i][condition] < dk_conditions[condition].code_count);
    assert_int_equal(dk_conditions[0].codes[profile.codes[1][0]].code, 20);
    assert_int_equal(dk_conditions[3].codes[profile.codes[2][3]].code, 90);
    assert_int_equal(strlen(profile.hash), DK_HASH_HEX_MAX - 1);
    dk_profile_reset(&profile);
}

/* --- in a drop ------------------------------------------------------------------------------ */

struct trap {
    const char *text;
    const char *message;
};

static void traps_in_a_drop(void **state)
{
    (void)state;
    static const struct trap traps[] = {
        {GOOD "\n4\t73\t0\t90\t0\n", "profile.txt, line 2, column 1: '4' is not a cooler "
                                     "condition; expected 3, 20 or 100 (byte 12)"},
        {GOOD "\n3\t73\t7\t90\t0\n", "profile.txt, line 2, column 3: '7' is not an internal pump "
                                     "leakage; expected 0, 1 or 2 (byte 17)"},
        {GOOD "\n3\t73\t0\tx\t0\n", "profile.txt, line 2, column 4: 'x' is not a number (byte 19)"},
        {GOOD "\n3\t73\t0\t90\n", "profile.txt, line 2: 4 columns; expected 5 (byte 12)"},
        {"\n" GOOD "\n", "profile.txt, line 1: 1 blank line between readings (byte 0)"},
        {"cooler\tvalve\tpump\taccumulator\tstable\n" GOOD "\n",
         "profile.txt, line 1: 'cooler' looks like a header; expected numbers (byte 0)"},
        {"3,73,0,90,0\n3,73,0,90,0\n",
         "profile.txt, line 1: cells are separated by ','; expected tabs (byte 0)"},
        {"", "profile.txt: the file is empty"},
        {GOOD "\n", "profile.txt: 1 row; the other files have 2"},
        {GOOD "\n" GOOD "\n" GOOD "\n", "profile.txt: 3 rows; the other files have 2"},
    };
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 1);
    for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++) {
        struct drop_result result;
        struct dk_input_settings settings;
        char text[512];
        dk_input_settings_init(&settings);
        settings.cohorts = 1;
        settings.quarantine = true;
        drop_folder_put(&folder, "profile.txt", traps[i].text);
        drop_result_read(&result, folder.path, &settings, true);
        assert_int_equal(result.status, DK_ERR_DATA);
        assert_true(result.report.fatal);
        assert_int_equal(result.report.problems_total, 1);
        assert_string_equal(drop_result_problem(&result, 0, text), traps[i].message);
        assert_true(result.error.hint[0] != '\0');
        drop_result_reset(&result);
    }
    drop_folder_remove(&folder);
}

static void one_that_is_lent(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_drop drop;
    struct dk_readings readings;
    struct dk_report report;
    struct dk_error error = {0};
    struct dk_profile lent = {0};
    struct dk_input_settings settings;
    dk_input_settings_init(&settings);
    settings.cohorts = 1;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 1);
    drop_folder_delete(&folder, "profile.txt");
    assert_int_equal(dk_profile_init(&lent, 2, NULL), DK_OK);
    lent.codes[1][0] = 2;
    assert_int_equal(dk_profile_seal(&lent, NULL), DK_OK);
    assert_int_equal(dk_drop_open(&drop, folder.path, NULL, NULL, NULL), DK_OK);
    assert_int_equal(
        dk_drop_read(
            &(struct dk_drop_request){.drop = &drop, .settings = &settings, .profile = &lent},
            &readings, &report, NULL),
        DK_OK);
    assert_int_equal(readings.profile.rows, 2);
    assert_memory_equal(readings.profile.codes, lent.codes, 2 * sizeof(*lent.codes));
    assert_string_equal(readings.profile.hash, lent.hash);
    dk_readings_reset(&readings);
    dk_report_reset(&report);
    dk_profile_reset(&lent);
    assert_int_equal(dk_profile_init(&lent, 3, NULL), DK_OK);
    assert_int_equal(
        dk_drop_read(
            &(struct dk_drop_request){.drop = &drop, .settings = &settings, .profile = &lent},
            &readings, &report, &error),
        DK_ERR_DATA);
    assert_string_equal(error.message, "profile.txt: 3 rows; the other files have 2");
    dk_report_reset(&report);
    dk_profile_reset(&lent);
    dk_drop_reset(&drop);
    drop_folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_rows),
        cmocka_unit_test(bad_rows),
        cmocka_unit_test(rows_are_kept_and_sealed),
        cmocka_unit_test(traps_in_a_drop),
        cmocka_unit_test(one_that_is_lent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
