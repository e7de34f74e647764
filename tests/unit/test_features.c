/* Features against numbers that Python's fractions and decimals gave, and the narrow sums against
 * the wide ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "features/features.h"
#include "features/moments.h"
#include "features/wide.h"

#define SAMPLES_MAX 700
#define MISSING NULL

struct burst_case {
    int rate_hz;
    size_t count;
    const char *samples[24]; /* MISSING: missing */
    double expected[DK_FEATURES_MAX];
};

static const struct burst_case cases[] = {
    /* Scales from 0 to 3, segments of 2 and 3 samples. */
    {10,
     23,
     {"151.47", "151.5",  "150",    "149.997", "151.47", "152.25", "-3.5",   "0",
      "151.47", "151.61", "171.15", "177.09",  "179.76", "187.12", "176.99", "186.12",
      "141.45", "163.28", "187.17", "172.45",  "185.05", "145.66", "163.45"},
     {149.69595652173913,
      -3.5,
      187.17,
      151.47,
      163.45,
      48.95325238249443,
      157.496985106962,
      24.80191699604743,
      -2.467607710982555,
      5.045549725633163,
      190.67,
      544.306,
      151.485,
      0.015,
      0.3,
      151.47,
      151.5,
      149.9985,
      0.0015,
      -0.03,
      149.997,
      150.0,
      151.86,
      0.39,
      7.8,
      151.47,
      152.25,
      49.32333333333333,
      72.24273266026294,
      774.85,
      -3.5,
      151.47,
      161.38,
      9.77,
      195.4,
      151.61,
      171.15,
      178.425,
      1.335,
      26.7,
      177.09,
      179.76,
      183.41,
      4.5579454435816436,
      -5.0,
      176.99,
      187.12,
      152.365,
      10.915,
      218.3,
      141.45,
      163.28,
      179.81,
      7.36,
      -147.2,
      172.45,
      187.17,
      164.72,
      16.10595542027855,
      -108.0,
      145.66,
      185.05}},
    {100,
     5,
     {"2411.6", "2411.6", "2409", "2500.25", "2411.6"},
     {2428.81, 2409.0, 2500.25, 2411.6, 2411.6, 35.734190910107365, 2429.0728577998643, 886.5,
      1.4969940992766335, 0.24609024441522842, 91.25, 182.5}},
    /* The extremes of what a cell may be: the fourth powers have more than 384 bits. */
    {1,
     6,
     {"100000000000000000", "-99999999999999900", "0.000000000001", "123456789.012345", "-0.5",
      "7"},
     {20576149.2520575, -9.99999999999999e+16, 1e+17, 1e+17, 7.0, 5.773502691896254e+16,
      5.773502691896254e+16, -5714285710758385.0, -1.0691654797843076e-09, -3.048316824720877e-18,
      1.999999999999999e+17, 3.000000002469134e+17}},
    {1,
     4,
     {"5.25", "5.25", "5.25", "5.25"},
     {5.25, 5.25, 5.25, 5.25, 5.25, 0, 5.25, 0, NAN, NAN, 0, 0}},
    {1, 2, {"1", "-1"}, {0, -1, 1, 1, -1, 1, 1, -2, 0, -2, 2, 2}},
    {1, 1, {"-0.125"}, {-0.125}},
    /* A sample that is missing takes all but the other end. */
    {1, 3, {MISSING, "2", "3.5"}, {NAN, NAN, NAN, NAN, 3.5, NAN, NAN, NAN, NAN, NAN, NAN, NAN}},
    {1, 3, {"2", MISSING, "3.5"}, {NAN, NAN, NAN, 2, 3.5, NAN, NAN, NAN, NAN, NAN, NAN, NAN}},
    {1, 1, {MISSING}, {NAN}},
};

static dk_decimal decimal(const char *text)
{
    dk_decimal value = DK_DECIMAL_MISSING;
    if (text)
        assert_int_equal(dk_decimal_parse(text, strlen(text), &value), DK_DECIMAL_GOOD);
    return value;
}

