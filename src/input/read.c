/* dk_drop_read: the whole of a drop, and what its files must have in common. */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "drop_files.h"
#include "file_layout.h"
#include "input/input.h"
#include "matrix.h"
#include "problems.h"
#include "profile_file.h"
#include "refuse.h"
#include "row.h"

#define CONTENT_TEXT_MAX 4096

/* One reading of a drop. */
struct reading {
    struct dk_drop *drop;
    const struct dk_input_settings *settings;
    const struct dk_profile *profile; /* used where the drop has no profile; may be NULL */
    const struct dk_observer *observer;
    struct dk_readings *readings;
    struct dk_report *report;
    struct dk_matrix matrix;
    struct dk_problem_pool pool;
    struct dk_problems problems; /* of the drop as a whole */
};

/* --- before: the table ---------------------------------------------------------------------- */

static enum dk_status check_settings(const struct dk_drop *drop,
                                     const struct dk_input_settings *settings, struct dk_error *err)
{
    if (settings->cohorts < 1 || settings->cohorts > DK_SERIES_MAX) {
        enum dk_status status = dk_error_set(
            err, DK_ERR_CONFIG, "input.cohorts '%d' is out of range", settings->cohorts);
        dk_error_hint(err, "give a whole number from 1 to %d", DK_SERIES_MAX);
        return status;
    }
    if (dk_drop_sensor_count(drop) > 0)
        return DK_OK;
    return DK_REFUSE(err, drop->path, "a drop contains PS1.txt, PS2.txt, ... and profile.txt",
                     "no sensor file in '%s'", drop->path);
}

/* Whose readings each series holds. */
static enum dk_status name_series(struct dk_readings *readings,
                                  const struct dk_input_settings *settings, struct dk_error *err)
{
    for (size_t i = 0; i < readings->series_count; i++) {
        struct dk_series *series = &readings->series[i];
        *series = (struct dk_series){
            .well = settings->well,
            .cohort = settings->columns == DK_COLUMNS_COHORTS ? (int)i + 1 : settings->cohort,
            .interval_minutes = settings->calendar.interval_minutes,
        };
        if (settings->columns == DK_COLUMNS_WELLS)
            series->well.number = (int)i + 1;
        DK_RETURN_IF_ERROR(dk_calendar_cohort_start(&settings->calendar, series->cohort,
                                                    &series->start_minute, err));
    }
    return DK_OK;
}

/* --- after: what the files must have in common ---------------------------------------------- */

static void add_problem(struct reading *reading, enum dk_problem_kind kind, int file, uint64_t got,
                        uint64_t expected)
{
    struct dk_problem problem = {
        .file = (uint8_t)file, .kind = (uint8_t)kind, .got = got, .expected = expected};
    dk_problems_add(&reading->problems, &problem, NULL, 0);
}

/* Names the sensors that the drop is loaded without. */
static void report_missing(const struct reading *reading)
{
    char list[DK_SENSORS * 8] = "";
    int count = 0;
    for (int i = 0; i < DK_SENSORS; i++) {
        if (!dk_drop_lacks(reading->drop, i))
            continue;
        count++;
        size_t used = strlen(list);
        snprintf(list + used, sizeof(list) - used, "%s%s", used ? ", " : "", dk_sensors[i].name);
    }
    if (count > 0)
        dk_observer_notice(reading->observer, DK_LEVEL_NOTICE,
                           "no file%s for %s: %s values are missing", count == 1 ? "" : "s", list,
                           count == 1 ? "its" : "their");
}

/* A sensor may be left out where that is allowed, and another profile may be used, but not while a
 * name in the drop may be that file. */
