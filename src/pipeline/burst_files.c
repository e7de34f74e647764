#include "burst_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hashed_file.h"
#include "bursts.h"
#include "exported_file.h"
#include "pipeline/fleet.h"
#include "pipeline/overview.h"
#include "store/burst_mark.h"

_Static_assert((int)DK_PARTITION_FEATURES - (int)DK_PARTITION_SAMPLES == DK_SAMPLE_RATES,
               "a kind of file for each rate");

static enum dk_status no_memory(struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
}

/* --- names ------------------------------------------------------------------------------------ */

static bool is_wanted(const struct dk_settings *settings, enum dk_partition_kind kind)
{
    return kind == DK_PARTITION_FEATURES ? settings->export_features : settings->export_samples;
}

/* --- what the ledger knows -------------------------------------------------------------------- */

static int compare_rows(const void *left, const void *right)
{
    const struct dk_ledger_publication *a = left;
    const struct dk_ledger_publication *b = right;
    return strcmp(a->target, b->target);
}

/* The exports of this workspace, sorted by target. */
struct exports {
    struct dk_ledger_publication *rows; /* owned */
    size_t count;
};

static enum dk_status read_exports(struct dk_pipeline *pipeline, struct exports *exports,
                                   struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_ledger_publications(pipeline->store, DK_PUBLICATION_EXPORT,
                                              &exports->rows, &exports->count, err));
    if (exports->count > 1)
        qsort(exports->rows, exports->count, sizeof(*exports->rows), compare_rows);
    return DK_OK;
}

static const struct dk_ledger_publication *find_row(const struct exports *exports, const char *key)
{
    struct dk_ledger_publication wanted = {0};
    dk_text_format(wanted.target, sizeof(wanted.target), "%s/%s", DK_WORKSPACE_S3, key);
    return exports->count == 0 ? NULL
                               : bsearch(&wanted, exports->rows, exports->count,
                                         sizeof(*exports->rows), compare_rows);
}

/* The files of one cohort. */
struct cohort_files {
    const struct dk_store_series *series;
    char mark[DK_HASH_HEX_MAX];
    struct dk_partition parts[DK_BURST_KINDS]; /* by kind; publication.target "": none is current */
};

static enum dk_status find_files(const struct exports *exports,
                                 const struct dk_store_series *series, struct cohort_files *files,
                                 struct dk_error *err)
{
    files->series = series;
    DK_RETURN_IF_ERROR(dk_burst_mark_make(series, files->mark, err));
    for (int i = 0; i < DK_BURST_KINDS; i++) {
        struct dk_partition *part = &files->parts[i];
        dk_partition_init(part, (enum dk_partition_kind)(DK_PARTITION_SAMPLES + i),
                          &series->series);
        const struct dk_ledger_publication *row = find_row(exports, part->key);
        if (!row || dk_burst_mark_files(row, files->mark) == 0)
            continue;
        part->publication = *row;
        part->lost = !dk_exported_file_exists(row);
    }
    return DK_OK;
}

/* Whether all samples, or the features, are there. */
static bool has_all(const struct cohort_files *files, bool features)
{
    const int first = features ? DK_SAMPLE_RATES : 0;
    const int end = features ? DK_BURST_KINDS : DK_SAMPLE_RATES;
    int found = 0;
    int wanted = 1;
    for (int i = first; i < end; i++) {
        const struct dk_partition *part = &files->parts[i];
        if (part->publication.target[0] == '\0')
            continue;
        found += !part->lost;
        wanted = dk_burst_mark_files(&part->publication, files->mark);
    }
    return found == wanted;
}

static bool lacks(const struct dk_settings *settings, const struct cohort_files *files)
{
    return (settings->export_samples && !has_all(files, false)) ||
           (settings->export_features && !has_all(files, true));
}

enum dk_status dk_burst_files_list(struct dk_pipeline *pipeline,
                                   const struct dk_store_series *series, size_t series_count,
                                   struct dk_partition *list, size_t *count, struct dk_error *err)
{
    const struct dk_settings *settings = pipeline->settings;
    struct exports exports = {0};
    struct cohort_files files;
    if (!settings->export_samples && !settings->export_features)
        return DK_OK;
    enum dk_status status = read_exports(pipeline, &exports, err);
    for (size_t i = 0; status == DK_OK && i < series_count; i++) {
        status = find_files(&exports, &series[i], &files, err);
        for (int k = 0; status == DK_OK && k < DK_BURST_KINDS; k++)
            if (files.parts[k].publication.target[0] && is_wanted(settings, files.parts[k].kind))
                list[(*count)++] = files.parts[k];
    }
    free(exports.rows);
    return status;
}

