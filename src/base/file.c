#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/temporary.h"

#define TEMPORARY_ATTEMPTS_MAX 1000
#define NOTED_MAX 64
#define STOP_WAIT_MAX_MS 200
/* The disk starts on this much at a time, long before the sync that waits for all of it. */
#define PUSH_BYTES (UINT64_C(4) << 20)

/* Waits until an output that another program left in non-blocking mode takes bytes again. */
static bool wait_writable(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    return poll(&ready, 1, -1) > 0 || errno == EINTR;
}

static enum dk_status write_all(int fd, const char *data, size_t size, const char *path,
                                struct dk_error *err)
{
    while (size > 0) {
        ssize_t put = write(fd, data, size);
        if (put < 0 && (errno == EINTR || (errno == EAGAIN && wait_writable(fd))))
            continue;
        if (put < 0)
            return dk_error_errno(err, DK_ERR_IO, errno, "can't write", path);
        data += put;
        size -= (size_t)put;
    }
    return DK_OK;
}

static enum dk_status buffer_sink_write(struct dk_sink *sink, const void *data, size_t size,
                                        struct dk_error *err)
{
    return dk_buffer_append(sink->context, data, size, err);
}

struct dk_sink dk_sink_buffer(struct dk_buffer *buffer)
{
    return (struct dk_sink){.write = buffer_sink_write, .context = buffer};
}

static enum dk_status fd_sink_write(struct dk_sink *sink, const void *data, size_t size,
                                    struct dk_error *err)
{
    int fd = (int)(intptr_t)sink->context;
    return write_all(fd, data, size, fd == STDOUT_FILENO ? "standard output" : NULL, err);
}

struct dk_sink dk_sink_fd(int fd)
{
    return (struct dk_sink){.write = fd_sink_write, .context = (void *)(intptr_t)fd};
}

/* Copies of the names of temporary files, for a signal handler. The code that takes a copy out of
 * the table owns it. Files past NOTED_MAX are not noted; a later run removes what a signal
 * leaves. */
static _Atomic(char *) noted[NOTED_MAX];
/* Threads that have noted a name and not opened its file yet; maybe this thread is one. */
static atomic_uint creating;
static _Thread_local volatile unsigned creating_here;
static atomic_bool stopping;

static void note_temporary(struct dk_file *file, const char *name)
{
    char *copy = strdup(name);
    for (unsigned i = 0; copy && i < NOTED_MAX; i++) {
        char *none = NULL;
        if (atomic_compare_exchange_strong(&noted[i], &none, copy)) {
            file->noted = i + 1;
            return;
        }
    }
    free(copy);
}

static void forget_temporary(struct dk_file *file)
{
    if (file->noted > 0)
        free(atomic_exchange(&noted[file->noted - 1], NULL));
    file->noted = 0;
}

void dk_file_remove_temporaries(void)
{
    atomic_store(&stopping, true);
    /* The thread that this handler interrupted does not continue, so nobody waits for it. */
    for (int i = 0; i < STOP_WAIT_MAX_MS && atomic_load(&creating) > creating_here; i++)
        (void)poll(NULL, 0, 1);
    for (unsigned i = 0; i < NOTED_MAX; i++) {
        char *name = atomic_exchange(&noted[i], NULL);
        if (name)
            (void)unlink(name); /* gone already: it has its final name */
    }
}

/* open(), with the name noted before the file exists. */
static int create_noted(struct dk_file *file, const char *name)
{
    atomic_fetch_add(&creating, 1);
    creating_here = 1;
    if (atomic_load(&stopping)) {
        /* The process is about to end. */
        creating_here = 0;
        atomic_fetch_sub(&creating, 1);
        for (;;)
            (void)pause();
    }
    note_temporary(file, name);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    int saved = errno;
    if (fd < 0)
        forget_temporary(file);
    creating_here = 0;
    atomic_fetch_sub(&creating, 1);
    errno = saved;
    return fd;
}