static void check_missing(struct reading *reading)
{
    const struct dk_drop *drop = reading->drop;
    bool allowed = reading->settings->allow_missing;
    uint64_t absent = 0;
    int first = 0;
    for (int i = DK_SENSORS - 1; i >= 0; i--) {
        if (dk_drop_lacks(drop, i)) {
            absent++;
            first = i;
        } else if (!dk_drop_has(drop, i)) {
            add_problem(reading, DK_PROBLEM_MISSING_FILE, i, 1, 0);
        }
    }
    if (allowed)
        report_missing(reading);
    else if (absent > 0)
        add_problem(reading, DK_PROBLEM_MISSING_FILE, first, absent, 0);
    if (!dk_drop_has(drop, DK_DROP_PROFILE) &&
        (!reading->profile || !dk_drop_lacks(drop, DK_DROP_PROFILE)))
        add_problem(reading, DK_PROBLEM_MISSING_FILE, DK_DROP_PROFILE, 1, 0);
}

/* The value that most of the files have, the first of them where two are as many. Files with 0 are
 * left out; 0 if all are. */
static uint64_t find_common(const uint64_t values[DK_DROP_FILES])
{
    uint64_t common = 0;
    int most = 0;
    for (int i = 0; i < DK_DROP_FILES; i++) {
        int count = 0;
        for (int j = 0; j < DK_DROP_FILES; j++)
            count += values[j] == values[i];
        if (values[i] != 0 && count > most) {
            most = count;
            common = values[i];
        }
    }
    return common;
}

/* columns = samples: bursts of all sensors last as many seconds. */
static void check_seconds(struct reading *reading)
{
    const struct dk_input_settings *settings = reading->settings;
    if (settings->columns != DK_COLUMNS_SAMPLES || settings->alignment == DK_ALIGNMENT_COLUMN)
        return;
    uint64_t seconds[DK_DROP_FILES] = {0};
    for (int i = 0; i < DK_SENSORS; i++)
        if (reading->matrix.files[i].read)
            seconds[i] = reading->matrix.files[i].columns / (uint64_t)dk_sensors[i].rate_hz;
    uint64_t common = find_common(seconds);
    for (int i = 0; i < DK_SENSORS; i++)
        if (seconds[i] != 0 && seconds[i] != common)
            add_problem(reading, DK_PROBLEM_COLUMNS, i, reading->matrix.files[i].columns,
                        common * (uint64_t)dk_sensors[i].rate_hz);
}

/* No file has more rows than a cohort has readings. One problem for all, at the first of them. */
static void check_room(struct reading *reading)
{
    struct dk_problem problem = {.kind = DK_PROBLEM_CALENDAR,
                                 .expected = reading->readings->rows_max};
    for (int i = DK_DROP_FILES - 1; i >= 0; i--) {
        const struct dk_matrix_file *file = &reading->matrix.files[i];
        if (file->overrun_line == 0)
            continue;
        problem.got += problem.line > 0;
        problem.file = (uint8_t)i;
        problem.line = (uint32_t)file->overrun_line;
        problem.offset = file->overrun_offset;
    }
    if (problem.line > 0)
        dk_problems_add(&reading->problems, &problem, NULL, 0);
}

/* All files and the profile have as many rows. */
static uint64_t check_rows(struct reading *reading)
{
    uint64_t rows[DK_DROP_FILES] = {0};
    for (int i = 0; i < DK_DROP_FILES; i++)
        if (reading->matrix.files[i].read)
            rows[i] = reading->matrix.files[i].rows;
    if (!dk_drop_has(reading->drop, DK_DROP_PROFILE) && reading->profile)
        rows[DK_DROP_PROFILE] = reading->profile->rows;
    uint64_t common = find_common(rows);
    for (int i = 0; i < DK_DROP_FILES; i++)
        if (rows[i] != 0 && rows[i] != common)
            add_problem(reading, DK_PROBLEM_ROWS, i, rows[i], common);
    return common;
}

/* Whether the last cell of a file, or its last row, is a problem already. */
static bool is_last_bad(const struct reading *reading, int file)
{
    const struct dk_problems *problems = &reading->problems;
    const struct dk_problem *list = problems->pool ? problems->pool->items : problems->first;
    size_t count = problems->pool ? problems->pool->count : problems->first_count;
    const struct dk_matrix_file *found = &reading->matrix.files[file];
    for (size_t i = 0; i < count; i++)
        if (list[i].file == file && list[i].line == found->rows &&
            (list[i].kind != DK_PROBLEM_CELL || list[i].column == found->columns))
            return true;
    return false;
}

