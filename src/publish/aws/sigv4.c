#include "aws/sigv4.h"

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
#include "base/text.h"

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
    /* The calendar promises four digits; the modulo shows it to the compiler. */
    dk_text_format(text, DK_SIGV4_TIME_MAX, "%04u%02u%02uT%02u%02u%02uZ", (unsigned)(year % 10000),
                   (unsigned)month % 100, (unsigned)day % 100, (unsigned)(rest / 3600) % 100,
                   (unsigned)(rest / 60 % 60), (unsigned)(rest % 60));
}

static bool is_unreserved(unsigned char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

void dk_sigv4_encode(struct dk_buffer *out, const char *text, bool keep_slash)
{
    for (; *text; text++) {
        if (is_unreserved((unsigned char)*text) || (keep_slash && *text == '/'))
            dk_buffer_put_bytes(out, text, 1);
        else
            dk_buffer_putf(out, "%%%02X", (unsigned char)*text);
    }
}

/* One parameter or header, ready to be sorted; both texts are in one arena. */
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

static size_t put_encoded(struct dk_buffer *arena, const char *text)
{
    size_t at = arena->size;
    dk_sigv4_encode(arena, text, false);
    dk_buffer_put_bytes(arena, "", 1);
    return at;
}

enum dk_status dk_sigv4_query(struct dk_buffer *out, const struct dk_sigv4_pair *pairs,
                              size_t count, struct dk_error *err)
{
    struct sorted_pair sorted[DK_SIGV4_QUERY_MAX] = {0};
    struct dk_buffer arena;
    if (count > DK_SIGV4_QUERY_MAX)
        return dk_error_set(err, DK_ERR_FAILED, "a request has too many query parameters: %zu",
                            count);
    dk_buffer_init(&arena, SIGV4_TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        sorted[i].name = put_encoded(&arena, pairs[i].name);
        sorted[i].value = put_encoded(&arena, pairs[i].value ? pairs[i].value : "");
    }
    enum dk_status status = dk_buffer_finish(&arena, err);
    if (status == DK_OK) {
        pairs_sort(sorted, count, arena.data);
        for (size_t i = 0; i < count; i++)
            dk_buffer_putf(out, "%s%s=%s", i ? "&" : "", arena.data + sorted[i].name,
                           arena.data + sorted[i].value);
        status = dk_buffer_finish(out, err);
    }
    dk_buffer_reset(&arena);
    return status;
}

/* --- headers -------------------------------------------------------------------------------- */

/* A name in lower case; a value without blanks around it, with single spaces inside. */
static void put_header(struct dk_buffer *arena, const struct dk_sigv4_pair *header,
                       struct sorted_pair *sorted)
{
    sorted->name = arena->size;
    for (const char *c = header->name; *c; c++) {
        char lower = (char)tolower((unsigned char)*c);
        dk_buffer_put_bytes(arena, &lower, 1);
    }
    dk_buffer_put_bytes(arena, "", 1);
    sorted->value = arena->size;
    for (const char *c = header->value; *c; c++) {
        bool skipped =
            dk_is_blank(*c) && (arena->size == sorted->value || dk_is_blank(c[1]) || !c[1]);
        if (!skipped)
            dk_buffer_put_bytes(arena, dk_is_blank(*c) ? " " : c, 1);
    }
    dk_buffer_put_bytes(arena, "", 1);
}

/* The headers in canonical form and order; their texts go into `arena`. */
static enum dk_status sort_headers(const struct dk_sigv4_request *request, struct dk_buffer *arena,
                                   struct sorted_pair *sorted, struct dk_error *err)
{
    if (request->header_count > DK_SIGV4_HEADERS_MAX)
        return dk_error_set(err, DK_ERR_FAILED, "a request has too many headers: %zu",
                            request->header_count);
    for (size_t i = 0; i < request->header_count; i++)
        put_header(arena, &request->headers[i], &sorted[i]);
    DK_RETURN_IF_ERROR(dk_buffer_finish(arena, err));
    pairs_sort(sorted, request->header_count, arena->data);
    return DK_OK;
}

static void put_signed_names(struct dk_buffer *out, const struct sorted_pair *sorted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        dk_buffer_putf(out, "%s%s", i ? ";" : "", sorted[i].arena + sorted[i].name);
}

static enum dk_status build_canonical(struct dk_buffer *out, const struct dk_sigv4_request *request,
                                      const struct sorted_pair *sorted, struct dk_error *err)
{
    dk_buffer_putf(out, "%s\n%s\n%s\n", request->method, request->path, request->query);
    for (size_t i = 0; i < request->header_count; i++)
        dk_buffer_putf(out, "%s:%s\n", sorted[i].arena + sorted[i].name,
                       sorted[i].arena + sorted[i].value);
    dk_buffer_put(out, "\n");
    put_signed_names(out, sorted, request->header_count);
    dk_buffer_putf(out, "\n%s", request->payload_sha256);
    return dk_buffer_finish(out, err);
}

/* Frees a buffer that holds the session token. */
static void wipe_buffer(struct dk_buffer *buffer)
{
    if (buffer->data)
        OPENSSL_cleanse(buffer->data, buffer->capacity);
    dk_buffer_reset(buffer);
}

enum dk_status dk_sigv4_canonical(struct dk_buffer *out, const struct dk_sigv4_request *request,
                                  struct dk_error *err)
{
    struct sorted_pair sorted[DK_SIGV4_HEADERS_MAX] = {0};
    struct dk_buffer arena;
    dk_buffer_init(&arena, SIGV4_TEXT_MAX);
    enum dk_status status = sort_headers(request, &arena, sorted, err);
    if (status == DK_OK)
        status = build_canonical(out, request, sorted, err);
    wipe_buffer(&arena);
    return status;
}

/* --- the signature -------------------------------------------------------------------------- */

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
    DK_RETURN_IF_ERROR(signing_key(key, time, secret, err));
    bool fine = hmac(secret, sizeof(secret), text, (size_t)size, mac);
    OPENSSL_cleanse(secret, sizeof(secret));
    if (!fine)
        return dk_error_set(err, DK_ERR_FAILED, "openssl can't compute an HMAC");
    dk_hex_format(mac, sizeof(mac), hex);
    return DK_OK;
}

