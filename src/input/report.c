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
#define PLACE_TEXT_MAX 640
#define REASON_TEXT_MAX DK_PROBLEM_REASON_MAX
#define FILES_NAMED_MAX 3

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

/* Appends to a text, as far as it fits. */
static void append(char *text, size_t size, const char *piece)
{
    size_t used = strlen(text);
    dk_text_format(text + used, size - used, "%s", piece);
}

/* "logs/PS1.txt, line 12, column 40: ", as much of it as the problem has. */
static void place_text(const struct dk_problem *problem, const struct dk_drop *drop,
                       char text[PLACE_TEXT_MAX])
{
    const struct dk_drop_file *file = &drop->files[problem->file];
    char name[DK_PROBLEM_NAME_MAX];
    char piece[32];
    dk_problem_file_name(problem, drop, name);
    text[0] = '\0';
    if (problem->kind == DK_PROBLEM_MISSING_FILE)
        return;
    dk_text_format(text, PLACE_TEXT_MAX - 64, "%s", file->path ? file->path : name);
    dk_text_format(piece, sizeof(piece), ", line %" PRIu32, problem->line);
    append(text, PLACE_TEXT_MAX, problem->line > 0 ? piece : "");
    dk_text_format(piece, sizeof(piece), ", column %" PRIu32, problem->column);
    append(text, PLACE_TEXT_MAX, problem->column > 0 ? piece : "");
    append(text, PLACE_TEXT_MAX, ": ");
}

/* --- the reason ----------------------------------------------------------------------------- */

/* Kinds that need no numbers. */
static const char *const fixed_reasons[DK_PROBLEM_KIND_COUNT] = {
    [DK_PROBLEM_HEADER] = "looks like a header; expected numbers",
    [DK_PROBLEM_PANDAS] = "looks like a table that pandas wrote, with a header and an index",
    [DK_PROBLEM_OLD_CSV] = "this is a CSV that the old scripts made, not a sensor's log",
    [DK_PROBLEM_EMPTY_FILE] = "the file is empty",
    [DK_PROBLEM_BEING_WRITTEN] = "the file is still being written",
    [DK_PROBLEM_ROW_HUGE] = "the row is longer than 16 MiB",
    [DK_PROBLEM_OPEN_END] = "its end may be missing: it has no newline there, and others have",
};

/* What each condition code is called in "is not ...". */
static const char *const code_names[DK_CONDITIONS] = {
    "a cooler condition", "a valve condition", "an internal pump leakage",
    "a hydraulic accumulator pressure", "a stable flag"};

/* The number that a cell was meant to be: without quotes, with the decimal mark that is set; false
 * where that is not a number either. */
static bool find_meant(const char *cell, uint8_t reason, char meant[DK_PROBLEM_TEXT_MAX])
{
    size_t size = strlen(cell);
    bool quoted = size > 1 && strchr("\"'", cell[0]) && cell[size - 1] == cell[0];
    dk_decimal value;
    dk_text_format(meant, DK_PROBLEM_TEXT_MAX, "%.*s", (int)(size - 2 * quoted), cell + quoted);
    bool other_mark = reason == DK_DECIMAL_COMMA || reason == DK_DECIMAL_POINT;
    char *mark = other_mark ? strpbrk(meant, ".,") : NULL;
    if (mark)
        *mark = reason == DK_DECIMAL_COMMA ? '.' : ',';
    enum dk_decimal_mark set = strchr(meant, ',') ? DK_MARK_COMMA : DK_MARK_POINT;
    return (quoted || mark) &&
           dk_decimal_parse_marked(meant, strlen(meant), set, &value) == DK_DECIMAL_GOOD;
}

static void reason_of_cell(const struct dk_problem *problem, char *text, size_t size)
{
    char meant[DK_PROBLEM_TEXT_MAX];
    const char *reason = dk_decimal_reason_text(problem->reason);
    if (strchr("\"'", problem->text[0]) && problem->text[0])
        reason = "is in quotes";
    if (problem->reason == DK_DECIMAL_EMPTY)
        snprintf(text, size, "the cell is empty");
    else if (find_meant(problem->text, problem->reason, meant))
        snprintf(text, size, "%s; expected %s", reason, meant);
    else
        snprintf(text, size, "%s", reason);
}

