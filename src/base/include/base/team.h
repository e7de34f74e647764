/*
 * A team of threads: fork, work, join. All workers run the same function until their shared context
 * has nothing left to do. The first failure is the result of the team, and stops the others.
 * Threads run in no particular order; a function whose output needs one must arrange it.
 */
#ifndef DK_BASE_TEAM_H
#define DK_BASE_TEAM_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/status.h"

#define DK_TEAM_THREADS_MAX 64

struct dk_team {
    atomic_bool stop;   /* set at the first failure; workers check it between jobs */
    atomic_size_t next; /* the first job that no worker has taken */
};

/* The work of one worker, in its own thread and with its own error. `index` is 0-based. */
typedef enum dk_status (*dk_team_fn)(struct dk_team *team, unsigned index, void *context,
                                     struct dk_error *err);

/* Runs `threads` workers (at least 1, at most DK_TEAM_THREADS_MAX; worker 0 is the calling thread)
 * and waits for all of them. If a thread can't be started, the others do its work. Returns the
 * first failure with its error, and prefers one with a cause to DK_ERR_CANCELLED. */
enum dk_status dk_team_run(unsigned threads, dk_team_fn work, void *context, struct dk_error *err)
    DK_CHECK;

/* Whether a worker should stop because another one failed. */
static inline bool dk_team_stopped(struct dk_team *team)
{
    return atomic_load_explicit(&team->stop, memory_order_relaxed);
}

/* Gives a worker the next of the jobs 0 to count - 1. False: none is left, or another worker
 * failed. */
static inline bool dk_team_take(struct dk_team *team, size_t count, size_t *job)
{
    *job = atomic_fetch_add(&team->next, 1);
    return *job < count && !dk_team_stopped(team);
}

/* The number of processors this process may use, at least 1. */
unsigned dk_team_threads_default(void);

#endif
