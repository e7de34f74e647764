/* The sensors as small multiples on one axis of time: daily minimum, median and maximum. The static
 * charts have about 800 bins; the script draws days where they fit. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "parts.h"

#define BINS_MAX 800
#define HEIGHT 144

/* The bins of one sensor: [count], NAN where no day has values. */
struct bins {
    struct dk_day *list;
    size_t count;
    int64_t days_each;
};

/* Consecutive bins [from, to) that have values. */
struct run_of_bins {
    size_t from, to;
};

enum edge { EDGE_LOW, EDGE_MEDIAN, EDGE_HIGH };

static void merge_day(struct dk_day *bin, const struct dk_day *day)
{
    if (isnan(day->median))
        return;
    bin->low = fmin(bin->low, day->low);
    bin->high = fmax(bin->high, day->high);
}

static int compare_doubles(const void *a, const void *b)
{
    double one = *(const double *)a;
    double other = *(const double *)b;
    return one < other ? -1 : one > other;
}

/* The values of a day, from one of the cohorts that it is in; NULL: it is in none. `at`, where the
 * search begins, becomes that cohort. Where calendar.start was changed, dates and numbers differ in
 * order. */
static const struct dk_day *find_day(const struct dk_survey_rig *rig, int sensor, int64_t day,
                                     int64_t cohort_days, size_t *at)
{
    for (size_t i = 0; i < rig->cohort_count; i++) {
        size_t of = (*at + i) % rig->cohort_count;
        int64_t within = day - rig->cohorts[of].first_day;
        if (within < 0 || within >= cohort_days)
            continue;
        *at = of;
        return &rig->cohorts[of].detail->days[(int64_t)sensor * cohort_days + within];
    }
    return NULL;
}

/* Minimum of the minima, maximum of the maxima, median of the medians. */
static bool fill_bins(const struct dk_report_part *part, int sensor, struct bins *bins)
{
    const struct dk_survey_rig *rig = part->rig;
    int64_t cohort_days = part->survey->request->calendar.cohort_days;
    int64_t first = dk_rig_first_day(rig);
    double *medians = calloc((size_t)bins->days_each, sizeof(*medians));
    size_t at = 0; /* the cohort */
    for (size_t i = 0; medians && i < bins->count; i++) {
        struct dk_day *bin = &bins->list[i];
        size_t found = 0;
        *bin = (struct dk_day){NAN, NAN, NAN};
        for (int64_t day = (int64_t)i * bins->days_each; day < (int64_t)(i + 1) * bins->days_each;
             day++) {
            const struct dk_day *of = find_day(rig, sensor, first + day, cohort_days, &at);
            if (!of)
                continue;
            merge_day(bin, of);
            if (!isnan(of->median))
                medians[found++] = of->median;
        }
        qsort(medians, found, sizeof(*medians), compare_doubles);
        bin->median = dk_quantile(medians, found, 0.5);
    }
    free(medians);
    return medians != NULL;
}

static int64_t y_of(const struct dk_scale *scale, double value)
{
    double span = scale->shown_high - scale->shown_low;
    double y = span > 0 ? HEIGHT * (scale->shown_high - value) / span : HEIGHT / 2.0;
    return llround(y < -HEIGHT ? -HEIGHT : y > 2 * HEIGHT ? 2 * HEIGHT : y);
}

/* Appends an edge of consecutive bins, from left to right, and the low one back: from border to
 * border, so that one bin has width. */
static void put_points(struct dk_buffer *out, const struct bins *bins, const struct dk_scale *scale,
                       struct run_of_bins run, enum edge edge)
{
    const size_t from = run.from;
    const size_t to = run.to;
    const bool back = edge == EDGE_LOW;
    int64_t y = 0;
    for (size_t n = 0; n <= to - from; n++) {
        size_t point = back ? to - n : from + n;
        const struct dk_day *bin = &bins->list[point < to ? point : to - 1];
        double value = back ? bin->low : edge == EDGE_MEDIAN ? bin->median : bin->high;
        int64_t next = y_of(scale, value);
        if (n == 0 && !back)
            dk_buffer_putf(out, "M%" PRId64 " %" PRId64 "l", (int64_t)point * bins->days_each,
                           next);
        else if (n == 0)
            dk_buffer_putf(out, "V%" PRId64 "l", next);
        else
            dk_buffer_putf(out, "%s%" PRId64 "%s%" PRId64, n > 1 && !back ? " " : "",
                           back ? -bins->days_each : bins->days_each, next < y ? "" : " ",
                           next - y);
        y = next;
    }
}

