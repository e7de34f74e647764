/* What moves with which condition: box plots of the strongest sensors, a ranked table, and a matrix
 * of all pairs. Within a cohort, because cohorts differ for other reasons; ranked by the best
 * cohort, because a fault may show in one phase only. */
#include <math.h>
#include <stdlib.h>

#include "effects.h"
#include "parts.h"

#define BOXES 3
#define RANKED 5
#define ROW_PX 26

/* "0.92", ">0.99", "<0.01", "–" */
static void put_eta(struct dk_buffer *out, double eta)
{
    if (isnan(eta))
        dk_buffer_put(out, "–");
    else if (eta > 0.99)
        dk_buffer_put(out, "&gt;0.99");
    else if (eta > 0 && eta < 0.01)
        dk_buffer_put(out, "&lt;0.01");
    else
        dk_html_number(out, eta, 2);
}

/* --- words ---------------------------------------------------------------------------------- */

static void put_heading(struct dk_buffer *out, const struct dk_survey_rig *rig, int condition,
                        const struct dk_effect_summary *summary, const int *strong)
{
    const char *name = dk_html_component(condition, false);
    if (summary->defined == 0) {
        dk_buffer_putf(out, "The %s: nothing to compare", name);
        return;
    }
    if (summary->strong_cohorts == 0) {
        dk_buffer_putf(out, "The %s %s in single values", name,
                       summary->above_chance ? "hardly shows" : "does not show");
        return;
    }
    dk_buffer_putf(out, "The %s shows in ", name);
    if (rig->cohort_count > 1 && summary->strong_cohorts == summary->defined)
        dk_buffer_put(out, "every cohort, in ");
    else if (rig->cohort_count > 1) {
        dk_html_cohorts(out, strong, summary->strong_cohorts);
        dk_buffer_put(out, " only, in ");
    }
    dk_buffer_putf(out, "%zu of %d sensors", summary->strong_sensors,
                   DK_SENSORS - rig->counts.absent_sensors);
}

static void put_strong_sensors(struct dk_buffer *out, const struct dk_effect *effects,
                               const struct dk_effect_summary *summary)
{
    size_t listed = 0;
    size_t most = summary->strong_sensors < BOXES ? summary->strong_sensors : BOXES;
    for (int i = 0; i < DK_SENSORS && listed < most; i++)
        if (effects[i].is_real) {
            dk_buffer_putf(out, "%s%s",
                           listed == 0          ? ""
                           : listed + 1 == most ? " and "
                                                : ", ",
                           dk_sensors[effects[i].sensor].name);
            listed++;
        }
}

static void put_explanation(struct dk_buffer *out, const struct dk_survey_rig *rig,
                            const struct dk_effect *effects,
                            const struct dk_effect_summary *summary)
{
    if (summary->defined == 0) {
        dk_buffer_put(out, "It has one state only, or no sensor varies.");
        return;
    }
    if (summary->strong_cohorts > 0) {
        put_strong_sensors(out, effects, summary);
        dk_buffer_put(out, summary->strong_sensors > BOXES ? " separate its states best."
                           : summary->strong_sensors > 1   ? " each separate its states."
                                                           : " alone separates its states.");
        if (summary->strong_cohorts < summary->defined) {
            dk_buffer_put(out, " In the other cohorts η² stays at or below ");
            put_eta(out, summary->rest);
            dk_buffer_put(out, ": a median over all of them would hide it.");
        }
    } else {
        dk_buffer_put(out, "The largest η² is ");
        put_eta(out, effects[0].best);
        dk_buffer_putf(out, " (%s, cohort %d). ", dk_sensors[effects[0].sensor].name,
                       rig->cohorts[effects[0].cohort].place.series.cohort);
        dk_buffer_put(out, "Single values are not enough to recognise it; use every sample of a "
                           "burst, or features of it.");
    }
    if (!summary->tested)
        dk_buffer_putf(out,
                       " With only %zu stretches in the profile, no test against chance is "
                       "possible: anything that drifts over a cohort would look the same.",
                       summary->stretches);
}

