/*
 * Limits: which values of a sensor are plausible.
 *
 * The catalogue has a range for each sensor, the configuration may set another. Values outside are
 * loaded and reported; a sensor most of whose values are outside looks like a wrong unit, a lost
 * decimal point or another sensor's file, and dk_limits_explain says which. Comparisons are exact.
 * All functions are pure and may be called from any thread.
 */
#ifndef DK_RIG_LIMITS_H
#define DK_RIG_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/status.h"
#include "rig/catalogue.h"

/* A range, both ends included; low <= high. */
struct dk_limits {
    dk_decimal low, high;
};

/* Two decimals with ".." between. */
#define DK_LIMITS_TEXT_MAX (2 * DK_DECIMAL_TEXT_MAX + 3)

/* Reads "LOW..HIGH", two decimals; blanks around them are ignored. DK_ERR_CONFIG says what is
 * wrong; *out is written only after DK_OK. */
enum dk_status dk_limits_parse(const char *text, struct dk_limits *out, struct dk_error *err)
    DK_CHECK;
/* Writes "20..400", terminated. */
void dk_limits_format(const struct dk_limits *limits, char text[DK_LIMITS_TEXT_MAX]);
/* Every sensor's own range in the catalogue. */
void dk_limits_default(struct dk_limits limits[DK_SENSORS]);

/* The same range, prepared for many values: the least and the greatest mantissa inside it at each
 * scale. */
struct dk_limits_test {
    int64_t low[DK_DECIMAL_SCALE_MAX + 1];
    int64_t high[DK_DECIMAL_SCALE_MAX + 1];
};

void dk_limits_test_init(struct dk_limits_test *test, const struct dk_limits *limits);

/* Whether a value, which must not be missing, is inside: low <= value <= high. */
static inline bool dk_limits_inside(const struct dk_limits_test *test, dk_decimal value)
{
    int64_t mantissa = dk_decimal_mantissa(value);
    int scale = dk_decimal_scale(value);
    return mantissa >= test->low[scale] && mantissa <= test->high[scale];
}

/* What is known of a sensor most of whose values may be outside. */
struct dk_limits_finding {
    bool outside;                        /* most of its values are */
    dk_decimal minimum, median, maximum; /* DK_DECIMAL_MISSING: it has no values */
};

#define DK_LIMITS_WHY_MAX 160

/* Writes what the values of `sensor`, most of which are outside, look like: "the values of EPS1",
 * "lost decimal points (35293 for 35.293)", "psi instead of bar". Empty if nothing fits. */
void dk_limits_explain(int sensor, const struct dk_limits limits[DK_SENSORS],
                       const struct dk_limits_finding findings[DK_SENSORS],
                       char text[DK_LIMITS_WHY_MAX]);

#endif
