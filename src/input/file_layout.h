/*
 * The layout of one sensor's file: which cells of a row are the burst of which series, and which of
 * them are needed. Pure. Private to src/input/.
 */
#ifndef DK_INPUT_FILE_LAYOUT_H
#define DK_INPUT_FILE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "input/input.h"
#include "scan.h"

struct dk_file_layout {
    uint32_t columns; /* cells of a row */
    uint32_t series;  /* bursts of a row that are kept */
    uint32_t burst;   /* cells of a burst, side by side from column 0. alignment = column: 1 */
    enum dk_sample sample;
    enum dk_decimal_mark mark;
    bool whole_burst;         /* every cell of a burst counts: mean, min, max */
    bool every_cell;          /* the value of every cell is needed */
    uint32_t cell;            /* else the one that counts, from 0 */
    struct dk_scan_plan plan; /* the cells that are needed */
};

/* Series that the settings make of a drop: cohorts, wells, or one. */
uint32_t dk_layout_series(const struct dk_input_settings *settings);

/* Cells that a row of `sensor`'s file has by the settings; 0: what makes whole bursts. */
uint32_t dk_layout_columns_due(const struct dk_input_settings *settings, int sensor);

/* Works out the layout of `sensor`'s file from the number of columns in its rows (at most
 * UINT32_MAX). Returns false if they don't divide into bursts, or the bursts don't fit the sensor's
 * rate: problem->got and expected are set then, as for DK_PROBLEM_COLUMNS (expected: how many
 * columns would fit, 0 if there is no telling). */
bool dk_layout_init(struct dk_file_layout *layout, const struct dk_input_settings *settings,
                    int sensor, uint64_t columns, struct dk_problem *problem);

#endif
