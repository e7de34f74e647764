/*
 * One column of one row group, from values to the bytes of its pages.
 *
 * Implements "Column chunks" of the Parquet format (apache/parquet-format, README.md), the data
 * page of version 1 ("Data Pages") and "Dictionary Encoding" (Encodings.md): a dictionary page of
 * the sorted distinct values and a data page of indices, of 8 or 16 bits, or one data page of
 * values.
 */
#include <stdlib.h>
#include <string.h>

#include "distinct.h"
#include "hybrid.h"
#include "levels.h"
#include "page.h"
#include "parquet/parquet.h"
#include "plain.h"

#define BODY_BYTES_MAX ((size_t)64 << 20)

struct dk_parquet_encoder {
    struct dk_page_packer packer;
    struct dk_distinct distinct;
    uint64_t *keys;     /* owned; room for those of a chunk */
    uint16_t *levels;   /* owned; a row each */
    uint32_t *ranks;    /* owned; of texts, by their place in the table */
    const char **texts; /* owned; sorted */
    size_t text_max;
    struct dk_buffer body;
};

/* One chunk in the making. */
struct chunk {
    struct dk_parquet_encoder *encoder;
    const struct dk_parquet_field *field;
    const struct dk_parquet_values *values;
    struct dk_plain plain;
    const uint64_t *keys; /* borrowed; of the values that are not missing */
    size_t count;         /* of keys */
    struct dk_buffer *out;
    struct dk_parquet_chunk *facts;
};

enum dk_status dk_parquet_encoder_new(struct dk_parquet_encoder **out, struct dk_error *err)
{
    struct dk_parquet_encoder *encoder = calloc(1, sizeof(*encoder));
    if (!encoder)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a Parquet column");
    dk_buffer_init(&encoder->body, BODY_BYTES_MAX);
    encoder->keys = malloc(DK_PARQUET_GROUP_ROWS_MAX * sizeof(*encoder->keys));
    encoder->levels = malloc(DK_PARQUET_GROUP_ROWS_MAX * sizeof(*encoder->levels));
    enum dk_status status = dk_page_packer_init(&encoder->packer, err);
    if (status == DK_OK && (!encoder->keys || !encoder->levels))
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for a Parquet column");
    if (status == DK_OK)
        *out = encoder;
    else
        dk_parquet_encoder_free(encoder);
    return status;
}

void dk_parquet_encoder_free(struct dk_parquet_encoder *encoder)
{
    if (!encoder)
        return;
    dk_page_packer_reset(&encoder->packer);
    dk_distinct_reset(&encoder->distinct);
    dk_buffer_reset(&encoder->body);
    free(encoder->keys);
    free(encoder->levels);
    free(encoder->ranks);
    free(encoder->texts);
    free(encoder);
}

/* --- keys and levels -------------------------------------------------------------------------- */

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Sorts the table of texts; equal ones get the same rank. strcmp compares unsigned bytes, as the
 * format does. */
static enum dk_status rank_texts(struct chunk *chunk, struct dk_error *err)
{
    struct dk_parquet_encoder *encoder = chunk->encoder;
    const size_t count = chunk->values->text_count;
    if (count > encoder->text_max) {
        free(encoder->ranks);
        free(encoder->texts);
        encoder->ranks = malloc(count * sizeof(*encoder->ranks));
        encoder->texts = malloc(count * sizeof(*encoder->texts));
        encoder->text_max = encoder->ranks && encoder->texts ? count : 0;
        if (encoder->text_max == 0)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu texts", count);
    }
    chunk->plain.texts = encoder->texts;
    if (count == 0)
        return DK_OK;
    memcpy(encoder->texts, chunk->values->texts, count * sizeof(*encoder->texts));
    qsort(encoder->texts, count, sizeof(*encoder->texts), compare_texts);
    for (size_t i = 0; i < count; i++) {
        const char *const *found = bsearch(&chunk->values->texts[i], encoder->texts, count,
                                           sizeof(*encoder->texts), compare_texts);
        while (found > encoder->texts && strcmp(found[-1], found[0]) == 0)
            found--;
        encoder->ranks[i] = (uint32_t)(found - encoder->texts);
    }
    return DK_OK;
}

/* Takes a value's key, unless it is missing. */
#define TAKE(is_missing, key)                                                                      \
    do {                                                                                           \
        bool present_ = !(is_missing);                                                             \
        encoder->levels[row] = present_;                                                           \
        encoder->keys[count] = (uint64_t)(key);                                                    \
        count += present_;                                                                         \
    } while (0)

static size_t gather_int32(struct dk_parquet_encoder *encoder, const int32_t *values, size_t rows,
                           bool optional)
{
    size_t count = 0;
    for (size_t row = 0; row < rows; row++)
        TAKE(optional && values[row] == INT32_MIN, (int64_t)values[row]);
    return count;
}

