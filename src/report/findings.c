#include "findings.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define LISTED_MAX 3

static const struct dk_survey_cohort *newest_of(const struct dk_survey_rig *rig)
{
    return &rig->cohorts[rig->cohort_count - 1];
}

static int64_t newest_day(const struct dk_survey_rig *rig)
{
    const struct dk_store_series *place = &newest_of(rig)->place;
    return (place->series.start_minute +
            (int64_t)(place->rows - 1) * place->series.interval_minutes) /
           DK_DAY_MINUTES;
}

static bool is_worst(const struct dk_survey_rig *rig, int condition)
{
    return dk_code_severity(condition, rig->now[condition].code) ==
           (int)dk_conditions[condition].code_count - 1;
}

/* --- the first sentences -------------------------------------------------------------------- */

/* The numbers of the cohorts that are not there, or, with `incomplete`, not whole. On the heap;
 * NULL if memory ran out or there are none. */
static int *list_cohorts(const struct dk_survey *survey, const struct dk_survey_rig *rig,
                         bool incomplete, size_t *count)
{
    uint64_t full = (uint64_t)dk_calendar_readings_full(&survey->request->calendar);
    int *numbers = calloc(rig->counts.cohorts_expected + 1, sizeof(*numbers));
    *count = 0;
    for (size_t i = 0; numbers && i < rig->cohort_count; i++) {
        const struct dk_store_series *place = &rig->cohorts[i].place;
        if (incomplete && place->rows < full)
            numbers[(*count)++] = place->series.cohort;
        if (incomplete || i == 0)
            continue;
        for (int gap = rig->cohorts[i - 1].place.series.cohort + 1; gap < place->series.cohort;
             gap++)
            numbers[(*count)++] = gap;
    }
    return numbers;
}

/* "Cohorts 2 and 4 are missing" */
static void put_cohorts_are(struct dk_buffer *out, const int *numbers, size_t count,
                            const char *what)
{
    size_t start = out->size;
    dk_html_cohorts(out, numbers, count);
    if (!out->failed)
        out->data[start] = 'C';
    dk_buffer_putf(out, " %s %s", count == 1 ? "is" : "are", what);
}

static void put_completeness(struct dk_buffer *out, const struct dk_survey *survey,
                             const struct dk_survey_rig *rig)
{
    size_t gaps = 0;
    size_t parts = 0;
    int *missing = list_cohorts(survey, rig, false, &gaps);
    int *incomplete = list_cohorts(survey, rig, true, &parts);
    dk_buffer_put(out, gaps > 0 || parts > 0 ? "<em>" : "");
    if (gaps > 0)
        put_cohorts_are(out, missing, gaps, "missing");
    dk_buffer_put(out, gaps > 0 && parts > 0 ? "</em>. <em>" : "");
    if (parts > 0)
        put_cohorts_are(out, incomplete, parts, "incomplete");
    dk_buffer_put(out, gaps > 0 || parts > 0 ? "</em>" : "");
    free(missing);
    free(incomplete);
    if (gaps == 0 && parts == 0) {
        dk_buffer_put(out, "Every reading to ");
        dk_html_date(out, newest_day(rig));
        dk_buffer_put(out, " is here");
    }
    if (rig->counts.absent_sensors == DK_SENSORS)
        dk_buffer_put(out, ". <em>No sensor has a value</em>");
    if (rig->counts.missing > 0) {
        dk_buffer_put(out, gaps > 0 || parts > 0 ? ". <em>" : ", but <em>");
        dk_html_counted(out, rig->counts.missing, "value");
        dk_buffer_putf(out, " %s missing</em>", rig->counts.missing == 1 ? "is" : "are");
    }
    dk_buffer_put(out, ". ");
}

/* "severe leakage" is something to have, the other states are something to be. */
static const char *verb_of(int condition)
{
    return dk_conditions[condition].codes[0].code == 0 ? "has had" : "has been";
}

