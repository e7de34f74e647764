/*
 * parts SENSOR_FILE: the inner loops alone, the fastest of five tries, over as many of the first rows
 * of a 100 Hz file as fit a window; they stay in the cache. One line each: name, tab, GB/s of text, tab,
 * millions of cells or values per second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/put.h"
#include "input/cell.h"
#include "input/scan.h"
#include "input/window.h"

#define ROWS_MAX 64
#define CELLS_MAX 65536
#define TEXT_BYTES_MAX (CELLS_MAX * DK_DECIMAL_TEXT_MAX)
#define PART_S 0.1 /* a part repeats at least this long */
#define TRIES 5    /* the fastest counts: the others include other load on the machine */

/* Some rows of text, and all cells of them. */
struct text {
    char bytes[DK_WINDOW_BYTES + DK_SCAN_SLACK];
    size_t size;
    size_t row_starts[ROWS_MAX + 1];
    size_t rows, columns;
    size_t cells;
    size_t cell_starts[CELLS_MAX];
    size_t cell_sizes[CELLS_MAX];
    dk_decimal values[CELLS_MAX];
    char out[TEXT_BYTES_MAX + DK_PUT_SLACK];
    size_t out_size;
};

static struct text text;
static dk_scan_fn scan;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "parts: %s\n", what);
    exit(1);
}

/* --- what is timed: each goes over all rows, or all values, once ------------------------------ */

static void scan_rows(void)
{
    static uint32_t starts[CELLS_MAX];
    struct dk_scan_plan plan = {
        .columns = (uint32_t)text.columns, .stride = 100, .count = (uint32_t)text.columns / 100};
    for (size_t i = 0; i < text.rows; i++) {
        size_t start = text.row_starts[i];
        if (!scan(text.bytes + start, text.row_starts[i + 1] - 1 - start, &plan, starts))
            fail("a row is not plain");
    }
}

static void parse_cells(void)
{
    for (size_t i = 0; i < text.cells; i++)
        if (dk_decimal_parse(text.bytes + text.cell_starts[i], text.cell_sizes[i],
                             &text.values[i]) != DK_DECIMAL_GOOD)
            fail("a cell is not a decimal");
}

static void read_cells(void)
{
    for (size_t i = 0; i < text.cells; i++)
        text.values[i] = dk_cell_read(text.bytes + text.cell_starts[i]);
}

static void read_doubles(void)
{
    volatile double sum = 0;
    for (size_t i = 0; i < text.cells; i++)
        sum = sum + strtod(text.bytes + text.cell_starts[i], NULL);
}

static void put_values(void)
{
    char *at = text.out;
    for (size_t i = 0; i < text.cells; i++) {
        at = dk_put_decimal(at, text.values[i]);
        *at++ = ',';
    }
    text.out_size = (size_t)(at - text.out);
}

static void format_values(void)
{
    char *at = text.out;
    for (size_t i = 0; i < text.cells; i++) {
        at += dk_decimal_format(text.values[i], at);
        *at++ = ',';
    }
}

static void print_values(void)
{
    char *at = text.out;
    for (size_t i = 0; i < text.cells; i++)
        at += snprintf(at, DK_DECIMAL_TEXT_MAX, "%.15g,", dk_decimal_to_double(text.values[i]));
}

static void hash_bytes(void)
{
    char hex[DK_HASH_HEX_MAX];
    if (dk_hash_bytes(text.bytes, text.size, hex, NULL) != DK_OK)
        fail("no hash");
}

/* ---------------------------------------------------------------------------------------------- */

/* The fastest repetition rate of a part, in repetitions per second. */
static double fastest(void (*part)(void))
{
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        double start = now();
        size_t times = 0;
        do {
            part();
            times++;
        } while (now() - start < PART_S);
        double rate = (double)times / (now() - start);
        best = rate > best ? rate : best;
    }
    return best;
}

static void take(const char *name, void (*part)(void), const size_t *bytes)
{
    part();
    double rate = fastest(part);
    printf("%s\t%.3f\t%.0f\n", name, (double)*bytes * rate / 1e9, (double)text.cells * rate / 1e6);
}

static void split_row(size_t start, size_t end)
{
    for (size_t at = start; at < end; text.cells++) {
        if (text.cells == CELLS_MAX)
            fail("too many cells");
        const char *tab = memchr(text.bytes + at, '\t', end - at);
        size_t cell_end = tab ? (size_t)(tab - text.bytes) : end;
        text.cell_starts[text.cells] = at;
        text.cell_sizes[text.cells] = cell_end - at;
        at = cell_end + 1;
    }
}

static void read_rows(const char *path)
{
    FILE *file = fopen(path, "r");
    size_t got = file ? fread(text.bytes, 1, DK_WINDOW_BYTES, file) : 0;
    if (!file || fclose(file) != 0)
        fail("can't read the file");
    while (text.rows < ROWS_MAX) {
        const char *end = memchr(text.bytes + text.size, '\n', got - text.size);
        if (!end)
            break;
        split_row(text.size, (size_t)(end - text.bytes));
        text.size = (size_t)(end - text.bytes) + 1;
        text.row_starts[++text.rows] = text.size;
    }
    if (text.rows == 0)
        fail("no row fits a window");
    text.columns = text.cells / text.rows;
}

int main(int argc, char **argv)
{
    struct dk_scan_variant variants[DK_SCAN_VARIANTS_MAX];
    if (argc != 2) {
        fprintf(stderr, "usage: parts SENSOR_FILE\n");
        return 2;
    }
    read_rows(argv[1]);
    size_t count = dk_scan_variants(variants);
    for (size_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof(name), "check a row, %s", variants[i].name);
        scan = variants[i].scan;
        if (variants[i].supported)
            take(name, scan_rows, &text.size);
    }
    take("check and read each cell, plain", parse_cells, &text.size);
    take("read a checked cell", read_cells, &text.size);
    take("strtod", read_doubles, &text.size);
    put_values();
    take("write a decimal", put_values, &text.out_size);
    take("write a decimal, plain", format_values, &text.out_size);
    take("snprintf %.15g", print_values, &text.out_size);
    take("sha256", hash_bytes, &text.size);
    return 0;
}