/* --- cohorts without them ------------------------------------------------------------------- */

void dk_burst_lack_reset(struct dk_burst_lack *lack)
{
    free(lack->series);
    *lack = (struct dk_burst_lack){0};
}

enum dk_status dk_burst_files_are_foreign(struct dk_pipeline *pipeline, int64_t drop_id,
                                          bool *foreign, struct dk_error *err)
{
    struct dk_ledger_workspace here;
    struct dk_ledger_drop drop;
    DK_RETURN_IF_ERROR(dk_workspace_place(&pipeline->workspace, &here, err));
    DK_RETURN_IF_ERROR(dk_ledger_drop_get(pipeline->store, drop_id, &drop, err));
    *foreign = drop.workspace_id[0] && strcmp(drop.workspace_id, here.workspace_id) != 0;
    return DK_OK;
}

/* Keeps those of the series that lack files and were loaded from this workspace. */
static enum dk_status keep_lacking(struct dk_pipeline *pipeline, const struct exports *exports,
                                   bool features, struct dk_burst_lack *lack, struct dk_error *err)
{
    const size_t loaded = lack->count;
    int64_t known = 0; /* the drop that was looked up last */
    bool foreign = false;
    lack->count = 0;
    for (size_t i = 0; i < loaded; i++) {
        const struct dk_store_series *series = &lack->series[i];
        struct cohort_files files;
        DK_RETURN_IF_ERROR(find_files(exports, series, &files, err));
        if (has_all(&files, features))
            continue;
        if (series->drop_id != known)
            DK_RETURN_IF_ERROR(
                dk_burst_files_are_foreign(pipeline, series->drop_id, &foreign, err));
        known = series->drop_id;
        if (!foreign)
            lack->series[lack->count++] = *series;
    }
    return DK_OK;
}

enum dk_status dk_pipeline_burst_lack(struct dk_pipeline *pipeline, int64_t drop_id, bool features,
                                      struct dk_burst_lack *lack, struct dk_error *err)
{
    const struct dk_store_filter filter = {.drop_id = drop_id};
    struct exports exports = {0};
    *lack = (struct dk_burst_lack){0};
    if (features ? !pipeline->settings->export_features : !pipeline->settings->export_samples)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_store_list(pipeline->store, &filter, &lack->series, &lack->count, err));
    enum dk_status status = read_exports(pipeline, &exports, err);
    if (status == DK_OK)
        status = keep_lacking(pipeline, &exports, features, lack, err);
    free(exports.rows);
    if (status != DK_OK)
        dk_burst_lack_reset(lack);
    return status;
}

static void add_option(struct dk_drop_place *place, const char *option, const char *value)
{
    size_t used = strlen(place->options);
    dk_text_format(place->options + used, sizeof(place->options) - used, " %s %s", option, value);
}

/* Adds the rig that the drop was loaded for, unless its place says that. */
static enum dk_status add_rig(const struct dk_pipeline *pipeline, const struct dk_well *then,
                              struct dk_drop_place *place, struct dk_error *err)
{
    struct dk_well now;
    char value[DK_SITE_MAX + 16];
    DK_RETURN_IF_ERROR(dk_fleet_well(pipeline->settings, place->path, &now, err));
    dk_text_format(value, sizeof(value), "rig.site=%s", then->site);
    if (strcmp(then->site, now.site) != 0)
        add_option(place, "--set", value);
    dk_text_format(value, sizeof(value), "rig.well=%d", then->number);
    if (then->number != now.number)
        add_option(place, "--set", value);
    return DK_OK;
}

/* Adds the settings that the drop was read with, where they differ now. With columns = auto its
 * first rows show what it is, unless its columns are wells. */
static enum dk_status add_settings(const struct dk_pipeline *pipeline,
                                   const struct dk_ledger_drop *drop, struct dk_drop_place *place,
                                   struct dk_error *err)
{
    const struct dk_input_settings *now = &pipeline->settings->input;
    struct dk_input_settings then;
    char count[16];
    dk_input_settings_init(&then);
    DK_RETURN_IF_ERROR(dk_input_settings_parse(drop->settings, &then, err));
    bool is_found = now->columns == DK_COLUMNS_AUTO && then.columns != DK_COLUMNS_WELLS;
    if (then.columns != now->columns && !is_found)
        add_option(place, "--columns", dk_columns_name(then.columns));
    dk_text_format(count, sizeof(count), "%d", then.cohorts);
    if (then.cohorts != now->cohorts && then.columns != DK_COLUMNS_SAMPLES)
        add_option(place, "--cohorts", count);
    if (then.sample != now->sample)
        add_option(place, "--sample", dk_sample_name(then.sample));
    if (then.decimal != now->decimal)
        add_option(place, "--decimal", dk_decimal_mark_name(then.decimal));
    return add_rig(pipeline, &then.well, place, err);
}

