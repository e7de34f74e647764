#include "footer.h"

#include "derrick_version.h"
#include "page.h"
#include "statistics.h"
#include "thrift.h"

/* The form that parquet-java parses, to know of which writer a file is. */
#define CREATED_BY "derrick version " DERRICK_VERSION " (build " DERRICK_BUILD ")"
/* Of data pages of version 1. */
#define FORMAT_VERSION 1

/* Numbers of enum Type, ConvertedType, FieldRepetitionType, CompressionCodec and PageType. */
enum { TYPE_INT32 = 1, TYPE_INT64 = 2, TYPE_DOUBLE = 5, TYPE_BYTE_ARRAY = 6 };
enum { CONVERTED_UTF8 = 0, CONVERTED_TIMESTAMP_MICROS = 10 };
enum { REQUIRED = 0, OPTIONAL = 1 };
enum { CODEC_ZSTD = 6 };
enum { PAGE_DATA = 0, PAGE_DICTIONARY = 2 };

/* --- row groups ------------------------------------------------------------------------------- */

static int32_t physical_type(enum dk_parquet_type type)
{
    static const int32_t types[] = {
        [DK_PARQUET_INT32] = TYPE_INT32,
        [DK_PARQUET_TIMESTAMP] = TYPE_INT64,
        [DK_PARQUET_DOUBLE] = TYPE_DOUBLE,
        [DK_PARQUET_STRING] = TYPE_BYTE_ARRAY,
    };
    return types[type];
}

/* Which encodings its pages have: a dictionary says that indices are all that the data pages
 * hold. */
static void write_page_encoding(struct dk_thrift *thrift, int32_t page, enum dk_encoding encoding)
{
    enum { PAGE_TYPE = 1, ENCODING = 2, COUNT = 3 };
    dk_thrift_element_struct(thrift);
    dk_thrift_i32(thrift, PAGE_TYPE, page);
    dk_thrift_i32(thrift, ENCODING, (int32_t)encoding);
    dk_thrift_i32(thrift, COUNT, 1);
    dk_thrift_end(thrift);
}

/* Struct ColumnMetaData. */
static void write_column(struct dk_thrift *thrift, int id, const struct dk_parquet_field *field,
                         const struct dk_parquet_chunk *chunk, uint64_t offset)
{
    enum {
        TYPE = 1,
        ENCODINGS = 2,
        PATH = 3,
        CODEC = 4,
        NUM_VALUES = 5,
        PLAIN_SIZE = 6,
        SIZE = 7,
        DATA_OFFSET = 9,
        DICTIONARY_OFFSET = 11,
        STATISTICS = 12,
        ENCODING_STATS = 13
    };
    const bool dictionary = chunk->dictionary_bytes > 0;
    dk_thrift_struct(thrift, id);
    dk_thrift_i32(thrift, TYPE, physical_type(field->type));
    dk_thrift_list(thrift, ENCODINGS, DK_THRIFT_I32, dictionary ? 3 : 2);
    dk_thrift_element_i32(thrift, DK_ENCODING_PLAIN);
    dk_thrift_element_i32(thrift, DK_ENCODING_RLE);
    if (dictionary)
        dk_thrift_element_i32(thrift, DK_ENCODING_RLE_DICTIONARY);
    dk_thrift_list(thrift, PATH, DK_THRIFT_BINARY, 1);
    dk_thrift_element_text(thrift, field->name);
    dk_thrift_i32(thrift, CODEC, CODEC_ZSTD);
    dk_thrift_i64(thrift, NUM_VALUES, (int64_t)chunk->rows);
    dk_thrift_i64(thrift, PLAIN_SIZE, (int64_t)chunk->plain_bytes);
    dk_thrift_i64(thrift, SIZE, (int64_t)chunk->size_bytes);
    dk_thrift_i64(thrift, DATA_OFFSET, (int64_t)(offset + chunk->dictionary_bytes));
    if (dictionary)
        dk_thrift_i64(thrift, DICTIONARY_OFFSET, (int64_t)offset);
    dk_statistics_write(chunk, STATISTICS, thrift);
    dk_thrift_list(thrift, ENCODING_STATS, DK_THRIFT_STRUCT, dictionary ? 2 : 1);
    if (dictionary)
        write_page_encoding(thrift, PAGE_DICTIONARY, DK_ENCODING_PLAIN);
    write_page_encoding(thrift, PAGE_DATA,
                        dictionary ? DK_ENCODING_RLE_DICTIONARY : DK_ENCODING_PLAIN);
    dk_thrift_end(thrift);
}

enum dk_status dk_footer_group_append(struct dk_buffer *out, const struct dk_footer_group *group,
                                      struct dk_error *err)
{
    enum { COLUMNS = 1, PLAIN_SIZE = 2, ROWS = 3, OFFSET = 5, SIZE = 6, ORDINAL = 7 };
    enum { FILE_OFFSET = 2, META_DATA = 3 };
    struct dk_thrift thrift = dk_thrift_begin(out);
    uint64_t plain_bytes = 0;
    uint64_t size_bytes = 0;
    dk_thrift_list(&thrift, COLUMNS, DK_THRIFT_STRUCT, group->field_count);
    for (size_t i = 0; i < group->field_count; i++) {
        const struct dk_parquet_chunk *chunk = &group->chunks[i];
        dk_thrift_element_struct(&thrift);
        dk_thrift_i64(&thrift, FILE_OFFSET, 0); /* deprecated: the format asks for 0 */
        write_column(&thrift, META_DATA, &group->fields[i], chunk, group->offset + size_bytes);
        dk_thrift_end(&thrift);
        size_bytes += chunk->size_bytes;
        plain_bytes += chunk->plain_bytes;
    }
    dk_thrift_i64(&thrift, PLAIN_SIZE, (int64_t)plain_bytes);
    dk_thrift_i64(&thrift, ROWS, (int64_t)group->chunks[0].rows);
    dk_thrift_i64(&thrift, OFFSET, (int64_t)group->offset);
    dk_thrift_i64(&thrift, SIZE, (int64_t)size_bytes);
    if (group->number <= INT16_MAX)
        dk_thrift_i16(&thrift, ORDINAL, (int16_t)group->number);
    return dk_thrift_finish(&thrift, err);
}

