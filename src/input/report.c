/* What is wrong, in words, and as the quarantine's file. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "drop_files.h"
#include "input/name.h"
#include "problems.h"
#include "rig/catalogue.h"

#define BLOCK_BYTES (64 * 1024)
#define PLACE_TEXT_MAX 384
#define REASON_TEXT_MAX 192

void dk_report_reset(struct dk_report *report)
{
    free(report->problems);
    *report = (struct dk_report){0};
}

static const char *file_stem(int file)
{
    return file < DK_SENSORS ? dk_sensors[file].name : "profile";
}

void dk_problem_file_name(const struct dk_problem *problem, const struct dk_drop *drop,
                          char name[DK_PROBLEM_NAME_MAX])
{
    const char *found = drop->files[problem->file].name;
    if (found)
        snprintf(name, DK_PROBLEM_NAME_MAX, "%s", found);
    else
        snprintf(name, DK_PROBLEM_NAME_MAX, "%s.txt", file_stem(problem->file));
}

/* "PS1.txt:12:40: byte 3312: ", as much of it as the problem has. */
static void place_text(const struct dk_problem *problem, const char *name, char *text, size_t size)
{
    if (problem->line == 0)
        snprintf(text, size, "%s: ", name);
    else if (problem->column == 0)
        snprintf(text, size, "%s:%" PRIu32 ": byte %" PRIu64 ": ", name, problem->line,
                 problem->offset);
    else
        snprintf(text, size, "%s:%" PRIu32 ":%" PRIu32 ": byte %" PRIu64 ": ", name, problem->line,
                 problem->column, problem->offset);
}

/* "3, 20, 100" */
static void list_codes(int condition, char *text, size_t size)
{
    const struct dk_condition *row = &dk_conditions[condition];
    size_t used = 0;
    for (size_t i = 0; i < row->code_count && used < size; i++)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%d", i ? ", " : "", row->codes[i].code);
}

/* --- the reason ----------------------------------------------------------------------------- */

/* Kinds that need no numbers. */
static const char *const fixed_reasons[DK_PROBLEM_KIND_COUNT] = {
    [DK_PROBLEM_HEADER] = "the first line is a header",
    [DK_PROBLEM_OLD_CSV] = "a CSV that the old scripts made, not a sensor's log",
    [DK_PROBLEM_EMPTY_FILE] = "the file is empty",
    [DK_PROBLEM_MISSING_FILE] = "the file is missing",
    [DK_PROBLEM_BEING_WRITTEN] = "the file is still being written",
    [DK_PROBLEM_ROW_HUGE] = "a row of more than 16 MiB",
};

static void reason_of_columns(const struct dk_problem *problem, char *text, size_t size)
{
    const char *plural = problem->got == 1 ? "" : "s";
    if (problem->expected == 0)
        snprintf(text, size, "%" PRIu64 " column%s make no whole burst", problem->got, plural);
    else
        snprintf(text, size, "%" PRIu64 " column%s where %" PRIu64 " %s due", problem->got, plural,
                 problem->expected, problem->expected == 1 ? "is" : "are");
}

static void reason_of_separator(const struct dk_problem *problem, char *text, size_t size)
{
    if (strcmp(problem->text, "\\r") == 0)
        snprintf(text, size, "lines end in CR alone");
    else if (problem->text[0] == '\\')
        snprintf(text, size, "lines end in CR CR LF");
    else
        snprintf(text, size, "cells are separated by '%s', not by tabs", problem->text);
}

static void reason_of_code(const struct dk_problem *problem, char *text, size_t size)
{
    char codes[64];
    int condition = (int)problem->column - 1;
    list_codes(condition, codes, sizeof(codes));
    snprintf(text, size, "no code of %s (%s)", dk_conditions[condition].name, codes);
}