/* "close to total failure: 11.5 bar higher" */
static void put_difference(struct dk_buffer *out, const struct dk_survey_rig *rig, int condition,
                           const struct dk_effect *effect)
{
    int decimals = rig->scale[effect->sensor].decimals;
    if (effect->code < 0) {
        dk_buffer_put(out, "–");
        return;
    }
    dk_buffer_putf(out, "%s: ", dk_html_state(condition, effect->code));
    if (dk_html_scaled(effect->difference, decimals) == 0)
        dk_buffer_put(out, "the same");
    else {
        dk_html_number(out, fabs(effect->difference), decimals);
        dk_buffer_putf(out, "&nbsp;%s %s", dk_html_unit_difference(effect->sensor),
                       effect->difference > 0 ? "higher" : "lower");
    }
    if (!isnan(effect->chance) && !effect->is_real)
        dk_buffer_put(out, "; no more than chance");
}

/* --- box plots ------------------------------------------------------------------------------ */

static void put_states(struct dk_buffer *out, int condition, const char *class)
{
    dk_buffer_putf(out, "<ul class=\"stl%s k%zu\"%s>", class, dk_conditions[condition].code_count,
                   class[0] ? " aria-hidden=true" : "");
    for (int severity = 0; severity < (int)dk_conditions[condition].code_count; severity++)
        dk_buffer_putf(out, "<li>%s</li>",
                       dk_html_state(condition, dk_severity_code(condition, severity)));
    dk_buffer_put(out, "</ul>");
}

/* 4 % to 96 % of the width. */
static void put_x(struct dk_buffer *out, const char *name, double value, double low, double high)
{
    dk_buffer_putf(out, "%s=\"", name);
    dk_html_coordinate(out, high > low ? 4 + 92 * (value - low) / (high - low) : 50);
    dk_buffer_put(out, "%\" ");
}

static void put_box(struct dk_buffer *out, int condition, int code, const struct dk_box *box,
                    double low, double high)
{
    int middle = ROW_PX * dk_code_severity(condition, code) + ROW_PX / 2 + 1;
    if (box->count == 0)
        return;
    dk_buffer_put(out, "<line class=w ");
    put_x(out, "x1", box->p05, low, high);
    put_x(out, "x2", box->p95, low, high);
    dk_buffer_putf(out, "y1=%d y2=%d /><rect class=\"bx %s\" ", middle, middle,
                   dk_html_state_class(condition, code));
    put_x(out, "x", box->q25, low, high);
    double width = high > low ? 92 * (box->q75 - box->q25) / (high - low) : 0;
    dk_buffer_put(out, "width=\"");
    dk_html_coordinate(out, width < 0.4 ? 0.4 : width);
    dk_buffer_putf(out, "%%\" y=%d height=16 /><line class=md ", middle - 8);
    put_x(out, "x1", box->median, low, high);
    put_x(out, "x2", box->median, low, high);
    dk_buffer_putf(out, "y1=%d y2=%d />", middle - 10, middle + 10);
}

static void put_box_plot(const struct dk_report_part *part, int condition,
                         const struct dk_effect *effect)
{
    struct dk_buffer *out = part->out;
    const struct dk_survey_cohort *cohort = &part->rig->cohorts[effect->cohort];
    const struct dk_box(*states)[DK_SENSORS] = cohort->detail->state[condition];
    int sensor = effect->sensor;
    int decimals = part->rig->scale[sensor].decimals;
    size_t codes = dk_conditions[condition].code_count;
    double low = NAN;
    double high = NAN;
    for (size_t code = 0; code < codes; code++) {
        low = fmin(low, states[code][sensor].p05);
        high = fmax(high, states[code][sensor].p95);
    }
    dk_buffer_putf(out, "<figure class=bp data-box=\"%s %s\"><figcaption><b>%s</b> ",
                   dk_conditions[condition].label, dk_sensors[sensor].name,
                   dk_sensors[sensor].name);
    dk_html_quantity(out, sensor);
    dk_buffer_putf(out,
                   ", %s, cohort %d</figcaption>\n<svg class=k%zu role=img "
                   "aria-labelledby=\"r%zu-b%d-%dt r%zu-b%d-%dd\"><title id=r%zu-b%d-%dt>%s by "
                   "state of the %s</title><desc id=r%zu-b%d-%dd>",
                   dk_html_unit(sensor), cohort->place.series.cohort, codes, part->number,
                   condition, sensor, part->number, condition, sensor, part->number, condition,
                   sensor, dk_sensors[sensor].name, dk_html_component(condition, false),
                   part->number, condition, sensor);
    for (int severity = 0; severity < (int)codes; severity++) {
        int code = dk_severity_code(condition, severity);
        const struct dk_box *box = &states[code][sensor];
        dk_buffer_putf(out, "%s%s: median ", severity > 0 ? "; " : "",
                       dk_html_state(condition, code));
        dk_html_number(out, box->median, decimals);
        dk_buffer_put(out, ", middle half ");
        dk_html_number(out, box->q25, decimals);
        dk_buffer_put(out, " to ");
        dk_html_number(out, box->q75, decimals);
    }
    dk_buffer_put(out, ".</desc>");
    for (int severity = 0; severity < (int)codes; severity++) {
        int code = dk_severity_code(condition, severity);
        put_box(out, condition, code, &states[code][sensor], low, high);
    }
    dk_buffer_putf(out, "<g class=yr><text class=f x=4%% y=%zu>", codes * ROW_PX + 18);
    dk_html_number(out, low, decimals);
    dk_buffer_putf(out, "</text><text class=e x=96%% y=%zu>", codes * ROW_PX + 18);
    dk_html_number(out, high, decimals);
    dk_buffer_put(out, "</text></g></svg></figure>");
}

