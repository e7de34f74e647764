/* Headline trends: one step for each cohort, because a cohort is one delivery. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "parts.h"

#define COOLER 0
#define HEIGHT 100

/* What one chart shows: the whole cohort with a band, or a line for each state of the cooler. */
struct trend {
    const struct dk_report_part *part;
    int sensor;
    bool by_state;
    double low, high; /* of what is drawn */
};

static const struct dk_box *box_of(const struct trend *trend, size_t cohort, int code)
{
    const struct dk_cohort_detail *detail = trend->part->rig->cohorts[cohort].detail;
    return code < 0 ? &detail->whole[trend->sensor] : &detail->state[COOLER][code][trend->sensor];
}

static void find_range(struct trend *trend)
{
    trend->low = NAN;
    trend->high = NAN;
    int codes = trend->by_state ? (int)dk_conditions[COOLER].code_count : 1;
    for (size_t i = 0; i < trend->part->rig->cohort_count; i++)
        for (int code = 0; code < codes; code++) {
            const struct dk_box *box = box_of(trend, i, trend->by_state ? code : -1);
            if (box->count == 0)
                continue;
            trend->low = fmin(trend->low, trend->by_state ? box->median : box->p05);
            trend->high = fmax(trend->high, trend->by_state ? box->median : box->p95);
        }
}

static double y_of(const struct trend *trend, double value)
{
    double span = trend->high - trend->low;
    return span > 0 ? 2 + (HEIGHT - 4) * (trend->high - value) / span : HEIGHT / 2.0;
}

static void put_step(const struct trend *trend, size_t cohort, int64_t *after, double value)
{
    struct dk_buffer *out = trend->part->out;
    const struct dk_survey_rig *rig = trend->part->rig;
    int64_t x = rig->cohorts[cohort].first_day - dk_rig_first_day(rig);
    bool gap = *after != x;
    if (gap)
        dk_buffer_putf(out, "M%" PRId64 " ", x);
    else
        dk_buffer_put(out, "V");
    dk_html_coordinate(out, round(y_of(trend, value)));
    *after = x + trend->part->survey->request->calendar.cohort_days;
    dk_buffer_putf(out, "H%" PRId64, *after);
}

static void put_line(const struct trend *trend, int code, const char *class)
{
    int64_t after = -1;
    dk_buffer_putf(trend->part->out, "<path class=\"m %s\" d=\"", class);
    for (size_t i = 0; i < trend->part->rig->cohort_count; i++) {
        const struct dk_box *box = box_of(trend, i, code);
        if (box->count > 0)
            put_step(trend, i, &after, box->median);
    }
    dk_buffer_put(trend->part->out, "\"/>");
}

static void put_band(const struct trend *trend)
{
    struct dk_buffer *out = trend->part->out;
    const struct dk_survey_rig *rig = trend->part->rig;
    int32_t days = trend->part->survey->request->calendar.cohort_days;
    dk_buffer_put(out, "<path class=b d=\"");
    for (size_t i = 0; i < rig->cohort_count; i++) {
        const struct dk_box *box = box_of(trend, i, -1);
        if (box->count == 0)
            continue;
        dk_buffer_putf(out, "M%" PRId64 " ", rig->cohorts[i].first_day - dk_rig_first_day(rig));
        dk_html_coordinate(out, y_of(trend, box->p95));
        dk_buffer_putf(out, "h%" PRId32 "V", days);
        dk_html_coordinate(out, y_of(trend, box->p05));
        dk_buffer_putf(out, "h-%" PRId32 "z", days);
    }
    dk_buffer_put(out, "\"/>");
}

/* The cohort with the newest value of this line; SIZE_MAX: there is none. */
static size_t newest_with(const struct trend *trend, int code, size_t before)
{
    for (size_t i = before; i-- > 0;)
        if (box_of(trend, i, code)->count > 0)
            return i;
    return SIZE_MAX;
}