static void put_components(struct dk_buffer *out, const struct dk_survey_rig *rig)
{
    int best = 0;
    for (int c = 0; c < DK_COMPONENTS; c++) {
        best += dk_code_severity(c, rig->now[c].code) == 0;
        if (!is_worst(rig, c))
            continue;
        dk_buffer_putf(out, "The <em>%s %s %s</em> since ", dk_html_component(c, false), verb_of(c),
                       dk_html_state(c, rig->now[c].code));
        dk_html_date(out, rig->now[c].since_minute / DK_DAY_MINUTES);
        dk_buffer_put(out, ". ");
    }
    if (rig->worst_count == 0)
        dk_buffer_put(out, best == DK_COMPONENTS ? "All four components are in their best state. "
                                                 : "No component is in its worst state. ");
}

void dk_findings_lede(struct dk_buffer *out, const struct dk_survey *survey,
                      const struct dk_survey_rig *rig)
{
    put_completeness(out, survey, rig);
    put_components(out, rig);
    if (rig->late_days > 0) {
        dk_buffer_putf(out, "<em>Cohort %d is ", rig->next_cohort);
        dk_html_counted(out, (uint64_t)rig->late_days, "day");
        dk_buffer_put(out, " overdue.</em>");
    } else {
        dk_buffer_putf(out, "Cohort %d is due on ", rig->next_cohort);
        dk_html_date(out, rig->next_end_day);
        dk_buffer_put(out, ".");
    }
}

void dk_findings_due(struct dk_buffer *out, const struct dk_survey_rig *rig)
{
    uint64_t days = (uint64_t)llabs(rig->late_days);
    if (days == 0) {
        dk_buffer_put(out, "today");
        return;
    }
    dk_buffer_put(out, rig->late_days < 0 ? "in " : "");
    dk_html_counted(out, days, "day");
    dk_buffer_put(out, rig->late_days > 0 ? " late" : "");
}

/* --- what changed --------------------------------------------------------------------------- */

static void put_delivery(struct dk_buffer *out, const struct dk_survey_rig *rig)
{
    const struct dk_survey_cohort *newest = newest_of(rig);
    size_t with = 0;
    uint64_t readings = 0;
    int *numbers = calloc(rig->cohort_count, sizeof(*numbers));
    for (size_t i = 0; numbers && i < rig->cohort_count; i++)
        if (rig->cohorts[i].place.drop_id == newest->place.drop_id) {
            numbers[with++] = rig->cohorts[i].place.series.cohort;
            readings += rig->cohorts[i].place.rows;
        }
    dk_buffer_put(out, "<li>");
    if (rig->cohorts_hidden > 0)
        dk_buffer_putf(out, "The points below compare cohort %d with the one before.",
                       newest->place.series.cohort);
    else if (with == rig->cohort_count && with > 1)
        dk_buffer_putf(out,
                       "One delivery brought all %zu cohorts, so there is no earlier one to "
                       "compare with. The points below compare cohort %d with the one before.",
                       with, newest->place.series.cohort);
    else {
        dk_buffer_put(out, "The newest delivery brought ");
        if (with > 0)
            dk_html_cohorts(out, numbers, with);
        dk_buffer_put(out, ": ");
        dk_html_counted(out, readings, "reading");
        dk_buffer_put(out, ".");
    }
    dk_buffer_put(out, "</li>\n");
    free(numbers);
}

static uint64_t worst_readings(const struct dk_survey *survey,
                               const struct dk_survey_cohort *cohort, int condition)
{
    const struct dk_survey_profile *profile = &survey->profiles[cohort->profile];
    int worst = dk_severity_code(condition, (int)dk_conditions[condition].code_count - 1);
    uint64_t readings = 0;
    for (size_t i = 0; i < profile->counts[condition]; i++)
        if (profile->stretches[condition][i].label == worst)
            readings += profile->stretches[condition][i].count;
    return readings;
}