/* Where some sensors' files end in a newline, one that ends right after a cell may be cut off in
 * it: it has all rows and columns, and perhaps 36.1 instead of 36.18. A profile's last cell has one
 * digit, and is not there if it is cut. */
static void check_ends(struct reading *reading)
{
    struct dk_matrix_file *files = reading->matrix.files;
    bool newline = false;
    for (int i = 0; i < DK_SENSORS; i++)
        newline = newline || (files[i].read && !(files[i].oddities & DK_ODDITY_NO_FINAL_NEWLINE));
    for (int i = 0; i < DK_SENSORS; i++) {
        struct dk_problem problem = {
            .file = (uint8_t)i, .kind = DK_PROBLEM_OPEN_END, .line = (uint32_t)files[i].rows};
        if (!newline || !files[i].read || !(files[i].oddities & DK_ODDITY_OPEN_END) ||
            is_last_bad(reading, i))
            continue;
        files[i].oddities &= ~(unsigned)DK_ODDITY_NO_FINAL_NEWLINE; /* no mere habit */
        dk_problems_add(&reading->problems, &problem, NULL, 0);
    }
}

/* --- the outcome ---------------------------------------------------------------------------- */

/* One notice for each habit, however many files have it. */
static void report_oddities(const struct reading *reading)
{
    static const char *const texts[][2] = {
        {"begins with a byte order mark", "begin with a byte order mark"},
        {"ends its lines in CR LF", "end their lines in CR LF"},
        {"has a tab at the end of its rows", "have a tab at the end of their rows"},
        {"has no newline at its end", "have no newline at their end"},
        {"has blank lines at its end", "have blank lines at their end"},
        {"has blanks around its cells", "have blanks around their cells"},
    };
    for (unsigned bit = 0; bit < DK_COUNT_OF(texts); bit++) {
        const char *first = NULL;
        int more = 0;
        for (int i = 0; i < DK_DROP_FILES; i++) {
            if (!(reading->matrix.files[i].oddities & (1u << bit)))
                continue;
            more += first != NULL;
            first = first ? first : reading->drop->files[i].name;
        }
        if (more > 0)
            dk_observer_notice(reading->observer, DK_LEVEL_NOTICE,
                               "'%s' and %d more file%s %s: accepted", first, more,
                               more == 1 ? "" : "s", texts[bit][1]);
        else if (first)
            dk_observer_notice(reading->observer, DK_LEVEL_NOTICE, "'%s' %s: accepted", first,
                               texts[bit][0]);
    }
}

/* Puts all problems into the report; the outcome of the reading and its error follow from it. */
static enum dk_status judge(struct reading *reading, struct dk_error *err)
{
    struct dk_report *report = reading->report;
    report->cells = reading->matrix.cells;
    report->bytes = reading->matrix.bytes;
    report->missing_total = reading->settings->quarantine ? reading->matrix.missing : 0;
    DK_RETURN_IF_ERROR(dk_problems_report(&reading->problems, report, err));
    if (report->problems_total == 0 || (reading->settings->quarantine && !report->fatal))
        return DK_OK;
    return dk_problem_refuse(dk_report_foremost(report), reading->drop, err);
}

/* The hash of the drop: of the names in the catalogue and the hashes of all files. */
static enum dk_status hash_contents(struct dk_drop *drop, struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, CONTENT_TEXT_MAX);
    enum dk_status status = DK_OK;
    for (int i = 0; status == DK_OK && i < DK_DROP_FILES; i++)
        if (dk_drop_has(drop, i))
            status = dk_buffer_printf(&text, err, "%s %s\n",
                                      i < DK_SENSORS ? dk_sensors[i].name : "profile",
                                      drop->files[i].text_hash);
    if (status == DK_OK)
        status = dk_hash_bytes(text.data, text.size, drop->content_hash, err);
    dk_buffer_reset(&text);
    if (status == DK_OK && drop->is_archive)
        status = dk_hash_file(drop->path, drop->archive.hash, NULL, err);
    return status;
}