/* Bands, or lines, of all stretches that have values. */
static void put_shape(struct dk_buffer *out, const struct bins *bins, const struct dk_scale *scale,
                      bool band)
{
    dk_buffer_putf(out, "<path class=%s d=\"", band ? "b" : "m");
    for (size_t from = 0, to; from < bins->count; from = to) {
        to = from;
        while (to < bins->count && !isnan(bins->list[to].median))
            to++;
        if (to == from) {
            to++;
            continue;
        }
        const struct run_of_bins run = {from, to};
        put_points(out, bins, scale, run, band ? EDGE_HIGH : EDGE_MEDIAN);
        if (band) {
            put_points(out, bins, scale, run, EDGE_LOW);
            dk_buffer_put(out, "z");
        }
    }
    dk_buffer_put(out, "\"/>");
}

/* --- one sensor ----------------------------------------------------------------------------- */

static void put_figure_head(const struct dk_report_part *part, int sensor)
{
    struct dk_buffer *out = part->out;
    const struct dk_scale *scale = &part->rig->scale[sensor];
    dk_buffer_putf(out, "<figure class=sm data-s=%d>\n<figcaption><b>%s</b> ", sensor,
                   dk_sensors[sensor].name);
    dk_html_quantity(out, sensor);
    dk_buffer_putf(out, " <span class=u>%s</span></figcaption>\n<p class=yx><span>",
                   dk_html_unit(sensor));
    dk_html_number(out, scale->shown_high, scale->decimals);
    dk_buffer_put(out, "</span><span>");
    dk_html_number(out, scale->shown_low, scale->decimals);
    dk_buffer_put(out, "</span></p>\n");
}

static void put_description(const struct dk_report_part *part, int sensor,
                            const struct dk_box *newest)
{
    struct dk_buffer *out = part->out;
    const struct dk_scale *scale = &part->rig->scale[sensor];
    dk_buffer_putf(out, "<title id=r%zu-t%d>%s, ", part->number, sensor, dk_sensors[sensor].name);
    dk_html_quantity(out, sensor);
    dk_buffer_putf(out, ", %s: daily minimum, median and maximum</title><desc id=r%zu-d%d>From ",
                   dk_html_unit(sensor), part->number, sensor);
    dk_html_number(out, scale->low, scale->decimals);
    dk_buffer_put(out, " to ");
    dk_html_number(out, scale->high, scale->decimals);
    dk_buffer_putf(out, " %s; median of the newest cohort ", dk_html_unit(sensor));
    dk_html_number(out, newest->median, scale->decimals);
    dk_buffer_put(out, ".</desc>");
}

static void put_readout(const struct dk_report_part *part, int sensor, const struct dk_box *newest)
{
    struct dk_buffer *out = part->out;
    const struct dk_scale *scale = &part->rig->scale[sensor];
    dk_buffer_put(out, "<p class=ro><b>");
    dk_html_number(out, newest->median, scale->decimals);
    dk_buffer_put(out, "</b> <span>");
    dk_html_number(out, newest->p05, scale->decimals);
    dk_buffer_put(out, " to ");
    dk_html_number(out, newest->p95, scale->decimals);
    dk_buffer_put(out, "</span>");
    if (scale->shown_high < scale->high) {
        dk_buffer_put(out, " <span class=pk>peak ");
        dk_html_number(out, scale->high, scale->decimals);
        dk_buffer_put(out, "</span>");
    } else if (scale->shown_low > scale->low) {
        dk_buffer_put(out, " <span class=pk>lowest ");
        dk_html_number(out, scale->low, scale->decimals);
        dk_buffer_put(out, "</span>");
    }
    dk_buffer_put(out, "</p>\n");
}

