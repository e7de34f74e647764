#include "drop_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"

void drop_folder_make(struct drop_folder *folder)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder->path, sizeof(folder->path), "%s/derrick-drop-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(folder->path));
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)walk;
    return type == FTW_DP ? rmdir(path) : unlink(path);
}

void drop_folder_remove(struct drop_folder *folder)
{
    assert_non_null(strstr(folder->path, "/derrick-drop-"));
    assert_int_equal(nftw(folder->path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *drop_folder_path(const struct drop_folder *folder, const char *name, char text[512])
{
    snprintf(text, 512, "%s/%s", folder->path, name);
    return text;
}

void drop_folder_put_bytes(const struct drop_folder *folder, const char *name, const void *data,
                           size_t size)
{
    char path[512];
    drop_folder_path(folder, name, path);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(dk_folder_make(path, NULL), DK_OK);
    *slash = '/';
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void drop_folder_put(const struct drop_folder *folder, const char *name, const char *text)
{
    drop_folder_put_bytes(folder, name, text, strlen(text));
}

void drop_folder_delete(const struct drop_folder *folder, const char *name)
{
    char path[512];
    assert_int_equal(unlink(drop_folder_path(folder, name, path)), 0);
}

/* Every value has its own digits, 0 to 3 decimals, some are negative. */
static int value_text(char text[32], size_t sensor, size_t row, size_t column)
{
    unsigned whole = (unsigned)(sensor * 10 + row % 10);
    unsigned thousandths = (unsigned)((row * 7 + column * 13 + sensor) % 1000);
    const char *sign = (row + column) % 11 == 0 ? "-" : "";
    switch (column % 4) {
    case 0:
        return snprintf(text, 32, "%s%u", sign, whole);
    case 1:
        return snprintf(text, 32, "%s%u.%u", sign, whole, thousandths % 10);
    case 2:
        return snprintf(text, 32, "%s%u.%02u", sign, whole, thousandths % 100);
    default:
        return snprintf(text, 32, "%s%u.%03u", sign, whole, thousandths);
    }
}

dk_decimal drop_folder_value(size_t sensor, size_t row, size_t column)
{
    char text[32];
    dk_decimal value = DK_DECIMAL_MISSING;
    int size = value_text(text, sensor, row, column);
    assert_int_equal(dk_decimal_parse(text, (size_t)size, &value), DK_DECIMAL_GOOD);
    return value;
}

const char *drop_folder_profile_row(size_t row)
{
    static const char *const rows[] = {"3\t100\t0\t130\t1", "20\t73\t1\t115\t0",
                                       "100\t90\t2\t90\t0", "3\t80\t0\t100\t1"};
    return rows[row % 4];
}

static void put_sensor(const struct drop_folder *folder, const char *name, size_t sensor,
                       size_t rows, size_t columns)
{
    struct dk_buffer text;
    dk_buffer_init(&text, 256u << 20);
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) {
            char cell[32];
            size_t size = (size_t)value_text(cell, sensor, row, column);
            cell[size++] = column + 1 < columns ? '\t' : '\n';
            assert_int_equal(dk_buffer_append(&text, cell, size, NULL), DK_OK);
        }
    drop_folder_put_bytes(folder, name, text.data, text.size);
    dk_buffer_reset(&text);
}

void drop_folder_fill(const struct drop_folder *folder, const char *below, size_t rows,
                      size_t cohorts)
{
    char name[64];
    for (size_t i = 0; i < DK_SENSORS; i++) {
        snprintf(name, sizeof(name), "%s%s.txt", below, dk_sensors[i].name);
        put_sensor(folder, name, i, rows, cohorts * (size_t)dk_sensors[i].rate_hz);
    }
    struct dk_buffer text;
    dk_buffer_init(&text, 16u << 20);
    for (size_t row = 0; row < rows; row++)
        assert_int_equal(dk_buffer_printf(&text, NULL, "%s\n", drop_folder_profile_row(row)),
                         DK_OK);
    snprintf(name, sizeof(name), "%sprofile.txt", below);
    drop_folder_put_bytes(folder, name, text.data, text.size);
    dk_buffer_reset(&text);
}

static void keep_notice(void *context, enum dk_level level, const char *text)
{
    struct drop_result *result = context;
    size_t used = strlen(result->notices);
    if (level >= DK_LEVEL_NOTICE)
        snprintf(result->notices + used, sizeof(result->notices) - used, "%s\n", text);
}

void drop_result_read(struct drop_result *result, const char *path,
                      const struct dk_input_settings *settings, bool with_hashes)
{
    struct dk_observer observer = {.context = result, .notice = keep_notice};
    *result = (struct drop_result){0};
    result->status = dk_drop_open(&result->drop, path, NULL, &observer, &result->error);
    if (result->status == DK_OK)
        result->status = dk_drop_read(&(struct dk_drop_request){.drop = &result->drop,
                                                                .settings = settings,
                                                                .with_hashes = with_hashes,
                                                                .observer = &observer},
                                      &result->readings, &result->report, &result->error);
}

void drop_result_reset(struct drop_result *result)
{
    dk_readings_reset(&result->readings);
    dk_report_reset(&result->report);
    dk_drop_reset(&result->drop);
}

const char *drop_result_problem(const struct drop_result *result, size_t index, char text[512])
{
    struct dk_problem_words words;
    assert_true(index < result->report.problems_count);
    const struct dk_problem *problem = &result->report.problems[index];
    dk_problem_format(problem, &result->drop, &words);
    size_t folder = strlen(result->drop.path);
    const char *from =
        strncmp(words.text, result->drop.path, folder) == 0 ? words.text + folder + 1 : words.text;
    if (problem->line > 0)
        snprintf(text, 512, "%.400s (byte %" PRIu64 ")", from, problem->offset);
    else
        snprintf(text, 512, "%.400s", from);
    return text;
}
