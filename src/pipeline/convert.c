/* convert: the readings of a drop to CSV, without a database. */
#include <stdlib.h>

#include "bursts.h"
#include "dictionary.h"
#include "output.h"
#include "pipeline/pipeline.h"
#include "split_export.h"

/* Appends the wanted series, runs of neighbours in one go so that all threads have work. */
static enum dk_status append_wanted(struct dk_export *export, const struct dk_readings *readings,
                                    const struct dk_store_filter *filter, struct dk_error *err)
{
    size_t first = 0;
    while (first < readings->series_count) {
        size_t end = first;
        while (end < readings->series_count && dk_output_is_wanted(&readings->series[end], filter))
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

/* What is converted. */
struct conversion {
    struct dk_pipeline *pipeline;
    const struct dk_readings *readings;
    const struct dk_store_filter *filter;
    struct dk_sink *sink;
};

static enum dk_status convert_to(void *context, const struct dk_export_settings *settings,
                                 const char *path, struct dk_export_result *result,
                                 struct dk_error *err)
{
    const struct conversion *conversion = context;
    struct dk_export *export = NULL;
    enum dk_status status = dk_output_open(&export, settings, path, conversion->sink, false, err);
    if (status == DK_OK)
        status = append_wanted(export, conversion->readings, conversion->filter, err);
    if (status == DK_OK)
        status = dk_export_commit(export, result, err);
    dk_export_close(export);
    return status;
}

static enum dk_status put_dictionary(void *context, const struct dk_export_settings *settings,
                                     const char *path, struct dk_error *err)
{
    const struct conversion *conversion = context;
    return dk_dictionary_put_beside(conversion->pipeline, settings, path, err);
}

enum dk_status dk_pipeline_convert(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                   const struct dk_store_filter *filter,
                                   const struct dk_export_settings *settings, const char *path,
                                   struct dk_sink *sink, struct dk_export_result *result,
                                   struct dk_error *err)
{
    char sample[DK_SAMPLE_RULES_MAX];
    struct dk_export_settings told = *settings;
    struct conversion conversion = {pipeline, &intake->readings, filter, sink};
    const struct dk_split_job job = {convert_to, put_dictionary, &conversion};
    bool wanted = false;
    for (size_t i = 0; i < intake->readings.series_count; i++)
        wanted = wanted || dk_output_is_wanted(&intake->readings.series[i], filter);
    if (!wanted)
        return dk_output_nothing(filter, "'derrick check' tells what the drop holds", err);
    if (intake->bursts)
        return dk_bursts_write(intake, filter, settings, path, sink, result, err);
    enum dk_status status = path ? dk_output_spare_drop(&intake->drop, settings, path, err) : DK_OK;
    told.sample = sample;
    if (status == DK_OK)
        status = dk_dictionary_rules(pipeline, sample, err);
    if (status != DK_OK)
        return status;
    return settings->split.on ? dk_split_write(&job, &told, path, result, err)
                              : convert_to(&conversion, &told, path, result, err);
}
