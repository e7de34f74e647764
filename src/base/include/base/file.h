/*
 * Files that appear whole or not at all, and the small file-system verbs around them.
 *
 * A dk_sink is where bytes of an output go: a committed file, stdout, a buffer in a test. A
 * dk_file is a sink that writes to a temporary name beside its target (temporary.h) and, at commit, syncs, renames and syncs the folder. Without commit nothing ever appears.
 */
#ifndef DK_BASE_FILE_H
#define DK_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

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

/* Creates the temporary file beside `path` (mode 0666 less umask). What lies at `path` already must
 * be a regular file, or a link to one: the commit replaces the link, not the file that it names.
 * After DK_OK, commit or abort must follow. */
enum dk_status dk_file_create(struct dk_file *file, const char *path, struct dk_error *err)
    DK_CHECK;
/* Writes all `size` bytes. After a failure only abort makes sense. */
enum dk_status dk_file_write(struct dk_file *file, const void *data, size_t size,
                             struct dk_error *err) DK_CHECK;
/* fsync, close, rename over `path`, fsync the folder. After a failure the temporary file is gone
 * and the target is as it was, with one exception: if it is the folder's sync that fails, the new
 * file stands, but a power cut may still undo the rename. */
enum dk_status dk_file_commit(struct dk_file *file, struct dk_error *err) DK_CHECK;
/* Closes and removes the temporary file. After a commit, or on a zeroed struct, it does nothing. */
void dk_file_abort(struct dk_file *file);
/* Removes the temporary files of all that is being written. For a handler of a signal that ends the
 * process (it calls nothing that POSIX.1-2017, 2.4.3, does not allow there): what was not committed
 * never will be. */
void dk_file_remove_temporaries(void);
/* Create, write and commit in one. */
enum dk_status dk_file_put(const char *path, const void *data, size_t size, struct dk_error *err)
    DK_CHECK;
/* A sink over the file, valid until commit or abort. */
struct dk_sink dk_file_sink(struct dk_file *file);

/* fsync of a file that somebody else wrote, and of the folder it lies in: its bytes and its name
 * survive a power cut. Where the file system has no such thing for a file open to read, DK_OK. */
enum dk_status dk_file_sync(const char *path, struct dk_error *err) DK_CHECK;

/* mkdir -p; the names of the folders that were made are synced. DK_OK if it is there already. */
enum dk_status dk_folder_make(const char *path, struct dk_error *err) DK_CHECK;
/* fsync of a folder, so that names in it survive a power cut. */
enum dk_status dk_folder_sync(const char *path, struct dk_error *err) DK_CHECK;
/* The same for the folder that the file at `path` lies in. */
enum dk_status dk_folder_sync_of(const char *path, struct dk_error *err) DK_CHECK;
/* "<folder>/<name>" on the heap (caller frees); just the name where the folder is "" or "." or the
 * name is absolute. NULL if memory runs out. */
char *dk_path_join(const char *folder, const char *name);
/* The last component, "" after a final slash. Borrowed from `path`, never NULL. */
const char *dk_path_name(const char *path);
/* All but the last component, on the heap (caller frees); "." if there is nothing more. NULL if
 * memory runs out. */
char *dk_path_folder(const char *path);
/* Whether `path` exists, and whether it is a folder. Links are followed. */
bool dk_path_exists(const char *path);
bool dk_path_is_folder(const char *path);
/* A time of struct stat as nanoseconds since 1970. */
static inline int64_t dk_time_ns(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}
/* Whether both exist and are the same file or folder, under whatever names. */
bool dk_path_is_same(const char *left, const char *right);

#endif
