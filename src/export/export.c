#include "export/export.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/team.h"
#include "layout.h"
#include "ordered.h"

/* The size of a block, enough for its rows at their longest. Usually a third of it is used, and
 * stays in the cache of one core until it is written. */
#define BLOCK_BYTES ((size_t)384 * 1024)
/* Output is written in order, so more threads than this would be idle. */
#define THREADS_MAX 16
/* A thread takes longer to start than it takes to format fewer rows than this. */
#define ROWS_PER_THREAD_MIN 256
/* Headers, names and profiles. A profile row is five codes of three digits. */
#define TEXT_CEILING_BYTES (64u << 20)

/* One file or sink of an export. */
struct output {
    struct dk_sink sink;
    struct dk_file file; /* fd -1 and no path where the sink is the caller's */
    uint64_t size_bytes;
};

struct slot {
    char *data; /* owned; [BLOCK_BYTES + DK_PUT_SLACK] */
    size_t size;
};

struct dk_export {
    struct dk_plan plan;
    size_t threads;
    struct output *outputs; /* owned; [layout->outputs] */
    size_t slot_count;
    size_t slot_rows;   /* as many as fit at their longest */
    struct slot *slots; /* owned; [slot_count] */
    bool with_hash;
    struct dk_hash hash;
    uint64_t rows;
    uint32_t *picked;      /* owned; the plan's */
    bool finished;         /* committed or failed: no more appends */
    struct dk_buffer text; /* for what is written line by line */
};

/* One append, as its threads see it. A thread changes the slot that it makes; the stages change the
 * outputs and the hash, one thread at a time. All else is constant. */
struct append {
    struct dk_export *export;
    const struct dk_readings *readings;
    size_t first_series;
    size_t rows;             /* of all series together */
    size_t blocks_an_output; /* every output has the same rows */
    size_t rows_a_block;
};

/* --- blocks ---------------------------------------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static enum dk_status make_block(void *context, size_t block, size_t slot, struct dk_error *err)
{
    (void)err;
    const struct append *append = context;
    const struct dk_plan *plan = &append->export->plan;
    const size_t rows_a_series = dk_plan_rows(plan, append->readings);
    size_t row = block % append->blocks_an_output * append->rows_a_block;
    size_t end = least(row + append->rows_a_block, append->rows);
    char *at = append->export->slots[slot].data;
    struct dk_piece piece = {.readings = append->readings,
                             .output = block / append->blocks_an_output};

    while (row < end) {
        piece.series = append->first_series + row / rows_a_series;
        piece.first = dk_plan_stretch(plan, row % rows_a_series, rows_a_series, &piece.count);
        piece.count = least(piece.count, end - row);
        at = plan->layout->rows(plan, &piece, at);
        row += piece.count;
    }
    append->export->slots[slot].size = (size_t)(at - append->export->slots[slot].data);
    return DK_OK;
}

static enum dk_status output_write(struct output *output, const char *data, size_t size,
                                   struct dk_error *err)
{
    enum dk_status status = output->sink.write(&output->sink, data, size, err);
    if (status == DK_OK)
        output->size_bytes += size;
    return status;
}

static enum dk_status write_block(void *context, size_t block, size_t slot, struct dk_error *err)
{
    const struct append *append = context;
    const struct slot *made = &append->export->slots[slot];
    struct output *output = &append->export->outputs[block / append->blocks_an_output];
    return output_write(output, made->data, made->size, err);
}

static enum dk_status hash_block(void *context, size_t block, size_t slot, struct dk_error *err)
{
    (void)block;
    const struct append *append = context;
    const struct slot *made = &append->export->slots[slot];
    return dk_hash_update(&append->export->hash, made->data, made->size, err);
}

/* Divides the rows into blocks of equal size, the same number for each thread. */
static unsigned divide(struct append *append)
{
    const struct dk_export *export = append->export;
    const size_t bodies = export->plan.layout->bodies;
    size_t threads = least(append->rows * bodies / ROWS_PER_THREAD_MIN, export->threads);
    if (threads < 1)
        threads = 1;
    size_t blocks = (append->rows + export->slot_rows - 1) / export->slot_rows;
    if (bodies == 1)
        blocks = (blocks + threads - 1) / threads * threads;
    append->rows_a_block = (append->rows + blocks - 1) / blocks;
    append->blocks_an_output = (append->rows + append->rows_a_block - 1) / append->rows_a_block;
    return (unsigned)threads;
}

