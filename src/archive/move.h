/*
 * How a file that was parsed leaves its place: looked at again, renamed, both folders synced. Private
 * to src/archive/.
 */
#ifndef DK_ARCHIVE_MOVE_H
#define DK_ARCHIVE_MOVE_H

#include <sys/stat.h>

#include "store/ledger.h"

/* DK_OK only if what lies at the file's place, with status *info, are the bytes that were parsed: the
 * very file by inode, size and times, or the same hash. DK_ERR_REFUSED: it changed. */
enum dk_status dk_move_verify(const struct dk_ledger_file *file, const struct stat *info,
                              struct dk_error *err) DK_CHECK;

/* rename(2), but never over another file. -1: errno says why, EEXIST if the name is taken. */
int dk_move_rename(const char *from, const char *to);

#endif
