/*
 * Lists of hashes and names as `sha256sum -c` reads them: a line whose name holds a backslash, a
 * newline or a carriage return begins with a backslash, and the name is escaped (GNU coreutils
 * manual, "cksum general options").
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

/* The lines of a manifest, in any order. Zeroed at first. */
struct dk_manifest_lines {
    struct dk_manifest_line *lines; /* owned */
    size_t count;
    size_t capacity;
};

/* Adds a line, with a copy of `name`. */
enum dk_status dk_manifest_lines_add(struct dk_manifest_lines *lines, const char *hash,
                                     const char *name, struct dk_error *err) DK_CHECK;
void dk_manifest_lines_reset(struct dk_manifest_lines *lines);

/* Reads "<folder>/<name>". DK_ERR_DATA: a line is not one of a manifest. The caller resets. */
enum dk_status dk_manifest_lines_read(struct dk_manifest_lines *lines, const char *folder,
                                      const char *name, struct dk_error *err) DK_CHECK;

/* Sorts the lines by name, and writes them to "<folder>/<name>", which appears whole. */
enum dk_status dk_manifest_lines_write(struct dk_manifest_lines *lines, const char *folder,
                                       const char *name, struct dk_error *err) DK_CHECK;

#endif
