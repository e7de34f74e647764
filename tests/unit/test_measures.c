/* The report's statistics, against numbers worked out by hand or by R. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "report/measures.h"

static void near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12 * (1 + fabs(expected))))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void ranks_sort_and_leave_out_missing(void **state)
{
    (void)state;
    const double values[] = {3, NAN, -1, 0.5, -2.25, 3, -0.0, 0.0, 1e300, NAN};
    const double expected[] = {-2.25, -1, 0, 0, 0.5, 3, 3, 1e300};
    const uint32_t indices[] = {4, 2, 6, 7, 3, 0, 5, 8};
    struct dk_ranked ranked[10];
    struct dk_ranked scratch[10];
    assert_int_equal(dk_rank(values, 10, ranked, scratch), 8);
    for (size_t i = 0; i < 8; i++) {
        near(ranked[i].value, expected[i]);
        assert_int_equal(ranked[i].index, indices[i]);
    }
    assert_int_equal(dk_rank(values, 0, ranked, scratch), 0);
    const double missing[] = {NAN, NAN};
    assert_int_equal(dk_rank(missing, 2, ranked, scratch), 0);
}

/* R: quantile(c(1, 2, 4, 8, 16), c(.05, .25, .5, .75, .95), type = 7) */
static void quantiles_are_those_of_type_7(void **state)
{
    (void)state;
    const double values[] = {1, 2, 4, 8, 16};
    struct dk_box box = dk_box_make(values, 5);
    near(box.p05, 1.2);
    near(box.q25, 2);
    near(box.median, 4);
    near(box.q75, 8);
    near(box.p95, 14.4);
    assert_int_equal(box.count, 5);
    near(dk_quantile(values, 4, 0.5), 3);
    near(dk_quantile(values, 1, 0.95), 1);
    near(dk_quantile(values, 5, 0), 1);
    near(dk_quantile(values, 5, 1), 16);
    assert_true(isnan(dk_quantile(values, 0, 0.5)));
}

struct series {
    double sum[16];
    uint32_t valid[16];
    struct dk_prefix prefix;
};

static const struct dk_prefix *fill(struct series *series, const double *values, size_t count)
{
    series->prefix = (struct dk_prefix){.sum = series->sum, .valid = series->valid};
    dk_prefix_fill(&series->prefix, values, count);
    return &series->prefix;
}

/* Groups {1, 2, 3} and {5, 7, 6}: means 2 and 6, overall 4: between 3 * 4 + 3 * 4 = 24, total
 * 28. */
static void eta_squared_is_between_over_total(void **state)
{
    (void)state;
    struct series series;
    const double values[] = {1, 2, 3, 5, 7, 6};
    const struct dk_stretch two[] = {{0, 3, 0}, {3, 3, 1}};
    near(dk_eta_squared(fill(&series, values, 6), two, NULL, 2), 24.0 / 28);
    /* The same labels in three stretches: {1, 2, 7, 6} and {3, 5}: both means are 4. */
    const struct dk_stretch three[] = {{0, 2, 0}, {2, 2, 1}, {4, 2, 0}};
    near(dk_eta_squared(&series.prefix, three, NULL, 3), 0);
    /* Shuffled: the second comes first, so that {1, 2} is group 1 and the rest group 0. */
    const uint32_t order[] = {1, 0, 2};
    near(dk_eta_squared(&series.prefix, three, order, 3), (2 * 2.5 * 2.5 + 4 * 1.25 * 1.25) / 28);
}

static void eta_squared_leaves_out_missing(void **state)
{
    (void)state;
    struct series series;
    const double values[] = {1, NAN, 2, 3, 5, NAN, 7, 6};
    const struct dk_stretch two[] = {{0, 4, 3}, {4, 4, 1}};
    near(dk_eta_squared(fill(&series, values, 8), two, NULL, 2), 24.0 / 28);
}

static void eta_squared_needs_variation_and_two_groups(void **state)
{
    (void)state;
    struct series series;
    const double equal[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    const double empty[] = {1, 2, 3, NAN, NAN, NAN};
    const double values[] = {1, 2, 3, 4, 5, 6};
    const struct dk_stretch two[] = {{0, 3, 0}, {3, 3, 1}};
    const struct dk_stretch one[] = {{0, 6, 2}};
    assert_true(isnan(dk_eta_squared(fill(&series, equal, 6), two, NULL, 2)));
    assert_true(isnan(dk_eta_squared(fill(&series, empty, 6), two, NULL, 2)));
    assert_true(isnan(dk_eta_squared(fill(&series, values, 6), one, NULL, 1)));
    near(dk_eta_squared(fill(&series, values, 6), two, NULL, 2), 13.5 / 17.5);
}

/* A large offset must not eat the digits of a small variation. */
static void eta_squared_survives_an_offset(void **state)
{
    (void)state;
    struct series series;
    double values[] = {1, 2, 3, 5, 7, 6};
    const struct dk_stretch two[] = {{0, 3, 0}, {3, 3, 1}};
    for (size_t i = 0; i < 6; i++)
        values[i] += 1e9;
    double eta = dk_eta_squared(fill(&series, values, 6), two, NULL, 2);
    assert_true(fabs(eta - 24.0 / 28) < 1e-9);
}

static void shuffles_are_permutations_and_repeat(void **state)
{
    (void)state;
    uint32_t one[50];
    uint32_t again[50];
    size_t different = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        bool seen[50] = {false};
        dk_shuffle(one, 50, seed);
        dk_shuffle(again, 50, seed);
        assert_memory_equal(one, again, sizeof(one));
        for (size_t i = 0; i < 50; i++) {
            assert_true(one[i] < 50 && !seen[one[i]]);
            seen[one[i]] = true;
            different += one[i] != i;
        }
    }
    assert_true(different > 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_sort_and_leave_out_missing),
        cmocka_unit_test(quantiles_are_those_of_type_7),
        cmocka_unit_test(eta_squared_is_between_over_total),
        cmocka_unit_test(eta_squared_leaves_out_missing),
        cmocka_unit_test(eta_squared_needs_variation_and_two_groups),
        cmocka_unit_test(eta_squared_survives_an_offset),
        cmocka_unit_test(shuffles_are_permutations_and_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
