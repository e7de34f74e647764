#include "input/cells.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "drop_files.h"
#include "file_layout.h"
#include "row.h"
#include "source.h"
#include "stream.h"
#include "window.h"

#define NOTHING "nothing"

/* --- rows of one file ----------------------------------------------------------------------- */

/* Reads the rows of a file as dk_drop_read does. */
struct rows {
    struct dk_source *source;
    struct dk_lines lines;
    struct dk_window window; /* its buffer is kept from file to file */
    size_t next;             /* row of the window */
};

static void rows_begin(struct rows *rows, struct dk_source *source)
{
    dk_lines_reset(&rows->lines);
    dk_lines_init(&rows->lines);
    rows->source = source;
    rows->window.rows = rows->next = 0;
}

static void rows_reset(struct rows *rows)
{
    dk_lines_reset(&rows->lines);
    dk_window_reset(&rows->window);
}

static enum dk_status read_window(struct rows *rows, struct dk_error *err)
{
    bool too_long = false;
    rows->next = 0;
    DK_RETURN_IF_ERROR(
        dk_window_read(&rows->window, &rows->lines, rows->source, NULL, &too_long, err));
    return too_long
               ? dk_error_set(err, DK_ERR_DATA, "a row of '%s' is too long", rows->source->path)
               : DK_OK;
}

/* The next row, without its line end, valid until the next call; *found is false after the last. */
static enum dk_status next_row(struct rows *rows, struct dk_row *row, bool *found,
                               struct dk_error *err)
{
    while (rows->next == rows->window.rows && !rows->lines.ended)
        DK_RETURN_IF_ERROR(read_window(rows, err));
    *found = rows->next < rows->window.rows;
    if (!*found)
        return DK_OK;
    *row = dk_window_row(&rows->window, rows->next++);
    (void)dk_row_strip(row);
    return DK_OK;
}

/* --- cells ---------------------------------------------------------------------------------- */

/* A cell without the blanks around it. */
struct cell {
    const char *text;
    size_t size;
};

static struct cell trim(const char *text, size_t size)
{
    while (size > 0 && text[0] == ' ') {
        text++;
        size--;
    }
    while (size > 0 && text[size - 1] == ' ')
        size--;
    return (struct cell){.text = text, .size = size};
}

/* Bad cells are missing ones, whatever their text: quarantine took them as such. */
static bool equal_cells(struct cell a, enum dk_decimal_mark mark_a, struct cell b,
                        enum dk_decimal_mark mark_b)
{
    dk_decimal value_a;
    dk_decimal value_b;
    /* The text of an empty cell may be NULL. */
    if (mark_a == mark_b && a.size == b.size &&
        (a.size == 0 || memcmp(a.text, b.text, a.size) == 0))
        return true;
    bool good_a = dk_decimal_parse_marked(a.text, a.size, mark_a, &value_a) == DK_DECIMAL_GOOD;
    bool good_b = dk_decimal_parse_marked(b.text, b.size, mark_b, &value_b) == DK_DECIMAL_GOOD;
    return good_a && good_b ? value_a == value_b : good_a == good_b;
}

static void put_text(char text[DK_CELLS_TEXT_MAX], struct cell cell)
{
    size_t size = cell.size < DK_CELLS_TEXT_MAX - 1 ? cell.size : DK_CELLS_TEXT_MAX - 1;
    for (size_t i = 0; i < size; i++)
        text[i] = cell.text[i];
    text[size] = '\0';
    if (size == 0)
        memcpy(text, NOTHING, sizeof(NOTHING));
}

/* The cells of one row, by their starts. */
struct split {
    uint32_t *starts; /* owned; [capacity] */
    size_t capacity;
    struct dk_row row;
    bool is_missing; /* all of them: the row is blank, or has the wrong length */
};

/* Finds the `columns` cells of a row. */
static enum dk_status split_row(struct split *split, const struct dk_row *row, size_t columns,
                                struct dk_error *err)
{
    bool stripped = false;
    size_t at = 0;
    split->row = *row;
    split->is_missing =
        dk_row_is_blank(row) || dk_row_count(&split->row, columns, &stripped) != columns;
    if (split->is_missing)
        return DK_OK;
    if (columns > split->capacity) {
        uint32_t *starts = reallocarray(split->starts, columns, sizeof(*starts));
        if (!starts)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu cells", columns);
        split->starts = starts;
        split->capacity = columns;
    }
    for (size_t i = 0; i < columns; i++) {
        split->starts[i] = (uint32_t)at;
        at += dk_row_cell_size(&split->row, at) + 1;
    }
    return DK_OK;
}

