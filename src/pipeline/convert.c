/* convert: the readings of a drop to CSV, without a database. */
#include <stdlib.h>

#include "dictionary.h"
#include "output.h"
#include "pipeline/pipeline.h"

static enum dk_status refuse(const char *path, const char *why, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_USAGE, "can't write '%s': it is %s", path, why);
    dk_error_hint(err, "name another place with -o");
    return DK_ERR_USAGE;
}

/* A drop is never changed: not by what is made of it either. `sensors` is as many files as the
 * drop has, some maybe of the same names. */
static enum dk_status spare_drop(const struct dk_drop *drop,
                                 const struct dk_export_settings *settings, const char *path,
                                 struct dk_error *err)
{
    if (dk_path_is_same(path, drop->path))
        return refuse(path, drop->is_archive ? "the drop" : "the drop's folder", err);
    for (int i = 0; !drop->is_archive && i < DK_DROP_FILES; i++) {
        if (!drop->files[i].path)
            continue;
        if (dk_path_is_same(path, drop->files[i].path))
            return refuse(path, "a file of the drop", err);
        if (settings->format != DK_FORMAT_SENSORS)
            continue;
        char *folder = dk_path_folder(drop->files[i].path);
        bool inside = folder && dk_path_is_same(path, folder);
        free(folder);
        if (inside)
            return refuse(path, "the drop's folder", err);
    }
    return DK_OK;
}

static bool is_wanted(const struct dk_series *series, const struct dk_store_filter *filter)
{
    if (filter->by_rig && dk_well_compare(&series->well, &filter->rig) != 0)
        return false;
    if (filter->cohort_first > 0 && series->cohort < filter->cohort_first)
        return false;
    return filter->cohort_last == 0 || series->cohort <= filter->cohort_last;
}

/* Appends the wanted series, runs of neighbours in one go so that all threads have work. */
static enum dk_status append_wanted(struct dk_export *export, const struct dk_readings *readings,
                                    const struct dk_store_filter *filter, struct dk_error *err)
{
    size_t first = 0;
    while (first < readings->series_count) {
        size_t end = first;
        while (end < readings->series_count && is_wanted(&readings->series[end], filter))
            end++;
        if (end > first) {
            enum dk_status status = dk_export_append(export, readings, first, end - first, err);
            if (status != DK_OK)
                return status;
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
    char sample[DK_SAMPLE_RULES_MAX];
    struct dk_export_settings told = *settings;
    struct dk_export *export = NULL;
    bool wanted = false;
    for (size_t i = 0; i < intake->readings.series_count; i++)
        wanted = wanted || is_wanted(&intake->readings.series[i], filter);
    if (!wanted)
        return dk_output_nothing(filter, "'derrick check' tells what the drop holds", err);
    enum dk_status status = path ? spare_drop(&intake->drop, settings, path, err) : DK_OK;
    told.sample = sample;
    if (status == DK_OK)
        status = dk_dictionary_rules(pipeline, sample, err);
    if (status == DK_OK)
        status = dk_output_open(&export, &told, path, sink, false, err);
    if (status == DK_OK)
        status = append_wanted(export, &intake->readings, filter, err);
    if (status == DK_OK)
        status = dk_export_commit(export, result, err);
    dk_export_close(export);
    return status;
}