/* The words of the states at the right end, each on the side of its line where there is room. */
static void put_labels(const struct trend *trend)
{
    for (int code = 0; code < (int)dk_conditions[COOLER].code_count; code++) {
        size_t newest = newest_with(trend, code, trend->part->rig->cohort_count);
        if (newest == SIZE_MAX)
            continue;
        double y = y_of(trend, box_of(trend, newest, code)->median);
        dk_buffer_put(trend->part->out, "<text class=lt x=100% y=\"");
        dk_html_coordinate(trend->part->out, y);
        dk_buffer_putf(trend->part->out, "%%\" dy=%d>%s</text>", y < 20 ? 16 : -5,
                       dk_html_state(COOLER, code));
    }
}

/* "+0.1 points from cohort 59" */
static void put_since(const struct trend *trend, int code, size_t newest, size_t before,
                      const char *than)
{
    struct dk_buffer *out = trend->part->out;
    int decimals = trend->part->rig->scale[trend->sensor].decimals;
    double change = box_of(trend, newest, code)->median - box_of(trend, before, code)->median;
    if (dk_html_scaled(change, decimals) == 0)
        dk_buffer_put(out, "same as ");
    else {
        dk_html_change(out, change, decimals);
        dk_buffer_putf(out, "&nbsp;%s from ", dk_html_unit_difference(trend->sensor));
    }
    if (than)
        dk_buffer_put(out, than);
    else
        dk_buffer_putf(out, "cohort %d", trend->part->rig->cohorts[before].place.series.cohort);
}

static void put_caption(const struct trend *trend, int code, size_t newest)
{
    struct dk_buffer *out = trend->part->out;
    const struct dk_survey_rig *rig = trend->part->rig;
    int decimals = rig->scale[trend->sensor].decimals;
    dk_buffer_put(out, "<p class=big>");
    dk_html_number(out, box_of(trend, newest, code)->median, decimals);
    dk_buffer_putf(out, "<small>&nbsp;%s</small></p>\n<p class=q>median of cohort %d",
                   dk_html_unit(trend->sensor), rig->cohorts[newest].place.series.cohort);
    if (trend->by_state)
        dk_buffer_putf(out, ", cooler at %s", dk_html_state(COOLER, code));
    size_t before = newest_with(trend, code, newest);
    if (before != SIZE_MAX) {
        dk_buffer_put(out, "<br>");
        put_since(trend, code, newest, before, NULL);
    }
    int64_t year = 365 / trend->part->survey->request->calendar.cohort_days;
    for (size_t i = newest; year > 1 && i-- > 0;)
        if (rig->cohorts[newest].place.series.cohort - rig->cohorts[i].place.series.cohort ==
                (year * trend->part->survey->request->calendar.cohort_days < 365 ? year + 1
                                                                                 : year) &&
            box_of(trend, i, code)->count > 0) {
            dk_buffer_put(out, ", ");
            put_since(trend, code, newest, i, "a year before");
        }
    dk_buffer_put(out, "</p>");
}

/* What the chart shows in words: constant stretches, else the largest step; or how far the states
 * are apart. */
static void put_note(const struct trend *trend)
{
    struct dk_buffer *out = trend->part->out;
    const struct dk_survey_rig *rig = trend->part->rig;
    int decimals = rig->scale[trend->sensor].decimals;
    size_t at = 0;
    double largest = 0;
    if (trend->by_state) {
        dk_buffer_put(out, "One line for each state of the cooler.");
        return;
    }
    for (size_t i = 1; i < rig->cohort_count; i++) {
        double step = box_of(trend, i, -1)->median - box_of(trend, i - 1, -1)->median;
        if (fabs(step) > fabs(largest)) {
            largest = step;
            at = i;
        }
    }
    dk_buffer_put(out, "Line: median. Band: nine in ten readings.");
    if (at == 0)
        return;
    dk_buffer_put(out, " Largest step: ");
    dk_html_change(out, largest, decimals);
    dk_buffer_putf(out, "&nbsp;%s from cohort %d to %d.", dk_html_unit_difference(trend->sensor),
                   rig->cohorts[at - 1].place.series.cohort, rig->cohorts[at].place.series.cohort);
}

