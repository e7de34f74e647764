#include "moments.h"

#include "wide.h"

/* Bounds of the narrow sums: |x| < 2^50, |d| < 2^26 and n <= 2^18 leave each of them below
 * 2^127. */
#define VALUE_MAX (INT64_C(1) << 50)
#define DIFFERENCE_MAX (INT64_C(1) << 26)
#define COUNT_MAX (UINT64_C(1) << 18)
/* As long as n * max|d| is less, the terms of the fourth moment add up to less than 2^127. */
#define PRODUCT_MAX (UINT64_C(1) << 30)
#define CHUNK 512 /* this many d^2 add up to less than 2^63 */

/* --- scale ------------------------------------------------------------------------------------ */

static __int128 scaled(const struct dk_burst_scale *burst, dk_decimal value)
{
    return (__int128)dk_decimal_mantissa(value) *
           dk_powers_of_ten[burst->scale - dk_decimal_scale(value)];
}

struct dk_burst_scale dk_burst_scale_of(const dk_decimal *samples, size_t count)
{
    struct dk_burst_scale burst = {.samples = samples};
    uint64_t bits = 0;
    size_t first = count;
    for (size_t i = count; i-- > 0;) {
        if (samples[i] == DK_DECIMAL_MISSING)
            continue;
        const int64_t mantissa = dk_decimal_mantissa(samples[i]);
        const int scale = dk_decimal_scale(samples[i]);
        bits |= (uint64_t)(mantissa < 0 ? -mantissa : mantissa);
        burst.scale = scale > burst.scale ? scale : burst.scale;
        first = i;
    }
    bool missing = false;
    for (size_t i = 0; i < count; i++)
        missing = missing || samples[i] == DK_DECIMAL_MISSING;
    if (first < count)
        burst.origin = scaled(&burst, samples[first]);
    burst.narrow = !missing && count <= COUNT_MAX &&
                   bits < (uint64_t)(VALUE_MAX / dk_powers_of_ten[burst.scale]);
    return burst;
}

/* --- narrow ----------------------------------------------------------------------------------- */

static void scale_chunk(const struct dk_burst_scale *burst, size_t begin, size_t count,
                        int64_t values[CHUNK])
{
    const dk_decimal *samples = burst->samples + begin;
    int64_t factors[DK_DECIMAL_SCALE_MAX + 1] = {0};
    for (int scale = 0; scale <= burst->scale; scale++)
        factors[scale] = dk_powers_of_ten[burst->scale - scale];
    for (size_t i = 0; i < count; i++)
        values[i] = dk_decimal_mantissa(samples[i]) * factors[dk_decimal_scale(samples[i])];
}

