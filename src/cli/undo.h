/*
 * What a command that makes things has made, so that a failure leaves nothing of it: files and
 * folders are noted before they are made, if they are not there yet, and removed in the opposite
 * order. A folder in which somebody has put something meanwhile stays.
 */
#ifndef DK_CLI_UNDO_H
#define DK_CLI_UNDO_H

#include <stddef.h>

#include "base/status.h"

#define DK_UNDO_MAX 64

struct dk_undo {
    char *paths[DK_UNDO_MAX]; /* absolute, owned */
    size_t count;
};

/* Notes the path, and every folder on the way to it, that does not exist. A relative path is one of
 * the current folder. */
enum dk_status dk_undo_note(struct dk_undo *undo, const char *path, struct dk_error *err) DK_CHECK;
/* Removes what was noted and exists now. The current folder is then "/". */
void dk_undo_run(struct dk_undo *undo);
/* Frees the notes. Legal on a zeroed struct. */
void dk_undo_reset(struct dk_undo *undo);

#endif