/* Opens the temporary file. A name that exists belongs to a killed run with the same process
 * number, or to another machine on a share: leave it alone, try the next one. */
static enum dk_status open_temporary(struct dk_file *file, struct dk_error *err)
{
    for (int attempt = 1;; attempt++) {
        char *name = dk_temporary_name(file->path);
        if (!name)
            return dk_error_nomem(err, "create", file->path);
        file->fd = create_noted(file, name);
        int saved = errno;
        if (file->fd >= 0) {
            file->temporary = name;
            return DK_OK;
        }
        free(name);
        if (saved != EEXIST || attempt == TEMPORARY_ATTEMPTS_MAX)
            return dk_error_errno(err, DK_ERR_IO, saved, "can't create", file->path);
    }
}

/* A target that exists must be a file: the rename would replace a device by a file. */
static enum dk_status check_target(const char *path, struct dk_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0 || S_ISREG(info.st_mode))
        return DK_OK;
    if (S_ISDIR(info.st_mode)) {
        dk_error_set(err, DK_ERR_IO, "can't write '%s': it is a folder", path);
        dk_error_hint(err, "name a file in it");
        return DK_ERR_IO;
    }
    dk_error_set(err, DK_ERR_IO, "can't write '%s': it is not a regular file", path);
    dk_error_hint(err, "name a file, or send the result to standard output");
    return DK_ERR_IO;
}

enum dk_status dk_file_create(struct dk_file *file, const char *path, struct dk_error *err)
{
    *file = (struct dk_file){.fd = -1};
    DK_RETURN_IF_ERROR(check_target(path, err));
    file->path = strdup(path);
    if (!file->path)
        return dk_error_nomem(err, "create", path);
    enum dk_status status = open_temporary(file, err);
    if (status != DK_OK)
        dk_file_abort(file);
    return status;
}

enum dk_status dk_file_write(struct dk_file *file, const void *data, size_t size,
                             struct dk_error *err)
{
    DK_RETURN_IF_ERROR(write_all(file->fd, data, size, file->path, err));
    file->size_bytes += size;
    uint64_t waiting = file->size_bytes - file->pushed_bytes;
    if (waiting >= PUSH_BYTES) {
        /* Only a request to begin; the sync reports failures. */
        (void)sync_file_range(file->fd, (off_t)file->pushed_bytes, (off_t)waiting,
                              SYNC_FILE_RANGE_WRITE);
        file->pushed_bytes = file->size_bytes;
    }
    return DK_OK;
}