static void put_conditions_changed(struct dk_buffer *out, const struct dk_survey *survey,
                                   const struct dk_survey_cohort *newest,
                                   const struct dk_survey_cohort *before)
{
    if (newest->profile == before->profile) {
        dk_buffer_putf(out,
                       "<li>Conditions: no change. Cohorts %d and %d have the same profile.</li>\n",
                       before->place.series.cohort, newest->place.series.cohort);
        return;
    }
    dk_buffer_putf(out,
                   "<li>Conditions: cohort %d has another profile than cohort %d. Share of "
                   "readings in the worst state: ",
                   newest->place.series.cohort, before->place.series.cohort);
    for (int c = 0; c < DK_COMPONENTS; c++) {
        dk_buffer_putf(out, "%s%s ", c > 0 ? "; " : "", dk_html_component(c, false));
        dk_html_share(out, worst_readings(survey, newest, c), newest->place.rows);
        dk_buffer_put(out, " after ");
        dk_html_share(out, worst_readings(survey, before, c), before->place.rows);
    }
    dk_buffer_put(out, ".</li>\n");
}

/* How far a sensor's median moved, in middle halves (quartile to quartile) of the cohort before. */
struct move {
    int sensor;
    double size; /* 0: nothing can be said */
};

static int compare_moves(const void *a, const void *b)
{
    const struct move *one = a;
    const struct move *other = b;
    if (one->size != other->size)
        return one->size < other->size ? 1 : -1;
    return one->sensor - other->sensor;
}

static void put_move(struct dk_buffer *out, const struct dk_survey_rig *rig, int sensor,
                     const struct dk_cohort_detail *now, const struct dk_cohort_detail *then)
{
    int decimals = rig->scale[sensor].decimals + 1;
    dk_buffer_putf(out, "%s (", dk_sensors[sensor].name);
    dk_html_quantity(out, sensor);
    dk_buffer_put(out, ") from ");
    dk_html_number(out, then->whole[sensor].median, decimals);
    dk_buffer_put(out, " to ");
    dk_html_number(out, now->whole[sensor].median, decimals);
    dk_buffer_putf(out, "&nbsp;%s", dk_html_unit(sensor));
}

static void put_sensors_changed(struct dk_buffer *out, const struct dk_survey_rig *rig,
                                const struct dk_cohort_detail *now,
                                const struct dk_cohort_detail *then)
{
    struct move moves[DK_SENSORS];
    size_t far = 0;
    size_t any = 0;
    for (int s = 0; s < DK_SENSORS; s++) {
        double spread = then->whole[s].q75 - then->whole[s].q25;
        double by = fabs(now->whole[s].median - then->whole[s].median);
        moves[s] = (struct move){.sensor = s, .size = by > 0 && spread > 0 ? by / spread : 0};
        if (by > 0 && !(spread > 0))
            moves[s].size = INFINITY; /* it never moved before */
        far += moves[s].size > 0.25;
        any += moves[s].size > 0;
    }
    qsort(moves, DK_SENSORS, sizeof(*moves), compare_moves);
    if (far > 0)
        dk_buffer_putf(out,
                       "<li>Sensors: the median of %zu moved by more than a quarter of its usual "
                       "spread (its middle half): ",
                       far);
    else
        dk_buffer_put(out, "<li>Sensors: no median moved by more than a quarter of the sensor’s "
                           "usual spread (its middle half)");
    if (far == 0 && any > 0)
        dk_buffer_put(out, ". The largest moves: ");
    size_t listed = far > 0 ? far : any < 2 ? any : 2;
    for (size_t i = 0; i < listed && i < LISTED_MAX; i++) {
        dk_buffer_put(out, i > 0 ? "; " : "");
        put_move(out, rig, moves[i].sensor, now, then);
    }
    dk_buffer_put(out, listed > LISTED_MAX ? "; and others.</li>\n" : ".</li>\n");
}

void dk_findings_changed(struct dk_buffer *out, const struct dk_survey *survey,
                         const struct dk_survey_rig *rig)
{
    const struct dk_survey_cohort *newest = newest_of(rig);
    if (rig->cohorts_hidden > 0 && rig->cohort_count < 2) {
        dk_buffer_put(out, "<li>It is the only cohort here, so there is nothing to compare it "
                           "with.</li>\n");
        return;
    }
    put_delivery(out, rig);
    if (rig->cohort_count < 2) {
        dk_buffer_put(out,
                      "<li>It is the only cohort, so there is nothing to compare it with.</li>\n");
        return;
    }
    put_conditions_changed(out, survey, newest, newest - 1);
    put_sensors_changed(out, rig, newest->detail, newest[-1].detail);
}

/* --- what needs attention ------------------------------------------------------------------- */