static void bound_chunk(const int64_t values[CHUNK], size_t count, struct dk_narrow *sums)
{
    int64_t low = sums->low;
    int64_t high = sums->high;
    for (size_t i = 0; i < count; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    sums->low = low;
    sums->high = high;
}

/* `index` is that of the first value in its window. */
static void sum_chunk(const int64_t values[CHUNK], size_t count, int64_t origin, size_t index,
                      struct dk_narrow *sums)
{
    int64_t s1 = 0;
    int64_t s2 = 0;
    int64_t t1 = 0;
    __int128 s3 = 0;
    __int128 s4 = 0;
    int64_t variation = 0;
    int64_t last = sums->last;
    for (size_t i = 0; i < count; i++) {
        const int64_t d = values[i] - origin;
        const int64_t square = d * d;
        const int64_t step = values[i] - last;
        s1 += d;
        s2 += square;
        s3 += (__int128)square * d;
        s4 += (__int128)square * square;
        t1 += (int64_t)i * d;
        variation += step < 0 ? -step : step;
        last = values[i];
    }
    sums->last = last;
    sums->s1 += s1;
    sums->s2 += s2;
    sums->s3 += s3;
    sums->s4 += s4;
    sums->t1 += t1 + (__int128)(int64_t)index * s1;
    sums->variation += variation;
}

bool dk_narrow_sum(const struct dk_burst_scale *burst, size_t begin, size_t end,
                   struct dk_narrow *out)
{
    int64_t values[CHUNK];
    const int64_t origin = (int64_t)burst->origin;
    for (size_t at = begin; at < end; at += CHUNK) {
        const size_t count = end - at < CHUNK ? end - at : CHUNK;
        scale_chunk(burst, at, count, values);
        if (at == begin)
            *out = (struct dk_narrow){.count = end - begin,
                                      .first = values[0],
                                      .last = values[0],
                                      .low = values[0],
                                      .high = values[0]};
        bound_chunk(values, count, out);
        if (out->high - origin >= DIFFERENCE_MAX || origin - out->low >= DIFFERENCE_MAX)
            return false;
        sum_chunk(values, count, origin, at - begin, out);
    }
    return true;
}

void dk_narrow_join(struct dk_narrow *total, const struct dk_narrow *next)
{
    if (total->count == 0) {
        *total = *next;
        return;
    }
    const int64_t step = next->first - total->last;
    total->variation += next->variation + (step < 0 ? -step : step);
    total->t1 += next->t1 + (__int128)(int64_t)total->count * next->s1;
    total->s1 += next->s1;
    total->s2 += next->s2;
    total->s3 += next->s3;
    total->s4 += next->s4;
    total->low = next->low < total->low ? next->low : total->low;
    total->high = next->high > total->high ? next->high : total->high;
    total->last = next->last;
    total->count += next->count;
}

/* --- moments ---------------------------------------------------------------------------------- */

static struct dk_wide times(struct dk_wide a, struct dk_wide b)
{
    return dk_wide_multiply(a, b);
}

static struct dk_wide scale_by(__int128 factor, struct dk_wide value)
{
    return dk_wide_multiply(dk_wide_of(factor), value);
}

/* Central moments of n samples from their power sums; the first sample drops out. */
static void set_higher(__int128 n, struct dk_wide s1, struct dk_wide s2, struct dk_wide s3,
                       struct dk_wide s4, struct dk_moments *out)
{
    const struct dk_wide s1_squared = times(s1, s1);
    /* n^2 s3 - 3 n s1 s2 + 2 s1^3 */
    struct dk_wide third = scale_by(n * n, s3);
    third = dk_wide_subtract(third, scale_by(3 * n, times(s1, s2)));
    third = dk_wide_add(third, scale_by(2, times(s1_squared, s1)));
    /* n^3 s4 - 4 n^2 s1 s3 + 6 n s1^2 s2 - 3 s1^4 */
    struct dk_wide fourth = scale_by(n * n * n, s4);
    fourth = dk_wide_subtract(fourth, scale_by(4 * n * n, times(s1, s3)));
    fourth = dk_wide_add(fourth, scale_by(6 * n, times(s1_squared, s2)));
    fourth = dk_wide_subtract(fourth, scale_by(3, times(s1_squared, s1_squared)));
    const struct dk_wide second = dk_wide_subtract(scale_by(n, s2), s1_squared);
    const struct dk_wide excess = dk_wide_subtract(fourth, scale_by(3, times(second, second)));
    out->third = dk_wide_to_double(third);
    out->excess = dk_wide_to_double(excess);
}

static void set_higher_narrow(const struct dk_narrow *sums, int64_t origin, struct dk_moments *out)
{
    const __int128 n = (__int128)sums->count;
    const __int128 s1 = sums->s1;
    const int64_t below = origin - sums->low;
    const int64_t above = sums->high - origin;
    const uint64_t largest = (uint64_t)(below > above ? below : above);
    if (largest * sums->count >= PRODUCT_MAX) {
        set_higher(n, dk_wide_of(s1), dk_wide_of(sums->s2), dk_wide_of(sums->s3),
                   dk_wide_of(sums->s4), out);
        return;
    }
    const __int128 second = n * sums->s2 - s1 * s1;
    const __int128 fourth = n * n * n * sums->s4 - 4 * n * n * s1 * sums->s3 +
                            6 * n * s1 * s1 * sums->s2 - 3 * s1 * s1 * s1 * s1;
    out->third = (double)(n * n * sums->s3 - 3 * n * s1 * sums->s2 + 2 * s1 * s1 * s1);
    out->excess = (double)(fourth - 3 * second * second);
}

void dk_narrow_moments(const struct dk_burst_scale *burst, const struct dk_narrow *sums,
                       bool higher, struct dk_moments *out)
{
    const __int128 n = (__int128)sums->count;
    const __int128 origin = burst->origin;
    const double unit = (double)dk_powers_of_ten[burst->scale];
    *out = (struct dk_moments){
        .count = (double)sums->count,
        .unit = unit,
        .sum = (double)(n * origin + sums->s1),
        .squares = (double)(sums->s2 + 2 * origin * sums->s1 + n * origin * origin),
        .second = (double)(n * sums->s2 - sums->s1 * sums->s1),
        .lean = (double)(2 * sums->t1 - (n - 1) * sums->s1),
        .range = (double)(sums->high - sums->low),
        .variation = (double)sums->variation,
        .low = (double)sums->low / unit,
        .high = (double)sums->high / unit,
    };
    if (higher)
        set_higher_narrow(sums, (int64_t)origin, out);
}

/* --- wide ------------------------------------------------------------------------------------- */

struct wide_sums {
    struct dk_wide s1, s2, s3, s4, t1;
    __int128 variation;
    dk_decimal low, high;
};

/* A window of at least one sample, none of them missing. */
static struct wide_sums sum_wide(const struct dk_burst_scale *burst, size_t begin, size_t end)
{
    const dk_decimal *samples = burst->samples;
    struct wide_sums sums = {.low = samples[begin], .high = samples[begin]};
    __int128 last = scaled(burst, samples[begin]);
    for (size_t i = begin; i < end; i++) {
        const __int128 value = scaled(burst, samples[i]);
        const struct dk_wide d = dk_wide_of(value - burst->origin);
        const struct dk_wide square = times(d, d);
        sums.s1 = dk_wide_add(sums.s1, d);
        sums.s2 = dk_wide_add(sums.s2, square);
        sums.s3 = dk_wide_add(sums.s3, times(square, d));
        sums.s4 = dk_wide_add(sums.s4, times(square, square));
        sums.t1 = dk_wide_add(sums.t1, scale_by((__int128)(i - begin), d));
        sums.variation += value < last ? last - value : value - last;
        last = value;
        if (dk_decimal_compare(samples[i], sums.low) < 0)
            sums.low = samples[i];
        if (dk_decimal_compare(samples[i], sums.high) > 0)
            sums.high = samples[i];
    }
    return sums;
}

bool dk_wide_moments(const struct dk_burst_scale *burst, size_t begin, size_t end,
                     struct dk_moments *out)
{
    for (size_t i = begin; i < end; i++)
        if (burst->samples[i] == DK_DECIMAL_MISSING)
            return false;
    const struct wide_sums sums = sum_wide(burst, begin, end);
    const __int128 n = (__int128)(end - begin);
    const struct dk_wide origin = dk_wide_of(burst->origin);
    const struct dk_wide all = scale_by(n, origin);
    const struct dk_wide squares =
        dk_wide_add(sums.s2, dk_wide_add(scale_by(2, times(origin, sums.s1)), times(all, origin)));
    *out = (struct dk_moments){
        .count = (double)n,
        .unit = (double)dk_powers_of_ten[burst->scale],
        .sum = dk_wide_to_double(dk_wide_add(all, sums.s1)),
        .squares = dk_wide_to_double(squares),
        .second =
            dk_wide_to_double(dk_wide_subtract(scale_by(n, sums.s2), times(sums.s1, sums.s1))),
        .lean = dk_wide_to_double(dk_wide_subtract(scale_by(2, sums.t1), scale_by(n - 1, sums.s1))),
        .range = (double)(scaled(burst, sums.high) - scaled(burst, sums.low)),
        .variation = (double)sums.variation,
        .low = dk_decimal_to_double(sums.low),
        .high = dk_decimal_to_double(sums.high),
    };
    set_higher(n, sums.s1, sums.s2, sums.s3, sums.s4, out);
    return true;
}
