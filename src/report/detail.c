/* The details of the rigs in full: workers take the cohorts in turn, each over a connection of its
 * own. What they find does not depend on which of them found it. */
#include <math.h>
#include <stdlib.h>

#include "store/readers.h"
#include "survey.h"

#define MAXIMA ((size_t)DK_COMPONENTS * DK_SENSORS * DK_SHUFFLES)
/* With fewer stretches than this there are too few orders for a test against chance. */
#define STRETCHES_MIN 8u

struct reading {
    struct dk_survey *survey;
    struct dk_survey_rig *rig;
    float (*maxima)[MAXIMA]; /* for each reader */
};

static enum dk_status read_cohort(struct reading *work, struct dk_store *store,
                                  struct dk_survey_cohort *cohort, float *maxima,
                                  struct dk_error *err)
{
    struct dk_readings readings = {0};
    cohort->detail = calloc(1, sizeof(*cohort->detail));
    if (!cohort->detail)
        return dk_error_nomem(err, "sum up a cohort", NULL);
    DK_RETURN_IF_ERROR(dk_store_read(store, &cohort->place, &readings, err));
    enum dk_status status =
        dk_cohort_detail_make(cohort->detail, &readings, &work->survey->profiles[cohort->profile],
                              (size_t)work->survey->request->calendar.cohort_days, maxima, err);
    dk_readings_reset(&readings);
    return status;
}

static enum dk_status read_cohorts(struct dk_team *team, unsigned reader, struct dk_store *store,
                                   void *context, struct dk_error *err)
{
    struct reading *work = context;
    size_t at;
    while (dk_team_take(team, work->rig->cohort_count, &at)) {
        DK_RETURN_IF_ERROR(
            read_cohort(work, store, &work->rig->cohorts[at], work->maxima[reader], err));
        if (reader == 0) /* an observer is called by one thread */
            dk_observer_progress(work->survey->request->observer, "report", at + 1,
                                 work->rig->cohort_count, "cohorts");
    }
    return DK_OK;
}

/* The shuffles of a profile, the same ones for every cohort that has it. */
static enum dk_status make_orders(struct dk_survey_profile *profile, struct dk_error *err)
{
    for (int c = 0; c < DK_COMPONENTS; c++) {
        size_t count = profile->counts[c];
        if (profile->orders[c] || count < STRETCHES_MIN)
            continue;
        profile->orders[c] = calloc(DK_SHUFFLES * count, sizeof(uint32_t));
        if (!profile->orders[c])
            return dk_error_nomem(err, "shuffle the conditions", NULL);
        for (int i = 0; i < DK_SHUFFLES; i++)
            dk_shuffle(profile->orders[c] + (size_t)i * count, count, (uint64_t)i);
    }
    return DK_OK;
}

/* What one shuffle reached in its best cohort. */
static double find_best(const struct reading *work, unsigned threads, size_t shuffle)
{
    float best = 0;
    for (unsigned t = 0; t < threads; t++)
        if (work->maxima[t][shuffle] > best)
            best = work->maxima[t][shuffle];
    return best;
}

/* The 95 % level of what the shuffles reached in their best cohort. */
static void find_chance(const struct reading *work, unsigned threads)
{
    for (int c = 0; c < DK_COMPONENTS; c++)
        for (int s = 0; s < DK_SENSORS; s++) {
            size_t first = ((size_t)c * DK_SENSORS + (size_t)s) * DK_SHUFFLES;
            double values[DK_SHUFFLES];
            struct dk_ranked ranked[DK_SHUFFLES];
            struct dk_ranked scratch[DK_SHUFFLES];
            bool any = false;
            for (size_t i = 0; i < DK_SHUFFLES; i++) {
                values[i] = find_best(work, threads, first + i);
                any = any || values[i] > 0;
            }
            if (!any)
                continue;
            dk_rank(values, DK_SHUFFLES, ranked, scratch);
            work->rig->chance[c][s] = ranked[DK_SHUFFLES * 95 / 100].value;
        }
}

