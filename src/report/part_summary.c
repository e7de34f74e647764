/* The summary: readable in 20 seconds. Findings in words first, five numbers second, then which
 * cohorts are here. */
#include <inttypes.h>
#include <stdlib.h>

#include "parts.h"

/* The day of the last reading of all. */
static int64_t find_last_day(const struct dk_survey_rig *rig)
{
    int64_t last_day = INT64_MIN;
    for (size_t i = 0; i < rig->cohort_count; i++) {
        const struct dk_store_series *place = &rig->cohorts[i].place;
        int64_t day = (place->series.start_minute +
                       (int64_t)(place->rows - 1) * place->series.interval_minutes) /
                      DK_DAY_MINUTES;
        last_day = day > last_day ? day : last_day;
    }
    return last_day;
}

static void put_period(struct dk_buffer *out, const struct dk_survey_rig *rig)
{
    int64_t first = dk_rig_first_day(rig);
    int64_t last = find_last_day(rig);
    int64_t days = last - first + 1;
    dk_buffer_put(out, "<div><dt>Period</dt><dd>");
    if (days >= 730)
        dk_html_counted(out, (uint64_t)(days + 8) * 4 / 1461, "year");
    else
        dk_html_counted(out, (uint64_t)days, "day");
    dk_buffer_put(out, "<small>");
    dk_html_date(out, first);
    dk_buffer_put(out, " to ");
    dk_html_date(out, last);
    dk_buffer_put(out, "</small></dd></div>\n");
}

static void put_readings(struct dk_buffer *out, const struct dk_survey_rig *rig)
{
    int32_t interval = rig->cohorts[0].place.series.interval_minutes;
    dk_buffer_put(out, "<div><dt>Readings</dt><dd>");
    dk_html_count(out, rig->counts.readings);
    if (interval == 60)
        dk_buffer_put(out, "<small>one an hour, ");
    else
        dk_buffer_putf(out, "<small>one in %" PRId32 " minutes, ", interval);
    dk_html_counted(out, (uint64_t)(DK_SENSORS - rig->counts.absent_sensors), "sensor");
    dk_buffer_put(out, "</small></dd></div>\n");
}

/* Of the values that whole cohorts of the sensors that are there would have. */
static void put_complete(struct dk_buffer *out, const struct dk_survey_rig *rig)
{
    const struct dk_rig_counts *counts = &rig->counts;
    uint64_t expected = counts->expected * (uint64_t)(DK_SENSORS - counts->absent_sensors);
    bool bad = counts->values < expected;
    dk_buffer_putf(out, "<div%s><dt>Complete</dt><dd>", bad ? " class=bad" : "");
    dk_html_share(out, counts->values, counts->values > expected ? counts->values : expected);
    dk_buffer_putf(out, "<small>%zu of ", rig->cohort_count);
    dk_html_counted(out, counts->cohorts_expected, "cohort");
    dk_buffer_put(out, ", ");
    dk_html_counted(out, counts->missing, "value");
    dk_buffer_put(out, " missing</small></dd></div>\n");
}

static void put_next(struct dk_buffer *out, const struct dk_survey *survey,
                     const struct dk_survey_rig *rig)
{
    bool late = rig->late_days > 0;
    dk_buffer_putf(out, "<div%s><dt>Next cohort</dt><dd>", late ? " class=bad" : "");
    dk_findings_due(out, rig);
    dk_buffer_putf(out, "<small>cohort %d %s ", rig->next_cohort, late ? "ended" : "ends");
    dk_html_date(out, rig->next_end_day - 1);
    dk_buffer_put(out, "; as of ");
    dk_html_date(out, survey->as_of_day);
    dk_buffer_put(out, "</small></dd></div>\n");
}

/* --- which cohorts are here ----------------------------------------------------------------- */

/* A cell for each cohort, as high as its share of a whole one's readings. */
static void put_cells(const struct dk_report_part *part, int first, size_t columns)
{
    double full = (double)dk_calendar_readings_full(&part->survey->request->calendar);
    dk_buffer_putf(part->out,
                   "<svg viewBox=\"0 0 %zu 10\" preserveAspectRatio=none><path class=cf d=\"",
                   columns);
    for (size_t i = 0; i < part->rig->cohort_count; i++) {
        const struct dk_store_series *place = &part->rig->cohorts[i].place;
        double height = 10 * (double)place->rows / full;
        dk_buffer_putf(part->out, "M%d.06 10v-", place->series.cohort - first);
        dk_html_coordinate(part->out, height > 10 ? 10 : height);
        dk_buffer_put(part->out, "h.88V10z");
    }
    dk_buffer_put(part->out, "\"/><path class=ce d=\"");
    for (size_t i = 0; i < part->rig->counts.cohorts_expected; i++)
        dk_buffer_putf(part->out, "M%zu.06 0h.88v10h-.88z", i);
    if (!part->rig->ends_early)
        dk_buffer_putf(part->out, "\"/><path class=%s d=\"M%zu.1 .5h.8v9h-.8z",
                       part->rig->late_days > 0 ? "late" : "next", columns - 1);
    dk_buffer_put(part->out, "\"/></svg></svg>\n");
}

