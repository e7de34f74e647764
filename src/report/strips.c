/*
 * Strips: the states of a condition as columns, higher and darker where worse. A profile is drawn
 * once and repeated: in full, and as the shares of each seventh day or so, for where a strip is too
 * narrow to show each stretch.
 */
#include <inttypes.h>

#include "parts.h"

#define HEIGHT 8
/* More profiles than this are drawn as shares only, whatever the zoom. */
#define PROFILES_IN_FULL 16
#define BINS 13

static int column_height(int condition, int code)
{
    int states = (int)dk_conditions[condition].code_count;
    int severity = dk_code_severity(condition, code);
    if (condition == DK_COMPONENTS)
        return severity == 0 ? 2 : 6;
    return states == 3 ? (severity == 0 ? 2 : severity == 1 ? 6 : 8) : 2 * (severity + 1);
}

void dk_part_stretches(const struct dk_report_part *part, const struct dk_survey_profile *profile,
                       int condition)
{
    for (int severity = 0; severity < (int)dk_conditions[condition].code_count; severity++) {
        int code = dk_severity_code(condition, severity);
        bool any = false;
        for (size_t i = 0; i < profile->counts[condition]; i++) {
            const struct dk_stretch *stretch = &profile->stretches[condition][i];
            if (stretch->label != code)
                continue;
            if (!any)
                dk_buffer_putf(part->out, "<path class=%s d=\"",
                               dk_html_state_class(condition, code));
            any = true;
            dk_buffer_putf(part->out, "M%" PRIu32 " 8v-%dh%" PRIu32 "v%d", stretch->start,
                           column_height(condition, code), stretch->count,
                           column_height(condition, code));
        }
        dk_buffer_put(part->out, any ? "\"/>" : "");
    }
}

/* How many readings of a state are in [from, to). */
static double count_state(const struct dk_survey_profile *profile, int condition, int code,
                          double from, double to)
{
    double readings = 0;
    for (size_t i = 0; i < profile->counts[condition]; i++) {
        const struct dk_stretch *stretch = &profile->stretches[condition][i];
        double start = stretch->start;
        double end = start + stretch->count;
        if (stretch->label == code && end > from && start < to)
            readings += (end < to ? end : to) - (start > from ? start : from);
    }
    return readings;
}

static void put_shares(const struct dk_report_part *part, const struct dk_survey_profile *profile,
                       int condition)
{
    double width = (double)profile->rows / BINS;
    double below[BINS] = {0};
    for (int severity = (int)dk_conditions[condition].code_count; severity-- > 0;) {
        int code = dk_severity_code(condition, severity);
        bool any = false;
        for (int bin = 0; bin < BINS; bin++) {
            double share =
                count_state(profile, condition, code, bin * width, (bin + 1) * width) / width;
            if (share < 0.005)
                continue;
            if (!any)
                dk_buffer_putf(part->out, "<path class=%s d=\"",
                               dk_html_state_class(condition, code));
            any = true;
            dk_buffer_put(part->out, "M");
            dk_html_coordinate(part->out, bin * width);
            dk_buffer_put(part->out, " ");
            dk_html_coordinate(part->out, HEIGHT * (1 - below[bin]));
            dk_buffer_put(part->out, "v-");
            dk_html_coordinate(part->out, HEIGHT * share);
            dk_buffer_put(part->out, "h");
            dk_html_coordinate(part->out, width);
            dk_buffer_put(part->out, "v");
            dk_html_coordinate(part->out, HEIGHT * share);
            below[bin] += share;
        }
        dk_buffer_put(part->out, any ? "\"/>" : "");
    }
}

static bool is_first_with(const struct dk_survey_rig *rig, size_t cohort)
{
    for (size_t i = 0; i < cohort; i++)
        if (rig->cohorts[i].profile == rig->cohorts[cohort].profile)
            return false;
    return true;
}

/* x in readings, scaled to days where it is used. */
void dk_part_strip_shapes(const struct dk_report_part *part)
{
    dk_buffer_put(part->out, "<svg class=vh aria-hidden=true focusable=false><defs>");
    for (size_t i = 0; i < part->rig->cohort_count; i++) {
        const struct dk_survey_cohort *cohort = &part->rig->cohorts[i];
        const struct dk_survey_profile *profile = &part->survey->profiles[cohort->profile];
        if (!is_first_with(part->rig, i))
            continue;
        for (int c = 0; c < DK_CONDITIONS; c++) {
            dk_buffer_putf(part->out, "<g id=r%zu-w%zu-%d>", part->number, cohort->profile, c);
            put_shares(part, profile, c);
            dk_buffer_put(part->out, "</g>\n");
            if (part->rig->profiles > PROFILES_IN_FULL)
                continue;
            dk_buffer_putf(part->out, "<g id=r%zu-f%zu-%d>", part->number, cohort->profile, c);
            dk_part_stretches(part, profile, c);
            dk_buffer_put(part->out, "</g>\n");
        }
    }
    dk_buffer_put(part->out, "</defs></svg>\n");
}

void dk_part_strip(const struct dk_report_part *part, int condition)
{
    int64_t first = dk_rig_first_day(part->rig);
    for (size_t i = 0; i < part->rig->cohort_count; i++) {
        const struct dk_survey_cohort *cohort = &part->rig->cohorts[i];
        dk_buffer_putf(part->out,
                       "<use href=\"#r%zu-w%zu-%d\" transform=\"translate(%" PRId64
                       ") scale(%.6g 1)\"/>",
                       part->number, cohort->profile, condition, cohort->first_day - first,
                       (double)cohort->place.series.interval_minutes / DK_DAY_MINUTES);
    }
}
