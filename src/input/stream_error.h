/*
 * The errors of an archive that can't be read. Private to src/input/.
 */
#ifndef DK_INPUT_STREAM_ERROR_H
#define DK_INPUT_STREAM_ERROR_H

#include "base/status.h"

/* Sets the error for a damaged archive at `path`; `why`, a library's words, says how. Returns
 * DK_ERR_DATA. */
enum dk_status dk_stream_damaged(const char *path, const char *why, struct dk_error *err) DK_CHECK;

struct archive;

/* Sets the error for the last failure of a libarchive handle: DK_ERR_DATA for damage, DK_ERR_IO or
 * DK_ERR_NOMEM for what the system refused. */
enum dk_status dk_stream_failed(struct archive *archive, const char *path, struct dk_error *err)
    DK_CHECK;

#endif
