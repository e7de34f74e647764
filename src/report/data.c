/*
 * The daily values, for the script, as JSON that no browser runs:
 *
 *     start     days since 1970 of day 0
 *     days      on the axis
 *     cohorts   [number, first day, days, profile, readings a day] each
 *     sensors   {i: index, n: name, u: unit, d: decimals, v: values} each that has values
 *     states    [name, [state, ...]] of each condition, states by code
 *     ranks     [severity, ...] of each condition, by code
 *     profiles  {number: [[code, readings, ...], ...]} stretches of each condition
 *
 * Values: of each day of each cohort three whole numbers, at the sensor's decimals: the step of the
 * median from the day before, folded to be positive, plus 1; median - minimum; maximum - median. A
 * day without values is a single 0. A number below 64 is one character; else each character from 64
 * on holds a digit to the base of 26, lowest first, and the last one, below 64, the rest. The 90
 * characters are those of ASCII that need no escape in JSON or HTML: '!' to '~' without " & < \.
 */
#include <inttypes.h>
#include <math.h>

#include "parts.h"

#define LAST_CODES 64
#define MORE_CODES 26

static char character_of(uint64_t code)
{
    static const char alphabet[] = "!#$%'()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
                                   "abcdefghijklmnopqrstuvwxyz{|}~";
    _Static_assert(sizeof(alphabet) == LAST_CODES + MORE_CODES + 1, "one character for each code");
    return alphabet[code];
}

static void put_code(struct dk_buffer *out, uint64_t value)
{
    char text[16];
    size_t size = 0;
    for (; value >= LAST_CODES; value /= MORE_CODES)
        text[size++] = character_of(LAST_CODES + value % MORE_CODES);
    text[size++] = character_of(value);
    dk_buffer_put_bytes(out, text, size);
}

static uint64_t fold(int64_t step)
{
    return step < 0 ? (uint64_t)(-step) * 2 - 1 : (uint64_t)step * 2;
}

static void put_values(const struct dk_report_part *part, int sensor)
{
    int decimals = part->rig->scale[sensor].decimals;
    size_t days = (size_t)part->survey->request->calendar.cohort_days;
    int64_t before = 0;
    for (size_t i = 0; i < part->rig->cohort_count; i++)
        for (size_t at = 0; at < days; at++) {
            const struct dk_day *day =
                &part->rig->cohorts[i].detail->days[(size_t)sensor * days + at];
            if (isnan(day->median)) {
                put_code(part->out, 0);
                continue;
            }
            int64_t median = dk_html_scaled(day->median, decimals);
            put_code(part->out, fold(median - before) + 1);
            put_code(part->out, (uint64_t)(median - dk_html_scaled(day->low, decimals)));
            put_code(part->out, (uint64_t)(dk_html_scaled(day->high, decimals) - median));
            before = median;
        }
}

static void put_sensors(const struct dk_report_part *part)
{
    bool any = false;
    dk_buffer_put(part->out, ",\n\"sensors\":[");
    for (int s = 0; s < DK_SENSORS; s++) {
        if (isnan(part->rig->scale[s].low))
            continue;
        dk_buffer_putf(part->out, "%s\n{\"i\":%d,\"n\":\"%s\",\"u\":\"%s\",\"d\":%d,\"v\":\"",
                       any ? "," : "", s, dk_sensors[s].name, dk_html_unit(s),
                       part->rig->scale[s].decimals);
        put_values(part, s);
        dk_buffer_put(part->out, "\"}");
        any = true;
    }
    dk_buffer_put(part->out, "]");
}

static void put_states(const struct dk_report_part *part)
{
    for (int c = 0; c < DK_CONDITIONS; c++) {
        dk_buffer_putf(part->out, "%s[\"%s\",[", c > 0 ? "," : ",\n\"states\":[",
                       dk_html_component(c, true));
        for (int code = 0; code < (int)dk_conditions[c].code_count; code++)
            dk_buffer_putf(part->out, "%s\"%s\"", code > 0 ? "," : "", dk_html_state(c, code));
        dk_buffer_put(part->out, "]]");
    }
    for (int c = 0; c < DK_CONDITIONS; c++) {
        dk_buffer_put(part->out, c > 0 ? ",[" : "],\n\"ranks\":[[");
        for (int code = 0; code < (int)dk_conditions[c].code_count; code++)
            dk_buffer_putf(part->out, "%s%d", code > 0 ? "," : "", dk_code_severity(c, code));
        dk_buffer_put(part->out, "]");
    }
    dk_buffer_put(part->out, "]");
}

static void put_profile(const struct dk_report_part *part, size_t index)
{
    const struct dk_survey_profile *profile = &part->survey->profiles[index];
    dk_buffer_putf(part->out, "\"%zu\":[", index);
    for (int c = 0; c < DK_CONDITIONS; c++) {
        dk_buffer_put(part->out, c > 0 ? ",[" : "[");
        for (size_t i = 0; i < profile->counts[c]; i++)
            dk_buffer_putf(part->out, "%s%d,%" PRIu32, i > 0 ? "," : "",
                           profile->stretches[c][i].label, profile->stretches[c][i].count);
        dk_buffer_put(part->out, "]");
    }
    dk_buffer_put(part->out, "]");
}

static void put_profiles(const struct dk_report_part *part)
{
    bool any = false;
    dk_buffer_put(part->out, ",\n\"profiles\":{");
    for (size_t i = 0; i < part->rig->cohort_count; i++) {
        size_t before = 0;
        while (before < i && part->rig->cohorts[before].profile != part->rig->cohorts[i].profile)
            before++;
        if (before < i)
            continue;
        dk_buffer_put(part->out, any ? ",\n" : "\n");
        put_profile(part, part->rig->cohorts[i].profile);
        any = true;
    }
    dk_buffer_put(part->out, "}");
}

void dk_part_data(const struct dk_report_part *part)
{
    int64_t first = dk_rig_first_day(part->rig);
    int32_t days = part->survey->request->calendar.cohort_days;
    dk_buffer_putf(part->out,
                   "<script type=\"application/json\" class=data>{\"start\":%" PRId64
                   ",\"days\":%" PRId64 ",\"cohorts\":[",
                   first, dk_rig_end_day(part->survey, part->rig) - first);
    for (size_t i = 0; i < part->rig->cohort_count; i++) {
        const struct dk_survey_cohort *cohort = &part->rig->cohorts[i];
        dk_buffer_putf(part->out, "%s[%d,%" PRId64 ",%" PRId32 ",%zu,%.6g]", i > 0 ? "," : "",
                       cohort->place.series.cohort, cohort->first_day - first, days,
                       cohort->profile,
                       (double)DK_DAY_MINUTES / cohort->place.series.interval_minutes);
    }
    dk_buffer_put(part->out, "]");
    put_sensors(part);
    put_states(part);
    put_profiles(part);
    dk_buffer_put(part->out, "}</script>\n");
}
