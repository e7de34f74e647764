/*
 * How a file that was loaded leaves its place: it is checked once more, and renamed. Private to
 * src/archive/.
 */
#ifndef DK_ARCHIVE_MOVE_H
#define DK_ARCHIVE_MOVE_H

#include <sys/stat.h>

#include "place.h"
#include "store/ledger.h"

/* DK_OK only if the file, of which dk_place_stat gave *info, has the bytes that were loaded: it is
 * the very file by inode, size and times, or it has the same hash. DK_ERR_REFUSED: it changed. */
enum dk_status dk_move_verify(const struct dk_place *place, const struct dk_ledger_file *file,
                              const struct stat *info, struct dk_error *err) DK_CHECK;
/* The same by the hash alone. */
enum dk_status dk_move_verify_bytes(const struct dk_place *place, const struct dk_ledger_file *file,
                                    struct dk_error *err) DK_CHECK;

/* Syncs the folder that a file has left, unless that is gone, too. A run that moved the file may
 * have been killed before it did, and a power cut would bring the name back. */
enum dk_status dk_move_sync_left(const struct dk_place *place, struct dk_error *err) DK_CHECK;

#endif
