/*
 * bad_cells: the problems of a report, cell by cell, as quarantine takes them.
 *
 * A problem of one cell is that cell. A row that is bad as a whole gives one cell for each burst:
 * the one that represents the reading (of a mean, least or greatest value: the first). Cells that
 * belong to no burst, as alignment = column has them, are left out.
 */
#ifndef DK_INPUT_BAD_CELLS_H
#define DK_INPUT_BAD_CELLS_H

#include "input/input.h"

struct dk_bad_cell {
    const struct dk_problem *problem; /* in the report */
    int file;                         /* a sensor's index */
    uint64_t line, column;            /* from 1; the reading's index is line - 1 */
    uint32_t series;                  /* which burst of the row, from 0 */
    uint32_t sample, samples;         /* index in it, and its length */
};

/* A cursor. All pointers are borrowed. */
struct dk_bad_cells {
    const struct dk_report *report;
    const struct dk_drop *drop;
    const struct dk_input_settings *settings;
    size_t problem;
    uint64_t line;   /* of the problem, from 0 */
    uint32_t series; /* next burst of a row */
};

/* Begins with the first cell of a report of dk_drop_read, which was read with these settings. */
void dk_bad_cells_begin(struct dk_bad_cells *cells, const struct dk_report *report,
                        const struct dk_drop *drop, const struct dk_input_settings *settings);
/* The next cell; false after the last. */
bool dk_bad_cells_next(struct dk_bad_cells *cells, struct dk_bad_cell *cell);

#endif
