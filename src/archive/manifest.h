/*
 * Lists of hashes and names in the format that `sha256sum -c` reads (GNU coreutils manual,
 * "cksum general options": a name with a backslash, newline or carriage return is escaped and its line starts with
 * a backslash). Private to src/archive/.
 */
#ifndef DK_ARCHIVE_MANIFEST_H
#define DK_ARCHIVE_MANIFEST_H

#include <stddef.h>

#include "base/hash.h"
#include "base/status.h"

struct dk_manifest_line {
    char hash[DK_HASH_HEX_MAX];
    char *name; /* owned */
};

struct dk_manifest_lines {
    struct dk_manifest_line *lines; /* owned */
    size_t count;
    size_t capacity;
};

enum dk_status dk_manifest_lines_add(struct dk_manifest_lines *lines, const char *hash,
                                     const char *name, struct dk_error *err) DK_CHECK;
void dk_manifest_lines_reset(struct dk_manifest_lines *lines);

/* Writes "<folder>/<name>", sorted by name; it appears whole. */
enum dk_status dk_manifest_lines_write(struct dk_manifest_lines *lines, const char *folder,
                                       const char *name, struct dk_error *err) DK_CHECK;

#endif