enum dk_status dk_pipeline_drop_place(struct dk_pipeline *pipeline, int64_t drop_id,
                                      struct dk_drop_place *place, struct dk_error *err)
{
    struct dk_ledger_drop drop;
    struct dk_ledger_file *files = NULL;
    size_t count = 0;
    DK_RETURN_IF_ERROR(dk_ledger_drop_get(pipeline->store, drop_id, &drop, err));
    DK_RETURN_IF_ERROR(dk_ledger_files(pipeline->store, drop_id, &files, &count, err));
    const char *stored = ""; /* of an archive file, which is last */
    size_t sensors = 0;
    bool is_here = false;
    for (size_t i = 0; i < count; i++) {
        sensors += files[i].file < DK_SENSORS;
        is_here = is_here || (files[i].stored[0] && files[i].file != DK_DROP_PROFILE);
        if (files[i].file == DK_DROP_FILES)
            stored = files[i].stored;
    }
    if (is_here)
        dk_text_format(place->path, sizeof(place->path), "%s%s%s", drop.archive_folder,
                       stored[0] ? "/" : "", stored);
    else
        dk_text_format(place->path, sizeof(place->path), "%s", drop.source);
    free(files);
    dk_text_format(place->options, sizeof(place->options), "%s%s",
                   drop.quarantined > 0 ? " --quarantine" : "",
                   sensors < DK_SENSORS ? " --allow-missing" : "");
    return add_settings(pipeline, &drop, place, err);
}

enum dk_status dk_burst_files_are_complete(struct dk_pipeline *pipeline, int64_t drop_id,
                                           bool *complete, struct dk_error *err)
{
    *complete = true;
    for (int features = 0; features < 2; features++) {
        struct dk_burst_lack lack;
        DK_RETURN_IF_ERROR(dk_pipeline_burst_lack(pipeline, drop_id, features, &lack, err));
        *complete = *complete && lack.count == 0;
        dk_burst_lack_reset(&lack);
    }
    return DK_OK;
}

enum dk_status dk_burst_files_report(struct dk_pipeline *pipeline, struct dk_error *err)
{
    for (int features = 0; features < 2; features++) {
        struct dk_burst_lack lack;
        DK_RETURN_IF_ERROR(dk_pipeline_burst_lack(pipeline, 0, features, &lack, err));
        if (lack.count > 0)
            dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                               "%zu cohort%s no %s in '%s': 'derrick status' names the command "
                               "that makes them",
                               lack.count, lack.count == 1 ? " has" : "s have",
                               features ? "features" : "samples", DK_WORKSPACE_S3);
        dk_burst_lack_reset(&lack);
    }
    return DK_OK;
}

/* --- collecting ----------------------------------------------------------------------------- */

enum dk_status dk_burst_files_collect(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                      struct dk_error *err)
{
    const struct dk_settings *settings = pipeline->settings;
    if (!settings->export_samples && !settings->export_features)
        return DK_OK;
    if (intake->input.alignment == DK_ALIGNMENT_COLUMN) {
        const char *key = settings->export_samples ? "export.samples" : "export.features";
        dk_error_set(err, DK_ERR_CONFIG,
                     "%s needs whole bursts, which alignment = column does not read", key);
        dk_error_hint(err, "set %s = none, or alignment = second", key);
        return DK_ERR_CONFIG;
    }
    return dk_bursts_collect(pipeline, intake, DK_WORKSPACE_S3, settings->export_samples,
                             settings->export_features, err);
}

/* --- writing -------------------------------------------------------------------------------- */

/* What is written of a drop. */
struct writing {
    struct dk_pipeline *pipeline;
    const struct dk_intake *intake;
    struct exports exports;
    struct cohort_files *cohorts;       /* owned; [count]: those that lack files */
    struct dk_burst_series *list;       /* owned; the same, as the parse has them */
    struct dk_samples_file *samples;    /* owned; [count][DK_SAMPLE_RATES] */
    struct dk_ledger_publication *rows; /* owned; [count * DK_BURST_KINDS] */
    size_t count;
    size_t row_count;
    int64_t generation;
};

