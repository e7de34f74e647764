/*
 * A command of the user's, run by /bin/sh -c: with a text on its standard input, in a process group
 * of its own, and for a limited time. Both its outputs go to this process's standard error.
 */
#ifndef DK_BASE_SHELL_H
#define DK_BASE_SHELL_H

#include <stddef.h>

#include "base/status.h"

/* What to run. All is borrowed. */
struct dk_shell {
    const char *command;
    const char *input; /* what it reads */
    size_t input_size;
    char *const *variables; /* its environment, NULL-terminated; secrets are left out */
    int seconds_max;
};

/* Runs it to its end. DK_ERR_FAILED says why it failed: it ended with another exit code than 0, by
 * a signal, or not in time. Then its whole process group was killed; a process that it left behind
 * after it ended in time is not. DK_ERR_IO: it can't be started. One at a time for each process. */
enum dk_status dk_shell_run(const struct dk_shell *shell, struct dk_error *err) DK_CHECK;

/* Kills the process group of the command that runs now, if any. A signal handler may call it. */
void dk_shell_kill(void);

#endif