bool dk_findings_is_constant(const struct dk_survey_cohort *cohort, int sensor)
{
    return cohort->place.rows > 1 && cohort->quality[sensor].longest_constant >= cohort->place.rows;
}

struct dk_sensor_findings dk_findings_sensor(const struct dk_survey_rig *rig, int sensor)
{
    struct dk_sensor_findings found = {0};
    for (size_t i = 0; i < rig->cohort_count; i++) {
        const struct dk_store_quality *quality = &rig->cohorts[i].quality[sensor];
        found.missing += quality->missing;
        found.quarantined += quality->quarantined;
        found.outside += quality->outside;
        found.zeros += rig->cohorts[i].detail ? rig->cohorts[i].detail->zeros[sensor] : 0;
        if (quality->longest_constant > found.longest_constant)
            found.longest_constant = quality->longest_constant;
        found.constant_cohorts += dk_findings_is_constant(&rig->cohorts[i], sensor);
    }
    return found;
}

enum aspect { CONSTANT, OUTSIDE, QUARANTINED, MISSING, ASPECTS };

static uint64_t aspect_of(const struct dk_survey_cohort *cohort, int sensor, enum aspect aspect)
{
    const struct dk_store_quality *quality = &cohort->quality[sensor];
    switch (aspect) {
    case CONSTANT:
        return dk_findings_is_constant(cohort, sensor);
    case OUTSIDE:
        return quality->outside;
    case QUARANTINED:
        return quality->quarantined;
    default:
        return quality->missing - quality->quarantined;
    }
}

/* "SE is exactly 0 in all of "; without the number where it differs between cohorts. */
static void put_constant(struct dk_buffer *out, const struct dk_survey_rig *rig, int sensor)
{
    double value = NAN;
    bool same = true;
    for (size_t i = 0; i < rig->cohort_count; i++) {
        const struct dk_survey_cohort *cohort = &rig->cohorts[i];
        if (!dk_findings_is_constant(cohort, sensor))
            continue;
        same = same && (isnan(value) || value == cohort->detail->low[sensor]);
        value = cohort->detail->low[sensor];
    }
    dk_buffer_putf(out, "%s ", dk_sensors[sensor].name);
    if (same) {
        dk_buffer_put(out, "is exactly ");
        dk_html_number(out, value, value == 0 ? 0 : rig->scale[sensor].decimals);
        dk_buffer_put(out, " in every reading of ");
    } else
        dk_buffer_put(out, "does not vary within ");
}

/* "SE is exactly 0 in every reading of cohorts 2 to 9", "8 values of SE are outside ... in cohorts
 * 50 and 51". */
static size_t put_aspect(struct dk_buffer *out, const struct dk_survey_rig *rig, int sensor,
                         enum aspect aspect)
{
    static const char *const words[ASPECTS] = {"", "outside the plausible range", "in quarantine",
                                               "missing"};
    uint64_t total = 0;
    size_t with = 0;
    int *numbers = calloc(rig->cohort_count, sizeof(*numbers));
    for (size_t i = 0; numbers && i < rig->cohort_count; i++) {
        uint64_t found = aspect_of(&rig->cohorts[i], sensor, aspect);
        total += found;
        if (found > 0)
            numbers[with++] = rig->cohorts[i].place.series.cohort;
    }
    if (with > 0) {
        dk_buffer_put(out, "<li>");
        if (aspect == CONSTANT)
            put_constant(out, rig, sensor);
        else {
            dk_html_counted(out, total, "value");
            dk_buffer_putf(out, " of %s %s %s, in ", dk_sensors[sensor].name,
                           total == 1 ? "is" : "are", words[aspect]);
        }
        dk_html_cohorts(out, numbers, with);
        dk_buffer_put(out, ".</li>\n");
    }
    free(numbers);
    return with > 0;
}

static size_t put_absent(struct dk_buffer *out, const struct dk_survey_rig *rig)
{
    int left = rig->counts.absent_sensors;
    if (left == 0)
        return 0;
    dk_buffer_putf(out, "<li>%d of %d sensors %s no values at all: ", left, DK_SENSORS,
                   left == 1 ? "has" : "have");
    for (int s = 0; s < DK_SENSORS; s++)
        if (rig->counts.absent[s])
            dk_buffer_putf(out, "%s%s", dk_sensors[s].name,
                           --left > 1  ? ", "
                           : left == 1 ? " and "
                                       : ".");
    dk_buffer_put(out, "</li>\n");
    return 1;
}

