#include "features/features.h"

#include <math.h>

#include "moments.h"
#include "order.h"

static double value_of(dk_decimal value)
{
    return value == DK_DECIMAL_MISSING ? NAN : dk_decimal_to_double(value);
}

/* --- from moments to features ----------------------------------------------------------------- */

static double mean_of(const struct dk_moments *moments)
{
    return moments->sum / (moments->count * moments->unit);
}

static double std_of(const struct dk_moments *moments)
{
    return sqrt(moments->second) / (moments->count * moments->unit);
}

/* The sum of (t - mean(t)) (x - mean(x)) over that of (t - mean(t))^2, which is
 * n (n^2 - 1) / 12 / rate^2. */
static double slope_of(const struct dk_moments *moments, int rate_hz)
{
    const double n = moments->count;
    return 6 * rate_hz * moments->lean / (n * (n * n - 1) * moments->unit);
}

static void set_burst(const struct dk_moments *moments, int rate_hz, double *out)
{
    const double second = moments->second;
    out[DK_FEATURE_MEAN] = mean_of(moments);
    out[DK_FEATURE_MIN] = moments->low;
    out[DK_FEATURE_MAX] = moments->high;
    out[DK_FEATURE_STD] = std_of(moments);
    out[DK_FEATURE_RMS] = sqrt(moments->squares / moments->count) / moments->unit;
    out[DK_FEATURE_SLOPE] = slope_of(moments, rate_hz);
    out[DK_FEATURE_PEAK_TO_PEAK] = moments->range / moments->unit;
    out[DK_FEATURE_TOTAL_VARIATION] = moments->variation / moments->unit;
    if (second > 0) {
        out[DK_FEATURE_SKEWNESS] = moments->third / (second * sqrt(second));
        out[DK_FEATURE_KURTOSIS] = moments->excess / (second * second);
    }
}

static void set_segment(const struct dk_moments *moments, int rate_hz, double *out)
{
    out[DK_SEGMENT_MEAN] = mean_of(moments);
    out[DK_SEGMENT_STD] = std_of(moments);
    out[DK_SEGMENT_SLOPE] = slope_of(moments, rate_hz);
    out[DK_SEGMENT_MIN] = moments->low;
    out[DK_SEGMENT_MAX] = moments->high;
}

/* --- a burst ---------------------------------------------------------------------------------- */

/* The parts in which the sums of a burst are made: its segments, or all of it. */
static size_t part_count(size_t samples)
{
    return samples < DK_FEATURE_SEGMENT_SAMPLES ? 1 : DK_FEATURE_SEGMENTS;
}

static size_t part_begin(size_t samples, size_t part)
{
    return part_count(samples) == 1 ? part * samples : dk_segment_begin(samples, part);
}

static double *segment_features(double *out, size_t segment)
{
    return out + DK_BURST_FEATURES + segment * DK_SEGMENT_FEATURES;
}

/* False: the samples do not fit the narrow sums, and some of `out` is set. */
static bool compute_narrow(const struct dk_burst_scale *burst, size_t count, int rate_hz,
                           double *out)
{
    struct dk_narrow total = {0};
    struct dk_narrow sums;
    struct dk_moments moments;
    const size_t parts = part_count(count);
    for (size_t i = 0; i < parts; i++) {
        if (!dk_narrow_sum(burst, part_begin(count, i), part_begin(count, i + 1), &sums))
            return false;
        dk_narrow_join(&total, &sums);
        if (parts == 1)
            continue;
        dk_narrow_moments(burst, &sums, false, &moments);
        set_segment(&moments, rate_hz, segment_features(out, i));
    }
    dk_narrow_moments(burst, &total, true, &moments);
    set_burst(&moments, rate_hz, out);
    return true;
}

static void compute_wide(const struct dk_burst_scale *burst, size_t count, int rate_hz, double *out)
{
    struct dk_moments moments;
    const size_t parts = part_count(count);
    for (size_t i = 0; parts > 1 && i < parts; i++)
        if (dk_wide_moments(burst, part_begin(count, i), part_begin(count, i + 1), &moments))
            set_segment(&moments, rate_hz, segment_features(out, i));
    if (dk_wide_moments(burst, 0, count, &moments))
        set_burst(&moments, rate_hz, out);
}

void dk_features_compute(const dk_decimal *samples, size_t count, int rate_hz, double *out)
{
    const size_t features = dk_features_count(count);
    for (size_t i = 0; i < features; i++)
        out[i] = NAN;
    if (features == 1) {
        out[0] = value_of(samples[0]);
        return;
    }
    const struct dk_burst_scale burst = dk_burst_scale_of(samples, count);
    if (!burst.narrow || !compute_narrow(&burst, count, rate_hz, out))
        compute_wide(&burst, count, rate_hz, out);
    out[DK_FEATURE_FIRST] = value_of(samples[0]);
    out[DK_FEATURE_LAST] = value_of(samples[count - 1]);
}