/* --- scales --------------------------------------------------------------------------------- */

static int choose_decimals(double span)
{
    return span >= 500 ? 0 : span >= 20 ? 1 : span >= 0.5 ? 2 : 3;
}

static int compare_doubles(const void *a, const void *b)
{
    double one = *(const double *)a;
    double other = *(const double *)b;
    return one < other ? -1 : one > other;
}

/* Cuts off peaks that are rare and far out: beyond what 99.5 % of the days reach, by more than half
 * of the height that these need. */
static void cut_peaks(struct dk_scale *scale, double *lows, double *highs, size_t count)
{
    qsort(lows, count, sizeof(*lows), compare_doubles);
    qsort(highs, count, sizeof(*highs), compare_doubles);
    double low = dk_quantile(lows, count, 0.005);
    double high = dk_quantile(highs, count, 0.995);
    if (scale->high - high > (high - low) / 2 && high > low)
        scale->shown_high = high;
    if (low - scale->low > (high - low) / 2 && high > low)
        scale->shown_low = low;
}

static void find_scale(struct dk_survey_rig *rig, int sensor, size_t cohort_days, double *lows,
                       double *highs)
{
    struct dk_scale *scale = &rig->scale[sensor];
    size_t count = 0;
    *scale = (struct dk_scale){.low = NAN, .high = NAN};
    for (size_t i = 0; i < rig->cohort_count; i++)
        for (size_t day = 0; day < cohort_days; day++) {
            const struct dk_day *of =
                &rig->cohorts[i].detail->days[(size_t)sensor * cohort_days + day];
            if (isnan(of->median))
                continue;
            scale->low = fmin(scale->low, of->low); /* of NAN and a number: the number */
            scale->high = fmax(scale->high, of->high);
            lows[count] = of->low;
            highs[count++] = of->high;
        }
    scale->shown_low = scale->low;
    scale->shown_high = scale->high;
    if (count == 0)
        return;
    scale->decimals = choose_decimals(scale->high - scale->low);
    cut_peaks(scale, lows, highs, count);
}

static enum dk_status find_scales(const struct dk_survey *survey, struct dk_survey_rig *rig,
                                  struct dk_error *err)
{
    size_t cohort_days = (size_t)survey->request->calendar.cohort_days;
    double *lows = calloc(2 * rig->cohort_count, cohort_days * sizeof(*lows));
    if (!lows)
        return dk_error_nomem(err, "sum up a rig", NULL);
    for (int sensor = 0; sensor < DK_SENSORS; sensor++)
        find_scale(rig, sensor, cohort_days, lows, lows + rig->cohort_count * cohort_days);
    free(lows);
    return DK_OK;
}

/* --- rigs ----------------------------------------------------------------------------------- */

static enum dk_status read_rig(struct dk_survey *survey, struct dk_survey_rig *rig,
                               struct dk_store *store, struct dk_error *err)
{
    struct reading work = {.survey = survey, .rig = rig};
    unsigned threads = dk_readers_count(survey->request->threads, rig->cohort_count);
    for (size_t i = 0; i < rig->cohort_count; i++)
        DK_RETURN_IF_ERROR(make_orders(&survey->profiles[rig->cohorts[i].profile], err));
    work.maxima = calloc(threads, sizeof(*work.maxima));
    if (!work.maxima)
        return dk_error_nomem(err, "sum up a rig", NULL);
    enum dk_status status = dk_readers_run(store, threads, read_cohorts, &work, err);
    if (status == DK_OK)
        find_chance(&work, threads);
    free(work.maxima);
    return status == DK_OK ? find_scales(survey, rig, err) : status;
}

enum dk_status dk_survey_read_details(struct dk_survey *survey, struct dk_store *store,
                                      struct dk_error *err)
{
    for (size_t i = 0; i < survey->rig_count; i++)
        if (survey->rigs[i].in_full)
            DK_RETURN_IF_ERROR(read_rig(survey, &survey->rigs[i], store, err));
    return DK_OK;
}