static void reason_text(const struct dk_problem *problem, char *text, size_t size)
{
    switch ((enum dk_problem_kind)problem->kind) {
    case DK_PROBLEM_CELL:
        snprintf(text, size, "%s", dk_decimal_reason_text(problem->reason));
        return;
    case DK_PROBLEM_ROW_SHORT:
    case DK_PROBLEM_ROW_LONG:
    case DK_PROBLEM_COLUMNS:
        reason_of_columns(problem, text, size);
        return;
    case DK_PROBLEM_ROW_BLANK:
        snprintf(text, size, "%" PRIu64 " blank line%s between readings", problem->got,
                 problem->got == 1 ? "" : "s");
        return;
    case DK_PROBLEM_SEPARATOR:
        reason_of_separator(problem, text, size);
        return;
    case DK_PROBLEM_UTF16:
        snprintf(text, size, "the file is %s, not plain text", problem->text);
        return;
    case DK_PROBLEM_BINARY:
        snprintf(text, size, "the file is no text but %s", problem->text);
        return;
    case DK_PROBLEM_ROWS:
        snprintf(text, size, "%" PRIu64 " row%s where the other files have %" PRIu64, problem->got,
                 problem->got == 1 ? "" : "s", problem->expected);
        return;
    case DK_PROBLEM_CALENDAR:
        snprintf(text, size, "%" PRIu64 " readings, a cohort has room for %" PRIu64, problem->got,
                 problem->expected);
        return;
    case DK_PROBLEM_CODE:
        reason_of_code(problem, text, size);
        return;
    default:
        snprintf(text, size, "%s", fixed_reasons[problem->kind]);
    }
}

/* --- the hint ------------------------------------------------------------------------------- */

static const char *const fixed_hints[DK_PROBLEM_KIND_COUNT] = {
    [DK_PROBLEM_ROW_SHORT] =
        "the row was cut off; copy the file again, or lose the row's values with --quarantine",
    [DK_PROBLEM_ROW_LONG] =
        "two rows may have run together; mend it, or lose the row's values with --quarantine",
    [DK_PROBLEM_ROW_BLANK] =
        "delete it if no reading was there, or lose that reading's values with --quarantine",
    [DK_PROBLEM_HEADER] = "export the logs without a header, or delete that line",
    [DK_PROBLEM_SEPARATOR] = "export the logs with tabs between the cells",
    [DK_PROBLEM_UTF16] = "save it as UTF-8 or ASCII",
    [DK_PROBLEM_OLD_CSV] = "take it out of the drop; derrick reads the rig's own logs",
    [DK_PROBLEM_EMPTY_FILE] = "copy it again from the rig",
    [DK_PROBLEM_ROWS] = "a transfer was cut off, or files of two drops are mixed; copy them again",
    [DK_PROBLEM_CALENDAR] = "check calendar.cohort_days and calendar.interval_minutes",
    [DK_PROBLEM_CODE] = "mend the profile: cooler, valve, pump, accumulator, stable flag",
    [DK_PROBLEM_BEING_WRITTEN] = "wait until its transfer has ended, and run again",
    [DK_PROBLEM_BINARY] = "it is damaged or has a wrong name; copy it again from the rig as text",
    [DK_PROBLEM_ROW_HUGE] = "a reading is one row, with a newline after it; copy the file again",
};

/* How many of the drop's files have room for that many cohorts: all, most or few of them. */
static const char *which_files(const struct dk_drop *drop, uint64_t cohorts)
{
    int known = 0;
    int fitting = 0;
    for (int i = 0; i < DK_SENSORS; i++) {
        known += drop->files[i].columns > 0;
        fitting += drop->files[i].columns == cohorts * (uint64_t)dk_sensors[i].rate_hz;
    }
    if (fitting == known)
        return "all";
    return 2 * fitting > known ? "most" : NULL;
}

