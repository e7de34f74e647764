/* The report: order and number of problems, their texts, the quarantine file and its limit. */
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
#include "input/problems.h"

static struct dk_problem problem_at(int file, uint32_t line, uint32_t column)
{
    return (struct dk_problem){.file = (uint8_t)file,
                               .kind = DK_PROBLEM_CELL,
                               .reason = DK_DECIMAL_WORD,
                               .line = line,
                               .column = column,
                               .offset = line * 100 + column};
}

/* --- lists ---------------------------------------------------------------------------------- */

/* Problems in any order, on any number of lists, make the same report. */
static void order_does_not_matter(void **state)
{
    (void)state;
    enum { COUNT = 1000, LISTS = 3 };
    for (int quarantine = 0; quarantine < 2; quarantine++)
        for (unsigned step = 1; step < 40; step += 6) {
            struct dk_problem_pool pool;
            struct dk_problems lists[LISTS];
            struct dk_problems all;
            struct dk_report report = {0};
            dk_problem_pool_init(&pool);
            all = (struct dk_problems){.pool = quarantine ? &pool : NULL};
            for (int i = 0; i < LISTS; i++)
                lists[i] = all;
            for (unsigned i = 0; i < COUNT; i++) {
                unsigned place = i * (step * 10 + 3) % COUNT;
                struct dk_problem problem =
                    problem_at((int)(place / 100), place % 100 / 10 + 1, place % 10 + 1);
                char cell[16];
                int size = snprintf(cell, sizeof(cell), "x%u", place);
                dk_problems_add(&lists[i * step % LISTS], &problem, cell, (size_t)size);
            }
            for (int i = 0; i < LISTS; i++)
                dk_problems_join(&all, &lists[i]);
            assert_int_equal(dk_problems_report(&all, &report, NULL), DK_OK);
            assert_int_equal(report.problems_total, COUNT);
            assert_false(report.fatal);
            assert_int_equal(report.problems_count, quarantine ? COUNT : DK_PROBLEMS_SHOWN);
            for (unsigned i = 0; i < report.problems_count; i++) {
                char cell[16];
                snprintf(cell, sizeof(cell), "x%u", i);
                assert_string_equal(report.problems[i].text, cell);
            }
            dk_report_reset(&report);
            assert_null(report.problems);
            dk_problem_pool_reset(&pool);
        }
}

static void what_quarantine_can_handle(void **state)
{
    (void)state;
    for (int kind = 0; kind < DK_PROBLEM_KIND_COUNT; kind++) {
        bool cell_or_row = kind == DK_PROBLEM_CELL || kind == DK_PROBLEM_ROW_SHORT ||
                           kind == DK_PROBLEM_ROW_LONG || kind == DK_PROBLEM_ROW_BLANK;
        assert_int_equal(dk_problem_is_fatal((enum dk_problem_kind)kind, 3), !cell_or_row);
        assert_true(dk_problem_is_fatal((enum dk_problem_kind)kind, DK_DROP_PROFILE));
    }
}

static void the_foremost_is_fatal_if_any_is(void **state)
{
    (void)state;
    struct dk_problem list[] = {problem_at(0, 1, 1), problem_at(1, 1, 1), problem_at(2, 1, 1)};
    struct dk_report report = {.problems = list, .problems_count = 3};
    assert_ptr_equal(dk_report_foremost(&report), &list[0]);
    list[1].kind = DK_PROBLEM_ROWS;
    assert_ptr_equal(dk_report_foremost(&report), &list[1]);
    report.problems_count = 0;
    assert_null(dk_report_foremost(&report));
}

