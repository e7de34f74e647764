/*
 * A layout: what one --format writes, as a table of functions. To add one, write a file with a
 * `const struct dk_layout`, and add it to the table in layout.c. Private to src/export/.
 *
 * A layout has outputs: files, or a single sink. The first `bodies` of them get rows formatted from
 * the readings, in blocks, by several threads. The last one may be a side output (profile.csv),
 * which gets text once a table. A layout writes nothing itself: it fills memory.
 */
#ifndef DK_EXPORT_LAYOUT_H
#define DK_EXPORT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/put.h"
#include "base/status.h"
#include "export/export.h"
#include "rig/readings.h"

struct dk_layout;

/* An export as its layout sees it. It does not change while rows are being formatted. */
struct dk_plan {
    const struct dk_layout *layout;
    struct dk_export_settings settings;
    size_t row_bytes_max; /* the longest row, a few hundred bytes; set by `open` */
    bool reads_profile;   /* rows need the profile's codes; set by `open` */
    void *state;          /* the layout's own; made by `open`, freed by `close` */
    /* The readings of each series that are written, ascending; NULL: all. Set for each append. */
    const uint32_t *picked;
    size_t picked_count;
};

/* How many readings of each series of a table are written. */
static inline size_t dk_plan_rows(const struct dk_plan *plan, const struct dk_readings *readings)
{
    return plan->picked ? plan->picked_count : readings->rows;
}

/* The reading that is written as the i-th of `rows`, and how many that follow each other begin with
 * it. */
static inline size_t dk_plan_stretch(const struct dk_plan *plan, size_t i, size_t rows,
                                     size_t *count)
{
    if (!plan->picked) {
        *count = rows - i;
        return i;
    }
    size_t end = i + 1;
    while (end < rows && plan->picked[end] == plan->picked[i] + (end - i))
        end++;
    *count = end - i;
    return plan->picked[i];
}

/* Consecutive readings of one series, to be formatted for one output. */
struct dk_piece {
    const struct dk_readings *readings;
    size_t output;
    size_t series;
    size_t first; /* index of the first reading */
    size_t count;
};

struct dk_layout {
    const char *word;      /* of --format */
    const char *file_name; /* by default; NULL: a folder of several files */
    size_t bodies;         /* outputs with rows of readings */
    size_t outputs;        /* of all kinds: bodies, or one more */
    /* Sets the plan's row_bytes_max, reads_profile and state. After a failure nothing is owned. */
    enum dk_status (*open)(struct dk_plan *plan, struct dk_error *err);
    /* Frees the state. */
    void (*close)(struct dk_plan *plan);
    /* Appends the name of an output's file. NULL for a layout of one file. */
    enum dk_status (*name)(size_t output, struct dk_buffer *text, struct dk_error *err);
    /* Appends an output's header line. NULL: there are none. */
    enum dk_status (*header)(const struct dk_plan *plan, size_t output, struct dk_buffer *text,
                             struct dk_error *err);
    /* Called before the rows of a table: appends what the table adds to the side output. NULL:
     * there is no side output. */
    enum dk_status (*table)(struct dk_plan *plan, const struct dk_readings *readings,
                            struct dk_buffer *side, struct dk_error *err);
    /* Writes the rows of a piece at `at`, where piece->count * row_bytes_max + DK_PUT_SLACK bytes
     * are free, and returns the place after them. Called from several threads. */
    char *(*rows)(const struct dk_plan *plan, const struct dk_piece *piece, char *at);

    /* A layout that is not text has these instead of header and rows, and one output: it writes to
     * the sink itself, from the caller's thread. */
    enum dk_status (*begin)(struct dk_plan *plan, struct dk_sink sink, struct dk_error *err);
    enum dk_status (*append)(struct dk_plan *plan, const struct dk_readings *readings, size_t first,
                             size_t count, struct dk_error *err);
    enum dk_status (*finish)(struct dk_plan *plan, struct dk_error *err);
};

extern const struct dk_layout dk_layout_historical;
extern const struct dk_layout dk_layout_template;
extern const struct dk_layout dk_layout_sensors;
extern const struct dk_layout dk_layout_sagemaker;
extern const struct dk_layout dk_layout_parquet;
extern const struct dk_layout dk_layout_samples;
extern const struct dk_layout dk_layout_features;

/* The layout of a format; NULL if there is no such format. */
const struct dk_layout *dk_layout_of(enum dk_format format);

#define DK_LAYOUT_COUNT_MAX 20 /* digits of a whole number */
#define DK_LAYOUT_VALUES_MAX (DK_SENSORS * (DK_DECIMAL_TEXT_MAX + 1))

/* The columns of a piece, in catalogue order, or with sensor order[i] in place i. */
static inline void dk_layout_columns(const struct dk_piece *piece, const size_t *order,
                                     const dk_decimal *columns[DK_SENSORS])
{
    for (size_t i = 0; i < DK_SENSORS; i++)
        columns[i] = dk_readings_column(piece->readings, order ? order[i] : i, piece->series);
}

/* Writes the 17 values of a reading, a comma after each. */
static inline char *dk_layout_values(const dk_decimal *const columns[DK_SENSORS], size_t row,
                                     char *at)
{
    for (size_t i = 0; i < DK_SENSORS; i++) {
        at = dk_put_decimal(at, columns[i][row]);
        *at++ = ',';
    }
    return at;
}

#endif