static struct cell cell_at(const struct split *split, size_t index)
{
    if (split->is_missing)
        return (struct cell){0};
    size_t start = split->starts[index];
    return trim(split->row.text + start, dk_row_cell_size(&split->row, start));
}

/* --- one side ------------------------------------------------------------------------------- */

/* A drop whose files are read one after the other. */
struct side {
    const struct dk_drop *drop;
    const struct dk_input_settings *settings;
    struct dk_stream *stream; /* owned; NULL: a folder, or closed */
    struct dk_source source;
    struct rows rows;
    uint64_t columns; /* of the file's rows, as dk_drop_read counts them; 0: not known */
    size_t burst;     /* cells of a burst */
    struct split split;
};

static void side_close(struct side *side)
{
    dk_source_close(&side->source);
    dk_stream_close(side->stream);
    rows_reset(&side->rows);
    free(side->split.starts);
}

static enum dk_status rewind_stream(struct side *side, struct dk_error *err)
{
    dk_stream_close(side->stream);
    side->stream = NULL;
    return dk_stream_open(side->drop->path, &side->stream, err);
}

/* The index of the next member that is a sensor's file; -1 after the last. */
static enum dk_status next_member(struct side *side, int *file, struct dk_error *err)
{
    struct dk_stream_member member;
    bool found = true;
    *file = -1;
    while (found) {
        enum dk_status status = dk_stream_next(side->stream, &member, &found, err);
        if (status != DK_OK || !found)
            return status;
        int index = member.is_file ? dk_drop_member_find(side->drop, member.path) : -1;
        if (index >= 0 && index < DK_SENSORS) {
            *file = index;
            return DK_OK;
        }
    }
    return DK_OK;
}

/* Goes to the member of a file: on from where the stream is, else once more from its beginning. */
static enum dk_status seek_member(struct side *side, int file, struct dk_error *err)
{
    for (int pass = 0; pass < 2; pass++) {
        if (!side->stream || pass > 0)
            DK_RETURN_IF_ERROR(rewind_stream(side, err));
        for (int index = 0; index >= 0;) {
            DK_RETURN_IF_ERROR(next_member(side, &index, err));
            if (index == file)
                return DK_OK;
        }
    }
    return dk_error_set(err, DK_ERR_DATA, "'%s' is no longer in '%s'", side->drop->files[file].name,
                        side->drop->path);
}

/* Starts to read the rows of a file. `there`: the stream is at its member. */
static enum dk_status side_open(struct side *side, int file, bool there, struct dk_error *err)
{
    struct dk_drop_file ignored = {0};
    const char *path = side->drop->files[file].path;
    enum dk_status status = DK_OK;
    dk_source_close(&side->source);
    if (dk_drop_is_member(side->drop, file)) {
        if (!there)
            status = seek_member(side, file, err);
        dk_source_member(&side->source, side->stream, path);
    } else {
        status = dk_source_open(&side->source, path, &ignored, err);
    }
    DK_RETURN_IF_ERROR(status);
    rows_begin(&side->rows, &side->source);
    DK_RETURN_IF_ERROR(read_window(&side->rows, err));
    struct dk_file_layout layout = {0};
    struct dk_problem problem;
    side->columns =
        dk_window_columns(&side->rows.window, dk_layout_columns_due(side->settings, file));
    (void)dk_layout_init(&layout, side->settings, file, side->columns, &problem);
    side->burst = layout.burst;
    return DK_OK;
}

/* --- both ----------------------------------------------------------------------------------- */

struct comparing {
    struct side left, right;
    bool whole; /* the pairs are all bursts of both, each with its own: rows are compared whole */
    const struct dk_cells_pair *pairs;
    size_t pair_count;
    struct dk_cells_difference *difference;
    int file;
};

static void differ(struct comparing *comparing, uint64_t line, uint64_t column, struct cell left,
                   struct cell right)
{
    struct dk_cells_difference *difference = comparing->difference;
    *difference = (struct dk_cells_difference){
        .found = true, .file = comparing->file, .line = line, .column = column};
    put_text(difference->left, left);
    put_text(difference->right, right);
}

static struct cell count_text(char text[DK_CELLS_TEXT_MAX], uint64_t count)
{
    int size = snprintf(text, DK_CELLS_TEXT_MAX, "%" PRIu64 " cells", count);
    return (struct cell){.text = text, .size = size > 0 ? (size_t)size : 0};
}

