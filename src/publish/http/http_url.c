#include "http/http_url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/status.h"
#include "base/text.h"

/* --- URLs ----------------------------------------------------------------------------------- */

/* A part of a URL into text, "" if the URL does not have it; false if it does not fit. */
static bool get_part(CURLU *handle, CURLUPart part, unsigned flags, char *text, size_t size)
{
    char *found = NULL;
    text[0] = '\0';
    if (curl_url_get(handle, part, &found, flags) != CURLUE_OK || !found)
        return true;
    bool fits = strlen(found) < size;
    if (fits)
        memcpy(text, found, strlen(found) + 1);
    curl_free(found);
    return fits;
}

static bool is_made_of(const char *text, const char *others)
{
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr(others, *text))
            return false;
    return true;
}

static const char *read_parts(struct dk_url *url, CURLU *handle)
{
    char scheme[16];
    char port[16];
    char rest[2];
    (void)get_part(handle, CURLUPART_SCHEME, 0, scheme, sizeof(scheme));
    url->tls = strcasecmp(scheme, "https") == 0;
    if (!url->tls && strcasecmp(scheme, "http") != 0)
        return "it begins with neither https:// nor http://";
    bool fits = get_part(handle, CURLUPART_HOST, 0, url->host, sizeof(url->host));
    bool is_ipv6 = url->host[0] == '[';
    if (!fits || !url->host[0] || !is_made_of(url->host, is_ipv6 ? "[]:." : "-._"))
        return "its host is neither a name nor an address";
    for (char *c = url->host; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    if (!get_part(handle, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT, port, sizeof(port)) ||
        strcmp(port, "0") == 0)
        return "its port is not a number from 1 to 65535";
    url->port = (unsigned)strtoul(port, NULL, 10);
    if (!get_part(handle, CURLUPART_QUERY, 0, rest, sizeof(rest)) || rest[0] ||
        !get_part(handle, CURLUPART_FRAGMENT, 0, rest, sizeof(rest)) || rest[0])
        return "it has a query or a fragment";
    if (!get_part(handle, CURLUPART_PATH, 0, url->path, sizeof(url->path)))
        return "its path is too long";
    if (!is_made_of(url->path, "/-._~"))
        return "its path has characters that would have to be encoded";
    for (size_t size = strlen(url->path); size > 0 && url->path[size - 1] == '/'; size--)
        url->path[size - 1] = '\0';
    return NULL;
}

/* What curl has to say about a URL that it does not accept; older versions know fewer codes. */
static const char *name_problem(CURLUcode code)
{
    switch (code) {
    case CURLUE_USER_NOT_ALLOWED:
        return "it must not contain a user or a password";
    case CURLUE_BAD_PORT_NUMBER:
        return "its port is not a number from 1 to 65535";
#if LIBCURL_VERSION_NUM >= 0x075100 /* 7.81 */
    case CURLUE_BAD_SCHEME:
#endif
    case CURLUE_UNSUPPORTED_SCHEME:
        return "it begins with neither https:// nor http://";
    default:
        return "write https://host[:port][/path]";
    }
}

/* Whether curl would accept the text but see another host in it than a reader does: it looks behind
 * a third slash, and decodes "%33". */
static bool is_host_hidden(const char *text)
{
    const char *host = strstr(text, "://");
    host = host ? host + 3 : text;
    return *host == '/' || memchr(host, '%', strcspn(host, "/?#")) != NULL;
}

const char *dk_url_parse(struct dk_url *url, const char *text)
{
    *url = (struct dk_url){0};
    /* Blanks, control characters, and a port that curl would take for the scheme's own. */
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c == 0x7f ||
            (*c == ':' && (c[1] == '\0' || (c[1] == '/' && c[2] != '/'))))
            return "write https://host[:port][/path]";
    if (is_host_hidden(text))
        return "its host is neither a name nor an address";
    CURLU *handle = curl_url();
    if (!handle)
        return "out of memory";
    CURLUcode code =
        curl_url_set(handle, CURLUPART_URL, text, CURLU_DISALLOW_USER | CURLU_PATH_AS_IS);
    const char *problem = code == CURLUE_OK ? read_parts(url, handle) : name_problem(code);
    curl_url_cleanup(handle);
    return problem;
}

void dk_url_format(const struct dk_url *url, char text[DK_URL_TEXT_MAX])
{
    char port[16] = "";
    if (url->port)
        dk_text_format(port, sizeof(port), ":%u", url->port);
    dk_text_format(text, DK_URL_TEXT_MAX, "%s://%s%s%s", url->tls ? "https" : "http", url->host,
                   port, url->path);
}

bool dk_url_is_loopback(const struct dk_url *url)
{
    if (strcmp(url->host, "localhost") == 0 || dk_text_ends_with(url->host, ".localhost") ||
        strcmp(url->host, "[::1]") == 0)
        return true;
    /* 127.a.b.c and nothing else: "127.example.com" is a name somewhere. */
    unsigned dots = 0;
    for (const char *c = url->host; *c; c++) {
        if (*c != '.' && !isdigit((unsigned char)*c))
            return false;
        dots += *c == '.';
    }
    return dots == 3 && strncmp(url->host, "127.", 4) == 0;
}

/* --- dates ---------------------------------------------------------------------------------- */

/* Whether text begins like the form, in which 0 is any digit, A any letter, T a 'T' or a blank. */
static bool has_form(const char *text, const char *form)
{
    for (; *form; form++, text++) {
        bool fits = *form == '0'   ? isdigit((unsigned char)*text) != 0
                    : *form == 'A' ? isalpha((unsigned char)*text) != 0
                    : *form == 'T' ? *text == 'T' || *text == ' '
                                   : *text == *form;
        if (!fits)
            return false;
    }
    return true;
}

/* Seconds since 1970, which servers' dates are never before; -1 if it is not a date. */
static int64_t get_date(const char *text)
{
    time_t seconds = curl_getdate(text, NULL);
    return seconds < 0 ? -1 : (int64_t)seconds;
}

int64_t dk_http_date_parse(const char *text)
{
    bool fits = strlen(text) == 29 && has_form(text, "AAA, 00 AAA 0000 00:00:00 GMT");
    return fits ? get_date(text) : -1;
}

int64_t dk_iso8601_parse(const char *text)
{
    char date[48];
    if (!has_form(text, "0000-00-00T00:00:00"))
        return -1;
    const char *zone = text + 19;
    if (*zone == '.')
        for (zone++; isdigit((unsigned char)*zone);)
            zone++;
    char offset[] = "+0000";
    if (*zone && strcmp(zone, "Z") != 0) {
        size_t size = 0;
        for (; *zone && size < 5; zone++)
            if (*zone != ':')
                offset[size++] = *zone;
        bool fits = (offset[0] == '+' || offset[0] == '-') && (size == 3 || size == 5) && !*zone;
        if (!fits || !has_form(offset + 1, "0000"))
            return -1;
    }
    /* As curl reads it: "20260102 03:04:05 +0000". */
    dk_text_format(date, sizeof(date), "%.4s%.2s%.2s %.8s %s", text, text + 5, text + 8, text + 11,
                   offset);
    return get_date(date);
}
