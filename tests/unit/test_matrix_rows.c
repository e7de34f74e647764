/* Rows to values: the reader with the scanner against the reader without, cell by cell, in every
 * layout and by every sample rule, on good rows and bad; and the layouts themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/file_layout.h"
#include "input/row.h"

#define SERIES_MAX 8
#define STRIDE 3
#define FILE_TS1 9 /* 1 Hz */
#define FILE_FS1 7 /* 10 Hz */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* The complete result of reading a row. */
struct outcome {
    struct dk_row_reader reader;
    dk_decimal values[SERIES_MAX * STRIDE];
};

static void read_row(struct outcome *outcome, dk_scan_fn scan, const struct dk_file_layout *layout,
                     int file, const char *text, size_t size)
{
    char *copy = malloc(size + DK_SCAN_SLACK);
    assert_non_null(copy);
    memcpy(copy, text, size);
    memset(copy + size, '\n', DK_SCAN_SLACK);
    *outcome = (struct outcome){0};
    dk_row_reader_init(&outcome->reader, scan, NULL);
    assert_int_equal(dk_row_reader_reserve(&outcome->reader, layout, NULL), DK_OK);
    struct dk_row row = {.text = copy, .size = size, .line = 12, .offset = 1000};
    struct dk_row_target target = {.first = outcome->values, .stride = STRIDE};
    dk_row_read(&outcome->reader, layout, file, &row, target);
    dk_row_reader_reset(&outcome->reader);
    free(copy);
}

static void compare(const struct dk_file_layout *layout, int file, const char *text, size_t size)
{
    static struct outcome fast;
    static struct outcome plain;
    read_row(&fast, dk_scan_best(), layout, file, text, size);
    read_row(&plain, NULL, layout, file, text, size);
    assert_memory_equal(fast.values, plain.values, sizeof(fast.values));
    assert_int_equal(fast.reader.cells, plain.reader.cells);
    assert_int_equal(fast.reader.missing, plain.reader.missing);
    assert_int_equal(fast.reader.oddities[file], plain.reader.oddities[file]);
    assert_int_equal(fast.reader.problems.total, plain.reader.problems.total);
    assert_int_equal(fast.reader.problems.first_count, plain.reader.problems.first_count);
    for (size_t i = 0; i < fast.reader.problems.first_count; i++) {
        const struct dk_problem *a = &fast.reader.problems.first[i];
        const struct dk_problem *b = &plain.reader.problems.first[i];
        assert_true(a->kind == b->kind && a->reason == b->reason && a->line == b->line &&
                    a->column == b->column && a->offset == b->offset && a->got == b->got);
        assert_string_equal(a->text, b->text);
    }
}

static struct dk_file_layout make_layout(enum dk_columns columns, int cohorts,
                                         enum dk_sample sample, enum dk_alignment alignment,
                                         int file, uint64_t count)
{
    struct dk_input_settings settings;
    struct dk_file_layout layout = {0};
    struct dk_problem problem = {0};
    dk_input_settings_init(&settings);
    settings.columns = columns;
    settings.cohorts = cohorts;
    settings.sample = sample;
    settings.alignment = alignment;
    if (!dk_layout_init(&layout, &settings, file, count, &problem))
        fail_msg("%d columns don't fit", (int)count);
    return layout;
}