static bool has_missing(const int64_t *values, size_t rows)
{
    bool found = false; /* without a branch, many at a time */
    for (size_t row = 0; row < rows; row++)
        found |= values[row] == INT64_MIN;
    return found;
}

/* Whole numbers of which none is missing are their keys. */
static void borrow_int64(struct chunk *chunk, const int64_t *values, size_t rows)
{
    for (size_t row = 0; row < rows; row++)
        chunk->encoder->levels[row] = 1;
    chunk->keys = (const uint64_t *)values;
    chunk->count = rows;
}

static size_t gather_int64(struct dk_parquet_encoder *encoder, const int64_t *values, size_t rows)
{
    size_t count = 0;
    for (size_t row = 0; row < rows; row++)
        TAKE(values[row] == INT64_MIN, values[row]);
    return count;
}

static size_t gather_doubles(struct dk_parquet_encoder *encoder, const double *values, size_t rows)
{
    size_t count = 0;
    for (size_t row = 0; row < rows; row++) {
        uint64_t bits;
        memcpy(&bits, &values[row], sizeof(bits));
        TAKE(values[row] != values[row], bits);
    }
    return count;
}

static size_t gather_texts(struct dk_parquet_encoder *encoder, const uint32_t *values, size_t rows)
{
    size_t count = 0;
    for (size_t row = 0; row < rows; row++)
        TAKE(values[row] == UINT32_MAX,
             values[row] == UINT32_MAX ? 0 : encoder->ranks[values[row]]);
    return count;
}

static enum dk_status gather(struct chunk *chunk, struct dk_error *err)
{
    struct dk_parquet_encoder *encoder = chunk->encoder;
    const struct dk_parquet_values *values = chunk->values;
    const bool optional = chunk->field->optional;
    chunk->keys = encoder->keys;
    switch (values->source) {
    case DK_PARQUET_FROM_INT32:
        chunk->count = gather_int32(encoder, values->values, values->rows, optional);
        break;
    case DK_PARQUET_FROM_INT64:
    case DK_PARQUET_FROM_DECIMALS:
        /* A missing decimal is the least number, too. */
        if (has_missing(values->values, values->rows) &&
            (optional || values->source == DK_PARQUET_FROM_DECIMALS))
            chunk->count = gather_int64(encoder, values->values, values->rows);
        else
            borrow_int64(chunk, values->values, values->rows);
        break;
    case DK_PARQUET_FROM_DOUBLES:
        chunk->count = gather_doubles(encoder, values->values, values->rows);
        break;
    case DK_PARQUET_FROM_TEXTS:
        DK_RETURN_IF_ERROR(rank_texts(chunk, err));
        chunk->count = gather_texts(encoder, values->values, values->rows);
        break;
    }
    chunk->facts->missing = values->rows - chunk->count;
    if (chunk->facts->missing > 0 && !optional)
        return dk_error_set(err, DK_ERR_FAILED, "the required column '%s' has missing values",
                            chunk->field->name);
    return DK_OK;
}

/* Two sides that are the same text now are what it is for.
 * NOLINTNEXTLINE(misc-redundant-expression) */
_Static_assert(DK_DECIMAL_MISSING == INT64_MIN, "gather_int64 takes decimals");

/* --- pages ------------------------------------------------------------------------------------ */

static enum dk_status append_data_page(struct chunk *chunk, enum dk_encoding encoding,
                                       struct dk_error *err)
{
    const struct dk_buffer *body = &chunk->encoder->body;
    const struct dk_page page = {.encoding = encoding,
                                 .values = chunk->values->rows,
                                 .body = body->data,
                                 .size = body->size};
    return dk_page_append(&chunk->encoder->packer, &page, chunk->out, &chunk->facts->plain_bytes,
                          err);
}

/* The body of a data page begins with the levels of an optional column. */
static enum dk_status begin_body(struct chunk *chunk, struct dk_error *err)
{
    struct dk_buffer *body = &chunk->encoder->body;
    body->size = 0;
    return chunk->field->optional
               ? dk_levels_append(body, chunk->encoder->levels, chunk->values->rows, err)
               : DK_OK;
}

static enum dk_status append_dictionary(struct chunk *chunk, struct dk_error *err)
{
    struct dk_parquet_encoder *encoder = chunk->encoder;
    const struct dk_distinct *distinct = &encoder->distinct;
    const size_t start = chunk->out->size;
    encoder->body.size = 0;
    DK_RETURN_IF_ERROR(
        dk_plain_append(&encoder->body, &chunk->plain, distinct->keys, distinct->count, err));
    const struct dk_page page = {.is_dictionary = true,
                                 .encoding = DK_ENCODING_PLAIN,
                                 .values = distinct->count,
                                 .body = encoder->body.data,
                                 .size = encoder->body.size};
    DK_RETURN_IF_ERROR(
        dk_page_append(&encoder->packer, &page, chunk->out, &chunk->facts->plain_bytes, err));
    chunk->facts->dictionary_bytes = chunk->out->size - start;
    return DK_OK;
}