/* "2,205 columns" */
static const char *count_of(uint64_t count, const char *what, char text[64])
{
    char digits[DK_COUNT_TEXT_MAX];
    snprintf(text, 64, "%s %s%s", dk_count_text(count, digits), what, count == 1 ? "" : "s");
    return text;
}

static void reason_of_columns(const struct dk_problem *problem, char *text, size_t size)
{
    char got[64];
    char expected[DK_COUNT_TEXT_MAX];
    count_of(problem->got, "column", got);
    if (problem->kind == DK_PROBLEM_ROW_SHORT && problem->text[0] != '\0')
        snprintf(text, size, "is not a reading; expected %s columns",
                 dk_count_text(problem->expected, expected));
    else if (problem->expected == 0)
        snprintf(text, size, "%s, which is not a whole number of bursts", got);
    else
        snprintf(text, size, "%s; expected %s", got, dk_count_text(problem->expected, expected));
}

static void reason_of_separator(const struct dk_problem *problem, char *text, size_t size)
{
    if (strcmp(problem->text, "\\r") == 0)
        snprintf(text, size, "lines end in CR; expected LF or CR LF");
    else if (problem->text[0] == '\\')
        snprintf(text, size, "lines end in CR CR LF; expected LF or CR LF");
    else
        snprintf(text, size, "cells are separated by '%s'; expected tabs", problem->text);
}

/* "is not a cooler condition; expected 3, 20 or 100" */
static void reason_of_code(const struct dk_problem *problem, char *text, size_t size)
{
    int condition = (int)problem->column - 1;
    const struct dk_condition *row = &dk_conditions[condition];
    char code[16];
    snprintf(text, size, "is not %s; expected ", code_names[condition]);
    for (size_t i = 0; i < row->code_count; i++) {
        const char *after = i + 2 < row->code_count ? ", " : i + 1 < row->code_count ? " or " : "";
        snprintf(code, sizeof(code), "%d%s", row->codes[i].code, after);
        append(text, size, code);
    }
}

/* "PS1.txt is missing", "3 files are missing: PS1.txt, TS1.txt, SE.txt" */
static void reason_of_missing(const struct dk_problem *problem, const struct dk_drop *drop,
                              char *text, size_t size)
{
    char name[DK_PROBLEM_NAME_MAX];
    const char *before = "";
    dk_problem_file_name(problem, drop, name);
    if (problem->got <= 1) {
        snprintf(text, size, "%.64s is missing", name);
        return;
    }
    snprintf(text, size, "%" PRIu64 " files are missing: ", problem->got);
    for (int i = 0; i < DK_SENSORS; i++) {
        if (!dk_drop_lacks(drop, i))
            continue;
        snprintf(name, sizeof(name), "%s%s.txt", before, file_stem(i));
        append(text, size, name);
        before = ", ";
    }
}

static void reason_of_room(const struct dk_problem *problem, char *text, size_t size)
{
    char others[64];
    char expected[64];
    snprintf(text, size, "one line too many%s%s; a cohort has room for %s",
             problem->got > 0 ? ", as in " : "",
             problem->got > 0 ? count_of(problem->got, "other file", others) : "",
             count_of(problem->expected, "reading", expected));
}