/* A row of `columns` cells, some of them unusual or bad, sometimes with the wrong length. */
static size_t random_row(char *row, uint32_t columns, uint64_t *random)
{
    static const char *const odd[] = {"",    "nan", "1,5", " 2", "3 ",   "+4",
                                      "1e3", ".5",  "6.",  "x",  "\xb5", "1234567890123456"};
    unsigned trouble = next_random(random) % 2 ? 30 : 1u << 30;
    uint32_t cells = columns;
    if (next_random(random) % 16 == 0)
        cells += next_random(random) % 2 ? 1 : UINT32_MAX;
    size_t size = 0;
    for (uint32_t i = 0; i < cells; i++) {
        if (i > 0)
            row[size++] = '\t';
        if (next_random(random) % trouble == 0)
            size += (size_t)snprintf(row + size, 20, "%s", odd[next_random(random) % 12]);
        else
            size += (size_t)snprintf(row + size, 16, "%s%u.%u", i % 9 == 0 ? "-" : "",
                                     (unsigned)(next_random(random) % 3000),
                                     (unsigned)(next_random(random) % 1000));
    }
    if (next_random(random) % 8 == 0)
        row[size++] = '\t';
    if (next_random(random) % 8 == 0)
        row[size++] = '\r';
    return size;
}

static void fast_equals_plain(void **state)
{
    (void)state;
    static char row[200 * 20];
    uint64_t random = 3;
    for (int i = 0; i < 40000; i++) {
        enum dk_sample sample = (enum dk_sample)(next_random(&random) % 5);
        bool by_column = next_random(&random) % 4 == 0;
        bool samples = next_random(&random) % 3 == 0;
        int cohorts = 1 + (int)(next_random(&random) % SERIES_MAX);
        int file = next_random(&random) % 2 ? FILE_TS1 : FILE_FS1;
        uint32_t columns = (uint32_t)cohorts * (file == FILE_TS1 ? 1 : 10);
        struct dk_file_layout layout =
            make_layout(samples ? DK_COLUMNS_SAMPLES : DK_COLUMNS_COHORTS, cohorts, sample,
                        by_column ? DK_ALIGNMENT_COLUMN : DK_ALIGNMENT_SECOND, file, columns);
        size_t size = random_row(row, columns, &random);
        compare(&layout, file, row, size);
    }
}

/* --- small rows by hand --------------------------------------------------------------------- */

static dk_decimal decimal(const char *text)
{
    dk_decimal value = DK_DECIMAL_MISSING;
    assert_int_equal(dk_decimal_parse(text, strlen(text), &value), DK_DECIMAL_GOOD);
    return value;
}

struct by_hand {
    enum dk_columns columns;
    int cohorts;
    enum dk_sample sample;
    enum dk_alignment alignment;
    const char *expected[3]; /* NULL: no such series; "" : missing */
};

/* One row of a 10 Hz sensor: 20 cells. */
static const char flow[] =
    "8.5\t0.25\t-3\t1\t2\t3\t4\t5\t6\t7.75\t10.1\t10.2\t10.3\t10.05\t10\t10.5\t"
    "10.6\t10.7\t10.8\t10.9";
/* The same with the third and the last cell bad. */
static const char torn[] =
    "8.5\t0.25\tx\t1\t2\t3\t4\t5\t6\t7.75\t10.1\t10.2\t10.3\t10.05\t10\t10.5\t"
    "10.6\t10.7\t10.8\t";

static void check_by_hand(const char *row, const struct by_hand *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct dk_file_layout layout = make_layout(
            cases[i].columns, cases[i].cohorts, cases[i].sample, cases[i].alignment, FILE_FS1, 20);
        for (int fast = 0; fast < 2; fast++) {
            struct outcome outcome;
            read_row(&outcome, fast ? dk_scan_best() : NULL, &layout, FILE_FS1, row, strlen(row));
            uint64_t missing = 0;
            for (size_t s = 0; s < 3 && cases[i].expected[s]; s++) {
                bool lost = cases[i].expected[s][0] == '\0';
                missing += lost;
                assert_true(outcome.values[s * STRIDE] ==
                            (lost ? DK_DECIMAL_MISSING : decimal(cases[i].expected[s])));
            }
            assert_int_equal(outcome.reader.missing, missing);
            assert_int_equal(outcome.reader.cells, 20);
        }
    }
}

