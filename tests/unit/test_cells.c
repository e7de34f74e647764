/* The cells of two drops, side by side: a table of texts that are the same cells, and of texts that
 * are not, with the place of the difference; bursts at other places; rows longer than a piece. */
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

/* Compares two texts of PS1.txt, with the given numbers of bursts in a row. */
static struct dk_cells_difference compare(const char *left, const char *right, uint32_t left_bursts,
                                          uint32_t right_bursts, const struct dk_cells_pair *pairs,
                                          size_t pair_count)
{
    struct dk_cells_difference difference;
    struct dk_drop drops[2] = {0};
    struct drop_folder folders[2];
    const char *texts[2] = {left, right};
    struct dk_error err = {0};
    for (int i = 0; i < 2; i++) {
        drop_folder_make(&folders[i]);
        drop_folder_put(&folders[i], "PS1.txt", texts[i]);
        assert_int_equal(dk_drop_open(&drops[i], folders[i].path, NULL, NULL, &err), DK_OK);
    }
    const struct dk_cells_side a = {.drop = &drops[0], .bursts = left_bursts};
    const struct dk_cells_side b = {.drop = &drops[1], .bursts = right_bursts};
    assert_int_equal(dk_cells_compare(&a, &b, pairs, pair_count, &difference, &err), DK_OK);
    for (int i = 0; i < 2; i++) {
        dk_drop_reset(&drops[i]);
        drop_folder_remove(&folders[i]);
    }
    return difference;
}

static struct dk_cells_difference compare_whole(const char *left, const char *right)
{
    static const struct dk_cells_pair pair = {0};
    return compare(left, right, 1, 1, &pair, 1);
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

/* Bursts two and three of four are those that a drop of two has, the other way round. */
static void test_bursts(void **state)
{
    static const char history[] = "1\t2\t3\t4\t5\t6\t7\t8\n";
    const struct dk_cells_pair pairs[] = {{.left = 1, .right = 1}, {.left = 2, .right = 0}};
    (void)state;
    struct dk_cells_difference found = compare(history, "5\t6.0\t3\t4\n", 4, 2, pairs, 2);
    assert_false(found.found);
    found = compare(history, "5\t9\t3\t4\n", 4, 2, pairs, 2);
    assert_true(found.found);
    assert_int_equal(found.column, 6);
    assert_string_equal(found.right, "9");
    found = compare(history, "5\t3\n", 4, 2, pairs, 2); /* bursts of another length */
    assert_true(found.found);
    assert_int_equal(found.column, 0);
}

/* Rows far longer than what is read at a time, of which the last cell differs. */
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
    const struct dk_cells_side whole = {.drop = &drops[0], .bursts = 1};
    const struct dk_cells_side less = {.drop = &drops[1], .bursts = 1};
    assert_int_equal(dk_cells_compare(&whole, &less, &pair, 1, &found, NULL), DK_OK);
    assert_true(found.found && found.line == 0);
    assert_string_equal(dk_sensors[found.file].name, "CP");
    assert_int_equal(dk_cells_compare(&less, &whole, &pair, 1, &found, NULL), DK_OK);
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
        cmocka_unit_test(test_bursts),    cmocka_unit_test(test_long_rows),
        cmocka_unit_test(test_lone_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
