/*
 * Pieces of HTML and SVG: text that is safe, numbers as people read them, dates, axes. All append
 * to a buffer, whose first failure sticks.
 */
#ifndef DK_REPORT_HTML_H
#define DK_REPORT_HTML_H

#include "base/buffer.h"
#include "survey.h"

/* Text from elsewhere: markup is escaped, and what may not be shown becomes '?'. */
void dk_html_text(struct dk_buffer *out, const char *text);

/* value * 10^decimals, rounded to the nearest, halves away from 0: the one rounding of static and
 * of embedded numbers. */
int64_t dk_html_scaled(double value, int decimals);
/* "1,234.5", "−0.2"; a dash for NAN. */
void dk_html_number(struct dk_buffer *out, double value, int decimals);
/* The same with a sign, and "0" for what rounds to nothing. */
void dk_html_change(struct dk_buffer *out, double value, int decimals);
void dk_html_count(struct dk_buffer *out, uint64_t count);
/* "1 reading", "2,205 readings". */
void dk_html_counted(struct dk_buffer *out, uint64_t count, const char *noun);
/* "the last reading", "the last 2,205 readings". */
void dk_html_last(struct dk_buffer *out, uint64_t count, const char *noun);
/* "33.6 %": of `total`; rounded so that only all is 100 and only nothing is 0. */
void dk_html_share(struct dk_buffer *out, uint64_t part, uint64_t total);
/* A date as <time>, of a day since 1970; and a date with its hour, of a minute number. */
void dk_html_date(struct dk_buffer *out, int64_t day);
void dk_html_hour(struct dk_buffer *out, int64_t minute);
/* The plain text of a date: "2023-05-06". */
#define DK_HTML_DATE_MAX 11
void dk_html_date_text(int64_t day, char text[DK_HTML_DATE_MAX]);

/* "2 to 9, 12 and 15": ascending numbers in words. Writes "cohort " or "cohorts " first. */
void dk_html_cohorts(struct dk_buffer *out, const int *numbers, size_t count);

/* --- the catalogue, for people */

/* "pressure 1", "cooling efficiency"; "°C"; "bar". */
void dk_html_quantity(struct dk_buffer *out, int sensor);
const char *dk_html_unit(int sensor);
/* The unit of a difference: "points" for percent. */
const char *dk_html_unit_difference(int sensor);
/* "Cooler", "cooler"; "optimal switching" of a code. */
const char *dk_html_component(int condition, bool capital);
const char *dk_html_state(int condition, int code);
/* The class of a state's colour: by its severity among the condition's. */
const char *dk_html_state_class(int condition, int code);

/* --- SVG */

/* An axis of dates below charts, `first_day` at its left end, `days` wide: years or months. */
void dk_html_axis(struct dk_buffer *out, int64_t first_day, int64_t days, double y);
/* A number of at most two decimals, without trailing zeros, for coordinates. */
void dk_html_coordinate(struct dk_buffer *out, double value);
/* A square of a state's colour, before its word. */
void dk_html_swatch(struct dk_buffer *out, const char *class);

#endif
