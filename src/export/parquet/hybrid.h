/*
 * The run-length and bit-packing hybrid: how levels and dictionary indices are written.
 *
 * Implements "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)" of the Parquet format
 * (apache/parquet-format, Encodings.md): a stretch of equal values is its length and one value; any
 * other stretch is packed in groups of eight, lowest bit first. Of the widths that the format has,
 * only 1, 8 and 16 bits are used here: whole bytes let zstd see what repeats, which makes files
 * smaller, not larger, than the least width does.
 *
 * Pure. Private to the Parquet writer.
 */
#ifndef DK_PARQUET_HYBRID_H
#define DK_PARQUET_HYBRID_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

/* Appends values[0..count), each below 2^width, with a width of 1, 8 or 16 bits. The bytes depend
 * on nothing else. */
enum dk_status dk_hybrid_append(struct dk_buffer *out, const uint16_t *values, size_t count,
                                unsigned width, struct dk_error *err) DK_CHECK;

#endif
