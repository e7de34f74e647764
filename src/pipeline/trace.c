#include "pipeline/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/cells.h"
#include "loaded_drop.h"
#include "store/quarantine.h"

#define TEXT_MAX 40      /* of a cell; a longer one is cut */
#define CELLS_MAX 100000 /* of a burst */
#define PATH_BYTES 1100

/* --- which reading -------------------------------------------------------------------------- */

static bool has_minute(const struct dk_store_series *series, int64_t minute)
{
    int64_t since = minute - series->series.start_minute;
    return since >= 0 && since % series->series.interval_minutes == 0 &&
           (size_t)(since / series->series.interval_minutes) < series->rows;
}

static const struct dk_store_series *find_series(const struct dk_trace_request *request,
                                                 const struct dk_store_series *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (request->cohort ? list[i].series.cohort == request->cohort
                            : has_minute(&list[i], request->minute))
            return &list[i];
    return NULL;
}

static enum dk_status refuse(const struct dk_trace_request *request,
                             const struct dk_store_series *series, size_t count,
                             struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX];
    char date[DK_DATE_TIME_SIZE + 1] = "";
    dk_well_rig_name(&request->well, rig);
    dk_date_time_format(request->minute, date);
    if (count == 0)
        dk_error_set(err, DK_ERR_USAGE, "nothing of '%s' is loaded", rig);
    else if (series)
        dk_error_set(err, DK_ERR_USAGE, "cohort %d of '%s' has %zu readings, and no reading %zu",
                     series->series.cohort, rig, series->rows, request->reading);
    else if (request->cohort)
        dk_error_set(err, DK_ERR_USAGE, "cohort %d of '%s' is not loaded", request->cohort, rig);
    else
        dk_error_set(err, DK_ERR_USAGE, "no reading of '%s' at %.19s is loaded", rig, date);
    dk_error_hint(err, "'derrick status' shows what is loaded");
    return DK_ERR_USAGE;
}

static enum dk_status take_series(struct dk_pipeline *pipeline,
                                  const struct dk_trace_request *request, struct dk_trace *trace,
                                  struct dk_error *err)
{
    const struct dk_series *series = &trace->series.series;
    struct dk_input_settings settings;
    trace->reading =
        request->cohort
            ? request->reading
            : (size_t)((request->minute - series->start_minute) / series->interval_minutes) + 1;
    trace->minute = series->start_minute + (int64_t)(trace->reading - 1) * series->interval_minutes;
    DK_RETURN_IF_ERROR(
        dk_ledger_drop_get(pipeline->store, trace->series.drop_id, &trace->drop, err));
    dk_input_settings_init(&settings);
    DK_RETURN_IF_ERROR(dk_input_settings_parse(trace->drop.settings, &settings, err));
    trace->sample = settings.sample;
    return DK_OK;
}

enum dk_status dk_pipeline_trace_find(struct dk_pipeline *pipeline,
                                      const struct dk_trace_request *request,
                                      struct dk_trace *trace, struct dk_error *err)
{
    const struct dk_store_filter filter = {.by_rig = true, .rig = request->well};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    *trace = (struct dk_trace){0};
    DK_RETURN_IF_ERROR(dk_store_list(pipeline->store, &filter, &list, &count, err));
    const struct dk_store_series *series = find_series(request, list, count);
    bool found =
        series && (!request->cohort || (request->reading >= 1 && request->reading <= series->rows));
    enum dk_status status = DK_OK;
    if (found)
        trace->series = *series;
    else
        status = refuse(request, series, count, err);
    free(list);
    return status == DK_OK ? take_series(pipeline, request, trace, err) : status;
}

/* --- the values ----------------------------------------------------------------------------- */

/* The tracing of one reading. */
struct tracing {
    struct dk_pipeline *pipeline;
    const struct dk_trace *trace;
    struct dk_input_settings settings;
    int burst_seconds;
    struct dk_readings stored;    /* the one reading */
    struct dk_ledger_file *files; /* owned; of the drop */
    size_t file_count;
    struct dk_drop drop; /* all of its files, if they could be opened */
    bool opened;
    /* Of the sensor in work. */
    char (*texts)[TEXT_MAX + 1]; /* owned */
    const char **cells;          /* owned; into texts */
    dk_decimal *samples;         /* owned */
    size_t corrected;
};

