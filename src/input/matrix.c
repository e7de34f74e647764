#include "matrix.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/team.h"
#include "drop_files.h"
#include "lane.h"

/* A worker stays with its last file until another one has this much more left, so that a disk with
 * a head seeks less. */
#define STAY_BYTES (8 * 1024 * 1024)

struct worker {
    struct dk_window window;
    struct dk_row_reader reader;
    size_t last; /* lane */
    uint64_t bytes;
};

/* What the workers share. `lock` guards all fields below it; a lane belongs to the worker that set
 * it busy. */
struct crew {
    struct dk_matrix *matrix;
    struct dk_lane lanes[DK_DROP_FILES + 1]; /* the archive, and files on disk */
    size_t lane_count;
    struct worker *workers; /* owned */
    unsigned worker_count;
    uint64_t total_bytes;
    pthread_mutex_t lock;
    pthread_cond_t freed; /* a lane is free, or done, or all is stopped */
    bool busy[DK_DROP_FILES + 1];
    bool stopped;
    uint64_t done_bytes;
    /* With a sink, one file at a time: */
    bool one_file; /* only lane `current`, up to the end of a file */
    size_t current;
    bool ended; /* that file is at its end */
};

/* --- who reads what ------------------------------------------------------------------------- */

/* The free lane with the most left, if any; *running: some lane is not done. */
static bool pick_lane_locked(const struct crew *crew, size_t last, size_t *lane, bool *running)
{
    bool found = false;
    *running = false;
    if (crew->one_file) {
        *lane = crew->current;
        *running = crew->busy[*lane] || (!crew->lanes[*lane].done && !crew->ended);
        return *running && !crew->busy[*lane];
    }
    for (size_t i = 0; i < crew->lane_count; i++) {
        *running = *running || crew->busy[i] || !crew->lanes[i].done;
        if (crew->busy[i] || crew->lanes[i].done)
            continue;
        if (!found || crew->lanes[i].remaining > crew->lanes[*lane].remaining)
            *lane = i;
        found = true;
    }
    if (found && !crew->busy[last] && !crew->lanes[last].done &&
        crew->lanes[*lane].remaining - crew->lanes[last].remaining <= STAY_BYTES)
        *lane = last;
    return found;
}

/* Waits for a lane that is free and takes it; false: nothing is left. */
static bool take_lane(struct crew *crew, struct worker *worker)
{
    bool running = true;
    bool found = false;
    size_t lane = 0;
    pthread_mutex_lock(&crew->lock);
    while (!crew->stopped && running && !found) {
        found = pick_lane_locked(crew, worker->last, &lane, &running);
        if (!found && running)
            pthread_cond_wait(&crew->freed, &crew->lock);
    }
    found = found && !crew->stopped;
    if (found) {
        crew->busy[lane] = true;
        worker->last = lane;
    }
    pthread_mutex_unlock(&crew->lock);
    return found;
}

static void free_lane(struct crew *crew, size_t lane, uint64_t progress, bool failed)
{
    pthread_mutex_lock(&crew->lock);
    crew->busy[lane] = false;
    crew->ended = crew->ended || crew->lanes[lane].file < 0;
    crew->stopped |= failed;
    crew->done_bytes += progress;
    if (progress > 0)
        dk_observer_progress(crew->matrix->observer, "read", crew->done_bytes, crew->total_bytes,
                             "bytes");
    pthread_cond_broadcast(&crew->freed);
    pthread_mutex_unlock(&crew->lock);
}

static void stop_crew(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->stopped = true;
    pthread_cond_broadcast(&crew->freed);
    pthread_mutex_unlock(&crew->lock);
}

/* --- the work ------------------------------------------------------------------------------- */

static enum dk_status read_rows(struct crew *crew, struct worker *worker,
                                const struct dk_lane_job *job, struct dk_error *err)
{
    enum dk_status status = dk_row_reader_reserve(&worker->reader, &job->layout, err);
    for (size_t i = 0; status == DK_OK && i < worker->window.rows; i++) {
        struct dk_row row = dk_window_row(&worker->window, i);
        if (dk_row_is_blank_line(&row))
            continue;
        dk_row_read(&worker->reader, &job->layout, job->file, &row,
                    dk_lane_target(crew->matrix, job->file, row.line - 1));
    }
    return status;
}

static bool is_cancelled(const struct dk_matrix *matrix)
{
    return matrix->cancel && atomic_load_explicit(matrix->cancel, memory_order_relaxed);
}

static enum dk_status work(struct dk_team *team, unsigned index, void *context,
                           struct dk_error *err)
{
    struct crew *crew = context;
    struct worker *worker = &crew->workers[index];
    enum dk_status status = DK_OK;
    (void)team; /* the crew has a stop of its own, which wakes those who wait */
    while (status == DK_OK && take_lane(crew, worker)) {
        struct dk_lane_job job = {.file = -1};
        status =
            dk_lane_next(&crew->lanes[worker->last], &worker->window, &worker->reader, &job, err);
        free_lane(crew, worker->last, job.progress, status != DK_OK);
        worker->bytes += job.bytes;
        if (status == DK_OK && job.file >= 0)
            status = read_rows(crew, worker, &job, err);
        if (status == DK_OK && is_cancelled(crew->matrix))
            status = dk_error_set(err, DK_ERR_CANCELLED, "reading was cancelled");
    }
    if (status != DK_OK)
        stop_crew(crew);
    return status;
}

