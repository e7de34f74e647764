#include "unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "stream_error.h"

#define PACKED_BYTES (128 * 1024)
#define PLAIN_BYTES (256 * 1024)
#define GZIP_WINDOW (15 + 16) /* zlib's way to say: the largest window, and a gzip header */

struct dk_unpacker {
    const char *path;        /* borrowed */
    int fd;                  /* borrowed */
    struct archive *archive; /* owned; NULL: gzip */
    z_stream gzip;
    bool in_member; /* of a gzip file, which may have several */
    bool at_end;
    uint64_t position;
    unsigned char packed[PACKED_BYTES];
    unsigned char plain[PLAIN_BYTES];
};

struct magic {
    const char *bytes;
    size_t size;
};

static const struct magic gzip_magic = {"\x1f\x8b", 2};
static const struct magic other_magics[] = {
    {"\x28\xb5\x2f\xfd", 4}, /* zstd */
    {"\xfd\x37zXZ", 5},      /* xz */
    {"BZh", 3},              /* bzip2 */
};

static bool has_magic(const struct magic *magic, const unsigned char *data, size_t size)
{
    return size >= magic->size && memcmp(data, magic->bytes, magic->size) == 0;
}

bool dk_unpacker_knows(const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < DK_COUNT_OF(other_magics); i++)
        if (has_magic(&other_magics[i], data, size))
            return true;
    return has_magic(&gzip_magic, data, size);
}

/* --- gzip ----------------------------------------------------------------------------------- */

/* Fills the compressed buffer, if it is empty; leaves it empty at the end of the file. */
static enum dk_status read_packed(struct dk_unpacker *unpacker, struct dk_error *err)
{
    ssize_t got;
    if (unpacker->gzip.avail_in > 0)
        return DK_OK;
    do {
        got = read(unpacker->fd, unpacker->packed, sizeof(unpacker->packed));
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't read", unpacker->path);
    unpacker->position += (uint64_t)got;
    unpacker->gzip.next_in = unpacker->packed;
    unpacker->gzip.avail_in = (unsigned)got;
    return DK_OK;
}

/* Takes zeros off the front of the compressed buffer. */
static void skip_zeros(z_stream *gzip)
{
    while (gzip->avail_in > 0 && gzip->next_in[0] == 0) {
        gzip->next_in++;
        gzip->avail_in--;
    }
}

/* Between members: another one begins, or nothing follows but zeros, with which tapes are filled
 * up. */
static enum dk_status begin_member(struct dk_unpacker *unpacker, struct dk_error *err)
{
    z_stream *gzip = &unpacker->gzip;
    skip_zeros(gzip);
    while (gzip->avail_in == 0) {
        enum dk_status status = read_packed(unpacker, err);
        unpacker->at_end = status == DK_OK && gzip->avail_in == 0;
        if (status != DK_OK || unpacker->at_end)
            return status;
        skip_zeros(gzip);
    }
    if (gzip->next_in[0] != 0x1f || inflateReset(gzip) != Z_OK)
        return dk_stream_damaged(unpacker->path, "bytes after the end of the gzip data", err);
    unpacker->in_member = true;
    return DK_OK;
}

/* Unpacks into the plain buffer until it is full or the file is at its end. */
static enum dk_status read_gzip(struct dk_unpacker *unpacker, struct dk_error *err)
{
    z_stream *gzip = &unpacker->gzip;
    gzip->next_out = unpacker->plain;
    gzip->avail_out = sizeof(unpacker->plain);
    while (gzip->avail_out > 0 && !unpacker->at_end) {
        enum dk_status status =
            unpacker->in_member ? read_packed(unpacker, err) : begin_member(unpacker, err);
        if (status != DK_OK || unpacker->at_end)
            return status;
        if (gzip->avail_in == 0)
            return dk_stream_damaged(unpacker->path, "truncated gzip data", err);
        int code = inflate(gzip, Z_NO_FLUSH);
        if (code == Z_MEM_ERROR)
            return dk_error_nomem(err, "unpack", unpacker->path);
        if (code == Z_STREAM_END)
            unpacker->in_member = false;
        else if (code != Z_OK && code != Z_BUF_ERROR)
            return dk_stream_damaged(unpacker->path, gzip->msg ? gzip->msg : "bad gzip data", err);
    }
    return DK_OK;
}

/* --- all ------------------------------------------------------------------------------------ */

static enum dk_status open_archive(struct dk_unpacker *unpacker, struct dk_error *err)
{
    struct archive_entry *entry = NULL;
    struct archive *archive = archive_read_new();
    unpacker->archive = archive;
    if (!archive)
        return dk_error_nomem(err, "unpack", unpacker->path);
    if (archive_read_support_format_raw(archive) != ARCHIVE_OK ||
        archive_read_support_filter_zstd(archive) != ARCHIVE_OK ||
        archive_read_support_filter_xz(archive) != ARCHIVE_OK ||
        archive_read_support_filter_bzip2(archive) != ARCHIVE_OK ||
        archive_read_open_fd(archive, unpacker->fd, PACKED_BYTES) != ARCHIVE_OK ||
        archive_read_next_header(archive, &entry) != ARCHIVE_OK)
        return dk_stream_failed(archive, unpacker->path, err);
    return DK_OK;
}

enum dk_status dk_unpacker_new(const char *path, int fd, struct dk_unpacker **out,
                               struct dk_error *err)
{
    struct dk_unpacker *unpacker = calloc(1, sizeof(*unpacker));
    if (!unpacker)
        return dk_error_nomem(err, "unpack", path);
    unpacker->path = path;
    unpacker->fd = fd;
    unsigned char first[2] = {0};
    enum dk_status status = DK_OK;
    ssize_t got = pread(fd, first, sizeof(first), 0);
    if (got < 0)
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
    else if (!has_magic(&gzip_magic, first, (size_t)got))
        status = open_archive(unpacker, err);
    else if (inflateInit2(&unpacker->gzip, GZIP_WINDOW) != Z_OK)
        status = dk_error_nomem(err, "unpack", path);
    if (status != DK_OK)
        dk_unpacker_free(unpacker);
    else
        *out = unpacker;
    return status;
}

void dk_unpacker_free(struct dk_unpacker *unpacker)
{
    if (!unpacker)
        return;
    if (unpacker->archive)
        archive_read_free(unpacker->archive);
    inflateEnd(&unpacker->gzip);
    free(unpacker);
}

enum dk_status dk_unpacker_read(struct dk_unpacker *unpacker, const void **data, size_t *size,
                                struct dk_error *err)
{
    *data = unpacker->plain;
    *size = 0;
    if (unpacker->archive) {
        la_ssize_t got =
            archive_read_data(unpacker->archive, unpacker->plain, sizeof(unpacker->plain));
        *size = got > 0 ? (size_t)got : 0;
        return got < 0 ? dk_stream_failed(unpacker->archive, unpacker->path, err) : DK_OK;
    }
    enum dk_status status = read_gzip(unpacker, err);
    if (status == DK_OK)
        *size = sizeof(unpacker->plain) - unpacker->gzip.avail_out;
    return status;
}

uint64_t dk_unpacker_position(const struct dk_unpacker *unpacker)
{
    if (!unpacker->archive)
        return unpacker->position;
    int64_t bytes = archive_filter_bytes(unpacker->archive, -1);
    return bytes > 0 ? (uint64_t)bytes : 0;
}
