/* The cells of two drops, side by side: a table of texts that are the same cells, and of texts that
 * are not, with the place of the difference; bursts at other places; every form of a row as the
 * reader has it; rows longer than a window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drop_folder.h"
#include "input/cells.h"

/* Settings for this many bursts per row. */
static struct dk_input_settings bursts(int count)
{
    struct dk_input_settings settings;
    dk_input_settings_init(&settings);
    settings.columns = count > 1 ? DK_COLUMNS_COHORTS : DK_COLUMNS_SAMPLES;
    settings.cohorts = count;
    settings.allow_missing = true;
    settings.quarantine = true;
    settings.threads = 1;
    return settings;
}

/* Compares two texts of a file, with the given numbers of bursts per row. */
static struct dk_cells_difference compare(const char *name, const char *left, const char *right,
                                          int left_bursts, int right_bursts,
                                          const struct dk_cells_pair *pairs, size_t pair_count)
{
    struct dk_cells_difference difference;
    const struct dk_input_settings settings[] = {bursts(left_bursts), bursts(right_bursts)};
    struct dk_drop drops[2] = {0};
    struct drop_folder folders[2];
    const char *texts[2] = {left, right};
    struct dk_error err = {0};
    for (int i = 0; i < 2; i++) {
        drop_folder_make(&folders[i]);
        drop_folder_put(&folders[i], name, texts[i]);
        assert_int_equal(dk_drop_open(&drops[i], folders[i].path, NULL, NULL, &err), DK_OK);
    }
    const struct dk_cells_request request = {.left = {.drop = &drops[0], .settings = &settings[0]},
                                             .right = {.drop = &drops[1], .settings = &settings[1]},
                                             .pairs = pairs,
                                             .pair_count = pair_count};
    assert_int_equal(dk_cells_compare(&request, &difference, &err), DK_OK);
    for (int i = 0; i < 2; i++) {
        dk_drop_reset(&drops[i]);
        drop_folder_remove(&folders[i]);
    }
    return difference;
}

static struct dk_cells_difference compare_whole(const char *left, const char *right)
{
    static const struct dk_cells_pair pair = {0};
    return compare("TS1.txt", left, right, 1, 1, &pair, 1);
}

static void test_same(void **state)
{
    static const char *const pairs[][2] = {
        {"1\t2\n3\t4\n", "1\t2\r\n3\t4\r\n"},
        {"1\t2\n3\t4\n", "1\t2\n3\t4"},
        {"1\t2\n3\t4\n", "1\t2\n3\t4\n\n \n\r\n"},
        {"1\t2\n3\t4\n", "\xef\xbb\xbf"
                         "1\t2\n3\t4\n"},
        {"1\t2\n3\t4\n", "1\t2\t\n3\t4\t\r\n"},
        {"1\t2\n", " 1 \t  2\n"},
        {"2290\t0\t0.5\n", "2290.0\t-0.0\t.5\n"},
        {"2290\t100\t-7\n", "+2.29e3\t1E2\t-7.000\n"},
        {"1\tx,5\t\n", "1\t\t\n"}, /* in quarantine on both sides */
        {"1\n\n2\n", "1\n \n2\n"},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(pairs); i++) {
        struct dk_cells_difference there = compare_whole(pairs[i][0], pairs[i][1]);
        struct dk_cells_difference back = compare_whole(pairs[i][1], pairs[i][0]);
        if (there.found || back.found)
            fail_msg("%zu: '%s' and '%s'", i, there.left, there.right);
    }
}

static void test_different(void **state)
{
    static const struct {
        const char *left, *right;
        uint64_t line, column;
        const char *left_text, *right_text;
    } cases[] = {
        {"1\t2\n3\t4\n", "1\t2\n3\t5\n", 2, 2, "4", "5"},
        {"1\t2\n", "1\t2.000000000001\n", 1, 2, "2", "2.000000000001"},
        {"1\t2\n", "1\t-2\n", 1, 2, "2", "-2"},
        {"1\t2\n3\t4\n", "1\t2\n", 2, 0, "3", "nothing"},
        {"1\t2\n", "1\t2\n\n3\t4\n", 3, 0, "nothing", "3"},
        {"1\t2\n", "1\t2\t3\n", 1, 0, "2 cells", "3 cells"},
        {"1\t\t2\n", "1\t0\t2\n", 1, 2, "nothing", "0"},
        {"1\tx\n", "1\t5\n", 1, 2, "x", "5"},
        {"1\n\n2\n", "1\n2\n", 2, 1, "nothing", "2"},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_cells_difference found = compare_whole(cases[i].left, cases[i].right);
        if (!found.found || found.line != cases[i].line || found.column != cases[i].column ||
            strcmp(found.left, cases[i].left_text) != 0 ||
            strcmp(found.right, cases[i].right_text) != 0)
            fail_msg("%zu: %d, %llu:%llu, '%s' and '%s'", i, found.found,
                     (unsigned long long)found.line, (unsigned long long)found.column, found.left,
                     found.right);
    }
}

