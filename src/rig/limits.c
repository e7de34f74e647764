#include "rig/limits.h"

#include <stdio.h>
#include <string.h>

/* No mantissa is as large: a bound that is outside all values. */
#define MANTISSA_BEYOND (2 * DK_DECIMAL_MANTISSA_MAX)
#define WANT "write LOW..HIGH, such as 0..400 or -20..90"

/* --- text ----------------------------------------------------------------------------------- */

static enum dk_status wrong_range(const char *text, enum dk_decimal_reason reason,
                                  struct dk_error *err)
{
    if (reason == DK_DECIMAL_GOOD)
        dk_error_set(err, DK_ERR_CONFIG, "'%s' is not a range", text);
    else
        dk_error_set(err, DK_ERR_CONFIG, "'%s' is not a range: a limit %s", text,
                     dk_decimal_reason_text(reason));
    dk_error_hint(err, WANT);
    return DK_ERR_CONFIG;
}

enum dk_status dk_limits_parse(const char *text, struct dk_limits *out, struct dk_error *err)
{
    struct dk_limits limits;
    const char *dots = strstr(text, "..");
    if (!dots || dots[2] == '.') /* "0...5" may be either of two */
        return wrong_range(text, DK_DECIMAL_GOOD, err);
    enum dk_decimal_reason reason = dk_decimal_parse(text, (size_t)(dots - text), &limits.low);
    if (reason == DK_DECIMAL_GOOD)
        reason = dk_decimal_parse(dots + 2, strlen(dots + 2), &limits.high);
    if (reason != DK_DECIMAL_GOOD)
        return wrong_range(text, reason, err);
    if (dk_decimal_compare(limits.low, limits.high) > 0) {
        dk_error_set(err, DK_ERR_CONFIG,
                     "the range '%s' is empty: its low end is above its high end", text);
        dk_error_hint(err, WANT);
        return DK_ERR_CONFIG;
    }
    *out = limits;
    return DK_OK;
}

/* A value as text, terminated. */
static void put_value(dk_decimal value, char text[DK_DECIMAL_TEXT_MAX + 1])
{
    text[dk_decimal_format(value, text)] = '\0';
}

void dk_limits_format(const struct dk_limits *limits, char text[DK_LIMITS_TEXT_MAX])
{
    char low[DK_DECIMAL_TEXT_MAX + 1];
    char high[DK_DECIMAL_TEXT_MAX + 1];
    put_value(limits->low, low);
    put_value(limits->high, high);
    snprintf(text, DK_LIMITS_TEXT_MAX, "%s..%s", low, high);
}

void dk_limits_default(struct dk_limits limits[DK_SENSORS])
{
    for (int i = 0; i < DK_SENSORS; i++)
        if (dk_limits_parse(dk_sensors[i].range, &limits[i], NULL) != DK_OK)
            limits[i] = (struct dk_limits){0}; /* not reached: a test reads every range */
}

/* --- many values ---------------------------------------------------------------------------- */

