/*
 * Copies that are sure: written under a temporary name, synced, read back, hashed, compared, and
 * only then renamed. Private to src/archive/.
 */
#ifndef DK_ARCHIVE_COPY_H
#define DK_ARCHIVE_COPY_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/status.h"

/* Copies `source` to `target`; with `zstd`, compressed by `threads` threads (RFC 8878, with its
 * checksum). `expected` is the sha256 of the source's bytes: what is read, and what the finished
 * copy gives back, are both compared with it. `stored_hash` gets the sha256 of the target's bytes.
 * DK_ERR_REFUSED: the source has other bytes. DK_ERR_IO: it can't be copied, or the copy has other
 * bytes. The target appears only when all of it is sure. */
enum dk_status dk_copy_file(const char *source, const char *target, const char *expected, bool zstd,
                            unsigned threads, char stored_hash[DK_HASH_HEX_MAX],
                            struct dk_error *err) DK_CHECK;

/* The sha256 of what a stored file holds: of its bytes, or with `zstd` of what they unpack to. */
enum dk_status dk_copy_contents_hash(const char *path, bool zstd, char hex[DK_HASH_HEX_MAX],
                                     struct dk_error *err) DK_CHECK;

#endif
