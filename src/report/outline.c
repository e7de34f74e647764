#include "report/outline.h"

#include <stdlib.h>

#include "html.h"
#include "survey.h"

_Static_assert(DK_OUTLINE_COMPONENTS == DK_COMPONENTS, "a line for each component");

/* --- completeness --------------------------------------------------------------------------- */

static uint64_t expected_values(const struct dk_survey_rig *rig)
{
    return rig->counts.expected * (uint64_t)(DK_SENSORS - rig->counts.absent_sensors);
}

/* Values of a cohort, of those that a whole one has. */
static double share_of(const struct dk_survey *survey, const struct dk_survey_rig *rig,
                       const struct dk_survey_cohort *cohort)
{
    double full = (double)dk_calendar_readings_full(&survey->request->calendar);
    int sensors = DK_SENSORS - rig->counts.absent_sensors;
    double values = 0;
    if (!cohort->has_quality || sensors == 0)
        return (double)cohort->place.rows / full;
    for (int s = 0; s < DK_SENSORS; s++)
        values += (double)cohort->quality[s].values;
    return values / (full * sensors);
}

/* All is the highest level alone, and anything more than nothing. */
static uint8_t level_of(double share)
{
    if (share >= 1)
        return DK_OUTLINE_LEVELS;
    return share <= 0 ? 0 : (uint8_t)(1 + share * (DK_OUTLINE_LEVELS - 1));
}

/* The columns from the first cohort to the newest; where a column has several, the least counts. */
static void outline_cohorts(const struct dk_survey *survey, const struct dk_survey_rig *rig,
                            uint8_t levels[DK_OUTLINE_COLUMNS])
{
    int first = rig->cohorts[0].place.series.cohort;
    size_t cohorts = rig->counts.cohorts_expected;
    size_t at = 0;
    for (size_t i = 0; i < DK_OUTLINE_COLUMNS; i++)
        levels[i] = DK_OUTLINE_LEVELS;
    for (size_t number = 0; number < cohorts; number++) {
        while (at + 1 < rig->cohort_count &&
               rig->cohorts[at].place.series.cohort < first + (int)number)
            at++;
        const struct dk_survey_cohort *cohort = &rig->cohorts[at];
        bool loaded = cohort->place.series.cohort == first + (int)number;
        uint8_t level = loaded ? level_of(share_of(survey, rig, cohort)) : 0;
        size_t from = number * DK_OUTLINE_COLUMNS / cohorts;
        size_t to = (number + 1) * DK_OUTLINE_COLUMNS / cohorts;
        for (size_t i = from; i < to || i == from; i++)
            levels[i] = level < levels[i] ? level : levels[i];
    }
}

/* --- components ----------------------------------------------------------------------------- */

/* Readings in a column, and the sum of their severities. */
struct column {
    double readings, severity;
};

/* Adds the stretches of a profile to the columns that [start, start + rows * step) covers. */
static void add_profile(struct column columns[DK_OUTLINE_COLUMNS],
                        const struct dk_survey_profile *profile, int condition, double start,
                        double step)
{
    for (size_t i = 0; i < profile->counts[condition]; i++) {
        const struct dk_stretch *stretch = &profile->stretches[condition][i];
        double severity = dk_code_severity(condition, stretch->label);
        double from = start + stretch->start * step;
        double to = from + stretch->count * step;
        for (size_t c = (size_t)from; c < DK_OUTLINE_COLUMNS && (double)c < to; c++) {
            double low = from > (double)c ? from : (double)c;
            double high = to < (double)c + 1 ? to : (double)c + 1;
            columns[c].readings += high - low;
            columns[c].severity += severity * (high - low);
        }
    }
}

static void outline_component(const struct dk_survey *survey, const struct dk_survey_rig *rig,
                              int condition, struct dk_outline_component *out)
{
    struct column columns[DK_OUTLINE_COLUMNS] = {{0}};
    int worst = (int)dk_conditions[condition].code_count - 1;
    int64_t first = dk_rig_first_day(rig);
    int64_t days = rig->one_profile ? survey->request->calendar.cohort_days
                                    : dk_rig_end_day(survey, rig) - first;
    double day = (double)DK_OUTLINE_COLUMNS / (double)days;
    *out = (struct dk_outline_component){
        .name = dk_html_component(condition, false),
        .state = dk_html_state(condition, rig->now[condition].code),
        .worst = dk_code_severity(condition, rig->now[condition].code) == worst,
        .since_minute = rig->now[condition].since_minute};
    for (size_t i = 0; i < (rig->one_profile ? 1 : rig->cohort_count); i++) {
        const struct dk_survey_cohort *cohort = &rig->cohorts[i];
        double step = day * cohort->place.series.interval_minutes / DK_DAY_MINUTES;
        add_profile(columns, &survey->profiles[cohort->profile], condition,
                    (double)(cohort->first_day - first) * day, step);
    }
    for (size_t c = 0; c < DK_OUTLINE_COLUMNS; c++)
        if (columns[c].readings > 0)
            out->levels[c] = (uint8_t)(1.5 + columns[c].severity / columns[c].readings / worst *
                                                 (DK_OUTLINE_LEVELS - 1));
}

/* --- rigs ----------------------------------------------------------------------------------- */

static void outline(const struct dk_survey *survey, const struct dk_survey_rig *rig,
                    struct dk_outline_rig *out)
{
    *out = (struct dk_outline_rig){.values = rig->counts.values,
                                   .expected = expected_values(rig),
                                   .counted = true,
                                   .one_cohort = rig->one_profile && rig->cohort_count > 1};
    dk_text_format(out->name, sizeof(out->name), "%s", rig->name);
    for (size_t i = 0; i < rig->cohort_count; i++)
        out->counted = out->counted && rig->cohorts[i].has_quality;
    outline_cohorts(survey, rig, out->complete);
    for (int c = 0; c < DK_COMPONENTS; c++)
        outline_component(survey, rig, c, &out->components[c]);
}

static int compare_wells(const void *a, const void *b)
{
    const struct dk_survey_rig *one = a;
    const struct dk_survey_rig *other = b;
    return dk_well_compare(&one->well, &other->well);
}

enum dk_status dk_outline_read(struct dk_store *store, const struct dk_page_request *request,
                               struct dk_outline_rig **rigs, size_t *count, struct dk_error *err)
{
    struct dk_survey survey;
    *rigs = NULL;
    *count = 0;
    enum dk_status status = dk_survey_begin(&survey, store, request, err);
    if (status == DK_OK) {
        *rigs = calloc(survey.rig_count, sizeof(**rigs));
        status = *rigs ? DK_OK : dk_error_nomem(err, "outline the rigs", NULL);
    }
    if (status == DK_OK) {
        *count = survey.rig_count;
        qsort(survey.rigs, survey.rig_count, sizeof(*survey.rigs), compare_wells);
        for (size_t i = 0; i < survey.rig_count; i++)
            outline(&survey, &survey.rigs[i], &(*rigs)[i]);
    }
    dk_survey_reset(&survey);
    return status;
}
