/* The calendar against a walk, day by day, through all years it knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "rig/calendar.h"

#define DAY_MINUTES 1440

struct date {
    int year;
    int month;
    int day;
};

/* The next day, by the rule of the Gregorian calendar alone. */
static void step(struct date *date)
{
    int last = 31;
    if (date->month == 4 || date->month == 6 || date->month == 9 || date->month == 11)
        last = 30;
    if (date->month == 2) {
        last = date->year % 4 == 0 ? 29 : 28;
        if (date->year % 100 == 0 && date->year % 400 != 0)
            last = 28;
    }
    if (++date->day <= last)
        return;
    date->day = 1;
    if (++date->month <= 12)
        return;
    date->month = 1;
    date->year++;
}

static const char *format(int64_t minute, char text[DK_DATE_TIME_SIZE + 1])
{
    text[DK_DATE_TIME_SIZE] = '\0';
    dk_date_time_format(minute, text);
    return text;
}

static void every_day_is_where_a_walk_finds_it(void **state)
{
    (void)state;
    struct date date = {1, 1, 1};
    int64_t days = -719162;
    for (; date.year <= 9999; days++, step(&date)) {
        int64_t year = 0;
        int month = 0;
        int day = 0;
        dk_civil_from_days(days, &year, &month, &day);
        if (dk_days_from_civil(date.year, date.month, date.day) != days || year != date.year ||
            month != date.month || day != date.day)
            fail_msg("%04d-%02d-%02d", date.year, date.month, date.day);
    }
    assert_int_equal(days - 1, 2932896);
}

static void every_day_of_five_centuries_reads_as_it_is_written(void **state)
{
    (void)state;
    struct date date = {1700, 1, 1};
    int64_t days = dk_days_from_civil(1700, 1, 1);
    for (; date.year < 2201; days++, step(&date)) {
        char expected[40];
        char text[DK_DATE_TIME_SIZE + 1];
        int rest = (int)(((days * 7919) % DAY_MINUTES + DAY_MINUTES) % DAY_MINUTES);
        snprintf(expected, sizeof(expected), "%04d-%02d-%02d %02d:%02d:00", date.year, date.month,
                 date.day, rest / 60, rest % 60);
        int64_t minute = days * DAY_MINUTES + rest;
        if (strcmp(format(minute, text), expected) != 0)
            fail_msg("'%s', not '%s'", text, expected);
        int64_t back = 0;
        assert_int_equal(dk_date_time_parse(text, &back), 0);
        assert_int_equal(back, minute);
        text[10] = '\0';
        assert_int_equal(dk_date_time_parse(text, &back), 0);
        assert_int_equal(back, days * DAY_MINUTES);
    }
}

static void known_days_have_their_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t minute;
    } cases[] = {
        {"1970-01-01", 0},
        {"1970-01-01 00:01:00", 1},
        {"1969-12-31 23:59:00", -1},
        {"1969-12-31", -1440},
        {"0001-01-01", INT64_C(-719162) * 1440},
        {"1600-02-29", INT64_C(-135081) * 1440},
        {"1899-12-31 12:00:00", INT64_C(-25568) * 1440 + 720},
        {"2000-03-01", INT64_C(11017) * 1440},
        {"2008-03-26", INT64_C(13964) * 1440},
        {"2100-03-01", INT64_C(47541) * 1440},
        {"9999-12-31 23:59:00", INT64_C(2932896) * 1440 + 1439},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t minute = 4711;
        char text[DK_DATE_TIME_SIZE + 1];
        assert_int_equal(dk_date_time_parse(cases[i].text, &minute), 0);
        assert_int_equal(minute, cases[i].minute);
        assert_memory_equal(format(minute, text), cases[i].text, strlen(cases[i].text));
    }
}

static void leap_days_are_where_they_belong(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool exists;
    } cases[] = {
        {"1900-02-29", false}, {"2000-02-29", true},  {"2100-02-29", false}, {"2008-02-29", true},
        {"2400-02-29", true},  {"2009-02-29", false}, {"1600-02-29", true},  {"1700-02-29", false},
        {"0004-02-29", true},  {"2008-02-30", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t minute = 0;
        assert_int_equal(dk_date_time_parse(cases[i].text, &minute), cases[i].exists ? 0 : -1);
    }
    assert_int_equal(dk_days_from_civil(1900, 3, 1) - dk_days_from_civil(1900, 2, 28), 1);
    assert_int_equal(dk_days_from_civil(2000, 3, 1) - dk_days_from_civil(2000, 2, 28), 2);
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "2008",
        "2008-3-26",
        "2008-03-2",
        "2008-03-26 ",
        "2008/03/26",
        "26-03-2008",
        "2008-13-01",
        "2008-00-01",
        "2008-01-00",
        "2008-04-31",
        "2008-01-32",
        "0000-01-01",
        "-008-01-01",
        "+208-01-01",
        "2008-+1-01",
        "2008- 1-01",
        "2008-03-26T00:00:00",
        "2008-03-26 24:00:00",
        "2008-03-26 00:60:00",
        "2008-03-26 00:00:01",
        "2008-03-26 00:00",
        "2008-03-26 00-00:00",
        "2008-03-26 0a:00:00",
        "2008-03-26 00:-1:00",
        "2008-03-26 00:00:00 ",
        "10000-01-01",
        "2008-03-2\xb2",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t minute = 4711;
        if (dk_date_time_parse(cases[i], &minute) != -1)
            fail_msg("'%s' is accepted as a date", cases[i]);
        assert_int_equal(minute, 4711);
    }
}

