/*
 * Where the bytes of one file of a drop come from: a file on disk, which may be compressed, or a
 * member of an archive. Read in order, in pieces of the caller's size, never mapped, never whole. One
 * thread at a time.
 */
#ifndef DK_INPUT_SOURCE_H
#define DK_INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "input/input.h"
#include "input/stream.h"
#include "input/unpack.h"

struct dk_source {
    const char *path;         /* borrowed */
    int fd;                   /* -1: a member, or closed */
    struct dk_stream *stream; /* borrowed; NULL: a file on disk */
    /* Of a file on disk, known by its first read. */
    bool looked_at;
    struct dk_unpacker *unpacker; /* owned; NULL: not compressed */
    const char *piece;            /* unpacked bytes that were not taken yet */
    size_t piece_size;
    uint64_t position; /* bytes of the file on disk that were taken */
};

/* Opens a file on disk, and puts its identity and size into *file. Something else than a regular
 * file is DK_ERR_DATA and never waited for. After DK_OK the caller closes. */
enum dk_status dk_source_open(struct dk_source *source, const char *path, struct dk_drop_file *file,
                              struct dk_error *err) DK_CHECK;

/* The current member of a stream, which it borrows. */
void dk_source_member(struct dk_source *source, struct dk_stream *stream, const char *path);

/* Legal on a closed one. */
void dk_source_close(struct dk_source *source);

/* Reads up to `size` bytes, unpacked; *got 0 only at the end, which is where the checksum of a
 * compressed file was found right. */
enum dk_status dk_source_read(struct dk_source *source, void *data, size_t size, size_t *got,
                              struct dk_error *err) DK_CHECK;

/* Whether the file on disk turned out to be compressed. */
bool dk_source_is_packed(const struct dk_source *source);

/* Bytes taken so far, as they lie there: of the file, or of the archive that the member is in. */
uint64_t dk_source_position(const struct dk_source *source);

/* Whether somebody is writing the file: it is not as *file says it was at dk_source_open (size,
 * times, the file at the path), or a writer has it open, where the system lets us know. Always false for a
 * member. */
bool dk_source_is_being_written(const struct dk_source *source, const struct dk_drop_file *file);

/* Size, times and inode of `path` into *file. DK_ERR_IO. */
enum dk_status dk_source_identify(const char *path, struct dk_drop_file *file, struct dk_error *err)
    DK_CHECK;

#endif
