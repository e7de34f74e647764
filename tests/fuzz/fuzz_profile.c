/*
 * Any bytes as profile.txt: each line is a row of five codes, or a problem with a position and a
 * text, and every accepted code is in the catalogue.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "input/profile_file.h"
#include "input/sniff.h"

static void add_row(struct dk_profile_file *file, struct dk_row_reader *reader,
                    const uint8_t *bytes, size_t size, uint64_t line)
{
    struct dk_problem problem = {.file = DK_DROP_PROFILE};
    char *text = malloc(size + 1);
    expect(text != NULL);
    if (size > 0)
        memcpy(text, bytes, size);
    text[size] = '\n';
    struct dk_row row = {.text = text, .size = size, .line = line};
    (void)dk_sniff_rows(&row, 1, DK_MARK_POINT, &problem);
    expect(dk_profile_file_add(file, reader, &row, NULL) == DK_OK);
    free(text);
}

static void check(const struct dk_profile *profile, const struct dk_row_reader *reader)
{
    static const struct dk_drop drop;
    for (size_t row = 0; row < profile->rows; row++)
        for (int i = 0; i < DK_CONDITIONS; i++)
            expect(profile->codes[row][i] < dk_conditions[i].code_count);
    for (size_t i = 0; i < reader->problems.first_count; i++) {
        const struct dk_problem *problem = &reader->problems.first[i];
        struct dk_problem_words words;
        dk_problem_format(problem, &drop, &words);
        expect(words.text[0] != '\0' && words.hint[0] != '\0');
        expect(problem->line >= 1 && problem->line <= profile->rows);
    }
    expect(reader->problems.fatal == (reader->problems.total > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dk_profile_file file = {.rows_max = SIZE_MAX};
    struct dk_profile profile = {0};
    static struct dk_row_reader reader;
    uint64_t line = 1;
    dk_row_reader_init(&reader, NULL, NULL);
    for (size_t at = 0; at <= size; line++) {
        const uint8_t *end = at < size ? memchr(data + at, '\n', size - at) : NULL;
        size_t row = end ? (size_t)(end - data) - at : size - at;
        add_row(&file, &reader, data + at, row, line);
        at += row + 1;
    }
    expect(dk_profile_file_take(&file, &profile, NULL) == DK_OK);
    check(&profile, &reader);
    dk_profile_reset(&profile);
    return 0;
}
