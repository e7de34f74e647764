#include "stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stream_error.h"
#include "unpack.h"
#include "zip_end.h"

#define BLOCK_BYTES (256 * 1024)
#define TAR_BLOCK 512

struct dk_stream {
    struct archive *archive;      /* owned */
    struct dk_unpacker *unpacker; /* owned; NULL: not compressed as a whole */
    char *path;                   /* owned */
    int fd;
    /* Of a zip: */
    uint64_t zip_at, zip_end; /* offsets; zip_end 0: it is a tar, or damaged */
    char *block;              /* owned; BLOCK_BYTES */
    locale_t utf8;            /* owned; 0: not on this system */
    enum dk_status failed;    /* of the unpacker, within a call of the library */
    struct dk_error error;
};

/* The error of the last call: the unpacker's, if it was that. */
static enum dk_status stream_failed(const struct dk_stream *stream, struct dk_error *err)
{
    if (stream->failed == DK_OK)
        return dk_stream_failed(stream->archive, stream->path, err);
    if (err)
        *err = stream->error;
    return stream->failed;
}

/* --- opening -------------------------------------------------------------------------------- */

/* The library asks for bytes of the archive; the unpacker gives them. */
static la_ssize_t read_unpacked(struct archive *archive, void *context, const void **data)
{
    struct dk_stream *stream = context;
    size_t size = 0;
    stream->failed = dk_unpacker_read(stream->unpacker, data, &size, &stream->error);
    if (stream->failed == DK_OK)
        return (la_ssize_t)size;
    archive_set_error(archive, EIO, "can't unpack");
    return ARCHIVE_FATAL;
}

/* A compressed file holds a tar. */
static enum dk_status open_packed(struct dk_stream *stream, struct dk_error *err)
{
    struct archive *archive = stream->archive;
    DK_RETURN_IF_ERROR(dk_unpacker_new(stream->path, stream->fd, &stream->unpacker, err));
    if (archive_read_support_format_tar(archive) != ARCHIVE_OK ||
        archive_read_open(archive, stream, NULL, read_unpacked, NULL) != ARCHIVE_OK)
        return stream_failed(stream, err);
    return DK_OK;
}

