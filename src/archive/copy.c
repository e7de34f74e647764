#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/file.h"

#define WINDOW_BYTES (256 * 1024)
#define ZSTD_LEVEL 3
/* zstd's own 8 MiB a job, and a job a thread, would be 20 MB for each processor. */
#define ZSTD_JOB_BYTES (1024 * 1024)
#define ZSTD_WORKERS_MAX 4

/* One copy: bytes come from `in`, their hash is taken, and they go to `file`. */
struct copy {
    const struct dk_copy *request;
    int in;
    struct dk_file file;
    struct dk_hash read_hash;   /* of the source's bytes */
    struct dk_hash stored_hash; /* of the target's bytes, where they are others */
    ZSTD_CCtx *compressor;      /* NULL: plain */
    char *window;               /* WINDOW_BYTES */
    char *packed;               /* ZSTD_CStreamOutSize() bytes; NULL: plain */
};

static enum dk_status open_place(const struct dk_place *place, int *fd, struct dk_error *err)
{
    *fd = openat(place->folder, place->name, O_RDONLY | O_CLOEXEC);
    return *fd >= 0 ? DK_OK : dk_error_errno(err, DK_ERR_IO, errno, "can't open", place->path);
}

static enum dk_status read_window(int fd, char *window, size_t *got, const char *path,
                                  struct dk_error *err)
{
    ssize_t size;
    do {
        size = read(fd, window, WINDOW_BYTES);
    } while (size < 0 && errno == EINTR);
    *got = size > 0 ? (size_t)size : 0;
    return size < 0 ? dk_error_errno(err, DK_ERR_IO, errno, "can't read", path) : DK_OK;
}

static enum dk_status zstd_failed(size_t code, const char *what, const char *path,
                                  struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_IO, "can't %s '%s': %s", what, path, ZSTD_getErrorName(code));
}

static enum dk_status store_packed(struct copy *copy, const void *data, size_t size, bool last,
                                   struct dk_error *err)
{
    ZSTD_inBuffer input = {.src = data, .size = size, .pos = 0};
    for (;;) {
        ZSTD_outBuffer output = {.dst = copy->packed, .size = ZSTD_CStreamOutSize(), .pos = 0};
        size_t rest = ZSTD_compressStream2(copy->compressor, &output, &input,
                                           last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(rest))
            return zstd_failed(rest, "compress", copy->request->source->path, err);
        DK_RETURN_IF_ERROR(dk_hash_update(&copy->stored_hash, output.dst, output.pos, err));
        DK_RETURN_IF_ERROR(dk_file_write(&copy->file, output.dst, output.pos, err));
        if (last ? rest == 0 : input.pos == input.size)
            return DK_OK;
    }
}

/* Hashes and stores all of the source; `read_hex` gets the hash of what was read. */
static enum dk_status copy_bytes(struct copy *copy, char read_hex[DK_HASH_HEX_MAX],
                                 char stored_hex[DK_HASH_HEX_MAX], struct dk_error *err)
{
    size_t got = 1;
    while (got > 0) {
        DK_RETURN_IF_ERROR(
            read_window(copy->in, copy->window, &got, copy->request->source->path, err));
        DK_RETURN_IF_ERROR(dk_hash_update(&copy->read_hash, copy->window, got, err));
        DK_RETURN_IF_ERROR(copy->compressor ? store_packed(copy, copy->window, got, got == 0, err)
                                            : dk_file_write(&copy->file, copy->window, got, err));
    }
    DK_RETURN_IF_ERROR(dk_hash_finish(&copy->read_hash, read_hex, err));
    if (copy->compressor)
        return dk_hash_finish(&copy->stored_hash, stored_hex, err);
    memcpy(stored_hex, read_hex, DK_HASH_HEX_MAX);
    return DK_OK;
}

static enum dk_status open_compressor(struct copy *copy, struct dk_error *err)
{
    const unsigned threads = copy->request->threads;
    size_t code = ZSTD_CCtx_setParameter(copy->compressor, ZSTD_c_compressionLevel, ZSTD_LEVEL);
    if (!ZSTD_isError(code))
        code = ZSTD_CCtx_setParameter(copy->compressor, ZSTD_c_checksumFlag, 1);
    if (ZSTD_isError(code))
        return zstd_failed(code, "compress", copy->request->source->path, err);
    /* A library built without threads refuses this one, and compresses in ours. */
    unsigned workers = threads < ZSTD_WORKERS_MAX ? threads : ZSTD_WORKERS_MAX;
    (void)ZSTD_CCtx_setParameter(copy->compressor, ZSTD_c_nbWorkers, (int)workers);
    (void)ZSTD_CCtx_setParameter(copy->compressor, ZSTD_c_jobSize, ZSTD_JOB_BYTES);
    return DK_OK;
}

static enum dk_status copy_open(struct copy *copy, struct dk_error *err)
{
    const bool zstd = copy->request->zstd;
    copy->window = malloc(WINDOW_BYTES);
    if (zstd) {
        copy->packed = malloc(ZSTD_CStreamOutSize());
        copy->compressor = ZSTD_createCCtx();
    }
    if (!copy->window || (zstd && (!copy->packed || !copy->compressor)))
        return dk_error_nomem(err, "copy", copy->request->source->path);
    if (zstd)
        DK_RETURN_IF_ERROR(open_compressor(copy, err));
    DK_RETURN_IF_ERROR(open_place(copy->request->source, &copy->in, err));
    DK_RETURN_IF_ERROR(dk_hash_init(&copy->read_hash, err));
    DK_RETURN_IF_ERROR(dk_hash_init(&copy->stored_hash, err));
    return dk_file_create(&copy->file, copy->request->target, err);
}

