/* The condition of the components: present state, strip, and the share of each state. */
#include <inttypes.h>

#include "parts.h"

static void put_table(const struct dk_report_part *part, int condition)
{
    struct dk_buffer *out = part->out;
    const struct dk_condition *row = &dk_conditions[condition];
    dk_buffer_putf(out,
                   "<table><caption class=vh>%s: share of readings by state</caption><thead><tr>"
                   "<th scope=col>state</th><th scope=col>code</th><th scope=col>share</th>"
                   "<th scope=col>stretches</th></tr></thead><tbody>",
                   dk_html_component(condition, true));
    for (int severity = 0; severity < (int)row->code_count; severity++) {
        int code = dk_severity_code(condition, severity);
        dk_buffer_put(out, "<tr><th scope=row>");
        dk_html_swatch(out, dk_html_state_class(condition, code));
        dk_buffer_putf(out, "%s</th><td>%d</td><td>", dk_html_state(condition, code),
                       row->codes[code].code);
        dk_html_share(out, part->rig->state_readings[condition][code], part->rig->counts.readings);
        dk_buffer_put(out, "</td><td>");
        dk_html_count(out, part->rig->state_stretches[condition][code]);
        dk_buffer_put(out, "</td></tr>");
    }
    dk_buffer_put(out, "</tbody></table>\n");
}

/* For those who don't see the strip. */
static void put_description(const struct dk_report_part *part, int condition)
{
    struct dk_buffer *out = part->out;
    dk_buffer_putf(out, "<title id=r%zu-ct%d>%s over ", part->number, condition,
                   dk_html_component(condition, true));
    if (part->rig->one_profile)
        dk_buffer_putf(out, "one cohort of %" PRId32 " days",
                       part->survey->request->calendar.cohort_days);
    else
        dk_html_counted(out, part->rig->cohort_count, "cohort");
    dk_buffer_putf(out, "</title><desc id=r%zu-cd%d>Shares: ", part->number, condition);
    for (int severity = 0; severity < (int)dk_conditions[condition].code_count; severity++) {
        int code = dk_severity_code(condition, severity);
        dk_buffer_putf(out, "%s%s ", severity > 0 ? "; " : "", dk_html_state(condition, code));
        dk_html_share(out, part->rig->state_readings[condition][code], part->rig->counts.readings);
    }
    dk_buffer_putf(out, ". Now %s.</desc>",
                   dk_html_state(condition, part->rig->now[condition].code));
}

static void put_strip(const struct dk_report_part *part, int condition)
{
    struct dk_buffer *out = part->out;
    const struct dk_survey_cohort *cohort = &part->rig->cohorts[0];
    dk_buffer_putf(out, "<svg class=st role=img aria-labelledby=\"r%zu-ct%d r%zu-cd%d\">",
                   part->number, condition, part->number, condition);
    put_description(part, condition);
    if (part->rig->one_profile) {
        int64_t readings = dk_calendar_readings_max(&part->survey->request->calendar);
        if (readings < (int64_t)cohort->place.rows)
            readings = (int64_t)cohort->place.rows;
        dk_buffer_putf(out, "<svg viewBox=\"0 0 %" PRId64 " 8\" preserveAspectRatio=none>",
                       readings);
        dk_part_stretches(part, &part->survey->profiles[cohort->profile], condition);
    } else {
        dk_buffer_putf(out, "<svg viewBox=\"0 0 %" PRId64 " 8\" preserveAspectRatio=none>",
                       dk_rig_end_day(part->survey, part->rig) - dk_rig_first_day(part->rig));
        dk_part_strip(part, condition);
    }
    dk_buffer_put(out, "</svg></svg>\n");
}

