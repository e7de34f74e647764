#include "digest.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/hash.h"

#define WINDOW_BYTES (256 * 1024)

/* --- digests -------------------------------------------------------------------------------- */

/* The next window of a body: in place from memory, else read into `window`. */
static enum dk_status body_window(const struct dk_http_body *body, uint64_t at, size_t want,
                                  char *window, const void **data, struct dk_error *err)
{
    if (body->data) {
        *data = (const char *)body->data + at;
        return DK_OK;
    }
    *data = window;
    for (size_t done = 0; done < want;) {
        ssize_t got =
            pread(body->fd, window + done, want - done, (off_t)(body->offset + at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return dk_error_errno(err, DK_ERR_IO, errno, "can't read the file to upload", NULL);
        if (got == 0)
            return dk_error_set(err, DK_ERR_DATA, "the file became shorter during the upload");
        done += (size_t)got;
    }
    return DK_OK;
}

/* A digest of a body, and the room for its result; NULL: not wanted. */
struct digesting {
    EVP_MD_CTX *context;
    const EVP_MD *kind;
    unsigned char *result;
};

#define DIGESTS 2

static enum dk_status run_digests(struct digesting *digests, const struct dk_http_body *body,
                                  char *window, struct dk_error *err)
{
    bool fine = true;
    DK_RETURN_IF_ERROR(dk_hash_start(err));
    for (int i = 0; i < DIGESTS; i++)
        fine = fine && (!digests[i].context ||
                        EVP_DigestInit_ex(digests[i].context, digests[i].kind, NULL));
    for (uint64_t at = 0; fine && at < body->size_bytes;) {
        uint64_t left = body->size_bytes - at;
        size_t want = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;
        const void *data = NULL;
        DK_RETURN_IF_ERROR(body_window(body, at, want, window, &data, err));
        for (int i = 0; i < DIGESTS; i++)
            fine =
                fine && (!digests[i].context || EVP_DigestUpdate(digests[i].context, data, want));
        at += want;
    }
    for (int i = 0; i < DIGESTS; i++)
        fine = fine && (!digests[i].context ||
                        EVP_DigestFinal_ex(digests[i].context, digests[i].result, NULL));
    return fine ? DK_OK : dk_error_set(err, DK_ERR_FAILED, "openssl can't compute a digest");
}

enum dk_status dk_digest_body(const struct dk_http_body *body, enum dk_digest_kind kind,
                              struct dk_digest *digest, struct dk_error *err)
{
    bool wanted[DIGESTS] = {kind & DK_DIGEST_SHA256, kind & DK_DIGEST_MD5};
    struct digesting digests[DIGESTS] = {
        {wanted[0] ? EVP_MD_CTX_new() : NULL, EVP_sha256(), digest->sha256},
        {wanted[1] ? EVP_MD_CTX_new() : NULL, EVP_md5(), digest->md5},
    };
    char *window = malloc(WINDOW_BYTES);
    bool has_memory =
        window && (digests[0].context || !wanted[0]) && (digests[1].context || !wanted[1]);
    *digest = (struct dk_digest){0};
    enum dk_status status = has_memory
                                ? run_digests(digests, body, window, err)
                                : dk_error_set(err, DK_ERR_NOMEM, "out of memory for a digest");
    free(window);
    for (int i = 0; i < DIGESTS; i++)
        EVP_MD_CTX_free(digests[i].context);
    return status;
}

/* --- ETags ---------------------------------------------------------------------------------- */

/* An ETag without its quotes. */
struct etag_view {
    const char *text;
    size_t size;
};

static struct etag_view etag_unquote(const char *etag)
{
    size_t size = strlen(etag);
    if (size >= 2 && etag[0] == '"' && etag[size - 1] == '"')
        return (struct etag_view){etag + 1, size - 2};
    return (struct etag_view){etag, size};
}

bool dk_etag_equal(const char *a, const char *b)
{
    struct etag_view x = etag_unquote(a);
    struct etag_view y = etag_unquote(b);
    return x.size == y.size && x.size > 0 && memcmp(x.text, y.text, x.size) == 0;
}

/* The number of parts in "<32 hex digits>-<parts>"; 0 for a plain MD5, -1 for any other form. */
static long etag_parts(struct etag_view etag)
{
    if (etag.size < 2 * DK_MD5_BYTES)
        return -1;
    for (size_t i = 0; i < 2 * DK_MD5_BYTES; i++)
        if (!isxdigit((unsigned char)etag.text[i]))
            return -1;
    if (etag.size == 2 * DK_MD5_BYTES)
        return 0;
    size_t digits = etag.size - 2 * DK_MD5_BYTES - 1;
    if (etag.text[2 * DK_MD5_BYTES] != '-' || digits < 1 || digits > 5)
        return -1;
    long parts = 0;
    for (size_t i = etag.size - digits; i < etag.size; i++) {
        if (!isdigit((unsigned char)etag.text[i]))
            return -1;
        parts = 10 * parts + (etag.text[i] - '0');
    }
    return parts > 0 ? parts : -1;
}

static enum dk_etag_verdict etag_compare(struct etag_view etag, const unsigned char *md5)
{
    char hex[2 * DK_MD5_BYTES + 1];
    dk_hex_format(md5, DK_MD5_BYTES, hex);
    return strncasecmp(etag.text, hex, 2 * DK_MD5_BYTES) == 0 ? DK_ETAG_SAME : DK_ETAG_DIFFERENT;
}

enum dk_etag_verdict dk_etag_judge(const char *etag, const unsigned char md5[DK_MD5_BYTES])
{
    struct etag_view view = etag_unquote(etag);
    return etag_parts(view) == 0 ? etag_compare(view, md5) : DK_ETAG_UNKNOWN;
}

enum dk_etag_verdict dk_etag_judge_parts(const char *etag,
                                         const unsigned char (*md5s)[DK_MD5_BYTES], size_t count)
{
    struct etag_view view = etag_unquote(etag);
    unsigned char md5[DK_MD5_BYTES];
    if (etag_parts(view) < 1)
        return DK_ETAG_UNKNOWN;
    if (etag_parts(view) != (long)count)
        return DK_ETAG_DIFFERENT;
    if (!EVP_Digest(md5s, count * DK_MD5_BYTES, md5, NULL, EVP_md5(), NULL))
        return DK_ETAG_UNKNOWN;
    return etag_compare(view, md5);
}

struct dk_http_body dk_body_part(const struct dk_http_body *body, uint64_t part_size_bytes,
                                 size_t index)
{
    struct dk_http_body part = *body;
    uint64_t offset = index * part_size_bytes;
    uint64_t left = body->size_bytes - offset;
    part.offset += offset;
    if (part.data)
        part.data = (const char *)part.data + offset;
    part.size_bytes = left < part_size_bytes ? left : part_size_bytes;
    return part;
}

static enum dk_status digest_parts(const struct dk_http_body *body, uint64_t part_size_bytes,
                                   unsigned char (*md5s)[DK_MD5_BYTES], size_t count,
                                   struct dk_error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct dk_http_body part = dk_body_part(body, part_size_bytes, i);
        struct dk_digest digest;
        DK_RETURN_IF_ERROR(dk_digest_body(&part, DK_DIGEST_MD5, &digest, err));
        memcpy(md5s[i], digest.md5, DK_MD5_BYTES);
    }
    return DK_OK;
}

enum dk_status dk_etag_judge_body(const char *etag, const struct dk_http_body *body,
                                  uint64_t part_size_bytes, enum dk_etag_verdict *verdict,
                                  struct dk_error *err)
{
    long parts = etag_parts(etag_unquote(etag));
    *verdict = DK_ETAG_UNKNOWN;
    if (parts == 0) {
        struct dk_digest digest;
        DK_RETURN_IF_ERROR(dk_digest_body(body, DK_DIGEST_MD5, &digest, err));
        *verdict = dk_etag_judge(etag, digest.md5);
        return DK_OK;
    }
    uint64_t count = (body->size_bytes + part_size_bytes - 1) / part_size_bytes;
    if (parts < 0 || count != (uint64_t)parts)
        return DK_OK;
    unsigned char(*md5s)[DK_MD5_BYTES] = calloc((size_t)count, sizeof(*md5s));
    if (!md5s)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the digests of %ld parts", parts);
    enum dk_status status = digest_parts(body, part_size_bytes, md5s, (size_t)count, err);
    /* Parts of another size could still be those of the same object. */
    if (status == DK_OK && dk_etag_judge_parts(etag, (const unsigned char(*)[DK_MD5_BYTES])md5s,
                                               count) == DK_ETAG_SAME)
        *verdict = DK_ETAG_SAME;
    free(md5s);
    return status;
}
