/*
 * input: from a drop to readings.
 *
 * A drop is found (dk_drop_open), then read (dk_drop_read): every cell of every file is parsed and
 * validated, in parallel, in windows, and one value of each burst lands in the readings table.
 * Bad cells go into a report; nothing here decides to load anything. DESIGN: sections 2 and 6.3.
 */
#ifndef DK_INPUT_INPUT_H
#define DK_INPUT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/observer.h"
#include "base/status.h"
#include "rig/calendar.h"
#include "rig/readings.h"

enum dk_columns { DK_COLUMNS_COHORTS, DK_COLUMNS_SAMPLES, DK_COLUMNS_WELLS };
enum dk_sample { DK_SAMPLE_FIRST, DK_SAMPLE_MEAN, DK_SAMPLE_MIN, DK_SAMPLE_MAX, DK_SAMPLE_LAST };
enum dk_alignment { DK_ALIGNMENT_SECOND, DK_ALIGNMENT_COLUMN };

/* The words of the configuration ("cohorts", "mean", "column"), and back (-1 if unknown). */
const char *dk_columns_name(enum dk_columns columns);
const char *dk_sample_name(enum dk_sample sample);
const char *dk_alignment_name(enum dk_alignment alignment);
int dk_columns_find(const char *word);
int dk_sample_find(const char *word);
int dk_alignment_find(const char *word);

#define DK_INPUT_COHORTS_DEFAULT 60

struct dk_input_settings {
    enum dk_columns columns;     /* --columns */
    int cohorts;                 /* --cohorts: cohorts (or wells) side by side in a file */
    enum dk_sample sample;       /* --sample */
    enum dk_alignment alignment; /* --alignment */
    bool quarantine;             /* --quarantine: bad cells become missing */
    bool allow_missing;          /* --allow-missing: absent sensors are missing everywhere */
    struct dk_calendar calendar;
    struct dk_well well; /* columns = wells: the first well's site; numbers 1..n */
    int cohort;          /* columns = samples, wells: the one cohort; else ignored */
    unsigned threads;    /* 0: one a processor */
};

/* columns = cohorts, 60, first, second, texas-1, cohort 1, default calendar, one thread a processor. */
void dk_input_settings_init(struct dk_input_settings *settings);

/* The settings that shape rows, as canonical text on one line: "columns=cohorts cohorts=60
 * sample=first alignment=second start=2008-03-26 cohort_days=92 interval_minutes=60 rig=texas-1"
 * (+ " cohort=7" for samples and wells). Two drops are the same only if these are. */
#define DK_SETTINGS_TEXT_MAX 320
void dk_input_settings_text(const struct dk_input_settings *settings,
                            char text[DK_SETTINGS_TEXT_MAX]);

/* --- the drop ------------------------------------------------------------------------------ */

#define DK_DROP_PROFILE DK_SENSORS /* the file index of the profile */
#define DK_DROP_FILES (DK_SENSORS + 1)

struct dk_drop_file {
    char *name;      /* as found, relative to the drop: "PS1-2023-06-01.txt"; NULL: absent. Owned */
    char *path;      /* to open or to show: "logs/PS1.txt", "drop.zip:data/PS1.txt". Owned */
    char *lookalike; /* where absent: a name that comes close, "PS1.txt.part", or NULL. Owned */
    uint64_t size_bytes; /* as it lies there; in an archive unpacked, 0 where that is not said */
    /* Identity on disk at the time of reading; zero inside an archive. */
    uint64_t device, inode;
    int64_t mtime_ns, ctime_ns;
    char hash[DK_HASH_HEX_MAX]; /* sha256 of the bytes as they lie there; set by dk_drop_read */
    char text_hash[DK_HASH_HEX_MAX]; /* the same, or of what a compressed file holds */
    uint64_t rows;              /* set by dk_drop_read */
    uint64_t columns;           /* set by dk_drop_read */
};

struct dk_drop {
    char *path;      /* folder or archive as given (a workspace's: its "logs"). Owned */
    bool is_archive; /* one file that holds the drop: zip, tar, tar.gz, tar.zst */
    /* For an archive: the archive file itself (name, path, size, identity, hash). */
    struct dk_drop_file archive;
    struct dk_drop_file files[DK_DROP_FILES]; /* by sensor index, then DK_DROP_PROFILE */
    char content_hash[DK_HASH_HEX_MAX]; /* over "<NAME> <text_hash>\n" of all files; set by read */
};

/* Finds the drop at `path` (folder or archive file); `profile_folder` (may be NULL) is looked in
 * when the drop brings no profile beside its files or in its own profile/ folder. Sensor files
 * may be in the folder itself or one folder below it (logs/, data/, ...). DK_ERR_DATA: nothing
 * there, a sensor twice (both named), a file that the old scripts made. DK_ERR_IO: can't be read.
 * An empty drop (no sensor file at all) is DK_OK with *out holding none: see
 * dk_drop_sensor_count. After DK_OK the caller resets. */
