/*
 * A team of threads: fork, work, join. Every worker runs the same function until its shared
 * context says that nothing is left; the first failure is the team's, and tells the others to
 * stop. Order of output is the business of the work, never of the threads.
 */
#ifndef DK_BASE_TEAM_H
#define DK_BASE_TEAM_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/status.h"

#define DK_TEAM_THREADS_MAX 64

struct dk_team {
    atomic_bool stop; /* set at the first failure; workers look at it between jobs */
};

/* One worker. `index` is 0-based. Runs in its own thread with its own error. */
typedef enum dk_status (*dk_team_fn)(struct dk_team *team, unsigned index, void *context,
                                     struct dk_error *err);

/* Runs `threads` workers (at least 1, at most DK_TEAM_THREADS_MAX; worker 0 in the calling
 * thread) and waits for all of them. Where a thread can't be started, the rest do the work.
 * Returns the first failure that is not DK_ERR_CANCELLED, with its error. */
enum dk_status dk_team_run(unsigned threads, dk_team_fn work, void *context, struct dk_error *err) DK_CHECK;

/* Whether a worker should stop because another one failed. */
static inline bool dk_team_stopped(struct dk_team *team)
{
    return atomic_load_explicit(&team->stop, memory_order_relaxed);
}

/* The number of processors this process may use, at least 1. */
unsigned dk_team_threads_default(void);

#endif
