/*
 * Fields and lines of a CSV as RFC 4180 has them (section 2, rules 5 to 7): a field that holds a
 * comma, a quote or a line break stands in quotes, quotes inside are doubled; every other field
 * stands bare, its blanks and all. Files are UTF-8, lines end in LF.
 */
#ifndef DK_EXPORT_CSV_H
#define DK_EXPORT_CSV_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/status.h"

/* Appends one field, quoted where it needs it, without a comma. */
enum dk_status dk_csv_field(struct dk_buffer *text, const char *field, struct dk_error *err)
    DK_CHECK;

/* Appends fields[0..count) with commas between them and LF at the end. */
enum dk_status dk_csv_line(struct dk_buffer *text, const char *const *fields, size_t count,
                           struct dk_error *err) DK_CHECK;

#endif