static void put_sensor(const struct dk_report_part *part, int sensor, struct bins *bins,
                       int64_t days)
{
    struct dk_buffer *out = part->out;
    const struct dk_survey_rig *rig = part->rig;
    const struct dk_box *newest = &rig->cohorts[rig->cohort_count - 1].detail->whole[sensor];
    if (isnan(rig->scale[sensor].low) || !fill_bins(part, sensor, bins))
        return;
    put_figure_head(part, sensor);
    dk_buffer_putf(out, "<svg class=pl role=img aria-labelledby=\"r%zu-t%d r%zu-d%d\">",
                   part->number, sensor, part->number, sensor);
    put_description(part, sensor, newest);
    dk_buffer_putf(out,
                   "<svg class=gz viewBox=\"0 0 %" PRId64 " 1\" preserveAspectRatio=none><use "
                   "href=\"#r%zu-g\"/></svg><svg class=z viewBox=\"0 0 %" PRId64
                   " %d\" preserveAspectRatio=none>",
                   days, part->number, days, HEIGHT);
    put_shape(out, bins, &rig->scale[sensor], true);
    put_shape(out, bins, &rig->scale[sensor], false);
    dk_buffer_put(out, "</svg></svg>\n");
    put_readout(part, sensor, newest);
    dk_buffer_put(out, "</figure>\n");
}

/* --- around them ---------------------------------------------------------------------------- */

static void put_strip(const struct dk_report_part *part, int condition, int64_t days)
{
    struct dk_buffer *out = part->out;
    const char *name = dk_html_component(condition, true);
    dk_buffer_putf(out,
                   "<figure class=\"sm cs\" data-c=%d><figcaption><b>%s</b></figcaption><p "
                   "class=yx></p><svg class=pl role=img aria-label=\"%s over all cohorts, as "
                   "described above\"><svg class=z viewBox=\"0 0 %" PRId64
                   " 8\" preserveAspectRatio=none>",
                   condition, name, name, days);
    dk_part_strip(part, condition);
    dk_buffer_putf(out, "</svg></svg><p class=ro><b>%s</b> <span></span></p></figure>\n",
                   dk_html_state(condition, part->rig->now[condition].code));
}

/* How many cohorts are between two vertical lines. */
static size_t grid_step(const struct dk_survey_rig *rig)
{
    return rig->counts.cohorts_expected > 24 ? 10 : 1;
}

static void put_grid(const struct dk_report_part *part)
{
    const struct dk_survey_rig *rig = part->rig;
    size_t step = grid_step(rig);
    dk_buffer_putf(part->out,
                   "<svg class=vh aria-hidden=true focusable=false><defs><path id=r%zu-g class=g "
                   "d=\"",
                   part->number);
    for (size_t i = 1; i < rig->cohort_count; i++)
        if ((size_t)rig->cohorts[i].place.series.cohort % step == 1 || step == 1)
            dk_buffer_putf(part->out, "M%" PRId64 " 0V1",
                           rig->cohorts[i].first_day - dk_rig_first_day(rig));
    dk_buffer_put(part->out, "\"/></defs></svg>\n");
}

static void put_axis(const struct dk_report_part *part, int64_t days, bool top)
{
    dk_buffer_putf(part->out,
                   "<div class=\"sm hd%s\"><span class=k>%s</span><span></span><svg class=ax "
                   "aria-hidden=true focusable=false><g class=yr>",
                   top ? " hdt" : "", top ? "date" : "");
    dk_html_axis(part->out, dk_rig_first_day(part->rig), days, 16);
    dk_buffer_put(part->out, "</g></svg>");
    if (top)
        dk_buffer_putf(part->out, "<span class=\"k kr\">cohort %d<br>nine in ten</span>",
                       part->rig->cohorts[part->rig->cohort_count - 1].place.series.cohort);
    dk_buffer_put(part->out, "</div>\n");
}

