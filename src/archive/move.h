/*
 * How a file that was parsed leaves its place: it is looked at again, and renamed. Private to
 * src/archive/.
 */
#ifndef DK_ARCHIVE_MOVE_H
#define DK_ARCHIVE_MOVE_H

#include <sys/stat.h>

#include "store/ledger.h"

/* DK_OK only if the file at its place, of which stat gave *info, has the bytes that were
 * parsed: it is the very file by inode, size and times, or it has the same hash.
 * DK_ERR_REFUSED: it changed. */
enum dk_status dk_move_verify(const struct dk_ledger_file *file, const struct stat *info,
                              struct dk_error *err) DK_CHECK;

/* The same by the hash alone. */
enum dk_status dk_move_verify_bytes(const struct dk_ledger_file *file, struct dk_error *err)
    DK_CHECK;

/* rename(2), but never over another file: returns 0, or -1 with errno, EEXIST if the name is taken,
 * EXDEV also where `from` is a link: not the link is to move, but what it names is to be copied. */
int dk_move_rename(const char *from, const char *to);

/* Syncs the folder that a file has left, unless that is gone, too. A run that moved the file may
 * have been killed before it did, and a power cut would bring the name back. */
enum dk_status dk_move_sync_left(const char *path, struct dk_error *err) DK_CHECK;

#endif
