/*
 * A zip or tar archive, read in order, with nothing unpacked to disk. Members come one after the
 * other; the bytes of each can be read once, while it is the current one. Memory is bounded,
 * whatever the archive says. A stream belongs to one thread at a time. Private to src/input/.
 *
 * Damage is an error, never a short read: a member is read to its checksum, a compressed tar to the
 * end of the compressed file, and a tar must have its end mark.
 */
#ifndef DK_INPUT_STREAM_H
#define DK_INPUT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct dk_stream;

/* The current member. */
struct dk_stream_member {
    const char *path;    /* as the archive says; valid until the next member. Never NULL */
    uint64_t size_bytes; /* 0 where the archive does not say */
    bool is_file;        /* a regular file: no folder, no link */
    bool is_hard_link;
    bool is_encrypted;
};

/* Opens the archive at `path`. DK_ERR_DATA: it is not an archive, or it is damaged. DK_ERR_IO.
 * After DK_OK the caller closes. */
enum dk_status dk_stream_open(const char *path, struct dk_stream **out, struct dk_error *err)
    DK_CHECK;
/* NULL is legal. */
void dk_stream_close(struct dk_stream *stream);

/* Goes to the next member; *found is false after the last one, with *member untouched. */
enum dk_status dk_stream_next(struct dk_stream *stream, struct dk_stream_member *member,
                              bool *found, struct dk_error *err) DK_CHECK;

/* Reads up to `size` bytes (at least 1) of the current member. *got is 0 at its end, where its
 * checksum has been found right. */
enum dk_status dk_stream_read(struct dk_stream *stream, void *data, size_t size, size_t *got,
                              struct dk_error *err) DK_CHECK;

/* Whether the archive is compressed as a whole: to pass over a member is to unpack it. */
bool dk_stream_is_packed(const struct dk_stream *stream);

/* Bytes of the archive file taken so far, for progress. */
uint64_t dk_stream_position(const struct dk_stream *stream);

#endif
