#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "refuse.h"

#define MAGIC_XFS 0x58465342L

static void identity_set(struct dk_drop_file *file, const struct stat *info)
{
    file->size_bytes = (uint64_t)info->st_size;
    file->device = info->st_dev;
    file->inode = info->st_ino;
    file->mtime_ns = dk_time_ns(info->st_mtim);
    file->ctime_ns = dk_time_ns(info->st_ctim);
}

static bool identity_equal(const struct dk_drop_file *file, const struct stat *info)
{
    struct dk_drop_file now = {0};
    identity_set(&now, info);
    return now.size_bytes == file->size_bytes && now.device == file->device &&
           now.inode == file->inode && now.mtime_ns == file->mtime_ns &&
           now.ctime_ns == file->ctime_ns;
}

enum dk_status dk_source_identify(const char *path, struct dk_drop_file *file, struct dk_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
    identity_set(file, &info);
    return DK_OK;
}

static enum dk_status not_regular(const char *path, struct dk_error *err)
{
    return DK_REFUSE(err, path, "put the file itself there, not a pipe, a device or a folder",
                     "can't read '%s': it is not a regular file", path);
}

enum dk_status dk_source_open(struct dk_source *source, const char *path, struct dk_drop_file *file,
                              struct dk_error *err)
{
    struct stat info;
    /* Without O_NONBLOCK the open of a pipe would wait for its writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open", path);
    if (fstat(fd, &info) != 0) {
        int saved = errno;
        close(fd);
        return dk_error_errno(err, DK_ERR_IO, saved, "can't read", path);
    }
    if (!S_ISREG(info.st_mode)) {
        close(fd);
        return not_regular(path, err);
    }
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    identity_set(file, &info);
    *source = (struct dk_source){.path = path, .fd = fd};
    return DK_OK;
}

void dk_source_member(struct dk_source *source, struct dk_stream *stream, const char *path)
{
    *source = (struct dk_source){.path = path, .fd = -1, .stream = stream};
}

void dk_source_close(struct dk_source *source)
{
    dk_unpacker_free(source->unpacker);
    if (source->fd >= 0)
        close(source->fd);
    *source = (struct dk_source){.fd = -1};
}

/* Whether the file is compressed: its first bytes say so, not its name. */
static enum dk_status read_magic(struct dk_source *source, struct dk_error *err)
{
    unsigned char first[DK_UNPACKER_MAGIC_BYTES];
    ssize_t got;
    do {
        got = pread(source->fd, first, sizeof(first), 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't read", source->path);
    source->magic_read = true;
    if (!dk_unpacker_knows(first, (size_t)got))
        return DK_OK;
    return dk_unpacker_new(source->path, source->fd, &source->unpacker, err);
}

static enum dk_status read_unpacked(struct dk_source *source, void *data, size_t size, size_t *got,
                                    struct dk_error *err)
{
    if (source->piece_size == 0) {
        const void *piece = NULL;
        DK_RETURN_IF_ERROR(dk_unpacker_read(source->unpacker, &piece, &source->piece_size, err));
        source->piece = piece;
    }
    *got = size < source->piece_size ? size : source->piece_size;
    if (*got > 0)
        memcpy(data, source->piece, *got);
    source->piece += *got;
    source->piece_size -= *got;
    return DK_OK;
}

enum dk_status dk_source_read(struct dk_source *source, void *data, size_t size, size_t *got,
                              struct dk_error *err)
{
    if (source->stream)
        return dk_stream_read(source->stream, data, size, got, err);
    if (!source->magic_read) {
        DK_RETURN_IF_ERROR(read_magic(source, err));
    }
    if (source->unpacker)
        return read_unpacked(source, data, size, got, err);
    ssize_t count;
    do {
        count = read(source->fd, data, size);
    } while (count < 0 && errno == EINTR);
    *got = count > 0 ? (size_t)count : 0;
    source->position += *got;
    return count < 0 ? dk_error_errno(err, DK_ERR_IO, errno, "can't read", source->path) : DK_OK;
}

bool dk_source_is_packed(const struct dk_source *source)
{
    return source->unpacker != NULL;
}

uint64_t dk_source_position(const struct dk_source *source)
{
    if (source->stream)
        return dk_stream_position(source->stream);
    return source->unpacker ? dk_unpacker_position(source->unpacker) : source->position;
}

/* Whether leases of this file system reveal writers. Network file systems refuse a lease for
 * reasons of their own, with the same error. */
static bool leases_reveal(int fd)
{
    struct statfs info;
    if (fstatfs(fd, &info) != 0)
        return false;
    long type = (long)info.f_type;
    return type == EXT4_SUPER_MAGIC || type == MAGIC_XFS || type == BTRFS_SUPER_MAGIC ||
           type == TMPFS_MAGIC || type == F2FS_SUPER_MAGIC || type == OVERLAYFS_SUPER_MAGIC;
}

/* A read lease is granted only while nobody has the file open for writing. It is given back at
 * once; if a writer comes in between, the kernel sends a signal, here one that is ignored by
 * default (SIGIO would end the process). */
static bool has_writer(int fd)
{
    if (!leases_reveal(fd) || fcntl(fd, F_SETSIG, SIGURG) != 0)
        return false;
    if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0)
        return errno == EAGAIN;
    (void)fcntl(fd, F_SETLEASE, F_UNLCK);
    return false;
}

bool dk_source_is_being_written(const struct dk_source *source, const struct dk_drop_file *file)
{
    struct stat info;
    if (source->fd < 0)
        return false;
    if (fstat(source->fd, &info) != 0 || !identity_equal(file, &info))
        return true;
    if (stat(source->path, &info) != 0 || !identity_equal(file, &info))
        return true;
    return has_writer(source->fd);
}
