/*
 * A compressed file as the bytes inside, read to its last checksum: gzip, zstd, xz, bzip2.
 *
 * gzip goes through zlib, for libarchive does not look at the checksum of a gzip file; the others
 * through libarchive. What follows an archive within the compressed file has to be read too, for
 * that is where the checksum is.
 */
#ifndef DK_INPUT_UNPACK_H
#define DK_INPUT_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define DK_UNPACKER_MAGIC_BYTES 8 /* tell how a file is compressed */

struct dk_unpacker;

/* Whether a file that begins with data[0..size) is compressed in a way that is known here. */
bool dk_unpacker_knows(const unsigned char *data, size_t size);

/* Starts to unpack the file at `path`, open as `fd` and at its beginning; both are borrowed. After
 * DK_OK the caller frees. */
enum dk_status dk_unpacker_new(const char *path, int fd, struct dk_unpacker **out,
                               struct dk_error *err) DK_CHECK;
/* NULL is legal. */
void dk_unpacker_free(struct dk_unpacker *unpacker);

/* The next bytes: *data is valid until the next call. *size 0: the end, and every checksum was
 * right. DK_ERR_DATA: truncated or damaged. */
enum dk_status dk_unpacker_read(struct dk_unpacker *unpacker, const void **data, size_t *size,
                                struct dk_error *err) DK_CHECK;

/* Compressed bytes taken so far. */
uint64_t dk_unpacker_position(const struct dk_unpacker *unpacker);

#endif