static void put_chart(const struct trend *trend)
{
    const struct dk_report_part *part = trend->part;
    struct dk_buffer *out = part->out;
    int64_t days = dk_rig_end_day(part->survey, part->rig) - dk_rig_first_day(part->rig);
    int decimals = part->rig->scale[trend->sensor].decimals;
    const char *name = dk_sensors[trend->sensor].name;
    dk_buffer_put(out, "<div class=tg><p class=yx><span>");
    dk_html_number(out, trend->high, decimals);
    dk_buffer_put(out, "</span><span>");
    dk_html_number(out, trend->low, decimals);
    dk_buffer_putf(out,
                   "</span></p>\n<svg class=tp role=img aria-labelledby=\"r%zu-tt%s "
                   "r%zu-td%s\"><title id=r%zu-tt%s>%s: median of each cohort</title><desc "
                   "id=r%zu-td%s>",
                   part->number, name, part->number, name, part->number, name, name, part->number,
                   name);
    dk_html_counted(out, part->rig->cohort_count, "cohort");
    dk_buffer_put(out, ", from ");
    dk_html_number(out, trend->low, decimals);
    dk_buffer_put(out, " to ");
    dk_html_number(out, trend->high, decimals);
    dk_buffer_putf(out, " %s. ", dk_html_unit(trend->sensor));
    put_note(trend);
    dk_buffer_putf(out, "</desc><svg viewBox=\"0 0 %" PRId64 " %d\" preserveAspectRatio=none>",
                   days, HEIGHT);
    if (!trend->by_state) {
        put_band(trend);
        put_line(trend, -1, "");
    }
    for (int code = 0; trend->by_state && code < (int)dk_conditions[COOLER].code_count; code++)
        put_line(trend, code, dk_html_state_class(COOLER, code));
    dk_buffer_put(out, "</svg>");
    if (trend->by_state)
        put_labels(trend);
    dk_buffer_put(out, "</svg>\n<span></span><svg class=ax aria-hidden=true focusable=false><g "
                       "class=yr>");
    dk_html_axis(out, dk_rig_first_day(part->rig), days, 16);
    dk_buffer_put(out, "</g></svg></div>\n<p class=note>");
    put_note(trend);
    dk_buffer_put(out, "</p>\n");
}

static void put_trend(const struct dk_report_part *part, const char *name, bool by_state)
{
    struct trend trend = {
        .part = part, .sensor = dk_sensor_find(name, strlen(name)), .by_state = by_state};
    int code = -1;
    size_t newest = SIZE_MAX;
    /* The best state of the cooler that the newest cohort with values has. */
    for (int severity = 0; newest == SIZE_MAX && severity < (int)dk_conditions[COOLER].code_count;
         severity++) {
        code = by_state ? dk_severity_code(COOLER, severity) : -1;
        newest = newest_with(&trend, code, part->rig->cohort_count);
    }
    dk_buffer_putf(part->out, "<figure class=tr data-trend=%s>\n<figcaption><h3>", name);
    size_t start = part->out->size;
    dk_html_quantity(part->out, trend.sensor);
    if (!part->out->failed)
        part->out->data[start] = (char)(part->out->data[start] - 'a' + 'A');
    dk_buffer_putf(part->out, ", %s</h3>", name);
    if (newest == SIZE_MAX)
        dk_buffer_put(part->out, "<p class=q>no values</p></figcaption>\n");
    else {
        put_caption(&trend, code, newest);
        dk_buffer_put(part->out, "</figcaption>\n");
        find_range(&trend);
        put_chart(&trend);
    }
    dk_buffer_put(part->out, "</figure>\n");
}

void dk_part_trends(const struct dk_report_part *part)
{
    dk_part_begin(part, "trends", "Efficiency, cooling and power");
    dk_buffer_put(part->out,
                  "<p class=say>SE and EPS1: the median of each cohort. CE and CP depend on the "
                  "cooler, so each of its states has a line of its own: like is compared with "
                  "like.</p>\n<div class=trs>\n");
    put_trend(part, "SE", false);
    put_trend(part, "EPS1", false);
    put_trend(part, "CE", true);
    put_trend(part, "CP", true);
    dk_buffer_put(part->out, "</div>\n");
    dk_part_end(part);
}
