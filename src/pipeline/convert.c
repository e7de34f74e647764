/* convert and export: readings, from a drop or from the database, to CSV. */
#include <stdlib.h>

#include "pipeline/pipeline.h"

static bool is_wanted(const struct dk_series *series, const struct dk_store_filter *filter)
{
    if (filter->by_rig && dk_well_compare(&series->well, &filter->rig) != 0)
        return false;
    if (filter->cohort_first > 0 && series->cohort < filter->cohort_first)
        return false;
    return filter->cohort_last == 0 || series->cohort <= filter->cohort_last;
}

static enum dk_status open_export(struct dk_export **out, const struct dk_export_settings *settings,
                                  const char *path, struct dk_sink *sink, bool with_hash,
                                  struct dk_error *err)
{
    return path ? dk_export_open(out, settings, path, with_hash, err)
                : dk_export_open_sink(out, settings, *sink, err);
}

static enum dk_status nothing_matches(const struct dk_store_filter *filter, struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX] = "";
    if (filter->by_rig)
        dk_well_rig_name(&filter->rig, rig);
    dk_error_set(err, DK_ERR_USAGE, "nothing to export%s%s%s", rig[0] ? " of rig '" : "", rig,
                 rig[0] ? "'" : "");
    return dk_error_hint(err, "'derrick status' lists the rigs and cohorts there are");
}

/* Appends the wanted series, runs of neighbours in one go so that all threads have work. */
static enum dk_status append_wanted(struct dk_export *export, const struct dk_readings *readings,
                                    const struct dk_store_filter *filter, size_t *appended,
                                    struct dk_error *err)
{
    size_t first = 0;
    *appended = 0;
    while (first < readings->series_count) {
        size_t end = first;
        while (end < readings->series_count && is_wanted(&readings->series[end], filter))
            end++;
        if (end > first) {
            enum dk_status status = dk_export_append(export, readings, first, end - first, err);
            if (status != DK_OK)
                return status;
            *appended += end - first;
        }
        first = end + 1;
    }
    return DK_OK;
}

enum dk_status dk_pipeline_convert(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                   const struct dk_store_filter *filter,
                                   const struct dk_export_settings *settings, const char *path,
                                   struct dk_sink *sink, struct dk_export_result *result,
                                   struct dk_error *err)
{
    (void)pipeline;
    struct dk_export *export = NULL;
    size_t appended = 0;
    enum dk_status status = open_export(&export, settings, path, sink, false, err);
    if (status == DK_OK)
        status = append_wanted(export, &intake->readings, filter, &appended, err);
    if (status == DK_OK && appended == 0)
        status = nothing_matches(filter, err);
    if (status == DK_OK)
        status = dk_export_commit(export, result, err);
    dk_export_close(export);
    return status;
}

static enum dk_status export_series(struct dk_pipeline *pipeline, struct dk_export *export,
                                    const struct dk_store_series *list, size_t count,
                                    struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        struct dk_readings readings = {0};
        status = dk_store_read(pipeline->store, &list[i], &readings, err);
        if (status == DK_OK)
            status = dk_export_append(export, &readings, 0, 1, err);
        dk_readings_reset(&readings);
        dk_observer_progress(pipeline->observer, "export", i + 1, count, "cohorts");
    }
    return status;
}

enum dk_status dk_pipeline_export(struct dk_pipeline *pipeline,
                                  const struct dk_store_filter *filter,
                                  const struct dk_export_settings *settings, const char *path,
                                  struct dk_sink *sink, bool with_hash,
                                  struct dk_export_result *result, struct dk_error *err)
{
    struct dk_store_series *list = NULL;
    struct dk_export *export = NULL;
    size_t count = 0;
    enum dk_status status = dk_store_list(pipeline->store, filter, &list, &count, err);
    if (status == DK_OK && count == 0)
        status = nothing_matches(filter, err);
    if (status == DK_OK)
        status = open_export(&export, settings, path, sink, with_hash, err);
    if (status == DK_OK)
        status = export_series(pipeline, export, list, count, err);
    if (status == DK_OK)
        status = dk_export_commit(export, result, err);
    dk_export_close(export);
    free(list);
    return status;
}
