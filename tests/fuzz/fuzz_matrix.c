/*
 * Any bytes as rows of a sensor's file. The first byte selects a layout, the second the way to read
 * it; the rest is the file. Every scanner that this processor supports reads each row, and so does
 * the reader of single cells: values, counts and problems must be the same, and every problem must
 * have a text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "input/file_layout.h"
#include "input/row.h"
#include "input/sniff.h"

#define SERIES_MAX 4
#define FILE_FS1 7
#define FILE_TS1 9

struct outcome {
    struct dk_row_reader reader;
    dk_decimal values[SERIES_MAX];
};

static void read_row(struct outcome *outcome, dk_scan_fn scan, const struct dk_file_layout *layout,
                     int file, const struct dk_row *row)
{
    struct dk_row_target target = {.first = outcome->values, .stride = 1};
    memset(outcome, 0, sizeof(*outcome));
    dk_row_reader_init(&outcome->reader, scan, NULL);
    expect(dk_row_reader_reserve(&outcome->reader, layout, NULL) == DK_OK);
    dk_row_read(&outcome->reader, layout, file, row, target);
    dk_row_reader_reset(&outcome->reader);
}

static void format_problems(const struct outcome *outcome)
{
    static const struct dk_drop drop;
    for (size_t i = 0; i < outcome->reader.problems.first_count; i++) {
        struct dk_problem_words words;
        dk_problem_format(&outcome->reader.problems.first[i], &drop, &words);
        expect(words.text[0] != '\0' && words.hint[0] != '\0');
    }
}

static void compare(const struct outcome *a, const struct outcome *b)
{
    const struct dk_problems *left = &a->reader.problems;
    const struct dk_problems *right = &b->reader.problems;
    expect(memcmp(a->values, b->values, sizeof(a->values)) == 0);
    expect(a->reader.cells == b->reader.cells && a->reader.missing == b->reader.missing);
    expect(memcmp(a->reader.oddities, b->reader.oddities, sizeof(a->reader.oddities)) == 0);
    expect(left->total == right->total && left->first_count == right->first_count);
    for (size_t i = 0; i < left->first_count; i++)
        expect(left->first[i].kind == right->first[i].kind &&
               left->first[i].column == right->first[i].column &&
               left->first[i].reason == right->first[i].reason &&
               left->first[i].offset == right->first[i].offset &&
               strcmp(left->first[i].text, right->first[i].text) == 0);
}

/* One row, in memory of its own. */
static void try_row(const struct dk_file_layout *layout, int file, const uint8_t *bytes,
                    size_t size)
{
    static struct outcome plain;
    static struct outcome fast;
    struct dk_scan_variant variants[DK_SCAN_VARIANTS_MAX];
    struct dk_problem problem = {.file = (uint8_t)file};
    size_t count = dk_scan_variants(variants);
    char *text = malloc(size + DK_SCAN_SLACK);
    expect(text != NULL);
    if (size > 0)
        memcpy(text, bytes, size);
    memset(text + size, '\n', DK_SCAN_SLACK);
    struct dk_row row = {.text = text, .size = size, .line = 1};
    (void)dk_sniff_rows(&row, 1, DK_MARK_POINT, &problem);
    if (!dk_row_is_blank_line(&row)) {
        read_row(&plain, NULL, layout, file, &row);
        format_problems(&plain);
        for (size_t i = 0; i < count; i++) {
            if (!variants[i].supported)
                continue;
            read_row(&fast, variants[i].scan, layout, file, &row);
            compare(&plain, &fast);
        }
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dk_input_settings settings;
    struct dk_file_layout layout;
    struct dk_problem problem = {0};
    if (size < 2)
        return 0;
    int file = data[0] & 1 ? FILE_FS1 : FILE_TS1;
    dk_input_settings_init(&settings);
    settings.cohorts = 1 + (data[0] >> 1) % SERIES_MAX;
    settings.sample = (enum dk_sample)(data[1] % 5);
    settings.alignment = data[1] & 0x80 ? DK_ALIGNMENT_COLUMN : DK_ALIGNMENT_SECOND;
    uint64_t columns = (uint64_t)settings.cohorts * (uint64_t)dk_sensors[file].rate_hz;
    expect(dk_layout_init(&layout, &settings, file, columns, &problem));
    data += 2;
    size -= 2;
    (void)dk_sniff_bytes((const char *)data, size, &problem);
    (void)dk_sniff_old_csv((const char *)data, size);
    for (size_t at = 0; at <= size;) {
        const uint8_t *end = at < size ? memchr(data + at, '\n', size - at) : NULL;
        size_t row = end ? (size_t)(end - data) - at : size - at;
        try_row(&layout, file, data + at, row);
        at += row + 1;
    }
    return 0;
}
