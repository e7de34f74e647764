#include "lane.h"

#include <string.h>

#include "drop_files.h"
#include "sniff.h"

struct dk_row_target dk_lane_target(const struct dk_matrix *matrix, int file, uint64_t row)
{
    const struct dk_readings *readings = matrix->readings;
    if (row >= readings->rows_max)
        return (struct dk_row_target){0};
    return (struct dk_row_target){
        .first = dk_readings_column(readings, (size_t)file, 0) + row,
        .stride = readings->rows_max,
        .file = file,
        .reading = (size_t)row,
    };
}

/* --- begin and end of a lane and of a file in it -------------------------------------------- */

/* Gets ready for the first byte of file `file`. */
static enum dk_status begin_file(struct dk_lane *lane, int file, struct dk_error *err)
{
    dk_lines_reset(&lane->lines);
    dk_lines_init(&lane->lines);
    dk_hash_reset(&lane->hash);
    lane->file = file;
    lane->known = false;
    lane->blank_count = 0;
    return lane->matrix->with_hashes ? dk_hash_init(&lane->hash, err) : DK_OK;
}

enum dk_status dk_lane_open_file(struct dk_lane *lane, struct dk_matrix *matrix, int file,
                                 struct dk_error *err)
{
    struct dk_drop_file *entry = &matrix->drop->files[file];
    *lane = (struct dk_lane){.matrix = matrix, .source = {.fd = -1}};
    enum dk_status status = dk_source_open(&lane->source, entry->path, entry, err);
    if (status == DK_OK)
        status = begin_file(lane, file, err);
    lane->remaining = entry->size_bytes;
    if (status != DK_OK)
        dk_lane_close(lane);
    return status;
}

enum dk_status dk_lane_open_archive(struct dk_lane *lane, struct dk_matrix *matrix,
                                    struct dk_error *err)
{
    *lane = (struct dk_lane){
        .matrix = matrix, .source = {.fd = -1}, .file = -1, .remaining = UINT64_MAX};
    return dk_stream_open(matrix->drop->path, &lane->stream, err);
}

void dk_lane_close(struct dk_lane *lane)
{
    if (!lane->matrix)
        return;
    dk_source_close(&lane->source);
    dk_stream_close(lane->stream);
    dk_lines_reset(&lane->lines);
    dk_hash_reset(&lane->hash);
    *lane = (struct dk_lane){.done = true};
}

/* Lets go of the file; a file on disk was all of its lane. */
static void leave_file(struct dk_lane *lane)
{
    lane->done = lane->stream == NULL;
    lane->remaining = lane->done ? 0 : lane->remaining;
    lane->file = -1;
}

static enum dk_status archive_changed(struct dk_lane *lane, struct dk_error *err)
{
    enum dk_status status = dk_error_set(err, DK_ERR_DATA, "'%s' changed while it was being read",
                                         lane->matrix->drop->path);
    dk_error_hint(err, "wait until the transfer has ended, then run again");
    return status;
}

/* Goes to the next member that is a file of the drop; at the end the lane is done. */
static enum dk_status next_member(struct dk_lane *lane, struct dk_error *err)
{
    const struct dk_drop *drop = lane->matrix->drop;
    struct dk_stream_member member = {0};
    bool found = true;
    while (found) {
        DK_RETURN_IF_ERROR(dk_stream_next(lane->stream, &member, &found, err));
        int file = found && member.is_file ? dk_drop_member_find(drop, member.path) : -1;
        if (file < 0)
            continue;
        if (lane->seen[file])
            return archive_changed(lane, err);
        lane->seen[file] = true;
        dk_source_member(&lane->source, lane->stream, drop->files[file].path);
        return begin_file(lane, file, err);
    }
    lane->done = true;
    for (int i = 0; i < DK_DROP_FILES; i++)
        if (dk_drop_is_member(drop, i) && !lane->seen[i])
            return archive_changed(lane, err);
    return DK_OK;
}

/* --- what is wrong with a whole file -------------------------------------------------------- */

static void check_writer(struct dk_lane *lane, struct dk_row_reader *reader)
{
    struct dk_problem problem = {.file = (uint8_t)lane->file, .kind = DK_PROBLEM_BEING_WRITTEN};
    if (dk_source_is_being_written(&lane->source, &lane->matrix->drop->files[lane->file]))
        dk_problems_add(&reader->problems, &problem, NULL, 0);
}