static void the_pool_has_a_ceiling(void **state)
{
    (void)state;
    struct dk_problem_pool pool;
    struct dk_report report = {0};
    struct dk_error error = {0};
    dk_problem_pool_init(&pool);
    struct dk_problems list = {.pool = &pool};
    for (uint32_t i = 0; i < DK_PROBLEMS_QUARANTINE_MAX; i++) {
        struct dk_problem problem = problem_at(0, DK_PROBLEMS_QUARANTINE_MAX - i, 1);
        dk_problems_add(&list, &problem, "x", 1);
    }
    struct dk_problems copy = list;
    assert_int_equal(dk_problems_report(&copy, &report, &error), DK_OK);
    assert_int_equal(report.problems_count, DK_PROBLEMS_QUARANTINE_MAX);
    for (uint32_t i = 0; i < report.problems_count; i++)
        assert_int_equal(report.problems[i].line, i + 1);
    dk_report_reset(&report);
    dk_problem_pool_reset(&pool);
    dk_problem_pool_init(&pool);
    list = (struct dk_problems){.pool = &pool};
    for (uint32_t i = 0; i <= DK_PROBLEMS_QUARANTINE_MAX; i++) {
        struct dk_problem problem = problem_at(0, DK_PROBLEMS_QUARANTINE_MAX + 1 - i, 1);
        dk_problems_add(&list, &problem, "x", 1);
    }
    assert_int_equal(dk_problems_report(&list, &report, &error), DK_ERR_DATA);
    assert_non_null(strstr(error.message, "1,000,001 bad cells are too many for quarantine"));
    assert_true(report.fatal);
    assert_int_equal(report.problems_count, DK_PROBLEMS_SHOWN);
    assert_int_equal(report.problems[0].line, 1);
    dk_report_reset(&report);
    dk_problem_pool_reset(&pool);
}

struct text_case {
    const char *cell;
    size_t size; /* 0: strlen */
    const char *text;
};

static void texts_are_printable_and_cut(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"1,5", 0, "1,5"},
        {"", 0, ""},
        {"a\0b", 3, "a\\x00b"},
        {"\xb5\x1b[31m", 0, "\\xb5\\x1b[31m"},
        {"back\\slash", 0, "back\\x5cslash"},
        {"1234567890123456789012345678901", 0, "1234567890123456789012345678901"},
        {"12345678901234567890123456789012", 0, "12345678901234567890123456789.."},
        {"123456789012345678901234567\x80", 0, "123456789012345678901234567\\x80"},
        {"12345678901234567890123456789\x80", 0, "12345678901234567890123456789.."},
        {"12345678901234567890123456\x80\x80", 0, "12345678901234567890123456.."},
        {"\x80\x80\x80\x80\x80\x80\x80\x80", 0, "\\x80\\x80\\x80\\x80\\x80\\x80\\x80.."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[DK_PROBLEM_TEXT_MAX];
        memset(text, 'Z', sizeof(text));
        dk_problem_text(text, cases[i].cell, cases[i].size ? cases[i].size : strlen(cases[i].cell));
        assert_string_equal(text, cases[i].text);
    }
}

/* --- words ---------------------------------------------------------------------------------- */

/* Every kind has a text in the house style, for any file. */
static void every_kind_has_words(void **state)
{
    (void)state;
    struct dk_drop drop = {0};
    for (int kind = 0; kind < DK_PROBLEM_KIND_COUNT; kind++)
        for (int file = 0; file < DK_DROP_FILES; file++) {
            struct dk_problem problem = problem_at(file, 3, 2);
            struct dk_problem_words words;
            if (kind == DK_PROBLEM_COLUMNS && file == DK_DROP_PROFILE)
                continue; /* a profile has five columns, or its rows are short or long */
            problem.kind = (uint8_t)kind;
            problem.got = 7;
            problem.expected = 9;
            snprintf(problem.text, sizeof(problem.text), ";");
            dk_problem_format(&problem, &drop, &words);
            assert_true(strlen(words.text) > 10 && strlen(words.hint) > 10);
            assert_true(words.text[strlen(words.text) - 1] != '.');
            assert_true(words.hint[strlen(words.hint) - 1] != '.');
            assert_null(strstr(words.text, "(null)"));
        }
}

/* What a cell was meant to be is named only where that is sure. */
static void a_bad_cell_and_what_was_expected(void **state)
{
    static const struct {
        const char *cell, *text;
    } cases[] = {
        {"", "the cell is empty"},
        {"36,312", "'36,312' has a decimal comma; expected 36.312"},
        {"-1,5", "'-1,5' has a decimal comma; expected -1.5"},
        {"1,234,5", "'1,234,5' has more than one decimal mark"},
        {"12345678901234567890123456789,1",
         "'12345678901234567890123456789,1' has a decimal comma"},
        {"\"36.3\"", "'\"36.3\"' is in quotes; expected 36.3"},
        {"\"36,3\"", "'\"36,3\"' is in quotes; expected 36.3"},
        {"'36.3'", "''36.3'' is in quotes; expected 36.3"},
        {"\"x\"", "'\"x\"' is in quotes"},
        {"\"", "'\"' is in quotes"},
        {"NaN", "'NaN' is not a number"},
        {"off", "'off' is not a number"},
        {"1.2.3", "'1.2.3' is not a valid number"},
        {"1;2", "'1;2' contains a semicolon"},
        {"1e300", "'1e300' is larger than 10^17"},
    };
    struct dk_drop drop = {0};
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        dk_decimal value;
        struct dk_problem_words words;
        struct dk_problem problem = problem_at(0, 1, 1);
        char expected[128];
        size_t size = strlen(cases[i].cell);
        problem.reason = (uint8_t)dk_decimal_parse(cases[i].cell, size, &value);
        dk_problem_text(problem.text, cases[i].cell, size);
        dk_problem_format(&problem, &drop, &words);
        snprintf(expected, sizeof(expected), "PS1.txt, line 1, column 1: %s", cases[i].text);
        assert_string_equal(words.text, expected);
    }
}

