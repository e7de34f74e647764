/*
 * Dates and times as integers: naive local time in the proleptic Gregorian calendar, without libc
 * time, time zones or leap seconds.
 *
 * A minute number counts minutes since 1970-01-01 00:00. Dates from 0001-01-01 to 9999-12-31.
 * Day arithmetic after H. Hinnant, "chrono-compatible low-level date algorithms" (2013).
 */
#ifndef DK_BASE_DATE_H
#define DK_BASE_DATE_H

#include <stdint.h>

#define DK_DATE_TIME_SIZE 19 /* "YYYY-MM-DD HH:MM:SS" */
#define DK_DAY_MINUTES INT64_C(1440)
#define DK_YEAR_MAX 9999

/* Writes "YYYY-MM-DD HH:MM:SS" of a minute number, not terminated. */
void dk_date_time_format(int64_t minute, char text[DK_DATE_TIME_SIZE]);

/* Parses "YYYY-MM-DD HH:MM:SS" (the seconds must be 00) or "YYYY-MM-DD". Returns 0, or -1 if it is
 * neither; *minute is written only for 0. */
int dk_date_time_parse(const char *text, int64_t *minute);

/* The days from 1970-01-01 to a civil date, and back. Month 1..12, day 1..31; not checked. */
int64_t dk_days_from_civil(int64_t year, int month, int day);
void dk_civil_from_days(int64_t days, int64_t *year, int *month, int *day);

#endif