static void sample_rules(void **state)
{
    (void)state;
    static const struct by_hand cases[] = {
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_FIRST, DK_ALIGNMENT_SECOND, {"8.5", "10.1"}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_LAST, DK_ALIGNMENT_SECOND, {"7.75", "10.9"}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_MIN, DK_ALIGNMENT_SECOND, {"-3", "10"}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_MAX, DK_ALIGNMENT_SECOND, {"8.5", "10.9"}},
        /* 34.5 / 10, 104.15 / 10 */
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_MEAN, DK_ALIGNMENT_SECOND, {"3.45", "10.415"}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_FIRST, DK_ALIGNMENT_COLUMN, {"8.5", "0.25"}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_LAST, DK_ALIGNMENT_COLUMN, {"8.5", "0.25"}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_MEAN, DK_ALIGNMENT_COLUMN, {"8.5", "0.25"}},
        {DK_COLUMNS_WELLS, 2, DK_SAMPLE_LAST, DK_ALIGNMENT_SECOND, {"7.75", "10.9"}},
        {DK_COLUMNS_SAMPLES, 60, DK_SAMPLE_FIRST, DK_ALIGNMENT_SECOND, {"8.5"}},
        {DK_COLUMNS_SAMPLES, 60, DK_SAMPLE_LAST, DK_ALIGNMENT_SECOND, {"10.9"}},
        {DK_COLUMNS_SAMPLES, 60, DK_SAMPLE_MIN, DK_ALIGNMENT_SECOND, {"-3"}},
        {DK_COLUMNS_SAMPLES, 60, DK_SAMPLE_MAX, DK_ALIGNMENT_SECOND, {"10.9"}},
        /* 138.65 / 20 = 6.9325 */
        {DK_COLUMNS_SAMPLES, 60, DK_SAMPLE_MEAN, DK_ALIGNMENT_SECOND, {"6.9325"}},
        {DK_COLUMNS_SAMPLES, 60, DK_SAMPLE_MEAN, DK_ALIGNMENT_COLUMN, {"8.5"}},
    };
    check_by_hand(flow, cases, sizeof(cases) / sizeof(cases[0]));
}

static void a_bad_cell_in_a_burst(void **state)
{
    (void)state;
    static const struct by_hand cases[] = {
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_FIRST, DK_ALIGNMENT_SECOND, {"8.5", "10.1"}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_LAST, DK_ALIGNMENT_SECOND, {"7.75", ""}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_MIN, DK_ALIGNMENT_SECOND, {"", ""}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_MAX, DK_ALIGNMENT_SECOND, {"", ""}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_MEAN, DK_ALIGNMENT_SECOND, {"", ""}},
        {DK_COLUMNS_COHORTS, 2, DK_SAMPLE_FIRST, DK_ALIGNMENT_COLUMN, {"8.5", "0.25"}},
        {DK_COLUMNS_SAMPLES, 2, DK_SAMPLE_FIRST, DK_ALIGNMENT_SECOND, {"8.5"}},
        {DK_COLUMNS_SAMPLES, 2, DK_SAMPLE_MEAN, DK_ALIGNMENT_SECOND, {""}},
    };
    check_by_hand(torn, cases, sizeof(cases) / sizeof(cases[0]));
}

/* A mean is rounded once, half to even at 6 decimals, even if the burst is one cell. */
static void a_mean_is_rounded_once(void **state)
{
    (void)state;
    struct dk_file_layout layout =
        make_layout(DK_COLUMNS_COHORTS, 2, DK_SAMPLE_MEAN, DK_ALIGNMENT_SECOND, FILE_TS1, 2);
    static const char row[] = "1.0000005\t1.0000015";
    for (int fast = 0; fast < 2; fast++) {
        struct outcome outcome;
        read_row(&outcome, fast ? dk_scan_best() : NULL, &layout, FILE_TS1, row, strlen(row));
        assert_true(outcome.values[0] == decimal("1"));
        assert_true(outcome.values[STRIDE] == decimal("1.000002"));
    }
}

