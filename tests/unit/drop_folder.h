/*
 * For tests of drops: a temporary folder with small files in it, and a whole small drop.
 */
#ifndef DK_TESTS_DROP_FOLDER_H
#define DK_TESTS_DROP_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "input/input.h"

struct drop_folder {
    char path[256];
};

/* Makes a new folder under $TMPDIR or /tmp. */
void drop_folder_make(struct drop_folder *folder);
/* Removes it and all that is in it; links are removed, not followed. */
void drop_folder_remove(struct drop_folder *folder);

/* "<folder>/<name>" in a buffer of the caller's. Returns it. */
const char *drop_folder_path(const struct drop_folder *folder, const char *name, char text[512]);

/* Writes a file; folders in `name` are made. */
void drop_folder_put_bytes(const struct drop_folder *folder, const char *name, const void *data,
                           size_t size);
void drop_folder_put(const struct drop_folder *folder, const char *name, const char *text);
void drop_folder_delete(const struct drop_folder *folder, const char *name);

/* Writes all 17 sensors and the profile, `rows` rows of `cohorts` bursts of one second, below
 * `below` ("" or "logs/"). The value of sensor s, row r, column c (from 0) is
 * drop_folder_value(s, r, c). */
void drop_folder_fill(const struct drop_folder *folder, const char *below, size_t rows,
                      size_t cohorts);
dk_decimal drop_folder_value(size_t sensor, size_t row, size_t column);

/* One row's profile, as in the file, without its newline. */
const char *drop_folder_profile_row(size_t row);

/* A drop that was read, and all that came of it. */
struct drop_result {
    struct dk_drop drop;
    struct dk_readings readings;
    struct dk_report report;
    struct dk_error error;
    enum dk_status status;
    char notices[8192]; /* one per line, of level notice and above */
};

/* Opens and reads the drop at `path`. An error of the opening counts as one of the reading. */
void drop_result_read(struct drop_result *result, const char *path,
                      const struct dk_input_settings *settings, bool with_hashes);
void drop_result_reset(struct drop_result *result);
/* The text of problem `index` of the report, by the name of the file, with its byte offset. */
const char *drop_result_problem(const struct drop_result *result, size_t index, char text[512]);

#endif