/* The library reads a zip, from any place; nothing behind its end. */
static la_ssize_t read_zip(struct archive *archive, void *context, const void **data)
{
    struct dk_stream *stream = context;
    uint64_t left = stream->zip_end - stream->zip_at;
    ssize_t got;
    *data = stream->block;
    do {
        got = pread(stream->fd, stream->block, left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES,
                    (off_t)stream->zip_at);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        archive_set_error(archive, errno, "can't read");
    stream->zip_at += got > 0 ? (uint64_t)got : 0;
    return got < 0 ? ARCHIVE_FATAL : got;
}

static la_int64_t seek_zip(struct archive *archive, void *context, la_int64_t offset, int whence)
{
    struct dk_stream *stream = context;
    int64_t base = whence == SEEK_SET   ? 0
                   : whence == SEEK_CUR ? (int64_t)stream->zip_at
                                        : (int64_t)stream->zip_end;
    int64_t at = base + offset;
    (void)archive;
    if (at < 0 || at > (int64_t)stream->zip_end)
        return ARCHIVE_FATAL;
    stream->zip_at = (uint64_t)at;
    return at;
}

static int open_zip(struct dk_stream *stream)
{
    stream->block = malloc(BLOCK_BYTES);
    if (!stream->block) {
        archive_set_error(stream->archive, ENOMEM, "out of memory");
        return ARCHIVE_FATAL;
    }
    archive_read_set_seek_callback(stream->archive, seek_zip);
    return archive_read_open(stream->archive, stream, NULL, read_zip, NULL);
}

/* A zip is read by the directory at its end, which says what must be there; a tar from its top. */
static enum dk_status open_plain(struct dk_stream *stream, struct dk_error *err)
{
    struct archive *archive = stream->archive;
    DK_RETURN_IF_ERROR(dk_zip_end_find(stream->fd, stream->path, &stream->zip_end, err));
    if (archive_read_support_format_zip_seekable(archive) != ARCHIVE_OK ||
        archive_read_support_format_tar(archive) != ARCHIVE_OK ||
        (stream->zip_end > 0
             ? open_zip(stream)
             : archive_read_open_fd(archive, stream->fd, BLOCK_BYTES)) != ARCHIVE_OK)
        return stream_failed(stream, err);
    return DK_OK;
}

static enum dk_status open_archive(struct dk_stream *stream, struct dk_error *err)
{
    unsigned char first[DK_UNPACKER_MAGIC_BYTES];
    stream->fd = open(stream->path, O_RDONLY | O_CLOEXEC);
    if (stream->fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open", stream->path);
    ssize_t got = pread(stream->fd, first, sizeof(first), 0);
    if (got < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't read", stream->path);
    return dk_unpacker_knows(first, (size_t)got) ? open_packed(stream, err)
                                                 : open_plain(stream, err);
}

enum dk_status dk_stream_open(const char *path, struct dk_stream **out, struct dk_error *err)
{
    struct dk_stream *stream = calloc(1, sizeof(*stream));
    if (!stream)
        return dk_error_nomem(err, "open", path);
    stream->fd = -1;
    stream->path = strdup(path);
    stream->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    stream->archive = archive_read_new();
    enum dk_status status = DK_OK;
    if (!stream->path || !stream->archive)
        status = dk_error_nomem(err, "open", path);
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
    dk_unpacker_free(stream->unpacker);
    if (stream->fd >= 0)
        close(stream->fd);
    if (stream->utf8)
        freelocale(stream->utf8);
    free(stream->block);
    free(stream->path);
    free(stream);
}

/* --- reading -------------------------------------------------------------------------------- */

/* The last member was passed: a tar must have its end mark, a block of zeros, for without it
 * members may be missing; and a compressed file is read to its end, where its checksum is. */
static enum dk_status finish(struct dk_stream *stream, struct dk_error *err)
{
    struct archive *archive = stream->archive;
    bool tar = (archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
    int64_t mark = archive_filter_bytes(archive, 0) - archive_read_header_position(archive);
    enum dk_status status = DK_OK;
    if (tar && mark < TAR_BLOCK)
        return dk_stream_damaged(stream->path, "the tar ends too early", err);
    size_t size = stream->unpacker ? 1 : 0;
    while (status == DK_OK && size > 0) {
        const void *data = NULL;
        status = dk_unpacker_read(stream->unpacker, &data, &size, err);
    }
    return status;
}

/* The library converts names that an archive says are UTF-8 to the locale, and discards the
 * characters that it can't convert, which in the "C" locale are all but ASCII. In a locale of
 * UTF-8, in which this thread is meanwhile, they stay as they are. */
static int next_header(struct dk_stream *stream, struct archive_entry **entry)
{
    locale_t before = stream->utf8 ? uselocale(stream->utf8) : (locale_t)0;
    int code = archive_read_next_header(stream->archive, entry);
    if (before)
        uselocale(before);
    return code;
}

enum dk_status dk_stream_next(struct dk_stream *stream, struct dk_stream_member *member,
                              bool *found, struct dk_error *err)
{
    struct archive_entry *entry = NULL;
    int code = next_header(stream, &entry);
    *found = code == ARCHIVE_OK || code == ARCHIVE_WARN;
    if (code == ARCHIVE_EOF)
        return finish(stream, err);
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
        .is_hard_link = archive_entry_hardlink(entry) != NULL,
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

bool dk_stream_is_packed(const struct dk_stream *stream)
{
    return stream->unpacker != NULL;
}

uint64_t dk_stream_position(const struct dk_stream *stream)
{
    if (stream->unpacker)
        return dk_unpacker_position(stream->unpacker);
    int64_t bytes = archive_filter_bytes(stream->archive, -1);
    return bytes > 0 ? (uint64_t)bytes : 0;
}