/* --- setting up and taking down ------------------------------------------------------------- */

static enum dk_status open_lanes(struct crew *crew, struct dk_error *err)
{
    struct dk_drop *drop = crew->matrix->drop;
    enum dk_status status = DK_OK;
    if (drop->is_archive) {
        status = dk_lane_open_archive(&crew->lanes[0], crew->matrix, err);
        crew->lane_count = status == DK_OK;
        crew->total_bytes = drop->archive.size_bytes;
    }
    for (int i = 0; status == DK_OK && i < DK_DROP_FILES; i++) {
        if (!dk_drop_has(drop, i) || dk_drop_is_member(drop, i))
            continue;
        status = dk_lane_open_file(&crew->lanes[crew->lane_count], crew->matrix, i, err);
        crew->lane_count += status == DK_OK;
        crew->total_bytes += drop->files[i].size_bytes;
    }
    return status;
}

static enum dk_status crew_open(struct crew *crew, struct dk_matrix *matrix,
                                struct dk_problem_pool *pool, struct dk_error *err)
{
    *crew = (struct crew){.matrix = matrix};
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->freed, NULL);
    unsigned threads =
        matrix->settings->threads ? matrix->settings->threads : dk_team_threads_default();
    crew->worker_count = threads > DK_TEAM_THREADS_MAX ? DK_TEAM_THREADS_MAX : threads;
    crew->workers = calloc(crew->worker_count, sizeof(*crew->workers));
    if (!crew->workers)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %u workers", crew->worker_count);
    for (unsigned i = 0; i < crew->worker_count; i++) {
        struct dk_row_reader *reader = &crew->workers[i].reader;
        dk_row_reader_init(reader, dk_scan_best(), pool);
        reader->sink = matrix->settings->sink;
        reader->mark = matrix->settings->decimal;
    }
    return open_lanes(crew, err);
}

static void crew_close(struct crew *crew)
{
    for (size_t i = 0; i < crew->lane_count; i++)
        dk_lane_close(&crew->lanes[i]);
    for (unsigned i = 0; crew->workers && i < crew->worker_count; i++) {
        dk_window_reset(&crew->workers[i].window);
        dk_row_reader_reset(&crew->workers[i].reader);
    }
    free(crew->workers);
    pthread_cond_destroy(&crew->freed);
    pthread_mutex_destroy(&crew->lock);
}

/* Adds up what the workers met and counted. */
static void gather(const struct crew *crew, struct dk_problems *problems)
{
    for (unsigned i = 0; i < crew->worker_count; i++) {
        const struct dk_row_reader *reader = &crew->workers[i].reader;
        dk_problems_join(problems, &reader->problems);
        crew->matrix->cells += reader->cells;
        crew->matrix->missing += reader->missing;
        crew->matrix->bytes += crew->workers[i].bytes;
        for (int file = 0; file < DK_DROP_FILES; file++)
            crew->matrix->files[file].oddities |= reader->oddities[file];
    }
}

/* Announces to the sink the sensors that are complete now. */
static enum dk_status end_bursts(const struct dk_matrix *matrix, bool ended[DK_SENSORS],
                                 struct dk_error *err)
{
    const struct dk_burst_sink *sink = matrix->settings->sink;
    for (int i = 0; i < DK_SENSORS; i++) {
        if (ended[i] || !matrix->files[i].read)
            continue;
        ended[i] = true;
        DK_RETURN_IF_ERROR(sink->end(sink->context, i, (size_t)matrix->files[i].rows, err));
    }
    return DK_OK;
}

/* Reads one file after the other, each with the whole crew. */
static enum dk_status read_in_order(struct crew *crew, struct dk_error *err)
{
    bool ended[DK_SENSORS] = {false};
    crew->one_file = true;
    for (crew->current = 0; crew->current < crew->lane_count; crew->current++) {
        while (!crew->lanes[crew->current].done) {
            crew->ended = false;
            DK_RETURN_IF_ERROR(dk_team_run(crew->worker_count, work, crew, err));
            DK_RETURN_IF_ERROR(end_bursts(crew->matrix, ended, err));
        }
    }
    return DK_OK;
}

enum dk_status dk_matrix_read(struct dk_matrix *matrix, struct dk_problems *problems,
                              struct dk_error *err)
{
    struct crew crew;
    enum dk_status status = crew_open(&crew, matrix, problems->pool, err);
    if (status == DK_OK)
        status = matrix->settings->sink ? read_in_order(&crew, err)
                                        : dk_team_run(crew.worker_count, work, &crew, err);
    if (status == DK_OK)
        gather(&crew, problems);
    crew_close(&crew);
    return status;
}
