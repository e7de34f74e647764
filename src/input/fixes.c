#include "input/fixes.h"

#include <string.h>

#include "base/text.h"
#include "rig/catalogue.h"

#define PROBLEM_MAX 256

enum column {
    RUN,
    RIG,
    COHORT,
    SENSOR,
    FILE_NAME,
    LINE,
    COLUMN,
    VALUE,
    READING,
    IGNORED,
    COLUMNS = IGNORED
};

static const struct {
    const char *name;
    enum column column;
} names[] = {
    {"run", RUN},
    {"rig", RIG},
    {"cohort", COHORT},
    {"sensor", SENSOR},
    {"file", FILE_NAME},
    {"line", LINE},
    {"column", COLUMN},
    {"value", VALUE},
    {"reading", READING},
    /* For people. */
    {"date_time", IGNORED},
    {"byte_offset", IGNORED},
    {"text", IGNORED},
    {"reason", IGNORED},
    {"corrected_by", IGNORED},
    {"corrected_at", IGNORED},
};

static void refuse(const struct dk_fixes *fixes, const char *fmt, ...) DK_PRINTF(2, 3);

static void refuse(const struct dk_fixes *fixes, const char *fmt, ...)
{
    char text[PROBLEM_MAX];
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(text, sizeof(text), fmt, args);
    va_end(args);
    fixes->problem(fixes->context, fixes->row, text);
}

/* --- cells of a row ------------------------------------------------------------------------- */

/* Takes quotes away, as spreadsheets write them. */
static char *unquote(char *cell)
{
    size_t size = strlen(cell);
    if (size < 2 || cell[0] != '"' || cell[size - 1] != '"')
        return cell;
    char *to = cell;
    for (const char *at = cell + 1; at < cell + size - 1; at++) {
        *to++ = *at;
        at += at[0] == '"' && at[1] == '"' && at + 1 < cell + size - 1;
    }
    *to = '\0';
    return cell;
}

/* The next cell at *at, trimmed, which moves behind it; NULL after the last. */
static char *next_cell(char **at)
{
    char *cell = *at;
    if (!cell)
        return NULL;
    char *tab = strchr(cell, '\t');
    *at = tab ? tab + 1 : NULL;
    if (tab)
        *tab = '\0';
    return unquote(dk_text_trim(cell));
}

/* --- the header ----------------------------------------------------------------------------- */

static int find_name(const char *name)
{
    for (size_t i = 0; i < DK_COUNT_OF(names); i++)
        if (strcmp(name, names[i].name) == 0)
            return (int)names[i].column;
    return -1;
}

static bool has_column(const struct dk_fixes *fixes, enum column column)
{
    for (size_t i = 0; i < fixes->column_count; i++)
        if (fixes->columns[i] == (int)column)
            return true;
    return false;
}

static void check_header(struct dk_fixes *fixes)
{
    bool by_rig = has_column(fixes, RIG) && has_column(fixes, COHORT) && has_column(fixes, SENSOR);
    const char *missing = NULL;
    if (!has_column(fixes, VALUE))
        missing = "value";
    else if (!has_column(fixes, LINE))
        missing = "line";
    else if (!has_column(fixes, COLUMN))
        missing = "column";
    else if (!by_rig && !has_column(fixes, FILE_NAME))
        missing = "file";
    if (missing)
        refuse(fixes, "the header has no column '%s'", missing);
    fixes->stopped = missing != NULL;
}

static void read_header(struct dk_fixes *fixes, char *text)
{
    for (char *cell; (cell = next_cell(&text));) {
        int column = find_name(cell);
        bool twice = column >= 0 && column < COLUMNS && has_column(fixes, (enum column)column);
        if (column < 0 || twice || fixes->column_count == DK_FIX_COLUMNS_MAX) {
            refuse(fixes,
                   twice ? "the header has column '%.40s' twice"
                         : "the header has a column '%.40s', which derrick does not know",
                   cell);
            fixes->stopped = true;
            return;
        }
        fixes->columns[fixes->column_count++] = column;
    }
    check_header(fixes);
}

/* --- a row ---------------------------------------------------------------------------------- */

static bool read_number(const struct dk_fixes *fixes, const char *name, const char *text,
                        uint64_t max, uint64_t *out)
{
    if (dk_text_number(text, out) && *out >= 1 && *out <= max)
        return true;
    refuse(fixes, "%s '%.40s' is not a number from 1 on", name, text);
    return false;
}

