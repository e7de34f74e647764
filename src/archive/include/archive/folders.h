/*
 * The folders of the archive, from their names alone: "2023-06-01-run7", and "2023-06-01-run7-2"
 * for the second drop that a run archived. Only folders with such a name and a manifest count; what
 * else somebody keeps in archive/ is theirs.
 */
#ifndef DK_ARCHIVE_FOLDERS_H
#define DK_ARCHIVE_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct dk_archive_folder {
    char path[256];  /* "archive/2023-06-01-run7", as the ledger has it */
    char day[11];    /* UTC day on which it was archived */
    int64_t run;     /* the run that archived it */
    unsigned number; /* of its drops: 1, 2, ... */
};

/* Reads a folder's name (without "archive/"). Returns false for a name that derrick does not give;
 * `folder->path` is left as it was. */
bool dk_archive_folder_read(const char *name, struct dk_archive_folder *folder);

/* Lists the folders in `archive_folder` that hold a manifest, in the order in which they were
 * archived: by day, run and number. *list is on the heap (the caller frees), NULL and 0 if there is
 * none, or no archive. DK_ERR_IO: the archive can't be listed. */
enum dk_status dk_archive_folders(const char *archive_folder, struct dk_archive_folder **list,
                                  size_t *count, struct dk_error *err) DK_CHECK;

#endif