static void the_default_is_the_historical_drop(void **state)
{
    (void)state;
    struct dk_calendar calendar = dk_calendar_default();
    struct dk_calendar same;
    assert_int_equal(dk_calendar_init(&same, DK_CALENDAR_START_DEFAULT,
                                      DK_CALENDAR_COHORT_DAYS_DEFAULT,
                                      DK_CALENDAR_INTERVAL_MINUTES_DEFAULT, NULL),
                     DK_OK);
    assert_true(calendar.start_day == same.start_day && calendar.cohort_days == same.cohort_days &&
                calendar.interval_minutes == same.interval_minutes);
    assert_int_equal(dk_calendar_readings_max(&calendar), 2208);
}

static void sixty_cohorts_start_ninety_two_days_apart(void **state)
{
    (void)state;
    struct dk_calendar calendar = dk_calendar_default();
    struct date date = {2008, 3, 26};
    for (int cohort = 1; cohort <= 60; cohort++) {
        int64_t minute = 0;
        char text[DK_DATE_TIME_SIZE + 1];
        char expected[40];
        assert_int_equal(dk_calendar_cohort_start(&calendar, cohort, &minute, NULL), DK_OK);
        snprintf(expected, sizeof(expected), "%04d-%02d-%02d 00:00:00", date.year, date.month,
                 date.day);
        assert_string_equal(format(minute, text), expected);
        /* The last of 2205 readings: 20:00 on day 92, three hours short of the next cohort. */
        for (int day = 1; day < 92; day++)
            step(&date);
        snprintf(expected, sizeof(expected), "%04d-%02d-%02d 20:00:00", date.year, date.month,
                 date.day);
        assert_string_equal(format(minute + INT64_C(60) * 2204, text), expected);
        step(&date);
    }
}

static void named_cohorts_have_their_dates(void **state)
{
    (void)state;
    static const struct {
        int cohort;
        const char *first;
        const char *last;
    } cases[] = {
        {1, "2008-03-26 00:00:00", "2008-06-25 20:00:00"},
        {2, "2008-06-26 00:00:00", "2008-09-25 20:00:00"},
        {5, "2009-03-29 00:00:00", "2009-06-28 20:00:00"},
        {60, "2023-02-04 00:00:00", "2023-05-06 20:00:00"},
        {61, "2023-05-07 00:00:00", "2023-08-06 20:00:00"},
    };
    struct dk_calendar calendar = dk_calendar_default();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t minute = 0;
        char text[DK_DATE_TIME_SIZE + 1];
        assert_int_equal(dk_calendar_cohort_start(&calendar, cases[i].cohort, &minute, NULL),
                         DK_OK);
        assert_string_equal(format(minute, text), cases[i].first);
        assert_string_equal(format(minute + INT64_C(60) * 2204, text), cases[i].last);
    }
}

static void the_most_readings_end_before_the_cohort_does(void **state)
{
    (void)state;
    static const long days[] = {1, 2, 7, 91, 92, 366, 36600};
    static const long intervals[] = {1, 2, 7, 59, 60, 61, 97, 1439, 1440};
    for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
        for (size_t j = 0; j < sizeof(intervals) / sizeof(intervals[0]); j++) {
            struct dk_calendar calendar;
            assert_int_equal(dk_calendar_init(&calendar, "2008-03-26", days[i], intervals[j], NULL),
                             DK_OK);
            int64_t most = dk_calendar_readings_max(&calendar);
            int64_t minutes = days[i] * DAY_MINUTES;
            assert_true(most >= 1);
            assert_true((most - 1) * intervals[j] < minutes);
            assert_true(most * intervals[j] >= minutes);
        }
    struct dk_calendar calendar;
    assert_int_equal(dk_calendar_init(&calendar, "2008-03-26", 92, 92 * DAY_MINUTES, NULL), DK_OK);
    assert_int_equal(dk_calendar_readings_max(&calendar), 1);
    assert_int_equal(dk_calendar_init(&calendar, "2008-03-26", 92, 92 * DAY_MINUTES - 1, NULL),
                     DK_OK);
    assert_int_equal(dk_calendar_readings_max(&calendar), 2);
}

