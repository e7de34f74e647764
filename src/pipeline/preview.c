#include "pipeline/preview.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "burst_files.h"
#include "bursts.h"
#include "exported_file.h"
#include "known_drop.h"
#include "pipeline/html_report.h"
#include "s3/published.h"

const char *dk_preview_action_word(enum dk_preview_action action)
{
    static const char *const words[] = {
        [DK_PREVIEW_LOAD] = "load", [DK_PREVIEW_REPLACE] = "replace",
        [DK_PREVIEW_SKIP] = "skip", [DK_PREVIEW_WRITE] = "write",
        [DK_PREVIEW_SEND] = "send", [DK_PREVIEW_REMOVE] = "remove",
        [DK_PREVIEW_MOVE] = "move",
    };
    return words[action];
}

/* A preview under way. */
struct previewing {
    struct dk_pipeline *pipeline;
    const struct dk_preview *to;
    struct dk_store_series *loaded; /* owned: what is loaded now */
    size_t loaded_count;
    bool changes;           /* rows would change */
    uint64_t rows;          /* afterwards */
    size_t cohorts_changed; /* files of cohorts that would be new */
    size_t sites_changed;   /* the same of sites */
    size_t samples;         /* cohorts that would get samples, where they are asked for */
    size_t features;        /* the same of features */
    uint64_t burst_files;   /* of both */
    bool writes;            /* the export would be written */
    char drop[512];         /* that would be loaded, and then archived; "": none */
    size_t drop_files;
};

static void put(const struct previewing *previewing, const struct dk_preview_item *item)
{
    previewing->to->item(previewing->to->context, item);
}

/* --- load ----------------------------------------------------------------------------------- */

/* How many series from `first` on share rig and fate, with cohorts in order. */
static size_t find_stretch(const struct dk_readings *readings, const enum dk_load_fate *fates,
                           size_t first)
{
    size_t count = 1;
    const struct dk_series *series = readings->series;
    while (first + count < readings->series_count && fates[first + count] == fates[first] &&
           dk_well_compare(&series[first + count].well, &series[first].well) == 0 &&
           series[first + count].cohort == series[first + count - 1].cohort + 1)
        count++;
    return count;
}

/* From the first reading of one series to the last of another: "2008-03-26 to 2008-06-25". */
static void span_dates(const struct dk_series *first, const struct dk_series *last, size_t rows,
                       char text[DK_SERIES_DATES_MAX])
{
    char from[DK_DATE_TIME_SIZE];
    char to[DK_DATE_TIME_SIZE];
    dk_date_time_format(first->start_minute, from);
    dk_date_time_format(last->start_minute + ((int64_t)rows - 1) * last->interval_minutes, to);
    if (memcmp(from, to, 10) == 0)
        dk_text_format(text, DK_SERIES_DATES_MAX, "%.10s", from);
    else
        dk_text_format(text, DK_SERIES_DATES_MAX, "%.10s to %.10s", from, to);
}

static void put_stretch(const struct previewing *previewing, const struct dk_intake *intake,
                        size_t first, size_t count, enum dk_load_fate fate)
{
    static const enum dk_preview_action actions[] = {[DK_FATE_LOAD] = DK_PREVIEW_LOAD,
                                                     [DK_FATE_REPLACE] = DK_PREVIEW_REPLACE,
                                                     [DK_FATE_SKIP] = DK_PREVIEW_SKIP};
    const struct dk_readings *readings = &intake->readings;
    const struct dk_series *last = &readings->series[first + count - 1];
    char rig[DK_RIG_NAME_MAX];
    struct dk_preview_item item = {.action = actions[fate],
                                   .what = intake->drop.path,
                                   .rig = rig,
                                   .first = readings->series[first].cohort,
                                   .last = last->cohort,
                                   .readings = count * readings->rows};
    dk_well_rig_name(&last->well, rig);
    span_dates(&readings->series[first], last, readings->rows, item.dates);
    put(previewing, &item);
}

