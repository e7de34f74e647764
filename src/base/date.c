#include "base/date.h"

#include <stdbool.h>
#include <string.h>

#define YEAR_MIN 1

int64_t dk_days_from_civil(int64_t year, int month, int day)
{
    /* Years begin in March, so that the leap day is the last; an era is 400 years. */
    int64_t shifted = month <= 2 ? year - 1 : year;
    int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int64_t year_of_era = shifted - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void dk_civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_index = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * month_index + 2) / 5 + 1);
    *month = (int)(month_index < 10 ? month_index + 3 : month_index - 9);
    *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* The number of text[0..size), all digits; -1 if one is not. */
static int read_digits(const char *text, int size)
{
    int value = 0;
    for (int i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Parses "YYYY-MM-DD" at the start of text; returns false if it is not a date. */
static bool read_date(const char *text, int64_t *days)
{
    int year = read_digits(text, 4);
    int month = read_digits(text + 5, 2);
    int day = read_digits(text + 8, 2);
    if (text[4] != '-' || text[7] != '-' || year < YEAR_MIN || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month))
        return false;
    *days = dk_days_from_civil(year, month, day);
    return true;
}

int dk_date_time_parse(const char *text, int64_t *minute)
{
    size_t size = strlen(text);
    int64_t days = 0;
    if ((size != 10 && size != DK_DATE_TIME_SIZE) || !read_date(text, &days))
        return -1;
    int hours = 0;
    int minutes = 0;
    if (size == DK_DATE_TIME_SIZE) {
        hours = read_digits(text + 11, 2);
        minutes = read_digits(text + 14, 2);
        if (text[10] != ' ' || text[13] != ':' || strcmp(text + 16, ":00") != 0 || hours < 0 ||
            hours > 23 || minutes < 0 || minutes > 59)
            return -1;
    }
    *minute = days * DK_DAY_MINUTES + hours * 60 + minutes;
    return 0;
}

static void put_digits(char *text, int64_t value, int size)
{
    for (int i = size - 1; i >= 0; i--) {
        text[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void dk_date_time_format(int64_t minute, char text[DK_DATE_TIME_SIZE])
{
    int64_t days = minute / DK_DAY_MINUTES;
    int64_t rest = minute % DK_DAY_MINUTES;
    if (rest < 0) {
        days--;
        rest += DK_DAY_MINUTES;
    }
    int64_t year = 0;
    int month = 0;
    int day = 0;
    dk_civil_from_days(days, &year, &month, &day);
    memcpy(text, "0000-00-00 00:00:00", DK_DATE_TIME_SIZE);
    put_digits(text, year, 4);
    put_digits(text + 5, month, 2);
    put_digits(text + 8, day, 2);
    put_digits(text + 11, rest / 60, 2);
    put_digits(text + 14, rest % 60, 2);
}
