#include "gather.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"

#define TOUCHED_MAX ((size_t)16 << 20)
#define EXTENT_BYTES ((size_t)1 << 20)

enum dk_status dk_gather_open(const char *folder, int *fd, struct dk_error *err)
{
    *fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (*fd >= 0)
        return DK_OK;
    char *name = dk_path_join(folder, ".derrick-XXXXXX");
    if (!name)
        return dk_error_nomem(err, "write to", folder);
    *fd = mkostemp(name, O_CLOEXEC);
    enum dk_status status = DK_OK;
    if (*fd < 0)
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't create a file in", folder);
    else
        (void)unlink(name);
    free(name);
    return status;
}

static enum dk_status map_file(struct dk_gather *gather, const char *folder, struct dk_error *err)
{
    gather->extents = calloc(gather->size_bytes / EXTENT_BYTES + 1, sizeof(*gather->extents));
    if (!gather->extents)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
    if (ftruncate(gather->fd, (off_t)gather->size_bytes) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't write to a file in", folder);
    void *memory =
        mmap(NULL, gather->size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, gather->fd, 0);
    if (memory == MAP_FAILED)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't map a file in", folder);
    gather->memory = memory;
    return DK_OK;
}

enum dk_status dk_gather_init(struct dk_gather *gather, size_t size_bytes, size_t plain_max,
                              const char *folder, struct dk_error *err)
{
    *gather = (struct dk_gather){.size_bytes = size_bytes};
    if (size_bytes <= plain_max) {
        gather->memory = calloc(1, size_bytes + 1);
        return gather->memory ? DK_OK
                              : dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
    }
    DK_RETURN_IF_ERROR(dk_gather_open(folder, &gather->fd, err));
    gather->mapped = true;
    enum dk_status status = map_file(gather, folder, err);
    if (status != DK_OK)
        dk_gather_reset(gather);
    return status;
}

void dk_gather_reset(struct dk_gather *gather)
{
    if (!gather->mapped) {
        free(gather->memory);
    } else {
        if (gather->memory)
            munmap(gather->memory, gather->size_bytes);
        close(gather->fd);
    }
    free(gather->extents);
    *gather = (struct dk_gather){0};
}

bool dk_gather_reserve(struct dk_gather *gather, const void *from, size_t bytes)
{
    if (!gather->mapped)
        return true;
    const size_t start = (size_t)((const char *)from - (const char *)gather->memory);
    for (size_t i = start / EXTENT_BYTES; i * EXTENT_BYTES < start + bytes; i++) {
        if (atomic_load_explicit(&gather->extents[i], memory_order_relaxed))
            continue;
        const size_t left = gather->size_bytes - i * EXTENT_BYTES;
        int number = posix_fallocate(gather->fd, (off_t)(i * EXTENT_BYTES),
                                     (off_t)(left < EXTENT_BYTES ? left : EXTENT_BYTES));
        if (number != 0) {
            atomic_store(&gather->error, number);
            return false;
        }
        atomic_store_explicit(&gather->extents[i], true, memory_order_relaxed);
    }
    return true;
}

enum dk_status dk_gather_check(const struct dk_gather *gather, const char *folder,
                               struct dk_error *err)
{
    int number = atomic_load(&gather->error);
    if (number == 0)
        return DK_OK;
    return dk_error_errno(err, DK_ERR_IO, number, "can't write to a file in", folder);
}

void dk_gather_give_back(struct dk_gather *gather)
{
    if (gather->mapped)
        (void)madvise(gather->memory, gather->size_bytes, MADV_DONTNEED); /* the file has them */
}

void dk_gather_touch(struct dk_gather *gather, size_t bytes)
{
    if (!gather->mapped || atomic_fetch_add(&gather->touched, bytes) + bytes < TOUCHED_MAX)
        return;
    atomic_store(&gather->touched, 0);
    dk_gather_give_back(gather);
}