static void reason_text(const struct dk_problem *problem, const struct dk_drop *drop, char *text,
                        size_t size)
{
    char got[64];
    char expected[DK_COUNT_TEXT_MAX];
    switch ((enum dk_problem_kind)problem->kind) {
    case DK_PROBLEM_CELL:
        reason_of_cell(problem, text, size);
        return;
    case DK_PROBLEM_ROW_SHORT:
    case DK_PROBLEM_ROW_LONG:
    case DK_PROBLEM_COLUMNS:
        reason_of_columns(problem, text, size);
        return;
    case DK_PROBLEM_ROW_BLANK:
        snprintf(text, size, "%s between readings", count_of(problem->got, "blank line", got));
        return;
    case DK_PROBLEM_SEPARATOR:
        reason_of_separator(problem, text, size);
        return;
    case DK_PROBLEM_UTF16:
        snprintf(text, size, "the file is %s; expected UTF-8 or ASCII", problem->text);
        return;
    case DK_PROBLEM_BINARY:
    case DK_PROBLEM_WORKBOOK:
        snprintf(text, size, "the file is %s; expected text", problem->text);
        return;
    case DK_PROBLEM_ROWS:
        snprintf(text, size, "%s; the other files have %s", count_of(problem->got, "row", got),
                 dk_count_text(problem->expected, expected));
        return;
    case DK_PROBLEM_CALENDAR:
        reason_of_room(problem, text, size);
        return;
    case DK_PROBLEM_CODE:
        reason_of_code(problem, text, size);
        return;
    case DK_PROBLEM_MISSING_FILE:
        reason_of_missing(problem, drop, text, size);
        return;
    default:
        snprintf(text, size, "%s", fixed_reasons[problem->kind]);
    }
}

void dk_problem_reason(const struct dk_problem *problem, const struct dk_drop *drop,
                       char reason[DK_PROBLEM_REASON_MAX])
{
    reason_text(problem, drop, reason, DK_PROBLEM_REASON_MAX);
}

/* --- the hint ------------------------------------------------------------------------------- */

#define OR_MARK_ROW "use --quarantine to mark the row's values as missing"

/* Each text has a designator, so that no comma can be missing. */
static const char *const fixed_hints[DK_PROBLEM_KIND_COUNT] = {
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma) */
    [DK_PROBLEM_ROW_SHORT] = "the row is incomplete: copy the file again, or " OR_MARK_ROW,
    [DK_PROBLEM_ROW_LONG] = "two rows may have run together: fix the file, or " OR_MARK_ROW,
    [DK_PROBLEM_ROW_BLANK] = "delete it if there was no reading, or " OR_MARK_ROW,
    [DK_PROBLEM_HEADER] =
        "export the logs without a header, or delete that line if it is not a reading",
    [DK_PROBLEM_PANDAS] = "write it with to_csv(path, header=False, index=False, sep=\"\\t\")",
    [DK_PROBLEM_SEPARATOR] = "export the logs with tabs between the cells",
    [DK_PROBLEM_UTF16] = "save it as UTF-8 or ASCII",
    [DK_PROBLEM_OLD_CSV] = "move it out of the drop; derrick reads the rig's own logs",
    [DK_PROBLEM_EMPTY_FILE] = "copy it again from the rig",
    [DK_PROBLEM_ROWS] =
        "a transfer was interrupted, or the files are from two drops: copy the files again",
    [DK_PROBLEM_CALENDAR] =
        "copy the file again from the rig; if a cohort is longer, set calendar.cohort_days or "
        "calendar.interval_minutes",
    [DK_PROBLEM_CODE] =
        "fix the profile; its columns are cooler, valve, pump, accumulator, stable flag",
    [DK_PROBLEM_BEING_WRITTEN] = "wait until the transfer has ended, then run again",
    [DK_PROBLEM_BINARY] =
        "it is damaged or has the wrong name: copy it again from the rig, as text",
    [DK_PROBLEM_WORKBOOK] =
        "in Excel: Save As > Text (Tab delimited), with a decimal point; if it is a zip, unpack it",
    [DK_PROBLEM_OPEN_END] =
        "copy the file again from the rig; if its last value is complete there, add a newline, or "
        "use --open-end allow",
    [DK_PROBLEM_ROW_HUGE] = "each reading is one line: copy the file again from the rig",
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
                 "%s is recorded at %" PRIu64 " Hz, so its columns are a multiple of %" PRIu64,
                 sensor, rate, rate);
    else if (which && cohorts == 1 && problem->read_as != DK_COLUMNS_WELLS)
        snprintf(hint, size,
                 "%s files have one burst per row: that is one cohort, which --columns auto loads "
                 "as the next one",
                 which);
    else if (which)
        snprintf(hint, size, "the columns of %s files fit --cohorts %" PRIu64, which, cohorts);
    else
        snprintf(hint, size,
                 "it has %" PRIu64
                 " burst%s per row, unlike the other files: copy it again from the rig",
                 cohorts, cohorts == 1 ? "" : "s");
}