static uint64_t rows_of(const struct dk_survey_rig *rig, int cohort)
{
    for (size_t i = 0; i < rig->cohort_count; i++)
        if (rig->cohorts[i].place.series.cohort == cohort)
            return rig->cohorts[i].place.rows;
    return 0;
}

static size_t put_gaps(struct dk_buffer *out, const struct dk_survey *survey,
                       const struct dk_survey_rig *rig)
{
    size_t gaps = 0;
    size_t parts = 0;
    int *missing = list_cohorts(survey, rig, false, &gaps);
    int *incomplete = list_cohorts(survey, rig, true, &parts);
    if (gaps > 0) {
        dk_buffer_put(out, "<li>");
        put_cohorts_are(out, missing, gaps, "missing");
        dk_buffer_put(out, ".</li>\n");
    }
    if (parts > 0) {
        dk_buffer_put(out, "<li>");
        put_cohorts_are(out, incomplete, parts, "incomplete");
        if (parts == 1) {
            dk_buffer_put(out, ": ");
            dk_html_count(out, rows_of(rig, incomplete[0]));
            dk_buffer_put(out, " of ");
            dk_html_counted(out, (uint64_t)dk_calendar_readings_full(&survey->request->calendar),
                            "reading");
        }
        dk_buffer_put(out, ".</li>\n");
    }
    free(missing);
    free(incomplete);
    return (size_t)(gaps > 0) + (size_t)(parts > 0);
}

static size_t put_late(struct dk_buffer *out, const struct dk_survey *survey,
                       const struct dk_survey_rig *rig)
{
    if (rig->late_days <= 0)
        return 0;
    dk_buffer_putf(out, "<li>Cohort %d (", rig->next_cohort);
    dk_html_date(out, rig->next_first_day);
    dk_buffer_put(out, " to ");
    dk_html_date(out, rig->next_end_day - 1);
    dk_buffer_put(out, ") had not been loaded by ");
    dk_html_date(out, survey->as_of_day);
    dk_buffer_put(out, ".</li>\n");
    return 1;
}

static size_t put_failed(struct dk_buffer *out, const struct dk_survey *survey)
{
    const struct dk_ledger_run *run = &survey->last_run;
    if (run->run_id == 0 || (run->state != DK_RUN_FAILED && run->state != DK_RUN_INTERRUPTED))
        return 0;
    dk_buffer_putf(out, "<li>The last run (run %" PRId64 ", <time>%s</time> UTC) %s", run->run_id,
                   run->started, run->state == DK_RUN_FAILED ? "failed" : "was interrupted");
    if (run->message[0]) {
        dk_buffer_put(out, ": ");
        dk_html_text(out, run->message);
    }
    dk_buffer_put(out, ".</li>\n");
    return 1;
}

size_t dk_findings_attention(struct dk_buffer *out, const struct dk_survey *survey,
                             const struct dk_survey_rig *rig)
{
    size_t count = 0;
    for (int c = 0; c < DK_COMPONENTS; c++) {
        if (!is_worst(rig, c))
            continue;
        dk_buffer_putf(out, "<li>%s: %s, the worst of its states, in ", dk_html_component(c, true),
                       dk_html_state(c, rig->now[c].code));
        dk_html_last(out, rig->now[c].readings, "reading");
        dk_buffer_put(out, ".</li>\n");
        count++;
    }
    count += put_gaps(out, survey, rig);
    count += put_late(out, survey, rig);
    count += put_failed(out, survey);
    count += put_absent(out, rig);
    for (int aspect = ASPECTS; aspect-- > 0;)
        for (int s = 0; s < DK_SENSORS; s++)
            if (!rig->counts.absent[s])
                count += put_aspect(out, rig, s, (enum aspect)aspect);
    if (count == 0)
        dk_buffer_put(out, "<li>Nothing needs attention.</li>\n");
    return count;
}