static enum dk_status append_rows(struct dk_export *export, const struct dk_readings *readings,
                                  size_t first, size_t count, struct dk_error *err)
{
    struct append append = {.export = export,
                            .readings = readings,
                            .first_series = first,
                            .rows = count * dk_plan_rows(&export->plan, readings)};
    if (append.rows == 0)
        return DK_OK;
    unsigned threads = divide(&append);
    struct dk_ordered ordered = {.blocks = append.blocks_an_output * export->plan.layout->bodies,
                                 .slots = export->slot_count,
                                 .make = make_block,
                                 .stage_count = export->with_hash ? 2 : 1,
                                 .stages = {write_block, hash_block},
                                 .context = &append};
    enum dk_status status = dk_ordered_run(&ordered, threads, err);
    if (status == DK_OK)
        export->rows += append.rows;
    return status;
}

/* --- open ------------------------------------------------------------------------------------ */

static enum dk_status open_slots(struct dk_export *export, struct dk_error *err)
{
    size_t threads = export->plan.settings.threads;
    if (threads == 0)
        threads = dk_team_threads_default();
    export->threads = least(threads, THREADS_MAX);
    export->slot_rows = BLOCK_BYTES / export->plan.row_bytes_max;
    size_t count = export->threads > 1 ? 2 * export->threads : 1;
    export->slots = calloc(count, sizeof(*export->slots));
    if (!export->slots)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
    export->slot_count = count;
    for (size_t i = 0; i < count; i++) {
        export->slots[i].data = malloc(BLOCK_BYTES + DK_PUT_SLACK);
        if (!export->slots[i].data)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
    }
    return DK_OK;
}

