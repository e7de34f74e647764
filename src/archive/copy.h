/*
 * Copies that are sure: written under a temporary name, synced, read back, hashed, compared, and
 * only then renamed. Private to src/archive/.
 */
#ifndef DK_ARCHIVE_COPY_H
#define DK_ARCHIVE_COPY_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/status.h"
#include "place.h"

struct dk_copy {
    const struct dk_place *source;
    const char *target;
    const char *expected; /* sha256 of the source's bytes */
    bool zstd;            /* compress (RFC 8878, with its checksum) */
    unsigned threads;     /* that compress */
};

/* Copies a file. What is read, and what the finished copy gives back, are both compared with the
 * expected hash. `stored_hash` gets the sha256 of the target's bytes. DK_ERR_REFUSED: the source
 * has different bytes. DK_ERR_IO: it can't be copied, or the copy has different bytes. The target
 * appears only when all of it is sure. */
enum dk_status dk_copy_file(const struct dk_copy *request, char stored_hash[DK_HASH_HEX_MAX],
                            struct dk_error *err) DK_CHECK;

/* The sha256 of a stored file's contents: of its bytes, or with `zstd` of what they unpack to. */
enum dk_status dk_copy_contents_hash(const struct dk_place *file, bool zstd,
                                     char hex[DK_HASH_HEX_MAX], struct dk_error *err) DK_CHECK;

#endif
