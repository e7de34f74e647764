#include "corrected_bursts.h"

#include <stdlib.h>
#include <string.h>

#include "input/cells.h"
#include "loaded_drop.h"

/* Samples of all bursts that are read again at once: 32 MB. */
#define SAMPLES_MAX (4u << 20)

/* The corrected cells of one burst: cells[first .. end). */
struct burst {
    size_t first, end;
    dk_decimal *samples; /* in the pool */
};

struct computing {
    const struct dk_corrected_bursts *request;
    struct burst *bursts; /* owned; those to be read again */
    size_t count;
    dk_decimal *pool;                  /* owned */
    struct dk_cells_wanted *wanted;    /* owned */
    struct dk_ledger_drop drop;        /* of the last cell */
    struct dk_input_settings settings; /* that it was read with */
};

static const struct dk_corrected_cell *head_of(const struct computing *computing,
                                               const struct burst *burst)
{
    return &computing->request->cells[burst->first];
}

static enum dk_status use_drop(struct computing *computing, int64_t drop_id, struct dk_error *err)
{
    if (computing->drop.drop_id == drop_id)
        return DK_OK;
    DK_RETURN_IF_ERROR(
        dk_ledger_drop_get(computing->request->pipeline->store, drop_id, &computing->drop, err));
    dk_input_settings_init(&computing->settings);
    return dk_input_settings_parse(computing->drop.settings, &computing->settings, err);
}

/* --- which bursts there are ----------------------------------------------------------------- */

static bool is_same_burst(const struct dk_corrected_cell *a, const struct dk_corrected_cell *b)
{
    return a->correction.drop_id == b->correction.drop_id &&
           a->correction.well_id == b->correction.well_id &&
           a->correction.cohort == b->correction.cohort &&
           a->correction.file == b->correction.file && a->correction.line == b->correction.line &&
           a->correction.column - a->sample == b->correction.column - b->sample;
}

/* One cell of the burst is the reading's value. */
static void take_sample(struct computing *computing, const struct burst *burst)
{
    bool last = computing->settings.sample == DK_SAMPLE_LAST;
    for (size_t i = burst->first; i < burst->end; i++) {
        struct dk_corrected_cell *cell = &computing->request->cells[i];
        cell->correction.shapes = cell->sample == (last ? cell->samples - 1 : 0);
        cell->correction.represent = cell->correction.value;
    }
}

/* Whether the value of the reading is that of one cell, by the drop's sample rule. */
static bool is_of_one_cell(const struct computing *computing, const struct dk_corrected_cell *cell)
{
    return cell->samples == 1 || computing->settings.sample == DK_SAMPLE_FIRST ||
           computing->settings.sample == DK_SAMPLE_LAST;
}

/* Takes the bursts of one cell, and lists the others. */
static enum dk_status list_bursts(struct computing *computing, struct dk_error *err)
{
    const struct dk_corrected_bursts *request = computing->request;
    for (size_t first = 0; first < request->count;) {
        struct burst burst = {.first = first, .end = first + 1};
        while (burst.end < request->count &&
               is_same_burst(&request->cells[first], &request->cells[burst.end]))
            burst.end++;
        DK_RETURN_IF_ERROR(use_drop(computing, request->cells[first].correction.drop_id, err));
        if (is_of_one_cell(computing, &request->cells[first]))
            take_sample(computing, &burst);
        else
            computing->bursts[computing->count++] = burst;
        first = burst.end;
    }
    return DK_OK;
}

/* --- samples -------------------------------------------------------------------------------- */

static enum dk_status make_pool(struct computing *computing, struct dk_error *err)
{
    size_t total = 0;
    for (size_t i = 0; i < computing->count && total <= SAMPLES_MAX; i++)
        total += head_of(computing, &computing->bursts[i])->samples;
    if (total > SAMPLES_MAX)
        return dk_error_set(err, DK_ERR_DATA,
                            "the list covers more than 4 million samples: apply it in parts");
    computing->pool = calloc(total + 1, sizeof(*computing->pool));
    computing->wanted = calloc(computing->count + 1, sizeof(*computing->wanted));
    if (!computing->pool || !computing->wanted)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu samples", total);
    for (size_t i = 0; i < total; i++)
        computing->pool[i] = DK_DECIMAL_MISSING;
    total = 0;
    for (size_t i = 0; i < computing->count; i++) {
        computing->bursts[i].samples = computing->pool + total;
        total += head_of(computing, &computing->bursts[i])->samples;
    }
    return DK_OK;
}

