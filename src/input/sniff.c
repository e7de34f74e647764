#include "sniff.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "problems.h"

#define CONTROL_SHARE 8    /* more than one control character in this many bytes: no text */
#define FOREIGN_SHARE 2    /* the same of bytes that are not ASCII or control characters */
#define WIDE_BYTES 16      /* that are checked for a pattern of NUL bytes */
#define COUNTING_COLUMNS 5 /* a first line 0, 1, 2, ... of at least this many cells is a header */

struct magic {
    const char *bytes;
    size_t size;
    const char *what;
};

static const struct magic wide_magics[] = {
    {"\xff\xfe\x00\x00", 4, "UTF-32"},
    {"\x00\x00\xfe\xff", 4, "UTF-32"},
    {"\xff\xfe", 2, "UTF-16"},
    {"\xfe\xff", 2, "UTF-16"},
};

static const struct magic workbook_magics[] = {
    {"PK\x03\x04", 4, "a zip or Excel file"},
    {"\xd0\xcf\x11\xe0", 4, "an Excel file"},
};

static const struct magic binary_magics[] = {
    {"\x1f\x8b", 2, "a gzip file"},
    {"\x28\xb5\x2f\xfd", 4, "a zstd file"},
    {"\xfd"
     "7zXZ",
     5, "an xz file"},
    {"%PDF", 4, "a PDF file"},
    {"SQLite format 3", 16, "an SQLite file"},
};

static const char *const old_csv_lines[] = {
    ",Time,",           "sensor_value,sensor_name,",         "data_id,well_number,",
    "rig_name,cohort,", "cooler_condition,valve_condition,", ",sensor_value,",
};

static void say(struct dk_problem *problem, enum dk_problem_kind kind, const char *text)
{
    problem->kind = (uint8_t)kind;
    snprintf(problem->text, sizeof(problem->text), "%s", text);
}

static bool has_magic(const char *data, size_t size, const struct magic *magics, size_t count,
                      enum dk_problem_kind kind, struct dk_problem *problem)
{
    for (size_t i = 0; i < count; i++) {
        if (size < magics[i].size || memcmp(data, magics[i].bytes, magics[i].size) != 0)
            continue;
        say(problem, kind, magics[i].what);
        return true;
    }
    return false;
}

/* Whether just one byte of each `unit` bytes, the one at `place`, is not NUL. */
static bool is_wide(const char *data, size_t size, size_t unit, size_t place)
{
    size_t looked = size < WIDE_BYTES ? size / unit * unit : WIDE_BYTES;
    for (size_t i = 0; i < looked; i++)
        if ((data[i] != '\0') != (i % unit == place))
            return false;
    return looked >= 2 * unit;
}

static bool is_binary(const char *data, size_t size)
{
    size_t looked = size < DK_SNIFF_BYTES ? size : DK_SNIFF_BYTES;
    size_t control = 0;
    size_t high = 0;
    for (size_t i = dk_sniff_bom(data, looked); i < looked; i++) {
        unsigned char c = (unsigned char)data[i];
        control += (c < ' ' && !strchr("\t\n\v\f\r", c)) || c == '\0' || c == 0x7f;
        high += c > 0x7f;
    }
    return control > looked / CONTROL_SHARE || control + high > looked / FOREIGN_SHARE;
}

bool dk_sniff_bytes(const char *data, size_t size, struct dk_problem *problem)
{
    if (has_magic(data, size, wide_magics, DK_COUNT_OF(wide_magics), DK_PROBLEM_UTF16, problem) ||
        has_magic(data, size, workbook_magics, DK_COUNT_OF(workbook_magics), DK_PROBLEM_WORKBOOK,
                  problem) ||
        has_magic(data, size, binary_magics, DK_COUNT_OF(binary_magics), DK_PROBLEM_BINARY,
                  problem))
        return true;
    if (is_wide(data, size, 2, 0) || is_wide(data, size, 2, 1)) {
        say(problem, DK_PROBLEM_UTF16, "UTF-16");
        return true;
    }
    if (is_wide(data, size, 4, 0) || is_wide(data, size, 4, 3)) {
        say(problem, DK_PROBLEM_UTF16, "UTF-32");
        return true;
    }
    if (!is_binary(data, size))
        return false;
    say(problem, DK_PROBLEM_BINARY, data[0] == '\0' ? "NUL bytes" : "binary data");
    return true;
}

size_t dk_sniff_bom(const char *data, size_t size)
{
    return size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

bool dk_sniff_old_csv(const char *line, size_t size)
{
    for (size_t i = 0; i < DK_COUNT_OF(old_csv_lines); i++) {
        size_t length = strlen(old_csv_lines[i]);
        if (size >= length && memcmp(line, old_csv_lines[i], length) == 0)
            return true;
    }
    return false;
}

/* Whether text[0..size) is numbers with `separator` between them; where that is not the comma, a
 * comma may be their point. */
static bool is_separated_by(const char *text, size_t size, char separator)
{
    size_t parts = 0;
    bool point = false;
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, separator, size - at);
        size_t part = end ? (size_t)(end - text) - at : size - at;
        dk_decimal value;
        enum dk_decimal_reason reason = dk_decimal_parse(text + at, part, &value);
        bool gap = separator == ' ' && part == 0;
        bool number = reason == DK_DECIMAL_GOOD || (reason == DK_DECIMAL_COMMA && separator != ',');
        if (!number && !gap)
            return false;
        point = point || memchr(text + at, '.', part) != NULL;
        parts += !gap;
        at += part + 1;
    }
    /* "1,5" is one number with a decimal comma, not two cells. */
    return parts > 2 || (parts == 2 && (separator != ',' || point));
}

