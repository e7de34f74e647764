/*
 * Rows from the database. Memory is bounded by one series per worker.
 *
 * Workers take the series in order. Each reads its series over a connection of its own, then waits
 * for its turn to append. So one worker reads while another one formats, and the bytes are the same
 * for any number of workers.
 */
#include "export_readers.h"

#include <pthread.h>
#include <stdlib.h>

#include "store/readers.h"

struct series_export {
    struct dk_pipeline *pipeline;
    struct dk_export *export;
    const struct dk_store_series *list;
    size_t count;
    pthread_mutex_t lock; /* all below */
    pthread_cond_t turn;
    size_t next_taken;
    size_t next_appended;
    bool failed;
};

static bool take(struct series_export *work, size_t *index)
{
    pthread_mutex_lock(&work->lock);
    bool taken = !work->failed && work->next_taken < work->count;
    if (taken)
        *index = work->next_taken++;
    pthread_mutex_unlock(&work->lock);
    return taken;
}

static void fail(struct series_export *work)
{
    pthread_mutex_lock(&work->lock);
    work->failed = true;
    pthread_cond_broadcast(&work->turn);
    pthread_mutex_unlock(&work->lock);
}

/* Waits until all series before `index` are appended; false: one of them failed. */
static bool await_turn(struct series_export *work, size_t index)
{
    pthread_mutex_lock(&work->lock);
    while (!work->failed && work->next_appended != index)
        pthread_cond_wait(&work->turn, &work->lock);
    bool failed = work->failed;
    pthread_mutex_unlock(&work->lock);
    return !failed;
}

static enum dk_status append(struct series_export *work, size_t index,
                             const struct dk_readings *readings, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_export_append(work->export, readings, 0, 1, err));
    dk_observer_progress(work->pipeline->observer, "export", index + 1, work->count, "cohorts");
    pthread_mutex_lock(&work->lock);
    work->next_appended++;
    pthread_cond_broadcast(&work->turn);
    pthread_mutex_unlock(&work->lock);
    return DK_OK;
}

/* A series that can't be read waits for its turn, too: the error is that of the first one. */
static enum dk_status export_series(struct dk_team *team, unsigned reader, struct dk_store *store,
                                    void *context, struct dk_error *err)
{
    struct series_export *work = context;
    enum dk_status status = DK_OK;
    size_t index = 0;
    (void)reader;
    while (status == DK_OK && !dk_team_stopped(team) && take(work, &index)) {
        struct dk_readings readings = {0};
        status = dk_store_read(store, &work->list[index], &readings, err);
        if (!await_turn(work, index))
            status = dk_error_set(err, DK_ERR_CANCELLED, "the export was cancelled");
        else if (status == DK_OK)
            status = append(work, index, &readings, err);
        dk_readings_reset(&readings);
    }
    if (status != DK_OK)
        fail(work);
    return status;
}

enum dk_status dk_export_readers_run(struct dk_pipeline *pipeline, struct dk_export *export,
                                     const struct dk_store_series *list, size_t count,
                                     struct dk_error *err)
{
    struct series_export work = {
        .pipeline = pipeline,
        .export = export,
        .list = list,
        .count = count,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .turn = PTHREAD_COND_INITIALIZER,
    };
    return dk_readers_run(pipeline->store, dk_readers_count(pipeline->settings->threads, count),
                          export_series, &work, err);
}