static void put_bar(const struct dk_report_part *part)
{
    dk_buffer_putf(part->out,
                   "<div class=bar hidden><div class=bt><button type=button data-z=all>All</button>"
                   "<button type=button data-z=in aria-label=\"Zoom in\">+</button>"
                   "<button type=button data-z=out aria-label=\"Zoom out\">−</button>"
                   "<button type=button data-z=l aria-label=Earlier>←</button>"
                   "<button type=button data-z=r aria-label=Later>→</button>"
                   "<label for=r%zu-j>Date</label><input id=r%zu-j class=jump inputmode=numeric "
                   "maxlength=10 placeholder=YYYY-MM-DD autocomplete=off></div><p class=out "
                   "role=status></p></div>\n",
                   part->number, part->number);
}

/* The medians as a table, for those who can't use the charts and for those who want numbers. */
static void put_medians(const struct dk_report_part *part)
{
    struct dk_buffer *out = part->out;
    const struct dk_survey_rig *rig = part->rig;
    dk_buffer_put(out, "<details><summary>Table: median of each sensor in each cohort</summary>\n");
    dk_part_table_begin(part, "md", "Median by cohort and sensor");
    dk_buffer_put(out, "<thead><tr><th scope=col>cohort</th><th scope=col>from</th>");
    for (int s = 0; s < DK_SENSORS; s++)
        if (!rig->counts.absent[s])
            dk_buffer_putf(out, "<th scope=col>%s<br><span class=u>%s</span></th>",
                           dk_sensors[s].name, dk_html_unit(s));
    dk_buffer_put(out, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < rig->cohort_count; i++) {
        dk_buffer_putf(out, "<tr><th scope=row>%d</th><td>", rig->cohorts[i].place.series.cohort);
        dk_html_date(out, rig->cohorts[i].first_day);
        for (int s = 0; s < DK_SENSORS; s++) {
            if (rig->counts.absent[s])
                continue;
            dk_buffer_put(out, "<td>");
            dk_html_number(out, rig->cohorts[i].detail->whole[s].median, rig->scale[s].decimals);
        }
        dk_buffer_put(out, "</tr>\n");
    }
    dk_buffer_put(out, "</tbody>");
    dk_part_table_end(part);
    dk_buffer_put(out, "</details>\n");
}

void dk_part_sensors(const struct dk_report_part *part)
{
    struct dk_buffer *out = part->out;
    int64_t days = dk_rig_end_day(part->survey, part->rig) - dk_rig_first_day(part->rig);
    struct bins bins = {.days_each = (days + BINS_MAX - 1) / BINS_MAX};
    char title[64];
    int sensors = DK_SENSORS - part->rig->counts.absent_sensors;
    bins.count = (size_t)((days + bins.days_each - 1) / bins.days_each);
    bins.list = calloc(bins.count, sizeof(*bins.list));
    if (!bins.list) {
        out->failed = true;
        return;
    }
    dk_text_format(title, sizeof(title), "%d sensor%s, day by day", sensors,
                   sensors == 1 ? "" : "s");
    dk_part_begin(part, "sensors", title);
    dk_buffer_putf(
        out,
        "<p class=say>Line: daily median. Band: daily minimum to maximum. Each scale is the "
        "sensor’s own; a rare peak far above the rest is left out and named at the right. Vertical "
        "lines mark every %scohort.</p>\n",
        grid_step(part->rig) > 1 ? "tenth " : "");
    put_bar(part);
    put_grid(part);
    dk_buffer_put(out,
                  "<div class=sms role=group tabindex=0 aria-label=\"Sensor charts on one time "
                  "axis. Arrow keys move the cursor by a day, with Shift by a cohort; plus and "
                  "minus zoom; Escape shows all.\">\n");
    put_axis(part, days, true);
    for (int s = 0; s < DK_SENSORS; s++)
        put_sensor(part, s, &bins, days);
    for (int c = 0; c < DK_CONDITIONS; c++)
        put_strip(part, c, days);
    put_axis(part, days, false);
    dk_buffer_put(out, "</div>\n");
    put_medians(part);
    dk_part_data(part);
    dk_part_end(part);
    free(bins.list);
}
