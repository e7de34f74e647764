/*
 * Definition levels of a flat optional column: 1 where a row has a value, 0 where it is NULL.
 *
 * Implements "Definition Levels" and "Repetition Levels" of the Parquet format
 * (apache/parquet-format, README.md, "Nulls" and "Data Pages") for columns without nesting: they
 * have no repetition levels, and in data pages of version 1 the levels are a hybrid of width 1
 * after its size as four bytes, little-endian (Encodings.md, "RLE = 3"). Private to the Parquet
 * writer.
 */
#ifndef DK_PARQUET_LEVELS_H
#define DK_PARQUET_LEVELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

/* Appends the levels of `rows` rows, each 0 or 1. */
enum dk_status dk_levels_append(struct dk_buffer *out, const uint16_t *levels, size_t rows,
                                struct dk_error *err) DK_CHECK;

#endif
