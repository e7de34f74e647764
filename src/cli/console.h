/*
 * The console: all that a person or a machine sees. Results go to stdout, everything else to
 * stderr; with --json each is one JSON object a line. A console is also the observer that the
 * library tells its progress to, from any thread.
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
    int output_errno;     /* of the first result that did not get out; 0: none */
    pthread_mutex_t lock; /* all below */
    char step[24];        /* of the line on the terminal, "" if none */
    int64_t step_started_ms;
    int64_t drawn_ms;
    struct dk_observer observer;
};

void dk_console_init(struct dk_console *console);
void dk_console_start(struct dk_console *console); /* after the options are read */
void dk_console_reset(struct dk_console *console);

/* Takes the progress line off the terminal. */
void dk_console_clear(struct dk_console *console);

/* An error, with its hint, to stderr. */
void dk_console_error(struct dk_console *console, const struct dk_error *err);

/* The problems of a report, to stderr: the first ones, each with its place and hint, and the count of all. */
void dk_console_report(struct dk_console *console, const struct dk_report *report,
                       const struct dk_drop *drop);

/* A text of the user's, such as a path, for an object (json_pack's "o"). One that is not UTF-8 can't be
 * JSON: it comes with '?' for what is not ASCII. */
json_t *dk_json_text(const char *text);

/* One result: `object` (stolen) as a line of JSON, or the text. Written at once. */
void dk_console_result(struct dk_console *console, json_t *object, const char *fmt, ...)
    DK_PRINTF(3, 4);

/* Flushes stdout. DK_ERR_IO, native the errno, where the results did not get out. */
enum dk_status dk_console_flush(struct dk_console *console, struct dk_error *err) DK_CHECK;

#endif
