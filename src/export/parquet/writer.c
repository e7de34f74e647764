/*
 * The file around row groups and footer.
 *
 * Implements "File format" of the Parquet format (apache/parquet-format, README.md): the magic
 * number, the column chunks, the footer, its size, the magic number again.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "footer.h"
#include "parquet/parquet.h"

#define MAGIC "PAR1"
#define MAGIC_SIZE 4
#define FOOTER_BYTES_MAX ((size_t)1 << 30)

struct dk_parquet_writer {
    const struct dk_parquet_field *fields; /* borrowed */
    size_t field_count;
    struct dk_sink sink;
    uint64_t size_bytes;
    uint64_t rows;
    struct dk_parquet_chunk *chunks; /* owned; of the row group that is being written */
    size_t chunk_count;
    uint64_t group_offset;
    struct dk_buffer groups; /* structs RowGroup */
    size_t group_count;
};

static enum dk_status write_bytes(struct dk_parquet_writer *writer, const void *data, size_t size,
                                  struct dk_error *err)
{
    DK_RETURN_IF_ERROR(writer->sink.write(&writer->sink, data, size, err));
    writer->size_bytes += size;
    return DK_OK;
}

enum dk_status dk_parquet_open(struct dk_parquet_writer **out,
                               const struct dk_parquet_field *fields, size_t field_count,
                               struct dk_sink sink, struct dk_error *err)
{
    struct dk_parquet_writer *writer = calloc(1, sizeof(*writer));
    struct dk_parquet_chunk *chunks = calloc(field_count, sizeof(*chunks));
    if (!writer || !chunks) {
        free(writer);
        free(chunks);
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a Parquet file");
    }
    *writer = (struct dk_parquet_writer){
        .fields = fields, .field_count = field_count, .sink = sink, .chunks = chunks};
    dk_buffer_init(&writer->groups, FOOTER_BYTES_MAX);
    enum dk_status status = write_bytes(writer, MAGIC, MAGIC_SIZE, err);
    if (status == DK_OK)
        *out = writer;
    else
        dk_parquet_close(writer);
    return status;
}

static enum dk_status end_group(struct dk_parquet_writer *writer, struct dk_error *err)
{
    const struct dk_footer_group group = {
        .fields = writer->fields,
        .chunks = writer->chunks,
        .field_count = writer->field_count,
        .offset = writer->group_offset,
        .number = writer->group_count,
    };
    DK_RETURN_IF_ERROR(dk_footer_group_append(&writer->groups, &group, err));
    writer->group_count++;
    writer->rows += writer->chunks[0].rows;
    writer->chunk_count = 0;
    return DK_OK;
}

enum dk_status dk_parquet_append(struct dk_parquet_writer *writer,
                                 const struct dk_parquet_chunk *chunk, const void *data,
                                 struct dk_error *err)
{
    if (writer->chunk_count == 0)
        writer->group_offset = writer->size_bytes;
    else if (chunk->rows != writer->chunks[0].rows)
        return dk_error_set(err, DK_ERR_FAILED, "the columns of a row group differ in length");
    DK_RETURN_IF_ERROR(write_bytes(writer, data, chunk->size_bytes, err));
    writer->chunks[writer->chunk_count++] = *chunk;
    return writer->chunk_count == writer->field_count ? end_group(writer, err) : DK_OK;
}

static enum dk_status write_footer(struct dk_parquet_writer *writer,
                                   const struct dk_parquet_pair *pairs, size_t pair_count,
                                   struct dk_buffer *text, struct dk_error *err)
{
    const struct dk_footer footer = {
        .fields = writer->fields,
        .field_count = writer->field_count,
        .rows = writer->rows,
        .groups = &writer->groups,
        .group_count = writer->group_count,
        .pairs = pairs,
        .pair_count = pair_count,
    };
    DK_RETURN_IF_ERROR(dk_footer_append(text, &footer, err));
    uint32_t size = htole32((uint32_t)text->size);
    DK_RETURN_IF_ERROR(dk_buffer_append(text, &size, sizeof(size), err));
    DK_RETURN_IF_ERROR(dk_buffer_append(text, MAGIC, MAGIC_SIZE, err));
    return write_bytes(writer, text->data, text->size, err);
}

enum dk_status dk_parquet_finish(struct dk_parquet_writer *writer,
                                 const struct dk_parquet_pair *pairs, size_t pair_count,
                                 struct dk_error *err)
{
    struct dk_buffer text;
    if (writer->chunk_count > 0)
        return dk_error_set(err, DK_ERR_FAILED, "a row group lacks columns");
    dk_buffer_init(&text, FOOTER_BYTES_MAX);
    enum dk_status status = write_footer(writer, pairs, pair_count, &text, err);
    dk_buffer_reset(&text);
    return status;
}

uint64_t dk_parquet_rows(const struct dk_parquet_writer *writer)
{
    return writer->rows;
}

uint64_t dk_parquet_size(const struct dk_parquet_writer *writer)
{
    return writer->size_bytes;
}

void dk_parquet_close(struct dk_parquet_writer *writer)
{
    if (!writer)
        return;
    dk_buffer_reset(&writer->groups);
    free(writer->chunks);
    free(writer);
}
