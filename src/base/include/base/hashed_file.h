/*
 * A file that appears whole (file.h), and the sha256 of its bytes, taken while they are written.
 */
#ifndef DK_BASE_HASHED_FILE_H
#define DK_BASE_HASHED_FILE_H

#include "base/file.h"
#include "base/hash.h"

struct dk_hashed_file {
    struct dk_file file;
    struct dk_hash hash;
};

/* dk_file_create. After DK_OK, close must follow. */
enum dk_status dk_hashed_file_create(struct dk_hashed_file *file, const char *path,
                                     struct dk_error *err) DK_CHECK;
/* A sink over the file, valid until it is committed or closed. */
struct dk_sink dk_hashed_file_sink(struct dk_hashed_file *file);
/* dk_file_commit; `hex` gets the hash. */
enum dk_status dk_hashed_file_commit(struct dk_hashed_file *file, char hex[DK_HASH_HEX_MAX],
                                     struct dk_error *err) DK_CHECK;
/* Frees it; without a commit nothing appears. Legal on a zeroed struct, and twice. */
void dk_hashed_file_close(struct dk_hashed_file *file);

#endif