static enum dk_status write_text(struct dk_export *export, size_t output, struct dk_error *err)
{
    const struct dk_buffer *text = &export->text;
    if (text->size == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(output_write(&export->outputs[output], text->data, text->size, err));
    return export->with_hash ? dk_hash_update(&export->hash, text->data, text->size, err) : DK_OK;
}

/* A sink over the only output, for a layout that writes itself. */
static enum dk_status write_through(struct dk_sink *sink, const void *data, size_t size,
                                    struct dk_error *err)
{
    struct dk_export *export = sink->context;
    DK_RETURN_IF_ERROR(output_write(&export->outputs[0], data, size, err));
    return export->with_hash ? dk_hash_update(&export->hash, data, size, err) : DK_OK;
}

static enum dk_status write_headers(struct dk_export *export, struct dk_error *err)
{
    const struct dk_layout *layout = export->plan.layout;
    if (layout->begin)
        return layout->begin(&export->plan,
                             (struct dk_sink){.write = write_through, .context = export}, err);
    for (size_t i = 0; i < layout->outputs && layout->header; i++) {
        export->text.size = 0;
        DK_RETURN_IF_ERROR(layout->header(&export->plan, i, &export->text, err));
        DK_RETURN_IF_ERROR(write_text(export, i, err));
    }
    return DK_OK;
}

static enum dk_status open_file(struct output *output, const char *path, struct dk_error *err)
{
    enum dk_status status = dk_file_create(&output->file, path, err);
    if (status == DK_OK)
        output->sink = dk_file_sink(&output->file);
    return status;
}

/* The files of a layout that has several, in the folder `path`. */
static enum dk_status open_folder(struct dk_export *export, const char *path, struct dk_error *err)
{
    const struct dk_layout *layout = export->plan.layout;
    enum dk_status status = dk_folder_make(path, err);
    for (size_t i = 0; status == DK_OK && i < layout->outputs; i++) {
        export->text.size = 0;
        DK_RETURN_IF_ERROR(layout->name(i, &export->text, err));
        DK_RETURN_IF_ERROR(dk_buffer_terminate(&export->text, err));
        char *name = dk_path_join(path, export->text.data);
        if (!name)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
        status = open_file(&export->outputs[i], name, err);
        free(name);
    }
    return status;
}

/* All of an export but its outputs. */
static enum dk_status open_plan(struct dk_export *export, const struct dk_export_settings *settings,
                                struct dk_error *err)
{
    const struct dk_layout *layout = dk_layout_of(settings->format);
    if (!layout) {
        dk_error_set(err, DK_ERR_USAGE, "no format has the number %d", (int)settings->format);
        return DK_ERR_USAGE;
    }
    dk_buffer_init(&export->text, TEXT_CEILING_BYTES);
    struct dk_plan plan = {.layout = layout, .settings = *settings};
    DK_RETURN_IF_ERROR(layout->open(&plan, err));
    export->plan = plan;
    export->outputs = calloc(layout->outputs, sizeof(*export->outputs));
    if (!export->outputs)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
    return layout->rows ? open_slots(export, err) : DK_OK;
}

/* Either `path` or `sink` is given. What was opened before a failure is closed by the caller. */
static enum dk_status open_all(struct dk_export *export, const struct dk_export_settings *settings,
                               const char *path, const struct dk_sink *sink, bool with_hash,
                               struct dk_error *err)
{
    DK_RETURN_IF_ERROR(open_plan(export, settings, err));
    const bool is_folder = export->plan.layout->outputs > 1;
    if (is_folder && sink) {
        dk_error_set(err, DK_ERR_USAGE, "the format '%s' writes several files",
                     export->plan.layout->word);
        dk_error_hint(err, "name a folder for them");
        return DK_ERR_USAGE;
    }
    if (with_hash && !is_folder) {
        DK_RETURN_IF_ERROR(dk_hash_init(&export->hash, err));
        export->with_hash = true;
    }
    if (sink)
        export->outputs[0].sink = *sink;
    else if (is_folder)
        DK_RETURN_IF_ERROR(open_folder(export, path, err));
    else
        DK_RETURN_IF_ERROR(open_file(&export->outputs[0], path, err));
    return write_headers(export, err);
}

static enum dk_status open_or_close(struct dk_export **out,
                                    const struct dk_export_settings *settings, const char *path,
                                    const struct dk_sink *sink, bool with_hash,
                                    struct dk_error *err)
{
    struct dk_export *export = calloc(1, sizeof(*export));
    if (!export)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for an export");
    enum dk_status status = open_all(export, settings, path, sink, with_hash, err);
    if (status == DK_OK)
        *out = export;
    else
        dk_export_close(export);
    return status;
}

enum dk_status dk_export_open(struct dk_export **out, const struct dk_export_settings *settings,
                              const char *path, bool with_hash, struct dk_error *err)
{
    return open_or_close(out, settings, path, NULL, with_hash, err);
}

enum dk_status dk_export_open_sink(struct dk_export **out,
                                   const struct dk_export_settings *settings, struct dk_sink sink,
                                   struct dk_error *err)
{
    return open_or_close(out, settings, NULL, &sink, false, err);
}

/* --- append, commit, close ------------------------------------------------------------------- */

/* Layouts use codes as table indices without checks, so check them here, once. */
static enum dk_status check_profile(const struct dk_readings *readings, struct dk_error *err)
{
    const struct dk_profile *profile = &readings->profile;
    if (profile->rows != readings->rows)
        return dk_error_set(err, DK_ERR_FAILED,
                            "the profile has %zu rows, but there are %zu readings", profile->rows,
                            readings->rows);
    for (size_t row = 0; row < profile->rows; row++)
        for (size_t i = 0; i < DK_CONDITIONS; i++)
            if (profile->codes[row][i] >= dk_conditions[i].code_count)
                return dk_error_set(err, DK_ERR_FAILED,
                                    "row %zu of the profile has code %u, which %s does not have",
                                    row + 1, profile->codes[row][i], dk_conditions[i].name);
    return DK_OK;
}

/* Picks the readings of the part that is written. */
static enum dk_status pick(struct dk_export *export, const struct dk_readings *readings,
                           size_t series, struct dk_error *err)
{
    const struct dk_export_settings *settings = &export->plan.settings;
    const size_t rows = readings->rows;
    uint8_t *parts = malloc(rows + 1);
    uint32_t *picked = realloc(export->picked, (rows + 1) * sizeof(*picked));
    enum dk_status status = parts && picked ? DK_OK : DK_ERR_NOMEM;
    if (picked)
        export->picked = picked;
    if (status == DK_OK)
        status = dk_split_assign(&settings->split, &readings->profile, parts, err);
    else
        (void)dk_error_set(err, status, "out of memory for a split");
    if (status == DK_OK) {
        size_t count = 0;
        for (size_t row = 0; row < rows; row++)
            if (parts[row] == settings->part)
                picked[count++] = (uint32_t)row;
        export->plan.picked = picked;
        export->plan.picked_count = count;
        if (settings->tally)
            dk_split_tally_add(settings->tally, &readings->profile, parts, settings->part, series);
    }
    free(parts);
    return status;
}

static enum dk_status append_table(struct dk_export *export, const struct dk_readings *readings,
                                   size_t first, size_t count, struct dk_error *err)
{
    const struct dk_layout *layout = export->plan.layout;
    if (first > readings->series_count || count > readings->series_count - first)
        return dk_error_set(err, DK_ERR_FAILED, "the readings have no series %zu to %zu", first,
                            first + count);
    if (export->plan.reads_profile)
        DK_RETURN_IF_ERROR(check_profile(readings, err));
    if (export->plan.settings.split.on && count > 0)
        DK_RETURN_IF_ERROR(pick(export, readings, count, err));
    if (layout->table && count > 0) {
        export->text.size = 0;
        DK_RETURN_IF_ERROR(layout->table(&export->plan, readings, &export->text, err));
        DK_RETURN_IF_ERROR(write_text(export, layout->outputs - 1, err));
    }
    if (!layout->append)
        return append_rows(export, readings, first, count, err);
    DK_RETURN_IF_ERROR(layout->append(&export->plan, readings, first, count, err));
    export->rows += count * dk_plan_rows(&export->plan, readings);
    return DK_OK;
}

static enum dk_status refuse_finished(struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_FAILED, "the export has failed or is committed already");
}

