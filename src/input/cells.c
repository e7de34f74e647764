#include "input/cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "drop_files.h"
#include "row.h"
#include "source.h"
#include "stream.h"

#define PIECE_BYTES (256u << 10)
#define ROW_BYTES_MAX (17u << 20) /* no reader takes a longer one */
#define NOTHING "nothing"

/* --- rows of one file ----------------------------------------------------------------------- */

/* Bytes read and not taken yet: data[begin..end). */
struct rows {
    struct dk_source *source;
    char *data; /* owned */
    size_t capacity, begin, end;
    bool over; /* the source is at its end */
    uint64_t line;
};

/* Makes room for one more piece, moving what is left to the front first. */
static enum dk_status make_room(struct rows *rows, struct dk_error *err)
{
    if (rows->begin > 0)
        memmove(rows->data, rows->data + rows->begin, rows->end - rows->begin);
    rows->end -= rows->begin;
    rows->begin = 0;
    if (rows->capacity - rows->end >= PIECE_BYTES)
        return DK_OK;
    if (rows->capacity >= ROW_BYTES_MAX)
        return dk_error_set(err, DK_ERR_DATA, "a row of '%s' is too long", rows->source->path);
    size_t capacity = rows->capacity * 2 + 2 * PIECE_BYTES;
    char *data = realloc(rows->data, capacity);
    if (!data)
        return dk_error_nomem(err, "read", rows->source->path);
    rows->data = data;
    rows->capacity = capacity;
    return DK_OK;
}

static enum dk_status read_piece(struct rows *rows, struct dk_error *err)
{
    size_t got = 0;
    enum dk_status status = make_room(rows, err);
    if (status == DK_OK)
        status = dk_source_read(rows->source, rows->data + rows->end, rows->capacity - rows->end,
                                &got, err);
    rows->end += got;
    rows->over = status == DK_OK && got == 0;
    return status;
}

/* Takes a mark of UTF-8, the line end and a tab at the end off a row. */
static void strip(struct dk_row *row)
{
    if (row->line == 1 && row->text && row->size >= 3 &&
        memcmp(row->text, "\xef\xbb\xbf", 3) == 0) {
        row->text += 3;
        row->size -= 3;
    }
    (void)dk_row_strip(row);
    if (row->size > 1 && row->text[row->size - 1] == '\t')
        row->size--;
}

