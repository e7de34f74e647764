/*
 * input: from a drop to readings.
 *
 * A drop is found (dk_drop_open), then read (dk_drop_read). Reading parses and validates every cell
 * of every file, in parallel and in bounded memory, and puts one value of each burst into the table
 * of readings. What is wrong goes into a report; whether to load is for the caller to decide.
 * docs/input.md explains the reasons.
 *
 * A drop and its report belong to one thread at a time; dk_drop_read uses several inside.
 */
#ifndef DK_INPUT_INPUT_H
#define DK_INPUT_INPUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/file.h"
#include "base/observer.h"
#include "base/status.h"
#include "input/burst_sink.h"
#include "rig/calendar.h"
#include "rig/drop.h"
#include "rig/readings.h"

/* What the columns of a sensor's file are: cohorts side by side, each with its burst; the samples
 * of one cohort's burst; or wells side by side, each with its burst. Auto: cohorts or samples, as
 * the first rows of the drop's files show (dk_drop_resolve). */
enum dk_columns { DK_COLUMNS_AUTO, DK_COLUMNS_COHORTS, DK_COLUMNS_SAMPLES, DK_COLUMNS_WELLS };
/* Which sample of a burst represents the reading. */
enum dk_sample { DK_SAMPLE_FIRST, DK_SAMPLE_MEAN, DK_SAMPLE_MIN, DK_SAMPLE_MAX, DK_SAMPLE_LAST };
#define DK_SAMPLE_RULES (DK_SAMPLE_LAST + 1)
/* Where a cohort's burst is: at its own second, or, as the old scripts had it, in column cohort - 1
 * of every file whatever its rate. */
enum dk_alignment { DK_ALIGNMENT_SECOND, DK_ALIGNMENT_COLUMN };

/* The words of the configuration ("cohorts", "mean", "column"), and back (-1 if unknown). */
const char *dk_columns_name(enum dk_columns columns);
const char *dk_sample_name(enum dk_sample sample);
const char *dk_alignment_name(enum dk_alignment alignment);
const char *dk_decimal_mark_name(enum dk_decimal_mark mark);
int dk_columns_find(const char *word);
int dk_sample_find(const char *word);
int dk_alignment_find(const char *word);
int dk_decimal_mark_find(const char *word);

/* How to read a drop; the command-line flag is noted beside the field. */
struct dk_input_settings {
    enum dk_columns columns;      /* --columns */
    int cohorts;                  /* --cohorts: cohorts (or wells) side by side in a file */
    enum dk_sample sample;        /* --sample */
    enum dk_alignment alignment;  /* --alignment */
    enum dk_decimal_mark decimal; /* --decimal */
    bool quarantine;              /* --quarantine: bad cells become missing */
    bool allow_missing;           /* --allow-missing: absent sensors are missing everywhere */
    bool allow_open_end;          /* --open-end: also without a newline where others have one */
    const char *ignore;           /* patterns of names that never count; NULL: none. Borrowed */
    struct dk_calendar calendar;
    struct dk_well well; /* the rig; columns = wells: its site, the wells being 1..n */
    int cohort;          /* of a drop that is one cohort (dk_columns_are_one_cohort): its number */
    unsigned threads;    /* 0: one per processor */
    /* gets every sample, see burst_sink.h; NULL: none. Borrowed */
    const struct dk_burst_sink *sink;
};

/* What represents a burst of at least one sample, by a rule: for a mean, least or greatest value
 * DK_DECIMAL_MISSING if one of them is missing. */
dk_decimal dk_burst_represent(const dk_decimal *samples, size_t count, enum dk_sample rule);

/* Whether a drop with these columns is one cohort: samples or wells. Auto must be resolved. */
bool dk_columns_are_one_cohort(enum dk_columns columns);

/* The defaults: columns = auto, 60 cohorts, first, second, texas-1, cohort 1, the default calendar,
 * one thread per processor. */
void dk_input_settings_init(struct dk_input_settings *settings);

/* The settings that shape rows, as canonical text on one line: "columns=cohorts cohorts=60
 * sample=first alignment=second start=2008-03-26 cohort_days=92 interval_minutes=60 rig=texas-1" (+
 * " cohort=7" for samples and wells, " decimal=comma" for a decimal comma). Two drops are the same
 * only if these are, with columns resolved. */
void dk_input_settings_text(const struct dk_input_settings *settings,
                            char text[DK_SETTINGS_TEXT_MAX]);
/* Reads such a text back into settings; what it does not say stays as it is. DK_ERR_DATA: it is not
 * one that dk_input_settings_text would write. */
enum dk_status dk_input_settings_parse(const char *text, struct dk_input_settings *settings,
                                       struct dk_error *err) DK_CHECK;
/* What such a text says of `name` ("rig"): *value, borrowed, and its size; 0 if it says nothing. */
size_t dk_input_settings_find(const char *text, const char *name, const char **value);
/* The sample rule that it names; -1 if it names none. */
int dk_input_settings_sample(const char *text);

