/*
 * The URL of a MySQL or MariaDB database, taken apart: mysql://[user@]host[:port]/database, or
 * mysql:///database?socket=/path for a server on this machine.
 *
 * User, host, database and socket may be percent-encoded (RFC 3986, section 2.1). A password is
 * refused, since everybody on the machine could read it in a list of processes. Pure: no
 * connection, no lookup, any thread.
 */
#ifndef DK_STORE_MYSQL_URL_H
#define DK_STORE_MYSQL_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define DK_MYSQL_USER_MAX 321 /* 80 characters of up to four bytes, and a NUL */
#define DK_MYSQL_HOST_MAX 256
#define DK_MYSQL_DATABASE_MAX 257 /* 64 characters of up to four bytes, and a NUL */
#define DK_MYSQL_SOCKET_MAX 108   /* sockaddr_un.sun_path */

struct dk_mysql_url {
    char user[DK_MYSQL_USER_MAX];         /* "": the option file's, or the login name */
    char host[DK_MYSQL_HOST_MAX];         /* "": this machine, through its socket */
    unsigned port;                        /* 0: the default, 3306 */
    char database[DK_MYSQL_DATABASE_MAX]; /* never "" */
    char socket[DK_MYSQL_SOCKET_MAX];     /* "": the default path */
};

/* Parses `text`. DK_ERR_CONFIG says what is wrong, and which form is expected; the message never
 * quotes a password. *url means something only after DK_OK. */
enum dk_status dk_mysql_url_parse(struct dk_mysql_url *url, const char *text, struct dk_error *err)
    DK_CHECK;

/* Whether the server is reached through a Unix socket: no host, or "localhost" without a port, as
 * with MySQL's own tools. */
bool dk_mysql_url_by_socket(const struct dk_mysql_url *url);

/* Whether the server is on this machine: a socket, localhost, 127.0.0.0/8 or ::1. No name is looked
 * up: only what is written counts. */
bool dk_mysql_url_is_local(const struct dk_mysql_url *url);

/* Where the server is, for people: "db.example:3306", "[::1]:3306", "socket /run/mysqld.sock". */
void dk_mysql_url_place(const struct dk_mysql_url *url, char *text, size_t text_size);

#endif
