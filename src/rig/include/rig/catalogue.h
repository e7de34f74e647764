/*
 * The catalogue: the 17 sensors and the five conditions, with every name they have anywhere.
 *
 * Constant tables and lookups, nothing else. A sensor is known by its index (0-based, catalogue
 * order, which is the order of every export), a condition by its index (the profile's column).
 *
 * Source of names, units and rates: N. Helwig, E. Pignanelli, A. Schuetze, "Condition monitoring of
 * a complex hydraulic system using multivariate statistics", I2MTC 2015,
 * doi 10.1109/I2MTC.2015.7151267; UCI dataset 447.
 */
#ifndef DK_RIG_CATALOGUE_H
#define DK_RIG_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#define DK_SENSORS 17
#define DK_CONDITIONS 5
#define DK_CONDITION_CODES_MAX 4

struct dk_sensor {
    const char *name;      /* "PS1": the file's and the database column's name */
    const char *quantity;  /* "pressure" */
    const char *unit;      /* "bar" */
    int rate_hz;           /* samples a second: 1, 10 or 100 */
    const char *column;    /* in the historical CSV: "pressure_bar_1" */
    const char *title;     /* in the template CSV, to the letter: "Temperature  2" */
    int template_position; /* 0-based among the template's sensor columns */
    /* The values that are plausible, "LOW..HIGH" in the sensor's unit, both included: every
     * published value is well inside, and a common wrong unit, a lost decimal point or another
     * sensor's file is outside where the sensor allows that (one that may be 0 has no lower bound
     * that would tell MPa from bar). [limits] in derrick.ini sets others. */
    const char *range;
};

struct dk_condition_code {
    int code;                /* as in profile.txt */
    const char *fraction;    /* "0.03"; NULL where the condition has no fractions */
    const char *description; /* "close to total failure" */
};

struct dk_condition {
    const char *name;               /* "cooler_condition": table and column name */
    const char *label;              /* "cooler": the --label word */
    const char *key_column;         /* "cooler_id" */
    const char *fraction_column;    /* "cooler_percentage", or NULL */
    const char *description_column; /* "cooler_description" */
    const char *export_column;      /* in the historical CSV: "cooler_percentage", "stable_flag" */
    const char *title;              /* in the template CSV: "Cooler condition" */
    const char *description_title;  /* in the template CSV: "Cooler description" */
    size_t code_count;
    struct dk_condition_code codes[DK_CONDITION_CODES_MAX]; /* ascending by code */
};

/* Both arrays: [DK_SENSORS] and [DK_CONDITIONS]. */
extern const struct dk_sensor dk_sensors[DK_SENSORS];
extern const struct dk_condition dk_conditions[DK_CONDITIONS];

/* Index of the sensor named name[0..size), any case; -1 if there is none. */
int dk_sensor_find(const char *name, size_t size);
/* Index of a code in dk_conditions[condition].codes, -1 if unknown. */
int dk_condition_code_find(int condition, long code);
/* Index of the condition with this --label word, -1 if unknown. */
int dk_condition_label_find(const char *label);

#endif
