#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#define HASH_WINDOW_BYTES (256 * 1024)

static enum dk_status hash_failed(struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_FAILED, "openssl can't compute a SHA-256");
}

/* OpenSSL crashes where memory runs out while it initialises itself, which it does in whatever call
 * needs it first. So it is initialised here, once, and only if there is plenty of memory for that
 * (it takes less than 1 MiB). */
#define START_BYTES (1u << 20)

static pthread_once_t start_once = PTHREAD_ONCE_INIT;
static bool has_started;

static void start_library(void)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    void *room = malloc(START_BYTES);
    free(room);
    has_started = room && OPENSSL_init_crypto(0, NULL) == 1 &&
                  EVP_Digest("", 0, digest, NULL, EVP_sha256(), NULL) == 1;
}

enum dk_status dk_hash_start(struct dk_error *err)
{
    if (pthread_once(&start_once, start_library) == 0 && has_started)
        return DK_OK;
    return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the cryptographic library");
}

void dk_hex_format(const void *bytes, size_t size, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = digits[at[i] >> 4];
        hex[2 * i + 1] = digits[at[i] & 15];
    }
    hex[2 * size] = '\0';
}

bool dk_hex_is(const char *text, size_t size)
{
    return strspn(text, "0123456789abcdef") >= size;
}

enum dk_status dk_hash_init(struct dk_hash *hash, struct dk_error *err)
{
    hash->context = NULL;
    DK_RETURN_IF_ERROR(dk_hash_start(err));
    hash->context = EVP_MD_CTX_new();
    if (!hash->context)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a sha256");
    if (EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) == 1)
        return DK_OK;
    dk_hash_reset(hash);
    return hash_failed(err);
}

void dk_hash_reset(struct dk_hash *hash)
{
    EVP_MD_CTX_free(hash->context);
    hash->context = NULL;
}

enum dk_status dk_hash_update(struct dk_hash *hash, const void *data, size_t size,
                              struct dk_error *err)
{
    return EVP_DigestUpdate(hash->context, data, size) == 1 ? DK_OK : hash_failed(err);
}

enum dk_status dk_hash_finish(struct dk_hash *hash, char hex[DK_HASH_HEX_MAX], struct dk_error *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_DigestFinal_ex(hash->context, digest, &size) != 1 || size != DK_HASH_BYTES ||
        EVP_DigestInit_ex(hash->context, NULL, NULL) != 1)
        return hash_failed(err);
    dk_hex_format(digest, size, hex);
    return DK_OK;
}

enum dk_status dk_hash_bytes(const void *data, size_t size, char hex[DK_HASH_HEX_MAX],
                             struct dk_error *err)
{
    struct dk_hash hash;
    DK_RETURN_IF_ERROR(dk_hash_init(&hash, err));
    enum dk_status status = dk_hash_update(&hash, data, size, err);
    if (status == DK_OK)
        status = dk_hash_finish(&hash, hex, err);
    dk_hash_reset(&hash);
    return status;
}

/* Adds all that `fd` gives; *total gets the number of bytes. */
static enum dk_status hash_descriptor(struct dk_hash *hash, int fd, char *window, const char *path,
                                      uint64_t *total, struct dk_error *err)
{
    *total = 0;
    for (;;) {
        ssize_t got = read(fd, window, HASH_WINDOW_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
        if (got == 0)
            return DK_OK;
        DK_RETURN_IF_ERROR(dk_hash_update(hash, window, (size_t)got, err));
        *total += (uint64_t)got;
    }
}

enum dk_status dk_hash_file(const char *path, char hex[DK_HASH_HEX_MAX], uint64_t *size_bytes,
                            struct dk_error *err)
{
    enum dk_status status = DK_OK;
    struct dk_hash hash = {0};
    uint64_t total = 0;
    int fd = -1;
    char *window = malloc(HASH_WINDOW_BYTES);
    if (!window) {
        status = dk_error_nomem(err, "hash", path);
        goto done;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't open", path);
        goto done;
    }
    status = dk_hash_init(&hash, err);
    if (status == DK_OK)
        status = hash_descriptor(&hash, fd, window, path, &total, err);
    if (status == DK_OK)
        status = dk_hash_finish(&hash, hex, err);
    if (status == DK_OK && size_bytes)
        *size_bytes = total;
done:
    dk_hash_reset(&hash);
    if (fd >= 0)
        close(fd);
    free(window);
    return status;
}
