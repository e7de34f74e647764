#include "thrift.h"

#include <assert.h>
#include <string.h>

/* Types of fields, by their numbers in the protocol. */
enum field {
    FIELD_TRUE = 1,
    FIELD_FALSE = 2,
    FIELD_I16 = 4,
    FIELD_I32 = 5,
    FIELD_I64 = 6,
    FIELD_BINARY = 8,
    FIELD_LIST = 9,
    FIELD_STRUCT = 12,
};

#define VARINT_BYTES_MAX 10
#define SHORT_LIST_MAX 14
#define SHORT_DISTANCE_MAX 15

static void put_byte(struct dk_thrift *thrift, unsigned byte)
{
    unsigned char value = (unsigned char)byte;
    dk_buffer_put_bytes(thrift->out, &value, 1);
}

/* Seven bits a byte, the lowest first; the high bit says that more follow (ULEB128). */
static void put_varint(struct dk_thrift *thrift, uint64_t value)
{
    unsigned char bytes[VARINT_BYTES_MAX];
    size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[size++] = (unsigned char)(value | 0x80);
    bytes[size++] = (unsigned char)value;
    dk_buffer_put_bytes(thrift->out, bytes, size);
}

/* Small magnitudes of either sign as small numbers: 0, -1, 1, -2 as 0, 1, 2, 3. */
static void put_zigzag(struct dk_thrift *thrift, int64_t value)
{
    put_varint(thrift, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

static void put_header(struct dk_thrift *thrift, int id, enum field type)
{
    int distance = id - thrift->last[thrift->depth];
    thrift->last[thrift->depth] = id;
    if (distance >= 1 && distance <= SHORT_DISTANCE_MAX) {
        put_byte(thrift, (unsigned)distance << 4 | type);
        return;
    }
    put_byte(thrift, type);
    put_zigzag(thrift, id);
}

static void push(struct dk_thrift *thrift)
{
    assert(thrift->depth + 1 < DK_THRIFT_DEPTH_MAX);
    thrift->last[++thrift->depth] = 0;
}

struct dk_thrift dk_thrift_begin(struct dk_buffer *out)
{
    return (struct dk_thrift){.out = out};
}

enum dk_status dk_thrift_finish(struct dk_thrift *thrift, struct dk_error *err)
{
    put_byte(thrift, 0);
    return dk_buffer_finish(thrift->out, err);
}

void dk_thrift_bool(struct dk_thrift *thrift, int id, bool value)
{
    put_header(thrift, id, value ? FIELD_TRUE : FIELD_FALSE);
}

void dk_thrift_i16(struct dk_thrift *thrift, int id, int16_t value)
{
    put_header(thrift, id, FIELD_I16);
    put_zigzag(thrift, value);
}

void dk_thrift_i32(struct dk_thrift *thrift, int id, int32_t value)
{
    put_header(thrift, id, FIELD_I32);
    put_zigzag(thrift, value);
}

void dk_thrift_i64(struct dk_thrift *thrift, int id, int64_t value)
{
    put_header(thrift, id, FIELD_I64);
    put_zigzag(thrift, value);
}

void dk_thrift_binary(struct dk_thrift *thrift, int id, const void *data, size_t size)
{
    put_header(thrift, id, FIELD_BINARY);
    put_varint(thrift, size);
    dk_buffer_put_bytes(thrift->out, data, size);
}

void dk_thrift_text(struct dk_thrift *thrift, int id, const char *text)
{
    dk_thrift_binary(thrift, id, text, strlen(text));
}

void dk_thrift_struct(struct dk_thrift *thrift, int id)
{
    put_header(thrift, id, FIELD_STRUCT);
    push(thrift);
}

void dk_thrift_list(struct dk_thrift *thrift, int id, enum dk_thrift_type type, size_t count)
{
    put_header(thrift, id, FIELD_LIST);
    if (count <= SHORT_LIST_MAX) {
        put_byte(thrift, (unsigned)count << 4 | type);
        return;
    }
    put_byte(thrift, 0xf0u | type);
    put_varint(thrift, count);
}

void dk_thrift_element_struct(struct dk_thrift *thrift)
{
    push(thrift);
}

void dk_thrift_element_i32(struct dk_thrift *thrift, int32_t value)
{
    put_zigzag(thrift, value);
}

void dk_thrift_element_text(struct dk_thrift *thrift, const char *text)
{
    size_t size = strlen(text);
    put_varint(thrift, size);
    dk_buffer_put_bytes(thrift->out, text, size);
}

void dk_thrift_elements(struct dk_thrift *thrift, const struct dk_buffer *structs)
{
    dk_buffer_put_bytes(thrift->out, structs->data, structs->size);
}

void dk_thrift_end(struct dk_thrift *thrift)
{
    put_byte(thrift, 0);
    thrift->depth--;
}
