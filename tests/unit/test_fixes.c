/* The reader of lists of corrected cells: rows that are cells with values, and rows that are
 * not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "input/fixes.h"
#include "rig/catalogue.h"

struct seen {
    struct dk_fix fix; /* the last one */
    size_t fixes, problems;
    char problem[256]; /* "3: why", the last one */
};

static void on_fix(void *context, const struct dk_fix *fix)
{
    struct seen *seen = context;
    seen->fix = *fix;
    seen->fixes++;
}

static void on_problem(void *context, uint64_t row, const char *text)
{
    struct seen *seen = context;
    snprintf(seen->problem, sizeof(seen->problem), "%llu: %s", (unsigned long long)row, text);
    seen->problems++;
}

static struct seen read_list(const char *text, size_t size)
{
    static struct dk_fixes fixes;
    struct seen seen = {0};
    fixes = (struct dk_fixes){.context = &seen, .fix = on_fix, .problem = on_problem};
    dk_fixes_feed(&fixes, text, size);
    dk_fixes_end(&fixes);
    return seen;
}

#define BY_RIG "rig\tcohort\tsensor\tline\tcolumn\tvalue\n"
#define BY_FILE "file\tline\tcolumn\tvalue\n"

static void rows_with_a_value_are_read(void **state)
{
    static const struct {
        const char *text;
        bool by_rig;
        int64_t run_id;
        uint64_t line, column;
        dk_decimal value;
    } cases[] = {
        {BY_RIG "texas-1\t2\tPS1\t7\t101\t1.5\n", true, 0, 7, 101, (15 << 4) | 1},
        {BY_RIG "texas-1\t2\tPS1\t7\t101\t1.5", true, 0, 7, 101, (15 << 4) | 1},
        {BY_RIG "\n \t \t\ntexas-1\t2\tPS1\t7\t101\t2e0\n", true, 0, 7, 101, 2 << 4},
        {BY_FILE "PS1.txt\t7\t101\t3\n", false, 0, 7, 101, 3 << 4},
        {"\xef\xbb\xbf" BY_FILE "PS1.txt\t7\t101\t\"3\"\r\n", false, 0, 7, 101, 3 << 4},
        {"run\tvalue\ttext\tcolumn\tline\tfile\n9\t3\tx\"y\t1\t2\tPS1.txt\n", false, 9, 2, 1,
         3 << 4},
        {"value\tline\tcolumn\tfile\treason\n3\t7\t1\tPS1.txt\n", false, 0, 7, 1, 3 << 4},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct seen seen = read_list(cases[i].text, strlen(cases[i].text));
        if (seen.fixes != 1 || seen.problems != 0)
            fail_msg("%s: %zu fixes, %s", cases[i].text, seen.fixes, seen.problem);
        assert_int_equal(seen.fix.by_rig, cases[i].by_rig);
        assert_int_equal(seen.fix.run_id, cases[i].run_id);
        assert_int_equal(seen.fix.line, cases[i].line);
        assert_int_equal(seen.fix.column, cases[i].column);
        assert_int_equal(seen.fix.value, cases[i].value);
    }
}

static void rows_without_a_value_are_passed_over(void **state)
{
    static const char text[] = BY_RIG "texas-1\t2\tPS1\t7\t101\t\nnonsense\nx\ty\tz\t\t\t \n";
    (void)state;
    struct seen seen = read_list(text, sizeof(text) - 1);
    assert_int_equal(seen.fixes, 0);
    assert_int_equal(seen.problems, 0);
}

static void other_rows_are_problems(void **state)
{
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"", "1: the list is empty"},
        {"\n", "1: the header has a column ''"},
        {"line\tcolumn\tfile\n", "1: the header has no column 'value'"},
        {"value\tcolumn\tfile\n", "1: the header has no column 'line'"},
        {"value\tline\tfile\n", "1: the header has no column 'column'"},
        {"value\tline\tcolumn\trig\tcohort\n", "1: the header has no column 'file'"},
        {"value\tvalue\n", "1: the header has column 'value' twice"},
        {BY_FILE "PS1.txt\t7\t\t1\n", "2: the row has no column"},
        {BY_FILE "PS1.txt\t7\t0\t1\n", "2: column '0' is not a number"},
        {BY_FILE "PS1.txt\t-7\t1\t1\n", "2: line '-7' is not a number"},
        {BY_FILE "\t7\t1\t1\n", "2: the row does not name"},
        {BY_FILE "PS1.txt\t7\t1\t1,5\n", "2: value '1,5' has a decimal comma"},
        {BY_FILE "PS1.txt\t7\t1\t1\t2\n", "2: the row has more cells"},
        {BY_RIG "texas-1\t10000\tPS1\t7\t1\t1\n", "2: cohort '10000' is not a number"},
        {BY_RIG "texas-1\t1\tps9\t7\t1\t1\n", "2: 'ps9' is not a sensor"},
        {BY_RIG "texas\t1\tPS1\t7\t1\t1\n", "2: 'texas' is not a rig"},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct seen seen = read_list(cases[i].text, strlen(cases[i].text));
        if (seen.fixes != 0 || seen.problems != 1 ||
            strncmp(seen.problem, cases[i].problem, strlen(cases[i].problem)) != 0)
            fail_msg("%s: %zu fixes, %zu problems: %s", cases[i].text, seen.fixes, seen.problems,
                     seen.problem);
    }
}

static void a_long_row_and_a_nul_byte_are_problems(void **state)
{
    static char text[3 * DK_FIX_ROW_MAX];
    (void)state;
    memset(text, 'x', sizeof(text));
    memcpy(text, BY_FILE, strlen(BY_FILE));
    text[sizeof(text) - 20] = '\n';
    memcpy(text + sizeof(text) - 19, "PS1.txt\t7\t1\t1\n", 14);
    struct seen seen = read_list(text, sizeof(text) - 5);
    assert_int_equal(seen.fixes, 1);
    assert_string_equal(seen.problem, "2: the row is longer than 4,095 bytes");
    text[sizeof(text) - 12] = '\0';
    seen = read_list(text, sizeof(text) - 5);
    assert_int_equal(seen.fixes, 0);
    assert_string_equal(seen.problem, "3: the row has a NUL byte");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_with_a_value_are_read),
        cmocka_unit_test(rows_without_a_value_are_passed_over),
        cmocka_unit_test(other_rows_are_problems),
        cmocka_unit_test(a_long_row_and_a_nul_byte_are_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
