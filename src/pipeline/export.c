/*
 * export: what is loaded to CSV. The rows of a series come from the nearest place that has them,
 * with the same bytes:
 *
 *     memory        the readings that this run has parsed and loaded
 *     previous CSV  the file that this export replaces, if the series has not changed since
 *     database      otherwise
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary.h"
#include "export_readers.h"
#include "output.h"
#include "pipeline/pipeline.h"
#include "previous_csv.h"
#include "split_export.h"
#include "verify.h"

enum place { IN_MEMORY, PREVIOUS_CSV, DATABASE };

struct task {
    struct dk_pipeline *pipeline;
    struct dk_export *export;
    struct dk_previous_csv *previous; /* NULL: none */
    const struct dk_store_series *list;
    size_t count;
};

/* Finds a series that this run loaded in what it parsed. Both lists have the same order, so the
 * search begins after the last one found. */
static bool find_in_memory(const struct dk_pipeline *pipeline, const struct dk_store_series *wanted,
                           size_t *index)
{
    const struct dk_readings *readings = pipeline->in_memory;
    if (!readings || wanted->run_id != pipeline->run_id)
        return false;
    for (size_t i = 0; i < readings->series_count; i++) {
        size_t at = (*index + 1 + i) % readings->series_count;
        const struct dk_series *parsed = &readings->series[at];
        if (parsed->cohort == wanted->series.cohort &&
            dk_well_compare(&parsed->well, &wanted->series.well) == 0) {
            *index = at;
            return true;
        }
    }
    return false;
}

static enum place find_place(const struct task *task, const struct dk_store_series *series,
                             size_t *index)
{
    if (find_in_memory(task->pipeline, series, index))
        return IN_MEMORY;
    return task->previous && dk_previous_csv_holds(task->previous, series) ? PREVIOUS_CSV
                                                                           : DATABASE;
}

/* How many series from list[first] on are in the same place, and can be appended together. *index:
 * of the first one in memory. */
static size_t find_stretch(const struct task *task, size_t first, enum place *place, size_t *index)
{
    *index = SIZE_MAX; /* nothing is before the first */
    *place = find_place(task, &task->list[first], index);
    size_t last = *index;
    size_t count = 1;
    for (; first + count < task->count; count++) {
        size_t next = last;
        enum place is = find_place(task, &task->list[first + count], &next);
        if (is != *place || (is == IN_MEMORY && next != last + 1))
            break;
        last = next;
    }
    return count;
}

static enum dk_status append_stretch(const struct task *task, size_t first, size_t count,
                                     enum place place, size_t index, struct dk_error *err)
{
    if (place == IN_MEMORY)
        return dk_export_append(task->export, task->pipeline->in_memory, index, count, err);
    if (place == DATABASE)
        return dk_export_readers_run(task->pipeline, task->export, &task->list[first], count, err);
    for (size_t i = first; i < first + count; i++)
        DK_RETURN_IF_ERROR(
            dk_previous_csv_append(task->previous, &task->list[i], task->export, err));
    return DK_OK;
}

static enum dk_status append_all(const struct task *task, struct dk_error *err)
{
    for (size_t first = 0; first < task->count;) {
        enum place place = DATABASE;
        size_t index = 0;
        size_t count = find_stretch(task, first, &place, &index);
        DK_RETURN_IF_ERROR(append_stretch(task, first, count, place, index, err));
        first += count;
        dk_observer_progress(task->pipeline->observer, "export", first, task->count, "cohorts");
    }
    return task->previous ? dk_previous_csv_finish(task->previous, err) : DK_OK;
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
    DK_RETURN_IF_ERROR(dk_ledger_generation(pipeline->store, &choice->generation, err));
    DK_RETURN_IF_ERROR(dk_store_list(pipeline->store, filter, &choice->list, &choice->count, err));
    if (!dk_verify_is_done(pipeline))
        DK_RETURN_IF_ERROR(dk_store_find_foreign(pipeline->store, err));
    return choice->count > 0
               ? DK_OK
               : dk_output_nothing(filter, "export", "'derrick status' lists what is loaded", err);
}

static enum dk_status append_and_commit(struct dk_pipeline *pipeline, struct dk_export *export,
                                        const struct choice *choice,
                                        struct dk_previous_csv *previous,
                                        struct dk_export_result *result, struct dk_error *err)
{
    const struct task task = {.pipeline = pipeline,
                              .export = export,
                              .previous = previous,
                              .list = choice->list,
                              .count = choice->count};
    DK_RETURN_IF_ERROR(append_all(&task, err));
    DK_RETURN_IF_ERROR(dk_output_check_unchanged(pipeline, choice->generation, "the export", err));
    return dk_export_commit(export, result, err);
}