/* What to do about a name that may be the file that is missing. A partial file must never get the
 * exact name: only what is surely text, and a copy, is worth renaming. Nor does a hint say to move
 * away what may be the profile: an older one would take its place. */
static void hint_near(const struct dk_drop_file *file, const char *stem, char *hint, size_t size)
{
    const char *path = file->near_path;
    struct dk_name name = dk_name_read(dk_path_name(path), NULL);
    const char *otherwise =
        strcmp(stem, "profile") == 0 ? "copy profile.txt from the rig" : "move it out of the drop";
    if (file->near == DK_NEAR_TRANSFER || file->near == DK_NEAR_ANONYMOUS)
        snprintf(hint, size,
                 "'%s' %s: wait until it is complete, or copy %s.txt from the rig again", path,
                 file->near == DK_NEAR_TRANSFER ? "looks like this file in transfer"
                                                : "is in transfer and may be this file",
                 stem);
    else if (name.form == DK_FORM_WORKBOOK)
        snprintf(
            hint, size,
            "if '%s' is this file, save it as %s.txt (in Excel: Save As > Text (Tab delimited), "
            "with a decimal point); otherwise %s",
            path, stem, otherwise);
    else if (name.form == DK_FORM_ARCHIVE || name.form == DK_FORM_FOREIGN_ARCHIVE)
        snprintf(hint, size, "'%s' may contain it: if so, unpack it; otherwise %s", path,
                 otherwise);
    else if (file->near == DK_NEAR_ELSEWHERE)
        snprintf(hint, size, "if '%s' is this file, move it beside the other files; otherwise %s",
                 path, otherwise);
    else if (file->near == DK_NEAR_SECOND && name.form == DK_FORM_TEXT)
        snprintf(hint, size, "if '%s' is this file, rename it to %s.txt; otherwise %s", path, stem,
                 otherwise);
    else
        snprintf(hint, size,
                 "'%s' contains its name: copy %s.txt from the rig, then move '%s' out of the drop",
                 path, stem, dk_path_name(path));
}

static void hint_missing(const struct dk_problem *problem, const struct dk_drop *drop, char *hint,
                         size_t size)
{
    const struct dk_drop_file *file = &drop->files[problem->file];
    if (file->near != DK_NEAR_NONE)
        hint_near(file, file_stem(problem->file), hint, size);
    else if (problem->file == DK_DROP_PROFILE)
        snprintf(hint, size, "put profile.txt beside the sensor files, or into profile/");
    else if (problem->got > DK_SENSORS / 2)
        snprintf(hint, size,
                 "copy them from the rig: a drop is all %d sensor files, also if only one of them "
                 "is corrected",
                 DK_SENSORS);
    else
        snprintf(hint, size,
                 "copy %s from the rig, or use --allow-missing to load the drop without %s",
                 problem->got > 1 ? "them" : "it", problem->got > 1 ? "them" : "it");
}

/* Whether it is about cells and rows, which quarantine can put aside, but not in a profile. */
static bool is_of_rows(const struct dk_problem *problem)
{
    return !dk_problem_is_fatal(problem->kind, 0);
}

static const char *profile_hint(const struct dk_problem *problem)
{
    if (problem->kind == DK_PROBLEM_CELL && problem->reason == DK_DECIMAL_NUL)
        return dk_decimal_reason_hint(problem->reason);
    if (problem->kind == DK_PROBLEM_CELL)
        return "fix the profile: it holds condition codes, which are whole numbers";
    if (problem->kind == DK_PROBLEM_ROW_BLANK)
        return "delete it, or copy the profile again";
    return "a profile has five codes per row: cooler, valve, pump, accumulator, stable flag";
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
        snprintf(hint, size, "fix the file, or " OR_MARK_ROW);
    else if (problem->kind == DK_PROBLEM_CELL)
        snprintf(hint, size, "%s", dk_decimal_reason_hint(problem->reason));
    else
        snprintf(hint, size, "%s", fixed ? fixed : "");
}

