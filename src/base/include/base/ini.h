/*
 * INI files: derrick.ini, and the files of AWS's tools, which differ in the ways that struct
 * dk_ini_rules names.
 *
 * A reader goes through a text line by line and takes it apart in place: section, key and value
 * point into the text, so that no copy of a secret in it is made. Lines end with LF or CRLF, the
 * first may begin with a byte order mark. A line is empty, a comment ('#' or ';' first), a
 * "[section]" or a "key = value"; blanks around names and values do not count, and a run of blanks
 * inside a section's name is one space.
 */
#ifndef DK_BASE_INI_H
#define DK_BASE_INI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct dk_ini_rules {
    enum dk_status status;      /* of a line that is wrong */
    const char *separators;     /* what may follow a key: "=" or "=:" */
    size_t line_bytes_max;      /* without the line's end; 0: no limit */
    bool has_trailing_comments; /* a blank and '#' or ';' end a value */
    bool has_nested_keys;       /* an indented line belongs to the line before it, see `parent` */
    bool needs_section;         /* a key before the first section is an error */
};

/* A reader, and the line that it is at. Texts are valid as long as the text that is read. */
struct dk_ini {
    const struct dk_ini_rules *rules;
    const char *path;
    char *next, *end;
    uint64_t line;       /* counted from 1 */
    const char *section; /* "" before the first one */
    const char *parent;  /* "s3" of an indented line below "s3 ="; NULL: none */
    const char *key;
    const char *value; /* "" if there is none */
    const char *open;  /* the key that has no value so far */
};

/* Starts at the first line of text[0..size), which a NUL must follow. `path` is for messages;
 * everything is borrowed. */
void dk_ini_start(struct dk_ini *ini, const struct dk_ini_rules *rules, const char *path,
                  char *text, size_t size);

/* Goes to the next line with a key; *found is false after the last one. rules->status names path
 * and line of what is neither a section nor a key, holds a NUL byte or is too long, never its text.
 * An indented line without a separator continues a value, and is skipped, where keys may be
 * nested. */
enum dk_status dk_ini_next(struct dk_ini *ini, bool *found, struct dk_error *err) DK_CHECK;

#endif
