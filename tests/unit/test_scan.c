/* The row scanner: every variant against the definition of a plain row, spelled out cell by cell,
 * on rows cut at every offset, on random and on adversarial bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "input/cell.h"
#include "input/scan.h"

#define CELLS_MAX 4096

/* xorshift64*: S. Vigna, "An experimental exploration of Marsaglia's xorshift generators" (2016) */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* --- the definition ------------------------------------------------------------------------- */

static bool is_plain_cell(const char *cell, size_t size)
{
    size_t at = size > 0 && cell[0] == '-';
    size_t digits = 0;
    size_t points = 0;
    if (size > DK_SCAN_CELL_MAX)
        return false;
    for (; at < size; at++) {
        bool digit = cell[at] >= '0' && cell[at] <= '9';
        bool point = cell[at] == '.' && digits > 0 && points == 0 && at + 1 < size;
        if (!digit && !point)
            return false;
        digits += digit;
        points += point;
    }
    return digits > 0;
}

static bool scan_by_definition(const char *row, size_t size, const struct dk_scan_plan *plan,
                               uint32_t *starts)
{
    uint32_t column = 0;
    uint32_t found = 0;
    for (size_t at = 0; at <= size; column++) {
        const char *tab = memchr(row + at, '\t', size - at);
        size_t cell = tab ? (size_t)(tab - row) - at : size - at;
        if (!is_plain_cell(row + at, cell))
            return false;
        if (column >= plan->first && (column - plan->first) % plan->stride == 0 &&
            found < plan->count)
            starts[found++] = (uint32_t)at;
        at += cell + 1;
    }
    return column == plan->columns;
}

static uint32_t count_cells(const char *row, size_t size)
{
    uint32_t count = 1;
    for (size_t i = 0; i < size; i++)
        count += row[i] == '\t';
    return count;
}

/* --- the comparison ------------------------------------------------------------------------- */

/* A variant's answer to a copy of the row in separate memory, with `filler` as slack, so that a
 * sanitizer detects every byte read past the slack. */
static void compare_one(const struct dk_scan_variant *variant, const char *row, size_t size,
                        const struct dk_scan_plan *plan, char filler)
{
    static uint32_t expected[CELLS_MAX];
    static uint32_t got[CELLS_MAX];
    assert_true(plan->count <= CELLS_MAX);
    char *copy = malloc(size + DK_SCAN_SLACK);
    assert_non_null(copy);
    memcpy(copy, row, size);
    memset(copy + size, filler, DK_SCAN_SLACK);
    bool plain = scan_by_definition(row, size, plan, expected);
    if (variant->scan(copy, size, plan, got) != plain)
        fail_msg("%s %s '%.*s'", variant->name, plain ? "refuses" : "takes", (int)size, row);
    if (plain)
        assert_memory_equal(got, expected, plan->count * sizeof(*got));
    free(copy);
}

/* The same row with a decimal comma, and its commas made points: a variant must answer the same. */
static void compare_with_comma(const struct dk_scan_variant *variant, const char *row, size_t size,
                               const struct dk_scan_plan *plan)
{
    static uint32_t with_point[CELLS_MAX];
    static uint32_t with_comma[CELLS_MAX];
    struct dk_scan_plan comma_plan = *plan;
    comma_plan.mark = DK_MARK_COMMA;
    char *copy = calloc(1, size + DK_SCAN_SLACK);
    assert_non_null(copy);
    memcpy(copy, row, size);
    bool plain = variant->scan(copy, size, plan, with_point);
    for (size_t i = 0; i < size; i++)
        copy[i] = row[i] == '.' ? ',' : row[i] == ',' ? '.' : row[i];
    if (variant->scan(copy, size, &comma_plan, with_comma) != plain)
        fail_msg("%s %s '%.*s'", variant->name, plain ? "refuses" : "takes", (int)size, copy);
    for (uint32_t i = 0; plain && i < plan->count; i++) {
        assert_int_equal(with_comma[i], with_point[i]);
        memcpy(copy + size, "\n", 1);
        dk_decimal value = dk_cell_read(copy + with_comma[i]);
        dk_decimal expected = 0;
        const char *end = memchr(row + with_point[i], '\t', size - with_point[i]);
        size_t cell = (end ? (size_t)(end - row) : size) - with_point[i];
        assert_int_equal(dk_decimal_parse(row + with_point[i], cell, &expected), DK_DECIMAL_GOOD);
        assert_int_equal(value, expected);
    }
    free(copy);
}

static void compare_row(const char *row, size_t size, const struct dk_scan_plan *plan)
{
    static const char fillers[] = {'\n', '\t', '7', '.', '-', '\0'};
    static unsigned turn;
    struct dk_scan_variant variants[DK_SCAN_VARIANTS_MAX];
    size_t count = dk_scan_variants(variants);
    for (size_t i = 0; i < count; i++) {
        if (!variants[i].supported)
            continue;
        compare_one(&variants[i], row, size, plan, fillers[turn++ % sizeof(fillers)]);
        compare_with_comma(&variants[i], row, size, plan);
    }
}