static void a_bad_cell_where_the_mark_is_the_comma(void **state)
{
    static const struct {
        const char *cell;
        const char *text;
    } cases[] = {
        {"1.5", "'1.5' has a decimal point; expected 1,5"},
        {"\"1,5\"", "'\"1,5\"' is in quotes; expected 1,5"},
        {"\"1.5\"", "'\"1.5\"' is in quotes; expected 1,5"},
        {"1.234,5", "'1.234,5' has more than one decimal mark"},
        {"1,2,3", "'1,2,3' is not a valid number"},
    };
    struct dk_drop drop = {0};
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        dk_decimal value;
        struct dk_problem_words words;
        struct dk_problem problem = problem_at(0, 1, 1);
        char expected[128];
        size_t size = strlen(cases[i].cell);
        problem.reason =
            (uint8_t)dk_decimal_parse_marked(cases[i].cell, size, DK_MARK_COMMA, &value);
        dk_problem_text(problem.text, cases[i].cell, size);
        dk_problem_format(&problem, &drop, &words);
        snprintf(expected, sizeof(expected), "PS1.txt, line 1, column 1: %s", cases[i].text);
        assert_string_equal(words.text, expected);
    }
}

/* How many more there are, and in which files: those with most of them first. */
static void the_rest_is_counted_by_file(void **state)
{
    static const struct {
        uint64_t counts[4];
        size_t shown;
        const char *text;
    } cases[] = {
        {{21}, 20, "1 more, in 1 file (PS1.txt 1)"},
        {{1220, 5}, 20, "1,205 more, in 2 files (PS1.txt 1,200, PS2.txt 5)"},
        {{20, 5}, 20, "5 more, in 1 file (PS2.txt 5)"},
        {{25, 1000000, 0, 6},
         20,
         "1,000,011 more, in 3 files (PS2.txt 1,000,000, PS4.txt 6, PS1.txt 5)"},
        {{25, 7, 8, 9}, 20, "29 more, in 4 files (PS4.txt 9, PS3.txt 8, PS2.txt 7, ...)"},
    };
    struct dk_drop drop = {0};
    struct dk_problem list[DK_PROBLEMS_SHOWN] = {0};
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        char text[DK_ERROR_TEXT_MAX];
        struct dk_report report = {.problems = list, .problems_count = DK_PROBLEMS_SHOWN};
        for (int file = 0; file < 4; file++) {
            report.problems_by_file[file] = cases[i].counts[file];
            report.problems_total += cases[i].counts[file];
        }
        dk_report_format_rest(&report, &drop, cases[i].shown, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void a_problem_names_its_place(void **state)
{
    char name[] = "PS1-2023-06-01.txt";
    char path[] = "logs/PS1-2023-06-01.txt";
    struct dk_drop drop = {0};
    struct dk_problem_words words;
    (void)state;
    drop.files[0].name = name;
    drop.files[0].path = path;
    struct dk_problem problem = {.kind = DK_PROBLEM_CELL,
                                 .reason = DK_DECIMAL_COMMA,
                                 .line = 12,
                                 .column = 40,
                                 .offset = 3312,
                                 .text = "1,5"};
    dk_problem_format(&problem, &drop, &words);
    assert_string_equal(words.text, "logs/PS1-2023-06-01.txt, line 12, column 40: '1,5' has a "
                                    "decimal comma; expected 1.5");
    problem = (struct dk_problem){.kind = DK_PROBLEM_EMPTY_FILE, .file = 1};
    dk_problem_format(&problem, &drop, &words);
    assert_string_equal(words.text, "PS2.txt: the file is empty");
    problem = (struct dk_problem){.kind = DK_PROBLEM_MISSING_FILE, .file = 15, .got = 1};
    dk_problem_format(&problem, &drop, &words);
    assert_string_equal(words.text, "CP.txt is missing");
    problem = (struct dk_problem){.kind = DK_PROBLEM_MISSING_FILE, .file = 1, .got = 16};
    dk_problem_format(&problem, &drop, &words);
    assert_string_equal(words.text,
                        "16 files are missing: PS2.txt, PS3.txt, PS4.txt, PS5.txt, PS6.txt, "
                        "EPS1.txt, FS1.txt, FS2.txt, TS1.txt, TS2.txt, TS3.txt, TS4.txt, VS1.txt, "
                        "CE.txt, CP.txt, SE.txt");
}

/* --- the quarantine's file ------------------------------------------------------------------ */

static void the_file_of_the_quarantine(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings;
    struct dk_buffer text;
    dk_input_settings_init(&settings);
    settings.cohorts = 2;
    settings.quarantine = true;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 4, 2);
    drop_folder_put(&folder, "TS1.txt", "1\t2\nx\t4\n5\n1,5\t\n");
    drop_folder_put(&folder, "CE.txt", "1\t2\n\n3\t4\n5\t\xb5\n");
    drop_result_read(&result, folder.path, &settings, false);
    assert_int_equal(result.status, DK_OK);
    dk_buffer_init(&text, 1 << 20);
    struct dk_sink sink = dk_sink_buffer(&text);
    assert_int_equal(dk_report_write(&result.report, &result.drop, &sink, NULL), DK_OK);
    assert_int_equal(dk_buffer_terminate(&text, NULL), DK_OK);
    assert_string_equal(text.data, "file\tline\tcolumn\tbyte_offset\ttext\treason\n"
                                   "TS1.txt\t2\t1\t4\tx\tis not a number\n"
                                   "TS1.txt\t3\t\t8\t5\tis not a reading; expected 2 columns\n"
                                   "TS1.txt\t4\t1\t10\t1,5\thas a decimal comma; expected 1.5\n"
                                   "TS1.txt\t4\t2\t14\t\tthe cell is empty\n"
                                   "CE.txt\t2\t\t4\t\t1 blank line between readings\n"
                                   "CE.txt\t4\t2\t11\t\\xb5\tcontains a byte that is not ASCII\n");
    dk_buffer_reset(&text);
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

/* A sink that fails at the n-th write. */
static enum dk_status failing_write(struct dk_sink *sink, const void *data, size_t size,
                                    struct dk_error *err)
{
    int *left = sink->context;
    (void)data;
    (void)size;
    return (*left)-- > 0 ? DK_OK : dk_error_set(err, DK_ERR_IO, "disk full");
}

static void a_full_disk_is_reported(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    struct dk_drop drop = {0};
    struct dk_problem *list = calloc(COUNT, sizeof(*list));
    assert_non_null(list);
    for (uint32_t i = 0; i < COUNT; i++)
        list[i] = problem_at(0, i + 1, 1);
    struct dk_report report = {.problems = list, .problems_count = COUNT};
    int writes = 1000;
    struct dk_sink sink = {.write = failing_write, .context = &writes};
    assert_int_equal(dk_report_write(&report, &drop, &sink, NULL), DK_OK);
    int needed = 1000 - writes;
    assert_true(needed > 2);
    for (int i = 0; i < needed; i++) {
        writes = i;
        assert_int_equal(dk_report_write(&report, &drop, &sink, NULL), DK_ERR_IO);
    }
    dk_report_reset(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(what_quarantine_can_handle),
        cmocka_unit_test(the_foremost_is_fatal_if_any_is),
        cmocka_unit_test(the_pool_has_a_ceiling),
        cmocka_unit_test(texts_are_printable_and_cut),
        cmocka_unit_test(every_kind_has_words),
        cmocka_unit_test(a_bad_cell_and_what_was_expected),
        cmocka_unit_test(a_bad_cell_where_the_mark_is_the_comma),
        cmocka_unit_test(the_rest_is_counted_by_file),
        cmocka_unit_test(a_problem_names_its_place),
        cmocka_unit_test(the_file_of_the_quarantine),
        cmocka_unit_test(a_full_disk_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
