/*
 * same_cells: is a drop whose loaded values are all there the one that was loaded? Equal texts
 * settle that; else every cell is compared with the loaded drop's files, in the archive or where
 * they were left. docs/store.md has the rules.
 */
#ifndef DK_PIPELINE_SAME_CELLS_H
#define DK_PIPELINE_SAME_CELLS_H

#include "pipeline/pipeline.h"

/* The outcome of the comparison. Zeroed at first; dk_same_cells_reset frees. */
struct dk_same_cells {
    bool *other_cells; /* owned; [series_count]: as dk_load.other_cells. NULL: none is so */
};

/* Compares the cells of the series that are loaded with equal values. Where the loaded drop can't
 * be read any more, a notice says so, and the loaded values decide. DK_ERR_REFUSED, without
 * `replace`: a cell differs; it is named. */
enum dk_status dk_same_cells_check(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                   bool replace, struct dk_same_cells *same_cells,
                                   struct dk_error *err) DK_CHECK;
void dk_same_cells_reset(struct dk_same_cells *same_cells);

#endif