static void put_component(const struct dk_report_part *part, int condition)
{
    struct dk_buffer *out = part->out;
    const struct dk_component_now *now = &part->rig->now[condition];
    int severity = dk_code_severity(condition, now->code);
    bool bad =
        condition < DK_COMPONENTS && severity == (int)dk_conditions[condition].code_count - 1;
    dk_buffer_putf(out,
                   "<figure class=co data-condition=%s>\n<figcaption><h3>%s</h3>\n<p "
                   "class=\"now%s\">",
                   dk_conditions[condition].label, dk_html_component(condition, true),
                   bad ? " bad" : "");
    dk_html_swatch(out, dk_html_state_class(condition, now->code));
    dk_buffer_putf(out, "%s</p>\n<p class=q>since ", dk_html_state(condition, now->code));
    dk_html_hour(out, now->since_minute);
    dk_buffer_put(out, ", ");
    dk_html_last(out, now->readings, "reading");
    dk_buffer_put(out, "</p></figcaption>\n");
    put_strip(part, condition);
    put_table(part, condition);
    dk_buffer_put(out, "</figure>\n");
}

static void put_day_axis(const struct dk_report_part *part)
{
    int64_t days = part->survey->request->calendar.cohort_days;
    int64_t step = days > 45 ? 15 : days > 14 ? 7 : 1;
    for (int64_t day = 1, label = 0; day <= days; day = day == 1 && step > 1 ? step : day + step) {
        double x = 100.0 * ((double)day - 1) / (double)days;
        bool last = day + step > days;
        dk_buffer_put(part->out, "<line x1=\"");
        dk_html_coordinate(part->out, x);
        dk_buffer_put(part->out, "%\" x2=\"");
        dk_html_coordinate(part->out, x);
        dk_buffer_put(part->out, "%\" y1=0 y2=5 /><text x=\"");
        dk_html_coordinate(part->out, x);
        dk_buffer_putf(part->out, "%%\" y=19%s>day %" PRId64 "</text>",
                       day == 1    ? " class=f"
                       : label % 2 ? " class=odd"
                       : last      ? " class=e"
                                   : "",
                       day);
        label++;
    }
}

void dk_part_components(const struct dk_report_part *part)
{
    struct dk_buffer *out = part->out;
    const struct dk_survey_rig *rig = part->rig;
    const struct dk_survey_profile *profile = &part->survey->profiles[rig->cohorts[0].profile];
    dk_part_begin(part, "components", "Condition of the components");
    if (rig->one_profile && rig->cohort_count > 1)
        dk_buffer_putf(out,
                       "<p class=say>One cohort, %" PRId32 " days, reading by reading. All %zu "
                       "cohorts have this profile. Higher and darker is worse.</p>\n",
                       part->survey->request->calendar.cohort_days, rig->cohort_count);
    else if (rig->one_profile)
        dk_buffer_put(out,
                      "<p class=say>The whole cohort, reading by reading. Higher and darker is "
                      "worse.</p>\n");
    else
        dk_buffer_put(out, "<p class=say>All cohorts on one axis. A column is a thirteenth of a "
                           "cohort; its colours are the shares of the states in it. Darker is "
                           "worse.</p>\n");
    dk_buffer_put(out, "<div class=cos>\n");
    for (int c = 0; c < DK_CONDITIONS; c++)
        put_component(part, c);
    dk_buffer_put(out, "<div class=\"co coax\"><span></span><svg class=ax aria-hidden=true "
                       "focusable=false><g class=yr>");
    if (rig->one_profile)
        put_day_axis(part);
    else
        dk_html_axis(out, dk_rig_first_day(rig),
                     dk_rig_end_day(part->survey, rig) - dk_rig_first_day(rig), 19);
    dk_buffer_put(out, "</g></svg><span></span></div></div>\n<p class=q>A stretch is an unbroken "
                       "run of readings in one state.");
    if (rig->one_profile) {
        dk_buffer_putf(out,
                       " Where any of the first four changes, a condition block ends: there %s ",
                       profile->blocks == 1 ? "is" : "are");
        dk_html_counted(out, profile->blocks, "condition block");
        dk_buffer_put(out, " in a cohort.");
    }
    dk_buffer_put(out, "</p>\n");
    dk_part_end(part);
}
