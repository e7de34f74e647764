#include "distinct.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"

#define SLOTS_FIRST 1024
#define FREE UINT32_MAX

#define DENSE_MAX ((size_t)1 << 18)     /* places of the table */
#define MANTISSA_MAX (INT64_C(1) << 40) /* with SCALE_MAX more decimals it fits 63 bits */
#define SCALE_MAX 6

/* A key's place in the order, and the number that it got when it was first met. */
struct pair {
    uint64_t image;
    uint32_t code;
};

void dk_distinct_reset(struct dk_distinct *distinct)
{
    free(distinct->keys);
    free(distinct->indices);
    free(distinct->slot_keys);
    free(distinct->slot_codes);
    free(distinct->pairs);
    free(distinct->dense);
    *distinct = (struct dk_distinct){0};
}

static enum dk_status no_memory(struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a dictionary");
}

/* --- slots: open addressing, at most half full ----------------------------------------------- */

/* The high bits of a product by 2^64 divided by the golden ratio (D. E. Knuth, "The Art of Computer
 * Programming", volume 3, 6.4). */
static inline size_t first_slot(uint64_t key, size_t slot_count)
{
    uint64_t mixed = (key ^ key >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 32) & (slot_count - 1);
}

static enum dk_status make_slots(struct dk_distinct *distinct, size_t slot_count,
                                 struct dk_error *err)
{
    uint64_t *keys = realloc(distinct->slot_keys, slot_count * sizeof(*keys));
    if (keys)
        distinct->slot_keys = keys;
    uint32_t *codes = realloc(distinct->slot_codes, slot_count * sizeof(*codes));
    if (codes)
        distinct->slot_codes = codes;
    if (!keys || !codes)
        return no_memory(err);
    distinct->slot_count = slot_count;
    memset(codes, 0xff, slot_count * sizeof(*codes));
    return DK_OK;
}

static inline size_t find_slot(const struct dk_distinct *distinct, uint64_t key)
{
    size_t slot = first_slot(key, distinct->slot_count);
    while (distinct->slot_codes[slot] != FREE && distinct->slot_keys[slot] != key)
        slot = (slot + 1) & (distinct->slot_count - 1);
    return slot;
}

static inline void fill_slot(struct dk_distinct *distinct, size_t slot, uint64_t key, uint32_t code)
{
    distinct->slot_keys[slot] = key;
    distinct->slot_codes[slot] = code;
}

static enum dk_status grow_slots(struct dk_distinct *distinct, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(make_slots(distinct, 2 * distinct->slot_count, err));
    for (size_t i = 0; i < distinct->count; i++)
        fill_slot(distinct, find_slot(distinct, distinct->keys[i]), distinct->keys[i], (uint32_t)i);
    return DK_OK;
}

/* --- sorting: by bytes, the lowest first, leaving out those that are equal in all ------------- */

static void sort_pairs(struct pair *pairs, struct pair *other, size_t count)
{
    struct pair *from = pairs;
    struct pair *to = other;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t starts[257] = {0};
        for (size_t i = 0; i < count; i++)
            starts[(from[i].image >> shift & 0xff) + 1]++;
        if (starts[(from[0].image >> shift & 0xff) + 1] == count)
            continue;
        for (size_t i = 1; i < 257; i++)
            starts[i] += starts[i - 1];
        for (size_t i = 0; i < count; i++)
            to[starts[from[i].image >> shift & 0xff]++] = from[i];
        struct pair *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != pairs)
        memcpy(pairs, from, count * sizeof(*pairs));
}

/* Puts the keys in order, and the indices with them. */
static void order_keys(struct dk_distinct *distinct, size_t values, dk_distinct_order_fn order)
{
    struct pair *pairs = distinct->pairs;
    for (size_t i = 0; i < distinct->count; i++)
        pairs[i] = (struct pair){.image = order(distinct->keys[i]), .code = (uint32_t)i};
    sort_pairs(pairs, pairs + DK_DISTINCT_MAX, distinct->count);
    /* The slots are done with: their memory holds the places by code, and the keys by place. */
    uint32_t *place = distinct->slot_codes;
    uint64_t *sorted = distinct->slot_keys;
    for (size_t i = 0; i < distinct->count; i++) {
        place[pairs[i].code] = (uint32_t)i;
        sorted[i] = distinct->keys[pairs[i].code];
    }
    memcpy(distinct->keys, sorted, distinct->count * sizeof(*sorted));
    for (size_t i = 0; i < values; i++)
        distinct->indices[i] = (uint16_t)place[distinct->indices[i]];
}

/* --- all of it -------------------------------------------------------------------------------- */

static enum dk_status reserve(struct dk_distinct *distinct, size_t values, struct dk_error *err)
{
    if (!distinct->keys)
        distinct->keys = malloc(DK_DISTINCT_MAX * sizeof(*distinct->keys));
    if (!distinct->pairs)
        distinct->pairs = malloc(2 * DK_DISTINCT_MAX * sizeof(struct pair));
    if (!distinct->keys || !distinct->pairs)
        return no_memory(err);
    if (values > distinct->values_max) {
        uint16_t *indices = realloc(distinct->indices, values * sizeof(*indices));
        if (!indices)
            return no_memory(err);
        distinct->indices = indices;
        distinct->values_max = values;
    }
    return make_slots(distinct, SLOTS_FIRST, err);
}

