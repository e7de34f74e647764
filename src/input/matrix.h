/*
 * The matrix reader: all files of a drop at once, by a team of workers, straight into the table of
 * readings. Private to src/input/.
 *
 * A worker takes the free file that has the most left, reads its next window of whole rows and
 * hashes the new bytes, lets the file go, and only then parses the rows. So the bytes of a file
 * come in order, as hash and row numbers need; cells are parsed in parallel; and files of any sizes
 * end at the same time. An archive is one stream: whoever holds it reads the next window of its
 * current member. Where a value lands depends on its sensor, series and row alone, so the result is
 * the same for any number of workers.
 */
#ifndef DK_INPUT_MATRIX_H
#define DK_INPUT_MATRIX_H

#include <stdbool.h>
#include <stdint.h>

#include "input/input.h"
#include "problems.h"
#include "profile_file.h"

/* What was found in one file. */
struct dk_matrix_file {
    bool read;     /* to its end, and it has a layout: rows and columns count */
    uint64_t rows; /* up to the last that is not blank */
    uint64_t columns;
    unsigned oddities; /* enum dk_oddity */
    /* The first line past the last reading that a cohort has room for, where the file was left; 0:
     * there is none. */
    uint64_t overrun_line, overrun_offset;
};

struct dk_matrix {
    /* The caller sets these, borrowed. */
    struct dk_drop *drop; /* gets hashes and the identity of files on disk */
    const struct dk_input_settings *settings;
    const struct dk_observer *observer;
    const struct dk_readings *readings; /* the table, its rows not set */
    bool with_hashes;
    const atomic_bool *cancel; /* may be NULL */
    /* The reader sets these. */
    struct dk_matrix_file files[DK_DROP_FILES];
    struct dk_profile_file profile; /* caller resets, and sets rows_max */
    uint64_t cells, bytes, missing;
};

/* Reads all files of the drop. What is wrong in them is added to `problems`, whose pool the workers
 * share, and is not a failure. DK_ERR_IO, DK_ERR_NOMEM; DK_ERR_DATA for a damaged archive or
 * something other than a regular file. */
enum dk_status dk_matrix_read(struct dk_matrix *matrix, struct dk_problems *problems,
                              struct dk_error *err) DK_CHECK;

#endif
