/* Pages and chunks: headers by hand, CRCs and values read back, what is refused, a sink that
 * fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "export/parquet/page.h"
#include "parquet/parquet.h"
#include "parquet_decode.h"

#define BYTES_MAX ((size_t)16 << 20)

static int64_t read_varint(const unsigned char *bytes, size_t *at)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        value |= (uint64_t)(bytes[*at] & 0x7f) << shift;
        if (!(bytes[(*at)++] & 0x80))
            break;
    }
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* A page as it was read: its header's numbers, and its body. */
struct page {
    int64_t type, size, packed_size, values, encoding;
    unsigned char *body; /* owned */
};

/* Reads a page, and checks its CRC. Every field but the booleans is a zigzag varint in order. */
static struct page read_page(const char *data, size_t *at)
{
    const unsigned char *bytes = (const unsigned char *)data;
    struct page page = {0};
    assert_int_equal(bytes[(*at)++], 0x15);
    page.type = read_varint(bytes, at);
    assert_int_equal(bytes[(*at)++], 0x15);
    page.size = read_varint(bytes, at);
    assert_int_equal(bytes[(*at)++], 0x15);
    page.packed_size = read_varint(bytes, at);
    assert_int_equal(bytes[(*at)++], 0x15);
    int64_t crc = read_varint(bytes, at);
    assert_int_equal(bytes[(*at)++], page.type == 2 ? 0x3c : 0x1c);
    assert_int_equal(bytes[(*at)++], 0x15);
    page.values = read_varint(bytes, at);
    assert_int_equal(bytes[(*at)++], 0x15);
    page.encoding = read_varint(bytes, at);
    if (page.type == 2) {
        assert_int_equal(bytes[(*at)++], 0x11); /* is_sorted: true */
    } else {
        for (int i = 0; i < 2; i++) {
            assert_int_equal(bytes[(*at)++], 0x15);
            assert_int_equal(read_varint(bytes, at), DK_ENCODING_RLE);
        }
    }
    assert_int_equal(bytes[(*at)++], 0);
    assert_int_equal(bytes[(*at)++], 0);
    assert_int_equal((uint32_t)(int32_t)crc, crc32(0, bytes + *at, (unsigned)page.packed_size));
    page.body = malloc((size_t)page.size + 1);
    assert_non_null(page.body);
    assert_int_equal(
        ZSTD_decompress(page.body, (size_t)page.size, bytes + *at, (size_t)page.packed_size),
        page.size);
    *at += (size_t)page.packed_size;
    return page;
}

/* One chunk, encoded. */
struct made {
    struct dk_buffer bytes;
    struct dk_parquet_chunk chunk;
};

static struct made make(enum dk_parquet_type type, bool optional,
                        const struct dk_parquet_values *values)
{
    struct made made;
    struct dk_parquet_encoder *encoder = NULL;
    const struct dk_parquet_field field = {"column", type, optional};
    dk_buffer_init(&made.bytes, BYTES_MAX);
    assert_int_equal(dk_parquet_encoder_new(&encoder, NULL), DK_OK);
    assert_int_equal(dk_parquet_encode(encoder, &field, values, &made.bytes, &made.chunk, NULL),
                     DK_OK);
    assert_int_equal(made.chunk.size_bytes, made.bytes.size);
    dk_parquet_encoder_free(encoder);
    return made;
}

/* The indices of a data page whose column has `rows` rows, `optional` or not; *count: of values. */
static void read_indices(const struct page *page, bool optional, size_t rows, uint16_t *levels,
                         uint16_t *indices, size_t *count)
{
    size_t at = 0;
    *count = rows;
    if (optional) {
        uint32_t size;
        memcpy(&size, page->body, 4);
        size = le32toh(size);
        assert_int_equal(hybrid_decode(page->body + 4, size, 1, rows, levels), size);
        at = 4 + size;
        *count = 0;
        for (size_t i = 0; i < rows; i++)
            *count += levels[i];
    }
    unsigned width = page->body[at++];
    assert_true(width == 8 || width == 16);
    at += hybrid_decode(page->body + at, (size_t)page->size - at, width, *count, indices);
    assert_int_equal(at, page->size);
}