/* Completes the table: its rows, the profile, and the sensors that are absent. */
static enum dk_status complete(struct reading *reading, uint64_t rows, struct dk_error *err)
{
    struct dk_readings *readings = reading->readings;
    readings->rows = (size_t)rows;
    for (int i = 0; i < DK_SENSORS; i++) {
        readings->present[i] = dk_drop_has(reading->drop, i);
        for (size_t s = 0; !readings->present[i] && s < readings->series_count; s++) {
            dk_decimal *column = dk_readings_column(readings, (size_t)i, s);
            for (size_t row = 0; row < readings->rows; row++)
                column[row] = DK_DECIMAL_MISSING;
        }
    }
    if (dk_drop_has(reading->drop, DK_DROP_PROFILE))
        return dk_profile_file_take(&reading->matrix.profile, &readings->profile, err);
    return dk_profile_copy(&readings->profile, reading->profile, err);
}

static enum dk_status read_all(struct reading *reading, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_matrix_read(&reading->matrix, &reading->problems, err));
    if (!reading->settings->allow_open_end)
        check_ends(reading);
    report_oddities(reading);
    check_missing(reading);
    check_seconds(reading);
    check_room(reading);
    uint64_t rows = check_rows(reading);
    DK_RETURN_IF_ERROR(judge(reading, err));
    return complete(reading, rows, err);
}

/* The archive's file stays the same from the first byte parsed to the last one hashed. */
static enum dk_status read_held(struct reading *reading, struct dk_error *err)
{
    struct dk_source source;
    DK_RETURN_IF_ERROR(dk_drop_hold(reading->drop, &source, err));
    enum dk_status status = read_all(reading, err);
    if (status == DK_OK && reading->matrix.with_hashes)
        status = hash_contents(reading->drop, err);
    return dk_drop_release(reading->drop, &source, status, err);
}

static enum dk_status read_resolved(struct reading *reading, struct dk_input_settings *resolved,
                                    struct dk_error *err)
{
    DK_RETURN_IF_ERROR(check_settings(reading->drop, resolved, err));
    if (resolved->columns == DK_COLUMNS_AUTO)
        DK_RETURN_IF_ERROR(dk_drop_resolve(reading->drop, resolved, 0, err));
    DK_RETURN_IF_ERROR(dk_readings_init(reading->readings, dk_layout_series(resolved),
                                        reading->matrix.profile.rows_max, err));
    DK_RETURN_IF_ERROR(name_series(reading->readings, resolved, err));
    return read_held(reading, err);
}

enum dk_status dk_drop_read(const struct dk_drop_request *request, struct dk_readings *readings,
                            struct dk_report *report, struct dk_error *err)
{
    struct dk_input_settings resolved = *request->settings;
    size_t rows_max = (size_t)dk_calendar_readings_max(&resolved.calendar);
    struct reading reading = {
        .drop = request->drop,
        .settings = &resolved,
        .profile = request->profile,
        .observer = request->observer,
        .readings = readings,
        .report = report,
        .matrix = {.drop = request->drop,
                   .settings = &resolved,
                   .observer = request->observer,
                   .readings = readings,
                   .with_hashes = request->with_hashes,
                   .cancel = request->cancel,
                   .profile = {.rows_max = rows_max}},
    };
    *readings = (struct dk_readings){0};
    *report = (struct dk_report){0};
    dk_problem_pool_init(&reading.pool);
    reading.problems.pool = resolved.quarantine ? &reading.pool : NULL;
    enum dk_status status = read_resolved(&reading, &resolved, err);
    if (status != DK_OK)
        dk_readings_reset(readings);
    dk_profile_file_reset(&reading.matrix.profile);
    dk_problem_pool_reset(&reading.pool);
    return status;
}