static void put_cell_axis(const struct dk_report_part *part, int first, size_t columns)
{
    size_t step = columns > 24 ? 10 : columns > 12 ? 5 : 1;
    dk_buffer_put(part->out, "<span class=k></span><svg class=\"ax ta\" aria-hidden=true "
                             "focusable=false><g class=yr>");
    for (size_t i = 0; i < columns; i++) {
        size_t number = (size_t)first + i;
        bool last = i + 1 == columns;
        bool near = i + 1 + step / 2 >= columns && step > 1; /* too near to the last one's label */
        if (!last && (near || (i > 0 && number % step != 0)))
            continue;
        dk_buffer_put(part->out, "<text x=\"");
        dk_html_coordinate(part->out, 100.0 * ((double)i + 0.5) / (double)columns);
        dk_buffer_putf(
            part->out, "%%\" y=13%s>%zu</text>",
            last && part->rig->late_days > 0 && !part->rig->ends_early ? " class=lx" : "", number);
    }
    dk_buffer_put(part->out, "</g></svg>\n");
}

/* A stretch of cohorts that have the same profile, or were loaded by the same drop. */
struct span {
    int first, last; /* cohorts */
    int64_t id;      /* of the profile or drop */
    int64_t run_id;  /* 0: not known, or a profile */
};

/* Finds the stretch that begins at cohort *at, and moves *at past it. */
static struct span next_span(const struct dk_survey_rig *rig, bool by_drop, size_t *at)
{
    const struct dk_survey_cohort *from = &rig->cohorts[*at];
    const struct dk_survey_cohort *end = rig->cohorts + rig->cohort_count;
    const struct dk_survey_cohort *to = from;
    while (to < end &&
           (by_drop ? to->place.drop_id == from->place.drop_id : to->profile == from->profile))
        to++;
    *at += (size_t)(to - from);
    return (struct span){.first = from->place.series.cohort,
                         .last = to[-1].place.series.cohort,
                         .id = by_drop ? from->place.drop_id : from->place.profile_set,
                         .run_id = by_drop ? from->place.run_id : 0};
}

static void put_span_label(struct dk_buffer *out, const struct span *span, const char *word,
                           int first, size_t columns)
{
    bool wide = (double)(span->last - span->first + 1) / (double)columns > 0.12;
    double middle = (double)(span->first + span->last + 1) / 2 - first;
    dk_buffer_put(out, "<text x=\"");
    dk_html_coordinate(out, 100 * middle / (double)columns);
    dk_buffer_put(out, "%\" y=22>");
    if (wide)
        dk_buffer_putf(out, "%s ", word);
    dk_buffer_putf(out, "%" PRId64, span->id);
    if (wide && span->run_id > 0)
        dk_buffer_putf(out, ", run %" PRId64, span->run_id);
    dk_buffer_put(out, "</text>");
}

/* Brackets below the cells, one for each stretch. */
static void put_brackets(const struct dk_report_part *part, bool by_drop, int first, size_t columns)
{
    struct dk_buffer *out = part->out;
    const struct dk_survey_rig *rig = part->rig;
    const char *word = by_drop ? "drop" : "profile";
    const char *title = by_drop ? "Delivery" : "Profile";
    dk_buffer_putf(out, "<span class=k>%s</span><svg class=tb role=img aria-label=\"%s", title,
                   title);
    for (size_t at = 0; at < rig->cohort_count;) {
        struct span span = next_span(rig, by_drop, &at);
        dk_buffer_putf(out, "; cohorts %d to %d: %s %" PRId64, span.first, span.last, word,
                       span.id);
    }
    dk_buffer_putf(out,
                   "\"><svg viewBox=\"0 0 %zu 1\" height=7 preserveAspectRatio=none><path class=br "
                   "d=\"",
                   columns);
    for (size_t at = 0; at < rig->cohort_count;) {
        struct span span = next_span(rig, by_drop, &at);
        dk_buffer_putf(out, "M%d.06 0V.7H%d.94V0", span.first - first, span.last - first);
    }
    dk_buffer_put(out, "\"/></svg>");
    for (size_t at = 0; at < rig->cohort_count;) {
        struct span span = next_span(rig, by_drop, &at);
        put_span_label(out, &span, word, first, columns);
    }
    dk_buffer_put(out, "</svg>\n");
}

