#include "profile_file.h"

#include <stdlib.h>
#include <string.h>

#include "rig/catalogue.h"

#define ROWS_FIRST 4096

void dk_profile_file_reset(struct dk_profile_file *profile)
{
    free(profile->codes);
    *profile = (struct dk_profile_file){0};
}

static enum dk_status reserve(struct dk_profile_file *profile, struct dk_error *err)
{
    if (profile->rows < profile->capacity)
        return DK_OK;
    size_t capacity = profile->capacity ? profile->capacity * 2 : ROWS_FIRST;
    void *codes = realloc(profile->codes, capacity * sizeof(*profile->codes));
    if (!codes)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a profile of %zu rows", capacity);
    profile->codes = codes;
    profile->capacity = capacity;
    return DK_OK;
}

/* The index of the code in cell[0..size); a problem and 0 where it is not a code. */
static uint8_t read_code(struct dk_row_reader *reader, const struct dk_row *row, int condition,
                         const char *cell, size_t size)
{
    dk_decimal value = 0;
    enum dk_decimal_reason reason = dk_decimal_parse_marked(cell, size, reader->mark, &value);
    int index = -1;
    if (reason == DK_DECIMAL_GOOD && dk_decimal_scale(value) == 0)
        index = dk_condition_code_find(condition, (long)dk_decimal_mantissa(value));
    if (index >= 0) {
        if (cell[0] == ' ' || cell[size - 1] == ' ')
            reader->oddities[DK_DROP_PROFILE] |= DK_ODDITY_BLANKS;
        return (uint8_t)index;
    }
    struct dk_problem problem = {
        .file = DK_DROP_PROFILE,
        .kind = reason == DK_DECIMAL_GOOD ? DK_PROBLEM_CODE : DK_PROBLEM_CELL,
        .reason = (uint8_t)reason,
        .line = (uint32_t)row->line,
        .column = (uint32_t)condition + 1,
        .offset = row->offset + (uint64_t)(cell - row->text),
    };
    dk_problems_add(&reader->problems, &problem, cell, size);
    return 0;
}

/* The codes of a row, 0 where it gives none. */
static void read_row(struct dk_row_reader *reader, struct dk_row row, uint8_t codes[DK_CONDITIONS])
{
    bool stripped = false;
    if (dk_row_strip(&row))
        reader->oddities[DK_DROP_PROFILE] |= DK_ODDITY_CRLF;
    uint64_t columns = dk_row_count(&row, DK_CONDITIONS, &stripped);
    if (columns != DK_CONDITIONS) {
        dk_row_refuse(reader, DK_DROP_PROFILE, &row, columns, DK_CONDITIONS);
        return;
    }
    if (stripped)
        reader->oddities[DK_DROP_PROFILE] |= DK_ODDITY_TRAILING_TAB;
    size_t at = 0;
    for (int condition = 0; condition < DK_CONDITIONS; condition++) {
        size_t size = dk_row_cell_size(&row, at);
        codes[condition] = read_code(reader, &row, condition, row.text + at, size);
        at += size + 1;
    }
    reader->cells += DK_CONDITIONS;
}

enum dk_status dk_profile_file_add(struct dk_profile_file *profile, struct dk_row_reader *reader,
                                   const struct dk_row *row, struct dk_error *err)
{
    uint8_t codes[DK_CONDITIONS] = {0};
    read_row(reader, *row, codes);
    if (profile->rows == profile->rows_max)
        return DK_OK;
    DK_RETURN_IF_ERROR(reserve(profile, err));
    memcpy(profile->codes[profile->rows++], codes, sizeof(codes));
    return DK_OK;
}

enum dk_status dk_profile_file_take(struct dk_profile_file *file, struct dk_profile *profile,
                                    struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_profile_init(profile, file->rows, err));
    if (file->rows > 0)
        memcpy(profile->codes, file->codes, file->rows * sizeof(*file->codes));
    dk_profile_file_reset(file);
    enum dk_status status = dk_profile_seal(profile, err);
    if (status != DK_OK)
        dk_profile_reset(profile);
    return status;
}
