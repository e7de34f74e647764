/* Formats of every sample: they are collected while a drop is parsed, and written when it is good. */
#include "bursts.h"

#include <stdlib.h>

#include "export/samples.h"
#include "output.h"

struct dk_bursts {
    struct dk_burst_sink sink;
    struct dk_samples *samples; /* owned */
};

static enum dk_status refuse_alignment(const struct dk_export_settings *settings,
                                       struct dk_error *err)
{
    dk_error_set(err, DK_ERR_USAGE,
                 "--format %s needs whole bursts, and alignment = column has none",
                 dk_format_name(settings->format));
    dk_error_hint(err, "leave out --alignment column");
    return DK_ERR_USAGE;
}

enum dk_status dk_intake_collect(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 const struct dk_export_settings *settings, const char *path,
                                 struct dk_error *err)
{
    if (settings->format != DK_FORMAT_SAMPLES)
        return DK_OK;
    if (intake->input.alignment == DK_ALIGNMENT_COLUMN)
        return refuse_alignment(settings, err);
    DK_RETURN_IF_ERROR(dk_output_spare_drop(&intake->drop, settings, path, err));
    struct dk_bursts *bursts = calloc(1, sizeof(*bursts));
    if (!bursts)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
    intake->bursts = bursts;
    DK_RETURN_IF_ERROR(dk_samples_open(&bursts->samples, path, dk_sample_name(intake->input.sample),
                                       pipeline->settings->threads, err));
    bursts->sink = (struct dk_burst_sink){.context = bursts->samples,
                                          .begin = dk_samples_begin,
                                          .burst = dk_samples_burst,
                                          .end = dk_samples_end};
    intake->input.sink = &bursts->sink;
    return DK_OK;
}

/* The place of a series among those of a row; cohorts may have been left out of the readings. */
static size_t place_of(const struct dk_intake *intake, const struct dk_series *series)
{
    if (intake->input.columns == DK_COLUMNS_COHORTS)
        return (size_t)series->cohort - 1;
    return intake->input.columns == DK_COLUMNS_WELLS ? (size_t)series->well.number - 1 : 0;
}

enum dk_status dk_bursts_write(const struct dk_intake *intake, const struct dk_store_filter *filter,
                               struct dk_export_result *result, struct dk_error *err)
{
    const struct dk_readings *readings = &intake->readings;
    struct dk_samples_series *list = calloc(readings->series_count, sizeof(*list));
    struct dk_samples_result written = {0};
    size_t count = 0;
    if (!list)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
    for (size_t i = 0; i < readings->series_count; i++)
        if (dk_output_is_wanted(&readings->series[i], filter))
            list[count++] = (struct dk_samples_series){readings->series[i],
                                                       place_of(intake, &readings->series[i])};
    enum dk_status status =
        dk_samples_commit(intake->bursts->samples, list, count, &readings->profile, &written, err);
    free(list);
    if (status == DK_OK && result)
        *result = (struct dk_export_result){
            .rows = written.rows, .size_bytes = written.size_bytes, .files = written.files};
    return status;
}

void dk_bursts_free(struct dk_bursts *bursts)
{
    if (bursts)
        dk_samples_close(bursts->samples);
    free(bursts);
}
