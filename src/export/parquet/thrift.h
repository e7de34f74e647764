/*
 * The Thrift compact protocol, as far as Parquet's metadata needs it: structs of bool, i16, i32,
 * i64, binary, lists and structs. Writing only.
 *
 * Implements "Thrift Compact protocol encoding" (apache/thrift,
 * doc/specs/thrift-compact-protocol.md), in which parquet.thrift says that page headers and the
 * footer are written: integers as zigzag varints, a field's header with the distance from the field
 * before it, a list's with its size.
 *
 * Fields of a struct must be written in ascending order of their ids. The buffer keeps the first
 * failure, so that a builder checks once, with dk_thrift_finish. A writer belongs to one thread.
 * Private to the Parquet writer.
 */
#ifndef DK_PARQUET_THRIFT_H
#define DK_PARQUET_THRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

#define DK_THRIFT_DEPTH_MAX 8 /* structs within structs; a footer has 5 */

/* The types of list elements, by their numbers in the protocol. */
enum dk_thrift_type {
    DK_THRIFT_I32 = 5,
    DK_THRIFT_BINARY = 8,
    DK_THRIFT_STRUCT = 12,
};

struct dk_thrift {
    struct dk_buffer *out; /* borrowed */
    unsigned depth;
    int last[DK_THRIFT_DEPTH_MAX]; /* id of the last field, for each open struct */
};

/* A writer of one struct, which is open now, to the end of `out`. */
struct dk_thrift dk_thrift_begin(struct dk_buffer *out);
/* Closes that struct. DK_ERR_NOMEM if this or an earlier call found no room. */
enum dk_status dk_thrift_finish(struct dk_thrift *thrift, struct dk_error *err) DK_CHECK;

/* Fields of the open struct. */
void dk_thrift_bool(struct dk_thrift *thrift, int id, bool value);
void dk_thrift_i16(struct dk_thrift *thrift, int id, int16_t value);
void dk_thrift_i32(struct dk_thrift *thrift, int id, int32_t value);
void dk_thrift_i64(struct dk_thrift *thrift, int id, int64_t value);
void dk_thrift_binary(struct dk_thrift *thrift, int id, const void *data, size_t size);
void dk_thrift_text(struct dk_thrift *thrift, int id, const char *text);

/* A field that is a struct: its fields follow, then dk_thrift_end. */
void dk_thrift_struct(struct dk_thrift *thrift, int id);
/* A field that is a list: `count` elements follow. */
void dk_thrift_list(struct dk_thrift *thrift, int id, enum dk_thrift_type type, size_t count);

/* Elements of a list. One that is a struct is followed by its fields, then dk_thrift_end. */
void dk_thrift_element_struct(struct dk_thrift *thrift);
void dk_thrift_element_i32(struct dk_thrift *thrift, int32_t value);
void dk_thrift_element_text(struct dk_thrift *thrift, const char *text);
/* Elements that are structs, written before by other writers. */
void dk_thrift_elements(struct dk_thrift *thrift, const struct dk_buffer *structs);

/* Closes the innermost struct. */
void dk_thrift_end(struct dk_thrift *thrift);

#endif