/* --- schema ----------------------------------------------------------------------------------- */

/* Fields of struct SchemaElement. */
enum { TYPE = 1, REPETITION = 3, NAME = 4, CHILDREN = 5, CONVERTED = 6, LOGICAL = 10 };

static void write_logical_string(struct dk_thrift *thrift)
{
    enum { STRING = 1 };
    dk_thrift_i32(thrift, CONVERTED, CONVERTED_UTF8);
    dk_thrift_struct(thrift, LOGICAL);
    dk_thrift_struct(thrift, STRING);
    dk_thrift_end(thrift);
    dk_thrift_end(thrift);
}

static void write_logical_timestamp(struct dk_thrift *thrift)
{
    enum { TIMESTAMP = 8, IS_ADJUSTED_TO_UTC = 1, UNIT = 2, MICROS = 2 };
    dk_thrift_i32(thrift, CONVERTED, CONVERTED_TIMESTAMP_MICROS);
    dk_thrift_struct(thrift, LOGICAL);
    dk_thrift_struct(thrift, TIMESTAMP);
    dk_thrift_bool(thrift, IS_ADJUSTED_TO_UTC, false);
    dk_thrift_struct(thrift, UNIT);
    dk_thrift_struct(thrift, MICROS);
    dk_thrift_end(thrift);
    dk_thrift_end(thrift);
    dk_thrift_end(thrift);
    dk_thrift_end(thrift);
}

static void write_field(struct dk_thrift *thrift, const struct dk_parquet_field *field)
{
    dk_thrift_element_struct(thrift);
    dk_thrift_i32(thrift, TYPE, physical_type(field->type));
    dk_thrift_i32(thrift, REPETITION, field->optional ? OPTIONAL : REQUIRED);
    dk_thrift_text(thrift, NAME, field->name);
    if (field->type == DK_PARQUET_STRING)
        write_logical_string(thrift);
    else if (field->type == DK_PARQUET_TIMESTAMP)
        write_logical_timestamp(thrift);
    dk_thrift_end(thrift);
}

/* The root, then its columns. */
static void write_schema(struct dk_thrift *thrift, int id, const struct dk_footer *footer)
{
    dk_thrift_list(thrift, id, DK_THRIFT_STRUCT, footer->field_count + 1);
    dk_thrift_element_struct(thrift);
    dk_thrift_text(thrift, NAME, "schema");
    dk_thrift_i32(thrift, CHILDREN, (int32_t)footer->field_count);
    dk_thrift_end(thrift);
    for (size_t i = 0; i < footer->field_count; i++)
        write_field(thrift, &footer->fields[i]);
}

/* --- the rest --------------------------------------------------------------------------------- */

static void write_pairs(struct dk_thrift *thrift, int id, const struct dk_footer *footer)
{
    enum { KEY = 1, VALUE = 2 };
    if (footer->pair_count == 0)
        return;
    dk_thrift_list(thrift, id, DK_THRIFT_STRUCT, footer->pair_count);
    for (size_t i = 0; i < footer->pair_count; i++) {
        dk_thrift_element_struct(thrift);
        dk_thrift_text(thrift, KEY, footer->pairs[i].key);
        dk_thrift_text(thrift, VALUE, footer->pairs[i].value);
        dk_thrift_end(thrift);
    }
}

/* Without these a reader may not use the bounds of texts and doubles. */
static void write_orders(struct dk_thrift *thrift, int id, const struct dk_footer *footer)
{
    enum { TYPE_ORDER = 1 };
    dk_thrift_list(thrift, id, DK_THRIFT_STRUCT, footer->field_count);
    for (size_t i = 0; i < footer->field_count; i++) {
        dk_thrift_element_struct(thrift);
        dk_thrift_struct(thrift, TYPE_ORDER);
        dk_thrift_end(thrift);
        dk_thrift_end(thrift);
    }
}

enum dk_status dk_footer_append(struct dk_buffer *out, const struct dk_footer *footer,
                                struct dk_error *err)
{
    enum { VERSION = 1, SCHEMA = 2, ROWS = 3, GROUPS = 4, PAIRS = 5, CREATOR = 6, ORDERS = 7 };
    struct dk_thrift thrift = dk_thrift_begin(out);
    dk_thrift_i32(&thrift, VERSION, FORMAT_VERSION);
    write_schema(&thrift, SCHEMA, footer);
    dk_thrift_i64(&thrift, ROWS, (int64_t)footer->rows);
    dk_thrift_list(&thrift, GROUPS, DK_THRIFT_STRUCT, footer->group_count);
    dk_thrift_elements(&thrift, footer->groups);
    write_pairs(&thrift, PAIRS, footer);
    dk_thrift_text(&thrift, CREATOR, CREATED_BY);
    write_orders(&thrift, ORDERS, footer);
    return dk_thrift_finish(&thrift, err);
}
