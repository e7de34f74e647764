/*
 * Where the bytes of one file of a drop come from: a file on disk, which may be compressed, or a
 * member of an archive. They are read in order, in pieces of the caller's size; never mapped, never
 * whole. A source belongs to one thread at a time. Private to src/input/.
 */
#ifndef DK_INPUT_SOURCE_H
#define DK_INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "input/input.h"
#include "stream.h"
#include "unpack.h"

struct dk_source {
    const char *path;         /* borrowed */
    int fd;                   /* -1: a member, or closed */
    struct dk_stream *stream; /* borrowed; NULL: a file on disk */
    /* Of a file on disk, known by its first read. */
    bool magic_read;
    struct dk_unpacker *unpacker; /* owned; NULL: not compressed */
    const char *piece;            /* unpacked bytes that are not taken yet; the unpacker's */
    size_t piece_size;
    uint64_t position; /* bytes of the file on disk taken so far */
};

/* Opens a file on disk, and notes its identity and size in *file. Anything but a regular file is
 * DK_ERR_DATA, and is never waited for. After DK_OK the caller closes. */
enum dk_status dk_source_open(struct dk_source *source, const char *path, struct dk_drop_file *file,
                              struct dk_error *err) DK_CHECK;

/* Reads the current member of a stream, which it borrows. */
void dk_source_member(struct dk_source *source, struct dk_stream *stream, const char *path);

/* Legal on a source that is closed. */
void dk_source_close(struct dk_source *source);

/* Reads up to `size` bytes, unpacked. *got is 0 only at the end, where the checksum of a compressed
 * file has been found right. */
enum dk_status dk_source_read(struct dk_source *source, void *data, size_t size, size_t *got,
                              struct dk_error *err) DK_CHECK;

/* Whether the file on disk turned out to be compressed. */
bool dk_source_is_packed(const struct dk_source *source);

/* Bytes taken so far of the file on disk, or of the archive that the member is in. For progress. */
uint64_t dk_source_position(const struct dk_source *source);

/* Whether somebody is writing the file: size, times or the file at that path are no longer what
 * dk_source_open noted in *file, or, where the system can tell, somebody has it open for writing.
 * Always false for a member. */
bool dk_source_is_being_written(const struct dk_source *source, const struct dk_drop_file *file);

/* Notes size, times and inode of `path` in *file. DK_ERR_IO if there is no such file. */
enum dk_status dk_source_identify(const char *path, struct dk_drop_file *file, struct dk_error *err)
    DK_CHECK;

#endif
