#include "verify.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/readers.h"

#define STEP "compare" /* not "verify", which a load does before it commits */

struct verifying {
    struct dk_pipeline *pipeline;
    const struct dk_store_series *list;
    size_t count;
    pthread_mutex_t lock; /* all below */
    size_t done;
    size_t bad;            /* series that are not what was loaded */
    size_t first_bad;      /* the least index of those */
    struct dk_error first; /* its error */
};

static void note(struct verifying *work, size_t index, const struct dk_error *bad)
{
    pthread_mutex_lock(&work->lock);
    work->done++;
    if (bad) {
        if (work->bad == 0 || index < work->first_bad) {
            work->first_bad = index;
            work->first = *bad;
        }
        work->bad++;
    }
    size_t done = work->done;
    pthread_mutex_unlock(&work->lock);
    dk_observer_progress(work->pipeline->observer, STEP, done, work->count, "cohorts");
}

/* A cohort that differs is not a failure to read: the others are compared, too. */
static bool is_finding(enum dk_status status, const struct dk_error *err)
{
    return status == DK_ERR_STORE && err->native == 0;
}

static enum dk_status verify_series(struct dk_team *team, unsigned reader, struct dk_store *store,
                                    void *context, struct dk_error *err)
{
    struct verifying *work = context;
    size_t index;
    (void)reader;
    while (dk_team_take(team, work->count, &index)) {
        struct dk_readings readings = {0};
        struct dk_error finding = {0};
        enum dk_status status = dk_store_read(store, &work->list[index], &readings, &finding);
        dk_readings_reset(&readings);
        if (status != DK_OK && !is_finding(status, &finding)) {
            if (err)
                *err = finding;
            return status;
        }
        note(work, index, status == DK_OK ? NULL : &finding);
    }
    return DK_OK;
}

/* Compares list[0..count), and sets work->bad and work->first. */
static enum dk_status verify(struct verifying *work, struct dk_error *err)
{
    struct dk_pipeline *pipeline = work->pipeline;
    if (work->count > 0)
        dk_observer_progress(pipeline->observer, STEP, 0, work->count, "cohorts");
    return dk_readers_run(pipeline->store,
                          dk_readers_count(pipeline->settings->threads, work->count), verify_series,
                          work, err);
}

/* Removes from the list what was loaded under these locks: the load has read all of it back. */
static size_t leave_out(const struct dk_pipeline *pipeline, struct dk_store_series *list,
                        size_t count)
{
    int64_t first = pipeline->first_run_id ? pipeline->first_run_id : pipeline->run_id;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (pipeline->run_id == 0 || list[i].run_id < first)
            list[kept++] = list[i];
    return kept;
}

static enum dk_status conclude(const struct verifying *work, struct dk_error *err)
{
    if (work->bad == 0)
        return DK_OK;
    if (err)
        *err = work->first;
    if (work->bad > 1 && err)
        dk_text_format(err->message, sizeof(err->message), "%s (and %zu more cohort%s)",
                       work->first.message, work->bad - 1, work->bad == 2 ? "" : "s");
    return DK_ERR_STORE;
}

enum dk_status dk_verify_run(struct dk_pipeline *pipeline, struct dk_error *err)
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
    struct verifying work = {.pipeline = pipeline,
                             .list = list,
                             .count = leave_out(pipeline, list, count),
                             .lock = PTHREAD_MUTEX_INITIALIZER};
    if (status == DK_OK)
        status = verify(&work, err);
    if (status == DK_OK)
        status = conclude(&work, err);
    if (status == DK_OK)
        dk_store_rows_verified(pipeline->store);
    free(list);
    return status;
}

/* The findings once more, one at a time, for their words. */
static enum dk_status report_findings(struct dk_pipeline *pipeline,
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

static enum dk_status verify_all(struct dk_pipeline *pipeline, struct dk_store_series *list,
                                 struct dk_verification *result, struct dk_error *err)
{
    struct verifying work = {.pipeline = pipeline,
                             .list = list,
                             .count = result->series,
                             .lock = PTHREAD_MUTEX_INITIALIZER};
    size_t reported = 0;
    DK_RETURN_IF_ERROR(verify(&work, err));
    result->bad = work.bad;
    if (work.bad > 1)
        DK_RETURN_IF_ERROR(report_findings(pipeline, list, result->series, &reported, err));
    return conclude(&work, err);
}

enum dk_status dk_pipeline_verify(struct dk_pipeline *pipeline, struct dk_verification *result,
                                  struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    *result = (struct dk_verification){0};
    enum dk_status status = dk_store_list(pipeline->store, &all, &list, &result->series, err);
    for (size_t i = 0; status == DK_OK && i < result->series; i++)
        result->rows += list[i].rows;
    if (status == DK_OK)
        status = verify_all(pipeline, list, result, err);
    if (status == DK_OK)
        status = dk_store_find_foreign(pipeline->store, err);
    free(list);
    return status;
}
