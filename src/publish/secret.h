/*
 * A secret text: in memory pages of its own, which are kept out of core files and wiped when the
 * secret is freed or replaced. Not shared between threads.
 */
#ifndef DK_PUBLISH_SECRET_H
#define DK_PUBLISH_SECRET_H

#include <stddef.h>

#include "base/status.h"

#define DK_SECRET_MAX (1024 * 1024)

struct dk_secret {
    char *text;          /* terminated by a NUL; NULL: none */
    size_t size;         /* without the NUL */
    size_t mapped_bytes; /* whole pages */
};

/* Room for `size` bytes and a NUL, all zero. What was there before is wiped. DK_ERR_NOMEM without
 * memory or above DK_SECRET_MAX. */
enum dk_status dk_secret_reserve(struct dk_secret *secret, size_t size, struct dk_error *err)
    DK_CHECK;

/* Becomes a copy of text[0..size). */
enum dk_status dk_secret_set(struct dk_secret *secret, const char *text, size_t size,
                             struct dk_error *err) DK_CHECK;

/* Wipes and frees. Legal on a zeroed struct. */
void dk_secret_reset(struct dk_secret *secret);

#endif
