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
        if (end > first)
            DK_RETURN_IF_ERROR(dk_export_append(export, readings, first, end - first, err));
        first = end + 1;
    }
    return DK_OK;
}

/* What is converted, and where it goes unless it is split. */
struct conversion {
    struct dk_pipeline *pipeline;
    const struct dk_readings *readings;
    const struct dk_output *output;
};

static enum dk_status convert_to(void *context, const struct dk_export_settings *settings,
                                 const char *path, struct dk_export_result *result,
                                 struct dk_error *err)
{
    const struct conversion *conversion = context;
    struct dk_output output = *conversion->output;
    struct dk_export *export = NULL;
    output.settings = settings;
    output.path = path;
    enum dk_status status = dk_output_open(&export, &output, err);
    if (status == DK_OK)
        status = append_wanted(export, conversion->readings, &output.filter, err);
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
                                   const struct dk_output *output, struct dk_export_result *result,
                                   struct dk_error *err)
{
    char sample[DK_SAMPLE_RULES_MAX];
    struct dk_export_settings with_rules = *output->settings;
    struct conversion conversion = {pipeline, &intake->readings, output};
    const struct dk_split_job job = {convert_to, put_dictionary, &conversion};
    const char *path = output->path;
    bool wanted = false;
    for (size_t i = 0; i < intake->readings.series_count; i++)
        wanted = wanted || dk_output_is_wanted(&intake->readings.series[i], &output->filter);
    if (!wanted)
        return dk_output_nothing(&output->filter, "export",
                                 "'derrick check' shows what the drop contains", err);
    if (intake->bursts)
        return dk_bursts_write(intake, output, result, err);
    with_rules.sample = sample;
    if (path)
        DK_RETURN_IF_ERROR(dk_output_spare_drop(&intake->drop, output->settings, path, err));
    DK_RETURN_IF_ERROR(dk_dictionary_rules(pipeline, sample, err));
    return with_rules.split.on ? dk_split_write(&job, &with_rules, path, result, err)
                               : convert_to(&conversion, &with_rules, path, result, err);
}
