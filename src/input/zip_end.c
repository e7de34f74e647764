#include "zip_end.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* PKWARE's APPNOTE.TXT 6.3, section 4.3.16: the record, its signature, and where it has the size
 * and the offset of the directory. A comment has at most 64 KiB; as much again is for padding. */
#define RECORD_BYTES 22
#define SIZE_AT 12
#define OFFSET_AT 16
#define TAIL_BYTES (128 * 1024)

static const unsigned char record_start[] = {'P', 'K', 5, 6};

static uint64_t read_u32(const unsigned char *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24;
}

/* Reads data[0..size) from `offset` on; less only at the end of the file. */
static enum dk_status read_at(int fd, unsigned char *data, size_t *size, uint64_t offset,
                              const char *path, struct dk_error *err)
{
    size_t got = 0;
    while (got < *size) {
        ssize_t count = pread(fd, data + got, *size - got, (off_t)(offset + got));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
        if (count == 0)
            break;
        got += (size_t)count;
    }
    *size = got;
    return DK_OK;
}

/* The directory must be in front of the record: its bytes may be in a comment, too. All bits set
 * say that a zip64 record has the values. */
static uint64_t find_record(const unsigned char *tail, size_t size, uint64_t offset)
{
    for (size_t at = size < RECORD_BYTES ? 0 : size - RECORD_BYTES + 1; at-- > 0;) {
        if (memcmp(tail + at, record_start, sizeof(record_start)) != 0)
            continue;
        uint64_t bytes = read_u32(tail + at + SIZE_AT);
        uint64_t from = read_u32(tail + at + OFFSET_AT);
        if (bytes == UINT32_MAX || from == UINT32_MAX || bytes + from <= offset + at)
            return offset + at + RECORD_BYTES;
    }
    return 0;
}

static enum dk_status find_end(int fd, const char *path, unsigned char *tail, uint64_t *end,
                               struct dk_error *err)
{
    struct stat info;
    size_t size = 2;
    DK_RETURN_IF_ERROR(read_at(fd, tail, &size, 0, path, err));
    if (size < 2 || memcmp(tail, record_start, 2) != 0)
        return DK_OK;
    if (fstat(fd, &info) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
    uint64_t bytes = (uint64_t)info.st_size;
    uint64_t offset = bytes > TAIL_BYTES ? bytes - TAIL_BYTES : 0;
    size = TAIL_BYTES;
    DK_RETURN_IF_ERROR(read_at(fd, tail, &size, offset, path, err));
    *end = find_record(tail, size, offset);
    return DK_OK;
}

enum dk_status dk_zip_end_find(int fd, const char *path, uint64_t *end, struct dk_error *err)
{
    *end = 0;
    unsigned char *tail = malloc(TAIL_BYTES);
    if (!tail)
        return dk_error_nomem(err, "read", path);
    enum dk_status status = find_end(fd, path, tail, end, err);
    free(tail);
    return status;
}
