#include "rig/calendar.h"

#include <string.h>

#define SHORT_MINUTES 180 /* that a whole cohort may lack at its end */

struct dk_calendar dk_calendar_default(void)
{
    return (struct dk_calendar){.start_day = dk_days_from_civil(2008, 3, 26),
                                .cohort_days = DK_CALENDAR_COHORT_DAYS_DEFAULT,
                                .interval_minutes = DK_CALENDAR_INTERVAL_MINUTES_DEFAULT};
}

enum dk_status dk_calendar_init(struct dk_calendar *calendar, const char *start, long cohort_days,
                                long interval_minutes, struct dk_error *err)
{
    int64_t minute = 0;
    if (strlen(start) != 10 || dk_date_time_parse(start, &minute) != 0) {
        dk_error_set(err, DK_ERR_CONFIG, "calendar.start '%s' is not a date", start);
        dk_error_hint(err, "write it as YYYY-MM-DD, between 0001-01-01 and 9999-12-31");
        return DK_ERR_CONFIG;
    }
    if (cohort_days < 1 || cohort_days > DK_CALENDAR_COHORT_DAYS_MAX) {
        dk_error_set(err, DK_ERR_CONFIG, "calendar.cohort_days '%ld' is out of range", cohort_days);
        dk_error_hint(err, "give a whole number of days from 1 to %d", DK_CALENDAR_COHORT_DAYS_MAX);
        return DK_ERR_CONFIG;
    }
    if (interval_minutes < 1 || interval_minutes > cohort_days * DK_DAY_MINUTES) {
        dk_error_set(err, DK_ERR_CONFIG, "calendar.interval_minutes '%ld' is out of range",
                     interval_minutes);
        dk_error_hint(err, "give a whole number of minutes from 1 to the cohort's length");
        return DK_ERR_CONFIG;
    }
    *calendar = (struct dk_calendar){.start_day = minute / DK_DAY_MINUTES,
                                     .cohort_days = (int32_t)cohort_days,
                                     .interval_minutes = (int32_t)interval_minutes};
    return DK_OK;
}

int64_t dk_calendar_readings_max(const struct dk_calendar *calendar)
{
    int64_t minutes = calendar->cohort_days * DK_DAY_MINUTES;
    return (minutes + calendar->interval_minutes - 1) / calendar->interval_minutes;
}

int64_t dk_calendar_readings_full(const struct dk_calendar *calendar)
{
    int64_t minutes = calendar->cohort_days * DK_DAY_MINUTES - SHORT_MINUTES;
    return (minutes + calendar->interval_minutes - 1) / calendar->interval_minutes;
}

enum dk_status dk_calendar_cohort_start(const struct dk_calendar *calendar, int cohort,
                                        int64_t *minute, struct dk_error *err)
{
    if (cohort < 1) {
        dk_error_set(err, DK_ERR_DATA, "there is no cohort '%d'", cohort);
        dk_error_hint(err, "cohorts are numbered from 1");
        return DK_ERR_DATA;
    }
    int64_t first = calendar->start_day + (int64_t)calendar->cohort_days * (cohort - 1);
    if (first + calendar->cohort_days > dk_days_from_civil(DK_YEAR_MAX + 1, 1, 1)) {
        dk_error_set(err, DK_ERR_DATA, "cohort %d would end past the year %d", cohort, DK_YEAR_MAX);
        dk_error_hint(err, "check calendar.start, calendar.cohort_days and the cohort");
        return DK_ERR_DATA;
    }
    *minute = first * DK_DAY_MINUTES;
    return DK_OK;
}
