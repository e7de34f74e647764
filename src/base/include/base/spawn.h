/*
 * Starting another program, in a process group of its own, so that it can be ended with all that it
 * started itself.
 */
#ifndef DK_BASE_SPAWN_H
#define DK_BASE_SPAWN_H

#include <sys/types.h>

/* What to start. All is borrowed. */
struct dk_spawn {
    /* program and arguments, NULL-terminated; a name without '/' is looked for in PATH */
    char *const *words;
    char *const *variables; /* its environment, NULL-terminated */
    int input;              /* the descriptors that become its standard streams; -1: /dev/null */
    int output;
    int errors;
};

/* Starts it, with no signal blocked and SIGPIPE as it is by default. 0, or an errno; a program that
 * is missing may instead end at once with exit code 127, as POSIX allows. */
int dk_spawn(const struct dk_spawn *spawn, pid_t *process);

/* Kills its process group, waits for the process, and sets how it ended, as waitpid() does. */
void dk_spawn_kill(pid_t process, int *how);

#endif
