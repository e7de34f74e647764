/*
 * The readings table, between all inputs and all outputs: input and the store fill it, exports and
 * the store read it.
 *
 * Columnar: one packed decimal per value, indexed [sensor][series][reading], reading fastest. A
 * series is the run of readings of one well in one cohort; it knows its rig, its cohort, its
 * clock and its profile, so that an output needs nothing else. A drop in columns = cohorts has
 * one series per cohort, columns = wells one per well, columns = samples exactly one.
 *
 * Invariants: every series of a table has the same number of readings; row r of the profile
 * belongs to reading r of each; sensors that are absent hold DK_DECIMAL_MISSING everywhere and
 * present[sensor] is false. Filling different (sensor, series, reading) places from several threads
 * is safe; everything else belongs to one thread. It takes 8 bytes of memory per value.
 */
#ifndef DK_RIG_READINGS_H
#define DK_RIG_READINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/status.h"
#include "rig/calendar.h"
#include "rig/catalogue.h"

#define DK_SITE_MAX 48     /* bytes of a site's name, with its NUL */
#define DK_RIG_NAME_MAX 64 /* bytes of "<site>-<number>", with its NUL */
#define DK_WELL_NUMBER_MAX 99999
#define DK_COHORT_MAX 9999
#define DK_SERIES_MAX 9999

/* A condition profile: rows x DK_CONDITIONS, each cell the index of its code in the catalogue. */
struct dk_profile {
    size_t rows;
    uint8_t (*codes)[DK_CONDITIONS]; /* owned, heap; codes[row][condition] */
    char hash[DK_HASH_HEX_MAX];      /* of the canonical text: five codes per row, tabs, LF */
};

/* Frees the rows. Legal on a zeroed struct. */
void dk_profile_reset(struct dk_profile *profile);
/* Room for `rows` rows, all codes 0, not sealed. After DK_OK the caller resets. */
enum dk_status dk_profile_init(struct dk_profile *profile, size_t rows, struct dk_error *err)
    DK_CHECK;
/* Computes `hash` from the codes, once all are set. */
enum dk_status dk_profile_seal(struct dk_profile *profile, struct dk_error *err) DK_CHECK;
/* A copy with rows of its own, hash included. After DK_OK the caller resets. */
enum dk_status dk_profile_copy(struct dk_profile *to, const struct dk_profile *from,
                               struct dk_error *err) DK_CHECK;

/* A well: number at its site. Sorted by site (bytes), then number. */
struct dk_well {
    char site[DK_SITE_MAX]; /* 1..47 bytes of [A-Za-z0-9_.-], starts with a letter or digit */
    int number;             /* 1..DK_WELL_NUMBER_MAX */
};

/* Checks site and number, and copies them. DK_ERR_CONFIG says what is wrong. */
enum dk_status dk_well_init(struct dk_well *well, const char *site, long number,
                            struct dk_error *err) DK_CHECK;
/* "<site>-<number>". */
void dk_well_rig_name(const struct dk_well *well, char text[DK_RIG_NAME_MAX]);
/* "<site>-<number>" back into a well; DK_ERR_USAGE if it is not a rig name. */
enum dk_status dk_well_parse(const char *rig_name, struct dk_well *well, struct dk_error *err)
    DK_CHECK;
/* By site, then number: below, equal, above 0. */
int dk_well_compare(const struct dk_well *a, const struct dk_well *b);

struct dk_series {
    struct dk_well well;
    int cohort;               /* 1-based */
    int64_t start_minute;     /* minute number of reading 0 */
    int32_t interval_minutes; /* reading r is at start_minute + r * interval_minutes */
};

/* "2008-03-26 to 2008-06-25": the days of the first and the last of `rows` readings. One day is
 * named once. */
#define DK_SERIES_DATES_MAX 32
void dk_series_dates(const struct dk_series *series, size_t rows, char text[DK_SERIES_DATES_MAX]);

struct dk_readings {
    size_t series_count;
    struct dk_series *series;  /* owned; [series_count] */
    size_t rows;               /* readings of each series in use */
    size_t rows_max;           /* readings a series has room for: the stride */
    dk_decimal *values;        /* owned; [DK_SENSORS][series_count][rows_max] */
    bool present[DK_SENSORS];  /* the drop had this sensor's file */
    struct dk_profile profile; /* owned; profile.rows == rows once filled */
};

/* A table with room for series_count x rows_max readings; rows = 0. Its memory is untouched pages
 * of zeros, so unused room costs nothing. The code that fills the table writes every value,
 * DK_DECIMAL_MISSING too. After DK_OK the caller resets. */
enum dk_status dk_readings_init(struct dk_readings *readings, size_t series_count, size_t rows_max,
                                struct dk_error *err) DK_CHECK;
/* Frees the table. Legal on a zeroed struct. */
void dk_readings_reset(struct dk_readings *readings);

/* The rows_max values of one sensor in one series (rows of them in use). */
static inline dk_decimal *dk_readings_column(const struct dk_readings *readings, size_t sensor,
                                             size_t series)
{
    return readings->values + (sensor * readings->series_count + series) * readings->rows_max;
}

/* Keeps only the series [first, first + count), count at least 1. */
void dk_readings_select(struct dk_readings *readings, size_t first, size_t count);
/* Keeps only the series i of which keep[i] is true, at least one. */
void dk_readings_keep(struct dk_readings *readings, const bool *keep);

/* How many values of one sensor are not missing in series [first, first + count), and their exact
 * sum. */
struct dk_decimal_sum dk_readings_sum(const struct dk_readings *readings, size_t sensor,
                                      size_t first, size_t count);

/* The hash of one series' contents: its start, interval, rows, profile hash, and every value in
 * sensor order. Two loads of equal series have equal hashes, whatever files they came from. */
enum dk_status dk_readings_series_hash(const struct dk_readings *readings, size_t series,
                                       char hex[DK_HASH_HEX_MAX], struct dk_error *err) DK_CHECK;

#endif
