/*
 * Fields and lines of a CSV, after RFC 4180 (section 2, rules 5 to 7): a field with a comma, a
 * quote or a line break in it is quoted, and its quotes are doubled; any other field is written
 * unchanged, with its blanks. Unlike RFC 4180, lines end with LF. UTF-8.
 */
#ifndef DK_EXPORT_CSV_H
#define DK_EXPORT_CSV_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/status.h"

/* Appends one field, in quotes if it needs them, without a comma. */
enum dk_status dk_csv_field(struct dk_buffer *text, const char *field, struct dk_error *err)
    DK_CHECK;

/* Appends fields[0..count) with commas between them and LF at the end. */
enum dk_status dk_csv_line(struct dk_buffer *text, const char *const *fields, size_t count,
                           struct dk_error *err) DK_CHECK;

#endif
