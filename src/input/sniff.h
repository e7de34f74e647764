/*
 * Looks at the beginning of a file for what makes all of it unreadable: another encoding, another
 * separator, a header, no text at all. Pure. Private to src/input/.
 */
#ifndef DK_INPUT_SNIFF_H
#define DK_INPUT_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "input/input.h"
#include "row.h"

/* How many bytes of the beginning dk_sniff_bytes and dk_sniff_old_csv need at most. */
#define DK_SNIFF_BYTES 4096

/* Whether the first bytes are UTF-16, UTF-32 or no text at all: sets problem->kind, and says in
 * problem->text what they are. */
bool dk_sniff_bytes(const char *data, size_t size, struct dk_problem *problem);

/* Whether the first line is that of a CSV that the old scripts, or derrick itself, made. */
bool dk_sniff_old_csv(const char *line, size_t size);

/* This many rows are enough for dk_sniff_rows. */
#define DK_SNIFF_ROWS 4

/* Whether the first rows that are not blank, stripped of their '\r', begin with a header or have
 * separators other than tabs: sets problem->kind and text. `count` is at least 1. Where the decimal
 * mark is the comma, commas separate nothing. */
bool dk_sniff_rows(const struct dk_row *rows, size_t count, enum dk_decimal_mark mark,
                   struct dk_problem *problem);

/* Bytes of a UTF-8 byte order mark at the beginning: 3 or 0. */
size_t dk_sniff_bom(const char *data, size_t size);

#endif