/* Equal but for the rounding of a few operations. */
static bool is_close(double found, double expected)
{
    if (isnan(expected) || isnan(found))
        return isnan(expected) && isnan(found);
    return fabs(found - expected) <= 1e-15 * fabs(expected);
}

static void features_are_what_the_formulas_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct burst_case *burst = &cases[i];
        dk_decimal samples[24];
        double found[DK_FEATURES_MAX];
        for (size_t at = 0; at < burst->count; at++)
            samples[at] = decimal(burst->samples[at]);
        dk_features_compute(samples, burst->count, burst->rate_hz, found);
        for (size_t at = 0; at < dk_features_count(burst->count); at++) {
            struct dk_feature feature;
            dk_feature_describe(burst->count, at, &feature);
            if (!is_close(found[at], burst->expected[at]))
                fail_msg("case %zu, %s: %.17g, not %.17g", i, feature.name, found[at],
                         burst->expected[at]);
        }
    }
}

/* A sample that is missing takes the features of its own segment and of the whole. */
static void a_missing_sample_takes_its_windows(void **state)
{
    (void)state;
    dk_decimal samples[30];
    double whole[DK_FEATURES_MAX];
    double found[DK_FEATURES_MAX];
    for (int i = 0; i < 30; i++)
        assert_true(dk_decimal_make(1000 + i * i, 1, &samples[i]));
    dk_features_compute(samples, 30, 10, whole);
    samples[13] = DK_DECIMAL_MISSING; /* in the fifth segment: 12 to 14 */
    dk_features_compute(samples, 30, 10, found);
    for (size_t i = 0; i < DK_FEATURES_MAX; i++) {
        struct dk_feature feature;
        dk_feature_describe(30, i, &feature);
        const bool lives = strcmp(feature.name, "first") == 0 ||
                           strcmp(feature.name, "last") == 0 ||
                           (feature.name[0] == 's' && feature.name[1] != 't' &&
                            strncmp(feature.name, "s05", 3) != 0 && strstr(feature.name, "__"));
        if (lives)
            assert_true(memcmp(&found[i], &whole[i], sizeof(double)) == 0);
        else
            assert_true(isnan(found[i]));
    }
}

static void segments_share_out_the_samples(void **state)
{
    (void)state;
    struct dk_feature feature;
    assert_int_equal(dk_features_count(1), 1);
    assert_int_equal(dk_features_count(2), 12);
    assert_int_equal(dk_features_count(19), 12);
    assert_int_equal(dk_features_count(20), 62);
    dk_feature_describe(1, 0, &feature);
    assert_string_equal(feature.name, "value");
    dk_feature_describe(6000, 0, &feature);
    assert_string_equal(feature.name, "mean");
    dk_feature_describe(6000, 7, &feature);
    assert_string_equal(feature.name, "slope");
    assert_string_equal(feature.unit, "/s");
    dk_feature_describe(6000, 61, &feature);
    assert_string_equal(feature.name, "s10__max");
    assert_string_equal(feature.window, "segment 10 of 10: samples 5400 to 5999");
    dk_feature_describe(23, 12, &feature);
    assert_string_equal(feature.name, "s01__mean");
    assert_string_equal(feature.window, "segment 1 of 10: samples 0 to 1");
}

/* --- narrow and wide -------------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Random samples of at most `scale` decimals and `bits` bits. */
static void fill(dk_decimal *samples, size_t count, int scale, int bits, uint64_t *seed)
{
    for (size_t i = 0; i < count; i++) {
        int64_t mantissa = (int64_t)(next_random(seed) >> (64 - bits));
        if (next_random(seed) % 4 == 0)
            mantissa = -mantissa;
        if (!dk_decimal_make(mantissa, scale, &samples[i]))
            samples[i] = 0;
    }
}