/* Compares `count` cells of a row, from the columns `left` and `right` on. */
static void compare_cells(struct comparing *comparing, size_t left, size_t right, size_t count,
                          uint64_t line)
{
    for (size_t i = 0; i < count; i++) {
        struct cell a = cell_at(&comparing->left.split, left + i);
        struct cell b = cell_at(&comparing->right.split, right + i);
        if (!equal_cells(a, comparing->left.settings->decimal, b,
                         comparing->right.settings->decimal)) {
            differ(comparing, line, left + i + 1, a, b);
            return;
        }
    }
}

static enum dk_status compare_rows(struct comparing *comparing, const struct dk_row *a,
                                   const struct dk_row *b, struct dk_error *err)
{
    struct side *left = &comparing->left;
    struct side *right = &comparing->right;
    if (comparing->whole && left->settings->decimal == right->settings->decimal &&
        a->size == b->size && memcmp(a->text, b->text, a->size) == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(split_row(&left->split, a, left->columns, err));
    DK_RETURN_IF_ERROR(split_row(&right->split, b, right->columns, err));
    if (left->split.is_missing && right->split.is_missing)
        return DK_OK;
    if (comparing->whole)
        compare_cells(comparing, 0, 0, left->columns, a->line);
    for (size_t i = 0;
         !comparing->whole && i < comparing->pair_count && !comparing->difference->found; i++)
        compare_cells(comparing, comparing->pairs[i].left * left->burst,
                      comparing->pairs[i].right * right->burst, left->burst, a->line);
    return DK_OK;
}

/* The first cell of a row; an empty one where there is no row. */
static struct cell first_cell(const struct dk_row *row, bool found)
{
    return found ? trim(row->text, dk_row_cell_size(row, 0)) : (struct cell){0};
}

static bool is_row(const struct dk_row *row, bool found)
{
    return found && !dk_row_is_blank(row);
}

/* Blank lines at the end of a file are not rows: the last lines that are not blank must be the
 * same. */
static void compare_ends(struct comparing *comparing, uint64_t left, uint64_t right)
{
    static const struct cell row = {.text = "a row", .size = sizeof("a row") - 1};
    const struct cell none = {0};
    if (left > right)
        differ(comparing, left, 0, row, none);
    else if (right > left)
        differ(comparing, right, 0, none, row);
}

static enum dk_status compare_all_rows(struct comparing *comparing, struct dk_error *err)
{
    struct dk_row a = {0};
    struct dk_row b = {0};
    bool has_a = true;
    bool has_b = true;
    uint64_t last_a = 0;
    uint64_t last_b = 0;
    while (has_a || has_b) {
        DK_RETURN_IF_ERROR(next_row(&comparing->left.rows, &a, &has_a, err));
        DK_RETURN_IF_ERROR(next_row(&comparing->right.rows, &b, &has_b, err));
        last_a = is_row(&a, has_a) ? a.line : last_a;
        last_b = is_row(&b, has_b) ? b.line : last_b;
        if (has_a && has_b)
            DK_RETURN_IF_ERROR(compare_rows(comparing, &a, &b, err));
        else if (is_row(&a, has_a) || is_row(&b, has_b))
            differ(comparing, has_a ? a.line : b.line, 0, first_cell(&a, has_a),
                   first_cell(&b, has_b));
        if (comparing->difference->found)
            return DK_OK;
    }
    compare_ends(comparing, last_a, last_b);
    return DK_OK;
}

static enum dk_status compare_file(struct comparing *comparing, struct dk_error *err)
{
    const struct side *left = &comparing->left;
    const struct side *right = &comparing->right;
    char texts[2][DK_CELLS_TEXT_MAX];
    bool same_shape = left->burst > 0 && left->burst == right->burst &&
                      (!comparing->whole || left->columns == right->columns);
    if (same_shape)
        return compare_all_rows(comparing, err);
    differ(comparing, 1, 0, count_text(texts[0], left->columns),
           count_text(texts[1], right->columns));
    return DK_OK;
}

/* The next file to compare: in the order of an archive, so that it is read once. `file` is the one
 * before; -1 at first and at the end. */
static enum dk_status next_file(struct side *leader, int *file, struct dk_error *err)
{
    if (leader->drop->is_archive)
        return next_member(leader, file, err);
    do {
        (*file)++;
    } while (*file < DK_SENSORS && !dk_drop_has(leader->drop, *file));
    if (*file == DK_SENSORS)
        *file = -1;
    return DK_OK;
}

/* A file that only one of the drops has. */
static bool find_lone_file(struct comparing *comparing)
{
    for (int i = 0; i < DK_SENSORS; i++) {
        bool left = dk_drop_has(comparing->left.drop, i);
        const struct cell name = {.text = dk_sensors[i].name, .size = strlen(dk_sensors[i].name)};
        const struct cell none = {0};
        if (left == dk_drop_has(comparing->right.drop, i))
            continue;
        comparing->file = i;
        differ(comparing, 0, 0, left ? name : none, left ? none : name);
        return true;
    }
    return false;
}

static enum dk_status compare_all(struct comparing *comparing, struct dk_error *err)
{
    struct side *leader = !comparing->left.drop->is_archive && comparing->right.drop->is_archive
                              ? &comparing->right
                              : &comparing->left;
    int file = -1;
    if (find_lone_file(comparing))
        return DK_OK;
    if (leader->drop->is_archive)
        DK_RETURN_IF_ERROR(rewind_stream(leader, err));
    while (!comparing->difference->found) {
        DK_RETURN_IF_ERROR(next_file(leader, &file, err));
        if (file < 0)
            return DK_OK;
        comparing->file = file;
        DK_RETURN_IF_ERROR(side_open(&comparing->left, file, leader == &comparing->left, err));
        DK_RETURN_IF_ERROR(side_open(&comparing->right, file, leader == &comparing->right, err));
        DK_RETURN_IF_ERROR(compare_file(comparing, err));
    }
    return DK_OK;
}

static bool is_whole(const struct dk_cells_request *request)
{
    for (size_t i = 0; i < request->pair_count; i++)
        if (request->pairs[i].left != i || request->pairs[i].right != i)
            return false;
    return dk_layout_series(request->left.settings) == request->pair_count &&
           dk_layout_series(request->right.settings) == request->pair_count;
}

enum dk_status dk_cells_compare(const struct dk_cells_request *request,
                                struct dk_cells_difference *difference, struct dk_error *err)
{
    const struct dk_cells_side *left = &request->left;
    const struct dk_cells_side *right = &request->right;
    struct comparing comparing = {
        .left = {.drop = left->drop, .settings = left->settings, .source = {.fd = -1}},
        .right = {.drop = right->drop, .settings = right->settings, .source = {.fd = -1}},
        .whole = is_whole(request),
        .pairs = request->pairs,
        .pair_count = request->pair_count,
        .difference = difference,
    };
    *difference = (struct dk_cells_difference){0};
    enum dk_status status = compare_all(&comparing, err);
    side_close(&comparing.left);
    side_close(&comparing.right);
    return status;
}

/* --- cells of one file ---------------------------------------------------------------------- */

/* Gives the wanted cells of a row. After split_row; without a row, nothing is there. */
static void give_cells(const struct dk_cells_reading *request, size_t which,
                       const struct side *side, bool there)
{
    const struct dk_cells_wanted *wanted = &request->wanted[which];
    for (uint32_t i = 0; i < wanted->count; i++) {
        uint64_t at = wanted->column - 1 + i;
        bool has = there && !side->split.is_missing && at < side->columns;
        struct cell cell = has ? cell_at(&side->split, at) : (struct cell){0};
        request->cell(request->context, which, i, has ? (cell.text ? cell.text : "") : NULL,
                      cell.size);
    }
}

static enum dk_status read_cells(const struct dk_cells_reading *request, struct side *side,
                                 struct dk_error *err)
{
    struct dk_row row = {0};
    bool there = true;
    size_t which = 0;
    while (which < request->count) {
        DK_RETURN_IF_ERROR(next_row(&side->rows, &row, &there, err));
        if (there && row.line < request->wanted[which].line)
            continue;
        if (there)
            DK_RETURN_IF_ERROR(split_row(&side->split, &row, side->columns, err));
        for (; which < request->count && (!there || request->wanted[which].line == row.line);
             which++)
            give_cells(request, which, side, there);
    }
    return DK_OK;
}

enum dk_status dk_cells_read(const struct dk_cells_reading *request, struct dk_error *err)
{
    struct side side = {
        .drop = request->side.drop, .settings = request->side.settings, .source = {.fd = -1}};
    enum dk_status status = side_open(&side, request->file, false, err);
    if (status == DK_OK)
        status = read_cells(request, &side, err);
    side_close(&side);
    return status;
}