/* --- tables --------------------------------------------------------------------------------- */

/* Eta squared of each cohort as a column chart. */
static void put_spark(const struct dk_report_part *part, int condition, int sensor)
{
    struct dk_buffer *out = part->out;
    const struct dk_survey_rig *rig = part->rig;
    int first = rig->cohorts[0].place.series.cohort;
    dk_buffer_putf(out,
                   "<svg class=sp role=img aria-label=\"eta squared of %s in each cohort\"><svg "
                   "viewBox=\"0 0 %zu 20\" preserveAspectRatio=none><path class=d d=\"",
                   dk_sensors[sensor].name, rig->counts.cohorts_expected);
    for (size_t i = 0; i < rig->cohort_count; i++) {
        double eta = rig->cohorts[i].detail->eta[condition][sensor];
        long height = isnan(eta) ? 0 : lround(20 * eta);
        if (height > 0)
            dk_buffer_putf(out, "M%d 20v-%ldh1v%ld", rig->cohorts[i].place.series.cohort - first,
                           height, height);
    }
    dk_buffer_put(out, "\"/></svg></svg>");
}

static void put_row(const struct dk_report_part *part, int condition, size_t rank,
                    const struct dk_effect *effect)
{
    struct dk_buffer *out = part->out;
    dk_buffer_putf(out, "<tr><td>%zu</td><th scope=row><b>%s</b> <span class=q>", rank,
                   dk_sensors[effect->sensor].name);
    dk_html_quantity(out, effect->sensor);
    dk_buffer_put(out, "</span></th><td class=se>");
    put_difference(out, part->rig, condition, effect);
    dk_buffer_put(out, "</td><td><b>");
    put_eta(out, effect->best);
    dk_buffer_putf(out, "</b></td><td>%d</td><td>",
                   part->rig->cohorts[effect->cohort].place.series.cohort);
    put_eta(out, effect->median);
    if (isnan(effect->chance))
        dk_buffer_put(out, "</td><td class=na>too few stretches");
    else {
        dk_buffer_put(out, "</td><td>");
        put_eta(out, effect->chance);
    }
    dk_buffer_put(out, "</td><td class=spc>");
    put_spark(part, condition, effect->sensor);
    dk_buffer_put(out, "</td></tr>\n");
}

static void put_table(const struct dk_report_part *part, int condition,
                      const struct dk_effect *effects)
{
    struct dk_buffer *out = part->out;
    char caption[96];
    dk_text_format(caption, sizeof(caption), "%s: the sensors that move with it most",
                   dk_html_component(condition, true));
    dk_part_table_begin(part, "rk", caption);
    dk_buffer_putf(out,
                   "<thead><tr><th scope=col>rank</th><th scope=col>sensor</th><th scope=col "
                   "class=se>median, against %s</th><th scope=col>best η²</th><th scope=col>in "
                   "cohort</th><th scope=col>median η²</th><th scope=col>by chance</th><th "
                   "scope=col>η² by cohort, 0–1</th></tr></thead><tbody>\n",
                   dk_html_state(condition, dk_severity_code(condition, 0)));
    for (size_t i = 0; i < RANKED && !isnan(effects[i].best); i++)
        put_row(part, condition, i + 1, &effects[i]);
    dk_buffer_put(out, "</tbody>");
    dk_part_table_end(part);
}

