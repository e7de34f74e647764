/*
 * SHA-256 (FIPS 180-4) over OpenSSL's EVP, which uses the processor's own instructions. It
 * identifies the contents of files, drops and cohorts. A context belongs to one thread at a time.
 */
#ifndef DK_BASE_HASH_H
#define DK_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define DK_HASH_BYTES 32
#define DK_HASH_HEX_MAX 65 /* 64 lower-case hex digits and a NUL */

/* Initialises the cryptographic library, once for the process; safe from several threads.
 * Everything here does so first: what else uses that library calls this before. DK_ERR_NOMEM if it
 * can't. */
enum dk_status dk_hash_start(struct dk_error *err) DK_CHECK;

struct dk_hash {
    void *context; /* EVP_MD_CTX, owned */
};

/* Starts a hash. After DK_OK, dk_hash_reset must follow. */
enum dk_status dk_hash_init(struct dk_hash *hash, struct dk_error *err) DK_CHECK;
/* Frees the context. Legal on a zeroed struct, and twice. */
void dk_hash_reset(struct dk_hash *hash);

/* Adds bytes. */
enum dk_status dk_hash_update(struct dk_hash *hash, const void *data, size_t size,
                              struct dk_error *err) DK_CHECK;

/* Writes the digest as hex, and makes the context ready for the next hash. */
enum dk_status dk_hash_finish(struct dk_hash *hash, char hex[DK_HASH_HEX_MAX], struct dk_error *err)
    DK_CHECK;

/* Writes bytes[0..size) as 2 * size lower-case hex digits, terminated. */
void dk_hex_format(const void *bytes, size_t size, char *hex);
/* Whether text[0..size) is all lower-case hex digits. */
bool dk_hex_is(const char *text, size_t size);

/* The hash of one block of memory. */
enum dk_status dk_hash_bytes(const void *data, size_t size, char hex[DK_HASH_HEX_MAX],
                             struct dk_error *err) DK_CHECK;

/* The hash of a whole file, read in pieces; *size_bytes (may be NULL) gets its
 * length. */
enum dk_status dk_hash_file(const char *path, char hex[DK_HASH_HEX_MAX], uint64_t *size_bytes,
                            struct dk_error *err) DK_CHECK;

#endif