static struct dk_scan_plan plan_of_all(const char *row, size_t size)
{
    uint32_t cells = count_cells(row, size);
    return (struct dk_scan_plan){.columns = cells, .stride = 1, .count = cells};
}

static void compare_text(const char *row, size_t size)
{
    struct dk_scan_plan plan = plan_of_all(row, size);
    compare_row(row, size, &plan);
    plan.columns++;
    compare_row(row, size, &plan);
}

/* --- tests ---------------------------------------------------------------------------------- */

static void a_variant_is_there(void **state)
{
    (void)state;
    struct dk_scan_variant variants[DK_SCAN_VARIANTS_MAX];
    size_t count = dk_scan_variants(variants);
    assert_true(count >= 1);
    assert_string_equal(variants[count - 1].name, "plain");
    assert_true(variants[count - 1].supported);
    for (size_t i = 0; i < count; i++)
        if (variants[i].supported) {
            assert_ptr_equal(dk_scan_best(), variants[i].scan);
            break;
        }
}

/* Each case is placed at every offset of a row of good cells, so that it occurs at every position
 * in a block and at every border between blocks. */
static void cases_at_every_offset(void **state)
{
    (void)state;
    static const char *const cases[] = {"0",
                                        "7",
                                        "-1",
                                        "1.5",
                                        "-0.001",
                                        "9999999999999",
                                        "12345.678",
                                        "-12345678901",
                                        "0.00000000001",
                                        "99999999999999",
                                        "123456789012.5",
                                        "",
                                        "-",
                                        ".",
                                        ".5",
                                        "5.",
                                        "-.5",
                                        "-5.",
                                        "--1",
                                        "1-",
                                        "1-2",
                                        "1.2.3",
                                        "1..2",
                                        "1.-2",
                                        "+1",
                                        "1e5",
                                        "1E-5",
                                        " 1",
                                        "1 ",
                                        "1,5",
                                        "1;2",
                                        "nan",
                                        "\x80",
                                        "\xb5",
                                        "1\r",
                                        "1/2",
                                        "1:2",
                                        "\t",
                                        "\t\t",
                                        "1\t\t2",
                                        "0.1234567890123"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t before = 0; before < 140; before++) {
            char row[320];
            size_t size = 0;
            for (size_t at = 0; at < before; at++)
                row[size++] = at % 5 == 4 && at + 1 < before ? '\t' : (char)('0' + at % 10);
            if (before > 0)
                row[size++] = '\t';
            memcpy(row + size, cases[i], strlen(cases[i]));
            size += strlen(cases[i]);
            compare_text(row, size);
            memcpy(row + size, "\t4.5\t6", 6);
            compare_text(row, size + 6);
        }
}

static void a_nul_at_every_offset(void **state)
{
    (void)state;
    char row[130];
    for (size_t at = 0; at < sizeof(row); at++) {
        for (size_t i = 0; i < sizeof(row); i++)
            row[i] = i % 6 == 5 ? '\t' : '3';
        row[at] = '\0';
        compare_text(row, sizeof(row));
    }
}

static void every_byte_everywhere(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++)
        for (size_t at = 0; at < 70; at++) {
            char row[70];
            for (size_t i = 0; i < sizeof(row); i++)
                row[i] = i % 7 == 6 ? '\t' : i % 7 == 3 ? '.' : (char)('0' + i % 10);
            row[at] = (char)byte;
            compare_text(row, sizeof(row));
        }
}

static void cut_at_every_offset(void **state)
{
    (void)state;
    char row[400];
    size_t size = 0;
    for (int i = 0; size + 16 < sizeof(row); i++)
        size += (size_t)snprintf(row + size, sizeof(row) - size, "%s%s%d.%d", i ? "\t" : "",
                                 i % 5 == 0 ? "-" : "", i * 37 % 1000, i * 91 % 1000);
    for (size_t from = 0; from < 80; from++)
        for (size_t to = from; to <= size; to++)
            compare_text(row + from, to - from);
}

/* Bytes of a row with occasional mistakes. */
static size_t random_row(char *row, size_t limit, uint64_t *random)
{
    static const char usual[] = "0123456789012345678901234567890123456789....\t\t\t\t\t-";
    static const char unusual[] = "+eE ,;\r\0\x80\xffxN/:";
    size_t size = next_random(random) % limit;
    unsigned mistakes = next_random(random) % 3 == 0 ? 40 : 0;
    for (size_t i = 0; i < size; i++) {
        bool odd = mistakes && next_random(random) % mistakes == 0;
        row[i] = odd ? unusual[next_random(random) % (sizeof(unusual) - 1)]
                     : usual[next_random(random) % (sizeof(usual) - 1)];
    }
    return size;
}