/* The next row, valid until the next call; *found is false after the last. */
static enum dk_status next_row(struct rows *rows, struct dk_row *row, bool *found,
                               struct dk_error *err)
{
    size_t seen = 0;
    const char *newline = NULL;
    for (;;) {
        const char *start = rows->data ? rows->data + rows->begin : NULL;
        size_t size = rows->end - rows->begin;
        newline = start && size > seen ? memchr(start + seen, '\n', size - seen) : NULL;
        if (newline || rows->over)
            break;
        seen = size;
        enum dk_status status = read_piece(rows, err);
        if (status != DK_OK)
            return status;
    }
    size_t size =
        newline ? (size_t)(newline - (rows->data + rows->begin)) : rows->end - rows->begin;
    *found = newline || size > 0;
    if (!*found)
        return DK_OK;
    *row = (struct dk_row){.text = rows->data + rows->begin, .size = size, .line = ++rows->line};
    rows->begin += size + (newline != NULL);
    strip(row);
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
static bool equal_cells(struct cell a, struct cell b)
{
    dk_decimal value_a;
    dk_decimal value_b;
    if (a.size == b.size && memcmp(a.text, b.text, a.size) == 0)
        return true;
    bool good_a = dk_decimal_parse(a.text, a.size, &value_a) == DK_DECIMAL_GOOD;
    bool good_b = dk_decimal_parse(b.text, b.size, &value_b) == DK_DECIMAL_GOOD;
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
    uint32_t *starts; /* owned; [count + 1], the last one past the row's end + 1 */
    size_t capacity;
    size_t count;
    struct dk_row row;
};

static enum dk_status split_row(struct split *split, const struct dk_row *row, struct dk_error *err)
{
    size_t at = 0;
    split->row = *row;
    split->count = 0;
    for (;;) {
        if (split->count + 2 > split->capacity) {
            size_t capacity = split->capacity * 2 + 64;
            uint32_t *starts = realloc(split->starts, capacity * sizeof(*starts));
            if (!starts)
                return dk_error_set(err, DK_ERR_NOMEM, "out of memory for %zu cells", capacity);
            split->starts = starts;
            split->capacity = capacity;
        }
        split->starts[split->count++] = (uint32_t)at;
        at += dk_row_cell_size(row, at) + 1;
        split->starts[split->count] = (uint32_t)at;
        if (at > row->size)
            return DK_OK;
    }
}

static struct cell cell_at(const struct split *split, size_t index)
{
    size_t start = split->starts[index];
    return trim(split->row.text + start, split->starts[index + 1] - start - 1);
}

/* --- one side ------------------------------------------------------------------------------- */

/* A drop whose files are read one after the other. */
struct side {
    const struct dk_drop *drop;
    uint32_t bursts;
    struct dk_stream *stream; /* owned; NULL: a folder, or closed */
    struct dk_source source;
    struct rows rows; /* its buffer is kept from file to file */
    struct split split;
};

static void side_close(struct side *side)
{
    dk_source_close(&side->source);
    dk_stream_close(side->stream);
    free(side->rows.data);
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
        enum dk_status status = side->stream && pass == 0 ? DK_OK : rewind_stream(side, err);
        int index = 0;
        while (status == DK_OK && index >= 0) {
            status = next_member(side, &index, err);
            if (status == DK_OK && index == file)
                return DK_OK;
        }
        if (status != DK_OK)
            return status;
    }
    return dk_error_set(err, DK_ERR_DATA, "'%s' is gone from '%s'", side->drop->files[file].name,
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
    side->rows.source = &side->source;
    side->rows.begin = side->rows.end = 0;
    side->rows.over = false;
    side->rows.line = 0;
    return status;
}

/* --- both ----------------------------------------------------------------------------------- */

struct comparing {
    struct side left, right;
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

static struct cell count_text(char text[DK_CELLS_TEXT_MAX], size_t count)
{
    int size = snprintf(text, DK_CELLS_TEXT_MAX, "%zu cells", count);
    return (struct cell){.text = text, .size = size > 0 ? (size_t)size : 0};
}

/* Compares a pair of bursts of a row. */
static void compare_burst(struct comparing *comparing, const struct dk_cells_pair *pair,
                          uint64_t line)
{
    const struct split *left = &comparing->left.split;
    const struct split *right = &comparing->right.split;
    size_t count = left->count / comparing->left.bursts;
    for (size_t i = 0; i < count; i++) {
        size_t column = pair->left * count + i;
        struct cell a = cell_at(left, column);
        struct cell b = cell_at(right, pair->right * count + i);
        if (!equal_cells(a, b)) {
            differ(comparing, line, column + 1, a, b);
            return;
        }
    }
}

static enum dk_status compare_rows(struct comparing *comparing, const struct dk_row *a,
                                   const struct dk_row *b, struct dk_error *err)
{
    struct side *left = &comparing->left;
    struct side *right = &comparing->right;
    bool whole = left->bursts == 1 && right->bursts == 1;
    if (dk_row_is_blank(a) && dk_row_is_blank(b))
        return DK_OK;
    if (whole && a->size == b->size && memcmp(a->text, b->text, a->size) == 0)
        return DK_OK;
    enum dk_status status = split_row(&left->split, a, err);
    if (status == DK_OK)
        status = split_row(&right->split, b, err);
    if (status != DK_OK)
        return status;
    if (left->split.count % left->bursts != 0 || right->split.count % right->bursts != 0 ||
        left->split.count / left->bursts != right->split.count / right->bursts) {
        char texts[2][DK_CELLS_TEXT_MAX];
        differ(comparing, a->line, 0, count_text(texts[0], left->split.count),
               count_text(texts[1], right->split.count));
        return DK_OK;
    }
    for (size_t i = 0; i < comparing->pair_count && !comparing->difference->found; i++)
        compare_burst(comparing, &comparing->pairs[i], a->line);
    return DK_OK;
}

/* Whether all rows that are left are blank, the given one first. */
static enum dk_status is_blank_end(struct rows *rows, struct dk_row *row, bool *blank,
                                   struct dk_error *err)
{
    bool found = true;
    while (found) {
        if (!dk_row_is_blank(row)) {
            *blank = false;
            return DK_OK;
        }
        enum dk_status status = next_row(rows, row, &found, err);
        if (status != DK_OK)
            return status;
    }
    *blank = true;
    return DK_OK;
}

/* One file is longer: a difference, unless the rest is blank lines. */
static enum dk_status compare_end(struct comparing *comparing, bool left_longer, struct dk_row *row,
                                  struct dk_error *err)
{
    const struct cell none = {0};
    bool blank = false;
    struct side *side = left_longer ? &comparing->left : &comparing->right;
    enum dk_status status = is_blank_end(&side->rows, row, &blank, err);
    if (status != DK_OK || blank)
        return status;
    struct cell first = trim(row->text, dk_row_cell_size(row, 0));
    differ(comparing, row->line, 0, left_longer ? first : none, left_longer ? none : first);
    return DK_OK;
}

static enum dk_status compare_file(struct comparing *comparing, struct dk_error *err)
{
    struct dk_row a;
    struct dk_row b;
    while (!comparing->difference->found) {
        bool has_a = false;
        bool has_b = false;
        enum dk_status status = next_row(&comparing->left.rows, &a, &has_a, err);
        if (status == DK_OK)
            status = next_row(&comparing->right.rows, &b, &has_b, err);
        if (status != DK_OK || (!has_a && !has_b))
            return status;
        if (!has_a || !has_b)
            return compare_end(comparing, has_a, has_a ? &a : &b, err);
        status = compare_rows(comparing, &a, &b, err);
        if (status != DK_OK)
            return status;
    }
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
    } while (*file < DK_SENSORS && !dk_drop_brings(leader->drop, *file));
    if (*file == DK_SENSORS)
        *file = -1;
    return DK_OK;
}

/* A file that only one of the drops has. */
static bool find_lone_file(struct comparing *comparing)
{
    for (int i = 0; i < DK_SENSORS; i++) {
        bool left = dk_drop_brings(comparing->left.drop, i);
        const struct cell name = {.text = dk_sensors[i].name, .size = strlen(dk_sensors[i].name)};
        const struct cell none = {0};
        if (left == dk_drop_brings(comparing->right.drop, i))
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
    enum dk_status status = DK_OK;
    int file = -1;
    if (find_lone_file(comparing))
        return DK_OK;
    if (leader->drop->is_archive)
        status = rewind_stream(leader, err);
    while (status == DK_OK && !comparing->difference->found) {
        status = next_file(leader, &file, err);
        if (status != DK_OK || file < 0)
            return status;
        comparing->file = file;
        status = side_open(&comparing->left, file, leader == &comparing->left, err);
        if (status == DK_OK)
            status = side_open(&comparing->right, file, leader == &comparing->right, err);
        if (status == DK_OK)
            status = compare_file(comparing, err);
    }
    return status;
}

/* Whether the pairs are all bursts of both, each with its own: then rows are compared whole. */
static bool is_whole(const struct dk_cells_side *left, const struct dk_cells_side *right,
                     const struct dk_cells_pair *pairs, size_t pair_count)
{
    for (size_t i = 0; i < pair_count; i++)
        if (pairs[i].left != i || pairs[i].right != i)
            return false;
    return left->bursts == right->bursts && left->bursts == pair_count;
}

enum dk_status dk_cells_compare(const struct dk_cells_side *left, const struct dk_cells_side *right,
                                const struct dk_cells_pair *pairs, size_t pair_count,
                                struct dk_cells_difference *difference, struct dk_error *err)
{
    static const struct dk_cells_pair all = {0};
    bool whole = is_whole(left, right, pairs, pair_count);
    struct comparing comparing = {
        .left = {.drop = left->drop, .bursts = whole ? 1 : left->bursts, .source = {.fd = -1}},
        .right = {.drop = right->drop, .bursts = whole ? 1 : right->bursts, .source = {.fd = -1}},
        .pairs = whole ? &all : pairs,
        .pair_count = whole ? 1 : pair_count,
        .difference = difference,
    };
    *difference = (struct dk_cells_difference){0};
    enum dk_status status = compare_all(&comparing, err);
    side_close(&comparing.left);
    side_close(&comparing.right);
    return status;
}
