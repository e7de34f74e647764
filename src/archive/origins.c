#include "archive/origins.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

static struct dk_origin *find(const struct dk_origins *origins, const char *folder)
{
    for (size_t i = 0; i < origins->count; i++)
        if (strcmp(origins->items[i].folder, folder) == 0)
            return &origins->items[i];
    return NULL;
}

const char *dk_origins_find(const struct dk_origins *origins, const char *folder)
{
    const struct dk_origin *origin = find(origins, folder);
    return origin ? origin->real : NULL;
}

/* Takes `folder`. A folder that is noted already may be another one by now. */
static enum dk_status note_folder(struct dk_origins *origins, char *folder, struct dk_error *err)
{
    struct dk_origin *origin = find(origins, folder);
    char *real = realpath(folder, NULL);
    if (!real) {
        enum dk_status status = dk_error_errno(err, DK_ERR_IO, errno, "can't find", folder);
        free(folder);
        return status;
    }
    if (origin) {
        free(origin->real);
        origin->real = real;
        free(folder);
        return DK_OK;
    }
    struct dk_origin *items =
        realloc(origins->items, (origins->count + 1) * sizeof(*origins->items));
    if (!items) {
        free(folder);
        free(real);
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the folders of a drop");
    }
    origins->items = items;
    origins->items[origins->count++] = (struct dk_origin){.folder = folder, .real = real};
    return DK_OK;
}

static enum dk_status note_file(struct dk_origins *origins, const char *path, struct dk_error *err)
{
    char *folder = dk_path_folder(path);
    return folder ? note_folder(origins, folder, err) : dk_error_nomem(err, "find", path);
}

enum dk_status dk_origins_note(struct dk_origins *origins, const struct dk_drop *drop,
                               struct dk_error *err)
{
    if (drop->is_archive)
        DK_RETURN_IF_ERROR(note_file(origins, drop->path, err));
    for (int i = 0; i < DK_DROP_FILES; i++)
        if (drop->files[i].inode != 0) /* no member of an archive */
            DK_RETURN_IF_ERROR(note_file(origins, drop->files[i].path, err));
    return DK_OK;
}

void dk_origins_reset(struct dk_origins *origins)
{
    for (size_t i = 0; i < origins->count; i++) {
        free(origins->items[i].folder);
        free(origins->items[i].real);
    }
    free(origins->items);
    *origins = (struct dk_origins){0};
}
