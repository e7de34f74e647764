/*
 * Copies that are sure: written beside their name, synced, read back, hashed, compared, renamed.
 * Private to src/archive/.
 */
#ifndef DK_ARCHIVE_COPY_H
#define DK_ARCHIVE_COPY_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/status.h"

/* Copies `source` to `target`, as zstd (RFC 8878, with its checksum) where `zstd`. `expected` is the
 * sha256 that the source's bytes must have: both what is read and what the finished copy gives
 * back are compared with it. `stored_hash` gets the sha256 of the target's bytes.
 * DK_ERR_REFUSED if the source is not what `expected` says; DK_ERR_IO if the copy is not. The
 * target appears only when all of it is sure. */
enum dk_status dk_copy_file(const char *source, const char *target, const char *expected, bool zstd,
                            unsigned threads, char stored_hash[DK_HASH_HEX_MAX],
                            struct dk_error *err) DK_CHECK;

/* The sha256 of what a stored file holds: of its bytes, or of what they decompress to. */
enum dk_status dk_copy_contents_hash(const char *path, bool zstd, char hex[DK_HASH_HEX_MAX],
                                     struct dk_error *err) DK_CHECK;

#endif