static void copy_close(struct copy *copy)
{
    dk_file_abort(&copy->file);
    dk_hash_reset(&copy->read_hash);
    dk_hash_reset(&copy->stored_hash);
    ZSTD_freeCCtx(copy->compressor);
    free(copy->packed);
    free(copy->window);
    if (copy->in >= 0)
        close(copy->in);
}

/* Reads the finished copy back, past what the kernel has in its cache where that is possible, and
 * compares. */
static enum dk_status copy_verify(struct copy *copy, struct dk_error *err)
{
    const struct dk_copy *request = copy->request;
    const struct dk_place written = dk_place_of(copy->file.temporary);
    char hex[DK_HASH_HEX_MAX];
    if (fsync(copy->file.fd) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't sync", request->target);
    (void)posix_fadvise(copy->file.fd, 0, 0, POSIX_FADV_DONTNEED);
    DK_RETURN_IF_ERROR(dk_copy_contents_hash(&written, request->zstd, hex, err));
    if (strcmp(hex, request->expected) == 0)
        return DK_OK;
    dk_error_set(err, DK_ERR_IO, "the copy '%s' differs from '%s'", request->target,
                 request->source->path);
    dk_error_hint(err, "the storage damaged it; check the disk, then run again");
    return DK_ERR_IO;
}

static enum dk_status copy_inner(struct copy *copy, char stored_hash[DK_HASH_HEX_MAX],
                                 struct dk_error *err)
{
    char read_hex[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(copy_open(copy, err));
    DK_RETURN_IF_ERROR(copy_bytes(copy, read_hex, stored_hash, err));
    if (strcmp(read_hex, copy->request->expected) != 0) {
        dk_error_set(err, DK_ERR_REFUSED, "'%s' changed since it was loaded",
                     copy->request->source->path);
        dk_error_hint(err, "it is a different drop now; run again to load it");
        return DK_ERR_REFUSED;
    }
    DK_RETURN_IF_ERROR(copy_verify(copy, err));
    return dk_file_commit(&copy->file, err);
}

enum dk_status dk_copy_file(const struct dk_copy *request, char stored_hash[DK_HASH_HEX_MAX],
                            struct dk_error *err)
{
    struct copy copy = {.request = request, .in = -1, .file = {.fd = -1}};
    enum dk_status status = copy_inner(&copy, stored_hash, err);
    copy_close(&copy);
    return status;
}

/* --- what a stored file holds ---------------------------------------------------------------- */

struct contents {
    const struct dk_place *file;
    int in;
    struct dk_hash hash;
    ZSTD_DCtx *unpacker; /* NULL: plain */
    char *window;        /* WINDOW_BYTES */
    char *plain;         /* ZSTD_DStreamOutSize() bytes; NULL: plain */
};

/* Decompresses one window into the hash. *more false: a frame ended with the window. */
static enum dk_status hash_packed(struct contents *contents, size_t size, bool *more,
                                  struct dk_error *err)
{
    const size_t plain_max = ZSTD_DStreamOutSize();
    ZSTD_inBuffer input = {.src = contents->window, .size = size, .pos = 0};
    size_t produced = plain_max;
    while (input.pos < input.size || produced == plain_max) {
        ZSTD_outBuffer output = {.dst = contents->plain, .size = plain_max, .pos = 0};
        size_t rest = ZSTD_decompressStream(contents->unpacker, &output, &input);
        if (ZSTD_isError(rest))
            return zstd_failed(rest, "decompress", contents->file->path, err);
        produced = output.pos;
        *more = rest != 0;
        DK_RETURN_IF_ERROR(dk_hash_update(&contents->hash, contents->plain, produced, err));
    }
    return DK_OK;
}

static enum dk_status hash_all(struct contents *contents, struct dk_error *err)
{
    bool more = contents->unpacker != NULL;
    size_t got = 1;
    DK_RETURN_IF_ERROR(open_place(contents->file, &contents->in, err));
    DK_RETURN_IF_ERROR(dk_hash_init(&contents->hash, err));
    while (got > 0) {
        DK_RETURN_IF_ERROR(
            read_window(contents->in, contents->window, &got, contents->file->path, err));
        if (got > 0 && contents->unpacker)
            DK_RETURN_IF_ERROR(hash_packed(contents, got, &more, err));
        else if (got > 0)
            DK_RETURN_IF_ERROR(dk_hash_update(&contents->hash, contents->window, got, err));
    }
    return more ? dk_error_set(err, DK_ERR_IO, "'%s' ends within its compressed data",
                               contents->file->path)
                : DK_OK;
}

enum dk_status dk_copy_contents_hash(const struct dk_place *file, bool zstd,
                                     char hex[DK_HASH_HEX_MAX], struct dk_error *err)
{
    struct contents contents = {.file = file, .in = -1, .window = malloc(WINDOW_BYTES)};
    contents.plain = zstd ? malloc(ZSTD_DStreamOutSize()) : NULL;
    contents.unpacker = zstd ? ZSTD_createDCtx() : NULL;
    enum dk_status status = DK_OK;
    if (!contents.window || (zstd && (!contents.plain || !contents.unpacker)))
        status = dk_error_nomem(err, "read", file->path);
    else
        status = hash_all(&contents, err);
    if (status == DK_OK)
        status = dk_hash_finish(&contents.hash, hex, err);
    dk_hash_reset(&contents.hash);
    ZSTD_freeDCtx(contents.unpacker);
    free(contents.plain);
    free(contents.window);
    if (contents.in >= 0)
        close(contents.in);
    return status;
}
