#include "window.h"

#include <stdlib.h>
#include <string.h>

#include "sniff.h"

#define ENDS_FIRST 1024

void dk_lines_init(struct dk_lines *lines)
{
    *lines = (struct dk_lines){.line = 1};
    dk_buffer_init(&lines->rest, DK_WINDOW_BYTES_MAX);
}

void dk_lines_reset(struct dk_lines *lines)
{
    dk_buffer_reset(&lines->rest);
}

void dk_window_reset(struct dk_window *window)
{
    free(window->data);
    free(window->ends);
    *window = (struct dk_window){0};
}

/* Makes room for `capacity` bytes and the slack; keeps what is there. */
static enum dk_status grow(struct dk_window *window, size_t capacity, struct dk_error *err)
{
    if (capacity <= window->capacity)
        return DK_OK;
    char *data = realloc(window->data, capacity + DK_SCAN_SLACK);
    if (!data)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a window of %zu bytes", capacity);
    window->data = data;
    window->capacity = capacity;
    return DK_OK;
}

static enum dk_status add_end(struct dk_window *window, size_t end, struct dk_error *err)
{
    if (window->rows == window->ends_capacity) {
        size_t capacity = window->ends_capacity ? window->ends_capacity * 2 : ENDS_FIRST;
        uint32_t *ends = realloc(window->ends, capacity * sizeof(*ends));
        if (!ends)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu rows", capacity);
        window->ends = ends;
        window->ends_capacity = capacity;
    }
    window->ends[window->rows++] = (uint32_t)end;
    return DK_OK;
}

/* Notes the line ends of data[from..size). */
static enum dk_status find_ends(struct dk_window *window, size_t from, struct dk_error *err)
{
    for (;;) {
        const char *end = memchr(window->data + from, '\n', window->size - from);
        if (!end)
            return DK_OK;
        from = (size_t)(end - window->data) + 1;
        DK_RETURN_IF_ERROR(add_end(window, from - 1, err));
    }
}

/* Reads until the window is full or the source is at its end. */
static enum dk_status fill(struct dk_window *window, struct dk_lines *lines,
                           struct dk_source *source, struct dk_hash *hash, struct dk_error *err)
{
    size_t from = window->size;
    while (!lines->ended && window->size < window->capacity) {
        size_t got = 0;
        DK_RETURN_IF_ERROR(dk_source_read(source, window->data + window->size,
                                          window->capacity - window->size, &got, err));
        window->size += got;
        lines->ended = got == 0;
    }
    if (hash && window->size > from)
        DK_RETURN_IF_ERROR(dk_hash_update(hash, window->data + from, window->size - from, err));
    return find_ends(window, from, err);
}

/* Begins a window with the row that the last one cut. */
static enum dk_status begin(struct dk_window *window, struct dk_lines *lines, struct dk_error *err)
{
    size_t capacity = DK_WINDOW_BYTES;
    while (capacity < DK_WINDOW_BYTES_MAX && capacity < 2 * lines->rest.size)
        capacity *= 2;
    DK_RETURN_IF_ERROR(grow(window, capacity, err));
    if (lines->rest.size > 0)
        memcpy(window->data, lines->rest.data, lines->rest.size);
    window->size = lines->rest.size;
    window->begin = 0;
    window->rows = 0;
    window->line = lines->line;
    window->offset = lines->offset;
    lines->rest.size = 0;
    return DK_OK;
}

/* Keeps back the cut row, or makes the last one whole where the file ends without a newline. */
static enum dk_status finish(struct dk_window *window, struct dk_lines *lines, struct dk_error *err)
{
    size_t whole = window->rows > 0 ? window->ends[window->rows - 1] + (size_t)1 : 0;
    if (whole < window->size && lines->ended) {
        lines->no_final_newline = true;
        lines->open_end = (unsigned char)window->data[window->size - 1] > ' ';
        whole = window->size;
        DK_RETURN_IF_ERROR(add_end(window, window->size, err));
    } else if (whole < window->size) {
        DK_RETURN_IF_ERROR(
            dk_buffer_append(&lines->rest, window->data + whole, window->size - whole, err));
    }
    memset(window->data + window->size, '\n', DK_SCAN_SLACK);
    lines->line += window->rows;
    lines->offset += whole;
    return DK_OK;
}

enum dk_status dk_window_read(struct dk_window *window, struct dk_lines *lines,
                              struct dk_source *source, struct dk_hash *hash, bool *too_long,
                              struct dk_error *err)
{
    *too_long = false;
    DK_RETURN_IF_ERROR(begin(window, lines, err));
    DK_RETURN_IF_ERROR(fill(window, lines, source, hash, err));
    while (window->rows == 0 && !lines->ended && !*too_long) {
        *too_long = window->capacity >= DK_WINDOW_BYTES_MAX;
        if (*too_long)
            break;
        DK_RETURN_IF_ERROR(grow(window, window->capacity * 2, err));
        DK_RETURN_IF_ERROR(fill(window, lines, source, hash, err));
    }
    if (window->offset == 0)
        window->begin = dk_sniff_bom(window->data, window->size);
    if (*too_long)
        DK_RETURN_IF_ERROR(add_end(window, window->size, err));
    return finish(window, lines, err);
}

size_t dk_window_first_rows(const struct dk_window *window, struct dk_row *rows, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < window->rows && count < max; i++) {
        rows[count] = dk_window_row(window, i);
        dk_row_strip(&rows[count]);
        count += !dk_row_is_blank(&rows[count]);
    }
    return count;
}

uint64_t dk_window_columns(const struct dk_window *window, uint64_t due)
{
    uint64_t counts[3] = {0};
    size_t asked = 0;
    for (size_t i = 0; i < window->rows && (due > 0 || asked < 3); i++) {
        struct dk_row row = dk_window_row(window, i);
        bool stripped = false;
        dk_row_strip(&row);
        if (dk_row_is_blank(&row))
            continue;
        uint64_t count = dk_row_count(&row, due, &stripped);
        if (count == due)
            return due;
        if (asked < 3)
            counts[asked++] = count;
    }
    return asked == 3 && counts[1] == counts[2] ? counts[1] : counts[0];
}