/* Columns that don't fit: what would. */
static void hint_columns(const struct dk_problem *problem, const struct dk_drop *drop, char *hint,
                         size_t size)
{
    const char *sensor = dk_sensors[problem->file].name;
    uint64_t rate = (uint64_t)dk_sensors[problem->file].rate_hz;
    uint64_t cohorts = problem->got / rate;
    const char *which = which_files(drop, cohorts);
    if (problem->line == 0)
        snprintf(hint, size, "the bursts of the other sensors last %" PRIu64 " s",
                 problem->expected / rate);
    else if (problem->expected == 0 || problem->got % rate != 0)
        snprintf(hint, size,
                 "%s is read at %" PRIu64 " Hz: its columns come in multiples of %" PRIu64, sensor,
                 rate, rate);
    else if (which && cohorts == 1)
        snprintf(hint, size,
                 "%s files have one burst a row: that is one cohort, which --columns auto "
                 "loads as the next one",
                 which);
    else if (which)
        snprintf(hint, size, "the columns of %s files fit --cohorts %" PRIu64, which, cohorts);
    else
        snprintf(hint, size,
                 "it has %" PRIu64
                 " burst%s a row, unlike the other files; copy it again from the rig",
                 cohorts, cohorts == 1 ? "" : "s");
}

/* What to do about a name that may be the file that is missing. A partial file must never get the
 * exact name: only what is surely text, and a copy, is worth renaming. */
static void hint_near(const struct dk_drop_file *file, const char *stem, char *hint, size_t size)
{
    const char *path = file->near_path;
    struct dk_name name = dk_name_read(dk_path_name(path), NULL);
    if (file->near == DK_NEAR_TRANSFER)
        snprintf(hint, size,
                 "'%s' looks like its transfer, which has not ended: wait for it, or take it away",
                 path);
    else if (file->near == DK_NEAR_ANONYMOUS)
        snprintf(hint, size,
                 "'%s' is a file in transfer, maybe this one: wait for it, or take it away", path);
    else if (name.form == DK_FORM_WORKBOOK)
        snprintf(hint, size, "export '%s' as tab-delimited text, to %s.txt, or take it away", path,
                 stem);
    else if (name.form == DK_FORM_ARCHIVE || name.form == DK_FORM_FOREIGN_ARCHIVE)
        snprintf(hint, size, "'%s' may contain it: unpack that, or take it away", path);
    else if (file->near == DK_NEAR_ELSEWHERE)
        snprintf(hint, size, "if '%s' is it, move it beside the other files; else take it away",
                 path);
    else if (file->near == DK_NEAR_SECOND && name.form == DK_FORM_TEXT)
        snprintf(hint, size, "if '%s' is it, rename it to %s.txt; else take it away", path, stem);
    else
        snprintf(hint, size, "'%s' contains its name: copy %s.txt from the rig, or take that away",
                 path, stem);
}

static void hint_missing(const struct dk_problem *problem, const struct dk_drop *drop, char *hint,
                         size_t size)
{
    const struct dk_drop_file *file = &drop->files[problem->file];
    if (file->near != DK_NEAR_NONE)
        hint_near(file, file_stem(problem->file), hint, size);
    else if (problem->file == DK_DROP_PROFILE)
        snprintf(hint, size, "put profile.txt beside the logs or into profile/");
    else
        snprintf(hint, size,
                 "copy it from the rig, or load with --allow-missing to leave the sensor empty");
}

/* Whether it is about cells and rows, which quarantine mends, but not in a profile. */
static bool is_of_rows(const struct dk_problem *problem)
{
    return !dk_problem_is_fatal(problem->kind, 0);
}

static const char *profile_hint(const struct dk_problem *problem)
{
    if (problem->kind == DK_PROBLEM_CELL && problem->reason == DK_DECIMAL_NUL)
        return dk_decimal_reason_hint(problem->reason);
    if (problem->kind == DK_PROBLEM_CELL)
        return "a profile holds condition codes, whole numbers; mend it";
    if (problem->kind == DK_PROBLEM_ROW_BLANK)
        return "delete it, or copy the profile again";
    return "a profile has five codes a row: cooler, valve, pump, accumulator, stable flag";
}