/* Gives the file up because of `problem`. */
static void refuse_file(struct dk_lane *lane, struct dk_row_reader *reader,
                        struct dk_problem *problem)
{
    problem->file = (uint8_t)lane->file;
    dk_problems_add(&reader->problems, problem, NULL, 0);
    check_writer(lane, reader);
    leave_file(lane);
}

/* Works out the layout from the first rows; false if they don't fit. */
static bool know_layout(struct dk_lane *lane, const struct dk_window *window,
                        struct dk_problem *problem)
{
    uint64_t due = lane->file == DK_DROP_PROFILE
                       ? DK_CONDITIONS
                       : dk_layout_columns_due(lane->matrix->settings, lane->file);
    uint64_t columns = dk_window_columns(window, due);
    lane->matrix->files[lane->file].columns = columns;
    if (lane->file == DK_DROP_PROFILE)
        return true;
    problem->kind = DK_PROBLEM_COLUMNS;
    problem->read_as = (uint8_t)lane->matrix->settings->columns;
    return dk_layout_init(&lane->layout, lane->matrix->settings, lane->file, columns, problem);
}

/* Looks at the beginning of a file; true: it can't be read, *problem says why. */
static bool is_unreadable(struct dk_lane *lane, const struct dk_window *window, bool too_long,
                          struct dk_problem *problem)
{
    struct dk_row rows[DK_SNIFF_ROWS];
    if (window->offset == 0 && dk_sniff_bytes(window->data, window->size, problem))
        return true;
    size_t count = dk_window_first_rows(window, rows, DK_SNIFF_ROWS);
    if (count == 0)
        return false;
    problem->line = (uint32_t)rows[0].line;
    problem->offset = rows[0].offset;
    if (dk_sniff_rows(rows, count, lane->matrix->settings->decimal, problem))
        return true;
    if (too_long) {
        problem->kind = DK_PROBLEM_ROW_HUGE;
        return true;
    }
    lane->known = know_layout(lane, window, problem);
    lane->matrix->drop->files[lane->file].columns = lane->matrix->files[lane->file].columns;
    return !lane->known;
}

/* --- rows ----------------------------------------------------------------------------------- */

/* Blank rows turned out to be in the middle: one problem for the run of them, and their values are
 * missing. */
static void flush_blanks(struct dk_lane *lane, struct dk_row_reader *reader)
{
    struct dk_problem problem = {
        .file = (uint8_t)lane->file,
        .kind = DK_PROBLEM_ROW_BLANK,
        .line = (uint32_t)lane->blank_line,
        .offset = lane->blank_offset,
        .got = lane->blank_count,
    };
    dk_problems_add(&reader->problems, &problem, NULL, 0);
    for (uint64_t i = 0; i < lane->blank_count && lane->file != DK_DROP_PROFILE; i++)
        dk_row_mark_missing(reader, &lane->layout,
                            dk_lane_target(lane->matrix, lane->file, lane->blank_line - 1 + i));
    lane->blank_count = 0;
}

/* Leaves a file at a line that a cohort has no room for, and the archive with it: to pass over the
 * rest of a member is to unpack it. */
static void leave_overrun(struct dk_lane *lane, const struct dk_row *row)
{
    struct dk_matrix_file *found = &lane->matrix->files[lane->file];
    found->overrun_line = row->line;
    found->overrun_offset = row->offset;
    leave_file(lane);
    lane->done = true;
}

/* Follows the rows of the window in order: runs of blank ones, and the codes of the profile. The
 * window ends before the first row that a cohort has no room for. */
static enum dk_status pass_rows(struct dk_lane *lane, struct dk_window *window,
                                struct dk_row_reader *reader, struct dk_error *err)
{
    for (size_t i = 0; i < window->rows; i++) {
        struct dk_row row = dk_window_row(window, i);
        if (!dk_row_has_room(&row, lane->matrix->readings->rows_max)) {
            window->rows = i;
            leave_overrun(lane, &row);
            return DK_OK;
        }
        if (dk_row_is_blank_line(&row)) {
            if (lane->blank_count++ == 0) {
                lane->blank_line = row.line;
                lane->blank_offset = row.offset;
            }
            continue;
        }
        if (lane->blank_count > 0)
            flush_blanks(lane, reader);
        if (lane->file == DK_DROP_PROFILE)
            DK_RETURN_IF_ERROR(dk_profile_file_add(&lane->matrix->profile, reader, &row, err));
    }
    return DK_OK;
}

/* The hashes of the text and of the file, which for a compressed one are two. */
static enum dk_status hash_file(struct dk_lane *lane, struct dk_drop_file *entry,
                                struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_hash_finish(&lane->hash, entry->text_hash, err));
    if (dk_source_is_packed(&lane->source))
        return dk_hash_file(entry->path, entry->hash, NULL, err);
    memcpy(entry->hash, entry->text_hash, sizeof(entry->hash));
    return DK_OK;
}