static void decimals_with_nulls_come_back(void **state)
{
    (void)state;
    enum { ROWS = 3000 };
    static dk_decimal values[ROWS];
    static uint16_t levels[ROWS], indices[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        assert_true(dk_decimal_make((int64_t)(i * 37 % 700) - 350, 2, &values[i]));
        if (i % 11 == 3)
            values[i] = DK_DECIMAL_MISSING;
    }
    const struct dk_parquet_values column = {
        .source = DK_PARQUET_FROM_DECIMALS, .values = values, .rows = ROWS};
    struct made made = make(DK_PARQUET_DOUBLE, true, &column);
    size_t at = 0;
    struct page dictionary = read_page(made.bytes.data, &at);
    assert_int_equal(at, made.chunk.dictionary_bytes);
    assert_int_equal(dictionary.type, 2);
    assert_int_equal(dictionary.encoding, DK_ENCODING_PLAIN);
    assert_int_equal(dictionary.size, dictionary.values * 8);
    struct page data = read_page(made.bytes.data, &at);
    assert_int_equal(at, made.bytes.size);
    assert_int_equal(data.type, 0);
    assert_int_equal(data.encoding, DK_ENCODING_RLE_DICTIONARY);
    assert_int_equal(data.values, ROWS);
    size_t count = 0;
    read_indices(&data, true, ROWS, levels, indices, &count);
    assert_int_equal(made.chunk.missing, ROWS - count);
    size_t next = 0;
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(levels[i], values[i] != DK_DECIMAL_MISSING);
        if (!levels[i])
            continue;
        double value;
        memcpy(&value, dictionary.body + 8 * (size_t)indices[next++], 8);
        assert_true(value == dk_decimal_to_double(values[i]));
    }
    double low, high;
    memcpy(&low, made.chunk.low.bytes, 8);
    memcpy(&high, made.chunk.high.bytes, 8);
    assert_true(low == -3.5 && high == 3.49);
    free(dictionary.body);
    free(data.body);
    dk_buffer_reset(&made.bytes);
}

static void texts_are_sorted_by_their_bytes(void **state)
{
    (void)state;
    static const char *const table[] = {"texas-10", "texas-2", "\xc3\xa9", "a", "texas-2"};
    static const uint32_t values[] = {0, 1, 2, 3, 4, 4};
    static uint16_t indices[6];
    const struct dk_parquet_values column = {.source = DK_PARQUET_FROM_TEXTS,
                                             .values = values,
                                             .rows = 6,
                                             .texts = table,
                                             .text_count = 5};
    struct made made = make(DK_PARQUET_STRING, false, &column);
    size_t at = 0;
    size_t count = 0;
    struct page dictionary = read_page(made.bytes.data, &at);
    struct page data = read_page(made.bytes.data, &at);
    assert_int_equal(dictionary.values, 4);
    assert_memory_equal(dictionary.body,
                        "\1\0\0\0a\x08\0\0\0texas-10\7\0\0\0texas-2\2\0\0\0\xc3\xa9",
                        (size_t)dictionary.size);
    read_indices(&data, false, 6, NULL, indices, &count);
    static const uint16_t expected[] = {1, 2, 3, 0, 2, 2};
    assert_memory_equal(indices, expected, sizeof(expected));
    assert_int_equal(made.chunk.low.size, 1);
    assert_memory_equal(made.chunk.high.bytes, "\xc3\xa9", 2);
    free(dictionary.body);
    free(data.body);
    dk_buffer_reset(&made.bytes);
}

