/* The cells that quarantine makes missing, from the problems of a report. */
#include "input/bad_cells.h"

#include "file_layout.h"

void dk_bad_cells_begin(struct dk_bad_cells *cells, const struct dk_report *report,
                        const struct dk_drop *drop, const struct dk_input_settings *settings)
{
    *cells = (struct dk_bad_cells){.report = report, .drop = drop, .settings = settings};
}

/* Lines that a problem is about. */
static uint64_t lines_of(const struct dk_problem *problem)
{
    return problem->kind == DK_PROBLEM_ROW_BLANK && problem->got > 0 ? problem->got : 1;
}

/* The cell of a problem that is about one, if it belongs to a burst. */
static bool take_cell(const struct dk_problem *problem, const struct dk_file_layout *layout,
                      struct dk_bad_cell *cell)
{
    uint32_t at = problem->column - 1;
    cell->series = at / layout->burst;
    cell->sample = at % layout->burst;
    cell->column = problem->column;
    return cell->series < layout->series;
}

/* The next burst of a row that is bad as a whole, by the cell that represents it. */
static void take_burst(struct dk_bad_cells *cells, const struct dk_file_layout *layout,
                       struct dk_bad_cell *cell)
{
    cell->series = cells->series;
    cell->sample = layout->whole_burst ? 0 : layout->cell;
    cell->column = (uint64_t)cells->series * layout->burst + cell->sample + 1;
}

/* Goes to the next burst, line or problem. */
static void advance(struct dk_bad_cells *cells, bool whole_row, uint32_t series)
{
    if (whole_row && ++cells->series < series)
        return;
    cells->series = 0;
    if (++cells->line < lines_of(&cells->report->problems[cells->problem]))
        return;
    cells->line = 0;
    cells->problem++;
}

bool dk_bad_cells_next(struct dk_bad_cells *cells, struct dk_bad_cell *cell)
{
    while (cells->problem < cells->report->problems_count) {
        const struct dk_problem *problem = &cells->report->problems[cells->problem];
        struct dk_file_layout layout = {0};
        struct dk_problem unused;
        if (problem->file >= DK_SENSORS || problem->line == 0 ||
            !dk_layout_init(&layout, cells->settings, problem->file,
                            cells->drop->files[problem->file].columns, &unused)) {
            cells->problem++;
            continue;
        }
        bool whole_row = problem->kind != DK_PROBLEM_CELL;
        /* A NUL byte in a row of another length is a problem of its cell, and the row is
         * missing. */
        whole_row = whole_row || problem->got != 0;
        *cell = (struct dk_bad_cell){.problem = problem,
                                     .file = problem->file,
                                     .line = problem->line + cells->line,
                                     .samples = layout.burst};
        bool good = true;
        if (whole_row)
            take_burst(cells, &layout, cell);
        else
            good = take_cell(problem, &layout, cell);
        advance(cells, whole_row, layout.series);
        if (good)
            return true;
    }
    return false;
}
