/* Which sensors move with which condition: the ranking, what is more than chance, the summary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "report/effects.h"

#define COOLER 0
#define COHORTS 3

static struct dk_cohort_detail details[COHORTS];
static struct dk_survey_cohort cohorts[COHORTS];
static struct dk_survey_profile profile;
static struct dk_survey survey = {.profiles = &profile};
static struct dk_survey_rig rig;

/* A rig of three cohorts, 7 to 9, in which no sensor moves with anything. */
static int make_rig(void **state)
{
    (void)state;
    memset(&rig, 0, sizeof(rig));
    memset(&profile, 0, sizeof(profile));
    profile.counts[COOLER] = 4;
    for (size_t i = 0; i < COHORTS; i++) {
        memset(&details[i], 0, sizeof(details[i]));
        for (int sensor = 0; sensor < DK_SENSORS; sensor++) {
            details[i].eta[COOLER][sensor] = NAN;
            rig.chance[COOLER][sensor] = NAN;
        }
        cohorts[i] = (struct dk_survey_cohort){.detail = &details[i]};
        cohorts[i].place.series.cohort = 7 + (int)i;
    }
    rig.cohorts = cohorts;
    rig.cohort_count = COHORTS;
    return 0;
}

static void set_sensor(int sensor, double first, double second, double third, double chance)
{
    details[0].eta[COOLER][sensor] = first;
    details[1].eta[COOLER][sensor] = second;
    details[2].eta[COOLER][sensor] = third;
    rig.chance[COOLER][sensor] = chance;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void the_strongest_come_first(void **state)
{
    static const struct {
        int sensor;
        double best;
        size_t cohort;
        double median;
        bool is_real;
    } ranked[] = {
        {0, 0.9, 1, 0.4, true},  /* of three cohorts */
        {3, 0.9, 0, 0.5, true},  /* equal ones in the catalogue's order; chance is not known */
        {5, 0.7, 2, 0.65, true}, /* of two cohorts */
        {1, 0.3, 1, 0.3, false}, /* no more than chance */
        {6, 0, 0, 0, true},      /* nothing is more than something undefined */
        {2, NAN, 0, NAN, false}, /* defined in no cohort */
        {4, NAN, 0, NAN, false},
    };
    struct dk_effect effects[DK_SENSORS];
    double medians[COHORTS];
    (void)state;
    set_sensor(0, 0.2, 0.9, 0.4, 0.5);
    set_sensor(1, NAN, 0.3, NAN, 0.3);
    set_sensor(2, NAN, NAN, NAN, 0.1);
    set_sensor(3, 0.9, 0.5, 0.1, NAN);
    set_sensor(5, 0.6, NAN, 0.7, 0.69);
    set_sensor(6, 0, 0, 0, NAN);
    dk_effects_rank(&rig, COOLER, effects, medians);
    for (size_t i = 0; i < DK_COUNT_OF(ranked); i++) {
        print_message("place %zu\n", i);
        assert_int_equal(effects[i].sensor, ranked[i].sensor);
        assert_true(same(effects[i].best, ranked[i].best));
        assert_int_equal(effects[i].cohort, ranked[i].cohort);
        assert_true(isnan(ranked[i].median) ? isnan(effects[i].median)
                                            : fabs(effects[i].median - ranked[i].median) < 1e-12);
        assert_int_equal(effects[i].is_real, ranked[i].is_real);
    }
}

/* Codes of the cooler: 0 close to failure, 1 reduced, 2 full efficiency, which is the best. */
static void the_state_farthest_from_the_best(void **state)
{
    static const struct {
        const char *name;
        double medians[3]; /* NAN: the state has no values */
        int code, reference;
        double difference;
    } cases[] = {
        {"the worst, below", {6, 13, 10}, 0, 2, -4},
        {"the one between, above", {9, 13, 10}, 1, 2, 3},
        {"equally far: the better one", {7, 13, 10}, 1, 2, 3},
        {"without the best", {6, 13, NAN}, 0, 1, -7},
        {"no difference", {10, NAN, 10}, 0, 2, 0},
        {"one state", {NAN, 13, NAN}, -1, 1, 0},
        {"none", {NAN, NAN, NAN}, -1, -1, 0},
    };
    struct dk_effect effects[DK_SENSORS];
    double medians[COHORTS];
    (void)state;
    set_sensor(0, 0.1, 0.9, 0.2, 0.5);
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        for (int code = 0; code < 3; code++) {
            double median = cases[i].medians[code];
            details[1].state[COOLER][code][0] =
                (struct dk_box){.median = median, .count = isnan(median) ? 0 : 5};
        }
        dk_effects_rank(&rig, COOLER, effects, medians);
        print_message("%s\n", cases[i].name);
        assert_int_equal(effects[0].sensor, 0);
        assert_int_equal(effects[0].code, cases[i].code);
        assert_int_equal(effects[0].reference, cases[i].reference);
        assert_true(effects[0].difference == cases[i].difference);
    }
}

static void a_condition_is_summed_up(void **state)
{
    struct dk_effect effects[DK_SENSORS];
    double medians[COHORTS];
    int strong[COHORTS];
    (void)state;
    dk_effects_rank(&rig, COOLER, effects, medians);
    struct dk_effect_summary summary = dk_effects_sum_up(&survey, &rig, COOLER, effects, strong);
    assert_int_equal(summary.defined, 0);
    assert_int_equal(summary.strong_cohorts, 0);
    assert_false(summary.tested || summary.above_chance);
    assert_int_equal(summary.stretches, 4);

    set_sensor(0, 0.2, DK_EFFECT_STRONG, 0.49, 0.1);
    set_sensor(1, 0.99, 0.99, 0.99, 0.995); /* less than chance: it does not count */
    set_sensor(2, NAN, 0.3, NAN, 0.1);
    dk_effects_rank(&rig, COOLER, effects, medians);
    summary = dk_effects_sum_up(&survey, &rig, COOLER, effects, strong);
    assert_int_equal(summary.defined, 3);
    assert_int_equal(summary.strong_sensors, 1);
    assert_int_equal(summary.strong_cohorts, 1);
    assert_int_equal(strong[0], 8);
    assert_true(summary.rest == 0.49);
    assert_true(summary.tested && summary.above_chance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_strongest_come_first, make_rig),
        cmocka_unit_test_setup(the_state_farthest_from_the_best, make_rig),
        cmocka_unit_test_setup(a_condition_is_summed_up, make_rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
