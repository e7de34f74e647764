#include "effects.h"

#include <math.h>
#include <stdlib.h>

static int compare_doubles(const void *a, const void *b)
{
    double one = *(const double *)a;
    double other = *(const double *)b;
    return one < other ? -1 : one > other;
}

static int compare_effects(const void *a, const void *b)
{
    const struct dk_effect *one = a;
    const struct dk_effect *other = b;
    double first = isnan(one->best) ? -1 : one->best;
    double second = isnan(other->best) ? -1 : other->best;
    if (first != second)
        return first < second ? 1 : -1;
    return one->sensor - other->sensor;
}

/* Compares the medians of the states, in the effect's cohort, with that of the best state there. */
static void find_difference(const struct dk_survey_rig *rig, int condition,
                            struct dk_effect *effect)
{
    const struct dk_cohort_detail *detail = rig->cohorts[effect->cohort].detail;
    effect->code = -1;
    effect->reference = -1;
    effect->difference = 0;
    for (int severity = 0; severity < (int)dk_conditions[condition].code_count; severity++) {
        int code = dk_severity_code(condition, severity);
        const struct dk_box *box = &detail->state[condition][code][effect->sensor];
        if (box->count == 0)
            continue;
        if (effect->reference < 0) {
            effect->reference = code;
            continue;
        }
        double by =
            box->median - detail->state[condition][effect->reference][effect->sensor].median;
        if (effect->code < 0 || fabs(by) > fabs(effect->difference)) {
            effect->code = code;
            effect->difference = by;
        }
    }
}

static struct dk_effect effect_of(const struct dk_survey_rig *rig, int condition, int sensor,
                                  double *medians)
{
    struct dk_effect effect = {
        .sensor = sensor, .best = NAN, .chance = rig->chance[condition][sensor]};
    size_t defined = 0;
    for (size_t i = 0; i < rig->cohort_count; i++) {
        double eta = rig->cohorts[i].detail->eta[condition][sensor];
        if (isnan(eta))
            continue;
        medians[defined++] = eta;
        if (!(effect.best >= eta)) {
            effect.best = eta;
            effect.cohort = i;
        }
    }
    qsort(medians, defined, sizeof(*medians), compare_doubles);
    effect.median = dk_quantile(medians, defined, 0.5);
    effect.is_real = !isnan(effect.best) && !(effect.best <= effect.chance);
    find_difference(rig, condition, &effect);
    return effect;
}

void dk_effects_rank(const struct dk_survey_rig *rig, int condition,
                     struct dk_effect effects[DK_SENSORS], double *medians)
{
    for (int sensor = 0; sensor < DK_SENSORS; sensor++)
        effects[sensor] = effect_of(rig, condition, sensor, medians);
    qsort(effects, DK_SENSORS, sizeof(*effects), compare_effects);
}

struct dk_effect_summary dk_effects_sum_up(const struct dk_survey *survey,
                                           const struct dk_survey_rig *rig, int condition,
                                           const struct dk_effect effects[DK_SENSORS], int *strong)
{
    const struct dk_survey_cohort *newest = &rig->cohorts[rig->cohort_count - 1];
    struct dk_effect_summary summary = {.stretches =
                                            survey->profiles[newest->profile].counts[condition]};
    for (int i = 0; i < DK_SENSORS; i++) {
        summary.strong_sensors += effects[i].is_real && effects[i].best >= DK_EFFECT_STRONG;
        summary.tested = summary.tested || !isnan(effects[i].chance);
        summary.above_chance = summary.above_chance || effects[i].is_real;
    }
    for (size_t i = 0; i < rig->cohort_count; i++) {
        double largest = NAN; /* of the sensors that are more than chance */
        bool defined = false;
        for (int at = 0; at < DK_SENSORS; at++) {
            double eta = rig->cohorts[i].detail->eta[condition][effects[at].sensor];
            defined = defined || !isnan(eta);
            if (effects[at].is_real)
                largest = fmax(largest, eta);
        }
        summary.defined += defined;
        if (largest >= DK_EFFECT_STRONG)
            strong[summary.strong_cohorts++] = rig->cohorts[i].place.series.cohort;
        else if (!isnan(largest))
            summary.rest = fmax(summary.rest, largest);
    }
    return summary;
}
