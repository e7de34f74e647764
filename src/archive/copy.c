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

/* One copy under way: bytes come from `in`, their hash is taken, and they go to `file`. */
struct copy {
    const char *source;
    int in;
    struct dk_file file;
    struct dk_hash read_hash;   /* of the source's bytes */
    struct dk_hash stored_hash; /* of the target's bytes, where they are others */
    ZSTD_CCtx *compressor;      /* NULL: plain */
    char *window;               /* WINDOW_BYTES */
    char *packed;               /* ZSTD_CStreamOutSize() bytes; NULL: plain */
};

static enum dk_status read_window(int fd, char *window, size_t *got, const char *path,
                                  struct dk_error *err)
{
    for (;;) {
        ssize_t size = read(fd, window, WINDOW_BYTES);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
        *got = (size_t)size;
        return DK_OK;
    }
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
            return zstd_failed(rest, "compress", copy->source, err);
        enum dk_status status = dk_hash_update(&copy->stored_hash, output.dst, output.pos, err);
        if (status == DK_OK)
            status = dk_file_write(&copy->file, output.dst, output.pos, err);
        if (status != DK_OK)
            return status;
        if (last ? rest == 0 : input.pos == input.size)
            return DK_OK;
    }
}

/* Hashes and stores all of the source; `read_hex` gets the hash of what was read. */
static enum dk_status copy_bytes(struct copy *copy, char read_hex[DK_HASH_HEX_MAX],
                                 char stored_hex[DK_HASH_HEX_MAX], struct dk_error *err)
{
    enum dk_status status = DK_OK;
    size_t got = 1;
    while (status == DK_OK && got > 0) {
        status = read_window(copy->in, copy->window, &got, copy->source, err);
        if (status == DK_OK)
            status = dk_hash_update(&copy->read_hash, copy->window, got, err);
        if (status == DK_OK)
            status = copy->compressor ? store_packed(copy, copy->window, got, got == 0, err)
                                      : dk_file_write(&copy->file, copy->window, got, err);
    }
    if (status == DK_OK)
        status = dk_hash_finish(&copy->read_hash, read_hex, err);
    if (status == DK_OK && copy->compressor)
        status = dk_hash_finish(&copy->stored_hash, stored_hex, err);
    else if (status == DK_OK)
        memcpy(stored_hex, read_hex, DK_HASH_HEX_MAX);
    return status;
}

