/*
 * Files that appear whole or not at all, and the small file-system verbs around them.
 *
 * A dk_sink is where bytes of an output go: a committed file, stdout, a buffer in a test. A
 * dk_file is a sink that writes to a temporary name beside its target (".<name>.<pid>.<n>.tmp")
 * and, at commit, syncs, renames and syncs the folder. Without commit nothing ever appears.
 */
#ifndef DK_BASE_FILE_H
#define DK_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Where bytes go. `write` takes all `size` bytes or fails. A sink is used by one thread at a
 * time. */
struct dk_sink {
    enum dk_status (*write)(struct dk_sink *sink, const void *data, size_t size,
                            struct dk_error *err);
    void *context;
};

struct dk_buffer;

/* A sink that appends to `buffer`, which it borrows. */
struct dk_sink dk_sink_buffer(struct dk_buffer *buffer);

/* A sink that writes to an open descriptor, which it borrows: partial writes and EINTR are
 * handled. A pipe that the reader closed fails with native EPIPE (SIGPIPE must be ignored). `fd`
 * is kept in the pointer itself, so the sink needs no memory. */
struct dk_sink dk_sink_fd(int fd);

struct dk_file {
    int fd;              /* -1: closed */
    char *path;          /* final name, owned */
    char *temporary;     /* name while being written, owned */
    uint64_t size_bytes; /* written so far */
    uint64_t pushed_bytes; /* of them, those that the disk was asked to begin with */
};

/* Creates the temporary file beside `path` (mode 0666 less umask). Where `path` is there already it
 * must be a regular file, or a link to one: the link will be replaced, what it names is not touched.
 * After DK_OK, commit or abort must follow. */
enum dk_status dk_file_create(struct dk_file *file, const char *path, struct dk_error *err) DK_CHECK;
enum dk_status dk_file_write(struct dk_file *file, const void *data, size_t size,
                             struct dk_error *err) DK_CHECK;
/* fsync, close, rename over `path`, fsync the folder. After a failure the temporary file is gone and
 * the target is as it was, but for one case: where only the folder's sync fails, the new file is in
 * its place and may be gone again after a power cut. */
enum dk_status dk_file_commit(struct dk_file *file, struct dk_error *err) DK_CHECK;
/* Closes and removes the temporary file. Legal after commit and on a zeroed struct: does nothing. */
void dk_file_abort(struct dk_file *file);
/* A sink over the file, valid until commit or abort. */
struct dk_sink dk_file_sink(struct dk_file *file);

/* mkdir -p. DK_OK if it is there already. */
enum dk_status dk_folder_make(const char *path, struct dk_error *err) DK_CHECK;
/* fsync of a folder, so that names in it survive a power cut. */
enum dk_status dk_folder_sync(const char *path, struct dk_error *err) DK_CHECK;
/* The same of the folder that the file at `path` lies in. */
enum dk_status dk_folder_sync_of(const char *path, struct dk_error *err) DK_CHECK;
/* "<folder>/<name>" on the heap (caller frees), or NULL without memory. */
char *dk_path_join(const char *folder, const char *name);
/* The last component; never NULL. Borrowed from `path`. */
const char *dk_path_name(const char *path);
/* The folder part on the heap (caller frees): "." if there is none. NULL without memory. */
char *dk_path_folder(const char *path);
/* Whether `path` exists, and whether it is a folder. Links are followed. */
bool dk_path_exists(const char *path);
bool dk_path_is_folder(const char *path);

#endif