static __int128 power_of_ten(int exponent)
{
    __int128 power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* The nearest mantissa at `scale` that is not below (`up`) or not above the bound. */
static int64_t bound_at(dk_decimal bound, int scale, bool up)
{
    __int128 mantissa = dk_decimal_mantissa(bound);
    int own = dk_decimal_scale(bound);
    if (scale >= own) {
        mantissa *= power_of_ten(scale - own);
    } else {
        __int128 divisor = power_of_ten(own - scale);
        __int128 rest = mantissa % divisor;
        mantissa /= divisor;
        if (up && rest > 0)
            mantissa++;
        if (!up && rest < 0)
            mantissa--;
    }
    if (mantissa > MANTISSA_BEYOND)
        return MANTISSA_BEYOND;
    return mantissa < -MANTISSA_BEYOND ? -MANTISSA_BEYOND : (int64_t)mantissa;
}

void dk_limits_test_init(struct dk_limits_test *test, const struct dk_limits *limits)
{
    for (int scale = 0; scale <= DK_DECIMAL_SCALE_MAX; scale++) {
        test->low[scale] = bound_at(limits->low, scale, true);
        test->high[scale] = bound_at(limits->high, scale, false);
    }
}

/* --- what it looks like --------------------------------------------------------------------- */

/* A unit that a sensor may have been logged in: value in the catalogue's unit = (x - zero) *
 * factor.
 */
struct other_unit {
    const char *unit; /* the catalogue's */
    const char *name;
    double zero, factor;
};

static const struct other_unit other_units[] = {
    {"bar", "psi", 0, 0.0689476},
    {"bar", "kPa", 0, 0.01},
    {"bar", "MPa", 0, 10},
    {"bar", "Pa", 0, 0.00001},
    {"W", "kW", 0, 1000},
    {"kW", "W", 0, 0.001},
    {"celsius", "kelvin", 273.15, 1},
    {"celsius", "fahrenheit", 32, 5.0 / 9},
    {"l/min", "m3/h", 0, 1000.0 / 60},
    {"l/min", "ml/min", 0, 0.001},
    {"mm/s", "m/s", 0, 1000},
    {"percent", "a fraction", 0, 100},
};

static bool is_inside(const struct dk_limits *limits, double value)
{
    return value >= dk_decimal_to_double(limits->low) &&
           value <= dk_decimal_to_double(limits->high);
}

/* Both are wrong, and each would fit the other's range. */
static bool is_swapped(int sensor, int other, const struct dk_limits *limits,
                       const struct dk_limits_finding *findings)
{
    return findings[other].outside && findings[other].median != DK_DECIMAL_MISSING &&
           is_inside(&limits[other], dk_decimal_to_double(findings[sensor].median)) &&
           is_inside(&limits[sensor], dk_decimal_to_double(findings[other].median));
}

/* One file was delivered under two names. */
static bool is_copy(const struct dk_limits_finding *a, const struct dk_limits_finding *b)
{
    return a->minimum == b->minimum && a->median == b->median && a->maximum == b->maximum;
}

static bool explain_sensor(int sensor, const struct dk_limits *limits,
                           const struct dk_limits_finding *findings, char *text)
{
    int found = -1;
    int count = 0;
    for (int i = 0; i < DK_SENSORS; i++) {
        if (i == sensor || !is_swapped(sensor, i, limits, findings))
            continue;
        found = i;
        count++;
    }
    if (count == 1) {
        snprintf(text, DK_LIMITS_WHY_MAX, "the values of %s, and %s looks like those of %s",
                 dk_sensors[found].name, dk_sensors[found].name, dk_sensors[sensor].name);
        return true;
    }
    for (int i = 0; i < DK_SENSORS; i++) {
        if (i == sensor || !is_copy(&findings[i], &findings[sensor]))
            continue;
        snprintf(text, DK_LIMITS_WHY_MAX, "the values of %s", dk_sensors[i].name);
        return true;
    }
    return false;
}

/* A whole number that fits once it gets three, two or one decimals back; which of them is said only
 * where it is sure. The median of whole numbers may be half of one. */
static bool explain_decimals(const struct dk_limits *limits, const struct dk_limits_finding *own,
                             char *text)
{
    dk_decimal fits = DK_DECIMAL_MISSING;
    dk_decimal median = own->median;
    int count = 0;
    if (dk_decimal_scale(median) == 1 && dk_decimal_scale(own->minimum) == 0 &&
        dk_decimal_scale(own->maximum) == 0)
        median = dk_decimal_pack(dk_decimal_mantissa(median) / 10, 0);
    if (dk_decimal_scale(median) != 0)
        return false;
    for (int scale = 3; scale > 0; scale--) {
        dk_decimal value;
        if (!dk_decimal_make(dk_decimal_mantissa(median), scale, &value) ||
            !is_inside(limits, dk_decimal_to_double(value)))
            continue;
        fits = value;
        count++;
    }
    if (count == 0)
        return false;
    char was[DK_DECIMAL_TEXT_MAX + 1];
    char is[DK_DECIMAL_TEXT_MAX + 1];
    put_value(fits, was);
    put_value(median, is);
    if (count == 1)
        snprintf(text, DK_LIMITS_WHY_MAX, "lost decimal points (%s for %s)", is, was);
    else
        snprintf(text, DK_LIMITS_WHY_MAX, "lost decimal points");
    return true;
}

static bool explain_unit(int sensor, const struct dk_limits *limits, dk_decimal median, char *text)
{
    for (size_t i = 0; i < DK_COUNT_OF(other_units); i++) {
        const struct other_unit *other = &other_units[i];
        double value = (dk_decimal_to_double(median) - other->zero) * other->factor;
        if (strcmp(other->unit, dk_sensors[sensor].unit) != 0 || !is_inside(limits, value))
            continue;
        snprintf(text, DK_LIMITS_WHY_MAX, "%s instead of %s", other->name, other->unit);
        return true;
    }
    return false;
}

void dk_limits_explain(int sensor, const struct dk_limits limits[DK_SENSORS],
                       const struct dk_limits_finding findings[DK_SENSORS],
                       char text[DK_LIMITS_WHY_MAX])
{
    const struct dk_limits_finding *own = &findings[sensor];
    text[0] = '\0';
    if (own->median == DK_DECIMAL_MISSING)
        return;
    /* Half of all values, or more, are the least or the greatest one. */
    if (own->median == own->minimum || own->median == own->maximum) {
        char value[DK_DECIMAL_TEXT_MAX + 1];
        put_value(own->median, value);
        snprintf(text, DK_LIMITS_WHY_MAX, "a sensor that failed: %s values are %s",
                 own->minimum == own->maximum ? "all" : "most", value);
        return;
    }
    if (!explain_sensor(sensor, limits, findings, text) &&
        !explain_decimals(&limits[sensor], own, text))
        (void)explain_unit(sensor, &limits[sensor], own->median, text);
}
