/*
 * Where a zip ends: its end record is searched for as unzip does, behind which there may be a
 * comment and padding. libarchive searches only the last 16 KiB. Private to src/input/.
 */
#ifndef DK_INPUT_ZIP_END_H
#define DK_INPUT_ZIP_END_H

#include <stdint.h>

#include "base/status.h"

/* The end of the last end record of the zip that is open as `fd`, without its comment; 0 if the
 * file is not a zip, or has no such record in its last 128 KiB. `path` is for messages. */
enum dk_status dk_zip_end_find(int fd, const char *path, uint64_t *end, struct dk_error *err)
    DK_CHECK;

#endif
