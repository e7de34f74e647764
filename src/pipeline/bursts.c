/* Formats of every sample: they are collected while a drop is parsed, and written when it is
 * good. */
#include "bursts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "split_export.h"

static enum dk_status no_memory(struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
}

/* --- collecting ------------------------------------------------------------------------------- */

static bool has_ending(const char *path, const char *ending)
{
    const size_t size = strlen(path);
    const size_t length = strlen(ending);
    return size > length && strcmp(path + size - length, ending) == 0;
}

static enum dk_status check(const struct dk_intake *intake, const struct dk_output *output,
                            struct dk_error *err)
{
    const struct dk_export_settings *settings = output->settings;
    const char *path = output->path;
    if (intake->input.alignment == DK_ALIGNMENT_COLUMN) {
        dk_error_set(err, DK_ERR_USAGE,
                     "--format %s needs whole bursts, which alignment = column does not read",
                     dk_format_name(settings->format));
        dk_error_hint(err, "leave out --alignment column");
        return DK_ERR_USAGE;
    }
    if (settings->format == DK_FORMAT_FEATURES && !settings->split.on && path &&
        !has_ending(path, ".parquet") && !has_ending(path, ".csv")) {
        dk_error_set(err, DK_ERR_USAGE,
                     "can't tell from '%s' whether features go to CSV or Parquet", path);
        dk_error_hint(err, "name a file that ends in .parquet or .csv: -o features.parquet");
        return DK_ERR_USAGE;
    }
    return path ? dk_output_spare_drop(&intake->drop, settings, path, err) : DK_OK;
}

/* The series that the filter selects, by their places in a row. Those of wells are left to
 * dk_bursts_write. */
static struct dk_burst_range range_of(const struct dk_intake *intake,
                                      const struct dk_store_filter *filter)
{
    if (intake->input.columns != DK_COLUMNS_COHORTS || filter->cohort_first < 1)
        return DK_BURST_RANGE_ALL;
    const size_t first = (size_t)filter->cohort_first - 1;
    return (struct dk_burst_range){
        first, filter->cohort_last > 0 ? (size_t)filter->cohort_last - first : SIZE_MAX};
}

static enum dk_status open_samples(struct dk_bursts *bursts, struct dk_intake *intake,
                                   const char *path, unsigned threads, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_samples_open(&bursts->samples, path, dk_sample_name(intake->input.sample),
                                       &bursts->wanted, threads, err));
    bursts->sink = (struct dk_burst_sink){.context = bursts->samples,
                                          .begin = dk_samples_begin,
                                          .burst = dk_samples_burst,
                                          .end = dk_samples_end};
    return DK_OK;
}

/* `path` is a file or, if `is_folder`, its folder; NULL: standard output. */
static enum dk_status open_features(struct dk_bursts *bursts, const char *path, bool is_folder,
                                    unsigned threads, struct dk_error *err)
{
    char *folder = !path ? strdup(".") : is_folder ? strdup(path) : dk_path_folder(path);
    const bool exists = folder && dk_path_exists(folder);
    enum dk_status status = folder ? dk_folder_make(folder, err) : no_memory(err);
    if (status == DK_OK)
        status = dk_feature_table_open(&bursts->features, folder, &bursts->wanted, threads, err);
    if (exists)
        free(folder);
    else
        bursts->made = folder;
    bursts->sink = (struct dk_burst_sink){.context = bursts->features,
                                          .begin = dk_feature_table_begin,
                                          .burst = dk_feature_table_burst,
                                          .end = dk_feature_table_end};
    return status;
}

enum dk_status dk_intake_collect(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 const struct dk_output *output, struct dk_error *err)
{
    const unsigned threads = pipeline->settings->threads;
    const struct dk_export_settings *settings = output->settings;
    if (settings->format != DK_FORMAT_SAMPLES && settings->format != DK_FORMAT_FEATURES)
        return DK_OK;
    DK_RETURN_IF_ERROR(check(intake, output, err));
    struct dk_bursts *bursts = calloc(1, sizeof(*bursts));
    if (!bursts)
        return no_memory(err);
    intake->bursts = bursts;
    bursts->wanted = range_of(intake, &output->filter);
    DK_RETURN_IF_ERROR(settings->format == DK_FORMAT_SAMPLES
                           ? open_samples(bursts, intake, output->path, threads, err)
                           : open_features(bursts, output->path, settings->split.on, threads, err));
    intake->input.sink = &bursts->sink;
    return DK_OK;
}