/* Appends the numbers from `from` to `to` as cells of a row. */
static void put_numbers(char *text, int from, int to)
{
    for (int i = from; i <= to; i++)
        sprintf(text + strlen(text), "%s%d", text[0] ? "\t" : "", i);
}

/* Bursts two and three of four are those that a drop of two has, the other way round. */
static void test_bursts(void **state)
{
    const struct dk_cells_pair pairs[] = {{.left = 1, .right = 1}, {.left = 2, .right = 0}};
    const struct dk_cells_pair one = {.left = 1, .right = 0};
    char history[256] = "";
    char two[256] = "";
    char single[64] = "";
    (void)state;
    put_numbers(history, 1, 40);
    put_numbers(two, 21, 30);
    put_numbers(two, 11, 20);
    struct dk_cells_difference found = compare("FS1.txt", history, two, 4, 2, pairs, 2);
    assert_false(found.found);
    two[strlen(two) - 1] = '9';
    found = compare("FS1.txt", history, two, 4, 2, pairs, 2);
    assert_true(found.found);
    assert_int_equal(found.column, 20);
    assert_string_equal(found.right, "29");
    put_numbers(single, 11, 20);
    assert_false(compare("FS1.txt", history, single, 4, 1, &one, 1).found);
    snprintf(single + strlen(single), 4, "\t21"); /* a burst of another length */
    found = compare("FS1.txt", history, single, 4, 1, &one, 1);
    assert_true(found.found);
    assert_int_equal(found.column, 0);
}

/* --- as the reader has them ----------------------------------------------------------------- */

enum { COLUMNS = 3, FORM_ROWS = 4 };

/* One row of a file with three columns, in every form that differs in length or in good and bad
 * cells. */
static const char *const forms[] = {
    "1\t2\t3", "1\t2\t3\t", " 1 \t2.0\t+3", "1\t2\t3\r",   "1\t2\t",  "1\t2\t\t",  "1\t2\t\t\t",
    "1\t2",    "1",         "1\t2\t3\t4",   "1\t2\t3\t\t", "1\t2\tx", "1\t2\tx\t", "1,5\t2\t3",
    "\t2\t3",  "\t2\t3\t",  "\t\t",         "\t\t\t",      "\t",      "",          " ",
    "x",       "x\ty\tz",
};

/* A file that has the form in row `at`, read with --quarantine. */
struct form {
    struct drop_folder folder;
    struct drop_result result;
};

/* TS1 with three cohorts: each cell is a value of its own. */
static void form_make(struct form *form, const char *text, int at)
{
    const struct dk_input_settings settings = bursts(COLUMNS);
    char file[128] = "";
    char profile[256] = "";
    /* A blank row at the end does not count. */
    bool is_blank = at == FORM_ROWS - 1 && strlen(text) < 2 && strspn(text, " \t") == strlen(text);
    for (int row = 0; row < FORM_ROWS; row++) {
        sprintf(file + strlen(file), "%s\n", row == at ? text : "7\t8\t9");
        if (row < FORM_ROWS - 1 || !is_blank)
            sprintf(profile + strlen(profile), "%s\n", drop_folder_profile_row(0));
    }
    drop_folder_make(&form->folder);
    drop_folder_put(&form->folder, "TS1.txt", file);
    drop_folder_put(&form->folder, "profile.txt", profile);
    drop_result_read(&form->result, form->folder.path, &settings, false);
    bool is_header = at == 0 && text[0] == 'x'; /* refused: not to be compared */
    if (form->result.status != (is_header ? DK_ERR_DATA : DK_OK))
        fail_msg("'%s' in row %d: %s", text, at, form->result.error.message);
}

static bool have_equal_values(const struct form *left, const struct form *right)
{
    const struct dk_readings *a = &left->result.readings;
    const struct dk_readings *b = &right->result.readings;
    const size_t sensor = (size_t)dk_sensor_find("TS1", 3);
    if (a->rows != b->rows)
        return false;
    for (size_t i = 0; i < COLUMNS; i++)
        if (memcmp(dk_readings_column(a, sensor, i), dk_readings_column(b, sensor, i),
                   a->rows * sizeof(dk_decimal)) != 0)
            return false;
    return true;
}