/* The file is at its end. */
static enum dk_status finish_file(struct dk_lane *lane, struct dk_row_reader *reader,
                                  struct dk_error *err)
{
    struct dk_drop_file *entry = &lane->matrix->drop->files[lane->file];
    struct dk_matrix_file *found = &lane->matrix->files[lane->file];
    if (!lane->known) {
        struct dk_problem problem = {.kind = DK_PROBLEM_EMPTY_FILE};
        refuse_file(lane, reader, &problem);
        return DK_OK;
    }
    found->rows = lane->lines.line - 1 - lane->blank_count;
    found->read = true;
    entry->rows = found->rows;
    if (lane->stream)
        entry->size_bytes = lane->lines.offset;
    if (lane->blank_count > 0)
        reader->oddities[lane->file] |= DK_ODDITY_BLANK_END;
    if (lane->lines.no_final_newline)
        reader->oddities[lane->file] |= DK_ODDITY_NO_FINAL_NEWLINE;
    if (lane->lines.open_end)
        reader->oddities[lane->file] |= DK_ODDITY_OPEN_END;
    check_writer(lane, reader);
    enum dk_status status = lane->matrix->with_hashes ? hash_file(lane, entry, err) : DK_OK;
    leave_file(lane);
    return status;
}

/* Reads the next window; *too_long as dk_window_read. */
static enum dk_status read_window(struct dk_lane *lane, struct dk_window *window, bool *too_long,
                                  struct dk_lane_job *job, struct dk_error *err)
{
    struct dk_hash *hash = lane->matrix->with_hashes ? &lane->hash : NULL;
    uint64_t taken = dk_source_position(&lane->source);
    uint64_t before = lane->lines.offset + lane->lines.rest.size;
    DK_RETURN_IF_ERROR(dk_window_read(window, &lane->lines, &lane->source, hash, too_long, err));
    job->bytes = lane->lines.offset + lane->lines.rest.size - before;
    job->progress = dk_source_position(&lane->source) - taken;
    if (!lane->stream)
        lane->remaining -= job->progress < lane->remaining ? job->progress : lane->remaining;
    return DK_OK;
}

/* Announces to the sink the bursts of a sensor's file. From here on it also gets blank rows. */
static enum dk_status prepare_bursts(const struct dk_lane *lane, bool is_begun,
                                     struct dk_row_reader *reader, struct dk_error *err)
{
    const struct dk_burst_sink *sink = reader->sink;
    DK_RETURN_IF_ERROR(dk_row_reader_reserve(reader, &lane->layout, err));
    if (is_begun)
        return DK_OK;
    return sink->begin(sink->context, lane->file, lane->layout.series, lane->layout.burst,
                       lane->matrix->readings->rows_max, err);
}

enum dk_status dk_lane_next(struct dk_lane *lane, struct dk_window *window,
                            struct dk_row_reader *reader, struct dk_lane_job *job,
                            struct dk_error *err)
{
    struct dk_problem problem = {0};
    bool too_long = false;
    *job = (struct dk_lane_job){.file = -1};
    if (lane->file < 0)
        DK_RETURN_IF_ERROR(next_member(lane, err));
    if (lane->done)
        return DK_OK;
    const bool was_known = lane->known;
    DK_RETURN_IF_ERROR(read_window(lane, window, &too_long, job, err));
    if (window->begin > 0)
        reader->oddities[lane->file] |= DK_ODDITY_BOM;
    if (!lane->known && is_unreadable(lane, window, too_long, &problem)) {
        refuse_file(lane, reader, &problem);
        return DK_OK;
    }
    if (too_long) {
        problem = (struct dk_problem){
            .kind = DK_PROBLEM_ROW_HUGE, .line = (uint32_t)window->line, .offset = window->offset};
        refuse_file(lane, reader, &problem);
        return DK_OK;
    }
    if (lane->known && lane->file != DK_DROP_PROFILE && reader->sink)
        DK_RETURN_IF_ERROR(prepare_bursts(lane, was_known, reader, err));
    if (lane->known && lane->file != DK_DROP_PROFILE) {
        job->file = lane->file;
        job->layout = lane->layout;
    }
    DK_RETURN_IF_ERROR(pass_rows(lane, window, reader, err));
    return lane->file >= 0 && lane->lines.ended ? finish_file(lane, reader, err) : DK_OK;
}
