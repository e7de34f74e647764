#include "same_cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "input/cells.h"

#define PATH_BYTES_MAX 1024

/* --- the loaded drop ------------------------------------------------------------------------ */

/* Where a file of a loaded drop is now, if it still has the bytes that it had: in the archive, or
 * where it was left. */
static bool find_file(const struct dk_ledger_drop *drop, const struct dk_ledger_file *file,
                      char path[PATH_BYTES_MAX])
{
    char hex[DK_HASH_HEX_MAX];
    bool stored = file->stored[0] != '\0';
    if (stored)
        snprintf(path, PATH_BYTES_MAX, "%s/%s", drop->archive_folder, file->stored);
    else
        snprintf(path, PATH_BYTES_MAX, "%s", file->path);
    return dk_hash_file(path, hex, NULL, NULL) == DK_OK &&
           strcmp(hex, stored ? file->stored_hash : file->hash) == 0;
}

static const struct dk_ledger_file *find_archive(const struct dk_ledger_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (files[i].file == DK_DROP_FILES)
            return &files[i];
    return NULL;
}

/* The copies belong to the drop, until it is reset. */
static bool name_file(struct dk_drop_file *file, const char *name, const char *path)
{
    file->name = strdup(name);
    file->path = strdup(path);
    return file->name && file->path;
}

/* Fills a drop that is a folder with the files of the ledger; false if one of them is gone. */
static bool fill_folder(const struct dk_ledger_drop *row, const struct dk_ledger_file *files,
                        size_t count, struct dk_drop *drop)
{
    char path[PATH_BYTES_MAX];
    drop->path = strdup(row->source);
    if (!drop->path)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (files[i].file < 0 || files[i].file >= DK_SENSORS)
            continue; /* the profile is loaded, all of it */
        if (!find_file(row, &files[i], path))
            return false;
        struct dk_drop_file *file = &drop->files[files[i].file];
        if (file->path)
            return false; /* the ledger names it twice */
        if (!name_file(file, files[i].name, path))
            return false;
    }
    return true;
}

/* Opens the files of a loaded drop; *found is false where they can't be read any more. */
static enum dk_status open_loaded(struct dk_pipeline *pipeline, const struct dk_ledger_drop *row,
                                  struct dk_drop *drop, bool *found, struct dk_error *err)
{
    struct dk_ledger_file *files = NULL;
    char path[PATH_BYTES_MAX];
    size_t count = 0;
    *drop = (struct dk_drop){0};
    *found = false;
    enum dk_status status = dk_ledger_files(pipeline->store, row->drop_id, &files, &count, err);
    const struct dk_ledger_file *archive = find_archive(files, count);
    if (status == DK_OK && archive)
        *found =
            find_file(row, archive, path) && dk_drop_open(drop, path, NULL, NULL, NULL) == DK_OK;
    else if (status == DK_OK)
        *found = fill_folder(row, files, count, drop);
    free(files);
    return status;
}

/* --- which burst is which ------------------------------------------------------------------- */

/* Which burst of a row is the series', in a drop that is read with these settings. */
static uint32_t burst_of(const struct dk_input_settings *settings, const struct dk_series *series)
{
    if (settings->columns == DK_COLUMNS_SAMPLES)
        return 0;
    int number = settings->columns == DK_COLUMNS_WELLS ? series->well.number : series->cohort;
    return number >= 1 && number <= settings->cohorts ? (uint32_t)number - 1 : 0;
}

/* --- the comparison ------------------------------------------------------------------------- */

struct checking {
    struct dk_pipeline *pipeline;
    const struct dk_intake *intake;
    bool replace;
    struct dk_loaded *loaded;    /* [series_count] */
    struct dk_cells_pair *pairs; /* [series_count]: room for those of one loaded drop */
    bool *other_cells;
};

/* "PS1.txt:3:47: 1.3, and was 1.2" */
static void difference_text(const struct dk_drop *drop,
                            const struct dk_cells_difference *difference, char *text, size_t cap)
{
    const char *name = drop->files[difference->file].name;
    if (difference->line == 0)
        snprintf(text, cap, "the file of %s is in one of them only",
                 dk_sensors[difference->file].name);
    else if (difference->column == 0)
        snprintf(text, cap, "%s:%llu: %s, and was %s", name, (unsigned long long)difference->line,
                 difference->left, difference->right);
    else
        snprintf(text, cap, "%s:%llu:%llu: '%s', and was '%s'", name,
                 (unsigned long long)difference->line, (unsigned long long)difference->column,
                 difference->left, difference->right);
}

static enum dk_status refuse_cells(const struct checking *checking,
                                   const struct dk_ledger_drop *row,
                                   const struct dk_cells_difference *difference,
                                   struct dk_error *err)
{
    const struct dk_intake *intake = checking->intake;
    const struct dk_series *series = &intake->readings.series[0];
    char text[512];
    char dates[DK_SERIES_DATES_MAX];
    difference_text(&intake->drop, difference, text, sizeof(text));
    dk_error_set(err, DK_ERR_REFUSED,
                 "'%s' has the values that run %lld loaded, but another cell: %s",
                 intake->drop.path, (long long)row->run_id, text);
    if (!dk_columns_are_one_cohort(intake->input.columns)) {
        dk_error_hint(err, "nothing was changed; compare the two deliveries, and read 'When a "
                           "drop contradicts what is loaded' in docs/store.md");
        return DK_ERR_REFUSED;
    }
    dk_series_dates(series, intake->readings.rows, dates);
    dk_error_hint(err,
                  "if this drop corrects cohort %d (%s), put it in its place: "
                  "--cohort %d --replace",
                  series->cohort, dates, series->cohort);
    return DK_ERR_REFUSED;
}

