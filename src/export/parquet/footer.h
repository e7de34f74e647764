/*
 * The footer: what a reader reads first, and all it needs to find a column's pages.
 *
 * Implements struct FileMetaData of parquet.thrift (apache/parquet-format) and what is in it:
 * SchemaElement with both its logical type and the older ConvertedType (LogicalTypes.md), RowGroup,
 * ColumnChunk, ColumnMetaData, KeyValue, ColumnOrder. Private to the Parquet writer.
 */
#ifndef DK_PARQUET_FOOTER_H
#define DK_PARQUET_FOOTER_H

#include "parquet/parquet.h"

/* A row group: its chunks, one behind the other from `offset` on in the file. */
struct dk_footer_group {
    const struct dk_parquet_field *fields;
    const struct dk_parquet_chunk *chunks; /* [field_count] */
    size_t field_count;
    uint64_t offset;
    size_t number; /* of row groups before it */
};

/* Appends a struct RowGroup, for dk_footer_append. */
enum dk_status dk_footer_group_append(struct dk_buffer *out, const struct dk_footer_group *group,
                                      struct dk_error *err) DK_CHECK;

struct dk_footer {
    const struct dk_parquet_field *fields;
    size_t field_count;
    uint64_t rows;
    const struct dk_buffer *groups; /* structs RowGroup, one behind the other */
    size_t group_count;
    const struct dk_parquet_pair *pairs;
    size_t pair_count;
};

/* Appends a struct FileMetaData. The same footer gives the same bytes. */
enum dk_status dk_footer_append(struct dk_buffer *out, const struct dk_footer *footer,
                                struct dk_error *err) DK_CHECK;

#endif