static void long_bursts_are_summed_exactly(void **state)
{
    (void)state;
    enum { CELLS = 1000000 }; /* their mantissas add up to more than 2^63 */
    struct dk_file_layout layout =
        make_layout(DK_COLUMNS_SAMPLES, 1, DK_SAMPLE_MEAN, DK_ALIGNMENT_SECOND, FILE_TS1, CELLS);
    char *row = malloc((size_t)CELLS * 14);
    assert_non_null(row);
    size_t size = 0;
    for (int i = 0; i < CELLS; i++)
        size += (size_t)snprintf(row + size, 15, "%s9999999999999", i ? "\t" : "");
    for (int fast = 0; fast < 2; fast++) {
        struct outcome outcome;
        read_row(&outcome, fast ? dk_scan_best() : NULL, &layout, FILE_TS1, row, size);
        assert_true(outcome.values[0] == decimal("9999999999999"));
    }
    free(row);
}

/* --- lengths and ends ----------------------------------------------------------------------- */

struct length_case {
    const char *row;
    unsigned oddities;
    int kind; /* of the only problem; -1: none */
    uint32_t column;
    uint64_t got;
};

static void ends_of_rows(void **state)
{
    (void)state;
    static const struct length_case cases[] = {
        {"1\t2\t3", 0, -1, 0, 0},
        {"1\t2\t3\r", DK_ODDITY_CRLF, -1, 0, 0},
        {"1\t2\t3\t", DK_ODDITY_TRAILING_TAB, -1, 0, 0},
        {"1\t2\t3\t\r", DK_ODDITY_TRAILING_TAB | DK_ODDITY_CRLF, -1, 0, 0},
        {"1\t 2 \t3", DK_ODDITY_BLANKS, -1, 0, 0},
        {"1\t2\t", 0, DK_PROBLEM_CELL, 3, 0},
        {"1\t\t3", 0, DK_PROBLEM_CELL, 2, 0},
        {"1\t2", 0, DK_PROBLEM_ROW_SHORT, 0, 2},
        {"1", 0, DK_PROBLEM_ROW_SHORT, 0, 1},
        {"1\t2\t3\t4", 0, DK_PROBLEM_ROW_LONG, 0, 4},
        {"1\t2\t3\t\t", 0, DK_PROBLEM_ROW_LONG, 0, 4},
        {"1\t2\t3\r\r", DK_ODDITY_CRLF, DK_PROBLEM_CELL, 3, 0},
    };
    struct dk_file_layout layout =
        make_layout(DK_COLUMNS_COHORTS, 3, DK_SAMPLE_FIRST, DK_ALIGNMENT_SECOND, FILE_TS1, 3);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (int fast = 0; fast < 2; fast++) {
            struct outcome outcome;
            read_row(&outcome, fast ? dk_scan_best() : NULL, &layout, FILE_TS1, cases[i].row,
                     strlen(cases[i].row));
            const struct dk_problem *problem = &outcome.reader.problems.first[0];
            assert_int_equal(outcome.reader.oddities[FILE_TS1], cases[i].oddities);
            assert_int_equal(outcome.reader.problems.total, cases[i].kind >= 0);
            if (cases[i].kind < 0)
                continue;
            assert_int_equal(problem->kind, cases[i].kind);
            assert_int_equal(problem->column, cases[i].column);
            assert_int_equal(problem->got, cases[i].got);
            assert_int_equal(problem->line, 12);
            bool whole_row = cases[i].kind != DK_PROBLEM_CELL;
            assert_int_equal(outcome.reader.missing, whole_row ? 3 : 1);
            assert_int_equal(problem->expected, whole_row ? 3 : 0);
        }
}