/* --- the drop ------------------------------------------------------------------------------ */

/* Where to find a drop. All pointers are borrowed, and except for `path` may be NULL. */
struct dk_drop_search {
    const char *path;           /* a folder or an archive file */
    const char *profile_folder; /* used where the drop contains no profile */
    const char *own_folder;     /* the same of the drop's site alone: before any other that does not
                                  * come with the drop itself */
    const char *delivery_folder; /* of an archive that was delivered: this folder and the one that
                                  * the archive is in are searched for a profile, and for files that
                                  * are still in transfer; of a folder: only for a profile */
    const char *ignore;          /* patterns of names that never count, see input/name.h */
    const struct dk_observer *observer;
    /* of a cohort; listing a compressed tar, which is to unpack it, ends at a file that has more.
     * 0: not known */
    uint64_t readings_max;
};

/* Finds a drop. Sensor files are in the folder itself or one folder below it (logs/, data/, ...);
 * the profile is beside them, in a profile/ folder of the drop, or else in search->profile_folder,
 * but only if no name in the drop looks like a profile. A drop without any sensor file is DK_OK:
 * see dk_drop_sensor_count. DK_ERR_DATA: a sensor twice (both are named), two profiles, a file that
 * is being replaced, a CSV that the old scripts made, a damaged archive. DK_ERR_IO: it can't be
 * read. After DK_OK the caller resets. */
enum dk_status dk_drop_find(struct dk_drop *out, const struct dk_drop_search *search,
                            struct dk_error *err) DK_CHECK;
/* The same where nothing is beside it and nothing is ignored. */
enum dk_status dk_drop_open(struct dk_drop *out, const char *path, const char *profile_folder,
                            const struct dk_observer *observer, struct dk_error *err) DK_CHECK;
/* Works out what the columns of the drop's files are, from the first three rows of each (of a
 * compressed tar, of its first sensor's file only), and sets settings->columns to what most of them
 * show: COHORTS for rate x cohorts columns, SAMPLES for one burst a row. A burst is 1 s long, or
 * `loaded_burst_seconds`, that of this rig's loaded cohorts (0: not known). dk_drop_read refuses
 * the files that don't agree. Changes only columns = auto and, where cohorts = 1, columns =
 * cohorts, which is one cohort by definition. Files that can't be read have no say: dk_drop_read
 * explains why. DK_ERR_DATA: the columns are whole bursts of another length; the error names a file
 * and what would fit. */
enum dk_status dk_drop_resolve(const struct dk_drop *drop, struct dk_input_settings *settings,
                               int loaded_burst_seconds, struct dk_error *err) DK_CHECK;

/* Seconds of one burst of a drop that was read with these settings; 0: not known, as with alignment
 * = column. *file is a sensor's file that shows it, an index in drop->files. */
int dk_drop_burst_seconds(const struct dk_drop *drop, const struct dk_input_settings *settings,
                          int *file);
/* --- problems ------------------------------------------------------------------------------- */

#define DK_PROBLEM_TEXT_MAX 32
#define DK_PROBLEMS_SHOWN 20

/* What is wrong at one place. */
enum dk_problem_kind {
    DK_PROBLEM_CELL,      /* a bad cell; `reason` says why */
    DK_PROBLEM_ROW_SHORT, /* too few columns */
    DK_PROBLEM_ROW_LONG,  /* too many columns */
    DK_PROBLEM_ROW_BLANK, /* a blank line between readings */
    DK_PROBLEM_HEADER,    /* the first line is a header */
    DK_PROBLEM_PANDAS,    /* a table with header and index, as pandas writes it */
    DK_PROBLEM_SEPARATOR, /* cells separated by commas, semicolons or blanks */
    DK_PROBLEM_UTF16,     /* UTF-16 or UTF-32 */
    DK_PROBLEM_OLD_CSV,   /* a CSV that the old scripts made */
    DK_PROBLEM_EMPTY_FILE,
    DK_PROBLEM_COLUMNS,       /* column count does not divide or does not fit the rate */
    DK_PROBLEM_ROWS,          /* files of unequal length */
    DK_PROBLEM_CALENDAR,      /* the first line past the cohort's last day, where the reading of a
                               * file ends; `got` more files have one, `expected` is the limit */
    DK_PROBLEM_CODE,          /* an unknown condition code */
    DK_PROBLEM_MISSING_FILE,  /* `got` sensors' files are missing, `file` is the first one */
    DK_PROBLEM_BEING_WRITTEN, /* size or time changed while it was read, or a writer has it open */
    DK_PROBLEM_BINARY,        /* NUL bytes, no text at all */
    DK_PROBLEM_WORKBOOK,      /* an Excel workbook, or a zip, which newer ones are */
    DK_PROBLEM_ROW_HUGE,      /* a row longer than any reader takes (16 MiB) */
    DK_PROBLEM_OPEN_END,      /* no newline after the last cell, where other files have one */
    DK_PROBLEM_KIND_COUNT
};

