/*
 * Parquet files of flat tables, one row group after the other.
 *
 * A column of a row group is encoded into a chunk: bytes, and what the footer says about them. That
 * is pure work, for as many threads as there are encoders; the same values give the same bytes. A
 * writer puts chunks into a file, in the order of the fields, and ends it with the footer; it knows
 * nothing of threads, and of files only their sink. A chunk does not depend on where it goes, so
 * that one may go to several files.
 *
 * Of the Parquet format (apache/parquet-format 2.11, README.md and parquet.thrift) this is: version
 * 1 data pages, one per chunk; a sorted dictionary, or PLAIN where that would have more than 65,536
 * entries; zstd; CRC32 of pages; statistics of chunks. No DECIMAL, no nested columns, no pages of
 * version 2, no delta encodings, no nanoseconds: each of these is beyond some reader that people
 * use.
 */
#ifndef DK_PARQUET_PARQUET_H
#define DK_PARQUET_PARQUET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/decimal.h"
#include "base/file.h"
#include "base/status.h"

#define DK_PARQUET_GROUP_ROWS_MAX 250000

enum dk_parquet_type {
    DK_PARQUET_INT32,
    DK_PARQUET_TIMESTAMP, /* INT64: microseconds since 1970-01-01 00:00 local time, no zone */
    DK_PARQUET_DOUBLE,
    DK_PARQUET_STRING, /* BYTE_ARRAY, UTF-8 */
};

struct dk_parquet_field {
    const char *name;
    enum dk_parquet_type type;
    bool optional; /* may be NULL */
};

/* Where the values of a column come from, one value per row. */
enum dk_parquet_source {
    DK_PARQUET_FROM_INT32,    /* int32_t; INT32 */
    DK_PARQUET_FROM_INT64,    /* int64_t; TIMESTAMP */
    DK_PARQUET_FROM_DOUBLES,  /* double; NaN: NULL; DOUBLE */
    DK_PARQUET_FROM_DECIMALS, /* dk_decimal; DK_DECIMAL_MISSING: NULL; DOUBLE */
    DK_PARQUET_FROM_TEXTS,    /* uint32_t, a place in a table; UINT32_MAX: NULL; STRING */
};

/* The values of one column in a row group; all is borrowed. Integers of an optional column are NULL
 * where they are the least of their type. */
struct dk_parquet_values {
    enum dk_parquet_source source; /* one for the field's type */
    const void *values;            /* [rows] */
    size_t rows;                   /* at most DK_PARQUET_GROUP_ROWS_MAX */
    const char *const *texts;      /* the table, in any order; [text_count] */
    size_t text_count;
};

/* --- chunks ----------------------------------------------------------------------------------- */

/* Longer texts have no bounds in the statistics, which is allowed. */
#define DK_PARQUET_BOUND_MAX 64

/* A bound of a chunk's values, as the PLAIN encoding has a value (a text without its size). */
struct dk_parquet_bound {
    size_t size; /* 0: not known */
    unsigned char bytes[DK_PARQUET_BOUND_MAX];
};

/* What the footer says about a chunk. */
struct dk_parquet_chunk {
    uint64_t rows;
    uint64_t size_bytes;       /* of the chunk: page headers, and pages as they are written */
    uint64_t plain_bytes;      /* the same before compression */
    uint64_t dictionary_bytes; /* of size_bytes: the dictionary page, which is first; 0: none */
    uint64_t missing;          /* NULLs */
    struct dk_parquet_bound low, high;
};

struct dk_parquet_encoder; /* reuses its memory for many chunks; for one thread at a time */

enum dk_status dk_parquet_encoder_new(struct dk_parquet_encoder **out, struct dk_error *err)
    DK_CHECK;
/* NULL is legal. */
void dk_parquet_encoder_free(struct dk_parquet_encoder *encoder);

/* Appends the chunk of one column to `out`, and says in *chunk what it is. DK_ERR_FAILED: a
 * required field has a missing value, or source and type do not belong together. */
enum dk_status dk_parquet_encode(struct dk_parquet_encoder *encoder,
                                 const struct dk_parquet_field *field,
                                 const struct dk_parquet_values *values, struct dk_buffer *out,
                                 struct dk_parquet_chunk *chunk, struct dk_error *err) DK_CHECK;

/* --- files ------------------------------------------------------------------------------------ */

struct dk_parquet_writer; /* owned by the caller between open and close */

/* Begins a file of these columns in a sink. The columns and the sink's context are borrowed. After
 * DK_OK the caller closes. */
enum dk_status dk_parquet_open(struct dk_parquet_writer **out,
                               const struct dk_parquet_field *fields, size_t field_count,
                               struct dk_sink sink, struct dk_error *err) DK_CHECK;

/* Writes the next chunk: those of a row group in the order of the fields, each of as many rows,
 * then those of the next row group. `data` is the chunk->size_bytes bytes that dk_parquet_encode
 * made. */
enum dk_status dk_parquet_append(struct dk_parquet_writer *writer,
                                 const struct dk_parquet_chunk *chunk, const void *data,
                                 struct dk_error *err) DK_CHECK;

/* A key of the footer's metadata, and its value. */
struct dk_parquet_pair {
    const char *key, *value;
};

/* Ends the file with its footer. Whole row groups must have been written. The sink is the caller's
 * to commit. */
enum dk_status dk_parquet_finish(struct dk_parquet_writer *writer,
                                 const struct dk_parquet_pair *pairs, size_t pair_count,
                                 struct dk_error *err) DK_CHECK;

/* Rows, and bytes, so far. */
uint64_t dk_parquet_rows(const struct dk_parquet_writer *writer);
uint64_t dk_parquet_size(const struct dk_parquet_writer *writer);

/* NULL is legal. */
void dk_parquet_close(struct dk_parquet_writer *writer);

#endif
