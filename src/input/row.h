/*
 * One row of a sensor's file to values: by the scanner if the row is plain, else cell by cell,
 * which is the specification and finds every problem with its place. Private to src/input/.
 */
#ifndef DK_INPUT_ROW_H
#define DK_INPUT_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file_layout.h"
#include "problems.h"
#include "scan.h"

/* A row in a window, without its line end. DK_SCAN_SLACK bytes are readable after it, of which the
 * first is a line end (or '\r'). */
struct dk_row {
    const char *text;
    size_t size;
    uint64_t line;   /* 1-based */
    uint64_t offset; /* of text, in the file */
};

/* Harmless habits of files, each reported once. */
enum dk_oddity {
    DK_ODDITY_BOM = 1,
    DK_ODDITY_CRLF = 2,
    DK_ODDITY_TRAILING_TAB = 4,
    DK_ODDITY_NO_FINAL_NEWLINE = 8,
    DK_ODDITY_BLANK_END = 16,
    DK_ODDITY_BLANKS = 32,
    DK_ODDITY_OPEN_END = 64, /* harmless only if no file ends in a newline */
};

/* This many blank lines may follow the last reading that a cohort has room for. */
#define DK_BLANK_LINES_MAX 1000

/* Where the values of a row go: that of series s to first[s * stride]. first NULL: nowhere. */
struct dk_row_target {
    dk_decimal *first;
    size_t stride;
    int file;       /* whose row it is */
    size_t reading; /* index of the row */
};

/* What one worker reads rows with, and what it has met. */
struct dk_row_reader {
    dk_scan_fn scan;  /* NULL: every row cell by cell */
    uint32_t *starts; /* owned; room for starts_capacity cells */
    size_t starts_capacity;
    struct dk_problems problems;
    uint64_t cells;   /* read so far, in all files */
    uint64_t missing; /* values that became missing */
    unsigned oddities[DK_DROP_FILES];
    enum dk_decimal_mark mark;        /* of the cells that are read one by one */
    const struct dk_burst_sink *sink; /* borrowed; NULL: none */
    dk_decimal *samples;              /* owned; with a sink, the values of a row's cells */
};

/* A reader that scans with `scan`, and keeps all problems in `pool` (NULL: the first ones only). */
void dk_row_reader_init(struct dk_row_reader *reader, dk_scan_fn scan,
                        struct dk_problem_pool *pool);
void dk_row_reader_reset(struct dk_row_reader *reader);
/* Makes room for rows of this layout: to be called before dk_row_read, once for many rows. */
enum dk_status dk_row_reader_reserve(struct dk_row_reader *reader,
                                     const struct dk_file_layout *layout, struct dk_error *err)
    DK_CHECK;

/* Reads a row of file `file` into the target. Values that it does not give become missing. */
void dk_row_read(struct dk_row_reader *reader, const struct dk_file_layout *layout, int file,
                 const struct dk_row *row, struct dk_row_target target);

/* A row of `got` cells where `expected` are due is a problem. A NUL byte in it explains more than
 * its length: then that cell is the problem. */
void dk_row_refuse(struct dk_row_reader *reader, int file, const struct dk_row *row, uint64_t got,
                   uint64_t expected);

/* Marks all values of a row as missing. */
void dk_row_mark_missing(struct dk_row_reader *reader, const struct dk_file_layout *layout,
                         struct dk_row_target target);

/* Takes a '\r' off the end of a row; returns whether there was one. */
bool dk_row_strip(struct dk_row *row);
/* Whether a stripped row is blank: no byte, blanks only, or the one tab that any row may end in. */
bool dk_row_is_blank(const struct dk_row *row);
/* The same for a row as it is in the window. */
static inline bool dk_row_is_blank_line(const struct dk_row *row)
{
    struct dk_row stripped = *row;
    if (row->size > 0 && row->text[0] > ' ')
        return false;
    dk_row_strip(&stripped);
    return dk_row_is_blank(&stripped);
}
/* Whether a row of a file is a reading that a cohort has room for, or blank and not far behind. */
static inline bool dk_row_has_room(const struct dk_row *row, uint64_t readings_max)
{
    return row->line <= readings_max ||
           (row->line <= readings_max + DK_BLANK_LINES_MAX && dk_row_is_blank_line(row));
}
/* The number of cells in a stripped row, which should have `expected` (0: not known). A tab at the
 * end is taken off, and *stripped set, unless the row has the expected number with it: then its
 * last cell is an empty one. */
uint64_t dk_row_count(struct dk_row *row, uint64_t expected, bool *stripped);

/* The size of the cell that starts at `at`: up to the next tab or the row's end. */
static inline size_t dk_row_cell_size(const struct dk_row *row, size_t at)
{
    const char *tab = __builtin_memchr(row->text + at, '\t', row->size - at);
    return tab ? (size_t)(tab - row->text) - at : row->size - at;
}

#endif
