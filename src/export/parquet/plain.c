#include "plain.h"

#include <endian.h>
#include <string.h>

static uint64_t bits_of_decimal(uint64_t key)
{
    uint64_t bits;
    double value = dk_decimal_to_double((dk_decimal)key);
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static uint64_t order_of_decimal(uint64_t key)
{
    return dk_order_of_double(bits_of_decimal(key));
}

static uint64_t order_of_text(uint64_t key)
{
    return key;
}

dk_distinct_order_fn dk_plain_order(enum dk_parquet_source source)
{
    switch (source) {
    case DK_PARQUET_FROM_DOUBLES:
        return dk_order_of_double;
    case DK_PARQUET_FROM_DECIMALS:
        return order_of_decimal;
    case DK_PARQUET_FROM_TEXTS:
        return order_of_text;
    default:
        return dk_order_of_integer;
    }
}

static enum dk_status append_texts(struct dk_buffer *out, const struct dk_plain *plain,
                                   const uint64_t *keys, size_t count, struct dk_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = plain->texts[keys[i]];
        uint32_t size = (uint32_t)strlen(text);
        uint32_t little = htole32(size);
        DK_RETURN_IF_ERROR(dk_buffer_append(out, &little, sizeof(little), err));
        DK_RETURN_IF_ERROR(dk_buffer_append(out, text, size, err));
    }
    return DK_OK;
}

static enum dk_status append_words(struct dk_buffer *out, const uint64_t *keys, size_t count,
                                   struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_buffer_reserve(out, count * sizeof(uint32_t), err));
    for (size_t i = 0; i < count; i++) {
        uint32_t little = htole32((uint32_t)keys[i]);
        memcpy(out->data + out->size + i * sizeof(little), &little, sizeof(little));
    }
    out->size += count * sizeof(uint32_t);
    return DK_OK;
}

enum dk_status dk_plain_append(struct dk_buffer *out, const struct dk_plain *plain,
                               const uint64_t *keys, size_t count, struct dk_error *err)
{
    if (plain->source == DK_PARQUET_FROM_TEXTS)
        return append_texts(out, plain, keys, count, err);
    if (plain->source == DK_PARQUET_FROM_INT32)
        return append_words(out, keys, count, err);
    bool decimals = plain->source == DK_PARQUET_FROM_DECIMALS;
    DK_RETURN_IF_ERROR(dk_buffer_reserve(out, count * sizeof(uint64_t), err));
    for (size_t i = 0; i < count; i++) {
        uint64_t little = htole64(decimals ? bits_of_decimal(keys[i]) : keys[i]);
        memcpy(out->data + out->size + i * sizeof(little), &little, sizeof(little));
    }
    out->size += count * sizeof(uint64_t);
    return DK_OK;
}

struct dk_parquet_bound dk_plain_bound(const struct dk_plain *plain, uint64_t key, bool is_low)
{
    struct dk_parquet_bound bound = {0};
    double value;
    uint64_t little = htole64(key);
    switch (plain->source) {
    case DK_PARQUET_FROM_DOUBLES:
        memcpy(&value, &key, sizeof(value));
        return dk_bound_of_double(value, is_low);
    case DK_PARQUET_FROM_DECIMALS:
        return dk_bound_of_double(dk_decimal_to_double((dk_decimal)key), is_low);
    case DK_PARQUET_FROM_TEXTS:
        bound.size = strlen(plain->texts[key]);
        if (bound.size > DK_PARQUET_BOUND_MAX)
            bound.size = 0;
        memcpy(bound.bytes, plain->texts[key], bound.size);
        return bound;
    case DK_PARQUET_FROM_INT32:
        bound.size = sizeof(uint32_t);
        break;
    case DK_PARQUET_FROM_INT64:
        bound.size = sizeof(uint64_t);
        break;
    }
    memcpy(bound.bytes, &little, bound.size);
    return bound;
}