/* 256 entries are indices of 8 bits, 257 of 16, 65,536 too; one more is PLAIN. */
static void widths_follow_the_dictionary(void **state)
{
    (void)state;
    static const struct {
        size_t distinct;
        int width; /* 0: PLAIN */
    } cases[] = {{1, 8}, {256, 8}, {257, 16}, {65536, 16}, {65537, 0}};
    static int32_t values[70000];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t row = 0; row < 70000; row++)
            values[row] = (int32_t)(row % cases[i].distinct) - 100;
        const struct dk_parquet_values column = {
            .source = DK_PARQUET_FROM_INT32, .values = values, .rows = 70000};
        struct made made = make(DK_PARQUET_INT32, false, &column);
        size_t at = 0;
        int32_t low, high;
        struct page page = read_page(made.bytes.data, &at);
        if (cases[i].width > 0) {
            assert_int_equal(page.size, cases[i].distinct * 4);
            free(page.body);
            page = read_page(made.bytes.data, &at);
            assert_int_equal(page.body[0], cases[i].width);
        } else {
            assert_int_equal(made.chunk.dictionary_bytes, 0);
            assert_int_equal(page.encoding, DK_ENCODING_PLAIN);
            assert_int_equal(page.size, sizeof(values));
            assert_memory_equal(page.body, values, sizeof(values));
        }
        memcpy(&low, made.chunk.low.bytes, 4);
        memcpy(&high, made.chunk.high.bytes, 4);
        assert_int_equal(low, -100);
        assert_int_equal(high, (int)cases[i].distinct - 101);
        assert_int_equal(at, made.bytes.size);
        free(page.body);
        dk_buffer_reset(&made.bytes);
    }
}

static void a_column_of_nulls_has_no_bounds(void **state)
{
    (void)state;
    static const double values[] = {NAN, NAN, NAN};
    const struct dk_parquet_values column = {
        .source = DK_PARQUET_FROM_DOUBLES, .values = values, .rows = 3};
    struct made made = make(DK_PARQUET_DOUBLE, true, &column);
    size_t at = 0;
    struct page page = read_page(made.bytes.data, &at);
    assert_int_equal(page.type, 0);
    assert_int_equal(page.values, 3);
    assert_int_equal(made.chunk.missing, 3);
    assert_int_equal(made.chunk.low.size, 0);
    assert_int_equal(made.chunk.dictionary_bytes, 0);
    free(page.body);
    dk_buffer_reset(&made.bytes);
}

static void what_does_not_belong_is_refused(void **state)
{
    (void)state;
    static const double values[] = {1, NAN};
    static const struct dk_parquet_field required = {"column", DK_PARQUET_DOUBLE, false};
    static const struct dk_parquet_field integer = {"column", DK_PARQUET_INT32, false};
    struct dk_parquet_values column = {
        .source = DK_PARQUET_FROM_DOUBLES, .values = values, .rows = 2};
    struct dk_parquet_chunk chunk;
    struct dk_parquet_encoder *encoder = NULL;
    struct dk_buffer out;
    struct dk_error err;
    dk_buffer_init(&out, BYTES_MAX);
    assert_int_equal(dk_parquet_encoder_new(&encoder, &err), DK_OK);
    assert_int_equal(dk_parquet_encode(encoder, &required, &column, &out, &chunk, &err),
                     DK_ERR_FAILED);
    assert_int_equal(dk_parquet_encode(encoder, &integer, &column, &out, &chunk, &err),
                     DK_ERR_FAILED);
    column.rows = DK_PARQUET_GROUP_ROWS_MAX + 1;
    assert_int_equal(dk_parquet_encode(encoder, &required, &column, &out, &chunk, &err),
                     DK_ERR_FAILED);
    dk_parquet_encoder_free(encoder);
    dk_buffer_reset(&out);
}

/* --- files ------------------------------------------------------------------------------------ */

struct limited {
    size_t left;
    struct dk_buffer bytes;
};