/* A number, even one that is too long or too large, or has the other decimal mark. */
static bool is_number(enum dk_decimal_reason reason)
{
    return reason == DK_DECIMAL_GOOD || reason == DK_DECIMAL_DIGITS ||
           reason == DK_DECIMAL_DECIMALS || reason == DK_DECIMAL_RANGE ||
           reason == DK_DECIMAL_COMMA || reason == DK_DECIMAL_POINT;
}

static bool is_header(const struct dk_row *row, enum dk_decimal_mark mark)
{
    bool letters = false;
    for (size_t at = 0; at <= row->size;) {
        size_t size = dk_row_cell_size(row, at);
        dk_decimal value;
        enum dk_decimal_reason reason = dk_decimal_parse_marked(row->text + at, size, mark, &value);
        if (is_number(reason))
            return false;
        for (size_t i = at; i < at + size && reason != DK_DECIMAL_NAN; i++)
            letters = letters || (row->text[i] >= 'a' && row->text[i] <= 'z') ||
                      (row->text[i] >= 'A' && row->text[i] <= 'Z');
        at += size + 1;
    }
    return letters;
}

/* 0, 1, 2, ... or 1, 2, 3, ...: the column numbers that a spreadsheet or a script writes. */
static bool is_counting(const struct dk_row *row)
{
    uint64_t columns = 0;
    int64_t first = 0;
    for (size_t at = 0; at <= row->size;) {
        size_t size = dk_row_cell_size(row, at);
        dk_decimal value;
        if (dk_decimal_parse(row->text + at, size, &value) != DK_DECIMAL_GOOD ||
            dk_decimal_scale(value) != 0)
            return false;
        if (columns == 0)
            first = dk_decimal_mantissa(value);
        if (dk_decimal_mantissa(value) != first + (int64_t)columns)
            return false;
        columns++;
        at += size + 1;
    }
    return columns >= COUNTING_COLUMNS && (first == 0 || first == 1);
}

/* The next cell of a row; `*at` moves behind it. */
static const char *next_cell(const struct dk_row *row, char separator, size_t *at, size_t *size)
{
    const char *cell = row->text + *at;
    const char *end = *at < row->size ? memchr(cell, separator, row->size - *at) : NULL;
    *size = end ? (size_t)(end - cell) : row->size - *at;
    *at += *size + 1;
    return cell;
}

static bool is_integer(const char *cell, size_t size, uint64_t number)
{
    char text[24];
    dk_text_format(text, sizeof(text), "%" PRIu64, number);
    return strlen(text) == size && memcmp(cell, text, size) == 0;
}

/* Whether the rows are a table as pandas' to_csv writes it by default: a header, whose first cell
 * is empty and whose others are 0, 1, 2, ... or names, and an index in the first column. In a row
 * of numbers the first cell may be missing, so that the index must prove it. */
static bool is_pandas(const struct dk_row *rows, size_t count, char separator,
                      enum dk_decimal_mark mark)
{
    size_t at = 0;
    size_t size = 0;
    size_t columns = 0;
    bool counting = true;
    const struct dk_row header = {.text = rows[0].text + 1, .size = rows[0].size - 1};
    if (rows[0].size < 2 || rows[0].text[0] != separator)
        return false;
    while (at <= header.size) {
        const char *cell = next_cell(&header, separator, &at, &size);
        counting = counting && is_integer(cell, size, columns++);
    }
    for (size_t i = 1; i < count; i++) {
        at = 0;
        const char *cell = next_cell(&rows[i], separator, &at, &size);
        if (!is_integer(cell, size, i - 1))
            return false;
    }
    bool names = separator == ',' || is_header(&header, mark);
    return (counting && (count > 2 || columns >= COUNTING_COLUMNS)) || (names && count > 1);
}

bool dk_sniff_rows(const struct dk_row *rows, size_t count, enum dk_decimal_mark mark,
                   struct dk_problem *problem)
{
    static const char separators[] = ";,| ";
    const struct dk_row *row = &rows[0];
    if (dk_sniff_old_csv(row->text, row->size)) {
        say(problem, DK_PROBLEM_OLD_CSV, "");
        return true;
    }
    const char *cr = memchr(row->text, '\r', row->size);
    if (cr) {
        say(problem, DK_PROBLEM_SEPARATOR, cr == row->text + row->size - 1 ? "\\r\\r\\n" : "\\r");
        return true;
    }
    bool tab = memchr(row->text, '\t', row->size) != NULL;
    bool commas = !tab && mark != DK_MARK_COMMA;
    if (((tab || commas) && is_pandas(rows, count, tab ? '\t' : ',', mark))) {
        say(problem, DK_PROBLEM_PANDAS, "");
        return true;
    }
    for (size_t i = 0; !tab && separators[i] != '\0'; i++) {
        if ((separators[i] == ',' && !commas) ||
            !is_separated_by(row->text, row->size, separators[i]))
            continue;
        say(problem, DK_PROBLEM_SEPARATOR, (const char[]){separators[i], '\0'});
        return true;
    }
    if (!is_header(row, mark) && !is_counting(row))
        return false;
    dk_problem_text(problem->text, row->text, dk_row_cell_size(row, 0));
    problem->kind = DK_PROBLEM_HEADER;
    return true;
}
