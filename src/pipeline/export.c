/*
 * export: what is loaded to CSV. A series' rows come from the nearest place that has them, to the
 * same bytes:
 *
 *     at hand   the readings that this run has parsed and loaded
 *     former    the file that this export replaces, if the series is as it was then
 *     database  else
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary.h"
#include "export_readers.h"
#include "former.h"
#include "output.h"
#include "pipeline/pipeline.h"
#include "proof.h"

enum place { AT_HAND, FORMER, DATABASE };

struct task {
    struct dk_pipeline *pipeline;
    struct dk_export *export;
    struct dk_former *former; /* NULL: none */
    const struct dk_store_series *list;
    size_t count;
};

static bool is_series(const struct dk_series *parsed, const struct dk_series *wanted)
{
    return parsed->cohort == wanted->cohort && dk_well_compare(&parsed->well, &wanted->well) == 0;
}

/* Finds a series by name in what was parsed. Both lists have the same order, so the search begins
 * behind the last one found. */
static bool find_at_hand(const struct dk_readings *readings, const struct dk_series *wanted,
                         size_t *index)
{
    for (size_t i = 0; readings && i < readings->series_count; i++) {
        size_t at = (*index + 1 + i) % readings->series_count;
        if (is_series(&readings->series[at], wanted)) {
            *index = at;
            return true;
        }
    }
    return false;
}

/* Whether the rows of a series are at hand, by their hash. */
static enum dk_status is_at_hand(const struct task *task, const struct dk_store_series *series,
                                 size_t *index, bool *is, struct dk_error *err)
{
    const struct dk_readings *readings = task->pipeline->at_hand;
    char hex[DK_HASH_HEX_MAX];
    *is = find_at_hand(readings, &series->series, index);
    if (!*is)
        return DK_OK;
    enum dk_status status = dk_readings_series_hash(readings, *index, hex, err);
    *is = status == DK_OK && strcmp(hex, series->hash) == 0;
    return status;
}

/* Where list[first] is, and how many after it can be had with it in one go. */
static enum dk_status find_stretch(const struct task *task, size_t first, enum place *place,
                                   size_t *index, size_t *count, struct dk_error *err)
{
    size_t last = *index;
    *count = 0;
    for (size_t i = first; i < task->count; i++) {
        bool at_hand = false;
        size_t next = last;
        enum dk_status status = is_at_hand(task, &task->list[i], &next, &at_hand, err);
        if (status != DK_OK)
            return status;
        enum place is = DATABASE;
        if (at_hand)
            is = AT_HAND;
        else if (task->former && dk_former_holds(task->former, &task->list[i]))
            is = FORMER;
        if (*count == 0) {
            *place = is;
            *index = next;
        } else if (is != *place || (is == AT_HAND && next != last + 1)) {
            return DK_OK;
        }
        last = next;
        ++*count;
    }
    return DK_OK;
}

static enum dk_status append_former(const struct task *task, size_t first, size_t count,
                                    struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (size_t i = first; status == DK_OK && i < first + count; i++)
        status = dk_former_append(task->former, &task->list[i], task->export, err);
    return status;
}

static enum dk_status append_all(const struct task *task, struct dk_error *err)
{
    struct dk_pipeline *pipeline = task->pipeline;
    size_t count = 0;
    for (size_t first = 0; first < task->count; first += count) {
        enum place place = DATABASE;
        size_t index = SIZE_MAX; /* nothing is before the first */
        enum dk_status status = find_stretch(task, first, &place, &index, &count, err);
        if (status != DK_OK)
            return status;
        if (place == AT_HAND)
            status = dk_export_append(task->export, pipeline->at_hand, index, count, err);
        else if (place == FORMER)
            status = append_former(task, first, count, err);
        else
            status = dk_export_readers_run(pipeline, task->export, &task->list[first], count, err);
        if (status != DK_OK)
            return status;
        dk_observer_progress(pipeline->observer, "export", first + count, task->count, "cohorts");
    }
    return DK_OK;
}

/* The workers' connections see the database each at its own time: an export in which a load fell is
 * no picture of either state. */
