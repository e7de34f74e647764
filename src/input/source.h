/*
 * Where the bytes of one file of a drop come from: a file on disk, or a member of an archive.
 * Read in order, in pieces of the caller's size, never mapped, never whole. One thread at a time.
 */
#ifndef DK_INPUT_SOURCE_H
#define DK_INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "input/input.h"
#include "input/stream.h"

struct dk_source {
    const char *path;         /* borrowed */
    int fd;                   /* -1: a member, or closed */
    struct dk_stream *stream; /* borrowed; NULL: a file on disk */
};

/* Opens a file on disk, and puts its identity and size into *file. Something else than a regular
 * file is DK_ERR_DATA and never waited for. After DK_OK the caller closes. */
enum dk_status dk_source_open(struct dk_source *source, const char *path, struct dk_drop_file *file,
                              struct dk_error *err) DK_CHECK;

/* The current member of a stream, which it borrows. */
void dk_source_member(struct dk_source *source, struct dk_stream *stream, const char *path);

/* Legal on a closed one. */
void dk_source_close(struct dk_source *source);

/* Reads up to `size` bytes; *got 0 only at the end. */
enum dk_status dk_source_read(struct dk_source *source, void *data, size_t size, size_t *got,
                              struct dk_error *err) DK_CHECK;

/* Whether somebody is writing the file: it is not as *file says it was at dk_source_open (size,
 * times, the file at the path), or a writer has it open, where the system lets us know. Always false for a
 * member. */
bool dk_source_is_being_written(const struct dk_source *source, const struct dk_drop_file *file);

/* Size, times and inode of `path` into *file. DK_ERR_IO. */
enum dk_status dk_source_identify(const char *path, struct dk_drop_file *file, struct dk_error *err)
    DK_CHECK;

#endif