static void places_of_bad_cells(void **state)
{
    (void)state;
    struct dk_file_layout layout =
        make_layout(DK_COLUMNS_COHORTS, 4, DK_SAMPLE_FIRST, DK_ALIGNMENT_SECOND, FILE_TS1, 4);
    struct outcome outcome;
    static const char row[] = "11\tab\xe9\t\x01\\\t12,5";
    read_row(&outcome, dk_scan_best(), &layout, FILE_TS1, row, strlen(row));
    const struct dk_problem *first = outcome.reader.problems.first;
    assert_int_equal(outcome.reader.problems.total, 3);
    assert_int_equal(first[0].offset, 1003);
    assert_string_equal(first[0].text, "ab\\xe9");
    assert_int_equal(first[0].reason, DK_DECIMAL_NOT_ASCII);
    assert_int_equal(first[1].offset, 1007);
    assert_string_equal(first[1].text, "\\x01\\x5c");
    assert_int_equal(first[2].column, 4);
    assert_int_equal(first[2].offset, 1010);
    assert_int_equal(first[2].reason, DK_DECIMAL_COMMA);
}

/* --- layouts that don't fit ----------------------------------------------------------------- */

struct misfit {
    enum dk_columns columns;
    enum dk_alignment alignment;
    int cohorts, file;
    uint64_t count;
    bool fits;
    uint64_t expected;
};

static void columns_must_fit(void **state)
{
    (void)state;
    static const struct misfit cases[] = {
        {DK_COLUMNS_COHORTS, DK_ALIGNMENT_SECOND, 60, 0, 6000, true, 0},
        {DK_COLUMNS_COHORTS, DK_ALIGNMENT_SECOND, 60, 0, 5999, false, 6000},
        {DK_COLUMNS_COHORTS, DK_ALIGNMENT_SECOND, 30, 0, 6000, false, 3000},
        {DK_COLUMNS_COHORTS, DK_ALIGNMENT_SECOND, 60, FILE_TS1, 60, true, 0},
        {DK_COLUMNS_COHORTS, DK_ALIGNMENT_SECOND, 61, FILE_TS1, 60, false, 61},
        {DK_COLUMNS_COHORTS, DK_ALIGNMENT_COLUMN, 30, 0, 6000, true, 0},
        {DK_COLUMNS_COHORTS, DK_ALIGNMENT_COLUMN, 7, 0, 6000, false, 700},
        {DK_COLUMNS_WELLS, DK_ALIGNMENT_SECOND, 4, FILE_FS1, 40, true, 0},
        {DK_COLUMNS_WELLS, DK_ALIGNMENT_SECOND, 4, FILE_FS1, 4, false, 40},
        {DK_COLUMNS_SAMPLES, DK_ALIGNMENT_SECOND, 60, 0, 6000, true, 0},
        {DK_COLUMNS_SAMPLES, DK_ALIGNMENT_SECOND, 60, 0, 6050, false, 0},
        {DK_COLUMNS_SAMPLES, DK_ALIGNMENT_SECOND, 60, FILE_TS1, 1, true, 0},
        {DK_COLUMNS_SAMPLES, DK_ALIGNMENT_COLUMN, 60, 0, 6050, true, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_input_settings settings;
        struct dk_file_layout layout;
        struct dk_problem problem = {0};
        dk_input_settings_init(&settings);
        settings.columns = cases[i].columns;
        settings.alignment = cases[i].alignment;
        settings.cohorts = cases[i].cohorts;
        assert_int_equal(
            dk_layout_init(&layout, &settings, cases[i].file, cases[i].count, &problem),
            cases[i].fits);
        if (cases[i].fits)
            continue;
        assert_int_equal(problem.got, cases[i].count);
        assert_int_equal(problem.expected, cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fast_equals_plain),
        cmocka_unit_test(sample_rules),
        cmocka_unit_test(a_bad_cell_in_a_burst),
        cmocka_unit_test(a_mean_is_rounded_once),
        cmocka_unit_test(long_bursts_are_summed_exactly),
        cmocka_unit_test(ends_of_rows),
        cmocka_unit_test(places_of_bad_cells),
        cmocka_unit_test(columns_must_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