/* Rows that differ from the ledger may be those of a load that happened during this export. */
static enum dk_status excuse_load(struct dk_pipeline *pipeline, int64_t generation,
                                  struct dk_error *err)
{
    struct dk_error busy = {0};
    if (dk_output_check_unchanged(pipeline, generation, "the export", &busy) != DK_ERR_BUSY)
        return DK_ERR_STORE;
    if (err)
        *err = busy;
    return DK_ERR_BUSY;
}

static enum dk_status export_choice(struct dk_pipeline *pipeline, const struct dk_output *output,
                                    const struct choice *choice, struct dk_export_result *result,
                                    struct dk_error *err)
{
    char sample[DK_SAMPLE_RULES_MAX];
    struct dk_export_settings with_rules = *output->settings;
    struct dk_output complete = *output;
    struct dk_export *export = NULL;
    with_rules.sample = sample;
    complete.settings = &with_rules;
    DK_RETURN_IF_ERROR(dk_dictionary_rules(pipeline, sample, err));
    DK_RETURN_IF_ERROR(dk_output_open(&export, &complete, err));
    enum dk_status status = append_and_commit(pipeline, export, choice, NULL, result, err);
    dk_export_close(export);
    return status;
}

static enum dk_status export_to(struct dk_pipeline *pipeline, const struct dk_output *output,
                                struct dk_export_result *result, struct dk_error *err)
{
    struct choice choice = {0};
    enum dk_status status = choose(pipeline, &output->filter, &choice, err);
    if (status == DK_OK)
        status = export_choice(pipeline, output, &choice, result, err);
    free(choice.list);
    return status == DK_ERR_STORE ? excuse_load(pipeline, choice.generation, err) : status;
}

/* An export in parts, each of which reads the database. */
struct split_export {
    struct dk_pipeline *pipeline;
    const struct dk_output *output;
};

static enum dk_status export_part(void *context, const struct dk_export_settings *settings,
                                  const char *path, struct dk_export_result *result,
                                  struct dk_error *err)
{
    const struct split_export *split = context;
    const struct dk_output part = {
        .settings = settings, .filter = split->output->filter, .path = path};
    return export_to(split->pipeline, &part, result, err);
}

static enum dk_status put_dictionary(void *context, const struct dk_export_settings *settings,
                                     const char *path, struct dk_error *err)
{
    const struct split_export *split = context;
    return dk_dictionary_put_beside(split->pipeline, settings, path, err);
}

static enum dk_status export_split(struct dk_pipeline *pipeline, const struct dk_output *output,
                                   struct dk_export_result *result, struct dk_error *err)
{
    struct split_export split = {pipeline, output};
    const struct dk_split_job job = {export_part, put_dictionary, &split};
    int64_t generation = 0;
    DK_RETURN_IF_ERROR(dk_ledger_generation(pipeline->store, &generation, err));
    DK_RETURN_IF_ERROR(dk_split_write(&job, output->settings, output->path, result, err));
    return dk_output_check_unchanged(pipeline, generation, "the export", err);
}

enum dk_status dk_pipeline_export(struct dk_pipeline *pipeline, const struct dk_output *output,
                                  struct dk_export_result *result, struct dk_error *err)
{
    return output->settings->split.on ? export_split(pipeline, output, result, err)
                                      : export_to(pipeline, output, result, err);
}

/* Exports beside the previous CSV. *usable is false, and nothing is written, if that is gone. */
static enum dk_status export_from_previous(struct dk_pipeline *pipeline,
                                           const struct dk_ledger_publication *publication,
                                           const struct dk_export_settings *settings,
                                           struct dk_export_result *result, bool *usable,
                                           struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct choice choice = {0};
    struct dk_export *export = NULL;
    struct dk_previous_csv previous = {.fd = -1};
    enum dk_status status = dk_previous_csv_open(&previous, publication, usable, err);
    if (status != DK_OK || !*usable)
        return status;
    status = choose(pipeline, &all, &choice, err);
    if (status == DK_OK)
        status = dk_export_open(&export, settings, publication->target, true, err);
    if (status == DK_OK)
        status = append_and_commit(pipeline, export, &choice, &previous, result, err);
    dk_export_close(export);
    dk_previous_csv_close(&previous);
    free(choice.list);
    return status;
}

enum dk_status dk_pipeline_export_again(struct dk_pipeline *pipeline,
                                        const struct dk_ledger_publication *publication,
                                        const struct dk_export_settings *settings,
                                        struct dk_export_result *result, struct dk_error *err)
{
    const struct dk_output output = {
        .settings = settings, .path = publication->target, .with_hash = true};
    struct dk_error edited = {0};
    bool usable = false;
    enum dk_status status =
        export_from_previous(pipeline, publication, settings, result, &usable, &edited);
    if (status == DK_OK && usable)
        return DK_OK;
    if (status != DK_OK && status != DK_ERR_DATA) {
        if (err)
            *err = edited;
        return status;
    }
    if (status == DK_ERR_DATA)
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE, "%s: exporting it again",
                           edited.message);
    return dk_pipeline_export(pipeline, &output, result, err);
}
