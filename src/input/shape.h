/*
 * The shape of a drop: what the column counts of its sensor files say about columns = auto. Pure.
 * Private to src/input/.
 */
#ifndef DK_INPUT_SHAPE_H
#define DK_INPUT_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "rig/catalogue.h"

enum dk_shape_kind {
    DK_SHAPE_UNKNOWN, /* no count is a whole burst, or none is known */
    DK_SHAPE_HISTORY, /* the configured number of cohorts side by side */
    DK_SHAPE_COHORT   /* one burst a row */
};

struct dk_shape {
    enum dk_shape_kind kind;
    uint64_t seconds; /* of the burst; DK_SHAPE_COHORT only */
    int file;         /* the first sensor that has this shape; -1: none */
};

/* The shape that most of the files have; where two are as frequent, that of the first file in the
 * order of the catalogue. columns[sensor] is 0 where it is not known. `by_column`: alignment =
 * column, where a history has `cohorts` bursts of any one length. With cohorts = 1 nothing is a
 * history. */
struct dk_shape dk_shape_find(const uint64_t columns[DK_SENSORS], int cohorts, bool by_column);

#endif
