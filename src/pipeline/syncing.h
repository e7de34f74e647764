/*
 * Inputs reach the disk while they are read and loaded.
 *
 * Somebody copied them into the workspace a moment ago, so that much of them may be in memory only.
 * Before they move into the archive they must be on the disk, which would be a wait of its own; a
 * thread that syncs them from the beginning has the disk busy while the processors are. Private to
 * src/pipeline/.
 */
#ifndef DK_PIPELINE_SYNCING_H
#define DK_PIPELINE_SYNCING_H

#include <pthread.h>
#include <stdbool.h>

#include "input/input.h"

struct dk_syncing {
    const char *paths[DK_DROP_FILES + 1]; /* borrowed of the drop */
    size_t count;
    pthread_t thread;
    bool started;
    enum dk_status status; /* the rest is the thread's, until it has ended */
    struct dk_error error;
};

/* Starts with the files of the drop that are in the workspace. Where no thread can be had, nothing
 * is lost but time. finish must follow. */
void dk_syncing_start(struct dk_syncing *syncing, const struct dk_drop *drop);

/* Waits for the end. `status` is how it went meanwhile: a failure stays what it is, with its error.
 * Else DK_ERR_IO: a file did not reach the disk. Legal on a zeroed one, and twice. */
enum dk_status dk_syncing_finish(struct dk_syncing *syncing, enum dk_status status,
                                 struct dk_error *err) DK_CHECK;

#endif