static enum dk_status append_indices(struct chunk *chunk, struct dk_error *err)
{
    struct dk_parquet_encoder *encoder = chunk->encoder;
    const struct dk_distinct *distinct = &encoder->distinct;
    const unsigned char width = distinct->count <= 256 ? 8 : 16;
    DK_RETURN_IF_ERROR(begin_body(chunk, err));
    DK_RETURN_IF_ERROR(dk_buffer_append(&encoder->body, &width, 1, err));
    DK_RETURN_IF_ERROR(
        dk_hybrid_append(&encoder->body, distinct->indices, chunk->count, width, err));
    chunk->facts->low = dk_plain_bound(&chunk->plain, distinct->keys[0], true);
    chunk->facts->high = dk_plain_bound(&chunk->plain, distinct->keys[distinct->count - 1], false);
    return append_data_page(chunk, DK_ENCODING_RLE_DICTIONARY, err);
}

static enum dk_status append_plain(struct chunk *chunk, struct dk_error *err)
{
    const uint64_t *keys = chunk->keys;
    const dk_distinct_order_fn order = dk_plain_order(chunk->plain.source);
    size_t low = 0;
    size_t high = 0;
    for (size_t i = 1; i < chunk->count; i++) {
        if (order(keys[i]) < order(keys[low]))
            low = i;
        if (order(keys[i]) > order(keys[high]))
            high = i;
    }
    if (chunk->count > 0) {
        chunk->facts->low = dk_plain_bound(&chunk->plain, keys[low], true);
        chunk->facts->high = dk_plain_bound(&chunk->plain, keys[high], false);
    }
    DK_RETURN_IF_ERROR(begin_body(chunk, err));
    DK_RETURN_IF_ERROR(
        dk_plain_append(&chunk->encoder->body, &chunk->plain, keys, chunk->count, err));
    return append_data_page(chunk, DK_ENCODING_PLAIN, err);
}

static enum dk_status append_pages(struct chunk *chunk, struct dk_error *err)
{
    bool fits = false;
    DK_RETURN_IF_ERROR(gather(chunk, err));
    const dk_distinct_order_fn order = dk_plain_order(chunk->plain.source);
    if (chunk->count > 0)
        DK_RETURN_IF_ERROR((chunk->plain.source == DK_PARQUET_FROM_DECIMALS
                                ? dk_distinct_find_decimals
                                : dk_distinct_find)(&chunk->encoder->distinct, chunk->keys,
                                                    chunk->count, order, &fits, err));
    if (!fits)
        return append_plain(chunk, err);
    DK_RETURN_IF_ERROR(append_dictionary(chunk, err));
    return append_indices(chunk, err);
}

/* --- one chunk -------------------------------------------------------------------------------- */

static bool belongs(enum dk_parquet_source source, enum dk_parquet_type type)
{
    switch (source) {
    case DK_PARQUET_FROM_INT32:
        return type == DK_PARQUET_INT32;
    case DK_PARQUET_FROM_INT64:
        return type == DK_PARQUET_TIMESTAMP;
    case DK_PARQUET_FROM_DOUBLES:
    case DK_PARQUET_FROM_DECIMALS:
        return type == DK_PARQUET_DOUBLE;
    case DK_PARQUET_FROM_TEXTS:
        return type == DK_PARQUET_STRING;
    }
    return false;
}

enum dk_status dk_parquet_encode(struct dk_parquet_encoder *encoder,
                                 const struct dk_parquet_field *field,
                                 const struct dk_parquet_values *values, struct dk_buffer *out,
                                 struct dk_parquet_chunk *chunk, struct dk_error *err)
{
    struct chunk work = {
        .encoder = encoder,
        .field = field,
        .values = values,
        .plain = {.source = values->source},
        .out = out,
        .facts = chunk,
    };
    const size_t start = out->size;
    *chunk = (struct dk_parquet_chunk){.rows = values->rows};
    if (!belongs(values->source, field->type) || values->rows > DK_PARQUET_GROUP_ROWS_MAX)
        return dk_error_set(err, DK_ERR_FAILED, "the column '%s' can't be made of these values",
                            field->name);
    DK_RETURN_IF_ERROR(append_pages(&work, err));
    chunk->size_bytes = out->size - start;
    return DK_OK;
}
