/*
 * The date-times of readings, one after the other, by addition: the calendar is asked once a day,
 * and hours and minutes are counted here. A clock belongs to one thread. Private to src/export/.
 */
#ifndef DK_EXPORT_CLOCK_H
#define DK_EXPORT_CLOCK_H

#include <stdint.h>
#include <string.h>

#include "base/put.h"
#include "rig/readings.h"

#define DK_CLOCK_DAY_MINUTES 1440

struct dk_clock {
    int64_t minute;     /* minute number of the current reading */
    int64_t of_day;     /* minutes since its midnight */
    int64_t interval;   /* minutes between readings */
    int64_t cumulative; /* minutes since reading 0 of the series */
    char text[24];      /* "YYYY-MM-DD HH:MM:00"; hours and minutes are those of the day's first */
};

/* Sets the text of a new day. */
static inline void dk_clock_turn(struct dk_clock *clock)
{
    dk_date_time_format(clock->minute, clock->text);
    clock->of_day = clock->minute % DK_CLOCK_DAY_MINUTES;
    if (clock->of_day < 0)
        clock->of_day += DK_CLOCK_DAY_MINUTES;
}

/* A clock at reading `row` (0-based) of a series. */
static inline struct dk_clock dk_clock_at(const struct dk_series *series, size_t row)
{
    struct dk_clock clock = {.interval = series->interval_minutes,
                             .cumulative = (int64_t)row * series->interval_minutes};
    clock.minute = series->start_minute + clock.cumulative;
    dk_clock_turn(&clock);
    return clock;
}

/* Moves to the next reading. */
static inline void dk_clock_advance(struct dk_clock *clock)
{
    clock->minute += clock->interval;
    clock->of_day += clock->interval;
    clock->cumulative += clock->interval;
    if (clock->of_day >= DK_CLOCK_DAY_MINUTES)
        dk_clock_turn(clock);
}

/* Writes "YYYY-MM-DD HH:MM:SS". */
static inline char *dk_clock_put(const struct dk_clock *clock, char *at)
{
    memcpy(at, clock->text, sizeof(clock->text));
    unsigned of_day = (unsigned)clock->of_day;
    dk_put_two(at + 11, of_day / 60u);
    dk_put_two(at + 14, of_day % 60u);
    return at + DK_DATE_TIME_SIZE;
}

#endif
