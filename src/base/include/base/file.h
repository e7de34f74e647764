/*
 * Files that appear whole or not at all, and the small file-system verbs around them.
 *
 * A dk_sink is where bytes of an output go: a committed file, stdout, a buffer in a test. A
 * dk_file is a sink that writes to a temporary name beside its target (temporary.h). A commit syncs
 * the file, renames it and syncs the folder; without a commit nothing ever appears.
 */
#ifndef DK_BASE_FILE_H
#define DK_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/path.h"
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

/* A sink that writes to an open descriptor, which it borrows. Partial writes, EINTR and
 * non-blocking descriptors are handled. A pipe whose reader is gone fails with native EPIPE (the
 * caller ignores SIGPIPE). `fd` is kept in the pointer itself, so that the sink owns nothing. */
struct dk_sink dk_sink_fd(int fd);

struct dk_file {
    int fd;                /* -1: closed */
    char *path;            /* final name, owned */
    char *temporary;       /* name while being written, owned */
    unsigned noted;        /* 1 + its place among the temporaries of this process; 0: none */
    uint64_t size_bytes;   /* written so far */
    uint64_t pushed_bytes; /* of these, handed to the disk already */
};

/* Creates the temporary file beside `path` (mode 0666 less umask). If `path` exists, it must be a
 * regular file or a link to one: the commit replaces the link, not the file that it names.
 * After DK_OK, commit or abort must follow. */
enum dk_status dk_file_create(struct dk_file *file, const char *path, struct dk_error *err)
    DK_CHECK;
/* Writes all `size` bytes. After a failure only abort makes sense. */
enum dk_status dk_file_write(struct dk_file *file, const void *data, size_t size,
                             struct dk_error *err) DK_CHECK;
/* fsync, close, rename over `path`, fsync the folder. After a failure the temporary file is gone
 * and the target is as it was, with one exception: if the sync of the folder fails, the new file
 * has its name, but a power cut may still undo the rename. */
enum dk_status dk_file_commit(struct dk_file *file, struct dk_error *err) DK_CHECK;
/* Closes and removes the temporary file. After a commit, or on a zeroed struct, it does nothing. */
void dk_file_abort(struct dk_file *file);
/* Removes the temporary files of every file that is being written. A signal handler that ends the
 * process may call it: it uses only functions that POSIX.1-2017, 2.4.3, allows there. */
void dk_file_remove_temporaries(void);
/* Create, write and commit in one. */
enum dk_status dk_file_put(const char *path, const void *data, size_t size, struct dk_error *err)
    DK_CHECK;
/* A sink over the file, valid until commit or abort. */
struct dk_sink dk_file_sink(struct dk_file *file);

/* fsync of a file that another function wrote, and of its folder, so that bytes and name survive a
 * power cut. DK_OK too where the file system can't sync a file that is open for reading. */
enum dk_status dk_file_sync(const char *path, struct dk_error *err) DK_CHECK;

/* mkdir -p, with a sync of each new name. DK_OK if the folder exists already. */
enum dk_status dk_folder_make(const char *path, struct dk_error *err) DK_CHECK;
/* The same for the folder of the file at `path`. */
enum dk_status dk_folder_make_of(const char *path, struct dk_error *err) DK_CHECK;
/* fsync of a folder, so that names in it survive a power cut. */
enum dk_status dk_folder_sync(const char *path, struct dk_error *err) DK_CHECK;
/* The same for the folder of the file at `path`. */
enum dk_status dk_folder_sync_of(const char *path, struct dk_error *err) DK_CHECK;

#endif