static enum dk_status copy_open(struct copy *copy, const char *target, bool zstd, unsigned threads,
                                struct dk_error *err)
{
    copy->window = malloc(WINDOW_BYTES);
    if (zstd) {
        copy->packed = malloc(ZSTD_CStreamOutSize());
        copy->compressor = ZSTD_createCCtx();
    }
    if (!copy->window || (zstd && (!copy->packed || !copy->compressor)))
        return dk_error_nomem(err, "copy", copy->source);
    if (zstd) {
        size_t code = ZSTD_CCtx_setParameter(copy->compressor, ZSTD_c_compressionLevel, ZSTD_LEVEL);
        if (!ZSTD_isError(code))
            code = ZSTD_CCtx_setParameter(copy->compressor, ZSTD_c_checksumFlag, 1);
        if (ZSTD_isError(code))
            return zstd_failed(code, "compress", copy->source, err);
        /* A library built without threads refuses this one, and compresses in ours. */
        unsigned workers = threads < ZSTD_WORKERS_MAX ? threads : ZSTD_WORKERS_MAX;
        (void)ZSTD_CCtx_setParameter(copy->compressor, ZSTD_c_nbWorkers, (int)workers);
        (void)ZSTD_CCtx_setParameter(copy->compressor, ZSTD_c_jobSize, ZSTD_JOB_BYTES);
    }
    copy->in = open(copy->source, O_RDONLY | O_CLOEXEC);
    if (copy->in < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open", copy->source);
    enum dk_status status = dk_hash_init(&copy->read_hash, err);
    if (status == DK_OK)
        status = dk_hash_init(&copy->stored_hash, err);
    if (status == DK_OK)
        status = dk_file_create(&copy->file, target, err);
    return status;
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
 * compares what it holds. */
static enum dk_status copy_verify(struct copy *copy, const char *target, const char *expected,
                                  bool zstd, struct dk_error *err)
{
    char hex[DK_HASH_HEX_MAX];
    if (fsync(copy->file.fd) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't sync", target);
    (void)posix_fadvise(copy->file.fd, 0, 0, POSIX_FADV_DONTNEED);
    enum dk_status status = dk_copy_contents_hash(copy->file.temporary, zstd, hex, err);
    if (status != DK_OK)
        return status;
    if (strcmp(hex, expected) == 0)
        return DK_OK;
    dk_error_set(err, DK_ERR_IO, "the copy '%s' differs from '%s'", target, copy->source);
    dk_error_hint(err, "the storage damaged it; check the disk, then run again");
    return DK_ERR_IO;
}

static enum dk_status copy_inner(struct copy *copy, const char *target, const char *expected,
                                 bool zstd, unsigned threads, char stored_hash[DK_HASH_HEX_MAX],
                                 struct dk_error *err)
{
    char read_hex[DK_HASH_HEX_MAX];
    enum dk_status status = copy_open(copy, target, zstd, threads, err);
    if (status == DK_OK)
        status = copy_bytes(copy, read_hex, stored_hash, err);
    if (status != DK_OK)
        return status;
    if (strcmp(read_hex, expected) != 0) {
        dk_error_set(err, DK_ERR_REFUSED, "'%s' changed since it was loaded", copy->source);
        dk_error_hint(err, "it is another drop now; run again to load it");
        return DK_ERR_REFUSED;
    }
    status = copy_verify(copy, target, expected, zstd, err);
    return status == DK_OK ? dk_file_commit(&copy->file, err) : status;
}

enum dk_status dk_copy_file(const char *source, const char *target, const char *expected, bool zstd,
                            unsigned threads, char stored_hash[DK_HASH_HEX_MAX],
                            struct dk_error *err)
{
    struct copy copy = {.source = source, .in = -1, .file = {.fd = -1}};
    enum dk_status status = copy_inner(&copy, target, expected, zstd, threads, stored_hash, err);
    copy_close(&copy);
    return status;
}

/* Decompresses one window into the hash. *more false: a frame ended with the window. */
static enum dk_status hash_packed(ZSTD_DCtx *context, struct dk_hash *hash, const char *window,
                                  size_t size, char *plain, size_t plain_max, bool *more,
                                  const char *path, struct dk_error *err)
{
    ZSTD_inBuffer input = {.src = window, .size = size, .pos = 0};
    size_t produced = plain_max;
    while (input.pos < input.size || produced == plain_max) {
        ZSTD_outBuffer output = {.dst = plain, .size = plain_max, .pos = 0};
        size_t rest = ZSTD_decompressStream(context, &output, &input);
        if (ZSTD_isError(rest))
            return zstd_failed(rest, "decompress", path, err);
        produced = output.pos;
        *more = rest != 0;
        enum dk_status status = dk_hash_update(hash, plain, produced, err);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

static enum dk_status hash_packed_file(int fd, struct dk_hash *hash, ZSTD_DCtx *context,
                                       char *window, char *plain, const char *path,
                                       struct dk_error *err)
{
    bool more = true;
    for (;;) {
        size_t got = 0;
        enum dk_status status = read_window(fd, window, &got, path, err);
        if (status == DK_OK && got == 0 && more)
            return dk_error_set(err, DK_ERR_IO, "'%s' ends within its compressed data", path);
        if (status != DK_OK || got == 0)
            return status;
        status =
            hash_packed(context, hash, window, got, plain, ZSTD_DStreamOutSize(), &more, path, err);
        if (status != DK_OK)
            return status;
    }
}

enum dk_status dk_copy_contents_hash(const char *path, bool zstd, char hex[DK_HASH_HEX_MAX],
                                     struct dk_error *err)
{
    if (!zstd)
        return dk_hash_file(path, hex, NULL, err);
    enum dk_status status = DK_OK;
    struct dk_hash hash = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *window = malloc(WINDOW_BYTES);
    char *plain = malloc(ZSTD_DStreamOutSize());
    ZSTD_DCtx *context = ZSTD_createDCtx();
    if (fd < 0)
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't open", path);
    else if (!window || !plain || !context)
        status = dk_error_nomem(err, "read", path);
    else
        status = dk_hash_init(&hash, err);
    if (status == DK_OK)
        status = hash_packed_file(fd, &hash, context, window, plain, path, err);
    if (status == DK_OK)
        status = dk_hash_finish(&hash, hex, err);
    dk_hash_reset(&hash);
    ZSTD_freeDCtx(context);
    free(plain);
    free(window);
    if (fd >= 0)
        close(fd);
    return status;
}