static void narrow_sums_equal_wide_ones(void **state)
{
    (void)state;
    static dk_decimal samples[SAMPLES_MAX];
    uint64_t seed = 11;
    size_t narrow_ones = 0;
    for (int turn = 0; turn < 400; turn++) {
        const size_t count = 2 + next_random(&seed) % (SAMPLES_MAX - 2);
        const size_t half = count / 2;
        struct dk_narrow total = {0};
        struct dk_narrow part;
        struct dk_moments narrow;
        struct dk_moments wide;
        fill(samples, count, turn % 5, 2 + turn % 30, &seed);
        const struct dk_burst_scale burst = dk_burst_scale_of(samples, count);
        bool fits = burst.narrow && dk_narrow_sum(&burst, 0, half, &part);
        if (fits && half > 0)
            dk_narrow_join(&total, &part);
        fits = fits && dk_narrow_sum(&burst, half, count, &part);
        if (!fits)
            continue;
        narrow_ones++;
        dk_narrow_join(&total, &part);
        dk_narrow_moments(&burst, &total, true, &narrow);
        assert_true(dk_wide_moments(&burst, 0, count, &wide));
        assert_memory_equal(&narrow, &wide, sizeof(wide));
    }
    assert_true(narrow_ones > 250);
}

/* Samples at the bounds of the narrow sums, as long as they may be. */
static void the_largest_narrow_sums_do_not_overflow(void **state)
{
    (void)state;
    enum { COUNT = 1 << 18 };
    static dk_decimal samples[COUNT];
    struct dk_narrow sums;
    struct dk_moments narrow;
    struct dk_moments wide;
    for (size_t i = 0; i < COUNT; i++)
        samples[i] =
            dk_decimal_pack((INT64_C(1) << 49) + (i > 0 && i % 3 > 0 ? (1 << 26) - 1 : 0), 0);
    const struct dk_burst_scale burst = dk_burst_scale_of(samples, COUNT);
    assert_true(burst.narrow);
    assert_true(dk_narrow_sum(&burst, 0, COUNT, &sums));
    dk_narrow_moments(&burst, &sums, true, &narrow);
    assert_true(dk_wide_moments(&burst, 0, COUNT, &wide));
    assert_memory_equal(&narrow, &wide, sizeof(wide));
    samples[COUNT - 1] += INT64_C(1) << (26 + 4);
    assert_false(dk_narrow_sum(&burst, 0, COUNT, &sums));
}

static void wide_numbers_add_multiply_and_round(void **state)
{
    (void)state;
    const struct dk_wide big = dk_wide_of((__int128)1 << 100);
    const struct dk_wide square = dk_wide_multiply(big, big);
    assert_true(dk_wide_to_double(square) == ldexp(1, 200));
    assert_true(dk_wide_to_double(dk_wide_multiply(square, dk_wide_of(-3))) == -3 * ldexp(1, 200));
    assert_true(dk_wide_to_double(dk_wide_subtract(dk_wide_of(5), dk_wide_of(7))) == -2);
    assert_true(dk_wide_to_double(dk_wide_of(0)) == 0);
    /* 2^200 + 2^147 is halfway between two doubles, and goes to the even one; the least bit more
     * does not. */
    const struct dk_wide half = dk_wide_multiply(big, dk_wide_of((__int128)1 << 47));
    const struct dk_wide tie = dk_wide_add(square, half);
    assert_true(dk_wide_to_double(tie) == ldexp(1, 200));
    assert_true(dk_wide_to_double(dk_wide_add(tie, dk_wide_of(1))) ==
                nextafter(ldexp(1, 200), INFINITY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_are_what_the_formulas_say),
        cmocka_unit_test(a_missing_sample_takes_its_windows),
        cmocka_unit_test(segments_share_out_the_samples),
        cmocka_unit_test(narrow_sums_equal_wide_ones),
        cmocka_unit_test(the_largest_narrow_sums_do_not_overflow),
        cmocka_unit_test(wide_numbers_add_multiply_and_round),
    };
    return cmocka_run_group_tests_name("features", tests, NULL, NULL);
}
