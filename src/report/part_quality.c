/* Can the data be trusted: a heat map of cohorts and sensors with the worst finding of each cell,
 * and the numbers beside it. */
#include <inttypes.h>

#include "parts.h"

enum mark { NO_FINDING, SOME_ZEROS, MANY_ZEROS, CONSTANT, OUTSIDE, MISSING, MARKS };

static const char *const mark_class[MARKS] = {"q0", "q1", "q2", "qc", "qo", "qm"};
static const char *const mark_words[MARKS] = {
    "no finding",       "some exact zeros",  "half or more exact zeros",
    "one single value", "outside the range", "missing or in quarantine"};

static enum mark mark_of(const struct dk_survey_cohort *cohort, int sensor)
{
    const struct dk_store_quality *quality = &cohort->quality[sensor];
    uint64_t zeros = cohort->detail->zeros[sensor];
    if (quality->missing > 0)
        return MISSING;
    if (quality->outside > 0)
        return OUTSIDE;
    if (dk_findings_is_constant(cohort, sensor))
        return CONSTANT;
    if (zeros == 0)
        return NO_FINDING;
    return 2 * zeros >= quality->values ? MANY_ZEROS : SOME_ZEROS;
}

static void put_map(const struct dk_report_part *part, int sensor)
{
    struct dk_buffer *out = part->out;
    const struct dk_survey_rig *rig = part->rig;
    size_t counts[MARKS] = {0};
    int first = rig->cohorts[0].place.series.cohort;
    for (size_t i = 0; i < rig->cohort_count; i++)
        counts[mark_of(&rig->cohorts[i], sensor)]++;
    dk_buffer_putf(out,
                   "<svg class=hm role=img aria-label=\"%s by cohort: ", dk_sensors[sensor].name);
    for (int mark = 0, listed = 0; mark < MARKS; mark++)
        if (counts[mark] > 0)
            dk_buffer_putf(out, "%s%zu %s", listed++ > 0 ? ", " : "", counts[mark],
                           mark_words[mark]);
    dk_buffer_putf(out, "\"><svg viewBox=\"0 0 %zu 10\" preserveAspectRatio=none>",
                   rig->counts.cohorts_expected);
    for (int mark = 0; mark < MARKS; mark++) {
        if (counts[mark] == 0)
            continue;
        dk_buffer_putf(out, "<path class=%s d=\"", mark_class[mark]);
        for (size_t i = 0; i < rig->cohort_count; i++)
            if ((int)mark_of(&rig->cohorts[i], sensor) == mark)
                dk_buffer_putf(out, "M%d.04 1h.92v8h-.92z",
                               rig->cohorts[i].place.series.cohort - first);
        dk_buffer_put(out, "\"/>");
    }
    dk_buffer_put(out, "</svg></svg>");
}

static void put_count_cell(struct dk_buffer *out, uint64_t count, bool is_finding)
{
    dk_buffer_put(out, count == 0 ? "<td class=zero>" : is_finding ? "<td><b>" : "<td>");
    dk_html_count(out, count);
    dk_buffer_put(out, count > 0 && is_finding ? "</b></td>" : "</td>");
}

static void put_sensor(const struct dk_report_part *part, int sensor)
{
    struct dk_sensor_findings found = dk_findings_sensor(part->rig, sensor);
    dk_buffer_putf(part->out, "<tr data-quality=%s><th scope=row><b>%s</b></th><td class=hc>",
                   dk_sensors[sensor].name, dk_sensors[sensor].name);
    put_map(part, sensor);
    dk_buffer_put(part->out, "</td>");
    put_count_cell(part->out, found.missing, true);
    put_count_cell(part->out, found.quarantined, true);
    put_count_cell(part->out, found.outside, true);
    put_count_cell(part->out, found.constant_cohorts, true);
    put_count_cell(part->out, found.longest_constant, false);
    put_count_cell(part->out, found.zeros, true);
    dk_buffer_put(part->out, "</tr>\n");
}

