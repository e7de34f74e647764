#include "archive_error.h"

enum dk_status dk_archive_error_damaged(const char *path, const char *what, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_DATA, "'%s' is damaged: %s", path, what);
    dk_error_place(err, path, 0, 0, 0);
    dk_error_hint(err, "restore it from a copy of the archive");
    return DK_ERR_DATA;
}

enum dk_status dk_archive_error_in_the_way(const char *target, const char *path,
                                           struct dk_error *err)
{
    dk_error_set(err, DK_ERR_IO, "'%s' is in the way of '%s' and has different contents", target,
                 path);
    dk_error_hint(err, "move it away, then run again");
    return DK_ERR_IO;
}
