/*
 * cells: whether two drops hold the same cells, however their files are written.
 *
 * The files of both are read side by side, in memory that is bounded by two windows. Two rows are
 * equal if dk_drop_read would make the same cells of them: line ends, a byte order mark, blanks
 * around cells, a tab at the end of rows, blank lines at the end and the spelling of a number
 * ("2290.0" for "2290") make no difference. All bad cells are missing ones, and so are all cells of
 * a blank row and of a row of the wrong length. Profiles are not compared: all that they hold is
 * loaded.
 */
#ifndef DK_INPUT_CELLS_H
#define DK_INPUT_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input/input.h"

/* One of the two drops, opened. */
struct dk_cells_side {
    const struct dk_drop *drop;               /* borrowed */
    const struct dk_input_settings *settings; /* that it is read with, resolved. Borrowed */
};

/* Burst `left` of the left drop's rows should be burst `right` of the right one's, from 0. */
struct dk_cells_pair {
    uint32_t left, right;
};

struct dk_cells_request {
    struct dk_cells_side left, right;
    const struct dk_cells_pair *pairs; /* borrowed */
    size_t pair_count;
};

#define DK_CELLS_TEXT_MAX 32

/* The first difference, in the order in which the files are read. */
struct dk_cells_difference {
    bool found;
    int file;                     /* a sensor's index */
    uint64_t line;                /* in the left file, from 1; 0: the file is in one drop only */
    uint64_t column;              /* from 1; 0: the rows of the files have other numbers of cells */
    char left[DK_CELLS_TEXT_MAX]; /* what is there, cut; "nothing" where nothing is */
    char right[DK_CELLS_TEXT_MAX];
};

/* Compares the bursts of `pairs` in every row of every sensor's file. DK_OK: *difference says what
 * was found. Otherwise a file could not be read. */
enum dk_status dk_cells_compare(const struct dk_cells_request *request,
                                struct dk_cells_difference *difference, struct dk_error *err)
    DK_CHECK;

/* --- cells of one file ---------------------------------------------------------------------- */

/* Some cells of a row, side by side. */
struct dk_cells_wanted {
    uint64_t line, column; /* of the first, from 1 */
    uint32_t count;
};

/* What to read again of a drop. All pointers are borrowed. */
struct dk_cells_reading {
    struct dk_cells_side side;
    int file;                             /* a sensor's index */
    const struct dk_cells_wanted *wanted; /* sorted by line */
    size_t count;
    void *context;
    /* Called for each cell of wanted[which]: `index` from 0; `text` without blanks around it, not
     * terminated. NULL: the row has no such cell, because it is blank, has more or fewer cells than
     * the file's rows, or is not there. */
    void (*cell)(void *context, size_t which, uint32_t index, const char *text, size_t size);
};

/* Reads the cells, in memory that is bounded by one window, no further than the last wanted
 * line. */
enum dk_status dk_cells_read(const struct dk_cells_reading *request, struct dk_error *err) DK_CHECK;

#endif