static const struct dk_store_series *find_loaded(const struct previewing *previewing,
                                                 const struct dk_series *series)
{
    for (size_t i = 0; i < previewing->loaded_count; i++)
        if (previewing->loaded[i].series.cohort == series->cohort &&
            dk_well_compare(&previewing->loaded[i].series.well, &series->well) == 0)
            return &previewing->loaded[i];
    return NULL;
}

/* How many cohorts have their samples, or their features. `list` has the files of one after those
 * of another. */
static size_t count_having(const struct dk_partition *list, size_t count, bool features)
{
    size_t cohorts = 0;
    const struct dk_partition *last = NULL;
    for (size_t i = 0; i < count; i++) {
        if (list[i].lost || (list[i].kind == DK_PARTITION_FEATURES) != features)
            continue;
        cohorts += !last || last->cohort != list[i].cohort ||
                   dk_well_compare(&last->rig, &list[i].rig) != 0;
        last = &list[i];
    }
    return cohorts;
}

/* Counts the cohorts whose samples and features a run would write: those that change, and those of
 * the drop that lack them. */
static enum dk_status count_bursts(struct previewing *previewing,
                                   const struct dk_readings *readings,
                                   const enum dk_load_fate *fates, struct dk_error *err)
{
    struct dk_store_series *same = calloc(readings->series_count + 1, sizeof(*same));
    struct dk_partition *list = calloc(readings->series_count + 1, DK_BURST_KINDS * sizeof(*list));
    size_t same_count = 0;
    size_t count = 0;
    enum dk_status status = DK_OK;
    if (!same || !list)
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for a preview");
    for (size_t i = 0; status == DK_OK && i < readings->series_count; i++) {
        const struct dk_store_series *loaded =
            fates[i] == DK_FATE_SKIP ? find_loaded(previewing, &readings->series[i]) : NULL;
        if (loaded)
            same[same_count++] = *loaded;
    }
    if (status == DK_OK)
        status = dk_burst_files_list(previewing->pipeline, same, same_count, list, &count, err);
    if (status == DK_OK) {
        previewing->samples = readings->series_count - count_having(list, count, false);
        previewing->features = readings->series_count - count_having(list, count, true);
    }
    free(list);
    free(same);
    return status;
}

static enum dk_status preview_read(struct previewing *previewing, struct dk_intake *intake,
                                   struct dk_error *err)
{
    const struct dk_readings *readings = &intake->readings;
    struct dk_load_preview preview = {0};
    DK_RETURN_IF_ERROR(dk_intake_read(previewing->pipeline, intake, DK_INTAKE_LOAD, NULL, err));
    preview.fates = calloc(readings->series_count + 1, sizeof(*preview.fates));
    if (!preview.fates)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a preview");
    enum dk_status status = dk_pipeline_load_preview(previewing->pipeline, intake, &preview, err);
    const size_t before = previewing->cohorts_changed;
    for (size_t i = 0, count = 0; status == DK_OK && i < readings->series_count; i += count) {
        count = find_stretch(readings, preview.fates, i);
        put_stretch(previewing, intake, i, count, preview.fates[i]);
        if (preview.fates[i] == DK_FATE_SKIP)
            continue;
        previewing->changes = true;
        previewing->cohorts_changed += count;
        previewing->rows += count * readings->rows;
    }
    previewing->sites_changed += previewing->cohorts_changed > before; /* a drop is of one site */
    previewing->rows -= preview.rows_replaced;
    if (status == DK_OK)
        status = count_bursts(previewing, readings, preview.fates, err);
    free(preview.fates);
    return status;
}

/* A drop in the workspace is archived after the load. */
static void note_drop(struct previewing *previewing, const struct dk_drop *drop)
{
    if (drop->path[0] == '/' ||
        strncmp(drop->path, DK_WORKSPACE_ARCHIVE "/", strlen(DK_WORKSPACE_ARCHIVE) + 1) == 0)
        return;
    dk_text_format(previewing->drop, sizeof(previewing->drop), "%s", drop->path);
    previewing->drop_files = drop->is_archive;
    for (size_t i = 0; i < DK_DROP_FILES; i++)
        previewing->drop_files += drop->files[i].name && drop->files[i].inode != 0;
}

