/*
 * The values of a column as 64-bit keys, and as the bytes of a page.
 *
 * Implements "Plain: (PLAIN = 0)" of the Parquet format (apache/parquet-format, Encodings.md):
 * numbers little-endian, a double by its IEEE 754 bits, a text after its size as four bytes. Pure.
 * Private to the Parquet writer.
 */
#ifndef DK_PARQUET_PLAIN_H
#define DK_PARQUET_PLAIN_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "distinct.h"
#include "parquet/parquet.h"
#include "statistics.h"

/* The key of a value: of an integer its bits (sign extended), of a double its bits, of a decimal
 * the packed value, of a text its place in the sorted table. */
struct dk_plain {
    enum dk_parquet_source source;
    const char *const *texts; /* borrowed; sorted; of DK_PARQUET_FROM_TEXTS */
};

/* What orders keys of a source. */
dk_distinct_order_fn dk_plain_order(enum dk_parquet_source source);
/* Appends the values of keys[0..count). */
enum dk_status dk_plain_append(struct dk_buffer *out, const struct dk_plain *plain,
                               const uint64_t *keys, size_t count, struct dk_error *err) DK_CHECK;
/* One key as a bound; its size is 0 if it is a text too long for that. */
struct dk_parquet_bound dk_plain_bound(const struct dk_plain *plain, uint64_t key, bool is_low);

#endif