/* --- both at once ----------------------------------------------------------------------------- */

static enum dk_status begin_both(void *context, int sensor, size_t series, size_t samples,
                                 size_t readings_max, struct dk_error *err)
{
    struct dk_bursts *bursts = context;
    DK_RETURN_IF_ERROR(
        dk_samples_begin(bursts->samples, sensor, series, samples, readings_max, err));
    return dk_feature_table_begin(bursts->features, sensor, series, samples, readings_max, err);
}

static void burst_both(void *context, int sensor, size_t series, size_t reading,
                       const dk_decimal *values, size_t count)
{
    struct dk_bursts *bursts = context;
    dk_samples_burst(bursts->samples, sensor, series, reading, values, count);
    dk_feature_table_burst(bursts->features, sensor, series, reading, values, count);
}

static enum dk_status end_both(void *context, int sensor, size_t readings, struct dk_error *err)
{
    struct dk_bursts *bursts = context;
    DK_RETURN_IF_ERROR(dk_samples_end(bursts->samples, sensor, readings, err));
    return dk_feature_table_end(bursts->features, sensor, readings, err);
}

enum dk_status dk_bursts_collect(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 const char *folder, bool samples, bool features,
                                 struct dk_error *err)
{
    const struct dk_settings *settings = pipeline->settings;
    const unsigned threads = settings->threads;
    const struct dk_store_filter filter = {
        .cohort_first = settings->cohort_given ? settings->cohort_first : 0,
        .cohort_last = settings->cohort_given ? settings->cohort_last : 0};
    struct dk_bursts *bursts = calloc(1, sizeof(*bursts));
    if (!bursts)
        return no_memory(err);
    intake->bursts = bursts;
    bursts->wanted = range_of(intake, &filter);
    if (samples)
        DK_RETURN_IF_ERROR(open_samples(bursts, intake, folder, threads, err));
    if (features)
        DK_RETURN_IF_ERROR(open_features(bursts, folder, true, threads, err));
    if (samples && features)
        bursts->sink = (struct dk_burst_sink){
            .context = bursts, .begin = begin_both, .burst = burst_both, .end = end_both};
    intake->input.sink = &bursts->sink;
    return DK_OK;
}

void dk_bursts_rest(struct dk_bursts *bursts)
{
    if (bursts && bursts->samples)
        dk_samples_rest(bursts->samples);
}

void dk_bursts_free(struct dk_bursts *bursts)
{
    if (!bursts)
        return;
    dk_samples_close(bursts->samples);
    dk_feature_table_close(bursts->features);
    if (bursts->made)
        (void)rmdir(bursts->made);
    free(bursts->made);
    free(bursts);
}

/* --- writing ---------------------------------------------------------------------------------- */

size_t dk_bursts_place(const struct dk_intake *intake, const struct dk_series *series)
{
    size_t place = 0;
    if (intake->input.columns == DK_COLUMNS_COHORTS)
        place = (size_t)series->cohort - 1;
    else if (intake->input.columns == DK_COLUMNS_WELLS)
        place = (size_t)series->well.number - 1;
    return place - intake->bursts->wanted.first;
}

static enum dk_status write_samples(const struct dk_intake *intake,
                                    const struct dk_burst_series *list, size_t count,
                                    struct dk_export_result *result, struct dk_error *err)
{
    struct dk_samples_result written = {0};
    DK_RETURN_IF_ERROR(dk_samples_commit(intake->bursts->samples, list, count,
                                         &intake->readings.profile, &written, err));
    *result = (struct dk_export_result){
        .rows = written.rows, .size_bytes = written.size_bytes, .files = written.files};
    return DK_OK;
}

/* What of the features is written. */
struct feature_job {
    const struct dk_intake *intake;
    const struct dk_burst_series *list;
    size_t count;
};