/* --- all of it ------------------------------------------------------------------------------ */

void dk_problem_format(const struct dk_problem *problem, const struct dk_drop *drop,
                       struct dk_problem_words *words)
{
    char place[PLACE_TEXT_MAX];
    char reason[REASON_TEXT_MAX];
    bool is_quoted = problem->text[0] != '\0' &&
                     ((problem->kind == DK_PROBLEM_CELL && problem->reason != DK_DECIMAL_EMPTY) ||
                      problem->kind == DK_PROBLEM_CODE || problem->kind == DK_PROBLEM_HEADER ||
                      problem->kind == DK_PROBLEM_ROW_SHORT);
    place_text(problem, drop, place);
    reason_text(problem, drop, reason, sizeof(reason));
    if (is_quoted)
        dk_text_format(words->text, sizeof(words->text), "%s'%s' %s", place, problem->text, reason);
    else
        dk_text_format(words->text, sizeof(words->text), "%s%s", place, reason);
    hint_text(problem, drop, words->hint, sizeof(words->hint));
}

/* The file with the most problems; false if none has any. */
static bool find_most(const uint64_t counts[DK_DROP_FILES], int *file)
{
    *file = 0;
    for (int i = 1; i < DK_DROP_FILES; i++)
        if (counts[i] > counts[*file])
            *file = i;
    return counts[*file] > 0;
}

enum dk_status dk_problem_refuse(const struct dk_problem *problem, const struct dk_drop *drop,
                                 struct dk_error *err)
{
    const char *path = drop->files[problem->file].path;
    struct dk_problem_words words;
    dk_problem_format(problem, drop, &words);
    dk_error_set(err, DK_ERR_DATA, "%s", words.text);
    dk_error_hint(err, "%s", words.hint);
    dk_error_place(err, path ? path : drop->path, problem->line, problem->column, problem->offset);
    return DK_ERR_DATA;
}

void dk_report_format_rest(const struct dk_report *report, const struct dk_drop *drop, size_t shown,
                           char text[DK_ERROR_TEXT_MAX])
{
    uint64_t counts[DK_DROP_FILES];
    char count[DK_COUNT_TEXT_MAX];
    char piece[DK_PROBLEM_NAME_MAX + DK_COUNT_TEXT_MAX];
    int files = 0;
    int file = 0;
    memcpy(counts, report->problems_by_file, sizeof(counts));
    for (size_t i = 0; i < shown && i < report->problems_count; i++)
        counts[report->problems[i].file]--;
    for (int i = 0; i < DK_DROP_FILES; i++)
        files += counts[i] > 0;
    dk_text_format(text, DK_ERROR_TEXT_MAX, "%s more, in %d file%s (",
                   dk_count_text(report->problems_total - shown, count), files,
                   files == 1 ? "" : "s");
    for (int named = 0; named < FILES_NAMED_MAX && find_most(counts, &file); named++) {
        char name[DK_PROBLEM_NAME_MAX];
        const struct dk_problem problem = {.file = (uint8_t)file};
        dk_problem_file_name(&problem, drop, name);
        dk_text_format(piece, sizeof(piece), "%s%s %s", named > 0 ? ", " : "", name,
                       dk_count_text(counts[file], count));
        append(text, DK_ERROR_TEXT_MAX, piece);
        counts[file] = 0;
    }
    append(text, DK_ERROR_TEXT_MAX, files > FILES_NAMED_MAX ? ", ...)" : ")");
}

static enum dk_status add_line(struct dk_buffer *block, const struct dk_problem *problem,
                               const struct dk_drop *drop, struct dk_error *err)
{
    char name[DK_PROBLEM_NAME_MAX];
    char reason[REASON_TEXT_MAX];
    char column[16] = "";
    dk_problem_file_name(problem, drop, name);
    reason_text(problem, drop, reason, sizeof(reason));
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
