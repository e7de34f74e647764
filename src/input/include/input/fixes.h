/*
 * fixes: the reader of a list of corrected cells, which `derrick quarantine apply` takes.
 *
 * It is text with tabs between its columns, and a header that names them, in any order: what
 * `derrick quarantine list` writes, or a file of quarantine/ with one more column, "value". A row
 * without a value stays as it is. Excel's habits are harmless: a byte order mark, CR LF, quotes
 * around cells, missing cells at the end of a row. Memory is bounded by one row, whatever the file
 * is.
 */
#ifndef DK_INPUT_FIXES_H
#define DK_INPUT_FIXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"
#include "rig/readings.h"

#define DK_FIX_ROW_MAX 4096 /* bytes of a row */
#define DK_FIX_COLUMNS_MAX 32
#define DK_FIX_FILE_MAX 256

/* A cell and its value. */
struct dk_fix {
    uint64_t row;   /* of the list, from 1 */
    int64_t run_id; /* that loaded the cell; 0: the list does not say */
    bool by_rig;    /* known by rig, cohort and sensor; else by its file's name */
    struct dk_well well;
    int cohort;
    int file; /* a sensor's index */
    char file_name[DK_FIX_FILE_MAX];
    uint64_t line, column; /* in the file, from 1 */
    size_t reading;        /* number; 0: the list does not say */
    dk_decimal value;
};

/* The reader. The caller sets the first part of a zeroed struct, and calls dk_fixes_end last. */
struct dk_fixes {
    void *context;
    void (*fix)(void *context, const struct dk_fix *fix);
    void (*problem)(void *context, uint64_t row, const char *text);
    /* The reader's own. */
    char text[DK_FIX_ROW_MAX];
    size_t size;
    bool too_long;
    uint64_t row;
    int columns[DK_FIX_COLUMNS_MAX];
    size_t column_count;
    bool stopped; /* the header is not one */
};

/* Reads the next bytes of the list. */
void dk_fixes_feed(struct dk_fixes *fixes, const char *data, size_t size);
/* Reads its last row. */
void dk_fixes_end(struct dk_fixes *fixes);

#endif
