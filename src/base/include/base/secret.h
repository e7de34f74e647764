/*
 * A secret text (a key, a token, a password, a file that may hold one): in memory pages of its own,
 * which core files leave out, and which the system wipes before anybody else gets them. Not shared
 * between threads.
 */
#ifndef DK_BASE_SECRET_H
#define DK_BASE_SECRET_H

#include <stddef.h>

#include "base/status.h"

#define DK_SECRET_MAX (1024 * 1024)

struct dk_secret {
    char *text;          /* terminated by a NUL; NULL: none */
    size_t size;         /* without the NUL */
    size_t mapped_bytes; /* whole pages */
};

/* Room for `size` bytes and a NUL, all zero. What was there before is gone. DK_ERR_NOMEM without
 * memory or above DK_SECRET_MAX. */
enum dk_status dk_secret_reserve(struct dk_secret *secret, size_t size, struct dk_error *err)
    DK_CHECK;

/* Becomes a copy of text[0..size). */
enum dk_status dk_secret_set(struct dk_secret *secret, const char *text, size_t size,
                             struct dk_error *err) DK_CHECK;

/* Becomes what a descriptor gives, to its end: a file of at most `bytes_max`, a pipe, a device.
 * `path` is for messages. DK_ERR_IO if it can't be read or is longer. */
enum dk_status dk_secret_read(struct dk_secret *secret, int fd, size_t bytes_max, const char *path,
                              struct dk_error *err) DK_CHECK;

/* Frees. Legal on a zeroed struct. */
void dk_secret_reset(struct dk_secret *secret);

#endif
