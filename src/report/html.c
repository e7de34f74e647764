#include "html.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dk_html_text(struct dk_buffer *out, const char *text)
{
    static const char *const escapes[][2] = {
        {"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}};
    while (*text) {
        bool shown = false;
        size_t size = dk_text_next(text, &shown);
        size_t escape = 0;
        while (escape < DK_COUNT_OF(escapes) && escapes[escape][0][0] != *text)
            escape++;
        if (!shown)
            dk_buffer_put(out, "?");
        else if (escape < DK_COUNT_OF(escapes))
            dk_buffer_put(out, escapes[escape][1]);
        else
            dk_buffer_put_bytes(out, text, size);
        text += size;
    }
}

int64_t dk_html_scaled(double value, int decimals)
{
    static const double powers[] = {1, 10, 100, 1000, 10000, 1e5, 1e6};
    double scaled = value * powers[decimals];
    return isnan(scaled) || fabs(scaled) > 9e15 ? 0 : llround(scaled);
}

static void put_scaled(struct dk_buffer *out, uint64_t scaled, int decimals)
{
    char count[DK_COUNT_TEXT_MAX];
    uint64_t unit = 1;
    for (int i = 0; i < decimals; i++)
        unit *= 10;
    dk_buffer_put(out, dk_count_text(scaled / unit, count));
    if (decimals > 0)
        dk_buffer_putf(out, ".%0*" PRIu64, decimals, scaled % unit);
}

void dk_html_number(struct dk_buffer *out, double value, int decimals)
{
    if (isnan(value)) {
        dk_buffer_put(out, "–");
        return;
    }
    int64_t scaled = dk_html_scaled(value, decimals);
    if (scaled < 0)
        dk_buffer_put(out, "−");
    put_scaled(out, (uint64_t)llabs(scaled), decimals);
}

void dk_html_change(struct dk_buffer *out, double value, int decimals)
{
    if (!isnan(value) && dk_html_scaled(value, decimals) > 0)
        dk_buffer_put(out, "+");
    dk_html_number(out, value, decimals);
}

void dk_html_count(struct dk_buffer *out, uint64_t count)
{
    char text[DK_COUNT_TEXT_MAX];
    dk_buffer_put(out, dk_count_text(count, text));
}

void dk_html_counted(struct dk_buffer *out, uint64_t count, const char *noun)
{
    dk_html_count(out, count);
    dk_buffer_putf(out, " %s%s", noun, count == 1 ? "" : "s");
}

void dk_html_last(struct dk_buffer *out, uint64_t count, const char *noun)
{
    if (count == 1) {
        dk_buffer_putf(out, "the last %s", noun);
        return;
    }
    dk_buffer_put(out, "the last ");
    dk_html_counted(out, count, noun);
}

void dk_html_share(struct dk_buffer *out, uint64_t part, uint64_t total)
{
    if (total == 0) {
        dk_buffer_put(out, "–");
        return;
    }
    uint64_t tenths = (part * 2000 + total) / (2 * total);
    if (tenths >= 1000 && part < total)
        tenths = 999;
    if (tenths == 0 && part > 0)
        tenths = 1;
    if (tenths % 1000 == 0)
        dk_buffer_putf(out, "%" PRIu64 "&nbsp;%%", tenths / 10);
    else
        dk_buffer_putf(out, "%" PRIu64 ".%" PRIu64 "&nbsp;%%", tenths / 10, tenths % 10);
}

void dk_html_date_text(int64_t day, char text[DK_HTML_DATE_MAX])
{
    char whole[DK_DATE_TIME_SIZE];
    dk_date_time_format(day * DK_DAY_MINUTES, whole);
    memcpy(text, whole, DK_HTML_DATE_MAX - 1);
    text[DK_HTML_DATE_MAX - 1] = '\0';
}

void dk_html_date(struct dk_buffer *out, int64_t day)
{
    char text[DK_HTML_DATE_MAX];
    dk_html_date_text(day, text);
    dk_buffer_putf(out, "<time>%s</time>", text);
}

void dk_html_hour(struct dk_buffer *out, int64_t minute)
{
    char whole[DK_DATE_TIME_SIZE];
    dk_date_time_format(minute, whole);
    dk_buffer_putf(out, "<time>%.16s</time>", whole);
}

void dk_html_cohorts(struct dk_buffer *out, const int *numbers, size_t count)
{
    dk_buffer_put(out, count == 1 ? "cohort " : "cohorts ");
    for (size_t first = 0, last; first < count; first = last + 1) {
        last = first;
        while (last + 1 < count && numbers[last + 1] == numbers[last] + 1)
            last++;
        if (last == first + 1) /* two are named one by one */
            last = first;
        dk_buffer_put(out, first == 0 ? "" : last + 1 == count ? " and " : ", ");
        dk_buffer_putf(out, "%d", numbers[first]);
        if (last > first)
            dk_buffer_putf(out, " to %d", numbers[last]);
    }
}

/* --- the catalogue -------------------------------------------------------------------------- */

void dk_html_quantity(struct dk_buffer *out, int sensor)
{
    const struct dk_sensor *row = &dk_sensors[sensor];
    size_t alike = 0;
    for (int i = 0; i < DK_SENSORS; i++)
        alike += strcmp(dk_sensors[i].quantity, row->quantity) == 0;
    int size = (int)strcspn(row->quantity, "(");
    while (size > 0 && row->quantity[size - 1] == ' ')
        size--;
    dk_buffer_putf(out, "%.*s", size, row->quantity);
    if (alike > 1)
        dk_buffer_putf(out, " %s", row->name + strcspn(row->name, "0123456789"));
}

const char *dk_html_unit(int sensor)
{
    const char *unit = dk_sensors[sensor].unit;
    if (strcmp(unit, "celsius") == 0)
        return "°C";
    return strcmp(unit, "percent") == 0 ? "%" : unit;
}

const char *dk_html_unit_difference(int sensor)
{
    const char *unit = dk_html_unit(sensor);
    return strcmp(unit, "%") == 0 ? "points" : unit;
}

const char *dk_html_component(int condition, bool capital)
{
    static const char *const names[DK_CONDITIONS][2] = {{"cooler", "Cooler"},
                                                        {"valve", "Valve"},
                                                        {"pump", "Pump"},
                                                        {"accumulator", "Accumulator"},
                                                        {"stability", "Stability"}};
    return names[condition][capital];
}

const char *dk_html_state(int condition, int code)
{
    static const char *const stable[] = {"stable", "may not be static yet"};
    if (condition == DK_COMPONENTS)
        return stable[code];
    const char *text = dk_conditions[condition].codes[code].description;
    return strcmp(text, "optimal switching behavior") == 0 ? "optimal switching" : text;
}

const char *dk_html_state_class(int condition, int code)
{
    static const char *const four[] = {"s0", "s1", "s2", "s3"};
    static const char *const three[] = {"s0", "s2", "s3"};
    int severity = dk_code_severity(condition, code);
    if (condition == DK_COMPONENTS)
        return severity == 0 ? "s0" : "sn";
    return dk_conditions[condition].code_count == 3 ? three[severity] : four[severity];
}

/* --- SVG ------------------------------------------------------------------------------------ */

void dk_html_coordinate(struct dk_buffer *out, double value)
{
    char text[32];
    int size = snprintf(text, sizeof(text), "%.2f", value);
    while (text[size - 1] == '0')
        size--;
    if (text[size - 1] == '.')
        size--;
    bool negative_zero = size == 2 && memcmp(text, "-0", 2) == 0;
    dk_buffer_put_bytes(out, text + negative_zero, (size_t)(size - negative_zero));
}

void dk_html_swatch(struct dk_buffer *out, const char *class)
{
    dk_buffer_putf(out,
                   "<svg class=sw aria-hidden=true focusable=false><rect class=%s width=100%% "
                   "height=100%% /></svg>",
                   class);
}

/* Months between labels, so that at most ten fit. */
static int64_t choose_months(int64_t days)
{
    static const int steps[] = {1, 2, 3, 6, 12, 24, 60, 120};
    for (size_t i = 0; i < DK_COUNT_OF(steps); i++)
        if (days <= (int64_t)steps[i] * 30 * 10)
            return steps[i];
    return 1200;
}

void dk_html_axis(struct dk_buffer *out, int64_t first_day, int64_t days, double y)
{
    int64_t year = 0;
    int month = 0;
    int day = 0;
    int64_t step = choose_months(days);
    dk_civil_from_days(first_day, &year, &month, &day);
    int64_t at = year * 12 + month - 1;
    at += day > 1;
    at = (at + step - 1) / step * step;
    for (int label = 0;; at += step, label++) {
        int64_t tick = dk_days_from_civil(at / 12, (int)(at % 12) + 1, 1);
        double x = 100.0 * (double)(tick - first_day) / (double)days;
        if (tick >= first_day + days || at / 12 > 9999)
            return;
        if (x < 2 || x > 98)
            continue;
        dk_buffer_put(out, "<line x1=\"");
        dk_html_coordinate(out, x);
        dk_buffer_put(out, "%\" x2=\"");
        dk_html_coordinate(out, x);
        dk_buffer_put(out, "%\" y1=0 y2=4 /><text x=\"");
        dk_html_coordinate(out, x);
        dk_buffer_putf(out, "%%\" y=%g%s>", y, label % 2 ? " class=odd" : "");
        if (step >= 12)
            dk_buffer_putf(out, "%" PRId64 "</text>", at / 12);
        else
            dk_buffer_putf(out, "%04" PRId64 "-%02d</text>", at / 12, (int)(at % 12) + 1);
    }
}
