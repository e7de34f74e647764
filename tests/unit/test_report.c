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
    assert_non_null(strstr(error.message, "too many bad cells for quarantine: 1000001"));
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

/* Every kind has a text in the house style, for any file, and never overruns its buffer. */
static void every_kind_has_words(void **state)
{
    (void)state;
    struct dk_drop drop = {0};
    for (int kind = 0; kind < DK_PROBLEM_KIND_COUNT; kind++)
        for (int file = 0; file < DK_DROP_FILES; file++) {
            struct dk_problem problem = problem_at(file, 3, 2);
            char text[512];
            char hint[512];
            if (kind == DK_PROBLEM_COLUMNS && file == DK_DROP_PROFILE)
                continue; /* a profile has five columns, or its rows are short or long */
            problem.kind = (uint8_t)kind;
            problem.got = 7;
            problem.expected = 9;
            snprintf(problem.text, sizeof(problem.text), ";");
            dk_problem_format(&problem, &drop, text, sizeof(text), hint, sizeof(hint));
            assert_true(strlen(text) > 20 && strlen(hint) > 10);
            assert_true(text[strlen(text) - 1] != '.' && hint[strlen(hint) - 1] != '.');
            assert_null(strstr(text, "(null)"));
            for (size_t size = 1; size < 60; size++) {
                char cut[64];
                size_t kept = size - 1 < strlen(text) ? size - 1 : strlen(text);
                memset(cut, '#', sizeof(cut));
                dk_problem_format(&problem, &drop, cut, size, hint, 1);
                assert_int_equal(strlen(cut), kept);
                assert_memory_equal(cut, text, kept);
                assert_int_equal(cut[size], '#');
            }
        }
}

static void places_as_editors_know_them(void **state)
{
    (void)state;
    char name[] = "PS1-2023-06-01.txt";
    struct dk_drop drop = {0};
    char text[512];
    drop.files[0].name = name;
    struct dk_problem problem = {.kind = DK_PROBLEM_CELL,
                                 .reason = DK_DECIMAL_COMMA,
                                 .line = 12,
                                 .column = 40,
                                 .offset = 3312,
                                 .text = "1,5"};
    dk_problem_format(&problem, &drop, text, sizeof(text), NULL, 0);
    assert_string_equal(text, "PS1-2023-06-01.txt:12:40: byte 3312: '1,5': decimal comma");
    problem = (struct dk_problem){.kind = DK_PROBLEM_EMPTY_FILE, .file = 1};
    dk_problem_format(&problem, &drop, text, sizeof(text), NULL, 0);
    assert_string_equal(text, "PS2.txt: the file is empty");
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
                                   "TS1.txt\t2\t1\t4\tx\ta word where a number belongs\n"
                                   "TS1.txt\t3\t\t8\t5\t1 column where 2 are due\n"
                                   "TS1.txt\t4\t1\t10\t1,5\tdecimal comma\n"
                                   "TS1.txt\t4\t2\t14\t\tempty cell\n"
                                   "CE.txt\t2\t\t4\t\t1 blank line between readings\n"
                                   "CE.txt\t4\t2\t11\t\\xb5\ta byte that is not ASCII in a cell\n");
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
        cmocka_unit_test(places_as_editors_know_them),
        cmocka_unit_test(the_file_of_the_quarantine),
        cmocka_unit_test(a_full_disk_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