/* Good cells of all possible lengths, separated by tabs. */
static size_t good_row(char *row, size_t limit, uint64_t *random)
{
    size_t cells = 1 + next_random(random) % 60;
    size_t size = 0;
    for (size_t i = 0; i < cells && size + 2 * DK_SCAN_CELL_MAX < limit; i++) {
        size_t whole = 1 + next_random(random) % 6;
        size_t decimals = next_random(random) % 7;
        if (i > 0)
            row[size++] = '\t';
        if (whole + decimals < 12 && next_random(random) % 8 == 0)
            row[size++] = '-';
        while (whole-- > 0)
            row[size++] = (char)('0' + next_random(random) % 10);
        if (decimals > 0)
            row[size++] = '.';
        while (decimals-- > 0)
            row[size++] = (char)('0' + next_random(random) % 10);
    }
    return size;
}

static void random_rows(void **state)
{
    (void)state;
    uint64_t random = 42;
    char row[600];
    for (int i = 0; i < 60000; i++) {
        size_t size = i % 2 ? random_row(row, 300, &random) : good_row(row, sizeof(row), &random);
        if (i % 4 == 2 && size > 0)
            row[next_random(&random) % size] = "\t.-x5"[next_random(&random) % 5];
        compare_text(row, size);
    }
}

static void needed_cells_of_any_plan(void **state)
{
    (void)state;
    uint64_t random = 7;
    char row[4096];
    for (int i = 0; i < 20000; i++) {
        size_t size = good_row(row, sizeof(row), &random);
        struct dk_scan_plan plan = plan_of_all(row, size);
        plan.stride = 1 + (uint32_t)(next_random(&random) % 12);
        plan.first = (uint32_t)(next_random(&random) % plan.columns);
        uint32_t there = (plan.columns - plan.first + plan.stride - 1) / plan.stride;
        plan.count = (uint32_t)(next_random(&random) % (there + 1));
        compare_row(row, size, &plan);
    }
}

/* What the scanner accepts is valid, and the fast reader gives the same result as the slow one. */
static void plain_cells_are_decimals(void **state)
{
    (void)state;
    uint64_t random = 99;
    char row[600];
    uint32_t starts[CELLS_MAX];
    const char ends[] = {'\n', '\r', '\t'};
    for (int i = 0; i < 60000; i++) {
        size_t size = good_row(row, sizeof(row) - DK_SCAN_SLACK, &random);
        struct dk_scan_plan plan = plan_of_all(row, size);
        memset(row + size, ends[i % 3], DK_SCAN_SLACK);
        assert_true(dk_scan_best()(row, size, &plan, starts));
        for (uint32_t cell = 0; cell < plan.count; cell++) {
            size_t end = cell + 1 < plan.count ? starts[cell + 1] - (size_t)1 : size;
            dk_decimal expected = DK_DECIMAL_MISSING;
            assert_int_equal(dk_decimal_parse(row + starts[cell], end - starts[cell], &expected),
                             DK_DECIMAL_GOOD);
            assert_true(dk_cell_read(row + starts[cell]) == expected);
        }
    }
}

static void cells_of_every_shape_are_read(void **state)
{
    (void)state;
    static const char *const cells[] = {"0",
                                        "-0",
                                        "0.0",
                                        "-0.000",
                                        "10",
                                        "100.00",
                                        "9.80",
                                        "007",
                                        "0.001",
                                        "-36.250",
                                        "9999999",
                                        "12345678",
                                        "0.000001",
                                        "-1234567.5",
                                        "1.0000000000",
                                        "9999999999999",
                                        "-99999999999",
                                        "0.00000000001",
                                        "-123456.7890",
                                        "1000000"};
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        char memory[DK_SCAN_CELL_MAX + DK_SCAN_SLACK];
        size_t size = strlen(cells[i]);
        dk_decimal expected = DK_DECIMAL_MISSING;
        memcpy(memory, cells[i], size);
        memset(memory + size, '\t', DK_SCAN_SLACK);
        assert_int_equal(dk_decimal_parse(cells[i], size, &expected), DK_DECIMAL_GOOD);
        assert_true(dk_cell_read(memory) == expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variant_is_there),
        cmocka_unit_test(cases_at_every_offset),
        cmocka_unit_test(a_nul_at_every_offset),
        cmocka_unit_test(every_byte_everywhere),
        cmocka_unit_test(cut_at_every_offset),
        cmocka_unit_test(random_rows),
        cmocka_unit_test(needed_cells_of_any_plan),
        cmocka_unit_test(plain_cells_are_decimals),
        cmocka_unit_test(cells_of_every_shape_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
