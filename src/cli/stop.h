/*
 * What Ctrl-C, SIGTERM and SIGHUP do: they print what is true at that moment, remove temporary
 * files, and end the program by the signal, so that a shell sees 130 and stops its loop too.
 *
 * A handler can't be given anything: the console that it reads is the one global of the command
 * line.
 */
#ifndef DK_CLI_STOP_H
#define DK_CLI_STOP_H

#include "console.h"

/* Handles the signals from now on, except for those that are ignored, as nohup does. The console
 * lives as long as the program. */
void dk_stop_install(struct dk_console *console);

/* Stops as the signal would. May be called from a handler. */
void dk_stop_now(int number);

/* Writes what a stop prints into line[size], with a newline: text, or an event where the console
 * prints JSON. Returns its size. Calls nothing that a handler may not. */
size_t dk_stop_line(const struct dk_console *console, int64_t time_ms, char *line, size_t size);

#endif
