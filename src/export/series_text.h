/*
 * The part of a row that is the same for a whole series, made once a block. Private to src/export/.
 */
#ifndef DK_EXPORT_SERIES_TEXT_H
#define DK_EXPORT_SERIES_TEXT_H

#include <stddef.h>

#include "rig/readings.h"

#define DK_SERIES_TEXT_MAX                                                                         \
    192 /* a quoted rig name, a cohort, commas; 32 bytes to read past the end */

struct dk_series_text {
    size_t size;
    char text[DK_SERIES_TEXT_MAX];
};

/* "<rig name>,<cohort>," */
struct dk_series_text dk_series_text_rig(const struct dk_series *series);

/* ",<sensor name>,<cohort>," */
struct dk_series_text dk_series_text_sensor(const struct dk_series *series, size_t sensor);

#endif
