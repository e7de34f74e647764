#include "sigv4.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/date.h"
#include "base/hash.h"

#define SIGV4_TEXT_MAX (64 * 1024)
#define SIGV4_DATE_SIZE 8 /* "20130524" */
#define SECONDS_A_DAY 86400

void dk_sigv4_time(int64_t seconds, char text[DK_SIGV4_TIME_MAX])
{
    int64_t days = seconds / SECONDS_A_DAY;
    int64_t rest = seconds % SECONDS_A_DAY;
    if (rest < 0) {
        rest += SECONDS_A_DAY;
        days--;
    }
    int64_t year = 0;
    int month = 0;
    int day = 0;
    dk_civil_from_days(days, &year, &month, &day);
    /* The modulo tells the compiler what the calendar promises: four digits. */
    dk_text_format(text, DK_SIGV4_TIME_MAX, "%04u%02u%02uT%02u%02u%02uZ", (unsigned)(year % 10000),
                   (unsigned)month % 100, (unsigned)day % 100, (unsigned)(rest / 3600) % 100,
                   (unsigned)(rest / 60 % 60), (unsigned)(rest % 60));
}

static bool is_unreserved(unsigned char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

enum dk_status dk_sigv4_encode(struct dk_buffer *out, const char *text, size_t size, int keep_slash,
                               struct dk_error *err)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        char escaped[3] = {'%', digits[byte >> 4], digits[byte & 15]};
        bool plain = is_unreserved(byte) || (keep_slash && byte == '/');
        enum dk_status status = plain ? dk_buffer_append(out, &text[i], 1, err)
                                      : dk_buffer_append(out, escaped, 3, err);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

/* One parameter or header, ready to be sorted; both texts lie in one arena. */
struct sorted_pair {
    size_t name;
    size_t value;
    const char *arena;
};

static int pair_compare(const void *left, const void *right)
{
    const struct sorted_pair *a = left;
    const struct sorted_pair *b = right;
    int order = strcmp(a->arena + a->name, b->arena + b->name);
    return order ? order : strcmp(a->arena + a->value, b->arena + b->value);
}

static void pairs_sort(struct sorted_pair *pairs, size_t count, const char *arena)
{
    for (size_t i = 0; i < count; i++)
        pairs[i].arena = arena;
    qsort(pairs, count, sizeof(*pairs), pair_compare);
}

static enum dk_status encode_terminated(struct dk_buffer *arena, const char *text, size_t *at,
                                        struct dk_error *err)
{
    *at = arena->size;
    enum dk_status status = dk_sigv4_encode(arena, text, strlen(text), 0, err);
    return status == DK_OK ? dk_buffer_append(arena, "", 1, err) : status;
}

static enum dk_status query_build(struct dk_buffer *out, struct dk_buffer *arena,
                                  const struct dk_sigv4_pair *pairs, size_t count,
                                  struct dk_error *err)
{
    struct sorted_pair sorted[DK_SIGV4_QUERY_MAX];
    enum dk_status status = DK_OK;
    for (size_t i = 0; i < count && status == DK_OK; i++) {
        status = encode_terminated(arena, pairs[i].name, &sorted[i].name, err);
        if (status == DK_OK)
            status = encode_terminated(arena, pairs[i].value ? pairs[i].value : "",
                                       &sorted[i].value, err);
    }
    if (status != DK_OK)
        return status;
    pairs_sort(sorted, count, arena->data);
    for (size_t i = 0; i < count && status == DK_OK; i++)
        status = dk_buffer_printf(out, err, "%s%s=%s", i ? "&" : "", arena->data + sorted[i].name,
                                  arena->data + sorted[i].value);
    return status;
}

enum dk_status dk_sigv4_query(struct dk_buffer *out, const struct dk_sigv4_pair *pairs,
                              size_t count, struct dk_error *err)
{
    if (count > DK_SIGV4_QUERY_MAX)
        return dk_error_set(err, DK_ERR_FAILED, "a request with %zu query parameters", count);
    struct dk_buffer arena;
    dk_buffer_init(&arena, SIGV4_TEXT_MAX);
    enum dk_status status = query_build(out, &arena, pairs, count, err);
    dk_buffer_reset(&arena);
    return status;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Appends a header's value: blanks around it gone, runs of blanks inside it one, and a NUL. */
static enum dk_status header_value(struct dk_buffer *arena, const char *value, struct dk_error *err)
{
    while (is_blank(*value))
        value++;
    size_t size = strlen(value);
    while (size > 0 && is_blank(value[size - 1]))
        size--;
    enum dk_status status = DK_OK;
    for (size_t i = 0; i < size && status == DK_OK; i++) {
        if (is_blank(value[i]) && is_blank(value[i + 1]))
            continue;
        status = dk_buffer_append(arena, is_blank(value[i]) ? " " : &value[i], 1, err);
    }
    return status == DK_OK ? dk_buffer_append(arena, "", 1, err) : status;
}

static enum dk_status header_add(struct dk_buffer *arena, const struct dk_sigv4_pair *header,
                                 struct sorted_pair *sorted, struct dk_error *err)
{
    sorted->name = arena->size;
    enum dk_status status = DK_OK;
    for (const char *c = header->name; *c && status == DK_OK; c++) {
        char lower = (char)tolower((unsigned char)*c);
        status = dk_buffer_append(arena, &lower, 1, err);
    }
    if (status == DK_OK)
        status = dk_buffer_append(arena, "", 1, err);
    sorted->value = arena->size;
    return status == DK_OK ? header_value(arena, header->value, err) : status;
}

/* The headers in canonical form and order; their texts go into `arena`. */
static enum dk_status headers_sort(const struct dk_sigv4_request *request, struct dk_buffer *arena,
                                   struct sorted_pair *sorted, struct dk_error *err)
{
    if (request->header_count > DK_SIGV4_HEADERS_MAX)
        return dk_error_set(err, DK_ERR_FAILED, "a request with %zu headers",
                            request->header_count);
    for (size_t i = 0; i < request->header_count; i++) {
        enum dk_status status = header_add(arena, &request->headers[i], &sorted[i], err);
        if (status != DK_OK)
            return status;
    }
    pairs_sort(sorted, request->header_count, arena->data);
    return DK_OK;
}

static enum dk_status signed_names(struct dk_buffer *out, const struct sorted_pair *sorted,
                                   size_t count, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (size_t i = 0; i < count && status == DK_OK; i++)
        status = dk_buffer_printf(out, err, "%s%s", i ? ";" : "", sorted[i].arena + sorted[i].name);
    return status;
}

static enum dk_status canonical_build(struct dk_buffer *out, const struct dk_sigv4_request *request,
                                      const struct sorted_pair *sorted, struct dk_error *err)
{
    enum dk_status status =
        dk_buffer_printf(out, err, "%s\n%s\n%s\n", request->method, request->path, request->query);
    for (size_t i = 0; i < request->header_count && status == DK_OK; i++)
        status = dk_buffer_printf(out, err, "%s:%s\n", sorted[i].arena + sorted[i].name,
                                  sorted[i].arena + sorted[i].value);
    if (status == DK_OK)
        status = dk_buffer_append(out, "\n", 1, err);
    if (status == DK_OK)
        status = signed_names(out, sorted, request->header_count, err);
    if (status == DK_OK)
        status = dk_buffer_printf(out, err, "\n%s", request->payload_sha256);
    return status;
}

enum dk_status dk_sigv4_canonical(struct dk_buffer *out, const struct dk_sigv4_request *request,
                                  struct dk_error *err)
{
    struct sorted_pair sorted[DK_SIGV4_HEADERS_MAX] = {0};
    struct dk_buffer arena;
    dk_buffer_init(&arena, SIGV4_TEXT_MAX);
    enum dk_status status = headers_sort(request, &arena, sorted, err);
    if (status == DK_OK)
        status = canonical_build(out, request, sorted, err);
    dk_buffer_reset(&arena);
    return status;
}

static bool hmac(const unsigned char *key, size_t key_size, const char *text, size_t size,
                 unsigned char mac[DK_HASH_BYTES])
{
    unsigned mac_size = 0;
    return HMAC(EVP_sha256(), key, (int)key_size, (const unsigned char *)text, size, mac,
                &mac_size) &&
           mac_size == DK_HASH_BYTES;
}

/* kSigning = HMAC(HMAC(HMAC(HMAC("AWS4" + secret, date), region), service), "aws4_request") */
static enum dk_status signing_key(const struct dk_sigv4_key *key, const char *time,
                                  unsigned char mac[DK_HASH_BYTES], struct dk_error *err)
{
    static const char prefix[] = "AWS4";
    size_t size = strlen(key->secret_access_key);
    unsigned char first[sizeof(prefix) - 1 + 512];
    if (size > 512)
        return dk_error_set(err, DK_ERR_REMOTE, "the secret access key is longer than 512 bytes");
    memcpy(first, prefix, sizeof(prefix) - 1);
    memcpy(first + sizeof(prefix) - 1, key->secret_access_key, size);
    unsigned char a[DK_HASH_BYTES];
    unsigned char b[DK_HASH_BYTES];
    bool fine = hmac(first, sizeof(prefix) - 1 + size, time, SIGV4_DATE_SIZE, a) &&
                hmac(a, sizeof(a), key->region, strlen(key->region), b) &&
                hmac(b, sizeof(b), key->service, strlen(key->service), a) &&
                hmac(a, sizeof(a), "aws4_request", 12, mac);
    OPENSSL_cleanse(first, sizeof(first));
    OPENSSL_cleanse(a, sizeof(a));
    OPENSSL_cleanse(b, sizeof(b));
    return fine ? DK_OK : dk_error_set(err, DK_ERR_FAILED, "openssl can't compute an HMAC");
}

static enum dk_status sign_text(const struct dk_sigv4_key *key, const char *time,
                                const char *canonical_sha256, char hex[DK_HASH_HEX_MAX],
                                struct dk_error *err)
{
    char text[512];
    int size = snprintf(text, sizeof(text), "AWS4-HMAC-SHA256\n%s\n%.8s/%s/%s/aws4_request\n%s",
                        time, time, key->region, key->service, canonical_sha256);
    if (size < 0 || (size_t)size >= sizeof(text))
        return dk_error_set(err, DK_ERR_CONFIG, "the region '%.64s' is too long", key->region);
    unsigned char secret[DK_HASH_BYTES];
    unsigned char mac[DK_HASH_BYTES];
    enum dk_status status = signing_key(key, time, secret, err);
    if (status != DK_OK)
        return status;
    bool fine = hmac(secret, sizeof(secret), text, (size_t)size, mac);
    OPENSSL_cleanse(secret, sizeof(secret));
    if (!fine)
        return dk_error_set(err, DK_ERR_FAILED, "openssl can't compute an HMAC");
    for (size_t i = 0; i < sizeof(mac); i++)
        dk_text_format(hex + 2 * i, 3, "%02x", mac[i]);
    return DK_OK;
}

static enum dk_status sign_sorted(struct dk_buffer *out, const struct dk_sigv4_request *request,
                                  const struct sorted_pair *sorted, const struct dk_sigv4_key *key,
                                  struct dk_buffer *canonical, struct dk_error *err)
{
    char hash[DK_HASH_HEX_MAX];
    char signature[DK_HASH_HEX_MAX];
    enum dk_status status = canonical_build(canonical, request, sorted, err);
    if (status == DK_OK)
        status = dk_hash_bytes(canonical->data, canonical->size, hash, err);
    if (status == DK_OK)
        status = sign_text(key, request->time, hash, signature, err);
    if (status == DK_OK)
        status = dk_buffer_printf(
            out, err, "AWS4-HMAC-SHA256 Credential=%s/%.8s/%s/%s/aws4_request, SignedHeaders=",
            key->access_key_id, request->time, key->region, key->service);
    if (status == DK_OK)
        status = signed_names(out, sorted, request->header_count, err);
    if (status == DK_OK)
        status = dk_buffer_printf(out, err, ", Signature=%s", signature);
    return status;
}

enum dk_status dk_sigv4_sign(struct dk_buffer *out, const struct dk_sigv4_request *request,
                             const struct dk_sigv4_key *key, struct dk_error *err)
{
    struct sorted_pair sorted[DK_SIGV4_HEADERS_MAX] = {0};
    struct dk_buffer arena;
    struct dk_buffer canonical;
    dk_buffer_init(&arena, SIGV4_TEXT_MAX);
    dk_buffer_init(&canonical, SIGV4_TEXT_MAX);
    enum dk_status status = headers_sort(request, &arena, sorted, err);
    if (status == DK_OK)
        status = sign_sorted(out, request, sorted, key, &canonical, err);
    /* Both hold the session token. */
    if (arena.data)
        OPENSSL_cleanse(arena.data, arena.capacity);
    if (canonical.data)
        OPENSSL_cleanse(canonical.data, canonical.capacity);
    dk_buffer_reset(&arena);
    dk_buffer_reset(&canonical);
    return status;
}