/* Two drops have equal cells exactly where dk_drop_read makes equal values of all cells: each form
 * of a row beside each other one, in each place, with the columns given by the settings and by the
 * rows. */
static void test_as_read(void **state)
{
    static const struct dk_cells_pair pairs[] = {{0, 0}, {1, 1}, {2, 2}};
    static struct form made[DK_COUNT_OF(forms)];
    (void)state;
    for (int at = 0; at < FORM_ROWS; at++) {
        for (size_t i = 0; i < DK_COUNT_OF(forms); i++)
            form_make(&made[i], forms[i], at);
        for (size_t i = 0; i < DK_COUNT_OF(forms) * DK_COUNT_OF(forms) * 2; i++) {
            const struct form *left = &made[i / 2 % DK_COUNT_OF(forms)];
            const struct form *right = &made[i / 2 / DK_COUNT_OF(forms)];
            if (left->result.status != DK_OK || right->result.status != DK_OK)
                continue;
            bool equal = have_equal_values(left, right);
            const struct dk_input_settings settings = bursts(i % 2 ? COLUMNS : 1);
            const struct dk_cells_request request = {
                .left = {.drop = &left->result.drop, .settings = &settings},
                .right = {.drop = &right->result.drop, .settings = &settings},
                .pairs = pairs,
                .pair_count = i % 2 ? COLUMNS : 1};
            struct dk_cells_difference found;
            assert_int_equal(dk_cells_compare(&request, &found, NULL), DK_OK);
            if (found.found == equal)
                fail_msg("'%s' and '%s' in row %d: read %s, compared otherwise", forms[left - made],
                         forms[right - made], at, equal ? "equal" : "different");
        }
        for (size_t i = 0; i < DK_COUNT_OF(forms); i++) {
            drop_result_reset(&made[i].result);
            drop_folder_remove(&made[i].folder);
        }
    }
}

/* Rows much longer than one read, which differ in the last cell. */
static void test_long_rows(void **state)
{
    enum { CELLS = 200000, ROWS = 3, SIZE = CELLS * 5 * ROWS + 1 };
    char *left = malloc(SIZE);
    char *right = malloc(SIZE);
    (void)state;
    assert_non_null(left);
    assert_non_null(right);
    for (size_t i = 0; i < (size_t)CELLS * ROWS; i++)
        snprintf(left + i * 5, 6, "%04zu%c", i % 9973, i % CELLS == CELLS - 1 ? '\n' : '\t');
    memcpy(right, left, SIZE);
    assert_false(compare_whole(left, right).found);
    right[SIZE - 3]++;
    struct dk_cells_difference found = compare_whole(left, right);
    assert_int_equal(found.line, ROWS);
    assert_int_equal(found.column, CELLS);
    free(left);
    free(right);
}

/* A file that only one of them has. */
static void test_lone_file(void **state)
{
    static const struct dk_cells_pair pair = {0};
    struct dk_cells_difference found;
    struct dk_drop drops[2];
    struct drop_folder folders[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        drop_folder_make(&folders[i]);
        drop_folder_fill(&folders[i], "", 2, 2);
        if (i == 1)
            drop_folder_delete(&folders[i], "CP.txt");
        assert_int_equal(dk_drop_open(&drops[i], folders[i].path, NULL, NULL, NULL), DK_OK);
    }
    const struct dk_input_settings settings = bursts(2);
    const struct dk_cells_side whole = {.drop = &drops[0], .settings = &settings};
    const struct dk_cells_side less = {.drop = &drops[1], .settings = &settings};
    const struct dk_cells_request right_lacks = {whole, less, &pair, 1};
    const struct dk_cells_request left_lacks = {less, whole, &pair, 1};
    assert_int_equal(dk_cells_compare(&right_lacks, &found, NULL), DK_OK);
    assert_true(found.found && found.line == 0);
    assert_string_equal(dk_sensors[found.file].name, "CP");
    assert_int_equal(dk_cells_compare(&left_lacks, &found, NULL), DK_OK);
    assert_true(found.found && found.line == 0);
    for (int i = 0; i < 2; i++) {
        dk_drop_reset(&drops[i]);
        drop_folder_remove(&folders[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),      cmocka_unit_test(test_different),
        cmocka_unit_test(test_bursts),    cmocka_unit_test(test_as_read),
        cmocka_unit_test(test_long_rows), cmocka_unit_test(test_lone_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
