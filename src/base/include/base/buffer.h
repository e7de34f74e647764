/*
 * A growable byte buffer with a ceiling. init/reset own the heap memory; a failed reserve or
 * append leaves the buffer as it was. Not shared between threads.
 */
#ifndef DK_BASE_BUFFER_H
#define DK_BASE_BUFFER_H

#include <stddef.h>

#include "base/status.h"

struct dk_buffer {
    char *data;           /* not terminated; NULL while capacity is 0 */
    size_t size;          /* bytes used */
    size_t capacity;      /* bytes allocated */
    size_t ceiling_bytes; /* never grows past this */
    bool failed;          /* a dk_buffer_put... failed; later ones do nothing */
};

/* An empty buffer that never grows past `ceiling_bytes`. Allocates nothing. */
void dk_buffer_init(struct dk_buffer *buffer, size_t ceiling_bytes);

/* Frees the memory; the buffer is empty then, and may be used again. */
void dk_buffer_reset(struct dk_buffer *buffer);

/* Makes room for `extra` more bytes after `size`. DK_ERR_NOMEM at the ceiling, or if memory runs
 * out. */
enum dk_status dk_buffer_reserve(struct dk_buffer *buffer, size_t extra, struct dk_error *err)
    DK_CHECK;

/* Appends a copy of data[0..size). */
enum dk_status dk_buffer_append(struct dk_buffer *buffer, const void *data, size_t size,
                                struct dk_error *err) DK_CHECK;

/* Appends formatted text, without its terminating NUL. */
enum dk_status dk_buffer_printf(struct dk_buffer *buffer, struct dk_error *err, const char *fmt,
                                ...) DK_PRINTF(3, 4) DK_CHECK;

/* Puts a NUL after the bytes, so that data is a C string; size does not count it. */
enum dk_status dk_buffer_terminate(struct dk_buffer *buffer, struct dk_error *err) DK_CHECK;

/* --- building a text: the first failure sticks, so that the caller checks once, at the end */

/* Append a string, bytes, or formatted text. After a failure they do nothing. */
void dk_buffer_put(struct dk_buffer *buffer, const char *text);
void dk_buffer_put_bytes(struct dk_buffer *buffer, const void *data, size_t size);
void dk_buffer_putf(struct dk_buffer *buffer, const char *fmt, ...) DK_PRINTF(2, 3);

/* Terminates the text as dk_buffer_terminate does. DK_ERR_NOMEM if that or an earlier put failed:
 * memory ran out, or the ceiling was reached. */
enum dk_status dk_buffer_finish(struct dk_buffer *buffer, struct dk_error *err) DK_CHECK;

#endif