/* At most this many cells; of more cohorts there are words alone. */
#define CELLS_MAX 200u

static void put_cohorts(const struct dk_report_part *part)
{
    const struct dk_survey_rig *rig = part->rig;
    int first = rig->cohorts[0].place.series.cohort;
    size_t columns = rig->counts.cohorts_expected + !rig->ends_early; /* the next one */
    if (columns > CELLS_MAX)
        return;
    dk_buffer_putf(part->out,
                   "<figure class=tl>\n<figcaption><h2 class=h3>Cohorts received</h2><p class=q>A "
                   "cell is %" PRId32 " days: filled is complete, partly filled is incomplete, "
                   "empty is missing.</p></figcaption>\n<div class=tlr><span class=k>Readings"
                   "</span><svg class=tc role=img aria-label=\"",
                   part->survey->request->calendar.cohort_days);
    dk_buffer_putf(part->out, "%zu of ", rig->cohort_count);
    dk_html_counted(part->out, rig->counts.cohorts_expected, "cohort");
    dk_buffer_putf(part->out, " received, %zu of them incomplete\">",
                   rig->counts.cohorts_incomplete);
    put_cells(part, first, columns);
    put_cell_axis(part, first, columns);
    put_brackets(part, false, first, columns);
    put_brackets(part, true, first, columns);
    dk_buffer_put(part->out, "</div>\n</figure>\n");
}

/* --- all of it ------------------------------------------------------------------------------ */

/* What a filter leaves out. */
static void put_scope(struct dk_buffer *out, const struct dk_survey_rig *rig)
{
    int *numbers = calloc(rig->cohort_count, sizeof(*numbers));
    for (size_t i = 0; numbers && i < rig->cohort_count; i++)
        numbers[i] = rig->cohorts[i].place.series.cohort;
    if (numbers && rig->cohorts_hidden > 0) {
        dk_buffer_put(out, "<p class=q>This page shows only ");
        dk_html_cohorts(out, numbers, rig->cohort_count);
        dk_buffer_put(out, " of the ");
        dk_html_count(out, rig->cohort_count + rig->cohorts_hidden);
        dk_buffer_put(out, " that are loaded.");
        if (rig->ends_early)
            dk_buffer_putf(out, " States are those at the end of cohort %d.",
                           numbers[rig->cohort_count - 1]);
        dk_buffer_put(out, "</p>\n");
    }
    free(numbers);
}

void dk_part_summary(const struct dk_report_part *part)
{
    struct dk_buffer *out = part->out;
    struct dk_buffer attention;
    dk_buffer_init(&attention, out->ceiling_bytes);
    size_t findings = dk_findings_attention(&attention, part->survey, part->rig);
    dk_buffer_putf(out, "<section id=r%zu-summary aria-labelledby=r%zu-h>\n", part->number,
                   part->number);
    dk_buffer_putf(out, "<h%d class=rig id=r%zu-h>Rig ", part->survey->rig_count > 1 ? 2 : 1,
                   part->number);
    dk_html_text(out, part->rig->name);
    dk_buffer_putf(out, "</h%d>\n", part->survey->rig_count > 1 ? 2 : 1);
    put_scope(out, part->rig);
    dk_buffer_put(out, "<p class=lede>");
    dk_findings_lede(out, part->survey, part->rig);
    dk_buffer_put(out, "</p>\n<dl class=kf>\n");
    put_period(out, part->rig);
    put_readings(out, part->rig);
    put_complete(out, part->rig);
    dk_buffer_put(out, "<div><dt>Worth a look</dt><dd>");
    if (findings == 0)
        dk_buffer_put(out, "nothing");
    else
        dk_html_counted(out, findings, "finding");
    dk_buffer_put(out, "<small>listed below</small></dd></div>\n");
    put_next(out, part->survey, part->rig);
    dk_buffer_put(out, "</dl>\n");
    put_cohorts(part);
    dk_buffer_put(out, "<div class=two><div><h2 class=h3>What to look at</h2>\n<ul class=li>\n");
    dk_buffer_put_bytes(out, attention.data ? attention.data : "", attention.size);
    dk_buffer_put(out, "</ul></div>\n<div><h2 class=h3>What changed</h2>\n<ul class=li>\n");
    dk_findings_changed(out, part->survey, part->rig);
    dk_buffer_put(out, "</ul></div></div>\n");
    dk_part_end(part);
    dk_buffer_reset(&attention);
}