static void settings_out_of_bounds_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *start;
        long days;
        long interval;
        const char *key; /* that the message names, with the value */
    } cases[] = {
        {"yesterday", 92, 60, "calendar.start 'yesterday'"},
        {"2008-02-30", 92, 60, "calendar.start '2008-02-30'"},
        {"2008-03-26 00:00:00", 92, 60, "calendar.start '2008-03-26 00:00:00'"},
        {"", 92, 60, "calendar.start ''"},
        {"2008-03-26", 0, 60, "calendar.cohort_days '0'"},
        {"2008-03-26", -92, 60, "calendar.cohort_days '-92'"},
        {"2008-03-26", 36601, 60, "calendar.cohort_days '36601'"},
        {"2008-03-26", LONG_MAX, 60, "calendar.cohort_days"},
        {"2008-03-26", 92, 0, "calendar.interval_minutes '0'"},
        {"2008-03-26", 92, -60, "calendar.interval_minutes '-60'"},
        {"2008-03-26", 92, 92 * DAY_MINUTES + 1, "calendar.interval_minutes '132481'"},
        {"2008-03-26", 92, LONG_MIN, "calendar.interval_minutes"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_calendar calendar = {.start_day = 4711};
        struct dk_error err = {0};
        assert_int_equal(
            dk_calendar_init(&calendar, cases[i].start, cases[i].days, cases[i].interval, &err),
            DK_ERR_CONFIG);
        assert_int_equal(err.status, DK_ERR_CONFIG);
        assert_non_null(strstr(err.message, cases[i].key));
        assert_true(strlen(err.hint) > 0);
        assert_int_equal(calendar.start_day, 4711);
    }
}

static void no_cohort_ends_past_the_last_year(void **state)
{
    (void)state;
    struct dk_calendar calendar;
    struct dk_error err = {0};
    int64_t minute = 4711;
    assert_int_equal(dk_calendar_init(&calendar, "9999-12-01", 31, 60, NULL), DK_OK);
    assert_int_equal(dk_calendar_cohort_start(&calendar, 1, &minute, NULL), DK_OK);
    char text[DK_DATE_TIME_SIZE + 1];
    int64_t last = minute + (dk_calendar_readings_max(&calendar) - 1) * 60;
    assert_string_equal(format(last, text), "9999-12-31 23:00:00");

    minute = 4711;
    assert_int_equal(dk_calendar_cohort_start(&calendar, 2, &minute, &err), DK_ERR_DATA);
    assert_non_null(strstr(err.message, "cohort 2"));
    assert_int_equal(dk_calendar_init(&calendar, "9999-12-01", 32, 60, NULL), DK_OK);
    assert_int_equal(dk_calendar_cohort_start(&calendar, 1, &minute, &err), DK_ERR_DATA);
    calendar = dk_calendar_default();
    assert_int_equal(dk_calendar_cohort_start(&calendar, INT_MAX, &minute, &err), DK_ERR_DATA);
    assert_int_equal(dk_calendar_cohort_start(&calendar, 0, &minute, &err), DK_ERR_DATA);
    assert_non_null(strstr(err.message, "'0'"));
    assert_int_equal(dk_calendar_cohort_start(&calendar, INT_MIN, &minute, &err), DK_ERR_DATA);
    assert_int_equal(minute, 4711);
}

static void cohorts_before_1970_are_like_any_other(void **state)
{
    (void)state;
    struct dk_calendar calendar;
    char text[DK_DATE_TIME_SIZE + 1];
    assert_int_equal(dk_calendar_init(&calendar, "1969-10-01", 92, 45, NULL), DK_OK);
    assert_int_equal(calendar.start_day, -92);
    int64_t minute = 0;
    assert_int_equal(dk_calendar_cohort_start(&calendar, 1, &minute, NULL), DK_OK);
    assert_string_equal(format(minute + 45, text), "1969-10-01 00:45:00");
    assert_int_equal(dk_calendar_cohort_start(&calendar, 2, &minute, NULL), DK_OK);
    assert_int_equal(minute, 0);
    assert_int_equal(dk_calendar_init(&calendar, "0001-01-01", 1, 1, NULL), DK_OK);
    assert_int_equal(dk_calendar_cohort_start(&calendar, 1, &minute, NULL), DK_OK);
    assert_string_equal(format(minute + 1439, text), "0001-01-01 23:59:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_is_where_a_walk_finds_it),
        cmocka_unit_test(every_day_of_five_centuries_reads_as_it_is_written),
        cmocka_unit_test(known_days_have_their_numbers),
        cmocka_unit_test(leap_days_are_where_they_belong),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(the_default_is_the_historical_drop),
        cmocka_unit_test(sixty_cohorts_start_ninety_two_days_apart),
        cmocka_unit_test(named_cohorts_have_their_dates),
        cmocka_unit_test(the_most_readings_end_before_the_cohort_does),
        cmocka_unit_test(settings_out_of_bounds_are_refused),
        cmocka_unit_test(no_cohort_ends_past_the_last_year),
        cmocka_unit_test(cohorts_before_1970_are_like_any_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
