/*
 * What is missing among the cohorts of one rig: numbers between the first and the newest that are
 * not loaded, and cohorts that are not whole. For status.
 */
#ifndef DK_CLI_COHORTS_H
#define DK_CLI_COHORTS_H

#include <stddef.h>

#include <jansson.h>

#include "rig/calendar.h"
#include "store/store.h"

#define DK_COHORTS_TEXT_MAX 256

/* Writes which cohorts are loaded and which are missing between them: "1 to 3", or "1 to 4 and 6; 5
 * is missing". Longer lists are cut. `list`: the `count` cohorts of one rig, in order, at least
 * one. */
void dk_cohorts_text(const struct dk_store_series *list, size_t count,
                     char text[DK_COHORTS_TEXT_MAX]);

/* Writes which of them are not whole: "1 and 2 (24 of 2,205 readings)"; "" if all are. */
void dk_cohorts_incomplete_text(const struct dk_store_series *list, size_t count,
                                const struct dk_calendar *calendar, char text[DK_COHORTS_TEXT_MAX]);

/* The numbers that are missing, and the cohorts that are not whole ({cohort, readings, of}), as
 * JSON arrays; the caller owns them. */
json_t *dk_cohorts_missing_json(const struct dk_store_series *list, size_t count);
json_t *dk_cohorts_incomplete_json(const struct dk_store_series *list, size_t count,
                                   const struct dk_calendar *calendar);

#endif