enum dk_status dk_drop_open(struct dk_drop *out, const char *path, const char *profile_folder,
                            const struct dk_observer *observer, struct dk_error *err) DK_CHECK;
void dk_drop_reset(struct dk_drop *drop);
size_t dk_drop_sensor_count(const struct dk_drop *drop);

/* --- problems ------------------------------------------------------------------------------- */

#define DK_PROBLEM_TEXT_MAX 32
#define DK_PROBLEMS_SHOWN 20

/* What is wrong at one place. Kinds of their own beside the cell's own reasons. */
enum dk_problem_kind {
    DK_PROBLEM_CELL,      /* a bad cell; `reason` says why */
    DK_PROBLEM_ROW_SHORT, /* too few columns */
    DK_PROBLEM_ROW_LONG,  /* too many columns */
    DK_PROBLEM_ROW_BLANK, /* a blank line between readings */
    DK_PROBLEM_HEADER,    /* the first line is a header */
    DK_PROBLEM_SEPARATOR, /* cells separated by commas, semicolons or blanks */
    DK_PROBLEM_UTF16,     /* UTF-16 or UTF-32 */
    DK_PROBLEM_OLD_CSV,   /* a CSV that the old scripts made */
    DK_PROBLEM_EMPTY_FILE,
    DK_PROBLEM_COLUMNS,  /* column count does not divide or does not fit the rate */
    DK_PROBLEM_ROWS,     /* files of unequal length */
    DK_PROBLEM_CALENDAR, /* readings past the cohort's last day */
    DK_PROBLEM_CODE,     /* an unknown condition code */
    DK_PROBLEM_MISSING_FILE,
    DK_PROBLEM_BEING_WRITTEN, /* size or time changed while it was read, or a writer has it open */
    DK_PROBLEM_BINARY,        /* NUL bytes, no text at all */
    DK_PROBLEM_ROW_HUGE,      /* a row longer than any reader takes (16 MiB) */
    DK_PROBLEM_KIND_COUNT
};

struct dk_problem {
    uint8_t file;                   /* index in dk_drop.files */
    uint8_t kind;                   /* enum dk_problem_kind */
    uint8_t reason;                 /* enum dk_decimal_reason, for DK_PROBLEM_CELL */
    uint32_t line;                  /* 1-based; 0: about the file */
    uint32_t column;                /* 1-based; 0: about the row */
    uint64_t offset;                /* byte offset of the cell or row in the (uncompressed) file */
    uint64_t got, expected;         /* columns, rows: what was found and what should be */
    char text[DK_PROBLEM_TEXT_MAX]; /* the cell's text, cut, unprintable bytes escaped */
};

/* All that a reading found. `problems` is sorted by file, line, column, and holds every problem
 * where settings.quarantine (up to a ceiling of 1,000,000, past which the drop is refused), else
 * the first DK_PROBLEMS_SHOWN. The same for any number of threads. */
struct dk_report {
    uint64_t cells; /* cells parsed */
    uint64_t bytes; /* bytes parsed */
    uint64_t problems_total;
    uint64_t missing_total;      /* loaded values that became missing by quarantine */
    struct dk_problem *problems; /* owned */
    size_t problems_count;
    bool fatal; /* some problem is not one of cells and rows: quarantine can't mend it */
};

void dk_report_reset(struct dk_report *report);

/* "PS1.txt:12:40: byte 3312: '1,5': decimal comma" into text, and its hint ("" if none). */
void dk_problem_format(const struct dk_problem *problem, const struct dk_drop *drop, char *text,
                       size_t text_size, char *hint, size_t hint_size);

/* quarantine/<run>.tsv: header "file line column byte_offset text reason", one problem a line,
 * tabs between, in order. */
enum dk_status dk_report_write(const struct dk_report *report, const struct dk_drop *drop,
                               struct dk_sink *sink, struct dk_error *err) DK_CHECK;

/* --- reading -------------------------------------------------------------------------------- */

/* Reads, validates and samples the whole drop. `profile` (may be NULL) serves where the drop has
 * none. `with_hashes`: compute the sha256 of every file and the content hash in the same pass.
 *
 * DK_OK: readings is filled (caller resets) and the report tells of quarantined cells, if any.
 * DK_ERR_DATA: report tells what is wrong (caller resets it in either case), err holds the first
 * problem with its place, readings is reset. Any other status: the drop could not be read.
 * `drop` gets hashes, rows, columns, and the identity of the files as they were read. */
enum dk_status dk_drop_read(struct dk_drop *drop, const struct dk_input_settings *settings,
                            const struct dk_profile *profile, bool with_hashes,
                            const struct dk_observer *observer, struct dk_readings *readings,
                            struct dk_report *report, struct dk_error *err) DK_CHECK;

#endif
