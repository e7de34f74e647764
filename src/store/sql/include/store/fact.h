/*
 * fact: the columns of well_reading, and one series that is read or written. Pure.
 */
#ifndef DK_STORE_FACT_H
#define DK_STORE_FACT_H

#include <stdint.h>

#include "base/buffer.h"
#include "rig/readings.h"
#include "store/dialect.h"

/* Columns of well_reading, in the order of its definition. */
enum dk_fact_column {
    DK_FACT_WELL,
    DK_FACT_COHORT,
    DK_FACT_READING,
    DK_FACT_DATE_TIME,
    DK_FACT_MINUTES,
    DK_FACT_PROFILE,
    DK_FACT_SENSORS /* the first sensor; the others follow */
};
#define DK_FACT_COLUMNS (DK_FACT_SENSORS + DK_SENSORS)

/* One series that is written to the fact table, or read from it. */
struct dk_fact {
    const struct dk_readings *readings; /* where the values are */
    size_t series;                      /* which of them */
    int64_t well_id;
    int64_t profile_id; /* of the profile's row 0; row r has profile_id + r */
    size_t first;       /* reads from this row on */
    size_t limit;       /* reads only as many rows; 0: all there are */
};

/* The numbers of the readings that a read asks for, from the lowest to the highest: INTEGER's, for
 * all. */
static inline int64_t dk_fact_reading_min(const struct dk_fact *fact)
{
    return (int64_t)fact->first + 1;
}

static inline int64_t dk_fact_reading_max(const struct dk_fact *fact)
{
    return fact->limit > 0 ? (int64_t)(fact->first + fact->limit) : INT32_MAX;
}

/* The series' own description. */
static inline const struct dk_series *dk_fact_series(const struct dk_fact *fact)
{
    return &fact->readings->series[fact->series];
}

/* Rows of all of them. */
uint64_t dk_fact_rows(const struct dk_fact *facts, size_t count);

/* Appends the names of the columns in their order, commas between. */
void dk_fact_put_columns(struct dk_buffer *text);

/* Appends the CREATE TABLE of well_reading under a name of its own, up to its keys: without foreign
 * keys and without the closing parenthesis. */
void dk_fact_put_table(struct dk_buffer *text, const struct dk_dialect *dialect, const char *name);

#endif