static const struct dk_ledger_file *find_file(const struct tracing *tracing, int index)
{
    for (size_t i = 0; i < tracing->file_count; i++)
        if (tracing->files[i].file == index)
            return &tracing->files[i];
    return NULL;
}

/* Where a file is now: alone, or in the archive file that was delivered. */
static void name_place(const struct tracing *tracing, const struct dk_ledger_file *file,
                       char path[PATH_BYTES])
{
    const struct dk_ledger_file *archive = find_file(tracing, DK_DROP_FILES);
    const struct dk_ledger_file *outer = archive && file->inode == 0 ? archive : file;
    if (outer->stored[0])
        snprintf(path, PATH_BYTES, "%s/%s", tracing->trace->drop.archive_folder, outer->stored);
    else
        snprintf(path, PATH_BYTES, "%s", outer->path);
    if (outer != file && outer->stored[0])
        snprintf(path + strlen(path), PATH_BYTES - strlen(path), ":%s", file->name);
    else if (outer != file)
        snprintf(path, PATH_BYTES, "%s", file->path);
}

/* Which cells of a row are the burst of the reading. */
static struct dk_cells_wanted find_cells(const struct tracing *tracing, int sensor)
{
    const struct dk_series *series = &tracing->trace->series.series;
    const struct dk_input_settings *settings = &tracing->settings;
    bool by_column = settings->alignment == DK_ALIGNMENT_COLUMN;
    int seconds = tracing->burst_seconds > 0 ? tracing->burst_seconds : 1;
    uint32_t burst = by_column ? 1 : (uint32_t)(dk_sensors[sensor].rate_hz * seconds);
    int number = settings->columns == DK_COLUMNS_WELLS ? series->well.number : series->cohort;
    if (settings->columns == DK_COLUMNS_SAMPLES)
        number = 1;
    return (struct dk_cells_wanted){.line = tracing->trace->reading,
                                    .column = (uint64_t)(number - 1) * burst + 1,
                                    .count = burst < CELLS_MAX ? burst : CELLS_MAX};
}

static void take_cell(void *context, size_t which, uint32_t index, const char *text, size_t size)
{
    struct tracing *tracing = context;
    dk_decimal value = DK_DECIMAL_MISSING;
    (void)which;
    tracing->cells[index] = text ? tracing->texts[index] : NULL;
    tracing->samples[index] = DK_DECIMAL_MISSING;
    if (!text)
        return;
    dk_text_format(tracing->texts[index], sizeof(*tracing->texts), "%.*s",
                   (int)(size < TEXT_MAX ? size : TEXT_MAX), text);
    if (dk_decimal_parse_marked(text, size, tracing->settings.decimal, &value) == DK_DECIMAL_GOOD)
        tracing->samples[index] = value;
}

static void put_correction(void *context, uint32_t sample, dk_decimal value)
{
    struct tracing *tracing = context;
    tracing->samples[sample] = value;
    tracing->corrected++;
}

/* Reads the cells from `drop`, and puts the corrected ones over them. */
static enum dk_status read_cells(struct tracing *tracing, const struct dk_drop *drop, int sensor,
                                 const struct dk_cells_wanted *wanted, struct dk_error *err)
{
    const struct dk_cells_reading reading = {
        .side = {.drop = drop, .settings = &tracing->settings},
        .file = sensor,
        .wanted = wanted,
        .count = 1,
        .context = tracing,
        .cell = take_cell,
    };
    const struct dk_quarantined cell = {.drop_id = tracing->trace->drop.drop_id,
                                        .file = sensor,
                                        .line = wanted->line,
                                        .column = wanted->column,
                                        .samples = wanted->count};
    DK_RETURN_IF_ERROR(dk_cells_read(&reading, err));
    return dk_store_quarantine_burst(tracing->pipeline->store, &cell, tracing, put_correction, err);
}

static enum dk_status make_room(struct tracing *tracing, size_t count, struct dk_error *err)
{
    free(tracing->texts);
    free((void *)tracing->cells);
    free(tracing->samples);
    tracing->texts = calloc(count, sizeof(*tracing->texts));
    tracing->cells = calloc(count, sizeof(*tracing->cells));
    tracing->samples = calloc(count, sizeof(*tracing->samples));
    tracing->corrected = 0;
    return tracing->texts && tracing->cells && tracing->samples
               ? DK_OK
               : dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu cells", count);
}

