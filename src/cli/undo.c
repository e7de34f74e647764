#include "undo.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

/* Notes an absolute path after the folders above it that are missing. Takes nothing over. */
static enum dk_status note(struct dk_undo *undo, const char *path, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (const char *at = path; status == DK_OK && *at; at += strcspn(at, "/")) {
        at += strspn(at, "/");
        size_t size = (size_t)(at - path) + strcspn(at, "/");
        char *part = strndup(path, size);
        if (!part)
            return dk_error_nomem(err, "make", path);
        if (*at == '\0' || is_there(part)) {
            free(part);
        } else if (undo->count == DK_UNDO_MAX) {
            status = dk_error_set(err, DK_ERR_USAGE, "'%s' has too many folders to create", path);
            free(part);
        } else {
            undo->paths[undo->count++] = part;
        }
    }
    return status;
}

enum dk_status dk_undo_note(struct dk_undo *undo, const char *path, struct dk_error *err)
{
    char *here = path[0] == '/' ? strdup("") : getcwd(NULL, 0);
    char *absolute = here ? dk_path_join(here, path) : NULL;
    enum dk_status status =
        absolute ? note(undo, absolute, err) : dk_error_nomem(err, "make", path);
    free(absolute);
    free(here);
    return status;
}

void dk_undo_run(struct dk_undo *undo)
{
    /* A folder can't go while it is the current one of some file systems. */
    if (undo->count > 0 && chdir("/") != 0)
        return;
    while (undo->count > 0) {
        char *path = undo->paths[--undo->count];
        (void)remove(path); /* the failure that led here is reported */
        free(path);
    }
}

void dk_undo_reset(struct dk_undo *undo)
{
    while (undo->count > 0)
        free(undo->paths[--undo->count]);
}