/* Lists the bursts of the series that this drop loaded with equal values. */
static size_t list_pairs(struct checking *checking, const struct dk_ledger_drop *row,
                         const struct dk_input_settings *loaded)
{
    const struct dk_input_settings *input = &checking->intake->input;
    const struct dk_readings *readings = &checking->intake->readings;
    size_t count = 0;
    for (size_t i = 0; i < readings->series_count; i++)
        if (checking->loaded[i].equal && checking->loaded[i].drop_id == row->drop_id)
            checking->pairs[count++] =
                (struct dk_cells_pair){.left = burst_of(input, &readings->series[i]),
                                       .right = burst_of(loaded, &readings->series[i])};
    return count;
}

/* Compares with the files of one loaded drop, which were opened. */
static enum dk_status compare_drop(struct checking *checking, const struct dk_ledger_drop *row,
                                   const struct dk_cells_side *loaded, struct dk_error *err)
{
    const struct dk_readings *readings = &checking->intake->readings;
    const struct dk_cells_request request = {
        .left = {.drop = &checking->intake->drop, .settings = &checking->intake->input},
        .right = *loaded,
        .pairs = checking->pairs,
        .pair_count = list_pairs(checking, row, loaded->settings)};
    struct dk_cells_difference difference;
    enum dk_status status = dk_cells_compare(&request, &difference, err);
    if (status != DK_OK || !difference.found)
        return status;
    if (!checking->replace)
        return refuse_cells(checking, row, &difference, err);
    for (size_t i = 0; i < readings->series_count; i++)
        if (checking->loaded[i].drop_id == row->drop_id)
            checking->other_cells[i] = checking->loaded[i].equal;
    return DK_OK;
}

static enum dk_status check_drop(struct checking *checking, int64_t drop_id, struct dk_error *err)
{
    struct dk_ledger_drop row;
    struct dk_drop drop = {0};
    struct dk_input_settings settings;
    const struct dk_cells_side loaded = {.drop = &drop, .settings = &settings};
    bool found = false;
    dk_input_settings_init(&settings);
    enum dk_status status = dk_ledger_drop_get(checking->pipeline->store, drop_id, &row, err);
    if (status == DK_OK)
        status = open_loaded(checking->pipeline, &row, &drop, &found, err);
    if (status == DK_OK && found)
        status = dk_input_settings_parse(row.settings, &settings, err);
    if (status == DK_OK && found)
        status = compare_drop(checking, &row, &loaded, err);
    else if (status == DK_OK)
        dk_observer_notice(checking->pipeline->observer, DK_LEVEL_NOTICE,
                           "the files that run %lld loaded can't be read any more: '%s' is "
                           "compared by its loaded values alone",
                           (long long)row.run_id, checking->intake->drop.path);
    dk_drop_reset(&drop);
    return status;
}

/* Whether an earlier series was loaded by the same drop, with equal values. */
static bool was_checked(const struct checking *checking, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (checking->loaded[i].equal &&
            checking->loaded[i].drop_id == checking->loaded[index].drop_id)
            return true;
    return false;
}

static enum dk_status check_all(struct checking *checking, struct dk_error *err)
{
    const struct dk_readings *readings = &checking->intake->readings;
    enum dk_status status =
        dk_store_loaded(checking->pipeline->store, readings, checking->loaded, err);
    for (size_t i = 0; status == DK_OK && i < readings->series_count; i++)
        if (checking->loaded[i].equal && !was_checked(checking, i))
            status = check_drop(checking, checking->loaded[i].drop_id, err);
    return status;
}

/* Whether the text of every file is that of a drop that was loaded for this rig. */
static enum dk_status has_text(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                               bool *known, struct dk_error *err)
{
    const struct dk_ledger_scope scope = dk_ledger_scope_of(&intake->readings);
    struct dk_ledger_drop drop;
    return dk_ledger_drop_find(pipeline->store, intake->drop.content_hash, &scope, &drop, known,
                               err);
}

enum dk_status dk_same_cells_check(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                   bool replace, struct dk_same_cells *same_cells,
                                   struct dk_error *err)
{
    struct checking checking = {.pipeline = pipeline, .intake = intake, .replace = replace};
    size_t count = intake->readings.series_count;
    bool known = false;
    *same_cells = (struct dk_same_cells){0};
    enum dk_status status = has_text(pipeline, intake, &known, err);
    if (status != DK_OK || known)
        return status;
    checking.loaded = calloc(count + 1, sizeof(*checking.loaded));
    checking.pairs = calloc(count + 1, sizeof(*checking.pairs));
    checking.other_cells = calloc(count + 1, sizeof(*checking.other_cells));
    if (checking.loaded && checking.pairs && checking.other_cells)
        status = check_all(&checking, err);
    else
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu series", count);
    same_cells->other_cells = checking.other_cells;
    free(checking.pairs);
    free(checking.loaded);
    return status;
}

void dk_same_cells_reset(struct dk_same_cells *same_cells)
{
    free(same_cells->other_cells);
    *same_cells = (struct dk_same_cells){0};
}
