/* The detail of one cohort: one pass over its readings, sensor by sensor. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "survey.h"

/* Room for one sensor's values, and the groups that the rows of the cohort fall into. */
struct scratch {
    size_t rows;
    size_t days;
    double *values;
    double *ascending;
    double *dealt;
    uint16_t *labels; /* [DK_COMPONENTS][rows] */
    uint16_t *day_of; /* [rows]; `days` where a row is past the last day */
    size_t *starts;   /* [groups + 2] */
    struct dk_ranked *ranked, *other;
    struct dk_prefix prefix;
};

_Static_assert(DK_CALENDAR_COHORT_DAYS_MAX < UINT16_MAX, "a day of a cohort fits into 16 bits");

static void scratch_free(struct scratch *scratch)
{
    free(scratch->values);
    free(scratch->ascending);
    free(scratch->dealt);
    free(scratch->labels);
    free(scratch->day_of);
    free(scratch->starts);
    free(scratch->ranked);
    free(scratch->other);
    free(scratch->prefix.sum);
    free(scratch->prefix.valid);
}

static bool scratch_make(struct scratch *scratch, size_t rows, size_t days)
{
    size_t groups = days + 1 > DK_LABELS_MAX ? days + 1 : DK_LABELS_MAX;
    *scratch = (struct scratch){
        .rows = rows,
        .days = days,
        .values = calloc(rows + 1, sizeof(double)),
        .ascending = calloc(rows + 1, sizeof(double)),
        .dealt = calloc(rows + 1, sizeof(double)),
        .labels = calloc(rows + 1, DK_COMPONENTS * sizeof(uint16_t)),
        .day_of = calloc(rows + 1, sizeof(uint16_t)),
        .starts = calloc(groups + 2, sizeof(size_t)),
        .ranked = calloc(rows + 1, sizeof(struct dk_ranked)),
        .other = calloc(rows + 1, sizeof(struct dk_ranked)),
        .prefix = {.sum = calloc(rows + 1, sizeof(double)),
                   .valid = calloc(rows + 1, sizeof(uint32_t))},
    };
    return scratch->values && scratch->ascending && scratch->dealt && scratch->labels &&
           scratch->day_of && scratch->starts && scratch->ranked && scratch->other &&
           scratch->prefix.sum && scratch->prefix.valid;
}

/* --- groups: the days of a cohort, and the states of a component ------------------------------ */

static void fill_labels(struct scratch *scratch, const struct dk_survey_profile *profile)
{
    for (int c = 0; c < DK_COMPONENTS; c++)
        for (size_t i = 0; i < profile->counts[c]; i++) {
            const struct dk_stretch *stretch = &profile->stretches[c][i];
            uint16_t *labels = scratch->labels + (size_t)c * scratch->rows + stretch->start;
            for (uint32_t at = 0; at < stretch->count; at++)
                labels[at] = stretch->label;
        }
}

static void fill_day_of(struct scratch *scratch, const struct dk_series *series)
{
    int64_t first_day = series->start_minute / DK_DAY_MINUTES;
    for (size_t row = 0; row < scratch->rows; row++) {
        int64_t minute = series->start_minute + (int64_t)row * series->interval_minutes;
        size_t day = (size_t)(minute / DK_DAY_MINUTES - first_day);
        scratch->day_of[row] = (uint16_t)(day < scratch->days ? day : scratch->days);
    }
}

/* Deals the ranked values to the groups of their rows: those of a group are then ascending, too, in
 * dealt[starts[group]] to dealt[starts[group + 1]]. */
static void deal(struct scratch *scratch, size_t found, const uint16_t *group_of, size_t groups)
{
    size_t *starts = scratch->starts;
    memset(starts, 0, (groups + 2) * sizeof(*starts));
    for (size_t i = 0; i < found; i++)
        starts[group_of[scratch->ranked[i].index] + 2]++;
    for (size_t group = 0; group < groups; group++)
        starts[group + 2] += starts[group + 1];
    for (size_t i = 0; i < found; i++)
        scratch->dealt[starts[group_of[scratch->ranked[i].index] + 1]++] = scratch->ranked[i].value;
}