/* Whether a run would first finish the archiving of a drop, half of which may still be in logs/. */
static enum dk_status has_begun(struct dk_pipeline *pipeline, bool *begun, struct dk_error *err)
{
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    *begun = false;
    enum dk_status status = dk_pipeline_pending(pipeline, &pending, &count, err);
    for (size_t i = 0; i < count; i++)
        *begun = *begun || pending[i].archive_folder[0] != '\0';
    free(pending);
    return status;
}

static bool is_in_logs(const char *path)
{
    const size_t size = strlen(DK_WORKSPACE_LOGS);
    return strncmp(path, DK_WORKSPACE_LOGS, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

static enum dk_status preview_load(struct previewing *previewing, const char *path,
                                   struct dk_intake *intake, bool *found, struct dk_error *err)
{
    struct dk_ledger_drop known;
    bool is_known = false;
    bool begun = false;
    if (!path || is_in_logs(path))
        DK_RETURN_IF_ERROR(has_begun(previewing->pipeline, &begun, err));
    if (begun) {
        dk_observer_notice(previewing->pipeline->observer, DK_LEVEL_NOTICE,
                           "a run would first finish archiving an earlier drop: what else is in "
                           "'%s' can't be known before that",
                           DK_WORKSPACE_LOGS);
        *found = true;
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(dk_intake_open(previewing->pipeline, path, intake, found, err));
    if (!*found)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_known_drop_find(previewing->pipeline, intake, &known, &is_known, err));
    if (!is_known) {
        note_drop(previewing, &intake->drop);
        return preview_read(previewing, intake, err);
    }
    const struct dk_preview_item item = {
        .action = DK_PREVIEW_SKIP, .what = intake->drop.path, .run_id = known.run_id};
    put(previewing, &item);
    return DK_OK;
}

/* --- export --------------------------------------------------------------------------------- */

#define CURRENT_PARQUET DK_WORKSPACE_S3 "/" DK_HISTORICAL_PARQUET_FILE

static enum dk_status preview_export(struct previewing *previewing, struct dk_error *err)
{
    struct dk_pipeline *pipeline = previewing->pipeline;
    struct dk_ledger_publication export;
    char hash[DK_HASH_HEX_MAX];
    bool current = false;
    if (previewing->rows == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_pipeline_export_find(pipeline, &export, &current, err));
    if (current && !previewing->changes) {
        DK_RETURN_IF_ERROR(dk_hash_file(DK_CURRENT_CSV, hash, NULL, err));
        current = strcmp(hash, export.hash) == 0;
    }
    previewing->writes = previewing->changes || !current;
    /* Of a setting that was switched on. */
    const bool parquet = pipeline->settings->export_parquet &&
                         (previewing->writes || !dk_path_exists(CURRENT_PARQUET));
    if (previewing->writes)
        put(previewing, &(struct dk_preview_item){.action = DK_PREVIEW_WRITE,
                                                  .what = DK_CURRENT_CSV,
                                                  .readings = previewing->rows});
    if (parquet)
        put(previewing, &(struct dk_preview_item){.action = DK_PREVIEW_WRITE,
                                                  .what = CURRENT_PARQUET,
                                                  .readings = previewing->rows});
    if (previewing->writes && pipeline->settings->report_write)
        put(previewing,
            &(struct dk_preview_item){.action = DK_PREVIEW_WRITE, .what = DK_REPORT_FILE});
    previewing->writes = previewing->writes || parquet;
    return DK_OK;
}

/* --- samples, features, and what is switched off --------------------------------------------- */

static void put_folder(struct previewing *previewing, enum dk_preview_action action,
                       enum dk_partition_kind kind, size_t files)
{
    char folder[64];
    dk_text_format(folder, sizeof(folder), DK_WORKSPACE_S3 "/%s",
                   kind == DK_PARTITION_PARQUET ? "parquet"
                   : kind == DK_PARTITION_SITE  ? DK_PUBLISH_SITE_PREFIX "*"
                                                : dk_partition_name(kind));
    const bool is_file = kind == DK_PARTITION_HISTORY;
    previewing->burst_files += action == DK_PREVIEW_WRITE ? files : 0;
    if (files > 0)
        put(previewing, &(struct dk_preview_item){.action = action,
                                                  .what = is_file ? CURRENT_PARQUET : folder,
                                                  .files = files});
}

static bool has_rate(const struct dk_drop *drop, int rate_hz)
{
    for (int i = 0; i < DK_SENSORS; i++)
        if (drop->files[i].name && dk_sensors[i].rate_hz == rate_hz)
            return true;
    return false;
}

static void preview_bursts(struct previewing *previewing, const struct dk_drop *drop)
{
    static const int rates_hz[DK_SAMPLE_RATES] = {100, 10, 1};
    const struct dk_settings *settings = previewing->pipeline->settings;
    for (int i = 0; settings->export_samples && i < DK_SAMPLE_RATES; i++)
        if (has_rate(drop, rates_hz[i]))
            put_folder(previewing, DK_PREVIEW_WRITE,
                       (enum dk_partition_kind)(DK_PARTITION_SAMPLES + i), previewing->samples);
    if (settings->export_features)
        put_folder(previewing, DK_PREVIEW_WRITE, DK_PARTITION_FEATURES, previewing->features);
}

static bool is_switched_on(const struct dk_settings *settings, enum dk_partition_kind kind)
{
    if (kind == DK_PARTITION_FEATURES)
        return settings->export_features;
    if (kind >= DK_PARTITION_SAMPLES)
        return settings->export_samples;
    if (kind == DK_PARTITION_SITE)
        return settings->s3.partition == DK_S3_PARTITION_SITE;
    return settings->export_parquet &&
           (kind == DK_PARTITION_HISTORY || settings->s3.partition == DK_S3_PARTITION_COHORT);
}

/* The Parquet files in aws_s3/ of a setting that is off now. */
static enum dk_status preview_switched_off(struct previewing *previewing, struct dk_error *err)
{
    const struct dk_pipeline *pipeline = previewing->pipeline;
    struct dk_ledger_publication *rows = NULL;
    size_t count = 0;
    DK_RETURN_IF_ERROR(
        dk_ledger_publications(pipeline->store, DK_PUBLICATION_EXPORT, &rows, &count, err));
    for (int kind = DK_PARTITION_HISTORY; kind < DK_PARTITION_KINDS; kind++) {
        size_t files = 0;
        const char *name = dk_partition_name((enum dk_partition_kind)kind);
        for (size_t i = 0; i < count; i++)
            files += strcmp(rows[i].layout, name) == 0 && dk_path_exists(rows[i].target);
        if (!is_switched_on(pipeline->settings, (enum dk_partition_kind)kind))
            put_folder(previewing, DK_PREVIEW_REMOVE, (enum dk_partition_kind)kind, files);
    }
    free(rows);
    return DK_OK;
}

/* --- upload --------------------------------------------------------------------------------- */

static bool is_loaded(const struct previewing *previewing, const struct dk_partition *part)
{
    for (size_t i = 0; i < previewing->loaded_count; i++) {
        const struct dk_series *series = &previewing->loaded[i].series;
        if (part->kind == DK_PARTITION_SITE) {
            if (strcmp(series->well.site, part->rig.site) == 0)
                return true;
            continue;
        }
        if (series->cohort == part->cohort &&
            (part->kind == DK_PARTITION_CSV || dk_well_compare(&series->well, &part->rig) == 0))
            return true;
    }
    return false;
}

/* Whether what is there stays, or is replaced: it is set, and of all that is loaded, or of a cohort
 * that is. A cohort that a load replaces stays one. */
static bool stays(const struct previewing *previewing, const struct dk_partition *part)
{
    const struct dk_settings *settings = previewing->pipeline->settings;
    bool by_cohort = settings->s3.partition == DK_S3_PARTITION_COHORT;
    switch (part->kind) {
    case DK_PARTITION_HISTORY:
        return settings->export_parquet;
    case DK_PARTITION_CSV:
        return by_cohort && is_loaded(previewing, part);
    case DK_PARTITION_SITE:
        return settings->s3.partition == DK_S3_PARTITION_SITE && is_loaded(previewing, part);
    case DK_PARTITION_PARQUET:
        return by_cohort && settings->export_parquet && is_loaded(previewing, part);
    case DK_PARTITION_FEATURES:
        return settings->export_features && is_loaded(previewing, part);
    default:
        return settings->export_samples && is_loaded(previewing, part);
    }
}

/* Which part of the export an upload is; false: none, such as the CSV of all, or a file that a user
 * named. */
static bool find_part(const struct dk_ledger_publication *row, const char *key,
                      struct dk_partition *part)
{
    *part = (struct dk_partition){.kind = DK_PARTITION_CSV};
    if (dk_partition_parse(part, row->layout, key))
        return true;
    if (dk_partition_is_named(row->layout)) {
        part->kind = DK_PARTITION_HISTORY;
        return strcmp(key, DK_HISTORICAL_PARQUET_FILE) == 0;
    }
    part->cohort = dk_publish_cohort_of_key(key);
    return part->cohort > 0;
}

/* The parts that exist according to the ledger, and that a run would remove. */
static enum dk_status preview_removals(const struct previewing *previewing, const char *url,
                                       struct dk_error *err)
{
    struct dk_ledger_publication *rows = NULL;
    size_t count = 0;
    size_t size = strlen(url);
    enum dk_status status = dk_ledger_publications(previewing->pipeline->store,
                                                   DK_PUBLICATION_UPLOAD, &rows, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        struct dk_partition part;
        const char *key = rows[i].target + size;
        if (strncmp(rows[i].target, url, size) == 0 && key[0] == '/' &&
            find_part(&rows[i], key + 1, &part) && !stays(previewing, &part))
            put(previewing, &(struct dk_preview_item){.action = DK_PREVIEW_REMOVE,
                                                      .what = rows[i].target,
                                                      .readings = (uint64_t)rows[i].rows});
    }
    free(rows);
    return status;
}

/* Of what is loaded, which is in the order of the rigs. */
static size_t count_sites(const struct previewing *previewing)
{
    size_t count = 0;
    for (size_t i = 0; i < previewing->loaded_count; i++)
        count += i == 0 || strcmp(previewing->loaded[i].series.well.site,
                                  previewing->loaded[i - 1].series.well.site) != 0;
    return count;
}

static enum dk_status preview_upload(const struct previewing *previewing, struct dk_error *err)
{
    struct dk_pipeline *pipeline = previewing->pipeline;
    const struct dk_settings *settings = pipeline->settings;
    char url[DK_S3_TEXT_MAX];
    bool by_cohort = settings->s3.partition == DK_S3_PARTITION_COHORT;
    bool current = false;
    if (!dk_pipeline_s3_configured(pipeline) || previewing->rows == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_pipeline_upload_current(pipeline, &current, err));
    if (current && !previewing->writes)
        return DK_OK;
    dk_text_format(url, sizeof(url), "%s", settings->s3.url);
    for (size_t size = strlen(url); size > 0 && url[size - 1] == '/'; size--)
        url[size - 1] = '\0';
    /* The CSV, its dictionary and the manifest; the history as Parquet; the report; the parts that
     * are new. */
    uint64_t files = 3 + (settings->export_parquet ? 1u : 0u) +
                     (settings->report_publish && settings->report_write ? 1u : 0u) +
                     previewing->burst_files;
    size_t parts = previewing->changes ? previewing->cohorts_changed : previewing->loaded_count;
    if (by_cohort)
        files += parts * (settings->export_parquet ? 2u : 1u);
    if (settings->s3.partition == DK_S3_PARTITION_SITE)
        files += previewing->changes ? previewing->sites_changed : count_sites(previewing);
    put(previewing,
        &(struct dk_preview_item){
            .action = DK_PREVIEW_SEND, .what = url, .readings = previewing->rows, .files = files});
    return preview_removals(previewing, url, err);
}

/* --- archive -------------------------------------------------------------------------------- */

static enum dk_status count_files(struct dk_pipeline *pipeline, int64_t drop_id, uint64_t *files,
                                  struct dk_error *err)
{
    struct dk_ledger_file *rows = NULL;
    size_t count = 0;
    enum dk_status status = dk_ledger_files(pipeline->store, drop_id, &rows, &count, err);
    *files = 0;
    for (size_t i = 0; i < count; i++)
        *files += rows[i].inode != 0 && rows[i].path[0] != '/';
    free(rows);
    return status;
}

static enum dk_status preview_archive(const struct previewing *previewing, bool only_archive,
                                      struct dk_error *err)
{
    struct dk_pipeline *pipeline = previewing->pipeline;
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    enum dk_status status = dk_pipeline_pending(pipeline, &pending, &count, err);
    if (status == DK_OK && count > 0 && only_archive)
        status = dk_pipeline_check_published(pipeline, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        struct dk_preview_item item = {.action = DK_PREVIEW_MOVE, .what = pending[i].source};
        status = count_files(pipeline, pending[i].drop_id, &item.files, err);
        if (status == DK_OK)
            put(previewing, &item);
    }
    free(pending);
    if (status == DK_OK && previewing->drop[0] != '\0')
        put(previewing, &(struct dk_preview_item){.action = DK_PREVIEW_MOVE,
                                                  .what = previewing->drop,
                                                  .files = previewing->drop_files});
    return status;
}

/* --- all of it ------------------------------------------------------------------------------ */

static enum dk_status preview_steps(struct previewing *previewing,
                                    const struct dk_preview_request *request,
                                    struct dk_intake *intake, bool *found, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    DK_RETURN_IF_ERROR(dk_store_list(previewing->pipeline->store, &all, &previewing->loaded,
                                     &previewing->loaded_count, err));
    for (size_t i = 0; i < previewing->loaded_count; i++)
        previewing->rows += previewing->loaded[i].rows;
    if (request->steps & DK_PREVIEW_OF_LOAD)
        DK_RETURN_IF_ERROR(preview_load(previewing, request->path, intake, found, err));
    if ((request->steps & DK_PREVIEW_OF_EXPORT) && *found)
        preview_bursts(previewing, &intake->drop);
    if (request->steps & DK_PREVIEW_OF_EXPORT)
        DK_RETURN_IF_ERROR(preview_export(previewing, err));
    if (request->steps & DK_PREVIEW_OF_EXPORT)
        DK_RETURN_IF_ERROR(preview_switched_off(previewing, err));
    if (request->steps & DK_PREVIEW_OF_UPLOAD)
        DK_RETURN_IF_ERROR(preview_upload(previewing, err));
    if (request->steps & DK_PREVIEW_OF_ARCHIVE)
        return preview_archive(previewing, request->steps == DK_PREVIEW_OF_ARCHIVE, err);
    return DK_OK;
}

enum dk_status dk_pipeline_preview(struct dk_pipeline *pipeline,
                                   const struct dk_preview_request *request,
                                   struct dk_intake *intake, bool *found, struct dk_error *err)
{
    struct previewing previewing = {.pipeline = pipeline, .to = request->to};
    *found = false;
    enum dk_status status = preview_steps(&previewing, request, intake, found, err);
    free(previewing.loaded);
    return status;
}
