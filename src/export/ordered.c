#include "ordered.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/team.h"

struct stage {
    size_t next; /* the block it takes next */
    bool busy;   /* a thread is running it */
};

/* Everything below `lock` is guarded by it. */
struct run {
    const struct dk_ordered *ordered;
    pthread_mutex_t lock;
    pthread_cond_t moved; /* a block was made, a stage came free, or something failed */
    size_t claimed;       /* blocks given to a thread to make */
    bool *made;           /* [slots]; of the block that was claimed last for the slot */
    struct stage stages[DK_ORDERED_STAGES_MAX];
    bool failed;
};

/* The stage that can continue now; NULL: none. */
static struct stage *ready_stage_locked(struct run *run)
{
    const struct dk_ordered *ordered = run->ordered;
    for (size_t i = 0; i < ordered->stage_count; i++) {
        struct stage *stage = &run->stages[i];
        if (!stage->busy && stage->next < run->claimed && run->made[stage->next % ordered->slots])
            return stage;
    }
    return NULL;
}

/* Blocks that have gone through all stages: their slots are free. */
static size_t finished_locked(const struct run *run)
{
    size_t finished = run->stages[0].next;
    for (size_t i = 1; i < run->ordered->stage_count; i++)
        if (run->stages[i].next < finished)
            finished = run->stages[i].next;
    return finished;
}

static enum dk_status stage_step_locked(struct run *run, struct stage *stage, struct dk_error *err)
{
    const struct dk_ordered *ordered = run->ordered;
    size_t block = stage->next;
    stage->busy = true;
    pthread_mutex_unlock(&run->lock);
    dk_ordered_fn step = ordered->stages[stage - run->stages];
    enum dk_status status = step(ordered->context, block, block % ordered->slots, err);
    pthread_mutex_lock(&run->lock);
    stage->busy = false;
    stage->next++;
    return status;
}

static enum dk_status make_step_locked(struct run *run, struct dk_error *err)
{
    const struct dk_ordered *ordered = run->ordered;
    size_t block = run->claimed++;
    size_t slot = block % ordered->slots;
    run->made[slot] = false;
    pthread_mutex_unlock(&run->lock);
    enum dk_status status = ordered->make(ordered->context, block, slot, err);
    pthread_mutex_lock(&run->lock);
    run->made[slot] = true;
    return status;
}

/* Works until nothing is left. Stages go first: they free slots while the block is in the cache. */
static enum dk_status work_locked(struct run *run, struct dk_error *err)
{
    const struct dk_ordered *ordered = run->ordered;
    while (!run->failed) {
        size_t finished = finished_locked(run);
        if (finished == ordered->blocks)
            return DK_OK;
        struct stage *stage = ready_stage_locked(run);
        enum dk_status status = DK_OK;
        if (stage) {
            status = stage_step_locked(run, stage, err);
        } else if (run->claimed < ordered->blocks && run->claimed < finished + ordered->slots) {
            status = make_step_locked(run, err);
        } else {
            pthread_cond_wait(&run->moved, &run->lock);
            continue;
        }
        if (status != DK_OK)
            run->failed = true;
        pthread_cond_broadcast(&run->moved);
        if (status != DK_OK)
            return status;
    }
    return dk_error_set(err, DK_ERR_CANCELLED, "another thread of the export failed");
}

static enum dk_status worker_run(struct dk_team *team, unsigned index, void *context,
                                 struct dk_error *err)
{
    (void)team; /* the run knows of its own failures, and wakes who waits */
    (void)index;
    struct run *run = context;
    pthread_mutex_lock(&run->lock);
    enum dk_status status = work_locked(run, err);
    pthread_mutex_unlock(&run->lock);
    return status;
}

enum dk_status dk_ordered_run(const struct dk_ordered *ordered, unsigned threads,
                              struct dk_error *err)
{
    struct run run = {
        .ordered = ordered, .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER};
    run.made = calloc(ordered->slots, sizeof(*run.made));
    if (!run.made)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
    enum dk_status status = dk_team_run(threads, worker_run, &run, err);
    free(run.made);
    pthread_cond_destroy(&run.moved);
    pthread_mutex_destroy(&run.lock);
    return status;
}
