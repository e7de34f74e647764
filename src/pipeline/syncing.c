#include "syncing.h"

#include <errno.h>

#include "base/file.h"

/* A file that is on a disk, and ours to move: a member of an archive has no inode, and what is
 * outside stays its owner's. */
static void add(struct dk_syncing *syncing, const struct dk_drop_file *file)
{
    if (file->path && file->inode != 0 && file->path[0] != '/')
        syncing->paths[syncing->count++] = file->path;
}

static void *sync_files(void *context)
{
    struct dk_syncing *syncing = context;
    for (size_t i = 0; syncing->status == DK_OK && i < syncing->count; i++) {
        syncing->status = dk_file_sync(syncing->paths[i], &syncing->error);
        /* Somebody moved it away meanwhile: the archive step reports that. */
        if (syncing->status == DK_ERR_IO && syncing->error.native == ENOENT)
            syncing->status = DK_OK;
    }
    return NULL;
}

void dk_syncing_start(struct dk_syncing *syncing, const struct dk_drop *drop)
{
    *syncing = (struct dk_syncing){0};
    for (size_t i = 0; i < DK_DROP_FILES; i++)
        add(syncing, &drop->files[i]);
    add(syncing, &drop->archive);
    syncing->started = pthread_create(&syncing->thread, NULL, sync_files, syncing) == 0;
}

enum dk_status dk_syncing_finish(struct dk_syncing *syncing, enum dk_status status,
                                 struct dk_error *err)
{
    if (syncing->started)
        pthread_join(syncing->thread, NULL);
    syncing->started = false;
    if (status != DK_OK)
        return status;
    if (syncing->status != DK_OK && err)
        *err = syncing->error;
    return syncing->status;
}