enum dk_status dk_distinct_find(struct dk_distinct *distinct, const uint64_t *values, size_t count,
                                dk_distinct_order_fn order, bool *fits, struct dk_error *err)
{
    *fits = true;
    distinct->count = 0;
    DK_RETURN_IF_ERROR(reserve(distinct, count, err));
    for (size_t i = 0; i < count; i++) {
        size_t slot = find_slot(distinct, values[i]);
        uint32_t code = distinct->slot_codes[slot];
        if (code == FREE) {
            *fits = distinct->count < DK_DISTINCT_MAX;
            if (!*fits)
                return DK_OK;
            code = (uint32_t)distinct->count++;
            distinct->keys[code] = values[i];
            fill_slot(distinct, slot, values[i], code);
            if (2 * distinct->count > distinct->slot_count)
                DK_RETURN_IF_ERROR(grow_slots(distinct, err));
        }
        distinct->indices[i] = (uint16_t)code;
    }
    if (distinct->count > 0)
        order_keys(distinct, count, order);
    return DK_OK;
}

/* --- decimals that are close together ------------------------------------------------------- */

struct dk_dense {
    unsigned char met[DENSE_MAX]; /* by place: whether a value is there */
    uint16_t ranks[DENSE_MAX];    /* of those that are */
};

/* Decimals as whole numbers of one scale, from `low` to `high`. */
struct span {
    int scale;
    int64_t factors[16]; /* by the scale of a value */
    int64_t low, high;
};

static inline int64_t number_of(const struct span *span, uint64_t value)
{
    return dk_decimal_mantissa((dk_decimal)value) *
           span->factors[dk_decimal_scale((dk_decimal)value)];
}

/* The span of some values; false: they are not close together. */
static bool find_span(const uint64_t *values, size_t count, struct span *span)
{
    uint64_t bits = 0;
    int scale = 0;
    for (size_t i = 0; i < count; i++) {
        const int64_t mantissa = dk_decimal_mantissa((dk_decimal)values[i]);
        const int own = dk_decimal_scale((dk_decimal)values[i]);
        bits |= (uint64_t)(mantissa < 0 ? -mantissa : mantissa);
        scale = own > scale ? own : scale;
    }
    *span = (struct span){.scale = scale};
    if (bits >= (uint64_t)MANTISSA_MAX || scale > SCALE_MAX)
        return false;
    int64_t factor = 1;
    for (int i = scale; i >= 0; i--, factor *= 10)
        span->factors[i] = factor;
    span->low = span->high = number_of(span, values[0]);
    for (size_t i = 1; i < count; i++) {
        const int64_t number = number_of(span, values[i]);
        span->low = number < span->low ? number : span->low;
        span->high = number > span->high ? number : span->high;
    }
    return (uint64_t)(span->high - span->low) < DENSE_MAX;
}

/* Ranks the numbers that were met, and makes their keys; false: there are too many. */
static bool rank_numbers(struct dk_distinct *distinct, const struct span *span)
{
    struct dk_dense *dense = distinct->dense;
    const size_t places = (size_t)(span->high - span->low) + 1;
    for (size_t place = 0; place < places; place++) {
        dk_decimal key = 0;
        if (!dense->met[place])
            continue;
        if (distinct->count == DK_DISTINCT_MAX ||
            !dk_decimal_make(span->low + (int64_t)place, span->scale, &key))
            return false;
        dense->ranks[place] = (uint16_t)distinct->count;
        distinct->keys[distinct->count++] = (uint64_t)key;
    }
    return true;
}

enum dk_status dk_distinct_find_decimals(struct dk_distinct *distinct, const uint64_t *values,
                                         size_t count, dk_distinct_order_fn order, bool *fits,
                                         struct dk_error *err)
{
    struct span span;
    if (count == 0 || !find_span(values, count, &span))
        return dk_distinct_find(distinct, values, count, order, fits, err);
    DK_RETURN_IF_ERROR(reserve(distinct, count, err));
    if (!distinct->dense)
        distinct->dense = malloc(sizeof(*distinct->dense));
    if (!distinct->dense)
        return no_memory(err);
    struct dk_dense *dense = distinct->dense;
    memset(dense->met, 0, (size_t)(span.high - span.low) + 1);
    for (size_t i = 0; i < count; i++)
        dense->met[number_of(&span, values[i]) - span.low] = 1;
    distinct->count = 0;
    if (!rank_numbers(distinct, &span))
        return dk_distinct_find(distinct, values, count, order, fits, err);
    for (size_t i = 0; i < count; i++)
        distinct->indices[i] = dense->ranks[number_of(&span, values[i]) - span.low];
    *fits = true;
    return DK_OK;
}
