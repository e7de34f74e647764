/*
 * The row scanner: validates a whole row of plain cells, 64 bytes a step, and says where the
 * needed ones begin.
 *
 * A plain cell is `[-] digits [mark digits]` in at most 13 bytes, which is always a good decimal; a
 * plain row is plain cells with one tab between them. The scanner accepts plain rows with the right
 * number of cells, and refuses all others, good or bad. The caller then reads such a row cell by
 * cell with dk_decimal_parse_marked, the specification: the scanner may refuse, but it never
 * differs. No floating point, no allocation, no state between rows; any thread may call it.
 *
 * The method is that of G. Langdale and D. Lemire, "Parsing gigabytes of JSON per second", VLDB
 * Journal 28 (2019): a bit mask for each class of bytes, then arithmetic on masks, not branches.
 */
#ifndef DK_INPUT_SCAN_H
#define DK_INPUT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"

/* Bytes past the end of a row that must be readable. Their values don't matter to the scanner; for
 * dk_cell_read the byte right after the row must be one that ends a cell. */
#define DK_SCAN_SLACK 64
/* The longest plain cell: 13 digits, or 12 and a point, are within the limits of dk_decimal. */
#define DK_SCAN_CELL_MAX 13

/* Which cells a caller needs: first, first + stride, ..., count of them (0-based columns). */
struct dk_scan_plan {
    uint32_t columns; /* cells a row must have, at least 1 */
    uint32_t first;
    uint32_t stride; /* at least 1 */
    uint32_t count;
    enum dk_decimal_mark mark;
};

/* Validates row[0..size) (no line end in it; DK_SCAN_SLACK bytes readable after it). True: the row
 * is plain, has plan->columns cells, and starts[0..plan->count) hold the byte offsets of the needed
 * ones. False: not plain; starts is garbage. */
typedef bool (*dk_scan_fn)(const char *row, size_t size, const struct dk_scan_plan *plan,
                           uint32_t *starts);

struct dk_scan_variant {
    const char *name; /* "avx512", "avx2", "sse2", "plain" */
    dk_scan_fn scan;
    bool supported; /* by this processor */
};

#define DK_SCAN_VARIANTS_MAX 4

/* All variants that this build has, the fastest first; returns how many. They agree on every
 * input. */
size_t dk_scan_variants(struct dk_scan_variant variants[DK_SCAN_VARIANTS_MAX]);

/* The fastest one that this processor supports. */
dk_scan_fn dk_scan_best(void);

#endif