enum dk_status dk_export_append(struct dk_export *export, const struct dk_readings *readings,
                                size_t first, size_t count, struct dk_error *err)
{
    if (export->finished)
        return refuse_finished(err);
    enum dk_status status = append_table(export, readings, first, count, err);
    export->finished = status != DK_OK;
    return status;
}

enum dk_status dk_export_append_lines(struct dk_export *export, const char *lines, size_t size,
                                      uint64_t rows, struct dk_error *err)
{
    if (export->finished)
        return refuse_finished(err);
    if (export->plan.layout->outputs > 1 || !export->plan.layout->rows)
        return dk_error_set(err, DK_ERR_USAGE, "the format '%s' does not write one text file",
                            export->plan.layout->word);
    enum dk_status status = output_write(&export->outputs[0], lines, size, err);
    if (status == DK_OK && export->with_hash)
        status = dk_hash_update(&export->hash, lines, size, err);
    export->rows += rows;
    export->finished = status != DK_OK;
    return status;
}

enum dk_status dk_export_commit(struct dk_export *export, struct dk_export_result *result,
                                struct dk_error *err)
{
    if (export->finished)
        return refuse_finished(err);
    export->finished = true;
    struct dk_export_result totals = {.rows = export->rows, .files = export->plan.layout->outputs};
    if (export->plan.layout->finish)
        DK_RETURN_IF_ERROR(export->plan.layout->finish(&export->plan, err));
    if (export->with_hash)
        DK_RETURN_IF_ERROR(dk_hash_finish(&export->hash, totals.hash, err));
    for (size_t i = 0; i < export->plan.layout->outputs; i++) {
        struct output *output = &export->outputs[i];
        totals.size_bytes += output->size_bytes;
        if (output->file.path)
            DK_RETURN_IF_ERROR(dk_file_commit(&output->file, err));
    }
    if (result)
        *result = totals;
    return DK_OK;
}

void dk_export_close(struct dk_export *export)
{
    if (!export)
        return;
    for (size_t i = 0; export->outputs && i < export->plan.layout->outputs; i++)
        dk_file_abort(&export->outputs[i].file);
    for (size_t i = 0; i < export->slot_count; i++)
        free(export->slots[i].data);
    if (export->plan.layout)
        export->plan.layout->close(&export->plan);
    if (export->with_hash)
        dk_hash_reset(&export->hash);
    dk_buffer_reset(&export->text);
    free(export->slots);
    free(export->outputs);
    free(export->picked);
    free(export);
}
