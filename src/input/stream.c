#include "input/stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES (256 * 1024)

struct dk_stream {
    struct archive *archive; /* owned */
    char *path;              /* owned */
    int fd;
};

/* An error of the library as ours: damage is bad data, the rest is the system's. */
static enum dk_status stream_failed(struct dk_stream *stream, struct dk_error *err)
{
    int code = archive_errno(stream->archive);
    const char *why = archive_error_string(stream->archive);
    if (code == ENOMEM)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory to read '%s'", stream->path);
    if (code == EIO || code == ESTALE || code == EBADF)
        return dk_error_errno(err, DK_ERR_IO, code, "can't read", stream->path);
    enum dk_status status =
        dk_error_set(err, DK_ERR_DATA, "can't read the archive '%s': %s", stream->path,
                     why ? why : "unknown damage");
    dk_error_place(err, stream->path, 0, 0, 0);
    dk_error_hint(err, "it is truncated, damaged or no zip or tar; copy it again");
    return status;
}

static enum dk_status open_archive(struct dk_stream *stream, struct dk_error *err)
{
    struct archive *archive = stream->archive;
    if (archive_read_support_format_zip(archive) != ARCHIVE_OK ||
        archive_read_support_format_tar(archive) != ARCHIVE_OK ||
        archive_read_support_filter_gzip(archive) != ARCHIVE_OK ||
        archive_read_support_filter_zstd(archive) != ARCHIVE_OK ||
        archive_read_support_filter_xz(archive) != ARCHIVE_OK ||
        archive_read_support_filter_bzip2(archive) != ARCHIVE_OK)
        return stream_failed(stream, err);
    stream->fd = open(stream->path, O_RDONLY | O_CLOEXEC);
    if (stream->fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open", stream->path);
    if (archive_read_open_fd(archive, stream->fd, BLOCK_BYTES) != ARCHIVE_OK)
        return stream_failed(stream, err);
    return DK_OK;
}

enum dk_status dk_stream_open(const char *path, struct dk_stream **out, struct dk_error *err)
{
    struct dk_stream *stream = calloc(1, sizeof(*stream));
    if (!stream)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory to open '%s'", path);
    stream->fd = -1;
    stream->path = strdup(path);
    stream->archive = archive_read_new();
    enum dk_status status = DK_OK;
    if (!stream->path || !stream->archive)
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory to open '%s'", path);
    else
        status = open_archive(stream, err);
    if (status != DK_OK)
        dk_stream_close(stream);
    else
        *out = stream;
    return status;
}

void dk_stream_close(struct dk_stream *stream)
{
    if (!stream)
        return;
    if (stream->archive)
        archive_read_free(stream->archive);
    if (stream->fd >= 0)
        close(stream->fd);
    free(stream->path);
    free(stream);
}

enum dk_status dk_stream_next(struct dk_stream *stream, struct dk_stream_member *member,
                              bool *found, struct dk_error *err)
{
    struct archive_entry *entry = NULL;
    int code = archive_read_next_header(stream->archive, &entry);
    *found = code == ARCHIVE_OK || code == ARCHIVE_WARN;
    if (code == ARCHIVE_EOF)
        return DK_OK;
    if (!*found)
        return stream_failed(stream, err);
    const char *path = archive_entry_pathname(entry);
    if (!path)
        path = archive_entry_pathname_utf8(entry);
    int64_t size = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
    *member = (struct dk_stream_member){
        .path = path ? path : "",
        .size_bytes = size > 0 ? (uint64_t)size : 0,
        .is_file = archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry),
        .is_encrypted = archive_entry_is_encrypted(entry) != 0,
    };
    return DK_OK;
}

enum dk_status dk_stream_read(struct dk_stream *stream, void *data, size_t size, size_t *got,
                              struct dk_error *err)
{
    la_ssize_t count = archive_read_data(stream->archive, data, size);
    *got = count > 0 ? (size_t)count : 0;
    /* A warning too: a wrong checksum is one. */
    return count < 0 ? stream_failed(stream, err) : DK_OK;
}

uint64_t dk_stream_position(const struct dk_stream *stream)
{
    int64_t bytes = archive_filter_bytes(stream->archive, -1);
    return bytes > 0 ? (uint64_t)bytes : 0;
}
