/*
 * A compressed file as the bytes inside, read to its last checksum: gzip, zstd, xz, bzip2.
 *
 * gzip goes through zlib, because libarchive does not check the checksum of a gzip file; the others
 * go through libarchive. A tar may end before the compressed file does: the rest must be read too,
 * since the checksum comes last. Private to src/input/.
 */
#ifndef DK_INPUT_UNPACK_H
#define DK_INPUT_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define DK_UNPACKER_MAGIC_BYTES 8 /* of its beginning tell how a file is compressed */

struct dk_unpacker;

/* Whether a file that begins with data[0..size) is compressed in one of these ways. */
bool dk_unpacker_knows(const unsigned char *data, size_t size);

/* Starts to unpack the file at `path`, which is open as `fd`, at its beginning. Both are borrowed.
 * After DK_OK the caller frees. */
enum dk_status dk_unpacker_new(const char *path, int fd, struct dk_unpacker **out,
                               struct dk_error *err) DK_CHECK;
/* NULL is legal. */
void dk_unpacker_free(struct dk_unpacker *unpacker);

/* The next bytes; *data is valid until the next call. *size is 0 at the end, where every checksum
 * has been found right. DK_ERR_DATA: truncated or damaged. */
enum dk_status dk_unpacker_read(struct dk_unpacker *unpacker, const void **data, size_t *size,
                                struct dk_error *err) DK_CHECK;

/* Compressed bytes taken so far. */
uint64_t dk_unpacker_position(const struct dk_unpacker *unpacker);

#endif
