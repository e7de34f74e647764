#include "measures.h"

#include <math.h>
#include <string.h>

/* A key that sorts as the doubles do (not NAN). */
static uint64_t sort_key(double value)
{
    uint64_t bits;
    value += 0.0; /* -0.0 becomes 0.0 */
    memcpy(&bits, &value, sizeof(bits));
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

static uint64_t digit_of(uint64_t key, int shift)
{
    return key >> shift & (DIGITS - 1);
}

/* One pass of a radix sort: stable, by one digit of the key. */
static void sort_digit(const struct dk_ranked *from, struct dk_ranked *to, size_t count, int shift)
{
    uint32_t places[DIGITS + 1] = {0};
    for (size_t i = 0; i < count; i++)
        places[digit_of(sort_key(from[i].value), shift) + 1]++;
    for (size_t i = 1; i < DIGITS; i++)
        places[i] += places[i - 1];
    for (size_t i = 0; i < count; i++)
        to[places[digit_of(sort_key(from[i].value), shift)]++] = from[i];
}

size_t dk_rank(const double *values, size_t count, struct dk_ranked *ranked,
               struct dk_ranked *scratch)
{
    struct dk_ranked *from = ranked;
    struct dk_ranked *to = scratch;
    size_t found = 0;
    uint64_t any = 0;
    uint64_t all = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        ranked[found++] = (struct dk_ranked){.value = values[i], .index = (uint32_t)i};
        any |= sort_key(values[i]);
        all &= sort_key(values[i]);
    }
    /* Digits that are equal in all keys need no pass. */
    for (int shift = 0; shift < 64; shift += DIGIT_BITS) {
        if (digit_of(any ^ all, shift) == 0)
            continue;
        sort_digit(from, to, found, shift);
        struct dk_ranked *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != ranked)
        memcpy(ranked, from, found * sizeof(*ranked));
    return found;
}

double dk_quantile(const double *ascending, size_t count, double p)
{
    if (count == 0)
        return NAN;
    double at = p * (double)(count - 1);
    size_t below = (size_t)at;
    if (below + 1 >= count)
        return ascending[count - 1];
    double part = at - (double)below;
    return part == 0 ? ascending[below]
                     : ascending[below] + part * (ascending[below + 1] - ascending[below]);
}

struct dk_box dk_box_make(const double *ascending, size_t count)
{
    return (struct dk_box){.p05 = dk_quantile(ascending, count, 0.05),
                           .q25 = dk_quantile(ascending, count, 0.25),
                           .median = dk_quantile(ascending, count, 0.5),
                           .q75 = dk_quantile(ascending, count, 0.75),
                           .p95 = dk_quantile(ascending, count, 0.95),
                           .count = count};
}

void dk_prefix_fill(struct dk_prefix *prefix, const double *values, size_t count)
{
    double total = 0;
    size_t valid = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) {
            total += values[i];
            valid++;
        }
    double mean = valid > 0 ? total / (double)valid : 0;
    bool equal = true; /* then the mean may differ from the values by a rounding */
    double first = NAN;
    prefix->sum[0] = 0;
    prefix->valid[0] = 0;
    prefix->squares = 0;
    for (size_t i = 0; i < count; i++) {
        bool has = !isnan(values[i]);
        double off = has ? values[i] - mean : 0;
        if (has && isnan(first))
            first = values[i];
        equal = equal && (!has || values[i] == first);
        prefix->sum[i + 1] = prefix->sum[i] + off;
        prefix->valid[i + 1] = prefix->valid[i] + has;
        prefix->squares += off * off;
    }
    if (equal)
        prefix->squares = 0;
}

double dk_eta_squared(const struct dk_prefix *prefix, const struct dk_stretch *stretches,
                      const uint32_t *order, size_t count)
{
    double sums[DK_LABELS_MAX] = {0};
    uint32_t valid[DK_LABELS_MAX] = {0};
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const struct dk_stretch *stretch = &stretches[order ? order[i] : i];
        uint32_t end = at + stretch->count;
        sums[stretch->label] += prefix->sum[end] - prefix->sum[at];
        valid[stretch->label] += prefix->valid[end] - prefix->valid[at];
        at = end;
    }
    double total = 0;
    double between = 0;
    uint32_t all = 0;
    int groups = 0;
    for (int i = 0; i < DK_LABELS_MAX; i++) {
        if (valid[i] == 0)
            continue;
        between += sums[i] * sums[i] / valid[i];
        total += sums[i];
        all += valid[i];
        groups++;
    }
    if (groups < 2 || !(prefix->squares > 0))
        return NAN;
    double eta = (between - total * total / all) / prefix->squares;
    return eta < 0 ? 0 : eta > 1 ? 1 : eta;
}

/* SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
 * 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

void dk_shuffle(uint32_t *order, size_t count, uint64_t seed)
{
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)(next_random(&seed) % i);
        uint32_t kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}