/* Reads the cells of a sensor again, if its file is the one that was loaded. */
static enum dk_status read_again(struct tracing *tracing, struct dk_traced *value,
                                 struct dk_error *err)
{
    struct dk_drop alone = {0};
    bool found = tracing->opened;
    const struct dk_cells_wanted wanted = find_cells(tracing, value->sensor);
    value->line = wanted.line;
    value->column = wanted.column;
    DK_RETURN_IF_ERROR(make_room(tracing, wanted.count, err));
    enum dk_status status = DK_OK;
    if (!found)
        status = dk_loaded_drop_open(tracing->pipeline, &tracing->trace->drop, value->sensor,
                                     &alone, &found, err);
    const struct dk_drop *drop = tracing->opened ? &tracing->drop : &alone;
    if (status == DK_OK && found)
        status = read_cells(tracing, drop, value->sensor, &wanted, err);
    dk_drop_reset(&alone);
    if (status != DK_OK || !found)
        return status;
    value->cells = tracing->cells;
    value->count = wanted.count;
    value->corrected = tracing->corrected;
    value->computed = dk_burst_represent(tracing->samples, wanted.count, tracing->trace->sample);
    value->state = value->computed == value->stored ? DK_TRACED_SAME : DK_TRACED_OTHER;
    return DK_OK;
}

static enum dk_status trace_sensor(struct tracing *tracing, struct dk_traced *value,
                                   char path[PATH_BYTES], struct dk_error *err)
{
    const struct dk_ledger_file *file = find_file(tracing, value->sensor);
    value->stored = dk_readings_column(&tracing->stored, (size_t)value->sensor, 0)[0];
    value->computed = DK_DECIMAL_MISSING;
    value->state = file ? DK_TRACED_UNREADABLE : DK_TRACED_ABSENT;
    if (!file)
        return DK_OK;
    name_place(tracing, file, path);
    value->name = file->name;
    value->path = path;
    value->sha256 = file->hash;
    return read_again(tracing, value, err);
}

static enum dk_status prepare(struct tracing *tracing, int sensor, struct dk_error *err)
{
    struct dk_pipeline *pipeline = tracing->pipeline;
    const struct dk_trace *trace = tracing->trace;
    struct dk_store_rig rig;
    dk_input_settings_init(&tracing->settings);
    DK_RETURN_IF_ERROR(dk_input_settings_parse(trace->drop.settings, &tracing->settings, err));
    DK_RETURN_IF_ERROR(
        dk_store_rig_find(pipeline->store, &trace->series.series.well, false, &rig, err));
    tracing->burst_seconds = rig.burst_seconds;
    DK_RETURN_IF_ERROR(dk_readings_init(&tracing->stored, 1, 1, err));
    DK_RETURN_IF_ERROR(dk_store_read_part(pipeline->store, &trace->series, trace->reading - 1, 1,
                                          &tracing->stored, err));
    DK_RETURN_IF_ERROR(dk_ledger_files(pipeline->store, trace->drop.drop_id, &tracing->files,
                                       &tracing->file_count, err));
    return dk_loaded_drop_open(pipeline, &trace->drop, sensor, &tracing->drop, &tracing->opened,
                               err);
}

static enum dk_status trace_all(struct tracing *tracing, int sensor, void *context,
                                void (*each)(void *context, const struct dk_traced *value),
                                struct dk_error *err)
{
    char path[PATH_BYTES];
    DK_RETURN_IF_ERROR(prepare(tracing, sensor, err));
    for (int i = 0; i < DK_SENSORS; i++) {
        struct dk_traced value = {.sensor = i};
        if (sensor >= 0 && i != sensor)
            continue;
        DK_RETURN_IF_ERROR(trace_sensor(tracing, &value, path, err));
        each(context, &value);
    }
    return DK_OK;
}

enum dk_status dk_pipeline_trace(struct dk_pipeline *pipeline, const struct dk_trace *trace,
                                 int sensor, void *context,
                                 void (*each)(void *context, const struct dk_traced *value),
                                 struct dk_error *err)
{
    struct tracing tracing = {.pipeline = pipeline, .trace = trace};
    enum dk_status status = trace_all(&tracing, sensor, context, each, err);
    free(tracing.texts);
    free((void *)tracing.cells);
    free(tracing.samples);
    free(tracing.files);
    dk_drop_reset(&tracing.drop);
    dk_readings_reset(&tracing.stored);
    return status;
}
