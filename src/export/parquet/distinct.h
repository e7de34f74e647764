/*
 * The distinct values of a column chunk: what a dictionary page holds, and an index into it for
 * every value.
 *
 * Implements the building of a dictionary for "Dictionary Encoding (PLAIN_DICTIONARY = 2 and
 * RLE_DICTIONARY = 8)" of the Parquet format (apache/parquet-format, Encodings.md). The dictionary
 * is sorted, so that neighbouring values get neighbouring indices, which compress better, and so
 * that the bytes depend on the values alone.
 *
 * A value is any 64 bits here. The same table is used for many chunks, and keeps its memory. It
 * belongs to one thread. Private to the Parquet writer.
 */
#ifndef DK_PARQUET_DISTINCT_H
#define DK_PARQUET_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* The most entries of a dictionary: what 16 bits can name. */
#define DK_DISTINCT_MAX 65536

struct dk_distinct {
    uint64_t *keys; /* owned; [count], by order */
    size_t count;
    uint16_t *indices; /* owned; for each value, the place of its key in keys */
    /* For the search of a value. */
    uint64_t *slot_keys;
    uint32_t *slot_codes;
    size_t slot_count;
    size_t values_max;
    void *pairs;            /* for the sorting */
    struct dk_dense *dense; /* owned; for decimals that are close together */
};

/* Frees the memory. Legal on a zeroed table, and twice. */
void dk_distinct_reset(struct dk_distinct *distinct);

/* What orders keys: the image of a key, compared as an unsigned number. */
typedef uint64_t (*dk_distinct_order_fn)(uint64_t key);

/* Finds the distinct ones of values[0..count), sorted by order(key), and the index of each value.
 * *fits is false, and the rest undefined, if there are more than DK_DISTINCT_MAX. */
enum dk_status dk_distinct_find(struct dk_distinct *distinct, const uint64_t *values, size_t count,
                                dk_distinct_order_fn order, bool *fits, struct dk_error *err)
    DK_CHECK;

/* The same for decimals, ordered by value. Where all are close together at one scale, as the
 * samples of a sensor are, they are counted in a table instead of searched. */
enum dk_status dk_distinct_find_decimals(struct dk_distinct *distinct, const uint64_t *values,
                                         size_t count, dk_distinct_order_fn order, bool *fits,
                                         struct dk_error *err) DK_CHECK;

#endif
