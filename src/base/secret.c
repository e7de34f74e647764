#include "base/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum dk_status dk_secret_reserve(struct dk_secret *secret, size_t size, struct dk_error *err)
{
    dk_secret_reset(secret);
    if (size > DK_SECRET_MAX)
        return dk_error_set(err, DK_ERR_NOMEM, "a secret of %zu bytes is too long", size);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t mapped = (size / page + 1) * page;
    void *memory = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return dk_error_errno(err, DK_ERR_NOMEM, errno, "can't reserve memory for a secret", NULL);
    if (madvise(memory, mapped, MADV_DONTDUMP) != 0) {
        int reason = errno;
        munmap(memory, mapped);
        return dk_error_errno(err, DK_ERR_NOMEM, reason, "can't keep a secret out of core files",
                              NULL);
    }
    *secret = (struct dk_secret){.text = memory, .size = size, .mapped_bytes = mapped};
    return DK_OK;
}

enum dk_status dk_secret_set(struct dk_secret *secret, const char *text, size_t size,
                             struct dk_error *err)
{
    struct dk_secret fresh = {0};
    enum dk_status status = dk_secret_reserve(&fresh, size, err);
    if (status != DK_OK || !fresh.text)
        return status;
    memcpy(fresh.text, text, size);
    dk_secret_reset(secret);
    *secret = fresh;
    return DK_OK;
}

enum dk_status dk_secret_read(struct dk_secret *secret, int fd, size_t bytes_max, const char *path,
                              struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_secret_reserve(secret, bytes_max + 1, err));
    secret->size = 0;
    while (secret->size <= bytes_max) {
        ssize_t got = read(fd, secret->text + secret->size, bytes_max + 1 - secret->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
        if (got == 0)
            return DK_OK;
        secret->size += (size_t)got;
    }
    return dk_error_set(err, DK_ERR_IO, "'%s' is longer than %zu bytes", path, bytes_max);
}

void dk_secret_reset(struct dk_secret *secret)
{
    if (secret->text)
        munmap(secret->text, secret->mapped_bytes);
    *secret = (struct dk_secret){0};
}
