/*
 * corrections: a list of corrected cells becomes values of the database.
 *
 *     rows of the list -> cells of the ledger -> bursts -> values of readings -> store -> archive
 */
#include "pipeline/corrections.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "corrected_bursts.h"
#include "input/fixes.h"

#define BLOCK_BYTES (64u << 10)
#define PROBLEMS_SHOWN 20
#define CELLS_MAX 250000u
/* Of a list beside an archived drop, which may have been applied in parts: this many at once, and
 * this many samples of their bursts, fewer than corrected_bursts.c takes. */
#define PART_CELLS_MAX 100000u
#define PART_SAMPLES_MAX (2u << 20)

/* A list that is being read. */
struct reading {
    struct dk_pipeline *pipeline;
    const struct dk_correction_list *list;
    struct dk_corrected *result;
    struct dk_corrected_cell *cells; /* owned */
    size_t count, capacity;
    size_t samples; /* of the bursts of the cells, as far as cells of one burst follow each other */
    size_t problems;
    struct dk_ledger_drop drop; /* of the last cell */
    enum dk_status status;      /* of a failure that is not a problem of the list */
    struct dk_error *err;
};

/* --- problems ------------------------------------------------------------------------------- */

static void on_problem(void *context, uint64_t row, const char *text)
{
    struct reading *reading = context;
    if (reading->problems++ < PROBLEMS_SHOWN)
        dk_observer_notice(reading->pipeline->observer, DK_LEVEL_WARNING, "%s, line %llu: %s",
                           reading->list->path, (unsigned long long)row, text);
}

static void refuse(struct reading *reading, uint64_t row, const char *fmt, ...) DK_PRINTF(3, 4);