static const struct dk_series *find_parsed(const struct dk_readings *readings,
                                           const struct dk_series *series)
{
    for (size_t i = 0; i < readings->series_count; i++)
        if (readings->series[i].cohort == series->cohort &&
            dk_well_compare(&readings->series[i].well, &series->well) == 0)
            return &readings->series[i];
    return NULL;
}

/* Whether a file that is there has bytes that differ from the ledger's. */
static enum dk_status was_edited(const struct cohort_files *files, bool *edited,
                                 struct dk_error *err)
{
    *edited = false;
    for (int i = 0; !*edited && i < DK_BURST_KINDS; i++) {
        const struct dk_partition *part = &files->parts[i];
        char hash[DK_HASH_HEX_MAX];
        if (part->publication.target[0] == '\0' || part->lost)
            continue;
        DK_RETURN_IF_ERROR(dk_hash_file(part->publication.target, hash, NULL, err));
        *edited = strcmp(hash, part->publication.hash) != 0;
    }
    return DK_OK;
}

/* Lists the cohorts of the drop whose files have to be written. */
static enum dk_status choose(struct writing *writing, const struct dk_store_series *series,
                             size_t series_count, struct dk_error *err)
{
    const struct dk_intake *intake = writing->intake;
    for (size_t i = 0; i < series_count; i++) {
        struct cohort_files *files = &writing->cohorts[writing->count];
        const struct dk_series *parsed = find_parsed(&intake->readings, &series[i].series);
        bool edited = false;
        if (!parsed)
            continue;
        DK_RETURN_IF_ERROR(find_files(&writing->exports, &series[i], files, err));
        if (!lacks(writing->pipeline->settings, files))
            DK_RETURN_IF_ERROR(was_edited(files, &edited, err));
        if (edited || lacks(writing->pipeline->settings, files))
            writing->list[writing->count++] =
                (struct dk_burst_series){*parsed, dk_bursts_place(intake, parsed)};
    }
    return DK_OK;
}

static void add_row(struct writing *writing, const struct cohort_files *files, int kind,
                    int file_count, const struct dk_samples_file *written)
{
    const struct dk_partition *part = &files->parts[kind];
    struct dk_ledger_publication *row = &writing->rows[writing->row_count++];
    *row = (struct dk_ledger_publication){.run_id = writing->pipeline->run_id,
                                          .kind = DK_PUBLICATION_EXPORT,
                                          .generation = writing->generation,
                                          .rows = (int64_t)written->rows,
                                          .size_bytes = written->size_bytes};
    snprintf(row->target, sizeof(row->target), "%s/%s", DK_WORKSPACE_S3, part->key);
    snprintf(row->layout, sizeof(row->layout), "%s", dk_partition_name(part->kind));
    dk_burst_mark_put(row, files->mark, file_count);
    memcpy(row->hash, written->hash, sizeof(row->hash));
}

static enum dk_status write_samples(struct writing *writing, struct dk_error *err)
{
    const struct dk_intake *intake = writing->intake;
    struct dk_samples_result result = {.list = writing->samples};
    DK_RETURN_IF_ERROR(dk_samples_commit(intake->bursts->samples, writing->list, writing->count,
                                         &intake->readings.profile, &result, err));
    for (size_t i = 0; i < writing->count; i++) {
        const struct dk_samples_file *written = &writing->samples[i * DK_SAMPLE_RATES];
        int file_count = 0;
        for (int rate = 0; rate < DK_SAMPLE_RATES; rate++)
            file_count += written[rate].hash[0] != '\0';
        for (int rate = 0; rate < DK_SAMPLE_RATES; rate++)
            if (written[rate].hash[0])
                add_row(writing, &writing->cohorts[i], rate, file_count, &written[rate]);
    }
    return DK_OK;
}

static enum dk_status write_features_of(struct writing *writing, size_t index, struct dk_error *err)
{
    const struct dk_intake *intake = writing->intake;
    const struct cohort_files *files = &writing->cohorts[index];
    const struct dk_feature_rows rows = {.list = &writing->list[index],
                                         .count = 1,
                                         .profile = &intake->readings.profile,
                                         .no_keys = true};
    char path[DK_PUBLISH_COHORT_KEY_MAX + 32];
    struct dk_samples_file written = {0};
    struct dk_hashed_file file;
    snprintf(path, sizeof(path), "%s/%s", DK_WORKSPACE_S3, files->parts[DK_SAMPLE_RATES].key);
    DK_RETURN_IF_ERROR(dk_folder_make_of(path, err));
    DK_RETURN_IF_ERROR(dk_hashed_file_create(&file, path, err));
    enum dk_status status = dk_feature_table_write(intake->bursts->features, &rows,
                                                   dk_hashed_file_sink(&file), &written.rows, err);
    written.size_bytes = file.file.size_bytes;
    if (status == DK_OK)
        status = dk_hashed_file_commit(&file, written.hash, err);
    if (status == DK_OK)
        add_row(writing, files, DK_SAMPLE_RATES, 1, &written);
    dk_hashed_file_close(&file);
    return status;
}

