/*
 * Any text as a server's URL, as an s3:// URL and as a date: what is accepted is written and read
 * again as the same, and no message contains what is before an '@'.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "publish/s3/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void check_endpoint(const char *text)
{
    struct dk_url url;
    struct dk_url again;
    struct dk_error err = {0};
    char written[DK_URL_TEXT_MAX];
    if (dk_endpoint_parse(&url, text, &err) != DK_OK) {
        expect(!strchr(text, '@') || !strchr(err.message, '@'));
        return;
    }
    expect(url.host[0] && url.port <= 65535 && !strchr(url.host, '@'));
    dk_url_format(&url, written);
    expect(dk_url_parse(&again, written) == NULL);
    expect(strcmp(url.host, again.host) == 0 && strcmp(url.path, again.path) == 0);
    expect(url.tls == again.tls && url.port == again.port);
    expect(dk_url_is_loopback(&url) == dk_url_is_loopback(&again));
}

static void check_place(const char *text)
{
    char bucket[DK_BUCKET_MAX];
    char prefix[DK_KEY_MAX];
    struct dk_error err = {0};
    if (dk_s3_url_parse(text, bucket, prefix, &err) != DK_OK) {
        expect(!strchr(text, '@') || !strchr(err.message, '@'));
        return;
    }
    expect(strlen(bucket) >= 3 && prefix[0] != '/');
    expect(!prefix[0] || prefix[strlen(prefix) - 1] != '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    expect(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    check_endpoint(text);
    check_place(text);
    expect(dk_http_date_parse(text) >= -1);
    (void)dk_iso8601_parse(text);
    free(text);
    return 0;
}
