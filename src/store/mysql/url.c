#include "store/mysql/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char scheme[] = "mysql://";
static const char expected[] = "the form is mysql://[user@]host[:port]/database, or "
                               "mysql:///database?socket=/path for a server on this machine";

#define PORT_MAX 65535u
#define PORT_DEFAULT 3306u

static enum dk_status refuse(struct dk_error *err, const char *what)
{
    dk_error_set(err, DK_ERR_CONFIG, "the database url %s", what);
    dk_error_hint(err, "%s", expected);
    return DK_ERR_CONFIG;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Decodes text[0..size) into out[cap], terminated. False: a bad escape, a NUL, or no room. */
static bool decode(const char *text, size_t size, char *out, size_t cap)
{
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 1 < size ? hex_digit(text[i + 1]) : -1;
            int low = i + 2 < size ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0' || used + 1 >= cap)
            return false;
        out[used++] = c;
    }
    out[used] = '\0';
    return true;
}

static enum dk_status parse_user(struct dk_mysql_url *url, const char *text, size_t size,
                                 struct dk_error *err)
{
    if (memchr(text, ':', size)) {
        dk_error_set(err, DK_ERR_CONFIG,
                     "database.url contains a password, which everybody on this machine could read "
                     "in a list of processes");
        dk_error_hint(err, "move it to ~/.my.cnf, group [derrick], or to the environment variable "
                           "DERRICK_DB_PASSWORD");
        return DK_ERR_CONFIG;
    }
    if (!decode(text, size, url->user, sizeof(url->user)))
        return refuse(err, "has a user name that is too long or wrongly escaped");
    return DK_OK;
}

static enum dk_status parse_port(struct dk_mysql_url *url, const char *text, size_t size,
                                 struct dk_error *err)
{
    unsigned port = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9' || port > PORT_MAX)
            return refuse(err, "has a port that is no number from 1 to 65535");
        port = port * 10 + (unsigned)(text[i] - '0');
    }
    if (port == 0 || port > PORT_MAX)
        return refuse(err, "has a port that is no number from 1 to 65535");
    url->port = port;
    return DK_OK;
}

static bool host_is_plain(const char *host)
{
    for (const char *c = host; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("/\\@?#\"'", *c))
            return false;
    return true;
}

/* host[:port], or [v6][:port]. */
static enum dk_status parse_place(struct dk_mysql_url *url, const char *text, size_t size,
                                  struct dk_error *err)
{
    const char *end = text + size;
    const char *host = text;
    const char *host_end = memchr(text, ':', size);
    const char *rest = host_end ? host_end : end;
    if (size > 0 && text[0] == '[') {
        host = text + 1;
        host_end = memchr(host, ']', size - 1);
        if (!host_end)
            return refuse(err, "has a '[' without its ']'");
        rest = host_end + 1;
    } else if (!host_end) {
        host_end = end;
    }
    if (!decode(host, (size_t)(host_end - host), url->host, sizeof(url->host)) ||
        !host_is_plain(url->host))
        return refuse(err, "has a host that can't be one");
    if (rest == end)
        return DK_OK;
    if (*rest != ':' || url->host[0] == '\0')
        return refuse(err, "has something other than a port after its host");
    return parse_port(url, rest + 1, (size_t)(end - rest - 1), err);
}

static enum dk_status parse_query(struct dk_mysql_url *url, const char *query, struct dk_error *err)
{
    static const char key[] = "socket=";
    if (strncmp(query, key, sizeof(key) - 1) != 0 || strchr(query, '&'))
        return refuse(err, "has something other than socket=/path after its '?'");
    const char *path = query + sizeof(key) - 1;
    if (!decode(path, strlen(path), url->socket, sizeof(url->socket)) || url->socket[0] != '/')
        return refuse(err, "has a socket that is no absolute path of at most 107 bytes");
    if (url->port != 0 || (url->host[0] != '\0' && strcasecmp(url->host, "localhost") != 0))
        return refuse(err, "has both a socket and a host");
    return DK_OK;
}

enum dk_status dk_mysql_url_parse(struct dk_mysql_url *url, const char *text, struct dk_error *err)
{
    memset(url, 0, sizeof(*url));
    if (strncmp(text, scheme, sizeof(scheme) - 1) != 0)
        return refuse(err, "does not begin with mysql://");
    const char *authority = text + sizeof(scheme) - 1;
    const char *query = strchr(authority, '?');
    const char *end = query ? query : authority + strlen(authority);
    /* A password may contain a slash, so the user ends at the last '@' of all. */
    const char *at = memrchr(authority, '@', (size_t)(end - authority));
    if (at) {
        DK_RETURN_IF_ERROR(parse_user(url, authority, (size_t)(at - authority), err));
        authority = at + 1;
    }
    const char *slash = memchr(authority, '/', (size_t)(end - authority));
    DK_RETURN_IF_ERROR(
        parse_place(url, authority, (size_t)((slash ? slash : end) - authority), err));
    if (!slash || slash + 1 == end)
        return refuse(err, "names no database");
    const char *database = slash + 1;
    if (memchr(database, '/', (size_t)(end - database)) ||
        !decode(database, (size_t)(end - database), url->database, sizeof(url->database)))
        return refuse(err, "has a database name that can't be one");
    return query ? parse_query(url, query + 1, err) : DK_OK;
}

bool dk_mysql_url_by_socket(const struct dk_mysql_url *url)
{
    return url->host[0] == '\0' || (url->port == 0 && strcasecmp(url->host, "localhost") == 0);
}

bool dk_mysql_url_is_local(const struct dk_mysql_url *url)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (dk_mysql_url_by_socket(url) || strcasecmp(url->host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, url->host, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    return inet_pton(AF_INET6, url->host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

void dk_mysql_url_place(const struct dk_mysql_url *url, char *text, size_t text_size)
{
    if (url->socket[0] != '\0')
        snprintf(text, text_size, "socket %s", url->socket);
    else if (dk_mysql_url_by_socket(url))
        snprintf(text, text_size, "the local socket");
    else
        snprintf(text, text_size, strchr(url->host, ':') ? "[%s]:%u" : "%s:%u", url->host,
                 url->port ? url->port : PORT_DEFAULT);
}
