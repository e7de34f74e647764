/* dk_drop_resolve: columns = auto, worked out from the first rows of a drop's files. */
#include <inttypes.h>

#include "drop_files.h"
#include "shape.h"
#include "sniff.h"
#include "stream.h"
#include "window.h"

/* The first window of each sensor's file, one after the other. What fails here fails again when the
 * drop is read, which reports it with its place. */
struct peek {
    const struct dk_drop *drop;
    struct dk_window window;
    uint64_t columns[DK_SENSORS]; /* 0: not known */
    enum dk_decimal_mark mark;
};

/* The columns of the file that `source` is at the beginning of; 0 if it can't be read. */
static uint64_t count_columns(struct peek *peek, struct dk_source *source)
{
    struct dk_lines lines;
    struct dk_problem problem;
    struct dk_row rows[DK_SNIFF_ROWS];
    bool too_long = false;
    dk_lines_init(&lines);
    enum dk_status status = dk_window_read(&peek->window, &lines, source, NULL, &too_long, NULL);
    dk_lines_reset(&lines);
    if (status != DK_OK || too_long)
        return 0;
    size_t count = dk_window_first_rows(&peek->window, rows, DK_SNIFF_ROWS);
    if (dk_sniff_bytes(peek->window.data, peek->window.size, &problem) || count == 0 ||
        dk_sniff_rows(rows, count, peek->mark, &problem))
        return 0;
    return dk_window_columns(&peek->window, 0);
}

static void peek_folder(struct peek *peek)
{
    for (int i = 0; i < DK_SENSORS; i++) {
        struct dk_source source;
        struct dk_drop_file identity = {0}; /* reading notes it, not looking */
        if (!dk_drop_has(peek->drop, i) ||
            dk_source_open(&source, peek->drop->files[i].path, &identity, NULL) != DK_OK)
            continue;
        peek->columns[i] = count_columns(peek, &source);
        dk_source_close(&source);
    }
}

/* To go through all members of a compressed tar would be to unpack it once more: there the first
 * sensor's file speaks for all. */
static void peek_archive(struct peek *peek)
{
    struct dk_stream *stream = NULL;
    struct dk_stream_member member = {0};
    bool found = true;
    bool enough = false;
    enum dk_status status = dk_stream_open(peek->drop->path, &stream, NULL);
    while (status == DK_OK && !enough) {
        status = dk_stream_next(stream, &member, &found, NULL);
        if (status != DK_OK || !found)
            break;
        int file = member.is_file ? dk_drop_member_find(peek->drop, member.path) : -1;
        if (file < 0 || file >= DK_SENSORS)
            continue;
        struct dk_source source;
        dk_source_member(&source, stream, peek->drop->files[file].path);
        peek->columns[file] = count_columns(peek, &source);
        dk_source_close(&source);
        enough = dk_stream_is_packed(stream) && peek->columns[file] > 0;
    }
    dk_stream_close(stream);
}

/* The columns are whole bursts, but of a length that nothing explains. */
static enum dk_status refuse_shape(const struct peek *peek, const struct dk_shape *shape,
                                   const struct dk_input_settings *settings, int loaded_seconds,
                                   struct dk_error *err)
{
    char got[DK_COUNT_TEXT_MAX];
    char history[DK_COUNT_TEXT_MAX];
    char burst[DK_COUNT_TEXT_MAX];
    char cohorts[96] = "";
    const struct dk_drop_file *file = &peek->drop->files[shape->file];
    uint64_t rate = (uint64_t)dk_sensors[shape->file].rate_hz;
    uint64_t seconds = loaded_seconds > 0 ? (uint64_t)loaded_seconds : 1;
    if (settings->cohorts > 1)
        dk_text_format(cohorts, sizeof(cohorts), "%d cohorts side by side (%s columns) nor ",
                       settings->cohorts,
                       dk_count_text((uint64_t)settings->cohorts * rate, history));
    enum dk_status status = dk_error_set(
        err, DK_ERR_DATA,
        "%s has %s columns: that is %s %sone burst of %" PRIu64 " s (%s column%s)", file->path,
        dk_count_text(peek->columns[shape->file], got), cohorts[0] ? "neither" : "not", cohorts,
        seconds, dk_count_text(seconds * rate, burst), seconds * rate == 1 ? "" : "s");
    dk_error_place(err, file->path, 0, 0, 0);
    if (loaded_seconds > 0)
        dk_error_hint(
            err,
            "the loaded cohorts of this rig have bursts of %d s; if each row holds cohorts 1 to "
            "%" PRIu64 " side by side, use --cohorts %" PRIu64,
            loaded_seconds, shape->seconds, shape->seconds);
    else
        dk_error_hint(err,
                      "if each row is one burst of %" PRIu64
                      " s of one cohort, use --columns samples; if it "
                      "holds cohorts 1 to %" PRIu64 " side by side, use --cohorts %" PRIu64
                      "; if it holds wells of one site, use --columns wells --cohorts %" PRIu64,
                      shape->seconds, shape->seconds, shape->seconds, shape->seconds);
    return status;
}

/* What the settings are for a drop of this shape. */
static enum dk_status settle(const struct peek *peek, struct dk_input_settings *settings,
                             int loaded_seconds, struct dk_error *err)
{
    bool by_column = settings->alignment == DK_ALIGNMENT_COLUMN;
    struct dk_shape shape = dk_shape_find(peek->columns, settings->cohorts, by_column);
    bool known_burst = shape.seconds == 1 || (loaded_seconds > 0 && !by_column &&
                                              shape.seconds == (uint64_t)loaded_seconds);
    if (settings->columns == DK_COLUMNS_COHORTS && shape.seconds > 1)
        return DK_OK; /* cohorts = 1 with bursts of another length: the reading refuses it */
    if (shape.kind == DK_SHAPE_COHORT && !known_burst)
        return refuse_shape(peek, &shape, settings, loaded_seconds, err);
    bool one_cohort = shape.kind == DK_SHAPE_COHORT || settings->cohorts == 1;
    settings->columns = one_cohort ? DK_COLUMNS_SAMPLES : DK_COLUMNS_COHORTS;
    return DK_OK;
}

enum dk_status dk_drop_resolve(const struct dk_drop *drop, struct dk_input_settings *settings,
                               int loaded_burst_seconds, struct dk_error *err)
{
    struct peek peek = {.drop = drop, .mark = settings->decimal};
    bool one_side_by_side = settings->columns == DK_COLUMNS_COHORTS && settings->cohorts == 1;
    if (settings->columns != DK_COLUMNS_AUTO && !one_side_by_side)
        return DK_OK;
    if (drop->is_archive)
        peek_archive(&peek);
    else
        peek_folder(&peek);
    enum dk_status status = settle(&peek, settings, loaded_burst_seconds, err);
    dk_window_reset(&peek.window);
    return status;
}

int dk_drop_burst_seconds(const struct dk_drop *drop, const struct dk_input_settings *settings,
                          int *file)
{
    *file = 0;
    while (*file < DK_SENSORS - 1 && drop->files[*file].columns == 0)
        (*file)++;
    if (settings->alignment == DK_ALIGNMENT_COLUMN)
        return 0;
    if (settings->columns != DK_COLUMNS_SAMPLES)
        return 1;
    return (int)(drop->files[*file].columns / (uint64_t)dk_sensors[*file].rate_hz);
}
