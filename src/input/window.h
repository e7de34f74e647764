/*
 * Windows of whole rows over the bytes of one file. A row that would be cut is kept back, and
 * begins the next window; so any worker can parse a window once it is filled. Private to
 * src/input/.
 */
#ifndef DK_INPUT_WINDOW_H
#define DK_INPUT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/status.h"
#include "row.h"
#include "source.h"

/* Small enough to stay in the second-level cache until the rows are read. */
#define DK_WINDOW_BYTES (256 * 1024)
/* The longest row that is read: 16 MiB hold two million cells of seven digits. */
#define DK_WINDOW_BYTES_MAX (16 * 1024 * 1024)

/* How far a file has been read. Belongs to whoever holds its lane. */
struct dk_lines {
    struct dk_buffer rest; /* the row that the last window cut */
    uint64_t line;         /* 1-based, of the next row */
    uint64_t offset;       /* of the next row, in the file */
    bool ended;
    bool no_final_newline;
    bool open_end; /* nor a tab, a blank or a '\r' after the last cell: it may be cut off */
};

void dk_lines_init(struct dk_lines *lines);
void dk_lines_reset(struct dk_lines *lines);

/* The window of one worker, used again and again. Zeroed at first. */
struct dk_window {
    char *data; /* owned; DK_SCAN_SLACK bytes are readable past capacity */
    size_t size, capacity;
    size_t begin;   /* where the first row begins: behind a byte order mark */
    uint32_t *ends; /* owned; offset of each row's line end */
    size_t rows, ends_capacity;
    uint64_t line;   /* of the first row */
    uint64_t offset; /* of data[0], in the file */
};

void dk_window_reset(struct dk_window *window);

/* Fills the window with the next whole rows; lines->ended says that they are the last. Bytes new
 * from the source go into `hash` (NULL: none). *too_long: a row is longer than DK_WINDOW_BYTES_MAX,
 * and the window holds its beginning as one row. */
enum dk_status dk_window_read(struct dk_window *window, struct dk_lines *lines,
                              struct dk_source *source, struct dk_hash *hash, bool *too_long,
                              struct dk_error *err) DK_CHECK;

/* Row `index` (0-based) of the window. */
static inline struct dk_row dk_window_row(const struct dk_window *window, size_t index)
{
    size_t start = index == 0 ? window->begin : window->ends[index - 1] + (size_t)1;
    return (struct dk_row){
        .text = window->data + start,
        .size = window->ends[index] - start,
        .line = window->line + index,
        .offset = window->offset + start,
    };
}

/* The first rows that are not blank, stripped of their '\r': how many, at most `max`. */
size_t dk_window_first_rows(const struct dk_window *window, struct dk_row *rows, size_t max);

/* The columns of a file, from the rows of its first window: `due` (0: not known) where a row has as
 * many, else what two of the first three rows have. So an incomplete first row is a bad row and
 * not a bad file. 0 if all rows are blank. */
uint64_t dk_window_columns(const struct dk_window *window, uint64_t due);

#endif
