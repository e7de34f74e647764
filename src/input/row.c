#include "row.h"

#include <stdlib.h>
#include <string.h>

#include "burst.h"
#include "cell.h"

void dk_row_reader_init(struct dk_row_reader *reader, dk_scan_fn scan, struct dk_problem_pool *pool)
{
    *reader = (struct dk_row_reader){.scan = scan, .problems = {.pool = pool}};
}

void dk_row_reader_reset(struct dk_row_reader *reader)
{
    free(reader->starts);
    free(reader->samples);
    reader->starts = NULL;
    reader->samples = NULL;
    reader->starts_capacity = 0;
}

enum dk_status dk_row_reader_reserve(struct dk_row_reader *reader,
                                     const struct dk_file_layout *layout, struct dk_error *err)
{
    if (layout->plan.count <= reader->starts_capacity)
        return DK_OK;
    uint32_t *starts = realloc(reader->starts, layout->plan.count * sizeof(*starts));
    if (!starts)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for rows of %u cells",
                            (unsigned)layout->columns);
    reader->starts = starts;
    if (reader->sink) {
        dk_decimal *samples = realloc(reader->samples, layout->columns * sizeof(*samples));
        if (!samples)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for rows of %u cells",
                                (unsigned)layout->columns);
        reader->samples = samples;
    }
    reader->starts_capacity = layout->plan.count;
    return DK_OK;
}

bool dk_row_strip(struct dk_row *row)
{
    bool found = row->size > 0 && row->text[row->size - 1] == '\r';
    row->size -= found;
    return found;
}

bool dk_row_is_blank(const struct dk_row *row)
{
    if (row->size == 1 && row->text[0] == '\t')
        return true;
    for (size_t i = 0; i < row->size; i++)
        if (row->text[i] != ' ')
            return false;
    return true;
}

uint64_t dk_row_count(struct dk_row *row, uint64_t expected, bool *stripped)
{
    uint64_t count = 1;
    size_t at = dk_row_cell_size(row, 0);
    while (at < row->size) {
        count++;
        at++;
        at += dk_row_cell_size(row, at);
    }
    *stripped = row->size > 0 && row->text[row->size - 1] == '\t' && count != expected;
    row->size -= *stripped;
    return count - *stripped;
}

/* The first cell that holds a NUL byte, its place and size; false if none does. */
static bool find_nul(const struct dk_row *row, uint64_t *column, size_t *at, size_t *size)
{
    const char *nul = row->size > 0 ? memchr(row->text, '\0', row->size) : NULL;
    if (!nul)
        return false;
    *column = 1;
    *at = 0;
    *size = dk_row_cell_size(row, 0);
    while (*at + *size < (size_t)(nul - row->text)) {
        *at += *size + 1;
        *size = dk_row_cell_size(row, *at);
        (*column)++;
    }
    return true;
}

void dk_row_refuse(struct dk_row_reader *reader, int file, const struct dk_row *row, uint64_t got,
                   uint64_t expected)
{
    struct dk_problem problem = {
        .file = (uint8_t)file,
        .kind = got < expected ? DK_PROBLEM_ROW_SHORT : DK_PROBLEM_ROW_LONG,
        .line = (uint32_t)row->line,
        .offset = row->offset,
        .got = got,
        .expected = expected,
    };
    uint64_t column = 0;
    size_t at = 0;
    size_t size = row->size;
    bool nul = find_nul(row, &column, &at, &size);
    if (nul) {
        problem.kind = DK_PROBLEM_CELL;
        problem.reason = DK_DECIMAL_NUL;
        problem.column = (uint32_t)column;
        problem.offset += at;
    }
    /* The text of a row of one cell explains it: words, or cells between commas. */
    dk_problems_add(&reader->problems, &problem, nul || got == 1 ? row->text + at : NULL, size);
}

/* Gives the sink the bursts of a row. */
static void deliver(const struct dk_row_reader *reader, const struct dk_file_layout *layout,
                    struct dk_row_target target)
{
    for (uint32_t i = 0; reader->sink && i < layout->series; i++)
        reader->sink->burst(reader->sink->context, target.file, i, target.reading,
                            reader->samples + (size_t)i * layout->burst, layout->burst);
}

void dk_row_mark_missing(struct dk_row_reader *reader, const struct dk_file_layout *layout,
                         struct dk_row_target target)
{
    if (!target.first)
        return;
    for (uint32_t i = 0; reader->sink && i < layout->columns; i++)
        reader->samples[i] = DK_DECIMAL_MISSING;
    deliver(reader, layout, target);
    for (uint32_t i = 0; i < layout->series; i++)
        target.first[i * target.stride] = DK_DECIMAL_MISSING;
    reader->missing += layout->series;
}

/* --- cell by cell --------------------------------------------------------------------------- */

