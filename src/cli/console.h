/*
 * The console: everything that a person or a machine gets to see.
 *
 * Text: results go to stdout, everything else to stderr, as "derrick: error: ..." (or warning,
 * note). On a terminal, lines are wrapped, severities are coloured, and one line shows progress; it
 * is cleared before anything else is printed.
 *
 * JSON (--json): every line is an event (event.h), and all of them go to stdout, so that one
 * redirection holds everything; to stderr only where stdout is the output itself.
 *
 * A console is also the observer that the library reports to, from any thread. Everything else
 * belongs to the main thread.
 */
#ifndef DK_CLI_CONSOLE_H
#define DK_CLI_CONSOLE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/observer.h"
#include "base/status.h"
#include "event.h"
#include "input/input.h"
#include "rig/readings.h"

/* What is true when the program is stopped. */
enum dk_stage {
    DK_STAGE_OTHER,          /* the command loads nothing, or has not begun to read */
    DK_STAGE_NOTHING_LOADED, /* the transaction is still open, or not begun */
    DK_STAGE_COMPLETING,     /* it is being committed, or was */
    DK_STAGE_LOADED,
    DK_STAGE_REBUILDING, /* each drop commits by itself */
};

enum dk_progress { DK_PROGRESS_AUTO, DK_PROGRESS_ALWAYS, DK_PROGRESS_NEVER };

#define DK_CONSOLE_STEPS_MAX 16

/* What was reported of one step of the work. */
struct dk_console_step {
    char name[24];
    bool ended; /* its end was reported */
};

struct dk_console {
    bool json;
    bool quiet;
    bool verbose;
    enum dk_progress progress_mode;
    bool stdout_is_output; /* the CSV, or a text that was asked for */
    const int64_t *run_id; /* of the run in progress, 0: none; borrowed, NULL is legal */
    char rig[DK_RIG_NAME_MAX];
    int64_t (*clock_ms)(void); /* monotonic; tests have their own */
    atomic_int stage;          /* enum dk_stage; a handler of signals reads it */
    bool loads;                /* the command loads a drop: dk_console_begin_run */
    bool has_loaded;           /* an earlier drop of this run is loaded */
    json_t *kept; /* an array of events, all but progress: see dk_console_keep; NULL: none. Owned */
    const char *stop_at; /* a test's: the step that is interrupted when it is reported; or NULL */

    /* Decided by dk_console_start. */
    bool progress;
    bool colour;
    bool journal;       /* stderr goes to systemd's journal: each line begins with its priority */
    size_t error_width; /* columns of stderr to wrap at; 0: no terminal */
    size_t output_width;

    int output_errno;     /* of the first result that could not be written; 0: none */
    pthread_mutex_t lock; /* all below */
    const char *priority; /* of the last message, for its hint; "": no journal */
    bool line_shown;      /* the progress line is on the terminal */
    char step[24];        /* whose progress was reported last */
    int64_t step_started_ms;
    int64_t reported_ms; /* when */
    struct dk_console_step steps[DK_CONSOLE_STEPS_MAX];
    size_t step_count;
    struct dk_observer observer;
};

void dk_console_init(struct dk_console *console);
/* Finds out what stdout and stderr are; to be called once the options are read. */
void dk_console_start(struct dk_console *console);
/* Takes the progress line off the terminal, and frees what the console holds. */
void dk_console_reset(struct dk_console *console);

/* From now on keeps everything that is printed, and what --quiet hides, as events, whatever is
 * printed; those kept before are discarded. */
void dk_console_keep(struct dk_console *console);

/* For each run that may load a drop: forgets the steps of the run before, so that those of the next
 * are reported again. */
void dk_console_begin_run(struct dk_console *console);

/* Prints an error with its hint. */
void dk_console_error(struct dk_console *console, const struct dk_error *err);

/* Prints the problems of a report: the first ones, each with its place and hint, and how many more
 * there are. `refused`: they are errors, otherwise warnings. */
void dk_console_report(struct dk_console *console, const struct dk_report *report,
                       const struct dk_drop *drop, bool refused);

/* Prints a result at once: with --json the event, otherwise the text. Takes ownership of the
 * fields' JSON. */
void dk_console_result(struct dk_console *console, const char *event, const struct dk_field *fields,
                       const char *fmt, ...) DK_PRINTF(4, 5);

/* Keeps a result, where events are kept, that --quiet hides. Takes ownership of the fields'
 * JSON. */
void dk_console_keep_result(struct dk_console *console, const char *event,
                            const struct dk_field *fields);

/* Prints a line that only people read, such as a heading; nothing with --json. */
void dk_console_print(struct dk_console *console, const char *fmt, ...) DK_PRINTF(2, 3);

/* Flushes stdout. DK_ERR_IO, with the errno as native, if a result could not be written. */
enum dk_status dk_console_flush(struct dk_console *console, struct dk_error *err) DK_CHECK;

#endif
