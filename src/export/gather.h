/*
 * Memory in which values are gathered by column while they come by row, in bounded resident memory. A
 * small one is plain memory. A large one is a mapping of a file without a name, which disappears with the
 * process, and whose pages are given back to the system from time to time. Private to src/export/.
 */
#ifndef DK_EXPORT_GATHER_H
#define DK_EXPORT_GATHER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct dk_gather {
    void *memory; /* owned */
    size_t size_bytes;
    bool mapped;           /* to a file */
    atomic_size_t touched; /* bytes, since pages were given back */
};

/* Room for `size_bytes`, all zeros or what was in a mapping before; more than `plain_max` goes to a file
 * in `folder`. DK_ERR_IO: there is no room on its disk. After DK_OK the caller resets. */
enum dk_status dk_gather_init(struct dk_gather *gather, size_t size_bytes, size_t plain_max,
                              const char *folder, struct dk_error *err) DK_CHECK;
/* Legal on a zeroed struct. */
void dk_gather_reset(struct dk_gather *gather);

/* Notes that so many bytes were written or read; gives pages back where they add up. From any thread. */
void dk_gather_touch(struct dk_gather *gather, size_t bytes);

/* Gives its pages back to the system; what is in them stays. From any thread. */
void dk_gather_give_back(struct dk_gather *gather);

/* Opens a file without a name in `folder`. */
enum dk_status dk_gather_open(const char *folder, int *fd, struct dk_error *err) DK_CHECK;

#endif
