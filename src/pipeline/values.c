#include "values.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CELLS_MIN 10 /* a percentage allows at least so many */

/* --- quarantine_max ------------------------------------------------------------------------- */

static enum dk_status wrong_max(const char *text, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_CONFIG, "'%s' is neither a percentage nor a number of cells", text);
    dk_error_hint(err, "write a percentage from 0%% to 100%%, such as 1%%, or a number of cells, "
                       "such as 50");
    return DK_ERR_CONFIG;
}

enum dk_status dk_quarantine_max_parse(const char *text, struct dk_quarantine_max *out,
                                       struct dk_error *err)
{
    size_t size = strlen(text);
    bool percent = size > 0 && text[size - 1] == '%';
    dk_decimal number;
    if (dk_decimal_parse(text, size - percent, &number) != DK_DECIMAL_GOOD ||
        dk_decimal_mantissa(number) < 0 || (!percent && dk_decimal_scale(number) != 0) ||
        (percent && dk_decimal_compare(number, dk_decimal_pack(100, 0)) > 0))
        return wrong_max(text, err);
    *out = (struct dk_quarantine_max){.percent = percent, .number = number};
    return DK_OK;
}

/* The most that quarantine takes of this many cells. */
static uint64_t max_of(const struct dk_quarantine_max *max, uint64_t cells)
{
    int64_t mantissa = dk_decimal_mantissa(max->number);
    if (!max->percent)
        return (uint64_t)mantissa;
    unsigned __int128 share = (unsigned __int128)mantissa * cells;
    for (int i = dk_decimal_scale(max->number) + 2; i > 0; i--)
        share /= 10;
    return share < CELLS_MIN ? CELLS_MIN : (uint64_t)share;
}

/* More of a file than quarantine takes. */
struct excess {
    const char *what;
    uint64_t count, of, max;
};

static enum dk_status refuse_quarantine(const struct dk_intake *intake, int sensor,
                                        const struct excess *excess, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_DATA,
                 "'%s': %" PRIu64 " of %" PRIu64 " %s; quarantine takes at most %" PRIu64
                 " (input.quarantine_max)",
                 intake->drop.files[sensor].name, excess->count, excess->of, excess->what,
                 excess->max);
    dk_error_hint(err,
                  "copy the file again from the rig, or fix it; if its other values are "
                  "right, --set input.quarantine_max=%" PRIu64 " loads them",
                  excess->count);
    return DK_ERR_DATA;
}

/* Bad cells against the cells of the file, and values that are missing now against the values that
 * would have been loaded: a mean is missing as soon as one sample of its burst is bad. */
static enum dk_status judge_quarantine(const struct dk_pipeline *pipeline,
                                       const struct dk_intake *intake, struct dk_error *err)
{
    const struct dk_quarantine_max *max = &pipeline->settings->quarantine_max;
    uint64_t bad[DK_DROP_FILES] = {0};
    for (size_t i = 0; i < intake->report.problems_count; i++)
        bad[intake->report.problems[i].file]++;
    for (int i = 0; i < DK_SENSORS; i++) {
        const struct dk_drop_file *file = &intake->drop.files[i];
        const struct dk_quality_counts *counts = &intake->values[i];
        uint64_t cells = file->rows * file->columns;
        uint64_t values = counts->values + counts->missing;
        if (bad[i] == 0)
            continue;
        const struct excess excesses[] = {
            {"cells are bad", bad[i], cells, max_of(max, cells)},
            {"values would be missing", counts->missing, values, max_of(max, values)},
        };
        for (size_t j = 0; j < DK_COUNT_OF(excesses); j++)
            if (excesses[j].count > excesses[j].max)
                return refuse_quarantine(intake, i, &excesses[j], err);
    }
    return DK_OK;
}

/* --- plausible ranges ----------------------------------------------------------------------- */

static bool is_mostly_outside(const struct dk_quality_counts *counts)
{
    return 2 * counts->outside > counts->values;
}

