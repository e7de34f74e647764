/* The settings of [s3]: their words, defaults and checks. */
#include <stddef.h>
#include <string.h>

#include "address.h"
#include "s3/s3.h"

static const char *const addressing_words[] = {"auto", "path", "virtual"};
static const char *const sse_words[] = {"none", "AES256", "aws:kms"};
static const char *const partition_words[] = {"none", "cohort", "site"};
static const char *const insecure_http_words[] = {"refuse", "allow"};

static const char *word_name(const char *const *words, size_t count, unsigned index)
{
    return words[index < count ? index : 0];
}

static int word_find(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return -1;
}

const char *dk_s3_sse_name(enum dk_s3_sse sse)
{
    return word_name(sse_words, DK_COUNT_OF(sse_words), sse);
}

const char *dk_s3_partition_name(enum dk_s3_partition partition)
{
    return word_name(partition_words, DK_COUNT_OF(partition_words), partition);
}

int dk_s3_addressing_find(const char *word)
{
    return word_find(addressing_words, DK_COUNT_OF(addressing_words), word);
}

int dk_s3_sse_find(const char *word)
{
    return word_find(sse_words, DK_COUNT_OF(sse_words), word);
}

int dk_s3_partition_find(const char *word)
{
    return word_find(partition_words, DK_COUNT_OF(partition_words), word);
}

int dk_s3_insecure_http_find(const char *word)
{
    return word_find(insecure_http_words, DK_COUNT_OF(insecure_http_words), word);
}

void dk_s3_settings_init(struct dk_s3_settings *settings)
{
    *settings = (struct dk_s3_settings){.addressing = DK_S3_ADDRESSING_AUTO,
                                        .sse = DK_S3_SSE_NONE,
                                        .partition = DK_S3_PARTITION_NONE,
                                        .insecure_http = DK_S3_INSECURE_HTTP_REFUSE};
}

static bool is_set(const char *text)
{
    return text && *text;
}

/* The characters of key ids, ARNs, aliases and storage classes. */
static bool is_plain(const char *text, size_t max)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:/_-+=,.@";
    return strlen(text) <= max && strspn(text, plain) == strlen(text);
}

#define PART_SIZE_MIN (5ULL << 20)
#define PART_SIZE_MAX (5ULL << 30)

enum dk_status dk_s3_settings_check(const struct dk_s3_settings *settings, struct dk_error *err)
{
    char bucket[DK_BUCKET_MAX];
    char prefix[DK_KEY_MAX];
    struct dk_url endpoint;
    if (!is_set(settings->url))
        return dk_error_set(err, DK_ERR_CONFIG, "s3.url is not set");
    DK_RETURN_IF_ERROR(dk_s3_url_parse(settings->url, bucket, prefix, err));
    if (is_set(settings->endpoint))
        DK_RETURN_IF_ERROR(dk_endpoint_parse(&endpoint, settings->endpoint, err));
    if (is_set(settings->region) && !dk_region_is_valid(settings->region))
        return dk_error_set(err, DK_ERR_CONFIG, "s3.region '%.64s' is not the name of a region",
                            settings->region);
    if (is_set(settings->kms_key_id) && settings->sse != DK_S3_SSE_KMS) {
        dk_error_set(err, DK_ERR_CONFIG, "s3.kms_key_id is set, but s3.sse is '%s'",
                     dk_s3_sse_name(settings->sse));
        dk_error_hint(err, "set s3.sse = aws:kms, or leave s3.kms_key_id empty");
        return DK_ERR_CONFIG;
    }
    if (is_set(settings->kms_key_id) && !is_plain(settings->kms_key_id, 2048))
        return dk_error_set(err, DK_ERR_CONFIG, "s3.kms_key_id '%.80s' is not a key id",
                            settings->kms_key_id);
    if (is_set(settings->storage_class) && !is_plain(settings->storage_class, 64))
        return dk_error_set(err, DK_ERR_CONFIG, "s3.storage_class '%.80s' is not a storage class",
                            settings->storage_class);
    if (settings->part_size_bytes &&
        (settings->part_size_bytes < PART_SIZE_MIN || settings->part_size_bytes > PART_SIZE_MAX))
        return dk_error_set(err, DK_ERR_CONFIG, "parts of %llu bytes: S3 accepts 5 MiB to 5 GiB",
                            (unsigned long long)settings->part_size_bytes);
    return DK_OK;
}
