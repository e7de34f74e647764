/* The table of `check`: what the values of each sensor amount to. */
#include <stdio.h>
#include <string.h>

#include "command.h"

enum { SENSOR, RANGE, VALUES, MISSING, OUTSIDE, SAME, MINIMUM, MEDIAN, MAXIMUM, COLUMNS };

#define CELL_MAX 72

struct table {
    char cells[DK_SENSORS + 1][COLUMNS][CELL_MAX];
    int widths[COLUMNS];
};

static void put_decimal(dk_decimal value, char text[DK_DECIMAL_TEXT_MAX + 1])
{
    text[dk_decimal_format(value, text)] = '\0';
}

static void fill_row(char cells[COLUMNS][CELL_MAX], int sensor, const struct dk_limits *limits,
                     const struct dk_quality *quality)
{
    char range[DK_LIMITS_TEXT_MAX];
    char count[DK_COUNT_TEXT_MAX];
    dk_limits_format(limits, range);
    snprintf(cells[SENSOR], CELL_MAX, "%s", dk_sensors[sensor].name);
    snprintf(cells[RANGE], CELL_MAX, "%s %s", range, dk_sensors[sensor].unit);
    snprintf(cells[VALUES], CELL_MAX, "%s", dk_count_text(quality->sum.count, count));
    snprintf(cells[MISSING], CELL_MAX, "%s", dk_count_text(quality->missing_count, count));
    snprintf(cells[OUTSIDE], CELL_MAX, "%s", dk_count_text(quality->outside_count, count));
    snprintf(cells[SAME], CELL_MAX, "%s", dk_count_text(quality->longest_constant, count));
    put_decimal(quality->minimum, cells[MINIMUM]);
    put_decimal(quality->median, cells[MEDIAN]);
    put_decimal(quality->maximum, cells[MAXIMUM]);
}

static void measure_widths(struct table *table)
{
    for (int row = 0; row <= DK_SENSORS; row++)
        for (int column = 0; column < COLUMNS; column++) {
            int width = (int)strlen(table->cells[row][column]);
            if (width > table->widths[column])
                table->widths[column] = width;
        }
}

/* Words to the left, numbers to the right, a blank between. */
static void print_row(struct dk_console *console, const struct table *table, int row)
{
    char line[COLUMNS * CELL_MAX];
    size_t used = 0;
    for (int column = 0; column < COLUMNS; column++) {
        int width = table->widths[column];
        used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%*s", column ? " " : "",
                                 column <= RANGE ? -width : width, table->cells[row][column]);
    }
    dk_console_print(console, "%s", line);
}

static void print_table(struct dk_console *console, const struct dk_limits *limits,
                        const struct dk_quality *quality)
{
    static const char *const heads[COLUMNS] = {"sensor",   "range", "values", "missing", "outside",
                                               "constant", "min",   "median", "max"};
    struct table table = {.widths = {0}};
    for (int column = 0; column < COLUMNS; column++)
        snprintf(table.cells[0][column], CELL_MAX, "%s", heads[column]);
    for (int i = 0; i < DK_SENSORS; i++)
        fill_row(table.cells[i + 1], i, &limits[i], &quality[i]);
    measure_widths(&table);
    for (int row = 0; row <= DK_SENSORS; row++)
        print_row(console, &table, row);
}

/* A decimal as text, so that no reader rounds it; null for none. */
static json_t *json_decimal(dk_decimal value)
{
    char text[DK_DECIMAL_TEXT_MAX + 1];
    put_decimal(value, text);
    return value == DK_DECIMAL_MISSING ? json_null() : json_string(text);
}

static void print_json(struct dk_session *session, const struct dk_limits *limits,
                       const struct dk_quality *quality)
{
    for (int i = 0; i < DK_SENSORS; i++)
        dk_console_result(&session->console, "quality",
                          DK_FIELDS(DK_TEXT("sensor", dk_sensors[i].name),
                                    DK_TEXT("unit", dk_sensors[i].unit),
                                    DK_JSON("low", json_decimal(limits[i].low)),
                                    DK_JSON("high", json_decimal(limits[i].high)),
                                    DK_NUMBER("values", quality[i].sum.count),
                                    DK_NUMBER("missing", quality[i].missing_count),
                                    DK_NUMBER("quarantined", quality[i].quarantined_count),
                                    DK_NUMBER("outside", quality[i].outside_count),
                                    DK_NUMBER("longest_constant", quality[i].longest_constant),
                                    DK_JSON("minimum", json_decimal(quality[i].minimum)),
                                    DK_JSON("median", json_decimal(quality[i].median)),
                                    DK_JSON("maximum", json_decimal(quality[i].maximum))),
                          "%s", "");
}

enum dk_status dk_session_report_quality(struct dk_session *session,
                                         const struct dk_readings *readings, struct dk_error *err)
{
    const struct dk_settings *settings = &session->config.settings;
    struct dk_quality quality[DK_SENSORS];
    DK_RETURN_IF_ERROR(
        dk_quality_measure(readings, settings->limits, false, settings->threads, quality, err));
    if (session->console.json)
        print_json(session, settings->limits, quality);
    else
        print_table(&session->console, settings->limits, quality);
    return DK_OK;
}