static enum dk_status sync_folder_fd(int fd, const char *path, struct dk_error *err)
{
    /* Some network file systems can't sync a folder and return EINVAL. */
    if (fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't sync the folder", path);
    return DK_OK;
}

static enum dk_status open_folder(const char *path, int *fd, struct dk_error *err)
{
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open the folder", path);
    return DK_OK;
}

/* Sync, close, rename, sync the open folder. */
static enum dk_status commit_steps(struct dk_file *file, const char *folder, int folder_fd,
                                   struct dk_error *err)
{
    if (fsync(file->fd) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't sync", file->path);
    int fd = file->fd;
    file->fd = -1;
    if (close(fd) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't close", file->path);
    if (rename(file->temporary, file->path) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't rename into", file->path);
    forget_temporary(file);
    free(file->temporary);
    file->temporary = NULL;
    return sync_folder_fd(folder_fd, folder, err);
}

enum dk_status dk_file_commit(struct dk_file *file, struct dk_error *err)
{
    /* Do what needs memory, permissions or descriptors before the rename. */
    enum dk_status status = DK_OK;
    int folder_fd = -1;
    char *folder = dk_path_folder(file->path);
    if (!folder)
        status = dk_error_nomem(err, "sync", file->path);
    else
        status = open_folder(folder, &folder_fd, err);
    if (status == DK_OK)
        status = commit_steps(file, folder, folder_fd, err);
    if (folder_fd >= 0)
        close(folder_fd);
    free(folder);
    dk_file_abort(file);
    return status;
}

void dk_file_abort(struct dk_file *file)
{
    if (!file->path && !file->temporary)
        return;
    if (file->fd >= 0)
        close(file->fd);
    if (file->temporary)
        unlink(file->temporary);
    forget_temporary(file);
    free(file->temporary);
    free(file->path);
    *file = (struct dk_file){.fd = -1, .size_bytes = file->size_bytes};
}

enum dk_status dk_file_put(const char *path, const void *data, size_t size, struct dk_error *err)
{
    struct dk_file file = {.fd = -1};
    enum dk_status status = dk_file_create(&file, path, err);
    if (status == DK_OK)
        status = dk_file_write(&file, data, size, err);
    if (status == DK_OK)
        status = dk_file_commit(&file, err);
    dk_file_abort(&file);
    return status;
}

static enum dk_status file_sink_write(struct dk_sink *sink, const void *data, size_t size,
                                      struct dk_error *err)
{
    return dk_file_write(sink->context, data, size, err);
}

struct dk_sink dk_file_sink(struct dk_file *file)
{
    return (struct dk_sink){.write = file_sink_write, .context = file};
}

enum dk_status dk_file_sync(const char *path, struct dk_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open", path);
    enum dk_status status = DK_OK;
    /* A share may require write permission for this; a read-only disk has nothing to sync. */
    if (fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EACCES && errno != EROFS)
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't sync", path);
    close(fd);
    return status == DK_OK ? dk_folder_sync_of(path, err) : status;
}

static enum dk_status folder_make_one(const char *path, struct dk_error *err)
{
    if (mkdir(path, 0777) == 0)
        return dk_folder_sync_of(path, err);
    int saved = errno;
    if (saved == EEXIST && dk_path_is_folder(path))
        return DK_OK;
    if (saved == EEXIST && dk_path_exists(path)) {
        dk_error_set(err, DK_ERR_IO, "can't create the folder '%s': a file has that name", path);
        dk_error_hint(err, "move that file away");
        return DK_ERR_IO;
    }
    return dk_error_errno(err, DK_ERR_IO, saved, "can't create the folder", path);
}

enum dk_status dk_folder_make(const char *path, struct dk_error *err)
{
    if (dk_path_is_folder(path))
        return DK_OK;
    if (path[0] == '\0')
        return dk_error_errno(err, DK_ERR_IO, ENOENT, "can't create the folder", path);
    char *copy = strdup(path);
    if (!copy)
        return dk_error_nomem(err, "make", path);
    enum dk_status status = DK_OK;
    for (char *at = copy + 1; status == DK_OK && *at; at++) {
        if (*at != '/' || at[-1] == '/')
            continue;
        *at = '\0';
        status = folder_make_one(copy, err);
        *at = '/';
    }
    if (status == DK_OK)
        status = folder_make_one(copy, err);
    free(copy);
    return status;
}

enum dk_status dk_folder_make_of(const char *path, struct dk_error *err)
{
    char *folder = dk_path_folder(path);
    enum dk_status status =
        folder ? dk_folder_make(folder, err) : dk_error_nomem(err, "write", path);
    free(folder);
    return status;
}

enum dk_status dk_folder_sync(const char *path, struct dk_error *err)
{
    int fd = -1;
    DK_RETURN_IF_ERROR(open_folder(path, &fd, err));
    enum dk_status status = sync_folder_fd(fd, path, err);
    close(fd);
    return status;
}

enum dk_status dk_folder_sync_of(const char *path, struct dk_error *err)
{
    char *folder = dk_path_folder(path);
    enum dk_status status =
        folder ? dk_folder_sync(folder, err) : dk_error_nomem(err, "sync the folder of", path);
    free(folder);
    return status;
}
