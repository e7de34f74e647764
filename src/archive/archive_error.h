/*
 * archive_error: the errors that several files of the archive set. Private to src/archive/.
 */
#ifndef DK_ARCHIVE_ERROR_H
#define DK_ARCHIVE_ERROR_H

#include "base/status.h"

/* A file of the archive is not as derrick wrote it; `what` says what is wrong. Returns
 * DK_ERR_DATA. */
enum dk_status dk_archive_error_damaged(const char *path, const char *what, struct dk_error *err);

/* `target`, where `path` is to go, is another file. Returns DK_ERR_IO. */
enum dk_status dk_archive_error_in_the_way(const char *target, const char *path,
                                           struct dk_error *err);

#endif