static void fill_days(struct scratch *scratch, size_t found, struct dk_day *days)
{
    deal(scratch, found, scratch->day_of, scratch->days + 1);
    for (size_t day = 0; day < scratch->days; day++) {
        const double *values = scratch->dealt + scratch->starts[day];
        size_t count = scratch->starts[day + 1] - scratch->starts[day];
        days[day] = count == 0 ? (struct dk_day){NAN, NAN, NAN}
                               : (struct dk_day){values[0], dk_quantile(values, count, 0.5),
                                                 values[count - 1]};
    }
}

static void fill_states(struct scratch *scratch, size_t found, struct dk_cohort_detail *detail,
                        int sensor)
{
    for (int c = 0; c < DK_COMPONENTS; c++) {
        size_t codes = dk_conditions[c].code_count;
        deal(scratch, found, scratch->labels + (size_t)c * scratch->rows, codes);
        for (size_t code = 0; code < codes; code++)
            detail->state[c][code][sensor] =
                dk_box_make(scratch->dealt + scratch->starts[code],
                            scratch->starts[code + 1] - scratch->starts[code]);
    }
}

/* --- effects -------------------------------------------------------------------------------- */

static void shuffle(const struct dk_prefix *prefix, const struct dk_survey_profile *profile,
                    int component, float *maxima)
{
    size_t count = profile->counts[component];
    for (int i = 0; i < DK_SHUFFLES; i++) {
        double eta = dk_eta_squared(prefix, profile->stretches[component],
                                    profile->orders[component] + (size_t)i * count, count);
        if (eta > maxima[i]) /* false for NAN */
            maxima[i] = (float)eta;
    }
}

static void fill_effects(const struct scratch *scratch, const struct dk_survey_profile *profile,
                         struct dk_cohort_detail *detail, int sensor, float *maxima)
{
    for (int c = 0; c < DK_COMPONENTS; c++) {
        detail->eta[c][sensor] =
            dk_eta_squared(&scratch->prefix, profile->stretches[c], NULL, profile->counts[c]);
        if (profile->orders[c])
            shuffle(&scratch->prefix, profile, c,
                    maxima + ((size_t)c * DK_SENSORS + (size_t)sensor) * DK_SHUFFLES);
    }
}

/* --- sensors -------------------------------------------------------------------------------- */

static void sum_up_sensor(struct scratch *scratch, const struct dk_readings *readings,
                          const struct dk_survey_profile *profile, int sensor,
                          struct dk_cohort_detail *detail, float *maxima)
{
    const dk_decimal *column = dk_readings_column(readings, (size_t)sensor, 0);
    for (size_t row = 0; row < scratch->rows; row++) {
        bool missing = column[row] == DK_DECIMAL_MISSING;
        scratch->values[row] = missing ? NAN : dk_decimal_to_double(column[row]);
        detail->zeros[sensor] += scratch->values[row] == 0;
    }
    size_t found = dk_rank(scratch->values, scratch->rows, scratch->ranked, scratch->other);
    for (size_t i = 0; i < found; i++)
        scratch->ascending[i] = scratch->ranked[i].value;
    detail->whole[sensor] = dk_box_make(scratch->ascending, found);
    detail->low[sensor] = found > 0 ? scratch->ascending[0] : NAN;
    detail->high[sensor] = found > 0 ? scratch->ascending[found - 1] : NAN;
    fill_days(scratch, found, detail->days + (size_t)sensor * scratch->days);
    fill_states(scratch, found, detail, sensor);
    dk_prefix_fill(&scratch->prefix, scratch->values, scratch->rows);
    fill_effects(scratch, profile, detail, sensor, maxima);
}

enum dk_status dk_cohort_detail_make(struct dk_cohort_detail *detail,
                                     const struct dk_readings *readings,
                                     const struct dk_survey_profile *profile, size_t cohort_days,
                                     float *maxima, struct dk_error *err)
{
    struct scratch scratch;
    bool made = scratch_make(&scratch, readings->rows, cohort_days);
    detail->days = calloc(DK_SENSORS * cohort_days, sizeof(*detail->days));
    if (made && detail->days) {
        fill_labels(&scratch, profile);
        fill_day_of(&scratch, &readings->series[0]);
        for (int sensor = 0; sensor < DK_SENSORS; sensor++)
            sum_up_sensor(&scratch, readings, profile, sensor, detail, maxima);
    }
    scratch_free(&scratch);
    return made && detail->days ? DK_OK : dk_error_nomem(err, "sum up a cohort", NULL);
}