static bool read_rig(const struct dk_fixes *fixes, char *const cells[COLUMNS], struct dk_fix *fix)
{
    uint64_t cohort = 0;
    fix->by_rig = true;
    fix->file = dk_sensor_find(cells[SENSOR], strlen(cells[SENSOR]));
    if (fix->file < 0) {
        refuse(fixes, "'%.40s' is not a sensor", cells[SENSOR]);
        return false;
    }
    if (dk_well_parse(cells[RIG], &fix->well, NULL) != DK_OK) {
        refuse(fixes, "'%.40s' is not a rig", cells[RIG]);
        return false;
    }
    if (!read_number(fixes, "cohort", cells[COHORT], DK_COHORT_MAX, &cohort))
        return false;
    fix->cohort = (int)cohort;
    return true;
}

static bool read_file(const struct dk_fixes *fixes, const char *name, struct dk_fix *fix)
{
    if (name[0] == '\0' || strlen(name) >= sizeof(fix->file_name)) {
        refuse(fixes, "the row does not name the cell's rig, cohort and sensor, or its file");
        return false;
    }
    memcpy(fix->file_name, name, strlen(name) + 1);
    return true;
}

static bool read_value(const struct dk_fixes *fixes, const char *text, struct dk_fix *fix)
{
    enum dk_decimal_reason reason = dk_decimal_parse(text, strlen(text), &fix->value);
    if (reason != DK_DECIMAL_GOOD)
        refuse(fixes, "value '%.40s' %s", text, dk_decimal_reason_text(reason));
    return reason == DK_DECIMAL_GOOD;
}

static bool read_fix(const struct dk_fixes *fixes, char *const cells[COLUMNS], struct dk_fix *fix)
{
    uint64_t run = 0;
    uint64_t reading = 0;
    if (!read_value(fixes, cells[VALUE], fix))
        return false;
    if (cells[COLUMN][0] == '\0') {
        refuse(fixes,
               "the row has no column: 'derrick quarantine list' names the cells of bad rows");
        return false;
    }
    if (!read_number(fixes, "line", cells[LINE], UINT32_MAX, &fix->line) ||
        !read_number(fixes, "column", cells[COLUMN], UINT32_MAX, &fix->column))
        return false;
    if (cells[RUN][0] && !read_number(fixes, "run", cells[RUN], INT32_MAX, &run))
        return false;
    if (cells[READING][0] && !read_number(fixes, "reading", cells[READING], UINT32_MAX, &reading))
        return false;
    fix->run_id = (int64_t)run;
    fix->reading = (size_t)reading;
    return cells[RIG][0] || cells[COHORT][0] || cells[SENSOR][0]
               ? read_rig(fixes, cells, fix)
               : read_file(fixes, cells[FILE_NAME], fix);
}

static void read_cells(struct dk_fixes *fixes, char *text)
{
    static char none[1];
    char *cells[COLUMNS];
    size_t count = 0;
    struct dk_fix fix = {.row = fixes->row, .file = -1};
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = none;
    for (char *cell; (cell = next_cell(&text)); count++) {
        if (count >= fixes->column_count && cell[0] != '\0') {
            refuse(fixes, "the row has more cells than the header");
            return;
        }
        if (count < fixes->column_count && fixes->columns[count] < COLUMNS)
            cells[fixes->columns[count]] = cell;
    }
    if (cells[VALUE][0] != '\0' && read_fix(fixes, cells, &fix))
        fixes->fix(fixes->context, &fix);
}

/* --- rows ----------------------------------------------------------------------------------- */

static void read_row(struct dk_fixes *fixes)
{
    char *text = fixes->text;
    fixes->row++;
    text[fixes->size] = '\0';
    if (fixes->row == 1 && strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    if (fixes->too_long || strlen(text) + (size_t)(text - fixes->text) != fixes->size) {
        refuse(fixes,
               fixes->too_long ? "the row is longer than 4,095 bytes" : "the row has a NUL byte");
        fixes->stopped = fixes->stopped || fixes->row == 1;
    } else if (fixes->row == 1) {
        read_header(fixes, text);
    } else if (!fixes->stopped && text[strspn(text, " \t\r")] != '\0') {
        read_cells(fixes, text);
    }
    fixes->size = 0;
    fixes->too_long = false;
}

void dk_fixes_feed(struct dk_fixes *fixes, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '\n')
            read_row(fixes);
        else if (fixes->size + 1 < sizeof(fixes->text))
            fixes->text[fixes->size++] = data[i];
        else
            fixes->too_long = true;
    }
}

void dk_fixes_end(struct dk_fixes *fixes)
{
    if (fixes->size > 0 || fixes->too_long)
        read_row(fixes);
    if (fixes->row == 0) {
        fixes->row = 1;
        refuse(fixes, "the list is empty: it needs a header");
        fixes->stopped = true;
    }
}
