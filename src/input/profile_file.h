/*
 * The profile's file: five condition codes a row. Read in order, row by row; nothing wrong in it
 * can be put in quarantine.
 */
#ifndef DK_INPUT_PROFILE_FILE_H
#define DK_INPUT_PROFILE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "input/problems.h"
#include "input/row.h"
#include "rig/readings.h"

/* The codes read so far. Zeroed to begin with, but for rows_max. */
struct dk_profile_file {
    uint8_t (*codes)[DK_CONDITIONS]; /* owned; indices into the catalogue's codes */
    size_t rows, capacity;
    size_t rows_max; /* no cohort is longer: rows past it are read, but not kept */
};

void dk_profile_file_reset(struct dk_profile_file *profile);

/* Reads the next row. Its problems go to the reader; it counts as a row in any case. */
enum dk_status dk_profile_file_add(struct dk_profile_file *profile, struct dk_row_reader *reader,
                                   const struct dk_row *row, struct dk_error *err) DK_CHECK;

/* Moves the rows into *profile and seals it. */
enum dk_status dk_profile_file_take(struct dk_profile_file *file, struct dk_profile *profile,
                                    struct dk_error *err) DK_CHECK;

#endif