static enum dk_status sign_sorted(struct dk_buffer *out, const struct dk_sigv4_request *request,
                                  const struct sorted_pair *sorted, const struct dk_sigv4_key *key,
                                  struct dk_error *err)
{
    char hash[DK_HASH_HEX_MAX];
    char signature[DK_HASH_HEX_MAX];
    struct dk_buffer canonical;
    dk_buffer_init(&canonical, SIGV4_TEXT_MAX);
    enum dk_status status = build_canonical(&canonical, request, sorted, err);
    if (status == DK_OK)
        status = dk_hash_bytes(canonical.data, canonical.size, hash, err);
    wipe_buffer(&canonical);
    if (status != DK_OK)
        return status;
    DK_RETURN_IF_ERROR(sign_text(key, request->time, hash, signature, err));
    dk_buffer_putf(out, "AWS4-HMAC-SHA256 Credential=%s/%.8s/%s/%s/aws4_request, SignedHeaders=",
                   key->access_key_id, request->time, key->region, key->service);
    put_signed_names(out, sorted, request->header_count);
    dk_buffer_putf(out, ", Signature=%s", signature);
    return dk_buffer_finish(out, err);
}

enum dk_status dk_sigv4_sign(struct dk_buffer *out, const struct dk_sigv4_request *request,
                             const struct dk_sigv4_key *key, struct dk_error *err)
{
    struct sorted_pair sorted[DK_SIGV4_HEADERS_MAX] = {0};
    struct dk_buffer arena;
    dk_buffer_init(&arena, SIGV4_TEXT_MAX);
    enum dk_status status = sort_headers(request, &arena, sorted, err);
    if (status == DK_OK)
        status = sign_sorted(out, request, sorted, key, err);
    wipe_buffer(&arena);
    return status;
}