struct dk_problem {
    uint8_t file;           /* index in dk_drop.files */
    uint8_t kind;           /* enum dk_problem_kind */
    uint8_t reason;         /* enum dk_decimal_reason, for DK_PROBLEM_CELL */
    uint8_t read_as;        /* enum dk_columns, for DK_PROBLEM_COLUMNS of a file's first rows */
    uint32_t line;          /* 1-based; 0: about the file */
    uint32_t column;        /* 1-based; 0: about the row */
    uint64_t offset;        /* byte offset of the cell or row in the (uncompressed) file */
    uint64_t got, expected; /* columns, rows: what was found and what should be */
    char text[DK_PROBLEM_TEXT_MAX]; /* the cell's text, cut, unprintable bytes escaped */
};

/* What dk_drop_read found. `problems` is sorted by file, line and column. With settings.quarantine
 * it holds all of them, up to a ceiling of 1,000,000, past which the drop is refused; else the
 * first DK_PROBLEMS_SHOWN. It is the same for any number of threads. */
struct dk_report {
    uint64_t cells; /* cells parsed */
    uint64_t bytes; /* bytes parsed */
    uint64_t problems_total;
    uint64_t problems_by_file[DK_DROP_FILES];
    uint64_t missing_total;      /* loaded values that became missing by quarantine */
    struct dk_problem *problems; /* owned */
    size_t problems_count;
    bool fatal; /* one of them is more than a bad cell or row: quarantine does not help */
};

/* Frees what it holds. Legal on a zeroed struct. */
void dk_report_reset(struct dk_report *report);

/* The name of the problem's file as found; where it is absent, what it should be. */
#define DK_PROBLEM_NAME_MAX 256
void dk_problem_file_name(const struct dk_problem *problem, const struct dk_drop *drop,
                          char name[DK_PROBLEM_NAME_MAX]);

/* A problem in words. */
struct dk_problem_words {
    char text[DK_ERROR_TEXT_MAX]; /* "logs/PS1.txt, line 12, column 40: '1,5' has a decimal comma;
                                   * expected 1.5" */
    char hint[DK_ERROR_TEXT_MAX]; /* what to do about it; "" if nothing */
};

/* Puts a problem into words. Longer texts are cut. */
void dk_problem_format(const struct dk_problem *problem, const struct dk_drop *drop,
                       struct dk_problem_words *words);

#define DK_PROBLEM_REASON_MAX 384
/* What is wrong, without its place: "has a decimal comma; expected 1.5". */
void dk_problem_reason(const struct dk_problem *problem, const struct dk_drop *drop,
                       char reason[DK_PROBLEM_REASON_MAX]);

/* Writes into text how many problems there are besides the first `shown` ones, and in which files:
 * "406,231 more, in 14 files (PS1.txt 90,100, ...)". */
void dk_report_format_rest(const struct dk_report *report, const struct dk_drop *drop, size_t shown,
                           char text[DK_ERROR_TEXT_MAX]);

/* Writes quarantine/<run>.tsv: the header "file line column byte_offset text reason", then one line
 * per problem, in order, with tabs between. */
enum dk_status dk_report_write(const struct dk_report *report, const struct dk_drop *drop,
                               struct dk_sink *sink, struct dk_error *err) DK_CHECK;

/* --- reading -------------------------------------------------------------------------------- */

/* What to read. All pointers are borrowed. */
struct dk_drop_request {
    /* gets hashes, rows and columns of its files, and their identity as read */
    struct dk_drop *drop;
    const struct dk_input_settings *settings; /* columns = auto: resolved for an unknown rig */
    const struct dk_profile *profile; /* used where the drop contains none, and nothing that looks
                                       * like one; NULL: none */
    bool with_hashes; /* the sha256 of every file, and the content hash, in the same pass */
    const struct dk_observer *observer; /* notices come from the calling thread */
    const atomic_bool *cancel; /* once it is set, the reading ends soon, with DK_ERR_CANCELLED;
                                * NULL: nobody sets it */
};

/* Reads, validates and samples the whole drop.
 *
 * DK_OK: `readings` is filled, and `report` has the cells in quarantine, if any; the caller resets
 * both. DK_ERR_DATA: `report` says what is wrong (the caller resets it), err holds the foremost
 * problem with its place, and `readings` is empty. Any other status: the drop could not be read. */
enum dk_status dk_drop_read(const struct dk_drop_request *request, struct dk_readings *readings,
                            struct dk_report *report, struct dk_error *err) DK_CHECK;

/* Whether every file of a folder's drop still is what dk_drop_read has read, and nobody has it open
 * for writing. */
bool dk_drop_is_unchanged(const struct dk_drop *drop);

#endif