/* One line for all sensors. */
static void warn_outside(const struct dk_pipeline *pipeline, const struct dk_intake *intake)
{
    char list[DK_SENSORS * 48] = "";
    size_t used = 0;
    for (int i = 0; i < DK_SENSORS; i++) {
        const struct dk_quality_counts *counts = &intake->values[i];
        if (counts->outside == 0 || used >= sizeof(list))
            continue;
        used +=
            (size_t)snprintf(list + used, sizeof(list) - used, "%s%s %" PRIu64 " of %" PRIu64,
                             used ? ", " : "", dk_sensors[i].name, counts->outside, counts->values);
    }
    if (used > 0)
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                           "values outside their plausible range: %s ('derrick check' shows the "
                           "ranges)",
                           list);
}

/* What was refused, and what it looks like. `level_only`: not the error, but a line before it. */
static void describe(const struct dk_pipeline *pipeline, const struct dk_intake *intake, int sensor,
                     const struct dk_limits_finding findings[DK_SENSORS], char *text, size_t size)
{
    const struct dk_quality_counts *counts = &intake->values[sensor];
    const struct dk_limits *limits = pipeline->settings->limits;
    char range[DK_LIMITS_TEXT_MAX];
    char why[DK_LIMITS_WHY_MAX];
    char median[DK_DECIMAL_TEXT_MAX + 1];
    median[dk_decimal_format(findings[sensor].median, median)] = '\0';
    dk_limits_format(&limits[sensor], range);
    dk_limits_explain(sensor, limits, findings, why);
    dk_text_format(text, size,
                   "'%s': %" PRIu64 " of %" PRIu64 " values (%" PRIu64
                   " %%) are outside %s %s, with a median of %s%s%s",
                   intake->drop.files[sensor].name, counts->outside, counts->values,
                   counts->outside * 100 / counts->values, range, dk_sensors[sensor].unit, median,
                   why[0] ? ": it looks like " : "", why);
}

static enum dk_status refuse_outside(const struct dk_pipeline *pipeline,
                                     const struct dk_intake *intake, struct dk_error *err)
{
    struct dk_quality table[DK_SENSORS];
    struct dk_limits_finding findings[DK_SENSORS];
    char text[DK_ERROR_TEXT_MAX];
    int first = -1;
    DK_RETURN_IF_ERROR(dk_quality_measure(&intake->readings, pipeline->settings->limits, false,
                                          pipeline->settings->threads, table, err));
    for (int i = 0; i < DK_SENSORS; i++)
        findings[i] = (struct dk_limits_finding){.outside = is_mostly_outside(&intake->values[i]),
                                                 .minimum = table[i].minimum,
                                                 .median = table[i].median,
                                                 .maximum = table[i].maximum};
    for (int i = 0; i < DK_SENSORS; i++) {
        if (!findings[i].outside)
            continue;
        describe(pipeline, intake, i, findings, text, sizeof(text));
        if (first < 0)
            dk_error_set(err, DK_ERR_DATA, "%s", text);
        else
            dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING, "%s", text);
        first = first < 0 ? i : first;
    }
    dk_error_hint(err,
                  "export or copy the file again from the rig; if the values are right, widen "
                  "limits.%s in derrick.ini, or load them once with --allow-out-of-range",
                  dk_sensors[first].name);
    return DK_ERR_DATA;
}

enum dk_status dk_values_judge(const struct dk_pipeline *pipeline, struct dk_intake *intake,
                               struct dk_error *err)
{
    const struct dk_settings *settings = pipeline->settings;
    bool refused = false;
    enum dk_status status = DK_OK;
    for (size_t i = 0; i < DK_SENSORS; i++) {
        dk_quality_count(&intake->readings, i, &settings->limits[i], &intake->values[i]);
        refused = refused || is_mostly_outside(&intake->values[i]);
    }
    if (settings->input.quarantine)
        status = judge_quarantine(pipeline, intake, err);
    if (status == DK_OK && refused && !settings->allow_out_of_range)
        return refuse_outside(pipeline, intake, err);
    if (status == DK_OK)
        warn_outside(pipeline, intake);
    return status;
}
