#include "proof.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/team.h"

#define READERS_MAX 4u
#define READER_SERIES_MIN 4u /* fewer than this a worker are not worth a connection */

struct proof {
    struct dk_pipeline *pipeline;
    const struct dk_store_series *list;
    size_t count;
    pthread_mutex_t lock; /* all below */
    size_t next;
    size_t done;
    size_t bad;            /* series that are not what was loaded */
    size_t first_bad;      /* the least index of those */
    struct dk_error first; /* its error */
};

static bool take(struct proof *proof, size_t *index)
{
    pthread_mutex_lock(&proof->lock);
    bool taken = proof->next < proof->count;
    if (taken)
        *index = proof->next++;
    pthread_mutex_unlock(&proof->lock);
    return taken;
}

static void note(struct proof *proof, size_t index, const struct dk_error *bad)
{
    pthread_mutex_lock(&proof->lock);
    proof->done++;
    if (bad) {
        if (proof->bad == 0 || index < proof->first_bad) {
            proof->first_bad = index;
            proof->first = *bad;
        }
        proof->bad++;
    }
    size_t done = proof->done;
    pthread_mutex_unlock(&proof->lock);
    dk_observer_progress(proof->pipeline->observer, "verify", done, proof->count, "cohorts");
}

/* A finding is no failure of the reading: the others are compared, too. */
static bool is_finding(enum dk_status status, const struct dk_error *err)
{
    return status == DK_ERR_STORE && err->native == 0;
}

static enum dk_status prove_taken(struct proof *proof, struct dk_store *store, struct dk_team *team,
                                  struct dk_error *err)
{
    size_t index = 0;
    while (!dk_team_stopped(team) && take(proof, &index)) {
        struct dk_readings readings = {0};
        struct dk_error finding = {0};
        enum dk_status status = dk_store_read(store, &proof->list[index], &readings, &finding);
        dk_readings_reset(&readings);
        if (status != DK_OK && !is_finding(status, &finding)) {
            if (err)
                *err = finding;
            return status;
        }
        note(proof, index, status == DK_OK ? NULL : &finding);
    }
    return DK_OK;
}

static enum dk_status reader(struct dk_team *team, unsigned index, void *context,
                             struct dk_error *err)
{
    struct proof *proof = context;
    struct dk_pipeline *pipeline = proof->pipeline;
    struct dk_store *own = NULL;
    enum dk_status status = DK_OK;
    if (index > 0)
        status = dk_store_open(&own, &pipeline->settings->store, false, pipeline->observer, err);
    if (status == DK_OK)
        status = prove_taken(proof, index > 0 ? own : pipeline->store, team, err);
    dk_store_close(own);
    return status;
}

/* Compares list[0..count), and sets proof->bad and proof->first. */
static enum dk_status prove(struct proof *proof, struct dk_error *err)
{
    unsigned threads = proof->pipeline->settings->threads;
    if (threads == 0)
        threads = dk_team_threads_default();
    if (threads > READERS_MAX)
        threads = READERS_MAX;
    if (threads > proof->count / READER_SERIES_MIN)
        threads = (unsigned)(proof->count / READER_SERIES_MIN);
    return dk_team_run(threads > 0 ? threads : 1, reader, proof, err);
}

/* Takes out of the list what this run has loaded: the load has read all of it back. */
static size_t leave_out(struct dk_store_series *list, size_t count, int64_t run_id)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (run_id == 0 || list[i].run_id != run_id)
            list[kept++] = list[i];
    return kept;
}

static enum dk_status conclude(const struct proof *proof, struct dk_error *err)
{
    if (proof->bad == 0)
        return DK_OK;
    if (err)
        *err = proof->first;
    if (proof->bad > 1 && err)
        dk_text_format(err->message, sizeof(err->message), "%s (and %zu more cohort%s)",
                       proof->first.message, proof->bad - 1, proof->bad == 2 ? "" : "s");
    return DK_ERR_STORE;
}

enum dk_status dk_proof_run(struct dk_pipeline *pipeline, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    bool unchanged = false;
    DK_RETURN_IF_ERROR(dk_store_rows_unchanged(pipeline->store, &unchanged, err));
    if (unchanged)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_store_find_foreign(pipeline->store, err));
    enum dk_status status = dk_store_list(pipeline->store, &all, &list, &count, err);
    struct proof proof = {.pipeline = pipeline,
                          .list = list,
                          .count = leave_out(list, count, pipeline->run_id),
                          .lock = PTHREAD_MUTEX_INITIALIZER};
    if (status == DK_OK)
        status = prove(&proof, err);
    if (status == DK_OK)
        status = conclude(&proof, err);
    if (status == DK_OK)
        dk_store_rows_verified(pipeline->store);
    free(list);
    return status;
}

/* The findings once more, one at a time, for their words. */
static enum dk_status tell_findings(struct dk_pipeline *pipeline,
                                    const struct dk_store_series *list, size_t count, size_t *bad,
                                    struct dk_error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct dk_readings readings = {0};
        struct dk_error finding = {0};
        enum dk_status status = dk_store_read(pipeline->store, &list[i], &readings, &finding);
        dk_readings_reset(&readings);
        if (status == DK_OK)
            continue;
        if (!is_finding(status, &finding)) {
            if (err)
                *err = finding;
            return status;
        }
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING, "%s", finding.message);
        ++*bad;
    }
    return DK_OK;
}

static enum dk_status prove_all(struct dk_pipeline *pipeline, struct dk_store_series *list,
                                struct dk_proof *result, struct dk_error *err)
{
    struct proof proof = {.pipeline = pipeline,
                          .list = list,
                          .count = result->series,
                          .lock = PTHREAD_MUTEX_INITIALIZER};
    size_t told = 0;
    enum dk_status status = prove(&proof, err);
    if (status != DK_OK)
        return status;
    if (proof.bad > 1)
        status = tell_findings(pipeline, list, result->series, &told, err);
    result->bad = proof.bad;
    return status == DK_OK ? conclude(&proof, err) : status;
}

enum dk_status dk_pipeline_prove(struct dk_pipeline *pipeline, struct dk_proof *result,
                                 struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    *result = (struct dk_proof){0};
    enum dk_status status = dk_store_list(pipeline->store, &all, &list, &result->series, err);
    for (size_t i = 0; status == DK_OK && i < result->series; i++)
        result->rows += list[i].rows;
    if (status == DK_OK)
        status = prove_all(pipeline, list, result, err);
    if (status == DK_OK)
        status = dk_store_find_foreign(pipeline->store, err);
    free(list);
    return status;
}
