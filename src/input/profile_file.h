/*
 * The profile's file: five condition codes per row, read in order. Nothing that is wrong in it can
 * go into quarantine. Private to src/input/.
 */
#ifndef DK_INPUT_PROFILE_FILE_H
#define DK_INPUT_PROFILE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "rig/readings.h"
#include "row.h"

/* The codes read so far. Zeroed to begin with, except for rows_max. */
struct dk_profile_file {
    uint8_t (*codes)[DK_CONDITIONS]; /* owned; indices into the catalogue's codes */
    size_t rows, capacity;
    size_t rows_max; /* the longest that a cohort can be: rows past it are checked, but not kept */
};

/* Frees the rows. Legal on a zeroed struct. */
void dk_profile_file_reset(struct dk_profile_file *profile);

/* Reads the next row. Its problems go to the reader; it counts as a row even so. */
enum dk_status dk_profile_file_add(struct dk_profile_file *profile, struct dk_row_reader *reader,
                                   const struct dk_row *row, struct dk_error *err) DK_CHECK;

/* Moves the rows into *profile, and seals it. After DK_OK the caller resets *profile. */
enum dk_status dk_profile_file_take(struct dk_profile_file *file, struct dk_profile *profile,
                                    struct dk_error *err) DK_CHECK;

#endif