static enum dk_status check_unchanged(struct dk_pipeline *pipeline, int64_t generation,
                                      struct dk_error *err)
{
    int64_t now = 0;
    enum dk_status status = dk_ledger_generation(pipeline->store, &now, err);
    if (status != DK_OK || now == generation)
        return status;
    dk_error_set(err, DK_ERR_BUSY, "the database was loaded while it was exported");
    dk_error_hint(err, "run again when the load is done");
    return DK_ERR_BUSY;
}

/* What is to be exported, and as of when. */
struct choice {
    struct dk_store_series *list; /* owned */
    size_t count;
    int64_t generation;
};

static enum dk_status choose(struct dk_pipeline *pipeline, const struct dk_store_filter *filter,
                             struct choice *choice, struct dk_error *err)
{
    enum dk_status status = dk_ledger_generation(pipeline->store, &choice->generation, err);
    if (status == DK_OK)
        status = dk_store_list(pipeline->store, filter, &choice->list, &choice->count, err);
    if (status == DK_OK && !dk_proof_is_done(pipeline))
        status = dk_store_find_foreign(pipeline->store, err);
    if (status == DK_OK && choice->count == 0)
        status = dk_output_nothing(filter, "'derrick status' lists what is loaded", err);
    return status;
}

static enum dk_status append_and_commit(struct dk_pipeline *pipeline, struct dk_export *export,
                                        const struct choice *choice, struct dk_former *former,
                                        struct dk_export_result *result, struct dk_error *err)
{
    const struct task task = {.pipeline = pipeline,
                              .export = export,
                              .former = former,
                              .list = choice->list,
                              .count = choice->count};
    enum dk_status status = append_all(&task, err);
    if (status == DK_OK && former)
        status = dk_former_finish(former, err);
    if (status == DK_OK)
        status = check_unchanged(pipeline, choice->generation, err);
    return status == DK_OK ? dk_export_commit(export, result, err) : status;
}

/* Rows that are not what the ledger said may be those of a load that fell into this export. */
static enum dk_status excuse_load(struct dk_pipeline *pipeline, int64_t generation,
                                  struct dk_error *err)
{
    struct dk_error busy = {0};
    if (check_unchanged(pipeline, generation, &busy) != DK_ERR_BUSY)
        return DK_ERR_STORE;
    if (err)
        *err = busy;
    return DK_ERR_BUSY;
}

enum dk_status dk_pipeline_export(struct dk_pipeline *pipeline,
                                  const struct dk_store_filter *filter,
                                  const struct dk_export_settings *settings, const char *path,
                                  struct dk_sink *sink, bool with_hash,
                                  struct dk_export_result *result, struct dk_error *err)
{
    char sample[DK_SAMPLE_RULES_MAX];
    struct dk_export_settings told = *settings;
    struct choice choice = {0};
    struct dk_export *export = NULL;
    enum dk_status status = choose(pipeline, filter, &choice, err);
    told.sample = sample;
    if (status == DK_OK)
        status = dk_dictionary_rules(pipeline, sample, err);
    if (status == DK_OK)
        status = dk_output_open(&export, &told, path, sink, with_hash, err);
    if (status == DK_OK)
        status = append_and_commit(pipeline, export, &choice, NULL, result, err);
    dk_export_close(export);
    free(choice.list);
    return status == DK_ERR_STORE ? excuse_load(pipeline, choice.generation, err) : status;
}

enum dk_status dk_pipeline_export_again(struct dk_pipeline *pipeline,
                                        const struct dk_ledger_publication *publication,
                                        const struct dk_export_settings *settings,
                                        struct dk_export_result *result, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct choice choice = {0};
    struct dk_export *export = NULL;
    struct dk_former former = {.fd = -1};
    bool usable = false;
    enum dk_status status = dk_former_open(&former, publication, &usable, err);
    if (status == DK_OK && usable)
        status = choose(pipeline, &all, &choice, err);
    if (status == DK_OK && usable)
        status = dk_export_open(&export, settings, publication->target, true, err);
    if (status == DK_OK && usable)
        status = append_and_commit(pipeline, export, &choice, &former, result, err);
    dk_export_close(export);
    dk_former_close(&former);
    free(choice.list);
    if (status == DK_ERR_DATA) {
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE, "%s: all of it is written anew",
                           err ? err->message : publication->target);
        usable = false;
        status = DK_OK;
    }
    if (status != DK_OK || usable)
        return status;
    return dk_pipeline_export(pipeline, &all, settings, publication->target, NULL, true, result,
                              err);
}
