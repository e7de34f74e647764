/* disk: how much room the workspace has, and what the next run needs of it. */
#ifndef DK_PIPELINE_DISK_H
#define DK_PIPELINE_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct dk_disk {
    uint64_t free_bytes;   /* for this user */
    uint64_t needed_bytes; /* by the next run, roughly */
    bool no_more_files;    /* the file system has next to no inodes left */
};

/* DK_ERR_IO: the file system does not say. */
enum dk_status dk_disk_find(struct dk_disk *disk, struct dk_error *err) DK_CHECK;
/* Whether the next run has too little room. */
bool dk_disk_is_full(const struct dk_disk *disk);

#endif