static enum dk_status write_features(struct writing *writing, struct dk_error *err)
{
    for (size_t i = 0; i < writing->count; i++) {
        DK_RETURN_IF_ERROR(write_features_of(writing, i, err));
        dk_observer_progress(writing->pipeline->observer, "features", i + 1, writing->count,
                             "cohorts");
    }
    return DK_OK;
}

/* A run that was killed may have made the folders, and not synced their names. */
static enum dk_status sync_folders(const struct writing *writing, struct dk_error *err)
{
    char last[sizeof(writing->rows->target)] = "";
    for (size_t i = 0; i < writing->row_count; i++) {
        char path[sizeof(writing->rows->target)];
        dk_text_format(path, sizeof(path), "%s", writing->rows[i].target);
        for (int up = 0; up < 2; up++) /* to the rig's folder */
            *strrchr(path, '/') = '\0';
        if (strcmp(path, last) == 0)
            continue;
        dk_text_format(last, sizeof(last), "%s", path);
        DK_RETURN_IF_ERROR(dk_folder_sync(path, err));
        DK_RETURN_IF_ERROR(dk_folder_sync_of(path, err));
    }
    return dk_folder_sync(DK_WORKSPACE_S3, err);
}

static enum dk_status record(struct writing *writing, struct dk_error *err)
{
    qsort(writing->rows, writing->row_count, sizeof(*writing->rows), compare_rows);
    DK_RETURN_IF_ERROR(sync_folders(writing, err));
    return dk_ledger_publications_put(writing->pipeline->store, writing->rows, writing->row_count,
                                      err);
}

static enum dk_status write_and_record(struct writing *writing, struct dk_error *err)
{
    struct dk_pipeline *pipeline = writing->pipeline;
    const struct dk_bursts *bursts = writing->intake->bursts;
    if (writing->count == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_ledger_generation(pipeline->store, &writing->generation, err));
    if (bursts->samples)
        DK_RETURN_IF_ERROR(write_samples(writing, err));
    if (bursts->features)
        DK_RETURN_IF_ERROR(write_features(writing, err));
    DK_RETURN_IF_ERROR(record(writing, err));
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE, "wrote %s%s%s of %zu cohort%s to '%s'",
                       bursts->samples ? "samples" : "",
                       bursts->samples && bursts->features ? " and " : "",
                       bursts->features ? "features" : "", writing->count,
                       writing->count == 1 ? "" : "s", DK_WORKSPACE_S3);
    return DK_OK;
}

static enum dk_status write_all(struct writing *writing, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    const size_t series_max = writing->intake->readings.series_count;
    struct dk_store_series *series = NULL;
    size_t series_count = 0;
    writing->cohorts = calloc(series_max + 1, sizeof(*writing->cohorts));
    writing->list = calloc(series_max + 1, sizeof(*writing->list));
    writing->samples = calloc(series_max * DK_SAMPLE_RATES + 1, sizeof(*writing->samples));
    writing->rows = calloc(series_max * DK_BURST_KINDS + 1, sizeof(*writing->rows));
    if (!writing->cohorts || !writing->list || !writing->samples || !writing->rows)
        return no_memory(err);
    DK_RETURN_IF_ERROR(read_exports(writing->pipeline, &writing->exports, err));
    enum dk_status status =
        dk_store_list(writing->pipeline->store, &all, &series, &series_count, err);
    if (status == DK_OK)
        status = choose(writing, series, series_count, err);
    if (status == DK_OK)
        status = write_and_record(writing, err);
    free(series);
    return status;
}

enum dk_status dk_burst_files_write(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                    size_t *count, struct dk_error *err)
{
    struct writing writing = {.pipeline = pipeline, .intake = intake};
    if (!intake->bursts)
        return DK_OK;
    enum dk_status status = write_all(&writing, err);
    *count += writing.row_count;
    free(writing.exports.rows);
    free(writing.cohorts);
    free(writing.list);
    free(writing.samples);
    free(writing.rows);
    dk_bursts_free(intake->bursts);
    intake->bursts = NULL;
    return status;
}
