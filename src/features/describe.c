/* What features there are: their names, formulas and windows. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "features/features.h"
#include "order.h"

static const struct {
    const char *name, *formula, *unit;
} of_burst[DK_BURST_FEATURES] = {
    [DK_FEATURE_MEAN] = {"mean", "sum(x) / n", ""},
    [DK_FEATURE_MIN] = {"min", "min(x)", ""},
    [DK_FEATURE_MAX] = {"max", "max(x)", ""},
    [DK_FEATURE_FIRST] = {"first", "x[0]", ""},
    [DK_FEATURE_LAST] = {"last", "x[n-1]", ""},
    [DK_FEATURE_STD] = {"std", "sqrt(m2), with m_k = mean((x - mean(x))^k)", ""},
    [DK_FEATURE_RMS] = {"rms", "sqrt(mean(x^2))", ""},
    [DK_FEATURE_SLOPE] = {"slope", "least squares of x against t = i / rate", "/s"},
    [DK_FEATURE_SKEWNESS] = {"skewness", "m3 / m2^1.5", NULL},
    [DK_FEATURE_KURTOSIS] = {"kurtosis", "m4 / m2^2 - 3", NULL},
    [DK_FEATURE_PEAK_TO_PEAK] = {"peak_to_peak", "max(x) - min(x)", ""},
    [DK_FEATURE_TOTAL_VARIATION] = {"total_variation", "sum(abs(x[i+1] - x[i]))", ""},
};

/* Which features of a burst a segment has, in order. */
static const int of_segment[DK_SEGMENT_FEATURES] = {
    [DK_SEGMENT_MEAN] = DK_FEATURE_MEAN,   [DK_SEGMENT_STD] = DK_FEATURE_STD,
    [DK_SEGMENT_SLOPE] = DK_FEATURE_SLOPE, [DK_SEGMENT_MIN] = DK_FEATURE_MIN,
    [DK_SEGMENT_MAX] = DK_FEATURE_MAX,
};

size_t dk_features_count(size_t samples)
{
    if (samples < 2)
        return 1;
    return samples < DK_FEATURE_SEGMENT_SAMPLES ? DK_BURST_FEATURES : DK_FEATURES_MAX;
}

void dk_feature_describe(size_t samples, size_t index, struct dk_feature *out)
{
    if (samples < 2) {
        *out = (struct dk_feature){
            .name = "value", .formula = "x[0]", .unit = "", .window = "the burst, one sample"};
        return;
    }
    if (index < DK_BURST_FEATURES) {
        *out =
            (struct dk_feature){.formula = of_burst[index].formula, .unit = of_burst[index].unit};
        dk_text_format(out->name, sizeof(out->name), "%s", of_burst[index].name);
        dk_text_format(out->window, sizeof(out->window), "the burst, %zu samples", samples);
        return;
    }
    const size_t segment = (index - DK_BURST_FEATURES) / DK_SEGMENT_FEATURES;
    const int feature = of_segment[(index - DK_BURST_FEATURES) % DK_SEGMENT_FEATURES];
    *out =
        (struct dk_feature){.formula = of_burst[feature].formula, .unit = of_burst[feature].unit};
    dk_text_format(out->name, sizeof(out->name), "s%02zu__%s", segment + 1, of_burst[feature].name);
    dk_text_format(out->window, sizeof(out->window), "segment %zu of %d: samples %zu to %zu",
                   segment + 1, DK_FEATURE_SEGMENTS, dk_segment_begin(samples, segment),
                   dk_segment_begin(samples, segment + 1) - 1);
}
