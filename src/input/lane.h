/*
 * A lane: bytes that can only be read in order. A file on disk is a lane of its own; an archive is
 * one lane that leads through many files. One worker at a time holds a lane, and reads its next
 * window. Private to src/input/.
 */
#ifndef DK_INPUT_LANE_H
#define DK_INPUT_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "file_layout.h"
#include "input/input.h"
#include "matrix.h"
#include "row.h"
#include "source.h"
#include "stream.h"
#include "window.h"

struct dk_lane {
    struct dk_matrix *matrix; /* borrowed; the lane writes what it finds of its files */
    struct dk_stream *stream; /* owned; NULL: a file on disk */
    bool seen[DK_DROP_FILES]; /* members that it has come to */
    int file;                 /* the file being read; -1: none at the moment */
    struct dk_source source;
    struct dk_lines lines;
    struct dk_hash hash;
    struct dk_file_layout layout;      /* of a sensor's file, once known */
    bool known;                        /* its first row was seen, and it can be read */
    uint64_t blank_count;              /* blank rows since the last that is not blank */
    uint64_t blank_line, blank_offset; /* of the first of them */
    uint64_t remaining;                /* bytes still to come, as far as is known */
    bool done;                         /* nothing is left in the lane */
};

/* A lane over file `file` of the drop, on disk. After DK_OK the caller closes. */
enum dk_status dk_lane_open_file(struct dk_lane *lane, struct dk_matrix *matrix, int file,
                                 struct dk_error *err) DK_CHECK;
/* A lane over the drop's archive. After DK_OK the caller closes. */
enum dk_status dk_lane_open_archive(struct dk_lane *lane, struct dk_matrix *matrix,
                                    struct dk_error *err) DK_CHECK;
/* Legal on a zeroed lane. */
void dk_lane_close(struct dk_lane *lane);

/* What a worker takes along from a lane, beside the window. */
struct dk_lane_job {
    int file; /* a sensor's, whose rows are in the window; -1: nothing to read */
    struct dk_file_layout layout;
    uint64_t bytes;    /* new bytes of the file */
    uint64_t progress; /* new bytes of the drop on disk */
};

/* Fills `window` with the next rows, and says in *job whose they are. Rows of the profile are read
 * right here, in order. Problems with whole files, and runs of blank rows, go to `reader`. Blank
 * rows stay in the window, and the caller passes over them. */
enum dk_status dk_lane_next(struct dk_lane *lane, struct dk_window *window,
                            struct dk_row_reader *reader, struct dk_lane_job *job,
                            struct dk_error *err) DK_CHECK;

/* Where the values of row `row` (0-based) of a sensor's file go; nowhere, if it is one too many. */
struct dk_row_target dk_lane_target(const struct dk_matrix *matrix, int file, uint64_t row);

#endif
