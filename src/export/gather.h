/*
 * Memory in which values are gathered by column while they come by row, in bounded resident memory.
 * A small one is plain memory. A large one is a mapping of a file without a name, which disappears
 * with the process, and whose pages are given back to the system from time to time. The file gets
 * its blocks bit by bit: a calendar may have room for many more readings than a drop has. Private
 * to src/export/.
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
    int fd;                /* owned, of the file; only if mapped */
    atomic_bool *extents;  /* owned; whether each has its blocks */
    atomic_int error;      /* errno of the first extent that got none; 0: all did */
    atomic_size_t touched; /* bytes, since pages were given back */
};

/* Room for `size_bytes`, all zeros or what was in a mapping before; more than `plain_max` goes to a
 * file in `folder`, and has to be reserved before it is written. DK_ERR_IO: the file can't be made.
 * After DK_OK the caller resets. */
enum dk_status dk_gather_init(struct dk_gather *gather, size_t size_bytes, size_t plain_max,
                              const char *folder, struct dk_error *err) DK_CHECK;
/* Legal on a zeroed struct. */
void dk_gather_reset(struct dk_gather *gather);

/* Makes sure that a stretch can be written: a full disk is an error here, and not a signal later.
 * False if it can't, as dk_gather_check reports then. From any thread. */
bool dk_gather_reserve(struct dk_gather *gather, const void *from, size_t bytes);

/* DK_ERR_IO if a stretch could not be reserved. `folder` is for the message. */
enum dk_status dk_gather_check(const struct dk_gather *gather, const char *folder,
                               struct dk_error *err) DK_CHECK;

/* Notes that this many bytes were written or read; gives pages back where they add up. From any
 * thread. */
void dk_gather_touch(struct dk_gather *gather, size_t bytes);

/* Gives its pages back to the system; what is in them stays. From any thread. */
void dk_gather_give_back(struct dk_gather *gather);

/* Opens a file without a name in `folder`. */
enum dk_status dk_gather_open(const char *folder, int *fd, struct dk_error *err) DK_CHECK;

#endif
