/*
 * The workspace above the current folder, found as git finds a repository: the nearest folder with
 * a derrick.ini, upwards, within one file system.
 *
 * A derrick.ini decides where data and passwords go, and in a folder that several people can write
 * to (/tmp, a share) somebody may have put one above the reader's own folder. As with git's
 * safe.directory, one that is found so must belong to this user or to root. Who enters the workspace
 * itself, or names it, has chosen it: nothing is checked then.
 */
#ifndef DK_CLI_ABOVE_H
#define DK_CLI_ABOVE_H

#include "base/status.h"

/* Looks for a workspace above `folder`, which is absolute and not one itself. *above is on the heap
 * (the caller frees); NULL if there is none. DK_ERR_CONFIG: it is somebody else's. */
enum dk_status dk_above_find(const char *folder, char **above, struct dk_error *err) DK_CHECK;

#endif
