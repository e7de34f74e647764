#include "base/team.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

struct worker {
    struct dk_team *team;
    dk_team_fn work;
    void *context;
    unsigned index;
    enum dk_status status;
    struct dk_error error;
    pthread_t thread;
    bool started;
};

static void *worker_run(void *argument)
{
    struct worker *worker = argument;
    worker->status = worker->work(worker->team, worker->index, worker->context, &worker->error);
    if (worker->status != DK_OK)
        atomic_store_explicit(&worker->team->stop, true, memory_order_relaxed);
    return NULL;
}

/* The first failure by index, one with a cause of its own before a cancellation. */
static enum dk_status team_result(const struct worker *workers, unsigned count,
                                  struct dk_error *err)
{
    const struct worker *failed = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (workers[i].status == DK_OK)
            continue;
        if (!failed ||
            (failed->status == DK_ERR_CANCELLED && workers[i].status != DK_ERR_CANCELLED))
            failed = &workers[i];
    }
    if (!failed)
        return DK_OK;
    if (err)
        *err = failed->error;
    return failed->status;
}

enum dk_status dk_team_run(unsigned threads, dk_team_fn work, void *context, struct dk_error *err)
{
    if (threads < 1)
        threads = 1;
    if (threads > DK_TEAM_THREADS_MAX)
        threads = DK_TEAM_THREADS_MAX;
    struct dk_team team = {.stop = false};
    struct worker *workers = calloc(threads, sizeof(*workers));
    if (!workers)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %u threads", threads);
    for (unsigned i = 0; i < threads; i++)
        workers[i] = (struct worker){.team = &team, .work = work, .context = context, .index = i};
    for (unsigned i = 1; i < threads; i++)
        workers[i].started = pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]) == 0;
    worker_run(&workers[0]);
    for (unsigned i = 1; i < threads; i++)
        if (workers[i].started)
            pthread_join(workers[i].thread, NULL);
    enum dk_status status = team_result(workers, threads, err);
    free(workers);
    return status;
}

unsigned dk_team_threads_default(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    int count = CPU_COUNT(&set);
    if (count < 1)
        return 1;
    return count > DK_TEAM_THREADS_MAX ? DK_TEAM_THREADS_MAX : (unsigned)count;
}
