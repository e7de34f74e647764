/*
 * The console: all that a person or a machine gets to see. Results go to stdout, everything else to
 * stderr; with --json each of them is a line with one JSON object. A console is also the observer
 * that the library tells its progress to, from any thread; all else belongs to the main thread.
 */
#ifndef DK_CLI_CONSOLE_H
#define DK_CLI_CONSOLE_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/observer.h"
#include "base/status.h"
#include "input/input.h"

enum dk_progress { DK_PROGRESS_AUTO, DK_PROGRESS_ALWAYS, DK_PROGRESS_NEVER };

struct dk_console {
    bool json;
    bool quiet;
    bool verbose;
    enum dk_progress progress_mode;
    bool progress;        /* decided by dk_console_start */
    int output_errno;     /* of the first result that could not be written; 0: none */
    pthread_mutex_t lock; /* all below */
    char step[24];        /* whose progress line is on the terminal; "": no line is */
    int64_t step_started_ms;
    int64_t drawn_ms;
    struct dk_observer observer;
};

void dk_console_init(struct dk_console *console);
/* Decides whether to show progress; to be called once the options are read. */
void dk_console_start(struct dk_console *console);
/* Takes the progress line off the terminal, and frees what the console holds. */
void dk_console_reset(struct dk_console *console);

/* Prints an error, with its hint, to stderr. */
void dk_console_error(struct dk_console *console, const struct dk_error *err);

/* Prints the problems of a report to stderr: the first ones, each with its place and hint, and how
 * many more there are. */
void dk_console_report(struct dk_console *console, const struct dk_report *report,
                       const struct dk_drop *drop);

/* A text that the user chose, such as a path, for json_pack's "o". JSON has to be UTF-8: a
 * text that is not becomes what dk_text_show makes of it. */
json_t *dk_json_text(const char *text);

/* Prints a result to stdout, at once: `object`, which is taken over, with --json, else the text. */
void dk_console_result(struct dk_console *console, json_t *object, const char *fmt, ...)
    DK_PRINTF(3, 4);

/* Flushes stdout. DK_ERR_IO, with the errno as native, if a result could not be written. */
enum dk_status dk_console_flush(struct dk_console *console, struct dk_error *err) DK_CHECK;

#endif
