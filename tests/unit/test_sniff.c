/* What the beginning of a file reveals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "input/sniff.h"

/* The kind of problem that the first lines of a text have; -1: none. */
static int sniff(const char *text, struct dk_problem *problem)
{
    struct dk_row rows[DK_SNIFF_ROWS];
    size_t count = 0;
    *problem = (struct dk_problem){0};
    for (uint64_t line = 1; *text && count < DK_SNIFF_ROWS; line++) {
        size_t size = strcspn(text, "\n");
        rows[count++] = (struct dk_row){.text = text, .size = size, .line = line};
        text += size + (text[size] == '\n');
    }
    return dk_sniff_rows(rows, count, DK_MARK_POINT, problem) ? (int)problem->kind : -1;
}

static void first_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int kind;
        const char *shown;
    } cases[] = {
        {"1\t2\n3\t4\n", -1, ""},
        {"1.5\n2.5\n", -1, ""},
        {"1,5\n", -1, ""}, /* one number with a decimal comma */
        {"\t2\n3\t4\n", -1, ""},
        {"a\tb\n1\t2\n", DK_PROBLEM_HEADER, "a"},
        {"# rig 7\n1\t2\n", DK_PROBLEM_HEADER, "# rig 7"},
        {"0\t1\t2\t3\t4\n", DK_PROBLEM_HEADER, "0"},
        {"1\t2\t3\t4\t5\n", DK_PROBLEM_HEADER, "1"},
        {"1\t2\t3\t4\n", -1, ""}, /* may be a reading */
        {"NaN\t1\n", -1, ""},
        {"1.5,2.5\n", DK_PROBLEM_SEPARATOR, ","},
        {"1;2\n", DK_PROBLEM_SEPARATOR, ";"},
        {"1,5;2,5\n", DK_PROBLEM_SEPARATOR, ";"},
        {"1|2\n", DK_PROBLEM_SEPARATOR, "|"},
        {"1.5   2.5\n", DK_PROBLEM_SEPARATOR, " "},
        {"1\r2\r3", DK_PROBLEM_SEPARATOR, "\\r"},
        {"1\t2\r\n", DK_PROBLEM_SEPARATOR, "\\r\\r\\n"}, /* one '\r' is stripped before */
        {"rig_name,cohort,date_time\n", DK_PROBLEM_OLD_CSV, ""},
        {",Time,PS1\n0,1,2\n", DK_PROBLEM_OLD_CSV, ""},
        /* pandas: header and index */
        {",0,1\n0,1.5,2.5\n1,3,4\n", DK_PROBLEM_PANDAS, ""},
        {",0\n0,1.5\n", DK_PROBLEM_PANDAS, ""},
        {",a,b\n0,1.5,2.5\n", DK_PROBLEM_PANDAS, ""},
        {"\t0\t1\n0\t1.5\t2.5\n1\t3\t4\n", DK_PROBLEM_PANDAS, ""},
        {"\ta\tb\n0\t1.5\t2.5\n", DK_PROBLEM_PANDAS, ""},
        {"\t0\t1\t2\t3\t4\n", DK_PROBLEM_PANDAS, ""},
        {"\t0\t1\n0\t1.5\t2.5\n", -1, ""},        /* two readings, the first value is missing */
        {"\t0\n0\t0\n0\t0\n", -1, ""},            /* no index */
        {"\t0\t1\n0\t1.5\t2\n2\t3\t4\n", -1, ""}, /* no index */
        {"\t1\t2\n0\t1.5\t2\n1\t3\t4\n", -1, ""}, /* no header */
        {"\ta\tb\n7\t1.5\t2.5\n", DK_PROBLEM_HEADER, ""},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_problem problem;
        int kind = sniff(cases[i].text, &problem);
        if (kind != cases[i].kind || strcmp(problem.text, cases[i].shown) != 0)
            fail_msg("case %zu: kind %d, '%s'", i, kind, problem.text);
    }
}

static void first_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        int kind; /* -1: text */
        const char *shown;
    } cases[] = {
        {"1\t2\n", 4, -1, ""},
        {"", 0, -1, ""},
        {"\xef\xbb\xbf"
         "1\t2\n",
         7, -1, ""},
        {"\xff\xfe"
         "1\0\t\0",
         6, DK_PROBLEM_UTF16, "UTF-16"},
        {"\xff\xfe\0\0"
         "1\0\0\0",
         8, DK_PROBLEM_UTF16, "UTF-32"},
        {"1\0\t\0"
         "2\0\n\0",
         8, DK_PROBLEM_UTF16, "UTF-16"},
        {"\0"
         "1\0\t\0"
         "2\0\n",
         8, DK_PROBLEM_UTF16, "UTF-16"},
        {"1\0\0\0\t\0\0\0"
         "2\0\0\0\n\0\0\0",
         16, DK_PROBLEM_UTF16, "UTF-32"},
        {"PK\x03\x04....", 8, DK_PROBLEM_WORKBOOK, "a zip or Excel file"},
        {"\xd0\xcf\x11\xe0....", 8, DK_PROBLEM_WORKBOOK, "an Excel file"},
        {"\x1f\x8b....", 6, DK_PROBLEM_BINARY, "a gzip file"},
        /* Its first page is mostly the text of the schema. */
        {"SQLite format 3\0CREATE TABLE", 28, DK_PROBLEM_BINARY, "an SQLite file"},
        {"%PDF-1.7", 8, DK_PROBLEM_BINARY, "a PDF file"},
        {"\0\0\0\0\0\0\0\0", 8, DK_PROBLEM_BINARY, "NUL bytes"},
        {"\x01\x02\x03\x04"
         "1234",
         8, DK_PROBLEM_BINARY, "binary data"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_problem problem = {0};
        bool found = dk_sniff_bytes(cases[i].bytes, cases[i].size, &problem);
        if (found != (cases[i].kind >= 0) || (found && (int)problem.kind != cases[i].kind) ||
            strcmp(problem.text, cases[i].shown) != 0)
            fail_msg("case %zu: found %d, kind %d, '%s'", i, found, problem.kind, problem.text);
    }
    assert_int_equal(dk_sniff_bom("\xef\xbb\xbf"
                                  "1",
                                  4),
                     3);
    assert_int_equal(dk_sniff_bom("\xef\xbb", 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_rows),
        cmocka_unit_test(first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
