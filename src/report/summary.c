/* The detail of one cohort: one pass over its readings, sensor by sensor. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "survey.h"

/* Room for one sensor's values, all on one heap block. */
struct scratch {
    double *values;
    double *ascending;
    uint8_t *labels; /* [DK_COMPONENTS][rows] */
    struct dk_ranked *ranked, *other;
    struct dk_prefix prefix;
    size_t rows;
};

static void scratch_free(struct scratch *scratch)
{
    free(scratch->values);
    free(scratch->ascending);
    free(scratch->labels);
    free(scratch->ranked);
    free(scratch->other);
    free(scratch->prefix.sum);
    free(scratch->prefix.valid);
}

static bool scratch_make(struct scratch *scratch, size_t rows)
{
    *scratch = (struct scratch){
        .values = calloc(rows + 1, sizeof(double)),
        .ascending = calloc(rows + 1, sizeof(double)),
        .labels = calloc(rows + 1, DK_COMPONENTS),
        .ranked = calloc(rows + 1, sizeof(struct dk_ranked)),
        .other = calloc(rows + 1, sizeof(struct dk_ranked)),
        .prefix = {.sum = calloc(rows + 1, sizeof(double)),
                   .valid = calloc(rows + 1, sizeof(uint32_t))},
        .rows = rows,
    };
    return scratch->values && scratch->ascending && scratch->labels && scratch->ranked &&
           scratch->other && scratch->prefix.sum && scratch->prefix.valid;
}

static void fill_labels(struct scratch *scratch, const struct dk_survey_profile *profile)
{
    for (int c = 0; c < DK_COMPONENTS; c++)
        for (size_t i = 0; i < profile->counts[c]; i++) {
            const struct dk_stretch *stretch = &profile->stretches[c][i];
            memset(scratch->labels + (size_t)c * scratch->rows + stretch->start, stretch->label,
                   stretch->count);
        }
}

/* --- days ----------------------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b)
{
    double one = *(const double *)a;
    double other = *(const double *)b;
    return one < other ? -1 : one > other;
}

static struct dk_day day_of(double *values, size_t count)
{
    if (count == 0)
        return (struct dk_day){NAN, NAN, NAN};
    qsort(values, count, sizeof(*values), compare_doubles);
    return (struct dk_day){values[0], dk_quantile(values, count, 0.5), values[count - 1]};
}

static void fill_days(struct scratch *scratch, const struct dk_series *series, struct dk_day *days,
                      size_t day_count)
{
    int64_t first_day = series->start_minute / DK_DAY_MINUTES;
    size_t row = 0;
    for (size_t day = 0; day < day_count; day++) {
        int64_t end = (first_day + (int64_t)day + 1) * DK_DAY_MINUTES;
        size_t count = 0;
        for (; row < scratch->rows &&
               series->start_minute + (int64_t)row * series->interval_minutes < end;
             row++)
            if (!isnan(scratch->values[row]))
                scratch->ascending[count++] = scratch->values[row];
        days[day] = day_of(scratch->ascending, count);
    }
}

/* --- states --------------------------------------------------------------------------------- */

static void fill_states(struct scratch *scratch, size_t found, struct dk_cohort_detail *detail,
                        int sensor)
{
    for (int c = 0; c < DK_COMPONENTS; c++) {
        const uint8_t *labels = scratch->labels + (size_t)c * scratch->rows;
        for (int label = 0; label < (int)dk_conditions[c].code_count; label++) {
            size_t count = 0;
            for (size_t i = 0; i < found; i++)
                if (labels[scratch->ranked[i].index] == label)
                    scratch->ascending[count++] = scratch->ranked[i].value;
            detail->state[c][label][sensor] = dk_box_make(scratch->ascending, count);
        }
    }
}

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

/* What a cohort is summed up from. */
struct cohort {
    const struct dk_readings *readings;
    const struct dk_survey_profile *profile;
    size_t days;
};

static void sum_up_sensor(struct scratch *scratch, const struct cohort *cohort, int sensor,
                          struct dk_cohort_detail *detail, float *maxima)
{
    const dk_decimal *column = dk_readings_column(cohort->readings, (size_t)sensor, 0);
    for (size_t row = 0; row < scratch->rows; row++) {
        bool missing = column[row] == DK_DECIMAL_MISSING;
        scratch->values[row] = missing ? NAN : dk_decimal_to_double(column[row]);
        detail->zeros[sensor] += scratch->values[row] == 0;
    }
    fill_days(scratch, &cohort->readings->series[0], detail->days + (size_t)sensor * cohort->days,
              cohort->days);
    size_t found = dk_rank(scratch->values, scratch->rows, scratch->ranked, scratch->other);
    for (size_t i = 0; i < found; i++)
        scratch->ascending[i] = scratch->ranked[i].value;
    detail->whole[sensor] = dk_box_make(scratch->ascending, found);
    detail->low[sensor] = found > 0 ? scratch->ascending[0] : NAN;
    detail->high[sensor] = found > 0 ? scratch->ascending[found - 1] : NAN;
    fill_states(scratch, found, detail, sensor);
    dk_prefix_fill(&scratch->prefix, scratch->values, scratch->rows);
    fill_effects(scratch, cohort->profile, detail, sensor, maxima);
}

enum dk_status dk_cohort_detail_make(struct dk_cohort_detail *detail,
                                     const struct dk_readings *readings,
                                     const struct dk_survey_profile *profile, size_t cohort_days,
                                     float *maxima, struct dk_error *err)
{
    const struct cohort cohort = {readings, profile, cohort_days};
    struct scratch scratch;
    bool made = scratch_make(&scratch, readings->rows);
    detail->days = calloc(DK_SENSORS * cohort_days, sizeof(*detail->days));
    if (made && detail->days) {
        fill_labels(&scratch, profile);
        for (int sensor = 0; sensor < DK_SENSORS; sensor++)
            sum_up_sensor(&scratch, &cohort, sensor, detail, maxima);
    }
    scratch_free(&scratch);
    return made && detail->days ? DK_OK : dk_error_nomem(err, "sum up a cohort", NULL);
}
