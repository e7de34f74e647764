#include "cohorts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Appends where it fits. */
static void append(char text[DK_COHORTS_TEXT_MAX], const char *fmt, ...) DK_PRINTF(2, 3);

static void append(char text[DK_COHORTS_TEXT_MAX], const char *fmt, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(text + used, DK_COHORTS_TEXT_MAX - used, fmt, args);
    va_end(args);
}

static void append_range(char text[DK_COHORTS_TEXT_MAX], int first, int last, bool more)
{
    if (text[0])
        append(text, more ? ", " : " and ");
    if (first == last)
        append(text, "%d", first);
    else
        append(text, "%d to %d", first, last);
}

/* The end of the run of numbers without a gap that begins at `first`. */
static size_t run_end(const struct dk_store_series *list, size_t count, size_t first)
{
    size_t end = first + 1;
    while (end < count && list[end].series.cohort == list[end - 1].series.cohort + 1)
        end++;
    return end;
}

void dk_cohorts_text(const struct dk_store_series *list, size_t count,
                     char text[DK_COHORTS_TEXT_MAX])
{
    char missing[DK_COHORTS_TEXT_MAX] = "";
    int absent = 0;
    size_t end = 0;
    text[0] = '\0';
    if (run_end(list, count, 0) == count) {
        append(text, "%d to %d", list[0].series.cohort, list[count - 1].series.cohort);
        return;
    }
    for (size_t first = 0; first < count; first = end) {
        end = run_end(list, count, first);
        append_range(text, list[first].series.cohort, list[end - 1].series.cohort, end < count);
        if (end == count)
            break;
        int from = list[end - 1].series.cohort + 1;
        int to = list[end].series.cohort - 1;
        append_range(missing, from, to, run_end(list, count, end) < count);
        absent += to - from + 1;
    }
    append(text, "; %s %s missing", missing, absent == 1 ? "is" : "are");
}

/* Readings of a whole cohort, at the interval of its own. */
static size_t readings_full(const struct dk_store_series *series,
                            const struct dk_calendar *calendar)
{
    struct dk_calendar own = *calendar;
    if (series->series.interval_minutes > 0)
        own.interval_minutes = series->series.interval_minutes;
    return (size_t)dk_calendar_readings_full(&own);
}

/* Cohorts that follow each other and have equally many readings are one item. */
void dk_cohorts_incomplete_text(const struct dk_store_series *list, size_t count,
                                const struct dk_calendar *calendar, char text[DK_COHORTS_TEXT_MAX])
{
    size_t end = 0;
    text[0] = '\0';
    for (size_t first = 0; first < count; first = end) {
        char rows[DK_COUNT_TEXT_MAX];
        char full[DK_COUNT_TEXT_MAX];
        size_t due = readings_full(&list[first], calendar);
        end = first + 1;
        while (end < count && list[end].series.cohort == list[end - 1].series.cohort + 1 &&
               list[end].rows == list[first].rows)
            end++;
        if (list[first].rows >= due)
            continue;
        append_range(text, list[first].series.cohort, list[end - 1].series.cohort, true);
        append(text, " (%s of %s readings)", dk_count_text(list[first].rows, rows),
               dk_count_text(due, full));
    }
}

json_t *dk_cohorts_missing_json(const struct dk_store_series *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 1; array && i < count; i++)
        for (int cohort = list[i - 1].series.cohort + 1; cohort < list[i].series.cohort; cohort++)
            json_array_append_new(array, json_integer(cohort));
    return array;
}

json_t *dk_cohorts_incomplete_json(const struct dk_store_series *list, size_t count,
                                   const struct dk_calendar *calendar)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < count; i++) {
        size_t due = readings_full(&list[i], calendar);
        if (list[i].rows < due)
            json_array_append_new(array, json_pack("{s:i,s:I,s:I}", "cohort", list[i].series.cohort,
                                                   "readings", (json_int_t)list[i].rows, "of",
                                                   (json_int_t)due));
    }
    return array;
}