/* Reads one cell; a bad one is a problem and missing. */
static dk_decimal read_cell(struct dk_row_reader *reader, int file, const struct dk_row *row,
                            uint64_t column, const char *cell, size_t size)
{
    dk_decimal value = DK_DECIMAL_MISSING;
    enum dk_decimal_reason reason = dk_decimal_parse_marked(cell, size, reader->mark, &value);
    if (reason == DK_DECIMAL_GOOD) {
        if (cell[0] == ' ' || cell[size - 1] == ' ')
            reader->oddities[file] |= DK_ODDITY_BLANKS;
        return value;
    }
    struct dk_problem problem = {
        .file = (uint8_t)file,
        .kind = DK_PROBLEM_CELL,
        .reason = (uint8_t)reason,
        .line = (uint32_t)row->line,
        .column = (uint32_t)column + 1,
        .offset = row->offset + (uint64_t)(cell - row->text),
    };
    dk_problems_add(&reader->problems, &problem, cell, size);
    return DK_DECIMAL_MISSING;
}

/* Which cell of which series comes next in a row. */
struct place {
    uint32_t series, cell;
    struct dk_burst burst;
};

/* Takes the value of the next cell, and stores what it completes. */
static void place_take(struct place *place, const struct dk_file_layout *layout, dk_decimal value,
                       struct dk_row_reader *reader, struct dk_row_target target)
{
    if (place->series == layout->series)
        return; /* alignment = column: the rest is only validated */
    bool last = place->cell + 1 == layout->burst;
    bool due = layout->whole_burst ? last : place->cell == layout->cell;
    if (layout->whole_burst)
        dk_burst_take(&place->burst, value);
    if (due && target.first) {
        dk_decimal kept =
            layout->whole_burst ? dk_burst_value(&place->burst, layout->sample) : value;
        target.first[place->series * target.stride] = kept;
        reader->missing += kept == DK_DECIMAL_MISSING;
    }
    if (last)
        *place = (struct place){.series = place->series + 1};
    else
        place->cell++;
}

static void read_plainly(struct dk_row_reader *reader, const struct dk_file_layout *layout,
                         int file, const struct dk_row *given, struct dk_row_target target)
{
    struct dk_row row = *given;
    bool stripped = false;
    uint64_t columns = dk_row_count(&row, layout->columns, &stripped);
    if (columns != layout->columns) {
        dk_row_refuse(reader, file, &row, columns, layout->columns);
        dk_row_mark_missing(reader, layout, target);
        return;
    }
    if (stripped)
        reader->oddities[file] |= DK_ODDITY_TRAILING_TAB;
    struct place place = {0};
    size_t at = 0;
    for (uint64_t column = 0; column < columns; column++) {
        size_t size = dk_row_cell_size(&row, at);
        dk_decimal value = read_cell(reader, file, &row, column, row.text + at, size);
        if (reader->sink)
            reader->samples[column] = value;
        place_take(&place, layout, value, reader, target);
        at += size + 1;
    }
    reader->cells += columns;
    if (target.first)
        deliver(reader, layout, target);
}

/* --- by the scanner ------------------------------------------------------------------------- */

static bool read_fast(struct dk_row_reader *reader, const struct dk_file_layout *layout, int file,
                      const struct dk_row *row, struct dk_row_target target)
{
    bool tab = row->size > 0 && row->text[row->size - 1] == '\t';
    if (!reader->scan || !reader->scan(row->text, row->size - tab, &layout->plan, reader->starts))
        return false;
    if (tab)
        reader->oddities[file] |= DK_ODDITY_TRAILING_TAB;
    reader->cells += layout->columns;
    if (!target.first)
        return true;
    if (reader->sink) {
        for (uint32_t i = 0; i < layout->columns; i++)
            reader->samples[i] = dk_cell_read(row->text + reader->starts[i]);
        deliver(reader, layout, target);
    }
    if (layout->whole_burst) {
        for (uint32_t i = 0; i < layout->series; i++)
            target.first[i * target.stride] =
                dk_burst_read(row->text, reader->starts + (size_t)i * layout->burst, layout->burst,
                              layout->sample);
        return true;
    }
    size_t first = layout->every_cell ? layout->cell : 0;
    size_t stride = layout->every_cell ? layout->burst : 1;
    for (uint32_t i = 0; i < layout->series; i++)
        target.first[i * target.stride] =
            dk_cell_read(row->text + reader->starts[first + i * stride]);
    return true;
}

void dk_row_read(struct dk_row_reader *reader, const struct dk_file_layout *layout, int file,
                 const struct dk_row *row, struct dk_row_target target)
{
    struct dk_row stripped = *row;
    if (dk_row_strip(&stripped))
        reader->oddities[file] |= DK_ODDITY_CRLF;
    if (!read_fast(reader, layout, file, &stripped, target))
        read_plainly(reader, layout, file, &stripped, target);
}