static enum dk_status write_features_to(struct dk_feature_table *table,
                                        const struct dk_feature_rows *rows, const char *path,
                                        struct dk_export_result *result, struct dk_error *err)
{
    struct dk_file file = {.fd = -1};
    DK_RETURN_IF_ERROR(dk_file_create(&file, path, err));
    enum dk_status status =
        dk_feature_table_write(table, rows, dk_file_sink(&file), &result->rows, err);
    result->size_bytes = file.size_bytes;
    result->files = 1;
    if (status == DK_OK)
        status = dk_file_commit(&file, err);
    dk_file_abort(&file);
    return status;
}

/* The readings of one part. */
static enum dk_status write_feature_part(void *context, const struct dk_export_settings *settings,
                                         const char *path, struct dk_export_result *result,
                                         struct dk_error *err)
{
    const struct feature_job *job = context;
    const struct dk_profile *profile = &job->intake->readings.profile;
    struct dk_feature_rows rows = {.list = job->list, .count = job->count, .profile = profile};
    uint8_t *parts = malloc(profile->rows + 1);
    uint32_t *picked = malloc((profile->rows + 1) * sizeof(*picked));
    enum dk_status status =
        parts && picked ? dk_split_assign(&settings->split, profile, parts, err) : no_memory(err);
    for (size_t row = 0; status == DK_OK && row < profile->rows; row++)
        if (parts[row] == settings->part)
            picked[rows.reading_count++] = (uint32_t)row;
    rows.readings = picked;
    if (status == DK_OK)
        status = write_features_to(job->intake->bursts->features, &rows, path, result, err);
    if (status == DK_OK)
        dk_split_tally_add(settings->tally, profile, parts, settings->part, job->count);
    free(picked);
    free(parts);
    return status;
}

static enum dk_status write_feature_dictionary(void *context,
                                               const struct dk_export_settings *settings,
                                               const char *path, struct dk_error *err)
{
    const struct feature_job *job = context;
    struct dk_file file = {.fd = -1};
    (void)settings;
    DK_RETURN_IF_ERROR(dk_file_create(&file, path, err));
    enum dk_status status =
        dk_feature_table_dictionary(job->intake->bursts->features, false, dk_file_sink(&file), err);
    if (status == DK_OK)
        status = dk_file_commit(&file, err);
    dk_file_abort(&file);
    return status;
}

static enum dk_status write_features(struct feature_job *job, const struct dk_output *output,
                                     struct dk_export_result *result, struct dk_error *err)
{
    const char *path = output->path;
    const struct dk_split_job split = {write_feature_part, write_feature_dictionary, job};
    const struct dk_feature_rows rows = {.list = job->list,
                                         .count = job->count,
                                         .profile = &job->intake->readings.profile,
                                         .csv = !path || has_ending(path, ".csv")};
    struct dk_feature_table *table = job->intake->bursts->features;
    if (output->settings->split.on)
        return dk_split_write(&split, output->settings, path, result, err);
    return path ? write_features_to(table, &rows, path, result, err)
                : dk_feature_table_write(table, &rows, *output->sink, &result->rows, err);
}

enum dk_status dk_bursts_write(const struct dk_intake *intake, const struct dk_output *output,
                               struct dk_export_result *result, struct dk_error *err)
{
    const struct dk_readings *readings = &intake->readings;
    struct dk_burst_series *list = calloc(readings->series_count, sizeof(*list));
    struct dk_export_result written = {0};
    size_t count = 0;
    if (!list)
        return no_memory(err);
    for (size_t i = 0; i < readings->series_count; i++)
        if (dk_output_is_wanted(&readings->series[i], &output->filter))
            list[count++] = (struct dk_burst_series){readings->series[i],
                                                     dk_bursts_place(intake, &readings->series[i])};
    struct feature_job job = {intake, list, count};
    enum dk_status status = intake->bursts->samples
                                ? write_samples(intake, list, count, &written, err)
                                : write_features(&job, output, &written, err);
    free(list);
    if (status == DK_OK && result)
        *result = written;
    return status;
}
