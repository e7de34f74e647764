#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_FIRST_BYTES 256

void dk_buffer_init(struct dk_buffer *buffer, size_t ceiling_bytes)
{
    *buffer = (struct dk_buffer){.ceiling_bytes = ceiling_bytes};
}

void dk_buffer_reset(struct dk_buffer *buffer)
{
    free(buffer->data);
    dk_buffer_init(buffer, buffer->ceiling_bytes);
}

enum dk_status dk_buffer_reserve(struct dk_buffer *buffer, size_t extra, struct dk_error *err)
{
    if (extra <= buffer->capacity - buffer->size)
        return DK_OK;
    if (extra > buffer->ceiling_bytes || buffer->size > buffer->ceiling_bytes - extra)
        return dk_error_set(err, DK_ERR_NOMEM, "a buffer would grow past its limit of %zu bytes",
                            buffer->ceiling_bytes);
    size_t need = buffer->size + extra;
    size_t capacity = buffer->capacity ? buffer->capacity : BUFFER_FIRST_BYTES;
    while (capacity < need && capacity <= buffer->ceiling_bytes / 2)
        capacity *= 2;
    if (capacity < need || capacity > buffer->ceiling_bytes)
        capacity = buffer->ceiling_bytes;
    char *data = realloc(buffer->data, capacity);
    if (!data)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu bytes", capacity);
    buffer->data = data;
    buffer->capacity = capacity;
    return DK_OK;
}

enum dk_status dk_buffer_append(struct dk_buffer *buffer, const void *data, size_t size,
                                struct dk_error *err)
{
    enum dk_status status = dk_buffer_reserve(buffer, size, err);
    if (status != DK_OK || size == 0)
        return status;
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    return DK_OK;
}

static enum dk_status append_formatted(struct dk_buffer *buffer, struct dk_error *err,
                                       const char *fmt, va_list args) DK_PRINTF(3, 0);

static enum dk_status append_formatted(struct dk_buffer *buffer, struct dk_error *err,
                                       const char *fmt, va_list args)
{
    size_t room = buffer->capacity - buffer->size;
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(room > 0 ? buffer->data + buffer->size : NULL, room, fmt, args);
    enum dk_status status = DK_OK;
    if (length < 0)
        status = dk_error_set(err, DK_ERR_FAILED, "can't format a text");
    else if ((size_t)length >= room) {
        status = dk_buffer_reserve(buffer, (size_t)length + 1, err);
        if (status == DK_OK)
            (void)vsnprintf(buffer->data + buffer->size, (size_t)length + 1, fmt, again);
    }
    if (status == DK_OK)
        buffer->size += (size_t)length;
    va_end(again);
    return status;
}

enum dk_status dk_buffer_printf(struct dk_buffer *buffer, struct dk_error *err, const char *fmt,
                                ...)
{
    va_list args;
    va_start(args, fmt);
    enum dk_status status = append_formatted(buffer, err, fmt, args);
    va_end(args);
    return status;
}

enum dk_status dk_buffer_terminate(struct dk_buffer *buffer, struct dk_error *err)
{
    enum dk_status status = dk_buffer_reserve(buffer, 1, err);
    if (status == DK_OK)
        buffer->data[buffer->size] = '\0';
    return status;
}

void dk_buffer_put_bytes(struct dk_buffer *buffer, const void *data, size_t size)
{
    if (!buffer->failed)
        buffer->failed = dk_buffer_append(buffer, data, size, NULL) != DK_OK;
}

void dk_buffer_put(struct dk_buffer *buffer, const char *text)
{
    dk_buffer_put_bytes(buffer, text, strlen(text));
}

void dk_buffer_putf(struct dk_buffer *buffer, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (!buffer->failed)
        buffer->failed = append_formatted(buffer, NULL, fmt, args) != DK_OK;
    va_end(args);
}

enum dk_status dk_buffer_finish(struct dk_buffer *buffer, struct dk_error *err)
{
    if (buffer->failed)
        return dk_error_set(err, DK_ERR_NOMEM,
                            "out of memory for a text, or it is longer than %zu bytes",
                            buffer->ceiling_bytes);
    return dk_buffer_terminate(buffer, err);
}