/* One condition. Leaves its effects, by sensor, in `all`. */
static void put_effect(const struct dk_report_part *part, int condition,
                       struct dk_effect all[DK_SENSORS], double *medians, int *strong)
{
    struct dk_buffer *out = part->out;
    struct dk_effect effects[DK_SENSORS];
    dk_effects_rank(part->rig, condition, effects, medians);
    struct dk_effect_summary summary =
        dk_effects_sum_up(part->survey, part->rig, condition, effects, strong);
    dk_buffer_putf(out, "<div class=ef data-effect=%s>\n<h3>", dk_conditions[condition].label);
    put_heading(out, part->rig, condition, &summary, strong);
    dk_buffer_put(out, "</h3>\n<p class=say>");
    put_explanation(out, part->rig, effects, &summary);
    dk_buffer_put(out, "</p>\n");
    if (summary.defined > 0) {
        dk_buffer_put(out, "<div class=bps>");
        for (int i = 0; i < BOXES && !isnan(effects[i].best); i++) {
            put_states(out, condition, i > 0 ? " rp" : "");
            put_box_plot(part, condition, &effects[i]);
        }
        dk_buffer_put(out, "</div>\n");
        put_table(part, condition, effects);
    }
    dk_buffer_put(out, "</div>\n");
    for (int i = 0; i < DK_SENSORS; i++)
        all[effects[i].sensor] = effects[i];
}

static void put_matrix_cell(struct dk_buffer *out, double eta, const char *class)
{
    int shade = isnan(eta) ? 0 : eta >= 0.8 ? 4 : eta >= 0.5 ? 3 : eta >= 0.3 ? 2 : eta >= 0.2;
    dk_buffer_putf(out, "<td class=\"e%d%s\">", shade, class);
    put_eta(out, eta);
    dk_buffer_put(out, "</td>");
}

static void put_matrix(const struct dk_report_part *part,
                       struct dk_effect all[DK_COMPONENTS][DK_SENSORS])
{
    struct dk_buffer *out = part->out;
    dk_part_table_begin(part, "mx",
                        "All pairs: η² in the best cohort, and its median over all cohorts");
    dk_buffer_put(out, "<thead><tr><th scope=col rowspan=2>sensor</th>");
    for (int c = 0; c < DK_COMPONENTS; c++)
        dk_buffer_putf(out, "<th scope=colgroup colspan=2>%s</th>", dk_html_component(c, false));
    dk_buffer_put(out, "</tr><tr>");
    for (int c = 0; c < DK_COMPONENTS; c++)
        dk_buffer_put(out, "<th scope=col class=bst>best</th><th scope=col>median</th>");
    dk_buffer_put(out, "</tr></thead><tbody>\n");
    for (int s = 0; s < DK_SENSORS; s++) {
        if (part->rig->counts.absent[s])
            continue;
        dk_buffer_putf(out, "<tr><th scope=row><b>%s</b> <span class=q>", dk_sensors[s].name);
        dk_html_quantity(out, s);
        dk_buffer_put(out, "</span></th>");
        for (int c = 0; c < DK_COMPONENTS; c++) {
            put_matrix_cell(out, all[c][s].best, " bst");
            put_matrix_cell(out, all[c][s].median, "");
        }
        dk_buffer_put(out, "</tr>\n");
    }
    dk_buffer_put(out, "</tbody>");
    dk_part_table_end(part);
}

void dk_part_effects(const struct dk_report_part *part)
{
    struct dk_effect all[DK_COMPONENTS][DK_SENSORS];
    double *medians = calloc(part->rig->cohort_count, sizeof(*medians));
    int *strong = calloc(part->rig->cohort_count, sizeof(*strong));
    dk_part_begin(part, "effects", "What moves with which condition");
    dk_buffer_put(
        part->out,
        "<p class=say>Eta squared (η²) is the share of a sensor’s variation within one cohort that "
        "goes with a condition: 0 is none, 1 is all. It shows association, not cause. “By chance” "
        "is what the best cohort stays below in 95&nbsp;% of shuffles, in which whole stretches of "
        "a state, not single readings, change places. Boxes hold the middle half of the readings, "
        "whiskers nine in ten; the bar is the median.</p>\n");
    if (!medians || !strong)
        part->out->failed = true;
    for (int c = 0; medians && strong && c < DK_COMPONENTS; c++)
        put_effect(part, c, all[c], medians, strong);
    if (medians && strong)
        put_matrix(part, all);
    dk_part_end(part);
    free(medians);
    free(strong);
}