static enum dk_status write_limited(struct dk_sink *sink, const void *data, size_t size,
                                    struct dk_error *err)
{
    struct limited *limited = sink->context;
    if (limited->left == 0)
        return dk_error_set(err, DK_ERR_IO, "the disk is full");
    limited->left--;
    return dk_buffer_append(&limited->bytes, data, size, err);
}

static enum dk_status write_file(struct limited *limited)
{
    static const int32_t values[] = {1, 2, 3};
    static const struct dk_parquet_field fields[] = {{"a", DK_PARQUET_INT32, false},
                                                     {"b", DK_PARQUET_INT32, true}};
    static const struct dk_parquet_pair pairs[] = {{"key", "value"}};
    const struct dk_parquet_values column = {
        .source = DK_PARQUET_FROM_INT32, .values = values, .rows = 3};
    struct dk_parquet_writer *writer = NULL;
    struct made made = make(DK_PARQUET_INT32, false, &column);
    struct made optional = make(DK_PARQUET_INT32, true, &column);
    const struct dk_sink sink = {.write = write_limited, .context = limited};
    enum dk_status status = dk_parquet_open(&writer, fields, 2, sink, NULL);
    for (int group = 0; status == DK_OK && group < 2; group++) {
        status = dk_parquet_append(writer, &made.chunk, made.bytes.data, NULL);
        if (status == DK_OK)
            assert_int_equal(dk_parquet_finish(writer, NULL, 0, NULL), DK_ERR_FAILED);
        if (status == DK_OK)
            status = dk_parquet_append(writer, &optional.chunk, optional.bytes.data, NULL);
    }
    if (status == DK_OK)
        status = dk_parquet_finish(writer, pairs, 1, NULL);
    if (status == DK_OK) {
        assert_int_equal(dk_parquet_rows(writer), 6);
        assert_int_equal(dk_parquet_size(writer), limited->bytes.size);
    }
    dk_parquet_close(writer);
    dk_buffer_reset(&made.bytes);
    dk_buffer_reset(&optional.bytes);
    return status;
}

static void every_write_that_fails_is_an_error(void **state)
{
    (void)state;
    size_t whole = 0;
    for (size_t left = 0;; left++) {
        struct limited limited = {.left = left};
        dk_buffer_init(&limited.bytes, BYTES_MAX);
        enum dk_status status = write_file(&limited);
        whole = limited.bytes.size;
        dk_buffer_reset(&limited.bytes);
        if (status == DK_OK)
            break;
        assert_int_equal(status, DK_ERR_IO);
        assert_true(left < 100);
    }
    assert_true(whole > 12);
}

static void a_file_begins_and_ends_with_the_magic_number(void **state)
{
    (void)state;
    struct limited limited = {.left = 100};
    dk_buffer_init(&limited.bytes, BYTES_MAX);
    assert_int_equal(write_file(&limited), DK_OK);
    const struct dk_buffer *bytes = &limited.bytes;
    assert_memory_equal(bytes->data, "PAR1", 4);
    assert_memory_equal(bytes->data + bytes->size - 4, "PAR1", 4);
    uint32_t footer;
    memcpy(&footer, bytes->data + bytes->size - 8, 4);
    footer = le32toh(footer);
    assert_true(footer < bytes->size - 12);
    const char *start = bytes->data + bytes->size - 8 - footer;
    assert_memory_equal(start, "\x15\x02\x19\x3c", 4); /* version 1, three elements */
    assert_non_null(memmem(start, footer, "derrick version ", 16));
    dk_buffer_reset(&limited.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_with_nulls_come_back),
        cmocka_unit_test(texts_are_sorted_by_their_bytes),
        cmocka_unit_test(widths_follow_the_dictionary),
        cmocka_unit_test(a_column_of_nulls_has_no_bounds),
        cmocka_unit_test(what_does_not_belong_is_refused),
        cmocka_unit_test(every_write_that_fails_is_an_error),
        cmocka_unit_test(a_file_begins_and_ends_with_the_magic_number),
    };
    return cmocka_run_group_tests_name("parquet chunk", tests, NULL, NULL);
}