static void put_cohort_axis(const struct dk_report_part *part)
{
    size_t columns = part->rig->counts.cohorts_expected;
    size_t step = columns > 24 ? 10 : columns > 12 ? 5 : 1;
    int first = part->rig->cohorts[0].place.series.cohort;
    dk_buffer_put(part->out, "<svg class=ax aria-hidden=true focusable=false><g class=yr>");
    for (size_t i = 0; i < columns; i++) {
        if (i > 0 && ((size_t)first + i) % step != 0)
            continue;
        dk_buffer_put(part->out, "<text x=\"");
        dk_html_coordinate(part->out, 100.0 * ((double)i + 0.5) / (double)columns);
        dk_buffer_putf(part->out, "%%\" y=13>%zu</text>", (size_t)first + i);
    }
    dk_buffer_put(part->out, "</g></svg>");
}

static void put_verdict(const struct dk_report_part *part)
{
    struct dk_buffer *out = part->out;
    const struct dk_rig_counts *counts = &part->rig->counts;
    dk_buffer_put(out, "<p class=say>");
    if (counts->absent_sensors == DK_SENSORS)
        dk_buffer_put(out, "No sensor has a value");
    else if (counts->missing == 0)
        dk_buffer_put(out, "No value is missing");
    else {
        dk_html_counted(out, counts->missing, "value");
        dk_buffer_put(out, counts->missing == 1 ? " is missing (" : " are missing (");
        dk_html_count(out, counts->quarantined);
        dk_buffer_put(out, " of them in quarantine)");
    }
    if (counts->absent_sensors == DK_SENSORS)
        dk_buffer_put(out, ".");
    else if (counts->outside == 0)
        dk_buffer_put(out, " and none is outside its sensor’s plausible range.");
    else {
        dk_buffer_put(out, ", and ");
        dk_html_counted(out, counts->outside, "value");
        dk_buffer_put(out, counts->outside == 1 ? " is outside its sensor’s plausible range."
                                                : " are outside their sensor’s plausible range.");
    }
    dk_buffer_put(out, " Every cohort is, by its hash, what its run loaded.</p>\n");
}

void dk_part_quality(const struct dk_report_part *part)
{
    struct dk_buffer *out = part->out;
    dk_part_begin(part, "quality", "Can I trust the data?");
    put_verdict(part);
    dk_buffer_put(out, "<figure class=qf>");
    dk_part_table_begin(part, "qt", "Quality by sensor and cohort");
    dk_buffer_put(out, "<thead><tr><th scope=col>sensor</th><th scope=col class=hc><span "
                       "class=vh>by cohort</span>");
    put_cohort_axis(part);
    dk_buffer_put(out, "</th><th scope=col>missing</th><th scope=col>in quaran&shy;tine</th><th "
                       "scope=col>out of range</th><th scope=col>constant cohorts</th><th "
                       "scope=col>longest constant</th><th scope=col>exact zeros</th></tr></thead>"
                       "<tbody>\n");
    for (int s = 0; s < DK_SENSORS; s++)
        if (!part->rig->counts.absent[s])
            put_sensor(part, s);
    dk_buffer_put(out, "</tbody>");
    dk_part_table_end(part);
    dk_buffer_put(out, "<figcaption><ul class=lg>");
    for (int mark = 0; mark < MARKS; mark++) {
        dk_buffer_put(out, "<li>");
        dk_html_swatch(out, mark_class[mark]);
        dk_buffer_putf(out, "%s</li>", mark_words[mark]);
    }
    dk_buffer_put(out,
                  "</ul></figcaption></figure>\n<p class=q>Counts are values. “Longest constant” "
                  "is the longest stretch of equal readings in one cohort. Where a cell has "
                  "several findings, the map shows the last of the list above.</p>\n");
    dk_part_end(part);
}