static void hint_text(const struct dk_problem *problem, const struct dk_drop *drop, char *hint,
                      size_t size)
{
    const char *fixed = fixed_hints[problem->kind];
    if (problem->kind == DK_PROBLEM_COLUMNS)
        hint_columns(problem, drop, hint, size);
    else if (problem->kind == DK_PROBLEM_MISSING_FILE)
        hint_missing(problem, drop, hint, size);
    else if (problem->file == DK_DROP_PROFILE && is_of_rows(problem))
        snprintf(hint, size, "%s", profile_hint(problem));
    else if (problem->kind == DK_PROBLEM_SEPARATOR && problem->text[0] == '\\')
        snprintf(hint, size, "save it with LF or CR LF at the end of each line");
    else if (problem->kind == DK_PROBLEM_ROW_SHORT && problem->text[0] != '\0')
        snprintf(hint, size,
                 "that is no reading; mend it, or lose the row's values with --quarantine");
    else if (problem->kind == DK_PROBLEM_CELL)
        snprintf(hint, size, "%s", dk_decimal_reason_hint(problem->reason));
    else
        snprintf(hint, size, "%s", fixed ? fixed : "");
}

/* --- all of it ------------------------------------------------------------------------------ */

void dk_problem_format(const struct dk_problem *problem, const struct dk_drop *drop, char *text,
                       size_t text_size, char *hint, size_t hint_size)
{
    char name[DK_PROBLEM_NAME_MAX];
    char place[PLACE_TEXT_MAX];
    char reason[REASON_TEXT_MAX];
    bool quoted = problem->kind == DK_PROBLEM_CELL || problem->kind == DK_PROBLEM_CODE ||
                  problem->kind == DK_PROBLEM_HEADER ||
                  (problem->kind == DK_PROBLEM_ROW_SHORT && problem->text[0] != '\0');
    dk_problem_file_name(problem, drop, name);
    place_text(problem, name, place, sizeof(place));
    reason_text(problem, reason, sizeof(reason));
    if (quoted)
        snprintf(text, text_size, "%s'%s': %s", place, problem->text, reason);
    else
        snprintf(text, text_size, "%s%s", place, reason);
    if (hint_size > 0)
        hint_text(problem, drop, hint, hint_size);
}

static enum dk_status add_line(struct dk_buffer *block, const struct dk_problem *problem,
                               const struct dk_drop *drop, struct dk_error *err)
{
    char name[DK_PROBLEM_NAME_MAX];
    char reason[REASON_TEXT_MAX];
    char column[16] = "";
    dk_problem_file_name(problem, drop, name);
    reason_text(problem, reason, sizeof(reason));
    if (problem->column > 0)
        snprintf(column, sizeof(column), "%" PRIu32, problem->column);
    return dk_buffer_printf(block, err, "%s\t%" PRIu32 "\t%s\t%" PRIu64 "\t%s\t%s\n", name,
                            problem->line, column, problem->offset, problem->text, reason);
}

static enum dk_status flush(struct dk_buffer *block, struct dk_sink *sink, struct dk_error *err)
{
    enum dk_status status = sink->write(sink, block->data, block->size, err);
    block->size = 0;
    return status;
}

enum dk_status dk_report_write(const struct dk_report *report, const struct dk_drop *drop,
                               struct dk_sink *sink, struct dk_error *err)
{
    struct dk_buffer block;
    dk_buffer_init(&block, 2 * BLOCK_BYTES);
    enum dk_status status =
        dk_buffer_printf(&block, err, "file\tline\tcolumn\tbyte_offset\ttext\treason\n");
    for (size_t i = 0; status == DK_OK && i < report->problems_count; i++) {
        status = add_line(&block, &report->problems[i], drop, err);
        if (status == DK_OK && block.size >= BLOCK_BYTES)
            status = flush(&block, sink, err);
    }
    if (status == DK_OK)
        status = flush(&block, sink, err);
    dk_buffer_reset(&block);
    return status;
}
