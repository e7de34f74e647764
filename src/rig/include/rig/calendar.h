/*
 * The calendar of a rig: when reading r of cohort c was taken.
 * base/date.h explains minute numbers.
 */
#ifndef DK_RIG_CALENDAR_H
#define DK_RIG_CALENDAR_H

#include <stdint.h>

#include "base/date.h"
#include "base/status.h"

#define DK_CALENDAR_START_DEFAULT "2008-03-26"
#define DK_CALENDAR_COHORT_DAYS_DEFAULT 92
#define DK_CALENDAR_INTERVAL_MINUTES_DEFAULT 60
#define DK_CALENDAR_COHORT_DAYS_MAX 36600
/* Of a cohort, and so of an interval too. */
#define DK_CALENDAR_COHORT_MINUTES_MAX (DK_CALENDAR_COHORT_DAYS_MAX * DK_DAY_MINUTES)

struct dk_calendar {
    int64_t start_day;        /* days since 1970-01-01 of the first day of cohort 1 */
    int32_t cohort_days;      /* 1..DK_CALENDAR_COHORT_DAYS_MAX */
    int32_t interval_minutes; /* 1..1440 * cohort_days */
};

/* Sets up a calendar. `start` is "YYYY-MM-DD". DK_ERR_CONFIG, with the value quoted, if one is out
 * of bounds or there is no such date. */
enum dk_status dk_calendar_init(struct dk_calendar *calendar, const char *start, long cohort_days,
                                long interval_minutes, struct dk_error *err) DK_CHECK;

/* The default: 2008-03-26, 92 days, 60 minutes. */
struct dk_calendar dk_calendar_default(void);

/* The most readings that a cohort can have, the last of them before the cohort's end: 2208 by
 * default. */
int64_t dk_calendar_readings_max(const struct dk_calendar *calendar);

/* The readings of a whole cohort: 2205 by default. It may end up to three hours before its days do,
 * as the cohorts of the history do. */
int64_t dk_calendar_readings_full(const struct dk_calendar *calendar);

/* Minute number of the first reading of `cohort` (1-based). DK_ERR_DATA if the cohort would end
 * past 9999-12-31 or cohort < 1. */
enum dk_status dk_calendar_cohort_start(const struct dk_calendar *calendar, int cohort,
                                        int64_t *minute, struct dk_error *err) DK_CHECK;

#endif
