#include "stream_error.h"

#include <archive.h>
#include <errno.h>
#include <string.h>

#include "refuse.h"

#define WHY_MAX 256

enum dk_status dk_stream_damaged(const char *path, const char *why, struct dk_error *err)
{
    char line[WHY_MAX];
    size_t size = strnlen(why, sizeof(line) - 1);
    for (size_t i = 0; i < size; i++)
        line[i] = (unsigned char)why[i] < ' ' ? ' ' : why[i];
    /* The library's sentences end in a line feed now and then. */
    while (size > 0 && line[size - 1] == ' ')
        size--;
    line[size] = '\0';
    return DK_REFUSE(err, path,
                     "it is truncated, damaged, or neither a zip nor a tar: copy it again",
                     "can't read the archive '%s': %s", path, line);
}

enum dk_status dk_stream_failed(struct archive *archive, const char *path, struct dk_error *err)
{
    int code = archive_errno(archive);
    const char *why = archive_error_string(archive);
    if (code == ENOMEM)
        return dk_error_nomem(err, "read", path);
    if (code == EIO || code == ESTALE || code == EBADF)
        return dk_error_errno(err, DK_ERR_IO, code, "can't read", path);
    return dk_stream_damaged(path, why ? why : "unknown damage", err);
}