static void refuse(struct reading *reading, uint64_t row, const char *fmt, ...)
{
    char text[DK_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(text, sizeof(text), fmt, args);
    va_end(args);
    on_problem(reading, row, text);
}

static enum dk_status sum_up(const struct reading *reading, struct dk_error *err)
{
    char count[DK_COUNT_TEXT_MAX];
    if (reading->problems == 0)
        return DK_OK;
    dk_error_set(err, DK_ERR_DATA, "%s row%s of '%s' can't be applied; nothing was changed",
                 dk_count_text(reading->problems, count), reading->problems == 1 ? "" : "s",
                 reading->list->path);
    dk_error_hint(err, "correct the list, or make a new one with 'derrick quarantine list'");
    return DK_ERR_DATA;
}

/* --- the cells of the ledger ---------------------------------------------------------------- */

static enum dk_status find_drop(struct reading *reading, int64_t drop_id)
{
    if (reading->drop.drop_id == drop_id)
        return DK_OK;
    return dk_ledger_drop_get(reading->pipeline->store, drop_id, &reading->drop, reading->err);
}

/* Whether the corrections of a drop can be kept beside it. */
static bool is_archived_here(struct reading *reading, uint64_t row)
{
    const struct dk_ledger_drop *drop = &reading->drop;
    if (drop->archived_at[0] == '\0')
        refuse(reading, row,
               "run %lld has loaded its drop, but it is not archived yet: 'derrick run' does that",
               (long long)drop->run_id);
    else if (strcmp(drop->workspace_id, reading->pipeline->workspace.id) != 0)
        refuse(reading, row, "run %lld loaded its drop in another workspace: correct it there",
               (long long)drop->run_id);
    else
        return true;
    return false;
}

static void add_cell(struct reading *reading, const struct dk_fix *fix,
                     const struct dk_quarantined *cell)
{
    if (reading->count == reading->capacity) {
        size_t capacity = reading->capacity ? 2 * reading->capacity : 256;
        void *cells = capacity <= 2 * CELLS_MAX
                          ? reallocarray(reading->cells, capacity, sizeof(*reading->cells))
                          : NULL;
        if (!cells) {
            reading->status =
                dk_error_set(reading->err, DK_ERR_NOMEM, "out of memory for the cells of '%s'",
                             reading->list->path);
            return;
        }
        reading->cells = cells;
        reading->capacity = capacity;
    }
    const struct dk_corrected_cell *last =
        reading->count > 0 ? &reading->cells[reading->count - 1] : NULL;
    if (!last || last->correction.file != cell->file || last->correction.line != cell->line ||
        last->correction.column - last->sample != cell->column - cell->sample)
        reading->samples += cell->samples;
    reading->cells[reading->count++] =
        (struct dk_corrected_cell){.correction = {.drop_id = cell->drop_id,
                                                  .well_id = cell->well_id,
                                                  .cohort = cell->cohort,
                                                  .file = cell->file,
                                                  .line = cell->line,
                                                  .column = cell->column,
                                                  .reading = cell->reading,
                                                  .value = fix->value},
                                   .row = fix->row,
                                   .sample = cell->sample,
                                   .samples = cell->samples,
                                   .same = cell->value == fix->value};
}

static void report_unknown(struct reading *reading, const struct dk_fix *fix, int64_t run_id)
{
    char rig[DK_RIG_NAME_MAX];
    if (fix->by_rig) {
        dk_well_rig_name(&fix->well, rig);
        refuse(reading, fix->row,
               "line %llu, column %llu of %s is not a cell in quarantine of cohort %d of %s",
               (unsigned long long)fix->line, (unsigned long long)fix->column,
               dk_sensors[fix->file].name, fix->cohort, rig);
    } else if (run_id == 0) {
        refuse(reading, fix->row, "the list does not say which run loaded the cell: add --run N");
    } else {
        refuse(reading, fix->row,
               "line %llu, column %llu of '%.64s' is not a cell in quarantine of run %lld",
               (unsigned long long)fix->line, (unsigned long long)fix->column, fix->file_name,
               (long long)run_id);
    }
}

/* Takes a cell that the ledger knows. */
static void take_cell(struct reading *reading, const struct dk_fix *fix,
                      const struct dk_quarantined *cell)
{
    const char *folder = reading->list->folder;
    reading->status = find_drop(reading, cell->drop_id);
    if (reading->status != DK_OK)
        return;
    if (folder && strcmp(folder, reading->drop.archive_folder) != 0)
        return;
    if (!folder && fix->run_id != 0 && fix->run_id != cell->run_id) {
        refuse(reading, fix->row,
               "run %lld had loaded the cell; run %lld has loaded its cohort since",
               (long long)fix->run_id, (long long)cell->run_id);
        return;
    }
    if (!folder && fix->reading != 0 && fix->reading != cell->reading) {
        refuse(reading, fix->row,
               "line %u, column %u is of reading %zu, and the row says reading %zu",
               (unsigned)cell->line, (unsigned)cell->column, cell->reading, fix->reading);
        return;
    }
    bool same = cell->value == fix->value;
    reading->result->same += same;
    if (same && folder)
        return;
    if (same || folder || is_archived_here(reading, fix->row))
        add_cell(reading, fix, cell);
}

static enum dk_status apply_cells(struct reading *reading, struct dk_error *err);

static void on_fix(void *context, const struct dk_fix *fix)
{
    struct reading *reading = context;
    struct dk_quarantined cell;
    bool found = false;
    int64_t run_id = fix->run_id ? fix->run_id : reading->list->run_id;
    const struct dk_quarantine_key key = {.by_rig = fix->by_rig,
                                          .well = fix->well,
                                          .cohort = fix->cohort,
                                          .file = fix->file,
                                          .run_id = run_id,
                                          .file_name = fix->file_name,
                                          .line = fix->line,
                                          .column = fix->column};
    if (reading->status != DK_OK)
        return;
    if (reading->list->folder &&
        (reading->count == PART_CELLS_MAX || reading->samples >= PART_SAMPLES_MAX))
        reading->status = apply_cells(reading, reading->err);
    if (reading->status != DK_OK)
        return;
    if (reading->count == CELLS_MAX) {
        reading->status = dk_error_set(reading->err, DK_ERR_DATA,
                                       "'%s' has more than 250,000 values: apply it in parts",
                                       reading->list->path);
        return;
    }
    if (fix->by_rig || run_id != 0)
        reading->status =
            dk_store_quarantine_find(reading->pipeline->store, &key, &cell, &found, reading->err);
    if (reading->status != DK_OK)
        return;
    if (found)
        take_cell(reading, fix, &cell);
    else if (!reading->list->folder)
        report_unknown(reading, fix, run_id);
}

/* --- the list ------------------------------------------------------------------------------- */

static enum dk_status read_file(struct reading *reading, int fd, struct dk_error *err)
{
    struct dk_fixes *fixes = calloc(1, sizeof(*fixes) + BLOCK_BYTES);
    if (!fixes)
        return dk_error_nomem(err, "read", reading->list->path);
    *fixes = (struct dk_fixes){.context = reading, .fix = on_fix, .problem = on_problem};
    char *block = (char *)(fixes + 1);
    ssize_t got;
    while ((got = read(fd, block, BLOCK_BYTES)) > 0 && reading->status == DK_OK)
        dk_fixes_feed(fixes, block, (size_t)got);
    enum dk_status status = reading->status;
    if (got < 0)
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't read", reading->list->path);
    else if (status == DK_OK)
        dk_fixes_end(fixes);
    free(fixes);
    return status == DK_OK ? reading->status : status;
}

static enum dk_status read_list(struct reading *reading, struct dk_error *err)
{
    int fd = open(reading->list->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return dk_error_errno(err, DK_ERR_USAGE, errno, "can't open", reading->list->path);
    enum dk_status status = read_file(reading, fd, err);
    close(fd);
    return status == DK_OK ? sum_up(reading, err) : status;
}

static int compare_cells(const void *left, const void *right)
{
    const struct dk_correction *a = &((const struct dk_corrected_cell *)left)->correction;
    const struct dk_correction *b = &((const struct dk_corrected_cell *)right)->correction;
    if (a->well_id != b->well_id)
        return a->well_id < b->well_id ? -1 : 1;
    if (a->cohort != b->cohort)
        return a->cohort < b->cohort ? -1 : 1;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

/* Removes from the list the cells that already have their values. */
static void keep_changed(struct reading *reading)
{
    size_t kept = 0;
    for (size_t i = 0; i < reading->count; i++)
        if (!reading->cells[i].same)
            reading->cells[kept++] = reading->cells[i];
    reading->count = kept;
}

/* Sorts the cells, and removes those that the list has twice, or that are not new. */
static enum dk_status sort_cells(struct reading *reading, struct dk_error *err)
{
    size_t kept = 0;
    if (reading->count > 0)
        qsort(reading->cells, reading->count, sizeof(*reading->cells), compare_cells);
    for (size_t i = 0; i < reading->count; i++) {
        const struct dk_corrected_cell *cell = &reading->cells[i];
        if (kept == 0 || compare_cells(&reading->cells[kept - 1], cell) != 0)
            reading->cells[kept++] = *cell;
        else if (reading->cells[kept - 1].correction.value != cell->correction.value)
            refuse(reading, cell->row, "line %llu has another value for the same cell",
                   (unsigned long long)reading->cells[kept - 1].row);
    }
    reading->count = kept;
    keep_changed(reading);
    return sum_up(reading, err);
}

/* --- the values ----------------------------------------------------------------------------- */

static void on_burst_problem(void *context, const struct dk_corrected_cell *cell, const char *text)
{
    on_problem(context, cell->row, text);
}

/* New values that are not plausible are stored, as a load stores them, and reported. */
static void report_outside(const struct reading *reading)
{
    const struct dk_limits *limits = reading->pipeline->settings->limits;
    size_t outside = 0;
    for (size_t i = 0; i < reading->count; i++) {
        const struct dk_correction *correction = &reading->cells[i].correction;
        struct dk_limits_test test;
        dk_limits_test_init(&test, &limits[correction->file]);
        outside += correction->shapes && correction->represent != DK_DECIMAL_MISSING &&
                   !dk_limits_inside(&test, correction->represent);
    }
    if (outside > 0)
        dk_observer_notice(reading->pipeline->observer, DK_LEVEL_WARNING,
                           "%zu of the new values %s outside the plausible range of the sensor",
                           outside, outside == 1 ? "is" : "are");
}

/* A mean needs all samples of its burst, and a row with the wrong number of columns can't be
 * read. */
static void report_missing(const struct reading *reading)
{
    size_t missing = 0;
    for (size_t i = 0; i < reading->count; i++) {
        const struct dk_correction *correction = &reading->cells[i].correction;
        missing += correction->shapes && correction->represent == DK_DECIMAL_MISSING;
    }
    if (missing > 0)
        dk_observer_notice(reading->pipeline->observer, DK_LEVEL_WARNING,
                           "%zu reading%s no value yet, because other samples of %s are missing",
                           missing, missing == 1 ? " has" : "s have",
                           missing == 1 ? "its burst" : "their bursts");
}

static enum dk_status store_cells(struct reading *reading, struct dk_error *err)
{
    struct dk_pipeline *pipeline = reading->pipeline;
    struct dk_correct_result stored;
    struct dk_correction *list = calloc(reading->count + 1, sizeof(*list));
    if (!list)
        return dk_error_nomem(err, "apply", reading->list->path);
    for (size_t i = 0; i < reading->count; i++)
        list[i] = reading->cells[i].correction;
    const struct dk_correct request = {.run_id = pipeline->run_id,
                                       .list = list,
                                       .count = reading->count,
                                       .limits = pipeline->settings->limits};
    enum dk_status status = dk_store_correct(pipeline->store, &request, &stored, err);
    free(list);
    if (status != DK_OK)
        return status;
    reading->result->cells += stored.cells;
    reading->result->readings += stored.readings;
    reading->result->cohorts += stored.cohorts;
    return DK_OK;
}

/* Stores the values of the cells that were read so far, all or none. */
static enum dk_status apply_cells(struct reading *reading, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(sort_cells(reading, err));
    if (reading->count == 0)
        return DK_OK;
    const struct dk_corrected_bursts bursts = {.pipeline = reading->pipeline,
                                               .cells = reading->cells,
                                               .count = reading->count,
                                               .context = reading,
                                               .problem = on_burst_problem};
    DK_RETURN_IF_ERROR(dk_corrected_bursts_compute(&bursts, err));
    DK_RETURN_IF_ERROR(sum_up(reading, err));
    report_outside(reading);
    report_missing(reading);
    DK_RETURN_IF_ERROR(store_cells(reading, err));
    reading->count = 0;
    reading->samples = 0;
    return DK_OK;
}

static enum dk_status correct(struct reading *reading, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(read_list(reading, err));
    return apply_cells(reading, err);
}

enum dk_status dk_pipeline_correct(struct dk_pipeline *pipeline,
                                   const struct dk_correction_list *list,
                                   struct dk_corrected *result, struct dk_error *err)
{
    struct dk_error local = {0};
    struct reading reading = {
        .pipeline = pipeline, .list = list, .result = result, .err = err ? err : &local};
    *result = (struct dk_corrected){0};
    enum dk_status status = correct(&reading, reading.err);
    free(reading.cells);
    return status;
}