/* For reading: by drop, file and line. */
static int compare_places(const void *left, const void *right, void *context)
{
    const struct computing *computing = context;
    const struct dk_correction *a = &head_of(computing, left)->correction;
    const struct dk_correction *b = &head_of(computing, right)->correction;
    if (a->drop_id != b->drop_id)
        return a->drop_id < b->drop_id ? -1 : 1;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* Reads bursts[first .. end), all of one file. */
struct file_reading {
    struct burst *bursts;
    enum dk_decimal_mark mark;
};

static void take_cell(void *context, size_t which, uint32_t index, const char *text, size_t size)
{
    const struct file_reading *reading = context;
    dk_decimal value = DK_DECIMAL_MISSING;
    if (text && dk_decimal_parse_marked(text, size, reading->mark, &value) == DK_DECIMAL_GOOD)
        reading->bursts[which].samples[index] = value;
}

static enum dk_status read_file(struct computing *computing, const struct dk_drop *drop,
                                size_t first, size_t end, struct dk_error *err)
{
    struct file_reading reading = {.bursts = computing->bursts + first,
                                   .mark = computing->settings.decimal};
    for (size_t i = first; i < end; i++) {
        const struct dk_corrected_cell *head = head_of(computing, &computing->bursts[i]);
        computing->wanted[i] =
            (struct dk_cells_wanted){.line = head->correction.line,
                                     .column = head->correction.column - head->sample,
                                     .count = head->samples};
    }
    const struct dk_cells_reading request = {
        .side = {.drop = drop, .settings = &computing->settings},
        .file = head_of(computing, &computing->bursts[first])->correction.file,
        .wanted = computing->wanted + first,
        .count = end - first,
        .context = &reading,
        .cell = take_cell,
    };
    return dk_cells_read(&request, err);
}

/* Puts the corrected cells of a burst over what was read: earlier ones, then the list's. */
static void put_earlier(void *context, uint32_t sample, dk_decimal value)
{
    ((dk_decimal *)context)[sample] = value;
}

static enum dk_status put_corrections(struct computing *computing, const struct burst *burst,
                                      struct dk_error *err)
{
    const struct dk_corrected_cell *head = head_of(computing, burst);
    const struct dk_quarantined cell = {.drop_id = head->correction.drop_id,
                                        .file = head->correction.file,
                                        .line = head->correction.line,
                                        .column = head->correction.column,
                                        .sample = head->sample,
                                        .samples = head->samples};
    DK_RETURN_IF_ERROR(dk_store_quarantine_burst(computing->request->pipeline->store, &cell,
                                                 burst->samples, put_earlier, err));
    for (size_t i = burst->first; i < burst->end; i++)
        burst->samples[computing->request->cells[i].sample] =
            computing->request->cells[i].correction.value;
    return DK_OK;
}

/* Whether the list, with what was corrected before, has all samples of a burst. */
static bool is_whole(const struct computing *computing, const struct burst *burst)
{
    for (uint32_t i = 0; i < head_of(computing, burst)->samples; i++)
        if (burst->samples[i] == DK_DECIMAL_MISSING)
            return false;
    return true;
}

/* --- all of them ---------------------------------------------------------------------------- */

static void represent(struct computing *computing, const struct burst *burst)
{
    struct dk_corrected_cell *head = &computing->request->cells[burst->first];
    head->correction.shapes = true;
    head->correction.represent =
        dk_burst_represent(burst->samples, head->samples, computing->settings.sample);
}

/* The bursts of one file, whose drop was opened, if it could be. */
static enum dk_status compute_file(struct computing *computing, const struct dk_drop *drop,
                                   size_t first, size_t end, struct dk_error *err)
{
    const struct dk_corrected_bursts *request = computing->request;
    if (drop)
        DK_RETURN_IF_ERROR(read_file(computing, drop, first, end, err));
    for (size_t i = first; i < end; i++) {
        const struct burst *burst = &computing->bursts[i];
        DK_RETURN_IF_ERROR(put_corrections(computing, burst, err));
        if (!drop && !is_whole(computing, burst))
            request->problem(request->context, head_of(computing, burst),
                             "the burst can't be read again, because its archived file is gone or "
                             "was changed, and the list does not have all of its samples");
        else
            represent(computing, burst);
    }
    return DK_OK;
}

static enum dk_status compute_drop(struct computing *computing, size_t first, size_t end,
                                   struct dk_error *err)
{
    struct dk_drop drop = {0};
    bool found = false;
    const int64_t drop_id = head_of(computing, &computing->bursts[first])->correction.drop_id;
    enum dk_status status = use_drop(computing, drop_id, err);
    if (status == DK_OK)
        status = dk_loaded_drop_open(computing->request->pipeline, &computing->drop, -1, &drop,
                                     &found, err);
    while (status == DK_OK && first < end) {
        size_t next = first + 1;
        int file = head_of(computing, &computing->bursts[first])->correction.file;
        while (next < end && head_of(computing, &computing->bursts[next])->correction.file == file)
            next++;
        status = compute_file(computing, found ? &drop : NULL, first, next, err);
        first = next;
    }
    dk_drop_reset(&drop);
    return status;
}

static enum dk_status compute(struct computing *computing, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(list_bursts(computing, err));
    if (computing->count == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(make_pool(computing, err));
    qsort_r(computing->bursts, computing->count, sizeof(*computing->bursts), compare_places,
            computing);
    for (size_t first = 0; first < computing->count;) {
        size_t end = first + 1;
        int64_t drop_id = head_of(computing, &computing->bursts[first])->correction.drop_id;
        while (end < computing->count &&
               head_of(computing, &computing->bursts[end])->correction.drop_id == drop_id)
            end++;
        DK_RETURN_IF_ERROR(compute_drop(computing, first, end, err));
        first = end;
    }
    return DK_OK;
}

enum dk_status dk_corrected_bursts_compute(const struct dk_corrected_bursts *bursts,
                                           struct dk_error *err)
{
    struct computing computing = {.request = bursts,
                                  .bursts = calloc(bursts->count + 1, sizeof(struct burst))};
    enum dk_status status = DK_OK;
    if (!computing.bursts)
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu cells", bursts->count);
    else
        status = compute(&computing, err);
    free(computing.wanted);
    free(computing.pool);
    free(computing.bursts);
    return status;
}
